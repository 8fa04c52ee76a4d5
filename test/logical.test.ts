// Text put together from pieces, and the way back to the file.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinPieces, offsetOf, rangeOf, sliceLogical } from '../src/text/logical.ts';

const SOURCE = 'RUN a \\\n# c\n  b\n';
const LOGICAL = joinPieces(SOURCE, [
  { start: 0, end: 6 },
  { start: 12, end: 15 },
]);

describe('joinPieces', () => {
  test('leaves out what is between the ranges, and empty ranges', () => {
    expect(LOGICAL.text).toBe('RUN a   b');
    expect(joinPieces(SOURCE, [{ start: 3, end: 3 }]).pieces).toEqual([]);
  });
  test('an end lies behind the last character, not before the next piece', () => {
    expect(rangeOf(LOGICAL, 4, 6)).toEqual({ start: 4, end: 6 });
    expect(rangeOf(LOGICAL, 4, 9)).toEqual({ start: 4, end: 15 });
    expect(rangeOf(LOGICAL, 6, 6)).toEqual({ start: 12, end: 12 });
    expect(offsetOf(LOGICAL, 9)).toBe(15);
    expect(offsetOf(joinPieces('', []), 0)).toBe(0);
  });
});

const ranges = fc
  .uniqueArray(fc.nat(60), { maxLength: 12 })
  .map((cuts) => cuts.sort((a, b) => a - b))
  .map((cuts) =>
    cuts.flatMap((start, n) => (n % 2 === 0 && n + 1 < cuts.length ? [{ start, end: cuts[n + 1]! }] : [])),
  );
const source = fc.string({ unit: fc.constantFrom('a', 'b', '\\', '\n', '\xff'), minLength: 61, maxLength: 61 });

test('every character is found where it stands, also in a slice', () => {
  fc.assert(
    fc.property(source, ranges, fc.nat(60), fc.nat(60), (text, all, x, y) => {
      const logical = joinPieces(text, all);
      expect(logical.text).toBe(all.map((r) => text.slice(r.start, r.end)).join(''));
      for (let at = 0; at < logical.text.length; at++) expect(text[offsetOf(logical, at)]).toBe(logical.text[at]);
      const [from, to] = [Math.min(x, y, logical.text.length), Math.min(Math.max(x, y), logical.text.length)];
      const slice = sliceLogical(logical, from, to);
      expect(slice.text).toBe(logical.text.slice(from, to));
      for (let at = 0; at < slice.text.length; at++) expect(offsetOf(slice, at)).toBe(offsetOf(logical, from + at));
      expect(slice.pieces.map((p) => p.length).reduce((a, b) => a + b, 0)).toBe(slice.text.length);
    }),
    { numRuns: 500 },
  );
});
