// A COPY from another stage whose variables ended with that stage: an empty source is its root.

import { type Copy, isCopy } from '../../src/facts/copies/copy.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { lookupIn, type Stage } from '../../src/facts/image.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { VARIABLE_GONE } from './acrossDiagnoses.ts';

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

/** Findings of the file's copies. */
export function lostVariableFindings(dockerfile: DockerfileFacts): Finding[] {
  return lostVariables(dockerfile).map(({ name, value, isGlobal, copy, stage }) => {
    const from = dockerfile.image.stages[copy.from as number]!;
    const written = copy.sources.find((one) => one.written.includes(name))!;
    const takes = written.value === '' ? 'the root' : `\`${written.value}\``;
    const what = isGlobal ? 'an ARG above the first FROM is none of this stage' : 'what a stage sets ends with it';
    const add = isGlobal ? `\`ARG ${name}\`` : `\`ENV ${name}=${value ?? '...'}\``;
    return {
      diagnosis: VARIABLE_GONE,
      path: dockerfile.path,
      offset: copy.instruction.start,
      message: `\`$${name}\` has no value behind line ${lineMark(dockerfile.path, stage.from.start)} (${what}): the COPY takes ${takes} of stage ${from.name ?? from.index}.`,
      reason: `Write ${add} above this line.`,
    };
  });
}
