// Followers and workers as real processes over the bundled run script, and what they print.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Campaign, Target } from '../../src/bulk/bulkModel.ts';
import type { FillSettings, WorkSettings } from './queue-run.ts';

export interface Running {
  readonly process: ChildProcess;
  /** All that it has printed, on both streams. */
  printed(): string;
  events(): { readonly kind: string; readonly [more: string]: unknown }[];
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface Processes {
  fill(settings: FillSettings): Running;
  work(settings: WorkSettings): Running;
  /** Kills all that still run and removes the script. */
  close(): Promise<void>;
}

/** Builds the run script beside the packages that it needs. */
export async function processes(): Promise<Processes> {
  const cache = resolve(import.meta.dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'queue-test-'));
  const script = join(folder, 'run.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'queue-run.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  const all: Running[] = [];
  const run = (role: string, settings: object): Running => {
    const child = spawn(process.execPath, [script, role, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    const printed = () => Buffer.concat(chunks).toString();
    const running: Running = {
      process: child,
      printed,
      events: () =>
        printed()
          .split('\n')
          .filter((line) => line.startsWith('{"kind":') && line.endsWith('}'))
          .map((line) => JSON.parse(line)),
      ended: once(child, 'close').then(([code, signal]) => code ?? signal),
    };
    all.push(running);
    return running;
  };
  return {
    fill: (settings) => run('fill', settings),
    work: (settings) => run('work', settings),
    async close() {
      for (const { process: child } of all) child.kill('SIGKILL');
      await Promise.all(all.map(({ ended }) => ended));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when `isTrue` says so; fails after a time that only a hang takes. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - began > 30_000) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

export function campaign(changes: Partial<Campaign> = {}): Campaign {
  return {
    ...{ name: 'spring', branch: 'pyvenv-fix', author: { name: 'Ada', email: 'ada@example.org' }, ids: ['python-env'] },
    ...{ unsafe: false, squash: false, signOff: false, sign: false, push: true, pullRequests: false },
    ...{ requireProof: false, recreate: false, fork: false, draft: false },
    ...{ labels: [], reviewers: [], assignees: [], rate: 60 },
    ...changes,
  };
}

/** `count` targets whose keys are file names; some fail now and then, and they stand on two hosts and none. */
export function targets(count: number): Target[] {
  return Array.from({ length: count }, (_, at) => {
    const key = `${at % 7 === 0 ? 'flaky' : 'plain'}-${at}`;
    const host = ['git.example.com:8443', 'other.example.com'][at % 3];
    return { key, name: key, ...(host !== undefined && { url: `https://${host}/${key}` }) };
  });
}
