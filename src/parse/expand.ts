// Expands a Dockerfile word as BuildKit's shell.Lex does: quotes, escapes, $x and ${x...}.

/** What a variable holds; undefined = not set. */
export type Lookup = (name: string) => string | undefined;

export interface Expanded {
  readonly value: string;
  /** Names looked up. */
  readonly used: readonly string[];
  /** Why BuildKit would refuse the word, or why we do not follow it. */
  readonly problem?: string;
}

class Failure extends Error {}

/** Expands `word`. `lookup` may answer with symbolic text; operations that would look inside such text fail with a problem. */
export function expandWord(word: string, lookup: Lookup, escape: string): Expanded {
  const used: string[] = [];
  let at = 0;

  const get = (name: string): string | undefined => {
    used.push(name);
    return lookup(name);
  };

  const name = (): string => {
    const start = at;
    if (/[0-9]/.test(word[at] ?? '')) while (/[0-9]/.test(word[at] ?? '')) at++;
    else if (/[@*#?\-$!]/.test(word[at] ?? '')) at++;
    else while (/[A-Za-z0-9_]/.test(word[at] ?? '') || (word[at] ?? '') > '\x7f') at++;
    return word.slice(start, at);
  };

  const dollar = (): string => {
    at++;
    if (word[at] !== '{') {
      const n = name();
      return n === '' ? '$' : (get(n) ?? '');
    }
    at++;
    if (at >= word.length || /[{}:]/.test(word[at]!)) throw new Failure('bad substitution');
    const n = name();
    let op = word[at++] ?? '';
    if (op === '}') return get(n) ?? '';
    let colon = false;
    if (op === ':') {
      colon = true;
      op = word[at++] ?? '';
    }
    if (!/[+\-?#%/]/.test(op) || op === '') throw new Failure(`unsupported modifier in \${${n}}`);
    if (op === '/') {
      until('/', word[at] === '/' ? (at++, true) : true);
      until('}', true);
      const value = get(n);
      if (value === undefined || value === '') return '';
      throw new Failure(`pattern substitution of \${${n}} is not followed`);
    }
    const pattern = op === '#' || op === '%';
    if (colon && pattern) throw new Failure(`unsupported modifier in \${${n}}`);
    const operand = until('}', pattern);
    const value = get(n);
    const unset = value === undefined || (colon && value === '');
    switch (op) {
      case '-':
        return unset ? operand : value;
      case '+':
        return unset ? '' : operand;
      case '?':
        if (unset) throw new Failure(`${n}: ${operand || 'is not allowed to be unset'}`);
        return value;
      default:
        return value === undefined || value === '' ? '' : trimPattern(value, operand, op);
    }
  };

  const trimPattern = (value: string, operand: string, op: string): string => {
    const greedy = operand.startsWith(op);
    const pattern = greedy ? operand.slice(1) : operand;
    // only patterns with plain text and at most one star next to the far end are followed
    const plain = pattern.replace(op === '#' ? /^\*/ : /\*$/, '');
    if (/[*?\\[\]]/.test(plain) || value.includes('\uE000')) throw new Failure(`pattern ${pattern} is not followed`);
    const star = plain.length !== pattern.length;
    if (op === '#') {
      if (!star) return value.startsWith(plain) ? value.slice(plain.length) : value;
      const i = greedy ? value.lastIndexOf(plain) : value.indexOf(plain);
      return i < 0 ? value : value.slice(i + plain.length);
    }
    if (!star) return value.endsWith(plain) ? value.slice(0, value.length - plain.length) : value;
    const i = greedy ? value.indexOf(plain) : value.lastIndexOf(plain);
    return i < 0 ? value : value.slice(0, i);
  };

  const until = (stop: string, rawEscapes: boolean): string => {
    let out = '';
    while (at < word.length) {
      const c = word[at]!;
      if (stop !== '' && c === stop) {
        at++;
        return out;
      }
      if (c === '$') out += dollar();
      else if (c === "'") {
        const close = word.indexOf("'", at + 1);
        if (close < 0) throw new Failure('no matching single-quote');
        out += word.slice(at + 1, close);
        at = close + 1;
      } else if (c === '"') out += doubleQuoted(rawEscapes);
      else if (c === escape) {
        if (rawEscapes) out += c;
        at++;
        if (at < word.length) out += word[at++];
      } else {
        out += c;
        at++;
      }
    }
    if (stop !== '') throw new Failure(`no matching ${stop}`);
    return out;
  };

  const doubleQuoted = (rawEscapes: boolean): string => {
    let out = '';
    at++;
    for (;;) {
      const c = word[at];
      if (c === undefined) throw new Failure('no matching double-quote');
      if (c === '"') {
        at++;
        return out;
      }
      if (c === '$') out += dollar();
      else if (c === escape) {
        at++;
        const next = word[at];
        if (next === undefined) continue;
        if (next === '"' || next === '$' || next === escape) {
          out += (rawEscapes ? c : '') + next;
          at++;
        } else out += c;
      } else {
        out += c;
        at++;
      }
    }
  };

  try {
    return { value: until('', false), used };
  } catch (error) {
    if (error instanceof Failure) return { value: '', used, problem: error.message };
    if (error instanceof RangeError) return { value: '', used, problem: 'nested too deep' };
    throw error;
  }
}
