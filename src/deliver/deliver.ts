// Delivers a FixResult: as commits on a branch that the work tree is then switched to, or as written files only.

import {
  beginJournal,
  endJournal,
  type IndexEntry,
  markDone,
  type PlannedFile,
  type PlannedSwitch,
} from '../io/files/deliveryJournal.ts';
import { codeOf, missingFolders, parentFolder } from '../io/files/files.ts';
import { checkUntouched, clearTemporaries, placeFiles } from '../io/files/placing.ts';
import { settleBack } from '../io/files/recovery.ts';
import { createBranch, moveHead, moveIndex, refsAt } from '../io/worktree/branch.ts';
import { type CommitStep, type Commits, identityOf, isResultOn, makeCommits } from '../io/worktree/commits.ts';
import { callOutside, gitRaw } from '../io/worktree/git.ts';
import { type Head, readHead } from '../io/worktree/gitdir.ts';
import type { Opened, OpenedGit } from '../io/worktree/repository.ts';
import { blobId, readTreeState, type TreeState } from '../io/worktree/worktree.ts';
import type { AppliedFix, FixResult } from '../model.ts';
import { bytesOf } from '../text/latin1.ts';
import { type Refusal, refusalOf, refuse } from '../text/userError.ts';
import { fixSteps } from './fixSteps.ts';

export interface BranchOptions {
  /** Short name; latin1. */
  readonly branch: string;
  /** One commit for all. */
  readonly squash: boolean;
  /** Go on although files that we do not change have uncommitted changes. */
  readonly allowDirty: boolean;
  /** Commit message (latin1) for these fixes of one transform; without an id, for all of them in one commit. */
  message(transform: string | undefined, fixes: readonly AppliedFix[]): string;
}

/** How delivering ended; latin1 text. */
export interface Delivery {
  readonly outcome: 'changed' | 'unchanged' | 'refused';
  /** One sentence, where there is something to say. */
  readonly reason?: string;
  /** With 'refused': what, where and what to do next. */
  readonly refusal?: Refusal;
  /** Commit that HEAD was at. */
  readonly base?: string;
  /** Short name of the branch that holds the result. */
  readonly branch?: string;
  /** Ids of the commits made, oldest first. */
  readonly commits?: readonly string[];
}

/**
 * Commits the result on a new branch cut from HEAD and switches the work tree to it: all of it, or nothing. The branch that
 * HEAD was on does not move. Uncommitted changes of other files (`allowDirty`) come along untouched. Commits are unsigned.
 */
export function deliverInPlace(opened: Opened, result: FixResult, options: BranchOptions): Promise<Delivery> {
  return answering(async () => {
    if (result.changed.length === 0) return { outcome: 'unchanged', reason: 'nothing to fix' };
    if (opened.inPlaceRefusal) refuse(opened.inPlaceRefusal);
    const { git, head } = opened;
    if (!git || !head) return refuse({ what: 'this is not a git repository', next: 'use --no-branch' });
    await checkBranchName(git, options.branch);
    const state = checkTree(opened, { git, head, result, allowDirty: options.allowDirty });
    const files = plannedFiles(opened, result);
    const identity = identityOf(state.settings, git.place.env);
    const steps = stepsOf(result, git, options);
    const made = await makeCommits(git.place, { base: head.commit, steps, identity, settings: state.settings });
    const ref = `refs/heads/${options.branch}`;
    const common = { base: head.commit, branch: options.branch };
    const standing = (await refsAt(git.place, ref)).get(ref);
    if (standing !== undefined)
      return { ...common, ...(await sayStanding(git, { standing, made, head, branch: options.branch })) };
    const move: PlannedSwitch = {
      branch: ref,
      commit: made.commits.at(-1)!,
      base: head.commit,
      entries: files.map((file) => indexEntry(git, file)),
      ...(head.branch !== undefined && { head: `refs/heads/${head.branch}` }),
    };
    const leftover = await transact(opened, { files, move }, async (place) => {
      await createBranch(git.place, move, identity);
      place();
      await moveIndex(git.place, move.entries, { direction: 'forward', settings: state.settings.checkout });
      await moveHead(git.place, move, identity);
    });
    const reasons = [leftover, asksToSign(state) ? unsignedWords(head.commit) : undefined].filter(
      (one) => one !== undefined,
    );
    const reason = reasons.length > 0 ? { reason: reasons.join('; ') } : {};
    return { outcome: 'changed', ...common, ...reason, commits: made.commits };
  });
}

function asksToSign({ settings }: TreeState): boolean {
  return /^(?:true|yes|on|1)$/i.test(settings.user.get('commit.gpgsign') ?? '');
}

function unsignedWords(base: string): string {
  return `the commits are not signed, though your git is set to sign: \`git rebase --force-rebase --gpg-sign ${base}\` signs them`;
}

/** Writes the files, all or none: nothing is committed or switched. The only way outside git. */
export function deliverFiles(opened: Opened, result: FixResult): Promise<Delivery> {
  return answering(async () => {
    if (result.changed.length === 0) return { outcome: 'unchanged', reason: 'nothing to fix' };
    const files = plannedFiles(opened, result);
    const leftover = await transact(opened, { files }, async (place) => place());
    const reason = leftover === undefined ? {} : { reason: leftover };
    return { outcome: 'changed', ...(opened.head && { base: opened.head.commit }), ...reason };
  });
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'writing is not permitted',
  EPERM: 'writing is not permitted',
};

async function answering(work: () => Promise<Delivery>): Promise<Delivery> {
  try {
    return await work();
  } catch (error) {
    const words = SYSTEM_WORDS[codeOf(error) ?? ''];
    const next = 'nothing was changed; make room or rights for it, then run again';
    const refusal = refusalOf(error) ?? (words === undefined ? undefined : { what: words, next });
    if (!refusal) throw error;
    return { outcome: 'refused', reason: refusal.what, refusal };
  }
}

interface DeliveryPlan {
  readonly files: readonly PlannedFile[];
  readonly move?: PlannedSwitch;
}

/**
 * Runs `work` under a journal: when it throws, everything is taken back. Once it is done the files are new whatever comes: then
 * what could not be cleaned up is said, in one sentence.
 */
async function transact(
  opened: Opened,
  plan: DeliveryPlan,
  work: (place: () => void) => Promise<void>,
): Promise<string | undefined> {
  const { root, git } = opened;
  const files = plan.files.map((file) => ({ ...file, folders: missingFolders(root, parentFolder(file.path)) }));
  checkUntouched(root, files);
  const journal = beginJournal(opened.journal, files, plan.move);
  try {
    await work(() => placeFiles(root, journal));
    markDone(journal);
  } catch (error) {
    await settleBack(root, journal, git?.place).catch(() => {
      refuse({
        what: `writing failed (${error instanceof Error ? error.message : String(error)}), and so did taking it back`,
        where: bytesOf(opened.journal),
        next: 'make room or rights for it: the next run that writes puts everything right',
      });
    });
    throw error;
  }
  try {
    clearTemporaries(root, journal);
    endJournal(journal);
    return undefined;
  } catch (error) {
    const words = SYSTEM_WORDS[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
    return `all of it is done, but what the run kept for its own safety could not be removed (${words}): the next run that writes removes ${bytesOf(opened.journal)}`;
  }
}

async function checkBranchName(git: OpenedGit, branch: string): Promise<void> {
  const name = Buffer.from(branch, 'latin1').toString();
  const bad = { what: 'this is no name for a branch', where: branch, next: 'give another with --branch NAME' };
  if (name.startsWith('-') || name === 'HEAD' || name.includes('\0')) refuse(bad);
  await gitRaw(callOutside(git.place.env), ['check-ref-format', `refs/heads/${name}`]).catch(() => refuse(bad));
}

interface TreeQuestion {
  readonly git: OpenedGit;
  readonly head: Head;
  readonly result: FixResult;
  readonly allowDirty: boolean;
}

/** Refuses what product rules forbid to switch away from; returns the work tree's present state. */
function checkTree(opened: Opened, { git, head, result, allowDirty }: TreeQuestion): TreeState {
  const now = readHead(git.place);
  if (now?.commit !== head.commit || now.branch !== head.branch) {
    refuse({ what: 'HEAD has moved while the repository was being fixed', next: 'run again' });
  }
  const state = readTreeState(git.place, head);
  for (const path of result.changed) {
    if (state.dirty.has(path)) {
      const next = 'commit or stash it first; --allow-dirty is for other files only';
      refuse({ what: 'a file to be fixed has uncommitted changes', where: path, next });
    }
    if (result.before.read(path) === undefined) continue;
    const why = opened.untracked.has(path) ? 'git does not track it' : opened.whySkipped(path);
    if (why !== undefined)
      refuse({ what: `this file cannot be fixed on a branch: ${why}`, where: path, next: 'use --no-branch' });
  }
  const [first] = state.dirty.keys();
  if (first !== undefined && !allowDirty) {
    const others = state.dirty.size > 1 ? ` (and ${state.dirty.size - 1} more)` : '';
    const next = 'commit or stash them, or use --allow-dirty';
    refuse({ what: `tracked files have uncommitted changes${others}`, where: first, next });
  }
  return state;
}

function plannedFiles(opened: Opened, { before, after, changed }: FixResult): PlannedFile[] {
  return changed.map((path) => {
    const old = before.read(path);
    const now = after.read(path);
    if (now === undefined || !opened.within(path))
      throw new Error(`a fix reaches outside what may be changed: ${path}`);
    return old === undefined ? { path, after: now } : { path, before: old, after: now };
  });
}

function stepsOf(result: FixResult, git: OpenedGit, { squash, message }: BranchOptions): CommitStep[] {
  return fixSteps(result, { squash }).map(({ transform, fixes, files }) => ({
    message: message(transform, fixes),
    files: new Map([...files].map(([path, text]) => [path, { text, mode: gitMode(git, path) }])),
  }));
}

function gitMode(git: OpenedGit, path: string): '100644' | '100755' {
  return git.entries.get(path)?.mode === '100755' ? '100755' : '100644';
}

function indexEntry(git: OpenedGit, { path, after }: PlannedFile): IndexEntry {
  const entry = git.entries.get(path);
  return {
    path,
    mode: gitMode(git, path),
    ...(entry && { before: entry.oid }),
    after: blobId(after, git.place.objectFormat),
  };
}

interface StandingBranch {
  readonly standing: string;
  readonly made: Commits;
  readonly head: Head;
  readonly branch: string;
}

/** A branch of that name stands: either it is our result already, or it is somebody's. */
async function sayStanding(git: OpenedGit, { standing, made, head, branch }: StandingBranch): Promise<Delivery> {
  if (await isResultOn(git.place, { commit: standing, tree: made.tree, base: head.commit })) {
    return { outcome: 'unchanged', reason: `the branch ${branch} holds exactly this result already` };
  }
  return refuse({
    what: `a branch named ${branch} exists and holds something else`,
    where: branch,
    next: 'choose another name with --branch NAME, or delete that branch',
  });
}
