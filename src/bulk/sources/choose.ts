// Chooses among the repositories of a campaign: by name, the first so many, or a random sample that is the same every time.

import picomatch from 'picomatch';
import type { Target } from '../bulkModel.ts';

export interface Choice {
  /** Globs over `owner/name` or the path; one without a slash is held against the last part of it. None: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly limit?: number | undefined;
  readonly sample?: number | undefined;
  /** What makes this sample differ from another campaign's. */
  readonly seed: string;
}

/** Whether a target is among those that `include` and `exclude` leave. Names on forges are held without regard to case. */
export function isNamed({ include, exclude }: Pick<Choice, 'include' | 'exclude'>): (target: Target) => boolean {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const isIn = include.length === 0 ? () => true : matcher(include);
  const isOut = exclude.length === 0 ? () => false : matcher(exclude);
  return (target) => isIn(target) && !isOut(target);
}

function matcher(globs: readonly string[]): (target: Target) => boolean {
  const exact = twoWays(globs);
  const folded = twoWays(globs.map((glob) => glob.toLowerCase()));
  return ({ project, name, folder }) => {
    if (project) return folded(project.path.toLowerCase());
    return exact(name.replace(/^\.\//, '')) || (folder !== undefined && exact(folder));
  };
}

function twoWays(globs: readonly string[]): (path: string) => boolean {
  const short = globs.filter((glob) => !glob.includes('/'));
  const long = globs.filter((glob) => glob.includes('/')).map((glob) => glob.replace(/^\.\//, ''));
  const last = short.length === 0 ? () => false : picomatch(short, { dot: true });
  const whole = long.length === 0 ? () => false : picomatch(long, { dot: true });
  return (path) => last(path.slice(path.lastIndexOf('/') + 1)) || whole(path);
}

/**
 * The targets that are chosen, lazily: with `limit` no more is read than is needed. Those with `skip` pass through and count for
 * nothing, so that they can be said. A sample is drawn from all, then given in an order of its own; a smaller one is the
 * beginning of a larger one, so that a campaign can grow. Memory holds `limit` keys or about twice `sample` targets.
 */
export async function* chosen(targets: AsyncIterable<Target>, choice: Choice): AsyncIterable<Target> {
  const { limit, sample, seed } = choice;
  const isWanted = isNamed(choice);
  const some = wanted(targets, isWanted);
  yield* first(sample === undefined ? some : sampled(some, { size: sample, seed }), limit);
}

async function* wanted(targets: AsyncIterable<Target>, isWanted: (target: Target) => boolean): AsyncIterable<Target> {
  for await (const target of targets) if (target.wrong || isWanted(target)) yield target;
}

async function* first(targets: AsyncIterable<Target>, limit: number | undefined): AsyncIterable<Target> {
  if (limit === undefined) return yield* targets;
  const keys = new Set<string>();
  if (limit <= 0) return;
  for await (const target of targets) {
    yield target;
    if (!target.skip) keys.add(target.key);
    if (keys.size >= limit) return;
  }
}

async function* sampled(
  targets: AsyncIterable<Target>,
  { size, seed }: { readonly size: number; readonly seed: string },
): AsyncIterable<Target> {
  let kept: Drawn[] = [];
  let worst = Number.POSITIVE_INFINITY;
  for await (const target of targets) {
    if (target.skip) {
      yield target;
      continue;
    }
    const number = drawOf(`${seed}\0${target.key}`);
    if (number > worst) continue;
    kept.push({ number, target });
    if (kept.length > 2 * size + 64) {
      kept = smallest(kept, size);
      worst = kept.at(-1)?.number ?? -1;
    }
  }
  for (const { target } of smallest(kept, size)) yield target;
}

interface Drawn {
  readonly number: number;
  readonly target: Target;
}

function smallest(drawn: readonly Drawn[], size: number): Drawn[] {
  const once = new Map<string, Drawn>();
  for (const one of drawn) if (!once.has(one.target.key)) once.set(one.target.key, one);
  return [...once.values()]
    .sort((a, b) => a.number - b.number || (a.target.key < b.target.key ? -1 : 1))
    .slice(0, Math.max(0, size));
}

/** A number of 53 bits that a text always has, evenly spread (two 32-bit multiplicative hashes, mixed as MurmurHash3 ends). */
function drawOf(text: string): number {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}
