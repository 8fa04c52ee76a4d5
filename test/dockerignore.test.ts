// Compares the ignore file reader with kept answers of moby's own matcher, and checks offsets, limits and speed.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanPath, runesOf, trimGoSpace } from '../src/parse/ignoreFile/goText.ts';
import { ignores, parseIgnore, walkIgnores } from '../src/parse/ignoreFile/ignoreFile.ts';
import { bytesOf } from '../src/text/latin1.ts';

type Answer = { ignore: string; error?: string; patterns?: string[]; ignored?: string[] };
const kept: { paths: string[]; answers: Answer[] } = JSON.parse(
  readFileSync(new URL('./kept/ignore.json', import.meta.url), 'utf8'),
);

function ignoredBy(ignore: string, paths: string[]): string[] {
  const file = parseIgnore(ignore);
  expect(file.problems).toEqual([]);
  const isIgnored = ignores(file);
  return paths.filter((path) => isIgnored(path));
}

describe('answers of the reference', () => {
  it('has many of them, of both kinds', () => {
    expect(kept.answers.filter((a) => a.error === undefined).length).toBeGreaterThan(100);
    expect(kept.answers.filter((a) => a.error !== undefined).length).toBeGreaterThan(10);
  });
  for (const answer of kept.answers) {
    it(JSON.stringify(answer.ignore), () => {
      const file = parseIgnore(bytesOf(answer.ignore));
      if (answer.error !== undefined) {
        expect(file.problems.length).toBe(1);
        return;
      }
      expect(file.problems).toEqual([]);
      const isIgnored = ignores(file);
      expect(kept.paths.filter((path) => isIgnored(bytesOf(path)))).toEqual(answer.ignored);
    });
  }
});

describe('bytes that are no UTF-8 (answers of the reference, which JSON cannot carry)', () => {
  it.each([
    ['?', '\xff', true],
    ['\xff*', '\xff', true],
    ['\xff*', '\xfe', true],
    ['\xff', '\xff', true],
    ['\xff', '\xfe', false],
    ['??', '\xed\xa0', true],
    ['?', '\xed\xa0\x80', false],
    ['\xff*', '\xef\xbf\xbd', true],
  ])('%j on %j', (pattern, path, expected) => {
    expect(ignores(parseIgnore(pattern))(path)).toBe(expected);
  });
});

describe('lines', () => {
  it('knows where each pattern stands', () => {
    const text = '\xef\xbb\xbf# c\r\n .venv \r\n\n!keep\r\nlast';
    const { patterns } = parseIgnore(text);
    expect(patterns.map((p) => [p.pattern, p.negated, p.line, text.slice(p.start, p.end)])).toEqual([
      ['.venv', false, 2, ' .venv '],
      ['keep', true, 4, '!keep'],
      ['last', false, 5, 'last'],
    ]);
  });
  it('leaves the byte order mark out of the first pattern', () => {
    const [first] = parseIgnore('\xef\xbb\xbf.venv\n').patterns;
    expect(first).toEqual({ pattern: '.venv', negated: false, line: 1, start: 3, end: 8 });
  });
  it('says where the problem is', () => {
    expect(parseIgnore('a\n\n[\n!\n').problems.map((p) => p.offset)).toEqual([3, 5]);
  });
  it('refuses a line of 64 KiB, as the reference does, and takes one byte less', () => {
    expect(parseIgnore(`${'a'.repeat(65536)}\nb`).problems).toHaveLength(1);
    expect(parseIgnore(`${'a'.repeat(65535)}\nb`).problems).toEqual([]);
  });
  it('does not guess Unicode classes', () => {
    expect(parseIgnore('\\pL').problems).toHaveLength(1);
  });
});

describe('hostile input', () => {
  it.each([
    ['many stars', `${'*a'.repeat(200)}b`, 'a'.repeat(4000)],
    ['many double stars', `${'**/a/'.repeat(200)}b`, 'a/'.repeat(2000)],
    ['counts', '*a{0,900}a{0,900}b', 'a'.repeat(3000)],
    ['alternatives', `*${'|a*'.repeat(500)}`, `b${'c'.repeat(3000)}`],
    ['class names', `*${'[[:a]'.repeat(10000)}`, 'a'],
  ])('%s take linear time', (_name, pattern, path) => {
    const started = performance.now();
    const file = parseIgnore(pattern);
    ignores(file)(path);
    expect(performance.now() - started).toBeLessThan(5000);
  });
  it('refuses a pattern that would take too many states', () => {
    expect(parseIgnore('*a{1000}'.repeat(50)).problems).toHaveLength(1);
  });
  it('never throws, and keeps every range inside the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'.*?[]!/\\#ab {}|^$-\n\r\xff\xc3\xa9:'), maxLength: 40 }),
        (text) => {
          const file = parseIgnore(text);
          ignores(file)('a/b');
          for (const p of file.patterns) expect(text.slice(p.start, p.end)).not.toMatch(/\n/);
        },
      ),
      { numRuns: 2000 },
    );
  });
  it('agrees with the plain meaning of literal patterns', () => {
    const name = fc.constantFrom('a', 'b', '.venv', 'x.py');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), path), { maxLength: 6 }), path, (rules, candidate) => {
        let ignored = false;
        for (const [negated, rule] of rules) if (`${candidate}/`.startsWith(`${rule}/`)) ignored = !negated;
        const text = rules.map(([negated, rule]) => (negated ? `!${rule}` : rule)).join('\n');
        expect(ignoredBy(text, [candidate])).toEqual(ignored ? [candidate] : []);
      }),
    );
  });
});

describe("Go's text rules", () => {
  it('trims what Go trims and nothing else', () => {
    expect(trimGoSpace('\xc2\xa0\t\xe3\x80\x80a\xe2\x80\x83\xc2\x85')).toBe('a');
    expect(trimGoSpace('\xef\xbb\xbfa\xe2\x80\x8b')).toBe('\xef\xbb\xbfa\xe2\x80\x8b');
    expect(trimGoSpace('\xa0a\x85')).toBe('\xa0a\x85');
  });
  it('cleans paths', () => {
    expect(['', '.', '/', '//a', 'a/..', '../a/../..', '/../a', 'a//b/./c/'].map(cleanPath)).toEqual([
      '.',
      '.',
      '/',
      '/a',
      '.',
      '../..',
      '/a',
      'a/b/c',
    ]);
  });
  it('decodes as Node does where the bytes are valid UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(runesOf(bytesOf(text))).toEqual(Array.from(text, (c) => c.codePointAt(0)));
      }),
    );
  });
});

// What BuildKit took into an image of `COPY . /`, built for each of these files.
describe('the walk of the builder', () => {
  const inside = (folder: string): string[] =>
    ['pyvenv.cfg', 'bin/python', 'lib/s/six.py'].map((p) => `${folder}/${p}`);
  const all = [...inside('.venv'), ...inside('src/.venv')];
  it.each<[string, string[]]>([
    ['**\n!src/**\n**/.venv/**\n', []],
    ['**\n!src/**\n**/.venv\n', []],
    ['**\n!src/**\n.venv\n', inside('src/.venv')],
    ['*\n!src\n**/.venv\n', []],
    ['**\n!**/*.py\n**/.venv\n', ['.venv/lib/s/six.py', 'src/.venv/lib/s/six.py']],
    ['**\n!**/*.py\n**/.venv/**\n', []],
    ['!**/*.py\n**/.venv\n', []],
    ['**\n!**/*.py\n!src/**\n**/.venv\n', ['.venv/lib/s/six.py']],
    ['**\n!**/*.py\n!src/**\n**/.venv\n**/.venv/**\n', []],
    ['*\n!**/*.py\n!src\n.venv\n', ['.venv/lib/s/six.py', ...inside('src/.venv')]],
  ])('%j', (source, kept) => {
    const isOut = walkIgnores(parseIgnore(source));
    expect(all.filter((p) => !isOut(p))).toEqual(kept);
  });

  it('leaves a folder behind empty where only its content is named', () => {
    expect(walkIgnores(parseIgnore('**\n!src/**\n**/.venv/**\n'))('src/.venv')).toBe(false);
    expect(walkIgnores(parseIgnore('**\n!src/**\n**/.venv\n'))('src/.venv')).toBe(true);
  });
});
