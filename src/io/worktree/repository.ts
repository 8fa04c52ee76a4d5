// Opens what PATH names: a git work tree (or a folder of it, or one file) or a plain folder, as it stands on the disk.

import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PathKind, Snapshot } from '../../model.ts';
import { isDockerName } from '../../text/dockerNames.ts';
import { bytesOf } from '../../text/latin1.ts';
import { type Refusal, refuse } from '../../text/userError.ts';
import { journalStands } from '../files/deliveryJournal.ts';
import { codeOf } from '../files/files.ts';
import { listFolder } from '../files/folderListing.ts';
import { GIT_JOURNAL, PLAIN_JOURNAL, plainJournalAbove, recover } from '../files/recovery.ts';
import type { GitPlace, ProcessEnvironment } from './git.ts';
import {
  findGitPlace,
  type Head,
  isIndexLocked,
  mayMoveWorkTree,
  operationUnderWay,
  readHead,
  readSettings,
} from './gitdir.ts';
import { LINK_IN, linkIn } from './soundGitDir.ts';
import { blobId, type Entry, lazySnapshot, listWorkTree, readTreeState, type TreeState } from './worktree.ts';

export interface OpenOptions {
  /** The run may write: an earlier run's journal is put right first. Without it the journal is only reported. */
  readonly write: boolean;
  /** The user's environment (`process.env`). */
  readonly env: ProcessEnvironment;
}

interface OpenedCommon {
  /** Absolute, no links in it; as the system's calls take it (not latin1). */
  readonly root: string;
  /** The folder that PATH names; '' is the root. Only what lies in it may be fixed, the rest is read. */
  readonly prefix: string;
  /** The file that PATH names, when it names one: then only it may be fixed. */
  readonly only?: string;
  readonly snapshot: Snapshot;
  /** Files that git neither tracks nor ignores; empty outside git. */
  readonly untracked: ReadonlySet<string>;
  /** Docker files that must be left alone, and why; `whySkipped` knows about any other path. */
  readonly skippedFiles: readonly { readonly path: string; readonly why: string }[];
  /** What the user should be told, one sentence each; latin1. */
  readonly notices: readonly string[];
  /** Absolute folder of the journal. */
  readonly journal: string;
  /** True for paths that PATH covers. */
  within(path: string): boolean;
  /** Why this file must not be edited, one sentence; undefined when it may. */
  whySkipped(path: string): string | undefined;
}

export interface OpenedWorkTree extends OpenedCommon {
  readonly kind: 'git';
  readonly git: OpenedGit;
  /** Absent before the first commit. */
  readonly head?: Head;
  /** Why no branch can be cut here; absent where `deliverInPlace` may try. */
  readonly inPlaceRefusal?: Refusal;
}

export interface OpenedFolder extends OpenedCommon {
  readonly kind: 'plain';
  readonly git?: undefined;
  readonly head?: undefined;
  readonly inPlaceRefusal: Refusal;
}

/** A repository or folder, read but not changed. Paths are latin1 and relative to `root`. */
export type Opened = OpenedWorkTree | OpenedFolder;

export interface OpenedGit {
  readonly place: GitPlace;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Asked of git on first use. */
  state(): TreeState;
}

/**
 * Opens `path` (absolute, or relative to the working directory; a folder or a file). Refuses (`refusalOf`) what cannot be
 * read at all: nothing there, a link to a file, a special file, a bare repository, a work tree whose git data is broken.
 */
export async function openRepository(path: string, options: OpenOptions): Promise<Opened> {
  const named = findNamed(path);
  const place = findGitPlace(named.folder, options.env);
  if (!place) return openPlain(named, options);
  const moved = mayMoveWorkTree(place) ? movedElsewhere(place) : undefined;
  // git's index speaks of another folder then.
  if (moved) return { ...(await openPlain(named, options)), inPlaceRefusal: moved };
  return openGit(named, place, options);
}

interface NamedPath {
  /** Absolute and real. */
  readonly folder: string;
  /** Latin1 name of the file in it, if PATH is one. */
  readonly file?: string;
}

function findNamed(path: string): NamedPath {
  const next = 'name a folder or a regular file';
  let real: Buffer;
  try {
    const stat = statSync(path);
    if (!stat.isDirectory() && !stat.isFile())
      refuse({ what: 'this is neither a folder nor a regular file', where: bytesOf(path), next });
    if (stat.isFile() && lstatSync(path).isSymbolicLink()) {
      refuse({ what: 'this is a symbolic link', where: bytesOf(path), next: 'name the file it leads to' });
    }
    real = realpathSync.native(path, { encoding: 'buffer' });
    if (stat.isDirectory()) return { folder: utf8(real, path) };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      refuse({ what: 'there is nothing at this path', where: bytesOf(path), next });
    if (code === 'EACCES' || code === 'ELOOP') refuse({ what: 'this path cannot be read', where: bytesOf(path), next });
    throw error;
  }
  const slash = real.lastIndexOf(0x2f);
  return { folder: utf8(real.subarray(0, Math.max(1, slash)), path), file: real.toString('latin1', slash + 1) };
}

/** Folder names go to git and to the system as text. */
function utf8(bytes: Buffer, path: string): string {
  const text = bytes.toString();
  if (Buffer.from(text).equals(bytes)) return text;
  return refuse({ what: 'a folder name on the way is not UTF-8', where: bytesOf(path), next: 'rename that folder' });
}

function movedElsewhere(place: GitPlace): Refusal | undefined {
  const { bare, foreignWorkTree } = readSettings(place);
  if (foreignWorkTree !== undefined) {
    const next = 'use --no-branch, or unset core.worktree';
    return {
      what: 'core.worktree moves the work tree of this repository elsewhere',
      where: bytesOf(foreignWorkTree),
      next,
    };
  }
  if (!bare) return undefined;
  return { what: 'core.bare says that this repository has no work tree', next: 'use --no-branch, or unset core.bare' };
}

async function openPlain(named: NamedPath, options: OpenOptions): Promise<OpenedFolder> {
  const root = named.folder;
  const notices = await earlierRun({ root: plainJournalAbove(root) ?? root }, options);
  const first = listFolder(root, PLAIN_JOURNAL);
  for (const folder of first.journals) {
    if (folder !== '')
      notices.push(...(await earlierRun({ root: join(root, Buffer.from(folder, 'latin1').toString()) }, options)));
  }
  const { paths } = options.write && notices.length > 0 ? listFolder(root, PLAIN_JOURNAL) : first;
  return {
    ...opened(named, { root, paths, prefix: '' }),
    kind: 'plain',
    untracked: new Set(),
    skippedFiles: [],
    notices,
    journal: join(root, PLAIN_JOURNAL),
    inPlaceRefusal: { what: 'this is not a git repository', where: bytesOf(root), next: 'use --no-branch' },
    whySkipped: () => undefined,
  };
}

async function openGit(named: NamedPath, place: GitPlace, options: OpenOptions): Promise<OpenedWorkTree> {
  const root = place.workTree;
  const notices = await earlierRun({ root, place }, options);
  const head = readHead(place);
  const { paths, entries, untracked } = await listWorkTree(place);
  const below = root === '/' ? named.folder.slice(1) : named.folder.slice(root.length + 1);
  const prefix = Buffer.from(below).toString('latin1');
  const base = opened(named, { root, paths, prefix });
  let state: TreeState | undefined;
  const git: OpenedGit = {
    place,
    entries,
    state: () => {
      state ??= readTreeState(place, head);
      return state;
    },
  };
  const whySkipped = (path: string) => reasonToSkip({ snapshot: base.snapshot, git, path, untracked });
  const left: { path: string; why: string }[] = [];
  for (const path of paths.keys()) {
    if (!isDockerName(path) || !base.within(path)) continue;
    const why = whySkipped(path);
    if (why !== undefined) left.push({ path, why });
  }
  if (prefix !== '' && ![...paths.keys()].some(base.within)) notices.push('git ignores everything at this path');
  const refusal = inPlaceRefusal(place, head);
  return {
    ...base,
    kind: 'git',
    untracked,
    skippedFiles: left,
    notices,
    git,
    whySkipped,
    journal: join(place.gitDir, GIT_JOURNAL),
    ...(head && { head }),
    ...(refusal && { inPlaceRefusal: refusal }),
  };
}

function opened(named: NamedPath, found: { root: string; prefix: string; paths: ReadonlyMap<string, PathKind> }) {
  const { root, prefix, paths } = found;
  const start = prefix === '' ? '' : `${prefix}/`;
  const only = named.file === undefined ? undefined : start + named.file;
  return {
    root,
    prefix,
    snapshot: lazySnapshot(root, paths),
    within: (path: string) => (only === undefined ? path.startsWith(start) : path === only),
    ...(only !== undefined && { only }),
  };
}

interface Question {
  readonly snapshot: Snapshot;
  readonly git: OpenedGit;
  readonly path: string;
  readonly untracked: ReadonlySet<string>;
}

function reasonToSkip({ snapshot, git, path, untracked }: Question): string | undefined {
  const text = snapshot.read(path);
  if (text === undefined || untracked.has(path)) return undefined;
  const entry = git.entries.get(path);
  if (!entry) return 'git ignores this file';
  if (blobId(text, git.place.objectFormat) === entry.oid) return undefined;
  if (git.state().dirty.has(path)) return undefined;
  return 'its bytes in the work tree are not the committed ones (line-ending conversion or a filter)';
}

function inPlaceRefusal(place: GitPlace, head: Head | undefined): Refusal | undefined {
  const where = bytesOf(place.workTree);
  const otherwise = 'or use --no-branch';
  if (!head) return { what: 'the repository has no commit yet', where, next: `make a first commit, ${otherwise}` };
  const link = linkIn(place);
  if (link !== undefined) {
    return { what: LINK_IN, where: bytesOf(link), next: `put a folder or file of its own there, ${otherwise}` };
  }
  const operation = operationUnderWay(place);
  if (operation) return { what: `${operation} is under way`, where, next: `finish or abort it, ${otherwise}` };
  if (isIndexLocked(place)) {
    const next = `wait for the other git to end (or delete the file if none runs), ${otherwise}`;
    return { what: 'another git process holds the index', where: bytesOf(join(place.gitDir, 'index.lock')), next };
  }
  return undefined;
}

/** Puts an earlier run right, or only says that there is something to put right. */
async function earlierRun(at: { root: string; place?: GitPlace }, options: OpenOptions): Promise<string[]> {
  if (options.write) return recover(at.root, at.place);
  const folder = at.place ? join(at.place.gitDir, GIT_JOURNAL) : join(at.root, PLAIN_JOURNAL);
  if (!journalStands(folder)) return [];
  return [`an earlier run did not end; the next run that writes will put ${bytesOf(dirname(folder))} right`];
}
