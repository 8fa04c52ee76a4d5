// Which Python process of one build is the same as which of another.

import type { BuildProcessSeen } from '../report/proof.ts';

type ProcessPair = readonly [BuildProcessSeen, BuildProcessSeen];

/**
 * Pairs processes of the same command, in the order of `before`: first those of steps of the same text, then what is left by its
 * number. Where the numbers do not tell (a step came or went), only what all that are left agree on is a pair.
 */
export function buildPairs(before: readonly BuildProcessSeen[], after: readonly BuildProcessSeen[]): ProcessPair[] {
  const later = groupedBy(after, byStep);
  const left: BuildProcessSeen[] = [];
  const pairs = new Map<BuildProcessSeen, BuildProcessSeen>();
  const taken = new Set<BuildProcessSeen>();
  for (const [key, ones] of groupedBy(before, byStep)) {
    const others = later.get(key) ?? [];
    for (const [at, one] of ones.entries()) {
      const other = others[at];
      if (!other) left.push(one);
      else {
        pairs.set(one, other);
        taken.add(other);
      }
    }
  }
  const open = groupedBy(
    after.filter((one) => !taken.has(one)),
    ({ command }) => command,
  );
  for (const [command, ones] of groupedBy(left, (one) => one.command)) {
    const others = open.get(command) ?? [];
    const [first] = others;
    if (!first) continue;
    const agree = others.every(({ inEnvironment }) => inEnvironment === first.inEnvironment);
    for (const [at, one] of ones.entries()) {
      const other = ones.length === others.length ? others[at] : agree ? first : undefined;
      if (other) pairs.set(one, other);
    }
  }
  return before.flatMap((one) => {
    const other = pairs.get(one);
    return other ? [[one, other] as const] : [];
  });
}

const byStep = ({ step, command }: BuildProcessSeen): string => `${step}\0${command}`;

function groupedBy(
  all: readonly BuildProcessSeen[],
  keyOf: (one: BuildProcessSeen) => string,
): Map<string, BuildProcessSeen[]> {
  const groups = new Map<string, BuildProcessSeen[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
