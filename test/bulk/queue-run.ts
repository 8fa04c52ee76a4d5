// A follower or a worker as a process of its own, to be killed. Not a test. Arguments: fill|work, and a JSON object.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign, Job, Target } from '../../src/bulk/bulkModel.ts';
import { createJob } from '../../src/bulk/job/job.ts';
import { openJournal } from '../../src/bulk/journal/campaignJournal.ts';
import { runQueueCampaign } from '../../src/bulk/queue/queueRun.ts';
import { runWorker } from '../../src/bulk/queue/worker.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { transforms } from '../../transforms/index.ts';

export interface FillSettings {
  readonly url: string;
  readonly folder: string;
  readonly campaign: Campaign;
  readonly targets: readonly Target[];
  /** Milliseconds between two targets. */
  readonly slowly?: number;
}

export interface WorkSettings {
  readonly url: string;
  readonly concurrency: number;
  /** Appended to: `begin KEY`, `end KEY`. */
  readonly ledger: string;
  /** Its own files name what was done: doing it twice does nothing. */
  readonly effects: string;
  /** The real job instead. */
  readonly real?: boolean;
  /** How long one takes, at most, in milliseconds. */
  readonly long: number;
  readonly deaths?: number;
}

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort(new Error('told to stop')));
process.on('SIGINT', () => stop.abort(new Error('told to stop')));

async function fill({ url, folder, campaign, targets, slowly }: FillSettings): Promise<void> {
  const journal = await openJournal({ folder, campaign, settings: '', use: 'apply', now: Date.now() });
  const each = async function* () {
    for (const target of targets) {
      if (slowly !== undefined) await sleep(slowly);
      yield target;
    }
  };
  try {
    const summary = await runQueueCampaign({
      ...{ url, campaign, journal, targets: each(), signal: stop.signal },
      tries: { attempts: 3, pause: 20 },
      onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
      onConnection: (state) => process.stdout.write(`${JSON.stringify({ kind: state })}\n`),
    });
    process.stdout.write(`${JSON.stringify({ kind: 'summary', summary })}\n`);
  } finally {
    await journal.close();
  }
}

async function work({ url, concurrency, ledger, effects, real, long, deaths }: WorkSettings): Promise<void> {
  mkdirSync(effects, { recursive: true });
  const note = (word: string, key: string) => appendFileSync(ledger, `${word} ${key}\n`);
  await runWorker({
    ...{ url, concurrency, signal: stop.signal },
    jobFor: async (campaign, { pacer, wave }) => {
      const env = { PATH: process.env.PATH, HOME: process.env.HOME };
      const job: Job = real
        ? createJob({
            ...{ campaign, transforms, env, pacer, wave, mode: 'apply' },
            forgeFor: async () => undefined,
            tokenFor: () => undefined,
          })
        : async ({ key, name }, { signal, onStep }) => {
            onStep('fix');
            if (key.startsWith('deadly')) process.kill(process.pid, 'SIGKILL');
            await sleep(Math.random() * long, undefined, { signal });
            const admitted = await wave.admit(key);
            if (admitted) once(join(effects, key));
            // At its first try, on whatever machine.
            const trouble = key.startsWith('flaky') && once(`${ledger}.${name}`);
            const common = { key, name, milliseconds: 1 };
            if (trouble) return { ...common, ended: 'failed', reason: 'the network failed', again: true };
            if (!admitted) return { ...common, ended: 'waiting', reason: 'its turn comes in the next wave' };
            return { ...common, ended: 'changed', reason: 'a new branch' };
          };
      return async (target, tools) => {
        note('begin', target.key);
        const result = await job(target, tools);
        note('end', target.key);
        return result;
      };
    },
    onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
    times: { lock: 2000, stalled: 400, look: 20, deaths: deaths ?? 5 },
  });
}

/** Makes the file; false where it stood already. */
function once(file: string): boolean {
  try {
    writeFileSync(file, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

const [role, settings = '{}'] = process.argv.slice(2);
try {
  await (role === 'fill' ? fill(JSON.parse(settings)) : work(JSON.parse(settings)));
} catch (error) {
  process.stderr.write(`${JSON.stringify(refusalOf(error) ?? String(error))}\n`);
  process.exitCode = 2;
}
