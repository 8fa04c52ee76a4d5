// Edits: applied as data, checked before, and built with the file's own line endings.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overlaid } from '../src/edit/overlay.ts';
import {
  appendLines,
  applyEdits,
  checkEdits,
  createFile,
  deleteLines,
  insertLinesAfter,
  insertLinesBefore,
} from '../src/edit/textEdits.ts';
import type { Snapshot, TextEdit } from '../src/model.ts';
import { isCleanPath } from '../src/text/cleanPath.ts';
import { indentationOf, lineAt, lineColumn, lineColumns, lineEndingOf } from '../src/text/positions.ts';

const edit = (start: number, end: number, newText: string): TextEdit => ({ path: 'f', start, end, newText });

function snapshot(files: Readonly<Record<string, string>>): Snapshot {
  const texts = new Map(Object.entries(files));
  return { paths: new Map([...texts.keys()].map((path) => [path, 'file'])), read: (path) => texts.get(path) };
}

describe('applyEdits', () => {
  test('takes edits in any order and leaves all other bytes', () => {
    expect(applyEdits('abcdef', [edit(4, 5, 'E'), edit(0, 1, ''), edit(2, 2, '-')])).toBe('b-cdEf');
  });

  test('keeps insertions at one offset in the order given, before a replacement there', () => {
    expect(applyEdits('abc', [edit(1, 2, 'X'), edit(1, 1, '1'), edit(1, 1, '2')])).toBe('a12Xc');
  });

  test.each([[[edit(0, 2, ''), edit(1, 3, '')]], [[edit(2, 1, '')]], [[edit(0, 9, '')]], [[edit(-1, 0, '')]]])(
    'throws on %j',
    (edits) => {
      expect(() => applyEdits('abc', edits)).toThrow(RangeError);
    },
  );

  test('is the same as splitting the text at the edits by hand', () => {
    const pieces = fc.array(fc.record({ kept: fc.string(), old: fc.string(), now: fc.string() }), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, fc.string(), (parts, tail) => {
        const edits: TextEdit[] = [];
        let text = '';
        for (const { kept, old, now } of parts) {
          // A kept byte between the edits makes the expected order plain.
          text += `${kept}|`;
          edits.push(edit(text.length, text.length + old.length, now));
          text += old;
        }
        const expected = parts.map(({ kept, now }) => `${kept}|${now}`).join('') + tail;
        expect(applyEdits(text + tail, edits.reverse())).toBe(expected);
      }),
    );
  });
});

describe('overlaid', () => {
  test('overlays several files, adds new ones and leaves the old snapshot as it was', () => {
    const before = snapshot({ f: 'abc', g: 'x' });
    const after = overlaid(before, [edit(0, 1, 'A'), createFile('d/new', 'n\n')]);
    expect([after.read('f'), after.read('g'), after.read('d/new')]).toEqual(['Abc', 'x', 'n\n']);
    expect([...after.paths]).toEqual([
      ['f', 'file'],
      ['g', 'file'],
      ['d/new', 'file'],
    ]);
    expect([before.read('f'), before.read('d/new'), before.paths.size]).toEqual(['abc', undefined, 2]);
  });

  test('an empty new file stands', () => {
    expect(overlaid(snapshot({}), [createFile('e', '')]).read('e')).toBe('');
  });

  test('reads after many edits what was written last, and lists files as they came', () => {
    const start = snapshot(Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`f${n}`, 'a'])));
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 60 }), (numbers) => {
        let now: Snapshot = start;
        const expected = new Map([...start.paths.keys()].map((path) => [path, 'a']));
        const states: [Snapshot, [string, string][]][] = [];
        for (const [turn, n] of numbers.entries()) {
          const path = `f${n}`;
          const newText = String(turn);
          const own = expected.get(path);
          const made = own === undefined ? createFile(path, newText) : { path, start: 0, end: own.length, newText };
          now = overlaid(now, [made]);
          expected.set(path, newText);
          states.push([now, [...expected]]);
        }
        for (const [state, texts] of states) {
          expect([...state.paths.keys()]).toEqual(texts.map(([path]) => path));
          expect([state.paths.size, ...texts.map(([path]) => state.read(path))]).toEqual([
            texts.length,
            ...texts.map(([, text]) => text),
          ]);
          expect([state.paths.has('f13'), state.read('f13')]).toEqual([false, undefined]);
        }
      }),
    );
  });

  test('throws what checkEdits reports', () => {
    expect(() => overlaid(snapshot({ f: 'abc' }), [edit(0, 4, '')])).toThrow(/outside its 3 bytes/);
  });
});

test.each<[string, TextEdit[], RegExp]>([
  ['overlap', [edit(0, 2, ''), edit(1, 3, '')], /overlaps/],
  ['same range twice', [edit(0, 2, 'a'), edit(0, 2, 'b')], /overlaps/],
  ['range past the end', [edit(2, 7, '')], /outside its 3 bytes/],
  ['fraction', [edit(0.5, 1, '')], /outside/],
  ['absent file', [{ path: 'no', start: 0, end: 0, newText: 'x' }], /nothing readable/],
  ['creating what exists', [createFile('f', 'x')], /it exists/],
  ['creating and editing', [createFile('n', 'x'), { path: 'n', start: 0, end: 0, newText: 'y' }], /at once/],
  ['path outside', [createFile('../n', 'x')], /no path inside/],
  ['git data', [createFile('.git/hooks/x', 'x')], /no path inside/],
  ['wide character', [edit(0, 0, '\u2028')], /latin1/],
])('checkEdits reports: %s', (_, edits, words) => {
  expect(checkEdits(snapshot({ f: 'abc' }), edits).join()).toMatch(words);
});

test('checkEdits finds nothing in edits that touch', () => {
  expect(checkEdits(snapshot({ f: 'abc' }), [edit(0, 1, ''), edit(1, 1, 'x'), edit(1, 3, '')])).toEqual([]);
});

test('lineColumn counts bytes from 1 and only LF ends a line', () => {
  const text = 'a\rb\r\nc\x0b\n';
  expect([0, 3, 5, 6, 8, 99].map((offset) => lineColumn(text, offset))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 4 },
    { line: 2, column: 1 },
    { line: 2, column: 2 },
    { line: 3, column: 1 },
    { line: 3, column: 1 },
  ]);
});

test('lineColumns agrees with lineColumn everywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', '\r', '')), (parts) => {
      const text = parts.join('');
      const at = lineColumns(text);
      for (let offset = 0; offset <= text.length; offset++) expect(at(offset)).toEqual(lineColumn(text, offset));
    }),
  );
});

test.each<[string, number, string]>([
  ['', 0, '\n'],
  ['a', 0, '\n'],
  ['a\r\nb', 3, '\r\n'],
  ['a\r\nb\nc', 0, '\r\n'],
  ['a\r\nb\nc', 3, '\n'],
  ['a\r\nb\nc', 5, '\n'],
  ['\n', 0, '\n'],
  ['a\rb\n', 0, '\n'],
])('line ending of %j at %i', (text, offset, ending) => {
  expect(lineEndingOf(text, offset)).toBe(ending);
});

test('lineAt and indentationOf', () => {
  const text = 'a\n \t b\r\nc';
  expect(lineAt(text, 4)).toEqual({ start: 2, end: 8 });
  expect(lineAt(text, 8)).toEqual({ start: 8, end: 9 });
  expect(indentationOf(text, 5)).toBe(' \t ');
  expect(indentationOf(text, 8)).toBe('');
});

describe('builders', () => {
  const done = (text: string, one: TextEdit) => applyEdits(text, [one]);
  test.each<[string, number, string]>([
    ['a\nb\n', 0, 'a\nN\nM\nb\n'],
    ['a\r\nb\r\n', 0, 'a\r\nN\r\nM\r\nb\r\n'],
    ['a\r\nb', 3, 'a\r\nb\r\nN\r\nM'],
    ['a', 0, 'a\nN\nM'],
    ['', 0, 'N\nM\n'],
    ['a\n', 2, 'a\nN\nM\n'],
  ])('insertLinesAfter in %j at %i', (text, offset, expected) => {
    expect(done(text, insertLinesAfter({ path: 'f', text, offset, lines: ['N', 'M'] }))).toBe(expected);
  });

  test.each<[string, number, string]>([
    ['a\nb\n', 2, 'a\nN\nb\n'],
    ['\xEF\xBB\xBFa\r\n', 4, '\xEF\xBB\xBFN\r\na\r\n'],
    ['a', 0, 'N\na'],
  ])('insertLinesBefore in %j at %i', (text, offset, expected) => {
    expect(done(text, insertLinesBefore({ path: 'f', text, offset, lines: ['N'] }))).toBe(expected);
  });

  test.each([
    ['', 'N\n'],
    ['a', 'a\nN'],
    ['a\n', 'a\nN\n'],
    ['a\r\nb', 'a\r\nb\r\nN'],
    ['\xEF\xBB\xBF', '\xEF\xBB\xBFN\n'],
  ])('appendLines to %j', (text, expected) => {
    expect(done(text, appendLines({ path: 'f', text, lines: ['N'] }))).toBe(expected);
  });

  test.each<[string, number, number, string]>([
    ['a\nb\nc\n', 2, 3, 'a\nc\n'],
    ['a\nb\nc\n', 2, 4, 'a\nc\n'],
    ['a\nb\nc\n', 0, 3, 'c\n'],
    ['a\r\nb', 3, 4, 'a'],
    ['a\nb', 2, 2, 'a'],
    ['\xEF\xBB\xBFa\nb\n', 3, 4, '\xEF\xBB\xBFb\n'],
    ['a', 0, 1, ''],
  ])('deleteLines of %j [%i, %i)', (text, start, end, expected) => {
    expect(done(text, deleteLines('f', text, { start, end }))).toBe(expected);
  });
});

test('isCleanPath', () => {
  const bad = ['', '/a', 'a/', 'a//b', './a', 'a/../b', '.git', 'a/.GIT/b', 'a\0'];
  expect(bad.filter(isCleanPath)).toEqual([]);
  expect(['a', '.gitignore', 'a b/c', 'd\xe9p/..x'].every(isCleanPath)).toBe(true);
});
