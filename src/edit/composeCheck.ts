// Compares what two compose files say, so that an edit can be held to the one change it is meant to make.

import { childOf, type MapEntry, type MapNode, type Node, type SeqNode } from '../parse/compose/yamlNodes.ts';

/** The same keys in the same order, values, tags; not layout, quoting, comments or ranges. */
export function sameData(one: Node, other: Node): boolean {
  return JSON.stringify(dataOf(one)) === JSON.stringify(dataOf(other));
}

function dataOf(node: Node): unknown {
  const tag = node.tag ?? '';
  if (node.kind === 'scalar') return ['scalar', tag, node.value, node.text, node.unknown !== undefined];
  if (node.kind === 'seq') return ['list', tag, node.items.map((item) => dataOf(item.value))];
  const entries = [...node.entries.values()].map((entry) => [entry.key, entry.merged === true, dataOf(entry.value)]);
  return ['map', tag, [...node.resets], entries];
}

export interface VolumeChange {
  readonly service: string;
  /** The new list; undefined: no `volumes` key. */
  readonly values: readonly Node[] | undefined;
}

/** `root` with the volumes of these services exchanged; undefined where one of them is not there. */
export function withVolumes(root: MapNode, changes: readonly VolumeChange[]): MapNode | undefined {
  const services = childOf(root, 'services');
  if (services?.kind !== 'map') return undefined;
  const all = new Map(services.entries);
  for (const { service: name, values } of changes) {
    const entry = all.get(name);
    if (entry?.value.kind !== 'map') return undefined;
    all.set(name, { ...entry, value: serviceWith(entry.value, values) });
  }
  return replace(root, 'services', { ...services, entries: all });
}

/** `root` with other values in a list, wherever the list counts: under its anchor and by each alias or merge key. */
export function withListAt(root: MapNode, list: SeqNode, values: readonly Node[]): MapNode {
  return changedAt(root, list, values) as MapNode;
}

function changedAt(node: Node, list: SeqNode, values: readonly Node[]): Node {
  if (node.kind === 'scalar') return node;
  if (node.kind === 'map') {
    const entries = [...node.entries].map(
      ([key, entry]) => [key, { ...entry, value: changedAt(entry.value, list, values) }] as const,
    );
    return { ...node, entries: new Map(entries) };
  }
  if (node.range.start === list.range.start && node.range.end === list.range.end)
    return { ...node, items: values.map((value, index) => ({ index, value })) };
  return { ...node, items: node.items.map((item) => ({ ...item, value: changedAt(item.value, list, values) })) };
}

function serviceWith(service: MapNode, values: VolumeChange['values']): MapNode {
  const old = service.entries.get('volumes');
  const entries = new Map(service.entries);
  if (!values) {
    entries.delete('volumes');
    return { ...service, entries };
  }
  const items = values.map((value, index) => ({ index, value }));
  const tag = old?.value.tag;
  const list: SeqNode = {
    kind: 'seq',
    flow: false,
    items,
    range: service.range,
    ...(tag === undefined ? {} : { tag }),
  };
  const entry: MapEntry = { key: 'volumes', keyRange: service.range, value: list };
  if (old) entries.set('volumes', { ...old, value: list });
  else insertOwn(entries, entry);
  return { ...service, entries };
}

/** Behind the last own entry, before those that came through a merge key. */
function insertOwn(entries: Map<string, MapEntry>, added: MapEntry): void {
  const merged = [...entries].filter(([, entry]) => entry.merged);
  for (const [key] of merged) entries.delete(key);
  entries.set(added.key, added);
  for (const [key, entry] of merged) entries.set(key, entry);
}

function replace(map: MapNode, key: string, value: Node): MapNode {
  const entries = new Map(map.entries);
  const entry = entries.get(key);
  if (entry) entries.set(key, { ...entry, value });
  return { ...map, entries };
}
