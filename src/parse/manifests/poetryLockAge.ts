// Tells whether a poetry.lock was made from this pyproject.toml, by the content hash that poetry itself compares.

import type { PoetryLock } from './lockFiles.ts';
import type { Pyproject } from './pyproject.ts';
import { isTable, type TomlTable, type TomlValue, tableAt, valueAt } from './toml.ts';
import type { LockAge } from './uvLockAge.ts';

/** Keys that poetry hashes. Source: poetry's Locker. */
const PROJECT_KEYS = ['requires-python', 'dependencies', 'optional-dependencies'];
const LEGACY_KEYS = ['dependencies', 'source', 'extras', 'dev-dependencies'];

class Unhashable extends Error {}

/** Python's json.dumps(value, sort_keys=True) of plain TOML values. Keys are ordered by code point, as Python orders them. */
function dumps(value: TomlValue | null): string {
  if (value === null) return 'null';
  if (typeof value === 'string') {
    // JSON.stringify escapes the same short forms; the rest beyond ASCII is \uXXXX in Python.
    const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return JSON.stringify(value).replace(/[\x7f-\uffff]/g, (unit) => (unit === '\x7f' ? unit : escaped(unit)));
  }
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  // Floats are printed otherwise in Python, and dates do not print at all.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (!isTable(value)) throw new Unhashable();
  const keys = Object.keys(value);
  if (keys.some((key) => /[\ud800-\udfff]/.test(key))) throw new Unhashable();
  const members = keys.sort().map((key) => `${dumps(key)}: ${dumps(value[key]!)}`);
  return `{${members.join(', ')}}`;
}

/** The object that poetry hashes, printed; `groups`: with [dependency-groups], as poetry 2.2 and later does. */
function hashedText(root: TomlTable, groups: 'with groups' | 'without groups'): string {
  const pick = (table: TomlTable | undefined, keys: readonly string[]): [string, TomlValue][] =>
    keys.flatMap((key) => {
      const value = valueAt(table, key);
      return value === undefined ? [] : [[key, value] as [string, TomlValue]];
    });
  const project = pick(tableAt(root, 'project'), PROJECT_KEYS);
  const groupTable = groups === 'with groups' ? tableAt(root, 'dependency-groups') : undefined;
  const group = groupTable !== undefined && Object.keys(groupTable).length > 0 ? groupTable : undefined;
  const poetryTable = tableAt(root, 'tool', 'poetry');
  const isModern = project.length > 0 || group !== undefined;
  const printed = (entries: readonly (readonly [string, string])[]): string =>
    `{${[...entries]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, text]) => `${dumps(key)}: ${text}`)
      .join(', ')}}`;
  const legacy = LEGACY_KEYS.flatMap((key): [string, string][] => {
    const value = valueAt(poetryTable, key);
    return value === undefined && isModern ? [] : [[key, dumps(value ?? null)]];
  });
  const poetry = printed([
    ...legacy,
    ...pick(poetryTable, ['group']).map(([key, value]) => [key, dumps(value)] as const),
  ]);
  if (!isModern) return poetry;
  return printed([
    ...(project.length > 0 ? [['project', dumps(Object.fromEntries(project))] as const] : []),
    ...(group === undefined ? [] : [['dependency-groups', dumps(group)] as const]),
    ['tool', `{"poetry": ${poetry}}`],
  ]);
}

/**
 * Compares the lock's content hash. `sha256` gives the hexadecimal digest of ASCII text. 'unknown' where the lock has none
 * or the file holds values (floats, dates) whose printing we do not share with Python.
 */
export function isPoetryLockStale(lock: PoetryLock, pyproject: Pyproject, sha256: (ascii: string) => string): LockAge {
  const { table } = pyproject;
  const recorded = lock.contentHash;
  if (table === undefined || recorded === undefined || lock.problems.length > 0) return 'unknown';
  try {
    const texts = [hashedText(table, 'with groups'), hashedText(table, 'without groups')];
    return texts.some((text) => sha256(text) === recorded) ? 'fresh' : 'stale';
  } catch (error) {
    if (error instanceof Unhashable || error instanceof RangeError) return 'unknown';
    throw error;
  }
}
