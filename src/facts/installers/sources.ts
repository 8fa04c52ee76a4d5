// Where packages come from: an index or a page that lies in the image is read with all that it links to, which cannot be named file by file.

import { isTable, type TomlTable, type TomlValue } from '../../parse/manifests/toml.ts';
import { flagValues, type ReadFlags } from '../flags.ts';
import { readable } from '../values.ts';
import { environmentWords, type InstallReading } from './reading.ts';

const REMOTE = /^(?:https?|ftp):\/\//i;

/** Does the address of a version control system name a folder of the image (`git+file:///x`, `../lib.git`)? */
export const isLocalCheckout = (address: string): boolean => /^(?:\w+\+)?file:|^[./~]/i.test(address);

/** Notes an index that is no address of the network. `where`: what names it. */
export function addIndex(reading: InstallReading, address: string, where: string): void {
  // uv's `NAME=URL`
  const own = address.replace(/^[\w-]+=/, '');
  if (!REMOTE.test(own))
    reading.unknown.add(`${where} names the package index ${readable(own)}, which may be a folder of the image`);
}

/** The indices of flags and variables; `names`: the flags. */
export function addIndices(
  reading: InstallReading,
  read: Pick<ReadFlags, 'flags'>,
  names: readonly string[],
  variables: readonly string[],
): void {
  for (const address of flagValues(read, ...names)) addIndex(reading, address, 'the command');
  for (const name of variables) {
    // A value that is not known comes from a build argument: an address.
    if (reading.env[name] === undefined) continue;
    for (const address of environmentWords(reading, name)) addIndex(reading, address, 'a setting');
  }
}

/** All texts of a table with the keys that lead to them; those of arrays have the array's. */
export function* textsOf(
  value: TomlValue,
  keys: readonly string[] = [],
): Generator<readonly [readonly string[], string]> {
  if (typeof value === 'string') yield [keys, value];
  else if (Array.isArray(value)) for (const one of value) yield* textsOf(one, keys);
  else if (isTable(value)) for (const [key, one] of Object.entries(value)) yield* textsOf(one, [...keys, key]);
}

const ADDRESS_KEY = /^(index-url|extra-index-url|find-links|.*-mirror|.*-json-url)$/;
/** Tables of uv that name code on purpose (read elsewhere) or matter to a build of the project only. */
const OF_PROJECT = /^(workspace|sources|build-backend|cache-keys|dev-dependencies|index\.(?!url$))/;

/** What uv's settings (uv.toml, [tool.uv]) take from the image; an index counts although nothing is taken from it. */
export function addUvSettings(reading: InstallReading, table: TomlTable | undefined, file: string): void {
  if (table === undefined) return;
  for (const [keys, text] of textsOf(table)) {
    const name = keys.join('.');
    if (OF_PROJECT.test(name)) continue;
    const isAddress = name === 'index.url' || ADDRESS_KEY.test(keys.at(-1) ?? '');
    if (isAddress ? !REMOTE.test(text) : /\bfile:|^~?\.{0,2}\//i.test(text))
      reading.unknown.add(`${keys[0]} in ${file} names ${text}, which lies in the image`);
  }
}

/** A file of settings of which only the texts matter: `isHarmless` says of which keys. */
export function addSettings(
  reading: InstallReading,
  table: TomlTable | undefined,
  file: string,
  isHarmless: (key: string) => boolean,
): void {
  for (const [keys, text] of table === undefined ? [] : textsOf(table)) {
    if (REMOTE.test(text) || isHarmless(keys.join('.'))) continue;
    reading.unknown.add(`${keys.join('.')} in ${file} names ${text}, which may lie in the image`);
  }
}
