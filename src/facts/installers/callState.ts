// What an installer sees of the image and of the shell that calls it.

import type { Base } from '../baseImages/base.ts';
import type { PythonInterpreter } from '../pythonInterpreter.ts';

/** What a file of the image holds: its text (symbolic), or why that is not known. */
export type FileText = { readonly text: string } | { readonly why: string; readonly url?: string };

/** Values and paths are symbolic. */
export interface CallState {
  readonly variables: ReadonlyMap<string, string>;
  /** Names of those that reach a program. */
  readonly exported: ReadonlySet<string>;
  readonly cwd: string;
  readonly user: string;
  readonly home: string;
  readonly isConditional: boolean;
  readonly base: Base;
  /** Environments that stand, by path. */
  readonly environments: ReadonlyMap<string, { readonly path: string; readonly python?: string }>;
  /** VIRTUAL_ENV where something stands there. */
  readonly virtualEnv: { readonly path: string | undefined; readonly dangling: boolean };
  /** Version of the system's Python, MAJOR.MINOR. */
  readonly systemPython: string | undefined;
  /** Has an earlier command of this stage a word like that? */
  readonly hasWord: (pattern: RegExp) => boolean;
  /** Settings that earlier commands made (`poetry config`): name -> value. */
  readonly configured: ReadonlyMap<string, string>;
  /** What a file of the image holds; undefined: this Dockerfile put none there. */
  readonly fileAt: (path: string) => FileText | undefined;
  /** A word as an absolute path. */
  readonly pathIn: (word: string) => string;
  /** The Python that a name means along PATH. */
  readonly along: (name: string) => PythonInterpreter;
}

/** Is the value of a setting or variable there, and none that means no? */
export const isYes = (value: string | undefined): boolean =>
  value !== undefined && !/^(|0|false|no|off|n|f)$/i.test(value);

/** Is it one of the words that mean yes? What is not known is none. */
export const isSurelyYes = (value: string | undefined): boolean => /^(1|y|yes|t|true|on)$/i.test(value ?? '');

/** Folder of a user's settings: XDG_CONFIG_HOME, else ~/.config. */
export function configHome({ variables, home }: CallState): string {
  const set = variables.get('XDG_CONFIG_HOME');
  return set === undefined || set === '' ? `${home}/.config` : set;
}
