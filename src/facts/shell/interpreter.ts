// What the interpreter of shell text yields, and what it asks of whoever runs it.

import type { LogicalText, Range } from '../../model.ts';
import type { CommandNode, HereDoc, Redirection } from '../../parse/shell/shell.ts';
import type { Base } from '../baseImages/base.ts';
import type { ActivationPlace, Wrapper } from './activationPlace.ts';
import type { PathReset, Shell } from './shellState.ts';
import type { Field } from './words.ts';

/** Where the commands being walked are written. */
export interface Source {
  /** Text with the way back to the file; undefined or without pieces where there is none. */
  readonly text?: LogicalText | undefined;
  /** Path of the repository's script, where it is not the Dockerfile itself. */
  readonly file?: string;
  /** The command (`bash -c "..."`) whose text this is. */
  readonly wrapper?: Wrapper;
  /** Inside braces, a condition or the like: what follows there is not all that follows. */
  readonly inGroup?: true;
  /** Inside a command substitution. */
  readonly inWord?: true;
  /** Standard input is a pipe. */
  readonly piped?: true;
  /** A member of a pipeline, or one whose end is turned round (`!`). */
  readonly inPipeline?: true;
  /** In a loop over words, a case, a function or a group with redirections. */
  readonly inConstruct?: true;
  /** Behind a test of files that holds. */
  readonly isTested?: true;
  /** What writes into the pipe. */
  readonly input?: readonly Command[];
  /** The command that runs this text. */
  readonly by?: Command;
}

/** What walks a text: the shell that it runs in, what its commands come to, and where they are written. */
export interface Running {
  readonly shell: Shell;
  readonly tracer: ShellInterpreter;
  readonly source: Source;
}

/** How a simple command is written. */
export interface Writing {
  /** As written, continuation lines joined; '' where it has no place in the file. */
  readonly text: string;
  /** File offset behind its last word. */
  readonly end: number;
  /** Files that its redirections read or write: absolute, symbolic. */
  readonly redirects: readonly string[];
  /** Operands by which the shell looks for files: absolute patterns, symbolic. */
  readonly patterns: readonly string[];
}

/** Where a command stands. */
export interface Call {
  readonly range: Range;
  readonly source: Source;
  readonly writing?: Writing;
  readonly place?: ActivationPlace;
  readonly heredoc?: HereDoc;
  /** Behind a wrapper (env, xargs, exec-form): found along PATH, not by the shell's own table. */
  readonly notByShell?: true;
  /** It is all that its instruction runs (exec form). */
  readonly isWhole?: true;
  /** The shell that SHELL names: nobody wrote it into the text. */
  readonly isOwnShell?: true;
}

/** One command as its shell runs it: wrappers and what they start each for themselves. */
export interface Command {
  /** Values of `fields`; none where it only redirects. */
  readonly words: readonly string[];
  readonly fields: readonly Field[];
  readonly cwd: string;
  readonly user: string;
  readonly variables: ReadonlyMap<string, string>;
  /** In the Dockerfile, also where what stands there starts a script. */
  readonly range: Range;
  /** The same for a wrapper and what it starts; undefined: it is a word of a list (exec form). */
  readonly writing?: Writing;
  /** It may run or not: behind a test or `||`, in a branch, a loop, a function. */
  readonly conditional: boolean;
  /** A member of the instruction's own list of `&&`, `;` and lines: always run, by the instruction's own shell. */
  readonly inOwnList: boolean;
  /** In a loop over words, a case, a function or a group with redirections. */
  readonly inConstruct?: true;
  /** Why PATH is not what ENV says. */
  readonly pathReset?: PathReset;
  /** What is piped into it. */
  readonly input?: readonly Command[];
  /** The command that started it: a wrapper, a shell, `eval`, one that runs a script. */
  readonly by?: Command;
  readonly isOwnShell?: true;
  /** Path of the repository's script that it stands in. */
  readonly file?: string;
  readonly instruction: number;
  readonly when: 'build' | 'runtime';
  readonly service?: string;
}

/** What of a text is not told by its commands. */
export interface Unfollowed {
  readonly kind:
    | 'unreadable'
    | 'too much'
    | 'background'
    /** A loop over words, a case, a function, `[[`, a group with redirections. */
    | 'construct'
    /** A command inside an expansion that is not evaluated. */
    | 'hidden'
    | 'array'
    /** What a shell is given to run. */
    | 'text';
  /** The command whose text it stands in; for `text` the one that is given it. */
  readonly by: Command | undefined;
}

/** A redirection with the file that it names. */
export interface RedirectTarget {
  readonly redirect: Redirection;
  /** Evaluated, symbolic. */
  readonly value: string;
}

/** The interpreter itself, for what it starts in turn, and what becomes of the commands that it comes to. */
export interface ShellInterpreter {
  readonly base: Base;
  instruction: number;
  when: 'build' | 'runtime';
  /** The compose service whose start is walked. */
  service?: string;
  readonly commands: Command[];
  readonly unfollowed: Unfollowed[];
  /** The command for a shell that a program printed last. */
  printed?: string | undefined;
  /** Nodes of shell text walked so far, and the functions whose bodies are being walked. */
  readonly walk: { nodes: number; over: string | undefined; readonly functions: Set<object> };
  /** A shell text, a node of it, the words of one command. */
  readonly walkText: (text: LogicalText, shell: Shell, source: Source) => void;
  readonly walkNode: (node: CommandNode, shell: Shell, source: Source) => void;
  readonly runFields: (list: readonly Field[], shell: Shell, call: Call) => void;

  /** Does `test OPERATOR path` hold for certain? `path`: absolute, symbolic. */
  readonly stands: (path: string, operator: string, shell: Shell) => boolean;
  /** The PATH by which a name is found at this moment. */
  readonly pathNow: (shell: Shell) => string;
  /** A program is started. `lookup`: the PATH by which the shell has found it before. */
  readonly program: (list: readonly Field[], shell: Shell, call: Call, lookup: string | undefined) => void;
  /** A command that nobody can follow. */
  readonly unknown: (list: readonly Field[], shell: Shell, call: Call) => void;
  /** Text that nobody can follow. */
  readonly unreadable: (shell: Shell, why: string, text: string) => void;
  /** `.` and `source`. */
  readonly sourced: (list: readonly Field[], shell: Shell, call: Call) => void;
  readonly deactivated: (shell: Shell, call: Call) => void;
  /** An activate script that is run as a program. */
  readonly activatedApart: (list: readonly Field[], shell: Shell, call: Call) => void;
  /** `sh FILE`: `path` of the image in a child shell. */
  readonly scriptFile: (path: string, list: readonly Field[], child: Shell, call: Call) => void;
  /** A shell that runs what is piped into it. */
  readonly pipedShell: (list: readonly Field[], child: Shell, call: Call) => void;
  /** `hash -r`. */
  readonly rehashed: (shell: Shell, call: Call) => void;
  /** `find`, before what it starts. */
  readonly searched: (list: readonly Field[], shell: Shell, call: Call) => void;
  /** What a command prints goes to files; `list` undefined: a group of commands. Called for every command that is written in a text. */
  readonly redirected: (
    targets: readonly RedirectTarget[],
    redirects: readonly Redirection[],
    list: readonly Field[] | undefined,
    shell: Shell,
  ) => void;
}

/** What a text that a command runs has of it. */
export const byOf = ({ source: { by } }: Call): Pick<Source, 'by'> => (by === undefined ? {} : { by });

/** A text whose characters have no place in a file. */
export const nowhere = (text: string): LogicalText => ({ text, pieces: [] });
