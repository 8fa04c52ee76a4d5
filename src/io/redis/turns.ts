// What all workers of all machines obey together: turns for writing to a host, back-offs, and the bound of a wave; kept in Redis.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';

/**
 * The server's own clock counts, so that machines whose clocks differ agree. Takes the turn and answers 0 where it is free, else the
 * milliseconds until it may be: nobody has a turn in advance, so none is wasted by a worker that dies or rushes after a back-off.
 */
const TURN = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local next = tonumber(redis.call('HGET', KEYS[1], 'next') or '0')
local till = tonumber(redis.call('HGET', KEYS[1], 'till') or '0')
local free = math.max(next, till)
if now < free then return free - now end
redis.call('HSET', KEYS[1], 'next', string.format('%.0f', now + tonumber(ARGV[1])))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[1]) + 60000))
return 0`;

/** A back-off never shortens one that stands. */
const BACK_OFF = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local till = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'till') or '0'))
local next = tonumber(redis.call('HGET', KEYS[1], 'next') or '0')
redis.call('HSET', KEYS[1], 'till', string.format('%.0f', till))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(till, next) - now + 60000))`;

const REST = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return math.max(0, tonumber(redis.call('HGET', KEYS[1], 'till') or '0') - now)`;

const ADMIT = `
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 1 then return 1 end
if redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('SADD', KEYS[1], ARGV[1])
return 1`;

/** A back-off that another worker hears of in the meantime is seen after a sleep. */
const LONGEST_SLEEP = 30_000;
/** GitHub asks for at least a second between requests that make content. */
const LEAST_GAP = 1000;
/** No host may silence us for longer by one answer. */
const LONGEST_BACK_OFF = 24 * 3600_000;

/** Paces writes to hosts; the same shape as the campaign's `Pacer`. */
export interface SharedPacer {
  turn(host: string, signal: AbortSignal): Promise<void>;
  backOff(host: string, milliseconds: number): Promise<void>;
  ready(host: string, signal: AbortSignal): Promise<void>;
}

/** Turns at `rate` an hour on each host, at least a second apart (`leastGap`), shared by all campaigns and machines on this server. */
export function sharedPacer(
  redis: Redis,
  { rate, leastGap = LEAST_GAP }: { readonly rate: number; readonly leastGap?: number },
): SharedPacer {
  const gap = Math.max(leastGap, Math.ceil(3_600_000 / rate));
  const key = (host: string) => `pyvenv-fix:pace:${host}`;
  const until = async (ask: () => Promise<unknown>, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      const wait = Number(await ask());
      if (wait <= 0) return;
      await sleep(Math.min(wait, LONGEST_SLEEP), undefined, { signal });
    }
  };
  return {
    ready: (host, signal) => until(() => redis.eval(REST, 1, key(host)), signal),
    turn: (host, signal) => until(() => redis.eval(TURN, 1, key(host), gap), signal),
    async backOff(host, milliseconds) {
      const wait = Math.min(Math.max(0, Math.ceil(milliseconds) || 0), LONGEST_BACK_OFF);
      await redis.eval(BACK_OFF, 1, key(host), wait);
    },
  };
}

/** The key of a run's wave. */
export const waveKey = (run: string): string => `pyvenv-fix:wave:${run}`;

/** Lets in at most `bound` different keys in this run, on whatever machine they are asked for; one that is in stays in. */
export function sharedWave(
  redis: Redis,
  { run, bound }: { readonly run: string; readonly bound: number | undefined },
): { isOpen(key: string): Promise<boolean>; admit(key: string): Promise<boolean> } {
  return {
    async isOpen(key) {
      if (bound === undefined || (await redis.sismember(waveKey(run), key)) === 1) return true;
      return (await redis.scard(waveKey(run))) < bound;
    },
    async admit(key) {
      if (bound === undefined) return true;
      return Number(await redis.eval(ADMIT, 1, waveKey(run), key, bound)) === 1;
    },
  };
}

/** Counts keys in that an earlier part of the run let in. */
export async function seedWave(redis: Redis, run: string, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await redis.sadd(waveKey(run), ...keys);
}
