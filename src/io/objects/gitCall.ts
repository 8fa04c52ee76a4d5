// Starts git for one private git directory: hardened, in a process group of its own, ended with its signal or its time.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { kill } from 'node:process';
import { codeOf } from '../files/files.ts';
import type { ProcessEnvironment } from '../worktree/git.ts';
import { BareProblem, gitProblem } from './problem.ts';

/** What every git of one repository is started with. */
export interface GitSeat {
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Texts that must not be in any word that we pass on. */
  readonly secrets: readonly string[];
}

export interface GitRun {
  readonly args: readonly string[];
  /** For its standard input. */
  readonly input?: string | Uint8Array;
  /** Added to the seat's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly milliseconds?: number;
}

export interface GitEnded {
  readonly code: number;
  /** Latin1. */
  readonly out: string;
  readonly err: string;
}

const LONGEST_MILLISECONDS = 120_000;
const LARGEST_OUTPUT = 512 * 1024 * 1024;
const LARGEST_WORDS = 64 * 1024;

const ALWAYS: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LFS_SKIP_SMUDGE: '1',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
};

/** Of the user's environment only these reach git, and only where it talks to a host. */
const NETWORK = [
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'],
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH', 'KRB5CCNAME', 'SSH_AUTH_SOCK'],
] as const;

/** ssh itself looks in the account's own folder; HOME is for the programs that the user's ssh configuration names. */
const SSH = ['HOME', 'USER', 'LOGNAME'] as const;

/** The environment of a git that may talk over `protocol` only ('none': over nothing). */
export function environmentFor(
  env: ProcessEnvironment,
  protocol: 'none' | 'file' | 'http' | 'https' | 'ssh',
): Record<string, string> {
  const found: Record<string, string> = {
    ...ALWAYS,
    PATH: env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    GIT_ALLOW_PROTOCOL: protocol,
    ...(protocol === 'ssh' ? {} : { HOME: '/dev/null' }),
  };
  const network = protocol === 'ssh' ? [...NETWORK, ...SSH] : protocol === 'none' || protocol === 'file' ? [] : NETWORK;
  for (const name of network) {
    const value = env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Starts git; the caller reads and writes its streams. It ends with the seat's signal. */
export function startGit(seat: GitSeat, run: Omit<GitRun, 'input'>): ChildProcessWithoutNullStreams {
  seat.signal.throwIfAborted();
  const child = spawn('git', [...run.args], {
    cwd: '/',
    env: run.env ? { ...seat.env, ...run.env } : { ...seat.env },
    stdio: 'pipe',
    // A group of its own: its children end with it, and Ctrl-C is ours to pass on.
    detached: true,
  });
  const end = () => killGroup(child);
  const clock = setTimeout(end, run.milliseconds ?? LONGEST_MILLISECONDS);
  seat.signal.addEventListener('abort', end, { once: true });
  child.once('close', () => {
    clearTimeout(clock);
    seat.signal.removeEventListener('abort', end);
  });
  // A child that ends before it has read everything is no error of ours.
  child.stdin.on('error', () => {});
  return child;
}

/** Ends the child and everything that it started. */
export function killGroup(child: Pick<ChildProcessWithoutNullStreams, 'pid'>): void {
  if (child.pid === undefined) return;
  try {
    kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Runs git to its end, whatever its exit code. Throws where there is no git, it took too long, or the signal came. */
export function runGit(seat: GitSeat, run: GitRun): Promise<GitEnded> {
  return new Promise((resolve, reject) => {
    const began = Date.now();
    const child = startGit(seat, run);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let length = 0;
    let said = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > LARGEST_OUTPUT) killGroup(child);
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.length;
      if (said <= LARGEST_WORDS) err.push(chunk);
    });
    child.once('error', (error) => reject(startProblem(error)));
    child.once('close', (code, signal) => {
      if (seat.signal.aborted) return reject(seat.signal.reason);
      const words = Buffer.concat(err).toString('latin1');
      if (length > LARGEST_OUTPUT) return reject(new BareProblem('refused', 'git gave more than can be held', ''));
      if (signal === 'SIGKILL' && Date.now() - began >= (run.milliseconds ?? LONGEST_MILLISECONDS))
        return reject(new BareProblem('lost', 'git took too long', `git ${verbOf(run.args)}`));
      resolve({ code: code ?? 1, out: Buffer.concat(out).toString('latin1'), err: words });
    });
    child.stdin.end(run.input);
  });
}

/** As `runGit`; an exit code other than 0 is a `BareProblem`. */
export async function askGit(seat: GitSeat, run: GitRun): Promise<string> {
  const { code, out, err } = await runGit(seat, run);
  if (code !== 0) throw gitProblem(err === '' ? `git ${verbOf(run.args)}: exit code ${code}` : err, seat.secrets);
  return out;
}

/** For an error of `spawn` itself. */
export function startProblem(error: Error): BareProblem {
  const code = codeOf(error);
  if (code === 'ENOENT') return new BareProblem('refused', 'git was not found: install git 2.39 or later', '');
  return new BareProblem('lost', 'git could not be started', code ?? error.message);
}

const verbOf = (args: readonly string[]): string => args.find((arg) => /^[a-z]+(?:-[a-z]+)*$/.test(arg)) ?? '';

const OLDEST = [2, 39] as const;
const versions = new Map<string, Promise<void>>();

/** Throws where this machine's git is older than 2.39 (it lacks protections that we count on); asked once for each PATH. */
export function checkVersion(env: ProcessEnvironment): Promise<void> {
  const path = env.PATH ?? '';
  const known = versions.get(path);
  if (known) return known;
  const seat = { env: environmentFor(env, 'none'), signal: new AbortController().signal, secrets: [] };
  const asked = askGit(seat, { args: ['version'] }).then((said) => {
    const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? [];
    const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
    if (isOld) throw new BareProblem('refused', 'this git is too old: install 2.39 or later', said.trim());
  });
  asked.catch(() => versions.delete(path));
  versions.set(path, asked);
  return asked;
}
