// Which folders hold what tests read: files there are meant to be as they are.

const FIXTURES =
  /(^|\/)(_*(fixtures?|golden|goldens|testdata)_*|[\w-]+[-_]fixtures?|fixtures?[-_][\w-]+|tests?[-_]?(data|files|cases|fixtures|resources|assets|repos|projects|samples|inputs)|__snapshots__|__mocks__)\//i;
const BELOW_TESTS =
  /(^|\/)(_*(tests?|testing|specs?|e2e|testsuite)_*|[\w]+[-_]tests?|tests?[-_][\w-]+)\/([^/]+\/)*_*(data|datasets?|samples?|resources|assets|inputs?|outputs?|expected|snapshots?|cases|corpus|mocks?|dumm(y|ies)|stubs?|repos|projects)\//i;

/** Does the path (of a file) lie in a folder of test data? */
export const isTestData = (path: string): boolean => testDataFolder(path) !== undefined;

/** That folder, with a slash at its end. */
export function testDataFolder(path: string): string | undefined {
  const found = FIXTURES.exec(path) ?? BELOW_TESTS.exec(path);
  return found === null ? undefined : path.slice(0, found.index + found[0].length);
}
