// What comes after a run: how the campaign stands, what to try again, and taking all of it back.

import { ForgeProblem } from '../io/forge/forge.ts';
import { bytesOf, textOf } from '../text/latin1.ts';
import { refusalOf, refuse } from '../text/userError.ts';
import type { Campaign, JobResult, Pacer, Target } from './bulkModel.ts';
import type { CampaignEvent, CampaignSummary, Stopped } from './campaignEvents.ts';
import { systemClock } from './clock.ts';
import { FOREIGN_ADDRESS } from './job/work.ts';
import { type CampaignJournal, readCampaignJournal, type StandingRepository } from './journal/campaignJournal.ts';
import { markerOf, withMarker } from './pullRequest/pullRequestMarker.ts';
import {
  type Asking,
  asked,
  type ForgeFor,
  forEachOf,
  type PullRequestState,
  pullRequestState,
} from './pullRequest/pullRequestStands.ts';

/** Pull requests that stand alike. */
export interface StandGroup {
  readonly count: number;
  /** The first few, at most 20. */
  readonly first: readonly { readonly name: string; readonly number: number; readonly url: string }[];
}

export interface CampaignStatus {
  /** As the last run had it. */
  readonly campaign: Campaign;
  readonly run: number;
  readonly began: number;
  /** Absent while the run goes on or where it was broken off. */
  readonly ended?: number;
  /** What the last run came to, as far as it went. */
  readonly summary: CampaignSummary;
  /** Of all runs. */
  readonly pullRequests: Readonly<Record<PullRequestState, StandGroup>>;
  /** Why the stand of some is unknown, in the words of the first. */
  readonly unasked?: string;
}

const FIRST = 20;

/**
 * How the campaign whose journal is in `folder` stands, from the journal and from its forges; takes no lock, changes nothing. Refuses
 * where there is no journal; rejects with the signal's reason when it aborts.
 */
export async function campaignStatus(
  options: Asking & { readonly folder: string; readonly onLooked?: (done: number, total: number) => void },
): Promise<CampaignStatus> {
  const reading = readCampaignJournal(options.folder);
  if (!reading) {
    return refuse({
      what: 'no run has left a journal here',
      where: bytesOf(options.folder),
      next: 'run bulk apply first, or name its folder with --journal',
    });
  }
  const requests = reading.standing.filter(({ pullRequest }) => pullRequest);
  const stands: PullRequestState[] = [];
  let unasked: string | undefined;
  let done = 0;
  const asking = { ...options, silent: new Set<string>() };
  await forEachOf([...requests.entries()], async ([at, one]) => {
    const { stand, words } = await pullRequestState(one, asking);
    stands[at] = stand;
    unasked ??= words;
    options.onLooked?.(++done, requests.length);
  });
  const groups = emptyGroups();
  for (const [at, { name, pullRequest }] of requests.entries()) {
    const group = groups[stands[at]!];
    group.count++;
    const { number, url } = pullRequest!;
    if (group.first.length < FIRST) group.first.push({ name, number, url });
  }
  const { campaign, run, began, ended, tally } = reading;
  const milliseconds = (ended ?? began) - began;
  return {
    ...{ campaign, run, began },
    ...(ended !== undefined && { ended }),
    summary: tally.summary({ campaign: campaign.name, mode: 'apply', run, before: 0, twice: 0, milliseconds }),
    pullRequests: groups,
    ...(unasked !== undefined && { unasked }),
  };
}

function emptyGroups(): Record<PullRequestState, { count: number; readonly first: StandGroup['first'][number][] }> {
  const empty = () => ({ count: 0, first: [] });
  return {
    ...{ open: empty(), red: empty(), merged: empty() },
    ...{ closed: empty(), withdrawn: empty(), unknown: empty() },
  };
}

/** The repositories that failed in the last run, for `runCampaign`; the journal is to be opened with the use `retry`. */
export async function* retryTargets(journal: CampaignJournal): AsyncIterable<Target> {
  yield* journal.failed();
}

/** Deletes the branch where its tip is `expectedTip`. Throws a refusal where the host does not let us. */
export type DeleteBranch = (
  target: Target,
  branch: string,
  expectedTip: string,
  signal: AbortSignal,
) => Promise<'deleted' | 'absent' | 'moved'>;

export interface CloseOptions {
  /** Opened with the use `close`; whoever opened it closes it. */
  readonly journal: CampaignJournal;
  readonly campaign: Campaign;
  readonly forgeFor: ForgeFor;
  readonly deleteBranch: DeleteBranch;
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CampaignEvent) => void;
}

/**
 * Takes the campaign back: closes each pull request of it that is open, and deletes its branch where nobody has pushed to it since.
 * Run again after it was broken off, it goes on. Each repository is a result in the summary.
 */
export async function closeCampaign(options: CloseOptions): Promise<CampaignSummary> {
  const { journal, signal, onEvent } = options;
  const began = systemClock.now();
  const standing = journal.standing().filter(({ pullRequest }) => pullRequest?.action !== 'closed');
  onEvent({ kind: 'listed', count: standing.length });
  let stopped: Stopped | undefined;
  await forEachOf(standing, async (one) => {
    if (signal.aborted || stopped) return;
    onEvent({ kind: 'start', key: one.key, name: one.name });
    const start = systemClock.now();
    const closing = await closeOne(one, options).catch((error: unknown) => notClosed(error));
    if (signal.aborted && closing.ended === 'failed') return;
    const { isGone, ...how } = closing;
    const result = { key: one.key, name: one.name, ...how, milliseconds: systemClock.now() - start };
    try {
      if (isGone) await journal.recordGone(one.key);
      await journal.recordResult(result, one.target ?? { key: one.key, name: one.name });
      onEvent({ kind: 'end', result });
    } catch (error) {
      stopped ??= {
        why: 'journal',
        words: problemText(error),
        next: 'make room, then run the same command again',
        error,
      };
    }
  });
  const left = standing.length - journal.tally.size();
  if (left === 0) await journal.end(systemClock.now());
  else stopped ??= { why: 'aborted', words: 'broken off', next: 'run the same command again: it goes on' };
  return journal.tally.summary({
    ...{ campaign: options.campaign.name, mode: 'apply', run: journal.run, before: 0, twice: 0 },
    milliseconds: systemClock.now() - began,
    ...(left > 0 && { left: { count: left, more: false } }),
    ...(stopped && { stopped }),
  });
}

/** How it ended, with no pull request to remember (`isGone`): then nothing of the campaign stands there any more. */
type Closing = Pick<JobResult, 'ended' | 'reason' | 'detail' | 'pullRequest' | 'again' | 'commit'> & {
  readonly isGone?: true;
};

async function closeOne(one: StandingRepository, options: CloseOptions): Promise<Closing> {
  const { target } = one;
  if (!target) return { ended: 'failed', reason: 'the journal does not say where it is' };
  if (!one.pullRequest || !target.project) {
    const branch = await deleteOurs(one, target, options.campaign.branch, options);
    if (branch === 'moved') return { ended: 'skipped', reason: 'somebody has pushed to the branch: it stays' };
    if (branch === 'unknown') return { ended: 'skipped', reason: 'the branch is not known to be ours: it stays' };
    return { ended: 'changed', reason: 'the branch is deleted', isGone: true };
  }
  return closeRequest(one, target, one.pullRequest, options);
}

async function closeRequest(
  one: StandingRepository,
  target: Target,
  known: NonNullable<StandingRepository['pullRequest']>,
  options: CloseOptions,
): Promise<Closing> {
  const { signal, pacer } = options;
  const project = target.project!;
  const forge = await options.forgeFor(project);
  if (!forge) return { ended: 'failed', reason: 'there is no forge to ask' };
  const request = await asked(() => forge.get(project.path, known.number, signal), options);
  const pullRequest = { number: known.number, url: request.url, action: 'closed' } as const;
  if (request.state === 'merged') return { ended: 'unchanged', reason: 'the pull request was merged already' };
  if (request.state === 'open') {
    await pacer.turn(project.host, signal);
    // Its marker says that no person has declined it, so that the campaign may ask again.
    const marker = markerOf(request.body);
    const isOurs = marker?.campaign === options.campaign.name;
    const body = isOurs ? { body: withMarker(request.body, { ...marker, unneeded: true }) } : {};
    await asked(() => forge.update(project.path, known.number, { ...body, state: 'closed' }, signal), options);
  }
  const was = request.state === 'open' ? 'the pull request is closed' : 'a person had closed the pull request';
  const owner = request.from === project.path ? target : await forkTarget(target, request.from, options);
  const branch =
    owner === 'foreign' || owner === undefined
      ? (owner ?? 'absent')
      : await deleteOurs(one, owner, request.branch, options);
  const words = {
    foreign: `its branch stays: ${FOREIGN_ADDRESS}`,
    deleted: 'its branch deleted',
    absent: 'its branch was gone',
    moved: 'its branch stays: somebody has pushed to it',
    unknown: 'its branch stays: it is not known to be ours',
  }[branch];
  return { ended: 'changed', reason: `${was}, ${words}`, pullRequest };
}

async function forkTarget(
  target: Target,
  path: string,
  options: CloseOptions,
): Promise<Target | 'foreign' | undefined> {
  const forge = await options.forgeFor(target.project!);
  const fork = await asked(async () => forge?.repository(path, options.signal), options);
  if (fork === undefined) return undefined;
  const { cloneUrl: url } = fork;
  return url === undefined ? 'foreign' : { key: url, name: path, url, project: fork.project };
}

async function deleteOurs(
  one: StandingRepository,
  target: Target,
  branch: string,
  { deleteBranch, signal }: CloseOptions,
) {
  return one.commit === undefined ? 'unknown' : deleteBranch(target, branch, one.commit, signal);
}

function notClosed(error: unknown): Closing {
  const again = error instanceof ForgeProblem && (error.kind === 'again' || error.kind === 'limited');
  return {
    ended: 'failed',
    reason: 'it could not be closed',
    detail: problemText(error),
    ...(again && { again }),
  };
}

function problemText(error: unknown): string {
  const refusal = refusalOf(error);
  if (refusal) return textOf(refusal.where === undefined ? refusal.what : `${refusal.what} (${refusal.where})`).text;
  return error instanceof Error ? error.message : String(error);
}
