// What the builds say of the assumptions that fixes of the unsafe tier rest on.

import type { FixResult } from '../model.ts';
import type { AssumptionProof, SubjectProof, Verdict } from '../report/proof.ts';
import type { Subject } from './subjects.ts';

/** For each fix of the unsafe tier. `proofs`: of these subjects, in their order; fewer where it was ended early. */
export function assumptionProofs(
  applied: FixResult['applied'],
  subjects: readonly Subject[],
  proofs: readonly SubjectProof[],
): AssumptionProof[] {
  return applied.flatMap(({ transform, fix }) => {
    const { title, assumption, edits } = fix;
    if (assumption === undefined) return [];
    const reached = subjects
      .map(({ reachedBy }, index) => ({ reachedBy, proof: proofs[index] }))
      .filter(({ reachedBy }) => edits.some(({ path }) => reachedBy.includes(path)));
    const names = reached.flatMap(({ proof }) => (proof ? [proof.name] : []));
    const doubt = reached.length === 0 ? NOTHING_REACHED : worstDoubt(reached.map(({ proof }) => doubtOf(proof)));
    return [{ transform, title, assumption, ...(doubt ?? { borneOut: 'yes' as const }), subjects: names }];
  });
}

/** What it makes of the verdict over the whole repository; what is borne out adds nothing to it. */
export const verdictOn = ({ borneOut }: AssumptionProof): Verdict =>
  (({ yes: 'same', no: 'worse', 'cannot tell': 'cannot tell' }) as const)[borneOut];

type Doubt = Pick<AssumptionProof, 'reason'> & { readonly borneOut: 'no' | 'cannot tell' };

const NOTHING_REACHED: Doubt = {
  borneOut: 'cannot tell',
  reason: 'No image and no service that is built here has what it changes.',
};

const worstDoubt = (doubts: readonly (Doubt | undefined)[]): Doubt | undefined =>
  doubts.find((one) => one?.borneOut === 'no') ?? doubts.find((one) => one !== undefined);

function doubtOf(proof: SubjectProof | undefined): Doubt | undefined {
  if (proof === undefined) return { borneOut: 'cannot tell', reason: 'It was interrupted.' };
  const { name, verdict, before, after } = proof;
  if (verdict === 'worse') return { borneOut: 'no', reason: `${name} comes out worse.` };
  if (verdict === 'cannot tell') return { borneOut: 'cannot tell', reason: `Of ${name} it cannot be told.` };
  if (before?.built !== false) return undefined;
  // nothing to compare its start with: it must be seen to run where the packages are
  const program = after?.start?.processes.at(-1);
  if (program?.inEnvironment) return undefined;
  const seen = program ? `\`${program.command}\` runs outside of the environment` : 'no Python was seen in its start';
  return { borneOut: 'cannot tell', reason: `${name} did not build before, and now ${seen}.` };
}
