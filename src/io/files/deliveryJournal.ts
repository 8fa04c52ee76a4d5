// The journal of one delivery: what is about to change, with copies, on disk before the first byte changes.

import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isCleanPath } from '../../text/cleanPath.ts';
import { readJson } from '../../text/json.ts';
import { bytesOf } from '../../text/latin1.ts';
import { isRecord } from '../../text/unknownRecord.ts';
import { refuse } from '../../text/userError.ts';
import { codeOf, entryNames, randomName, readFileAt, removeFile, syncFolder, writeNew } from './files.ts';
import { mayLive, ownToken } from './owner.ts';

/** One file to write; texts are latin1, `before` is absent for a file that does not exist yet. */
export interface PlannedFile {
  readonly path: string;
  readonly before?: string;
  readonly after: string;
  /** Folders that have to be made for it, outermost first. */
  readonly folders?: readonly string[];
}

/** The move to a new branch that goes with the files; ids are hexadecimal. */
export interface PlannedSwitch {
  /** Full name, `refs/heads/...`, latin1. */
  readonly branch: string;
  readonly commit: string;
  /** Commit that HEAD was at. */
  readonly base: string;
  /** Ref that HEAD named; absent when it was detached. */
  readonly head?: string;
  readonly entries: readonly IndexEntry[];
}

/** One changed line of the index; `before` is absent for a new path. */
export interface IndexEntry {
  readonly path: string;
  readonly mode: '100644' | '100755';
  readonly before?: string;
  readonly after: string;
}

export interface JournalFile extends PlannedFile {
  /** 12 hexadecimal digits in the names of its temporary files. */
  readonly name: string;
}

export interface Journal {
  /** Absolute path of the journal's folder. */
  readonly folder: string;
  readonly files: readonly JournalFile[];
  readonly move?: PlannedSwitch;
}

export interface StandingJournal extends Journal {
  /** Everything was written before the end came. */
  readonly done: boolean;
  /** The run that wrote it may still be at work. */
  readonly alive: boolean;
}

const MANIFEST = 'journal.json';
const PENDING = 'pending';
const LARGEST_MANIFEST = 64 * 1024 * 1024;
const LARGEST_COPY = 1024 * 1024 * 1024;

/**
 * Writes the journal with copies of every file, old and new, and forces it to the disk; it appears under its name in one
 * step. Refuses when another run's journal stands there; throws the system's error (ENOSPC), and then nothing stands.
 */
export function beginJournal(folder: string, files: readonly PlannedFile[], move?: PlannedSwitch): Journal {
  const named = files.map((file) => ({ ...file, name: randomName() }));
  const owner = ownToken();
  const prepared = `${folder}.${owner}-${randomName()}`;
  mkdirSync(prepared, { mode: 0o700 });
  try {
    named.forEach(({ before, after }, at) => {
      if (before !== undefined) writeNew(join(prepared, `${at}.before`), { text: before });
      writeNew(join(prepared, `${at}.after`), { text: after });
    });
    writeNew(join(prepared, PENDING), { text: '' });
    const listed = named.map(({ path, name, before, folders }) => ({
      path,
      name,
      isNew: before === undefined,
      folders,
    }));
    const text = JSON.stringify({ version: 1, owner, files: listed, ...(move && { move }) });
    writeNew(join(prepared, MANIFEST), { text: `${text}\n` });
    syncFolder(prepared);
    renameSync(prepared, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    rmSync(prepared, { recursive: true, force: true });
    const code = codeOf(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') refuseBusy(folder);
    throw error;
  }
  return move ? { folder, files: named, move } : { folder, files: named };
}

/** Says that another run is at work here. */
export function refuseBusy(folder: string): never {
  return refuse({
    what: 'another run of pyvenv-fix is writing here',
    where: bytesOf(folder),
    next: 'wait until it has ended, then run again',
  });
}

/** From here on the next run would go forward. */
export function markDone(journal: Journal): void {
  removeFile(join(journal.folder, PENDING));
  syncFolder(journal.folder);
}

/** Takes the journal away: out of its name in one step, then in peace. */
export function endJournal(journal: Journal): void {
  const gone = `${journal.folder}.${ownToken()}-${randomName()}`;
  renameSync(journal.folder, gone);
  syncFolder(dirname(journal.folder));
  rmSync(gone, { recursive: true, force: true });
}

/** True when a journal stands; nothing of it is read. */
export function journalStands(folder: string): boolean {
  return statSync(join(folder, MANIFEST), { throwIfNoEntry: false }) !== undefined;
}

/**
 * The journal that stands in `folder`, its copies read; undefined when none does. Also clears what runs that died while
 * preparing or ending theirs left beside it. Refuses one that belongs to another user or cannot be understood.
 */
export function readDeliveryJournal(folder: string): StandingJournal | undefined {
  clearLeftovers(folder);
  const manifest = readFileAt(join(folder, MANIFEST), LARGEST_MANIFEST);
  if (manifest === 'absent') return undefined;
  const stand =
    typeof manifest === 'object' && manifest.uid === ownUid() ? understand(folder, manifest.text) : undefined;
  return (
    stand ??
    refuse({
      what: 'the journal of an earlier run stands here, and it is another user’s or damaged',
      where: bytesOf(folder),
      next: 'run as that user; or, if the files are as you want them, delete this folder',
    })
  );
}

function understand(folder: string, text: string): StandingJournal | undefined {
  const data = readJson(text);
  if (!isRecord(data) || data.version !== 1 || typeof data.owner !== 'string' || !Array.isArray(data.files))
    return undefined;
  const files: JournalFile[] = [];
  for (const [at, file] of data.files.entries()) {
    if (!isRecord(file) || !isPath(file.path)) return undefined;
    if (typeof file.name !== 'string' || !/^[0-9a-f]{12}$/.test(file.name)) return undefined;
    const before = file.isNew === true ? undefined : copyAt(folder, `${at}.before`);
    const after = copyAt(folder, `${at}.after`);
    if (after === undefined || (before === undefined && file.isNew !== true)) return undefined;
    const folders = Array.isArray(file.folders) ? file.folders.filter((folder) => typeof folder === 'string') : [];
    const path = file.path;
    if (!folders.every((folder) => path.startsWith(`${folder}/`))) return undefined;
    const common = { path, name: file.name, after, folders };
    files.push(before === undefined ? common : { ...common, before });
  }
  const done = !statSync(join(folder, PENDING), { throwIfNoEntry: false });
  const alive = mayLive(data.owner, folder);
  if (data.move === undefined) return { folder, files, done, alive };
  const move = moveFrom(data.move);
  return move && { folder, files, done, alive, move };
}

function copyAt(folder: string, name: string): string | undefined {
  const read = readFileAt(join(folder, name), LARGEST_COPY);
  return typeof read === 'object' ? read.text : undefined;
}

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

function moveFrom(data: unknown): PlannedSwitch | undefined {
  if (!isRecord(data) || !isRef(data.branch) || !isJournalId(data.commit) || !isJournalId(data.base)) return undefined;
  if (!Array.isArray(data.entries)) return undefined;
  const entries: IndexEntry[] = [];
  for (const entry of data.entries) {
    if (!isRecord(entry) || !isPath(entry.path)) return undefined;
    if ((entry.mode !== '100644' && entry.mode !== '100755') || !isJournalId(entry.after)) return undefined;
    const common = { path: entry.path, mode: entry.mode, after: entry.after } as const;
    if (entry.before === undefined) entries.push(common);
    else if (isJournalId(entry.before)) entries.push({ ...common, before: entry.before });
    else return undefined;
  }
  const move = { branch: data.branch, commit: data.commit, base: data.base, entries };
  if (data.head === undefined) return move;
  return isRef(data.head) ? { ...move, head: data.head } : undefined;
}

function isPath(value: unknown): value is string {
  return typeof value === 'string' && isCleanPath(value);
}

function isJournalId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

function isRef(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('refs/') && isCleanPath(value);
}

function clearLeftovers(folder: string): void {
  const start = `${basename(folder)}.`;
  for (const name of entryNames(dirname(folder))) {
    const leftover = join(dirname(folder), name);
    const token = name.startsWith(start) ? /^(.+)-[0-9a-f]{12}$/.exec(name.slice(start.length))?.[1] : undefined;
    if (token !== undefined && !mayLive(token, leftover)) rmSync(leftover, { recursive: true, force: true });
  }
}

/** Asked of the file system: the system's user list may not know us inside a container. */
function ownUid(): number {
  const probe = mkdtempSync(join(tmpdir(), 'pyvenv-fix-'));
  const { uid } = statSync(probe);
  rmdirSync(probe);
  return uid;
}
