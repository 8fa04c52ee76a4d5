// Writes one compose volume entry in the form and quoting of the entries around it.

import { parseVolumeSpec } from '../parse/compose/volumeSpec.ts';
import type { MapEntry, MapNode, Node, ScalarNode, SeqItem } from '../parse/compose/yamlNodes.ts';
import { plainMeaning } from '../parse/compose/yamlScalar.ts';

export interface EntryForm {
  readonly long: boolean;
  readonly quote: 'plain' | 'single' | 'double';
  readonly flow: boolean;
}

/** Long where all entries are; quoted where all short entries are quoted alike. */
export function listForm(items: readonly SeqItem[], { flow }: Pick<EntryForm, 'flow'>): EntryForm {
  const long = items.length > 0 && items.every((item) => item.value.kind === 'map') && !flow;
  const styles = new Set(
    items
      .map((item) => (item.value.kind === 'scalar' ? item.value.style : undefined))
      .filter((style) => style !== undefined),
  );
  const [only] = styles;
  return { long, quote: styles.size === 1 && (only === 'single' || only === 'double') ? only : 'plain', flow };
}

/**
 * `spec`: short form as compose shall read it (a `$` is doubled here). `lines`: the entry without its dash, further lines
 * without indentation. `node`: what parsing it must give. A string: why it cannot be written.
 */
export function renderEntry(
  spec: string,
  form: EntryForm,
  near: MapNode,
): { readonly lines: string[]; readonly node: Node } | string {
  if ([...spec].some((character) => character < ' ' || character === '\x7f'))
    return 'the entry holds a control character';
  const parsed = parseVolumeSpec(spec);
  if (!parsed) return 'compose would not accept the entry';
  const raw = (text: string): string => text.replaceAll('$', '$$$$');
  if (!form.long) return { lines: [quoted(raw(spec), form)], node: scalar(raw(spec), near) };
  const fields: [string, string][] = [['type', parsed.type]];
  if (parsed.source !== undefined) fields.push(['source', raw(parsed.source)]);
  fields.push(['target', raw(parsed.target)]);
  if (parsed.options.length > 0) return 'the entry has options that the long form writes otherwise';
  const entries = new Map<string, MapEntry>(
    fields.map(([key, text]) => [key, { key, keyRange: near.range, value: scalar(text, near) }]),
  );
  const node: MapNode = { kind: 'map', flow: false, entries, resets: new Set(), range: near.range };
  return { lines: fields.map(([key, text]) => `${key}: ${quoted(text, { ...form, quote: 'plain' })}`), node };
}

function scalar(text: string, near: MapNode): ScalarNode {
  return { kind: 'scalar', value: text, text, style: 'plain', range: near.range, content: near.range };
}

function quoted(text: string, form: EntryForm): string {
  if (form.quote === 'single') return `'${text.replaceAll("'", "''")}'`;
  const safe =
    /^[A-Za-z0-9_./][A-Za-z0-9_./@+:~=$-]*$/.test(text) && !text.endsWith(':') && plainMeaning(text).value === text;
  if (form.quote === 'plain' && safe && plainMeaning(text).unknown === undefined) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset of the line's end, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const newlineAt = text.indexOf('\n', offset);
  if (newlineAt < 0) return text.length;
  return text[newlineAt - 1] === '\r' && newlineAt - 1 >= offset ? newlineAt - 1 : newlineAt;
}

/** Offset of the next line, or the end of the text. */
export function afterLine(text: string, offset: number): number {
  const newlineAt = text.indexOf('\n', offset);
  return newlineAt < 0 ? text.length : newlineAt + 1;
}

/** The line break of the line at `offset`; on a last line without one, that of the line before. */
export function newline(text: string, offset: number): string {
  let at = text.indexOf('\n', offset);
  if (at < 0) at = text.lastIndexOf('\n', offset);
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}
