// Docker or Podman as the user has it: finds it, runs its command line, and never leaves a child of it behind.

import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { kill } from 'node:process';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { processToken } from '../files/owner.ts';
import type { ProcessEnvironment } from '../worktree/git.ts';
import { endSteps } from './engineSteps.ts';

export interface Engine {
  readonly kind: 'docker' | 'podman';
  readonly command: string;
  /** Of the server. */
  readonly version: string;
  readonly env: ProcessEnvironment;
}

export interface Ran {
  /** Undefined when it was ended by a signal or never began. */
  readonly code: number | undefined;
  /** Latin1, at most `LARGEST_OUTPUT` bytes each; empty where `onOut`, `onLine` took it. */
  readonly out: string;
  readonly err: string;
  readonly timedOut: boolean;
  readonly seconds: number;
}

export interface EngineCall {
  readonly args: readonly string[];
  readonly seconds: number;
  /** Ends the command as soon as it is aborted. */
  readonly signal?: AbortSignal;
  /** Latin1 for standard input. */
  readonly input?: string;
  readonly onOut?: (bytes: Uint8Array) => void;
  /** Lines of both streams, latin1, without their ending. */
  readonly onLine?: (line: string) => void;
  /** It tidies up by itself when its steps are ended, and only then (a build of Podman). */
  readonly tidies?: boolean;
  /** A file to which the identity of the child is added, for whoever cleans up after a kill. */
  readonly ledger?: string;
}

const LARGEST_OUTPUT = 8 * 1024 * 1024;
const LONGEST_LINE = 1024 * 1024;
const PATIENCE_MILLISECONDS = 5000;

/** Finds a Docker or Podman that answers; refuses with what to install or start where there is none. Throws the signal's reason. */
export async function findEngine(env: ProcessEnvironment, signal?: AbortSignal): Promise<Engine> {
  const said: string[] = [];
  const asked = { seconds: 30, ...(signal && { signal }) };
  for (const command of ['docker', 'podman']) {
    const format = command === 'docker' ? '{{.Server.Version}}' : '{{.Version}}';
    const ran = await runCommand({ command, env }, { ...asked, args: ['version', '--format', format] });
    signal?.throwIfAborted();
    if (ran === 'absent') continue;
    const version = ran.out.trim();
    if (ran.code !== 0 || version === '') {
      said.push(`${command}: ${lastLine(ran.err) || 'it does not answer'}`);
      continue;
    }
    const about = await runCommand({ command, env }, { ...asked, args: ['--version'] });
    const kind = about !== 'absent' && /podman/i.test(about.out) ? 'podman' : 'docker';
    const engine: Engine = { kind, command, version: /^[\w.+~-]+$/.test(version) ? version : '?', env };
    if (kind === 'docker') await needBuildKit(engine, signal);
    signal?.throwIfAborted();
    return engine;
  }
  const next =
    'Install Docker Engine (https://docs.docker.com/engine/install/) or Podman (https://podman.io/docs/installation), start it, and see that `docker info` or `podman info` works here.';
  return refuse({
    what: said.length > 0 ? `no engine answers (${said.join('; ')})` : 'neither docker nor podman was found',
    next,
  });
}

async function needBuildKit(engine: Engine, signal: AbortSignal | undefined): Promise<void> {
  const ran = await runEngine(engine, { args: ['buildx', 'version'], seconds: 30, ...(signal && { signal }) });
  if (ran.code === 0 || signal?.aborted) return;
  refuse({ what: 'this docker has no buildx', next: 'Install its package docker-buildx-plugin (or docker-buildx).' });
}

/** Runs one command of the engine to its end. Never throws; see `code`. */
export async function runEngine(engine: Engine, call: EngineCall): Promise<Ran> {
  const ran = await runCommand(engine, call);
  return ran === 'absent' ? { code: undefined, out: '', err: 'not found', timedOut: false, seconds: 0 } : ran;
}

function runCommand(engine: Pick<Engine, 'command' | 'env'>, call: EngineCall): Promise<Ran | 'absent'> {
  const { args, seconds, signal, input, onOut, onLine, ledger } = call;
  const began = Date.now();
  const spent = () => (Date.now() - began) / 1000;
  if (signal?.aborted) {
    return Promise.resolve({ code: undefined, out: '', err: 'interrupted', timedOut: false, seconds: 0 });
  }
  return new Promise((resolve) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = begin(engine, args);
    } catch (error) {
      // An argument with a NUL byte, or longer than the system takes.
      const err = bytesOf(error instanceof Error ? error.message : String(error));
      resolve({ code: undefined, out: '', err, timedOut: false, seconds: 0 });
      return;
    }
    if (ledger !== undefined && child.pid !== undefined) noteChild(ledger, child.pid);
    const out = collector(onOut, onLine);
    const err = collector(undefined, onLine);
    let timedOut = false;
    let tidying: NodeJS.Timeout | undefined;
    let force: NodeJS.Timeout | undefined;
    let last: NodeJS.Timeout | undefined;
    const end = () => {
      if (call.tidies) {
        endSteps(child.pid ?? 0);
        tidying ??= setInterval(() => endSteps(child.pid ?? 0), 200);
        force ??= setTimeout(() => signalGroup(child, 'SIGTERM'), PATIENCE_MILLISECONDS);
      } else signalGroup(child, 'SIGTERM');
      last ??= setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE_MILLISECONDS * (call.tidies ? 2 : 1));
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, seconds * 1000);
    signal?.addEventListener('abort', end, { once: true });
    const settle = (ran: Ran | 'absent') => {
      clearTimeout(timer);
      clearInterval(tidying);
      clearTimeout(force);
      clearTimeout(last);
      signal?.removeEventListener('abort', end);
      resolve(ran);
    };
    child.on('error', (error) => {
      const absent = 'code' in error && error.code === 'ENOENT';
      settle(absent ? 'absent' : { code: undefined, out: '', err: bytesOf(error.message), timedOut, seconds: spent() });
    });
    child.on('close', (code) => {
      settle({ code: code ?? undefined, out: out.done(), err: err.done(), timedOut, seconds: spent() });
    });
    child.stdout.on('data', out.data);
    child.stderr.on('data', err.data);
    child.stdin.on('error', () => {});
    child.stdin.end(input === undefined ? '' : Buffer.from(input, 'latin1'));
  });
}

function begin({ command, env }: Pick<Engine, 'command' | 'env'>, args: readonly string[]) {
  // A group of its own: the terminal's INT reaches us alone, and we end it in our order.
  return spawn(command, [...args], {
    env: {
      ...env,
      DOCKER_BUILDKIT: '1',
      BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
      DOCKER_CLI_HINTS: 'false',
      NO_COLOR: '1',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

function collector(onBytes: ((bytes: Uint8Array) => void) | undefined, onLine: ((line: string) => void) | undefined) {
  const parts: Buffer[] = [];
  let length = 0;
  let waiting = '';
  return {
    data: (bytes: Buffer) => {
      if (onBytes) return onBytes(bytes);
      if (!onLine) {
        if (length < LARGEST_OUTPUT) parts.push(bytes);
        length += bytes.length;
        return;
      }
      const lines = (waiting + bytes.toString('latin1')).split('\n');
      waiting = (lines.pop() ?? '').slice(-LONGEST_LINE);
      for (const line of lines) onLine(line.replace(/\r$/, ''));
    },
    done: () => {
      if (waiting !== '') onLine?.(waiting);
      return Buffer.concat(parts).toString('latin1');
    },
  };
}

function noteChild(ledger: string, pid: number): void {
  const token = processToken(String(pid));
  if (token !== undefined) appendFileSync(ledger, `${token}\n`);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    kill(-child.pid, signal);
  } catch {
    // It has just ended.
  }
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
