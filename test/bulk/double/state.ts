// What the double of a forge knows: repositories that are real bare ones on disk, their pull requests, and who did what.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A repository as a test asks for it. */
export interface RepositoryWish {
  /** Path to text (latin1); `main` has one commit with them. Absent: empty. */
  readonly files?: Readonly<Record<string, string>>;
  readonly archived?: boolean;
  /** `owner/name` that it is a fork of; that one must be there. */
  readonly forkOf?: string;
  /** Absent: the user may push. */
  readonly mayPush?: boolean;
  /** Has a name and nothing on disk; for long lists. */
  readonly nameOnly?: true;
}

export interface DoubleRepository {
  readonly id: number;
  path: string;
  folder: string;
  archived: boolean;
  readonly mayPush: boolean;
  readonly parent?: string;
  readonly nameOnly?: true;
  /** What it says of where it is cloned from, where that is a lie. */
  cloneUrl?: string;
  /** How often it is asked for before its branches are there. */
  hidden: number;
  readonly pulls: DoublePull[];
}

export interface DoubleEvent {
  readonly event: string;
  readonly of: string;
}

export interface DoublePull {
  readonly number: number;
  readonly from: string;
  readonly branch: string;
  readonly base: string;
  readonly draft: boolean;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged: boolean;
  /** Tip when it was closed. */
  head: string;
  labels: string[];
  reviewers: string[];
  assignees: string[];
  readonly events: DoubleEvent[];
}

/** A write that was carried out. */
export interface Write {
  /** `pulls/create`, `git-receive-pack`, ... */
  readonly operation: string;
  readonly path: string;
  readonly detail?: unknown;
}

export interface State {
  readonly root: string;
  readonly token: string;
  readonly login: string;
  readonly repositories: Map<string, DoubleRepository>;
  /** Old path to new. */
  readonly renamed: Map<string, string>;
  /** Owners that are organisations; others are users. */
  readonly organisations: Set<string>;
  readonly writes: Write[];
  readonly checks: Map<
    string,
    { readonly statuses: string[]; readonly runs: { status: string; conclusion?: string }[] }
  >;
}

const ENV = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};
const DATE = '1700000000 +0000';

/** Runs git with nothing of the user's settings; the standard output without its last line feed. */
export async function git(arguments_: readonly string[], input?: string): Promise<string> {
  const child = run('git', [...arguments_], { env: ENV, encoding: 'latin1', maxBuffer: 1 << 26 });
  child.child.stdin?.on('error', () => {}).end(input ?? '', 'latin1');
  return (await child).stdout.replace(/\n$/, '');
}

/** A new bare repository as wished; its folder is the path of the address below `root`. */
export async function addRepository(state: State, path: string, wish: RepositoryWish): Promise<DoubleRepository> {
  const folder = join(state.root, `${path}.git`);
  if (!wish.nameOnly) await makeFolder(state, folder, wish);
  const repository: DoubleRepository = {
    id: state.repositories.size + 1,
    path,
    folder,
    archived: wish.archived ?? false,
    mayPush: wish.mayPush ?? true,
    ...(wish.nameOnly ? { nameOnly: true } : {}),
    ...(wish.forkOf === undefined ? {} : { parent: wish.forkOf }),
    hidden: 0,
    pulls: [],
  };
  state.repositories.set(path.toLowerCase(), repository);
  return repository;
}

async function makeFolder(state: State, folder: string, wish: RepositoryWish): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const parent = wish.forkOf === undefined ? undefined : state.repositories.get(wish.forkOf.toLowerCase());
  if (parent) await git(['clone', '-q', '--bare', parent.folder, folder]);
  else await git(['init', '-q', '--bare', '--initial-branch=main', folder]);
  if (wish.files) await commitFiles(folder, { branch: 'main', files: wish.files, message: 'First' });
}

/** A commit of a person with exactly these files, on top of the branch (or of `from`); its id. */
export async function commitFiles(
  folder: string,
  {
    branch,
    files,
    message,
    from = branch,
  }: {
    readonly branch: string;
    readonly files: Readonly<Record<string, string>>;
    readonly message: string;
    readonly from?: string;
  },
): Promise<string> {
  const parent = await tipOf(folder, from);
  const lines = [
    `commit refs/heads/${branch}\ncommitter A Person <person@example.org> ${DATE}\n${data(message)}`,
    parent === undefined ? '' : `from ${parent}\n`,
    'deleteall\n',
    ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
  ];
  await git(['-C', folder, 'fast-import', '--quiet', '--force'], lines.join(''));
  return (await tipOf(folder, branch)) ?? '';
}

function data(text: string): string {
  return `data ${text.length}\n${text}\n`;
}

/** Commit at the tip of a branch; undefined where there is no such branch. */
export async function tipOf(folder: string, branch: string): Promise<string | undefined> {
  const loose = join(folder, 'refs', 'heads', branch);
  if (existsSync(loose)) return readFileSync(loose, 'latin1').slice(0, 40);
  const out = await git(['-C', folder, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
  return out === '' ? undefined : out.split('\n')[0];
}

/** Whether there is no commit in it. */
export function isEmpty(folder: string): boolean {
  return !existsSync(join(folder, 'packed-refs')) && readdirSync(join(folder, 'refs', 'heads')).length === 0;
}

/** Names of the branches. */
export async function branchesOf(folder: string): Promise<string[]> {
  const out = await git(['-C', folder, 'for-each-ref', '--format=%(refname:short)', 'refs/heads']);
  return out === '' ? [] : out.split('\n');
}

/** Whether `branch` (of `from`) has commits that `base` has not. */
export async function hasCommits(into: DoubleRepository, base: string, tip: string, from: DoubleRepository) {
  const alternates = { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(from.folder, 'objects') };
  const arguments_ = ['-C', into.folder, 'rev-list', '--count', `${base}..${tip}`];
  const { stdout } = await run('git', arguments_, { env: { ...ENV, ...alternates } });
  return stdout.trim() !== '0';
}

/** As a person (or the forge) renames a repository: the old path leads to the new one. */
export function rename(state: State, path: string, to: string): void {
  const repository = state.repositories.get(path.toLowerCase());
  if (!repository) throw new Error(`no ${path}`);
  const folder = join(state.root, `${to}.git`);
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(repository.folder, folder);
  Object.assign(repository, { path: to, folder });
  state.repositories.delete(path.toLowerCase());
  state.repositories.set(to.toLowerCase(), repository);
  state.renamed.set(path.toLowerCase(), to);
}
