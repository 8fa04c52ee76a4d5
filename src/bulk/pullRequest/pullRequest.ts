// The upsert rule: one pull request for a branch, however often and by however many workers it is asked for, and a person's word counts.

import { type Forge, ForgeProblem, type Project, type PullRequest, type PullRequestRef } from '../../io/forge/forge.ts';
import type { Campaign } from '../bulkModel.ts';
import { draftOf, type Marker, markerFor, markerOf, textHash, titleHash, withMarker } from './pullRequestMarker.ts';

/** More names than this are not tried; somebody declines this campaign for good. */
const MOST_BRANCHES = 20;
const MOST_TRIES = 3;

const DECLINED = 'a person closed the pull request';
const MERGED = 'the pull request was merged, and there are findings again';
const ENOUGH = 'a person closed the pull request again and again';

export interface PullRequestPlace {
  readonly forge: Forge;
  readonly project: Project;
  /** `owner/name` of the project that has the branch: the project itself, or a fork of it. */
  readonly from: string;
  readonly branch: string;
}

/** `branch` is the one to push to and to ask with; it has a suffix where an earlier one was declined and is asked for again. */
export type StandingPullRequest =
  | { readonly go: true; readonly branch: string; readonly existing?: PullRequest }
  | { readonly go: false; readonly reason: string; readonly existing?: PullRequest };

/**
 * Whether this branch may be pushed and asked for: an open pull request is gone on with; one that a person has closed or merged is the
 * answer (`recreate`: asked again under the next free name, `-2`, `-3`); one that we closed ourselves is none.
 * Throws `ForgeProblem`.
 */
export async function standingPullRequest(
  { forge, project, from, branch, recreate }: PullRequestPlace & { readonly recreate: boolean },
  signal: AbortSignal,
): Promise<StandingPullRequest> {
  let answer: { readonly reason: string; readonly existing: PullRequest } | undefined;
  for (let number = 1; number <= MOST_BRANCHES; number++) {
    const name = number === 1 ? branch : `${branch}-${number}`;
    const found = await forge.find(project.path, { from, branch: name }, signal);
    const open = found.find(({ state }) => state === 'open');
    if (open) return { go: true, branch: name, existing: open };
    const [last] = found.filter(({ body }) => markerOf(body)?.unneeded !== true);
    if (!last) return answer === undefined || recreate ? { go: true, branch: name } : { go: false, ...answer };
    answer = { reason: last.state === 'merged' ? MERGED : DECLINED, existing: last };
  }
  return { go: false, reason: ENOUGH, ...(answer && { existing: answer.existing }) };
}

export interface Published extends PullRequestRef {
  readonly action: 'opened' | 'updated' | 'kept';
  /** Why a label, a reviewer or an assignee is missing: the forge's words. The pull request stands all the same. */
  readonly undecorated?: string;
}

/**
 * Opens the pull request, or brings the one that is open up to date; doing it twice, or two at once, does it once. Title and body are
 * left alone once a person has edited them. `text.body` ends in our marker (`pullRequestText`). Throws `ForgeProblem`.
 */
export async function publish(
  {
    forge,
    project,
    campaign,
    from,
    branch,
    baseBranch,
    text,
    turn,
    existing,
  }: PullRequestPlace & {
    readonly campaign: Pick<Campaign, 'name' | 'draft' | 'labels' | 'reviewers' | 'assignees'>;
    readonly baseBranch: string;
    readonly text: { readonly title: string; readonly body: string };
    /** Waited for before anything is written. */
    readonly turn?: () => Promise<void>;
    readonly existing?: PullRequest | undefined;
  },
  signal: AbortSignal,
): Promise<Published> {
  const { path } = project;
  let standing = existing;
  let opened = false;
  if (!standing) {
    try {
      const wanted = { branch, from, base: baseBranch, ...text, draft: campaign.draft };
      await turn?.();
      standing = await forge.open(path, wanted, signal);
      opened = true;
    } catch (error) {
      // Somebody else was quicker; or it was made, and the answer to us was lost.
      if (!(error instanceof ForgeProblem) || (error.kind !== 'exists' && error.kind !== 'again')) throw error;
      standing = await openOf({ forge, project, from, branch }, signal, error);
      opened = error.kind === 'again' && markerOf(standing.body)?.campaign === campaign.name;
    }
  }
  const change = differenceOf(standing, text, campaign.name);
  if (change) {
    await turn?.();
    await forge.update(path, standing.number, change, signal);
  }
  const undecorated = await decorateNew({ forge, path, number: standing.number, campaign }, signal);
  const action = opened ? 'opened' : change ? 'updated' : 'kept';
  const { number, url } = standing;
  return { number, url, action, ...(undecorated === undefined ? {} : { undecorated }) };
}

/**
 * Closes the open pull request of this branch, or of a suffixed one, if it is this campaign's, and says in its marker that no person
 * declined it. Undefined where there is none; 'foreign' where a person has pushed to it. Throws `ForgeProblem`.
 */
export async function closeUnneeded(
  {
    forge,
    project,
    from,
    branch,
    campaign,
    isOurs,
    turn,
  }: PullRequestPlace & {
    readonly campaign: Pick<Campaign, 'name'>;
    /** Whether all commits of this branch are the campaign's. */
    readonly isOurs: (branch: string) => Promise<boolean>;
    readonly turn?: () => Promise<void>;
  },
  signal: AbortSignal,
): Promise<PullRequestRef | 'foreign' | undefined> {
  const standing = await standingPullRequest({ forge, project, from, branch, recreate: false }, signal);
  const existing = standing.go ? standing.existing : undefined;
  const marker = existing && markerOf(existing.body);
  if (!existing || marker?.campaign !== campaign.name || !standing.go) return undefined;
  if (!(await isOurs(standing.branch))) return 'foreign';
  const body = withMarker(existing.body, { ...marker, unneeded: true });
  await turn?.();
  await forge.update(project.path, existing.number, { body, state: 'closed' }, signal);
  return { number: existing.number, url: existing.url };
}

async function openOf({ forge, project, from, branch }: PullRequestPlace, signal: AbortSignal, lost: ForgeProblem) {
  const found = await forge.find(project.path, { from, branch }, signal);
  const open = found.find(({ state }) => state === 'open');
  if (!open) throw lost;
  return open;
}

/** What has to be changed in a pull request so that it says `text`; undefined where nothing has, or where it is a person's by now. */
function differenceOf(
  existing: PullRequest,
  text: { readonly title: string; readonly body: string },
  campaign: string,
): { readonly title?: string; readonly body: string } | undefined {
  const written = markerOf(existing.body);
  if (written?.campaign !== campaign || written.text !== textHash(existing.body)) return undefined;
  const titleIsOurs = written.title === titleHash(existing.title);
  const wanted: Marker = {
    ...markerFor(campaign, text),
    ...(titleIsOurs ? {} : { title: written.title }),
  };
  if (wanted.title === written.title && wanted.text === written.text && !written.unneeded) return undefined;
  const title = `${draftOf(existing.title)}${text.title}`;
  return { ...(titleIsOurs && title !== existing.title ? { title } : {}), body: withMarker(text.body, wanted) };
}

/**
 * Adds what is missing; undefined when all is there, else why not: the pull request stands, whatever comes of its labels. Tried again where
 * that may help; a forge that is not to be asked is waited for by its client.
 */
async function decorateNew(
  {
    forge,
    path,
    number,
    campaign: { labels, reviewers, assignees },
  }: {
    readonly forge: Forge;
    readonly path: string;
    readonly number: number;
    readonly campaign: Pick<Campaign, 'labels' | 'reviewers' | 'assignees'>;
  },
  signal: AbortSignal,
): Promise<string | undefined> {
  if (labels.length + reviewers.length + assignees.length === 0) return undefined;
  for (let tries = 1; ; tries++) {
    try {
      await forge.decorate(path, number, { labels, reviewers, assignees }, signal);
      return undefined;
    } catch (error) {
      if (!(error instanceof ForgeProblem) || signal.aborted) throw error;
      const mayHelp = error.kind === 'limited' || error.kind === 'again';
      if (!mayHelp || tries >= MOST_TRIES) return error.message;
    }
  }
}
