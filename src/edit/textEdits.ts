// Edits are data: applying them, checking them, and builders that know line endings and indentation. Pure.

import type { Range, Snapshot, TextEdit } from '../model.ts';
import { isCleanPath } from '../text/cleanPath.ts';
import { lineAt, lineEndingOf } from '../text/positions.ts';

/**
 * `text` with `edits` made; all of one path, offsets into `text`, in any order. Insertions at one offset keep the order
 * given and come before a replacement that starts there. Throws RangeError for what `checkEdits` would report: by then a
 * bug of the caller.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of sortedEdits(edits)) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(
        `edit [${edit.start}, ${edit.end}) of ${edit.path} overlaps another or lies outside the file`,
      );
    }
    parts.push(text.slice(at, edit.start), edit.newText);
    at = edit.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** The new texts of the files that are edited. Throws RangeError where `checkEdits` reports something. */
export function editedTexts(snapshot: Snapshot, edits: readonly TextEdit[]): Map<string, string> {
  const [wrong] = checkEdits(snapshot, edits);
  if (wrong) throw new RangeError(wrong);
  return new Map(
    [...byPath(edits)].map(([path, own]) => [path, applyEdits(own[0]?.create ? '' : (snapshot.read(path) ?? ''), own)]),
  );
}

/** What is wrong with the edits against this snapshot, one sentence each; empty when they can be made. */
export function checkEdits(snapshot: Snapshot, edits: readonly TextEdit[]): string[] {
  const wrong: string[] = [];
  for (const [path, own] of byPath(edits)) {
    if (!isCleanPath(path)) {
      wrong.push(`${path} is no path inside the repository`);
      continue;
    }
    const text = snapshot.read(path);
    const creates = own.filter((edit) => edit.create);
    if (creates.length > 0) {
      if (text !== undefined || snapshot.paths.has(path)) wrong.push(`${path} cannot be created: it exists`);
      if (own.length > 1) wrong.push(`${path} is created and edited at once`);
    } else if (text === undefined) {
      wrong.push(`${path} cannot be edited: nothing readable stands there`);
    }
    const length = creates.length > 0 ? 0 : (text?.length ?? 0);
    let at = 0;
    for (const edit of sortedEdits(own)) {
      const inside = Number.isInteger(edit.start) && Number.isInteger(edit.end) && edit.start <= edit.end;
      if (!inside || edit.start < 0 || edit.end > length) {
        wrong.push(`edit [${edit.start}, ${edit.end}) of ${path} lies outside its ${length} bytes`);
      } else if (edit.start < at) {
        wrong.push(`edit [${edit.start}, ${edit.end}) of ${path} overlaps another`);
      }
      if (/[^\0-\xff]/.test(edit.newText)) wrong.push(`new text of ${path} is not latin1`);
      at = Math.max(at, edit.end);
    }
  }
  return wrong;
}

export interface Insertion {
  readonly path: string;
  readonly text: string;
  /** Any offset of the line beside which the new ones go. */
  readonly offset: number;
  /** New lines without their endings; the builder gives them the ending that is used there. */
  readonly lines: readonly string[];
}

/** New whole lines before the line that holds `offset`. */
export function insertLinesBefore({ path, text, offset, lines }: Insertion): TextEdit {
  const { start } = lineAt(text, offset);
  // A byte order mark stays the first thing in the file.
  const at = start === 0 && text.startsWith('\xEF\xBB\xBF') ? 3 : start;
  const ending = lineEndingOf(text, offset);
  return { path, start: at, end: at, newText: lines.map((line) => line + ending).join('') };
}

/** New whole lines after the line that holds `offset`; a file without a final newline stays so. */
export function insertLinesAfter({ path, text, offset, lines }: Insertion): TextEdit {
  const { end } = lineAt(text, offset);
  const ending = lineEndingOf(text, offset);
  const finished = end === 0 || text[end - 1] === '\n';
  const newText = finished ? lines.map((line) => line + ending).join('') : lines.map((line) => ending + line).join('');
  return { path, start: end, end, newText };
}

/** New whole lines at the end of the file; an unfinished last line is ended first and the new last one stays unfinished. */
export function appendLines(addition: Omit<Insertion, 'offset'>): TextEdit {
  const { path, text, lines } = addition;
  const ending = lineEndingOf(text, text.length);
  const bare = text.length === 0 || text === '\xEF\xBB\xBF';
  const newText =
    bare || text.endsWith('\n')
      ? lines.map((line) => line + ending).join('')
      : lines.map((each) => ending + each).join('');
  return { path, start: text.length, end: text.length, newText };
}

/**
 * Deletes every whole line that `range` touches (an empty range: the line that holds it). When these are the last ones and
 * unfinished, the line before becomes the last and is left unfinished too.
 */
export function deleteLines(path: string, text: string, range: Range): TextEdit {
  let start = lineAt(text, range.start).start;
  const last = range.end > range.start ? range.end - 1 : range.end;
  const { end } = lineAt(text, last);
  if (end === text.length && start > 0 && text[end - 1] !== '\n') {
    start -= text[start - 2] === '\r' ? 2 : 1;
  } else if (start === 0 && text.startsWith('\xEF\xBB\xBF')) {
    start = 3;
  }
  return { path, start, end, newText: '' };
}

/** Replaces exactly these bytes. */
export function replaceRange(path: string, range: Range, newText: string): TextEdit {
  return { path, start: range.start, end: range.end, newText };
}

/** A new file with exactly this text. */
export function createFile(path: string, newText: string): TextEdit {
  return { path, start: 0, end: 0, newText, create: true };
}

function sortedEdits(edits: readonly TextEdit[]): TextEdit[] {
  // Sorting is stable: insertions at one offset keep their order.
  return [...edits].sort((a, b) => a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start));
}

function byPath(edits: readonly TextEdit[]): Map<string, TextEdit[]> {
  const groups = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const own = groups.get(edit.path);
    if (own) own.push(edit);
    else groups.set(edit.path, [edit]);
  }
  return groups;
}
