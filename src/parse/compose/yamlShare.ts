// Copies of YAML values that stand in several places, marked so that nobody edits one place and changes the others.

import type { Range } from '../../model.ts';
import type { MapEntry, Node, ScalarNode } from './yamlNodes.ts';

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How many more nodes may be made; shared by everything that is made for one document. */
export interface NodeBudget {
  budget: number;
}

/** A null value at `at`. */
export function nothing(at: number): Writable<ScalarNode> {
  const range = { start: at, end: at };
  return { kind: 'scalar', value: null, text: '', style: 'absent', range, content: range };
}

/** `node` and all below it as it comes through an alias or merge key; `shared` is the range of what the anchor stands on. */
export function shareCopy(node: Node, shared: Range, reading: NodeBudget): Writable<Node> {
  reading.budget--;
  if (reading.budget <= 0) return nothing(node.range.start);
  if (node.kind === 'scalar') return { ...node, shared };
  if (node.kind === 'seq') {
    return {
      ...node,
      shared,
      items: node.items.map((item) => ({ ...item, value: shareCopy(item.value, shared, reading) })),
    };
  }
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of node.entries)
    entries.set(key, { ...entry, value: shareCopy(entry.value, shared, reading) });
  return { ...node, shared, entries };
}

/** The same for the place of the anchor itself. */
export function markShared(node: Writable<Node>, shared: Range, reading: NodeBudget): void {
  reading.budget--;
  if (reading.budget <= 0 || node.shared) return;
  node.shared = shared;
  if (node.kind === 'seq') for (const item of node.items) markShared(item.value, shared, reading);
  if (node.kind === 'map') for (const entry of node.entries.values()) markShared(entry.value, shared, reading);
}
