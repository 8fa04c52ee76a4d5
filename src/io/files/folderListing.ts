// Lists the files of a folder that git does not manage.

import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import type { PathKind } from '../../model.ts';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { locate } from './files.ts';

/** Names that are never content: git's own folder, packages, our journals and temporary files. */
const SKIPPED = /^(?:\.git|node_modules|\.pyvenv-fix-.*)$/;
const MOST_PATHS = 1_000_000;

export interface FolderListing {
  readonly paths: Map<string, PathKind>;
  /** Folders (latin1, '' for the root) in which a journal of ours stands. */
  readonly journals: readonly string[];
}

/**
 * Every file below `root` but those in `.git`, `node_modules` and virtual environments (folders with a pyvenv.cfg). Links are
 * listed, never followed; a folder that cannot be read is left out. Refuses more than a million paths.
 */
export function listFolder(root: string, journalName: string): FolderListing {
  const paths = new Map<string, PathKind>();
  const journals: string[] = [];
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = folderEntries(root, folder);
    if (folder !== '' && entries.some((entry) => entry.name === 'pyvenv.cfg')) continue;
    for (const entry of entries) {
      if (entry.name === journalName && entry.isDirectory()) journals.push(folder);
      if (SKIPPED.test(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) waiting.push(path);
      else paths.set(path, kindAt(root, path));
      if (paths.size > MOST_PATHS) {
        refuse({
          what: 'there are more than a million files here',
          where: bytesOf(root),
          next: 'name the folder of the project instead',
        });
      }
    }
  }
  return { paths: new Map([...paths].sort(([a], [b]) => (a < b ? -1 : 1))), journals };
}

/** What stands at a latin1 path now. */
export function kindAt(root: string, path: string): PathKind {
  try {
    const stat = lstatSync(locate(root, path));
    if (stat.isSymbolicLink()) return 'symlink';
    if (!stat.isFile()) return 'other';
    return stat.mode & 0o100 ? 'executable' : 'file';
  } catch {
    return 'other';
  }
}

function folderEntries(root: string, folder: string): Dirent<string>[] {
  try {
    return readdirSync(locate(root, folder), { withFileTypes: true, encoding: 'latin1' });
  } catch {
    return [];
  }
}
