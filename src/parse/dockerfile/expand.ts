// Reads Dockerfile words as BuildKit's shell.Lex does: quotes, escapes, $x and ${x...}, splitting at spaces.

import { causes, isFilled, isKnown, readable, splitOutsideTokens, unknown } from '../../text/symbolic.ts';
import { isPatternProblem, type PatternProblem, replaced, trimmed } from './pattern.ts';
import { nameEnd } from './variableName.ts';

/** What a variable holds, symbolic text allowed (symbolic.ts); undefined = not set. */
export type VariableLookup = (name: string) => string | undefined;

export interface Expanded {
  readonly value: string;
  /** Names looked up. */
  readonly used: readonly string[];
  /** Why BuildKit would refuse the word, or why we do not follow it. */
  readonly problem?: string;
}

/** A word split off at unquoted spaces; at/to are offsets in the source of what it is made of. */
export interface LexedWord {
  readonly value: string;
  readonly at: number;
  readonly to: number;
}

export interface LexOptions {
  readonly escape: string;
  readonly lookup: VariableLookup;
  /** Quotes stay in the text. */
  readonly rawQuotes?: boolean;
  /** Escapes stay in the text. */
  readonly rawEscapes?: boolean;
  /** `$x` of a variable that is not set stays as it is written. */
  readonly keepUnset?: boolean;
  /** Quotes are characters like any other. */
  readonly plainQuotes?: boolean;
}

export interface Lexed extends Expanded {
  readonly words: readonly LexedWord[];
  /** The problem is a limit of ours; BuildKit would go on. */
  readonly limited?: true;
}

/** Longer values are not followed: a few lines that double a variable would fill the memory. */
const MAX_VALUE = 65_536;
/** What the values of one text may come to, counted once a level. */
const MAX_GROWTH = 1_000_000;
const TOO_LONG = 'a value longer than we follow';
const MAX_DEPTH = 200;
const BOM = '\xEF\xBB\xBF';
const PLAIN = /[^$<'"\\` \t\n\v\f\r]+/y;

class Failure extends Error {
  readonly limited: boolean;
  constructor(message: string, { limited = false } = {}) {
    super(message);
    this.limited = limited;
  }
}

/** Expands `word`. Where an operation would look inside an unknown value the result is unknown. */
export function expandWord(word: string, lookup: VariableLookup, escapeChar: string): Expanded {
  const { value, used, problem } = lexText(word, { lookup, escape: escapeChar });
  return problem === undefined ? { value, used } : { value, used, problem };
}

/** Reads `text` to its end; value, words and problem as BuildKit's ProcessWord and ProcessWords have them. */
export function lexText(text: string, options: LexOptions): Lexed {
  const { escape: escapeChar, lookup, rawQuotes = false, keepUnset = false, plainQuotes = false } = options;
  const used: string[] = [];
  let at = text.startsWith(BOM) ? BOM.length : 0;
  let rawEscapes = options.rawEscapes ?? false;
  let depth = 0;
  let grown = 0;
  /** The word under way. BuildKit has one buffer for all levels: reading ${x:-y} empties it. */
  let buffer = '';
  let bufferAt = 0;

  const get = (name: string): string | undefined => {
    used.push(name);
    return lookup(name);
  };

  const readName = (): string => {
    const start = at;
    at = nameEnd(text, start);
    return text.slice(start, at);
  };

  const quoted = (): string => {
    const close = text.indexOf("'", at + 1);
    if (close < 0) throw new Failure('no matching single-quote');
    const inside = text.slice(at + 1, close);
    at = close + 1;
    return rawQuotes ? `'${inside}'` : inside;
  };

  const doubleQuoted = (): string => {
    let out = rawQuotes ? '"' : '';
    at++;
    for (;;) {
      const char = text[at];
      if (char === undefined) throw new Failure('no matching double-quote');
      if (char === '"') {
        at++;
        return rawQuotes ? `${out}"` : out;
      }
      if (char === '$') out += dollar();
      else {
        at++;
        if (char !== escapeChar) out += char;
        else {
          if (rawEscapes) out += char;
          const next = text[at];
          if (next === undefined) continue;
          if (next === '"' || next === '$' || next === escapeChar) {
            out += next;
            at++;
          } else out += char;
        }
      }
    }
  };

  /** What stands up to `stop`, of ${x:-...} and its kin. */
  const until = (stop: string, escapes: 'raw' | 'read'): string => {
    const raw = escapes === 'raw';
    if (++depth > MAX_DEPTH) throw new Failure('nested too deep', { limited: true });
    const outer = rawEscapes;
    rawEscapes = raw;
    buffer = '';
    let out = '';
    for (;;) {
      const char = text[at];
      if (char === undefined) throw new Failure(`no matching ${stop}`);
      if (char === stop) {
        at++;
        break;
      }
      if (char === '$') out += dollar();
      else if (char === "'" && !plainQuotes) out += quoted();
      else if (char === '"' && !plainQuotes) out += doubleQuoted();
      else {
        at++;
        if (char !== escapeChar) out += char;
        else {
          if (raw) out += char;
          if (at < text.length) out += text[at++];
        }
      }
    }
    buffer = '';
    rawEscapes = outer;
    depth--;
    return out;
  };

  const checked = (result: string | PatternProblem | undefined, otherwise: () => string): string => {
    if (result === undefined) return otherwise();
    if (isPatternProblem(result)) throw new Failure(result.problem);
    return result;
  };

  const braces = (): string => {
    at++;
    if (at >= text.length || /[{}:]/.test(text[at]!)) throw new Failure('bad substitution');
    const name = readName();
    let op = text[at++] ?? '';
    if (op === '}') return get(name) ?? (keepUnset ? `\${${name}}` : '');
    const colon = op === ':';
    if (colon) op = text[at++] ?? '';
    const unsupported = (): Failure => new Failure(`unsupported modifier in \${${name}}`);
    if (op === '/' && !colon) {
      const all = text[at] === '/';
      if (all) at++;
      const pattern = until('/', 'raw');
      const replacement = until('}', 'raw');
      const value = get(name);
      if (value === undefined && keepUnset) return `\${${name}/${pattern}/${replacement}}`;
      const whole = unknownOf(value ?? '', `\${${name}${all ? '//' : '/'}${pattern}/${replacement}}`);
      if (![value ?? '', pattern, replacement].every(isKnown)) return whole();
      return checked(replaced(value ?? '', pattern, replacement, { all }), whole);
    }
    const isPattern = op === '#' || op === '%';
    if (colon ? isPattern : !/[-+?#%]/.test(op) || op === '') throw unsupported();
    const operand = until('}', isPattern ? 'raw' : 'read');
    const value = get(name);
    if (value === undefined && keepUnset) return `\${${name}${colon ? ':' : ''}${op}${operand}}`;
    const unset = value === undefined || (colon && value === '');
    const whole = unknownOf(value ?? '', `\${${name}${colon ? ':' : ''}${op}${operand}}`);
    const open = value !== undefined && !isKnown(value) && !isFilled(value);
    switch (op) {
      case '-':
        return unset ? operand : open ? whole() : value;
      case '+':
        return unset || operand === '' ? '' : open ? whole() : operand;
      case '?':
        if (unset) throw new Failure(`${name}: ${operand || 'is not allowed to be unset'}`);
        return value;
      case '#':
      case '%': {
        if (!isKnown(value ?? '') || !isKnown(operand)) return whole();
        const greedy = operand.startsWith(op);
        const end = op === '#' ? 'prefix' : 'suffix';
        return checked(trimmed(value ?? '', greedy ? operand.slice(1) : operand, { end, greedy }), whole);
      }
      default:
        throw unsupported();
    }
  };

  const dollar = (): string => {
    at++;
    let value: string;
    if (text[at] === '{') value = braces();
    else {
      const name = readName();
      value = name === '' ? '$' : (get(name) ?? (keepUnset ? `$${name}` : ''));
    }
    if (!keepUnset) grown += value.length;
    if (grown > MAX_GROWTH) throw new Failure(TOO_LONG, { limited: true });
    return value;
  };

  const words: LexedWord[] = [];
  const add = (piece: string, from: number): void => {
    if (piece === '') return;
    if (buffer === '') bufferAt = from;
    buffer += piece;
  };
  const cut = (to: number): void => {
    if (buffer !== '') words.push({ value: buffer, at: bufferAt, to });
    buffer = '';
  };

  const whole = (): string => {
    let out = '';
    while (at < text.length) {
      const from = at;
      PLAIN.lastIndex = at;
      const run = PLAIN.exec(text)?.[0];
      if (run !== undefined) {
        at += run.length;
        out += run;
        add(run, from);
        continue;
      }
      const char = text[at]!;
      if (char === '$') {
        const value = dollar();
        out += value;
        for (const [n, part] of splitOutsideTokens(value, ' \t\n\v\f\r').entries()) {
          if (n > 0) cut(at);
          add(part, from);
        }
      } else if ((char === "'" || char === '"') && !plainQuotes) {
        const value = char === '"' ? doubleQuoted() : quoted();
        out += value;
        add(value, from);
      } else if (char === '<' && text[at + 1] === '<') {
        at += 2;
        while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r') at++;
        out += text.slice(from, at);
        add(text.slice(from, at), from);
      } else if (char === escapeChar) {
        at += 2;
        const value = (rawEscapes ? char : '') + (text[from + 1] ?? '');
        out += value;
        add(value, from);
      } else {
        at++;
        out += char;
        if (/[ \t\n\v\f\r]/.test(char)) cut(from);
        else add(char, from);
      }
    }
    cut(text.length);
    return out;
  };

  try {
    const value = whole();
    if (value.length > MAX_VALUE + text.length) throw new Failure(TOO_LONG, { limited: true });
    return { value, words, used };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { value: '', words: [], used, problem: error.message, ...(error.limited ? { limited: true as const } : {}) };
  }
}

/** An unknown for `text`, an expansion whose variable holds `value`; the same causes and text give the same unknown. */
function unknownOf(value: string, text: string): () => string {
  return () => unknown(`${[...causes(value), ''][0] || `${text} (not followed)`} in ${text} of ${readable(value)}`);
}
