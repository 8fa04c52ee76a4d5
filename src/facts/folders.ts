// Which files and folders stand in a repository.
import { grownFrom } from '../edit/overlay.ts';
import type { Snapshot } from '../model.ts';
import { folderAbove } from './repositoryPlace.ts';
import { sourceListing } from './sourcePaths.ts';

type Listing = Snapshot['paths'];

const folders = new WeakMap<Listing, Set<string>>();

/** Does a file or a folder stand at this path of the repository? */
export function existsAt(path: string, snapshot: Snapshot): boolean {
  return snapshot.paths.has(path) || isFolder(path, snapshot);
}

/** Does a folder stand there? */
export function isFolder(path: string, snapshot: Snapshot): boolean {
  const listing = sourceListing(snapshot);
  let known = folders.get(listing);
  if (known === undefined) {
    known = new Set(['']);
    for (const file of snapshot.paths.keys()) {
      for (let at = folderAbove(file); at !== '' && !known.has(at); at = folderAbove(at)) known.add(at);
    }
    folders.set(listing, known);
  }
  return known.has(path);
}

const names = new WeakMap<Listing, ReadonlySet<string>>();

/** Is any file of the repository, ignore files aside, called so? */
export function isFileName(name: string, snapshot: Snapshot): boolean {
  const listing = sourceListing(snapshot);
  const known = names.get(listing) ?? new Set([...listing.keys()].map((path) => path.slice(path.lastIndexOf('/') + 1)));
  names.set(listing, known);
  return known.has(name);
}

const sorted = new WeakMap<ReadonlyMap<string, unknown>, readonly string[]>();

function sortedPaths(paths: ReadonlyMap<string, unknown>): readonly string[] {
  const all = sorted.get(paths) ?? [...paths.keys()].sort((a, b) => (a < b ? -1 : 1));
  sorted.set(paths, all);
  return all;
}

/** Paths of all files below a folder ('' for the root), by their bytes. */
export function filesBelow(folder: string, { paths }: Pick<Snapshot, 'paths'>): readonly string[] {
  const { base, added } = grownFrom(paths) ?? { base: paths, added: [] };
  const found = sortedBelow(folder, sortedPaths(base));
  const more = added.flatMap((layer) => sortedBelow(folder, sortedPaths(layer)));
  return more.length === 0 ? found : [...found, ...more].sort((a, b) => (a < b ? -1 : 1));
}

function sortedBelow(folder: string, all: readonly string[]): readonly string[] {
  if (folder === '') return all;
  // the next character behind the slash
  return all.slice(firstNotBelow(all, `${folder}/`), firstNotBelow(all, `${folder}0`));
}

/** Index of the first path that does not come before `text`. */
function firstNotBelow(all: readonly string[], text: string): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Names of the files directly in a folder of the repository. */
export function filesIn(path: string, snapshot: Snapshot): string[] {
  const lead = path === '' ? 0 : path.length + 1;
  return filesBelow(path, snapshot)
    .filter((path) => !path.includes('/', lead))
    .map((path) => path.slice(lead));
}
