// What a fix has to take for true of base images of which nothing is known, where that alone is in its way.

import { isAssumable } from '../../src/facts/baseImages/base.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { readable } from '../../src/facts/values.ts';

export interface Assumption {
  /** References of the base images. */
  readonly bases: readonly string[];
  /** A sentence that begins with `It assumes`. */
  readonly words: string;
}

/** The assumption that lifts the blockers that hang on a base; undefined where none does, or one cannot be assumed away. */
export function assumptionOf(dockerfile: DockerfileFacts, blockers: readonly Blocker[]): Assumption | undefined {
  const starts = new Set<string>();
  const holds = new Set<string>();
  for (const { code, at } of blockers) {
    if (code !== 'base' || at === undefined) continue;
    const { base } = dockerfile.image.stages[at.stage]!;
    if (!isAssumable(base)) return undefined;
    const isStart = at.kind === 'run' && at.opaque === 'entrypoint of the base';
    (isStart ? starts : holds).add(base.ref);
  }
  const bases = [...new Set([...starts, ...holds])];
  if (bases.length === 0) return undefined;
  const clauses = bases.map((ref) => {
    const own = starts.has(ref) ? ['starts nothing of its own'] : [];
    const held = holds.has(ref) ? ['has no Python packages that these commands need'] : [];
    return `the base image ${readable(ref)} ${[...own, ...held].join(' and ')}`;
  });
  return { bases, words: `It assumes that ${clauses.join(', and that ')}.` };
}
