// What `npm run duplicates` takes for a copy.

import { describe, expect, test } from 'vitest';
import { duplicatesOf, namesTwice } from '../scripts/duplicates.ts';

const numbered = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n)}\n`).join('');
const calls = (count: number): string => numbered(count, (n) => `  run${n}(one, other);`);
const placesIn = (files: Record<string, string>): string[] =>
  duplicatesOf(new Map(Object.entries(files))).map(({ places }) =>
    places.map(({ path, from, to }) => `${path}:${from}-${to}`).join(' '),
  );

describe('a copy', () => {
  test('is six lines in a row, and is told whole', () => {
    expect(placesIn({ 'a.ts': `one();\n${calls(6)}`, 'b.ts': `${calls(6)}other();\n` })).toEqual(['a.ts:2-7 b.ts:1-6']);
    expect(placesIn({ 'a.ts': calls(9), 'b.ts': `${calls(8)}other();\n` })).toEqual(['a.ts:1-8 b.ts:1-8']);
    expect(placesIn({ 'a.ts': calls(5), 'b.ts': calls(5) })).toEqual([]);
  });

  test('may stand in one file, but not over itself', () => {
    expect(placesIn({ 'a.ts': `${calls(6)}between();\n${calls(6)}` })).toEqual(['a.ts:1-6 a.ts:8-13']);
    expect(placesIn({ 'a.ts': numbered(8, () => 'next();') })).toEqual([]);
  });

  test('stays one with other indentation and with comments between', () => {
    const spoken = calls(6).replaceAll(/^ {2}/gm, '      ').replaceAll('\n', '\n// says more\n\n');
    expect(placesIn({ 'a.ts': calls(6), 'b.ts': spoken })).toEqual(['a.ts:1-6 b.ts:1-16']);
  });

  test('does not go on from one file into the next', () => {
    const [head, tail] = [calls(3), numbered(3, (n) => `more${n}();`)];
    expect(placesIn({ 'a.ts': head, 'b.ts': tail, 'c.ts': head, 'd.ts': tail })).toEqual([]);
    expect(placesIn({ 'a.ts': 'same();\n', 'b.ts': calls(6), 'c.ts': 'same();\n', 'd.ts': calls(6) })).toHaveLength(1);
  });

  test.each([
    ['imports', numbered(8, (n) => `import { name${n} } from './file${n}.ts';`)],
    ['imports over lines', `import {\n${numbered(8, (n) => `  name${n},`)}} from './file.ts';\n`],
    ['a list of texts', `const LIST = [\n${numbered(8, (n) => `  'text ${n}',`)}];\n`],
    ['a table', `const TABLE = {\n${numbered(8, (n) => `  key${n}: { word: 'text', count: ${n} },`)}};\n`],
    ['a list of names', `call({\n${numbered(8, (n) => `  name${n},`)}});\n`],
    ['a text over lines', `const TEXT = \`FROM a\n${calls(8)}\`;\n`],
    ['a comment', `/*\n${calls(8)}*/\n`],
  ])('is not %s', (_, text) => {
    expect(placesIn({ 'a.ts': text, 'b.ts': text })).toEqual([]);
  });
});

test('a name that two files of the program export is found, and not what they keep to themselves', () => {
  const files = new Map([
    ['src/a.ts', 'export interface Step {}\nexport const walk = 1;\nfunction own() {}\n'],
    ['src/b.ts', 'export type Step = 1;\nfunction own() {}\nexport { walk } from "./a.ts";\n'],
    ['transforms/x/index.ts', 'export async function walk() {}\n'],
    ['scripts/c.ts', 'export function main() {}\nexport const Step = 1;\n'],
    ['bin/d.ts', 'export function main() {}\n'],
  ]);
  expect([...namesTwice(files)]).toEqual([
    ['Step', ['src/a.ts', 'src/b.ts']],
    ['walk', ['src/a.ts', 'transforms/x/index.ts']],
  ]);
});
