// All paths of a commit's tree, and new commits on top of it, as objects that nobody has written yet.

import type { PathKind } from '../../model.ts';
import { isCleanPath } from '../../text/cleanPath.ts';
import { KIND_OF_MODE } from '../worktree/worktree.ts';
import type { Found, ObjectReader } from './catFile.ts';
import {
  type CommitText,
  type GitObject,
  isFolderMode,
  type ObjectFormat,
  objectOf,
  readTree,
  type TreeEntry,
  writeCommit,
  writeTree,
} from './objects.ts';
import { BareProblem } from './problem.ts';

/** What a commit has at a path. */
export interface ListedFile {
  readonly mode: string;
  readonly oid: string;
  readonly kind: PathKind;
}

export interface TreeListing {
  /** Path (latin1, in the order of its bytes) to what stands there. */
  readonly files: ReadonlyMap<string, ListedFile>;
  /** Lines of every tree by its id. */
  readonly trees: ReadonlyMap<string, readonly TreeEntry[]>;
}

/** More than the largest repositories have; a tree that names itself over and over ends here. */
const MOST_PATHS = 2_000_000;
const DEEPEST = 2000;

/** Old trees have one mode more. */
const KINDS: Readonly<Record<string, PathKind>> = { ...KIND_OF_MODE, '100664': 'file' };

/** Lists a tree with all below it, a level at a time. Throws `BareProblem` for a tree that is missing or broken. */
export async function listTree(reader: ObjectReader, root: string, format: ObjectFormat): Promise<TreeListing> {
  const trees = new Map<string, readonly TreeEntry[]>();
  const found: [string, ListedFile][] = [];
  let level: { readonly prefix: string; readonly oid: string }[] = [{ prefix: '', oid: root }];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new BareProblem('refused', 'its folders are nested too deep', '');
    const wanted = level.map(({ oid }) => oid).filter((oid) => !trees.has(oid));
    for (const [oid, object] of await reader.read(wanted)) trees.set(oid, treeLines(oid, object, format));
    const next: typeof level = [];
    for (const { prefix, oid } of level) {
      for (const entry of trees.get(oid) ?? []) {
        const path = prefix + entry.name;
        if (isFolderMode(entry.mode)) next.push({ prefix: `${path}/`, oid: entry.oid });
        else found.push([path, { mode: entry.mode, oid: entry.oid, kind: treeEntryKind(entry, path) }]);
      }
      if (found.length + next.length > MOST_PATHS) throw new BareProblem('refused', 'it has too many files', '');
    }
    level = next;
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1));
  return { files: new Map(found), trees };
}

function treeLines(oid: string, object: Found, format: ObjectFormat) {
  const lines = typeof object === 'object' && object.kind === 'tree' ? readTree(object.text, format) : undefined;
  const isWhole = lines !== undefined && new Set(lines.map(({ name }) => name)).size === lines.length;
  if (!isWhole) {
    const why = object === 'missing' ? 'a tree of it is missing' : 'a tree of it is broken';
    throw new BareProblem('refused', why, oid);
  }
  return lines;
}

function treeEntryKind({ mode, name }: TreeEntry, path: string): PathKind {
  return name.includes('/') || !isCleanPath(path) ? 'other' : (KINDS[mode] ?? 'other');
}

/** One commit to make: new texts (latin1) of its files on top of the step before. */
export interface BareStep {
  /** Latin1. */
  readonly message: string;
  readonly files: ReadonlyMap<string, string>;
}

export interface PlannedCommits {
  /** Ids, oldest first. */
  readonly commits: readonly string[];
  readonly texts: readonly Omit<CommitText, 'signed'>[];
  /** Tree of the last one. */
  readonly tree: string;
  /** Everything that is new, in an order in which it can be written. */
  readonly objects: readonly GitObject[];
}

export interface PlanInput {
  readonly base: string;
  readonly baseTree: string;
  readonly format: ObjectFormat;
  readonly steps: readonly BareStep[];
  /** `Name <address>`, latin1. */
  readonly who: string;
  /** `seconds zone`. */
  readonly date: string;
}

/** The commits as they would be: nothing is written. The same input gives the same ids on every machine. */
export function planCommits(listing: TreeListing, input: PlanInput): PlannedCommits {
  const { format, who, date } = input;
  const trees = new Map(listing.trees);
  const objects = new Map<string, GitObject>();
  const keep = (object: GitObject): string => {
    objects.set(object.oid, object);
    return object.oid;
  };
  const rewrite = (tree: string | undefined, files: ReadonlyMap<string, string>): string => {
    const lines = new Map((tree === undefined ? [] : (trees.get(tree) ?? [])).map((line) => [line.name, line]));
    const below = new Map<string, Map<string, string>>();
    for (const [path, text] of files) {
      const slash = path.indexOf('/');
      const name = slash < 0 ? path : path.slice(0, slash);
      if (slash < 0) {
        const oid = keep(objectOf('blob', text, format));
        lines.set(name, { name, mode: lines.get(name)?.mode ?? '100644', oid });
      } else {
        const inner = below.get(name) ?? new Map<string, string>();
        below.set(name, inner.set(path.slice(slash + 1), text));
      }
    }
    for (const [name, inner] of below) {
      const old = lines.get(name);
      if (old && !isFolderMode(old.mode)) throw new Error(`a file stands where a folder is needed: ${name}`);
      lines.set(name, { name, mode: '40000', oid: rewrite(old?.oid, inner) });
    }
    const entries = [...lines.values()];
    const oid = keep(objectOf('tree', writeTree(entries), format));
    trees.set(oid, entries);
    return oid;
  };
  const commits: string[] = [];
  const texts: Omit<CommitText, 'signed'>[] = [];
  let tree = input.baseTree;
  for (const { message, files } of input.steps) {
    tree = rewrite(tree, files);
    const parents = [commits.at(-1) ?? input.base];
    const text = { tree, parents, author: who, authorDate: date, committer: who, committerDate: date, message };
    texts.push(text);
    commits.push(keep(objectOf('commit', writeCommit(text), format)));
  }
  return { commits, texts, tree, objects: [...objects.values()] };
}
