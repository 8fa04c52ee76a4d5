// How a volume entry lies in a compose file: the lines of a new one, the range of one that goes.

import type { Range, TextEdit } from '../model.ts';
import type { MapEntry, MapNode, Node, SeqItem, SeqNode } from '../parse/compose/yamlNodes.ts';
import { afterLine, lineEnd, lineStart, newline } from './volumeText.ts';

/** One compose file: its text (latin1) as it stands. */
export interface ComposeText {
  readonly path: string;
  readonly text: string;
}

/** A service of it, by its name in that file. */
export interface ServiceText extends ComposeText {
  readonly service: string;
}

export function cut(at: ServiceText, range: Range): TextEdit {
  const { text, path } = at;
  let { start } = range;
  // At the end of a file without a final line break the one before goes, so that there is still none.
  if (range.end === text.length && text[range.end - 1] !== '\n' && text[start - 1] === '\n') {
    start--;
    if (text[start - 1] === '\r') start--;
  }
  return { path, start, end: range.end, newText: '' };
}

export function isIndentation(text: string, to: number): boolean {
  return (
    /^ *$/.test(text.slice(lineStart(text, to), to)) ||
    (lineStart(text, to) === 0 && /^(?:\xEF\xBB\xBF)? *$/.test(text.slice(0, to)))
  );
}

export function blockLines(text: string, item: SeqItem): Range | string {
  const { dash } = item;
  if (dash === undefined || !isIndentation(text, dash)) return 'the entry does not start a line of its own';
  if (lineStart(text, dash) === 0) return 'the entry starts the file';
  return { start: lineStart(text, dash), end: afterLine(text, item.value.range.end) };
}

export function flowCut(text: string, list: SeqNode, place: number): Range | string {
  const value = (at: number): Node | undefined => list.items[at]?.value;
  const own = value(place);
  const next = value(place + 1);
  const before = value(place - 1);
  if (!own || list.items.some((item) => item.value.anchored || item.value.tag !== undefined || item.value.shared))
    return 'the list has anchors, aliases or tags';
  const range = next
    ? { start: own.range.start, end: next.range.start }
    : { start: before?.range.end ?? own.range.start, end: own.range.end };
  const gap = text.slice(next ? own.range.end : range.start, next ? next.range.start : own.range.start);
  return gap.includes('#') ? 'a comment inside the list would be lost' : range;
}

/** Lines for a new item: `first` before the first one, the rest under its text. */
function itemLines(lines: readonly string[], indent: string, gap: string, eol: string): string {
  const pad = `${indent} ${' '.repeat(gap.length)}`;
  return lines.map((line, at) => (at === 0 ? `${indent}-${gap}${line}` : pad + line)).join(eol);
}

function insertAfterLine(at: ServiceText, position: number, block: string): TextEdit {
  const { text, path } = at;
  const end = lineEnd(text, position);
  const eol = newline(text, position);
  if (text[end] === undefined) return { path, start: end, end, newText: eol + block };
  const after = afterLine(text, position);
  return { path, start: after, end: after, newText: block + eol };
}

export function addToBlock(at: ServiceText, list: SeqNode, lines: readonly string[]): TextEdit | string {
  const { text } = at;
  const last = list.items[list.items.length - 1];
  if (last?.dash === undefined) return 'the list has no entry to follow';
  if (!isIndentation(text, last.dash)) return 'the list shares its line with something else';
  const { dash } = last;
  const between = text.slice(dash + 1, last.value.range.start);
  if (between.includes('\t')) return 'the list uses tabs';
  const gap = /^ +$/.test(between) ? between : ' ';
  const indent = ' '.repeat(dash - lineStart(text, dash));
  // An alias or an anchor's copy stands elsewhere: its line here is the dash's.
  const end = last.value.shared ? dash : last.value.range.end;
  return insertAfterLine(at, Math.max(dash, end), itemLines(lines, indent, gap, newline(text, dash)));
}

export function addToFlow(at: ServiceText, list: SeqNode, item: string): TextEdit | string {
  const { text, path } = at;
  const { items, range } = list;
  if (items.some((other) => other.value.anchored || other.value.tag !== undefined || other.value.shared))
    return 'the list has anchors, aliases or tags';
  const last = items[items.length - 1];
  if (!last) {
    if (text.slice(range.start + 1, range.end - 1).includes('#')) return 'a comment stands inside the list';
    return { path, start: range.start + 1, end: range.start + 1, newText: item };
  }
  const { start, end } = last.value.range;
  const before = items[items.length - 2];
  const previous = before ? before.value.range.end : range.start + 1;
  const lead = text.slice(previous, start);
  const ownLine = /^[ ,]*\r?\n *$/.test(lead) ? (lead.match(/\r?\n *$/)?.[0] ?? ' ') : ' ';
  return { path, start: end, end, newText: `,${ownLine}${item}` };
}

/** `volumes:` without a value: the entry goes under it. */
export function fillKey(
  at: ServiceText,
  service: MapNode,
  volumes: MapEntry,
  lines: readonly string[],
): TextEdit | string {
  const { value } = volumes;
  if (value.kind !== 'scalar' || value.style !== 'absent' || value.tag !== undefined || value.anchored)
    return 'volumes has a value that is no list';
  if (service.flow) return 'the service is written in braces';
  const { start, end } = volumes.keyRange;
  if (!isIndentation(at.text, start)) return 'volumes: does not stand on a line of its own';
  const indent = ' '.repeat(column(at.text, start) + stepOf(at.text, service));
  return insertAfterLine(at, end, itemLines(lines, indent, ' ', newline(at.text, end)));
}

export function createKey(at: ServiceText, service: MapNode, lines: readonly string[]): TextEdit | string {
  const { text } = at;
  if (service.flow) return 'the service is written in braces';
  const own = [...service.entries.values()].filter((entry) => !entry.merged);
  const first = own[0];
  if (!first) return 'the service has no key of its own';
  if (own.some((entry) => entry.explicit)) return 'a key is written as ? key';
  if (!isIndentation(text, first.keyRange.start)) return 'the service starts on a shared line';
  const indent = ' '.repeat(column(text, first.keyRange.start));
  const eol = newline(text, first.keyRange.start);
  const inner = indent + ' '.repeat(stepOf(text, service));
  return insertAfterLine(at, service.range.end, `${indent}volumes:${eol}${itemLines(lines, inner, ' ', eol)}`);
}

function column(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (start === 0 && text.startsWith('\xEF\xBB\xBF') ? 3 : 0);
}

/** By how much the service's other lists are indented under their key. */
function stepOf(text: string, service: MapNode): number {
  for (const entry of service.entries.values()) {
    const dash =
      entry.value.kind === 'seq' && !entry.merged && !entry.value.shared ? entry.value.items[0]?.dash : undefined;
    if (dash !== undefined) return Math.max(0, column(text, dash) - column(text, entry.keyRange.start));
  }
  return 2;
}
