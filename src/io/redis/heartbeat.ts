// What each worker of every machine is doing at the moment, in Redis for a few seconds.

import { hostname } from 'node:os';
import type { Redis } from 'ioredis';
import { ownToken } from '../files/owner.ts';

const KEY = 'pyvenv-fix:workers';
/** A worker that has said nothing for so long is not there. */
const SILENT_MILLISECONDS = 15_000;

const BEAT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

const HEAR = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('HGETALL', KEYS[1])
local texts = {}
for at = 1, #all, 2 do
  local beat, text = string.match(all[at + 1], '^(%d+) (.*)$')
  if beat and now - tonumber(beat) < tonumber(ARGV[1]) then table.insert(texts, text)
  else redis.call('HDEL', KEYS[1], all[at]) end
end
return texts`;

/** This machine and process, as people name them. */
export function workerName(): string {
  return `${hostname()}/${ownToken().split('.', 1)[0]}`;
}

/** Says what the worker `id` is doing. */
export async function beat(redis: Redis, id: string, text: string): Promise<void> {
  await redis.eval(BEAT, 1, KEY, id, text, SILENT_MILLISECONDS);
}

/** What the workers that are there have said last. */
export async function hear(redis: Redis): Promise<string[]> {
  const texts: unknown = await redis.eval(HEAR, 1, KEY, SILENT_MILLISECONDS);
  return Array.isArray(texts) ? texts.filter((text) => typeof text === 'string') : [];
}

/** The worker `id` goes. */
export async function fallSilent(redis: Redis, id: string): Promise<void> {
  await redis.hdel(KEY, id);
}
