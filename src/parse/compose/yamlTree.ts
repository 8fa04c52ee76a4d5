// Reads one YAML document into plain data with byte ranges: aliases and merge keys expanded within a budget, no parser nodes.

import {
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Node as ParsedNode,
  parseAllDocuments,
} from 'yaml';
import type { Problem } from '../../model.ts';
import type { MapEntry, MapNode, Node, ScalarNode, SeqItem, SeqNode } from './yamlNodes.ts';
import { plainMeaning } from './yamlScalar.ts';
import { markShared, nothing, shareCopy, type Writable } from './yamlShare.ts';

export interface YamlTree {
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
}

const SIZE_LIMIT = 1_048_576;
const DEPTH_LIMIT = 100;
/** compose-go stops at 100,000 node visits of one document. */
const NODE_BUDGET = 100_000;

interface Anchor {
  readonly node: Node;
  used: boolean;
}

interface Reading {
  readonly text: string;
  readonly shift: number;
  readonly anchors: Map<string, Anchor>;
  readonly known: Anchor[];
  readonly problems: Problem[];
  budget: number;
}

/**
 * Parses `text` (latin1; a UTF-8 BOM counts into the offsets). Never throws. `problems` holds whatever makes the reading
 * inexact: syntax errors, duplicate keys, more than one document, over 1 MiB, aliases that expand beyond 100,000 nodes.
 */
export function readYaml(text: string): YamlTree {
  const problems: Problem[] = [];
  if (text.length > SIZE_LIMIT) return { root: undefined, problems: [{ offset: 0, message: 'larger than 1 MiB' }] };
  const nul = text.indexOf('\0');
  const foreign = nul >= 0 ? { index: nul } : /\xC2\x85|\xE2\x80[\xA8\xA9]/.exec(text);
  if (foreign)
    return {
      root: undefined,
      problems: [
        { offset: foreign.index, message: 'a control character or unusual line break that YAML readers disagree on' },
      ],
    };
  const shift = text.startsWith('\xEF\xBB\xBF') ? 3 : 0;
  let documents: readonly Document.Parsed[];
  try {
    const parsed = parseAllDocuments(text.slice(shift), {
      uniqueKeys: false,
      merge: false,
      schema: 'failsafe',
      keepSourceTokens: true,
      logLevel: 'silent',
      prettyErrors: false,
    });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch {
    return { root: undefined, problems: [{ offset: 0, message: 'the YAML parser failed' }] };
  }
  const reading: Reading = { text, shift, anchors: new Map(), known: [], problems, budget: NODE_BUDGET };
  for (const document of documents) {
    for (const error of document.errors)
      problems.push({ offset: error.pos[0] + shift, message: oneLine(error.message) });
  }
  if (problems.length > 0) return { root: undefined, problems };
  const filled = documents.filter((document) => document.contents !== null && !isAbsent(document.contents));
  if (filled.length > 1) {
    problems.push({ offset: (filled[1]?.range[0] ?? 0) + shift, message: 'more than one YAML document' });
    return { root: undefined, problems };
  }
  const contents = filled[0]?.contents;
  if (!contents) return { root: undefined, problems };
  const root = convert(contents, reading, 0);
  for (const anchor of reading.known) if (anchor.used) markShared(anchor.node, anchor.node.range, reading);
  if (reading.budget <= 0) problems.push({ offset: 0, message: 'too large once its aliases are expanded' });
  return { root: problems.length > 0 && reading.budget <= 0 ? undefined : root, problems };
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

function isAbsent(node: ParsedNode): boolean {
  return (
    isScalar(node) && node.source === '' && node.type === 'PLAIN' && node.anchor === undefined && node.tag === undefined
  );
}

function problem(reading: Reading, offset: number, message: string): void {
  if (reading.problems.length < 50) reading.problems.push({ offset, message });
}

function convert(node: ParsedNode, reading: Reading, depth: number): Node {
  const start = (node.range?.[0] ?? 0) + reading.shift;
  reading.budget--;
  if (reading.budget <= 0) return nothing(start);
  if (depth > DEPTH_LIMIT) {
    problem(reading, start, `nested deeper than ${DEPTH_LIMIT} levels`);
    return nothing(start);
  }
  if (isAlias(node)) {
    const anchor = reading.anchors.get(node.source);
    if (!anchor) {
      problem(reading, start, `the alias *${node.source} has no anchor before it`);
      return nothing(start);
    }
    anchor.used = true;
    return shareCopy(anchor.node, anchor.node.range, reading);
  }
  const converted = isMap(node)
    ? convertMap(node, reading, depth, start)
    : isSeq(node)
      ? convertSeq(node, reading, depth, start)
      : isScalar(node)
        ? convertScalar(node, reading, start)
        : nothing(start);
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str' && node.tag !== '!') {
    const isCollectionTag = converted.kind !== 'scalar' && /^tag:yaml\.org,2002:(?:map|seq)$/.test(node.tag);
    if (!isCollectionTag) converted.tag = node.tag;
  }
  if (node.anchor !== undefined) {
    converted.anchored = true;
    const anchor: Anchor = { node: converted, used: false };
    reading.anchors.set(node.anchor, anchor);
    reading.known.push(anchor);
  }
  return converted;
}

function nodeEnd(node: ParsedNode, reading: Reading): number {
  let end = (node.range?.[1] ?? 0) + reading.shift;
  const start = (node.range?.[0] ?? 0) + reading.shift;
  // Block collections and block scalars end after their line break, plain scalars before it.
  if (end > start && reading.text[end - 1] === '\n') end--;
  if (end > start && reading.text[end - 1] === '\r') end--;
  return end;
}

const STYLES = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
} as const;

function convertScalar(
  node: ParsedNode & { source?: string; type?: string; value?: unknown },
  reading: Reading,
  start: number,
): Writable<ScalarNode> {
  const range = { start, end: nodeEnd(node, reading) };
  const source = typeof node.value === 'string' ? node.value : (node.source ?? '');
  const style = STYLES[(node.type ?? 'PLAIN') as keyof typeof STYLES] ?? 'plain';
  const quoted = style === 'single' || style === 'double';
  const content = quoted ? { start: range.start + 1, end: range.end - 1 } : range;
  if (style === 'plain' && node.tag === undefined) {
    return {
      kind: 'scalar',
      ...plainMeaning(source),
      style: range.start === range.end ? 'absent' : 'plain',
      range,
      content,
    };
  }
  const scalar: Writable<ScalarNode> = { kind: 'scalar', value: source, text: source, style, range, content };
  if (style === 'double' && /\\[xuUN_LP]/.test(reading.text.slice(start, range.end).replaceAll('\\\\', ''))) {
    scalar.unknown = 'an escape for a special character';
  } else if (node.tag !== undefined && !/^(?:!|!reset|!override|tag:yaml\.org,2002:str)$/.test(node.tag)) {
    scalar.unknown = `the tag ${node.tag}`;
  }
  return scalar;
}

function convertSeq(
  node: ParsedNode & { items: unknown[]; flow?: boolean; srcToken?: unknown },
  reading: Reading,
  depth: number,
  start: number,
): Writable<SeqNode> {
  const flow = node.flow === true;
  const tokens = flow
    ? []
    : ((node.srcToken as CST.BlockSequence | undefined)?.items ?? []).filter(
        (item) => dashOf(item.start) !== undefined,
      );
  const items: SeqItem[] = [];
  node.items.forEach((child, index) => {
    if (reading.budget <= 0) return;
    const at = dashOf(tokens[index]?.start ?? []);
    const value = convert(child as ParsedNode, reading, depth + 1);
    if (value.tag === '!reset') return;
    items.push({ index, value, ...(at === undefined ? {} : { dash: at + reading.shift }) });
  });
  return { kind: 'seq', flow, items, range: { start, end: nodeEnd(node, reading) } };
}

function dashOf(start: readonly CST.SourceToken[]): number | undefined {
  return start.find((token) => token.type === 'seq-item-ind')?.offset;
}

function convertMap(
  node: ParsedNode & { items: unknown[]; flow?: boolean },
  reading: Reading,
  depth: number,
  start: number,
): Writable<MapNode> {
  const entries = new Map<string, MapEntry>();
  const seen = new Set<string>();
  const resets = new Set<string>();
  let merge: Node | undefined;
  for (const pair of node.items as Pair[]) {
    if (reading.budget <= 0) break;
    const key = pair.key as ParsedNode | null;
    if (!isScalar(key)) {
      problem(
        reading,
        (key?.range?.[0] ?? start) + (key?.range ? reading.shift : 0),
        'a key that is not a plain string',
      );
      continue;
    }
    const name = String(key.value ?? '');
    const at = (key.range?.[0] ?? 0) + reading.shift;
    if (seen.has(name)) {
      problem(reading, at, `the key ${JSON.stringify(name)} is there twice`);
      continue;
    }
    seen.add(name);
    if (key.anchor !== undefined) problem(reading, at, 'an anchor on a key');
    const keyRange = { start: at, end: (key.range?.[1] ?? 0) + reading.shift };
    const child = pair.value as ParsedNode | null;
    const value = child ? convert(child, reading, depth + 1) : nothing(keyRange.end);
    if (name === '<<' && key.type === 'PLAIN') {
      merge = value;
      continue;
    }
    if (value.tag === '!reset') {
      resets.add(name);
      continue;
    }
    const token = (pair as { srcToken?: CST.CollectionItem }).srcToken;
    const explicit = token?.start.some((each) => each.type === 'explicit-key-ind') === true;
    entries.set(name, { key: name, keyRange, value, ...(explicit ? { explicit } : {}) });
  }
  const map: Writable<MapNode> = {
    kind: 'map',
    flow: node.flow === true,
    entries,
    resets,
    range: { start, end: nodeEnd(node, reading) },
  };
  if (merge) {
    map.mergeRange = merge.range;
    mergeInto(entries, resets, merge, reading);
  }
  return map;
}

function mergeInto(entries: Map<string, MapEntry>, resets: Set<string>, merge: Node, reading: Reading): void {
  const sources = merge.kind === 'seq' ? merge.items.map((item) => item.value) : [merge];
  for (const source of sources) {
    if (source.kind !== 'map') {
      problem(reading, source.range.start, 'a merge key (<<) whose value is no mapping');
      continue;
    }
    for (const key of source.resets) resets.add(key);
    for (const entry of source.entries.values()) {
      reading.budget--;
      if (reading.budget <= 0) return;
      if (entries.has(entry.key)) continue;
      const value = entry.value.shared ? entry.value : shareCopy(entry.value, source.range, reading);
      entries.set(entry.key, { ...entry, value, merged: true });
    }
  }
}
