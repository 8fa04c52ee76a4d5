// What the trace knows: of the image's file system (environments, copies, installs) and of one running shell.
import type { Range } from '../../model.ts';
import type { CommandNode } from '../../parse/shell/shell.ts';
import type { Copy } from '../copies/copy.ts';
import { unknown } from '../values.ts';

export interface Environment {
  /** Absolute path, symbolic. */
  readonly path: string;
  readonly kind: 'venv' | 'virtualenv' | 'uv' | 'poetry' | 'pipenv';
  /** Where it was created; scripts and the activate script name this path. */
  readonly createdAt: string;
  readonly seeded: 'yes' | 'no' | 'unknown';
  readonly systemPackages: 'yes' | 'no' | 'unknown';
  /** MAJOR.MINOR. */
  readonly python?: string;
  /** User that created it: who can write. */
  readonly owner: string;
  /** Others than its owner wrote into it since. */
  readonly mixed?: true;
  /** Index of the instruction that made it in this image (creation or COPY). */
  readonly instruction: number;
  /** Index of the stage where it was created. */
  readonly stage: number;
  /** Came by COPY --from (instruction is the COPY). */
  readonly copied?: true;
  /** Somebody wrote to its activate script: activation is more than PATH. */
  readonly activateChanged?: true;
  /** Created only on some branch. */
  readonly conditional?: true;
}

/** The image's files, as far as they matter. Copied on write, so that stages can branch off. */
export interface Files {
  readonly environments: Map<string, Environment>;
  /** Installs by interpreter ('system' or 'env:PATH'). */
  readonly installs: Map<string, Set<string>>;
  readonly copies: Copy[];
  /** apt/apk/yum package names installed. */
  readonly systemPackages: Set<string>;
  /** A Python came into the system (by base, apt, apk). */
  /** Environments (as 'env:PATH') over which something was laid: what and where. */
  readonly covered: Map<string, string>;
  /** Files that steps wrote, the last written last. */
  readonly written: Map<string, Written>;
  /** poetry's settings made by `poetry config`: name -> value. */
  readonly poetryConfig: Map<string, string>;
  systemPython: boolean;
  /** Version of it, MAJOR.MINOR. */
  systemPythonVersion?: string;
}

export const cloneFiles = (f: Files): Files => ({
  environments: new Map(f.environments),
  installs: new Map([...f.installs].map(([k, v]) => [k, new Set(v)])),
  copies: [...f.copies],
  systemPackages: new Set(f.systemPackages),
  covered: new Map(f.covered),
  written: new Map(f.written),
  poetryConfig: new Map(f.poetryConfig),
  systemPython: f.systemPython,
  ...(f.systemPythonVersion === undefined ? {} : { systemPythonVersion: f.systemPythonVersion }),
});

/** One running shell (or process): copied for subshells and children. */
export interface Shell {
  /** Exported variables and shell variables alike; symbolic values. */
  variables: Map<string, string>;
  exported: Set<string>;
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
  pathReset?: string;
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

export const cloneShell = (s: Shell): Shell => ({
  ...s,
  variables: new Map(s.variables),
  exported: new Set(s.exported),
  hashed: new Map(s.hashed),
  functions: new Map(s.functions),
});

/** USER as Docker reads it: the name or number before the colon; root where there is none. */
export function userName(user: string): string {
  const name = user.split(':')[0]!;
  return name === '' || name === '0' ? 'root' : name;
}

export const isRootUser = (user: string): boolean => userName(user) === 'root';
export const sameUser = (a: string, b: string): boolean => userName(a) === userName(b);

/** HOME as Docker and the shells have it: of the user, where that is root or named plainly. */
export function homeOfUser(shell: Shell): string {
  const set = shell.variables.get('HOME');
  if (set !== undefined) return set;
  const user = userName(shell.user);
  return user === 'root' ? '/root' : unknown(`home of ${user}`);
}

/** `shell` takes over all that `other` has. */
export function become(shell: Shell, other: Shell): void {
  if (other.active === undefined) delete shell.active;
  if (other.beforeActivation === undefined) delete shell.beforeActivation;
  if (other.outer === undefined) delete shell.outer;
  Object.assign(shell, other);
}

/** What a file of the image holds: its text (symbolic), or why that is not known. */
export type FileText = { readonly text: string } | { readonly why: string; readonly url?: string };

/** A file as a step left it; `copies`: how many copies had been made by then. A path with a slash at its end: all below it. */
export type Written = FileText & { readonly copies: number };

/** What uv's settings say of `uv pip`, of the nearest file that says it. */
export interface UvSettings {
  readonly system: boolean;
  readonly python?: string;
  /** `target` or `prefix`. */
  readonly elsewhere?: string;
  /** Why there may be other settings that matter. */
  readonly unread?: string;
}
