// Instructions that belong to the copied code: a RUN that only changes or removes what the code brought goes with it behind the install.

import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { type ContextCopy, contextPathsAt, inRepository, providedAt } from '../../src/facts/copies/repositoryCopies.ts';
import { filesIn } from '../../src/facts/folders.ts';
import { matchesGlobName } from '../../src/facts/globs.ts';
import { absolute, isWithin } from '../../src/facts/values.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { copiesBefore, type RunBeforeCode } from './checks.ts';
import { runSteps } from './commands.ts';
import type { InstructionAt, SplitPlace } from './splitPlace.ts';
import { type Step, titleOfInstruction } from './step.ts';
import { touchesFolder } from './tolerated.ts';
import { writersOf, writtenPlaces } from './writes.ts';

/** A RUN that goes with the code. */
export interface Follower {
  readonly instruction: Instruction;
  /** Its place in the stage. */
  readonly n: number;
  /** Absolute paths that it changes. */
  readonly paths: readonly string[];
}

const CHANGES = /^(chmod|chown|chgrp|rm)$/;
const FLAGS = /^(-[RrfvdI]+|--recursive|--force|--verbose|-[rwxXst]+)$/;

/** `/app/*.sh`: nothing but files of the code has such names, so the pattern finds the same ones behind an install. */
const SCRIPTS = /^[^*?[\]]*\/[\w.-]*\*[\w.-]*\.(sh|bash)$/;

/** The files that a pattern finds in what the copies bring. */
function followersFound(pattern: string, moved: readonly ContextCopy[], place: SplitPlace): string[] {
  const slash = pattern.lastIndexOf('/');
  const folder = pattern.slice(0, slash) || '/';
  const names = moved.flatMap((copy) =>
    contextPathsAt(copy, folder).flatMap(({ path }) => filesIn(inRepository(place.context, path), place.snapshot)),
  );
  return [...new Set(names)]
    .filter((name) => matchesGlobName(pattern.slice(slash + 1), name))
    .map((name) => absolute(name, folder));
}

/** The paths that `chmod`, `chown`, `chgrp` and `rm` of the step name; undefined: it is another command, or does more. */
function changedBy(step: Step): string[] | undefined {
  const [name = '', ...rest] = step.words.map((w) => w.value);
  if (!CHANGES.test(name) || !step.top) return undefined;
  if (step.redirects.length > 0 || !step.patterns.every((p) => SCRIPTS.test(p))) return undefined;
  const flags = rest.filter((w) => w.startsWith('-'));
  if (!flags.every((f) => FLAGS.test(f))) return undefined;
  const words = rest.filter((w) => !w.startsWith('-'));
  // `chmod -x FILE`: the mode looks like a flag.
  const isModeFlag = name === 'chmod' && flags.some((f) => /^-[rwxXst]+$/.test(f) && !/^-R$/.test(f));
  const paths = name === 'rm' || isModeFlag ? words : words.slice(1);
  return paths.map((p) => absolute(p, step.cwd));
}

/** Reads the RUN as one that belongs to the copies; undefined: it is none. */
export function followerAt(at: InstructionAt, moved: readonly ContextCopy[]): Follower | undefined {
  const { stage, n, place } = at;
  const instruction = stage.instructions[n]!;
  if (instruction.flags.length > 0 || instruction.heredocs.length > 0) return undefined;
  if (instruction.logical.text.includes('$')) return undefined;
  const { steps, problem } = runSteps(stage, n, place.dockerfile.text);
  if (problem !== undefined) return undefined;
  const copies = copiesBefore(at);
  const paths: string[] = [];
  for (const step of steps) {
    const own = changedBy(step);
    if (own === undefined) return undefined;
    const files = own.flatMap((p) => (step.patterns.includes(p) ? followersFound(p, moved, place) : [p]));
    if (files.length === 0) return undefined;
    for (const path of files) {
      const from = providedAt(path, copies, place);
      const isCode =
        from !== undefined &&
        moved.some(
          (copy) =>
            copy.instruction === from.copy.instruction && isWithin(path, copy.destination) && path !== copy.destination,
        );
      if (!isCode) return undefined;
      paths.push(path);
    }
  }
  return { instruction, n, paths };
}

/** That an install must not come before the RUNs that belong to the code. */
export function followerBlocker(followers: readonly Follower[], run: RunBeforeCode): Blocker | undefined {
  const { stage, n } = run.at;
  const now = stage.before[n + 1] ?? stage.final;
  for (const one of followers) {
    const was = stage.before[one.n]!;
    const title = titleOfInstruction(one.instruction);
    if (was.user !== now.user || was.cwd !== now.cwd || was.shell.join('\0') !== now.shell.join('\0'))
      return {
        code: 'order',
        words: `${title} changes the code, and USER, WORKDIR or SHELL changes before the install`,
      };
    const reads = run.installs.flatMap((x) => [...x.reads.files, ...x.reads.optional, ...x.reads.folders]);
    const read = [...reads, ...run.looks].find((path) => touchesFolder(path, one.paths));
    if (read !== undefined) return { code: 'order', words: `${title} may change ${read}, which the install reads` };
    for (const writer of writersOf(run)) {
      const places = writtenPlaces(writer, run);
      if (!isBlocker(places) && places.some((p) => touchesFolder(p, one.paths)))
        return { code: 'order', words: `${title} may touch what is installed` };
    }
  }
  return undefined;
}
