// Decides over two sides of one subject: better, same, worse, or cannot tell.

import type { SideSeen, StartSeen, Verdict } from '../report/proof.ts';
import { buildPairs } from './buildPairs.ts';
import { compareConfigs } from './compareConfig.ts';
import { compareFiles } from './compareFiles.ts';
import { compareInstalled } from './compareInstalled.ts';
import { compareServices } from './compareServices.ts';
import { compareStarts, ownPackages } from './compareStarts.ts';
import { type Declared, NOTHING_DECLARED } from './declared.ts';
import type { ProcessLooked, SideLooked } from './looked.ts';
import { relocatedSeen } from './relocated.ts';
import type { SidePlan } from './subjects.ts';
import { emptyTally, type Tally, unique, without } from './tally.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Nothing was seen that differs, and too little was seen to call it the same: what is won elsewhere decides. */
  readonly isDark?: true;
}

export interface JudgeOptions {
  /** Packages that the base image brings, which nobody installed: in the system they are nobody's loss. */
  readonly base: ReadonlySet<string>;
  readonly declared?: Declared;
  /** Both start the same, so that two starts which end alike without any Python seen may count as the same. Default: yes. */
  readonly sameProgram?: boolean;
  /** Of a service: what its files say. */
  readonly plans?: { readonly service: string; readonly before: SidePlan; readonly after: SidePlan };
}

/** Compares. What is lost, or is otherwise and not declared, makes it worse; size and time decide nothing. */
export function judge(seen: SideLooked, after: SideLooked, options: JudgeOptions): Judgement {
  const { base, declared = NOTHING_DECLARED, sameProgram = true, plans } = options;
  // what a developer has stays where it is
  const before = { ...relocatedSeen(seen, declared), leaks: seen.leaks };
  const untold = before.untold ?? after.untold;
  if (untold !== undefined)
    return { verdict: 'cannot tell', reasons: [`It could not be looked at: ${untold.replace(/\.$/, '')}.`] };
  if (!after.built) {
    if (before.built) return { verdict: 'worse', reasons: ['It builds before and does not build after.'] };
    return { verdict: 'cannot tell', reasons: ['It builds neither before nor after.'] };
  }
  if (!before.built) return { verdict: 'better', reasons: ['It did not build before, and builds after.'] };
  const tally = emptyTally();
  compareBuilds(before, after, tally);
  compareInstalled(before.environments, after.environments, { base, tally });
  const own = (side: SideSeen) => (one: ProcessLooked) => ownPackages(one, side, base);
  const ofImage = imageDifferences(before, after);
  const slot = { before: own(before), after: own(after), sides: { before, after }, declared, sameProgram, ofImage };
  compareStarts(before.start, after.start, { ...slot, what: 'started' }, tally);
  const used = [...(before.start?.processes ?? []), ...before.build].filter(({ inEnvironment }) => inEnvironment);
  const meant = new Set(used.map(({ prefix }) => prefix));
  const isSeen = (after.start?.processes.length ?? 0) > 0;
  const told = new Set(isSeen ? before.start?.processes.map(({ prefix }) => prefix) : []);
  compareStarts(before.exec, after.exec, { ...slot, what: '`docker exec`', meant, told }, tally);
  for (const path of without(before.leaks, after.leaks)) {
    tally.gained.push(`A developer's environment no longer gets into the image (${path}).`);
  }
  for (const path of without(after.leaks, before.leaks)) {
    tally.told.push(`A developer's environment now gets into the image (${path}).`);
  }
  compareChanges(before, after, tally);
  if (plans) compareServices(plans.before, plans.after, { declared, service: plans.service }, tally);
  if (before.details && after.details) {
    compareConfigs(before.details.config, after.details.config, { declared, isSeen: told.size > 0 }, tally);
    const side = ({ environments }: SideSeen, details: NonNullable<SideLooked['details']>) => ({
      environments,
      details,
    });
    compareFiles(side(before, before.details), side(after, after.details), declared, tally);
  }
  return verdictOf(tally, before, after, { sameProgram });
}

/** Variables and settings of the image that are other ones, or are gone. */
function imageDifferences({ details: was }: SideLooked, { details: now }: SideLooked): ReadonlySet<string> {
  const names = new Set<string>();
  if (!was || !now) return names;
  const [old, later] = [was.config.environment, now.config.environment];
  for (const name of [...old.keys(), ...later.keys()]) if (old.get(name) !== later.get(name)) names.add(name);
  if (was.config.user !== now.config.user) names.add('user').add('HOME');
  if (was.config.workingDir !== now.config.workingDir) names.add('cwd');
  return names;
}

function verdictOf(tally: Tally, before: SideSeen, after: SideSeen, of: { readonly sameProgram: boolean }): Judgement {
  const { lost, gained, told, open, doubts } = tally;
  if (lost.length > 0) return { verdict: 'worse', reasons: unique([...lost, ...open, ...told]) };
  if (open.length > 0) return { verdict: 'cannot tell', reasons: unique([...open, ...gained, ...told]) };
  if (gained.length > 0) return { verdict: 'better', reasons: unique([...gained, ...told]) };
  const dark = startRefused(before) ?? startRefused(after) ?? startUnseen(before.start, after.start, of);
  if (dark !== undefined) doubts.push(dark);
  if (doubts.length > 0) return { verdict: 'cannot tell', reasons: unique([...doubts, ...told]), isDark: true };
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
  { sameProgram }: { readonly sameProgram: boolean },
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

const stepsText = (count: number): string => (count === 1 ? '1 step' : `${count} steps`);
