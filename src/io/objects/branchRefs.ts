// A repository on this machine as data: where its objects and refs are, and moving one branch of it without its work tree.

import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../../text/latin1.ts';
import { refusalOf } from '../../text/userError.ts';
import { readFileAt } from '../files/files.ts';
import { refsAt } from '../worktree/branch.ts';
import { callOnRepository, type GitPlace, type ProcessEnvironment } from '../worktree/git.ts';
import { findGitPlace, readHead, readRef } from '../worktree/gitdir.ts';
import { LINK_IN, linkIn, refuseSpecialFiles, refuseSpecialObjects } from '../worktree/soundGitDir.ts';
import { askGit, type GitSeat, runGit } from './gitCall.ts';
import { type GitObject, type ObjectFormat, packOf } from './objects.ts';
import { BareProblem, gitProblem } from './problem.ts';
import { CLASH, CLASHES } from './remote.ts';

const SMALL = 64 * 1024;
const LARGEST_SHALLOW = 64 * 1024 * 1024;

/** The git place of a work tree (also a linked one), a bare repository or a git directory. Throws `BareProblem`. */
export function placeAt(folder: string, env: ProcessEnvironment): GitPlace {
  if (!existsSync(folder)) throw new BareProblem('missing', 'there is no such folder', folder);
  const own = !existsSync(join(folder, '.git')) && isBare(folder) ? barePlace(folder, env) : undefined;
  try {
    if (own) {
      refuseSpecialFiles(own);
      refuseSpecialObjects(own);
      return withoutLinks(own);
    }
    const found = findGitPlace(realpathSync.native(folder), env);
    if (found) {
      refuseSpecialObjects(found);
      return withoutLinks(found);
    }
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    throw new BareProblem('refused', refusal.what, refusal.where ?? '');
  }
  throw new BareProblem('missing', 'this is not a git repository', folder);
}

/** What is written there must not come to lie elsewhere. */
function withoutLinks(place: GitPlace): GitPlace {
  const link = linkIn(place);
  if (link !== undefined) throw new BareProblem('refused', LINK_IN, bytesOf(link));
  return place;
}

function isBare(folder: string): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => lstatSync(join(folder, name), { throwIfNoEntry: false }));
}

function barePlace(folder: string, env: ProcessEnvironment): GitPlace {
  const gitDir = realpathSync.native(folder);
  const config = smallText(join(gitDir, 'config'));
  const objectFormat = /^[ \t]*objectformat[ \t]*=[ \t]*sha256/im.test(config) ? 'sha256' : 'sha1';
  return { workTree: gitDir, gitDir, commonDir: gitDir, objectFormat, env };
}

function smallText(path: string, largest = SMALL): string {
  const read = readFileAt(path, largest);
  return typeof read === 'object' ? read.text : '';
}

/** Content of its `shallow` file; undefined where it has all of its history. */
export function shallowOf(place: GitPlace): string | undefined {
  return smallText(join(place.commonDir, 'shallow'), LARGEST_SHALLOW) || undefined;
}

/** Commit that HEAD is at, read as data. */
export function headOf(place: GitPlace): { readonly commit: string; readonly branch?: string } | undefined {
  return readHead(place);
}

/** Commit at the tip of a branch (latin1 short name). */
export async function tipIn(place: GitPlace, branch: string): Promise<string | undefined> {
  const ref = `refs/heads/${branch}`;
  const isTable = lstatSync(join(place.commonDir, 'reftable'), { throwIfNoEntry: false });
  return isTable ? (await refsAt(place, ref)).get(ref) : readRef(place, ref);
}

/** A work tree (absolute folder) that has this branch checked out. */
function checkedOutIn(place: GitPlace, branch: string): string | undefined {
  const linked = join(place.commonDir, 'worktrees');
  const dirs = [place.commonDir, ...(existsSync(linked) ? readdirSync(linked).map((name) => join(linked, name)) : [])];
  const found = dirs.find((dir) => smallText(join(dir, 'HEAD')).trimEnd() === `ref: refs/heads/${branch}`);
  // A bare repository's own HEAD checks nothing out, but moving its default branch is not ours to do either.
  return found;
}

export interface BranchMove {
  /** Latin1 short name. */
  readonly branch: string;
  /** Undefined: delete it. */
  readonly commit: string | undefined;
  /** Where it must be now; undefined: nowhere. */
  readonly expected: string | undefined;
}

/** Moves a branch by `update-ref`, if it is where it is expected: 'moved' says that it was not. */
export async function moveBranch(
  seat: GitSeat,
  place: GitPlace,
  { branch, commit, expected }: BranchMove,
): Promise<'pushed' | 'moved'> {
  const out = checkedOutIn(place, branch);
  if (out !== undefined) throw new BareProblem('refused', 'the branch is checked out there', bytesOf(out));
  const call = callOnRepository(place, 'without user');
  const none = '0'.repeat(place.objectFormat === 'sha256' ? 64 : 40);
  const ref = Buffer.from(`refs/heads/${branch}`, 'latin1').toString();
  const verb = commit === undefined ? ['-d', ref] : [ref, commit];
  const { code, err } = await runGit(
    { ...seat, env: { ...call.env, ...REFLOG_NAME } },
    {
      args: [
        ...call.config.flatMap((setting) => ['-c', setting]),
        ...['update-ref', '--no-deref', '-m', 'pyvenv-fix: bulk', ...verb, expected ?? none],
      ],
    },
  );
  if (code === 0) return 'pushed';
  if (CLASH.test(err)) throw new BareProblem('refused', CLASHES, err);
  const stand = await tipIn(place, branch);
  if (stand !== expected) return 'moved';
  throw gitProblem(err, seat.secrets);
}

/** Stands in the reflog, where the repository keeps one. */
const REFLOG_NAME = { GIT_COMMITTER_NAME: 'pyvenv-fix', GIT_COMMITTER_EMAIL: 'pyvenv-fix@localhost' };

/** Writes objects into the repository's own store, forced to the disk; `seat` is of a private git directory. */
export async function storeIn(seat: GitSeat, place: GitPlace, objects: readonly GitObject[]): Promise<void> {
  if (objects.length === 0) return;
  const format: ObjectFormat = place.objectFormat;
  const shared =
    /^[ \t]*sharedrepository[ \t]*=[ \t]*(umask|group|all|world|everybody|true|false|0|1|2|0[0-7]{3})[ \t]*\r?$/im;
  const mode = shared.exec(smallText(join(place.commonDir, 'config')))?.[1];
  await askGit(seat, {
    args: [
      ...[
        '-c',
        'core.fsync=committed,loose-object',
        ...(mode === undefined ? [] : ['-c', `core.sharedRepository=${mode}`]),
      ],
      ...['unpack-objects', '-q'],
    ],
    env: { GIT_OBJECT_DIRECTORY: join(place.commonDir, 'objects') },
    input: packOf(objects, format).pack,
  });
}
