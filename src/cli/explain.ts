// `pyvenv-fix explain`: what the transforms do, and why.

import type { Diagnosis, Transform } from '../model.ts';

/** What `explain` reads of a transform. */
export type Explained = Pick<Transform, 'id' | 'title' | 'why' | 'references' | 'tier' | 'offByDefault' | 'diagnoses'>;

const TIERS = { S: 'safe', U: 'unsafe', F: 'finding' } as const;

/** All transforms, one a line, in the order in which they run. */
export function explainAll(transforms: readonly Explained[]): string {
  const widest = Math.max(0, ...transforms.map(({ id }) => id.length));
  const lines = transforms.map(({ id, title, tier, offByDefault }) => {
    return `  ${id.padEnd(widest)}  ${`${TIERS[tier]}${offByDefault ? ', off' : ''}`.padEnd(11)}  ${title}\n`;
  });
  return `The transforms, in the order in which they run; \`pyvenv-fix explain ID\` tells one with its cases, or one of its findings.\nsafe: applied by default; unsafe: with --unsafe; finding: reported only; off: with --only.\n\n${lines.join('')}`;
}

/** One transform. `page`: its generated page with a diff for each case, where that is at hand. */
export function explainOne(transform: Explained, page: string | undefined): string {
  if (page !== undefined) return page;
  const { id, title, why, references, diagnoses } = transform;
  const sources = references.map((url) => `  ${url}\n`).join('');
  const found = diagnoses.map((one) => `  ${one.id} (${one.level}): ${one.title}\n`).join('');
  return `${id}: ${title}\n\n${why}\n\nWhat it finds:\n${found}${sources === '' ? '' : `\n${sources}`}`;
}

/** One finding: what it means, how to see it, what to write. */
export function explainDiagnosis({ id, level, title, means, see, write }: Diagnosis): string {
  return `${id} (${level}): ${title}\n\n${means}\n\nSee it yourself:\n  ${see}\n\nWrite:\n  ${write}\n`;
}
