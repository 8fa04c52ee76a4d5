// A campaign on a forge through the front door: plan, a first wave, all of it, again, its state, and taken back.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Double, startDouble } from './double/double.ts';
import { FILES } from './jobs.ts';

vi.setConfig({ testTimeout: 120_000 });

const project = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'pyvenv-fix-forge-'));
const cache = join(project, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const dist = mkdtempSync(join(cache, 'forge-test-'));

let double: Double;
/** All that the program ever said. */
let said = '';

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', dist], { cwd: project });
  writeFileSync(join(place, '.gitconfig'), '[user]\n\tname = Test\n\temail = test@example.org\n');
  double = await startDouble({
    organisations: ['acme'],
    repositories: {
      'acme/one': { files: FILES },
      'acme/two': { files: FILES },
      'acme/plain': { files: { 'README.md': 'nothing here\n' } },
      'acme/old': { files: FILES, archived: true },
    },
  });
}, 120_000);

afterAll(async () => {
  await double.close();
  for (const path of [place, dist]) rmSync(path, { recursive: true, force: true });
});

function bulk(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env.PATH ?? '', HOME: place, LC_ALL: 'C.UTF-8', GITHUB_TOKEN: double.token };
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(dist, 'pyvenv-fix.cjs'), 'bulk', ...args, '--api', double.api], {
      cwd: place,
      env,
    });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('close', (code) => {
      said += out + err;
      done({ code: code ?? -1, out, err });
    });
  });
}

const open = () =>
  ['acme/one', 'acme/two'].flatMap((path) => double.pulls(path)).filter(({ state }) => state === 'open');

test('a campaign from its plan to its end', async () => {
  const plan = await bulk('plan', 'github:acme', '--rate', '60');
  expect(plan.code, plan.err).toBe(0);
  expect(plan.out).toContain('Budget: 2 pull requests, at 60/h: 2 min.');
  expect(plan.out).toContain('1 skipped: ');
  expect(double.writes()).toEqual([]);

  const wave = await bulk('apply', 'github:acme', '--rate', '3600', '--wave', '1', '--label', 'docker');
  expect(wave.code, wave.err).toBe(0);
  expect(wave.out).toContain('Pull requests: 1 opened.');
  expect(wave.out).toMatch(/\n1 waiting: /);
  expect(open()).toHaveLength(1);

  const all = await bulk('apply', 'github:acme', '--rate', '3600', '--label', 'docker');
  expect(all.code, all.err).toBe(0);
  expect(open()).toHaveLength(2);

  double.forget();
  const again = await bulk('apply', 'github:acme', '--rate', '3600', '--label', 'docker', '--format', 'json');
  expect(JSON.parse(again.out).summary).toMatchObject({ pushed: 0, counts: { changed: 0, unchanged: 3, skipped: 1 } });
  expect(double.writes()).toEqual([]);

  const status = await bulk('status');
  expect(status.code, status.err).toBe(0);
  expect(status.out).toContain('2 pull requests open\n');

  const close = await bulk('close', '--rate', '3600');
  expect(close.code, close.err + close.out).toBe(0);
  expect(open()).toEqual([]);
  expect((await bulk('status', '--format', 'markdown')).out).toContain('closed');
  expect(said).not.toContain(double.token);
});
