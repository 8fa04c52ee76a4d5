// Finds the here-document words of an instruction line as BuildKit's heredocsFromLine does.

export interface HeredocWord {
  /** The terminator line's text. */
  readonly name: string;
  /** `<<-`: leading tabs are dropped. */
  readonly chomp: boolean;
  /** False where the word is quoted: the body is not expanded. */
  readonly expand: boolean;
  /** Offsets of the whole word (`3<<-"EOF"`) in the logical text. */
  readonly at: number;
  readonly to: number;
}

const SPACE = /[\t\n\v\f\r ]/;

/** Skips `${...}` as BuildKit's lexer reads it (nested braces by words); returns the offset behind it, or -1 on a syntax error. */
function skipBraces(line: string, from: number): number {
  let at = from + 2;
  if (at >= line.length || line[at] === '{' || line[at] === '}' || line[at] === ':') return -1;
  let depth = 1;
  while (at < line.length) {
    const c = line[at]!;
    if (c === '\\') at += 2;
    else if (c === "'") {
      at = line.indexOf("'", at + 1) + 1;
      if (at === 0) return -1;
    } else if (c === '$' && line[at + 1] === '{') {
      depth++;
      at += 2;
    } else if (c === '}') {
      at++;
      if (--depth === 0) return at;
    } else at++;
  }
  return -1;
}

/** Words of the line split at spaces outside quotes, raw; undefined on an unbalanced quote (then there are no here-documents). */
function rawWords(line: string): { at: number; to: number }[] | undefined {
  const words: { at: number; to: number }[] = [];
  let start = -1;
  let at = 0;
  while (at < line.length) {
    const c = line[at]!;
    if (SPACE.test(c)) {
      if (start >= 0) words.push({ at: start, to: at });
      start = -1;
      at++;
      continue;
    }
    if (start < 0) start = at;
    if (c === '\\') at += 2;
    else if (c === "'") {
      const close = line.indexOf("'", at + 1);
      if (close < 0) return undefined;
      at = close + 1;
    } else if (c === '"') {
      at++;
      while (at < line.length && line[at] !== '"') {
        if (line[at] === '$' && line[at + 1] === '{') {
          at = skipBraces(line, at);
          if (at < 0) return undefined;
        } else at += line[at] === '\\' && /["$\\]/.test(line[at + 1] ?? '') ? 2 : 1;
      }
      if (at >= line.length) return undefined;
      at++;
    } else if (c === '$' && line[at + 1] === '{') {
      at = skipBraces(line, at);
      if (at < 0) return undefined;
    } else if (c === '<' && line[at + 1] === '<') {
      at += 2;
      while (at < line.length && /[\t\r ]/.test(line[at]!)) at++;
    } else at++;
  }
  if (start >= 0) words.push({ at: start, to: Math.min(at, line.length) });
  return words;
}

/** The word without its quotes and escapes, or undefined when it is not one word. */
function unquote(word: string): string | undefined {
  let out = '';
  let at = 0;
  while (at < word.length) {
    const c = word[at]!;
    if (SPACE.test(c)) return undefined;
    if (c === '\\') {
      out += word[at + 1] ?? '';
      at += 2;
    } else if (c === "'" || c === '"') {
      const close = word.indexOf(c, at + 1);
      if (close < 0) return undefined;
      out += word.slice(at + 1, close);
      at = close + 1;
    } else {
      out += c;
      at++;
    }
  }
  return out;
}

/** Here-document words of `line`, in order. Linear in its length. */
export function heredocWords(line: string): HeredocWord[] {
  const found: HeredocWord[] = [];
  for (const { at, to } of rawWords(line) ?? []) {
    const match = /^(\d*)<<(-?)[\t\n\f\r ]*([^<]*)$/.exec(line.slice(at, to));
    const rest = match?.[3]?.replace(/[\t\n\f\r ]+$/, '');
    if (!match || !rest) continue;
    const name = unquote(rest);
    if (!name) continue;
    found.push({ name, chomp: match[2] === '-', expand: !/['"]/.test(rest), at, to });
  }
  return found;
}
