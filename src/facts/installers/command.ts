// The sub-command of an installer with the flags before and behind it.

import { type FlagTable, type ReadFlags, readCommandFlags } from '../flags.ts';
import type { InstallReading } from './reading.ts';

export interface InstallerCommand {
  /** The command word; '' where there is none. */
  readonly name: string;
  /** All words behind it. */
  readonly rest: readonly string[];
  /** The flags on both sides of it, and the words that are none. */
  readonly read: ReadFlags;
}

/** How far the words behind a command are its own: 'first word' where they go on as another command (`run`). */
export type Until = 'end' | 'first word';

/** Reads a command word and the flags on both sides of it; `behind`: the table for those behind. */
export function commandIn(
  words: readonly string[],
  globals: FlagTable,
  behind: (name: string) => readonly [table: FlagTable, until: Until],
): InstallerCommand {
  const before = readCommandFlags(words, globals, 'first word');
  const name = words[before.firstWord] ?? '';
  const rest = words.slice(before.firstWord + 1);
  const own = readCommandFlags(rest, ...behind(name));
  return {
    name,
    rest,
    read: { ...own, flags: [...before.flags, ...own.flags], unknown: [...before.unknown, ...own.unknown] },
  };
}

/** Reads a command of a tool with one table, and notes what that does not have. */
export function readInstallerCommand(
  reading: InstallReading,
  tool: string,
  words: readonly string[],
  table: FlagTable,
): InstallerCommand {
  const command = commandIn(words, table, () => [table, 'end']);
  for (const flag of command.read.unknown) reading.unknown.add(`${tool} does not know ${flag}`);
  return command;
}
