// Whose processes a step from the cache had: those of the same step of an earlier build of this proof.

import { parseDockerfile } from '../parse/dockerfile/dockerfile.ts';
import type { BuildProcessSeen } from '../report/proof.ts';
import type { BuildLog } from './buildLog.ts';
import type { BuildPlan } from './subjects.ts';

/**
 * Gives steps from the cache the processes that they had when they ran, and writes down those that ran now. The cache goes by all that
 * stands above a step, so that is what counts; by its words alone only where these always ran the same way. `ran`: kept between builds.
 */
export function remembered(
  log: BuildLog,
  plan: Pick<BuildPlan, 'text' | 'args'>,
  ran: Map<string, readonly BuildProcessSeen[]>,
): BuildLog {
  const aboveOf = above(plan);
  const steps = log.steps.map((step) => {
    const exact = aboveOf(step.name);
    if (step.cached) {
      const processes = (exact === undefined ? undefined : ran.get(exact)) ?? ran.get(step.name) ?? [];
      return { ...step, processes };
    }
    if (step.processes.length === 0) return step;
    if (exact !== undefined) ran.set(exact, step.processes);
    const other = ran.get(step.name);
    // Empty for good once two of the same words differ.
    ran.set(step.name, other === undefined || sameProcesses(other, step.processes) ? step.processes : []);
    return step;
  });
  return { ...log, steps };
}

/** For each step by name, in the order of the log: its arguments and the Dockerfile down to its end. */
function above({ text, args }: Pick<BuildPlan, 'text' | 'args'>): (name: string) => string | undefined {
  const given = JSON.stringify([...args]);
  const places = new Map<string, number[]>();
  for (const { start, end, keyword } of parseDockerfile(text).instructions) {
    if (keyword !== 'RUN') continue;
    const key = squeezed(text.slice(start, end));
    places.set(key, [...(places.get(key) ?? []), end]);
  }
  return (name) => {
    const ends = places.get(squeezed(name));
    const end = ends && ends.length > 1 ? ends.shift() : ends?.[0];
    return end === undefined ? undefined : `${given}\0${text.slice(0, end)}`;
  };
}

/** Without what the engine may join or drop: white space, line ends, continuations. */
const squeezed = (text: string): string => text.replaceAll(/[ \t\r\n\\]+/g, '').toLowerCase();

const sameProcesses = (one: readonly BuildProcessSeen[], other: readonly BuildProcessSeen[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
