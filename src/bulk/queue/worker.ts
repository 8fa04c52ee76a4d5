// One worker process: takes repositories out of every campaign's queue on a server and does the same job that the pool does.

import { beat, fallSilent, workerName } from '../../io/redis/heartbeat.ts';
import { readRun, say } from '../../io/redis/record.ts';
import { closeAfterAbort, openServer, type QueueServer } from '../../io/redis/server.ts';
import { openTaker, type TakenJob, type TakingTimes } from '../../io/redis/taking.ts';
import { sharedPacer, sharedWave } from '../../io/redis/turns.ts';
import type { Campaign, Job, JobResult, JobStep, Pacer, Wave } from '../bulkModel.ts';
import type { CampaignEvent } from '../campaignEvents.ts';
import { systemClock } from '../clock.ts';
import { ownError } from '../job/ownError.ts';
import { campaignFrom, type Doing, type JobData, jobDataFrom, type WorkerWord } from './queueData.ts';

/** What all workers of a run share. */
export interface Shared {
  readonly pacer: Pacer;
  readonly wave: Wave;
}

export interface QueueWorkerOptions {
  /** `redis://[user:password@]host:port/database`, or `rediss://`. */
  readonly url: string;
  /** Repositories at a time, over all campaigns. */
  readonly concurrency: number;
  /** Makes the job of a campaign; asked once for each run. A rejection ends this worker: what it held goes to the others. */
  readonly jobFor: (campaign: Campaign, shared: Shared) => Promise<Job>;
  /** On abort what is at work gets the signal; what cannot be finished is given back. */
  readonly signal: AbortSignal;
  /** 'start', 'step', 'again' and 'end', of this process's own work. */
  readonly onEvent: (event: CampaignEvent) => void;
  /** The connection to the queue was lost (it is waited for), or is back. */
  readonly onConnection?: (state: 'lost' | 'back') => void;
  readonly times?: TakingTimes;
}

const BEAT_MILLISECONDS = 1000;
/** After an abort: for jobs to stop and be given back, while the server may be away. */
const GRACE_MILLISECONDS = 20_000;

/**
 * Works until `signal` aborts; answers how many repositories ended here. Rejects with a refusal where the server is not fit, and with
 * whatever `jobFor` rejects with.
 */
export async function runWorker(options: QueueWorkerOptions): Promise<{ readonly ended: number }> {
  const server = await openServer(options.url, options.onConnection);
  const id = workerName();
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const taker = await openTaker(server, options.times).catch((error: unknown) => {
    server.close();
    throw error;
  });
  const bench: Workplace = { server, jobs: new Map(), at: new Map(), signal, options };
  let ended = 0;
  let problem: { readonly error: unknown } | undefined;

  const slot = async () => {
    for (;;) {
      const taken = await taker.next(signal);
      if (!taken) return;
      if (await workOn(taken, bench)) ended++;
    }
  };
  const beats = async () => {
    while (!signal.aborted) {
      const doing: Doing = { worker: id, at: [...bench.at.values()] };
      await beat(server.redis, id, JSON.stringify(doing)).catch(() => {});
      await systemClock.sleep(BEAT_MILLISECONDS, signal).catch(() => {});
    }
  };
  const slots = Array.from({ length: options.concurrency }, () =>
    slot().catch((error: unknown) => {
      // After an abort the connection may be cut under it: what it held comes back to the queue by itself.
      if (!signal.aborted) problem ??= { error };
      stop.abort();
    }),
  );
  const beating = beats();
  const cut = closeAfterAbort(server, { signal, grace: GRACE_MILLISECONDS });
  await Promise.all(slots);
  await Promise.all([fallSilent(server.redis, id).catch(() => {}), taker.close()]);
  cut.cancel();
  server.close();
  await beating;
  if (problem) throw problem.error;
  return { ended };
}

interface Workplace {
  readonly server: QueueServer;
  /** By run. */
  readonly jobs: Map<string, Promise<Job | NoJob>>;
  /** What is at work, by the queue's job id. */
  readonly at: Map<string, Doing['at'][number]>;
  readonly signal: AbortSignal;
  readonly options: QueueWorkerOptions;
}

const UNREADABLE =
  'this job cannot be read: something else has filled the queue, or another version of pyvenv-fix (use one on all machines)';

/** Its run is not there any more, or its campaign is none that we know. */
type NoJob = 'over' | 'unreadable';

/** True when the repository ended here. */
async function workOn(taken: TakenJob, bench: Workplace): Promise<boolean> {
  const { signal, options } = bench;
  const data = jobDataFrom(taken.data);
  if (!data) {
    await taken.reject(UNREADABLE);
    return false;
  }
  if (signal.aborted) {
    await taken.giveBack();
    return false;
  }
  let job: Job | NoJob;
  try {
    job = await jobOf(data, bench);
  } catch (error) {
    await taken.giveBack();
    throw error;
  }
  if (typeof job === 'string') {
    await taken.reject(job === 'over' ? 'its run is over' : UNREADABLE);
    return false;
  }
  const { key, name } = data.target;
  options.onEvent({ kind: 'start', key, name });
  const here = { run: data.run, key, name };
  bench.at.set(taken.id, here);
  const onStep = (step: JobStep) => {
    bench.at.set(taken.id, { ...here, step });
    options.onEvent({ kind: 'step', key, step });
  };
  try {
    const result = await resultOf(job, data, { signal: AbortSignal.any([signal, taken.lost]), onStep });
    if (!result) {
      await taken.giveBack();
      return false;
    }
    return await deliverResult(result, taken, { data, bench });
  } finally {
    bench.at.delete(taken.id);
  }
}

function jobOf({ run, campaign: name }: JobData, { jobs, server, options }: Workplace): Promise<Job | NoJob> {
  const known = jobs.get(run);
  if (known) return known;
  const made = (async () => {
    const record = await readRun(server.redis, name);
    if (record?.run !== run) return 'over';
    const campaign = campaignFrom(record.campaign);
    if (!campaign) return 'unreadable';
    const pacer = sharedPacer(server.redis, { rate: campaign.rate });
    const wave = sharedWave(server.redis, { run, bound: campaign.wave });
    return options.jobFor(campaign, { pacer, wave });
  })();
  jobs.set(run, made);
  return made;
}

/** Undefined when it was told to stop. */
async function resultOf(
  job: Job,
  { target }: JobData,
  tools: { readonly signal: AbortSignal; readonly onStep: (step: JobStep) => void },
): Promise<JobResult | undefined> {
  const began = performance.now();
  try {
    // The key is the queue's: whoever follows knows the repository by it.
    return { ...(await job(target, tools)), key: target.key };
  } catch (error) {
    if (tools.signal.aborted) return undefined;
    return ownError(target, error, Math.round(performance.now() - began));
  }
}

async function deliverResult(
  result: JobResult,
  taken: TakenJob,
  { data, bench }: { readonly data: JobData; readonly bench: Workplace },
): Promise<boolean> {
  const { redis } = bench.server;
  const tell = (word: WorkerWord) => say(redis, data.run, JSON.stringify(word));
  if (result.again && !taken.last) {
    const wait = await taken.tryAgain(result.reason);
    const again = { kind: 'again', result, attempt: taken.attempt, wait } as const;
    bench.options.onEvent(again);
    await tell(again);
    return false;
  }
  // First the result, then the job's end: whoever sees that all jobs are over finds all results.
  await tell({ kind: 'end', result, target: data.target });
  await taken.complete(result);
  bench.options.onEvent({ kind: 'end', result });
  return true;
}
