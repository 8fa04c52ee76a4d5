// Runs git so that nothing of the repository's configuration, hooks, filters or attributes can start a program.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuse } from '../../text/userError.ts';
import { codeOf, readFileAt } from '../files/files.ts';

/** Environment variables, as `process.env` has them. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** Where one work tree's git data stands; all paths absolute. */
export interface GitPlace {
  readonly workTree: string;
  /** Of this work tree: HEAD and the index. */
  readonly gitDir: string;
  /** Of all linked work trees: objects, refs, configuration. */
  readonly commonDir: string;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly env: ProcessEnvironment;
}

/** What a git command sees; see `Private` below. */
export interface GitCall {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: readonly string[];
  /** It is ended after so long; two minutes where it does not say. */
  readonly milliseconds?: number;
}

const LONGEST_MILLISECONDS = 120_000;
const LARGEST_OUTPUT = 1024 * 1024 * 1024;

/** Beats every configuration file: no hook, monitor, pager, signer, transport or background job. */
const HARDENED = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.splitIndex=false',
  'core.attributesFile=/dev/null',
  'core.pager=cat',
  'core.editor=false',
  'core.sshCommand=false',
  'core.alternateRefsCommand=',
  'credential.helper=',
  'commit.gpgSign=false',
  'log.showSignature=false',
  'diff.external=',
  'protocol.allow=never',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'safe.bareRepository=explicit',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
  'core.fsync=committed,loose-object',
] as const;

/** The user's own variables that decide which configuration files of *theirs* git reads. */
const USERS_OWN = ['HOME', 'XDG_CONFIG_HOME', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM'] as const;

const ALWAYS: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_LFS_SKIP_SMUDGE: '1',
};

const NO_USER: Readonly<Record<string, string>> = {
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

function baseEnvironment(env: ProcessEnvironment, user: 'with user' | 'without user'): Record<string, string> {
  const base: Record<string, string> = { ...ALWAYS, PATH: env.PATH ?? '/usr/local/bin:/usr/bin:/bin' };
  if (user === 'without user') return { ...base, ...NO_USER };
  for (const name of USERS_OWN) {
    const value = env[name];
    if (value !== undefined) base[name] = value;
  }
  return base;
}

/** A call on the repository's own git directory: for refs and for reading configuration, nothing else. */
export function callOnRepository(place: GitPlace, user: 'with user' | 'without user'): GitCall {
  const env = { ...baseEnvironment(place.env, user), GIT_DIR: place.gitDir };
  return { cwd: place.gitDir, env, config: HARDENED };
}

/** A call that needs no repository at all. */
export function callOutside(env: ProcessEnvironment): GitCall {
  return { cwd: '/', env: { ...baseEnvironment(env, 'without user'), GIT_DIR: '/dev/null' }, config: HARDENED };
}

/**
 * A private git directory in the temporary folder: its configuration is ours, while index, objects and work tree are the
 * repository's. So the repository's configuration is never even read.
 */
export interface Private {
  readonly dir: string;
  readonly call: GitCall;
  /** The same with the user's own configuration (for their excludes file). */
  readonly callWithUser: GitCall;
  close(): void;
}

export interface PrivateOptions {
  /** Commit that HEAD means there. */
  readonly head?: string;
  /** Absolute path of the index to use instead of the work tree's. */
  readonly index?: string;
  /** Checked settings (`core.autocrlf=true`) to go by. */
  readonly settings?: readonly string[];
  /** Absolute folder in which it is made, for a caller that has one of its own. */
  readonly within?: string;
}

/** Makes a private git directory; the caller closes it. Throws the system's error when there is no room for it. */
export function openPrivate(place: GitPlace, options: PrivateOptions = {}): Private {
  const dir = mkdtempSync(join(options.within ?? tmpdir(), 'pyvenv-fix-'));
  mkdirSync(join(dir, 'refs'));
  mkdirSync(join(dir, 'info'));
  writeFileSync(join(dir, 'HEAD'), `${options.head ?? 'ref: refs/heads/none'}\n`);
  const sha256 = place.objectFormat === 'sha256';
  const format = `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = false\n`;
  writeFileSync(join(dir, 'config'), sha256 ? `${format}[extensions]\n\tobjectFormat = sha256\n` : format);
  for (const name of ['exclude', 'attributes']) {
    const own = readFileAt(join(place.commonDir, 'info', name), 1024 * 1024);
    if (typeof own === 'object') writeFileSync(join(dir, 'info', name), own.text, 'latin1');
  }
  linkSharedIndexes(place.gitDir, dir);
  const git = {
    GIT_DIR: dir,
    GIT_WORK_TREE: place.workTree,
    GIT_INDEX_FILE: options.index ?? join(place.gitDir, 'index'),
    GIT_OBJECT_DIRECTORY: join(place.commonDir, 'objects'),
  };
  const config = [...HARDENED, ...(options.settings ?? [])];
  return {
    dir,
    call: { cwd: place.workTree, env: { ...baseEnvironment(place.env, 'without user'), ...git }, config },
    callWithUser: { cwd: place.workTree, env: { ...baseEnvironment(place.env, 'with user'), ...git }, config },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A split index names its other half by a file beside HEAD. */
function linkSharedIndexes(gitDir: string, dir: string): void {
  for (const name of readdirSync(gitDir)) {
    if (/^sharedindex\.[0-9a-f]+$/.test(name)) symlinkSync(join(gitDir, name), join(dir, name));
  }
}

function argumentsOf(call: GitCall, args: readonly string[]): string[] {
  return [...call.config.flatMap((setting) => ['-c', setting]), ...args];
}

/** Runs git and gives its output as latin1; refuses with git's own last words when it fails. */
export function git(call: GitCall, args: readonly string[]): Promise<string> {
  const options = {
    cwd: call.cwd,
    env: call.env,
    encoding: 'latin1',
    maxBuffer: LARGEST_OUTPUT,
    timeout: LONGEST_MILLISECONDS,
    killSignal: 'SIGKILL',
  } as const;
  return new Promise((resolve, reject) => {
    execFile('git', argumentsOf(call, args), options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      try {
        refuseFailure(args, error, stderr);
      } catch (refusal) {
        reject(refusal);
      }
    });
  });
}

/** As `git`, without waiting for the event loop (where a pure caller asks about one file), with latin1 `input`. */
export function gitNow(call: GitCall, args: readonly string[], input = ''): string {
  try {
    return execFileSync('git', argumentsOf(call, args), {
      cwd: call.cwd,
      env: call.env,
      encoding: 'latin1',
      maxBuffer: LARGEST_OUTPUT,
      timeout: call.milliseconds ?? LONGEST_MILLISECONDS,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'pipe'],
      input: Buffer.from(input, 'latin1'),
    });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    return refuseFailure(args, error, stderr);
  }
}

/**
 * Runs git through simple-git's `raw` (loaded on first use), with `input` (latin1) on its standard input. Output is for ids
 * and other ASCII: simple-git decodes it as UTF-8. Refuses with git's own last words when it fails.
 */
export async function gitRaw(call: GitCall, args: readonly string[], input?: string): Promise<string> {
  const { simpleGit } = await import('simple-git');
  const client = simpleGit({
    baseDir: call.cwd,
    config: [...call.config],
    input: () => (input === undefined ? undefined : Buffer.from(input, 'latin1')),
    timeout: { block: LONGEST_MILLISECONDS },
    // By itself it takes a failure without words for a success.
    errors: (error, { exitCode, stdErr }) =>
      error ?? (exitCode === 0 ? undefined : Buffer.concat([...stdErr, Buffer.from(`\nexit code ${exitCode}`)])),
    // simple-git refuses these keys whatever their value; ours switch the programs off.
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafePager: true,
      allowUnsafeEditor: true,
      allowUnsafeSshCommand: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeDiffExternal: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeCommandBinaries: true,
    },
    allowEnvironment: Object.keys(call.env).filter((name) => name.startsWith('GIT_')),
  }).env({ ...call.env });
  try {
    return await client.raw([...args]);
  } catch (error) {
    return refuseFailure(args, error, error instanceof Error ? error.message : '');
  }
}

function refuseFailure(args: readonly string[], error: unknown, stderr: string): never {
  if (codeOf(error) === 'ENOENT') {
    refuse({ what: 'git was not found', next: 'install git, or copy the files out of the repository and run there' });
  }
  const words =
    stderr
      .trimEnd()
      .split('\n')
      .at(-1)
      ?.replace(/^(?:fatal|error): /, '') ?? '';
  if (codeOf(error) === 'ETIMEDOUT' || (error instanceof Error && 'killed' in error && error.killed === true)) {
    refuse({
      what: `git ${args[0] ?? ''} did not end in time and was stopped`,
      next: 'see whether `git status` ends here (a FIFO in the repository holds it up), then run again',
    });
  }
  refuse({
    what: `git ${args[0] ?? ''} failed${words === '' ? '' : `: ${words}`}`,
    next: 'see whether `git status` works here, then run again',
  });
}
