// Reads a file of JSON lines in pieces, and tells a torn end (which never counted) from damage in the middle.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { readJson } from '../../text/json.ts';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { codeOf } from '../files/files.ts';

/** One line that is whole. */
export interface ScannedLine {
  readonly value: Readonly<Record<string, unknown>>;
  /** Offset of its first byte in the file. */
  readonly start: number;
  /** The line's own bytes, its newline left out; valid until the next line is asked for. */
  readonly bytes: Buffer;
}

export interface Scanned {
  /** Length of the part that counts; what lies behind it is to be cut off. */
  readonly good: number;
  /** Length of the whole file. */
  readonly size: number;
  /** Names the file itself: another one may stand there the next time. */
  readonly identity: string;
}

const PIECE = 256 * 1024;
/** Bytes; nothing we write comes near it. */
const LONGEST_LINE = 4 * 1024 * 1024;

/**
 * Calls `onLine` for each whole line of a file, in memory that does not grow with it. Undefined where there is no such file.
 *
 * What counts ends before the first line without a newline, with a NUL in it (a hole that a power cut left: everything from there
 * on belongs to the batch that was never reported as written), or that is no JSON object and has nothing behind it. Refuses, with
 * file and line, where lines follow one that is no JSON object; and a link, a device, a file that cannot be read.
 */
export function scanLines(file: string, onLine: (line: ScannedLine) => void): Scanned | undefined {
  const descriptor = openForReading(file);
  if (descriptor === undefined) return undefined;
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) refuseOpen(file, 'no plain file');
    return { ...scan(descriptor, file, onLine), identity: `${stat.dev}:${stat.ino}` };
  } finally {
    closeSync(descriptor);
  }
}

function openForReading(file: string): number | undefined {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return refuseOpen(file, code === 'ELOOP' ? 'a symbolic link' : (code ?? String(error)));
  }
}

function refuseOpen(file: string, why: string): never {
  return refuse({
    what: `the journal cannot be read (${why})`,
    where: bytesOf(file),
    next: 'look at what stands there, or name another folder with --journal',
  });
}

function scan(descriptor: number, file: string, onLine: (line: ScannedLine) => void): Omit<Scanned, 'identity'> {
  const piece = Buffer.allocUnsafe(PIECE);
  let rest: Buffer = Buffer.alloc(0);
  let [size, start, number] = [0, 0, 0];
  /** The first line that is no JSON; forgiven only at the end. */
  let broken: { readonly start: number; readonly number: number } | undefined;
  let hole = false;
  for (;;) {
    const count = readSync(descriptor, piece, 0, PIECE, null);
    if (count === 0) break;
    size += count;
    if (hole) continue;
    const read = rest.length === 0 ? piece.subarray(0, count) : Buffer.concat([rest, piece.subarray(0, count)]);
    let from = 0;
    for (let to = read.indexOf(10); to >= 0; to = read.indexOf(10, from)) {
      number++;
      const bytes = read.subarray(from, to);
      if (broken) refuseDamage(file, broken.number);
      if (bytes.includes(0)) {
        hole = true;
        break;
      }
      const value = lineRecord(bytes);
      if (value) onLine({ value, start, bytes });
      else broken = { start, number };
      start += bytes.length + 1;
      from = to + 1;
    }
    rest = hole ? Buffer.alloc(0) : Buffer.from(read.subarray(from));
    if (rest.length > LONGEST_LINE && !rest.includes(0)) refuseDamage(file, number + 1);
    else if (rest.length > LONGEST_LINE) hole = true;
  }
  return { good: broken?.start ?? start, size };
}

function refuseDamage(file: string, number: number): never {
  return refuse({
    what: 'the journal is damaged: this line is not what pyvenv-fix writes',
    where: bytesOf(`${file}:${number}`),
    next: 'delete the line (its repository is looked at again), or name another folder with --journal',
  });
}

function lineRecord(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  const value = readJson(bytes.toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
