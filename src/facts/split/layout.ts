// The text of a split: the new COPY lines in place of the old one, and the old one with its comments behind the last install.
import { deleteLines, indentationOf, insertLinesAfter, lineAt, lineEndingOf, replaceRange } from '../../edit.ts';
import type { Range, TextEdit } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile.ts';
import { rangeOf } from '../../parse/logical.ts';
import { keywordOf } from './commands.ts';
import type { ManifestCopy } from './manifests.ts';
import type { MovedCopy, SplitPlan } from './plan.ts';

export interface SplitText {
  readonly edits: readonly TextEdit[];
  /** Upper-case keywords of what comes and of what changes. */
  readonly added: readonly string[];
  readonly changed: readonly string[];
  /** The new COPY instructions, one line each. */
  readonly lines: readonly string[];
}

/** Comments about installing stay with the install's files; others go with the code. */
const ABOUT_INSTALL = /require|depend|install|packages?\b|\bpip|poetry|\buv\b|manifest/i;
const ABOUT_CODE = /\bcode\b|source|\bapp\b|application|project|\bfiles?\b|everything|content|director|folder|context/i;

/** Edits of the Dockerfile `text` at `path`. */
export function splitText(path: string, text: string, plan: SplitPlan): SplitText {
  const edits: TextEdit[] = [];
  const added: string[] = [];
  const changed: string[] = [];
  const all: string[] = [];
  const behind: string[] = [];
  for (const moved of plan.moved) {
    const { instruction } = moved.copy;
    const indentation = indentationOf(text, instruction.start);
    const lines = moved.manifests.map((m) => indentation + manifestLine(instruction, text, m));
    all.push(...lines.map((l) => l.trimStart()));
    added.push(...lines.map(() => instruction.keyword));
    const { block, stays } = commentsAbove(text, instruction);
    const start = block?.start ?? lineAt(text, instruction.start).start;
    const comments =
      block === undefined ? [] : linesOf(text.slice(block.start, lineAt(text, instruction.start).start)).slice(0, -1);
    const isPragma = comments.some((c) => /^[ \t]*#[ \t]*hadolint\b/.test(c));
    const kept = stays ? comments : isPragma && lines.length > 0 ? comments.filter((c) => /hadolint/.test(c)) : [];
    behind.push(
      ...(stays ? comments.filter((c) => /hadolint/.test(c)) : comments),
      ...linesOf(text.slice(lineAt(text, instruction.start).start, instruction.start) + movedText(text, moved)),
    );
    if (moved.destination !== undefined) changed.push(instruction.keyword);
    const ending = lineEndingOf(text, instruction.start);
    if (kept.length + lines.length > 0) {
      edits.push(replaceRange(path, { start, end: instruction.end }, [...kept, ...lines].join(ending)));
    } else edits.push(goneLines(path, text, { start, end: instruction.end }));
  }
  const { second, last } = plan;
  const isSpaced = plan.moved.some((m) => isBlankBelow(text, m.copy.instruction.end));
  if (second !== undefined) {
    const at = second.install.step.end;
    edits.push(replaceRange(path, { start: at, end: at }, ` ${second.install.leaving.join(' ')}`));
    behind.push(...(isSpaced ? [''] : []), ...secondRun(last, text, plan));
    added.push('RUN');
    if (!second.isWhole) changed.push('RUN');
  }
  const next = lineAt(text, last.end).end;
  const trailing = isSpaced && next < text.length && !isBlankBelow(text, last.end) ? [''] : [];
  edits.push(
    insertLinesAfter({ path, text, offset: last.end, lines: [...(isSpaced ? [''] : []), ...behind, ...trailing] }),
  );
  return { edits, added, changed, lines: all };
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** Is the line below the one that holds `offset` blank? */
function isBlankBelow(text: string, offset: number): boolean {
  const { end } = lineAt(text, offset);
  const below = lineAt(text, end);
  return end < text.length && /^[ \t\r\n]*$/.test(text.slice(below.start, below.end));
}

/** Deletes whole lines, and one of two blank lines that would meet. */
function goneLines(path: string, text: string, range: Range): TextEdit {
  const edit = deleteLines(path, text, range);
  const above = edit.start === 0 ? undefined : lineAt(text, edit.start - 1);
  const isBlankAbove = above !== undefined && /^[ \t\r\n]*$/.test(text.slice(above.start, above.end));
  return isBlankAbove && isBlankBelow(text, range.end) ? { ...edit, end: lineAt(text, edit.end).end } : edit;
}

/** The comment lines directly above an instruction, and whether they speak of installing only. */
function commentsAbove(text: string, i: Instruction): { readonly block?: Range; readonly stays: boolean } {
  const end = lineAt(text, i.start).start;
  let start = end;
  while (start > 0) {
    const line = lineAt(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(line.start, line.end))) break;
    start = line.start;
  }
  if (start === end) return { stays: false };
  const words = text.slice(start, end);
  return { block: { start, end }, stays: ABOUT_INSTALL.test(words) && !ABOUT_CODE.test(words) };
}

const flagsOf = (i: Instruction, text: string): string[] => i.flags.map((f) => textOf(i, text, f.at, f.to));

function textOf(i: Instruction, text: string, at: number, to: number): string {
  const { start, end } = rangeOf(i.logical, at, to);
  return end - start === to - at ? text.slice(start, end) : i.logical.text.slice(at, to);
}

function manifestLine(i: Instruction, text: string, { sources, destination }: ManifestCopy): string {
  const head = [keywordOf(i), ...flagsOf(i, text)].join(' ');
  const words = [...sources, destination];
  return i.json === undefined ? `${head} ${words.join(' ')}` : `${head} [${words.map((w) => `"${w}"`).join(', ')}]`;
}

function movedText(text: string, { copy, destination }: MovedCopy): string {
  const { instruction } = copy;
  const own = text.slice(instruction.start, instruction.end);
  if (destination === undefined) return own;
  const word = instruction.words.at(-1)!;
  const range = rangeOf(instruction.logical, word.at, word.to);
  const written = instruction.json === undefined ? destination : `"${destination}"`;
  return own.slice(0, range.start - instruction.start) + written + own.slice(range.end - instruction.start);
}

/** The same command once more, in a RUN with the same flags. */
function secondRun(i: Instruction, text: string, { second }: SplitPlan): string[] {
  if (second === undefined) return [];
  const indentation = indentationOf(text, i.start);
  if (second.isWhole) return linesOf(indentation + text.slice(i.start, i.end));
  const { step } = second.install;
  const command = /["'\\]/.test(step.text) ? step.text : step.text.replace(/[ \t]{2,}/g, ' ');
  return [`${indentation}${[keywordOf(i), ...flagsOf(i, text), command].join(' ')}`];
}
