// Expansion of Dockerfile words: BuildKit's rules for known values, and no guess for unknown ones.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { expandWord, lexText } from '../src/parse/dockerfile/expand.ts';
import { replaced, trimmed } from '../src/parse/dockerfile/pattern.ts';
import { isFilled, isKnown, readable, unknown } from '../src/text/symbolic.ts';

const VALUES: Readonly<Record<string, string>> = {
  A: 'aXbXc',
  E: '',
  P: '/x/y.tar.gz',
  Q: 'a"b',
  U: unknown('ARG U'),
  F: `x${unknown('ARG U')}`,
  PATH: unknown('PATH of i'),
};
const lookup = (name: string): string | undefined => (Object.hasOwn(VALUES, name) ? VALUES[name] : undefined);
const expand = (word: string) => expandWord(word, lookup, '\\');

describe('known values', () => {
  it.each([
    ['$A.$NOPE.${E}', 'aXbXc..'],
    ['$A\xf0\x9f\x98\x80', 'aXbXc\xf0\x9f\x98\x80'],
    ['$A\xc3\xa9', ''],
    ['\\$A \'$A\' "$A\\"\\x"', '$A $A aXbXc"\\x'],
    ['${NOPE:-d}${E:-d}${E-d}', 'dd'],
    ['${A:+y}${E:+y}${E+y}${NOPE+y}', 'yy'],
    ['${NOPE:-${A%X*}}', 'aXb'],
    ['${A#*X}|${A##*X}|${A%X*}|${A%%X*}', 'bXc|c|aXb|a'],
    ['${A#?}|${A%?}|${A#b}|${A#*}|${A##*}', 'XbXc|aXbX|aXbXc|aXbXc|'],
    ['${A/X/-}|${A//X/-}|${A/X*/-}|${A//?/.}', 'a-bXc|a-b-c|a-|.....'],
    ['${P##*/}|${P%.*}|${P%%.*}|${P//\\//_}', 'y.tar.gz|/x/y.tar|/x/y|_x_y.tar.gz'],
    ['${A/\\*/x}', 'aXbXc'],
    ['\xef\xbb\xbfx', 'x'],
    ['a\\', 'a'],
    ['$', '$'],
    ['$1$@', ''],
  ])('%s', (word, value) => {
    expect(expand(word)).toMatchObject({ value });
    expect(expand(word).problem).toBeUndefined();
  });

  it.each([
    '${A',
    '${}',
    '${A^^}',
    '${A:1}',
    '${A[0]}',
    '${!A}',
    '${#A}',
    '${A:#x}',
    '${A/x}',
    '"a',
    "'a",
    '${A#\\x}',
    '${NOPE?no}',
    '${E:?}',
  ])('refuses %s', (word) => expect(expand(word).problem).toBeTypeOf('string'));
});

describe('unknown values', () => {
  it.each([
    '$U',
    '${U:+y}',
    '${U+y}',
    '${U:-d}',
    '${U-d}',
    '${U#x}',
    '${U%%x}',
    '${U/a/b}',
    '${F#x}',
    '${A#$U}',
    '${A/X/$U}',
    '${NOPE:-$U}',
  ])('%s is unknown, and no problem', (word) => {
    const { value, problem } = expand(word);
    expect(problem).toBeUndefined();
    expect(isKnown(value)).toBe(false);
  });
  it.each([
    ['${F:+y}', 'y'],
    ['${PATH:+:}', ':'],
    ['${U:+}', ''],
    ['${NOPE+$U}', ''],
    ['${F:-d}', 'x<ARG U>'],
    ['${PATH:-d}', '<PATH of i>'],
    ['${U?needed}', '<ARG U>'],
  ])('%s is said', (word, value) => expect(readable(expand(word).value)).toBe(value));

  test('the same expression is the same unknown, another is another', () => {
    expect(expand('${U:-d}').value).toBe(expand('${U:-d}').value);
    const all = ['$U', '${U:-d}', '${U:-e}', '${U-d}', '${U:+d}', '${U%d}', '${F%d}'].map((w) => expand(w).value);
    expect(new Set(all).size).toBe(all.length);
  });
  test('plain text makes a value filled', () => {
    expect([isFilled(''), isFilled('x'), isFilled(VALUES.U!), isFilled(VALUES.F!), isFilled(VALUES.PATH!)]).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });
});

describe('words', () => {
  const words = (text: string) => lexText(text, { escape: '\\', lookup }).words;
  test('are split at unquoted blanks, also inside values, never inside quotes', () => {
    expect(words('a "b c"  d\\ e').map((w) => w.value)).toEqual(['a', 'b c', 'd e']);
    expect(words('${NOPE:-x y}').map((w) => w.value)).toEqual(['x', 'y']);
    expect(words('<<  EOF z').map((w) => w.value)).toEqual(['<<  EOF', 'z']);
  });
  test('are not split inside an unknown value', () => {
    expect(words('$U:80 x').map((w) => readable(w.value))).toEqual(['<ARG U>:80', 'x']);
  });
  test('stand where they say', () => {
    const text = ' a "b c"  \'d\'';
    expect(words(text).map((w) => text.slice(w.at, w.to))).toEqual(['a', '"b c"', "'d'"]);
  });
});

/** The regular expression that the pattern means, for values of plain letters. */
const regexp = (pattern: string, { anchored, greedy }: { anchored: boolean; greedy: boolean }) => {
  const star = greedy ? '.*' : '.*?';
  const body = [...pattern].map((c) => (c === '*' ? star : c === '?' ? '.' : c)).join('');
  return new RegExp(anchored ? `^${body}` : body);
};

describe('patterns match as regular expressions do', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'X'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', 'X', '*', '?'), maxLength: 5 });
  const turned = (text: string) => [...text].reverse().join('');
  test('at both ends, shortest and longest', () => {
    fc.assert(
      fc.property(letters, pattern, fc.boolean(), (value, p, greedy) => {
        const prefix = regexp(p, { anchored: true, greedy }).exec(value)?.[0].length ?? 0;
        expect(trimmed(value, p, { end: 'prefix', greedy })).toBe(value.slice(prefix));
        const suffix = regexp(turned(p), { anchored: true, greedy }).exec(turned(value))?.[0].length ?? 0;
        expect(trimmed(value, p, { end: 'suffix', greedy })).toBe(value.slice(0, value.length - suffix));
      }),
      { numRuns: 3_000 },
    );
  });
  test('in the middle, once and everywhere', () => {
    fc.assert(
      fc.property(
        letters,
        pattern.filter((p) => /[^*]/.test(p)),
        (value, p) => {
          const one = regexp(p, { anchored: false, greedy: true });
          expect(replaced(value, p, '-', { all: false })).toBe(value.replace(one, '-'));
          expect(replaced(value, p, '-', { all: true })).toBe(value.replaceAll(new RegExp(one, 'g'), '-'));
        },
      ),
      { numRuns: 3_000 },
    );
  });
  test('what a regular expression would see differently is not followed', () => {
    expect(trimmed('a\nb', '*b', { end: 'prefix', greedy: true })).toBeUndefined();
    expect(trimmed('\xc3\xa9', '?', { end: 'prefix', greedy: true })).toBeUndefined();
    expect(replaced('aXb', 'X', '$1', { all: true })).toBeUndefined();
    expect(replaced('aXb', 'X', '$1', { all: false })).toBe('a$1b');
  });
});

test('never throws and never guesses: any word gives a value or a problem', () => {
  const token = fc.constantFrom(
    '$',
    '{',
    '}',
    ':',
    '-',
    '+',
    '?',
    '#',
    '%',
    '/',
    '*',
    'A',
    'U',
    'E',
    '"',
    "'",
    '\\',
    ' ',
    'x',
    '<',
    '\xc3',
    '\xff',
  );
  fc.assert(
    fc.property(fc.array(token, { maxLength: 14 }), (parts) => {
      const { value, problem } = expand(parts.join(''));
      expect(problem === undefined || value === '').toBe(true);
    }),
    { numRuns: 3_000 },
  );
});
