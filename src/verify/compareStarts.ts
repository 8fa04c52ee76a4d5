// Compares what two starts of a container show of their Python processes.

import type { SideSeen } from '../report/proof.ts';
import { TOOLS } from './compareInstalled.ts';
import type { Declared } from './declared.ts';
import type { ProcessDetails, ProcessLooked, SideLooked, StartLooked } from './looked.ts';
import { capital, listed, packagesText, type Tally, without } from './tally.ts';

/** What somebody installed: what the base has too counts only where it lies in the environment itself. */
export function ownPackages(
  one: ProcessLooked,
  { environments }: SideSeen,
  base: ReadonlySet<string>,
): readonly string[] {
  const inside = one.inEnvironment ? environments.find(({ path }) => path === one.prefix)?.packages : undefined;
  const within = new Set(inside);
  return one.packages.filter((name) => !TOOLS.has(name) && (!base.has(name) || within.has(name)));
}

/** Last words of an engine that could not do its own work. */
const ENGINE_FAILED =
  /cannot connect to|no space left on device|is the docker daemon running|context deadline exceeded/i;

export interface Slot {
  /** Packages of a process of each side that count. */
  readonly before: (one: ProcessLooked) => readonly string[];
  readonly after: (one: ProcessLooked) => readonly string[];
  readonly sides: { readonly before: SideLooked; readonly after: SideLooked };
  readonly declared: Declared;
  /** Both sides are told the same words: what differs in them then comes from a program in between. */
  readonly sameProgram: boolean;
  /** What the sentence begins with. */
  readonly what: string;
  /** Environments that the program or the build itself used before: moving there, nothing of the system's is missed. */
  readonly meant?: ReadonlySet<string>;
  /** Prefixes of the interpreters of the start, of which all is told already. */
  readonly told?: ReadonlySet<string>;
  /** Variables, `user` and `cwd` that the image itself has otherwise, which is told already. */
  readonly ofImage: ReadonlySet<string>;
}

export function compareStarts(
  before: StartLooked | undefined,
  after: StartLooked | undefined,
  slot: Slot,
  tally: Tally,
): void {
  if (!before || !after) return;
  const waiting = [...after.processes];
  const take = (command: string): ProcessLooked | undefined => {
    const at = waiting.findIndex((one) => startReason(one) === command);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
  const open: ProcessLooked[] = [];
  for (const one of before.processes) {
    const other = take(startReason(one));
    if (other) compareProcesses(one, other, slot, tally);
    else open.push(one);
  }
  for (const one of open) {
    const other = waiting.shift();
    if (other) {
      const text = `${capital(slot.what)}: \`${one.command}\` is now \`${other.command}\`.`;
      (slot.sameProgram ? tally.open : tally.lost).push(text);
      compareProcesses(one, other, slot, tally);
    } else if (after.ended === 'time') {
      tally.open.push(`${capital(slot.what)}: \`${one.command}\` was not seen before the time was over.`);
    } else if (ENGINE_FAILED.test(after.said.at(-1) ?? '')) {
      tally.open.push(`${capital(slot.what)}: it could not be started: ${after.said.at(-1)}`);
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

/** Neither masked nor cut; names that each start makes up anew are one. */
const startReason = ({ details, command }: ProcessLooked): string =>
  (details?.command ?? command).replaceAll(/\/(?:\.tmp|tmp\/)[\w.-]+/g, '/tmp');

function compareProcesses(before: ProcessLooked, after: ProcessLooked, slot: Slot, tally: Tally): void {
  const { what } = slot;
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
  const joins = !before.inEnvironment && after.inEnvironment;
  const isMeant = joins && slot.meant?.has(after.prefix);
  // What the base has counts on neither side as new, and wherever it is importable as still there. Whoever leaves the system leaves the
  // installers behind that stand there for the sake of the environment.
  const tools = joins ? (before.details?.ofTools ?? new Set()) : new Set<string>();
  const earlier = slot.before(before).filter((name) => !tools.has(name));
  const gone = isMeant ? [] : without(earlier, after.packages);
  const come = without(slot.after(after), before.packages);
  if (gone.length > 0) tally.lost.push(`${text} no longer finds ${packagesText(gone)}.`);
  if (come.length > 0) {
    const isNew = joins || !before.inEnvironment || before.prefix !== after.prefix || slot.before(before).length === 0;
    (isNew ? tally.gained : tally.open).push(`${text} finds ${packagesText(come)} in addition.`);
  }
  const pair = { text, earlier, joins, slot };
  // `docker exec` in the program's own interpreter would say the same again.
  if (!slot.told?.has(before.prefix)) compareInterpreters(before, after, pair, tally);
  if (!slot.told?.size) compareSurroundings(before, after, pair, tally);
  if (before.child !== after.child) {
    const isOne = (one: ProcessLooked, { environments }: SideSeen) =>
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

interface StartPair {
  /** What the sentence begins with. */
  readonly text: string;
  /** What somebody installed for the first of both. */
  readonly earlier: readonly string[];
  /** It comes from the system into an environment. */
  readonly joins: boolean;
  readonly slot: Slot;
}

/** Versions; a process that comes into an environment has those that the environment has. */
function compareInterpreters(
  before: ProcessLooked,
  after: ProcessLooked,
  { text, earlier, joins, slot: { sides } }: StartPair,
  { lost, told }: Tally,
): void {
  const into = joins ? told : lost;
  if (before.version !== undefined && after.version !== undefined && before.version !== after.version)
    into.push(`${text} ran in Python ${before.version} and now runs in ${after.version}.`);
  for (const name of earlier) {
    const was = before.details?.versions.get(name) ?? '';
    const now = after.details?.versions.get(name) ?? '';
    const inImage = [installed(sides.before, before, name), installed(sides.after, after, name)].join('\0');
    if (was !== '' && now !== '' && was !== now && (joins || inImage !== `${was}\0${now}`))
      into.push(`${text}: the package \`${name}\` was ${was} and is now ${now}.`);
  }
}

/** The version that the image's own list of this environment has. */
const installed = ({ environments }: SideSeen, { prefix, inEnvironment }: ProcessLooked, name: string): string =>
  environments.find(({ path }) => path === (inEnvironment ? prefix : ''))?.versions?.[name] ?? '';

/** What an activation sets (also that of an installer for what it starts), and what shells set for themselves. */
const OF_SHELLS =
  /^(?:VIRTUAL_ENV(?:_PROMPT|_DISABLE_PROMPT)?|_OLD_VIRTUAL_\w+|PS1|PKG_CONFIG_PATH|POETRY_ACTIVE|PIPENV_ACTIVE|UV(?:_RUN_RECURSION_DEPTH)?|_|SHLVL|PWD|OLDPWD|HOSTNAME|LC_CTYPE|PATH)$/;

/** User, folder, variables, places of modules, and who is the first process of the container. */
function compareSurroundings(
  before: ProcessLooked,
  after: ProcessLooked,
  { text, slot: { declared, ofImage } }: StartPair,
  { lost, open, told }: Tally,
): void {
  if (before.user !== undefined && after.user !== undefined && before.user !== after.user && !ofImage.has('user'))
    lost.push(`${text} ran as user ${before.user} and now runs as ${after.user}.`);
  if (before.cwd !== undefined && after.cwd !== undefined && before.cwd !== after.cwd && !ofImage.has('cwd'))
    lost.push(`${text} ran in the folder ${before.cwd} and now runs in ${after.cwd}.`);
  const [was, now] = [before.details, after.details];
  if (!was || !now) return;
  if (before.user === after.user && was.groups.join() !== now.groups.join())
    lost.push(`${text} had the groups ${was.groups.join(', ')} and now has ${now.groups.join(', ') || 'none'}.`);
  if (was.isFirst && !now.isFirst)
    lost.push(
      `${text} was the first process of the container, and now \`${now.first[0] ?? '?'}\` is: signals reach that one.`,
    );
  const gone: string[] = [];
  const other: string[] = [];
  for (const [name, value] of was.environment) {
    if (OF_SHELLS.test(name) || ofImage.has(name)) continue;
    const later = now.environment.get(name);
    if (later === undefined) gone.push(name);
    // What is new in each start (a port, an id, a time) says nothing.
    else if (later !== value && steady(later) !== steady(value) && !declared.env.has(name)) other.push(name);
  }
  const come = [...now.environment.keys()].filter(
    (name) => !was.environment.has(name) && !OF_SHELLS.test(name) && !declared.env.has(name) && !ofImage.has(name),
  );
  if (gone.length > 0) lost.push(`${text} no longer gets the variables ${listed(gone)}.`);
  if (other.length > 0) lost.push(`${text} gets another value of ${listed(other)}.`);
  if (come.length > 0) open.push(`${text} gets ${listed(come)}, which it did not get before.`);
  const [old, places] = [modulePlaces(before, was), modulePlaces(after, now)];
  const away = without(old, places);
  const added = without(places, old);
  if (away.length > 0) lost.push(`${text} no longer looks for modules in ${listed(away)}.`);
  // Another environment has places of its own.
  const into = before.prefix === after.prefix ? open : told;
  if (added.length > 0) into.push(`${text} looks for modules in ${listed(added)} in addition.`);
}

const steady = (value: string): string => value.replaceAll(/[0-9a-f]{8,}|\d{5,}/gi, '#');

/** Of sys.path what is neither the interpreter's own nor its environment's. */
function modulePlaces({ prefix }: ProcessLooked, { modules, base }: ProcessDetails): string[] {
  const own = [prefix, base, '/usr', '/usr/local'].filter((one) => one !== '');
  return modules.filter((place) => place !== '' && !own.some((one) => place.startsWith(`${one}/lib`)));
}
