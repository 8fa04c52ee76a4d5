// What is said where nothing is done: which copy makes which install run again, and what keeps it so.

import type { Blocker } from '../../src/facts/blocker.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import { type ContextCopy, providedAt } from '../../src/facts/copies/repositoryCopies.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { checkRun, copiesBefore } from './checks.ts';
import { runSteps } from './commands.ts';
import { isDependencies } from './install.ts';
import { projectInstall } from './projectInstall.ts';
import type { InstructionAt } from './splitPlace.ts';
import type { Step } from './step.ts';

export interface SplitRefusal {
  readonly kind: 'refusal';
  readonly copy: Instruction;
  readonly install: Step;
  readonly blocker: Blocker;
  /** The command that needs the code, and its RUN. */
  readonly heldBy?: { readonly instruction: Instruction; readonly step: Step };
  /** The steps to write, where they are known better than in general. */
  readonly byHand?: string;
}

const INSTALLS = /\b(pip[\d.]* install [^&;|]*-r|poetry install|uv sync|pipenv (install|sync)|pdm (install|sync))\b/;

/** A base called so copies the code itself, at FROM: all that follows runs at every change, in whatever order. */
export const bringsTriggers = (stage: Stage): boolean => /onbuild[^/]*$/i.test(stage.base.ref);

/** Without a context and its ignore file nothing is known but the order itself. */
export function unplaced(dockerfile: DockerfileFacts, blocker: Blocker): SplitRefusal[] {
  return dockerfile.image.stages.flatMap((stage) => {
    const copy = stage.instructions.findIndex(
      (i) => isCopy(i) && !i.flags.some((f) => f.name === 'from') && /^\.\/?$/.test(i.words[0]?.value ?? ''),
    );
    const first = stage.instructions.findIndex((i) => i.keyword === 'RUN' && INSTALLS.test(i.logical.text));
    if (copy < 0 || first < copy || bringsTriggers(stage)) return [];
    const install = runSteps(stage, first, dockerfile.text).steps.find((s) => INSTALLS.test(s.text));
    return install === undefined ? [] : [{ kind: 'refusal', copy: stage.instructions[copy]!, install, blocker }];
  });
}

/** The first instruction that must stay behind the code, and why. */
export interface HeldInstall {
  readonly at: InstructionAt;
  readonly blocker: Blocker;
  /** The command that needs the code. */
  readonly by?: Step;
}

const whatHolds = ({ at: { stage, n }, by }: HeldInstall): Pick<SplitRefusal, 'heldBy'> =>
  by === undefined ? {} : { heldBy: { instruction: stage.instructions[n]!, step: by } };

/** The finding for what stopped the search, where a later install reads a file of the copied code. */
export function splitRefusal(held: HeldInstall | undefined, copies: readonly ContextCopy[]): SplitRefusal | undefined {
  if (held === undefined || held.blocker.code === 'already split') return undefined;
  const { stage, place } = held.at;
  for (let { n } = held.at; n < stage.instructions.length; n++) {
    if (stage.instructions[n]!.keyword !== 'RUN') continue;
    const at = { stage, n, place };
    const run = checkRun(at, copies);
    const own = 'blocker' in run ? run : run.installs.find(isDependencies);
    const { step, reads } = own ?? {};
    if (!(step && reads)) continue;
    const before = copiesBefore(at);
    const providers = reads.files.flatMap((path) => {
      const one = providedAt(path, before, place);
      return one === undefined || !copies.some((c) => c.instruction === one.copy.instruction)
        ? []
        : [one.copy.instruction];
    });
    // Only what names its requirements in a file of the code can be split by hand.
    if (providers[0] !== undefined)
      return { kind: 'refusal', copy: providers[0], install: step, blocker: held.blocker, ...whatHolds(held) };
    const project =
      !reads.ofProject && INSTALLERS[reads.tool].fillsText !== undefined ? projectInstall(step, at, copies) : undefined;
    return project === undefined ? undefined : { kind: 'refusal', install: step, ...project };
  }
  return undefined;
}
