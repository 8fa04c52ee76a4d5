// The trace of a whole Dockerfile, as the trace of one stage sees it: what is read, and the stages before.
import type { TraceEvent } from './events.ts';
import type { StageTrace, TraceInput } from './input.ts';

export interface Whole {
  readonly input: TraceInput;
  readonly events: TraceEvent[];
  readonly allEnvironments: Set<string>;
  readonly stages: readonly StageTrace[];
  readonly counts: Map<string, number>;
}

/** Paths of environments, and whether somebody who asked for one would have got another answer by what was added since. */
export interface NamedEnvironments {
  readonly all: Set<string>;
  readonly wasMissed: () => boolean;
}

/** None yet. */
export function namedEnvironments(): NamedEnvironments {
  const all = new Set<string>();
  const missed = new Set<string>();
  let listed = Number.POSITIVE_INFINITY;
  const has = all.has.bind(all);
  const list = all[Symbol.iterator].bind(all);
  all.has = (path) => {
    const isNamed = has(path);
    if (!isNamed) missed.add(path);
    return isNamed;
  };
  all[Symbol.iterator] = () => {
    listed = Math.min(listed, all.size);
    return list();
  };
  return { all, wasMissed: () => listed < all.size || [...missed].some(has) };
}
