// The configuration: found, read without running it, and every error at its place.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJsonConfig } from '../src/config/jsonConfig.ts';
import { findConfig, readConfig } from '../src/config/read.ts';
import { settingsOf } from '../src/config/resolve.ts';
import type { PathKind, Snapshot } from '../src/model.ts';
import { nearest } from '../src/text/nearest.ts';

const ids = ['activate-to-env', 'set-python-env', 'ignore-venv'];

function snapshotOf(files: Record<string, string>): Snapshot {
  const paths = new Map<string, PathKind>(Object.keys(files).map((path) => [path, 'file']));
  return { paths, read: (path) => files[path] };
}

async function configOf(path: string, text: string) {
  const result = await readConfig(path, text, ids);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return JSON.parse(JSON.stringify(result.config));
}

async function problemsOf(path: string, text: string): Promise<string[]> {
  const result = await readConfig(path, text, ids);
  return 'problems' in result ? result.problems.map((problem) => `${problem.where} ${problem.message}`) : [];
}

const ts = 'pyvenv-fix.config.ts';
const json = 'pyvenv-fix.config.json';
const toml = 'pyproject.toml';

describe('pyvenv-fix.config.ts', () => {
  test.each([
    ['a plain object', 'export default { squash: true };', { squash: true }],
    [
      'defineConfig, under another name',
      `import { defineConfig as d } from 'pyvenv-fix';\nexport default d({ branch: \`b\`, only: ['ignore-venv'] });`,
      { branch: 'b', only: ['ignore-venv'] },
    ],
    ['as const', 'export default { venvVolume: "off" } as const;', { venvVolume: 'off' }],
    [
      'satisfies, parentheses, !, type imports and types',
      'import type { Config } from "pyvenv-fix";\nimport { type Config as C } from "pyvenv-fix";\ntype T = 1; interface I {}\nexport default (({ squash: false }!) satisfies Config);',
      { squash: false },
    ],
    [
      'local constants, shorthand and spreads',
      'const base = { squash: true, branch: "a" } as const;\nconst only = [...["ignore-venv"]];\nconst all: unknown = { ...base, branch: "b", only };\nexport default all;',
      { squash: true, branch: 'b', only: ['ignore-venv'] },
    ],
    ['undefined as absent', 'export default { branch: undefined };', {}],
    ['a key spelt as a string', 'export default { "squash": true };', { squash: true }],
    ['BOM and CRLF', '\xef\xbb\xbfexport default {\r\n  squash: true,\r\n};\r\n', { squash: true }],
  ])('reads %s', async (_, text, config) => {
    expect(await configOf(ts, text)).toEqual(config);
  });

  test.each([
    ['a call', 'export default {\n  branch: make(),\n};', '2:11'],
    ['the environment', 'export default { branch: process.env.X };', '1:26'],
    ['a template with a substitution', 'const a = "x";\nexport default { branch: `${a}` };', '2:26'],
    ['a computed key', 'export default { ["squash"]: true };', '1:18'],
    ['a getter', 'export default { get squash() { return true } };', '1:18'],
    ['a method', 'export default { squash() {} };', '1:18'],
    ['a function', 'export default () => ({});', '1:16'],
    ['a conditional', 'export default { squash: 1 ? true : false };', '1:26'],
    ['another import', 'import x from "./x";\nexport default {};', '1:1'],
    ['an import for its effect', 'import "./x";\nexport default {};', '1:1'],
    [
      'an import that is called defineConfig',
      'import { defineConfig } from "x";\nexport default defineConfig({});',
      '1:1',
    ],
    ['a local defineConfig', 'const defineConfig = {};\nexport default defineConfig({});', '2:16'],
    [
      'defineConfig in an inner place',
      'import {defineConfig} from "pyvenv-fix";\nexport default {only: defineConfig([])};',
      '2:23',
    ],
    ['a statement', 'console.log(1);\nexport default {};', '1:1'],
    ['let', 'let a = true;\nexport default { squash: a };', '1:5'],
    ['var', 'var a = true;\nexport default { squash: a };', '1:5'],
    ['destructuring', 'const { a } = { a: 1 };\nexport default {};', '1:7'],
    ['module.exports', 'module.exports = {};', '1:1'],
    ['export =', 'export = {};', '1:1'],
    ['no default export', 'const a = 1;', '1:1'],
    ['a constant made of itself', 'const a = [...a];\nexport default { only: a };', '1:15'],
    ['an unknown name', 'export default { only: other };', '1:24'],
    ['what the parser would mend', 'export default { squash: true,, };', '1:31'],
    ['an unclosed object', 'export default { squash: true', '1:30'],
    ['a key given twice', 'export default { squash: true, squash: false };', '1:32'],
  ])('refuses %s at its place', async (_, text, place) => {
    expect((await problemsOf(ts, text))[0]).toMatch(new RegExp(`^${ts}:${place} `));
  });

  test('keeps its budget on spreads that double, deep nesting and size', async () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `const a${i + 1} = [...a${i}, ...a${i}];`).join('\n');
    expect(await problemsOf(ts, `const a0 = ['x'];\n${doubling}\nexport default { only: a40 };`)).toHaveLength(1);
    expect(await problemsOf(ts, `export default ${'['.repeat(20_000)}${']'.repeat(20_000)};`)).toHaveLength(1);
    expect(await problemsOf(ts, `export default {};${' '.repeat(70_000)}`)).toEqual([`${ts}:1:1 longer than 64 KB`]);
  });

  test('a __proto__ key is an unknown key, and changes nothing', async () => {
    expect(await problemsOf(ts, 'export default { __proto__: { squash: true } };')).toEqual([
      `${ts}:1:18 unknown key "__proto__"`,
    ]);
  });

  test('nothing in it ever runs', async () => {
    const key = 'pyvenvFixConfigRan';
    await problemsOf(ts, `export default ((globalThis as any).${key} = true, {});`);
    expect(key in globalThis).toBe(false);
  });
});

describe('JSON and TOML', () => {
  test('read the same keys', async () => {
    const config = { skip: ['ignore-venv'], contexts: { 'a/Dockerfile': 'a' }, unsafe: ['set-python-env'] };
    expect(await configOf(json, JSON.stringify({ $schema: 'x', ...config }))).toEqual({ $schema: 'x', ...config });
    const table =
      '[tool.pyvenv-fix]\nskip = ["ignore-venv"]\nunsafe = ["set-python-env"]\n[tool.pyvenv-fix.contexts]\n"a/Dockerfile" = "a"\n';
    expect(await configOf(toml, `[project]\nname = "x"\n\n${table}`)).toEqual(config);
  });

  test.each([
    [json, '{\n  "onyl": []\n}', '2:3 unknown key "onyl"; the nearest known one is "only"'],
    [json, '{"squash": "yes"}', '1:2 squash: expected true or false, found "yes"'],
    [json, '{"only": ["ignore-vnv"]}', '1:11 unknown transform "ignore-vnv"; the nearest known one is "ignore-venv"'],
    [json, '{"venvVolume": "on"}', '1:2 venvVolume: expected "volume" or "relocate" or "off", found "on"'],
    [json, '{"squash": true,}', '1:17 expected a string in double quotes'],
    [json, '{"squash": true, "squash": true}', '1:18 the key "squash" stands twice'],
    [json, '[]', '1:1 expected a table of keys, found a list'],
    [json, '{"contexts": []}', '1:2 contexts: expected a table of keys, found a list'],
    [json, '{"bases": []}', '1:2 bases: expected a table of keys, found a list'],
    [json, '{"bases": {"a/b:*": 3}}', '1:12 bases.a/b:*: expected a string, found 3'],
    [json, '{"bases": {"a b": "python:3.12"}}', '1:12 bases: "a b" is no name of an image'],
    [json, '{"bases": {"*": "python:3.12"}}', '1:12 bases: "*" would be every image'],
    [json, '{"bases": {"a/*:*": "python:3.12"}}', '1:12 bases: "a/*:*" has more than one *'],
    [json, '{"bases": {"a/b": "python:*"}}', '1:12 bases: "python:*" has more * than "a/b"'],
    [
      json,
      '{"bases": {"a/b": "acme/python:3.12"}}',
      '1:12 bases: nothing is known of "acme/python:3.12", so that nothing is as good as it',
    ],
    [json, '{} x', '1:4 nothing may follow the value'],
    [
      toml,
      '[tool.pyvenv-fix]\nrecommended-ignores = true\n',
      '2:1 unknown key "recommended-ignores"; the nearest known one is "recommendedIgnores"',
    ],
    [toml, '[tool.other]\nsquash = 1\n[tool.pyvenv-fix]\nsquash = 1\n', '4:1 squash: expected true or false, found 1'],
    [toml, '[tool.pyvenv-fix]\nonly = ["set-python-env", "x-y"]\n', '2:27 unknown transform "x-y"'],
    [toml, '[tool]\npyvenv-fix = { sqash = true }\n', '2:16 unknown key "sqash"; the nearest known one is "squash"'],
  ])('%s: %s', async (path, text, problem) => {
    expect(await problemsOf(path, text)).toEqual([`${path}:${problem}`]);
  });

  test('a table of megabytes is refused where it stands', async () => {
    const list = (item: string) => `x = 1\n[tool.pyvenv-fix]\nskip = [${Array(200_000).fill(item).join(', ')}]\n`;
    for (const item of ['"x"', '"\\u0041"', '{ a = 1 }']) {
      const text = `${list(item)}`;
      expect(await readConfig('pyproject.toml', text, [])).toEqual({
        path: 'pyproject.toml',
        problems: [{ where: 'pyproject.toml:2:1', message: 'longer than 64 KB' }],
      });
    }
  });

  test('a broken pyproject.toml counts only where it configures us', async () => {
    expect(await problemsOf(toml, 'a = [\nb = "pyvenv-fix"')).toEqual([]);
    expect((await problemsOf(toml, '[tool.pyvenv-fix]\nsquash = \n'))[0]).toMatch(
      /^pyproject\.toml:2:\d+ no valid TOML/,
    );
  });

  test('every JSON value is read as JSON.parse reads it, and broken text never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value, null, 1);
        const read = readJsonConfig(text);
        expect('value' in read && JSON.stringify(read.value)).toEqual(JSON.stringify(JSON.parse(text)));
      }),
    );
    const soup = fc.string({ unit: fc.constantFrom(...'{}[]",:\\1-.e truefalsn\n') });
    fc.assert(
      fc.property(soup, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        const read = readJsonConfig(text);
        if ('message' in read) expect(valid && !read.message.includes('twice')).toBe(false);
        else expect(valid).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('finding it', () => {
  const find = (files: Record<string, string>, folder = '') =>
    findConfig(snapshotOf(files), { folder, transforms: ids });

  test('none is an empty one, with the defaults', async () => {
    expect(await find({ Dockerfile: 'FROM x' })).toEqual({ config: {} });
    expect(settingsOf({})).toMatchObject({ venvVolume: 'volume', recommendedIgnores: false, contexts: {} });
  });

  test('two of them are an error, a pyproject.toml without the table is none', async () => {
    expect(await find({ [json]: '{}', [toml]: '[tool.pyvenv-fix]\n' })).toMatchObject({
      problems: [{ where: 'pyproject.toml:1:1' }],
    });
    expect(await find({ [json]: '{"squash":true}', [toml]: '[project]\n# pyvenv-fix\n' })).toMatchObject({
      path: json,
      config: { squash: true },
    });
  });

  test('the folder that PATH names counts as well as the root', async () => {
    const files = { [`svc/a/${json}`]: '{"squash":true}' };
    expect(await find(files, 'svc/a')).toMatchObject({ config: { squash: true } });
    expect(await find(files, 'svc/b')).toEqual({ config: {} });
    expect(await find({ ...files, [toml]: '[tool.pyvenv-fix]' }, 'svc/a')).toHaveProperty('problems');
  });

  test('what it says about paths becomes bytes, however it is spelt', async () => {
    const expected = { exclude: ['\xc3\xa9/**'] };
    expect(await configOf(json, '{"exclude": ["\\u00e9/**"]}')).toEqual(expected);
    expect(await configOf(json, '{"exclude": ["\xc3\xa9/**"]}')).toEqual(expected);
  });
});

test('the nearest word is near', () => {
  expect(nearest('dryrun', ['dry-run', 'check'])).toBe('dry-run');
  expect(nearest('chekc', ['dry-run', 'check'])).toBe('check');
  expect(nearest('zzz', ['dry-run', 'check'])).toBeUndefined();
});

test('a word that only one begins with is that one', () => {
  expect(nearest('activate', ['activate-to-env', 'ignore-venv'])).toBe('activate-to-env');
  expect(nearest('set-python', ['activate-to-env', 'set-python-env'])).toBe('set-python-env');
  expect(nearest('ignore-', ['ignore-environments', 'ignore-everything'])).toBeUndefined();
  expect(nearest('a', ['activate-to-env', 'ignore-venv'])).toBeUndefined();
});
