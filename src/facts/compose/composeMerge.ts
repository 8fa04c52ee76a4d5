// Combines the service mappings of several compose files by compose's rules, keeping for each piece where it came from.

import { readKeyValues } from '../../parse/compose/composeService.ts';
import { readVolume } from '../../parse/compose/composeVolume.ts';
import { type ComposeLookup, interpolate, UNKNOWN } from '../../parse/compose/interpolate.ts';
import {
  isNull,
  type MapEntry,
  type MapNode,
  type Node,
  type ScalarNode,
  type SeqItem,
  type SeqNode,
  type YamlSource,
} from '../../parse/compose/yamlNodes.ts';
import { cleanAbsolute } from '../repositoryPlace.ts';

/** Variables replaced in every string, `source` set on every value. `report` gets what compose would reject. */
export function interpolateTree(
  node: Node,
  lookup: ComposeLookup,
  source: YamlSource,
  report: (offset: number, message: string) => void,
): Node {
  if (node.kind === 'scalar') {
    if (typeof node.value !== 'string' || !node.text.includes('$')) return { ...node, source };
    const result = interpolate(node.text, lookup);
    if (result.problem !== undefined) {
      report(node.range.start, result.problem);
      return { ...node, source, unknown: result.problem };
    }
    return { ...node, source, value: result.text, text: result.text, ...(result.assumed ? { assumed: true } : {}) };
  }
  if (node.kind === 'seq') {
    return {
      ...node,
      source,
      items: node.items.map((item) => ({ ...item, value: interpolateTree(item.value, lookup, source, report) })),
    };
  }
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries)
    entries.set(key, { ...entry, value: interpolateTree(entry.value, lookup, source, report) });
  return { ...node, source, entries };
}

/** `base` without what `over` marks with `!reset` or `!override`, at any depth. */
export function pruneResets(base: MapNode, over: MapNode): MapNode {
  let entries: Map<string, MapEntry> | undefined;
  for (const key of over.resets) {
    if (!base.entries.has(key)) continue;
    entries ??= new Map(base.entries);
    entries.delete(key);
  }
  for (const [key, { value }] of over.entries) {
    const old = (entries ?? base.entries).get(key);
    if (!old) continue;
    if (value.tag === '!override') {
      entries ??= new Map(base.entries);
      entries.delete(key);
    } else if (value.kind === 'map' && old.value.kind === 'map') {
      const pruned = pruneResets(old.value, value);
      if (pruned === old.value) continue;
      entries ??= new Map(base.entries);
      entries.set(key, { ...old, value: pruned });
    }
  }
  return entries ? { ...base, entries } : base;
}

/** One service over another; the rules are compose-go's (override package). `fail` gets what compose refuses to merge. */
export function mergeService(base: MapNode, over: MapNode, fail: (message: string) => void): MapNode {
  return mergeMaps(base, over, fail, (key, old, value) => {
    switch (key) {
      case 'command':
      case 'entrypoint':
        return value;
      case 'environment':
      case 'labels':
      case 'annotations':
      case 'sysctls':
        return mergeKeyValues(old, value);
      case 'env_file':
      case 'tmpfs':
      case 'dns':
      case 'dns_opt':
      case 'dns_search':
      case 'label_file':
      case 'extra_hosts':
        return appendNew(asSequence(old), asSequence(value));
      case 'build':
        return mergeBuild(old, value, fail);
      case 'depends_on':
      case 'networks':
      case 'models':
      case 'logging':
      case 'ulimits':
      case 'healthcheck':
        return value;
      default:
        return undefined;
    }
  });
}

type Rule = (key: string, old: Node, value: Node) => Node | undefined;

function mergeMaps(base: MapNode, over: MapNode, fail: (message: string) => void, rule?: Rule): MapNode {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const old = entries.get(key);
    if (!old) {
      entries.set(key, entry);
      continue;
    }
    const value = rule?.(key, old.value, entry.value) ?? mergeNodes(old.value, entry.value, key, fail);
    // Where the piece is null the older one stays, and with it its place.
    entries.set(key, { ...(value === old.value ? old : entry), value });
  }
  return { ...base, entries };
}

function mergeNodes(base: Node, over: Node, key: string, fail: (message: string) => void): Node {
  if (isNull(over)) return base;
  if (base.kind === 'map' || base.kind === 'seq') {
    if (base.kind === 'map' && over.kind === 'map') return mergeMaps(base, over, fail);
    if (base.kind === 'seq' && over.kind === 'seq') return appendNew(base, over);
    fail(`${key} has different shapes in two files`);
  }
  return over;
}

function mergeBuild(base: Node, over: Node, fail: (message: string) => void): Node {
  const old = buildAsMap(base);
  const value = buildAsMap(over);
  if (!old || !value) return value ?? old ?? over;
  return mergeMaps(old, value, fail, (key, left, right) =>
    key === 'args' || key === 'additional_contexts' ? mergeKeyValues(left, right) : undefined,
  );
}

function buildAsMap(node: Node): MapNode | undefined {
  if (node.kind === 'map') return node;
  if (node.kind === 'seq' || isNull(node)) return undefined;
  const entry: MapEntry = { key: 'context', keyRange: node.range, value: node };
  return { ...bare(node), kind: 'map', flow: false, entries: new Map([['context', entry]]), resets: new Set() };
}

function bare(node: Node): Pick<Node, 'range' | 'shared' | 'source'> {
  return {
    range: node.range,
    ...(node.shared ? { shared: node.shared } : {}),
    ...(node.source ? { source: node.source } : {}),
  };
}

function mergeKeyValues(base: Node, over: Node): Node {
  const entries = new Map<string, MapEntry>();
  for (const node of [base, over]) {
    for (const { key, range, value } of readKeyValues(node)) {
      const none: ScalarNode = {
        ...bare(node),
        kind: 'scalar',
        value: null,
        text: '',
        style: 'absent',
        range,
        content: range,
      };
      entries.set(key, { key, keyRange: range, value: value ?? none });
    }
  }
  return { ...bare(isNull(over) ? base : over), kind: 'map', flow: false, entries, resets: new Set() };
}

function asSequence(node: Node): SeqNode {
  if (node.kind === 'seq') return node;
  const items: readonly SeqItem[] = node.kind === 'scalar' && !isNull(node) ? [{ index: 0, value: node }] : [];
  return { ...bare(node), kind: 'seq', flow: false, items };
}

function appendNew(base: SeqNode, over: SeqNode): SeqNode {
  const seen = new Set(base.items.map((item) => identity(item.value)));
  const added = over.items.filter((item) => !seen.has(identity(item.value)));
  return added.length === 0 ? base : { ...base, items: [...base.items, ...added] };
}

/** Equal for values that compose takes to be the same. */
export function identity(node: Node): string {
  if (node.kind === 'scalar') return JSON.stringify([node.value, node.text, node.source?.folder ?? '']);
  if (node.kind === 'seq') return `[${node.items.map((item) => identity(item.value)).join(',')}]`;
  const pairs = [...node.entries.values()].map((entry) => `${JSON.stringify(entry.key)}:${identity(entry.value)}`);
  return `{${pairs.sort().join(',')}}`;
}

/** Entries for the same target or env file are reduced to the last one, at the place of the first. */
export function enforceUnicity(service: MapNode): MapNode {
  let entries: Map<string, MapEntry> | undefined;
  const reduce = (key: string, keyOf: (value: Node, at: number) => string): void => {
    const entry = (entries ?? service.entries).get(key);
    if (entry?.value.kind !== 'seq') return;
    const places = new Map<string, number>();
    const kept: SeqItem[] = [];
    entry.value.items.forEach((item, at) => {
      const id = keyOf(item.value, at);
      const place = places.get(id);
      if (place === undefined) {
        places.set(id, kept.length);
        kept.push(item);
      } else kept[place] = item;
    });
    if (kept.length === entry.value.items.length) return;
    entries ??= new Map(service.entries);
    entries.set(key, { ...entry, value: { ...entry.value, items: kept } });
  };
  // Twice, as compose does: by the target as written, then by the cleaned one (which long entries do not have yet).
  reduce('volumes', (value, at) => mergeTarget(value, at));
  reduce('volumes', (value, at) => {
    const target = mergeTarget(value, at);
    return value.kind === 'scalar' ? (cleanAbsolute(target) ?? target) : target;
  });
  reduce('env_file', (value, at) => {
    const path = value.kind === 'map' ? value.entries.get('path')?.value : value;
    return path?.kind === 'scalar' ? identity(path) : `#${at}`;
  });
  reduce('tmpfs', (value, at) => (value.kind === 'scalar' ? (value.text.split('=', 1)[0] ?? '') : `#${at}`));
  return entries ? { ...service, entries } : service;
}

function mergeTarget(value: Node, at: number): string {
  const target = readVolume(value, at)?.target;
  return target === undefined || target.includes(UNKNOWN) ? `#${at}` : target;
}
