// The three doubles behind one face, for the suite of promises that runs over all of them.

import { startDouble } from '../double/double.ts';
import { TOKEN as GITEA_TOKEN, startGitea } from './giteaDouble.ts';
import { TOKEN as GITLAB_TOKEN, startGitlab } from './gitlabDouble.ts';
import { type Rest, tipOf } from './rest.ts';

/** What happens to the next question for a repository. */
export type Mishap =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly message?: string }
  | 'drop';

/** What a forge has of a pull request beyond what its client tells. */
export interface Standing {
  readonly title: string;
  readonly isDraft: boolean;
  readonly labels: readonly string[];
  readonly reviewers: readonly string[];
  readonly assignees: readonly string[];
}

export interface Double {
  readonly api: string;
  readonly token: string;
  /** Of the token's user. */
  readonly login: string;
  add(path: string, wish?: { readonly archived?: true; readonly isEmpty?: true }): Promise<void>;
  /** So many repositories of an owner. */
  addMany(owner: string, count: number, kind: 'organisation' | 'user'): Promise<void>;
  /** The bare repository. */
  folder(path: string): string;
  archive(path: string): void;
  /** The repository is found by its old name as by its new one. */
  rename(path: string, to: string): void;
  /** It says that it is cloned from there. */
  cloneFrom(path: string, url: string): void;
  /** CI says so of the tip of `main`. */
  check(path: string, what: 'green' | 'red' | 'pending'): void;
  /** The last pull request. */
  standing(path: string): Standing;
  /** As a person would. */
  merge(path: string): void;
  /** As a person would, of the last pull request. */
  retitle(path: string, title: string): void;
  mishap(what: Mishap): void;
  /** The next pull request is made, and the answer lost. */
  loseAnswer(): void;
  writes(): number;
  /** Requests to the programming interface. */
  asked(): number;
  close(): Promise<void>;
}

const mishapOf = (rest: Rest, match: string) => (what: Mishap) =>
  rest.inject(match, what === 'drop' ? what : { ...what, json: { message: what.message ?? 'no' } });

async function github(): Promise<Double> {
  const double = await startDouble({ organisations: ['acme', 'crowd'], repositories: {} });
  return {
    api: double.api,
    token: double.token,
    login: double.login,
    add: async (path, { isEmpty, ...wish } = {}) =>
      void (await double.add(path, { ...(isEmpty ? {} : { files: { file: 'one' } }), ...wish })),
    addMany: async (owner, count) => {
      for (let number = 0; number < count; number++) await double.add(`${owner}/r${number}`, { nameOnly: true });
    },
    folder: (path) => double.repository(path).folder,
    archive: (path) => void Object.assign(double.repository(path), { archived: true }),
    rename: (path, to) => double.rename(path, to),
    cloneFrom: (path, url) => void Object.assign(double.repository(path), { cloneUrl: url }),
    check: (path, what) => {
      const said = { green: 'success', red: 'failure', pending: 'pending' }[what];
      double.checks.set(tipOf(double.repository(path).folder, 'main')!, { statuses: [said], runs: [] });
    },
    standing: (path) => {
      const { title, draft, labels, reviewers, assignees } = double.pulls(path).at(-1)!;
      return { title, isDraft: draft, labels: [...labels], reviewers: [...reviewers], assignees: [...assignees] };
    },
    merge: (path) => void Object.assign(double.pulls(path).at(-1)!, { state: 'closed', merged: true }),
    retitle: (path, title) => void Object.assign(double.pulls(path).at(-1)!, { title }),
    mishap: (what) =>
      double.inject(
        'repos/get',
        what === 'drop' ? { kind: 'drop' } : { kind: 'answer', ...what, body: { message: what.message ?? 'no' } },
      ),
    loseAnswer: () => double.inject('pulls/create', { kind: 'lose' }),
    writes: () => double.writes().length,
    asked: () => double.asked().length,
    close: () => double.close(),
  };
}

async function gitlab(): Promise<Double> {
  const double = await startGitlab();
  const last = (path: string) => double.at(path).requests.at(-1)!;
  const named = (ids: readonly number[]): string[] => ids.map((id) => double.users[id - 1]!);
  return {
    api: double.api,
    token: GITLAB_TOKEN,
    login: 'bot',
    add: async (path, wish) => void double.add(path, wish),
    addMany: async (owner, count, kind) => {
      if (kind === 'organisation') double.groups.add(owner);
      else double.users.push(owner);
      for (let number = 0; number < count; number++) double.add(`${owner}/r${number}`, { folder: '/nonexistent' });
    },
    folder: (path) => double.at(path).folder,
    archive: (path) => void Object.assign(double.at(path), { archived: true }),
    rename: (path, to) => {
      Object.assign(double.at(path), { path: to });
      const location = `${new URL(double.api).pathname}/projects/${encodeURIComponent(to)}`;
      double.inject('GET /projects', { status: 301, headers: { location } });
    },
    cloneFrom: (path, url) => void Object.assign(double.at(path), { cloneUrl: url }),
    check: (path, what) => {
      const status = { green: 'success', red: 'failed', pending: 'running' }[what];
      const { pipelines, folder } = double.at(path);
      pipelines.push({ sha: tipOf(folder, 'main')!, ref: 'main', source: 'push', status });
    },
    standing: (path) => {
      const { title, labels, reviewers, assignees } = last(path);
      const isDraft = title.startsWith('Draft: ');
      const plain = title.replace(/^Draft: /, '');
      return { title: plain, isDraft, labels: [...labels], reviewers: named(reviewers), assignees: named(assignees) };
    },
    merge: (path) => void Object.assign(last(path), { state: 'merged' }),
    retitle: (path, title) => void Object.assign(last(path), { title }),
    mishap: mishapOf(double, 'GET /projects'),
    loseAnswer: () => double.inject('POST /projects', 'drop after'),
    writes: () => double.writes().length,
    asked: () => double.asked.length,
    close: () => double.close(),
  };
}

async function gitea(): Promise<Double> {
  const double = await startGitea();
  const at = (path: string) => double.repositories.get(path.toLowerCase())!;
  const last = (path: string) => at(path).pulls.at(-1)!;
  const labelNames = (path: string): ReadonlyMap<number, string> =>
    new Map(
      [...at(path).labels, ...(double.organisations.get(path.split('/')[0]!) ?? [])].map(({ id, name }) => [id, name]),
    );
  return {
    api: double.api,
    token: GITEA_TOKEN,
    login: 'bot',
    add: async (path, wish) => void double.add(path, wish),
    addMany: async (owner, count, kind) => {
      if (kind === 'organisation') double.organisations.set(owner, []);
      for (let number = 0; number < count; number++) double.add(`${owner}/r${number}`, { folder: '/nonexistent' });
    },
    folder: (path) => at(path).folder,
    archive: (path) => void Object.assign(at(path), { archived: true }),
    rename: (path, to) => {
      const renamed = Object.assign(at(path), { path: to });
      double.repositories.set(to.toLowerCase(), renamed);
    },
    cloneFrom: (path, url) => void Object.assign(at(path), { cloneUrl: url }),
    check: (path, what) => {
      const state = { green: 'success', red: 'failure', pending: 'pending' }[what];
      at(path).states.set(tipOf(at(path).folder, 'main')!, state);
    },
    standing: (path) => {
      const { title, labels, reviewers, assignees } = last(path);
      const names = labelNames(path);
      return {
        title: title.replace(/^WIP: /, ''),
        isDraft: title.startsWith('WIP: '),
        labels: labels.map((id) => names.get(id)!),
        reviewers: [...reviewers],
        assignees: [...assignees],
      };
    },
    merge: (path) => void Object.assign(last(path), { state: 'closed', merged: true }),
    retitle: (path, title) => void Object.assign(last(path), { title }),
    mishap: mishapOf(double, 'GET /repos'),
    loseAnswer: () => double.inject('POST /repos', 'drop after'),
    writes: () => double.writes().length,
    asked: () => double.asked.length,
    close: () => double.close(),
  };
}

export const DOUBLES = { github, gitlab, gitea } as const;
