// The ignore line: after the fix the environment is out whatever the file held, and nothing else of the context changes.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { matchesGlobName } from '../src/facts/globs.ts';
import { fixRepository } from '../src/fix/loop.ts';
import type { PathKind, Snapshot } from '../src/model.ts';
import { gitignoreNames } from '../src/parse/ignoreFile/gitignoreNames.ts';
import { parseIgnore, walkIgnores } from '../src/parse/ignoreFile/ignoreFile.ts';
import { ignoreVenv } from '../transforms/ignore-venv/index.ts';

function fixed(files: Readonly<Record<string, string>>): {
  text: string | undefined;
  applied: number;
  withdrawn: number;
} {
  const paths = new Map<string, PathKind>(Object.keys(files).map((p) => [p, 'file']));
  const snapshot: Snapshot = { paths, read: (p) => files[p] };
  const options = { ids: ['ignore-venv'], unsafe: false, prefix: '', editable: () => true };
  const { after, applied, withdrawn } = fixRepository(snapshot, [ignoreVenv], settingsOf({}), options);
  return { text: after.read('.dockerignore'), applied: applied.length, withdrawn: withdrawn.length };
}

const DOCKERFILE = 'FROM python:3.12-slim\nCOPY . /srv\nCMD ["python", "/srv/app.py"]\n';

test('whatever the ignore file holds, the environment is out afterwards, and no other path changes', () => {
  const line = fc.constantFrom(
    '*',
    '**',
    '.venv',
    '/.venv/',
    '**/.venv',
    '!.venv',
    '!.venv/bin',
    '!**/*.py',
    '*.py',
    'venv',
    '.v*',
    '.venv/**',
    '.env*',
    '# note',
    '',
    '.venv # note',
    '!app.py',
    '!requirements.txt',
    '.git',
    '**/lib',
    'bin',
  );
  const others = ['app.py', 'requirements.txt', 'src/a.py', 'src/.venvx/b', 'venv', '.env', 'bin/x', '.git/HEAD'];
  const inside = ['.venv/pyvenv.cfg', '.venv/bin/python', '.venv/lib/python3/site-packages/six.py', '.venv/x/y/z.py'];
  let made = 0;
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (lines, ending, ended) => {
        const text = lines.join(ending) + (ended ? ending : '');
        const {
          text: now = '',
          applied,
          withdrawn,
        } = fixed({ Dockerfile: DOCKERFILE, 'requirements.txt': 'flask\n', '.dockerignore': text });
        expect(withdrawn).toBe(0);
        const before = walkIgnores(parseIgnore(text));
        const after = walkIgnores(parseIgnore(now));
        // kept on purpose
        if (lines.some((l) => l.startsWith('!.venv'))) {
          expect(now).toBe(text);
          return;
        }
        // what was there is there, in its order
        let at = 0;
        for (const own of now.split('\n')) if (own.trimEnd() === lines[at]?.trimEnd()) at++;
        expect(at).toBeGreaterThanOrEqual(lines.length);
        expect(others.map(after)).toEqual(others.map(before));
        expect(inside.slice(0, 3).every(after)).toBe(true);
        if (applied === 0) expect(now).toBe(text);
        else {
          made++;
          expect([...inside, '.venv', '.venv/x'].every(after)).toBe(true);
          expect(inside.slice(0, 3).every(before)).toBe(false);
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(made).toBeGreaterThan(20);
});

describe('gitignoreNames', () => {
  test.each<[string, boolean, string[]]>([
    ['venv', true, []],
    ['venv/\r', true, []],
    ['**/venv/', true, []],
    ['venv/**', true, []],
    ['*venv*', true, []],
    ['/venv', false, ['venv']],
    ['api/venv/', false, ['api/venv']],
    ['/api/venv/*', false, ['api/venv']],
    ['venv\n!venv', false, []],
    ['# venv', false, []],
    ['venvs', false, []],
    ['.venv', false, []],
    ['*', false, []],
    ['venv # local', false, []],
  ])('%j', (text, anywhere, at) => {
    expect(gitignoreNames(text, 'venv')).toEqual({ anywhere, at });
  });
});

test('a wildcard matches as a regular expression of the same meaning does', () => {
  const letters = fc.array(fc.constantFrom('*', '?', 'a', '.', 'v'), { maxLength: 8 }).map((l) => l.join(''));
  const names = fc.array(fc.constantFrom('a', '.', 'v'), { maxLength: 8 }).map((l) => l.join(''));
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const source = pattern.replaceAll('.', '\\.').replaceAll('?', '.').replace(/\*+/g, '.*');
      expect(matchesGlobName(pattern, name)).toBe(new RegExp(`^${source}$`).test(name));
    }),
  );
});

describe('a segment of a COPY source', () => {
  test.each([
    ['uv.loc[k]', 'uv.lock', true],
    ['uv.loc[^k]', 'uv.lock', false],
    ['[a-u]v.lock', 'uv.lock', true],
    ['poetry.lock*', 'poetry.lock', true],
    ['.ven[v]', '.venv', true],
    ['.ven[v', '.venv', false],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['*v?', 'uvx', true],
  ])('%s %s', (pattern, name, fits) => {
    expect(matchesGlobName(pattern, name)).toBe(fits);
  });
});
