// Which files and folders stand in a repository.
import type { Snapshot } from '../model.ts';
import { folderAbove } from './repositoryPlace.ts';

const folders = new WeakMap<ReadonlyMap<string, unknown>, Set<string>>();

/** Does a file or a folder stand at this path of the repository? */
export function existsAt(path: string, snapshot: Snapshot): boolean {
  return snapshot.paths.has(path) || isFolder(path, snapshot);
}

export function isFolder(path: string, snapshot: Snapshot): boolean {
  let known = folders.get(snapshot.paths);
  if (known === undefined) {
    known = new Set(['']);
    for (const file of snapshot.paths.keys()) {
      for (let at = folderAbove(file); at !== '' && !known.has(at); at = folderAbove(at)) known.add(at);
    }
    folders.set(snapshot.paths, known);
  }
  return known.has(path);
}

/** Names of the files directly in a folder of the repository. */
export function filesIn(path: string, { paths }: Snapshot): string[] {
  const lead = path === '' ? '' : `${path}/`;
  return [...paths.keys()]
    .filter((path) => path.startsWith(lead) && !path.includes('/', lead.length))
    .map((path) => path.slice(lead.length));
}
