// Variables of a COPY from another stage that ended with that stage.

import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { lookupIn, type Stage } from '../image.ts';
import { isKnown } from '../values.ts';
import { type Copy, isCopy } from './copy.ts';

/** A variable of a COPY that has no value there. */
export interface LostVariable {
  readonly name: string;
  /** What it was, in the stage that is copied from or above the first FROM; undefined: that is not known. */
  readonly value: string | undefined;
  /** An ARG above the first FROM. */
  readonly isGlobal: boolean;
  readonly copy: Copy;
  readonly stage: Stage;
}

/** The first such variable of each COPY --from of the file. */
export function lostVariables(dockerfile: DockerfileFacts): LostVariable[] {
  const { image, trace } = dockerfile;
  return image.stages.flatMap((stage) =>
    stage.instructions.filter(isCopy).flatMap((instruction) => {
      const state = stage.before[stage.instructions.indexOf(instruction)]!;
      const copy = trace.stages[stage.index]!.files.copies.find((one) => one.instruction === instruction);
      if (copy === undefined || typeof copy.from !== 'number') return [];
      const source = image.stages[copy.from]!.final;
      const lookup = lookupIn(state, stage.base);
      for (const { written, value } of copy.sources) {
        const name = /^\$(?:\{(\w+)\}|(\w+))/.exec(written)?.slice(1).find(Boolean);
        if (name === undefined || lookup(name) !== undefined || /^[\w.-]/.test(value)) continue;
        const isGlobal = image.globals.some(({ pairs }) => pairs.some((pair) => pair.name === name));
        const was = source.env.get(name) ?? (isGlobal ? undefined : source.buildEnv.get(name));
        if (was === undefined && !isGlobal) continue;
        return [{ name, value: was !== undefined && isKnown(was) ? was : undefined, isGlobal, copy, stage }];
      }
      return [];
    }),
  );
}
