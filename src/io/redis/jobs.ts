// The queues of a campaign, one a host: filling them, counting, reading what ended in them, taking them away. BullMQ does the keeping.

import { createHash } from 'node:crypto';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type QueueServer, refuseMissing } from './server.ts';

/** The set of all queues' names on a server; workers look there. */
export const QUEUES = 'pyvenv-fix:queues';

/** What a worker's late word on a job writes anew, when the queue has been taken away meanwhile. */
const TRACES = ['meta', 'events', 'marker', 'stalled', 'stalled-check'];

const TIDY = `
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return end
for at = 2, #KEYS do redis.call('DEL', KEYS[at]) end`;

/** Removes what was written to a queue after it had been taken away; leaves one that is there alone. */
export async function tidyQueue(redis: Redis, name: string): Promise<void> {
  const traces = TRACES.map((trace) => `bull:${name}:${trace}`);
  await redis.eval(TIDY, 1 + traces.length, QUEUES, ...traces, name);
}

/** How often a job is tried, and the first pause between two tries; each next one is twice as long, with chance in it. */
export interface Tries {
  readonly attempts: number;
  readonly pause: number;
}

export const TRIES: Tries = { attempts: 3, pause: 10_000 };

/** A job that is over. */
export interface EndedJob {
  readonly id: string;
  readonly data: unknown;
  /** What it came to; undefined where it broke (a worker died with it too often, its data made no sense). */
  readonly value: unknown;
  readonly failed?: string;
}

/** The queues of one campaign. */
export interface JobQueues {
  /** Adds jobs; those whose id is there already (waiting, at work or over) are not added again. */
  readonly add: (queue: string, jobs: readonly { readonly id: string; readonly data: object }[]) => Promise<void>;
  /** Jobs not over, and jobs over. */
  readonly counts: () => Promise<{ readonly open: number; readonly over: number }>;
  /** All jobs that are over, oldest first, read page by page. */
  readonly ended: () => AsyncIterable<EndedJob>;
  /** Takes the campaign's queues away with all that is in them. */
  readonly remove: () => Promise<void>;
}

/** Name of the queue of a campaign and host; neither may hold a slash, so no two share one, and BullMQ allows no colon. */
export function queueName(campaign: string, host: string): string {
  return `pyvenv-fix/${campaign}/${host.replaceAll(/[^A-Za-z0-9._[\]-]/g, '_')}`;
}

/** Id of a target's job in one run: the same for the same target, never digits only. */
export function jobId(run: string, key: string): string {
  return `t${createHash('sha256').update(`${run}\n${key}`).digest('hex').slice(0, 32)}`;
}

const PAGE = 500;
/** Of BullMQ's own log of events, which nobody here reads. */
const KEPT_EVENTS = 100;

/** Opens the queues of `campaign`, those of earlier processes included. */
export async function openQueues(
  { redis }: Pick<QueueServer, 'redis'>,
  campaign: string,
  tries: Tries = TRIES,
): Promise<JobQueues> {
  const { Queue } = await import('bullmq').catch((error: unknown) => refuseMissing(error, 'bullmq'));
  const open = new Map<string, Promise<Queue>>();
  const make = async (name: string): Promise<Queue> => {
    const queue = new Queue(name, {
      connection: redis,
      streams: { events: { maxLen: KEPT_EVENTS } },
      defaultJobOptions: {
        attempts: tries.attempts,
        backoff: { type: 'exponential', delay: tries.pause, jitter: 0.5 },
        // Kept until the run is over: that is what makes adding it again do nothing.
        removeOnComplete: false,
        removeOnFail: false,
        stackTraceLimit: 0,
      },
    });
    queue.on('error', () => {});
    // By then it has written what it writes by itself: nothing comes after its removal.
    await queue.getVersion();
    return queue;
  };
  const opened = (name: string): Promise<Queue> => {
    const queue = open.get(name) ?? make(name);
    open.set(name, queue);
    return queue;
  };
  const start = queueName(campaign, '');
  const all = async () => {
    for (const name of await redis.smembers(QUEUES)) if (name.startsWith(start)) await opened(name);
    return Promise.all(open.values());
  };
  return {
    async add(name, jobs) {
      if (!open.has(name)) await redis.sadd(QUEUES, name);
      const queue = await opened(name);
      await queue.addBulk(jobs.map(({ id, data }) => ({ name: 'target', data, opts: { jobId: id } })));
    },
    async counts() {
      let pending = 0;
      let over = 0;
      for (const queue of await all()) {
        const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed');
        const { completed = 0, failed = 0, ...rest } = counts;
        over += completed + failed;
        for (const count of Object.values(rest)) pending += count;
      }
      return { open: pending, over };
    },
    async *ended() {
      for (const queue of await all()) {
        for (const type of ['completed', 'failed'] as const) {
          for (let at = 0; ; at += PAGE) {
            const jobs = await queue.getJobs([type], at, at + PAGE - 1, true);
            for (const job of jobs) {
              const { id = '', data, returnvalue, failedReason } = job;
              yield {
                id,
                data,
                value: returnvalue ?? undefined,
                ...(type === 'failed' && { failed: failedReason ?? '' }),
              };
            }
            if (jobs.length < PAGE) break;
          }
        }
      }
    },
    async remove() {
      for (const queue of await all()) {
        await queue.obliterate({ force: true });
        // Named until it is gone: a process killed between the two finds it again.
        await redis.srem(QUEUES, queue.name);
        open.delete(queue.name);
      }
    },
  };
}
