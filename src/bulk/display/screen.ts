// Keeps a block of lines at the end of a terminal up to date: only what differs is written, and nothing above it is touched.

import { cells } from './displayWords.ts';

/** A terminal, or a stream that only looks like one; given by whoever knows the process. */
export interface Screen {
  /** UTF-8 text; never throws. */
  write(text: string): void;
  /** Undefined where it is no terminal. */
  size(): { readonly columns: number; readonly rows: number } | undefined;
}

export interface Block {
  /** Draws these lines, none of which is wider than the terminal. */
  draw(lines: readonly string[]): void;
  /** Takes the block away, so that others may write; the next `draw` puts it below. */
  clear(): void;
}

/**
 * The cursor always rests at the beginning of the line below the block and is never hidden: whatever ends the program, the
 * terminal is as it should be.
 */
export function blockOn(screen: Screen): Block {
  let drawn: readonly string[] = [];
  let columns = 0;
  return {
    draw(lines) {
      const width = screen.size()?.columns ?? 80;
      const resized = width !== columns && drawn.length > 0;
      if (!resized && sameLines(drawn, lines)) return;
      const changes = resized
        ? `${up(rowsOf(drawn, width))}\r\x1b[J${lines.map((line) => `${line}\n`).join('')}`
        : difference(drawn, lines);
      screen.write(changes);
      drawn = [...lines];
      columns = width;
    },
    clear() {
      if (drawn.length === 0) return;
      screen.write(`${up(rowsOf(drawn, screen.size()?.columns ?? 80))}\r\x1b[J`);
      drawn = [];
    },
  };
}

function sameLines(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}

function difference(old: readonly string[], now: readonly string[]): string {
  if (old.length === 0) return now.map((line) => `${line}\n`).join('');
  // What a person types meanwhile (the ^C too) stands where the cursor rests.
  let text = `${up(old.length)}\r`;
  for (const [at, line] of now.entries()) {
    text += old[at] === line ? '\n' : `${line}\x1b[K\n`;
  }
  return `${text}\x1b[J`;
}

/** After the terminal became narrower, it has broken longer lines into several rows. */
function rowsOf(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(cells(uncolored(line)) / width)), 0);
}

function uncolored(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colors begin with one
  return line.replaceAll(/\x1b\[[\d;]*m/g, '');
}

function up(rows: number): string {
  return rows === 0 ? '' : `\x1b[${rows}A`;
}
