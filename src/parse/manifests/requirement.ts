// Reads one PEP 508 requirement ("name[extra]>=1; marker" or "name @ url") and compares requirements.

/** One requirement, normalised so that equal ones have equal fields. */
export interface Requirement {
  /** PEP 503 normalised. */
  readonly name: string;
  /** Normalised, sorted, without duplicates. */
  readonly extras: readonly string[];
  /** `>=1.0` each, without blanks, sorted. */
  readonly specifiers: readonly string[];
  readonly url?: string;
  /** As written, trimmed. */
  readonly marker?: string;
}

/** PEP 503: runs of `-_.` become one `-`, lower case. */
export function normaliseName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const SPECIFIER = /^(===|==|~=|!=|<=|>=|<|>)[ \t]*([^\s,;()]+)$/;

function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && ' \t\r\n\f\v'.includes(text[start]!)) start++;
  while (end > start && ' \t\r\n\f\v'.includes(text[end - 1]!)) end--;
  return text.slice(start, end);
}

function uniqueSorted(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

/** The marker begins at a `;`, behind a URL only at one that a blank precedes. */
function splitMarker(text: string, isUrl: 'url' | 'versions'): [string, string | undefined] {
  let at = text.indexOf(';');
  if (isUrl === 'url') while (at >= 0 && !/\s/.test(text[at - 1] ?? '')) at = text.indexOf(';', at + 1);
  if (at < 0) return [trimBlanks(text), undefined];
  return [trimBlanks(text.slice(0, at)), trimBlanks(text.slice(at + 1)) || undefined];
}

/** Parses one requirement; undefined where it is none (paths, bare URLs, options, malformed). Linear. */
export function parseRequirement(source: string): Requirement | undefined {
  const text = trimBlanks(source);
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return undefined;
  let rest = trimBlanks(text.slice(name.length));
  let extras: string[] = [];
  if (rest.startsWith('[')) {
    const close = rest.indexOf(']');
    if (close < 0) return undefined;
    extras = rest.slice(1, close).split(',').map(trimBlanks);
    if (extras.length === 1 && extras[0] === '') extras = [];
    if (extras.some((extra) => NAME.exec(extra)?.[0] !== extra)) return undefined;
    rest = trimBlanks(rest.slice(close + 1));
  }
  const common = { name: normaliseName(name), extras: uniqueSorted(extras.map(normaliseName)) };
  if (rest.startsWith('@')) {
    const [url, marker] = splitMarker(rest.slice(1), 'url');
    if (url === '' || /\s/.test(url)) return undefined;
    return { ...common, specifiers: [], url, ...(marker === undefined ? {} : { marker }) };
  }
  let [versions, marker] = splitMarker(rest, 'versions');
  if (versions.startsWith('(') && versions.endsWith(')')) versions = trimBlanks(versions.slice(1, -1));
  const specifiers: string[] = [];
  for (const part of versions === '' ? [] : versions.split(',')) {
    const match = SPECIFIER.exec(trimBlanks(part));
    if (match !== null) specifiers.push(`${match[1]}${match[2]}`);
    else if (trimBlanks(part) !== '') return undefined;
  }
  return { ...common, specifiers: uniqueSorted(specifiers), ...(marker === undefined ? {} : { marker }) };
}
