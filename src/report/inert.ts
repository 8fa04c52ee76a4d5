// Markdown in which text of a repository stays text on every forge: no markup, mention, reference, link or command.

import { markdownCode } from '../text/printable.ts';

/** A word of letters alone or a number, with punctuation around it; everything else goes into a code span, which no forge reads. */
const HARMLESS = /^["'(]*(?:[A-Za-z]+(?:['-][A-Za-z]+)*|[0-9]{1,6})[.,;:?"')]*$/;
/** Letters that a forge would take for the id of a commit. */
const COMMIT = /[0-9a-f]{7}/i;

/**
 * One line of latin1 text for people as Markdown. Words that could mean something to a forge (`@name`, `#1`, `a/b#2`, paths, addresses)
 * are shown as code, neighbours in one span; what stands in backticks already stays one span.
 */
export function inertMarkdown(bytes: string): string {
  const out: string[] = [];
  let code: string[] = [];
  const close = (): void => {
    if (code.length > 0) out.push(spanOf(code.join(' ')));
    code = [];
  };
  for (const word of inertParts(bytes)) {
    if (HARMLESS.test(word) && !COMMIT.test(word)) {
      close();
      out.push(word);
    } else {
      code.push(word);
      if (/[.,;:)]$/.test(word)) close();
    }
  }
  close();
  return out.join(' ');
}

/** Words between spaces; a pair of backticks keeps what it holds together, with what is stuck to it. */
function inertParts(bytes: string): string[] {
  const words: string[] = [];
  for (const [word] of bytes.matchAll(/[^ \t\r\n`]*`[^`]*`[^ \t\r\n`]*|[^ \t\r\n]+/g)) words.push(word);
  return words;
}

/** The code span, with the brackets and the punctuation around it left outside. */
function spanOf(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && `("'`.includes(text.charAt(start))) start++;
  while (end > start && `.,;:)"'`.includes(text.charAt(end - 1))) end--;
  const inner = text.slice(start, end).replace(/^`([^`]*)`$/, '$1');
  if (inner === '' || /^[ \t\r\n]*$/.test(inner)) return markdownCode(text);
  return text.slice(0, start) + markdownCode(inner) + text.slice(end);
}
