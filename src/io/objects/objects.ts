// git's objects as bytes: reads trees and commits, makes new ones, and packs them. Text is latin1; ids are lower-case hex.

import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

export type ObjectFormat = 'sha1' | 'sha256';

export interface GitObject {
  readonly kind: 'blob' | 'tree' | 'commit';
  readonly oid: string;
  /** Latin1. */
  readonly text: string;
}

/** One line of a tree; `mode` as it stands there, without leading zeros ('40000'). */
export interface TreeEntry {
  readonly name: string;
  readonly mode: string;
  readonly oid: string;
}

export function objectOf(kind: GitObject['kind'], text: string, format: ObjectFormat): GitObject {
  const oid = createHash(format).update(`${kind} ${text.length}\0`).update(text, 'latin1').digest('hex');
  return { kind, oid, text };
}

/** The lines of a tree; undefined where the bytes are none. */
export function readTree(text: string, format: ObjectFormat): TreeEntry[] | undefined {
  const size = format === 'sha256' ? 32 : 20;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < text.length; ) {
    const space = text.indexOf(' ', at);
    const end = text.indexOf('\0', space);
    if (space < 0 || space - at > 6 || end < 0 || end + size >= text.length) return undefined;
    const oid = Buffer.from(text.slice(end + 1, end + 1 + size), 'latin1').toString('hex');
    if (oid.length !== 2 * size) return undefined;
    entries.push({ mode: text.slice(at, space), name: text.slice(space + 1, end), oid });
    at = end + 1 + size;
  }
  return entries;
}

/** The bytes of a tree; entries are put in git's order. */
export function writeTree(entries: readonly TreeEntry[]): string {
  const keyed = entries.map((entry) => ({ entry, key: isFolderMode(entry.mode) ? `${entry.name}/` : entry.name }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed
    .map(({ entry }) => `${entry.mode} ${entry.name}\0${Buffer.from(entry.oid, 'hex').toString('latin1')}`)
    .join('');
}

export const isFolderMode = (mode: string): boolean => mode === '40000' || mode === '040000';

/** What a commit says. `author` and `committer` are `Name <address>`; dates are `seconds zone` as they stand. */
export interface CommitText {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: string;
  readonly authorDate: string;
  readonly committer: string;
  readonly committerDate: string;
  readonly message: string;
  readonly signed: boolean;
}

/** Reads a commit; undefined where the bytes are none. */
export function readCommit(text: string): CommitText | undefined {
  const gap = text.indexOf('\n\n');
  const head = (gap < 0 ? text : text.slice(0, gap)).split('\n');
  const of = (key: string) =>
    head.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const [tree] = of('tree');
  const author = personIn(of('author')[0]);
  const committer = personIn(of('committer')[0]);
  if (tree === undefined || !author || !committer) return undefined;
  return {
    tree,
    parents: of('parent'),
    author: author.who,
    authorDate: author.date,
    committer: committer.who,
    committerDate: committer.date,
    message: gap < 0 ? '' : text.slice(gap + 2),
    signed: head.some((line) => /^gpgsig(?:-sha256)? /.test(line)),
  };
}

function personIn(line: string | undefined): { who: string; date: string } | undefined {
  if (line === undefined) return undefined;
  const end = line.lastIndexOf('>');
  if (end < 0) return { who: line, date: '' };
  return { who: line.slice(0, end + 1), date: line.slice(end + 1).trim() };
}

/** The bytes of an unsigned commit. */
export function writeCommit(commit: Omit<CommitText, 'signed'>): string {
  const parents = commit.parents.map((parent) => `parent ${parent}\n`).join('');
  const author = `author ${commit.author} ${commit.authorDate}\n`;
  return `tree ${commit.tree}\n${parents}${author}committer ${commit.committer} ${commit.committerDate}\n\n${commit.message}`;
}

/** `seconds zone` as git writes it; a date that is none becomes the epoch. */
export function cleanDate(date: string): string {
  const [, seconds, zone] = /^(\d{1,15}) ([+-]\d{4})$/.exec(date) ?? [];
  return seconds === undefined ? '0 +0000' : `${seconds} ${zone}`;
}

const KINDS: Readonly<Record<GitObject['kind'], number>> = { commit: 1, tree: 2, blob: 3 };

/** A pack of whole objects, as `git unpack-objects` takes it, and its index (version 2). */
export interface Pack {
  readonly pack: Uint8Array;
  readonly index: Uint8Array;
}

/** The objects are distinct. */
export function packOf(objects: readonly GitObject[], format: ObjectFormat): Pack {
  const head = Buffer.alloc(12);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts: Buffer[] = [head];
  const lines: { readonly oid: string; readonly crc: number; readonly offset: number }[] = [];
  let offset = head.length;
  for (const { kind, text, oid } of objects) {
    const size: number[] = [];
    let rest = Math.floor(text.length / 16);
    let byte = (KINDS[kind] << 4) | (text.length % 16);
    while (rest > 0) {
      size.push(byte | 0x80);
      byte = rest % 128;
      rest = Math.floor(rest / 128);
    }
    const entry = Buffer.concat([Buffer.from([...size, byte]), deflateSync(Buffer.from(text, 'latin1'), { level: 1 })]);
    lines.push({ oid, crc: crc32(entry), offset });
    parts.push(entry);
    offset += entry.length;
  }
  const body = Buffer.concat(parts);
  const checksum = createHash(format).update(body).digest();
  lines.sort((a, b) => (a.oid < b.oid ? -1 : 1));
  return { pack: Buffer.concat([body, checksum]), index: indexOf(lines, checksum, format) };
}

function indexOf(
  lines: readonly { readonly oid: string; readonly crc: number; readonly offset: number }[],
  checksum: Buffer,
  format: ObjectFormat,
): Buffer {
  const numbers = (values: readonly number[]): Buffer => {
    const buffer = Buffer.alloc(4 * values.length);
    for (const [at, value] of values.entries()) buffer.writeUInt32BE(value, 4 * at);
    return buffer;
  };
  const fanout = new Array<number>(256).fill(0);
  for (const { oid } of lines) fanout[Number.parseInt(oid.slice(0, 2), 16)]!++;
  for (let at = 1; at < 256; at++) fanout[at]! += fanout[at - 1]!;
  const body = Buffer.concat([
    Buffer.from('\xfftOc\0\0\0\x02', 'latin1'),
    numbers(fanout),
    Buffer.from(lines.map(({ oid }) => oid).join(''), 'hex'),
    numbers(lines.map(({ crc }) => crc)),
    numbers(lines.map(({ offset }) => offset)),
    checksum,
  ]);
  return Buffer.concat([body, createHash(format).update(body).digest()]);
}
