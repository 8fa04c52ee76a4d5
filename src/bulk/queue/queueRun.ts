// A campaign's run over several machines: fills the queue, or goes on filling it, and follows until the workers have done everything.

import { type JobQueues, openQueues, type Tries } from '../../io/redis/jobs.ts';
import {
  type Following,
  followRecord,
  forgetRun,
  newRun,
  type RunRecord,
  readRun,
  recordPlace,
  writeRun,
} from '../../io/redis/record.ts';
import { closeAfterAbort, openServer, type QueueServer } from '../../io/redis/server.ts';
import { seedWave } from '../../io/redis/turns.ts';
import { bytesOf, textOf } from '../../text/latin1.ts';
import { refusalOf, refuse } from '../../text/userError.ts';
import type { Campaign, Target } from '../bulkModel.ts';
import type { CampaignEvent, CampaignSummary, Stopped } from '../campaignEvents.ts';
import { systemClock } from '../clock.ts';
import type { CampaignJournal } from '../journal/campaignJournal.ts';
import { type ForgeFor, lookBack } from '../pullRequest/pullRequestStands.ts';
import { type Heard, prepareFilling } from './queueFill.ts';
import { prepareFollowing } from './queueFollow.ts';

export interface QueueRunOptions {
  /** `redis://[user:password@]host:port/database`, or `rediss://`. */
  readonly url: string;
  readonly campaign: Campaign;
  /** What else makes two runs different: as given to the journal. */
  readonly settings?: string;
  readonly targets: AsyncIterable<Target>;
  /** Opened for `apply` or `retry`; ended here when everything is done, closed by whoever opened it. */
  readonly journal: CampaignJournal;
  /** On abort following ends; the workers go on. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: CampaignEvent) => void;
  /** The connection to the queue was lost (it is waited for), or is back. */
  readonly onConnection?: (state: 'lost' | 'back') => void;
  /** Asked before a wave how the pull requests of earlier ones stand. */
  readonly forgeFor?: ForgeFor;
  readonly tries?: Tries;
}

/** After an abort: for what is half recorded, while the server may be away. */
const GRACE_MILLISECONDS = 3000;

/**
 * Runs the campaign through the queue. Broken off at any moment and called again it goes on: nothing is added twice, no result is
 * missed. Rejects with a refusal where the server is not fit or another machine follows this campaign.
 */
export async function runQueueCampaign(options: QueueRunOptions): Promise<CampaignSummary> {
  const { campaign, journal, onEvent } = options;
  const began = systemClock.now();
  const before = journal.tally.size();
  const heard: Heard = { seen: new Set(), left: new Set(), ended: new Set(), twice: 0, filled: false };
  const summary = (stopped: Stopped | undefined): CampaignSummary => {
    const left = { count: heard.left.size, more: !heard.filled };
    if (stopped) onEvent({ kind: 'stopping', why: stopped.why });
    return journal.tally.summary({
      ...{ campaign: campaign.name, mode: 'apply', run: journal.run, before, twice: heard.twice },
      milliseconds: systemClock.now() - began,
      ...((left.count > 0 || left.more) && { left }),
      ...(stopped && { stopped }),
    });
  };
  let cameBack = false;
  const isBack = () => {
    const was = cameBack;
    cameBack = false;
    return was;
  };
  const server = await openServer(options.url, (state) => {
    if (state === 'back') cameBack = true;
    options.onConnection?.(state);
  });
  try {
    const place = recordPlace(journal.folder);
    const following = await followOrRefuse(server, campaign.name, place);
    if (journal.repaired > 0) onEvent({ kind: 'repaired', bytes: journal.repaired });
    if (journal.resumed) onEvent({ kind: 'resume', run: journal.run, done: before, began: journal.began });
    const against = await lookAtWaves(options);
    if (against) {
      await following.leave();
      return summary(against);
    }
    const record = await takeRun(server, place, options);
    return summary(await runThrough({ ...options, server, following, record, heard, isBack }));
  } finally {
    server.close();
  }
}

async function lookAtWaves({ campaign, journal, forgeFor, signal, onEvent }: QueueRunOptions) {
  if (campaign.wave === undefined || !forgeFor) return undefined;
  const onLooked = (done: number, total: number): void => onEvent({ kind: 'looked', done, total });
  try {
    return await lookBack(journal.standing(), { forgeFor, signal, onLooked });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function followOrRefuse({ redis, shown }: QueueServer, campaign: string, place: string): Promise<Following> {
  const following = await followRecord(redis, { campaign, place });
  if (!('heldBy' in following)) return following;
  return refuse({
    what: `${following.heldBy} fills and follows the campaign ${campaign} already, for another journal`,
    where: shown,
    next: 'look there; if nothing runs there any more, run this again in half a minute',
  });
}

/** The run that stands there where it is this one broken off, else a new one in its place. */
async function takeRun(server: QueueServer, place: string, options: QueueRunOptions): Promise<RunRecord> {
  const { campaign, settings = '', journal } = options;
  const { name } = campaign;
  const round = String(journal.run);
  const text = JSON.stringify(campaign);
  const standing = await readRun(server.redis, name);
  const same =
    standing !== undefined &&
    standing.state !== 'over' &&
    standing.campaign === text &&
    standing.settings === settings &&
    // From another journal it is taken over, whatever its number there.
    (standing.place !== place || standing.round === round);
  if (standing && !same) await clear(server, name, { run: standing.run });
  const run = same ? standing.run : newRun();
  const record: RunRecord = { run, campaign: text, settings, place, round, state: 'filling' };
  if (campaign.wave !== undefined) await seedWave(server.redis, run, [...journal.admitted]);
  await writeRun(server.redis, name, record);
  return record;
}

async function clear(
  server: QueueServer,
  name: string,
  { run, queues }: { run: string; queues?: JobQueues },
): Promise<void> {
  const all = queues ?? (await openQueues(server, name));
  await all.remove();
  await forgetRun(server.redis, name, run);
}

interface Under extends QueueRunOptions {
  readonly server: QueueServer;
  readonly following: Following;
  readonly record: RunRecord;
  readonly heard: Heard;
  /** Whether the connection has been lost and is back since this was last asked. */
  readonly isBack: () => boolean;
}

/** Undefined when everything is done. */
async function runThrough(under: Under): Promise<Stopped | undefined> {
  const { server, campaign, journal, record, following, heard, onEvent, targets } = under;
  const { run } = record;
  const { redis } = server;
  const stop = new AbortController();
  const signal = AbortSignal.any([under.signal, stop.signal]);
  const queues = await openQueues(server, campaign.name, under.tries);
  const mark = (state: RunRecord['state']) => writeRun(redis, campaign.name, { ...record, state });

  const follower = prepareFollowing(
    { ...{ server, queues, following, journal, campaign, run, signal, onEvent }, mend },
    heard,
  );
  const filling = prepareFilling(
    {
      ...{ queues, campaign: campaign.name, run, targets, signal, onEvent },
      isDone: journal.isDone,
      onUnfit: follower.record,
      now: systemClock.now,
    },
    heard,
  );

  async function mend(): Promise<void> {
    if (!under.isBack()) return;
    await mark(heard.filled ? 'filled' : 'filling');
    await filling.again();
  }

  let stopped: Stopped | undefined;
  const halt = (why: Stopped) => {
    stopped ??= why;
    stop.abort();
  };
  const fill = async () => {
    try {
      await filling.fill();
      if (signal.aborted) return;
      await mark('filled');
      heard.filled = true;
    } catch (error) {
      if (!signal.aborted) halt(stoppedQueue('source', error));
    }
  };
  const followUp = async (): Promise<boolean> => {
    try {
      return await follower.untilDone();
    } catch (error) {
      if (!signal.aborted) halt(stoppedQueue('journal', error));
      return false;
    }
  };

  const cut = closeAfterAbort(server, { signal, grace: GRACE_MILLISECONDS });
  const [, done] = await Promise.all([fill(), followUp().finally(() => !heard.filled && stop.abort())]);
  const complete = done && heard.left.size === 0;
  if (complete) {
    try {
      // In this order: killed in between, the next call sees that this run is over and needs no look at its jobs.
      await mark('over');
      await journal.end(systemClock.now());
      await clear(server, campaign.name, { run, queues });
    } catch (error) {
      stopped ??= stoppedQueue('journal', error);
    }
  }
  await following.leave().catch(() => undefined);
  cut.cancel();
  if (stopped || complete) return stopped;
  if (under.signal.aborted) return LEFT_ALONE;
  return done ? forgotten() : takenOver();
}

const LEFT_ALONE: Stopped = {
  why: 'aborted',
  words: 'following was stopped; the workers go on with what is in the queue',
  next: 'run the same command again: it misses nothing',
};

function takenOver(): Stopped {
  return lostQueue(
    'another process follows this campaign now: this one was away for too long',
    'look there, or run the same command again when it has ended',
  );
}

function forgotten(): Stopped {
  return lostQueue(
    'the queue has lost jobs: somebody has emptied it, or the disk of its server was replaced',
    'run the same command again: it adds what is missing',
  );
}

/** The journal gets no more results, so it is its kind of stop. */
function lostQueue(what: string, next: string): Stopped {
  try {
    return refuse({ what: bytesOf(what), next: bytesOf(next) });
  } catch (error) {
    return { why: 'journal', words: what, next, error };
  }
}

/** Errors of the queue's server come out as such, wherever they came up; they are not passed on whole: they carry what was sent. */
function stoppedQueue(why: 'journal' | 'source', error: unknown): Stopped {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && (error.name === 'ReplyError' || message === 'Connection is closed.')) {
    const words = `the queue server does not go on: ${message.slice(0, 200)}`;
    return lostQueue(words, 'mend it, then run the same command again: it misses nothing');
  }
  const refusal = refusalOf(error);
  const where = refusal?.where === undefined ? '' : ` (${refusal.where})`;
  const words = textOf(`${refusal?.what ?? bytesOf(message)}${where}`).text;
  const next = refusal?.next ?? 'run the same command again: it misses nothing, and the workers go on meanwhile';
  return { why, words, next: textOf(next).text, error };
}
