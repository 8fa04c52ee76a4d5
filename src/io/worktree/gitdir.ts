// Finds the git directory of a folder and reads its plain state (HEAD, operations under way) without starting git.

import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { readFileAt } from '../files/files.ts';
import { callOnRepository, type GitPlace, gitNow, type ProcessEnvironment } from './git.ts';
import { refuseSpecialFiles } from './soundGitDir.ts';

const SMALL = 64 * 1024;
const LARGE = 256 * 1024 * 1024;

/** Where HEAD is; `branch` (latin1, without refs/heads/) is absent when detached. */
export interface Head {
  readonly commit: string;
  readonly branch?: string;
}

/**
 * The git place that governs the absolute real folder `start`, as git itself would find it (it stops where the file system
 * ends); undefined outside git. Refuses a bare repository and a `.git` file that leads nowhere.
 */
export function findGitPlace(start: string, env: ProcessEnvironment): GitPlace | undefined {
  const device = statSync(start).dev;
  for (let folder = start; ; folder = dirname(folder)) {
    if (statSync(folder).dev !== device) return undefined;
    const gitDir = gitDirIn(folder);
    if (gitDir !== undefined) {
      const commonDir = commonDirOf(gitDir);
      refuseSpecialFiles({ gitDir, commonDir });
      const config = gitText(join(commonDir, 'config')) ?? '';
      const objectFormat = /^[ \t]*objectformat[ \t]*=[ \t]*sha256/im.test(config) ? 'sha256' : 'sha1';
      return { workTree: folder, gitDir, commonDir, objectFormat, env };
    }
    if (isGitDir(folder)) {
      refuse({
        what: 'this is a bare repository or a git directory: it has no files to fix',
        where: bytesOf(folder),
        next: 'clone it and run in the clone',
      });
    }
    if (dirname(folder) === folder) return undefined;
  }
}

function gitDirIn(folder: string): string | undefined {
  const entry = join(folder, '.git');
  const stat = statSync(entry, { throwIfNoEntry: false });
  if (!stat) return undefined;
  // Whatever it leads to is somebody else's: the commits would be made there.
  if (lstatSync(entry).isSymbolicLink() && (!stat.isDirectory() || isGitDir(entry)))
    elsewhere(folder, 'run in a clone of that repository');
  if (stat.isDirectory()) {
    if (!isGitDir(entry)) return undefined;
    // Only the directory of a linked work tree shares another one's, and that never stands here.
    if (lstatSync(join(entry, 'commondir'), { throwIfNoEntry: false })) elsewhere(folder);
    return realpathSync.native(entry);
  }
  const text = gitText(entry);
  if (text === undefined) return undefined;
  const target = /^gitdir: ([^\n]+)/.exec(text)?.[1]?.replace(/\r$/, '');
  const dir = target === undefined ? undefined : resolve(folder, Buffer.from(target, 'latin1').toString());
  if (dir === undefined || !isGitDir(dir)) {
    return refuse({
      what: 'the file .git names a git directory that is not there',
      where: bytesOf(folder),
      next: 'repair it (`git worktree repair`), or use --no-branch on a copy without .git',
    });
  }
  const real = realpathSync.native(dir);
  const back = gitText(join(real, 'gitdir'))?.replace(/[\r\n]+$/, '');
  const isLinked = lstatSync(join(real, 'commondir'), { throwIfNoEntry: false }) !== undefined;
  if (isLinked ? !isSameEntry(back, entry, real) : basename(real) === '.git' && dirname(real) !== folder)
    elsewhere(folder);
  return real;
}

/** Does what a linked work tree's git directory says of its place name this entry? */
function isSameEntry(back: string | undefined, entry: string, gitDir: string): boolean {
  if (back === undefined) return false;
  const named = resolve(gitDir, Buffer.from(back, 'latin1').toString());
  const stat = statSync(named, { throwIfNoEntry: false });
  const own = statSync(entry);
  return stat !== undefined && stat.ino === own.ino && stat.dev === own.dev;
}

function elsewhere(folder: string, next = 'repair it (`git worktree repair`)'): never {
  return refuse({
    what: 'its .git leads to the git directory of another repository',
    where: bytesOf(folder),
    next: `${next}, or use --no-branch on a copy without .git`,
  });
}

/** git's own test, without reading the configuration. */
function isGitDir(dir: string): boolean {
  if (!lstatSync(join(dir, 'HEAD'), { throwIfNoEntry: false })) return false;
  if (lstatSync(join(dir, 'commondir'), { throwIfNoEntry: false })?.isFile()) return true;
  return isFolderAt(join(dir, 'objects')) && isFolderAt(join(dir, 'refs'));
}

function isFolderAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function commonDirOf(gitDir: string): string {
  const text = gitText(join(gitDir, 'commondir'));
  if (text === undefined) return gitDir;
  const dir = resolve(gitDir, Buffer.from(text.replace(/[\r\n]+$/, ''), 'latin1').toString());
  return isFolderAt(dir) ? realpathSync.native(dir) : gitDir;
}

function gitText(path: string): string | undefined {
  const read = readFileAt(path, SMALL);
  return typeof read === 'object' ? read.text : undefined;
}

/** HEAD without starting git; undefined before the first commit. Where refs are stored in another way git is asked. */
export function readHead(place: GitPlace): Head | undefined {
  const text = gitText(join(place.gitDir, 'HEAD'))?.replace(/[ \t\r\n]+$/, '');
  const ref = text === undefined ? undefined : /^ref:[ \t]*(refs\/.+)$/.exec(text)?.[1];
  if (isFolderAt(join(place.commonDir, 'reftable')) || text === undefined) return askHead(place);
  if (ref === undefined) return isObjectId(text) ? { commit: text } : undefined;
  const commit = readRef(place, ref);
  if (commit === undefined) return undefined;
  return ref.startsWith('refs/heads/') ? { commit, branch: ref.slice('refs/heads/'.length) } : { commit };
}

function askHead(place: GitPlace): Head | undefined {
  const call = callOnRepository(place, 'without user');
  const list = gitNow(call, ['for-each-ref', '--format=%(HEAD) %(objectname) %(refname)', 'refs/heads/']);
  const current = /^\* ([0-9a-f]+) refs\/heads\/(.+)$/m.exec(list);
  return current ? { commit: current[1]!, branch: current[2]! } : undefined;
}

/** The commit id of a full ref name (latin1) from a loose or packed ref; undefined when it is not there. */
export function readRef(place: GitPlace, ref: string): string | undefined {
  if (ref.split('/').some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const loose = readFileAt(Buffer.concat([Buffer.from(`${place.commonDir}/`), Buffer.from(ref, 'latin1')]), SMALL);
  if (typeof loose === 'object') {
    const id = loose.text.replace(/[ \t\r\n]+$/, '');
    if (isObjectId(id)) return id;
  }
  const packed = readFileAt(join(place.commonDir, 'packed-refs'), LARGE);
  if (typeof packed !== 'object') return undefined;
  const at = `\n${packed.text}`.indexOf(` ${ref}\n`);
  if (at < 1) return undefined;
  const id = packed.text.slice(packed.text.lastIndexOf('\n', at - 1) + 1, at - 1);
  return isObjectId(id) ? id : undefined;
}

function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

const OPERATIONS: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase or git am'],
  ['MERGE_HEAD', 'a merge'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['sequencer', 'a cherry-pick or revert of several commits'],
  ['BISECT_LOG', 'a bisect'],
];

/** The operation under way ("a rebase"), or undefined. */
export function operationUnderWay(place: GitPlace): string | undefined {
  const found = OPERATIONS.find(([name]) => lstatSync(join(place.gitDir, name), { throwIfNoEntry: false }));
  return found?.[1];
}

/** True while another git process (or a dead one's leftover) holds the index. */
export function isIndexLocked(place: GitPlace): boolean {
  return lstatSync(join(place.gitDir, 'index.lock'), { throwIfNoEntry: false }) !== undefined;
}

/** What configuration says, keys in lower case, last value of each. */
export interface GitSettings {
  /** The user's (global and system) ones. */
  readonly user: ReadonlyMap<string, string>;
  /** Settings about the checkout that cannot start anything, ready for `-c`. */
  readonly checkout: readonly string[];
  /** Absolute path, when the repository's configuration moves the work tree elsewhere. */
  readonly foreignWorkTree?: string;
  readonly bare: boolean;
}

/** Only these, and only with these values, are taken over from the user or the repository: facts about the checkout. */
const CHECKOUT: Readonly<Record<string, RegExp>> = {
  'core.autocrlf': /^(?:true|false|input|yes|no|on|off|0|1)$/i,
  'core.eol': /^(?:lf|crlf|native)$/i,
  'core.filemode': /^(?:true|false|yes|no|on|off|0|1)$/i,
  'core.symlinks': /^(?:true|false|yes|no|on|off|0|1)$/i,
  'core.ignorecase': /^(?:true|false|yes|no|on|off|0|1)$/i,
  'core.trustctime': /^(?:true|false|yes|no|on|off|0|1)$/i,
  'core.checkstat': /^(?:default|minimal)$/i,
  'core.precomposeunicode': /^(?:true|false|yes|no|on|off|0|1)$/i,
  'core.sharedrepository': /^(?:umask|group|all|world|everybody|true|false|0|1|2|0[0-7]{3})$/i,
};

/** Asks git (one process; data only, nothing of it is run) for the user's and the checkout's settings. */
export function readSettings(place: GitPlace): GitSettings {
  // An included file may be anything, also one without end.
  const call = { ...callOnRepository(place, 'with user'), milliseconds: 10_000 };
  const listed = gitNow(call, ['config', '--list', '-z', '--show-scope', '--includes']);
  const user = new Map<string, string>();
  const own = new Map<string, string>();
  const parts = listed.split('\0');
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const scope = parts[at]!;
    const pair = parts[at + 1]!;
    const newline = pair.indexOf('\n');
    const key = newline < 0 ? pair : pair.slice(0, newline);
    const value = newline < 0 ? 'true' : pair.slice(newline + 1);
    if (scope === 'global' || scope === 'system') user.set(key, value);
    else if (scope === 'local' || scope === 'worktree') own.set(key, value);
  }
  const checkout: string[] = [];
  for (const [key, allowed] of Object.entries(CHECKOUT)) {
    const value = own.get(key) ?? user.get(key);
    if (value !== undefined && allowed.test(value)) checkout.push(`${key}=${value}`);
  }
  // git ignores both in a linked work tree.
  const main = place.gitDir === place.commonDir;
  const workTree = main ? own.get('core.worktree') : undefined;
  const foreignWorkTree = workTree === undefined ? undefined : foreign(place, workTree);
  const bare = /^(?:true|yes|on|1)$/i.test(own.get('core.bare') ?? '') && main;
  return foreignWorkTree === undefined ? { user, checkout, bare } : { user, checkout, bare, foreignWorkTree };
}

function foreign(place: GitPlace, value: string): string | undefined {
  const there = resolve(place.gitDir, Buffer.from(value, 'latin1').toString());
  try {
    if (realpathSync.native(there) === place.workTree) return undefined;
  } catch {
    // It does not exist, so it is not this work tree.
  }
  return there;
}

/** False when the configuration plainly moves nothing, so that `readSettings` need not be asked for it. */
export function mayMoveWorkTree(place: GitPlace): boolean {
  const worktree = gitText(join(place.gitDir, 'config.worktree')) ?? '';
  const text = `${gitText(join(place.commonDir, 'config')) ?? 'worktree'}\n${worktree}`;
  return /worktree|include/i.test(text) || /^[ \t]*bare[ \t]*(?:=[ \t]*(?!false)|$)/im.test(text);
}
