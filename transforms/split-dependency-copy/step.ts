// One command of a RUN, as it is decided on, and instructions and commands as people read them.

import type { Field } from '../../src/facts/shell/words.ts';
import type { Range } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';

export interface Step {
  /** Wrappers such as `exec`, `time`, `env A=b` are cut off. */
  readonly words: readonly Field[];
  /** Absolute; symbolic where it is not known. */
  readonly cwd: string;
  readonly variables: ReadonlyMap<string, string>;
  /** Files that redirections read or write: absolute, symbolic. */
  readonly redirects: readonly string[];
  /** Operands by which the shell looks for files: absolute patterns, symbolic. */
  readonly patterns: readonly string[];
  /** Of the whole command in the Dockerfile. */
  readonly range: Range;
  /** File offset behind its last word. */
  readonly end: number;
  /** The command as written, continuation lines joined. */
  readonly text: string;
  /** A member of the RUN's own list of `&&`, `;` and lines: always run, by the RUN's own shell. */
  readonly top: boolean;
  /** Words of the command that is piped into it. */
  readonly input?: readonly Field[];
}

export interface RunSteps {
  readonly steps: readonly Step[];
  /** Why there may be more than `steps` says. */
  readonly problem?: string;
}

/** A command for people: its words, cut where it is long. */
export function nameOfStep(step: Step): string {
  const text = (step.text !== '' ? step.text : step.words.map((f) => f.raw).join(' ')).replace(/[\t\n ]+/g, ' ');
  return `\`${text.length > 60 ? `${text.slice(0, 57)}...` : text}\``;
}

/** The keyword of an instruction as written. */
export const keywordOf = (i: Instruction): string => i.logical.text.slice(0, i.keyword.length);

/** An instruction for people, cut where it is long. */
export const titleOfInstruction = (i: Instruction): string =>
  `\`${i.logical.text.replace(/[\t ]+/g, ' ').slice(0, 60)}\``;
