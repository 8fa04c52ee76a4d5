// Which build steps a change of the code alone runs again, told from the Dockerfile without building anything.

import type { Snapshot } from '../model.ts';
import type { Instruction } from '../parse/dockerfile/syntax.ts';
import { isCopy, stageBefore } from './copies/copy.ts';
import { type AnyCopy, type CopyPlace, changesWithCode, isContextCopy, readCopy } from './copies/repositoryCopies.ts';
import type { DockerfileFacts } from './dockerfileFacts.ts';
import { differing, type Facts } from './facts.ts';
import type { Stage } from './image.ts';
import { isWithin } from './values.ts';

/** The steps (RUN, COPY, ADD, WORKDIR) that a target runs again, and all that it has. */
export interface Rerun {
  readonly again: readonly Instruction[];
  readonly steps: number;
}

const STEPS: ReadonlySet<string> = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR']);

/**
 * What a code-only change re-runs when the last stage is built: from the first COPY of code on, in every stage that it needs, and
 * in every stage from the step on that takes something that has changed from such a stage. Undefined where the build context or what is
 * copied is not known.
 */
export function rerunOf(dockerfile: DockerfileFacts, snapshot: Snapshot): Rerun | undefined {
  const { stages } = dockerfile.image;
  if (dockerfile.context.folder === undefined || stages.length === 0) return undefined;
  const place = { syntax: dockerfile.syntax, stages, context: dockerfile.context, snapshot, dockerfile };
  /** The steps of each stage that run again. */
  const dirty = new Map<number, readonly Instruction[]>();
  const needed = neededStages(dockerfile);
  const again: Instruction[] = [];
  let steps = 0;
  for (const stage of stages) {
    if (!needed.has(stage.index)) continue;
    const inherited = (stage.parent === undefined ? undefined : dirty.get(stage.parent)) ?? [];
    const own: Instruction[] = [...inherited];
    let isDirty = inherited.length > 0;
    for (const [n, instruction] of stage.instructions.entries()) {
      if (!STEPS.has(instruction.keyword)) continue;
      steps++;
      if (!isDirty) {
        const from = sourceStages(instruction, stage, dockerfile);
        if (from.some((one) => takesChanged(stage, n, dirty.get(one) ?? [], place))) isDirty = true;
        else if (isCopy(instruction) && from.length === 0) {
          const copy: AnyCopy = readCopy(stage, n, place);
          if (isContextCopy(copy)) isDirty = changesWithCode(copy, place);
          else if (!instruction.flags.some(({ name }) => name === 'from') && instruction.heredocs.length === 0) {
            return undefined;
          }
        } else if (bindsContext(instruction)) return undefined;
      }
      if (!isDirty) continue;
      again.push(instruction);
      own.push(instruction);
    }
    dirty.set(stage.index, own);
  }
  return { again, steps };
}

/**
 * Whether what the instruction takes from another stage is different once these steps of it have run again: builders compare the content
 * that is copied. A RUN may change anything; a copy of code changes what lies where it copies to.
 */
function takesChanged(
  stage: Stage,
  n: number,
  steps: readonly Instruction[],
  place: CopyPlace & { readonly dockerfile: DockerfileFacts },
): boolean {
  const instruction = stage.instructions[n]!;
  const taken = instruction.words.slice(0, -1).map(({ value }) => value.replace(/(?<=.)\/+$/, ''));
  const isPlain = instruction.keyword !== 'RUN' && taken.every((path) => /^\/[^*?[\\$]*$/.test(path));
  return steps.some((step) => {
    if (!isPlain || !isCopy(step)) return true;
    const of = place.dockerfile.image.stages.find(({ instructions }) => instructions.includes(step))!;
    const copy = readCopy(of, of.instructions.indexOf(step), place);
    const to = copy.destination;
    return !isContextCopy(copy) || taken.some((path) => isWithin(path, to) || isWithin(to, path));
  });
}

/** What a fix gains, one sentence; undefined where it changes nothing or cannot be told. */
export function gainOf(before: Facts, after: Facts, paths: readonly string[]): string | undefined {
  const said: string[] = [];
  for (const { was, now } of differing(before, after)) {
    const ignorePath = now.context.ignorePath ?? '';
    if (!paths.includes(now.path) && !paths.includes(ignorePath)) continue;
    const old = was && rerunOf(was, before.snapshot);
    const rerun = rerunOf(now, after.snapshot);
    // Where an instruction went or came, or an install runs a second time, the numbers alone tell nothing.
    const isGain = old && rerun && old.steps - old.again.length < rerun.steps - rerun.again.length;
    if (!isGain || rerun.again.length >= old.again.length) continue;
    const where = paths.includes(now.path) ? '' : ` of ${now.path}`;
    said.push(`A code-only change re-runs ${rebuildWords(rerun)}${where} instead of ${rebuildWords(old)}.`);
  }
  return said.length > 0 ? said.join(' ') : undefined;
}

const rebuildWords = ({ again, steps }: Rerun): string => `${again.length} of ${steps} steps`;

/** Stages of the file that a COPY, ADD or mount takes from. */
function sourceStages(instruction: Instruction, stage: Stage, { image }: DockerfileFacts): number[] {
  const names = instruction.flags.flatMap(({ name, value = '' }) =>
    name === 'from' ? [value] : name === 'mount' ? [/(?:^|,)from=([^,]*)/.exec(value)?.[1] ?? ''] : [],
  );
  return names.flatMap((name) => stageBefore(name, stage, image.stages) ?? []);
}

const bindsContext = ({ flags }: Instruction): boolean =>
  flags.some(
    ({ name, value = '' }) => name === 'mount' && /(?:^|,)type=bind(?:,|$)/.test(value) && !/(?:^|,)from=/.test(value),
  );

/** This stage (the last one where none is given), and what it is FROM or takes from, and so on. */
export function neededStages(dockerfile: DockerfileFacts, target = dockerfile.image.stages.length - 1): Set<number> {
  const { stages } = dockerfile.image;
  const needed = new Set<number>();
  const waiting = [target];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    const stage = stages[index];
    if (!stage || needed.has(index)) continue;
    needed.add(index);
    if (stage.parent !== undefined) waiting.push(stage.parent);
    for (const instruction of stage.instructions) waiting.push(...sourceStages(instruction, stage, dockerfile));
  }
  return needed;
}
