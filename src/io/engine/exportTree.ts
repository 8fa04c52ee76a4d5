// Copies of a repository's tree in our own temporary folder: what builds read, and all that they ever read of the host.

import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { PathKind, Snapshot } from '../../model.ts';
import { isCleanPath } from '../../text/cleanPath.ts';
import { folderStand, locate, parentFolder } from '../files/files.ts';
import { type GitPlace, git, openPrivate } from '../worktree/git.ts';
import { KIND_OF_MODE, lazySnapshot } from '../worktree/worktree.ts';

export interface Export {
  /** Absolute. */
  readonly folder: string;
  readonly snapshot: Snapshot;
}

/**
 * Writes the tree of a commit into `folder` (made new). Git does it with a configuration of ours: line endings as the
 * repository's attributes ask, no filter program, links as links.
 */
export async function exportCommit(place: GitPlace, commit: string, folder: string): Promise<Export> {
  mkdirSync(folder);
  const own = openPrivate(place, { index: `${folder}.index`, within: dirname(folder) });
  try {
    await git(own.call, ['read-tree', commit]);
    await git(own.call, ['checkout-index', '-a', '-f', '-q', `--prefix=${folder}/`]);
    const paths = new Map<string, PathKind>();
    for (const line of (await git(own.call, ['ls-files', '-z', '-s'])).split('\0')) {
      const tab = line.indexOf('\t');
      if (tab > 0) paths.set(line.slice(tab + 1), KIND_OF_MODE[line.slice(0, 6)] ?? 'other');
    }
    return { folder, snapshot: lazySnapshot(folder, new Map([...paths].sort(([a], [b]) => (a < b ? -1 : 1)))) };
  } finally {
    own.close();
    rmSync(`${folder}.index`, { force: true });
  }
}

/** Copies the listed files and links of a folder that git does not manage. */
export function exportFolder(root: string, paths: ReadonlyMap<string, PathKind>, folder: string): Export {
  mkdirSync(folder);
  for (const [path, kind] of paths) {
    if (kind !== 'file' && kind !== 'executable' && kind !== 'symlink') continue;
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (folderStand(root, parent) !== 'folder') continue;
    const from = locate(root, path);
    const to = locate(folder, path);
    mkdirSync(locate(folder, parent), { recursive: true });
    const isLink = lstatSync(from, { throwIfNoEntry: false })?.isSymbolicLink();
    if (isLink === undefined || isLink !== (kind === 'symlink')) continue;
    if (isLink) symlinkSync(readlinkSync(from, { encoding: 'buffer' }), to);
    else copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
  return { folder, snapshot: lazySnapshot(folder, paths) };
}

/**
 * Writes files and links that come from no work tree into `folder` (made new). `content`: a file's bytes, or a link's target, as
 * latin1; what it has nothing for is left out, and so is what would lie outside or below a link.
 */
export async function exportContent(
  paths: ReadonlyMap<string, PathKind>,
  content: (path: string) => Promise<string | undefined> | string | undefined,
  folder: string,
): Promise<Export> {
  mkdirSync(folder);
  for (const [path, kind] of paths) {
    if (kind !== 'file' && kind !== 'executable' && kind !== 'symlink') continue;
    const text = isCleanPath(path) ? await content(path) : undefined;
    const stand = folderStand(folder, parentFolder(path));
    if (text === undefined || (stand !== 'folder' && stand !== 'absent')) continue;
    mkdirSync(locate(folder, parentFolder(path)), { recursive: true });
    const file = locate(folder, path);
    if (kind === 'symlink') symlinkSync(Buffer.from(text, 'latin1'), file);
    else writeFileSync(file, text, { encoding: 'latin1', mode: kind === 'executable' ? 0o755 : 0o644, flag: 'wx' });
  }
  return { folder, snapshot: lazySnapshot(folder, paths) };
}

/** Writes the texts that `after` has of `changed`; returns the export as it is now. */
export function overwrite({ folder }: Export, after: Snapshot, changed: readonly string[]): Export {
  for (const path of changed) {
    const text = after.read(path);
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (text === undefined || folderStand(folder, parent) === 'outside') continue;
    mkdirSync(locate(folder, parent), { recursive: true });
    const file = locate(folder, path);
    if (!lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) writeFileSync(file, text, 'latin1');
  }
  return { folder, snapshot: after };
}

/** Puts files and links below `path` of an export; whatever stands there already stays. */
export function plant(
  { folder }: Export,
  path: string,
  content: { readonly files: Readonly<Record<string, string>>; readonly links: Readonly<Record<string, string>> },
): void {
  const place = join(folder, Buffer.from(path, 'latin1').toString());
  if (existsSync(place) || folderStand(folder, path) !== 'absent') return;
  for (const [name, text] of Object.entries(content.files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  for (const [name, target] of Object.entries(content.links)) symlinkSync(target, join(place, name));
}

/** Absolute folder of `path`, or undefined where it is no plain folder inside the export. */
function folderIn({ folder }: Export, path: string): string | undefined {
  if (folderStand(folder, path) !== 'folder') return undefined;
  return path === '' ? folder : join(folder, Buffer.from(path, 'latin1').toString());
}

/**
 * As `folderIn`, for an engine that takes plain characters only: a folder with others in its path is reached by the link `link`
 * (absolute, nothing stands there yet).
 */
export function contextIn(of: Export, path: string, link: string): string | undefined {
  if (/^[ -~]*$/.test(path)) return folderIn(of, path);
  if (folderStand(of.folder, path) !== 'folder') return undefined;
  symlinkSync(locate(of.folder, path), link);
  return link;
}

/** Absolute plain file or folder at `path`, and which of both it is; undefined for links and what is not there. */
export function standIn(
  of: Export,
  path: string,
): { readonly at: string; readonly kind: 'file' | 'folder' } | undefined {
  const folder = folderIn(of, path);
  if (folder !== undefined) return { at: folder, kind: 'folder' };
  if (path === '' || folderStand(of.folder, path.slice(0, Math.max(0, path.lastIndexOf('/')))) !== 'folder')
    return undefined;
  const stat = lstatSync(locate(of.folder, path), { throwIfNoEntry: false });
  return stat?.isFile() ? { at: join(of.folder, Buffer.from(path, 'latin1').toString()), kind: 'file' } : undefined;
}

/** Changes the content of one file of the export, and returns what puts it back. */
export function changeContent(
  { folder }: Export,
  path: string,
  change: (text: string) => string,
): (() => void) | undefined {
  const stand = standIn({ folder, snapshot: { paths: new Map(), read: () => undefined } }, path);
  if (stand?.kind !== 'file') return undefined;
  const aside = `${folder}.aside`;
  copyFileSync(stand.at, aside);
  const { mode } = lstatSync(stand.at);
  const snapshot = lazySnapshot(folder, new Map([[path, 'file']]));
  writeFileSync(stand.at, change(snapshot.read(path) ?? ''), 'latin1');
  return () => {
    copyFileSync(aside, stand.at);
    chmodSync(stand.at, mode & 0o7777);
    rmSync(aside, { force: true });
  };
}

/** Writes the files of the probe into a new folder that every user of a container can read, and `records` that all can write. */
export function writeProbe(folder: string, module: string): void {
  mkdirSync(join(folder, 'records'), { recursive: true });
  writeFileSync(join(folder, 'sitecustomize.py'), module);
  chmodSync(join(folder, 'sitecustomize.py'), 0o644);
  chmodSync(join(folder, 'records'), 0o1777);
  chmodSync(folder, 0o755);
}
