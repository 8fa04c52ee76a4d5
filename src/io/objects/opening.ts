// Finds a repository's objects: in place where it is on this machine, else a first few fetched into a private directory.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GitPlace, ProcessEnvironment } from '../worktree/git.ts';
import { readRef } from '../worktree/gitdir.ts';
import { headOf, placeAt, shallowOf } from './branchRefs.ts';
import { environmentFor, type GitSeat } from './gitCall.ts';
import type { ObjectFormat } from './objects.ts';
import { openPrivateDir, type PrivateDir } from './privateDir.ts';
import { BareProblem } from './problem.ts';
import { FETCHED_HEAD, fetchTips, protocolOf, type Remote, seatFor } from './remote.ts';

/** A folder on this machine (absolute; a work tree, a linked one, or a bare repository), or an address. */
export type BareOrigin = { readonly folder: string } | Remote;

export interface OpenBareOptions {
  /** The user's environment (`process.env`). */
  readonly env: ProcessEnvironment;
  readonly signal: AbortSignal;
  /** Short name (latin1) of the branch that the campaign is after; those that begin with it come along. */
  readonly branch: string;
  /** Whether a path is of any interest; where none is, nothing more is read. */
  readonly isConcerned: (path: string) => boolean;
}

export interface Objects {
  readonly private_: PrivateDir;
  /** Reads and writes the private directory; talks to nobody. */
  readonly seat: GitSeat;
  readonly format: ObjectFormat;
  readonly head: string;
  readonly headBranch?: string;
  /** Where it is on this machine. */
  readonly place?: GitPlace;
  /** Absent for a folder. */
  readonly remote?: Remote;
}

/** Finds the objects of a repository, or fetches the first of them. Throws `BareProblem`. */
export async function openObjects(origin: BareOrigin, options: OpenBareOptions): Promise<Objects> {
  const { env, signal } = options;
  const here = 'folder' in origin ? origin.folder : folderOfUrl(origin.url);
  if (here === undefined) return fetchObjectsOf(origin as Remote, options, 'sha1');
  const place = placeAt(here, env);
  const head = headOf(place);
  if (!head) throw new BareProblem('empty', EMPTY_REPOSITORY, '');
  const shallow = shallowOf(place);
  const alternate = join(place.commonDir, 'objects');
  const format = place.objectFormat;
  const private_ = openPrivateDir({ format, alternate, ...(shallow !== undefined && { shallow }) });
  const seat = { env: { ...environmentFor(env, 'none'), GIT_DIR: private_.dir }, signal, secrets: [] };
  const named = head.branch === undefined ? {} : { headBranch: head.branch };
  return { private_, seat, format, place, head: head.commit, ...named, ...('url' in origin && { remote: origin }) };
}

/** Why a repository without a commit is left. */
export const EMPTY_REPOSITORY = 'it has no commit yet';

/** A repository behind `file://` is read where it is: no process copies its objects. */
function folderOfUrl(url: string): string | undefined {
  if (protocolOf(url) !== 'file') return undefined;
  try {
    return fileURLToPath(url);
  } catch {
    throw new BareProblem('missing', 'there is no such folder', url);
  }
}

async function fetchObjectsOf(remote: Remote, options: OpenBareOptions, format: ObjectFormat): Promise<Objects> {
  const { env, signal, branch } = options;
  const private_ = openPrivateDir({ format });
  try {
    const far = seatFor(private_.dir, remote, env, signal);
    const fetched = await fetchTips(far, remote.url, branch);
    private_.restore();
    if (fetched === 'sha256' && format === 'sha1') {
      await private_.close();
      return await fetchObjectsOf(remote, options, 'sha256');
    }
    const head = fetched === 'fetched' ? tipRef(private_, FETCHED_HEAD, options) : undefined;
    if (head === undefined) throw new BareProblem('empty', EMPTY_REPOSITORY, '');
    const seat = { env: { ...environmentFor(env, 'none'), GIT_DIR: private_.dir }, signal, secrets: far.secrets };
    return { private_, seat, format, head, remote };
  } catch (error) {
    await private_.close();
    throw error;
  }
}

/** Commit of a full ref name in a private directory. */
export function tipRef({ dir }: PrivateDir, ref: string, { env }: OpenBareOptions): string | undefined {
  return readRef({ workTree: dir, gitDir: dir, commonDir: dir, objectFormat: 'sha1', env }, ref);
}
