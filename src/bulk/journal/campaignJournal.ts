// The journal of a campaign: which runs there were and how each repository ended, so that a run that was broken off goes on.

import { type Lines, lockCampaign, makeCampaignFolder, openLines, readLines } from '../../io/campaign/campaignFiles.ts';
import type { Campaign, JobResult, Target } from '../bulkModel.ts';
import type { CampaignTally } from '../campaignTally.ts';
import {
  createLook,
  type LastRun,
  neededLines,
  type RunState,
  refuseJournal,
  type StandingRepository,
  standingRepositories,
  stateOf,
  targetsAt,
} from './journalIndex.ts';
import {
  type AdmitLine,
  type EndLine,
  type GoneLine,
  isStanding,
  type ResultLine,
  type RunLine,
  tipOf,
} from './journalLines.ts';

export type { StandingRepository } from './journalIndex.ts';

/**
 * `apply`: goes on with the last run where it was broken off and had the same settings, else begins a new one in which everything
 * is looked at again. `retry`: goes on with the last run, ended or not, and what failed in it is to be done again. `close`: goes on
 * with it, and for every repository there may be a new result. The last two refuse where there was no run.
 */
export type JournalUse = 'apply' | 'retry' | 'close';

export interface JournalOptions {
  /** Absolute; see `defaultCampaignFolder`. */
  readonly folder: string;
  readonly campaign: Campaign;
  /** What else makes two runs different: the program's version, the sources. Any text. */
  readonly settings: string;
  readonly use: JournalUse;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A campaign's journal, held by this process alone until `close`. */
export interface CampaignJournal {
  readonly folder: string;
  readonly run: number;
  /** When this run began. */
  readonly began: number;
  /** This run was begun by an earlier process, and goes on. */
  readonly resumed: boolean;
  /** Bytes of a torn end that were cut off. */
  readonly repaired: number;
  /** Counts what has ended in this run, earlier parts included; `recordResult` adds to it. */
  readonly tally: CampaignTally;
  /** Whether a repository has ended in this run. One that failed so that a second try may help has not. */
  isDone(key: string): boolean;
  /** The commit that this campaign pushed last for this repository. */
  commitOf(key: string): string | undefined;
  /** Keys that this run has let into its wave. */
  readonly admitted: ReadonlySet<string>;
  /**
   * For the final result of a repository in this run. Resolves when it is on the disk; false where there is one already (nothing is
   * written or counted then). Rejects with a refusal where the journal cannot be written.
   */
  recordResult(result: JobResult, target: Target): Promise<boolean>;
  /** Resolves when it is on the disk that nothing of the campaign stands in this repository any more, and no pull request tells of it. */
  recordGone(key: string): Promise<void>;
  /** Resolves when it is on the disk that `key` may have a new pull request in this run. */
  recordAdmission(key: string): Promise<void>;
  /** Repositories with a branch or pull request of this campaign, from all runs, in the order of their first result. */
  standing(): readonly StandingRepository[];
  /** Those that had failed when it was opened for `retry`. */
  failed(): readonly Target[];
  /**
   * Writes that the run has ended and condenses the file to the newest results; nothing else may be under way. After a `retry` in a run
   * that was broken off it does neither: the rest of that run is still to be done.
   */
  end(now: number): Promise<void>;
  /** Waits until everything is on the disk, then lets the folder go. */
  close(): Promise<void>;
}

/** Longest text of a forge or of git that a line keeps. */
const LONGEST_DETAIL = 2000;

/**
 * Opens (and locks) the campaign's journal. Refuses where another process holds it, a link stands in the way, the file is damaged,
 * cannot be written, or belongs to a campaign of another name.
 */
export async function openJournal(options: JournalOptions): Promise<CampaignJournal> {
  const { folder, campaign, use } = options;
  makeCampaignFolder(folder);
  const lock = await lockCampaign(folder);
  let lines: Lines | undefined;
  try {
    const look = createLook({ folder, campaign: campaign.name });
    lines = await openLines(folder, look.read);
    const last = look.last();
    if (use !== 'apply' && !last) refuseJournal(folder, 'no run has left a journal here', 'run bulk apply first');
    const goesOn =
      last !== undefined && (use !== 'apply' || (last.ended === undefined && isSameRun(last.line, options)));
    if (!goesOn) return assemble(lines, await beginRun(lines, last, options), { folder, release: lock.release });
    const state = stateOf(lines.each, last, openFor(use, { otherWave: last.line.campaign.wave !== campaign.wave }));
    const goesOnAfter = use === 'retry' && last.ended === undefined;
    const run = { line: last.line, state, resumed: true, goesOnAfter };
    return assemble(lines, run, { folder, release: lock.release });
  } catch (error) {
    await lines?.close().catch(() => undefined);
    lock.release();
    throw error;
  }
}

/** How fast a run goes, and how far, makes it no other run. */
function isSameRun(line: RunLine, { campaign, settings }: JournalOptions): boolean {
  return line.settings === settings && fixedPart(line.campaign) === fixedPart(campaign);
}

function fixedPart({ rate: _rate, wave: _wave, ...campaign }: Campaign): string {
  return JSON.stringify(Object.entries(campaign).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Which results of a run that goes on are to be done again. */
function openFor(use: JournalUse, { otherWave }: { readonly otherWave: boolean }): (result: JobResult) => boolean {
  if (use === 'close') return () => true;
  if (use === 'retry') return ({ ended }) => ended === 'failed';
  return ({ again, ended }) => again === true || (otherWave && ended === 'waiting');
}

interface JournalRun {
  readonly line: RunLine;
  readonly state: RunState;
  readonly resumed: boolean;
  /** What is tried again was only a part: the rest of a run that was broken off is still to be done. */
  readonly goesOnAfter?: boolean;
}

async function beginRun(lines: Lines, last: LastRun | undefined, options: JournalOptions): Promise<JournalRun> {
  // A run that never ended has left its lines; the file must not grow with every such one.
  if (last && last.ended === undefined) await condense(lines);
  const { campaign, settings, now } = options;
  const line: RunLine = { kind: 'run', version: 1, run: (last?.line.run ?? 0) + 1, at: now, campaign, settings };
  await lines.append({ ...line });
  return { line, state: stateOf(lines.each, undefined, () => false), resumed: false };
}

async function condense(lines: Lines): Promise<void> {
  const needed = neededLines(lines.each);
  if (needed) await lines.condense(needed);
}

function assemble(
  lines: Lines,
  { line, state, resumed, goesOnAfter }: JournalRun,
  { folder, release }: { readonly folder: string; readonly release: () => void },
): CampaignJournal {
  const { done, commits, admitted, tally } = state;
  const { run } = line;
  const failedAgain = new Set<string>();
  return {
    ...{ folder, run, began: line.at, resumed, repaired: lines.repaired, tally, admitted },
    isDone: (key) => done.has(key),
    commitOf: (key) => commits.get(key),
    async recordResult(result, target) {
      const { key } = result;
      if (done.has(key) || failedAgain.has(key)) return false;
      (result.again ? failedAgain : done).add(key);
      await lines.append({ ...journalLine(result, target, run) });
      const tip = tipOf(result);
      if (tip !== undefined) commits.set(key, tip);
      tally.add(result);
      return true;
    },
    async recordAdmission(key) {
      await lines.append({ kind: 'admit', run, key } satisfies AdmitLine);
      admitted.add(key);
    },
    async recordGone(key) {
      await lines.append({ kind: 'gone', run, key } satisfies GoneLine);
      commits.delete(key);
    },
    standing: () => standingRepositories(lines.each),
    failed: () => targetsAt(lines.each, state.open),
    async end(now) {
      if (goesOnAfter) return;
      await lines.append({ kind: 'end', run, at: now } satisfies EndLine);
      await condense(lines);
    },
    async close() {
      try {
        await lines.close();
      } finally {
        release();
      }
    },
  };
}

function journalLine(result: JobResult, target: Target, run: number): ResultLine {
  const { detail } = result;
  const isLong = detail !== undefined && detail.length > LONGEST_DETAIL;
  const short = isLong ? { ...result, detail: `${detail.slice(0, LONGEST_DETAIL)}…` } : result;
  const comesBack = result.ended === 'failed' || isStanding(result);
  return { kind: 'result', run, result: short, ...(comesBack && { target }) };
}

/** What a journal says, read without its lock; another process may be writing it meanwhile. */
export interface JournalReading {
  readonly campaign: Campaign;
  readonly run: number;
  readonly began: number;
  /** Absent while the run goes on or where it was broken off. */
  readonly ended?: number;
  /** All results of the last run. */
  readonly tally: CampaignTally;
  readonly standing: readonly StandingRepository[];
}

/** Reads the journal in `folder`; undefined where there is none, or no run in it. Refuses a damaged one. */
export function readCampaignJournal(folder: string): JournalReading | undefined {
  for (;;) {
    const look = createLook({ folder });
    const first = readLines(folder, look.read);
    const last = look.last();
    if (!last) return undefined;
    const seen = new Set([first]);
    const each = (onLine: Parameters<typeof readLines>[1]): void => void seen.add(readLines(folder, onLine));
    const { tally } = stateOf(each, last, () => false);
    const standing = standingRepositories(each);
    // Its owner has just condensed it: look again.
    if (seen.size > 1) continue;
    const { line, ended } = last;
    const reading = { campaign: line.campaign, run: line.run, began: line.at, tally, standing };
    return { ...reading, ...(ended !== undefined && { ended }) };
  }
}
