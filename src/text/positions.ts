// Lines and columns of a text: where an offset stands, how its line ends and begins.

import type { Range } from '../model.ts';

/** Line and column of a byte offset, both from 1; columns count bytes, only LF ends a line (as in BuildKit). */
export function lineColumn(text: string, offset: number): { line: number; column: number } {
  const to = Math.max(0, Math.min(offset, text.length));
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: to - start + 1 };
}

/** `lineColumn` for many offsets of one text: one pass over it, then a search each. */
export function lineColumns(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const to = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= to) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: to - starts[low]! + 1 };
  };
}

export type LineEnding = '\n' | '\r\n';

/**
 * How the line that holds `offset` ends; for an unfinished last line, as the line before it; in a text of one unfinished
 * line (or none), LF. Without an offset: as the first line.
 */
export function lineEndingOf(text: string, offset = 0): LineEnding {
  const after = text.indexOf('\n', offset);
  const at = after >= 0 ? after : text.lastIndexOf('\n');
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n';
}

/** The line that holds `offset`, its ending included (absent at the end of an unfinished last line). */
export function lineAt(text: string, offset: number): Range {
  const start = offset > 0 ? text.lastIndexOf('\n', offset - 1) + 1 : 0;
  const newline = text.indexOf('\n', offset);
  return { start, end: newline < 0 ? text.length : newline + 1 };
}

/** The spaces and tabs that the line of `offset` starts with. */
export function indentationOf(text: string, offset: number): string {
  const { start } = lineAt(text, offset);
  let end = start;
  while (text[end] === ' ' || text[end] === '\t') end++;
  return text.slice(start, end);
}
