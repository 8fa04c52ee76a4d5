// Decides over two sides of one subject: better, same, worse, or cannot tell.

import type { BuildProcessSeen, ProcessSeen, SideSeen, StartSeen, Verdict } from '../report/proof.ts';

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
}

/**
 * Compares. `base`: packages that the base image brings, which nobody installed. Only a build, an interpreter or a package that
 * is lost makes it worse; size, time and what else differs decide nothing.
 */
export function judge(before: SideSeen, after: SideSeen, base: ReadonlySet<string>): Judgement {
  if (!after.built) {
    if (before.built) return { verdict: 'worse', reasons: ['It builds before and does not build after.'] };
    return { verdict: 'cannot tell', reasons: ['It builds neither before nor after.'] };
  }
  if (!before.built) return { verdict: 'better', reasons: ['It did not build before, and builds after.'] };
  const tally: Tally = { lost: [], gained: [] };
  const own = (names: readonly string[]) => names.filter((name) => !TOOLS.has(name) && !base.has(name));
  compareBuilds(before.build, after.build, tally);
  const installed = (side: SideSeen) => own(side.environments.flatMap(({ packages }) => packages));
  comparePackages(installed(before), installed(after), 'the image', tally);
  compareStarts(before.start, after.start, { own, what: 'started' }, tally);
  const used = [...(before.start?.processes ?? []), ...before.build].filter(({ inEnvironment }) => inEnvironment);
  const meant = new Set(used.map(({ prefix }) => prefix));
  compareStarts(before.exec, after.exec, { own, what: '`docker exec`', meant }, tally);
  for (const path of without(before.leaks, after.leaks)) {
    tally.gained.push(`A host environment no longer reaches the image (${path}).`);
  }
  const opened = without(after.leaks, before.leaks).map(
    (path) => `A host environment now reaches the image (${path}).`,
  );
  const fewer = (before.change?.run.length ?? 0) - (after.change?.run.length ?? 0);
  if (before.change && after.change && fewer > 0) {
    const { length } = after.change.run;
    tally.gained.push(`A code-only change re-runs ${stepsText(length)} instead of ${before.change.run.length}.`);
  }
  if (tally.lost.length > 0) return { verdict: 'worse', reasons: unique([...tally.lost, ...opened]) };
  if (tally.gained.length > 0) return { verdict: 'better', reasons: unique([...tally.gained, ...opened]) };
  const refused = startRefused(before) ?? startRefused(after);
  if (refused !== undefined) return { verdict: 'cannot tell', reasons: [refused, ...unique(opened)] };
  return { verdict: 'same', reasons: unique(opened) };
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

function compareBuilds(before: readonly BuildProcessSeen[], after: readonly BuildProcessSeen[], tally: Tally): void {
  const count = new Map<string, number>();
  const later = new Map<string, BuildProcessSeen[]>();
  for (const one of after) later.set(one.command, [...(later.get(one.command) ?? []), one]);
  for (const one of before) {
    const nth = count.get(one.command) ?? 0;
    count.set(one.command, nth + 1);
    const other = later.get(one.command)?.[nth];
    // How often a command runs may change (a cached step, a second install); only the same one is compared.
    if (!other || one.inEnvironment === other.inEnvironment) continue;
    const text = `\`${one.command}\` of the build`;
    if (one.inEnvironment) tally.lost.push(`${text} ran in ${one.prefix} and now runs in ${other.prefix}.`);
    else tally.gained.push(`${text} runs in ${other.prefix} instead of ${one.prefix}.`);
  }
}

interface Slot {
  readonly own: (names: readonly string[]) => readonly string[];
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
  const { own, what, meant } = slot;
  const text = `${capital(what)}: \`${after.command}\``;
  if (before.inEnvironment && !after.inEnvironment) {
    tally.lost.push(`${text} ran in ${before.prefix} and now runs in ${after.prefix}.`);
  } else if (!before.inEnvironment && after.inEnvironment) {
    tally.gained.push(`${text} runs in ${after.prefix} instead of ${before.prefix}.`);
  }
  const joins = !before.inEnvironment && after.inEnvironment && meant?.has(after.prefix);
  const later = own(after.packages);
  comparePackages(
    joins ? own(before.packages).filter((name) => later.includes(name)) : own(before.packages),
    later,
    text,
    tally,
  );
  if (before.child !== after.child) {
    const isOne = (one: ProcessSeen) => one.child !== undefined && one.child === one.prefix && one.inEnvironment;
    if (isOne(before) && !isOne(after)) {
      tally.lost.push(`${text}: a child's \`python\` was ${before.child} and is now ${after.child ?? 'not found'}.`);
    } else if (!isOne(before) && isOne(after)) {
      tally.gained.push(`${text}: a child's \`python\` is ${after.child} instead of ${before.child ?? 'none'}.`);
    }
  }
  for (const path of without(before.hostEnvironments, after.hostEnvironments)) {
    tally.gained.push(`${text} no longer meets the host's environment at ${path}.`);
  }
}

function comparePackages(before: readonly string[], after: readonly string[], text: string, tally: Tally): void {
  const gone = without(before, after);
  const come = without(after, before);
  if (gone.length > 0) tally.lost.push(`${capital(text)} has lost ${listed(gone)}.`);
  if (come.length > 0) tally.gained.push(`${capital(text)} has ${listed(come)} in addition.`);
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
