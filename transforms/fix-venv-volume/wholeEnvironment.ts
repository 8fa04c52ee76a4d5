// Is the environment that the trace saw in the image when the build ends, with packages in it and an interpreter to run them?

import type { Blocker } from '../../src/facts/blocker.ts';
import { runMounts } from '../../src/facts/copies/stepMounts.ts';
import { envKey } from '../../src/facts/pythonInterpreter.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import { interpreterBlocker } from './interpreters.ts';
import { type BoundService, fillsAtStart } from './venvUse.ts';

/** Made in a mount of its RUN, which ends with that step, or copied from where one was. */
export function isMadeInMount(bound: BoundService, environment: Environment): boolean {
  const { own } = bound;
  const first = own.trace.stages[environment.stage]?.files.environments.get(environment.createdAt);
  return [environment, first].some((e) => e !== undefined && mountsOver(bound, e.path, e.instruction));
}

function mountsOver({ own }: BoundService, path: string, index: number): boolean {
  const stage = own.image.stages.find((s) => s.instructions.some((other) => other.index === index))!;
  const at = stage.instructions.findIndex((other) => other.index === index);
  return runMounts(stage.instructions[at]!, stage.before[at]!, stage, own.syntax.escape).some(
    ({ target }) => target !== undefined && (!isKnown(target) || isWithin(path, target)),
  );
}

/** Why it may be less than what the service needs. */
export function wholenessBlocker(bound: BoundService, environment: Environment): Blocker | undefined {
  const { path } = environment;
  const installs = bound.files.installs.get(envKey(path));
  if ((installs === undefined || installs.size === 0) && fillsAtStart(bound, path).length === 0)
    return {
      code: 'empty environment',
      words: `the image installs nothing into ${path}, so that the packages may be the host's`,
    };
  return interpreterBlocker(bound, environment);
}
