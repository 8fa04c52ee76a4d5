// Reads a .env file as compose does: names, quoting, escapes, variables in values.

import { type ComposeLookup, interpolate, UNKNOWN } from './interpolate.ts';

export interface DotEnv {
  /** Name to value; a value may hold UNKNOWN pieces (interpolate.ts). */
  readonly values: ReadonlyMap<string, string>;
  /** Names that stand without `=`: taken over from the environment of whoever runs compose. */
  readonly inherited: ReadonlySet<string>;
  /** Compose rejects the file, or it cannot be read exactly; the values before that place are there. */
  readonly problem?: { readonly offset: number; readonly message: string };
}

const BLANK = new Set(['\t', '\v', '\f', '\r', ' ']);
const NAME_CHARACTER = /[A-Za-z0-9_.\-[\]]/;

class UnreadableDotenv extends Error {
  readonly offset: number;
  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/**
 * When a value names a variable, `outer` is asked first, then the file's own lines above, then `earlier` (what env files
 * before this one set). Grammar: compose-go's dotenv
 * package. Names with non-ASCII letters are reported as a problem, not read. Linear in the length of `text` (latin1).
 */
export function readDotEnv(text: string, outer: ComposeLookup, earlier?: ReadonlyMap<string, string>): DotEnv {
  const values = new Map<string, string>();
  const inherited = new Set<string>();
  const lookup: ComposeLookup = (name) => {
    const found = outer(name);
    return typeof found === 'string' ? found : (values.get(name) ?? earlier?.get(name) ?? found);
  };
  let at = text.startsWith('\xEF\xBB\xBF') ? 3 : 0;
  try {
    for (;;) {
      at = skipToStatement(text, at);
      if (at >= text.length) break;
      const name = readName(text, at);
      if (name.inherited) {
        if (name.key !== '') inherited.add(name.key);
        at = name.next;
        continue;
      }
      const value = readValue(text, name.next, lookup);
      values.set(name.key, value.text);
      at = value.next;
    }
  } catch (error) {
    if (error instanceof UnreadableDotenv)
      return { values, inherited, problem: { offset: error.offset, message: error.message } };
    throw error;
  }
  return { values, inherited };
}

function skipToStatement(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && (text[at] === '\n' || BLANK.has(text[at]!))) at++;
    if (text[at] !== '#') return at;
    const newline = text.indexOf('\n', at);
    if (newline < 0) return text.length;
    at = newline;
  }
}

function readName(text: string, from: number): { key: string; next: number; inherited: boolean } {
  let start = from;
  if (text.startsWith('export', from) && BLANK.has(text[from + 6] ?? '')) {
    start = from + 6;
    while (BLANK.has(text[start] ?? '')) start++;
  }
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at]!;
    if (character === '=' || character === ':' || character === '\n') break;
    if (BLANK.has(character) || NAME_CHARACTER.test(character)) continue;
    throw new UnreadableDotenv(at, 'an unexpected character in the name of a variable');
  }
  // A last line without `=` and without a line break has, to compose-go, no name at all.
  if (at >= text.length) throw new UnreadableDotenv(start, 'a name without a value at the end of the file');
  let end = at;
  while (end > start && BLANK.has(text[end - 1]!)) end--;
  const key = text.slice(start, end);
  if (key.includes(' ')) throw new UnreadableDotenv(start, 'a space in the name of a variable');
  let next = at + 1;
  while (BLANK.has(text[next] ?? '')) next++;
  return { key, next, inherited: text[at] === '\n' };
}

const TRAILING_SPACE =
  /(?:[\t\n\v\f\r ]|\xC2[\x85\xA0]|\xE1\x9A\x80|\xE2\x80[\x80-\x8A\xA8\xA9\xAF]|\xE2\x81\x9F|\xE3\x80\x80)$/;

function readValue(text: string, from: number, lookup: ComposeLookup): { text: string; next: number } {
  const quote = text[from];
  if (quote !== '"' && quote !== "'") {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    let value = text.slice(from, end);
    const comment = value.indexOf(' #');
    if (comment >= 0) value = value.slice(0, comment);
    for (;;) {
      const space = TRAILING_SPACE.exec(value.slice(-3));
      if (!space) break;
      value = value.slice(0, value.length - space[0].length);
    }
    return { text: expand(value, from, lookup), next: newline < 0 ? text.length : newline + 1 };
  }
  const pieces: string[] = [];
  let run = from + 1;
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && at + 1 < text.length) {
      // Only the escaped quote loses its backslash here; the others are for expandEscapes.
      if (text[at + 1] === quote) {
        pieces.push(text.slice(run, at));
        run = at + 1;
      }
      at++;
      continue;
    }
    if (character !== quote) continue;
    pieces.push(text.slice(run, at));
    const value = pieces.join('');
    return { text: quote === '"' ? expand(expandEscapes(value, from), from, lookup) : value, next: at + 1 };
  }
  throw new UnreadableDotenv(from, 'a quoted value that does not end');
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

function expandEscapes(value: string, offset: number): string {
  return value.replace(/\\(?:[abcfnrtv$"\\]|0[0-9]{0,3})/g, (match) => {
    const letter = match[1]!;
    if (letter === '$') return '$$';
    if (letter === 'c') return match;
    if (letter !== '0') return ESCAPES[letter] ?? match;
    const digits = match.slice(2);
    // Go takes exactly three octal digits up to 377; of anything else compose-go drops the 0 and keeps the rest.
    if (!/^[0-3][0-7]{2}$/.test(digits)) return `\\${digits}`;
    const code = Number.parseInt(digits, 8);
    if (code > 0x7f) throw new UnreadableDotenv(offset, 'an octal escape beyond ASCII');
    return String.fromCharCode(code);
  });
}

function expand(value: string, offset: number, lookup: ComposeLookup): string {
  const result = interpolate(value, lookup);
  if (result.problem !== undefined) throw new UnreadableDotenv(offset, result.problem);
  // A default taken here is only an assumption, which a plain value could not say of itself.
  return result.assumed ? UNKNOWN : result.text;
}
