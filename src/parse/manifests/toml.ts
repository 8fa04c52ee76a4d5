// Reads TOML held as latin1 of UTF-8 bytes into plain tables, and takes values out of them without surprises.

import { parse, TomlError, type TomlTable, type TomlValue } from 'smol-toml';
import type { Problem } from '../../model.ts';
import { textOf } from '../../text/latin1.ts';

export type { TomlTable, TomlValue };

/** Above this nothing is parsed; bytes. */
export const TOML_LIMIT = 20 * 1024 * 1024;

/** Where the given line and column (from 1) stand in the text. */
function placeOffset(text: string, line: number, column: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) break;
    at = newline + 1;
  }
  return Math.min(at + column - 1, text.length);
}

/** Strings come out as real text, not as bytes. `table` is undefined where there is a problem. */
export function parseToml(source: string): {
  readonly table: TomlTable | undefined;
  readonly problems: readonly Problem[];
} {
  if (source.length > TOML_LIMIT)
    return { table: undefined, problems: [{ offset: 0, message: 'The file is too large' }] };
  const { text, exact } = textOf(source.startsWith('\xef\xbb\xbf') ? source.slice(3) : source);
  if (!exact) return { table: undefined, problems: [{ offset: 0, message: 'The file is not UTF-8' }] };
  try {
    return { table: parse(text, { integersAsBigInt: 'asNeeded' }), problems: [] };
  } catch (error) {
    if (error instanceof TomlError) {
      const [summary = 'Invalid TOML'] = error.message.split('\n');
      return {
        table: undefined,
        problems: [{ offset: placeOffset(source, error.line, error.column), message: summary }],
      };
    }
    // Nesting that the parser has no room for.
    return { table: undefined, problems: [{ offset: 0, message: 'The file cannot be parsed' }] };
  }
}

export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** The value under a path of keys; own keys only. */
export function valueAt(table: TomlTable | undefined, ...keys: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of keys) {
    if (!isTable(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

export function tableAt(table: TomlTable | undefined, ...keys: readonly string[]): TomlTable | undefined {
  const value = valueAt(table, ...keys);
  return isTable(value) ? value : undefined;
}

export function textAt(table: TomlTable | undefined, ...keys: readonly string[]): string | undefined {
  const value = valueAt(table, ...keys);
  return typeof value === 'string' ? value : undefined;
}

export function booleanAt(table: TomlTable | undefined, ...keys: readonly string[]): boolean | undefined {
  const value = valueAt(table, ...keys);
  return typeof value === 'boolean' ? value : undefined;
}

/** The values of an array; empty where there is none. */
export function listAt(table: TomlTable | undefined, ...keys: readonly string[]): readonly TomlValue[] {
  const value = valueAt(table, ...keys);
  return Array.isArray(value) ? value : [];
}

/** The strings of an array; what is no string is left out. */
export function textsAt(table: TomlTable | undefined, ...keys: readonly string[]): string[] {
  return listAt(table, ...keys).filter((value) => typeof value === 'string');
}

/** The tables of an array of tables. */
export function tablesAt(table: TomlTable | undefined, ...keys: readonly string[]): TomlTable[] {
  return listAt(table, ...keys).filter(isTable);
}
