// A build step with what it starts from: its stage, its configuration, the image's files, and those of the repository in it.

import { takenAt } from '../../src/facts/copies/copy.ts';
import { inRepository } from '../../src/facts/copies/repositoryCopies.ts';
import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import type { ImageState, Stage } from '../../src/facts/image.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import type { Files } from '../../src/facts/trace/imageFiles.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';

/** One instruction of a stage. */
export interface BuildStep {
  readonly dockerfile: DockerfileFacts;
  readonly facts: Facts;
  readonly stage: Stage;
  readonly instruction: Instruction;
  /** Before it. */
  readonly state: ImageState;
  readonly files: Files;
}

/** The step with this index in the file; undefined: it stands in no stage. */
export function stepAt(dockerfile: DockerfileFacts, facts: Facts, index: number): BuildStep | undefined {
  for (const stage of dockerfile.image.stages) {
    const n = stage.instructions.findIndex((one) => one.index === index);
    const state = stage.before[n];
    const files = dockerfile.trace.stages[stage.index]!.before[n];
    if (state === undefined || files === undefined) continue;
    return { dockerfile, facts, stage, instruction: stage.instructions[n]!, state, files };
  }
  return undefined;
}

/** The command that became the event, with its folder and variables. */
export const commandAt = (event: RunEvent, { trace }: DockerfileFacts): Command | undefined =>
  trace.stages[event.stage]!.commands.find(
    ({ words, range, instruction, when, service }) =>
      instruction === event.instruction &&
      when === event.when &&
      service === event.service &&
      range.start === event.range.start &&
      words.join('\0') === event.words.join('\0'),
  );

/** The text of the repository's file that the step finds at an absolute path; undefined: none that is known to stand there. */
export function fileAtStep(path: string, step: BuildStep): string | undefined {
  const { dockerfile, instruction, state, stage, files } = step;
  for (const { type, given, target } of runMounts(instruction, state, stage, dockerfile.syntax.escape)) {
    const source = (given.get('source') ?? '').replace(/^(\.?\/)+|\/+$/g, '').replace(/^\.$/, '');
    if (type !== 'bind' || given.has('from') || target === undefined || !isKnown(source) || !isWithin(path, target))
      continue;
    const text = contextText(
      [source, path.slice(target === '/' ? 1 : target.length + 1)].filter(Boolean).join('/'),
      step,
    );
    if (text !== undefined) return text;
  }
  return copiedText(path, files, step);
}

function contextText(path: string, { dockerfile: { context }, facts }: BuildStep): string | undefined {
  if (context.folder === undefined || context.ignored(path)) return undefined;
  return facts.snapshot.read(inRepository(context, path));
}

function copiedText(path: string, files: Files, step: BuildStep): string | undefined {
  for (const copy of [...files.copies].reverse()) {
    if (copy.from === 'image') continue;
    for (const one of takenAt(copy, path)) {
      const found =
        copy.from === 'context'
          ? contextText(one.path, step)
          : copiedText(`/${one.path}`, step.dockerfile.trace.stages[copy.from]!.files, step);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The nearest file of that name in the folder or above it. */
export function fileAbove(name: string, folder: string, step: BuildStep): string | undefined {
  for (let at = folder; at.startsWith('/'); at = at.slice(0, at.lastIndexOf('/'))) {
    const text = fileAtStep(`${at === '/' ? '' : at}/${name}`, step);
    if (text !== undefined) return text;
    if (at.lastIndexOf('/') <= 0) break;
  }
  return undefined;
}
