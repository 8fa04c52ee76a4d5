// Suppression comments: what they speak of, what they hold back, and which were for nothing.

import { expect, test } from 'vitest';
import { applySuppressions, suppressions, unusedSuppressions } from '../src/fix/suppressions.ts';
import type { Finding } from '../src/model.ts';
import { TRIED } from './tried.ts';

const path = 'Dockerfile';

function read(text: string) {
  return { read: (asked: string) => (asked === path ? text : undefined) };
}

function finding(text: string, at: string, transform?: string): Finding {
  const offset = text.indexOf(at);
  if (offset < 0) throw new Error(`no ${at}`);
  return { diagnosis: TRIED, path, offset, message: 'm', reason: 'r', ...(transform ? { transform } : {}) };
}

function unused(text: string, used: readonly string[] = [], ran = ['a-b', 'c-d'], lines: readonly number[] = []) {
  return unusedSuppressions(read(text), {
    paths: [path],
    used: new Set(used),
    ran,
    known: ['a-b', 'c-d', 'e-f'],
    lines: (id) => (id === 'a-b' ? lines : []),
  });
}

test('a comment speaks of the next instruction, past comments and blank lines', () => {
  const text =
    'FROM x\n# pyvenv-fix: ignore[a-b, c-d] because\n# another\n\n  RUN y\n#pyvenv-fix:ignore[e-f]\r\n\r\nCMD z\r\n# pyvenv-fix: ignore[a-b] end';
  const [first, second, last, ...more] = suppressions(path, text);
  expect(more).toEqual([]);
  expect(first).toMatchObject({ ids: ['a-b', 'c-d'], reason: 'because', line: 2, ordinal: 0 });
  expect(text.slice(first?.offset).startsWith('# pyvenv-fix')).toBe(true);
  expect(text.slice(first?.target?.start, first?.target?.end)).toBe('  RUN y');
  expect(second).toMatchObject({ ids: ['e-f'], reason: '', line: 6 });
  expect(text.slice(second?.target?.start, second?.target?.end)).toBe('CMD z');
  expect(last).toMatchObject({ line: 9, ordinal: 2 });
  expect(last).not.toHaveProperty('target');
});

test.each([
  ['a trailing comment', 'RUN x # pyvenv-fix: ignore[a-b] r'],
  ['the word in a string', 'RUN echo "\n# pyvenv-fix" ignore[a-b]'],
  ['another word before it', '# see pyvenv-fix: ignore[a-b]'],
])('%s is no suppression', (_, text) => {
  expect(suppressions(path, text)).toEqual([]);
});

test('the comment may stand in the first line, behind a BOM', () => {
  const text = '\xef\xbb\xbf# pyvenv-fix: ignore[a-b] r\nFROM x';
  expect(suppressions(path, text)).toMatchObject([{ offset: 3, target: { start: text.indexOf('FROM') } }]);
});

test('holds back the named transform on its own line, and nothing else', () => {
  const text = 'FROM x\n# pyvenv-fix: ignore[a-b] r\nRUN y \\\n  && z\nRUN w\n';
  const held = finding(text, 'RUN y', 'a-b');
  const others = [
    finding(text, 'RUN y', 'c-d'),
    finding(text, 'RUN y'),
    finding(text, 'RUN w', 'a-b'),
    finding(text, 'FROM', 'a-b'),
    finding(text, '# pyvenv', 'a-b'),
    { ...held, path: 'other' },
  ];
  const applied = applySuppressions([held, ...others], read(text));
  expect(applied.suppressed).toEqual([held]);
  expect(applied.kept).toEqual(others);
  expect(unused(text, applied.used)).toEqual([]);
});

test('a YAML node need not begin its line', () => {
  const text = 'services:\n  web:\n    volumes:\n      # pyvenv-fix: ignore[a-b] r\n      - .:/app\n';
  expect(applySuppressions([finding(text, '.:/app', 'a-b')], read(text)).suppressed).toHaveLength(1);
});

test('what was for nothing is reported, once the transform ran', () => {
  const text = '# pyvenv-fix: ignore[a-b,c-d] r\nFROM x\n# pyvenv-fix: ignore[c-d] r';
  expect(unused(text)).toMatchObject([
    { transform: 'a-b', offset: 0, message: 'The suppression of a-b suppresses nothing.' },
    { transform: 'c-d', offset: 0 },
    { transform: 'c-d', offset: text.lastIndexOf('#'), reason: 'No instruction follows it; remove the comment.' },
  ]);
  expect(unused(text, [], ['e-f'])).toEqual([]);
  const { used } = applySuppressions([finding(text, 'FROM', 'a-b')], read(text));
  expect(unused(text, used).map((one) => one.transform)).toEqual(['c-d', 'c-d']);
});

test('unknown ids, missing reasons and comments that are not understood are said', () => {
  expect(unused('# pyvenv-fix: ignore[a-c] r\nFROM x')).toMatchObject([{ reason: 'The nearest known one is a-b.' }]);
  expect(unused('# pyvenv-fix: ignore[e-f]\nFROM x')[0]?.message).toMatch(/gives no reason/);
  expect(unused('# pyvenv-fix: ignore a-b\nFROM x')[0]?.message).toMatch(/not understood/);
  expect(unused('# pyvenv-fix: ignore[]\nFROM x')[0]?.message).toMatch(/not understood/);
});

test('many stacked comments take linear time', () => {
  const text = '# pyvenv-fix: ignore[a-b] r\n'.repeat(100_000);
  const start = performance.now();
  expect(suppressions(path, `${text}FROM x`)).toHaveLength(100_000);
  expect(performance.now() - start).toBeLessThan(3000);
});
