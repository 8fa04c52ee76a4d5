// Reads and writes single files below a root without ever following a symbolic link or leaving the root.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { isCleanPath } from '../../text/cleanPath.ts';

/** Bytes; a larger file is not read. */
export const LARGEST_FILE = 12 * 1024 * 1024;

/** Why nothing was read at a path. */
export type Unread = 'absent' | 'link' | 'special' | 'large' | 'denied' | 'outside';

export interface FileStand {
  readonly text: string;
  /** Permission bits only. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The bytes of a latin1 repository path below the absolute `root`, for the system's calls. */
export function locate(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(root === '/' ? '' : root), Buffer.from(path === '' ? '' : `/${path}`, 'latin1')]);
}

/** The folder part of a latin1 path; '' for a path at the root. */
export function parentFolder(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export type FolderStand = 'folder' | 'absent' | 'outside' | 'denied';

/** What stands at a folder path: 'outside' when it or a folder above it (below the root) is a link or no folder at all. */
export function folderStand(root: string, folder: string): FolderStand {
  if (folder === '') return 'folder';
  if (!isCleanPath(folder)) return 'outside';
  for (let end = folder.indexOf('/'); ; end = folder.indexOf('/', end + 1)) {
    try {
      const part = end < 0 ? folder : folder.slice(0, end);
      if (!lstatSync(locate(root, part)).isDirectory()) return 'outside';
    } catch (error) {
      const code = codeOf(error);
      return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'denied';
    }
    if (end < 0) return 'folder';
  }
}

/**
 * The file at a latin1 path below `root`, or why it was not read. A link, device, FIFO, socket or folder is never opened.
 * `parentChecked` leaves the look at the folders above out, for a caller that did it already.
 */
export function readRegular(root: string, path: string, options: { parentChecked?: true } = {}): FileStand | Unread {
  if (!isCleanPath(path)) return 'outside';
  if (!options.parentChecked) {
    const parent = folderStand(root, parentFolder(path));
    if (parent !== 'folder') return parent;
  }
  return readFileAt(locate(root, path), LARGEST_FILE);
}

/** As `readRegular`, for an absolute path whose folders are trusted (a git directory, a journal). */
export function readFileAt(file: Buffer | string, largest: number): FileStand | Unread {
  let descriptor: number;
  try {
    const seen = lstatSync(file);
    if (seen.isSymbolicLink()) return 'link';
    if (!seen.isFile()) return 'special';
    if (seen.size > largest) return 'large';
    // O_NONBLOCK: a FIFO put there since then must not hold us.
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ELOOP') return 'link';
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'absent' : 'denied';
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return 'special';
    const bytes = Buffer.allocUnsafe(Math.min(stat.size, largest) + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    if (length === bytes.length) return 'large';
    return { text: bytes.toString('latin1', 0, length), mode: stat.mode & 0o777, uid: stat.uid, gid: stat.gid };
  } catch {
    return 'denied';
  } finally {
    closeSync(descriptor);
  }
}

export interface NewFile {
  readonly text: string;
  /** The file whose mode and owner it takes over. */
  readonly like?: Pick<FileStand, 'mode' | 'uid' | 'gid'>;
}

/**
 * Writes a file that does not exist yet and forces it to the disk. With `like` it gets that mode and, where allowed, that
 * owner; without, 0644 less the umask. Throws the system's error (EEXIST, ENOSPC, EACCES); then nothing is left behind.
 */
export function writeNew(file: Buffer | string, { text, like }: NewFile): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const descriptor = openSync(file, flags, like ? 0o600 : 0o644);
  try {
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    if (like) {
      keepOwner(descriptor, like);
      fchmodSync(descriptor, like.mode);
    }
    fsyncSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    removeFile(file);
    throw error;
  }
  closeSync(descriptor);
}

function keepOwner(descriptor: number, { uid, gid }: { uid: number; gid: number }): void {
  const own = fstatSync(descriptor);
  if (own.uid === uid && own.gid === gid) return;
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Only root may give files away; the file is then ours, as it is after any editor's save.
  }
}

/** A second name for the file, so that a later rename can put it back without needing space; a copy where links are not to be had. */
export function keepAside(file: Buffer, aside: Buffer): void {
  try {
    linkSync(file, aside);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    copyFileSync(file, aside, constants.COPYFILE_EXCL);
  }
}

/** Gives `staged` the name `file`, which must not exist: throws EEXIST rather than replace anything. */
export function placeNew(staged: Buffer, file: Buffer): void {
  try {
    linkSync(staged, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || lstatSync(file, { throwIfNoEntry: false })) throw error;
    // No hard links here: a rename never leaves half a file.
    renameSync(staged, file);
  }
  removeFile(staged);
}

/** Gives `staged` the name `file` in one step, whatever stood there. */
export function placeOver(staged: Buffer, file: Buffer): void {
  renameSync(staged, file);
}

/** Removes a file or link if it stands; an error other than its absence is passed on. */
export function removeFile(file: Buffer | string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
  }
}

/** Removes a folder if it is empty; anything else leaves it. */
export function removeEmptyFolder(folder: Buffer | string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, not there, not ours: it stays.
  }
}

/** The paths of `folder` and the folders above it that do not exist, outermost first. */
export function missingFolders(root: string, folder: string): string[] {
  const missing: string[] = [];
  for (let part = folder; folderStand(root, part) === 'absent'; part = parentFolder(part)) missing.unshift(part);
  return missing;
}

/** Makes the folders that `folder` lacks; throws where a link or a file is in the way. */
export function makeFolders(root: string, folder: string): void {
  for (const part of missingFolders(root, folder)) mkdirSync(locate(root, part));
  if (folderStand(root, folder) !== 'folder') throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' });
}

/** Forces a folder's entries to the disk; best effort, since some file systems cannot. */
export function syncFolder(folder: Buffer | string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    fsyncSync(descriptor);
  } catch {
    // The names are then as safe as this file system makes them.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** 12 hexadecimal digits that nobody can foresee, for temporary names. */
export function randomName(): string {
  return randomBytes(6).toString('hex');
}

/** The system's error code ('ENOENT'), or undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What stands in a folder of the system, by name; nothing where it cannot be read. */
export function entryNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
