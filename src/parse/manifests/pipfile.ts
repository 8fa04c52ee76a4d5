// Reads Pipfile and Pipfile.lock: package names, entries on disk, the Python they require.

import { bytesOf, textOf } from '../../bytes.ts';
import type { Problem } from '../../model.ts';
import { normaliseName } from './requirement.ts';
import { booleanAt, isTable, parseToml, tableAt, textAt } from './toml.ts';

/** An entry that is a folder or file on disk. */
export interface PipfileLocal {
  readonly name: string;
  /** Latin1, as written, relative to the Pipfile. */
  readonly path: string;
  readonly editable: boolean;
}

export interface Pipfile {
  /** Normalised names by category: 'packages', 'dev-packages' and the user's own. */
  readonly categories: ReadonlyMap<string, readonly string[]>;
  readonly local: readonly PipfileLocal[];
  /** `[requires]` python_version or python_full_version. */
  readonly requiresPython: string | undefined;
  readonly problems: readonly Problem[];
}

export interface PipfileLock {
  /** Normalised names by category: 'default', 'develop' and the user's own. */
  readonly categories: ReadonlyMap<string, readonly string[]>;
  readonly local: readonly PipfileLocal[];
  /** sha256 of the Pipfile's content, as pipenv computes it. */
  readonly contentHash: string | undefined;
  readonly problems: readonly Problem[];
}

const OTHER_TABLES = new Set(['source', 'requires', 'scripts', 'pipenv', 'pipfile', 'build-system', 'tool']);

/** Reads a Pipfile (latin1). Never throws. */
export function parsePipfile(source: string): Pipfile {
  const { table, problems } = parseToml(source);
  const categories = new Map<string, string[]>();
  const local: PipfileLocal[] = [];
  for (const [category, entries] of Object.entries(table ?? {})) {
    if (OTHER_TABLES.has(category) || !isTable(entries)) continue;
    categories.set(category, Object.keys(entries).map(normaliseName));
    for (const [name, value] of Object.entries(entries)) {
      const one = isTable(value) ? value : undefined;
      const path = textAt(one, 'path') ?? textAt(one, 'file');
      if (path === undefined || /^https?:/.test(path)) continue;
      local.push({ name: normaliseName(name), path: bytesOf(path), editable: booleanAt(one, 'editable') === true });
    }
  }
  const requires = tableAt(table, 'requires');
  const requiresPython = textAt(requires, 'python_version') ?? textAt(requires, 'python_full_version');
  return { categories, local, requiresPython, problems };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function asObject(value: Json | undefined): { readonly [key: string]: Json } | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [key: string]: Json })
    : undefined;
}

function ownAt(value: Json | undefined, key: string): Json | undefined {
  const object = asObject(value);
  return object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Reads a Pipfile.lock (latin1). Never throws. */
export function parsePipfileLock(source: string): PipfileLock {
  const categories = new Map<string, string[]>();
  const local: PipfileLocal[] = [];
  const { text, exact } = textOf(source);
  let root: Json;
  try {
    root = JSON.parse(text) as Json;
  } catch {
    root = null;
  }
  const top = asObject(root);
  if (top === undefined || !exact) {
    const problems = [{ offset: 0, message: 'The file is not a JSON object in UTF-8' }];
    return { categories, local, contentHash: undefined, problems };
  }
  for (const [category, entries] of Object.entries(top)) {
    const packages = asObject(entries);
    if (category === '_meta' || packages === undefined) continue;
    categories.set(category, Object.keys(packages).map(normaliseName));
    for (const [name, value] of Object.entries(packages)) {
      const path = ownAt(value, 'path') ?? ownAt(value, 'file');
      if (typeof path !== 'string' || /^https?:/.test(path)) continue;
      local.push({ name: normaliseName(name), path: bytesOf(path), editable: ownAt(value, 'editable') === true });
    }
  }
  const hash = ownAt(ownAt(ownAt(top, '_meta'), 'hash'), 'sha256');
  return { categories, local, contentHash: typeof hash === 'string' ? hash : undefined, problems: [] };
}
