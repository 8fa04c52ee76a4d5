// The words of pip, of `uv pip` too: where they say that it installs, and what.

import { normaliseName } from '../../../parse/manifests/requirement.ts';
import { type FlagTable, flagValues, hasFlag, type ReadFlags } from '../../flags.ts';
import { isKnown } from '../../values.ts';
import { commandIn } from '../command.ts';

export interface PipCall {
  readonly command: string;
  readonly read: ReadFlags;
  readonly toUser: boolean;
  readonly elsewhere: string | undefined;
  readonly python: string | undefined;
  /** Normalised names given on the command line; undefined where files or expansions take part. */
  readonly names: readonly string[] | undefined;
  readonly project: boolean;
}

/** What one word of an install names: a package, something on disk or on the net. */
type NamedDistributions = { readonly name: string } | 'folder' | 'other';

function distributionsNamedBy(word: string): NamedDistributions {
  const pinned = /^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[\w,-]*\])?\s*[=<>~!]=?/.exec(word)?.[1];
  if (pinned !== undefined) return { name: normaliseName(pinned) };
  if (!isKnown(word)) return 'other';
  if (/:\/\//.test(word)) return 'other';
  if (/^[./]|[/\\]|\.whl$|\.zip$|\.tar\.gz$/.test(word)) return 'folder';
  const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(word)?.[0];
  return name === undefined ? 'other' : { name: normaliseName(name) };
}

/** Reads the words behind `pip`. */
export function pipCall(words: readonly string[], table: FlagTable): PipCall {
  const { name: command, read } = commandIn(words, table, () => [table, 'end']);
  const named = read.words.map(distributionsNamedBy);
  const isEditable = hasFlag(read, '-e', '--editable');
  const isOpen =
    named.some((one) => typeof one === 'string') ||
    isEditable ||
    hasFlag(read, '-r', '--requirement', '--requirements', '--requirements-from-script', '--group') ||
    // the next word may be the value of a flag that is not known
    (command === 'install' && read.unknown.length > 0);
  return {
    command,
    read,
    toUser: hasFlag(read, '--user'),
    elsewhere: flagValues(read, '--target', '-t', '--prefix', '--root').at(-1),
    python: flagValues(read, '--python', '-p').at(-1),
    names: isOpen ? undefined : named.flatMap((one) => (typeof one === 'string' ? [] : [one.name])),
    project: isEditable || named.includes('folder'),
  };
}
