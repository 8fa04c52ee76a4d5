// The text of a split: the new COPY lines in place of the old one, and the old one with its comments behind the last install.

import { deleteLines, insertLinesAfter, replaceRange } from '../../src/edit/textEdits.ts';
import type { Range, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { rangeOf } from '../../src/text/logical.ts';
import { indentationOf, lineAt, lineEndingOf } from '../../src/text/positions.ts';
import { commentOfGroup, commentsOf, complaintsAbove, movedLines, projectComment } from './comments.ts';
import type { ManifestCopy } from './manifests.ts';
import type { MovedCopy, SecondInstall, SplitPlan } from './plan.ts';
import { keywordOf } from './step.ts';

export interface SplitText {
  readonly edits: readonly TextEdit[];
  /** Upper-case keywords of what comes and of what changes. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  /** The new COPY instructions, one line each. */
  readonly lines: readonly string[];
}

/** Edits of the Dockerfile `text` at `path`. */
export function splitText(path: string, text: string, plan: SplitPlan): SplitText {
  const edits: TextEdit[] = [];
  const added: string[] = [];
  const changed: string[] = [];
  const removed: string[] = [];
  const all: string[] = [];
  const pieces: { readonly at: number; readonly lines: readonly string[] }[] = [];
  const twice = plan.second === undefined ? 'once' : 'second';
  for (const moved of plan.moved) {
    const { instruction } = moved.copy;
    const indentation = indentationOf(text, instruction.start);
    const lines = moved.manifests.map((m) => indentation + manifestLine(instruction, text, m));
    all.push(...lines.map((l) => l.trimStart()));
    added.push(...lines.map(() => instruction.keyword));
    const comments = commentsOf(text, instruction, twice);
    const { start } = comments.range;
    const group = commentOfGroup(text, instruction, plan.stage.instructions, (one) => plan.bare.has(one.index));
    const kept = lines.length > 0 || !comments.kept.every((c) => /hadolint/.test(c)) ? comments.kept : [];
    if (group !== undefined) edits.push(deleteLines(path, text, group));
    if (moved.covered) removed.push(instruction.keyword);
    else {
      const own = movedText(text, moved);
      if (own !== text.slice(instruction.start, instruction.end)) changed.push(instruction.keyword);
      const words = group === undefined ? comments.moved : movedLines(text, group, twice);
      const lead = text.slice(lineAt(text, instruction.start).start, instruction.start);
      pieces.push({ at: instruction.start, lines: [...words, ...linesOf(lead + own)] });
    }
    const ending = lineEndingOf(text, instruction.start);
    if (kept.length + lines.length > 0) {
      edits.push(replaceRange(path, { start, end: instruction.end }, [...kept, ...lines].join(ending)));
    } else edits.push(goneLines(path, text, { start, end: instruction.end }));
  }
  for (const { instruction } of plan.followers) {
    const { range, kept, moved } = commentsOf(text, instruction, twice);
    const { start } = lineAt(text, instruction.start);
    const own = linesOf(text.slice(start, instruction.end));
    pieces.push({ at: instruction.start, lines: [...kept, ...moved.filter((c) => !kept.includes(c)), ...own] });
    edits.push(goneLines(path, text, { start: range.start, end: instruction.end }));
  }
  const behind = pieces.sort((a, b) => a.at - b.at).flatMap((p) => p.lines);
  const { second, last } = plan;
  for (const run of plan.runs) for (const line of complaintsAbove(text, run)) edits.push(deleteLines(path, text, line));
  const isSpaced = plan.moved.some((m) => isBlankBelow(text, m.copy.instruction.end));
  if (second !== undefined) {
    const at = second.install.step.end;
    edits.push(replaceRange(path, { start: at, end: at }, ` ${second.install.leaving.join(' ')}`));
    const ofProject = projectComment(text, last);
    if (ofProject !== undefined) edits.push(deleteLines(path, text, ofProject));
    const said = ofProject === undefined ? [] : linesOf(text.slice(ofProject.start, ofProject.end).trimEnd());
    behind.push(...(isSpaced ? [''] : []), ...said, ...secondRun(last, text, second));
    added.push('RUN');
    if (!second.isWhole) changed.push('RUN');
  }
  const next = lineAt(text, last.end).end;
  const trailing = isSpaced && next < text.length && !isBlankBelow(text, last.end) ? [''] : [];
  if (behind.length > 0)
    edits.push(
      insertLinesAfter({ path, text, offset: last.end, lines: [...(isSpaced ? [''] : []), ...behind, ...trailing] }),
    );
  return { edits, added, removed, changed, lines: all };
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
  const above = lineAt(text, edit.start - 1);
  const isBlankAbove = /^[ \t\r\n]*$/.test(text.slice(above.start, above.end));
  return isBlankAbove && isBlankBelow(text, range.end) ? { ...edit, end: lineAt(text, edit.end).end } : edit;
}

const writtenFlags = (i: Instruction, text: string): string[] => i.flags.map((f) => writtenAs(i, text, f.at, f.to));

function writtenAs(i: Instruction, text: string, at: number, to: number): string {
  const { start, end } = rangeOf(i.logical, at, to);
  return end - start === to - at ? text.slice(start, end) : i.logical.text.slice(at, to);
}

function manifestLine(i: Instruction, text: string, { sources, destination }: ManifestCopy): string {
  const head = [keywordOf(i), ...writtenFlags(i, text)].join(' ');
  const words = [...sources, destination];
  return i.json === undefined ? `${head} ${words.join(' ')}` : `${head} [${words.map((w) => `"${w}"`).join(', ')}]`;
}

/** The moved copy as it stands behind the install: without the single files that stand before it now. */
function movedText(text: string, { copy, destination, manifests }: MovedCopy): string {
  const { instruction } = copy;
  const own = text.slice(instruction.start, instruction.end);
  const before = new Set(manifests.flatMap((m) => m.sources));
  const rest = copy.sources.filter((s) => !before.has(s.written));
  const isFiles = copy.sources.every((s) => s.kind === 'file') && !copy.asFile;
  if (isFiles && rest.length > 0 && rest.length < copy.sources.length && !own.includes('\n'))
    return manifestLine(instruction, text, {
      sources: rest.map((s) => s.written),
      destination: destination ?? copy.writtenDestination,
    });
  if (destination === undefined) return own;
  const word = instruction.words.at(-1)!;
  const range = rangeOf(instruction.logical, word.at, word.to);
  const written = instruction.json === undefined ? destination : `"${destination}"`;
  return own.slice(0, range.start - instruction.start) + written + own.slice(range.end - instruction.start);
}

/** The same command once more, in a RUN with the same flags. */
export function secondRun(i: Instruction, text: string, second: SecondInstall): string[] {
  const indentation = indentationOf(text, i.start);
  if (second.isWhole) return linesOf(indentation + text.slice(i.start, i.end));
  const { step } = second.install;
  const command = /["'\\]/.test(step.text) ? step.text : step.text.replace(/[ \t]{2,}/g, ' ');
  return [`${indentation}${[keywordOf(i), ...writtenFlags(i, text), command].join(' ')}`];
}
