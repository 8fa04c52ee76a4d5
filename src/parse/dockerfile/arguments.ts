// What stands behind a Dockerfile keyword: flags, words, JSON lists, name=value pairs, as BuildKit's line parsers split them.

import { readJson } from '../../text/json.ts';
import { bytesOf } from '../../text/latin1.ts';
import type { Arguments, Flag, Pair, Word } from './syntax.ts';

const JSON_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** What BuildKit knows as an instruction. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);
/** Keywords whose JSON list is read as one. */
const JSON_FORMS = new Set(['CMD', 'ENTRYPOINT', 'RUN', 'SHELL', 'ADD', 'COPY', 'VOLUME', 'HEALTHCHECK']);
const isSplit = (char: string | undefined): boolean =>
  char === ' ' || char === '\t' || char === '\v' || char === '\f' || char === '\r';
/** unicode.IsSpace on single bytes, as extractBuilderFlags asks it. */
const isByteSpace = (char: string | undefined): boolean =>
  isSplit(char) || char === '\n' || char === '\x85' || char === '\xA0';

/** A part of a text. */
interface Span {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly escapeChar: string;
}

/** Parses keyword and arguments of `text` from `from` on. `text` is an instruction's logical text. */
export function parseArguments(
  text: string,
  from: number,
  escapeChar: string,
  { isTrigger = false }: { readonly isTrigger?: boolean } = {},
): Arguments {
  let to = text.length;
  while (to > from && (isSplit(text[to - 1]) || text[to - 1] === '\n')) to--;
  let at = from;
  while (at < to && (isSplit(text[at]) || text[at] === '\n')) at++;
  const keywordAt = at;
  while (at < to && !isSplit(text[at])) at++;
  const keyword = text.slice(keywordAt, at).toUpperCase();
  while (at < to && isSplit(text[at])) at++;
  const problems: string[] = [];
  if (!KEYWORDS.has(keyword)) problems.push(`unknown instruction ${keyword.slice(0, 40)}`);
  const { flags, next } = readFlags({ text, from: at, to, escapeChar });
  let argsAt = next;
  while (argsAt < to && (isSplit(text[argsAt]) || text[argsAt] === '\n')) argsAt++;
  const base = { keyword, flags, argsAt, argsTo: to, words: [], pairs: [], problems };

  if (keyword === 'ONBUILD') {
    if (isTrigger) return base;
    const trigger = argsAt < to ? parseArguments(text, argsAt, escapeChar, { isTrigger: true }) : undefined;
    if (trigger === undefined) problems.push('ONBUILD without an instruction');
    else problems.push(...trigger.problems);
    return trigger ? { ...base, trigger } : base;
  }
  let healthcheck: string | undefined;
  if (keyword === 'HEALTHCHECK') {
    const typeAt = argsAt;
    while (argsAt < to && !isByteSpace(text[argsAt])) argsAt++;
    healthcheck = text.slice(typeAt, argsAt).toUpperCase();
    while (argsAt < to && isByteSpace(text[argsAt])) argsAt++;
  }
  const own = { ...base, argsAt, ...(healthcheck === undefined ? {} : { healthcheck }) };
  if (JSON_FORMS.has(keyword) && text[argsAt] === '[') {
    const json = jsonStrings(text, argsAt, to);
    if (json === 'not-strings') problems.push('a JSON list with something else than strings');
    else if (json !== undefined) return { ...own, json, words: keyword === 'RUN' ? [] : json };
  }
  switch (keyword) {
    case 'RUN':
    case 'CMD':
    case 'ENTRYPOINT':
    case 'SHELL':
    case 'HEALTHCHECK':
      return own;
    case 'ENV':
    case 'LABEL':
      return { ...own, pairs: namesAndValues({ text, from: argsAt, to, escapeChar }, keyword, problems) };
    case 'ARG':
      return {
        ...own,
        pairs: quotedWords({ text, from: argsAt, to, escapeChar }).map((word) => {
          const sep = word.value.indexOf('=');
          return sep < 0
            ? { name: word.value, value: undefined, separator: '' as const, at: word.at, to: word.to, valueAt: word.to }
            : {
                name: word.value.slice(0, sep),
                value: word.value.slice(sep + 1),
                separator: '=' as const,
                at: word.at,
                to: word.to,
                valueAt: word.at + sep + 1,
              };
        }),
      };
    case 'MAINTAINER':
    case 'STOPSIGNAL':
    case 'USER':
    case 'WORKDIR':
      return { ...own, words: argsAt < to ? [{ value: text.slice(argsAt, to), at: argsAt, to }] : [] };
    default:
      return { ...own, words: blankSplitWords(text, argsAt, to) };
  }
}

function readFlags({ text, from, to, escapeChar }: Span): { flags: Flag[]; next: number } {
  const flags: Flag[] = [];
  let at = from;
  for (;;) {
    while (at < to && isByteSpace(text[at])) at++;
    if (at >= to || text[at] !== '-' || text[at + 1] !== '-' || at + 1 >= to) return { flags, next: at };
    const start = at;
    let word = '';
    let quote = '';
    while (at < to && (quote !== '' || !isByteSpace(text[at]))) {
      const char = text[at]!;
      if (quote !== '' && char === quote) quote = '';
      else if (quote === '' && (char === "'" || char === '"')) quote = char;
      else if (char === escapeChar) {
        at++;
        if (at < to) word += text[at];
      } else word += char;
      at++;
    }
    if (word === '--') return { flags, next: at };
    const sep = word.indexOf('=');
    flags.push({
      name: sep < 0 ? word.slice(2) : word.slice(2, sep),
      value: sep < 0 ? undefined : word.slice(sep + 1),
      at: start,
      to: Math.min(at, to),
    });
  }
}

function blankSplitWords(text: string, from: number, to: number): Word[] {
  const words: Word[] = [];
  let at = from;
  while (at < to) {
    const start = at;
    while (at < to && !isSplit(text[at])) at++;
    words.push({ value: text.slice(start, at), at: start, to: at });
    while (at < to && isSplit(text[at])) at++;
  }
  return words;
}

/** BuildKit's parseWords: split at spaces outside quotes, quotes and escapes kept. */
function quotedWords({ text, from, to, escapeChar }: Span): Word[] {
  const words: Word[] = [];
  let at = from;
  for (;;) {
    while (at < to && (isSplit(text[at]) || text[at] === '\n')) at++;
    if (at >= to) return words;
    const start = at;
    let value = '';
    let quote = '';
    while (at < to) {
      const char = text[at]!;
      if (quote === '' && (isSplit(char) || char === '\n')) break;
      if (quote === '' && (char === "'" || char === '"')) quote = char;
      else if (char === quote) quote = '';
      else if (char === escapeChar && quote !== "'") {
        if (at + 1 >= to) {
          quote = '';
          at++;
          continue;
        }
        value += char;
        at++;
      }
      value += text[at];
      at++;
    }
    words.push({ value, at: start, to: at });
  }
}

function namesAndValues(span: Span, keyword: string, problems: string[]): Pair[] {
  const { text, from, to } = span;
  const words = quotedWords(span);
  if (words.length === 0) return [];
  if (!words[0]!.value.includes('=')) {
    // legacy: the value runs to the end of the instruction
    let at = from;
    while (at < to && !isSplit(text[at])) at++;
    let valueAt = at;
    while (valueAt < to && isSplit(text[valueAt])) valueAt++;
    if (valueAt >= to) problems.push(`${keyword} must have two arguments`);
    return [{ name: text.slice(from, at), value: text.slice(valueAt, to), separator: '', at: from, to, valueAt }];
  }
  const pairs: Pair[] = [];
  for (const word of words) {
    const sep = word.value.indexOf('=');
    if (sep < 0) problems.push(`${keyword}: can't find = in ${word.value.slice(0, 40)}`);
    else if (sep === 0) problems.push(`${keyword} names can not be blank`);
    else
      pairs.push({
        name: word.value.slice(0, sep),
        value: word.value.slice(sep + 1),
        separator: '=',
        at: word.at,
        to: word.to,
        valueAt: word.at + sep + 1,
      });
  }
  return pairs;
}

/** The text of a JSON string without its quotes: bytes stay bytes, escapes become the bytes of their UTF-8. */
function unescaped(inside: string): string {
  return inside.replace(/(?:\\u[0-9a-fA-F]{4})+|\\(.)/g, (run, char: string | undefined) => {
    if (char !== undefined) return JSON_ESCAPES[char] ?? char;
    const units = run.slice(2).split('\\u');
    const text = units.map((unit) => String.fromCharCode(Number.parseInt(unit, 16))).join('');
    // Go writes U+FFFD for half a surrogate pair
    return bytesOf(text.replace(/\p{Cs}/gu, '\ufffd'));
  });
}

/** The strings of a JSON list that fills [from, to), each with its range; undefined where Go's json.Unmarshal would refuse it. */
function jsonStrings(text: string, from: number, to: number): Word[] | 'not-strings' | undefined {
  const list = readJson(text.slice(from, to));
  if (!Array.isArray(list)) return undefined;
  if (!list.every((value) => typeof value === 'string')) return 'not-strings';
  const words: Word[] = [];
  let at = from;
  for (let n = 0; n < list.length; n++) {
    const start = text.indexOf('"', at);
    at = start + 1;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    words.push({ value: unescaped(text.slice(start + 1, at)), at: start, to: at + 1 });
    at++;
  }
  return words;
}
