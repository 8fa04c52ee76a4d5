// RUN pip install -r r.txt && python manage.py collectstatic  ->  RUN pip install -r r.txt / COPY . . / RUN python manage.py collectstatic

import { isBlocker } from '../../src/facts/blocker.ts';
import { type CutDeclaration, type CutDockerfile, cutDockerfile } from '../../src/facts/compare/cutRun.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import type { RunCut } from '../../src/facts/shell/runCut.ts';
import type { TextEdit } from '../../src/model.ts';
import { type SplitPlan, splitsOf } from './plan.ts';
import type { SplitRefusal } from './refusal.ts';

export interface CutSplit extends CutDockerfile {
  readonly plan: SplitPlan;
  readonly declared: CutDeclaration;
}

/** The split of a Dockerfile whose RUN is cut before the command that needs the code; undefined: it gives none. */
export function cutSplitOf(refusal: SplitRefusal, dockerfile: DockerfileFacts, facts: Facts): CutSplit | undefined {
  const { heldBy } = refusal;
  if (heldBy === undefined || !heldBy.step.top) return undefined;
  const declared = { instruction: heldBy.instruction.index, offset: heldBy.step.range.start };
  const made = cutDockerfile(dockerfile, declared);
  if (isBlocker(made)) return undefined;
  const plan = splitsOf(made.dockerfile, facts).find((one) => one.kind === 'plan');
  // the half that installs comes before the code: else the cut is for nothing
  return plan?.runs.some(({ start }) => start === heldBy.instruction.start) ? { ...made, plan, declared } : undefined;
}

/** Edits of the cut text as edits of the text before it; undefined: one reaches over the cut. */
export function throughCut(
  edits: readonly TextEdit[],
  path: string,
  { start, end, newText }: RunCut,
): TextEdit[] | undefined {
  const till = start + newText.length;
  const shift = end - start - newText.length;
  const inner: TextEdit[] = [];
  const found: TextEdit[] = [];
  for (const edit of edits) {
    if (edit.path !== path || edit.end < start || (edit.end === start && edit.start < start)) found.push(edit);
    else if (edit.start > till || (edit.start === till && edit.end > till))
      found.push({ ...edit, start: edit.start + shift, end: edit.end + shift });
    else if (edit.start >= start && edit.end <= till) inner.push(edit);
    else return undefined;
  }
  let text = newText;
  for (const edit of inner.sort((a, b) => b.start - a.start))
    text = text.slice(0, edit.start - start) + edit.newText + text.slice(edit.end - start);
  return [...found, { path, start, end, newText: text }];
}
