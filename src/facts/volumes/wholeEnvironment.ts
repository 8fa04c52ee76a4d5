// Is the environment that the trace saw in the image when the build ends, with packages in it and an interpreter to run them?

import { expandWord } from '../../parse/expand.ts';
import { readMount } from '../../parse/runMounts.ts';
import { lookupIn } from '../image.ts';
import { envInterpreter } from '../trace/resolve.ts';
import type { Environment } from '../trace/state.ts';
import { absolute, isKnown, isWithin } from '../values.ts';
import { interpreterDoubt } from './interpreters.ts';
import { type BoundService, fillsAtStart } from './venvUse.ts';

/** Made in a mount of its RUN, which ends with that step, or copied from where one was. */
export function isMadeInMount(bound: BoundService, environment: Environment): boolean {
  const { own } = bound;
  const first = own.trace.stages[environment.stage]?.files.environments.get(environment.createdAt);
  return [environment, first].some((e) => e !== undefined && mountsOver(bound, e.path, e.instruction));
}

function mountsOver({ own }: BoundService, path: string, index: number): boolean {
  const i = own.syntax.instructions[index];
  const stage = own.image.stages.find((s) => s.instructions.some((other) => other.index === index));
  if (i?.keyword !== 'RUN' || stage === undefined) return false;
  const state = stage.before[stage.instructions.findIndex((other) => other.index === index)]!;
  return i.flags.some(({ name, value }) => {
    if (name !== 'mount' || value === undefined) return false;
    const { given } = readMount(value, (word) => expandWord(word, lookupIn(state, stage.base), own.syntax.escape));
    const target = given.get('target');
    if (target === undefined) return false;
    const at = absolute(target, state.cwd);
    return !isKnown(at) || isWithin(path, at);
  });
}

/** Why it may be less than what the service needs. */
export function wholenessDoubt(bound: BoundService, environment: Environment): string | undefined {
  const { path } = environment;
  const installs = bound.files.installs.get(envInterpreter(path));
  if ((installs === undefined || installs.size === 0) && fillsAtStart(bound, path).length === 0)
    return `the image installs nothing into ${path}, so that the packages may be the host's`;
  return interpreterDoubt(bound, environment);
}
