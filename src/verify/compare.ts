// Decides over two sides of one subject: better, same, worse, or cannot tell.

import type { EnvironmentSeen, ProcessSeen, SideSeen, StartSeen, Verdict } from '../report/proof.ts';
import { buildPairs } from './buildPairs.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** Brought by every fresh environment or by none: their coming and going is nobody's loss. */
const TOOLS: ReadonlySet<string> = new Set([
  'pip',
  'setuptools',
  'wheel',
  'pkg-resources',
  'distribute',
  'pyvenv-fix-planted',
]);

interface Tally {
  readonly lost: string[];
  readonly gained: string[];
  /** Told, and decides nothing. */
  readonly told: string[];
  /** What was there before and could not be looked at after. */
  readonly unseen: string[];
  /** Why it is not the same, where nothing is won either. */
  readonly doubts: string[];
}

/**
 * Compares. `base`: packages that the base image brings, which nobody installed: in the system they are nobody's loss. Only a
 * build, an interpreter or a package that is lost makes it worse; size, time and what else differs decide nothing. `sameProgram`: both
 * start the same, so that two starts which end alike without any Python seen may count as the same.
 */
export function judge(before: SideSeen, after: SideSeen, base: ReadonlySet<string>, sameProgram = true): Judgement {
  const untold = before.untold ?? after.untold;
  if (untold !== undefined)
    return { verdict: 'cannot tell', reasons: [`It could not be looked at: ${untold.replace(/\.$/, '')}.`] };
  if (!after.built) {
    if (before.built) return { verdict: 'worse', reasons: ['It builds before and does not build after.'] };
    return { verdict: 'cannot tell', reasons: ['It builds neither before nor after.'] };
  }
  if (!before.built) return { verdict: 'better', reasons: ['It did not build before, and builds after.'] };
  const tally: Tally = { lost: [], gained: [], told: [], unseen: [], doubts: [] };
  compareBuilds(before, after, tally);
  compareInstalled(before.environments, after.environments, { base, tally });
  const own = (side: SideSeen) => (one: ProcessSeen) => ownPackages(one, side, base);
  const slot = { before: own(before), after: own(after), sides: { before, after } };
  compareStarts(before.start, after.start, { ...slot, what: 'started' }, tally);
  const used = [...(before.start?.processes ?? []), ...before.build].filter(({ inEnvironment }) => inEnvironment);
  const meant = new Set(used.map(({ prefix }) => prefix));
  compareStarts(before.exec, after.exec, { ...slot, what: '`docker exec`', meant }, tally);
  for (const path of without(before.leaks, after.leaks)) {
    tally.gained.push(`A host environment no longer gets in (${path}).`);
  }
  for (const path of without(after.leaks, before.leaks)) {
    tally.told.push(`A host environment now gets in (${path}).`);
  }
  compareChanges(before, after, tally);
  const { lost, gained, told, unseen, doubts } = tally;
  if (lost.length > 0) return { verdict: 'worse', reasons: unique([...lost, ...told]) };
  if (unseen.length > 0) return { verdict: 'cannot tell', reasons: unique([...unseen, ...gained, ...told]) };
  if (gained.length > 0) return { verdict: 'better', reasons: unique([...gained, ...told]) };
  const dark = startRefused(before) ?? startRefused(after) ?? startUnseen(before.start, after.start, sameProgram);
  if (dark !== undefined) doubts.push(dark);
  if (doubts.length > 0) return { verdict: 'cannot tell', reasons: unique([...doubts, ...told]) };
  return { verdict: 'same', reasons: unique(told) };
}

/** What the engine says of a program that the image does not have. */
const NO_PROGRAM =
  /executable file not found|no such file or directory|no command (?:or entrypoint )?(?:provided|specified)/i;

/** Where the engine can start nothing at all, nothing was seen that could differ. */
function startRefused({ start, exec }: SideSeen): string | undefined {
  for (const one of [exec, start]) {
    const said = one?.said.at(-1) ?? '';
    if (one && (one.ended !== 'not started' || NO_PROGRAM.test(said))) return undefined;
  }
  if (!exec) return undefined;
  return `No container of it could be started: ${exec.said.at(-1) ?? 'the engine gives no reason'}`;
}

/** Why two starts in which no Python was seen do not show that nothing differs. */
function startUnseen(
  before: StartSeen | undefined,
  after: StartSeen | undefined,
  sameProgram: boolean,
): string | undefined {
  if (!before || !after) return 'Its start could not be prepared.';
  if (before.processes.length > 0 || after.processes.length > 0) return undefined;
  if (!sameProgram) return 'No Python was seen in either start, and they start in different words.';
  if (before.ended !== after.ended || before.code !== after.code) {
    return `No Python was seen in either start, and they end differently: ${endText(before)}, and now ${endText(after)}.`;
  }
  if (before.ended === 'time') return 'No Python was seen in either start before its time was over.';
  if (before.ended === 'exit' || bothLack(before, after)) return undefined;
  return `Neither could be started: ${after.said.at(-1) ?? 'the engine gives no reason'}`;
}

/** An image that has nothing to start, on both sides alike: that is its own matter. */
function bothLack(before: StartSeen, after: StartSeen): boolean {
  const [was, now] = [before, after].map(({ said }) => (said.at(-1) ?? '').replaceAll(/[0-9a-f]{12,}/g, ''));
  return was !== undefined && NO_PROGRAM.test(was) && was === now;
}

function endText({ ended, code }: StartSeen): string {
  if (ended === 'time') return 'still running when its time was over';
  return ended === 'exit' ? `exit code ${code ?? 'unknown'}` : 'not started';
}

function compareBuilds(before: SideSeen, after: SideSeen, tally: Tally): void {
  for (const [one, other] of buildPairs(before.build, after.build)) {
    if (one.inEnvironment === other.inEnvironment) continue;
    const text = `\`${one.command}\` of the build`;
    if (one.inEnvironment) tally.lost.push(`${text} ran in ${one.prefix} and now runs in ${other.prefix}.`);
    else tally.gained.push(`${text} runs in ${other.prefix} instead of ${one.prefix}.`);
  }
}

/** A step that is gone or new gains nothing by not running again, so only the others are counted. */
function compareChanges({ change: was }: SideSeen, { change: now }: SideSeen, tally: Tally): void {
  if (!was || !now) return;
  const gone = Math.max(0, was.run.length + was.cached - now.run.length - now.cached);
  if (was.run.length - now.run.length <= gone) return;
  tally.gained.push(`A code-only change re-runs ${stepsText(now.run.length)} instead of ${was.run.length}.`);
}

/**
 * Each environment by itself where it stands on both sides; what was in the system, or in an environment that is gone, may be
 * anywhere now, as fixes move it.
 */
function compareInstalled(
  before: readonly EnvironmentSeen[],
  after: readonly EnvironmentSeen[],
  { base, tally }: { readonly base: ReadonlySet<string>; readonly tally: Tally },
): void {
  const own = ({ path, packages }: EnvironmentSeen) =>
    packages.filter((name) => !TOOLS.has(name) && (path !== '' || !base.has(name)));
  const later = new Map(after.map((one) => [one.path, one]));
  const all = after.flatMap(({ packages }) => packages);
  const missing: string[] = [];
  for (const one of before) {
    const other = one.path === '' ? undefined : later.get(one.path);
    if (other) {
      const gone = without(own(one), other.packages);
      if (gone.length > 0) tally.lost.push(`The environment ${one.path} of the image has lost ${listed(gone)}.`);
      continue;
    }
    const names = own(one);
    missing.push(...without(names, all));
    if (one.path === '') continue;
    const text = `The environment ${one.path} is no longer in the image`;
    const moved = after.some(({ path }) => path !== '' && !before.some((known) => known.path === path));
    tally.told.push(`${text}.`);
    if (names.length > 0 && !moved)
      tally.doubts.push('Whether something needs the environment that is gone is not known.');
  }
  if (missing.length > 0) tally.lost.push(`The image has lost ${listed(unique(missing))}.`);
  const plain = (side: readonly EnvironmentSeen[]) => side.flatMap(own).filter((name) => !base.has(name));
  const come = without(plain(after), plain(before));
  if (come.length > 0) tally.gained.push(`The image has ${listed(come)} in addition.`);
}

/** What somebody installed: what the base has too counts only where it lies in the environment itself. */
function ownPackages(one: ProcessSeen, { environments }: SideSeen, base: ReadonlySet<string>): readonly string[] {
  const inside = one.inEnvironment ? environments.find(({ path }) => path === one.prefix)?.packages : undefined;
  const within = new Set(inside);
  return one.packages.filter((name) => !TOOLS.has(name) && (!base.has(name) || within.has(name)));
}

/** Last words of an engine that could not do its own work. */
const ENGINE_FAILED =
  /cannot connect to|no space left on device|is the docker daemon running|context deadline exceeded/i;

interface Slot {
  /** Packages of a process of each side that count. */
  readonly before: (one: ProcessSeen) => readonly string[];
  readonly after: (one: ProcessSeen) => readonly string[];
  readonly sides: { readonly before: SideSeen; readonly after: SideSeen };
  /** What the sentence begins with. */
  readonly what: string;
  /** Environments that the program or the build itself used before: moving there, nothing of the system's is missed. */
  readonly meant?: ReadonlySet<string>;
}

function compareStarts(before: StartSeen | undefined, after: StartSeen | undefined, slot: Slot, tally: Tally): void {
  if (!before || !after) return;
  const waiting = [...after.processes];
  const take = (command: string): ProcessSeen | undefined => {
    const at = waiting.findIndex((one) => one.command === command);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
  const open: ProcessSeen[] = [];
  for (const one of before.processes) {
    const other = take(one.command);
    if (other) compareProcesses(one, other, slot, tally);
    else open.push(one);
  }
  for (const one of open) {
    const other = waiting.shift();
    if (other) compareProcesses(one, other, slot, tally);
    else if (after.ended === 'time') {
      tally.unseen.push(`${capital(slot.what)}: \`${one.command}\` was not seen before the time was over.`);
    } else if (ENGINE_FAILED.test(after.said.at(-1) ?? '')) {
      tally.unseen.push(`${capital(slot.what)}: it could not be started: ${after.said.at(-1)}`);
    }
    // A process that runs now before the others may end what came behind it.
    else if (!before.processes.some((same) => same.command === one.command && same !== one && !open.includes(same))) {
      tally.lost.push(`${capital(slot.what)}: \`${one.command}\` found ${one.prefix}, and now no Python starts.`);
    }
  }
  for (const one of waiting) {
    if (before.processes.length > 0) break;
    tally.gained.push(`${capital(slot.what)}: \`${one.command}\` starts now, in ${one.prefix}.`);
  }
}

function compareProcesses(before: ProcessSeen, after: ProcessSeen, slot: Slot, tally: Tally): void {
  const { what, meant } = slot;
  const text = `${capital(what)}: \`${after.command}\``;
  if (before.inEnvironment && !after.inEnvironment) {
    tally.lost.push(`${text} ran in ${before.prefix} and now runs in ${after.prefix}.`);
  } else if (!before.inEnvironment && after.inEnvironment) {
    tally.gained.push(`${text} runs in ${after.prefix} instead of ${before.prefix}.`);
  }
  const stays = slot.sides.after.environments.some(({ path }) => path !== '' && path === before.prefix);
  if (before.inEnvironment && after.inEnvironment && before.prefix !== after.prefix && stays) {
    tally.doubts.push(`${text} ran in ${before.prefix}, which still stands, and now runs in ${after.prefix}.`);
  }
  const joins = !before.inEnvironment && after.inEnvironment && meant?.has(after.prefix);
  // What the base has counts on neither side as new, and wherever it is importable as still there.
  const earlier = slot.before(before);
  const gone = joins ? [] : without(earlier, after.packages);
  const come = without(slot.after(after), before.packages);
  if (gone.length > 0) tally.lost.push(`${text} has lost ${listed(gone)}.`);
  if (come.length > 0) tally.gained.push(`${text} has ${listed(come)} in addition.`);
  if (before.child !== after.child) {
    const isOne = (one: ProcessSeen, { environments }: SideSeen) =>
      one.child !== undefined && environments.some(({ path }) => path !== '' && path === one.child);
    if (isOne(before, slot.sides.before) && !isOne(after, slot.sides.after)) {
      tally.lost.push(`${text}: a child's \`python\` was ${before.child} and is now ${after.child ?? 'not found'}.`);
    } else if (!isOne(before, slot.sides.before) && isOne(after, slot.sides.after)) {
      tally.gained.push(`${text}: a child's \`python\` is ${after.child} instead of ${before.child ?? 'none'}.`);
    }
  }
  for (const path of without(before.hostEnvironments, after.hostEnvironments)) {
    tally.gained.push(`${text} no longer meets the host's environment at ${path}.`);
  }
  for (const path of without(after.hostEnvironments, before.hostEnvironments)) {
    tally.told.push(`${text} now meets the host's environment at ${path}.`);
  }
}

const without = (from: readonly string[], others: readonly string[]): string[] => {
  const known = new Set(others);
  return [...new Set(from)].filter((one) => !known.has(one));
};

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const stepsText = (count: number): string => (count === 1 ? '1 step' : `${count} steps`);

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
