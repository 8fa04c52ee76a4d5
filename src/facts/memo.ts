// Remembers a computation with the files it read: it is done again only when one of them has changed.
import type { Snapshot } from '../model.ts';

interface Remembered {
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly also: unknown;
  readonly value: unknown;
}

/** What is remembered, and the snapshot that is looked at now. */
export interface Memo {
  readonly memory: Map<string, unknown>;
  readonly snapshot: Snapshot;
  /** The only paths that can differ from the last call with this memory; undefined: all are compared. */
  readonly changed: ReadonlySet<string> | undefined;
}

/**
 * `compute(snapshot)`, or the value of the last call under `key` where every file that it read has the same text and
 * `also` is the same object. Paths that come to be are noticed only if the computation tried to read them.
 */
export function remember<T>(
  { memory, snapshot, changed }: Memo,
  key: string,
  compute: (snapshot: Snapshot) => T,
  also?: unknown,
): T {
  const old = memory.get(key) as Remembered | undefined;
  if (old !== undefined && old.also === also) {
    let same = true;
    for (const path of changed ?? old.reads.keys()) {
      if (old.reads.has(path) && snapshot.read(path) !== old.reads.get(path)) {
        same = false;
        break;
      }
    }
    if (same) return old.value as T;
  }
  const reads = new Map<string, string | undefined>();
  const value = compute({
    paths: snapshot.paths,
    read(path) {
      const text = snapshot.read(path);
      reads.set(path, text);
      return text;
    },
  });
  memory.set(key, { reads, also, value } satisfies Remembered);
  return value;
}
