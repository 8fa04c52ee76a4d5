// Reads pip's requirements and constraints files, line by line as pip joins, cuts and splits them.

import type { Problem, Range } from '../../model.ts';
import { parseRequirement } from './requirement.ts';
import { FLAG_OPTIONS, splitWords, VALUE_OPTIONS } from './requirementOptions.ts';

/**
 * What a line asks for. `value` by kind: package: the requirement; include, constraint: the file or URL; editable: the path or
 * URL with its extras; local: the path (`file:` and extras cut off); findLinks, index: the path or URL; url: the URL;
 * option: the option's name; unknown: the line.
 */
export type RequirementKind =
  | 'package'
  | 'include'
  | 'constraint'
  | 'editable'
  | 'local'
  | 'findLinks'
  | 'index'
  | 'url'
  | 'option'
  | 'unknown';

/** One thing that a line says. Offsets span the line's content over its continuations, comment and blanks cut off. */
export interface RequirementEntry extends Range {
  readonly kind: RequirementKind;
  readonly value: string;
  /** PEP 503 name, where the line says it. */
  readonly name?: string;
}

export interface RequirementsFile {
  readonly entries: readonly RequirementEntry[];
  readonly problems: readonly Problem[];
}

type LogicalLine = Range & { readonly text: string };

/** str.splitlines() of Python, on UTF-8 bytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python splits lines at these too.
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e]|\xc2\x85|\xe2\x80[\xa8\xa9]/g;
const ARCHIVE = /\.(?:zip|whl|tar\.gz|tgz|tar|tar\.bz2|tbz|tar\.xz|txz|tlz|tar\.lz|tar\.lzma)$/i;
/** A checkout of a repository on disk. */
const LOCAL_CHECKOUT = /^(?:git|hg|svn|bzr)\+(?=file:)/i;
const URL_SCHEME = /^(?:https?|ftp|file|(?:git|hg|svn|bzr)(?:\+[a-z]+)?):/i;

function isPythonBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || (code >= 9 && code <= 13) || (code >= 28 && code <= 31);
}

/** Where the comment begins, blanks before it included; the text's length where there is none. */
function commentStart(text: string): number {
  for (let at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at + 1)) {
    if (at === 0 || isPythonBlank(text, at - 1)) {
      let start = at;
      while (start > 0 && isPythonBlank(text, start - 1)) start--;
      return start;
    }
  }
  return text.length;
}

function trimmedRange(text: string, start: number, end: number): Range {
  let from = start;
  let to = end;
  while (from < to && isPythonBlank(text, from)) from++;
  while (to > from && isPythonBlank(text, to - 1)) to--;
  return { start: from, end: to };
}

/** Joins continuation lines and cuts comments as pip does: `\` goes, a comment line ends the joining. */
function logicalLines(source: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let pieces: string[] = [];
  let start = -1;
  let end = 0;
  const finish = (): void => {
    const joined = pieces.join('');
    const cut = joined.slice(0, commentStart(joined));
    const { start: from, end: to } = trimmedRange(cut, 0, cut.length);
    if (to > from) lines.push({ start: Math.max(start, 0), end, text: cut.slice(from, to) });
    pieces = [];
    start = -1;
  };
  let next = 0;
  const add = (lineStart: number, lineEnd: number): void => {
    const line = source.slice(lineStart, lineEnd);
    const cut = commentStart(line);
    const content = trimmedRange(source, lineStart, lineStart + cut);
    if (content.end > content.start) {
      if (start < 0) start = content.start;
      end = content.end;
    }
    const isComment = cut < line.length && trimmedRange(line, 0, cut).end === trimmedRange(line, 0, cut).start;
    if (!line.endsWith('\\') || isComment) {
      pieces.push(isComment ? ` ${line}` : line);
      finish();
      return;
    }
    let from = 0;
    let to = line.length;
    while (from < to && line[from] === '\\') from++;
    while (to > from && line[to - 1] === '\\') to--;
    pieces.push(line.slice(from, to));
  };
  for (const match of source.matchAll(LINE_END)) {
    add(next, match.index);
    next = match.index + match[0].length;
  }
  if (next < source.length) add(next, source.length);
  if (pieces.length > 0) finish();
  return lines;
}

/** The path of a `file:` URL without fragment, or undefined where it says something else (host, percent signs). */
export function pathOfFileUrl(url: string): string | undefined {
  let path = url.replace(/^file:/i, '');
  const fragment = path.search(/[#?]/);
  if (fragment >= 0) path = path.slice(0, fragment);
  if (path.startsWith('//')) {
    path = path.slice(2).replace(/^localhost(?=\/)/i, '');
    if (!path.startsWith('/')) return undefined;
  }
  return path === '' || path.includes('%') ? undefined : path;
}

function withoutExtras(path: string): string {
  if (!path.endsWith(']')) return path;
  const open = path.lastIndexOf('[');
  return open > 0 ? path.slice(0, open) : path;
}

/** What a word that pip installs is: a package, a local path or a URL. The word may carry extras and a marker. */
export function classifyTarget(word: string): Pick<RequirementEntry, 'kind' | 'value' | 'name'> {
  const requirement = parseRequirement(word);
  if (requirement !== undefined) {
    const { name } = requirement;
    const url = requirement.url?.replace(LOCAL_CHECKOUT, '');
    if (url === undefined) {
      if (requirement.specifiers.length > 0 || !ARCHIVE.test(word)) return { kind: 'package', value: word, name };
      return { kind: 'local', value: word };
    }
    if (/^file:/i.test(url)) {
      const path = pathOfFileUrl(url);
      return path === undefined ? { kind: 'unknown', value: word } : { kind: 'local', value: path, name };
    }
    return URL_SCHEME.test(url) || url.includes('://')
      ? { kind: 'url', value: url, name }
      : { kind: 'local', value: url, name };
  }
  if (URL_SCHEME.test(word)) {
    const url = word.split(/[ \t]/, 1)[0]!.replace(LOCAL_CHECKOUT, '');
    if (!/^file:/i.test(url)) return { kind: 'url', value: url };
    const path = pathOfFileUrl(url);
    return path === undefined ? { kind: 'unknown', value: word } : { kind: 'local', value: withoutExtras(path) };
  }
  const bare = trimMarker(word);
  const path = withoutExtras(bare);
  if (path.startsWith('.') || path.includes('/') || ARCHIVE.test(path)) return { kind: 'local', value: path };
  return { kind: 'unknown', value: word };
}

function trimMarker(word: string): string {
  const at = word.indexOf(';');
  const range = trimmedRange(word, 0, at < 0 ? word.length : at);
  return word.slice(range.start, range.end);
}

type Option = { readonly name: string; readonly value: string | undefined };

/** Reads options as optparse does: `--a=b`, `--a b`, `-ab`, unique abbreviations; undefined where one is not known. */
function readOptions(words: readonly string[]): Option[] | undefined {
  const options: Option[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('-') || word === '-') continue;
    if (word === '--') break;
    let name = word;
    let value: string | undefined;
    if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      if (equals > 0) [name, value] = [word.slice(0, equals), word.slice(equals + 1)];
      const known = [...VALUE_OPTIONS, ...FLAG_OPTIONS];
      const fits = known.filter((option) => option.startsWith(name));
      // uv's plurals (`--constraints`) do not make pip's abbreviations ambiguous.
      const [shortest = ''] = [...fits].sort((a, b) => a.length - b.length);
      const exact = known.includes(name) ? name : fits.every((fit) => fit.startsWith(shortest)) ? shortest : '';
      if (exact === '') return undefined;
      name = exact;
    } else {
      name = word.slice(0, 2);
      if (word.length > 2) value = word.slice(2);
    }
    if (VALUE_OPTIONS.has(name)) {
      value ??= words[++i];
      if (value === undefined) return undefined;
    } else if (!FLAG_OPTIONS.has(name) || value !== undefined) {
      return undefined;
    }
    options.push({ name, value });
  }
  return options;
}

function entriesOfOptions(options: readonly Option[]): Pick<RequirementEntry, 'kind' | 'value' | 'name'>[] {
  const firstValue = (...names: string[]): string | undefined =>
    options.find((option) => names.includes(option.name))?.value;
  const editable = firstValue('-e', '--editable');
  if (editable !== undefined) return [{ kind: 'editable', value: editable }];
  // pip reads the first of them and passes over the rest of the line.
  const include = firstValue('-r', '--requirement', '--requirements');
  if (include !== undefined) return [{ kind: 'include', value: include }];
  const constraint = firstValue('-c', '--constraint', '--constraints');
  if (constraint !== undefined) return [{ kind: 'constraint', value: constraint }];
  return options.map(({ name, value = '' }) => {
    if (name === '-f' || name === '--find-links') return { kind: 'findLinks', value };
    return /^(-i|--index-url|--extra-index-url|--pypi-url)$/.test(name)
      ? { kind: 'index', value }
      : { kind: 'option', value: name };
  });
}

function requirementEntries(line: LogicalLine): RequirementEntry[] {
  const range = { start: line.start, end: line.end };
  const unknown: RequirementEntry = { kind: 'unknown', value: line.text, ...range };
  const words = line.text.split(' ');
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const target = trimmedEntry(words.slice(0, firstOption < 0 ? words.length : firstOption).join(' '));
  const optionWords = firstOption < 0 ? [] : splitWords(words.slice(firstOption).join(' '));
  const options = optionWords === undefined ? undefined : readOptions(optionWords);
  if (options === undefined) return [unknown];
  if (target !== '') return [{ ...classifyTarget(target), ...range }];
  return entriesOfOptions(options).map((entry) => ({ ...entry, ...range }));
}

function trimmedEntry(text: string): string {
  const range = trimmedRange(text, 0, text.length);
  return text.slice(range.start, range.end);
}

/** Parses a requirements or constraints file (latin1). Never throws; linear. */
export function parseRequirements(source: string): RequirementsFile {
  if (source.startsWith('\xff\xfe') || source.startsWith('\xfe\xff')) {
    return { entries: [], problems: [{ offset: 0, message: 'The file is not UTF-8' }] };
  }
  const bom = source.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const entries: RequirementEntry[] = [];
  const problems: Problem[] = [];
  for (const line of logicalLines(source.slice(bom))) {
    for (const entry of requirementEntries(line)) {
      const moved = { ...entry, start: entry.start + bom, end: entry.end + bom };
      entries.push(moved);
      if (moved.kind === 'unknown')
        problems.push({ offset: moved.start, message: 'Line cannot be read as pip reads it' });
    }
  }
  return { entries, problems };
}
