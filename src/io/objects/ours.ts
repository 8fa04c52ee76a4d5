// Whether the commits of a branch are a campaign's own and nobody has touched them.

import type { CommitText } from './objects.ts';

/** A commit and its id. */
export interface StandingCommit extends CommitText {
  readonly oid: string;
}

/** Name of the trailer that every commit of a campaign ends with. */
export const TRAILER = 'Pyvenv-Fix-Campaign';

export interface Ownership {
  readonly campaign: string;
}

/**
 * Whether this is a commit of the campaign as it was made, by whoever ran it: one author and committer, the trailer, both dates those
 * of the commit below (a person's amend or rebase sets other ones), one parent.
 */
export function isOwn(commit: StandingCommit, below: StandingCommit | undefined, { campaign }: Ownership): boolean {
  if (commit.author !== commit.committer || commit.parents.length !== 1) return false;
  if (commit.authorDate !== commit.committerDate || !hasTrailer(commit.message, campaign)) return false;
  return below === undefined || below.committerDate === commit.committerDate;
}

function hasTrailer(message: string, campaign: string): boolean {
  const last =
    message
      .trimEnd()
      .split(/\n[ \t]*\n/)
      .at(-1) ?? '';
  return last.split('\n').includes(`${TRAILER}: ${campaign}`);
}

/** `chain`: from the tip down, as far as it was read; true when it begins with the campaign's own commits down to one that is not. */
export function isOwnChain(chain: readonly StandingCommit[], ownership: Ownership): boolean {
  if (chain.length < 2) return false;
  const end = chain.findIndex((commit, at) => !isOwn(commit, undefined, ownership) || at === chain.length);
  if (end < 1) return false;
  return chain.slice(0, end).every((commit, at) => isOwn(commit, chain[at + 1], ownership));
}

/** Whether these commits are the planned ones but for signatures: same trees, same texts, on the same base. */
export function isSamePlan(
  chain: readonly StandingCommit[],
  planned: readonly Omit<CommitText, 'signed'>[],
  base: string,
): boolean {
  const newestFirst = [...planned].reverse();
  if (chain.length < newestFirst.length || chain[newestFirst.length - 1]?.parents[0] !== base) return false;
  return newestFirst.every((wanted, at) => {
    const commit = chain[at]!;
    const linked = at + 1 >= newestFirst.length || commit.parents[0] === chain[at + 1]?.oid;
    const same = (['tree', 'author', 'authorDate', 'committer', 'committerDate', 'message'] as const).every(
      (key) => commit[key] === wanted[key],
    );
    return linked && same && commit.parents.length === 1;
  });
}
