// What stands in a git work tree: its paths, its texts, and how they differ from what is committed.

import { createHash } from 'node:crypto';
import type { PathKind, Snapshot } from '../../model.ts';
import { folderStand, parentFolder, readRegular } from '../files/files.ts';
import { kindAt } from '../files/folderListing.ts';
import { type GitPlace, git, gitNow, openPrivate } from './git.ts';
import { type GitSettings, type Head, readSettings } from './gitdir.ts';
import { refuseSpecialObjects, refuseSpecialRules } from './soundGitDir.ts';

/** A path's line in the index. */
export interface Entry {
  /** '100644', '100755', '120000' or '160000'. */
  readonly mode: string;
  readonly oid: string;
}

export interface GitListing {
  readonly paths: ReadonlyMap<string, PathKind>;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly untracked: ReadonlySet<string>;
}

/** Lists tracked and untracked paths, less what git ignores by its files and the user's; one git process. */
export async function listWorkTree(place: GitPlace): Promise<GitListing> {
  refuseSpecialRules(place.workTree);
  const own = openPrivate(place);
  try {
    const args = ['ls-files', '-z', '-t', '-s', '-c', '-d', '-o', '--exclude-standard'];
    return understandListing(place, await git(own.callWithUser, args));
  } finally {
    own.close();
  }
}

/** What git's modes of tree and index say. */
export const KIND_OF_MODE: Readonly<Record<string, PathKind>> = {
  '100644': 'file',
  '100755': 'executable',
  '120000': 'symlink',
  '160000': 'submodule',
};

function understandListing(place: GitPlace, listed: string): GitListing {
  const paths = new Map<string, PathKind>();
  const entries = new Map<string, Entry>();
  const untracked = new Set<string>();
  const deleted: string[] = [];
  for (const line of listed.split('\0')) {
    const tag = line[0];
    if (tag === undefined) continue;
    if (tag === '?') {
      const path = line.slice(2);
      // A folder here is a repository of its own.
      const kind = path.endsWith('/') ? 'submodule' : kindAt(place.workTree, path);
      paths.set(kind === 'submodule' ? path.slice(0, -1) : path, kind);
      if (kind !== 'submodule') untracked.add(path);
      continue;
    }
    const tab = line.indexOf('\t');
    const path = line.slice(tab + 1);
    const [mode = '', oid = ''] = line.slice(2, tab).split(' ');
    if (tag === 'R') deleted.push(path);
    else paths.set(path, KIND_OF_MODE[mode] ?? 'other');
    entries.set(path, { mode, oid });
  }
  for (const path of deleted) paths.delete(path);
  return { paths: new Map([...paths].sort(([a], [b]) => (a < b ? -1 : 1))), entries, untracked };
}

/**
 * The work tree as it stands; each file is read once, when asked for. A path that is not listed (git ignores it) is read all
 * the same if a regular file stands there, for it counts in a build; one inside another repository is not.
 */
export function lazySnapshot(root: string, paths: ReadonlyMap<string, PathKind>): Snapshot {
  const texts = new Map<string, string | undefined>();
  const folders = new Map<string, boolean>();
  const inside = (folder: string): boolean => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    let stands = folderStand(root, folder) === 'folder';
    for (let part = folder; part !== ''; part = parentFolder(part)) if (paths.get(part) === 'submodule') stands = false;
    folders.set(folder, stands);
    return stands;
  };
  return {
    paths,
    read: (path) => {
      if (texts.has(path)) return texts.get(path);
      const kind = paths.get(path);
      const readable = kind === undefined || kind === 'file' || kind === 'executable';
      const stand =
        readable && inside(parentFolder(path))
          ? readRegular(root, path, { parentChecked: true })
          : ('outside' as const);
      const text = typeof stand === 'object' ? stand.text : undefined;
      texts.set(path, text);
      return text;
    },
  };
}

/** The id that these bytes have as a blob, no filter applied. */
export function blobId(text: string, format: GitPlace['objectFormat']): string {
  return createHash(format).update(`blob ${text.length}\0`).update(text, 'latin1').digest('hex');
}

/** How the work tree differs from HEAD, by git's own reckoning but without any filter program. */
export interface TreeState {
  /** Tracked paths with uncommitted changes, and git's two letters for each (index, work tree). */
  readonly dirty: ReadonlyMap<string, string>;
  readonly settings: GitSettings;
}

/**
 * Asks git which tracked files have uncommitted changes (two or three processes). A file under a filter whose bytes are not
 * its blob's cannot be told without running the filter and does not count. Refuses where git cannot tell.
 */
export function readTreeState(place: GitPlace, head: Head | undefined): TreeState {
  refuseSpecialObjects(place);
  const settings = readSettings(place);
  const own = openPrivate(place, { settings: settings.checkout, ...(head && { head: head.commit }) });
  try {
    const args = [
      'status',
      '--porcelain=v1',
      '-z',
      '--untracked-files=no',
      '--ignore-submodules=dirty',
      '--no-renames',
    ];
    const dirty = new Map<string, string>();
    for (const line of gitNow(own.call, args).split('\0')) if (line !== '') dirty.set(line.slice(3), line.slice(0, 2));
    const modified = [...dirty].filter(([, letters]) => letters === ' M').map(([path]) => path);
    if (modified.length > 0) {
      const asked = ['check-attr', '-z', '--stdin', 'filter', 'ident', 'working-tree-encoding'];
      const answers = gitNow(own.call, asked, modified.map((path) => `${path}\0`).join('')).split('\0');
      for (let at = 0; at + 2 < answers.length; at += 3) {
        if (answers[at + 2] !== 'unspecified' && answers[at + 2] !== 'unset') dirty.delete(answers[at]!);
      }
    }
    return { dirty, settings };
  } finally {
    own.close();
  }
}
