// The moved copy at its new place: the same folder, the same files, the same owner.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { ContextCopy } from '../../src/facts/copies/repositoryCopies.ts';
import { type ImageState, lookupIn } from '../../src/facts/image.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { absolute, isWithin } from '../../src/facts/values.ts';
import { expandWord } from '../../src/parse/dockerfile/expand.ts';
import { type RunBeforeCode, regionOf } from './checks.ts';
import type { ManifestCopy } from './manifests.ts';
import type { InstructionAt } from './splitPlace.ts';
import { titleOfInstruction } from './step.ts';

/** The absolute destination where the written one means another folder behind that instruction, or why there is none. */
export function destinationAt(copy: ContextCopy, { stage, n, place }: InstructionAt): string | Blocker | undefined {
  const { instruction } = copy;
  const state: ImageState = stage.before[n + 1] ?? stage.final;
  const was = stage.before[stage.instructions.indexOf(instruction)]!;
  const same = (word: string): boolean =>
    expandWord(word, lookupIn(state, stage.base), place.syntax.escape).value ===
    expandWord(word, lookupIn(was, stage.base), place.syntax.escape).value;
  for (const word of [...copy.sources.map((s) => s.written), ...instruction.flags.map((f) => f.value ?? '')]) {
    if (!same(word))
      return { code: 'variable', words: `a variable of ${titleOfInstruction(instruction)} changes before the install` };
  }
  const { value } = expandWord(copy.writtenDestination, lookupIn(state, stage.base), place.syntax.escape);
  if (absolute(value, state.cwd) === copy.destination) return undefined;
  return copy.destination === '/' || copy.asFile || !/\/$/.test(copy.writtenDestination)
    ? copy.destination
    : `${copy.destination}/`;
}

export interface CopyInTwo {
  readonly copy: ContextCopy;
  /** What stands in its place. */
  readonly manifests: readonly ManifestCopy[];
}

/** That a folder would get another owner or mode, were it made by what stands before the copy's new place. */
export function ownerBlocker(
  { copy, manifests }: CopyInTwo,
  { stage, n: last }: InstructionAt,
  candidates: readonly { readonly run: RunBeforeCode; readonly kept: readonly unknown[] }[],
): Blocker | undefined {
  const hasManifests = manifests.length > 0;
  const isSet = copy.instruction.flags.some((f) => f.name === 'chown' || f.name === 'chmod');
  const region = regionOf(copy);
  for (let n = stage.instructions.indexOf(copy.instruction) + 1; n <= last; n++) {
    const i = stage.instructions[n]!;
    const isRoot = isRootUser(stage.before[n]!.user);
    if (i.keyword === 'WORKDIR' && (isSet || !isRoot)) {
      const path = (stage.before[n + 1] ?? stage.final).cwd;
      if (isWithin(path, region) && (path !== region || !hasManifests))
        return {
          code: 'owner',
          words: `${titleOfInstruction(i)} would make the folder that the code is copied to, with another owner`,
        };
    }
    const writes = candidates.find(({ run }) => run.at.n === n)?.kept.length ?? 0;
    if (writes > 0 && !isRoot && !hasManifests)
      return { code: 'owner', words: 'the copy may be what makes the folder that the environment stands in' };
  }
  return undefined;
}
