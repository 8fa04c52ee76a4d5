// Lets only so many repositories of a run have a new pull request, also when the run is broken off and goes on.

import type { Wave } from './bulkModel.ts';

/**
 * A wave of at most `limit` keys (undefined: no limit). `admitted` are those that this run let in before it was broken off; each
 * new one is recorded before it is let in, so that a killed run opens no more than `limit` in all. The returned promise rejects as
 * `record` does.
 */
export function createWave({
  limit,
  admitted,
  record,
}: {
  readonly limit: number | undefined;
  readonly admitted: Iterable<string>;
  record(key: string): Promise<void>;
}): Wave {
  if (limit === undefined) return { isOpen: async () => true, admit: async () => true };
  const inside = new Map<string, Promise<void>>();
  for (const key of admitted) inside.set(key, Promise.resolve());
  return {
    isOpen: async (key) => inside.has(key) || inside.size < limit,
    async admit(key) {
      const known = inside.get(key);
      if (!known && inside.size >= limit) return false;
      const recorded = known ?? record(key);
      inside.set(key, recorded);
      await recorded;
      return true;
    },
  };
}
