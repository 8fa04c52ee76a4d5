// Which folders hold what tests read: files there are meant to be as they are.

import type { Snapshot } from '../model.ts';

const FIXTURES =
  /(^|\/)(_*(fixtures?|golden|goldens|testdata)_*|[\w-]+[-_]fixtures?|fixtures?[-_][\w-]+|tests?[-_]?(data|files|cases|fixtures|resources|assets|repos|projects|samples|inputs)|__snapshots__|__mocks__)\//i;
const BELOW_TESTS =
  /(^|\/)(_*(tests?|testing|specs?|e2e|testsuite)_*|[\w]+[-_]tests?|tests?[-_][\w-]+)\/([^/]+\/)*_*(data|datasets?|samples?|resources|assets|inputs?|outputs?|expected|snapshots?|cases|corpus|mocks?|dumm(y|ies)|stubs?|repos|projects)\//i;

/** Does the path (of a file) lie in a folder of test data, below the folder `named` by the user where it lies there? */
export const isTestData = (path: string, named = ''): boolean => testDataFolder(path, named) !== undefined;

/** That folder, with a slash at its end. */
export function testDataFolder(path: string, named = ''): string | undefined {
  const above = named !== '' && path.startsWith(`${named}/`) ? named.length + 1 : 0;
  const below = path.slice(above);
  const found = FIXTURES.exec(below) ?? BELOW_TESTS.exec(below);
  return found === null ? undefined : path.slice(0, above + found.index + found[0].length);
}

/** The repository without the test data of others, where a folder of test data is `named`: what lies there is about none of its files. */
export function withoutOtherTestData(snapshot: Snapshot, named = ''): Snapshot {
  if (named === '' || !isTestData(`${named}/`)) return snapshot;
  const isOthers = (path: string): boolean => !path.startsWith(`${named}/`) && path !== named && isTestData(path);
  const paths = new Map([...snapshot.paths].filter(([path]) => !isOthers(path)));
  return { paths, read: (path) => (isOthers(path) ? undefined : snapshot.read(path)) };
}
