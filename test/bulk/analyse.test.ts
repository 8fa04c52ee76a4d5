// Fixing from objects alone gives what fixing a clean checkout in place gives, for the fixtures put together in repositories.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { analyse, isConcerned } from '../../src/bulk/job/analyse.ts';
import { fixRepository } from '../../src/fix/loop.ts';
import { openBare } from '../../src/io/objects/bare.ts';
import { openRepository } from '../../src/io/worktree/repository.ts';
import { unifiedDiff } from '../../src/report/diff.ts';
import { transforms } from '../../transforms/index.ts';
import { type Sandbox, sandbox } from '../repositories.ts';
import { CAMPAIGN } from './jobs.ts';

const root = fileURLToPath(new URL('../../fixtures', import.meta.url));
const cases = readdirSync(root).flatMap((id) =>
  readdirSync(join(root, id), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ id, name, folder: join(root, id, name, 'before') })),
);
const SETTINGS = {
  contexts: {},
  bases: {},
  venvVolume: 'volume',
  recommendedIgnores: false,
  include: [],
  exclude: [],
} as const;
const env = { PATH: process.env.PATH };
const signal = new AbortController().signal;

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

/** Both ways over one repository, which has `files` (bytes). */
async function compare(files: ReadonlyMap<string, Buffer>): Promise<number> {
  const box = sandbox();
  boxes.push(box);
  const lines: Buffer[] = [Buffer.from('commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n')];
  for (const [path, bytes] of files) {
    lines.push(Buffer.from(`M 100644 inline ${path}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'));
  }
  execFileSync('git', ['-C', box.path, 'fast-import', '--quiet'], { input: Buffer.concat(lines) });
  box.git('reset', '-q', '--hard');
  const { ids, unsafe } = CAMPAIGN;
  const opened = await openRepository(box.path, { write: false, env });
  const options = { ids, unsafe, prefix: '', editable: () => true };
  const inPlace = fixRepository(opened.snapshot, transforms, SETTINGS, options);
  const bare = await openBare({ folder: box.path }, { env, signal, branch: 'x', isConcerned });
  try {
    const { result, diff } = await analyse(bare, { transforms, ids, unsafe });
    expect(diff).toBe(unifiedDiff(inPlace.before, inPlace.after, inPlace.changed));
    expect(result.findings).toEqual(inPlace.findings);
    expect(result.applied).toEqual(inPlace.applied);
    expect(bare.missed()).toEqual([]);
    return result.changed.length;
  } finally {
    await bare.close();
  }
}

function filesOf(folder: string, below = ''): Map<string, Buffer> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [below + path.slice(folder.length + 1), readFileSync(path)]));
}

const whole = cases.filter(({ id }) => id === 'repositories');
test.each(whole.map(({ name }) => name))('repository %s', async (name) => {
  const one = whole.find((each) => each.name === name)!;
  const changes = existsSync(join(one.folder, '../after'));
  expect((await compare(filesOf(one.folder))) > 0).toBe(changes);
});

const TOGETHER = 12;

test('every fourth dozen of the fixtures, as folders of one repository', async () => {
  expect(cases.length).toBeGreaterThan(300);
  for (let at = 0; at < cases.length; at += 4 * TOGETHER) {
    const files = new Map<string, Buffer>();
    for (const { id, name, folder } of cases.slice(at, at + TOGETHER)) {
      for (const [path, bytes] of filesOf(folder, `${id}/${name}/`)) files.set(path, bytes);
    }
    expect(await compare(files), `from ${at}`).toBeGreaterThan(0);
  }
}, 120_000);

test('fixtures at the root, every twelfth', async () => {
  for (const { folder } of cases.filter((_, at) => at % 12 === 0)) {
    const files = filesOf(folder);
    if ([...files.keys()].every((path) => !/^pyvenv-fix\.config|pyproject/.test(path))) await compare(files);
  }
}, 120_000);
