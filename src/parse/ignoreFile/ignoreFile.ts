// Reads ignore files of build contexts and answers which paths they leave out, exactly as BuildKit's libraries do.
//
// Rules: moby/patternmatcher (MatchesOrParentMatches) and its ignorefile.ReadAll, with their oddities: patterns become
// Go regular expressions in which `{`, `}`, `|`, `^` and classes keep their meaning.

import type { Problem } from '../../model.ts';
import { compileAutomaton, type MatchReach, pathFinder, requiredText } from './automaton.ts';
import { isBadGlob } from './goGlob.ts';
import { parseRegexp } from './goRegexp.ts';
import { cleanPath, runesOf, trimGoSpace } from './goText.ts';

/** One line that has a pattern. */
export interface IgnorePattern {
  /** Cleaned, without the `!` and without one leading slash; latin1 bytes. */
  readonly pattern: string;
  /** The line begins with `!`: what matches is kept. */
  readonly negated: boolean;
  /** Counts from 1. */
  readonly line: number;
  /** Byte offsets of the line as it stands, surrounding blanks included, without its line ending and without a BOM. */
  readonly start: number;
  readonly end: number;
}

/** Problems say that BuildKit refuses the file, or that we cannot tell what a pattern means: then nothing should be concluded. */
export interface IgnoreFile {
  readonly patterns: readonly IgnorePattern[];
  readonly problems: readonly Problem[];
}

type Matcher =
  | { readonly kind: 'exact' | 'prefix' | 'suffix'; readonly text: string }
  | {
      readonly kind: 'regexp';
      readonly states: number;
      readonly required: string;
      readonly finds: (runes: readonly number[], reach: MatchReach) => boolean;
    }
  | { readonly kind: 'bad'; readonly message: string };

/** Go's bufio.Scanner gives up on a line of this length. */
const LINE_LIMIT = 64 * 1024;
const PATTERN_LIMIT = 20_000;
/** Automaton states of one pattern; real ones have some tens. */
const STATE_LIMIT = 20_000;
const FILE_STATE_LIMIT = 400_000;
const BOM = '\xef\xbb\xbf';

const asciiRunes = (ascii: string): number[] => Array.from(ascii, (char) => char.charCodeAt(0));
const NO_SLASHES = asciiRunes('[^/]*');
const NO_SLASH = asciiRunes('[^/]');
const ANYTHING = asciiRunes('.*');
const FOLDERS = asciiRunes('(.*/)?');
/** `{ | }` are meant to be here too; a shift that overflows in the reference leaves them out. */
const ESCAPED = new Set(asciiRunes('.+()$'));
const [STAR, QUESTION, SLASH, BACKSLASH, OPEN, CLOSE, CARET, DOLLAR] = asciiRunes('*?/\\[]^$');

type Expression = { readonly runes: readonly number[]; readonly kind: 'exact' | 'prefix' | 'suffix' | 'regexp' };

/** The regular expression of a cleaned pattern, and how it is matched: some kinds compare bytes instead. */
function expressionOf(pattern: string): Expression {
  const source = runesOf(pattern);
  if (source[0] === 0xfeff) source.shift();
  const runes: number[] = [CARET!];
  let kind: Expression['kind'] = 'exact';
  for (let at = 0; at < source.length; at++) {
    const rune = source[at]!;
    const first = at === 0;
    if (rune === STAR && source[at + 1] === STAR) {
      at++;
      if (source[at + 1] === SLASH) at++;
      if (at + 1 < source.length) {
        runes.push(...FOLDERS);
        kind = 'regexp';
      } else if (kind === 'exact') {
        kind = 'prefix';
      } else {
        runes.push(...ANYTHING);
        kind = 'regexp';
      }
      if (first) kind = 'suffix';
    } else if (rune === STAR || rune === QUESTION) {
      runes.push(...(rune === STAR ? NO_SLASHES : NO_SLASH));
      kind = 'regexp';
    } else if (rune === BACKSLASH && at + 1 < source.length) {
      at++;
      runes.push(BACKSLASH!, source[at]!);
      kind = 'regexp';
    } else {
      if (ESCAPED.has(rune)) runes.push(BACKSLASH!);
      runes.push(rune);
      if (rune === OPEN || rune === CLOSE) kind = 'regexp';
    }
  }
  if (kind === 'regexp') runes.push(DOLLAR!);
  return { runes, kind };
}

function compilePattern(pattern: string): Matcher {
  const { runes, kind } = expressionOf(pattern);
  if (kind === 'exact') return { kind, text: pattern };
  if (kind === 'prefix') return { kind, text: pattern.slice(0, -2) };
  if (kind === 'suffix') return { kind, text: pattern.slice(2) };
  const regexp = parseRegexp(runes);
  if ('error' in regexp) return { kind: 'bad', message: `Pattern cannot be read: ${regexp.error}` };
  const automaton = compileAutomaton(regexp, STATE_LIMIT);
  if (automaton === undefined) return { kind: 'bad', message: 'Pattern is too large' };
  const finds = pathFinder(automaton);
  return { kind: 'regexp', states: automaton.states.length, required: requiredText(regexp), finds };
}

/** What moby makes of one line: the pattern of ReadAll, once more trimmed and cleaned by New. Undefined: nothing. */
function patternOf(line: string): { readonly pattern: string; readonly negated: boolean } | undefined {
  if (line.startsWith('#')) return undefined;
  let pattern = trimGoSpace(line);
  if (pattern === '') return undefined;
  const inverted = pattern.startsWith('!');
  if (inverted) pattern = trimGoSpace(pattern.slice(1));
  if (pattern !== '') {
    pattern = cleanPath(pattern);
    if (pattern.length > 1 && pattern.startsWith('/')) pattern = pattern.slice(1);
  }
  // The second pass sees the `!` as part of a name: `!/` becomes `!`, and `a/../!b` is an exception after all.
  pattern = trimGoSpace(inverted ? `!${pattern}` : pattern);
  if (pattern === '') return undefined;
  pattern = cleanPath(pattern);
  const negated = pattern.startsWith('!');
  return { pattern: negated ? pattern.slice(1) : pattern, negated };
}

/** Parses an ignore file (latin1). Never throws; linear in the file's size. */
export function parseIgnore(source: string): IgnoreFile {
  const patterns: IgnorePattern[] = [];
  const problems: Problem[] = [];
  let states = 0;
  let next = 0;
  for (let line = 1; next < source.length; line++) {
    let start = next;
    const newline = source.indexOf('\n', start);
    let end = newline < 0 ? source.length : newline;
    next = newline < 0 ? source.length : newline + 1;
    if (end - start >= LINE_LIMIT) {
      problems.push({ offset: start, message: 'Line is too long: the builder refuses the file' });
      break;
    }
    if (source[end - 1] === '\r' && end > start) end--;
    if (line === 1 && source.startsWith(BOM) && end >= BOM.length) start += BOM.length;
    const read = patternOf(source.slice(start, end));
    if (read === undefined) continue;
    if (patterns.length === PATTERN_LIMIT) {
      problems.push({ offset: start, message: 'Too many patterns' });
      break;
    }
    patterns.push({ ...read, line, start, end });
    if (read.pattern === '') {
      problems.push({ offset: start, message: 'Illegal exception pattern "!": the builder refuses the file' });
    } else if (isBadGlob(read.pattern)) {
      problems.push({ offset: start, message: 'Malformed pattern: the builder refuses the file' });
    } else {
      const matcher = compilePattern(read.pattern);
      if (matcher.kind === 'bad') problems.push({ offset: start, message: matcher.message });
      if (matcher.kind === 'regexp') states += matcher.states;
      if (states > FILE_STATE_LIMIT) {
        problems.push({ offset: start, message: 'The patterns are too large together' });
        break;
      }
    }
  }
  return { patterns, problems };
}

function endsWithSuffix(path: string, end: number, suffix: string): boolean {
  if (suffix.length <= end && path.startsWith(suffix, end - suffix.length)) return true;
  return suffix.startsWith('/') && suffix.length - 1 === end && path.startsWith(suffix.slice(1));
}

function matches(matcher: Matcher, path: string, runes: () => readonly number[], reach: MatchReach): boolean {
  switch (matcher.kind) {
    case 'exact':
      return (
        path.startsWith(matcher.text) &&
        (path.length === matcher.text.length || (reach === 'orParent' && path[matcher.text.length] === '/'))
      );
    case 'prefix':
      return path.startsWith(matcher.text);
    case 'suffix':
      for (let end = path.indexOf('/'); end >= 0 && reach === 'orParent'; end = path.indexOf('/', end + 1)) {
        if (endsWithSuffix(path, end, matcher.text)) return true;
      }
      return endsWithSuffix(path, path.length, matcher.text);
    case 'regexp':
      return path.includes(matcher.required) && matcher.finds(runes(), reach);
    case 'bad':
      return false;
  }
}

/**
 * Compiles the file once. The answer says whether a path (clean, relative to the context, latin1 bytes; a file or a folder) is
 * left out of the build context: the last pattern that matches it or one of its parents decides.
 * With `problems` in the file the answer means nothing.
 */
export function ignores(file: IgnoreFile): (path: string) => boolean {
  const matchers = compiled(file);
  return (path) => {
    const runes = runesOnce(path);
    let ignored = false;
    for (const { matcher, negated } of matchers) {
      if (negated === ignored && matches(matcher, path, runes, 'orParent')) ignored = !negated;
    }
    return ignored;
  };
}

/**
 * The same as BuildKit's walk over the context answers it, folder by folder (MatchesUsingParentResults): a folder that is out
 * already is not held against the patterns behind, so that these do not speak for what an exception brings back from it.
 */
export function walkIgnores(file: IgnoreFile): (path: string) => boolean {
  const matchers = compiled(file);
  return (path) => {
    let parents: readonly boolean[] | undefined;
    for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
      const own = end < 0 ? path : path.slice(0, end);
      const runes = runesOnce(own);
      const hits: boolean[] = [];
      let ignored = false;
      for (const [n, { matcher, negated }] of matchers.entries()) {
        let hit = parents?.[n] === true;
        if (!hit && negated === ignored) hit = matches(matcher, own, runes, 'itself');
        hits.push(hit);
        if (hit) ignored = !negated;
      }
      if (end < 0) return ignored;
      parents = hits;
    }
  };
}

const compiled = (file: IgnoreFile): { readonly matcher: Matcher; readonly negated: boolean }[] =>
  file.patterns.map(({ pattern, negated }) => ({ matcher: compilePattern(pattern), negated }));

/** The path's code points, computed when they are first needed. */
function runesOnce(path: string): () => readonly number[] {
  let known: readonly number[] | undefined;
  return () => {
    known ??= runesOf(path);
    return known;
  };
}
