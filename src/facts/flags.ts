// Splits an installer's words into flags, their values and the rest, by exact tables; what is not in them is reported.

/** Which flags a command knows. Long names with `--`, short ones with one `-`. */
export interface FlagTable {
  readonly values: ReadonlySet<string>;
  readonly switches: ReadonlySet<string>;
  /** Whether an unambiguous beginning of a long name is taken for it (optparse, argparse). */
  readonly abbreviations: 'taken' | 'refused';
}

export interface ReadFlag {
  readonly name: string;
  /** Undefined for a switch. */
  readonly value: string | undefined;
}

export interface ReadFlags {
  readonly flags: readonly ReadFlag[];
  /** What is no flag. */
  readonly words: readonly string[];
  /** Flags that are not in the table or lack their value. */
  readonly unknown: readonly string[];
  /** Index of the first word that is no flag, or the number of words. */
  readonly firstWord: number;
}

const split = (names: string): string[] => names.split(/[ \n]+/).filter((name) => name !== '');

/** Makes a table of names with blanks or line ends between them. */
export function flagTable(
  values: string,
  switches: string,
  abbreviations: FlagTable['abbreviations'] = 'refused',
): FlagTable {
  return { values: new Set(split(values)), switches: new Set(split(switches)), abbreviations };
}

/** The table's name for what was written; undefined where there is none. */
function knownName(written: string, table: FlagTable): string | undefined {
  if (table.values.has(written) || table.switches.has(written)) return written;
  if (table.abbreviations === 'refused' || written.length < 3) return undefined;
  const fits = [...table.values, ...table.switches].filter((name) => name.startsWith(written));
  return fits.length === 1 ? fits[0] : undefined;
}

type FlagOutput = { readonly flags: ReadFlag[]; readonly words: string[]; readonly unknown: string[] };

/** Reads `-abc`, `-avalue`, `-a value`; returns how many further words it took. */
function readShort(word: string, next: string | undefined, table: FlagTable, output: FlagOutput): number {
  for (let at = 1; at < word.length; at++) {
    const name = `-${word[at]}`;
    if (table.switches.has(name)) {
      output.flags.push({ name, value: undefined });
      continue;
    }
    if (!table.values.has(name)) {
      output.unknown.push(word);
      return 0;
    }
    const rest = word.slice(at + 1).replace(/^=/, '');
    if (rest !== '') {
      output.flags.push({ name, value: rest });
      return 0;
    }
    if (next === undefined) output.unknown.push(word);
    else output.flags.push({ name, value: next });
    return 1;
  }
  return 0;
}

/** Reads the words behind a command. `until`: 'first word' stops there (flags before a sub-command). */
export function readCommandFlags(
  words: readonly string[],
  table: FlagTable,
  until: 'end' | 'first word' = 'end',
): ReadFlags {
  const output: FlagOutput = { flags: [], words: [], unknown: [] };
  let firstWord = words.length;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!word.startsWith('-') || word === '-' || word === '--') {
      firstWord = Math.min(firstWord, i);
      if (until === 'first word') break;
      if (word === '--') {
        output.words.push(...words.slice(i + 1));
        break;
      }
      output.words.push(word);
    } else if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const name = knownName(equals < 0 ? word : word.slice(0, equals), table);
      const inline = equals < 0 ? undefined : word.slice(equals + 1);
      if (name === undefined) output.unknown.push(word);
      else if (!table.values.has(name)) {
        // A switch with a value, as some parsers allow: what it means is not ours to guess.
        if (inline === undefined) output.flags.push({ name, value: undefined });
        else output.unknown.push(word);
      } else if (inline === undefined && i + 1 >= words.length) output.unknown.push(word);
      else output.flags.push({ name, value: inline ?? words[++i] });
    } else {
      i += readShort(word, words[i + 1], table, output);
    }
  }
  return { ...output, firstWord };
}

/** Values of all flags with one of the names, in order. */
export function flagValues(read: Pick<ReadFlags, 'flags'>, ...names: readonly string[]): string[] {
  return read.flags.flatMap((flag) => (names.includes(flag.name) && flag.value !== undefined ? [flag.value] : []));
}

export function hasFlag(read: Pick<ReadFlags, 'flags'>, ...names: readonly string[]): boolean {
  return read.flags.some((flag) => names.includes(flag.name));
}
