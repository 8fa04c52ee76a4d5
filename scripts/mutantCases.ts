// What the mutants are tried on: every case of fixtures/, the rows of test/rows/, the guard's tables of lies, of changes and of fixes that do not come to rest, and the tests of facts.

import '../test/builds.test.ts';
import '../test/commandChange.test.ts';
import '../test/copies.test.ts';
import '../test/starts.test.ts';
import '../test/trace.test.ts';
import '../test/volumeFolder.test.ts';

import { isDeepStrictEqual } from 'node:util';
import { CHANGES } from '../test/changeCases.ts';
import { COMPARED } from '../test/compareCases.ts';
import { casesOf, wrongCase } from '../test/fixtureCases.ts';
import { LIES, type Lie, liar, RESTLESS, type Restless, runOver } from '../test/guardCases.ts';
import { LOOPED } from '../test/loopCases.ts';
import { ROWS } from '../test/rows/index.ts';
import { caseOf } from '../test/rows/row.ts';
import { transforms } from '../transforms/index.ts';
import { collected } from './mutantTests.ts';

/** `wrong`: what comes out otherwise than it should, or undefined. */
export interface MutantCase {
  readonly name: string;
  readonly wrong: () => string | undefined;
}

export const cases: readonly MutantCase[] = [
  ...[...transforms.map((transform) => transform.id), 'repositories'].flatMap((id) =>
    casesOf(id).map((one) => ({ name: `fixtures/${id}/${one.name}`, wrong: () => wrongCase(one) })),
  ),
  ...ROWS.map((row) => ({ name: `rows: ${row.name}`, wrong: () => wrongCase(caseOf(row)) })),
  ...LIES.map((lie) => ({ name: lie.promise, wrong: () => wrongLie(lie) })),
  ...RESTLESS.map((one) => ({ name: one.name, wrong: () => wrongRest(one) })),
  ...[...CHANGES, ...COMPARED, ...LOOPED].map(({ name, came, wanted }) => ({
    name,
    wrong: () => outcomeDiffers(came(), wanted),
  })),
  ...collected,
];

function wrongLie(lie: Lie): string | undefined {
  const result = runOver(lie.files, [liar(lie, lie.declares)]);
  if (!result.withdrawn[0]?.why.includes(lie.why)) return `withdrawn: ${result.withdrawn[0]?.why}`;
  if (lie.stands === undefined) return undefined;
  const honest = runOver(lie.files, [liar(lie, lie.stands)]);
  return honest.withdrawn.length > 0 ? `withdrawn: ${honest.withdrawn[0]?.why}` : undefined;
}

function wrongRest({ files, transforms: list, after, applied, withdrawn }: Restless): string | undefined {
  const result = runOver(files, list);
  const found = {
    after: Object.fromEntries([...result.after.paths.keys()].sort().map((path) => [path, result.after.read(path)])),
    applied: result.applied.map((applied) => applied.transform),
    withdrawn: result.withdrawn.map((withdrawal) => withdrawal.transform),
  };
  const text = JSON.stringify(found);
  return text === JSON.stringify({ after, applied, withdrawn }) ? undefined : text;
}

const outcomeDiffers = (came: unknown, wanted: unknown): string | undefined =>
  isDeepStrictEqual(came, wanted) ? undefined : `comes out as ${JSON.stringify(came)}`;
