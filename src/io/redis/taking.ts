// Taking jobs out of all queues of a server, a bounded number at a time over all of them, and keeping hold of what was taken.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Worker } from 'bullmq';
import { QUEUES, tidyQueue } from './jobs.ts';
import { type QueueServer, refuseMissing } from './server.ts';

/** Times are milliseconds. */
export interface TakingTimes {
  /** How long a job is held without a renewal. */
  readonly lock: number;
  /** Between two looks for jobs that nobody holds any more. */
  readonly stalled: number;
  /** Between two looks for new jobs. */
  readonly look: number;
  /** A job that has outlived so many workers takes no other one down. */
  readonly deaths: number;
}

/** Renewed every third of `lock`: a machine may be busy for a while, and another waits no longer than a minute for a dead one's jobs. */
const TAKING_TIMES: TakingTimes = { lock: 60_000, stalled: 30_000, look: 300, deaths: 5 };

/** A job in hand. Exactly one of its endings is to be called. */
export interface TakenJob {
  readonly id: string;
  readonly data: unknown;
  /** From 1; tries that a dying worker broke off are not counted. */
  readonly attempt: number;
  /** No further try follows. */
  readonly last: boolean;
  /** Aborts when another worker has it now: what this one does is no longer wanted. */
  readonly lost: AbortSignal;
  readonly complete: (value: object) => Promise<void>;
  /** Comes again after a pause (its milliseconds are the answer): not to be called on the last try. */
  readonly tryAgain: (reason: string) => Promise<number>;
  /** It makes no sense to anybody. */
  readonly reject: (reason: string) => Promise<void>;
  /** As if it had not been taken. */
  readonly giveBack: () => Promise<void>;
}

export interface Taker {
  /** The next job of any queue, in turn; waits for one. Undefined when `signal` aborts. */
  readonly next: (signal: AbortSignal) => Promise<TakenJob | undefined>;
  readonly close: () => Promise<void>;
}

const LOST = 'another worker has this job now';

interface HeldJob {
  readonly id: string;
  readonly worker: Worker;
  readonly lost: AbortController;
}

/** Begins taking jobs from every queue of the server, those that appear later included. */
export async function openTaker(
  { redis }: Pick<QueueServer, 'redis'>,
  times: TakingTimes = TAKING_TIMES,
): Promise<Taker> {
  const { UnrecoverableError, Worker } = await import('bullmq').catch((error: unknown) =>
    refuseMissing(error, 'bullmq'),
  );
  const workers = new Map<string, Worker>();
  /** By token: after a long loss of the connection one job may be in hand twice for a moment. */
  const held = new Map<string, HeldJob>();
  let taken = 0;
  let looked = Number.NEGATIVE_INFINITY;
  let turn = 0;

  const drop = async (name: string, worker: Worker) => {
    await worker.close(true).catch(() => {});
    await tidyQueue(redis, name).catch(() => {});
  };

  const look = async () => {
    looked = performance.now();
    const names = new Set(await redis.smembers(QUEUES));
    for (const [name, worker] of workers) {
      const busy = [...held.values()].some((job) => job.worker === worker);
      if (names.has(name) || busy) continue;
      workers.delete(name);
      await drop(name, worker);
    }
    for (const name of names) {
      if (workers.has(name)) continue;
      const worker = new Worker(name, null, {
        connection: redis,
        autorun: false,
        lockDuration: times.lock,
        stalledInterval: times.stalled,
        maxStalledCount: times.deaths,
      });
      // Lost connections mend themselves; nothing else may end the process from here.
      worker.on('error', () => {});
      workers.set(name, worker);
      await worker.startStalledCheckTimer();
    }
  };

  const renew = async () => {
    for (const worker of workers.values()) {
      const own = [...held].filter(([, job]) => job.worker === worker && !job.lost.signal.aborted);
      if (own.length === 0) continue;
      const ids = own.map(([, { id }]) => id);
      const tokens = own.map(([token]) => token);
      const gone = await worker.extendJobLocks(ids, tokens, times.lock).catch((): string[] => []);
      for (const [token, { id }] of own) if (gone.includes(id)) held.get(token)?.lost.abort(new Error(LOST));
    }
  };
  let renewing: Promise<void> = Promise.resolve();
  const renewal = setInterval(() => {
    renewing = renewing.then(renew);
  }, times.lock / 3);

  const wrap = (worker: Worker, job: Job, token: string): TakenJob => {
    const id = job.id ?? '';
    const lost = new AbortController();
    for (const one of held.values()) if (one.id === id && one.worker === worker) one.lost.abort(new Error(LOST));
    held.set(token, { id, worker, lost });
    const end = async (ending: () => Promise<unknown>) => {
      // No renewal after it has ended: that would look as if it were lost.
      held.delete(token);
      // Refused where another worker has it by now, or its run is gone: then there is nothing to end.
      await ending().catch(() => {});
    };
    return {
      id,
      data: job.data,
      attempt: job.attemptsMade + 1,
      last: job.attemptsMade + 1 >= (job.opts.attempts ?? 1),
      lost: lost.signal,
      complete: (value) => end(() => job.moveToCompleted(value, token, false)),
      reject: (reason) => end(() => job.moveToFailed(new UnrecoverableError(reason), token, false)),
      tryAgain: async (reason) => {
        await end(() => job.moveToFailed(new Error(reason), token, false));
        return job.delay;
      },
      giveBack: () => end(() => job.moveToWait(token)),
    };
  };

  const takeOne = async (): Promise<TakenJob | undefined> => {
    const all = [...workers.values()];
    for (let step = 0; step < all.length; step++) {
      const worker = all[(turn + step) % all.length]!;
      const token = `${worker.id}:${taken++}`;
      const job = await worker.getNextJob(token, { block: false }).catch(() => undefined);
      if (!job) continue;
      if (job.deferredFailure) {
        // It was in the hands of workers that died too often.
        await job.moveToFailed(new UnrecoverableError(job.deferredFailure), token, false).catch(() => {});
        continue;
      }
      turn = (turn + step + 1) % all.length;
      return wrap(worker, job, token);
    }
    return undefined;
  };

  const waitForOne = async (signal: AbortSignal): Promise<TakenJob | undefined> => {
    while (!signal.aborted) {
      if (performance.now() - looked > 2000 || workers.size === 0) await look();
      const job = await takeOne();
      if (job) return job;
      await sleep(times.look, undefined, { signal }).catch(() => {});
    }
    return undefined;
  };

  // One looks at a time: many idle ones ask no more often than one.
  let line: Promise<unknown> = Promise.resolve();
  return {
    next: (signal) => {
      const mine = line.then(() => waitForOne(signal));
      line = mine.catch(() => {});
      return mine;
    },
    close: async () => {
      clearInterval(renewal);
      await renewing;
      await Promise.all([...workers].map(([name, worker]) => drop(name, worker)));
    },
  };
}
