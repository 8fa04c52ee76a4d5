// Character classes as Go's regexp names them, and their negation.

/** Inclusive code point ranges, flat: low, high, low, high, ... */
export type RuneRanges = readonly number[];

/** The last code point there is. */
export const LAST_RUNE = 0x10ffff;

/** `\d`, `\s`, `\w`. */
export const PERL_CLASSES: ReadonlyMap<string, RuneRanges> = new Map([
  ['d', [0x30, 0x39]],
  ['s', [9, 10, 12, 13, 32, 32]],
  ['w', [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]],
]);

/** `[:alnum:]` and its like. */
export const POSIX_CLASSES: ReadonlyMap<string, RuneRanges> = new Map([
  ['alnum', [0x30, 0x39, 0x41, 0x5a, 0x61, 0x7a]],
  ['alpha', [0x41, 0x5a, 0x61, 0x7a]],
  ['ascii', [0, 0x7f]],
  ['blank', [9, 9, 32, 32]],
  ['cntrl', [0, 0x1f, 0x7f, 0x7f]],
  ['digit', [0x30, 0x39]],
  ['graph', [0x21, 0x7e]],
  ['lower', [0x61, 0x7a]],
  ['print', [0x20, 0x7e]],
  ['punct', [0x21, 0x2f, 0x3a, 0x40, 0x5b, 0x60, 0x7b, 0x7e]],
  ['space', [9, 13, 32, 32]],
  ['upper', [0x41, 0x5a]],
  ['word', [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]],
  ['xdigit', [0x30, 0x39, 0x41, 0x46, 0x61, 0x66]],
]);

/** Everything that is in none of the ranges. */
export function negate(ranges: RuneRanges): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  let next = 0;
  for (const [low, high] of pairs) {
    if (low > next) out.push(next, low - 1);
    next = Math.max(next, high + 1);
  }
  if (next <= LAST_RUNE) out.push(next, LAST_RUNE);
  return out;
}
