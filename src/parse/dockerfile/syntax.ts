// What a Dockerfile is read into: instructions with their flags, words and here-documents, as byte offsets.

import type { LogicalText, Problem, Range } from '../../model.ts';
import type { HeredocWord } from './heredoc.ts';

/** A `--name=value` flag; at/to are offsets into the instruction's logical text. */
export interface Flag {
  readonly name: string;
  readonly value: string | undefined;
  readonly at: number;
  readonly to: number;
}

/** A here-document of RUN, COPY or ADD; body is the file range of its raw lines, without the terminator line. */
export interface Heredoc extends HeredocWord {
  readonly body: Range;
  readonly terminator: Range;
}

/** What stands behind a keyword; offsets into the logical text. */
export interface Arguments {
  /** Upper case. */
  readonly keyword: string;
  readonly flags: readonly Flag[];
  /** [at, to) of what follows keyword and flags, trimmed. */
  readonly argsAt: number;
  readonly argsTo: number;
  /** Exec form / JSON list, values decoded; undefined for the shell and plain forms. */
  readonly json?: readonly Word[];
  /** Words as BuildKit splits them for this keyword; empty for RUN/CMD/ENTRYPOINT in shell form. */
  readonly words: readonly Word[];
  /** ENV, LABEL, ARG. */
  readonly pairs: readonly Pair[];
  /** HEALTHCHECK: CMD or NONE. */
  readonly healthcheck?: string;
  /** ONBUILD: what stands behind it. */
  readonly trigger?: Arguments;
  readonly problems: readonly string[];
}

export interface Instruction extends Range, Omit<Arguments, 'trigger' | 'problems'> {
  /** Position in the file's instruction list. */
  readonly index: number;
  readonly line: number;
  readonly endLine: number;
  /** Continuation lines joined, comments and blank lines inside dropped, keyword first. */
  readonly logical: LogicalText;
  readonly heredocs: readonly Heredoc[];
  /** ONBUILD: the instruction behind it, positions in the same file. */
  readonly trigger?: Instruction;
}

export interface DockerfileSyntax {
  readonly escape: '\\' | '`';
  readonly instructions: readonly Instruction[];
  /** Range of the `# syntax=` line's value, where there is one. */
  readonly syntaxDirective?: string;
  /** Non-empty: BuildKit would reject the file or we cannot read it exactly; it is not edited. */
  readonly problems: readonly Problem[];
}

/** `value` is decoded for JSON, raw (quotes and escapes kept) otherwise; at/to are offsets in the logical text, quotes included. */
export interface Word {
  readonly value: string;
  readonly at: number;
  readonly to: number;
}

/** NAME=value of ENV, LABEL, ARG; `separator` is '' for the legacy `NAME value` and for `ARG NAME`. */
export interface Pair {
  readonly name: string;
  /** Raw text, quotes and expansions kept; undefined for `ARG NAME`. */
  readonly value: string | undefined;
  readonly separator: '=' | '';
  readonly at: number;
  readonly to: number;
  /** Where the value's raw text starts. */
  readonly valueAt: number;
}
