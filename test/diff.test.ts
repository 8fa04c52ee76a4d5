// The unified diff, through the real `git apply`, byte for byte.

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PathKind, Snapshot } from '../src/model.ts';
import { quotePath, unifiedDiff } from '../src/report/diff.ts';

type Files = Readonly<Record<string, string | undefined>>;

let top = '';
let count = 0;
beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), 'diff-test-'));
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

function snapshot(files: Files, kind: PathKind = 'file'): Snapshot {
  const texts = new Map(Object.entries(files).filter((pair): pair is [string, string] => pair[1] !== undefined));
  return { paths: new Map([...texts.keys()].map((path) => [path, kind])), read: (path) => texts.get(path) };
}

function diffOf(before: Files, after: Files): string {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return unifiedDiff(snapshot(before), snapshot(after), changed);
}

const at = (root: string, path: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);

/** Writes `before`, applies the diff by git, and returns what then stands. */
function applied(before: Files, after: Files): Record<string, string | undefined> {
  const root = join(top, String(count++));
  mkdirSync(root);
  for (const [path, text] of Object.entries(before)) {
    if (text === undefined) continue;
    mkdirSync(at(root, dirname(path)), { recursive: true });
    writeFileSync(at(root, path), text, 'latin1');
    chmodSync(at(root, path), 0o755);
  }
  const patch = `${root}.patch`;
  writeFileSync(patch, diffOf(before, after), 'latin1');
  const env = { PATH: process.env.PATH ?? '', HOME: top, GIT_CEILING_DIRECTORIES: top };
  for (const check of [['--check'], []])
    execFileSync('git', ['apply', ...check, patch], { cwd: root, env, stdio: 'pipe' });
  const found: Record<string, string | undefined> = {};
  for (const path of Object.keys(after)) {
    if (after[path] === undefined) continue;
    found[path] = readFileSync(at(root, path), 'latin1');
    // An existing file keeps its mode.
    if (before[path] !== undefined) expect(statSync(at(root, path)).mode & 0o777).toBe(0o755);
  }
  return found;
}

const long = Array.from({ length: 60 }, (_, line) => `line ${line}\n`);
const changedLong = long.map((line, at) => (at === 5 || at === 40 ? line.toUpperCase() : line));

const CASES: Readonly<Record<string, [Files, Files]>> = {
  'one line': [{ f: 'a\nb\nc\n' }, { f: 'a\nB\nc\n' }],
  'only line': [{ f: 'a\n' }, { f: 'b\n' }],
  'first and last lines': [{ f: 'a\nb\nc\n' }, { f: 'A\nb\nC\n' }],
  'insertion at the start': [{ f: 'a\n' }, { f: 'n\na\n' }],
  'insertion at the end': [{ f: 'a\n' }, { f: 'a\nn\n' }],
  'deletion to empty': [{ f: 'a\nb\n' }, { f: '' }],
  'filling an empty file': [{ f: '' }, { f: 'a\n' }],
  'two far hunks': [{ f: long.join('') }, { f: changedLong.join('') }],
  'repeated lines': [{ f: 'x\nx\nx\ny\nx\n' }, { f: 'x\nx\ny\nx\nx\n' }],
  CRLF: [{ f: 'a\r\nb\r\nc\r\n' }, { f: 'a\r\nB\r\nc\r\n' }],
  'CRLF to LF': [{ f: 'a\r\nb\r\n' }, { f: 'a\nb\r\n' }],
  'mixed endings': [{ f: 'a\r\nb\nc\r\n' }, { f: 'a\r\nb\nd\n' }],
  'CRLF without the last': [{ f: 'a\r\nb' }, { f: 'a\r\nc' }],
  'lone CR': [{ f: 'a\rb\rc\nd\n' }, { f: 'a\rB\rc\nd\n' }],
  'lone CR at the end': [{ f: 'a\nb\r' }, { f: 'a\nc\r' }],
  BOM: [{ f: '\xEF\xBB\xBFa\nb\n' }, { f: '\xEF\xBB\xBFA\nb\n' }],
  'no final newline, both': [{ f: 'a\nb' }, { f: 'a\nc' }],
  'no final newline, context': [{ f: 'a\nb' }, { f: 'A\nb' }],
  'final newline added': [{ f: 'a\nb' }, { f: 'a\nb\n' }],
  'final newline removed': [{ f: 'a\nb\n' }, { f: 'a\nb' }],
  'VT and FF': [{ f: 'a\x0bb\x0cc\nd\n' }, { f: 'a\x0bB\x0cc\nd\n' }],
  'U+2028 and U+0085': [{ f: 'a\xe2\x80\xa8b\xc2\x85c\n' }, { f: 'a\xe2\x80\xa8B\xc2\x85c\n' }],
  'latin-1 bytes': [{ f: 'caf\xe9\nb\n' }, { f: 'caf\xe9\xff\nb\n' }],
  'NUL is text to us': [{ f: 'a\0\nb\n' }, { f: 'a\0\nc\n' }],
  'lines like diff headers': [{ f: '--- a\n+++ b\n@@ -1 +1 @@\n' }, { f: '--- a\n+++ c\n@@ -1 +1 @@\n-- \n' }],
  'new file': [{}, { f: 'a\nb\n' }],
  'new file without a final newline': [{}, { f: 'a' }],
  'empty new file': [{}, { f: '' }],
  'new file in a new folder': [{}, { 'x/y/f': 'a\n' }],
  'deleted file': [{ f: 'a\n' }, { f: undefined }],
  'deleted empty file': [{ f: '' }, { f: undefined }],
  'space in the path': [{ 'a b/c d': 'a\n' }, { 'a b/c d': 'b\n' }],
  'space at the ends of the path': [{ ' f ': 'a\n' }, { ' f ': 'b\n', ' n ': 'x\n' }],
  'quotes and backslash in the path': [{ 'a"b\\c': 'a\n' }, { 'a"b\\c': 'b\n', 'n"e': '' }],
  'tab in the path': [{ 'a\tb c': 'a\n' }, { 'a\tb c': 'b\n' }],
  'newline and CR in the path': [{ 'a\nb\rc': 'a\n' }, { 'a\nb\rc': 'b\n', '\n': 'x\n' }],
  'unicode in the path': [{ 'd\xc3\xa9p/\xe6\x97\xa5': 'a\n' }, { 'd\xc3\xa9p/\xe6\x97\xa5': 'b\n' }],
  'latin-1 in the path': [{ 'f\xe9': 'a\n' }, { 'f\xe9': 'b\n', 'n\xff': 'x\n' }],
  'control characters in the path': [{ 'a\x01\x07\x7f\x1b': 'a\n' }, { 'a\x01\x07\x7f\x1b': 'b\n' }],
  'several files': [
    { f: 'a\n', g: 'x\r\n', h: '1\n' },
    { f: 'b\n', g: 'y\r\n', h: '1\n', i: 'n' },
  ],
};

describe('git apply gives the new bytes', () => {
  test.each(Object.keys(CASES))('%s', (name) => {
    const [before, after] = CASES[name]!;
    const files = Object.fromEntries(Object.entries(after).filter(([, text]) => text !== undefined));
    expect(applied(before, after)).toEqual(files);
  });

  test('any two texts of awkward lines', () => {
    const line = fc.constantFrom('a\n', 'b\n', '\n', 'a\r\n', '\r', ' \n', '+\n', '-\n', '\\\n', 'c');
    const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, text, (f, g) => {
        fc.pre(f !== g);
        expect(applied({ f }, { f: g })).toEqual({ f: g });
      }),
      { numRuns: 60 },
    );
  });

  test('20,000 rewritten lines, without the time that the smallest diff would take', () => {
    const old = Array.from({ length: 20_000 }, (_, n) => `old ${n}\n`).join('');
    const now = Array.from({ length: 20_000 }, (_, n) => `new ${n}\n`).join('');
    const text = diffOf({ f: old }, { f: now });
    expect(text).toContain('@@ -1,20000 +1,20000 @@');
    expect(applied({ f: old }, { f: now })).toEqual({ f: now });
  });
});

test('the text is git’s own: headers, ranges, context', () => {
  const text = diffOf(
    { 'svc/Dockerfile': 'a\nb\nc\nd\ne\nf\n' },
    { 'svc/Dockerfile': 'a\nb\nc\nd\nE\nf\n', 'n w': 'x' },
  );
  expect(text).toBe(
    [
      'diff --git a/svc/Dockerfile b/svc/Dockerfile',
      '--- a/svc/Dockerfile',
      '+++ b/svc/Dockerfile',
      '@@ -2,5 +2,5 @@',
      ' b',
      ' c',
      ' d',
      '-e',
      '+E',
      ' f',
      'diff --git a/n w b/n w',
      'new file mode 100644',
      '--- /dev/null',
      '+++ b/n w\t',
      '@@ -0,0 +1 @@',
      '+x',
      '\\ No newline at end of file',
      '',
    ].join('\n'),
  );
});

test('a new executable has its mode, and equal texts give nothing', () => {
  expect(unifiedDiff(snapshot({}), snapshot({ f: 'x\n' }, 'executable'), ['f'])).toContain('new file mode 100755\n');
  expect(unifiedDiff(snapshot({}), snapshot({ f: '' }), ['f'], new Map([['f', '100755']]))).toContain('100755');
  expect(diffOf({ f: 'x' }, { f: 'x' })).toBe('');
});

test('quotePath as git quotes', () => {
  expect(['a b', 'a"\\', '\t\x01\xe9\x7f'].map(quotePath)).toEqual(['a b', '"a\\"\\\\"', '"\\t\\001\\351\\177"']);
});
