// `npm run new` and `npm run fixtures`, as they are started, in a copy of the house.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'pyvenv-fix-new-'));
  for (const name of ['src', 'node_modules']) symlinkSync(join(root, name), join(copy, name));
  for (const name of ['transforms', 'scripts', 'test/fixtureCases.ts', 'test/declaring.ts', 'package.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function script(name: string, ...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', `scripts/${name}.ts`, ...argv], {
    cwd: copy,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}
const read = (path: string): string => readFileSync(join(copy, path), 'utf8');

test.each([
  [['Avoid-Alpine'], /^"Avoid-Alpine" is no id: /],
  [['../transforms'], /^"\.\.\/transforms" is no id: /],
  [['alpine'], /^"alpine" is no id: /],
  [['avoid--alpine'], /^"avoid--alpine" is no id: /],
  [['ignore-venv'], /^ignore-venv exists: transforms\/ignore-venv\n$/],
  [[], /^name one transform: npm run new ID\n$/],
  [['say-letters', 'keep-venv'], /^name one transform: npm run new ID\n$/],
])('refuses %j in one line, and writes nothing', (argv, says) => {
  const before = read('transforms/index.ts');
  const { status, stdout, stderr } = script('new', ...argv);
  expect([status, stdout, stderr.trimEnd().split('\n').length]).toEqual([2, '', 1]);
  expect(stderr).toMatch(says);
  expect(read('transforms/index.ts')).toBe(before);
});

test('a new transform stands in its three places, and its case fails until it is written', () => {
  const made = script('new', 'say-letters');
  expect([made.status, made.stderr]).toEqual([0, '']);
  const folder = 'fixtures/say-letters/says-in-its-name-what-becomes-of-it';
  expect(made.stdout.split('\n').slice(0, 4)).toEqual([
    'transforms/say-letters/index.ts',
    `${folder}/before/Dockerfile`,
    `${folder}/after/Dockerfile`,
    'transforms/index.ts',
  ]);
  const list = read('transforms/index.ts');
  expect(list).toMatch(/run-as-non-root\/index.ts';\nimport { sayLetters } from '.\/say-letters\/index.ts';\n/);
  expect(list).toMatch(/ {2}sayLetters,\n\];\n/);
  expect(script('new', 'say-letters').stderr).toBe('say-letters exists: transforms/say-letters\n');

  const shown = script('fixtures', 'say-letters');
  expect(shown.status).toBe(1);
  expect(shown.stdout).toContain('-# Write before/ and after/ as they shall be');
  expect(shown.stdout).toContain('1 cases, 1 differ (shown');

  // written, but for what it declares
  const path = 'transforms/say-letters/index.ts';
  const fix = `{ title: 'Say A', safety: 'safe', edits: [{ path: d.path, start: d.text.length, end: d.text.length, newText: 'ENV A=1\\n' }], declares: {} }`;
  const finding = `d.text.includes('ENV A') ? [{ diagnosis: WHAT_IS_WRONG, path: d.path, offset: 0, message: 'A stands.', reason: 'Left.' }] : [{ diagnosis: WHAT_IS_WRONG, path: d.path, offset: 0, message: 'No A.', reason: 'So.', fix: ${fix} }]`;
  writeFileSync(join(copy, path), read(path).replace('return [];\n}', `return ${finding} as Finding[];\n}`));
  const withdrawn = script('fixtures', 'say-letters');
  expect(withdrawn.status).toBe(1);
  expect(withdrawn.stderr).toContain('declare it. Missing: declares: {"instructions":{"added":["ENV"]},"env":["A"]}');
  const declares = `declares: { instructions: { added: ['ENV'] }, env: ['A'] }`;
  writeFileSync(join(copy, path), read(path).replace('declares: {}', declares));

  // and taken
  const taken = script('fixtures', '--update', 'say-letters');
  expect([taken.status, taken.stderr]).toEqual([0, '']);
  expect(taken.stdout).toContain('+ENV A=1');
  expect(read(`${folder}/after/Dockerfile`)).toBe(`${read(`${folder}/before/Dockerfile`)}ENV A=1\n`);
  expect(JSON.parse(read(`${folder}/case.json`))).toEqual({ findings: [{ at: 'Dockerfile:1:1', says: 'Left.' }] });
  expect(script('fixtures', 'say-letters')).toMatchObject({
    status: 0,
    stdout: '1 cases, 0 differ, 0 wrong in themselves\n',
  });

  // nothing to change any more: after/ goes
  writeFileSync(join(copy, folder, 'before/Dockerfile'), 'FROM python:3.12-slim\nENV A=1\n');
  expect(script('fixtures', '--update', 'fixtures/say-letters').status).toBe(0);
  expect(existsSync(join(copy, folder, 'after'))).toBe(false);
});
