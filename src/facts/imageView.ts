// An image that somebody builds, what runs in its containers, and where that is written.

import type { DockerfileFacts } from './dockerfileFacts.ts';
import { chainOf } from './runsPython.ts';
import { isRun, type RunEvent, type TraceEvent } from './trace/events.ts';
import type { Files } from './trace/imageFiles.ts';

/** An image that somebody builds. */
export interface ImageView {
  readonly dockerfile: DockerfileFacts;
  /** Index of its last stage. */
  readonly target: number;
}

/** What the trace knows of the finished image's files. */
export const filesOfImage = ({ dockerfile, target }: ImageView): Files => dockerfile.trace.stages[target]!.files;

/** What runs in a container of the image: by itself, by a compose service, by whoever enters it. */
export const startsWithin = ({ dockerfile, target }: ImageView): readonly RunEvent[] =>
  dockerfile.trace.events.filter(isRun).filter((event) => event.stage === target && event.when === 'runtime');

/** Is there a script or a program among the steps of which nothing is known? It may have made anything. */
export function hasOpenStep({ dockerfile, target }: ImageView): boolean {
  const stages = new Set(chainOf(dockerfile.image, target).map(({ index }) => index));
  return dockerfile.trace.events.some(
    (event) =>
      stages.has(event.stage) &&
      event.when === 'build' &&
      ((event.kind === 'run' && event.what === 'unknown') || event.kind === 'script'),
  );
}

/** Where the finding of a command hangs: in the compose file that gives it, else on its instruction. */
export function anchorOf(
  { instruction, service }: Pick<TraceEvent, 'instruction' | 'service'>,
  dockerfile: DockerfileFacts,
): { readonly path: string; readonly offset: number } {
  const origin = dockerfile.services.find(({ name, command }) => name === service && command !== undefined)?.command
    ?.origin;
  return origin === undefined
    ? { path: dockerfile.path, offset: dockerfile.syntax.instructions[instruction]!.start }
    : { path: origin.path, offset: origin.range.start };
}
