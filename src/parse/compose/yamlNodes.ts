// The plain data a YAML document is read into: values, mappings and lists with their byte ranges.

import type { Range } from '../../model.ts';

/** The file a value came from, and the folder its relative paths are relative to; set by facts when files combine. */
export interface YamlSource {
  readonly path: string;
  readonly folder: string;
  /** The service of that file under which the value stands. */
  readonly service?: string;
}

interface Common {
  /** The value's own bytes (quotes included, anchor and tag not); ends before the line break of its last line. */
  readonly range: Range;
  /** Set where one edit would reach other places: the value stands under an anchor that is used, or came through one. The anchor's value's range. */
  readonly shared?: Range;
  /** `!reset`, `!override` or any other tag as written; undefined for none and for `!!str`. */
  readonly tag?: string;
  readonly anchored?: true;
  readonly source?: YamlSource;
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded' | 'absent';

export interface ScalarNode extends Common {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The value as a string: what compose would print it as. */
  readonly text: string;
  readonly style: ScalarStyle;
  /** Bytes between the quotes; the same as `range` for a plain scalar. */
  readonly content: Range;
  /** Why `text` is not what compose would see. */
  readonly unknown?: string;
  /** A default stands in for a variable that is set nowhere in the repository. */
  readonly assumed?: true;
}

export interface MapEntry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: Node;
  /** Written as `? key`. */
  readonly explicit?: true;
  /** Came through `<<`. */
  readonly merged?: true;
}

export interface MapNode extends Common {
  readonly kind: 'map';
  readonly flow: boolean;
  /** Own entries in file order, then those that came through `<<`. */
  readonly entries: ReadonlyMap<string, MapEntry>;
  /** Keys whose value has the tag `!reset`; they have no entry of their own. */
  readonly resets: ReadonlySet<string>;
  /** The value of `<<`, where there is one. */
  readonly mergeRange?: Range;
}

export interface SeqItem {
  readonly index: number;
  readonly value: Node;
  /** Offset of the `-`; undefined in a flow list. */
  readonly dash?: number;
}

export interface SeqNode extends Common {
  readonly kind: 'seq';
  readonly flow: boolean;
  readonly items: readonly SeqItem[];
}

export type Node = ScalarNode | MapNode | SeqNode;

/** The value of `key`, own or merged. */
export function childOf(map: MapNode, key: string): Node | undefined {
  return map.entries.get(key)?.value;
}

export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}
