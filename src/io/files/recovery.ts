// Puts right what a run that was killed, or failed half way, left behind.

import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteBranch, isOnBranch, moveHeadBack, moveIndex } from '../worktree/branch.ts';
import type { GitPlace } from '../worktree/git.ts';
import {
  endJournal,
  type Journal,
  journalStands,
  readDeliveryJournal,
  refuseBusy,
  type StandingJournal,
} from './deliveryJournal.ts';
import { type Settled, settleFiles } from './placing.ts';

/** Name of the journal's folder inside a git directory. */
export const GIT_JOURNAL = 'pyvenv-fix';
/** Name of the journal's folder at the root of a plain folder. */
export const PLAIN_JOURNAL = '.pyvenv-fix-journal';

/** A child of the killed run may need this long to end. */
const GRACE_MILLISECONDS = 300;

/**
 * Puts right what stands of an earlier run on the work tree or plain folder `root` (absolute) and says in sentences what it
 * did; [] when nothing stood. Goes forward if everything had been written, back otherwise; bytes that are neither run's nor
 * the old ones stay. Refuses while that run may still be at work.
 */
export async function recover(root: string, place?: GitPlace): Promise<string[]> {
  const folder = place ? join(place.gitDir, GIT_JOURNAL) : join(root, PLAIN_JOURNAL);
  const journal = readDeliveryJournal(folder);
  if (!journal) return [];
  if (journal.alive) refuseBusy(folder);
  await sleep(GRACE_MILLISECONDS);
  const onBranch = place && journal.move ? isOnBranch(place, journal.move) : false;
  if (journal.done || onBranch) return recoverySentences(await settleForward(root, journal, place), 'forward');
  return recoverySentences(await settleBack(root, journal, place), 'back');
}

/** Takes files, index, HEAD and branch back to where they were, then ends the journal. */
export async function settleBack(root: string, journal: Journal, place?: GitPlace): Promise<Settled> {
  const { move } = journal;
  // HEAD first: while it names the branch, another run would take the move for finished.
  if (place && move) await moveHeadBack(place, move);
  const settled = settleFiles(root, journal, 'back');
  if (place && move) {
    await moveIndex(place, move.entries, { direction: 'back' });
    await deleteBranch(place, move);
  }
  endJournal(journal);
  return settled;
}

async function settleForward(root: string, journal: StandingJournal, place?: GitPlace): Promise<Settled> {
  const settled = settleFiles(root, journal, 'forward');
  if (place && journal.move) await moveIndex(place, journal.move.entries, { direction: 'forward' });
  endJournal(journal);
  return settled;
}

function recoverySentences({ left }: Settled, direction: 'back' | 'forward'): string[] {
  const ending = direction === 'back' ? 'taken back: everything is as it was before' : 'finished';
  const said = [`an earlier run had been cut off; it was ${ending}`];
  if (left.length > 0) said.push(`these files have been changed since and stay as they are: ${left.join(', ')}`);
  return said;
}

/** The nearest folder from `root` upwards, on the same file system and of the same owner, where a journal stands. */
export function plainJournalAbove(root: string): string | undefined {
  const { dev, uid } = statSync(root);
  for (let folder = root; ; folder = dirname(folder)) {
    const stat = statSync(folder);
    if (stat.dev !== dev || stat.uid !== uid) return undefined;
    const journal = join(folder, PLAIN_JOURNAL);
    if (journalStands(journal) && statSync(journal).uid === uid) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
