// One run of a campaign on one machine: the pool, the journal, what is said meanwhile, and what it came to.

import { keepMemorySmall } from '../io/memory.ts';
import { bytesOf, textOf } from '../text/latin1.ts';
import { refusalOf } from '../text/userError.ts';
import type { Campaign, Job, JobResult, Target } from './bulkModel.ts';
import type { CampaignEvent, CampaignSummary, Stopped } from './campaignEvents.ts';
import { createTally } from './campaignTally.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CampaignJournal } from './journal/campaignJournal.ts';
import { runPool } from './pool.ts';
import { type ForgeFor, lookBack } from './pullRequest/pullRequestStands.ts';

export interface CampaignOptions {
  readonly campaign: Campaign;
  /** Read as slots become free; one key may come several times. */
  readonly targets: AsyncIterable<Target>;
  readonly job: Job;
  /** Absent for a plan. Whoever opened it closes it, after the run. */
  readonly journal?: CampaignJournal;
  /** Jobs at a time. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CampaignEvent) => void;
  /** Asked before a wave how the pull requests of earlier ones stand. */
  readonly forgeFor?: ForgeFor;
  readonly clock?: Clock;
}

/** So many results may be on their way to the disk before the slots wait for it. */
const MOST_UNWRITTEN = 256;
/** From so many repositories on, memory counts more than speed. */
const MANY = 5000;
/** After a stop the rest of the sources is counted for so long, to say what is left. */
const COUNTING = 300;

/**
 * Does every repository once that this run has not done yet. Never rejects because of a repository, a source, the disk or an abort:
 * `stopped` says so, and the summary is whole all the same.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignSummary> {
  const { campaign, journal, concurrency, signal, onEvent, clock = systemClock } = options;
  const began = clock.now();
  const tally = journal?.tally ?? createTally();
  const before = tally.size();
  if (journal && journal.repaired > 0) onEvent({ kind: 'repaired', bytes: journal.repaired });
  if (journal?.resumed) onEvent({ kind: 'resume', run: journal.run, done: before, began: journal.began });

  const source = createSource(options);
  const summary = (stopped: Stopped | undefined): CampaignSummary => {
    const left = { count: source.given() - finished, more: !source.isRead() };
    return tally.summary({
      ...{ campaign: campaign.name, mode: journal ? 'apply' : 'plan', before, twice: source.twice() },
      milliseconds: clock.now() - began,
      ...(journal && { run: journal.run }),
      ...((left.count > 0 || left.more) && { left }),
      ...(stopped && { stopped }),
    });
  };
  let finished = 0;

  const against = await gate(options);
  if (against) {
    onEvent({ kind: 'stopping', why: against.why });
    return summary(against);
  }

  const broken = new AbortController();
  const unwritten = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;

  async function record(found: JobResult, target: Target): Promise<void> {
    const result = journal?.resumed ? withLostEffects(found, journal) : found;
    try {
      if (journal) await journal.recordResult(result, target);
      else tally.add(result);
      finished++;
      onEvent({ kind: 'end', result });
    } catch (error) {
      if (!failure) onEvent({ kind: 'stopping', why: 'journal' });
      failure ??= { error };
      broken.abort(error);
    }
  }

  const onAbort = (): void => onEvent({ kind: 'stopping', why: 'aborted' });
  signal.addEventListener('abort', onAbort, { once: true });
  const pool = await runPool(source.targets, options.job, {
    concurrency,
    signal: AbortSignal.any([signal, broken.signal]),
    clock,
    onStart: ({ key, name }) => onEvent({ kind: 'start', key, name }),
    onStep: ({ key }, step) => onEvent({ kind: 'step', key, step }),
    onAgain: (result, attempt, wait) => onEvent({ kind: 'again', result, attempt, wait }),
    async onEnd(result, target) {
      const one: Promise<void> = record(result, target).finally(() => unwritten.delete(one));
      unwritten.add(one);
      if (unwritten.size >= MOST_UNWRITTEN) await Promise.race(unwritten);
    },
  });
  await Promise.all(unwritten);
  signal.removeEventListener('abort', onAbort);

  if (pool.problem && !failure) onEvent({ kind: 'stopping', why: 'source' });
  if (source.isRead() && finished === source.given()) {
    try {
      await journal?.end(clock.now());
      return summary(undefined);
    } catch (error) {
      return summary(stoppedBy('journal', error));
    }
  }
  if (!pool.problem) await source.count(clock);
  if (failure) return summary(stoppedBy('journal', failure.error));
  if (pool.problem) return summary(stoppedBy('source', pool.problem.error));
  const next = `run the same command again${journal ? ': it goes on where it stood' : ''}`;
  return summary({ why: 'aborted', words: 'broken off before everything was done', next });
}

/**
 * A kill may come between an effect and its line. What then stands exactly as it should, and was never written down, was made by this run
 * before it was broken off.
 */
function withLostEffects(result: JobResult, journal: CampaignJournal): JobResult {
  const { key, ended, commit, pullRequest } = result;
  const known = journal.commitOf(key);
  if (ended !== 'unchanged' || commit === undefined || known === commit) return result;
  const reason = known === undefined ? MADE[pullRequest ? 'request' : 'branch'] : MADE.again;
  const action = known === undefined ? 'opened' : 'updated';
  return {
    ...result,
    ended: 'changed',
    reason,
    pushed: true,
    ...(pullRequest && { pullRequest: { ...pullRequest, action } }),
  };
}

const MADE = {
  branch: 'has a new branch',
  request: 'has a new pull request',
  again: 'has its branch brought up to date',
} as const;

function stoppedBy(why: 'journal' | 'source', error: unknown): Stopped {
  const refusal = refusalOf(error);
  const what = refusal?.what ?? bytesOf(error instanceof Error ? error.message : String(error));
  const where = refusal?.where === undefined ? '' : ` (${refusal.where})`;
  const next = refusal?.next ?? 'run the same command again: it goes on where it stood';
  return { why, words: textOf(`${what}${where}`).text, next: textOf(next).text, error };
}

async function gate({ campaign, journal, forgeFor, signal, onEvent, clock }: CampaignOptions) {
  if (campaign.wave === undefined || !journal || !forgeFor) return undefined;
  const onLooked = (done: number, total: number): void => onEvent({ kind: 'looked', done, total });
  try {
    return await lookBack(journal.standing(), { forgeFor, signal, onLooked, ...(clock && { clock }) });
  } catch (error) {
    // The pool will see the abort too, and begin nothing.
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** The targets, each key once and without those done already, counted as they are given out. */
function createSource({ targets, journal, onEvent }: CampaignOptions) {
  const iterator = targets[Symbol.asyncIterator]();
  const seen = new Set<string>();
  let [given, twice] = [0, 0];
  let read = false;

  async function next(): Promise<IteratorResult<Target, undefined>> {
    while (!read) {
      const { done, value } = await iterator.next();
      if (done) {
        if (!read) onEvent({ kind: 'listed', count: seen.size });
        read = true;
      } else if (seen.has(value.key)) {
        twice++;
        onEvent({ kind: 'twice', key: value.key, name: value.name });
      } else {
        seen.add(value.key);
        if (seen.size === MANY) keepMemorySmall();
        if (journal?.isDone(value.key)) continue;
        given++;
        return { done: false, value };
      }
    }
    return { done: true, value: undefined };
  }

  /** Reads on for a moment only to count; what goes wrong on the way leaves the count as it is. */
  async function count(clock: Clock): Promise<void> {
    const timer = new AbortController();
    const end = clock.now() + COUNTING;
    const over = clock.sleep(COUNTING, timer.signal).catch(() => undefined);
    const reading = (async () => {
      // A source that never waits would keep the timer from its turn.
      while (!read && clock.now() < end) await next();
    })().catch(() => undefined);
    await Promise.race([reading, over]);
    timer.abort();
    if (!read) void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }

  return {
    targets: { [Symbol.asyncIterator]: () => ({ next }) },
    given: () => given,
    twice: () => twice,
    isRead: () => read,
    count,
  };
}
