// Why installs must not come before the code, although nothing that stands between needs it: locks, editable checkouts, second runs.

import type { Blocker } from '../../src/facts/blocker.ts';
import { inRepository, providedAt } from '../../src/facts/copies/repositoryCopies.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { InstallReads } from '../../src/facts/installers/installer.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { CHANGES_SHELL } from '../../src/facts/shell/shellNames.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import { copiesBefore, type RunBeforeCode, touchedBy } from './checks.ts';
import { eventOf } from './eventOf.ts';
import { ALREADY_SPLIT, type DependencyInstall } from './install.ts';
import { whyUnseen } from './locks.ts';
import type { InstructionAt } from './splitPlace.ts';
import { nameOfStep, titleOfInstruction } from './step.ts';
import { missingFlag, readingPlugin } from './versions.ts';

/** Why the installs of a RUN must not come before the code although its commands may. */
export function earlierBlocker(run: RunBeforeCode): Blocker | undefined {
  const { at, moved } = run;
  const { place } = at;
  const copies = copiesBefore(at);
  const { snapshot, context } = place;
  for (const install of run.installs) {
    const { reads, step, leaving } = install;
    const name = nameOfStep(step);
    const read = [...reads.files, ...reads.optional].flatMap((path) => providedAt(path, copies, place) ?? []);
    const files = read.map((one) => inRepository(context, one.path));
    for (const one of read) {
      if (moved.some(({ instruction }) => instruction === one.copy.instruction)) continue;
      const touched = touchedBy(one.copy, at);
      if (touched !== undefined)
        return { code: 'order', words: `${titleOfInstruction(touched)} may change ${one.path}, which ${name} reads` };
    }
    const unseen = whyUnseen(install, files, context, snapshot);
    if (unseen !== undefined) return { code: 'lock', words: `${name}: ${unseen}` };
    const later = INSTALLERS[reads.tool].whyLater({
      name,
      words: step.words.map(({ value }) => value),
      variables: step.variables,
      ofProject: reads.ofProject,
      isHalf: leaving.length > 0,
      files,
      read: (path) => snapshot.read(path),
    });
    if (later !== undefined) return later;
    const flag = missingFlag(install, place.dockerfile.text, files, snapshot);
    if (flag !== undefined)
      return {
        code: 'tool',
        words: `${name} would need ${flag}, which the ${step.words[0]!.value.replace(/^.*\//, '')} of this image does not have`,
      };
    const plugin = readingPlugin(reads.tool, place.dockerfile.text, snapshot);
    if (plugin !== undefined)
      return { code: 'tool', words: `${name} runs the plugin ${plugin}, which may read the code` };
    if (leaving.length === 0 && mayBeHalf(reads) && isSecond(install, startOfRun(run))) return ALREADY_SPLIT;
    if (leaving.length > 0) {
      const twice = twiceBlocker(run, install);
      if (twice !== undefined) return twice;
    }
  }
  return undefined;
}

/** Where the first of the copies stands that would come after a RUN; the RUN itself where there is none. */
const startOfRun = ({ at, moved }: RunBeforeCode): InstructionAt => ({
  ...at,
  n: moved[0] === undefined ? at.n : at.stage.instructions.indexOf(moved[0].instruction),
});

/** Can its installer leave the project out, so that this may be one half of a split? */
const mayBeHalf = ({ tool, ofProject }: InstallReads): boolean => ofProject && INSTALLERS[tool].halves !== undefined;

/** Commands that ran before an instruction, those of the stages it is FROM too. */
export function runsBefore({ stage, n, place }: InstructionAt): RunEvent[] {
  const chain = new Set<number>([stage.index]);
  for (let at = stage.parent; at !== undefined; at = place.dockerfile.image.stages[at]!.parent) chain.add(at);
  const first = stage.instructions[n]!.index;
  return place.dockerfile.trace.events.filter(
    (e): e is RunEvent => e.kind === 'run' && e.when === 'build' && chain.has(e.stage) && e.instruction < first,
  );
}

/** Has the same tool installed the project's dependencies before that instruction? */
function isSecond({ reads }: DependencyInstall, start: InstructionAt): boolean {
  const { halves } = INSTALLERS[reads.tool];
  return runsBefore(start).some(
    ({ words }) => words.length < 100 && !words.includes('pip') && halves?.installs.test(words.join(' ')) === true,
  );
}

const isAlike = (a: InstallReads, b: InstallReads): boolean => a.tool === b.tool && a.ofProject === b.ofProject;

function twiceBlocker(run: RunBeforeCode, install: DependencyInstall): Blocker | undefined {
  const { stage, n, place } = run.at;
  const start = startOfRun(run);
  const { step } = install;
  const name = nameOfStep(step);
  const instruction = stage.instructions[n]!;
  const event = eventOf(step, run.at);
  if (event === undefined) return { code: 'unknown', words: `${name} is not followed` };
  // An earlier RUN, or an earlier command of this one, has installed the dependencies: this is the second half.
  if (isSecond(install, run.at)) return ALREADY_SPLIT;
  if (run.installs.some((x) => isAlike(x.reads, install.reads) && run.steps.indexOf(x.step) < run.steps.indexOf(step)))
    return ALREADY_SPLIT;
  // The same command again, or its first half, in a later RUN: which stands for which is a person's to say.
  const halves = [event.key, `${event.key} ${install.leaving.join(' ')}`];
  if (
    place.dockerfile.trace.events.some(
      (e) => e !== event && e.kind === 'run' && e.stage === stage.index && halves.includes(e.key),
    )
  )
    return {
      code: 'runs twice',
      words: `${name} would have to run twice, and stands in more than one RUN of this stage`,
    };
  const path = envPathOf(event.install?.target);
  if (path !== undefined && runsBefore(start).some((e) => envPathOf(e.install?.target) === path))
    return {
      code: 'runs twice',
      words: `${name} would have to run twice, and something else has installed into its environment before`,
    };
  const standing =
    path === undefined
      ? undefined
      : place.dockerfile.trace.stages[stage.index]!.before[start.n]?.environments.get(path);
  if (standing?.copied) return ALREADY_SPLIT;
  if (!step.top)
    return { code: 'runs twice', words: `${name} would have to run twice, and stands inside another command` };
  if (instruction.heredocs.length > 0)
    return { code: 'runs twice', words: `${name} would have to run twice, and its RUN is not a plain one` };
  const index = run.steps.indexOf(step);
  const hinders = run.steps.find((s, k) => {
    const word = (s.words[0]?.value ?? '').replace(/^.*\//, '');
    if (s === step) return false;
    if (CHANGES_SHELL.has(word) && !(word === 'set' && /^-[eux]+$/.test(s.words[1]?.value ?? ''))) return true;
    if (k < index) return false;
    const second = s.words.slice(1).map((w) => w.value);
    if (/^(apt-get|apt|apk|yum|dnf|microdnf|tdnf|zypper|aptitude)$/.test(word))
      return second.some((v) => /^(remove|purge|autoremove|del|erase)$/.test(v));
    return run.installs.some((x) => x.step === s) || second.includes('uninstall');
  });
  if (hinders !== undefined)
    return {
      code: 'runs twice',
      words: `${name} would have to run twice, and ${nameOfStep(hinders)} in the same RUN stands in the way`,
    };
  if (
    run.steps.length > 1 &&
    [...step.variables].some(
      ([key, value]) => stage.before[n]!.buildEnv.get(key) !== value && !step.text.includes(`${key}=`),
    )
  )
    return { code: 'runs twice', words: `${name} would have to run twice, and needs variables of its RUN` };
  return undefined;
}
