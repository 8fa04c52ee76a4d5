// A Dockerfile with one RUN cut in two, held against what it was.

import { applyEdits } from '../../edit/textEdits.ts';
import { type Blocker, isBlocker } from '../blocker.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { cutOfRun, type RunCut } from '../shell/runCut.ts';
import { blockersBetween } from './compare.ts';

/** Where it is cut: the RUN by its index, and the file offset of the command that begins the second half. */
export interface CutDeclaration {
  readonly instruction: number;
  readonly offset: number;
}

export interface CutDockerfile {
  readonly dockerfile: DockerfileFacts;
  readonly cut: RunCut;
}

/** The Dockerfile with the cut; or why the two halves would not do what the RUN did. */
export function cutDockerfile(was: DockerfileFacts, { instruction, offset }: CutDeclaration): CutDockerfile | Blocker {
  const run = was.syntax.instructions[instruction];
  const stage = was.image.stages.find(({ instructions }) => instructions.some(({ index }) => index === instruction));
  const shell = stage?.before[stage.instructions.findIndex(({ index }) => index === instruction)]?.shell;
  if (run === undefined || shell === undefined) return { code: 'cut', words: 'there is no such RUN' };
  const cut = cutOfRun({ text: was.text, syntax: was.syntax, instruction: run, shell }, offset);
  if (isBlocker(cut)) return cut;
  const text = applyEdits(was.text, [{ path: was.path, ...cut }]);
  const now = was.reread(text);
  const [problem] = now.syntax.problems;
  if (problem !== undefined) return { code: 'text', words: problem.message };
  const bases = was.image.stages.map(({ base }) => base);
  const [blocker] = blockersBetween(was.trace, now.trace, { movesTo: [], bases });
  return blocker ?? { dockerfile: { ...was, ...now, text }, cut };
}
