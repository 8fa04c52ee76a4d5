// Campaigns, results and a clock for the tests of bulk runs.

import type { Campaign, JobResult, Target } from '../../src/bulk/bulkModel.ts';
import type { Clock } from '../../src/bulk/clock.ts';

export const campaign: Campaign = {
  name: 'pyvenv-fix',
  branch: 'pyvenv-fix',
  author: { name: 'Ada', email: 'ada@example.org' },
  ids: ['fix'],
  ...{ unsafe: false, squash: false, signOff: false, sign: false, push: true, pullRequests: true },
  ...{ requireProof: false, recreate: false, fork: false, draft: false, labels: [], reviewers: [], assignees: [] },
  rate: 60,
};

export function target(key: string, more: Partial<Target> = {}): Target {
  return { key, name: key, url: `https://git.example.com/${key}`, ...more };
}

export function result(key: string, more: Partial<JobResult> = {}): JobResult {
  return { key, name: key, ended: 'unchanged', reason: 'nothing to fix', milliseconds: 1, ...more };
}

/** A result with a pull request of that number. */
export function opened(key: string, number: number, more: Partial<JobResult> = {}): JobResult {
  const pullRequest = { number, url: `https://git.example.com/${key}/pulls/${number}`, action: 'opened' } as const;
  const reason = 'has a new pull request';
  return result(key, { ended: 'changed', reason, pushed: true, commit: `c${number}`, pullRequest, ...more });
}

export async function* each<T>(items: Iterable<T>): AsyncIterable<T> {
  for (const item of items) yield item;
}

/** Time that passes only when everybody waits: then it jumps to the next waking. */
export function jumpingClock(start = 1_000_000): Clock & { readonly passed: () => number } {
  let now = start;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let jumping = false;
  const jump = (): void => {
    jumping = false;
    if (sleepers.length === 0) return;
    const next = Math.min(...sleepers.map(({ at }) => at));
    now = Math.max(now, next);
    const due = sleepers.filter(({ at }) => at <= now);
    sleepers = sleepers.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
    plan();
  };
  const plan = (): void => {
    if (jumping || sleepers.length === 0) return;
    jumping = true;
    // Two turns of the loop: whatever goes on by promises and timers at once has gone on by then.
    setImmediate(() => setImmediate(jump));
  };
  return {
    now: () => now,
    passed: () => now - start,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const wake = (): void => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const sleeper = { at: now + Math.max(0, milliseconds), wake };
        const stop = (): void => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        };
        signal.addEventListener('abort', stop, { once: true });
        sleepers.push(sleeper);
        plan();
      }),
  };
}
