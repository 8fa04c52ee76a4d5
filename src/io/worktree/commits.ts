// Makes commits in the user's object store without their work tree, index, configuration or hooks.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import type { Identity } from './branch.ts';
import { type GitPlace, git, gitRaw, openPrivate, type ProcessEnvironment } from './git.ts';
import type { GitSettings } from './gitdir.ts';
import { blobId } from './worktree.ts';

/** One commit to make: new texts (latin1) of its files on top of the step before. */
export interface CommitStep {
  /** Latin1; what lies outside it is written as UTF-8. */
  readonly message: string;
  readonly files: ReadonlyMap<string, { readonly text: string; readonly mode: '100644' | '100755' }>;
}

export interface Commits {
  /** Ids, oldest first. */
  readonly commits: readonly string[];
  /** Tree of the last one. */
  readonly tree: string;
}

/**
 * The user's own identity: `GIT_AUTHOR_*`/`GIT_COMMITTER_*` of the environment, else the user's (never the repository's)
 * configuration, `EMAIL` last, as git itself looks. Refuses when a name or an address is missing: nothing is made up.
 */
export function identityOf(settings: GitSettings, env: ProcessEnvironment): Identity {
  const identity: Record<string, string> = {};
  for (const role of ['author', 'committer']) {
    for (const part of ['name', 'email']) {
      const variable = `GIT_${role.toUpperCase()}_${part.toUpperCase()}`;
      const configured = settings.user.get(`${role}.${part}`) ?? settings.user.get(`user.${part}`);
      const fallback = part === 'email' ? env.EMAIL : undefined;
      const value = env[variable] || (configured ? Buffer.from(configured, 'latin1').toString() : fallback);
      if (!value) {
        return refuse({
          what: `git does not know the ${part} to commit under`,
          next: `set it (git config --global user.${part} "..."), or give ${variable}, or use --no-branch`,
        });
      }
      identity[variable] = value;
    }
  }
  for (const name of ['GIT_AUTHOR_DATE', 'GIT_COMMITTER_DATE', 'TZ']) {
    const value = env[name];
    if (value) identity[name] = value;
  }
  return identity;
}

export interface CommitPlan {
  readonly base: string;
  readonly steps: readonly CommitStep[];
  readonly identity: Identity;
  readonly settings: GitSettings;
}

/** Makes the commits, one a step, on `base`; only objects are written, no ref moves. */
export async function makeCommits(place: GitPlace, { base, steps, identity, settings }: CommitPlan): Promise<Commits> {
  const shared = settings.checkout.filter((setting) => setting.startsWith('core.sharedrepository='));
  const own = openPrivate(place, { head: base, settings: shared });
  try {
    const call = { ...own.call, env: { ...own.call.env, ...identity, GIT_INDEX_FILE: join(own.dir, 'index') } };
    await writeBlobs({ place, dir: own.dir, call }, steps);
    await gitRaw(call, ['read-tree', base]);
    const commits: string[] = [];
    let tree = '';
    for (const [at, step] of steps.entries()) {
      const lines = [...step.files].map(
        ([path, { text, mode }]) => `${mode} ${blobId(text, place.objectFormat)}\t${path}\0`,
      );
      await gitRaw(call, ['update-index', '-z', '--index-info'], lines.join(''));
      // A partial clone lacks blobs that are not ours to look at.
      tree = (await gitRaw(call, ['write-tree', '--missing-ok'])).trim();
      const message = join(own.dir, `message-${at}`);
      writeFileSync(message, step.message.replace(/[^\0-\xff]+/g, bytesOf), 'latin1');
      const parent = commits.at(-1) ?? base;
      commits.push((await gitRaw(call, ['commit-tree', tree, '-p', parent, '-F', message])).trim());
    }
    return { commits, tree };
  } finally {
    own.close();
  }
}

const FILES_A_PROCESS = 500;

async function writeBlobs(
  { place, dir, call }: { place: GitPlace; dir: string; call: Parameters<typeof gitRaw>[0] },
  steps: readonly CommitStep[],
): Promise<void> {
  const blobs = new Map<string, string>();
  for (const { files } of steps)
    for (const { text } of files.values()) blobs.set(blobId(text, place.objectFormat), text);
  const folder = join(dir, 'blobs');
  mkdirSync(folder);
  // Named by their ids: repository paths never reach a command line.
  for (const [id, text] of blobs) writeFileSync(join(folder, id), text, 'latin1');
  const ids = [...blobs.keys()];
  for (let at = 0; at < ids.length; at += FILES_A_PROCESS) {
    const part = ids.slice(at, at + FILES_A_PROCESS);
    const files = part.map((id) => join(folder, id));
    const written = (await gitRaw(call, ['hash-object', '-w', '--no-filters', '--', ...files])).trim().split('\n');
    if (written.join() !== part.join()) throw new Error('git wrote other objects than the ones given to it');
  }
}

/** True when `commit` has exactly this tree and descends from `base`. */
export async function isResultOn(
  place: GitPlace,
  { commit, tree, base }: { commit: string; tree: string; base: string },
): Promise<boolean> {
  const own = openPrivate(place);
  try {
    const now = (await git(own.call, ['rev-parse', '--verify', `${commit}^{tree}`])).trim();
    if (now !== tree) return false;
    return (await git(own.call, ['rev-list', '--count', base, `^${commit}`])).trim() === '0';
  } finally {
    own.close();
  }
}
