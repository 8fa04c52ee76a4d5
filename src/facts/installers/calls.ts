// One call of an installer: what it is asked by, and what it does.

import type { PythonInterpreter } from '../pythonInterpreter.ts';

/** One call as the shell makes it. */
export interface InstallerCall {
  /** Behind the installer's name; symbolic. */
  readonly words: readonly string[];
  /** The Python that runs it. */
  readonly interpreter: PythonInterpreter;
  /** By its bare name: along PATH. */
  readonly isBare: boolean;
  /** A word as it is written. */
  readonly written: (word: string) => string;
}

export interface Installing {
  readonly target: PythonInterpreter;
  readonly names?: readonly string[];
  readonly toolsOnly: boolean;
  /** `pip` by its bare name: the environment must have one. */
  readonly barePip: boolean;
  readonly toUser: boolean;
  readonly project: boolean;
  /** Whatever else is in its target goes: only what is locked or listed stays. */
  readonly exact?: true;
  /** Settings of files and variables that say where it installs and what it reads, as `name=value`. */
  readonly settings?: readonly string[];
  /** Those of them that no variable gives. */
  readonly fileSettings?: readonly string[];
  /** Why there may be other settings. */
  readonly unread?: string;
  /** It is refused for want of it. */
  readonly lacks?: 'environment';
}

/** It, or what it starts, runs in a Python. */
export interface RunEffect {
  readonly kind: 'run';
  readonly interpreter: PythonInterpreter;
  readonly needsNoPackages?: boolean;
  readonly install?: Installing;
}

/** One thing that a call does. */
export type Effect =
  | RunEffect
  | {
      readonly kind: 'make';
      readonly path: string;
      readonly written: string;
      readonly seeded: 'yes' | 'no';
      readonly systemPackages: 'yes' | 'no';
      readonly python?: string;
    }
  /** It sets (without a value: forgets) what later calls go by. */
  | { readonly kind: 'configure'; readonly name: string; readonly value?: string }
  /** It prints a command for the shell that calls it (`eval "$(poetry env activate)"`). */
  | { readonly kind: 'print'; readonly text: string }
  /** It writes a file; without a text nobody knows what. */
  | { readonly kind: 'write'; readonly path: string; readonly text?: string };

/** A call with what it reads, as far as a `.env` may decide over it. */
export interface DotenvCall {
  readonly words: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly texts: readonly string[];
}

/** A call that may put something into a folder. */
export interface PuttingCall {
  /** Behind the installer's name. */
  readonly words: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** It runs beside the folder, or below where that stands: its project may be there. */
  readonly isBeside: boolean;
  /** May the word mean the folder? */
  readonly mayMean: (word: string) => boolean;
}

/** An install that is to come before the code of its project. */
export interface EarlyCall {
  /** As sentences name it. */
  readonly name: string;
  readonly words: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly ofProject: boolean;
  /** Its flags leave the project out. */
  readonly isHalf: boolean;
  /** Paths of what it reads, for `read`. */
  readonly files: readonly string[];
  readonly read: (path: string) => string | undefined;
}

/** Why an install has to come behind the code. */
export interface LaterReason {
  readonly code: 'lock' | 'same folder';
  readonly words: string;
}
