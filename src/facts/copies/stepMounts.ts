// `RUN --mount=...` of one instruction, read once as BuildKit reads it: keys in any case, quoted fields, variables.

import { expandWord } from '../../parse/dockerfile/expand.ts';
import { type ReadMount, readMount } from '../../parse/dockerfile/runMounts.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { type ImageState, lookupIn, type Stage } from '../image.ts';
import { absolute } from '../values.ts';

export interface RunMount extends ReadMount {
  /** Behind `--mount=`. */
  readonly written: string;
  /** Absolute; symbolic; undefined where none is given. */
  readonly target: string | undefined;
}

/** `state`: what the instruction starts from. */
export function runMounts(
  instruction: Instruction,
  state: ImageState,
  { base }: Pick<Stage, 'base'>,
  escapeChar: string,
): RunMount[] {
  const lookup = lookupIn(state, base);
  return instruction.flags
    .filter(({ name }) => name === 'mount')
    .map(({ value = '' }) => {
      const mount = readMount(value, (word) => expandWord(word, lookup, escapeChar));
      const target = mount.given.get('target');
      return { ...mount, written: value, target: target === undefined ? undefined : absolute(target, state.cwd) };
    });
}
