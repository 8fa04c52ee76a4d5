// Where new variables go in a stage: into the ENV that has their kind, below one, or as a block of its own behind FROM.

import { joinEnv } from '../../src/edit/envList.ts';
import { insertLinesAfter } from '../../src/edit/textEdits.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Stage } from '../../src/facts/image.ts';
import type { TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineAt } from '../../src/text/positions.ts';

export interface EnvAddition {
  readonly edit: TextEdit;
  readonly declares: 'added' | 'changed';
  /** How many ENV instructions come. */
  readonly count: number;
}

const OWN = /^(PYTHON|UV_|PIP_|POETRY_)/;
/** A title that speaks of variables at large, or of Python: not of one variable, and no sentence. */
const ABOUT_VARIABLES =
  /^#+(?!.*\bvariable\b)(?=.*\b(envs?|environment|variables|vars|python|settings)\b)\s*\S+(\s+\S+){0,5}$/i;

/** Adds `pairs` (`NAME=value`) to the stage. */
export function addEnv(dockerfile: DockerfileFacts, stage: Stage, pairs: readonly string[]): EnvAddition {
  const { path, text, syntax } = dockerfile;
  const beside = envBeside(dockerfile, stage);
  if (beside === undefined) return { edit: blockBehindFrom(dockerfile, stage, pairs), declares: 'added', count: 1 };
  const own = beside.pairs.findLast((p) => /^PYTHON/.test(p.name));
  const pair = own ?? beside.pairs.at(-1)!;
  // behind another pair they would stand under the comment of that one
  const isFree = own !== undefined || !/^[ \t]*#/m.test(text.slice(beside.start, beside.end));
  if (isFree && beside.pairs.length > 1 && beside.pairs.every((p) => p.separator === '=')) {
    const [first, ...more] = pairs.map((one) => joinEnv({ path, text, syntax, env: beside }, pair, one));
    const newText = [first!, ...more].map((edit) => edit.newText).join('');
    return { edit: { ...first!, newText }, declares: 'changed', count: 1 };
  }
  const indent = text.slice(lineAt(text, beside.start).start, beside.start);
  const lines = pairs.map((one) => `${indent}${envKeyword(dockerfile)} ${one}`);
  return { edit: insertLinesAfter({ path, text, offset: beside.end, lines }), declares: 'added', count: lines.length };
}

/** An ENV of the stage to put them beside: one of Python's, else any that no other subject stands above. Not behind a RUN. */
function envBeside(dockerfile: DockerfileFacts, stage: Stage): Instruction | undefined {
  const first = stage.instructions.findIndex((i) => i.keyword === 'RUN');
  const all = stage.instructions.slice(0, first < 0 ? undefined : first).filter((i) => i.keyword === 'ENV');
  const free = all.filter((i) => {
    const above = headOfStage(dockerfile, i);
    return above === '' || ABOUT_VARIABLES.test(above);
  });
  return (
    all.findLast((i) => i.pairs.some((p) => /^PYTHON/.test(p.name))) ??
    free.findLast((i) => i.pairs.some((p) => OWN.test(p.name))) ??
    free.at(-1)
  );
}

/** The comment at the head of the lines that this one stands among, without an empty line between. */
function headOfStage(dockerfile: DockerfileFacts, env: Instruction): string {
  let at = lineAt(dockerfile.text, env.start).start;
  const lines: string[] = [];
  while (at > 0) {
    const { start, end } = lineAt(dockerfile.text, at - 1);
    const line = dockerfile.text.slice(start, end);
    if (/^\s*#/.test(line)) lines.push(line.trim());
    else if (lines.length > 0 || /^\s*($|FROM\s)/i.test(line)) break;
    at = start;
  }
  return lines.join(' ');
}

/** A block of its own, with an empty line on each side, behind FROM, its ARGs and the comments that belong to it. */
function blockBehindFrom(dockerfile: DockerfileFacts, stage: Stage, pairs: readonly string[]): TextEdit {
  const { path, text, syntax } = dockerfile;
  let last = stage.from;
  let end = endOfComments(text, last.end);
  for (const i of stage.instructions) {
    if (i.keyword !== 'ARG' || i.start !== skipIndent(text, lineAt(text, end).end)) break;
    last = i;
    end = last.end;
  }
  const next = syntax.instructions[last.index + 1];
  const indent = next === undefined ? '' : text.slice(lineAt(text, next.start).start, next.start);
  const more = continuationOf(dockerfile) ?? `${indent}    `;
  const lines = pairs.map((one, n) => `${n === 0 ? `${indent}${envKeyword(dockerfile)} ` : more}${one}`);
  const joined = lines.map((l, n) => (n < lines.length - 1 ? `${l} ${syntax.escape}` : l));
  const behind = text.slice(lineAt(text, end).end);
  const tail = behind === '' || /^[ \t]*\r?\n/.test(behind) ? [] : [''];
  return insertLinesAfter({ path, text, offset: end, lines: ['', ...joined, ...tail] });
}

const skipIndent = (text: string, at: number): number => at + /^[ \t]*/.exec(text.slice(at, at + 200))![0].length;

/** Offset in the last line of the comments that belong to the FROM before: the close of its box, an alternative, a block that ends there. */
function endOfComments(text: string, from: number): number {
  let end = from;
  let at = lineAt(text, from).end;
  const read = (): { comments: number[]; next: number; blank: boolean } => {
    const comments: number[] = [];
    let next = at;
    while (next < text.length && /^[ \t]*#/.test(text.slice(next, lineAt(text, next).end))) {
      comments.push(next);
      next = lineAt(text, next).end;
    }
    return {
      comments,
      next,
      blank: next >= text.length || /^[ \t]*\r?\n/.test(text.slice(next, lineAt(text, next).end)),
    };
  };
  const line = (offset: number): string => text.slice(offset, lineAt(text, offset).end).trim();
  const { comments, next, blank } = read();
  const isRule = (offset: number): boolean => /^#[\s#=*~_.+-]*$/.test(line(offset));
  const alternative = comments.findLastIndex((c) => ALTERNATIVE.test(line(c)));
  // the box that FROM stands in may close behind an alternative
  const [close, ...others] = comments.slice(alternative + 1);
  if (comments.length > 0 && blank) end = comments.at(-1)!;
  else if (close !== undefined && isRule(close) && !others.some(isRule) && hasRuleAbove(text, from)) end = close;
  else if (alternative >= 0) end = comments[alternative]!;
  // an alternative may stand behind an empty line
  at = next;
  while (at < text.length && /^[ \t]*\r?\n/.test(text.slice(at, lineAt(text, at).end))) at = lineAt(text, at).end;
  const later = read().comments;
  const other = later.findLastIndex((c) => ALTERNATIVE.test(line(c)));
  return other >= 0 ? later[other]! : end;
}

/** Is there a rule in the comment directly above the instruction that ends here: the open side of a box? */
function hasRuleAbove(text: string, end: number): boolean {
  for (let at = lineAt(text, end).start; at > 0; ) {
    const { start, end: to } = lineAt(text, at - 1);
    const line = text.slice(start, to);
    if (/^[ \t]*#[\s#]*[#=*~_.+-]{2}/.test(line)) return true;
    if (!/^[ \t]*#/.test(line) && !/\\\s*$/.test(line)) return false;
    at = start;
  }
  return false;
}

/** `# FROM python:3.12 AS base`, and no sentence that begins so. */
const ALTERNATIVE = /^#+\s*FROM\s+(--\S+\s+)*\S+(\s+AS\s+\S+)?(\s+[#(].*)?$/i;

/** How the file begins its continuation lines. */
function continuationOf(dockerfile: DockerfileFacts): string | undefined {
  const env = dockerfile.syntax.instructions.find((i) => i.keyword === 'ENV' && i.endLine > i.line);
  const own =
    env ??
    dockerfile.syntax.instructions.find((i) => i.keyword === 'RUN' && i.endLine > i.line && i.heredocs.length === 0);
  if (own === undefined) return undefined;
  // a single blank stands before `&&`, where people write ENV otherwise
  return (env ? /^[ \t]+(?=[^\s#])/ : /^(\t|[ \t]{2,})(?=[^\s#])/).exec(
    dockerfile.text.slice(lineAt(dockerfile.text, own.start).end, own.end),
  )?.[0];
}

/** ENV in the case that most of the file's instructions have. */
function envKeyword(dockerfile: DockerfileFacts): string {
  const all = dockerfile.syntax.instructions.map((i) => dockerfile.text.slice(i.start, i.start + i.keyword.length));
  return all.filter((word) => word === word.toLowerCase()).length * 2 > all.length ? 'env' : 'ENV';
}
