// What becomes of the comments about an activation that goes: they belong to it, and none that is false by then stays.

import { deleteLines } from '../../src/edit/textEdits.ts';
import type { Range, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineAt } from '../../src/text/positions.ts';

const ABOUT_ACTIVATION = /activat|\bsourc(e|ing)\b|virtual[- ]?env|\bv?env\b/i;
/** What is said of an activation and not of ENV. */
const ABOUT_ITS_FAULTS =
  /activat\w* (is|here|again)|\bagain\b|\b(each|every)\b|\bwrong|\bbad\b|\bnever\b|\bnot\b|n't\b|nothing|broken|\bto-?do\b|fixme|\bhack|\bbugs?\b|work-?around|useless/i;
/** What an instruction does besides activating. */
const ABOUT_MORE =
  /\band\b|install|depend|require|packag|cop(y|ies)|build|creat|make|start|upgrad|updat|pip|test|run\b/i;
const DIRECTIVE = /^[ \t]*#!|^[ \t]*#[ \t]*(syntax|escape|check|pyvenv-fix)\b/i;
/** A linter's comment is for one instruction. */
const LINTER = /^[ \t]*#[ \t]*(hadolint|checkov|trivy|shellcheck|nosemgrep)\b/i;

const isBlankLine = (text: string, at: number): boolean => {
  const { start, end } = lineAt(text, at);
  return /^[ \t\r\n]*$/.test(text.slice(start, end));
};

/** The comment lines directly above the line that holds `offset`. */
export function commentsAbove(text: string, offset: number): Range[] {
  const lines: Range[] = [];
  let { start } = lineAt(text, offset);
  while (start > 0) {
    const above = lineAt(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(above.start, above.end)) || DIRECTIVE.test(text.slice(above.start, above.end)))
      break;
    lines.unshift(above);
    start = above.start;
  }
  return lines;
}

/** The instruction goes with its comments; a heading over it and what follows directly stays. */
export function removeInstruction(path: string, text: string, instruction: Instruction): TextEdit {
  const lines = commentsAbove(text, instruction.start);
  const block = blockOf(text, lines);
  const next = lineAt(text, Math.max(instruction.start, instruction.end - 1)).end;
  const isLast = next >= text.length || isBlankLine(text, next);
  const isItsOwn = isLast || ABOUT_ACTIVATION.test(block) || ABOUT_ITS_FAULTS.test(block);
  const first = isItsOwn
    ? lines[0]
    : lines.find((_, n) => lines.slice(n).every((l) => LINTER.test(text.slice(l.start))));
  const goes = first !== undefined;
  const edit = deleteLines(path, text, { start: first?.start ?? instruction.start, end: instruction.end });
  // of two blank lines that would meet one goes
  const isBlankAbove = edit.start > 0 && isBlankLine(text, edit.start - 1);
  const meets = goes && isBlankAbove && edit.end < text.length && isBlankLine(text, edit.end);
  return meets ? { ...edit, end: lineAt(text, edit.end).end } : edit;
}

/** Comments above an instruction in whose place ENV stands: those that found fault with it go. */
export function faultsAbove(path: string, text: string, instruction: Instruction): TextEdit[] {
  const lines = commentsAbove(text, instruction.start);
  const isFault = ABOUT_ITS_FAULTS.test(blockOf(text, lines));
  return lines
    .filter((l) => isFault || LINTER.test(text.slice(l.start)))
    .map(({ start, end }) => ({ path, start, end, newText: '' }));
}

/** Comments above an instruction that keeps its other commands: those that speak of the activation alone go. */
export function activationNotesAbove(path: string, text: string, instruction: Instruction): TextEdit[] {
  const lines = commentsAbove(text, instruction.start);
  const block = blockOf(text, lines);
  if (!isAboutActivation(block) && !/\b(each|every)\s+(RUN|line|layer|step)\b/i.test(block)) return [];
  return lines
    .filter((l) => !LINTER.test(text.slice(l.start)))
    .map(({ start, end }) => ({ path, start, end, newText: '' }));
}

const blockOf = (text: string, lines: readonly Range[]): string =>
  lines.map((l) => text.slice(l.start, l.end)).join('');

/** Text that speaks of activating and of nothing else. */
export const isAboutActivation = (comment: string): boolean =>
  /activat|\bsourc(e|ing)\b/i.test(comment) && !ABOUT_MORE.test(comment.replace(/\b(each|every)\s+\w+/gi, ''));
