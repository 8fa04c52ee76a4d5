// One key for the listings of a repository that differ in ignore files only, which fixes create: what is read of all else is kept.
import { grownFrom } from '../edit/overlay.ts';
import type { PathKind, Snapshot } from '../model.ts';

type Paths = Snapshot['paths'];

const keys = new WeakMap<Paths, Paths>();
let last: WeakRef<Paths> | undefined;

const isIgnoreFile = (path: string): boolean => path.endsWith('.dockerignore');

/** The key of a snapshot's listing, for a WeakMap. */
export function sourceListing({ paths }: Pick<Snapshot, 'paths'>): Paths {
  const known = keys.get(paths);
  if (known !== undefined) return known;
  const own = grownFrom(paths);
  if (own?.added.every((layer) => [...layer.keys()].every(isIgnoreFile))) {
    const key = sourceListing({ paths: own.base });
    keys.set(paths, key);
    return key;
  }
  const before = last?.deref();
  const key = before !== undefined && isLike(before, paths) ? before : paths;
  keys.set(paths, key);
  last = new WeakRef(key);
  return key;
}

function isLike(before: Paths, now: Paths): boolean {
  if (now.size < before.size) return false;
  for (const [path, kind] of now)
    if (before.get(path) !== kind && !(isIgnoreFile(path) && !before.has(path))) return false;
  for (const path of before.keys()) if (!now.has(path)) return false;
  return true;
}

type Fits = (path: string, kind: PathKind) => boolean;

const fitting = new WeakMap<Paths, Map<Fits, readonly string[]>>();

/** Paths that fit, in the order of the snapshot; `fits` is asked once for each of a listing, and takes no ignore file. */
export function pathsFitting(snapshot: Pick<Snapshot, 'paths'>, fits: Fits): readonly string[] {
  const listing = sourceListing(snapshot);
  const own = fitting.get(listing) ?? new Map<Fits, readonly string[]>();
  fitting.set(listing, own);
  const known = own.get(fits) ?? [...listing].flatMap(([path, kind]) => (fits(path, kind) ? [path] : []));
  own.set(fits, known);
  return known;
}
