// Makes text of a repository fit to be shown: nothing in it can steer a terminal, a web page or a log.

import { textOf } from './latin1.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through
const STEERING = /[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const RAW_IN_JSON = /[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line for people: latin1 bytes as UTF-8 text, every control and direction character made visible (`^[`, `<U+202E>`). */
export function printable(bytes: string): string {
  return textOf(bytes).text.replace(STEERING, visible);
}

/** The same for text of several lines; line feeds and tabs stay. */
export function printableLines(bytes: string): string {
  return textOf(bytes).text.replace(STEERING, (char) => (char === '\n' || char === '\t' ? char : visible(char)));
}

/** JSON whose strings hold no raw control character, indented by two unless `line` is set. `value` holds text, not bytes. */
export function jsonText(value: unknown, { line }: { readonly line?: true } = {}): string {
  const text = JSON.stringify(value, null, line ? undefined : 2);
  return text.replace(RAW_IN_JSON, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Text inside HTML, also inside an attribute in double quotes. */
export function htmlText(bytes: string): string {
  return escapeHtml(printable(bytes));
}

/** The same for several lines. */
export function htmlLines(bytes: string): string {
  return escapeHtml(printableLines(bytes));
}

/** Inline text of Markdown: what would be markup or HTML is escaped. */
export function markdownText(bytes: string): string {
  return printable(bytes).replaceAll(/[\\`*_[\]<>|#~&@]/g, (char) => (char === '@' ? '@<!-- -->' : `\\${char}`));
}

/** A code span of Markdown around one line, for any text. */
export function markdownCode(bytes: string): string {
  const text = printable(bytes);
  const fence = '`'.repeat(longestTicks(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A fenced block of Markdown around any text. */
export function markdownBlock(bytes: string, language: string): string {
  const text = printableLines(bytes);
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}${language}\n${text}${text.endsWith('\n') || text === '' ? '' : '\n'}${fence}\n`;
}

function longestTicks(text: string): number {
  let longest = 0;
  for (const [ticks] of text.matchAll(/`+/g)) longest = Math.max(longest, ticks.length);
  return longest;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function visible(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20) return `^${String.fromCharCode(code + 64)}`;
  if (code === 0x7f) return '^?';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
