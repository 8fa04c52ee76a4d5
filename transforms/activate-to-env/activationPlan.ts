// Works out how the activations of one environment in one Dockerfile become ENV, and whether that is proven.

import { applyEdits, checkEdits } from '../../src/edit/textEdits.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { ignoreEdits, whyNotIgnore } from '../../src/facts/ignoreFile/ignoreEdit.ts';
import { literalPattern } from '../../src/facts/ignoreFile/ignoreLines.ts';
import { devcontainerBlocker } from '../../src/facts/onPath/devcontainerInstalls.ts';
import { outsideBlocker } from '../../src/facts/onPath/imageReaders.ts';
import { toolBlocker } from '../../src/facts/onPath/toolEnvironment.ts';
import { variableBlocker } from '../../src/facts/onPath/variableReaders.ts';
import { envKey, envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import type { Reread } from '../../src/facts/textReadings.ts';
import { isRun, type OtherEvent, type TraceEvent } from '../../src/facts/trace/events.ts';
import { throughEdits } from '../../src/text/lines.ts';
import { type Plan, planOf } from './activationEdits.ts';
import { isSetLater } from './activationEnv.ts';
import { type Attempt, laterUse, resetBlocker, type Task } from './activations.ts';
import { assumptionOf } from './assumptions.ts';
import { asksForVirtualEnv, sideEffectBlocker } from './sideEffects.ts';

/** Why there is no plan. */
export interface NoPlan {
  readonly blocker: Blocker;
  /** It comes of comparing what the commands do, with ENV. */
  readonly isCompared?: true;
}

/** How much a blocker says: what is proven but for the tools around it says most, one without ENV says nothing of ENV. */
type Weight = 'nearest' | 'with ENV' | 'without ENV';

/** The plan that is proven, or what stands in the way of the best one. `open`: the activations that may go. */
export function planFor({ cut: open, ...given }: Task): Plan | NoPlan | undefined {
  const { dockerfile, group } = given;
  const cut = open.filter((e) => resetBlocker(e) === undefined && !isSetLater(dockerfile, e));
  if (cut.length === 0) return undefined;
  const task = { ...given, cut };
  const more = sideEffectBlocker(task);
  if (more !== undefined) return { blocker: more };
  const asking = asksForVirtualEnv(task);
  const needsEnv = laterUse(dockerfile, group.path, cut) || isOutOfReach(dockerfile, group.path);
  const blocked = new Map<Weight, NoPlan>();
  let assuming: Plan | undefined;
  for (const attempt of needsEnv ? WITH_ENV : [WITHOUT_ENV, ...WITH_ENV]) {
    const tried = attempted(task, attempt, asking);
    if ('edits' in tried) {
      if (tried.assumption === undefined) return tried;
      assuming ??= tried;
    } else if (!blocked.has(tried.weight)) blocked.set(tried.weight, tried);
  }
  if (assuming !== undefined) return assuming;
  const said = blocked.get('nearest') ?? blocked.get('with ENV') ?? blocked.get('without ENV');
  return said ?? { blocker: { code: 'cut', words: 'no way was found to cut it out' } };
}

/** One plan, if it is proven. `asking`: stages whose commands ask for $VIRTUAL_ENV. */
function attempted(
  task: Task,
  attempt: Attempt,
  asking: ReadonlySet<number>,
): Plan | (NoPlan & { readonly weight: Weight }) {
  const { dockerfile, facts } = task;
  const plan = planOf(task, attempt);
  if (isBlocker(plan)) return { blocker: plan, weight: attempt.env ? 'with ENV' : 'without ENV' };
  const weight = plan.setsEnv ? 'with ENV' : 'without ENV';
  if (checkEdits(facts.snapshot, plan.edits).length > 0)
    return { blocker: { code: 'cut', words: 'its activations cannot be cut out one by one' }, weight };
  const text = applyEdits(dockerfile.text, plan.edits);
  const now = dockerfile.reread(text);
  const wrong = textBlocker(task, plan, { ...now, text }) ?? askingBlocker(task, now, asking);
  if (wrong !== undefined) return { blocker: wrong, weight };
  const proven = provenPlan(task, plan, now);
  if (isBlocker(proven)) {
    // its lines are those of the text that is only tried
    const words = throughEdits(proven.words, { edits: plan.edits, before: facts.snapshot });
    return { blocker: { ...proven, words }, isCompared: true, weight };
  }
  const around = plan.setsEnv
    ? (toolBlocker(dockerfile, task.group, now.trace) ??
      variableBlocker(task, now.image, new Set(task.cut.map((e) => e.instruction))) ??
      outsideBlocker({ dockerfile, path: task.group.path, facts: task.facts }, now.trace) ??
      devcontainerBlocker({ dockerfile, path: task.group.path, facts: task.facts }))
    : undefined;
  return around === undefined ? proven : { blocker: around, weight: 'nearest' };
}

/** The plan where nothing is in its way, or with a line that lifts a cover, an assumption, or both; else what stays in its way. */
function provenPlan(task: Task, plan: Plan, now: Reread): Plan | Blocker {
  const blockers = blockersOf(plan, task.dockerfile, now);
  const [blocker] = blockers;
  if (blocker === undefined) return plan;
  const safe = withoutShadow(task, plan);
  if (safe !== undefined) return safe;
  const assumption = assumptionOf(task.dockerfile, blockers);
  if (assumption === undefined) return blocker;
  const declares = { ...plan.declares, assumes: assumption.bases };
  const assuming: Plan = { ...plan, declares, assumption: assumption.words };
  const [other] = blockersOf(assuming, task.dockerfile, now);
  return other === undefined ? assuming : (withoutShadow(task, assuming) ?? other);
}

/** The text that it would be cannot be read, or has other commands. */
function textBlocker(
  { dockerfile }: Task,
  { declares }: Plan,
  now: Reread & { readonly text: string },
): Blocker | undefined {
  const [problem] = now.syntax.problems;
  if (problem !== undefined) return { code: 'text', words: problem.message };
  const change = commandChange(dockerfile, now, declares);
  return change === undefined ? undefined : { code: 'cut', words: `it cannot be cut out alone: ${change}` };
}

function askingBlocker({ group }: Task, now: Reread, asking: ReadonlySet<number>): Blocker | undefined {
  const isAnswered = (stage: number): boolean => now.image.stages[stage]?.final.env.get('VIRTUAL_ENV') === group.path;
  return [...asking].every(isAnswered)
    ? undefined
    : { code: 'variable', words: 'a command behind it asks for `$VIRTUAL_ENV`' };
}

const blockersOf = (plan: Plan, dockerfile: DockerfileFacts, now: Reread): Blocker[] =>
  blockersBetween(dockerfile.trace, now.trace, {
    movesTo: plan.declares.movesTo ?? [],
    bases: dockerfile.image.stages.map((s) => s.base),
    assumed: plan.declares.assumes ?? [],
  });

/** The plan with the ignore line that keeps a COPY from laying the host's files over the environment, if that proves it. */
function withoutShadow({ dockerfile, group, facts }: Task, plan: Plan): Plan | undefined {
  const isShadow = (event: TraceEvent): event is OtherEvent => event.kind === 'overwrite' && event.path === group.path;
  const source = dockerfile.trace.events.find(isShadow)?.source;
  if (source === undefined) return undefined;
  if (whyNotIgnore(source, dockerfile.context, facts.snapshot, facts.dockerfiles) !== undefined) return undefined;
  const edits = ignoreEdits(dockerfile.context, facts.snapshot, [{ line: literalPattern(source), paths: [source] }]);
  if (edits.length === 0) return undefined;
  const ignored = (path: string): boolean =>
    path === source || path.startsWith(`${source}/`) || dockerfile.context.ignored(path);
  const now = dockerfile.reread(applyEdits(dockerfile.text, plan.edits), ignored);
  if (blockersOf(plan, dockerfile, now).length > 0) return undefined;
  return {
    ...plan,
    edits: [...plan.edits, ...edits],
    ignores: source,
    declares: { ...plan.declares, ignores: [source] },
  };
}

const WITHOUT_ENV: Attempt = { env: false, copies: false, late: false, rehash: false, complete: false };
const EITHER = [false, true];
/** In the order in which they are tried. */
const WITH_ENV: readonly Attempt[] = EITHER.flatMap((complete) =>
  [true, false].flatMap((copies) =>
    EITHER.flatMap((late) => EITHER.map((rehash) => ({ env: true, copies, late, rehash, complete }))),
  ),
);

/** It stands in an image with packages, and no start that is written down gets to them: whoever comes with `docker exec` needs ENV. */
function isOutOfReach(dockerfile: DockerfileFacts, path: string): boolean {
  const holders = dockerfile.targets.filter((n) => {
    const { environments, installs } = dockerfile.trace.stages[n]!.files;
    return (
      environments.has(path) && ((installs.get(envKey(path))?.size ?? 0) > 0 || environments.get(path)!.copied === true)
    );
  });
  return holders.some(
    (n) =>
      !dockerfile.trace.events.some(
        (e) => isRun(e) && e.stage === n && e.when === 'runtime' && !e.implied && envPathOf(e.interpreter) === path,
      ),
  );
}
