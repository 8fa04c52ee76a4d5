// What Redis knows of a campaign's run beside its jobs: who fills and follows it, its settings, its results until they are on disk.

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { waveKey } from './turns.ts';

/** A run as it stands in Redis. */
export interface RunRecord {
  readonly run: string;
  /** The campaign's settings, as the text that whoever filled it gave. */
  readonly campaign: string;
  /** What else makes two runs different. */
  readonly settings: string;
  /** The machine and journal that its results go to, and the number of the run there. */
  readonly place: string;
  readonly round: string;
  /** `filled`: every target's job is in the queue; `over`: every result is on the follower's disk. */
  readonly state: 'filling' | 'filled' | 'over';
}

/** How long a follower that says nothing still counts as there. */
const FOLLOWER_MILLISECONDS = 15_000;

const recordKey = (campaign: string) => `pyvenv-fix:run:${campaign}`;
const followerKey = (campaign: string) => `pyvenv-fix:follower:${campaign}`;
const resultsKey = (run: string) => `pyvenv-fix:results:${run}`;

/** The one who holds it may take it again at once: its earlier process is dead, its journal has one owner at a time. */
const FOLLOW = `
local holder = redis.call('GET', KEYS[1])
if holder and string.match(holder, '^(.*)\\n') ~= ARGV[1] then return holder end
redis.call('SET', KEYS[1], ARGV[1] .. '\\n' .. ARGV[2], 'PX', ARGV[3])
return false`;

/** A server that was away for long has forgotten who held it; only another holder takes it away. */
const HOLD = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] .. '\\n' .. ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. '\\n' .. ARGV[2], 'PX', ARGV[3])
return 1`;

const LEAVE = `
if redis.call('GET', KEYS[1]) == ARGV[1] .. '\\n' .. ARGV[2] then redis.call('DEL', KEYS[1]) end`;

/** The right to fill and follow a campaign's run; one process has it at a time. */
export interface Following {
  /** False when another has taken it over (this process was away for too long). */
  readonly hold: () => Promise<boolean>;
  readonly leave: () => Promise<void>;
}

/** A journal as other machines know it; a line break is a character of paths, not of places. */
export function recordPlace(folder: string): string {
  return `${hostname()} ${folder}`.replaceAll('\n', ' ');
}

/**
 * Takes the right to follow `campaign` for the journal at `place`, whose next process takes it over at once. Else answers the name of
 * the machine that has it.
 */
export async function followRecord(
  redis: Redis,
  { campaign, place }: { readonly campaign: string; readonly place: string },
): Promise<Following | { readonly heldBy: string }> {
  const key = followerKey(campaign);
  const nonce = randomBytes(8).toString('hex');
  const holder: unknown = await redis.eval(FOLLOW, 1, key, place, nonce, FOLLOWER_MILLISECONDS);
  if (typeof holder === 'string') return { heldBy: holder.split(' ', 1)[0] ?? '' };
  return {
    hold: async () => Number(await redis.eval(HOLD, 1, key, place, nonce, FOLLOWER_MILLISECONDS)) === 1,
    leave: async () => {
      await redis.eval(LEAVE, 1, key, place, nonce);
    },
  };
}

/** The run of `campaign` that stands in Redis; undefined where there is none. */
export async function readRun(redis: Redis, name: string): Promise<RunRecord | undefined> {
  const { run, campaign, settings = '', place = '', round = '', state } = await redis.hgetall(recordKey(name));
  if (run === undefined || campaign === undefined) return undefined;
  const known = state === 'filled' || state === 'over' ? state : 'filling';
  return { run, campaign, settings, place, round, state: known };
}

/** Writes a run's record, a new one's or again. Only the follower may. */
export async function writeRun(redis: Redis, name: string, record: RunRecord): Promise<void> {
  await redis.hset(recordKey(name), { ...record });
}

/** An id for a new run. */
export function newRun(): string {
  return randomBytes(8).toString('hex');
}

/** Takes away all that these functions have written for a run. Its jobs have to be gone before. */
export async function forgetRun(redis: Redis, name: string, run: string): Promise<void> {
  await redis.del(resultsKey(run), waveKey(run), recordKey(name));
}

/** One thing that a worker says for whoever follows; `id` is its place in the list. */
export interface RecordLine {
  readonly id: string;
  readonly text: string;
}

/** Puts a line where the follower reads; it stands there until `droppedSaid`. */
export async function say(redis: Redis, run: string, text: string): Promise<void> {
  await redis.xadd(resultsKey(run), '*', 'l', text);
}

/** The first `count` lines that stand there. */
export async function readSaid(redis: Redis, run: string, count: number): Promise<RecordLine[]> {
  const entries = await redis.xrange(resultsKey(run), '-', '+', 'COUNT', count);
  return entries.map(([id, fields]) => ({ id, text: fields[1] ?? '' }));
}

/** Drops lines that are safe elsewhere. */
export async function dropSaid(redis: Redis, run: string, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await redis.xdel(resultsKey(run), ...ids);
}
