// Where in an ignore file a line for an environment goes, and in which form, so that the environment is out and its folder too.

import { appendLines, applyEdits, createFile, insertLinesAfter } from '../../edit/textEdits.ts';
import type { TextEdit } from '../../model.ts';
import { trimGoSpace } from '../../parse/ignoreFile/goText.ts';
import { type IgnorePattern, parseIgnore, walkIgnores } from '../../parse/ignoreFile/ignoreFile.ts';
import type { LineEnding } from '../../text/positions.ts';

export interface IgnoreEntry {
  readonly line: string;
  /** Paths of the context that must be out afterwards. */
  readonly parts: readonly string[];
}

export interface IgnoreFileText {
  readonly path: string;
  /** Undefined: it does not stand yet. */
  readonly text: string | undefined;
  /** How the lines of a new file end. */
  readonly ending: LineEnding;
  /** Does this (wider) line leave out nothing that the repository has? */
  readonly free: (line: string) => boolean;
}

export interface IgnoreAddition {
  readonly edits: readonly TextEdit[];
  /** The lines, in order. */
  readonly written: readonly string[];
}

interface IgnoreInsertion {
  /** Undefined: at the end. */
  readonly behind: number | undefined;
  readonly lines: readonly string[];
}

/** The edits that leave out every entry; undefined where no line at any place does. */
export function addIgnoreLines(file: IgnoreFileText, entries: readonly IgnoreEntry[]): IgnoreAddition | undefined {
  const { path, text } = file;
  if (text === undefined) {
    const written = entries.map((entry) => entry.line);
    const now = written.map((line) => line + file.ending).join('');
    const out = walkIgnores(parseIgnore(now));
    return entries.every((entry) => entry.parts.every(out)) ? { edits: [createFile(path, now)], written } : undefined;
  }
  const chosen: IgnoreInsertion[] = [];
  for (const entry of entries) {
    const fits = candidates(entry, file, text).find((one) => {
      const edits = editsOf(path, text, [...chosen, one]);
      const now = parseIgnore(applyEdits(text, edits));
      return now.problems.length === 0 && entry.parts.every(walkIgnores(now));
    });
    if (fits === undefined) return undefined;
    chosen.push(fits);
  }
  return { edits: editsOf(path, text, chosen), written: chosen.flatMap((insertion) => insertion.lines) };
}

/** Beside the entry of its kind, else at the end; the line, or one for the content where exceptions bring that back, or both. */
function candidates({ line, parts }: IgnoreEntry, file: IgnoreFileText, text: string): IgnoreInsertion[] {
  const { patterns } = parseIgnore(text);
  const isEnvironment = parts.some((path) => path.endsWith('/pyvenv.cfg'));
  const kin = patterns.filter(({ pattern, negated }) => isEnvironment && !negated && KIN.test(pattern)).at(-1);
  const places: { behind: number | undefined; line: string }[] = [];
  if (kin !== undefined)
    places.push({ behind: kin.start, line: likeKin(line, trimGoSpace(text.slice(kin.start, kin.end)), file) });
  else if (sectionAtEnd(text) === 'other') {
    const python = lastOfPython(patterns, text);
    if (python !== undefined) places.push({ behind: python, line: styled(line, text, file) });
  }
  places.push({ behind: undefined, line: styled(line, text, file) });
  const content = (own: string): string => `${own.replace(/\/$/, '')}/**`;
  return places.flatMap((place) => [
    { behind: place.behind, lines: [place.line] },
    { behind: place.behind, lines: [content(place.line)] },
    { behind: place.behind, lines: [place.line, content(place.line)] },
  ]);
}

/** Names that environments have. `.env` is a file of variables. */
const KIN = /^(\*\*\/|\*\/)?(\.?venv[\w.*-]*|\.?virtualenvs?|env|ENV|env\.bak)(\/\*\*?)?$/;
const PYTHON =
  /^(\*\*\/|\*\/)?(__pycache__|\*\.py[\w[\]]*|\*\.egg(-info)?|\.\w+_cache|\.tox|\.nox|\.eggs|\.coverage|pip-[\w.-]+|\.python-version)(\/\*\*?)?$/;

/** The line with the lead and the slash of the entry that it is put beside. */
function likeKin(line: string, kin: string, file: IgnoreFileText): string {
  const bare = line.replace(/\/$/, '');
  const deep = kin.startsWith('**/') && !bare.includes('/') ? `**/${bare}` : bare;
  const led = file.free(deep) ? deep : bare;
  const rooted = kin.startsWith('/') && !led.startsWith('*') ? `/${led}` : led;
  return kin.endsWith('/') ? `${rooted}/` : rooted;
}

/** The line as the file writes folders: at any depth, or with a slash at the end, where most of its folders are written so. */
function styled(line: string, text: string, file: IgnoreFileText): string {
  const { patterns } = parseIgnore(text);
  const own = patterns.filter(({ negated }) => !negated).map(({ start, end }) => trimGoSpace(text.slice(start, end)));
  const named = own.filter((one) => /^(\*\*\/)?[^*/]+\/?$/.test(one));
  const deep = named.filter((one) => one.startsWith('**/')).length;
  const wide =
    !line.includes('/') && deep > 1 && deep * 2 > named.length && file.free(`**/${line}`) ? `**/${line}` : line;
  const folders = own.filter(
    (one) =>
      /\/$/.test(one) ||
      /(^|\/)(\.git|\.idea|\.vscode|node_modules|__pycache__|venv|env|build|dist|\.\w+_cache|\.tox)$/.test(one),
  );
  const slashed = folders.filter((one) => one.endsWith('/')).length;
  return slashed * 2 > folders.length && !/(^|\/)\.env$/.test(line) ? `${wide}/` : wide;
}

/** Start of the last of Python's own entries, where they stand together under what is said of Python, or of nothing. */
function lastOfPython(patterns: readonly IgnorePattern[], text: string): number | undefined {
  const own = patterns.filter(({ pattern, negated }) => !negated && PYTHON.test(pattern));
  const last = own.at(-1);
  if (last === undefined) return undefined;
  const heading = headingAbove(text, last.start);
  return heading === '' || ABOUT_PYTHON.test(heading) ? last.start : undefined;
}

const ABOUT_PYTHON = /python|venv|virtual|misc|other|common|^#+\s*(ignored?|excluded?)( files| folders)*\s*:?$/i;

/** The comment that the entries at this offset stand under; '' where there is none. */
function headingAbove(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n').slice(0, -1);
  let at = lines.length - 1;
  while (at >= 0 && !/^\s*(#|$)/.test(lines[at]!)) at--;
  const found: string[] = [];
  for (; at >= 0 && lines[at]!.startsWith('#'); at--) found.unshift(lines[at]!);
  return found.join(' ');
}

/** Does the end of the file stand under a heading that means something else? */
function sectionAtEnd(text: string): 'other' | 'any' {
  const ended = text.replace(/\n?$/, '\n');
  const heading = headingAbove(ended, ended.length);
  return heading === '' || ABOUT_PYTHON.test(heading) ? 'any' : 'other';
}

function editsOf(path: string, text: string, chosen: readonly IgnoreInsertion[]): TextEdit[] {
  const edits = chosen
    .filter((insertion) => insertion.behind !== undefined)
    .map((insertion) => insertLinesAfter({ path, text, offset: insertion.behind!, lines: insertion.lines }));
  const end = chosen.filter((insertion) => insertion.behind === undefined).flatMap((insertion) => insertion.lines);
  if (end.length === 0) return merged(edits);
  const apart = sectionAtEnd(text) === 'other';
  const headings = text.match(/^#/gm)?.length ?? 0;
  const blank = /\n[ \t\r]*\n/.test(text) || headings < 2 ? [''] : [];
  const lines = apart ? [...blank, '# Virtual environments', ...end] : end;
  return merged([...edits, appendLines({ path, text, lines })]);
}

/** Insertions at one place as one edit: behind an unfinished last line each begins with a line ending. */
function merged(edits: readonly TextEdit[]): TextEdit[] {
  const at = new Map<number, TextEdit>();
  for (const edit of edits) {
    const known = at.get(edit.start);
    at.set(edit.start, known === undefined ? edit : { ...known, newText: known.newText + edit.newText });
  }
  return [...at.values()];
}
