// Remembers computations with the files they read: one is done again only when a file that it read has changed.
import type { Snapshot } from '../model.ts';

/** What one computation read, and what it came to. */
interface Remembered {
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly value: unknown;
}

/** What is remembered of one repository. */
export interface Memory {
  get(key: string): Remembered | undefined;
  set(key: string, entry: Remembered): void;
  /** Keys of the computations that read one of these paths, or tried to. */
  readersOf(paths: Iterable<string>): ReadonlySet<string>;
  /** A kept computation has read one more path since. */
  noteRead(key: string, path: string): void;
  /** What texts come to, whatever file they are of, by what is asked and the text. */
  readonly texts: Map<string, unknown>;
  /** The last result over all, for whoever goes on from it. */
  last?: unknown;
}

/** What is remembered for a trial: over another memory, which it leaves as it is until it is kept. */
export interface TrialMemory extends Memory {
  keep(): void;
}

/** A memory of nothing yet. */
export function newMemory(): Memory {
  const entries = new Map<string, Remembered>();
  const readers = new Map<string, Set<string>>();
  const noteRead = (key: string, path: string): void => {
    const keys = readers.get(path);
    if (keys) keys.add(key);
    else readers.set(path, new Set([key]));
  };
  return {
    texts: new Map(),
    get: (key) => entries.get(key),
    set(key, entry) {
      for (const path of entries.get(key)?.reads.keys() ?? []) readers.get(path)?.delete(key);
      entries.set(key, entry);
      for (const path of entry.reads.keys()) noteRead(key, path);
    },
    noteRead,
    readersOf(paths) {
      const found = new Set<string>();
      for (const path of paths) for (const key of readers.get(path) ?? []) found.add(key);
      return found;
    },
  };
}

/** A memory over `below` for one look at other texts. */
export function trialOf(below: Memory): TrialMemory {
  const entries = new Map<string, Remembered>();
  let isKept = false;
  const trial: TrialMemory = {
    texts: below.texts,
    get: (key) => entries.get(key) ?? below.get(key),
    set: (key, entry) => void entries.set(key, entry),
    readersOf: (paths) => below.readersOf(paths),
    noteRead(key, path) {
      if (isKept) below.noteRead(key, path);
    },
    last: below.last,
    keep() {
      for (const [key, entry] of entries) below.set(key, entry);
      below.last = trial.last;
      isKept = true;
      // what was computed in the trial goes on noting what it reads, and would keep all of it
      entries.clear();
      trial.last = undefined;
    },
  };
  return trial;
}

/** A memory, and the snapshot that is looked at now. */
export interface Memo {
  readonly memory: Memory;
  readonly snapshot: Snapshot;
  /** The only paths that can differ from the last call with this memory; undefined: all are compared. */
  readonly changed: ReadonlySet<string> | undefined;
  /** Told of every path that a value which is taken as it is had read: for a computation inside of another. */
  readonly note?: (path: string) => void;
}

/**
 * `compute(snapshot)`, or the value of the last call under `key` where every file that it read has the same text and
 * `isStill` takes that value. Paths that come to be are noticed only if the computation tried to read them.
 */
export function remember<T>(
  { memory, snapshot, changed, note }: Memo,
  key: string,
  compute: (snapshot: Snapshot) => T,
  isStill: (value: T) => boolean = () => true,
): T {
  const old = memory.get(key);
  if (old !== undefined && readsAlike(old.reads, snapshot, changed) && isStill(old.value as T)) {
    if (note) for (const path of old.reads.keys()) note(path);
    return old.value as T;
  }
  const reads = new Map<string, string | undefined>();
  const value = compute({
    paths: snapshot.paths,
    read(path) {
      const text = snapshot.read(path);
      // values may read on when they are asked
      if (!reads.has(path)) memory.noteRead(key, path);
      reads.set(path, text);
      return text;
    },
  });
  memory.set(key, { reads, value });
  return value;
}

function readsAlike(reads: Remembered['reads'], snapshot: Snapshot, changed: ReadonlySet<string> | undefined): boolean {
  for (const path of changed ?? reads.keys())
    if (reads.has(path) && snapshot.read(path) !== reads.get(path)) return false;
  return true;
}
