// The unified diff of one repository, on latin1 text, as `git apply` takes it byte for byte. Pure.

import { diffArrays } from 'diff';
import type { Snapshot } from '../model.ts';

/** File modes of new or deleted paths, as git writes them ('100644', '100755'); others are taken from the snapshots. */
export type Modes = ReadonlyMap<string, string>;

const CONTEXT = 3;
/** Beyond this many changed lines a smaller diff is not worth the time: the whole range is shown as replaced. */
const MOST_EDITS = 2000;
const MOST_MILLISECONDS = 2000;

/**
 * The diff of the `changed` paths, in the order given, each with git's own headers. A path that `before` does not have is a
 * new file, one that `after` does not have a deleted one; equal texts give nothing. The result is latin1 text: written as
 * latin1 it has the files' own bytes. Modes of existing files are not named, so that applying it keeps them.
 */
export function unifiedDiff(before: Snapshot, after: Snapshot, changed: readonly string[], modes?: Modes): string {
  const parts: string[] = [];
  for (const path of changed) {
    const old = before.read(path);
    const now = after.read(path);
    if (old === now) continue;
    const mode = modes?.get(path) ?? diffMode(old === undefined ? after : before, path);
    parts.push(fileDiff({ path, old, now, mode }));
  }
  return parts.join('');
}

/** A path as git prints it in a diff: C-style quotes where it holds a control character, a quote, a backslash or a byte over 0x7F. */
export function quotePath(path: string): string {
  if (/^[ !#-[\]-~]*$/.test(path)) return path;
  return `"${path.replace(/[^ !#-[\]-~]/g, quoteByte)}"`;
}

const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

function quoteByte(byte: string): string {
  return NAMED[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

function diffMode(snapshot: Snapshot, path: string): string {
  return snapshot.paths.get(path) === 'executable' ? '100755' : '100644';
}

interface FileChange {
  readonly path: string;
  readonly old: string | undefined;
  readonly now: string | undefined;
  readonly mode: string;
}

function fileDiff({ path, old, now, mode }: FileChange): string {
  const oldName = quotePath(`a/${path}`);
  const newName = quotePath(`b/${path}`);
  // git ends a name that holds a space by a tab, or the rest would be taken for a time stamp.
  const tab = path.includes(' ') ? '\t' : '';
  let text = `diff --git ${oldName} ${newName}\n`;
  if (old === undefined) text += `new file mode ${mode}\n`;
  if (now === undefined) text += `deleted file mode ${mode}\n`;
  const body = hunks(splitLines(old ?? ''), splitLines(now ?? ''));
  if (body === '') return text;
  const from = old === undefined ? '/dev/null' : oldName + tab;
  const to = now === undefined ? '/dev/null' : newName + tab;
  return `${text}--- ${from}\n+++ ${to}\n${body}`;
}

/** Lines with their LF; only LF ends a line, so a lone CR, VT, FF or U+2028 stays inside one. */
function splitLines(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** Old lines [oldStart, oldEnd) become new lines [newStart, newEnd); all counted from 0. */
interface Change {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

function changesBetween(old: readonly string[], now: readonly string[]): Change[] {
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const whole = { oldStart: head, oldEnd: old.length - tail, newStart: head, newEnd: now.length - tail };
  if (whole.oldStart === whole.oldEnd && whole.newStart === whole.newEnd) return [];
  if (whole.oldStart === whole.oldEnd || whole.newStart === whole.newEnd) return [whole];
  const options = { maxEditLength: MOST_EDITS, timeout: MOST_MILLISECONDS };
  const pieces = diffArrays(old.slice(head, whole.oldEnd), now.slice(head, whole.newEnd), options);
  if (!pieces) return [whole];
  const changes: Change[] = [];
  let oldAt = head;
  let newAt = head;
  for (const piece of pieces) {
    const oldEnd = piece.added ? oldAt : oldAt + piece.count;
    const newEnd = piece.removed ? newAt : newAt + piece.count;
    if (piece.added || piece.removed) {
      const last = changes.at(-1);
      const joins = last && last.oldEnd === oldAt && last.newEnd === newAt;
      if (joins) changes[changes.length - 1] = { ...last, oldEnd, newEnd };
      else changes.push({ oldStart: oldAt, oldEnd, newStart: newAt, newEnd });
    }
    oldAt = oldEnd;
    newAt = newEnd;
  }
  return changes;
}

function hunks(old: readonly string[], now: readonly string[]): string {
  const changes = changesBetween(old, now);
  const out: string[] = [];
  for (let first = 0; first < changes.length; ) {
    let last = first;
    while (last + 1 < changes.length && changes[last + 1]!.oldStart - changes[last]!.oldEnd <= 2 * CONTEXT) last++;
    writeHunk(out, changes.slice(first, last + 1), { old, now });
    first = last + 1;
  }
  return out.join('');
}

function writeHunk(
  out: string[],
  changes: readonly Change[],
  { old, now }: { old: readonly string[]; now: readonly string[] },
): void {
  const first = changes[0]!;
  const last = changes.at(-1)!;
  const before = Math.min(CONTEXT, first.oldStart);
  const after = Math.min(CONTEXT, old.length - last.oldEnd);
  const oldRange = rangeText(first.oldStart - before, last.oldEnd + after);
  const newRange = rangeText(first.newStart - before, last.newEnd + after);
  out.push(`@@ -${oldRange} +${newRange} @@\n`);
  let at = first.oldStart - before;
  for (const change of changes) {
    for (; at < change.oldStart; at++) out.push(lineText(' ', old[at]!));
    for (; at < change.oldEnd; at++) out.push(lineText('-', old[at]!));
    for (let line = change.newStart; line < change.newEnd; line++) out.push(lineText('+', now[line]!));
  }
  for (; at < last.oldEnd + after; at++) out.push(lineText(' ', old[at]!));
}

/** git's way: a count of 1 is left out, and an empty range names the line before it. */
function rangeText(start: number, end: number): string {
  const count = end - start;
  if (count === 1) return `${start + 1}`;
  return `${count === 0 ? start : start + 1},${count}`;
}

function lineText(sign: string, line: string): string {
  return line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`;
}
