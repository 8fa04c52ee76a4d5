// One running shell as the interpreter knows it: variables, folder, user, what it has looked up and defined.

import type { Range } from '../../model.ts';
import type { CommandNode } from '../../parse/shell/shell.ts';
import { absolute, isKnown, unknownHome } from '../values.ts';

/** What keeps an ENV PATH from a command; its words are a subject: `sudo`. */
export interface PathReset {
  readonly by: 'bashrc' | 'BASH_ENV' | 'command';
  readonly words: string;
}

/** One running shell (or process): copied for subshells and children. */
export interface Shell {
  /** Exported variables and shell variables alike; symbolic values. Copies share them until one of the two sets one. */
  variables: ReadonlyMap<string, string>;
  exported: ReadonlySet<string>;
  /** No copy shares its variables. */
  owns: boolean;
  cwd: string;
  user: string;
  kind: 'dash' | 'bash' | 'ash' | 'unknown';
  /** Command name -> PATH at the time it was looked up. */
  hashed: Map<string, string>;
  functions: Map<string, CommandNode>;
  /** Environment whose activation stands in this very shell. */
  active?: string;
  /** PATH before the activation, for deactivate. */
  beforeActivation?: { path: string; virtualEnv: string | undefined };
  /** $1...; undefined: not known. */
  parameters?: readonly string[];
  parameterZero?: string;
  /** Why an ENV PATH would not reach commands here (login shell, sudo, env -i). */
  pathReset?: PathReset;
  /** Inside a branch, loop or function body. */
  conditional: boolean;
  /** This shell is a child of the step's own shell: its changes end with it. */
  child: boolean;
  /** The outer shell expanded $PATH in this child's text: an activation inside is undone by it. */
  outerExpanded: boolean;
  /** Their values in the outer shell, which expands them in this text. */
  outer?: Readonly<Record<string, string>>;
  /** File range to blame where a text has no file position of its own. */
  origin: Range;
  depth: number;
  /** False: the base image may have set any variable. */
  readonly complete: boolean;
}

export function cloneShell(shell: Shell): Shell {
  shell.owns = false;
  return { ...shell, hashed: new Map(shell.hashed), functions: new Map(shell.functions) };
}

export function childShell(shell: Shell): Shell {
  return { ...cloneShell(shell), child: true, depth: shell.depth + 1 };
}

/** `shell` takes over all that `other` has. */
export function become(shell: Shell, other: Shell): void {
  if (other.active === undefined) delete shell.active;
  if (other.beforeActivation === undefined) delete shell.beforeActivation;
  if (other.outer === undefined) delete shell.outer;
  Object.assign(shell, other);
  shell.owns = false;
  other.owns = false;
}

interface Own {
  readonly variables: Map<string, string>;
  readonly exported: Set<string>;
}

function ownVariables(shell: Shell): Own {
  if (!shell.owns) {
    shell.variables = new Map(shell.variables);
    shell.exported = new Set(shell.exported);
    shell.owns = true;
  }
  return shell as unknown as Own;
}

export function setVariable(shell: Shell, name: string, value: string): void {
  ownVariables(shell).variables.set(name, value);
}

export function unsetVariable(shell: Shell, name: string): void {
  if (shell.variables.has(name)) ownVariables(shell).variables.delete(name);
}

export function exportVariable(shell: Shell, name: string): void {
  if (!shell.exported.has(name)) ownVariables(shell).exported.add(name);
}

/** The variables as they are now, whatever the shell sets later. */
export function variablesNow(shell: Shell): ReadonlyMap<string, string> {
  shell.owns = false;
  return shell.variables;
}

/** USER as Docker reads it: the name or number before the colon; root where there is none. */
export function userName(user: string): string {
  const name = user.split(':')[0]!;
  return name === '' || name === '0' ? 'root' : name;
}

export const isRootUser = (user: string): boolean => userName(user) === 'root';
export const sameUser = (word: string, other: string): boolean => userName(word) === userName(other);

/** HOME as Docker and the shells have it: of the user, where that is root or named plainly. */
export function homeOfUser(shell: Shell): string {
  const set = shell.variables.get('HOME');
  if (set !== undefined) return set;
  const user = shell.user.split(':')[0]!;
  return user === '' || user === 'root' || user === '0' ? '/root' : unknownHome(user);
}

/** `~user` and relative paths made absolute in a shell. */
export const pathIn = (shell: Shell, path: string): string =>
  absolute(isKnown(path) && /^~(\/|$)/.test(path) ? homeOfUser(shell) + path.slice(1) : path, shell.cwd);
