// Puts the files of a journal in place, all or none, and settles what an interrupted run left.

import { refuse } from '../../text/userError.ts';
import type { Journal, JournalFile } from './deliveryJournal.ts';
import {
  type FileStand,
  folderStand,
  keepAside,
  locate,
  makeFolders,
  parentFolder,
  placeNew,
  placeOver,
  readRegular,
  removeEmptyFolder,
  removeFile,
  syncFolder,
  type Unread,
  writeNew,
} from './files.ts';

/** What `settleFiles` did; latin1 paths. */
export interface Settled {
  readonly restored: readonly string[];
  /** Neither ours nor the old bytes stand there: a person has changed them, and they stay. */
  readonly left: readonly string[];
}

/** Refuses, before anything is written, when a file is not as the plan found it. */
export function checkUntouched(root: string, files: readonly { path: string; before?: string }[]): void {
  for (const file of files) {
    const stand = readRegular(root, file.path);
    if (standText(stand) !== file.before || (stand !== 'absent' && typeof stand === 'string')) {
      refuse({ what: changedWords(stand, file), where: file.path, next: 'run again; or exclude this file' });
    }
  }
}

function changedWords(stand: FileStand | Unread, { before }: { before?: string }): string {
  if (stand === 'link' || stand === 'outside') return 'a symbolic link stands in the way';
  if (before === undefined) return 'a file that was to be created exists already';
  return stand === 'denied' ? 'the file cannot be read' : 'the file has changed while it was being fixed';
}

/**
 * Writes every new text beside its file first (so that a full disk changes nothing), then gives each its name in one step.
 * Throws in the middle when something fails; `settleFiles` puts it right.
 */
export function placeFiles(root: string, journal: Journal): void {
  for (const file of journal.files) stage(root, file);
  for (const file of journal.files) {
    checkUntouched(root, [file]);
    const target = locate(root, file.path);
    if (file.before === undefined) placeNew(temporary(root, file, 'new'), target);
    else placeOver(temporary(root, file, 'new'), target);
  }
  syncFolders(root, journal);
}

function stage(root: string, file: JournalFile): void {
  makeFolders(root, parentFolder(file.path));
  const stand = readRegular(root, file.path);
  const like = typeof stand === 'object' ? { like: stand } : {};
  writeNew(temporary(root, file, 'new'), { text: file.after, ...like });
  if (file.before !== undefined) keepAside(locate(root, file.path), temporary(root, file, 'old'));
}

/** Removes the temporary files; for when all is well. */
export function clearTemporaries(root: string, journal: Journal): void {
  for (const file of journal.files) {
    removeTemporary(root, file, 'new');
    removeTemporary(root, file, 'old');
  }
}

/**
 * Brings every file of the journal to its old bytes ('back') or its new ones ('forward'), as far as one of the two stands
 * there. Needs no space on the disk where the run had staged its files.
 */
export function settleFiles(root: string, journal: Journal, direction: 'back' | 'forward'): Settled {
  const restored: string[] = [];
  const left: string[] = [];
  for (const file of journal.files) {
    const wanted = direction === 'back' ? file.before : file.after;
    const other = direction === 'back' ? file.after : file.before;
    const stand = readRegular(root, file.path);
    const known = typeof stand === 'object' || stand === 'absent';
    const now = standText(stand);
    if (known && now === wanted) continue;
    if (!known || now !== other) {
      left.push(file.path);
      continue;
    }
    restoreOne(root, file, { wanted, direction, stand });
    restored.push(file.path);
  }
  clearTemporaries(root, journal);
  if (direction === 'back') removeNewFolders(root, journal);
  syncFolders(root, journal);
  return { restored, left };
}

interface Restoring {
  readonly wanted: string | undefined;
  readonly direction: 'back' | 'forward';
  readonly stand: FileStand | Unread;
}

function restoreOne(root: string, file: JournalFile, { wanted, direction, stand }: Restoring): void {
  const target = locate(root, file.path);
  if (wanted === undefined) {
    removeFile(target);
    return;
  }
  const kind = direction === 'back' ? 'old' : 'new';
  const staged = temporary(root, file, kind);
  if (standText(readRegular(root, temporaryPath(file, kind))) !== wanted) {
    makeFolders(root, parentFolder(file.path));
    removeTemporary(root, file, kind);
    writeNew(staged, typeof stand === 'object' ? { text: wanted, like: stand } : { text: wanted });
  }
  if (stand === 'absent') placeNew(staged, target);
  else placeOver(staged, target);
}

function standText(stand: FileStand | Unread): string | undefined {
  return typeof stand === 'object' ? stand.text : undefined;
}

function temporaryPath(file: Pick<JournalFile, 'path' | 'name'>, kind: 'new' | 'old'): string {
  const folder = parentFolder(file.path);
  return `${folder === '' ? '' : `${folder}/`}.pyvenv-fix-${file.name}.${kind}`;
}

function temporary(root: string, file: JournalFile, kind: 'new' | 'old'): Buffer {
  return locate(root, temporaryPath(file, kind));
}

function removeTemporary(root: string, file: JournalFile, kind: 'new' | 'old'): void {
  // `readRegular` looks at the folders above, so that a link put there meanwhile leads to no removal elsewhere.
  const stand = readRegular(root, temporaryPath(file, kind));
  if (typeof stand === 'object' || stand === 'large') removeFile(temporary(root, file, kind));
}

function removeNewFolders(root: string, journal: Journal): void {
  const folders = journal.files.flatMap((file) => file.folders ?? []);
  for (const folder of folders.sort().reverse()) {
    if (folderStand(root, folder) === 'folder') removeEmptyFolder(locate(root, folder));
  }
}

function syncFolders(root: string, journal: Journal): void {
  for (const folder of new Set(journal.files.map(({ path }) => parentFolder(path)))) syncFolder(locate(root, folder));
}
