// The shared types of bulk runs: what is to be done, with what, and how each repository ended.
//
// Text here is UTF-8 text as people write it (addresses, names, reasons), not latin1, but for what comes from a repository's
// files (`FixResult`, diffs, paths). Times are milliseconds since the epoch, lengths of time milliseconds.

import type { Project, PullRequestRef } from '../io/forge/forge.ts';
import type { FixResult, Settings } from '../model.ts';

/** One repository of a campaign. Plain data: it travels through a queue. */
export interface Target {
  /** Identity over all runs of a campaign: the address without user, `.git` and a slash at the end, or the absolute folder. */
  readonly key: string;
  /** As a person reads it: `owner/name`, or as the source named it. */
  readonly name: string;
  /** A folder on this machine, absolute; its objects are used in place. Else `url`. */
  readonly folder?: string;
  /** https, ssh or file address without credentials. */
  readonly url?: string;
  /** Absent where there is no forge: then there is no pull request. */
  readonly project?: Project;
  /** Why it is not looked at (archived, empty, a fork); said by the source. */
  readonly skip?: string;
  /** With `skip`: the source names no repository there (a wrong line of a list); it ends as 'failed', not 'skipped'. */
  readonly wrong?: true;
}

/** Name and address that the campaign's commits are made under. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** What one campaign asks for; the same on every machine that works for it. Plain data: it travels through a queue. */
export interface Campaign {
  /** Names the branch's owner, the journal and the queue: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  readonly branch: string;
  readonly author: Author;
  /** Ids of the transforms that may run, in their order. */
  readonly ids: readonly string[];
  /** Asked for; see `takesUnsafe`. */
  readonly unsafe: boolean;
  readonly squash: boolean;
  readonly signOff: boolean;
  /** Sign commits with the key that the git of whoever runs names (`gpg.format`, `user.signingKey`). */
  readonly sign: boolean;
  readonly push: boolean;
  readonly pullRequests: boolean;
  readonly requireProof: boolean;
  /** Open again what a person has closed or merged. */
  readonly recreate: boolean;
  readonly fork: boolean;
  readonly draft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
  readonly assignees: readonly string[];
  /** Markdown with `{{title}}`, `{{changes}}`, `{{proof}}`, `{{repository}}`; absent: `{{changes}}{{proof}}`. */
  readonly template?: string;
  /** Pull requests opened or changed an hour on one host. */
  readonly rate: number;
  /** At most as many new pull requests in this run. */
  readonly wave?: number;
}

/** Whether unsafe fixes may go into its branches: each has to be proven there. */
export const takesUnsafe = ({ unsafe, requireProof }: Pick<Campaign, 'unsafe' | 'requireProof'>): boolean =>
  unsafe && requireProof;

/** How one repository ended. */
export type Ended =
  /** Has a new or changed branch (and pull request), or would have (plan). */
  | 'changed'
  /** Nothing to fix, or the branch and pull request say exactly this already. */
  | 'unchanged'
  /** Left on purpose: archived, declined, a person's commits, not proven. */
  | 'skipped'
  /** Its turn comes in the next wave. */
  | 'waiting'
  | 'failed';

/** One line of the journal and of the report. Plain data, small: it travels through a queue. */
export interface JobResult {
  readonly key: string;
  readonly name: string;
  readonly ended: Ended;
  /** One sentence, the same for all repositories that ended so: the summary groups by it. */
  readonly reason: string;
  /** What is special here: the forge's words, a path, a number. No credentials. */
  readonly detail?: string;
  /** With 'failed': a second try may help (network, 5xx); absent: it will not. */
  readonly again?: true;
  /** Commit that the fixes start from, and the commit that the branch has (or would get). */
  readonly base?: string;
  readonly commit?: string;
  readonly tree?: string;
  readonly pushed?: true;
  readonly pullRequest?: PullRequestRef & { readonly action: 'opened' | 'updated' | 'kept' | 'closed' };
  /** Number of fixes by transform id. */
  readonly fixes?: Readonly<Record<string, number>>;
  /** Findings left for a person. */
  readonly findings?: number;
  readonly files?: number;
  readonly proof?: 'better' | 'same' | 'worse' | 'cannot tell';
  readonly milliseconds: number;
}

/** What the in-memory fixing of one repository came to. */
export interface Analysis {
  readonly result: FixResult;
  /** What it was made with. */
  readonly settings: Settings;
  /** Latin1 unified diff; '' where nothing changes. */
  readonly diff: string;
}

/** What a job says while it is at work, for the live display. */
export type JobStep = 'clone' | 'fix' | 'prove' | 'push' | 'wait' | 'pull request';

/** Paces what is written to a host, over all workers of a campaign. */
export interface Pacer {
  /** Resolves when one write that makes content (a pull request, a label) may be sent to this host. Rejects when `signal` aborts. */
  turn(host: string, signal: AbortSignal): Promise<void>;
  /** The host asked to be left alone: no request of any worker goes there before that. */
  backOff(host: string, milliseconds: number): Promise<void>;
  /** Resolves when the host may be asked anything at all (a back-off is over). */
  ready(host: string, signal: AbortSignal): Promise<void>;
}

/** Lets only so many repositories of a run have a new pull request; asking twice for one key counts once. */
export interface Wave {
  /** Whether there is a place for this key; takes none. */
  isOpen(key: string): Promise<boolean>;
  /** Takes a place, for good. */
  admit(key: string): Promise<boolean>;
}

/** One repository's work; the same code in the pool and in a queue's worker. Does not throw but when `signal` aborts. */
export type Job = (
  target: Target,
  tools: { readonly signal: AbortSignal; readonly onStep: (step: JobStep) => void },
) => Promise<JobResult>;

export const BULK_ACTIONS = ['plan', 'apply', 'status', 'retry', 'close'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];
export const BULK_FORMATS = ['text', 'diff', 'json', 'ndjson', 'markdown'] as const;
export type BulkFormat = (typeof BULK_FORMATS)[number];
