// The parts of a compose service that decide what runs where, read from its mapping with the range of each piece.

import type { Range } from '../../model.ts';
import { readHealthTest } from './composeHealth.ts';
import { flagOf, readVolume, type VolumeSyntax } from './composeVolume.ts';
import type {
  BuildSyntax,
  CommandSyntax,
  EnvFileSyntax,
  HookSyntax,
  KeyValue,
  ServiceSyntax,
  WatchSyntax,
} from './serviceSyntax.ts';
import { childOf, isNull, type MapNode, type Node, type ScalarNode } from './yamlNodes.ts';

type Odd = { offset: number; message: string }[];

/** Reads one service; works on a file's own tree and on a merged one. Never throws; what has the wrong shape goes to `odd`. */
export function readService(name: string, nameRange: Range, node: MapNode): ServiceSyntax {
  const odd: Odd = [];
  const scalar = (key: string): ScalarNode | undefined => scalarOf(childOf(node, key), key, odd);
  const volumeNode = childOf(node, 'volumes');
  const list = volumeNode?.kind === 'seq' ? volumeNode : undefined;
  if (volumeNode && !list && !isNull(volumeNode))
    odd.push({ offset: volumeNode.range.start, message: 'volumes is no list' });
  const volumes: VolumeSyntax[] = [];
  for (const item of list?.items ?? []) {
    const volume = readVolume(item.value, item.index);
    if (volume) volumes.push(volume);
    else odd.push({ offset: item.value.range.start, message: 'a volume entry that compose does not accept' });
  }
  const build = readBuild(childOf(node, 'build'), odd);
  const command = readCommand(childOf(node, 'command'), 'command', odd);
  const entrypoint = readCommand(childOf(node, 'entrypoint'), 'entrypoint', odd);
  const extending = readExtends(childOf(node, 'extends'), odd);
  const image = scalar('image');
  const workingDir = scalar('working_dir');
  const containerName = scalar('container_name');
  const user = scalar('user');
  const readOnly = scalar('read_only');
  return {
    name,
    nameRange,
    node,
    ...(node.shared ? { shared: node.shared } : {}),
    ...(node.mergeRange ? { mergeRange: node.mergeRange } : {}),
    ...(build ? { build } : {}),
    ...(image ? { image } : {}),
    ...(command ? { command } : {}),
    ...(entrypoint ? { entrypoint } : {}),
    ...(workingDir ? { workingDir } : {}),
    ...(containerName ? { containerName } : {}),
    ...(user ? { user } : {}),
    ...(readOnly ? { readOnly } : {}),
    environment: readKeyValues(childOf(node, 'environment'), odd),
    envFiles: readEnvFiles(childOf(node, 'env_file'), odd),
    volumes,
    ...(list ? { volumeList: list } : {}),
    volumesFrom: scalarsOf(childOf(node, 'volumes_from'), odd),
    tmpfs: scalarsOf(childOf(node, 'tmpfs'), odd),
    profiles: scalarsOf(childOf(node, 'profiles'), odd),
    ...(extending ? { extends: extending } : {}),
    watch: readWatch(childOf(node, 'develop') ?? childOf(node, 'x-develop'), odd),
    hooks: [
      ...readHooks(childOf(node, 'post_start'), odd),
      ...readHooks(childOf(node, 'pre_stop'), odd),
      ...readHealthTest(childOf(node, 'healthcheck')),
    ],
    odd,
  };
}

function scalarOf(node: Node | undefined, what: string, odd: Odd): ScalarNode | undefined {
  if (!node || isNull(node)) return undefined;
  if (node.kind === 'scalar') return node;
  odd.push({ offset: node.range.start, message: `${what} is no plain value` });
  return undefined;
}

/** One value or a list of values. */
function scalarsOf(node: Node | undefined, odd: Odd = []): readonly ScalarNode[] {
  if (!node || isNull(node)) return [];
  if (node.kind === 'scalar') return [node];
  if (node.kind === 'map') {
    odd.push({ offset: node.range.start, message: 'a mapping where a list is expected' });
    return [];
  }
  const found: ScalarNode[] = [];
  for (const item of node.items) {
    if (item.value.kind === 'scalar') found.push(item.value);
    else odd.push({ offset: item.value.range.start, message: 'a list entry that is no plain value' });
  }
  return found;
}

/** `KEY: value` mappings and `- KEY=value` lists alike. */
export function readKeyValues(node: Node | undefined, odd: Odd = []): readonly KeyValue[] {
  if (!node || isNull(node)) return [];
  const found: KeyValue[] = [];
  if (node.kind === 'map') {
    for (const entry of node.entries.values()) {
      if (entry.value.kind !== 'scalar')
        odd.push({ offset: entry.value.range.start, message: `${entry.key} is no plain value` });
      else
        found.push({
          key: entry.key,
          range: entry.keyRange,
          value: entry.value.value === null ? undefined : entry.value,
        });
    }
    return found;
  }
  for (const item of scalarsOf(node, odd)) {
    const equals = item.text.indexOf('=');
    if (equals < 0) found.push({ key: item.text, range: item.range, value: undefined });
    else found.push({ key: item.text.slice(0, equals), range: item.range, value: afterEquals(item, equals) });
  }
  return found;
}

function afterEquals(item: ScalarNode, equals: number): ScalarNode {
  const text = item.text.slice(equals + 1);
  // Only where the text stands in the file as it is can the value's own place be told.
  const literal = item.content.end - item.content.start === item.text.length;
  const content = literal ? { start: item.content.start + equals + 1, end: item.content.end } : item.content;
  return { ...item, value: text, text, content };
}

function readBuild(node: Node | undefined, odd: Odd): BuildSyntax | undefined {
  if (!node || isNull(node)) return undefined;
  const { range } = node;
  if (node.kind === 'scalar') return { range, form: 'short', context: node, args: [], additionalContexts: [] };
  if (node.kind === 'seq') {
    odd.push({ offset: range.start, message: 'build is a list' });
    return undefined;
  }
  const field = (key: string): ScalarNode | undefined => scalarOf(childOf(node, key), `build.${key}`, odd);
  const context = field('context');
  const dockerfile = field('dockerfile');
  const dockerfileInline = field('dockerfile_inline');
  const target = field('target');
  const network = field('network');
  return {
    range,
    form: 'long',
    ...(context ? { context } : {}),
    ...(dockerfile ? { dockerfile } : {}),
    ...(dockerfileInline ? { dockerfileInline } : {}),
    ...(target ? { target } : {}),
    ...(network ? { network } : {}),
    args: readKeyValues(childOf(node, 'args'), odd),
    additionalContexts: readKeyValues(childOf(node, 'additional_contexts'), odd),
  };
}

function readCommand(node: Node | undefined, what: string, odd: Odd): CommandSyntax | undefined {
  if (!node || isNull(node)) return undefined;
  if (node.kind === 'scalar') return { form: 'string', range: node.range, parts: [node] };
  if (node.kind === 'seq') return { form: 'list', range: node.range, parts: scalarsOf(node, odd) };
  odd.push({ offset: node.range.start, message: `${what} is a mapping` });
  return undefined;
}

function readExtends(node: Node | undefined, odd: Odd): ServiceSyntax['extends'] {
  if (!node || isNull(node)) return undefined;
  if (node.kind === 'scalar') return { range: node.range, service: node };
  if (node.kind === 'seq') {
    odd.push({ offset: node.range.start, message: 'extends is a list' });
    return undefined;
  }
  const service = scalarOf(childOf(node, 'service'), 'extends.service', odd);
  const file = scalarOf(childOf(node, 'file'), 'extends.file', odd);
  return { range: node.range, ...(service ? { service } : {}), ...(file ? { file } : {}) };
}

function readEnvFiles(node: Node | undefined, odd: Odd): readonly EnvFileSyntax[] {
  if (!node || isNull(node)) return [];
  const nodes = node.kind === 'seq' ? node.items.map((item) => item.value) : [node];
  const found: EnvFileSyntax[] = [];
  for (const entry of nodes) {
    if (entry.kind === 'scalar') {
      found.push({ path: entry, required: true });
      continue;
    }
    const path = entry.kind === 'map' ? scalarOf(childOf(entry, 'path'), 'env_file.path', odd) : undefined;
    if (!path || entry.kind !== 'map') {
      odd.push({ offset: entry.range.start, message: 'an env_file entry without a path' });
      continue;
    }
    const format = scalarOf(childOf(entry, 'format'), 'env_file.format', odd);
    found.push({
      path,
      required: flagOf(childOf(entry, 'required'), { absent: true }),
      ...(format ? { format: format.text } : {}),
    });
  }
  return found;
}

function readWatch(node: Node | undefined, odd: Odd): readonly WatchSyntax[] {
  const list = node?.kind === 'map' ? childOf(node, 'watch') : undefined;
  if (list?.kind !== 'seq') return [];
  const found: WatchSyntax[] = [];
  for (const { value } of list.items) {
    if (value.kind !== 'map') continue;
    const action = scalarOf(childOf(value, 'action'), 'watch.action', odd);
    const path = scalarOf(childOf(value, 'path'), 'watch.path', odd);
    const target = scalarOf(childOf(value, 'target'), 'watch.target', odd);
    const ignore = scalarsOf(childOf(value, 'ignore'), odd);
    found.push({ ...(action ? { action } : {}), ...(path ? { path } : {}), ...(target ? { target } : {}), ignore });
  }
  return found;
}

function readHooks(node: Node | undefined, odd: Odd): readonly HookSyntax[] {
  if (node?.kind !== 'seq') return [];
  return node.items.flatMap(({ value }) => {
    if (value.kind !== 'map') return [];
    const user = scalarOf(childOf(value, 'user'), 'user of a hook', odd);
    const workingDir = scalarOf(childOf(value, 'working_dir'), 'working_dir of a hook', odd);
    return [
      {
        command: readCommand(childOf(value, 'command'), 'command of a hook', odd),
        ...(user ? { user } : {}),
        ...(workingDir ? { workingDir } : {}),
        environment: readKeyValues(childOf(value, 'environment'), odd),
      },
    ];
  });
}
