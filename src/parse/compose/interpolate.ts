// Replaces variables in a string as compose does; what is set nowhere stays visible as unknown instead of becoming empty.

/**
 * Stands in a text for a piece that cannot be known. Texts are latin1, so no byte of a file is this character; a text is
 * known exactly when it does not hold it.
 */
export const UNKNOWN = '\uE000';
/** Stands for `$PWD`: the folder in which compose is started. Unknown like the above, but certainly an absolute path. */
export const STARTED_IN = '\uE001';

/** A variable's value; undefined: set nowhere that can be read; null: known to be unset. */
export type ComposeLookup = (name: string) => string | null | undefined;

export interface Interpolated {
  /** With UNKNOWN for every unknown piece. */
  readonly text: string;
  /** A default was taken for a variable that is set nowhere. */
  readonly assumed: boolean;
  /** Names of the variables behind the UNKNOWN pieces, once each. */
  readonly unknown: readonly string[];
  /** Compose rejects the text; `text` is then as written. */
  readonly problem?: string;
}

const DEPTH_LIMIT = 32;

interface Interpolating {
  assumed: boolean;
  readonly unknown: Set<string>;
  problem?: string;
}

/**
 * `$VAR ${VAR} ${VAR:-d} ${VAR-d} ${VAR:?e} ${VAR?e} ${VAR:+x} ${VAR+x} $$`, defaults nested. Source: compose-go's template
 * package; like it, a default reaches to the brace that balances (or, where none does, to the last one of the line), and
 * `$` before anything else is a plain character.
 */
export function interpolate(text: string, lookup: ComposeLookup): Interpolated {
  if (!text.includes('$')) return { text, assumed: false, unknown: [] };
  const progress: Interpolating = { assumed: false, unknown: new Set() };
  const result = substitute(text, lookup, progress, 0);
  const problem = progress.problem;
  return {
    text: problem === undefined ? result : text,
    assumed: progress.assumed,
    unknown: [...progress.unknown],
    ...(problem === undefined ? {} : { problem }),
  };
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:?[-+?]/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function substitute(text: string, lookup: ComposeLookup, progress: Interpolating, depth: number): string {
  const out: string[] = [];
  let lineEnd = -1;
  let lastBrace = -1;
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0) break;
    out.push(text.slice(at, dollar));
    const next = text[dollar + 1];
    if (next === '$') {
      out.push('$');
      at = dollar + 2;
      continue;
    }
    if (next !== '{') {
      const name = matchAt(NAME, text, dollar + 1);
      out.push(name === undefined ? '$' : valueOrUnknown(name, lookup, progress));
      at = dollar + 1 + (name?.length ?? 0);
      continue;
    }
    const name = matchAt(NAME, text, dollar + 2);
    const afterName = dollar + 2 + (name?.length ?? 0);
    if (name !== undefined && text[afterName] === '}') {
      out.push(valueOrUnknown(name, lookup, progress));
      at = afterName + 1;
      continue;
    }
    const operator = name === undefined ? undefined : matchAt(OPERATOR, text, afterName);
    if (dollar >= lineEnd) {
      const newline = text.indexOf('\n', dollar);
      lineEnd = newline < 0 ? text.length : newline;
      lastBrace = text.lastIndexOf('}', lineEnd - 1);
    }
    if (name === undefined || operator === undefined || lastBrace < afterName + operator.length) {
      progress.problem = `invalid interpolation: ${text.slice(dollar, dollar + 40)}`;
      return text;
    }
    const close = closingBrace(text, dollar + 1, lastBrace);
    out.push(
      withOperator({ name, operator, word: text.slice(afterName + operator.length, close) }, lookup, progress, depth),
    );
    at = close + 1;
    if (progress.problem !== undefined) return text;
  }
  out.push(text.slice(at));
  return out.join('');
}

/** Where the brace opened at `open` closes; compose-go skips the character after every opening brace. */
function closingBrace(text: string, open: number, last: number): number {
  let depth = 0;
  for (let at = open; at <= last; at++) {
    if (text[at] === '}' && --depth === 0) return at;
    if (text[at] === '{') {
      depth++;
      at++;
    }
  }
  return last;
}

function find(name: string, lookup: ComposeLookup): string | null | undefined {
  const value = lookup(name);
  return value === undefined && name === 'PWD' ? STARTED_IN : value;
}

function valueOrUnknown(name: string, lookup: ComposeLookup, progress: Interpolating): string {
  const value = find(name, lookup);
  if (value === undefined) {
    progress.unknown.add(name);
    return UNKNOWN;
  }
  return value ?? '';
}

interface Braced {
  readonly name: string;
  readonly operator: string;
  readonly word: string;
}

function withOperator(braced: Braced, lookup: ComposeLookup, progress: Interpolating, depth: number): string {
  const { name, operator, word } = braced;
  const value = find(name, lookup);
  const sign = operator[operator.length - 1];
  const set = value !== undefined && value !== null && (operator.length === 1 || value !== '');
  if (depth >= DEPTH_LIMIT) {
    progress.unknown.add(name);
    return UNKNOWN;
  }
  if (sign === '-') {
    if (set) return value;
    if (value === undefined) progress.assumed = true;
    return substitute(word, lookup, progress, depth + 1);
  }
  if (sign === '+') {
    if (set) return substitute(word, lookup, progress, depth + 1);
    if (value === undefined) progress.unknown.add(name);
    return value === undefined ? UNKNOWN : (value ?? '');
  }
  if (set) return value;
  if (value === undefined) {
    progress.unknown.add(name);
    return UNKNOWN;
  }
  progress.problem = `the required variable ${name} is not set`;
  return '';
}
