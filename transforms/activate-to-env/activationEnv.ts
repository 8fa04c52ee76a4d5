// The ENV lines that take the place of activations: in which stages, where, and how the path is written.

import { insertLinesAfter, insertLinesBefore, replaceRange } from '../../src/edit/textEdits.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { type Arrival, aboveComments, type EnvNeed, envLines, hasOnPath } from '../../src/facts/onPath/envLines.ts';
import type { ActivateEvent, CreateEvent, OtherEvent } from '../../src/facts/trace/events.ts';
import type { TextEdit } from '../../src/model.ts';
import { lineEndingOf } from '../../src/text/positions.ts';
import { type Attempt, instructionOf, type Task } from './activations.ts';

/** Is the environment on PATH at this activation, by ENV? */
export function isOnPathAt(dockerfile: DockerfileFacts, event: ActivateEvent): boolean {
  const stage = dockerfile.image.stages[event.stage]!;
  const n = stage.instructions.findIndex((i) => i.index === event.instruction);
  const state = event.when === 'runtime' || n < 0 ? stage.final : stage.before[n]!;
  return hasOnPath(dockerfile, state, stage.base, event.path);
}

/** A RUN that activates before the file itself sets ENV PATH further down: it works, and nothing is missing. */
export function isSetLater(dockerfile: DockerfileFacts, event: ActivateEvent): boolean {
  const stage = dockerfile.image.stages[event.stage]!;
  return (
    event.when === 'build' &&
    !isOnPathAt(dockerfile, event) &&
    hasOnPath(dockerfile, stage.final, stage.base, event.path)
  );
}

interface EnvInsertion {
  readonly edit: TextEdit;
  readonly lines: number;
  /** The removed instruction in whose place it stands. */
  readonly replaces?: number;
}

/** Where the environment comes to be in each stage, and the ENV lines that belong there. */
export function envInsertions(
  task: Task,
  attempt: Attempt,
  removed: ReadonlyMap<number, TextEdit>,
): { readonly insertions: readonly EnvInsertion[]; readonly replaced: readonly number[] } | Blocker {
  const insertions: EnvInsertion[] = [];
  for (const stage of task.dockerfile.image.stages) {
    const made = inStage(stage, task, attempt, removed);
    if (made === undefined) continue;
    if (isBlocker(made)) return made;
    insertions.push(made);
  }
  return { insertions, replaced: insertions.flatMap(({ replaces }) => replaces ?? []) };
}

/** The ENV lines of one stage; undefined: it needs none. */
function inStage(
  stage: Stage,
  task: Task,
  attempt: Attempt,
  removed: ReadonlyMap<number, TextEdit>,
): EnvInsertion | Blocker | undefined {
  const { dockerfile, group, cut } = task;
  const arrival: (Arrival & { readonly kind: string }) | undefined = dockerfile.trace.events.find(
    (e): e is CreateEvent | OtherEvent =>
      e.stage === stage.index &&
      e.when === 'build' &&
      e.path === group.path &&
      (e.kind === 'create' || (e.kind === 'copy' && e.partOf === undefined)),
  );
  if (arrival === undefined) return undefined;
  // a stage below has it already and ENV comes with it
  if (stage.parent !== undefined && dockerfile.trace.stages[stage.parent]!.files.environments.has(group.path))
    return undefined;
  const others = [...dockerfile.trace.stages[stage.index]!.files.environments.keys()].filter((p) => p !== group.path);
  if (others.length > 0)
    return { code: 'second environment', words: `the stage has a second environment, ${others[0]}` };
  const heirs = heirsOf(dockerfile, stage.index);
  const own = cut.filter((e) => heirs.has(e.stage));
  const onlyCopies = own.length === 0;
  // PATH is set before the first of them: at most VIRTUAL_ENV is missing
  const onPath = own.length > 0 && own.every((e) => isOnPathAt(dockerfile, e));
  if (onlyCopies && hasOnPath(dockerfile, stage.final, stage.base, group.path)) return undefined;
  if (onlyCopies && !(attempt.copies && arrival.kind === 'copy' && dockerfile.targets.some((t) => heirs.has(t))))
    return undefined;
  const instructions = own.filter((e) => e.stage === stage.index && e.when === 'build').map((e) => e.instruction);
  const isPlain = (first: number): boolean =>
    removed.has(first) && (attempt.late || isDirectlyBehind(dockerfile, arrival.instruction, first));
  const spot = behindVariable(spotFor(instructions, arrival.instruction, attempt, isPlain), stage, group.path);
  return insertionAt(spot, { stage, arrival, complete: attempt.complete, onPath }, task);
}

/** The stage and those FROM it, however far up. */
function heirsOf(dockerfile: DockerfileFacts, index: number): Set<number> {
  const heirs = new Set([index]);
  for (const s of dockerfile.image.stages) if (s.parent !== undefined && heirs.has(s.parent)) heirs.add(s.index);
  return heirs;
}

/** Where ENV stands: by which instruction, and on which side of it. */
interface Spot {
  readonly index: number;
  readonly side: 'before' | 'behind' | 'instead';
}

/**
 * In the place of a removed instruction; before the RUN that creates and activates; else behind what brings it.
 * `here`: the instructions of the stage that activate; `mayReplace`: ENV may stand in the place of this one.
 */
function spotFor(
  here: readonly number[],
  arrival: number,
  { late }: Attempt,
  mayReplace: (instruction: number) => boolean,
): Spot {
  if (here.includes(arrival)) return { index: arrival, side: 'before' };
  const first = Math.min(...here);
  if (mayReplace(first)) return { index: first, side: 'instead' };
  return late && here.length > 0 ? { index: first, side: 'before' } : { index: arrival, side: 'behind' };
}

/** Behind the file's own ENV VIRTUAL_ENV where that stands next: it is not written twice. */
function behindVariable(spot: Spot, stage: Stage, path: string): Spot {
  const next = stage.instructions.findIndex(({ index }) => index === spot.index) + 1;
  const own = stage.instructions[next];
  if (spot.side !== 'behind' || own?.keyword !== 'ENV' || !own.pairs.some(({ name }) => name === 'VIRTUAL_ENV'))
    return spot;
  const value = (stage.before[next + 1] ?? stage.final).env.get('VIRTUAL_ENV');
  return value?.replace(/\/+$/, '') === path ? { index: own.index, side: 'behind' } : spot;
}

/** The ENV lines there; undefined: none are missing. */
function insertionAt({ index, side }: Spot, need: EnvNeed, task: Task): EnvInsertion | Blocker | undefined {
  const { dockerfile } = task;
  const { stage } = need;
  const anchor = instructionOf(dockerfile, index);
  const at = stage.instructions.findIndex((i) => i.index === index);
  const state = side === 'behind' ? (stage.before[at + 1] ?? stage.final) : stage.before[at]!;
  const lines = envLines(need, { state, like: anchor }, { dockerfile, path: task.group.path });
  if (isBlocker(lines)) return lines;
  if (lines.length === 0) return undefined;
  const { path, text } = dockerfile;
  const count = lines.length;
  if (side === 'instead') {
    const edit = replaceRange(path, anchor, lines.join(lineEndingOf(text, anchor.start)));
    return { edit, lines: count, replaces: index };
  }
  if (side === 'before')
    return {
      edit: insertLinesBefore({ path, text, offset: aboveComments(text, anchor.start), lines }),
      lines: count,
    };
  return {
    edit: insertLinesAfter({ path, text, offset: Math.max(anchor.start, anchor.end - 1), lines }),
    lines: count,
  };
}

/** Nothing but instructions without commands between them. */
function isDirectlyBehind(dockerfile: DockerfileFacts, first: number, second: number): boolean {
  return dockerfile.syntax.instructions
    .slice(first + 1, second)
    .every((i) => /^(ENV|ARG|LABEL|WORKDIR|EXPOSE)$/.test(i.keyword));
}
