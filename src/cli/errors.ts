// What is said on stderr when something went wrong: what, where, what to do next; the stack only where it is asked for.

import { bytesOf } from '../text/latin1.ts';
import { printable, printableLines } from '../text/printable.ts';
import { refusalOf } from '../text/userError.ts';

/** Bytes (latin1), lines ended; nothing of a repository in it reaches a terminal with its control characters. */
export function errorText(error: unknown, { verbose }: { readonly verbose: boolean }): string {
  const refusal = refusalOf(error);
  if (refusal) {
    const where = refusal.where === undefined ? '' : `${refusal.where}: `;
    return `error: ${bytesOf(printable(where + refusal.what))}\n${bytesOf(printableLines(refusal.next))}\n`;
  }
  const what = verbose
    ? stackOf(error)
    : `${messageOf(error)}\nThis should not happen; --verbose gives the details to report.`;
  return `error: ${bytesOf(printableLines(bytesOf(what)))}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stack, where there is one. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
