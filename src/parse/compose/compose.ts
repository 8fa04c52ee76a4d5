// Reads a compose file into plain data with byte ranges, and says what kind of file it is.

import type { Problem, Range } from '../../model.ts';
import { readKeyValues, readService } from './composeService.ts';
import type { KeyValue, ServiceSyntax } from './serviceSyntax.ts';
import { childOf, isNull, type MapNode, type Node, type ScalarNode } from './yamlNodes.ts';
import { readYaml } from './yamlTree.ts';

export interface NamedVolume {
  readonly name: string;
  readonly range: Range;
  readonly external: boolean;
  readonly driver?: ScalarNode;
  /** `device`, `o` and `type` make of a named volume a bind mount. */
  readonly driverOpts: readonly KeyValue[];
}

export interface IncludeSyntax {
  readonly range: Range;
  readonly paths: readonly ScalarNode[];
  readonly projectDirectory?: ScalarNode;
  readonly envFiles: readonly ScalarNode[];
}

/**
 * `workflow`: a CI workflow; `template`: has to be rendered first; `other`: YAML, but not compose; `broken`: not readable
 * as YAML, or not exactly.
 */
export type ComposeKind = 'compose' | 'workflow' | 'template' | 'other' | 'broken';

export interface ComposeSyntax {
  readonly kind: ComposeKind;
  /** Compose version 1: services stand at the top level; today's compose rejects the file. */
  readonly version1: boolean;
  readonly root: MapNode | undefined;
  readonly services: readonly ServiceSyntax[];
  readonly volumes: readonly NamedVolume[];
  readonly include: readonly IncludeSyntax[];
  /** Whether every service has an image, a build, a provider or extends another, so that the file can be used alone. */
  readonly standsAlone: boolean;
  /** Why the file must be left alone; empty for a file that may be edited. */
  readonly problems: readonly Problem[];
}

const TOP_LEVEL = new Set([
  'version',
  'name',
  'services',
  'networks',
  'volumes',
  'secrets',
  'configs',
  'include',
  'models',
  'jobs',
]);

/**
 * Parses a compose file (latin1; offsets are byte offsets, also behind a BOM). Never throws. Values are as written:
 * variables are not replaced, other files not read; see facts/services.ts for that.
 */
export function parseCompose(text: string): ComposeSyntax {
  const tree = readYaml(text);
  const empty = { version1: false, services: [], volumes: [], include: [], standsAlone: false };
  if (!tree.root || tree.problems.length > 0) {
    const template = /\{\{|\{%|<%/.test(text);
    const problems =
      tree.problems.length > 0 ? tree.problems : [{ code: 'empty' as const, offset: 0, message: 'the file is empty' }];
    return {
      ...empty,
      kind: tree.problems.length === 0 ? 'other' : template ? 'template' : 'broken',
      root: undefined,
      problems,
    };
  }
  const root = tree.root;
  if (root.kind !== 'map') {
    return {
      ...empty,
      kind: 'other',
      root: undefined,
      problems: [{ offset: root.range.start, message: 'not a compose file' }],
    };
  }
  const servicesNode = childOf(root, 'services');
  if (isWorkflow(root)) {
    return {
      ...empty,
      kind: 'workflow',
      root,
      problems: [{ offset: 0, message: 'a CI workflow, not a compose file' }],
    };
  }
  const problems: Problem[] = [];
  const version1 = servicesNode === undefined && isVersion1(root);
  const known =
    version1 ||
    servicesNode !== undefined ||
    [...root.entries.keys()].every((key) => TOP_LEVEL.has(key) || key.startsWith('x-'));
  if (!known || root.entries.size === 0) {
    return {
      ...empty,
      kind: 'other',
      root,
      problems: [{ offset: root.range.start, message: 'not a compose file: no services' }],
    };
  }
  if (version1)
    problems.push({
      offset: root.range.start,
      message: 'compose version 1 (no services:), which compose no longer reads',
    });
  const services = readServices(version1 ? root : servicesNode, problems);
  for (const service of services) problems.push(...service.odd);
  return {
    kind: 'compose',
    version1,
    root,
    services,
    volumes: version1 ? [] : readNamedVolumes(childOf(root, 'volumes')),
    include: readInclude(childOf(root, 'include'), problems),
    standsAlone: services.length > 0 && services.every(standsAlone),
    problems,
  };
}

function isWorkflow(root: MapNode): boolean {
  const trigger = root.entries.has('on') || root.entries.has('true');
  return trigger && root.entries.has('jobs') && !root.entries.has('services');
}

function isVersion1(root: MapNode): boolean {
  let found = false;
  for (const { key, value } of root.entries.values()) {
    if (key.startsWith('x-')) continue;
    if (value.kind !== 'map') return false;
    if (TOP_LEVEL.has(key) && !value.entries.has('image') && !value.entries.has('build')) return false;
    if (value.entries.has('image') || value.entries.has('build') || value.entries.has('extends')) found = true;
  }
  return found;
}

function readServices(node: Node | undefined, problems: Problem[]): readonly ServiceSyntax[] {
  if (!node || isNull(node)) return [];
  if (node.kind !== 'map') {
    problems.push({ offset: node.range.start, message: 'services is no mapping' });
    return [];
  }
  const services: ServiceSyntax[] = [];
  for (const entry of node.entries.values()) {
    if (entry.value.kind !== 'map') {
      if (!isNull(entry.value))
        problems.push({ offset: entry.value.range.start, message: `the service ${entry.key} is no mapping` });
      continue;
    }
    services.push(readService(entry.key, entry.keyRange, entry.value));
  }
  return services;
}

function standsAlone(service: ServiceSyntax): boolean {
  // `!reset` and `!override` take away from another file
  if (service.node.resets.size > 0 || [...service.node.entries.values()].some(({ value }) => value.tag === '!override'))
    return false;
  return (
    service.image !== undefined ||
    service.build !== undefined ||
    service.extends !== undefined ||
    service.node.entries.has('provider')
  );
}

/** Top-level `volumes:`; works on a merged tree too. */
export function readNamedVolumes(node: Node | undefined): readonly NamedVolume[] {
  if (node?.kind !== 'map') return [];
  const found: NamedVolume[] = [];
  for (const { key, keyRange, value } of node.entries.values()) {
    const map = value.kind === 'map' ? value : undefined;
    const external = map ? childOf(map, 'external') : undefined;
    const driver = map ? childOf(map, 'driver') : undefined;
    found.push({
      name: key,
      range: keyRange,
      external:
        external !== undefined &&
        !(external.kind === 'scalar' && (external.value === null || external.text === 'false')),
      ...(driver?.kind === 'scalar' && driver.value !== null ? { driver } : {}),
      driverOpts: map ? readKeyValues(childOf(map, 'driver_opts')) : [],
    });
  }
  return found;
}

/** Top-level `include:`; entries of a wrong shape are reported. */
export function readInclude(node: Node | undefined, problems: Problem[]): readonly IncludeSyntax[] {
  if (!node || isNull(node)) return [];
  if (node.kind !== 'seq') {
    problems.push({ offset: node.range.start, message: 'include is no list' });
    return [];
  }
  const found: IncludeSyntax[] = [];
  for (const { value } of node.items) {
    if (value.kind === 'scalar' && value.value !== null) {
      found.push({ range: value.range, paths: [value], envFiles: [] });
      continue;
    }
    const paths = value.kind === 'map' ? strings(childOf(value, 'path')) : [];
    if (value.kind !== 'map' || paths.length === 0) {
      problems.push({ offset: value.range.start, message: 'an include entry without a path' });
      continue;
    }
    const directory = strings(childOf(value, 'project_directory'))[0];
    found.push({
      range: value.range,
      paths,
      ...(directory ? { projectDirectory: directory } : {}),
      envFiles: strings(childOf(value, 'env_file')),
    });
  }
  return found;
}

function strings(node: Node | undefined): readonly ScalarNode[] {
  const nodes = node?.kind === 'seq' ? node.items.map((item) => item.value) : node ? [node] : [];
  return nodes.filter((each): each is ScalarNode => each.kind === 'scalar' && each.value !== null);
}
