// Every fixture: its transform alone makes of `before` what `after` holds, once and for all; `after` absent = nothing changes.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import { isDockerfileName } from '../src/text/dockerNames.ts';
import { transforms } from '../transforms/index.ts';
import { casesOf, findingsLeft, fixturesRoot, runCase, snapshotOf, withdrawnIn, wrongWords } from './fixtureCases.ts';

const textsOf = (snapshot: Snapshot): Record<string, string | undefined> =>
  Object.fromEntries([...snapshot.paths.keys()].sort().map((path) => [path, snapshot.read(path)]));

for (const id of [...transforms.map((t) => t.id), 'repositories']) {
  const cases = casesOf(id);
  describe.skipIf(cases.length === 0)(id, () => {
    for (const one of cases) {
      test(one.name.replaceAll('-', ' '), () => {
        const { before, after, own } = one;
        expect(before.size, 'files of before').toBeGreaterThan(0);
        const result = runCase(one, snapshotOf(before));
        expect(result.withdrawn.length > 0 ? withdrawnIn(one) : []).toEqual([]);
        expect(textsOf(result.after)).toEqual(textsOf(snapshotOf(after)));
        const changed = [...after].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
        expect(one.changes, 'after stands where something changes').toBe(changed.length > 0);
        expect(result.changed).toEqual(changed.sort());
        for (const path of changed.filter(isDockerfileName)) {
          expect(parseDockerfile(result.after.read(path) ?? '').problems, path).toEqual([]);
        }
        const { found, wanted } = findingsLeft(result, own.findings ?? []);
        expect(found).toEqual(wanted);
        expect(wrongWords(one, result)).toBeUndefined();
        const again = runCase(one, result.after);
        expect(again.applied.map(({ fix }) => fix.title)).toEqual([]);
        expect(textsOf(again.after)).toEqual(textsOf(result.after));
      });
    }
  });
}

test('each transform has its cases, and each folder of cases its transform', () => {
  const ids = transforms.map(({ id }) => id);
  const folders = readdirSync(fixturesRoot).filter((name) => name !== 'repositories');
  expect(folders.filter((name) => !ids.includes(name))).toEqual([]);
  expect(ids.filter((id) => !folders.includes(id))).toEqual([]);
});
