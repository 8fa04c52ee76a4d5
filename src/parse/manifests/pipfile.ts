// Reads Pipfile and Pipfile.lock: package names, entries on disk, the Python they require.

import type { Problem } from '../../model.ts';
import { bytesOf, textOf } from '../../text/latin1.ts';
import { normaliseName } from './requirement.ts';
import { pathOfFileUrl } from './requirements.ts';
import { booleanAt, isTable, parseToml, tableAt, tablesAt, textAt } from './toml.ts';

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
  /** Addresses of the [[source]] tables, with their variables as written. */
  readonly sources: readonly string[];
  readonly problems: readonly Problem[];
}

export interface PipfileLock {
  /** Normalised names by category: 'default', 'develop' and the user's own. */
  readonly categories: ReadonlyMap<string, readonly string[]>;
  readonly local: readonly PipfileLocal[];
  /** sha256 of the Pipfile's content, as pipenv computes it. */
  readonly contentHash: string | undefined;
  readonly sources: readonly string[];
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
      const path = textAt(one, 'path') ?? textAt(one, 'file') ?? localCheckout(textAt(one, 'git') ?? textAt(one, 'hg'));
      if (path === undefined || /^https?:/.test(path)) continue;
      local.push({
        name: normaliseName(name),
        path: bytesOf(diskPath(path)),
        editable: booleanAt(one, 'editable') === true,
      });
    }
  }
  const requires = tableAt(table, 'requires');
  const requiresPython = textAt(requires, 'python_version') ?? textAt(requires, 'python_full_version');
  const sources = tablesAt(table, 'source').flatMap((one) => textAt(one, 'url') ?? []);
  return { categories, local, requiresPython, sources, problems };
}

/** A checkout of a repository on disk, as a path. */
function localCheckout(address: string | undefined): string | undefined {
  return address !== undefined && /^(?:\w+\+)?file:|^[./~]/i.test(address) ? address : undefined;
}

const diskPath = (written: string): string => {
  const url = written.replace(/^\w+\+(?=file:)/i, '');
  return /^file:/i.test(url) ? (pathOfFileUrl(url) ?? url) : url;
};

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
    return { categories, local, contentHash: undefined, sources: [], problems };
  }
  for (const [category, entries] of Object.entries(top)) {
    const packages = asObject(entries);
    if (category === '_meta' || packages === undefined) continue;
    categories.set(category, Object.keys(packages).map(normaliseName));
    for (const [name, value] of Object.entries(packages)) {
      const git = ownAt(value, 'git') ?? ownAt(value, 'hg');
      const path =
        ownAt(value, 'path') ?? ownAt(value, 'file') ?? localCheckout(typeof git === 'string' ? git : undefined);
      if (typeof path !== 'string' || /^https?:/.test(path)) continue;
      local.push({
        name: normaliseName(name),
        path: bytesOf(diskPath(path)),
        editable: ownAt(value, 'editable') === true,
      });
    }
  }
  const hash = ownAt(ownAt(ownAt(top, '_meta'), 'hash'), 'sha256');
  const named = ownAt(ownAt(top, '_meta'), 'sources');
  const sources = (Array.isArray(named) ? named : []).flatMap((one: Json) => {
    const url = ownAt(one, 'url');
    return typeof url === 'string' ? [url] : [];
  });
  return { categories, local, contentHash: typeof hash === 'string' ? hash : undefined, sources, problems: [] };
}
