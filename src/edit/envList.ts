// Edits inside ENV instructions: a pair joins a list in the list's own layout; the legacy form becomes NAME=value.

import type { Range, TextEdit } from '../model.ts';
import type { DockerfileSyntax, Instruction, Pair } from '../parse/dockerfile/syntax.ts';
import { offsetOf, rangeOf } from '../text/logical.ts';
import { indentationOf, lineAt, lineEndingOf } from '../text/positions.ts';

export interface EnvPlace {
  readonly path: string;
  readonly text: string;
  readonly syntax: DockerfileSyntax;
  /** An ENV in the `NAME=value` form. */
  readonly env: Instruction;
}

/**
 * `addition` (`NAME=value`) directly behind the pair `beside`: on the same line where a list stands on one, on a line of its
 * own with the same indentation where `beside` has one; a pair that is alone begins a list of lines.
 */
export function joinEnv({ path, text, syntax, env }: EnvPlace, beside: Pair, addition: string): TextEdit {
  const at = rangeOf(env.logical, beside.at, beside.to).end;
  const column = lineOfPair(text, env, beside);
  if (column === undefined) return { path, start: at, end: at, newText: ` ${addition}` };
  const line = lineAt(text, at);
  // what follows the pair on its line (blanks and the escape character), so that both lines end alike
  const tail = trimEnd(text.slice(at, line.end), '\r\n');
  const gap = tail.includes(syntax.escape) ? tail : ` ${syntax.escape}`;
  return { path, start: at, end: at, newText: `${gap}${lineEndingOf(text, at)}${column}${addition}` };
}

/** Indentation for a line beside this pair; undefined where the pair shares its line, or is the whole list. */
function lineOfPair(text: string, env: Instruction, pair: Pair): string | undefined {
  const lines = env.pairs.map((each) => pairLines(text, env, each));
  const own = lines[env.pairs.indexOf(pair)]!;
  const overlaps = (one: Range, other: Range): boolean => one.start < other.end && other.start < one.end;
  if (lines.some((other) => other !== own && overlaps(other, own))) return undefined;
  const keyword = lineAt(text, env.start);
  if (own.start !== keyword.start) return indentationOf(text, own.start);
  if (env.pairs.length === 1) return `${indentationOf(text, env.start)}    `;
  const next = lines.find((other) => other.start > own.start);
  return next === undefined ? undefined : indentationOf(text, next.start);
}

/** The physical lines that a pair stands on. */
function pairLines(text: string, env: Instruction, pair: Pair): Range {
  const range = rangeOf(env.logical, pair.at, pair.to);
  return { start: lineAt(text, range.start).start, end: lineAt(text, range.end).end };
}

function trimEnd(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** One word that means the same behind `=`: without blanks, quotes and escapes, or wholly quoted without any inside. */
const ONE_WORD = /^(?:[^ \t\n\v\f\r"'\\`=][^ \t\n\v\f\r"'\\`]*|"[^"\\`]*"|'[^'\\`]*')$/;

/**
 * The edit that turns `NAME value` into `NAME=value`; undefined where the value is more than one word, so that it cannot be
 * said what was meant, or where a comment stands between the two.
 */
export function modernEnv({ path, text, syntax, env }: EnvPlace): TextEdit | undefined {
  const [pair] = env.pairs;
  if (pair === undefined || pair.separator !== '' || !ONE_WORD.test(pair.value ?? '')) return undefined;
  const start = rangeOf(env.logical, pair.at, pair.at + pair.name.length).end;
  const end = offsetOf(env.logical, pair.valueAt);
  const between = text.slice(start, end).replaceAll(syntax.escape, '');
  return /^[ \t\r\n]+$/.test(between) ? { path, start, end, newText: '=' } : undefined;
}
