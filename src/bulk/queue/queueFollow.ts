// Follows a run in a queue: what workers say becomes events and lines of the journal, until every repository has ended.

import { hear } from '../../io/redis/heartbeat.ts';
import { type JobQueues, jobId } from '../../io/redis/jobs.ts';
import { dropSaid, type Following, readSaid } from '../../io/redis/record.ts';
import type { QueueServer } from '../../io/redis/server.ts';
import type { Campaign, JobResult, JobStep, Target } from '../bulkModel.ts';
import type { CampaignEvent } from '../campaignEvents.ts';
import { systemClock } from '../clock.ts';
import type { CampaignJournal } from '../journal/campaignJournal.ts';
import { doingFrom, jobDataFrom, resultFrom, wordFrom } from './queueData.ts';
import type { Heard } from './queueFill.ts';

export interface FollowOptions {
  readonly server: QueueServer;
  readonly queues: JobQueues;
  readonly following: Following;
  readonly journal: CampaignJournal;
  readonly campaign: Campaign;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CampaignEvent) => void;
  /** Done before each look while the connection has been lost and is back. */
  readonly mend: () => Promise<void>;
}

export interface QueueFollower {
  /** Resolves when the journal has a result of every job, and false when `signal` aborts or another follower has taken over. */
  readonly untilDone: () => Promise<boolean>;
  /** Puts a result into the journal, once. */
  readonly record: (result: JobResult, target: Target) => Promise<void>;
}

const PAGE = 500;
const LOOK_MILLISECONDS = 300;
/** Between two looks at what workers do, at how many jobs there are, and between two words that we are still here. */
const SELDOM_MILLISECONDS = 2000;

/** Prepares following; `heard` grows as results come. */
export function prepareFollowing(options: FollowOptions, heard: Heard): QueueFollower {
  const { server, queues, following, journal, campaign, run, signal, onEvent } = options;
  const { redis } = server;
  const working = new Map<string, { readonly worker: string; readonly step?: JobStep }>();

  async function record(result: JobResult, target: Target): Promise<void> {
    const { key, name } = result;
    const id = jobId(run, key);
    heard.ended.add(id);
    // Before the result: a run that goes on elsewhere must not let more in than its wave has.
    if (campaign.wave !== undefined && result.pullRequest?.action === 'opened' && !journal.admitted.has(key)) {
      await journal.recordAdmission(key);
    }
    const isNew = await journal.recordResult(result, target);
    heard.left.delete(id);
    if (!isNew) return;
    if (!working.delete(key)) onEvent({ kind: 'start', key, name });
    onEvent({ kind: 'end', result });
  }

  async function hearWord(text: string): Promise<void> {
    const word = wordFrom(text);
    if (word?.kind === 'end') await record(word.result, word.target);
    if (word?.kind === 'again' && !heard.ended.has(jobId(run, word.result.key))) {
      working.delete(word.result.key);
      onEvent(word);
    }
  }

  /** Everything that workers have said since; their words are dropped only when the disk has them. */
  async function takeWords(): Promise<void> {
    for (;;) {
      const said = await readSaid(redis, run, PAGE);
      await Promise.all(said.map(({ text }) => hearWord(text)));
      await dropSaid(
        redis,
        run,
        said.map(({ id }) => id),
      );
      if (said.length < PAGE) return;
    }
  }

  async function seeWorkers(): Promise<void> {
    for (const text of await hear(redis)) {
      const doing = doingFrom(text);
      for (const { run: other, key, name, step } of doing?.at ?? []) {
        if (!doing || other !== run || heard.ended.has(jobId(run, key))) continue;
        const before = working.get(key);
        working.set(key, { worker: doing.worker, ...(step && { step }) });
        if (before?.worker !== doing.worker) onEvent({ kind: 'start', key, name, worker: doing.worker });
        if (step && step !== before?.step) onEvent({ kind: 'step', key, step });
      }
    }
  }

  /** For what nobody says: jobs that broke, and results whose words an earlier follower has taken to another journal. */
  async function takeEnded(): Promise<void> {
    for await (const { id, data, value, failed } of queues.ended()) {
      if (heard.ended.has(id)) continue;
      const job = jobDataFrom(data);
      if (!job || job.run !== run) continue;
      const result = resultFrom(value) ?? broken(job.target, failed);
      await record(result, job.target);
    }
  }

  return {
    record,
    async untilDone() {
      let seldom = Number.NEGATIVE_INFINITY;
      while (!signal.aborted) {
        await options.mend();
        const { filled } = heard;
        await takeWords();
        if (filled && heard.left.size === 0) return true;
        if (performance.now() - seldom >= SELDOM_MILLISECONDS) {
          seldom = performance.now();
          if (!(await following.hold())) return false;
          await seeWorkers();
          if (filled && (await queues.counts()).open === 0) {
            await takeWords();
            await takeEnded();
            return true;
          }
        }
        await systemClock.sleep(LOOK_MILLISECONDS, signal).catch(() => undefined);
      }
      return false;
    },
  };
}

function broken({ key, name }: Target, failed: string | undefined): JobResult {
  return {
    key,
    name,
    ended: 'failed',
    reason: 'its job broke: workers died with it again and again, or could not read it',
    ...(failed && { detail: failed }),
    milliseconds: 0,
  };
}
