// Fills the queues of a run with its targets, each once, in flat memory, also over a server that forgot its last seconds.

import { type JobQueues, jobId, queueName } from '../../io/redis/jobs.ts';
import type { JobResult, Target } from '../bulkModel.ts';
import type { CampaignEvent } from '../campaignEvents.ts';
import { type JobData, jobDataFrom } from './queueData.ts';

/** What a run has heard of, by the ids of the queue's jobs. */
export interface Heard {
  /** Named by a source. */
  readonly seen: Set<string>;
  /** Of these, the ones without a final result. */
  readonly left: Set<string>;
  /** Have a final result in this run. */
  readonly ended: Set<string>;
  twice: number;
  /** All sources have been read and all jobs are in the queue. */
  filled: boolean;
}

export interface FillOptions {
  readonly queues: JobQueues;
  readonly campaign: string;
  readonly run: string;
  readonly targets: AsyncIterable<Target>;
  /** Whether the journal has its final result already. */
  readonly isDone: (key: string) => boolean;
  /** For a target that no queue can carry. */
  readonly onUnfit: (result: JobResult, target: Target) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CampaignEvent) => void;
  readonly now: () => number;
}

export interface Filling {
  /** Reads the targets to their end and adds their jobs; returns early on abort. Rejects as `targets` does. */
  readonly fill: () => Promise<void>;
  /** Adds again what was added last: for a server that came back without its last second. */
  readonly again: () => Promise<void>;
}

const BATCH = 500;
const LONGEST_GATHERING = 1000;
/** An append-only file is forced to the disk every second; after a delay of the disk, after two. */
const FORGOTTEN_MILLISECONDS = 5000;

interface Batch {
  readonly at: number;
  readonly queue: string;
  readonly jobs: readonly { readonly id: string; readonly data: JobData }[];
}

/** The host whose queue a target's job goes to: requests to it are paced together. */
export function hostOf({ project, url }: Target): string {
  if (project) return project.host;
  const host = url === undefined ? '' : (/^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/]+)/i.exec(url)?.[1] ?? '');
  return host === '' ? 'local' : host.toLowerCase();
}

/** Prepares the filling of a run's queues; `heard` grows as it goes. */
export function prepareFilling(options: FillOptions, heard: Heard): Filling {
  const { queues, run, campaign, signal, onEvent } = options;
  const gathered = new Map<string, { readonly id: string; readonly data: JobData }[]>();
  const recent: Batch[] = [];

  async function flush(queue: string): Promise<void> {
    const jobs = gathered.get(queue);
    gathered.delete(queue);
    if (!jobs || jobs.length === 0) return;
    const at = options.now();
    while (recent[0] && recent[0].at < at - FORGOTTEN_MILLISECONDS) recent.shift();
    recent.push({ at, queue, jobs });
    await queues.add(queue, jobs);
  }

  async function take(target: Target): Promise<void> {
    const { key, name } = target;
    const id = jobId(run, key);
    if (heard.seen.has(id)) {
      heard.twice++;
      return onEvent({ kind: 'twice', key, name });
    }
    heard.seen.add(id);
    // Its result may be here before it is named: an earlier process has added it.
    if (options.isDone(key) || heard.ended.has(id)) return;
    heard.left.add(id);
    const data: JobData = { campaign, run, target };
    if (!jobDataFrom(data)) return options.onUnfit(unfitRun(target), target);
    const queue = queueName(campaign, hostOf(target));
    const jobs = gathered.get(queue) ?? [];
    gathered.set(queue, jobs);
    jobs.push({ id, data });
    if (jobs.length >= BATCH) await flush(queue);
  }

  let flushed = options.now();
  async function flushAll(): Promise<void> {
    flushed = options.now();
    for (const queue of [...gathered.keys()]) await flush(queue);
  }

  return {
    async fill() {
      const source = options.targets[Symbol.asyncIterator]();
      for (;;) {
        const step = await orAborted(source.next(), signal);
        if (step === 'aborted') {
          // A source that hangs must not hold us.
          void Promise.resolve(source.return?.()).catch(() => undefined);
          return;
        }
        if (step.done) break;
        await take(step.value);
        // A slow source must not keep the workers waiting.
        if (options.now() - flushed > LONGEST_GATHERING) await flushAll();
      }
      await flushAll();
      onEvent({ kind: 'listed', count: heard.seen.size });
    },
    async again() {
      for (const { queue, jobs } of [...recent]) await queues.add(queue, jobs);
    },
  };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | 'aborted'> {
  if (signal.aborted) return Promise.resolve('aborted');
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve('aborted');
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function unfitRun({ key, name }: Target): JobResult {
  return {
    key,
    name,
    ended: 'failed',
    reason: 'its name or address is not one that can travel through a queue',
    milliseconds: 0,
  };
}
