// A campaign that wants proof: what comes out better is pushed, what cannot be told is left.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { engine, leftBy, missingBase, network } from './bench.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const place = realpathSync(mkdtempSync(join(tmpdir(), 'engine-test-')));
const program = join(place, 'dist', 'pyvenv-fix.cjs');
const dockerfile = (step: string) => `FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN python -m venv /opt/venv
RUN . /opt/venv/bin/activate
RUN ${step}
CMD ["python", "app.py"]
`;
const here = engine !== undefined && (await missingBase([dockerfile('true')])) === undefined;
const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' });

/** The address of a bare repository with these files. */
function address(name: string, files: Readonly<Record<string, string>>): string {
  const work = join(place, `${name}.work`);
  mkdirSync(work);
  git(work, 'init', '-q', '-b', 'main');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text);
  git(work, 'add', '-A');
  git(work, '-c', 'user.name=T', '-c', 'user.email=t@example.com', 'commit', '-qm', 'first');
  git(place, 'clone', '-q', '--bare', work, `${name}.git`);
  return `file://${place}/${name}.git`;
}

afterAll(() => rmSync(place, { recursive: true, force: true }));

test.skipIf(!here)('only what is proven is delivered', { timeout: 400_000 }, async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', join(place, 'dist')], { cwd: project, stdio: 'pipe' });
  execFileSync('ln', ['-s', join(project, 'node_modules'), join(place, 'node_modules')]);
  const files = { 'app.py': 'print("ready")\n' };
  const better = address('better', { ...files, Dockerfile: dockerfile('python -c "import sys"') });
  const untold = address('untold', { ...files, Dockerfile: dockerfile('exit 3') });
  const own = ['--author', 'T <t@example.com>', '--format', 'json', '--require-proof'];
  const running = promisify(execFile)(
    process.execPath,
    [program, 'bulk', 'apply', better, untold, ...own, ...(network === undefined ? [] : ['--network', network])],
    { cwd: place },
  );
  const { stdout } = await running;
  const { repositories } = JSON.parse(stdout) as { repositories: { key: string; ended: string; proof?: string }[] };
  const ended = repositories.map((one) => [one.key.split('/').at(-1), one.ended, one.proof]).sort();
  expect(ended).toEqual([
    ['better.git', 'changed', 'better'],
    ['untold.git', 'skipped', 'cannot tell'],
  ]);
  expect(git(join(place, 'better.git'), 'branch', '--list', 'pyvenv-fix').trim()).toBe('pyvenv-fix');
  expect(git(join(place, 'untold.git'), 'branch', '--list', 'pyvenv-fix')).toBe('');
  expect(await leftBy(running.child.pid!)).toEqual([]);
});
