// Moves refs, HEAD and index of the user's repository to a new branch, and back.

import { join } from 'node:path';
import { refuse } from '../../text/userError.ts';
import type { IndexEntry, PlannedSwitch } from '../files/deliveryJournal.ts';
import {
  callOnRepository,
  type GitCall,
  type GitPlace,
  git,
  gitRaw,
  openPrivate,
  type ProcessEnvironment,
} from './git.ts';
import { readHead } from './gitdir.ts';

/** Stands in the reflog where the user's identity is not known (when an earlier run is put right). */
const OWN_NAME: ProcessEnvironment = { GIT_COMMITTER_NAME: 'pyvenv-fix', GIT_COMMITTER_EMAIL: 'pyvenv-fix@localhost' };

/** Who and when, for commits and reflogs: `GIT_AUTHOR_*` and `GIT_COMMITTER_*` variables. */
export type Identity = Readonly<Record<string, string>>;

function refCall(place: GitPlace, identity: ProcessEnvironment): GitCall {
  const call = callOnRepository(place, 'without user');
  const named = Object.entries(identity).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...call, env: { ...call.env, ...Object.fromEntries(named) } };
}

/** Every ref named `ref` or below it, with its commit; `ref` is a full name. */
export async function refsAt(place: GitPlace, ref: string): Promise<ReadonlyMap<string, string>> {
  const text = await git(refCall(place, {}), ['for-each-ref', '--format=%(objectname) %(refname)', pattern(ref)]);
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) found.set(line.slice(space + 1), line.slice(0, space));
  }
  return found;
}

/** A pattern's own characters cannot stand in a ref name, so the name is its own pattern; latin1 becomes text for the system. */
function pattern(ref: string): string {
  return Buffer.from(ref, 'latin1').toString();
}

/** Makes the branch; git refuses when it exists already. */
export async function createBranch(place: GitPlace, move: PlannedSwitch, identity: Identity): Promise<void> {
  const none = '0'.repeat(move.commit.length);
  const message = 'pyvenv-fix: created from HEAD';
  await gitRaw(refCall(place, identity), ['update-ref', '-m', message, pattern(move.branch), move.commit, none]);
  if ((await refsAt(place, move.branch)).get(move.branch) !== move.commit) {
    refuse({ what: 'the branch could not be made', where: move.branch, next: 'use --branch NAME' });
  }
}

/** Lets HEAD name the branch, if HEAD is still where it was. */
export async function moveHead(place: GitPlace, move: PlannedSwitch, identity: Identity): Promise<void> {
  const head = readHead(place);
  const ref = head?.branch === undefined ? undefined : `refs/heads/${head.branch}`;
  if (head?.commit !== move.base || ref !== move.head) {
    refuse({ what: 'HEAD has moved while the repository was being fixed', next: 'run again' });
  }
  const message = `pyvenv-fix: moving to ${pattern(move.branch)}`;
  await gitRaw(refCall(place, identity), ['symbolic-ref', '-m', message, 'HEAD', pattern(move.branch)]);
  if (!isOnBranch(place, move)) refuse({ what: 'HEAD could not be moved', where: move.branch, next: 'run again' });
}

/** True when HEAD names the branch of this move. */
export function isOnBranch(place: GitPlace, move: PlannedSwitch): boolean {
  return `refs/heads/${readHead(place)?.branch ?? ''}` === move.branch;
}

/** Takes HEAD back to where it was, if it names the branch of this move. */
export async function moveHeadBack(place: GitPlace, move: PlannedSwitch): Promise<void> {
  if (!isOnBranch(place, move)) return;
  const call = refCall(place, OWN_NAME);
  const message = 'pyvenv-fix: moving back';
  if (move.head === undefined) await gitRaw(call, ['update-ref', '--no-deref', '-m', message, 'HEAD', move.base]);
  else await gitRaw(call, ['symbolic-ref', '-m', message, 'HEAD', pattern(move.head)]);
}

/** Deletes the branch if it is still at the commit that the move gave it. */
export async function deleteBranch(place: GitPlace, move: PlannedSwitch): Promise<void> {
  if ((await refsAt(place, move.branch)).get(move.branch) !== move.commit) return;
  await gitRaw(refCall(place, OWN_NAME), ['update-ref', '-d', pattern(move.branch), move.commit]);
}

/**
 * Sets the index's lines of these paths to their new ('forward') or old ('back') objects, where the other one stands;
 * all other lines stay, staged changes included. git locks and replaces the index in one step.
 */
export async function moveIndex(
  place: GitPlace,
  entries: readonly IndexEntry[],
  options: { direction: 'forward' | 'back'; settings?: readonly string[] },
): Promise<void> {
  const own = openPrivate(place, { index: join(place.gitDir, 'index'), settings: options.settings ?? [] });
  try {
    const now = new Map(
      (await git(own.call, ['ls-files', '-s', '-z'])).split('\0').map((line) => {
        const tab = line.indexOf('\t');
        return [line.slice(tab + 1), line.slice(0, Math.max(0, tab))] as const;
      }),
    );
    const lines: string[] = [];
    for (const entry of entries) {
      const { path, mode } = entry;
      const wanted = options.direction === 'forward' ? entry.after : entry.before;
      const other = options.direction === 'forward' ? entry.before : entry.after;
      const expected = other === undefined ? undefined : `${mode} ${other} 0`;
      if (now.get(path) !== expected) continue;
      lines.push(
        wanted === undefined ? `0 ${'0'.repeat(entry.after.length)}\t${path}\0` : `${mode} ${wanted}\t${path}\0`,
      );
    }
    if (lines.length === 0) return;
    await gitRaw(own.call, ['update-index', '-z', '--index-info'], lines.join(''));
    await gitRaw(own.call, ['update-index', '-q', '--refresh']).catch(() => {
      // Only what git remembers of the files' times; it looks again by itself.
    });
  } finally {
    own.close();
  }
}
