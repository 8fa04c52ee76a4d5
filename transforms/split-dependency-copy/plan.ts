// Plans the split of one stage: which copies of the code come after which installs, what is copied before them, or why nothing is done.

import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import { bringsMore, type ContextCopy, covers, isContextCopy } from '../../src/facts/copies/repositoryCopies.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import type { Stage } from '../../src/facts/image.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { checkRun, copiesBefore, projectCopyAt, type RunBeforeCode, whyNotPassed } from './checks.ts';
import { earlierBlocker } from './earlier.ts';
import { eventOf } from './eventOf.ts';
import { type Follower, followerAt, followerBlocker } from './followers.ts';
import { type DependencyInstall, isDependencies } from './install.ts';
import { type CopyInTwo, destinationAt, ownerBlocker } from './landing.ts';
import { broughtBy, manifestCopies } from './manifests.ts';
import { isProjectCopy } from './movable.ts';
import { sourceBlocker, withOpenArguments } from './openArguments.ts';
import { bringsTriggers, type HeldInstall, type SplitRefusal, splitRefusal, unplaced } from './refusal.ts';
import { settingsBlocker } from './settings.ts';
import type { InstructionAt, SplitPlace } from './splitPlace.ts';
import { type Step, titleOfInstruction } from './step.ts';
import { type Kept, keptFor } from './writes.ts';

export interface MovedCopy extends CopyInTwo {
  /** Absolute, where the words at the new place would mean another folder. */
  readonly destination?: string;
  /** A copy behind it lays the same files there: it goes. */
  readonly covered: boolean;
}

export interface SecondInstall {
  readonly install: DependencyInstall;
  /** The command as the trace names it. */
  readonly key: string;
  /** The RUN is this one command. */
  readonly isWhole: boolean;
}

export interface SplitPlan {
  readonly kind: 'plan';
  readonly stage: Stage;
  readonly moved: readonly MovedCopy[];
  /** RUNs that go with the code. */
  readonly followers: readonly Follower[];
  /** The RUN that the moved copies follow. */
  readonly last: Instruction;
  /** All RUNs that install before the code. */
  readonly runs: readonly Instruction[];
  /** Copies that stay and bring no code, by index. */
  readonly bare: ReadonlySet<number>;
  readonly installs: readonly DependencyInstall[];
  readonly second?: SecondInstall;
  readonly kept: readonly Kept[];
  /** Steps (COPY, ADD, RUN) that a change of the code runs again. */
  readonly steps: { readonly before: number; readonly after: number };
}

/** Far more than real files have: hostile ones cost no time. */
export const MAX_INSTRUCTIONS = 400;
const MAX_STARTS = 8;

/** What a split of the Dockerfile is planned with. */
export const splitPlaceOf = (dockerfile: DockerfileFacts, facts: Facts): SplitPlace => ({
  syntax: dockerfile.syntax,
  stages: dockerfile.image.stages,
  context: dockerfile.context,
  snapshot: facts.snapshot,
  dockerfile,
  dockerfiles: facts.dockerfiles,
  known: new Map(),
  projects: new Map(),
  open: withOpenArguments(dockerfile.syntax),
});

/** What can be said of every stage of a Dockerfile; at most one plan, of the first stage that has one. */
export function splitsOf(dockerfile: DockerfileFacts, facts: Facts): (SplitPlan | SplitRefusal)[] {
  if (dockerfile.syntax.instructions.length > MAX_INSTRUCTIONS) return [];
  const { folder, ignorePath = '', ignoreFile, reason } = dockerfile.context;
  if (folder === undefined)
    return unplaced(dockerfile, {
      code: 'context',
      words: `the build context is not known (${reason}); name it under \`contexts\` in the configuration`,
    });
  const [problem] = ignoreFile?.problems ?? [];
  const isUnread = ignoreFile === undefined && facts.snapshot.paths.has(ignorePath);
  if (isUnread || problem !== undefined) {
    const why = problem === undefined ? '' : ` (${problem.message})`;
    return unplaced(dockerfile, {
      code: 'ignore file',
      words: `${ignorePath} cannot be read exactly${why}, so what the context holds is not known`,
    });
  }
  const place = splitPlaceOf(dockerfile, facts);
  const found: (SplitPlan | SplitRefusal)[] = [];
  for (const stage of dockerfile.image.stages) {
    if (bringsTriggers(stage)) continue;
    let starts = 0;
    const said = new Set<Step['text']>();
    for (const [n, i] of stage.instructions.entries()) {
      if (!isCopy(i)) continue;
      const start = { stage, n, place };
      if (!isMovable(start)) continue;
      if (++starts > MAX_STARTS) break;
      const split = planFrom(start);
      if (split?.kind === 'plan') return [...found, split];
      if (split === undefined || said.has(split.install.text)) continue;
      said.add(split.install.text);
      found.push(split);
    }
  }
  return found;
}

/** Does a copy bring the project's code to its folder? */
function isMovable(at: InstructionAt): boolean {
  const { copy, isCode } = projectCopyAt(at);
  return isCode && isContextCopy(copy) && isProjectCopy(copy, at);
}

/** Copies of the context that follow an instruction with nothing between that could see them come later. */
function copiesBehind({ stage, n: from, place }: InstructionAt): ContextCopy[] {
  const found: ContextCopy[] = [];
  for (let n = from + 1; n < stage.instructions.length; n++) {
    const i = stage.instructions[n]!;
    if (/^(ENV|ARG|LABEL|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL|MAINTAINER)$/.test(i.keyword)) continue;
    if (!isCopy(i)) break;
    const { copy } = projectCopyAt({ stage, n, place });
    if (!isContextCopy(copy)) break;
    found.push(copy);
  }
  return found;
}

interface Candidate {
  readonly run: RunBeforeCode;
  readonly kept: readonly Kept[];
}

/** Instructions that change nothing for a copy, wherever it stands. */
const PASSED = /^(ENV|ARG|LABEL|USER|WORKDIR|SHELL|EXPOSE|CMD|ENTRYPOINT|HEALTHCHECK|STOPSIGNAL|MAINTAINER)$/;

function planFrom(start: InstructionAt): SplitPlan | SplitRefusal | undefined {
  const { stage, place } = start;
  const moved: ContextCopy[] = [];
  const followers: Follower[] = [];
  const candidates: Candidate[] = [];
  let held: HeldInstall | undefined;
  for (let { n } = start; n < stage.instructions.length && held === undefined; n++) {
    const at = { stage, n, place };
    const i = stage.instructions[n]!;
    if (isCopy(i)) {
      const { copy } = projectCopyAt(at);
      if (isContextCopy(copy) && isMovable(at)) moved.push(copy);
      else {
        const why = whyNotPassed(copy, moved, place);
        if (why !== undefined)
          held = { at, blocker: { code: 'same folder', words: `${titleOfInstruction(i)} ${why}` } };
      }
    } else if (i.keyword === 'RUN') {
      const run = checkRun(at, [...moved]);
      const settings = 'blocker' in run ? undefined : settingsBlocker(run);
      const follower = followerAt(at, moved);
      if (follower !== undefined) followers.push(follower);
      else if ('blocker' in run) held = { at, blocker: run.blocker, ...(run.by === undefined ? {} : { by: run.by }) };
      else if (run.installs.length + run.creates.length > 0) {
        const kept = keptFor(run);
        const blocker = isBlocker(kept) ? kept : (followerBlocker(followers, run) ?? earlierBlocker(run) ?? settings);
        if (blocker !== undefined) held = { at, blocker };
        else if (!isBlocker(kept)) candidates.push({ run, kept });
        // Behind the first of two installs comes the code, then the second.
        if (run.installs.some((x) => x.leaving.length > 0)) break;
      } else if (settings !== undefined) held = { at, blocker: settings };
    } else if (!PASSED.test(i.keyword))
      held = { at, blocker: { code: 'unknown', words: `${titleOfInstruction(i)} is not followed` } };
  }
  // A few files stay near the install that they were copied for; whole folders come as late as they can.
  const isFew = moved.every((copy) => copy.sources.every((s) => s.kind === 'file'));
  // Where other code comes earlier, theirs is no gain.
  const earlier = copiesBefore(start).filter((c) => place.known.get(c.instruction.index)?.isCode);
  if (earlier.some((c) => isFew || !stage.instructions.includes(c.instruction))) return undefined;
  const last = candidates.findLast(
    ({ run }) => run.installs.some(isDependencies) && (!isFew || broughtBy(run).length > 0),
  );
  if (last === undefined) return splitRefusal(held, moved);
  // The code itself comes behind the install: what these files are is no code.
  if (isFew && bringsFolderLater(last.run.at)) return undefined;
  const plan = planUpTo(
    last,
    candidates.slice(0, candidates.indexOf(last) + 1),
    followers.filter((f) => f.n < last.run.at.n),
  );
  if (typeof plan === 'number') {
    // What would be left in its place is the copy itself: it stays, the others may still move.
    const copy = moved[plan]!;
    place.known.set(copy.instruction.index, { copy, isCode: false });
    return plan === 0 ? undefined : planFrom(start);
  }
  if (!isBlocker(plan)) return plan;
  return { kind: 'refusal', copy: moved[0]!.instruction, install: last.run.installs[0]!.step, blocker: plan };
}

/** Is code copied by the folder behind an instruction? */
const bringsFolderLater = ({ stage, n: from, place }: InstructionAt): boolean =>
  stage.instructions.some((i, n) => n > from && isCopy(i) && isCodeByFolder(projectCopyAt({ stage, n, place })));

const isCodeByFolder = ({ copy, isCode }: ReturnType<typeof projectCopyAt>): boolean =>
  isCode && isContextCopy(copy) && copy.sources.some((s) => s.kind === 'folder');

/** The plan, or why there is none; a number: which of the copies would be left as it is. `candidates`: up to `last`. */
function planUpTo(
  last: Candidate,
  candidates: readonly Candidate[],
  followers: readonly Follower[],
): SplitPlan | Blocker | number {
  const { at: end, moved } = last.run;
  const { stage, place } = end;
  const installs = candidates.flatMap((c) => c.run.installs);
  const brought = candidates.flatMap((c) => broughtBy(c.run));
  const done: MovedCopy[] = [];
  const twice = last.run.installs.find((x) => x.leaving.length > 0);
  for (const [index, copy] of moved.entries()) {
    const own = new Map(brought.filter((b) => b.copy.instruction === copy.instruction).map((b) => [b.path, b]));
    if (own.size > 0 && !bringsMore(copy, own, place)) return index;
    const manifests = manifestCopies(copy, [...own.values()]);
    if (isBlocker(manifests)) return manifests;
    const destination = destinationAt(copy, end);
    if (typeof destination === 'object') return destination;
    const source = sourceBlocker(copy, { stage, n: stage.instructions.indexOf(copy.instruction), place });
    if (source !== undefined) return source;
    const owner = ownerBlocker({ copy, manifests }, end, candidates);
    if (owner !== undefined) return owner;
    const next = [...moved.slice(index + 1), ...(twice === undefined ? copiesBehind(end) : [])];
    const covered = followers.length === 0 && next.some((one) => covers(one, copy, place));
    done.push({ copy, manifests, covered, ...(destination === undefined ? {} : { destination }) });
  }
  const kept = new Map(candidates.flatMap((c) => c.kept).map((k) => [k.line, k]));
  const first = stage.instructions.indexOf(moved[0]!.instruction);
  const before = stage.instructions.slice(first).filter((i) => /^(RUN|COPY|ADD)$/.test(i.keyword)).length;
  const earlier =
    stage.instructions.slice(first, end.n + 1).filter((i) => /^(RUN|COPY|ADD)$/.test(i.keyword)).length -
    moved.length -
    followers.length;
  const instruction = stage.instructions[end.n]!;
  return {
    kind: 'plan',
    stage,
    moved: done,
    followers,
    last: instruction,
    runs: candidates.map((c) => stage.instructions[c.run.at.n]!),
    bare: new Set(
      stage.instructions.flatMap((i, n) => (isCopy(i) && !projectCopyAt({ stage, n, place }).isCode ? [i.index] : [])),
    ),
    installs,
    kept: [...kept.values()],
    steps: { before, after: before - earlier - done.filter((m) => m.covered).length + (twice ? 1 : 0) },
    ...(twice
      ? {
          second: {
            install: twice,
            key: eventOf(twice.step, end)!.key,
            isWhole: last.run.steps.length === 1,
          },
        }
      : {}),
  };
}
