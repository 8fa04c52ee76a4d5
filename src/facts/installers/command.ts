// The sub-command of an installer with the flags before and behind it.

import { type ReadFlags, readFlags } from '../flags.ts';
import type { Reading } from './reading.ts';

export type Command = { readonly name: string; readonly read: ReadFlags };

/** Reads a command word and the flags on both sides of it. */
export function readCommand(
  reading: Reading,
  tool: string,
  words: readonly string[],
  table: Parameters<typeof readFlags>[1],
): Command {
  const before = readFlags(words, table, 'first word');
  const behind = readFlags(words.slice(before.firstWord + 1), table);
  const unknown = [...before.unknown, ...behind.unknown];
  for (const flag of unknown) reading.unknown.add(`${tool} does not know ${flag}`);
  return {
    name: words[before.firstWord] ?? '',
    read: { ...behind, flags: [...before.flags, ...behind.flags], unknown },
  };
}
