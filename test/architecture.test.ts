// The house tests itself: imports point one way, side effects stay where they belong, files stay small, the map is true.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Import {
  readonly from: string;
  /** Repository path, or the package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = ['src', 'transforms', 'bin'].flatMap(filesBelow);
const texts = new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const imports = sources.flatMap(importsOf);

function filesBelow(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length)).sort();
}

function importsOf(from: string): Import[] {
  const text = code(texts.get(from) ?? '');
  const found: Import[] = [];
  for (const [, type, to] of text.matchAll(/^(?:import|export)\s+(type\s)?[^;'"]*?from\s+['"]([^'"]+)['"]/gm)) {
    found.push({ from, to: resolve(from, to!), typeOnly: type !== undefined });
  }
  for (const [, to] of text.matchAll(/(?:^import\s+|\bimport\(\s*|\brequire\(\s*)['"]([^'"]+)['"]/gm)) {
    found.push({ from, to: resolve(from, to!), typeOnly: false });
  }
  return found;
}

function resolve(from: string, to: string): string {
  return to.startsWith('.') ? normalize(join(dirname(from), to)) : to;
}

/** The text without its comments and without what stands in templates. */
function code(text: string): string {
  return text
    .replaceAll(/`(?:\\[\s\S]|[^`\\])*`/g, '``')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}

/** The part of the house a file stands in; what a part may import is listed below. */
function partOf(path: string): string {
  for (const part of ['src/parse', 'src/facts', 'src/io', 'src/report', 'src/config', 'src/verify', 'src/bulk']) {
    if (path.startsWith(`${part}/`)) return part;
  }
  return path.startsWith('transforms/') && path !== 'transforms/index.ts' ? 'transforms' : path;
}

/** Words without imports of their own that every part may use. */
const GROUND = ['src/model.ts', 'src/text/latin1.ts', 'src/text/nearest.ts', 'src/text/userError.ts'];

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/model.ts': [],
  'src/text/latin1.ts': [],
  'src/text/nearest.ts': [],
  'src/text/userError.ts': [],
  'src/edit/textEdits.ts': GROUND,
  'src/parse': [...GROUND, 'src/edit/textEdits.ts', 'src/parse'],
  'src/fix/suppressions.ts': [...GROUND, 'src/edit/textEdits.ts', 'src/text/lines.ts'],
  'src/facts': [...GROUND, 'src/edit/textEdits.ts', 'src/text/lines.ts', 'src/parse', 'src/facts'],
  'src/fix/guard.ts': [...GROUND, 'src/edit/textEdits.ts', 'src/text/lines.ts', 'src/parse', 'src/facts'],
  'src/fix/lookedAt.ts': GROUND,
  'src/fix/skippedFiles.ts': [...GROUND, 'src/facts'],
  'src/fix/loop.ts': [
    ...GROUND,
    'src/edit/textEdits.ts',
    'src/text/lines.ts',
    'src/fix/endless.ts',
    'src/fix/held.ts',
    'src/fix/suppressions.ts',
    'src/fix/lookedAt.ts',
    'src/fix/skippedFiles.ts',
    'src/fix/guard.ts',
    'src/facts',
  ],
  'src/io': [...GROUND, 'src/edit/textEdits.ts', 'src/io'],
  'src/report': [...GROUND, 'src/edit/textEdits.ts', 'src/report'],
  'src/config': [...GROUND, 'src/edit/textEdits.ts', 'src/config'],
  'src/cli/options.ts': [...GROUND, 'src/report', 'src/cli/verifyOptions.ts', 'src/cli/bulkOptions.ts'],
  'src/cli/verifyOptions.ts': [...GROUND, 'src/report'],
  'src/verify': [
    ...GROUND,
    ...[
      'src/parse',
      'src/facts',
      'src/config',
      'src/fix/loop.ts',
      'src/io',
      'src/report',
      'src/run.ts',
      'src/cli/verifyOptions.ts',
    ],
    'src/verify',
  ],
  'src/cli/bulkOptions.ts': [...GROUND, 'src/report', 'src/bulk'],
  'src/bulk': [
    ...GROUND,
    ...[
      'src/edit/textEdits.ts',
      'src/facts',
      'src/config',
      'src/fix/loop.ts',
      'src/io',
      'src/report',
      'src/run.ts',
      'src/deliver/deliver.ts',
    ],
    ...['src/deliver/steps.ts', 'src/verify', 'src/cli/bulkOptions.ts', 'src/bulk'],
  ],
  'src/text/lines.ts': [...GROUND, 'src/edit/textEdits.ts'],
  'src/fix/held.ts': [...GROUND, 'src/text/lines.ts', 'src/fix/suppressions.ts', 'src/facts'],
  'src/fix/endless.ts': [...GROUND, 'src/text/lines.ts', 'src/facts'],
  'src/cli/interactive.ts': [...GROUND, 'src/edit/textEdits.ts', 'src/report'],
  'src/cli/explain.ts': GROUND,
  'src/cli/init.ts': [],
  'src/index.ts': ['src/config'],
  'src/deliver/steps.ts': [...GROUND, 'src/edit/textEdits.ts'],
  'src/deliver/deliver.ts': [...GROUND, 'src/edit/textEdits.ts', 'src/deliver/steps.ts', 'src/io', 'src/report'],
  transforms: [...GROUND, 'src/edit/textEdits.ts', 'src/text/lines.ts', 'src/parse', 'src/facts', 'transforms'],
};

describe('imports', () => {
  test('are found at all', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({ from: 'src/fix/loop.ts', to: 'src/edit/textEdits.ts', typeOnly: false });
    expect(imports.some(({ from, to }) => from === 'src/config/typescript.ts' && to === 'ts-morph')).toBe(true);
  });

  test('point one way', () => {
    const wrong = imports.filter(({ from, to }) => {
      const allowed = MAY_IMPORT[partOf(from)];
      return allowed && /^(src|transforms)\//.test(to) && !allowed.includes(partOf(to));
    });
    expect(wrong).toEqual([]);
  });

  test('of transforms in src are the command line alone', () => {
    const wrong = imports.filter(({ from, to }) => from.startsWith('src/') && to.startsWith('transforms/'));
    expect(wrong.map(({ from }) => from).filter((from) => from !== 'src/cli/main.ts')).toEqual([]);
  });

  test('of transforms take one another nowhere but in the list, and nothing of the system', () => {
    const ids = readdirSync(join(root, 'transforms'), { withFileTypes: true });
    const single = ids.filter((entry) => entry.isFile()).map((entry) => `transforms/${entry.name}`);
    const own = imports.filter(({ from }) => from.startsWith('transforms/'));
    const crossing = own.filter(({ from, to }) => from !== 'transforms/index.ts' && single.includes(to));
    expect(crossing).toEqual([]);
    expect(own.filter(({ to }) => to.startsWith('node:'))).toEqual([]);
  });

  test('of the command line come from the program alone', () => {
    const wrong = imports.filter(({ to }) => to === 'src/cli/main.ts').map(({ from }) => from);
    expect(wrong).toEqual(['bin/pyvenv-fix.ts']);
  });

  test('of the system stay in io', () => {
    const pure = ['node:path'];
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const system = to.startsWith('node:') || to === 'simple-git';
      return from.startsWith('src/') && !from.startsWith('src/io/') && system && !typeOnly && !pure.includes(to);
    });
    expect(wrong).toEqual([]);
  });

  test('of ts-morph happen only when it is needed', () => {
    const all = [...texts].filter(
      ([, text]) => /from 'ts-morph'/.test(text) && !/import type [^;]*from 'ts-morph'/.test(text),
    );
    expect(all.map(([path]) => path)).toEqual([]);
  });
});

describe('every source', () => {
  test('says in its first line what it is', () => {
    const silent = [...texts].filter(([, text]) => !/^(#!.*\n)?\/\/ [^\n]{10,}/.test(text)).map(([path]) => path);
    expect(silent).toEqual([]);
  });

  test('touches `process` in the command line only', () => {
    const wrong = [...texts].filter(
      ([path, text]) =>
        path.startsWith('src/') && path !== 'src/cli/main.ts' && /(?<![.\w'`"-])process\.(?!s\b)\w/.test(code(text)),
    );
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  test('is small, has no default export, no class and no `any`', () => {
    for (const [path, text] of texts) {
      expect(text.split('\n').length, path).toBeLessThanOrEqual(301);
      expect(code(text), path).not.toMatch(
        /^export default|^(export )?(abstract )?class (?!\w+ extends Error)|: any\b|\bas any\b|<any>/m,
      );
    }
  });

  test('has a name that says something', () => {
    expect(sources.filter((path) => /(utils?|helpers?|manager|misc|common)\b/i.test(path))).toEqual([]);
  });
});

test('the map names only what is there', () => {
  const map = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const named = [...map.matchAll(/`((?:src|transforms|fixtures|test|bin|scripts|schema|\.ci)\/[\w./-]*)`/g)].map(
    ([, path]) => path!,
  );
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
