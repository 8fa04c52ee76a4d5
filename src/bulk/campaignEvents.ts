// What a campaign says while it runs, and what it came to at the end; plain data, the same for the pool and for the queue.

import type { PullRequestRef } from '../io/forge/forge.ts';
import type { Ended, JobResult, JobStep } from './bulkModel.ts';

/** Said in this order for one repository: 'start', any number of 'step' and 'again' (then 'start' once more), 'end'. */
export type CampaignEvent =
  /** An earlier run of this campaign was broken off and goes on: so many repositories are done already. */
  | {
      readonly kind: 'resume';
      readonly run: number;
      readonly done: number;
      /** When that run began. */
      readonly began: number;
    }
  /** The end of the journal was torn (a kill, a power cut): so many bytes that never counted were cut off. */
  | { readonly kind: 'repaired'; readonly bytes: number }
  /** A repository that the sources name again; it is done once. */
  | { readonly kind: 'twice'; readonly key: string; readonly name: string }
  /** All sources have been read: so many different repositories, those done before a resume counted in. */
  | { readonly kind: 'listed'; readonly count: number }
  /** Work on it begins. `worker` names the machine and process, in a queue only. */
  | { readonly kind: 'start'; readonly key: string; readonly name: string; readonly worker?: string }
  | { readonly kind: 'step'; readonly key: string; readonly step: JobStep }
  /** It failed and is tried again after `wait` milliseconds; meanwhile nobody works on it. `attempt` counts from 1: the one that failed. */
  | { readonly kind: 'again'; readonly result: JobResult; readonly attempt: number; readonly wait: number }
  /** It has ended, and that is on the disk. */
  | { readonly kind: 'end'; readonly result: JobResult }
  /** Before a wave: so many pull requests of earlier runs have been looked at. */
  | { readonly kind: 'looked'; readonly done: number; readonly total: number }
  /** No new repository is begun; those under way are told to stop. */
  | { readonly kind: 'stopping'; readonly why: StopKind };

/**
 * `aborted`: Ctrl-C or a signal; `source`: a source could not be read to its end; `journal`: the journal could not be written (disk
 * full); `wave`: too many pull requests of earlier waves were closed or are red.
 */
export type StopKind = 'aborted' | 'source' | 'journal' | 'wave';

/** Why a run ended before everything was done. */
export interface Stopped {
  readonly why: StopKind;
  /** One sentence for people: what happened. */
  readonly words: string;
  /** What to do next. */
  readonly next: string;
  /** With 'wave': the pull requests that speak against going on, at most 20. */
  readonly against?: readonly (PullRequestRef & { readonly name: string; readonly stand: 'closed' | 'red' })[];
  /** With 'source' and 'journal': what was thrown, for `refusalOf` and for --verbose. */
  readonly error?: unknown;
}

/** Repositories that ended the same way for the same reason. */
export interface Group {
  readonly ended: Ended;
  readonly reason: string;
  readonly count: number;
  /** The first few of them, at most 20. */
  readonly first: readonly {
    readonly name: string;
    readonly detail?: string;
    readonly url?: string;
    readonly again?: true;
  }[];
}

/** What a run came to; whole also when it was broken off. */
export interface CampaignSummary {
  readonly campaign: string;
  readonly mode: 'plan' | 'apply';
  /** Number of the run in the journal; absent for a plan. */
  readonly run?: number;
  /** Different repositories that have ended, those of earlier parts of the same run counted in. */
  readonly repositories: number;
  /** How many of them had ended before this process took over a run that was broken off. */
  readonly before: number;
  readonly counts: Readonly<Record<Ended, number>>;
  /** By `Ended` in the order changed, unchanged, skipped, waiting, failed; larger ones first. */
  readonly groups: readonly Group[];
  /** Repositories by what happened to their pull request. */
  readonly pullRequests: Readonly<Record<'opened' | 'updated' | 'kept' | 'closed', number>>;
  /** Addresses of pull requests that this run opened or updated, at most 20. */
  readonly links: readonly (PullRequestRef & { readonly name: string; readonly action: 'opened' | 'updated' })[];
  readonly pushed: number;
  /** Number of fixes by transform id. */
  readonly fixes: Readonly<Record<string, number>>;
  /** Files that the fixes change. */
  readonly files: number;
  /** Findings left for a person. */
  readonly findings: number;
  readonly proofs: Readonly<Record<'better' | 'same' | 'worse' | 'cannot tell', number>>;
  /** Times that a source named a repository again. */
  readonly twice: number;
  /** Wall time of this process's part. */
  readonly milliseconds: number;
  /** Repositories that have not ended; `more`: the sources were not read to the end, there are more than that. Absent when all is done. */
  readonly left?: { readonly count: number; readonly more: boolean };
  readonly stopped?: Stopped;
}
