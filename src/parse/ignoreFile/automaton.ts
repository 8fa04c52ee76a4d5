// Runs a parsed regular expression over a path in one pass, for the path and all of its parent folders at once.

import type { RuneRanges } from './goClasses.ts';
import type { Regexp, Term } from './goRegexp.ts';

type State =
  | { readonly kind: 'runes'; readonly ranges: RuneRanges; next: number }
  | { readonly kind: 'begin' | 'end' | 'wordBoundary' | 'noWordBoundary'; next: number }
  | { readonly kind: 'split'; next: number; other: number }
  | { readonly kind: 'accept' };

/** A compiled expression; `anchored` where it can only match from the start. */
export type Automaton = { readonly states: readonly State[]; readonly start: number; readonly anchored: boolean };

const SLASH = 0x2f;
/** Marks are 32 bits wide; a path takes far fewer rounds than what is left above this. */
const MAX_ROUND = 0xf0000000;
const DOT_STAR: Term = { atom: { kind: 'runes', ranges: [0, 9, 11, 0x10ffff] }, min: 0, max: Number.POSITIVE_INFINITY };
const ONE_SLASH: Term = { atom: { kind: 'runes', ranges: [SLASH, SLASH] }, min: 1, max: 1 };

/** Builds backwards: puts a term in front of the state `next` and returns the new entry. */
function before(states: State[], term: Term, next: number): number {
  const { atom, min, max } = term;
  if (atom.kind === 'folders') {
    const inside = before(states, DOT_STAR, before(states, ONE_SLASH, next));
    return states.push({ kind: 'split', next: inside, other: next }) - 1;
  }
  const one = (behind: number): number =>
    states.push(
      atom.kind === 'runes' ? { kind: 'runes', ranges: atom.ranges, next: behind } : { kind: atom.kind, next: behind },
    ) - 1;
  let entry = next;
  if (atom.kind !== 'runes') {
    if (max === 0) return entry;
    const asserted = one(entry);
    return min > 0 ? asserted : states.push({ kind: 'split', next: asserted, other: entry }) - 1;
  }
  if (max === Number.POSITIVE_INFINITY) {
    const loop = states.push({ kind: 'split', next: -1, other: entry }) - 1;
    const split = states[loop]!;
    if (split.kind === 'split') split.next = one(loop);
    entry = loop;
  } else {
    for (let i = min; i < max; i++) entry = states.push({ kind: 'split', next: one(entry), other: next }) - 1;
  }
  for (let i = 0; i < min; i++) entry = one(entry);
  return entry;
}

/** Compiles; undefined where it would take more than `limit` states. */
export function compileAutomaton(
  regexp: Exclude<Regexp, { readonly error: string }>,
  limit: number,
): Automaton | undefined {
  const states: State[] = [{ kind: 'accept' }];
  const entries: number[] = [];
  for (const terms of regexp.alternatives) {
    let entry = 0;
    for (let i = terms.length - 1; i >= 0; i--) {
      const term = terms[i]!;
      const size = Math.max(term.min, term.max === Number.POSITIVE_INFINITY ? 0 : term.max) * 2 + 4;
      if (states.length + size > limit) return undefined;
      entry = before(states, term, entry);
    }
    entries.push(entry);
  }
  let start = entries[entries.length - 1]!;
  for (let i = entries.length - 2; i >= 0; i--) {
    start = states.push({ kind: 'split', next: entries[i]!, other: start }) - 1;
  }
  return { states, start, anchored: entries.length === 1 && states[start]?.kind === 'begin' };
}

function isInRanges(ranges: RuneRanges, rune: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) if (rune >= ranges[i]! && rune <= ranges[i + 1]!) return true;
  return false;
}

function isWordRune(rune: number | undefined): boolean {
  if (rune === undefined) return false;
  return (
    rune === 0x5f || (rune >= 0x30 && rune <= 0x39) || (rune >= 0x41 && rune <= 0x5a) || (rune >= 0x61 && rune <= 0x7a)
  );
}

/** Where the automaton stands: what lies behind and ahead, either of them undefined at an end of the text. */
type RunePlace = { readonly previous: number | undefined; readonly upcoming: number | undefined };

type Closure = {
  /** Marks of the states seen at the current place. */
  readonly seen: Uint32Array;
  round: number;
  readonly waiting: number[];
};

function holds(kind: 'begin' | 'end' | 'wordBoundary' | 'noWordBoundary', place: RunePlace): boolean {
  if (kind === 'begin') return place.previous === undefined;
  if (kind === 'end') return place.upcoming === undefined;
  return (isWordRune(place.previous) !== isWordRune(place.upcoming)) === (kind === 'wordBoundary');
}

/** An automaton at work on one path. */
interface PathRun {
  readonly automaton: Automaton;
  readonly closure: Closure;
}

/** Adds to `into` the rune states reachable without reading; true where the accepting state is. */
function followStates({ automaton, closure }: PathRun, from: number, place: RunePlace, into: number[]): boolean {
  const { waiting, seen, round } = closure;
  waiting.push(from);
  let accepted = false;
  while (waiting.length > 0) {
    const index = waiting.pop()!;
    if (seen[index] === round) continue;
    seen[index] = round;
    const state = automaton.states[index]!;
    if (state.kind === 'accept') accepted = true;
    else if (state.kind === 'split') waiting.push(state.other, state.next);
    else if (state.kind === 'runes') into.push(index);
    else if (holds(state.kind, place)) waiting.push(state.next);
  }
  return accepted;
}

/**
 * Makes the function that says whether the expression is found in a path ('itself') or also in one of the folders above it. It
 * takes the path's code points, and at most (states x code points) steps.
 */
export function pathFinder(automaton: Automaton): (runes: readonly number[], reach: MatchReach) => boolean {
  const closure: Closure = { seen: new Uint32Array(automaton.states.length), round: 0, waiting: [] };
  return (runes, reach) => {
    if (closure.round > MAX_ROUND) {
      closure.seen.fill(0);
      closure.round = 0;
    }
    return findsPath({ automaton, closure }, runes, reach);
  };
}

export type MatchReach = 'itself' | 'orParent';

function findsPath(run: PathRun, runes: readonly number[], reach: MatchReach): boolean {
  const { automaton, closure } = run;
  /** States to follow from the current place. */
  let pending = [automaton.start];
  for (let at = 0; at <= runes.length; at++) {
    const upcoming = runes[at];
    const previous = runes[at - 1];
    if (at > 0 && !automaton.anchored) pending.push(automaton.start);
    if (pending.length === 0) return false;
    if ((upcoming === SLASH && reach === 'orParent') || upcoming === undefined) {
      closure.round++;
      for (const state of pending) {
        if (followStates(run, state, { previous, upcoming: undefined }, [])) return true;
      }
    }
    if (upcoming === undefined) return false;
    closure.round++;
    const reading: number[] = [];
    for (const state of pending) {
      if (followStates(run, state, { previous, upcoming }, reading)) return true;
    }
    const next: number[] = [];
    for (const index of reading) {
      const state = automaton.states[index]!;
      if (state.kind === 'runes' && isInRanges(state.ranges, upcoming)) next.push(state.next);
    }
    pending = next;
  }
  return false;
}

/** The longest run of ASCII characters that every match holds; '' where there is none. A quick test before the automaton. */
export function requiredText(regexp: Exclude<Regexp, { readonly error: string }>): string {
  const [terms = [], ...others] = regexp.alternatives;
  if (others.length > 0) return '';
  let longest = '';
  let run = '';
  for (const { atom, min, max } of terms) {
    const [low = 0, high, more] = atom.kind === 'runes' ? atom.ranges : [];
    const isOne = low === high && more === undefined && low < 0x80 && min === 1 && max === 1;
    run = isOne ? run + String.fromCharCode(low) : '';
    if (run.length > longest.length) longest = run;
  }
  return longest;
}
