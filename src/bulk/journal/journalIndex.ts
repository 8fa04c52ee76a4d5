// What is kept in memory of a journal: enough to go on with its last run, little for each repository.

import type { ScannedLine } from '../../io/campaign/campaignFiles.ts';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import type { JobResult, Target } from '../bulkModel.ts';
import { type CampaignTally, createTally } from '../campaignTally.ts';
import { isStanding, lineFrom, type RunLine, tipOf } from './journalLines.ts';

type Each = (onLine: (line: ScannedLine) => void) => void;

/** The last run of a journal. */
export interface LastRun {
  readonly line: RunLine;
  /** When it ended; absent while it has not. */
  readonly ended?: number;
  /** Offset of the newest result of each repository in this run. */
  readonly newest: ReadonlyMap<string, number>;
}

/** A first look: collects the last run. Refuses a journal of a newer version, or of a campaign of another name. */
export function createLook({ folder, campaign }: { readonly folder: string; readonly campaign?: string }): {
  readonly read: (line: ScannedLine) => void;
  readonly last: () => LastRun | undefined;
} {
  let run: RunLine | undefined;
  let ended: number | undefined;
  const newest = new Map<string, number>();

  function read(line: ScannedLine): void {
    const known = lineFrom(line);
    if (known === 'newer') refuseJournal(folder, 'the journal was written by a newer pyvenv-fix', 'use that version');
    if (known?.kind === 'run') {
      if (campaign !== undefined && known.campaign.name !== campaign) {
        refuseJournal(folder, `the journal here is that of the campaign ${known.campaign.name}`, OTHER_CAMPAIGN);
      }
      run = known;
      ended = undefined;
      newest.clear();
    } else if (known && known.run === run?.run) {
      if (known.kind === 'end') ended = known.at;
      else if (known.kind === 'result') newest.set(known.result.key, line.start);
    }
  }

  return { read, last: () => run && { line: run, newest, ...(ended !== undefined && { ended }) } };
}

/** What to do about a journal of another campaign. */
export const OTHER_CAMPAIGN = 'name another folder with --journal, or that campaign with --campaign';

/** Says why a journal is of no use here. */
export function refuseJournal(folder: string, what: string, next: string): never {
  return refuse({ what, where: bytesOf(folder), next });
}

/** The state of a run. */
export interface RunState {
  readonly done: Set<string>;
  /** Commit that was pushed last, by repository, over all runs. */
  readonly commits: Map<string, string>;
  readonly admitted: Set<string>;
  readonly tally: CampaignTally;
  /** Offsets of the results that `isOpen` left out, in their order. */
  readonly open: readonly number[];
}

/** Reads the state of the last run (undefined: of a run that begins now); results that are `isOpen` count as not there. */
export function stateOf(each: Each, last: LastRun | undefined, isOpen: (result: JobResult) => boolean): RunState {
  const state = { done: new Set<string>(), commits: new Map<string, string>(), admitted: new Set<string>() };
  const tally = createTally();
  const open: number[] = [];
  each((line) => {
    const known = lineFrom(line);
    if (known === undefined || known === 'newer') return;
    if (known.kind === 'gone') state.commits.delete(known.key);
    if (known.kind === 'admit' && known.run === last?.line.run) state.admitted.add(known.key);
    if (known.kind !== 'result') return;
    const { result } = known;
    const tip = tipOf(result);
    if (tip !== undefined) state.commits.set(result.key, tip);
    if (known.run !== last?.line.run || last.newest.get(result.key) !== line.start) return;
    if (isOpen(result)) open.push(line.start);
    else {
      state.done.add(result.key);
      tally.add(result);
    }
  });
  return { ...state, tally, open };
}

/** A repository with a branch or pull request of the campaign, by the newest result that tells of one. */
export interface StandingRepository {
  readonly key: string;
  readonly name: string;
  readonly run: number;
  readonly target?: Target;
  readonly pullRequest?: NonNullable<JobResult['pullRequest']>;
  /** Commit that we left the branch at. */
  readonly commit?: string;
}

/** All of them, in the order of their first result. */
export function standingRepositories(each: Each): readonly StandingRepository[] {
  const found = new Map<string, StandingRepository>();
  each((line) => {
    const known = lineFrom(line);
    if (known === undefined || known === 'newer') return;
    if (known.kind === 'gone') found.delete(known.key);
    if (known.kind !== 'result' || !isStanding(known.result)) return;
    const { key, name, pullRequest } = known.result;
    const before = found.get(key);
    const target = known.target ?? before?.target;
    const tip = tipOf(known.result) ?? before?.commit;
    const request = pullRequest ?? before?.pullRequest;
    found.set(key, {
      ...{ key, name, run: known.run },
      ...(target && { target }),
      ...(request && { pullRequest: request }),
      ...(tip !== undefined && { commit: tip }),
    });
  });
  return [...found.values()];
}

/** The targets of the results at these offsets, in the order of the file. */
export function targetsAt(each: Each, offsets: readonly number[]): readonly Target[] {
  const wanted = new Set(offsets);
  const targets: Target[] = [];
  each((line) => {
    const known = wanted.has(line.start) ? lineFrom(line) : undefined;
    if (known && known !== 'newer' && known.kind === 'result' && known.target) targets.push(known.target);
  });
  return targets;
}

/** Offsets of the lines that a condensed journal needs; undefined where that is all of them. */
export function neededLines(each: Each): ReadonlySet<number> | undefined {
  const newest = new Map<string, number>();
  const requests = new Map<string, number>();
  const tips = new Map<string, number>();
  let run: number | undefined;
  let end: number | undefined;
  let count = 0;
  each((line) => {
    count++;
    const known = lineFrom(line);
    if (known === undefined || known === 'newer') return;
    if (known.kind === 'run') [run, end] = [line.start, undefined];
    if (known.kind === 'end') end = line.start;
    if (known.kind === 'gone') for (const map of [requests, tips]) map.delete(known.key);
    if (known.kind !== 'result') return;
    const { key, pullRequest } = known.result;
    newest.set(key, line.start);
    if (pullRequest) requests.set(key, line.start);
    if (tipOf(known.result) !== undefined) tips.set(key, line.start);
  });
  const needed = new Set<number>();
  for (const map of [newest, requests, tips]) for (const start of map.values()) needed.add(start);
  for (const start of [run, end]) if (start !== undefined) needed.add(start);
  return needed.size < count ? needed : undefined;
}
