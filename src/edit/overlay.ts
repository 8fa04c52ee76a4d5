// A snapshot over another one, with some texts changed and files created: made from one another at the cost of the edits alone.

import type { PathKind, Snapshot, TextEdit } from '../model.ts';
import { isDockerfileName } from '../text/dockerNames.ts';
import { editedTexts } from './textEdits.ts';

type FileListing = Snapshot['paths'];

/** Maps of which a later one goes before an earlier; each is more than twice as large as the next, so that there are few. */
type Layers<T> = readonly ReadonlyMap<string, T>[];

interface Overlay extends Snapshot {
  readonly base: Snapshot;
  readonly texts: Layers<string>;
}

/** The snapshot with the edits made; the old one stays. Throws RangeError where `checkEdits` reports something. */
export function overlaid(snapshot: Snapshot, edits: readonly TextEdit[]): Snapshot {
  const { base = snapshot, texts: before = [] } = snapshot as Partial<Overlay>;
  const changed = editedTexts(snapshot, edits);
  const texts = withLayer(before, changed);
  const created = [...changed.keys()].filter((path) => !snapshot.paths.has(path));
  const over: Overlay = {
    base,
    texts,
    paths: grownPaths(snapshot.paths, created),
    read: (path) => lookedUp(texts, path) ?? base.read(path),
    rest: [...changed.keys()].every(isBuildFile) ? keyOfRest(snapshot) : {},
  };
  return over;
}

/** Names that are read as scripts, settings or pages too, whatever stands in front (`Dockerfile.sh`). */
const READ_OTHERWISE = /\.(sh|bash|ps1|hcl|toml|tf|nomad|txt)$/i;
/** Dockerfiles and ignore files by their names. */
const isBuildFile = (path: string): boolean =>
  path.endsWith('.dockerignore') || (isDockerfileName(path) && !READ_OTHERWISE.test(path));

/** A key for what is read of a snapshot's files other than Dockerfiles and ignore files. */
export const keyOfRest = (snapshot: Snapshot): object => snapshot.rest ?? snapshot;

function withLayer<T>(layers: Layers<T>, top: ReadonlyMap<string, T>): Layers<T> {
  const all = [...layers];
  let last = top;
  for (let below = all.at(-1); below !== undefined && below.size <= 2 * last.size; below = all.at(-1)) {
    last = new Map([...below, ...last]);
    all.pop();
  }
  return [...all, last];
}

function lookedUp<T>(layers: Layers<T>, key: string): T | undefined {
  for (let n = layers.length - 1; n >= 0; n--) {
    const found = layers[n]!.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A listing that has grown by files since `base`. */
interface GrownPaths {
  readonly base: FileListing;
  readonly added: Layers<PathKind>;
}

const grown = new WeakMap<FileListing, GrownPaths>();

/** The listing that this one has grown from, and what has come to it; undefined: it is as it was made. */
export const grownFrom = (paths: FileListing): GrownPaths | undefined => grown.get(paths);

function grownPaths(paths: FileListing, created: readonly string[]): FileListing {
  if (created.length === 0) return paths;
  const { base, added: before } = grown.get(paths) ?? { base: paths, added: [] };
  const added = withLayer(before, new Map(created.map((path) => [path, 'file'] as const)));
  const size = base.size + added.reduce((sum, layer) => sum + layer.size, 0);
  function* entries(): MapIterator<[string, PathKind]> {
    yield* base;
    for (const layer of added) yield* layer;
  }
  function* keys(): MapIterator<string> {
    for (const [path] of entries()) yield path;
  }
  function* values(): MapIterator<PathKind> {
    for (const [, kind] of entries()) yield kind;
  }
  const listing: FileListing = {
    size,
    get: (path) => base.get(path) ?? lookedUp(added, path),
    has: (path) => base.has(path) || lookedUp(added, path) !== undefined,
    entries,
    keys,
    values,
    [Symbol.iterator]: entries,
    forEach: (tell) => {
      for (const [path, kind] of entries()) tell(kind, path, listing);
    },
  };
  grown.set(listing, { base, added });
  return listing;
}
