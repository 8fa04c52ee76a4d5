// Builds the smallest text edits that add, remove or replace one volume entry of a compose service, or says why it will not.

import type { Range, TextEdit } from '../model.ts';
import { parseCompose } from './compose.ts';
import { sameData, withVolumes } from './composeEditCheck.ts';
import type { ServiceSyntax } from './composeService.ts';
import { afterLine, lineEnd, lineStart, listForm, newline, renderEntry } from './volumeText.ts';
import type { MapEntry, MapNode, Node, SeqItem, SeqNode } from './yamlNodes.ts';

/** The service of one compose file: its text (latin1) as it stands, and the service's name in that file. */
export interface ServiceText {
  readonly path: string;
  readonly text: string;
  readonly service: string;
}

/** The edits, or why there are none: one sentence. */
export type EditOrReason = readonly TextEdit[] | string;

/**
 * Adds `entry` after the last volume of the service, in the list's own form, quoting, indentation and line endings; creates
 * `volumes:` at the end of the service where it is not there. `entry` is the short form as compose shall read it in the
 * end: a `$` in it is written doubled. The result is parsed again and differs from before by that entry alone, or is refused.
 */
export function addVolume(at: ServiceText, entry: string): EditOrReason {
  const found = locate(at);
  if (typeof found === 'string') return found;
  const { service, volumes } = found;
  const list = volumes?.value;
  const items = list?.kind === 'seq' ? list.items : [];
  const form = listForm(items, list?.kind === 'seq' && list.flow);
  const rendered = renderEntry(entry, form, service.node);
  if (typeof rendered === 'string') return rendered;
  let edit: TextEdit | string;
  if (!list) edit = createKey(at, service.node, rendered.lines);
  else if (list.kind === 'scalar') edit = fillKey(at, service.node, volumes, rendered.lines);
  else if (list.kind === 'map') return 'volumes is a mapping';
  else if (list.flow) edit = addToFlow(at, list, rendered.lines[0] ?? '');
  else edit = addToBlock(at, list, rendered.lines);
  if (typeof edit === 'string') return edit;
  return proven(at, [edit], [...items.map((item) => item.value), rendered.node]);
}

/**
 * Removes the entry at `index` (its position in this file's list) with the comment on its line; the only one takes
 * `volumes:` along. Comments on lines of their own stay.
 */
export function removeVolume(at: ServiceText, index: number): EditOrReason {
  const found = locate(at);
  if (typeof found === 'string') return found;
  const { service, volumes } = found;
  const picked = pick(volumes, index);
  if (typeof picked === 'string') return picked;
  const { list, item, place } = picked;
  const rest = list.items.filter((other) => other !== item).map((other) => other.value);
  if (rest.length > 0) {
    const range = list.flow ? flowCut(at.text, list, place) : blockLines(at.text, item);
    return typeof range === 'string' ? range : proven(at, [cut(at, range)], rest);
  }
  if (list.tag !== undefined) return 'the list has a tag, so an empty one means something else';
  if (service.mergeRange) return 'without its own volumes the service could take over those of its merge key';
  if (service.node.flow) return 'the service is written in braces';
  const own = [...service.node.entries.values()].filter((entry) => !entry.merged);
  if (own.length < 2) return 'the service has nothing else';
  const key = picked.entry.keyRange.start;
  if (!isIndentation(at.text, key)) return 'volumes: does not stand on a line of its own';
  const keyLine = { start: lineStart(at.text, key), end: afterLine(at.text, key) };
  if (list.flow)
    return proven(at, [cut(at, { start: keyLine.start, end: afterLine(at.text, list.range.end) })], undefined);
  const lines = blockLines(at.text, item);
  if (typeof lines === 'string') return lines;
  if (lines.start <= keyLine.end) return proven(at, [cut(at, { start: keyLine.start, end: lines.end })], undefined);
  return proven(at, [cut(at, keyLine), cut(at, lines)], undefined);
}

/** Puts `entry` (as for `addVolume`) in the place of the one at `index`; its line's comment stays. */
export function replaceVolume(at: ServiceText, index: number, entry: string): EditOrReason {
  const found = locate(at);
  if (typeof found === 'string') return found;
  const picked = pick(found.volumes, index);
  if (typeof picked === 'string') return picked;
  const { list, item } = picked;
  const { value } = item;
  const { start, end } = value.range;
  if (value.anchored) return 'the entry has an anchor';
  if (value.tag !== undefined) return 'the entry has a tag';
  if (value.kind === 'map' && at.text.slice(start, end).includes('#'))
    return 'a comment inside the entry would be lost';
  if (value.kind === 'scalar' && (value.style === 'literal' || value.style === 'folded'))
    return 'the entry is a block of text';
  const like: readonly SeqItem[] = value.kind === 'scalar' ? [item] : list.items;
  const rendered = renderEntry(entry, listForm(like, list.flow), found.service.node);
  if (typeof rendered === 'string') return rendered;
  const lines = value.kind === 'map' && value.flow ? [rendered.lines.join(', ')] : rendered.lines;
  if (value.kind === 'map' && value.flow && rendered.lines.length > 1) lines[0] = `{${lines[0]}}`;
  const pad = ' '.repeat(start - lineStart(at.text, start));
  const newText = lines.join(newline(at.text, start) + pad);
  const values = list.items.map((other) => (other === item ? rendered.node : other.value));
  return proven(at, [{ path: at.path, start, end, newText }], values);
}

interface Located {
  readonly service: ServiceSyntax;
  readonly volumes: MapEntry | undefined;
}

function locate(at: ServiceText): Located | string {
  const syntax = parseCompose(at.text);
  if (syntax.problems.length > 0) return `the file is left alone: ${syntax.problems[0]?.message ?? ''}`;
  const service = syntax.services.find((candidate) => candidate.name === at.service);
  if (!service) return 'the service is not in this file';
  if (service.shared) return 'the service stands under an anchor that others use';
  if (service.node.resets.has('volumes')) return 'volumes has the tag !reset';
  const volumes = service.node.entries.get('volumes');
  if (!volumes) return { service, volumes };
  if (volumes.merged) return 'the volumes came through a merge key (<<)';
  if (volumes.value.shared)
    return 'the volumes stand under an anchor or come from an alias, so that others would change too';
  if (volumes.explicit) return 'the key is written as ? volumes';
  return { service, volumes };
}

interface Picked {
  readonly entry: MapEntry;
  readonly list: SeqNode;
  readonly item: SeqItem;
  readonly place: number;
}

function pick(entry: MapEntry | undefined, index: number): Picked | string {
  const list = entry?.value;
  if (!entry || list?.kind !== 'seq') return 'the service has no list of volumes';
  const place = list.items.findIndex((item) => item.index === index);
  const item = list.items[place];
  if (!item) return 'the list has no such entry';
  if (item.value.shared) return 'the entry stands under an anchor or is an alias';
  return { entry, list, item, place };
}

function cut(at: ServiceText, range: Range): TextEdit {
  const { text, path } = at;
  let { start } = range;
  // At the end of a file without a final line break the one before goes, so that there is still none.
  if (range.end === text.length && text[range.end - 1] !== '\n' && text[start - 1] === '\n') {
    start--;
    if (text[start - 1] === '\r') start--;
  }
  return { path, start, end: range.end, newText: '' };
}

function isIndentation(text: string, to: number): boolean {
  return (
    /^ *$/.test(text.slice(lineStart(text, to), to)) ||
    (lineStart(text, to) === 0 && /^(?:\xEF\xBB\xBF)? *$/.test(text.slice(0, to)))
  );
}

function blockLines(text: string, item: SeqItem): Range | string {
  const { dash } = item;
  if (dash === undefined || !isIndentation(text, dash)) return 'the entry does not start a line of its own';
  if (lineStart(text, dash) === 0) return 'the entry starts the file';
  return { start: lineStart(text, dash), end: afterLine(text, item.value.range.end) };
}

function flowCut(text: string, list: SeqNode, place: number): Range | string {
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

function addToBlock(at: ServiceText, list: SeqNode, lines: readonly string[]): TextEdit | string {
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

function addToFlow(at: ServiceText, list: SeqNode, item: string): TextEdit | string {
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
function fillKey(at: ServiceText, service: MapNode, volumes: MapEntry, lines: readonly string[]): TextEdit | string {
  const { value } = volumes;
  if (value.kind !== 'scalar' || value.style !== 'absent' || value.tag !== undefined || value.anchored)
    return 'volumes has a value that is no list';
  if (service.flow) return 'the service is written in braces';
  const { start, end } = volumes.keyRange;
  if (!isIndentation(at.text, start)) return 'volumes: does not stand on a line of its own';
  const indent = ' '.repeat(column(at.text, start) + stepOf(at.text, service));
  return insertAfterLine(at, end, itemLines(lines, indent, ' ', newline(at.text, end)));
}

function createKey(at: ServiceText, service: MapNode, lines: readonly string[]): TextEdit | string {
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

function proven(at: ServiceText, edits: readonly TextEdit[], values: readonly Node[] | undefined): EditOrReason {
  let after = at.text;
  for (const edit of [...edits].sort((a, b) => b.start - a.start))
    after = after.slice(0, edit.start) + edit.newText + after.slice(edit.end);
  const before = parseCompose(at.text);
  const now = parseCompose(after);
  if (!before.root || !now.root || now.problems.length > 0) return 'the edited file would not parse';
  const expected = withVolumes(before.root, { service: at.service, version1: before.version1, values });
  return expected && sameData(expected, now.root) ? edits : 'the edited file would differ in more than this entry';
}
