// The lines of a journal, version 1, and how each is told from text that anybody may have written into the file.

import type { ScannedLine } from '../../io/campaign/campaignFiles.ts';
import { isRecord } from '../../text/unknownRecord.ts';
import type { Campaign, Ended, JobResult, Target } from '../bulkModel.ts';

/** A run begins; all lines up to the next one belong to it. */
export interface RunLine {
  readonly kind: 'run';
  readonly version: 1;
  /** From 1. */
  readonly run: number;
  readonly at: number;
  readonly campaign: Campaign;
  readonly settings: string;
}

/** How a repository ended. The target stands there where a later command has to come back to it. */
export interface ResultLine {
  readonly kind: 'result';
  readonly run: number;
  readonly result: JobResult;
  readonly target?: Target;
}

/** The repository may have a new pull request in this wave. */
export interface AdmitLine {
  readonly kind: 'admit';
  readonly run: number;
  readonly key: string;
}

export interface EndLine {
  readonly kind: 'end';
  readonly run: number;
  readonly at: number;
}

/** Nothing of the campaign stands in this repository any more: its branch was deleted, and there is no pull request to tell of. */
export interface GoneLine {
  readonly kind: 'gone';
  readonly run: number;
  readonly key: string;
}

export type JournalLine = RunLine | ResultLine | AdmitLine | EndLine | GoneLine;

const ENDS: ReadonlySet<unknown> = new Set<Ended>(['changed', 'unchanged', 'skipped', 'waiting', 'failed']);

/** The line as one of ours; undefined for any other JSON, which is passed over. 'newer' for a version that is not known here. */
export function lineFrom({ value }: ScannedLine): JournalLine | 'newer' | undefined {
  if (value.kind === 'run' && typeof value.version === 'number' && value.version > 1) return 'newer';
  if (!Number.isSafeInteger(value.run)) return undefined;
  const isOurs =
    (value.kind === 'result' && isResult(value.result) && (value.target === undefined || isTarget(value.target))) ||
    ((value.kind === 'admit' || value.kind === 'gone') && typeof value.key === 'string') ||
    (value.kind === 'end' && typeof value.at === 'number') ||
    (value.kind === 'run' && typeof value.at === 'number' && isCampaign(value.campaign));
  return isOurs ? (value as unknown as JournalLine) : undefined;
}

function isResult(value: unknown): boolean {
  if (!isRecord(value) || !ENDS.has(value.ended) || !hasTexts(value, ['key', 'name', 'reason'])) return false;
  const request = value.pullRequest;
  return (
    request === undefined || (isRecord(request) && typeof request.number === 'number' && hasTexts(request, ['url']))
  );
}

function isTarget(value: unknown): boolean {
  if (!isRecord(value) || !hasTexts(value, ['key', 'name'])) return false;
  const project = value.project;
  return project === undefined || (isRecord(project) && hasTexts(project, ['kind', 'host', 'api', 'path']));
}

function isCampaign(value: unknown): boolean {
  return isRecord(value) && hasTexts(value, ['name', 'branch']);
}

function hasTexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}

/** The commit that the branch had when the work on it ended; undefined where the result's commit is only what it would have got. */
export function tipOf({ commit, pushed, ended, pullRequest }: JobResult): string | undefined {
  const stands = pushed === true || ended === 'unchanged' || (ended === 'changed' && pullRequest !== undefined);
  return stands ? commit : undefined;
}

/** The result says of a branch or pull request of ours that stands (or that we closed). */
export function isStanding(result: JobResult): boolean {
  return result.pullRequest !== undefined || tipOf(result) !== undefined;
}
