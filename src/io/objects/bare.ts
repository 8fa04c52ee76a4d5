// One repository's objects, its branch and its pushes, without a work tree and without a word of its configuration.

import { join } from 'node:path';
import type { PathKind, Snapshot } from '../../model.ts';
import { moveBranch, storeIn, tipIn } from './branchRefs.ts';
import { type Found, type ObjectReader, openReader } from './catFile.ts';
import { checkVersion, type GitSeat } from './gitCall.ts';
import {
  type BareStep,
  type ListedFile,
  listTree,
  type PlannedCommits,
  planCommits,
  type TreeListing,
} from './listing.ts';
import { type CommitText, cleanDate, type ObjectFormat, readCommit } from './objects.ts';
import { type BareOrigin, type Objects, type OpenBareOptions, openObjects, tipRef } from './opening.ts';
import { isOwnChain, isSamePlan, type Ownership, type StandingCommit, TRAILER } from './ours.ts';
import { BareProblem } from './problem.ts';
import {
  askTip,
  FETCHED_HEADS,
  fetchAll,
  fetchCommits,
  fetchObjects,
  type Pushed,
  pushBranch,
  type Remote,
  seatFor,
} from './remote.ts';
import { readSigning, signCommits } from './signing.ts';

/** What commits are made under; all latin1. */
export interface CommitTerms extends Ownership {
  /** Author and committer: `Name <address>`. */
  readonly who: string;
  /** Adds `Signed-off-by`. */
  readonly signOff: boolean;
  readonly sign: boolean;
}

export interface Bare {
  /** The commit that HEAD is at over there, and what it says. */
  readonly base: CommitText & { readonly oid: string };
  /** Latin1 name of the branch HEAD names; undefined when it is detached, or only the forge knows. */
  readonly headBranch?: string;
  readonly format: ObjectFormat;
  /** Path (latin1, sorted) to what the base commit has there. */
  readonly listing: ReadonlyMap<string, ListedFile>;
  readonly concerned: boolean;
  /** Reads what was loaded; anything else that could be read is noted in `missed`. */
  readonly snapshot: Snapshot;
  /** Paths that were asked for and are not loaded, since the last `load`. */
  missed(): readonly string[];
  /** Loads these texts: one question, and one fetch for all that is not here yet. */
  load(paths: Iterable<string>): Promise<void>;
  /** Reads any file, or a link's target, for whoever needs the whole tree; what is not here yet is fetched in one go. */
  tree(): Promise<(path: string) => Promise<string | undefined>>;
  /** The commits as they would be made; pure. A signed one gets another id in the end. */
  plan(steps: readonly BareStep[], terms: CommitTerms): PlannedCommits;
  /** Tip of a branch: as it was when this was opened, or asked now, here or in another place (a fork). */
  branch(name: string, options?: { readonly now?: true; readonly at?: Remote }): Promise<string | undefined>;
  /** How the branch's tip stands to the plan: exactly it, older commits of the same campaign, or somebody's. */
  standing(
    tip: string,
    planned: PlannedCommits | undefined,
    terms: CommitTerms,
    at?: Remote,
  ): Promise<'same' | 'ours' | 'foreign'>;
  /** Writes what the plan needs and returns the commit for the branch. */
  commit(planned: PlannedCommits, terms: CommitTerms): Promise<string>;
  /** Moves the branch from `expected` (undefined: it is not there) to `commit`. Throws `BareProblem` where that is not taken. */
  push(name: string, commit: string, expected: string | undefined, at?: Remote): Promise<Pushed>;
  deleteBranch(name: string, expected: string, at?: Remote): Promise<Pushed>;
  /** Ends its processes and removes what was private. */
  close(): Promise<void>;
}

/** Bytes; a longer file is not read. The same as in place. */
const LARGEST_TEXT = 12 * 1024 * 1024;
const LONGEST_CHAIN = 60;

/** Opens a repository. Throws `BareProblem` (`reason` 'it has no commit yet' for an empty one) or the signal's reason. */
export async function openBare(origin: BareOrigin, options: OpenBareOptions): Promise<Bare> {
  await checkVersion(options.env);
  const opened = await openObjects(origin, options);
  const { private_, seat } = opened;
  const reader = openReader(seat);
  try {
    const [commit] = (await reader.read([opened.head])).values();
    const base = typeof commit === 'object' && commit.kind === 'commit' ? readCommit(commit.text) : undefined;
    if (!base) throw new BareProblem('refused', 'its last commit cannot be read', opened.head);
    const listing = await listTree(reader, base.tree, opened.format);
    return bareOf({ ...opened, reader, listing, base: { ...base, oid: opened.head }, options });
  } catch (error) {
    reader.close();
    await private_.close();
    throw error;
  }
}

interface Parts extends Objects {
  readonly reader: ObjectReader;
  readonly listing: TreeListing;
  readonly base: Bare['base'];
  readonly options: OpenBareOptions;
}

function bareOf(parts: Parts): Bare {
  const { private_, seat, format, place, remote, reader, listing, base, options } = parts;
  const { env, signal } = options;
  const files = listing.files;
  const paths = new Map<string, PathKind>();
  let concerned = false;
  for (const [path, { kind }] of files) {
    paths.set(path, kind);
    concerned ||= options.isConcerned(path);
  }
  const texts = new Map<string, string | undefined>();
  let missed = new Set<string>();
  const far = (at: Remote): GitSeat => seatFor(private_.dir, at, env, signal);
  const isFolder = remote === undefined;

  const bring = async (absent: readonly string[]): Promise<void> => {
    if (place || !remote)
      throw new BareProblem('refused', 'a file of it is not in this copy (a partial clone)', absent[0] ?? '');
    await fetchObjects(far(remote), remote.url, absent);
    private_.restore();
  };

  const load: Bare['load'] = async (wanted) => {
    const ask = new Map<string, string>();
    for (const path of wanted) {
      const listed = files.get(path);
      if (listed && !texts.has(path) && isReadable(listed.kind)) ask.set(path, listed.oid);
    }
    missed = new Set();
    let found = await reader.read([...ask.values()], LARGEST_TEXT);
    const absent = [...found].filter(([, one]) => one === 'missing').map(([oid]) => oid);
    if (absent.length > 0) {
      await bring(absent);
      found = new Map([...found, ...(await reader.read(absent, LARGEST_TEXT))]);
    }
    for (const [path, oid] of ask) {
      const one = found.get(oid);
      if (one === 'missing') throw new BareProblem('refused', 'a file of it is missing over there', path);
      texts.set(path, typeof one === 'object' && one.kind === 'blob' ? one.text : undefined);
    }
  };

  const chainFrom = async (tip: string, at: Remote | undefined): Promise<StandingCommit[]> => {
    const chain: StandingCommit[] = [];
    let fetched = place !== undefined && at === undefined;
    for (let oid: string | undefined = tip; oid !== undefined && chain.length < LONGEST_CHAIN; ) {
      const [object]: readonly (Found | undefined)[] = [...(await reader.read([oid])).values()];
      if (object === 'missing' && !fetched) {
        fetched = true;
        const from = at ?? remote;
        if (!from) break;
        await fetchCommits(far(from), from.url, tip, LONGEST_CHAIN);
        private_.restore();
        continue;
      }
      const read: CommitText | undefined =
        typeof object === 'object' && object.kind === 'commit' ? readCommit(object.text) : undefined;
      if (!read) break;
      chain.push({ ...read, oid });
      oid = read.parents[0];
    }
    return chain;
  };

  const push = async (
    name: string,
    commit: string | undefined,
    expected: string | undefined,
    at: Remote | undefined,
  ) => {
    const to = at ?? remote;
    if (!to) {
      if (!place) throw new Error('a repository without a place');
      return moveBranch(seat, place, { branch: name, commit, expected });
    }
    const move = { branch: name, commit, expected };
    try {
      return await pushBranch(far(to), to.url, move);
    } catch (error) {
      if (!(error instanceof BareProblem) || !error.isShallow || place || !remote) throw error;
      await fetchAll(far(remote), remote.url);
      private_.restore();
      return pushBranch(far(to), to.url, move);
    }
  };

  return {
    base,
    ...(parts.headBranch !== undefined && { headBranch: parts.headBranch }),
    format,
    listing: files,
    concerned,
    snapshot: {
      paths,
      read: (path) => {
        const text = texts.get(path);
        if (text === undefined && !texts.has(path) && isReadable(paths.get(path))) missed.add(path);
        return text;
      },
    },
    missed: () => [...missed],
    load,
    tree: async () => {
      const blobs = [...files.values()].filter(({ kind }) => kind !== 'submodule').map(({ oid }) => oid);
      // Only whether they are here is asked: every size is larger.
      const absent = [...(await reader.read(blobs, -1))].filter(([, one]) => one === 'missing').map(([oid]) => oid);
      if (absent.length > 0) await bring(absent);
      return async (path) => {
        const listed = files.get(path);
        if (!listed || listed.kind === 'submodule') return undefined;
        const [one] = (await reader.read([listed.oid])).values();
        return typeof one === 'object' ? one.text : undefined;
      };
    },
    plan: (steps, terms) =>
      planCommits(listing, {
        ...{ base: base.oid, baseTree: base.tree, format, who: terms.who, date: cleanDate(base.committerDate) },
        steps: steps.map((step) => ({ ...step, message: withTrailers(step.message, terms) })),
      }),
    branch: async (name, { now, at } = {}) => {
      if (at) return askTip(far(at), at.url, name);
      if (place) return tipIn(place, name);
      if (!remote) return undefined;
      if (now || !name.startsWith(options.branch)) return askTip(far(remote), remote.url, name);
      return tipRef(private_, `${FETCHED_HEADS}${name}`, options);
    },
    standing: async (tip, planned, terms, at) => {
      if (planned && !terms.sign && tip === planned.commits.at(-1)) return 'same';
      const chain = await chainFrom(tip, at);
      if (planned && terms.sign && isSamePlan(chain, planned.texts, base.oid) && chain[0]?.signed) return 'same';
      return isOwnChain(chain, terms) ? 'ours' : 'foreign';
    },
    commit: async (planned, terms) => {
      const unsigned = terms.sign ? planned.objects.filter(({ kind }) => kind !== 'commit') : planned.objects;
      if (isFolder && place) await storeIn(seat, place, unsigned);
      else private_.write(unsigned);
      const tip = planned.commits.at(-1);
      if (tip === undefined) throw new Error('a plan without commits');
      if (!terms.sign) return tip;
      const store: Record<string, string> =
        isFolder && place ? { GIT_OBJECT_DIRECTORY: join(place.commonDir, 'objects') } : {};
      const signing = await readSigning(env, signal);
      const signer = { ...seat, env: { ...seat.env, ...store } };
      const made = await signCommits({ seat: signer, env, signing, base: base.oid, texts: planned.texts });
      return made.at(-1) ?? tip;
    },
    push: (name, commit, expected, at) => push(name, commit, expected, at),
    deleteBranch: (name, expected, at) => push(name, undefined, expected, at),
    close: () => {
      reader.close();
      return private_.close();
    },
  };
}

const isReadable = (kind: PathKind | undefined): boolean => kind === 'file' || kind === 'executable';

function withTrailers(message: string, { who, campaign, signOff }: CommitTerms): string {
  const signed = signOff ? `Signed-off-by: ${who}\n` : '';
  return `${message.replaceAll('\0', '').trimEnd()}\n\n${TRAILER}: ${campaign}\n${signed}`;
}
