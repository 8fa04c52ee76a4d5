// Reads the part of HCL that bake files are mostly written in: blocks, attributes, strings with `${NAME}`, lists and maps. All else is unknown.
import type { Problem } from '../../model.ts';

/** `names` of a text stand for variables; what is no value that is written out is unknown. */
export type HclValue =
  | { readonly kind: 'text'; readonly parts: readonly ({ readonly text: string } | { readonly name: string })[] }
  | { readonly kind: 'list'; readonly items: readonly HclValue[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, HclValue> }
  | { readonly kind: 'unknown' };

export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: ReadonlyMap<string, HclValue>;
  readonly offset: number;
}

export interface HclFile {
  readonly blocks: readonly HclBlock[];
  readonly problems: readonly Problem[];
}

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'mark' | 'line' | 'heredoc' | 'end';
  readonly text: string;
  readonly at: number;
}

const UNKNOWN_VALUE: HclValue = { kind: 'unknown' };
const DEEPEST = 50;

/** Reads the text of a file (latin1). Never throws; a file with problems says nothing that can be relied on. */
export function readHcl(text: string): HclFile {
  const tokens = tokensOf(text);
  if ('message' in tokens) return { blocks: [], problems: [tokens] };
  const reader: HclReader = { tokens, next: 0, depth: 0 };
  const blocks: HclBlock[] = [];
  try {
    readBody(reader, blocks, 'end');
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not readable';
    return { blocks: [], problems: [{ offset: nextToken(reader).at, message }] };
  }
  return { blocks, problems: [] };
}

interface HclReader {
  readonly tokens: readonly Token[];
  next: number;
  depth: number;
}

const TOKEN =
  /(?<blank>[ \t\r]+|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<line>\n)|(?<heredoc><<-?(?<end>[A-Za-z_][\w-]*)\r?\n)|(?<name>[A-Za-z_][\w-]*)|(?<number>\d[\d.]*)|(?<quote>")|(?<mark>\.\.\.|[=!<>&|]{2}|[[\]{}()=,:.?!<>+*/%-])/y;

function tokensOf(text: string): readonly Token[] | Problem {
  const tokens: Token[] = [];
  let at = text.startsWith('\xEF\xBB\xBF') ? 3 : 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) return { offset: at, message: 'a character that HCL does not know' };
    const end = TOKEN.lastIndex;
    if (groups.quote !== undefined) {
      const close = quoteEnd(text, end);
      if (close === undefined) return { offset: at, message: 'a string without an end' };
      tokens.push({ kind: 'text', text: text.slice(end, close), at });
      at = close + 1;
      continue;
    }
    if (groups.heredoc !== undefined) {
      const last = new RegExp(`^[ \\t]*${groups.end}[ \\t]*\\r?$`, 'm');
      const found = last.exec(text.slice(end));
      if (found === null) return { offset: at, message: 'a here-document without an end' };
      tokens.push({ kind: 'heredoc', text: '', at });
      at = end + found.index + found[0].length;
      continue;
    }
    for (const kind of ['line', 'name', 'number', 'mark'] as const) {
      const own = groups[kind];
      if (own !== undefined) tokens.push({ kind, text: own, at });
    }
    at = end;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

/** Quotes inside of `${ }` belong to the expression. */
function quoteEnd(text: string, from: number): number | undefined {
  let depth = 0;
  let isInner = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\n') return undefined;
    if (character === '\\') at++;
    else if (depth === 0 && character === '"') return at;
    else if (
      depth === 0 &&
      (character === '$' || character === '%') &&
      text[at + 1] === '{' &&
      text[at - 1] !== character
    ) {
      depth = 1;
      at++;
    } else if (depth > 0) {
      if (character === '"') isInner = !isInner;
      else if (!isInner && character === '{') depth++;
      else if (!isInner && character === '}') depth--;
    }
  }
  return undefined;
}

const nextToken = ({ tokens, next }: HclReader): Token => tokens[Math.min(next, tokens.length - 1)]!;

function take(reader: HclReader): Token {
  const token = nextToken(reader);
  reader.next++;
  return token;
}

function skipLines(reader: HclReader): void {
  while (nextToken(reader).kind === 'line') reader.next++;
}

/** Attributes and blocks up to the end of the file or the brace that closes. */
function readBody(reader: HclReader, blocks: HclBlock[], until: 'end' | '}'): Map<string, HclValue> {
  if (++reader.depth > DEEPEST) throw new Error('nested too deep');
  const attributes = new Map<string, HclValue>();
  for (;;) {
    skipLines(reader);
    const token = take(reader);
    if (until === 'end' ? token.kind === 'end' : token.text === '}' && token.kind === 'mark') break;
    if (token.kind !== 'name' && token.kind !== 'text') throw new Error('neither an attribute nor a block');
    const next = nextToken(reader);
    if (next.kind === 'mark' && next.text === '=') {
      reader.next++;
      attributes.set(token.text, readExpression(reader));
      continue;
    }
    const labels: string[] = [];
    while (nextToken(reader).kind === 'text' || nextToken(reader).kind === 'name') labels.push(take(reader).text);
    if (take(reader).text !== '{') throw new Error('a block without a brace');
    blocks.push({ type: token.text, labels, attributes: readBody(reader, [], '}'), offset: token.at });
  }
  reader.depth--;
  return attributes;
}

const OPENS: Readonly<Record<string, string>> = { '[': ']', '{': '}', '(': ')' };

/** One value; what is more than that is passed over and unknown. */
function readExpression(reader: HclReader): HclValue {
  const value = readHclValue(reader);
  let isMore = false;
  for (let token = nextToken(reader); !endsExpression(token); token = nextToken(reader)) {
    isMore = true;
    take(reader);
    if (token.kind === 'mark' && token.text in OPENS) passOver(reader, OPENS[token.text]!);
  }
  return isMore ? UNKNOWN_VALUE : value;
}

const endsExpression = ({ kind, text }: Token): boolean =>
  kind === 'line' || kind === 'end' || (kind === 'mark' && /^[\]},)]$/.test(text));

function passOver(reader: HclReader, close: string): void {
  for (let token = take(reader); !(token.kind === 'mark' && token.text === close); token = take(reader)) {
    if (token.kind === 'end') throw new Error(`no ${close} closes what opens`);
    if (token.kind === 'mark' && token.text in OPENS) passOver(reader, OPENS[token.text]!);
  }
}

function readHclValue(reader: HclReader): HclValue {
  if (endsExpression(nextToken(reader))) throw new Error('a value is missing');
  const token = take(reader);
  if (token.kind === 'text') return templateOf(token.text);
  if (token.kind === 'number') return { kind: 'text', parts: [{ text: token.text }] };
  if (token.kind === 'name') {
    if (token.text === 'null') return UNKNOWN_VALUE;
    return { kind: 'text', parts: [/^(true|false)$/.test(token.text) ? { text: token.text } : { name: token.text }] };
  }
  if (token.kind !== 'mark') return UNKNOWN_VALUE;
  if (token.text === '[') return readList(reader);
  if (token.text === '{') return readMap(reader);
  if (token.text === '(') passOver(reader, ')');
  return UNKNOWN_VALUE;
}

function readList(reader: HclReader): HclValue {
  if (++reader.depth > DEEPEST) throw new Error('nested too deep');
  const items: HclValue[] = [];
  let isFor = false;
  for (;;) {
    skipLines(reader);
    const token = nextToken(reader);
    if (token.kind === 'mark' && token.text === ']') break;
    if (token.kind === 'name' && token.text === 'for') {
      isFor = true;
      passOver(reader, ']');
      reader.next--;
      break;
    }
    items.push(readExpression(reader));
    skipLines(reader);
    if (nextToken(reader).text === ',') reader.next++;
    else if (nextToken(reader).text !== ']') throw new Error('a list without a comma');
  }
  reader.next++;
  reader.depth--;
  return isFor ? UNKNOWN_VALUE : { kind: 'list', items };
}

function readMap(reader: HclReader): HclValue {
  if (++reader.depth > DEEPEST) throw new Error('nested too deep');
  const entries = new Map<string, HclValue>();
  for (;;) {
    skipLines(reader);
    const token = take(reader);
    if (token.kind === 'mark' && token.text === '}') break;
    if ((token.kind !== 'name' && token.kind !== 'text') || token.text === 'for' || !/^[=:]$/.test(take(reader).text)) {
      reader.next--;
      passOver(reader, '}');
      reader.depth--;
      return UNKNOWN_VALUE;
    }
    entries.set(token.text, readExpression(reader));
    if (nextToken(reader).text === ',') reader.next++;
  }
  reader.depth--;
  return { kind: 'map', entries };
}

/** A string with its variables; an expression that is more than a name makes all of it unknown. */
export function templateOf(text: string): HclValue {
  const parts: ({ readonly text: string } | { readonly name: string })[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$\$\{|%%\{|%\{|\$\{([^}]*)\}/g)) {
    if (match[0] === '%{') return UNKNOWN_VALUE;
    if (match[1] === undefined) continue;
    const name = match[1].trim();
    if (!/^[A-Za-z_][\w-]*$/.test(name)) return UNKNOWN_VALUE;
    parts.push({ text: unescapedHcl(text.slice(from, match.index)) }, { name });
    from = match.index + match[0].length;
  }
  parts.push({ text: unescapedHcl(text.slice(from)) });
  return { kind: 'text', parts };
}

const unescapedHcl = (text: string): string =>
  text
    .replace(/([$%])\1\{/g, '$1{')
    .replace(/\\(.)/g, (_, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
