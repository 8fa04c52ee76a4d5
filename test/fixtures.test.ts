// Every fixture: its transform alone makes of `before` what `after` holds, once and for all; `after` absent = nothing changes.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../src/bytes.ts';
import { settingsOf } from '../src/config/read.ts';
import { isDockerfileName } from '../src/facts/facts.ts';
import { fixRepository } from '../src/fix.ts';
import type { FixResult, PathKind, Settings, Snapshot } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile.ts';
import { transforms } from '../transforms/index.ts';

/** What a case may say in its `case.json`. */
interface CaseFile {
  readonly unsafe?: boolean;
  readonly settings?: Partial<Settings>;
  /** Each must be part of the message or the reason of a finding that is left; `[]`: none may be left. */
  readonly findings?: readonly string[];
}

const root = fileURLToPath(new URL('../fixtures', import.meta.url));

function filesOf(folder: string): Map<string, string> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [bytesOf(path.slice(folder.length + 1)), readFileSync(path, 'latin1')]));
}

function snapshotOf(files: ReadonlyMap<string, string>): Snapshot {
  const paths = new Map<string, PathKind>([...files.keys()].map((path) => [path, 'file']));
  return { paths, read: (path) => files.get(path) };
}

const textsOf = (snapshot: Snapshot): Record<string, string | undefined> =>
  Object.fromEntries([...snapshot.paths.keys()].sort().map((path) => [path, snapshot.read(path)]));

function run(id: string | 'all', snapshot: Snapshot, own: CaseFile): FixResult {
  const settings = { ...settingsOf({}), ...own.settings };
  return fixRepository(snapshot, transforms, settings, {
    ids: id === 'all' ? transforms.filter((t) => !t.offByDefault).map((t) => t.id) : [id],
    unsafe: own.unsafe === true,
    prefix: '',
    editable: () => true,
  });
}

for (const id of [...transforms.map((t) => t.id), 'all']) {
  // whole repositories go through all transforms
  const folder = join(root, id === 'all' ? 'repositories' : id);
  const cases = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory()) : [];
  describe.skipIf(cases.length === 0)(id, () => {
    for (const { name } of cases) {
      test(name.replaceAll('-', ' '), () => {
        const place = join(folder, name);
        const json = join(place, 'case.json');
        const own = (existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {}) as CaseFile;
        const before = filesOf(join(place, 'before'));
        expect(before.size, 'files of before').toBeGreaterThan(0);
        const wanted = new Map([...before, ...filesOf(join(place, 'after'))]);
        const result = run(id, snapshotOf(before), own);
        expect(result.withdrawn.map(({ why }) => why)).toEqual([]);
        expect(textsOf(result.after)).toEqual(textsOf(snapshotOf(wanted)));
        const changed = [...wanted].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
        expect(existsSync(join(place, 'after')), 'after stands where something changes').toBe(changed.length > 0);
        expect(result.changed).toEqual(changed.sort());
        for (const path of changed.filter(isDockerfileName)) {
          expect(parseDockerfile(result.after.read(path) ?? '').problems, path).toEqual([]);
        }
        const said = result.findings.map((f) => `${f.message} ${f.reason}`);
        for (const part of own.findings ?? []) {
          expect(
            said.some((text) => text.includes(part)),
            `a finding with "${part}" in ${JSON.stringify(said)}`,
          ).toBe(true);
        }
        if (own.findings?.length === 0) expect(said).toEqual([]);
        const again = run(id, result.after, own);
        expect(again.applied.map(({ fix }) => fix.title)).toEqual([]);
        expect(textsOf(again.after)).toEqual(textsOf(result.after));
      });
    }
  });
}

test('each transform has its cases, and each folder of cases its transform', () => {
  const ids = transforms.map(({ id }) => id);
  const folders = readdirSync(root).filter((name) => name !== 'repositories');
  expect(folders.filter((name) => !ids.includes(name))).toEqual([]);
  expect(ids.filter((id) => !folders.includes(id))).toEqual([]);
});
