// Tells which patterns Go's filepath.Match refuses when moby's pattern matcher tries them on the name ".".

import { runeAt } from './goText.ts';

type Chunk = { readonly star: boolean; readonly text: string; readonly rest: string };

/** The next piece without a star, perhaps preceded by stars. */
function nextChunk(pattern: string): Chunk {
  let start = 0;
  while (pattern[start] === '*') start++;
  let inRange = false;
  for (let i = start; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '[') inRange = true;
    else if (char === ']') inRange = false;
    else if (char === '*' && !inRange)
      return { star: start > 0, text: pattern.slice(start, i), rest: pattern.slice(i) };
  }
  return { star: start > 0, text: pattern.slice(start), rest: '' };
}

/** Offset behind one perhaps escaped character of a class, or undefined where the class is malformed. */
function behindClassCharacter(chunk: string, start: number): number | undefined {
  let at = start;
  if (at >= chunk.length || chunk[at] === '-' || chunk[at] === ']') return undefined;
  if (chunk[at] === '\\') at++;
  if (at >= chunk.length) return undefined;
  const rune = runeAt(chunk, at);
  const behind = at + rune.length;
  return rune.valid && behind < chunk.length ? behind : undefined;
}

type Class = { readonly end: number; readonly hit: boolean };

/** Reads a class whose `[` stands before `start`; `name` is what it is tried on. */
function readGlobClass(chunk: string, start: number, name: string): Class | undefined {
  const negated = chunk[start] === '^';
  let at = negated ? start + 1 : start;
  let found = false;
  for (let ranges = 0; ; ranges++) {
    if (ranges > 0 && chunk[at] === ']') return { end: at + 1, hit: found !== negated };
    const low = chunk[at] === '\\' ? at + 1 : at;
    const behindLow = behindClassCharacter(chunk, at);
    if (behindLow === undefined) return undefined;
    const lowText = chunk.slice(low, behindLow);
    let highText = lowText;
    at = behindLow;
    if (chunk[at] === '-') {
      const high = chunk[at + 1] === '\\' ? at + 2 : at + 1;
      const behindHigh = behindClassCharacter(chunk, at + 1);
      if (behindHigh === undefined) return undefined;
      highText = chunk.slice(high, behindHigh);
      at = behindHigh;
    }
    // UTF-8 order is code point order, so bytes may be compared.
    if (name !== '' && lowText <= name && name <= highText) found = true;
  }
}

/** What is left of `name` behind a match of the chunk; undefined: no match; 'bad': the chunk is malformed. */
function matchChunk(chunk: string, name: string): { readonly left: string } | undefined | 'bad' {
  let left = name;
  let failed = false;
  let at = 0;
  while (at < chunk.length) {
    failed = failed || left === '';
    const char = chunk[at];
    if (char === '[') {
      const read = readGlobClass(chunk, at + 1, failed ? '' : left.slice(0, 1));
      if (read === undefined) return 'bad';
      if (!read.hit) failed = true;
      left = left.slice(1);
      at = read.end;
      continue;
    }
    if (char === '\\') at++;
    if (at >= chunk.length) return 'bad';
    if (!failed) {
      failed = char === '?' ? left[0] === '/' : chunk[at] !== left[0];
      left = left.slice(1);
    }
    at++;
  }
  return failed ? undefined : { left };
}

/** True where `filepath.Match(pattern, ".")` is an error (Go looks no further than the first piece that does not match). */
export function isBadGlob(pattern: string): boolean {
  let rest = pattern;
  let name = '.';
  while (rest !== '') {
    const chunk = nextChunk(rest);
    rest = chunk.rest;
    if (chunk.star && chunk.text === '') return false;
    const here = matchChunk(chunk.text, name);
    if (here === 'bad') return true;
    if (here !== undefined && (here.left === '' || rest !== '')) {
      name = here.left;
      continue;
    }
    if (!chunk.star || name === '') return false;
    // The name has one character: a star can only skip all of it.
    const behind = matchChunk(chunk.text, '');
    if (behind === 'bad') return true;
    if (behind === undefined) return false;
    name = '';
  }
  return false;
}
