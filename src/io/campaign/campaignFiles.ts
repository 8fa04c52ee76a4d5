// The journal file of a campaign: lines that are only added, forced to the disk in batches, and now and then condensed.

import { closeSync, constants, fsyncSync, openSync, renameSync, truncateSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { codeOf, removeFile, syncFolder } from '../files/files.ts';
import { type ScannedLine, scanLines } from './campaignScan.ts';

export { defaultCampaignFolder, lockCampaign, makeCampaignFolder } from './campaignLock.ts';
export type { ScannedLine } from './campaignScan.ts';

const NAME = 'journal.jsonl';

/** A campaign's lines, open for writing; the folder's lock must be held meanwhile. */
export interface Lines {
  /** Bytes of a torn end that were cut off when it was opened. */
  readonly repaired: number;
  /**
   * Adds a line. Resolves when it is on the disk: before that it does not count. All lines that come while the disk is busy share the
   * next write. Rejects with a refusal where the disk is full or broken; then the file ends before this line, and all later
   * ones are refused the same way.
   */
  append(value: Readonly<Record<string, unknown>>): Promise<void>;
  /** Reads all lines that count, from the start; no `append` may be under way. */
  each(onLine: (line: ScannedLine) => void): void;
  /**
   * Puts in the place of the whole file, in one step, the lines whose `start` is kept, in their order; no `append` may be under way.
   * Where the disk has no room for it everything stays as it was.
   */
  condense(keep: { has(start: number): boolean }): Promise<void>;
  /** Once all that was added is on the disk. */
  close(): Promise<void>;
}

/**
 * Calls `onLine` for each line of the journal in `folder`. Returns what names the file itself (offsets of another one are others);
 * undefined where there is none. Takes no lock and repairs nothing.
 */
export function readLines(folder: string, onLine: (line: ScannedLine) => void): string | undefined {
  return scanLines(join(folder, NAME), onLine)?.identity;
}

/**
 * Opens the journal in `folder` for writing, made where there is none, a torn end cut off, and calls `onLine` for each line. Refuses
 * as `scanLines` does, and where it cannot be written.
 */
export async function openLines(folder: string, onLine: (line: ScannedLine) => void): Promise<Lines> {
  const file = join(folder, NAME);
  // Left where a run was killed while it condensed.
  removeFile(`${file}.new`);
  const scanned = scanLines(file, onLine);
  const repaired = scanned ? scanned.size - scanned.good : 0;
  if (scanned && repaired > 0) truncateSync(file, scanned.good);
  let handle = await openEnd(file);
  if (repaired > 0) await handle.datasync();
  syncFolder(folder);
  const appender = createAppender(file, scanned?.good ?? 0, () => handle);

  async function condense(keep: { has(start: number): boolean }): Promise<void> {
    const size = writeKept(file, keep);
    if (size === undefined) return;
    await handle.close();
    handle = await openEnd(file);
    appender.startFrom(size);
  }

  return {
    repaired,
    append: appender.append,
    each: (each) => void scanLines(file, each),
    condense,
    async close() {
      await appender.settled();
      await handle.close();
    },
  };
}

async function openEnd(file: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  try {
    return await open(file, flags, 0o600);
  } catch (error) {
    return refuseWrite(file, error);
  }
}

function refuseWrite(file: string, error: unknown): never {
  const code = codeOf(error);
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return refuse({
    what: full ? 'the disk with the journal is full' : `the journal cannot be written (${code ?? String(error)})`,
    where: bytesOf(file),
    next: `${full ? 'make room' : 'put that right'}, then run the same command again: it goes on where it stood`,
  });
}

interface WaitingWrite {
  readonly bytes: Buffer;
  resolve(): void;
  reject(error: unknown): void;
}

function createAppender(file: string, length: number, handle: () => FileHandle) {
  let size = length;
  let waiting: WaitingWrite[] = [];
  let busy = false;
  let draining = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  async function writeAll(batch: readonly WaitingWrite[]): Promise<void> {
    const bytes = Buffer.concat(batch.map((one) => one.bytes));
    for (let at = 0; at < bytes.length; ) at += (await handle().write(bytes, at)).bytesWritten;
    await handle().datasync();
    size += bytes.length;
  }

  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      if (!failure) await writeAll(batch).catch(fail);
      for (const one of batch) {
        if (failure) one.reject(failure.error);
        else one.resolve();
      }
    }
    busy = false;
  }

  async function fail(cause: unknown): Promise<void> {
    // Needs no room; where it fails too, the next run cuts the torn end off.
    await handle()
      .truncate(size)
      .catch(() => undefined);
    try {
      refuseWrite(file, cause);
    } catch (error) {
      failure = { error };
    }
  }

  return {
    append(value: Readonly<Record<string, unknown>>): Promise<void> {
      return new Promise((resolve, reject) => {
        waiting.push({ bytes: Buffer.from(`${JSON.stringify(value)}\n`), resolve, reject });
        if (!busy) draining = drain();
      });
    },
    startFrom(length: number): void {
      size = length;
    },
    settled: () => draining,
  };
}

/** Size of the new file; undefined where there is no room for it, and nothing has changed. */
function writeKept(file: string, keep: { has(start: number): boolean }): number | undefined {
  const staged = `${file}.new`;
  let size = 0;
  try {
    const descriptor = openSync(staged, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      const parts: Buffer[] = [];
      let gathered = 0;
      const flush = (): void => {
        const bytes = Buffer.concat(parts.splice(0));
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
        size += bytes.length;
        gathered = 0;
      };
      scanLines(file, ({ start, bytes }) => {
        if (!keep.has(start)) return;
        parts.push(Buffer.from(bytes), Buffer.from('\n'));
        gathered += bytes.length + 1;
        if (gathered > 1024 * 1024) flush();
      });
      flush();
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(staged, file);
  } catch (error) {
    removeFile(staged);
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
  syncFolder(dirname(file));
  return size;
}
