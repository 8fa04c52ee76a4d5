// Looks at a git directory before any git does: a FIFO or a device in it would hold git until its time is up.

import { type Dirent, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { readFileAt } from '../files/files.ts';

/** Of one work tree, and of all: files that git opens by name. */
const OWN = ['HEAD', 'index', 'config.worktree', 'commondir', 'gitdir', 'info/sparse-checkout'] as const;
const SHARED = [
  ...['config', 'packed-refs', 'shallow', 'info/exclude', 'info/attributes', 'info/grafts'],
  ...['objects/info/commit-graph', 'objects/info/packs'],
] as const;
/** git itself follows no more. */
const DEEPEST_ALTERNATES = 5;
const MOST_ENTRIES = 50_000;
const SMALL = 64 * 1024;

/** The two folders that `GitPlace` has: absolute. */
interface GitDirs {
  readonly gitDir: string;
  readonly commonDir: string;
}

/** Refuses a work tree (absolute folder) whose own rules git would wait for. */
export function refuseSpecialRules(workTree: string): void {
  for (const name of ['.gitignore', '.gitattributes', '.gitmodules']) {
    const path = join(workTree, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat && !stat.isFile() && !stat.isDirectory() && !stat.isSymbolicLink()) refuseAt(path);
  }
}

/** Refuses a git directory in which something that is no file stands where git reads one. */
export function refuseSpecialFiles({ gitDir, commonDir }: GitDirs): void {
  for (const name of OWN) refuseSpecial(join(gitDir, name));
  for (const name of SHARED) refuseSpecial(join(commonDir, name));
  for (const name of gitDirEntries(gitDir)) if (/^sharedindex\./.test(name)) refuseSpecial(join(gitDir, name));
  refuseBelow(join(commonDir, 'refs'));
  refuseInStore(join(commonDir, 'objects'), 0);
}

/** Where git writes; it follows links there. */
const WRITTEN = ['HEAD', 'index', 'logs', 'logs/HEAD'] as const;
const WRITTEN_SHARED = [
  ...['objects', 'objects/pack', 'objects/info', 'refs', 'refs/heads', 'packed-refs', 'logs/refs', 'logs/refs/heads'],
] as const;

/** A symbolic link (absolute path) by which what git writes would come to lie elsewhere; undefined where there is none. */
export function linkIn({ gitDir, commonDir }: GitDirs): string | undefined {
  const paths = [...WRITTEN.map((name) => join(gitDir, name)), ...WRITTEN_SHARED.map((name) => join(commonDir, name))];
  return paths.find((path) => {
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return false;
    // HEAD was once a link to a branch of its own.
    return path !== join(gitDir, 'HEAD') || !/^refs\/(?!.*\.\.)/.test(readlinkSync(path));
  });
}

export const LINK_IN = 'a symbolic link stands in its git directory';

/** As `refuseSpecialFiles` for the objects: for whoever is about to read some of them. */
export function refuseSpecialObjects({ commonDir }: GitDirs): void {
  refuseBelow(join(commonDir, 'objects'));
}

function refuseInStore(objects: string, depth: number): void {
  const alternates = join(objects, 'info/alternates');
  refuseSpecial(alternates);
  for (const name of gitDirEntries(join(objects, 'pack'))) refuseSpecial(join(objects, 'pack', name));
  const read = depth < DEEPEST_ALTERNATES ? readFileAt(alternates, SMALL) : 'absent';
  if (typeof read !== 'object') return;
  for (const line of read.text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    refuseInStore(resolve(objects, Buffer.from(line, 'latin1').toString()), depth + 1);
  }
}

function refuseSpecial(path: string): void {
  // A link is followed, as git does.
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile() && !stat.isDirectory()) refuseAt(path);
}

/** Everything in the folder, however deep. */
function refuseBelow(folder: string): void {
  const waiting = [folder];
  for (let seen = 0; waiting.length > 0 && seen < MOST_ENTRIES; ) {
    const at = waiting.pop()!;
    for (const entry of direntsOf(at)) {
      seen++;
      const path = join(at, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (entry.isSymbolicLink()) refuseSpecial(path);
      else if (!entry.isFile() && lstatSync(path, { throwIfNoEntry: false })) refuseAt(path);
    }
  }
}

const gitDirEntries = (folder: string): string[] => direntsOf(folder).map(({ name }) => name);

function direntsOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // Absent, or closed to us: then git will say so.
    return [];
  }
}

function refuseAt(path: string): never {
  return refuse({
    what: 'a FIFO or a device stands where git reads a file, and git would wait for it without end',
    where: bytesOf(path),
    next: 'look at what it is and remove it, or use --no-branch on a copy without .git',
  });
}
