// A line that a sentence names: a mark while fixes are worked out, a number of the file on disk once they are.

import type { Finding, Snapshot, TextEdit } from '../model.ts';
import { lineAt, lineColumn, lineColumns } from './positions.ts';

/** What marks are made of: text is latin1, so that nothing of a repository looks like one. */
const MARK = /\uE020([^\uE021]*)\uE021(\d+)\uE022/g;

/** What keeps unknown values apart (parse/symbolic.ts) is not for people. */
const APART = /\uE003\w*/g;

type Texts = Pick<Snapshot, 'read'>;

/** A fix that was made, and the text that it was made to. */
export interface EditStep {
  readonly edits: readonly TextEdit[];
  readonly before: Texts;
  /** What its finding hangs on in that text: lines that it brings stand for that. */
  readonly at?: { readonly path: string; readonly offset: number };
}

/** Stands in a sentence for the line of `offset`, in the text that the sentence is about. */
export const lineMark = (path: string, offset: number): string => `\uE020${path}\uE021${offset}\uE022`;

/** A sentence about the text with these edits, as one about the text without them. */
export function throughEdits(sentence: string, step: EditStep): string {
  return sentence.replace(MARK, (_, path: string, offset: string) =>
    lineMark(path, offsetBefore(path, Number(offset), step)),
  );
}

/** Fixes that were made, in order. */
export interface MadeSteps {
  readonly all: () => readonly { readonly step: EditStep }[];
  /** Those that edit this file. */
  readonly in: (path: string) => readonly { readonly step: EditStep }[];
}

/** What is said and where, of the text that the steps come to, said of the text that the first of them was made to. */
export function onDisk(disk: Texts, steps: MadeSteps) {
  const offsetOf = ({ path, offset: here }: Pick<Finding, 'path' | 'offset'>): number =>
    steps.in(path).reduceRight((offset, { step }) => offsetBefore(path, offset, step), here);
  const sentence = (text: string): string =>
    text
      .replace(APART, '')
      .replace(MARK, (_, path: string, offset: string) =>
        String(lineColumn(disk.read(path) ?? '', offsetOf({ path, offset: Number(offset) })).line),
      );
  let words: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  const quoting = (text: string): string => {
    words ??= wordsPutIn(steps.all().map(({ step }) => step));
    if (words.size === 0) return text;
    return text.replace(/`([^`\n]+)`/g, (_, quoted: string) => `\`${quotedOnDisk(quoted, disk, words!)}\``);
  };
  const finding = (one: Finding): Finding => ({
    ...one,
    offset: offsetOf(one),
    message: quoting(sentence(one.message)),
    reason: quoting(sentence(one.reason)),
  });
  return { sentence, finding, offsetOf };
}

/** Does the edit put one word between others (`--compile`)? */
const isOneWord = ({ start, end, newText }: TextEdit): boolean => start === end && /^[^\s`]+$/.test(newText.trim());

/** A command as the file on disk has it, without a word that a fix put into it. */
function quotedOnDisk(quoted: string, disk: Texts, words: ReadonlyMap<string, ReadonlySet<string>>): string {
  for (const [word, paths] of words) {
    if (!quoted.includes(` ${word}`)) continue;
    const without = quoted.replace(` ${word}`, '');
    for (const path of paths) {
      const text = disk.read(path) ?? '';
      if (!text.includes(quoted) && text.includes(without)) return without;
    }
  }
  return quoted;
}

/** Single words that were put between others, and the files that they were put into. */
function wordsPutIn(steps: readonly EditStep[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { path, newText } of steps.flatMap(({ edits }) => edits.filter(isOneWord)))
    found.set(newText.trim(), (found.get(newText.trim()) ?? new Set()).add(path));
  return found;
}

/** The lines of a file on disk on which something hangs that a transform finds. */
export function linesOn(
  disk: Texts,
  found: readonly { readonly transform?: string; readonly path: string; readonly offset: number }[],
): (transform: string, path: string) => number[] {
  return (transform, path) => {
    const own = found.filter((one) => one.transform === transform && one.path === path);
    const place = lineColumns(disk.read(path) ?? '');
    return [...new Set(own.map(({ offset }) => place(offset).line))];
  };
}

/** The last of the steps, in whose new text `offset` of the text that they come to lies; undefined: it stood there before. */
export function bringingStep<S extends EditStep>(path: string, offset: number, steps: readonly S[]): S | undefined {
  let at = offset;
  for (const step of [...steps].reverse()) {
    let shift = 0;
    for (const edit of step.edits.filter((one) => one.path === path).sort((a, b) => a.start - b.start)) {
      const from = edit.start + shift;
      if (at >= from && at < from + edit.newText.length) return step;
      shift += edit.newText.length - (edit.end - edit.start);
    }
    at = offsetBefore(path, at, step);
  }
  return undefined;
}

/** Where what stands at `offset` stood without the edits; what they bring stands where they bring it, unless it was moved or is new lines. */
function offsetBefore(path: string, offset: number, { edits, before, at }: EditStep): number {
  const own = edits.filter((edit) => edit.path === path).sort((a, b) => a.start - b.start || a.end - b.end);
  let shift = 0;
  for (const edit of own) {
    const from = edit.start + shift;
    if (offset < from) break;
    if (offset < from + edit.newText.length) {
      const old = before.read(path) ?? '';
      const areLines = edit.start === edit.end && edit.newText.includes('\n');
      const brought = areLines && at?.path === path ? at.offset : withinLines(old, edit.start);
      return movedFrom(edit.newText, offset - from, old, own) ?? brought;
    }
    shift += edit.newText.length - (edit.end - edit.start);
  }
  return offset - shift;
}

/** Where the line of the new text that holds `at` was taken from: a line that the edits delete, else the only such line. */
function movedFrom(newText: string, at: number, old: string, edits: readonly TextEdit[]): number | undefined {
  const { start, end } = lineAt(newText, at);
  const line = newText.slice(start, end).trim();
  if (line === '') return undefined;
  const into = Math.max(0, at - start - newText.slice(start, end).indexOf(line));
  const places = (from: number, to: number): number[] => {
    const found: number[] = [];
    for (let next = from; next < to; ) {
      const here = lineAt(old, next);
      const text = old.slice(here.start, here.end);
      if (text.trim() === line) found.push(here.start + text.indexOf(line) + into);
      next = Math.max(here.end, next + 1);
    }
    return found;
  };
  const [deleted] = edits.flatMap((edit) => (edit.end > edit.start ? places(edit.start, edit.end) : []));
  if (deleted !== undefined) return deleted;
  const all = places(0, old.length);
  return all.length === 1 ? all[0] : undefined;
}

/** The end of a finished file is no line of it: the last line is meant. */
function withinLines(text: string, offset: number): number {
  return offset === text.length && text.endsWith('\n') ? lineAt(text, offset - 1).start : offset;
}
