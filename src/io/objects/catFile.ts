// One `git cat-file` that answers for as long as a repository is open: trees, commits and blobs without a process each.

import { type GitSeat, killGroup, startGit, startProblem } from './gitCall.ts';
import { BareProblem, gitProblem } from './problem.ts';

/** What stands under an id: its bytes as latin1, nothing, or more than was asked for. */
export type Found = { readonly kind: string; readonly text: string } | 'missing' | 'large';

export interface ObjectReader {
  /** Reads objects in one go. `largest` in bytes: of longer ones only that they are 'large' is said. */
  read(oids: readonly string[], largest?: number): Promise<ReadonlyMap<string, Found>>;
  close(): void;
}

interface WaitingBatch {
  left: number;
  readonly sizesOnly: boolean;
  readonly found: Map<string, Found | number>;
  resolve(found: Map<string, Found | number>): void;
  reject(error: unknown): void;
}

/** More than any repository's texts that we look at; a bound on what a hostile one can make us hold. */
const MOST_BYTES = 400 * 1024 * 1024;

/** Starts the reader on the git directory that the seat's environment names. */
export function openReader(seat: GitSeat): ObjectReader {
  const child = startGit(seat, {
    args: ['cat-file', '--batch-command', '--buffer'],
    milliseconds: 60 * 60 * 1000,
  });
  let waiting: WaitingBatch | undefined;
  let ended: unknown;
  let words = '';
  let chunks: Buffer[] = [];
  let length = 0;
  let needed = 0;
  const fail = (error: unknown): void => {
    ended ??= error;
    waiting?.reject(error);
    waiting = undefined;
  };
  const take = (): void => {
    if (length < needed) return;
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
    let at = 0;
    needed = 1;
    while (waiting && at < bytes.length) {
      const end = bytes.indexOf(10, at);
      if (end < 0) break;
      const [oid = '', kind = '', size = ''] = bytes.toString('latin1', at, end).split(' ');
      if (kind === 'missing' || kind === 'ambiguous' || waiting.sizesOnly) {
        waiting.found.set(oid, size === '' ? 'missing' : Number(size));
        at = end + 1;
      } else {
        const to = end + 1 + Number(size);
        if (!(to < bytes.length)) {
          needed = to + 1 - at;
          break;
        }
        waiting.found.set(oid, { kind, text: bytes.toString('latin1', end + 1, to) });
        at = to + 1;
      }
      waiting.left--;
      if (waiting.left === 0) {
        const { resolve, found } = waiting;
        waiting = undefined;
        resolve(found);
      }
    }
    chunks = at < bytes.length ? [bytes.subarray(at)] : [];
    length = bytes.length - at;
  };
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    take();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (words.length < 16_384) words += chunk.toString('latin1');
  });
  child.once('error', (error) => fail(startProblem(error)));
  child.once('close', () => {
    if (seat.signal.aborted) fail(seat.signal.reason);
    else fail(gitProblem(words === '' ? 'fatal: git cat-file ended early' : words, seat.secrets));
  });
  const ask = (verb: 'info' | 'contents', oids: readonly string[]): Promise<Map<string, Found | number>> => {
    if (oids.length === 0) return Promise.resolve(new Map());
    if (ended !== undefined) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      waiting = { left: oids.length, sizesOnly: verb === 'info', found: new Map(), resolve, reject };
      child.stdin.write(`${oids.map((oid) => `${verb} ${oid}\n`).join('')}flush\n`, 'latin1');
    });
  };
  const read: ObjectReader['read'] = async (oids, largest) => {
    const distinct = [...new Set(oids)];
    const found = new Map<string, Found>();
    let wanted = distinct;
    if (largest !== undefined) {
      const sizes = await ask('info', distinct);
      wanted = [];
      let total = 0;
      for (const [oid, size] of sizes) {
        if (typeof size !== 'number') found.set(oid, 'missing');
        else if (size > largest) found.set(oid, 'large');
        else {
          wanted.push(oid);
          total += size;
        }
      }
      if (total > MOST_BYTES) throw new BareProblem('refused', 'its files are too large to be read together', '');
    }
    for (const [oid, one] of await ask('contents', wanted)) if (typeof one !== 'number') found.set(oid, one);
    return found;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    // One question at a time: answers come in the order of the questions.
    read: (oids, largest) => {
      const next = last.then(() => read(oids, largest));
      last = next.catch(() => {});
      return next;
    },
    close: () => {
      ended ??= new BareProblem('refused', 'the repository is closed already', '');
      killGroup(child);
    },
  };
}
