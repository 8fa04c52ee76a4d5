// Reads the regular expressions that moby makes of ignore patterns, with the meaning that Go's regexp gives them.
//
// Only what can occur in them: literals, classes, `\` escapes, `^ $ |`, `{n,m}`, `[^/]*`, `.*` and `(.*/)?`.

import { LAST_RUNE, negate, PERL_CLASSES, POSIX_CLASSES, type RuneRanges } from './goClasses.ts';

export type Atom =
  | { readonly kind: 'runes'; readonly ranges: RuneRanges }
  | { readonly kind: 'begin' | 'end' | 'wordBoundary' | 'noWordBoundary' }
  | { readonly kind: 'folders' }; // `(.*/)?`

/** `max` Infinity: any number of times. */
export type Term = { readonly atom: Atom; readonly min: number; readonly max: number };

/** Alternatives of terms in a row; or why Go (or we) cannot read it. */
export type Regexp = { readonly alternatives: readonly (readonly Term[])[] } | { readonly error: string };

const ANY_BUT_NEWLINE: RuneRanges = [0, 9, 11, LAST_RUNE];
/** Go refuses counts above this. */
const MAX_COUNT = 1000;
const FOLDERS = '(.*/)?';

const CONTROL: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

class UnreadablePattern extends Error {}

type Reader = {
  readonly runes: readonly number[];
  at: number;
  /** Offset of the last `:]`, or -1. */
  readonly lastNameEnd: number;
};

/** No class name is longer, with its `^`. */
const LONGEST_NAME = 8;

/** The character at an offset from the reader's place; '' at the end. A rune beyond ASCII never equals a syntax character. */
function peek(reader: Reader, offset = 0): string {
  const rune = reader.runes[reader.at + offset];
  return rune === undefined ? '' : String.fromCodePoint(rune);
}

function standsAhead(reader: Reader, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (reader.runes[reader.at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function isOctal(char: string): boolean {
  return char >= '0' && char <= '7' && char.length === 1;
}

function hexValue(char: string): number {
  return /^[0-9a-fA-F]$/.test(char) ? Number.parseInt(char, 16) : -1;
}

function readBracedHex(reader: Reader): number {
  let value = 0;
  let digits = 0;
  while (peek(reader) !== '}') {
    const digit = hexValue(peek(reader));
    value = value * 16 + digit;
    if (digit < 0 || value > LAST_RUNE) throw new UnreadablePattern('invalid escape');
    digits++;
    reader.at++;
  }
  reader.at++;
  if (digits === 0) throw new UnreadablePattern('invalid escape');
  return value;
}

/** Reads one escaped character; the reader stands on the `\`. */
function readEscape(reader: Reader): number {
  const char = peek(reader, 1);
  if (char === '') throw new UnreadablePattern('trailing backslash');
  const rune = reader.runes[reader.at + 1]!;
  reader.at += 2;
  if (rune < 0x80 && !/[0-9A-Za-z]/.test(char)) return rune;
  if (char === '0' || (isOctal(char) && isOctal(peek(reader)))) {
    let value = rune - 0x30;
    for (let i = 1; i < 3 && isOctal(peek(reader)); i++) {
      value = value * 8 + Number(peek(reader));
      reader.at++;
    }
    return value;
  }
  if (char === 'x') {
    if (peek(reader) === '{') {
      reader.at++;
      return readBracedHex(reader);
    }
    const high = hexValue(peek(reader));
    const low = hexValue(peek(reader, 1));
    if (high < 0 || low < 0) throw new UnreadablePattern('invalid escape');
    reader.at += 2;
    return high * 16 + low;
  }
  const control = CONTROL.get(char);
  if (control === undefined) throw new UnreadablePattern('invalid escape');
  return control;
}

/** A class escape such as `\d`, or undefined; the reader stands on the `\`. */
function readClassEscape(reader: Reader): RuneRanges | undefined {
  const char = peek(reader, 1);
  if (char === 'p' || char === 'P') throw new UnreadablePattern('a Unicode class is not supported');
  const ranges = PERL_CLASSES.get(char.toLowerCase());
  if (ranges === undefined || !/[dswDSW]/.test(char)) return undefined;
  reader.at += 2;
  return /[DSW]/.test(char) ? negate(ranges) : ranges;
}

/** Reads `[:name:]`; undefined where no `:]` follows anywhere, which makes the `[` a literal. */
function readNamedClass(reader: Reader): RuneRanges | undefined {
  const start = reader.at + 2;
  if (start > reader.lastNameEnd) return undefined;
  let end = start;
  while (end - start <= LONGEST_NAME && !(reader.runes[end] === 0x3a && reader.runes[end + 1] === 0x5d)) end++;
  const name = String.fromCodePoint(...reader.runes.slice(start, end));
  const ranges = POSIX_CLASSES.get(name.replace(/^\^/, ''));
  if (ranges === undefined) throw new UnreadablePattern('invalid character class range');
  reader.at = end + 2;
  return name.startsWith('^') ? negate(ranges) : ranges;
}

function readClassRune(reader: Reader): number {
  if (peek(reader) === '') throw new UnreadablePattern('missing closing ]');
  if (peek(reader) === '\\') return readEscape(reader);
  return reader.runes[reader.at++]!;
}

/** Reads `[...]`; the reader stands on the `[`. */
function readRegexpClass(reader: Reader): RuneRanges {
  reader.at++;
  const negated = peek(reader) === '^';
  if (negated) reader.at++;
  const ranges: number[] = [];
  for (let first = true; first || peek(reader) !== ']'; first = false) {
    const named = standsAhead(reader, '[:') ? readNamedClass(reader) : undefined;
    if (named !== undefined) {
      ranges.push(...named);
      continue;
    }
    const escaped = peek(reader) === '\\' ? readClassEscape(reader) : undefined;
    if (escaped !== undefined) {
      ranges.push(...escaped);
      continue;
    }
    const low = readClassRune(reader);
    let high = low;
    const behind = peek(reader, 1);
    if (peek(reader) === '-' && behind !== '' && behind !== ']') {
      reader.at++;
      high = readClassRune(reader);
      if (high < low) throw new UnreadablePattern('invalid character class range');
    }
    ranges.push(low, high);
  }
  reader.at++;
  return negated ? negate(ranges) : ranges;
}

/** Reads a decimal without leading zeros; undefined where there is none. Too big a number is Infinity. */
function readInteger(reader: Reader): number | undefined {
  const start = reader.at;
  while (/^[0-9]$/.test(peek(reader))) reader.at++;
  const length = reader.at - start;
  if (length === 0 || (length > 1 && reader.runes[start] === 0x30)) return undefined;
  if (length > 8) return Number.POSITIVE_INFINITY;
  return Number(String.fromCodePoint(...reader.runes.slice(start, reader.at)));
}

/** Reads `{n}`, `{n,}`, `{n,m}`; undefined, and nothing read, where `{` is a literal. */
function readCount(reader: Reader): { readonly min: number; readonly max: number } | undefined {
  const start = reader.at;
  reader.at++;
  const min = readInteger(reader);
  let max = min;
  let open = false;
  if (min !== undefined && peek(reader) === ',') {
    reader.at++;
    open = peek(reader) === '}';
    max = open ? Number.POSITIVE_INFINITY : readInteger(reader);
  }
  if (min === undefined || max === undefined || peek(reader) !== '}') {
    reader.at = start;
    return undefined;
  }
  reader.at++;
  if (min > MAX_COUNT || (!open && (max > MAX_COUNT || min > max))) throw new UnreadablePattern('invalid repeat count');
  return { min, max };
}

type ReaderOutput = { terms: Term[]; readonly alternatives: Term[][]; repeated: boolean };

function push(output: ReaderOutput, atom: Atom): void {
  output.terms.push({ atom, min: 1, max: 1 });
}

function literal(rune: number): Atom {
  return { kind: 'runes', ranges: [rune, rune] };
}

/** Puts a count on the last term. */
function repeat(output: ReaderOutput, min: number, max: number): void {
  const last = output.terms.pop();
  if (last === undefined) throw new UnreadablePattern('missing argument to repetition operator');
  if (output.repeated || last.min !== 1 || last.max !== 1 || last.atom.kind === 'folders') {
    throw new UnreadablePattern('invalid nested repetition operator');
  }
  output.terms.push({ atom: last.atom, min, max });
}

/** Reads what starts with `\` outside a class. */
function readOuterEscape(reader: Reader, output: ReaderOutput): void {
  const kinds = { A: 'begin', z: 'end', b: 'wordBoundary', B: 'noWordBoundary' } as const;
  const char = peek(reader, 1);
  if (char === 'A' || char === 'z' || char === 'b' || char === 'B') {
    reader.at += 2;
    push(output, { kind: kinds[char] });
  } else if (char === 'Q') {
    for (reader.at += 2; reader.at < reader.runes.length && !standsAhead(reader, '\\E'); reader.at++) {
      push(output, literal(reader.runes[reader.at]!));
    }
    reader.at += 2;
  } else {
    const ranges = readClassEscape(reader);
    push(output, ranges === undefined ? literal(readEscape(reader)) : { kind: 'runes', ranges });
  }
}

function readOne(reader: Reader, output: ReaderOutput): void {
  const char = peek(reader);
  const wasRepeated = output.repeated;
  output.repeated = false;
  if (standsAhead(reader, FOLDERS)) {
    reader.at += FOLDERS.length;
    push(output, { kind: 'folders' });
    output.repeated = true;
  } else if (char === '|') {
    reader.at++;
    output.alternatives.push(output.terms);
    output.terms = [];
  } else if (char === '^' || char === '$') {
    reader.at++;
    push(output, { kind: char === '^' ? 'begin' : 'end' });
  } else if (char === '.') {
    reader.at++;
    push(output, { kind: 'runes', ranges: ANY_BUT_NEWLINE });
  } else if (char === '[') {
    push(output, { kind: 'runes', ranges: readRegexpClass(reader) });
  } else if (char === '\\') {
    readOuterEscape(reader, output);
  } else {
    const count = char === '{' ? readCount(reader) : undefined;
    if (char === '*') reader.at++;
    if (char === '*' || count !== undefined) {
      output.repeated = wasRepeated;
      repeat(output, count?.min ?? 0, count?.max ?? Number.POSITIVE_INFINITY);
      output.repeated = true;
    } else {
      push(output, literal(reader.runes[reader.at++]!));
    }
  }
}

/** Parses the code points of a regular expression. Linear in their number; never throws. */
export function parseRegexp(runes: readonly number[]): Regexp {
  const lastNameEnd = runes.findLastIndex((rune, i) => rune === 0x3a && runes[i + 1] === 0x5d);
  const reader: Reader = { runes, at: 0, lastNameEnd };
  const output: ReaderOutput = { terms: [], alternatives: [], repeated: false };
  try {
    while (reader.at < runes.length) readOne(reader, output);
  } catch (error) {
    if (error instanceof UnreadablePattern) return { error: error.message };
    throw error;
  }
  return { alternatives: [...output.alternatives, output.terms] };
}
