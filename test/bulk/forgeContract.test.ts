// What every forge's client promises, asked of GitHub's, GitLab's and Gitea's doubles alike; what is one forge's own stands in its file.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Forge, ForgeProblem } from '../../src/io/forge/forge.ts';
import { openForge } from '../../src/io/forge/open.ts';
import { startDouble } from './double/double.ts';
import { TOKEN as GITEA_TOKEN, startGitea } from './forges/giteaDouble.ts';
import { TOKEN as GITLAB_TOKEN, startGitlab } from './forges/gitlabDouble.ts';
import { commitTo, type Rest } from './forges/rest.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** What happens to the next question for a repository. */
type Mishap =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly message?: string }
  | 'drop';

interface Double {
  readonly api: string;
  readonly token: string;
  add(path: string, wish?: { readonly archived: true }): Promise<void>;
  /** The bare repository. */
  folder(path: string): string;
  archive(path: string): void;
  /** As a person would. */
  merge(path: string): void;
  mishap(what: Mishap): void;
  /** The next pull request is made, and the answer lost. */
  loseAnswer(): void;
  writes(): number;
  close(): Promise<void>;
}

const mishapOf = (rest: Rest, match: string) => (what: Mishap) =>
  rest.inject(match, what === 'drop' ? what : { ...what, json: { message: what.message ?? 'no' } });

const DOUBLES = {
  github: async (): Promise<Double> => {
    const double = await startDouble({ organisations: ['acme'], repositories: {} });
    return {
      api: double.api,
      token: double.token,
      add: async (path, wish) => void (await double.add(path, { files: { file: 'one' }, ...wish })),
      folder: (path) => double.repository(path).folder,
      archive: (path) => void Object.assign(double.repository(path), { archived: true }),
      merge: (path) => void Object.assign(double.pulls(path).at(-1)!, { state: 'closed', merged: true }),
      mishap: (what) =>
        double.inject(
          'repos/get',
          what === 'drop' ? { kind: 'drop' } : { kind: 'answer', ...what, body: { message: what.message ?? 'no' } },
        ),
      loseAnswer: () => double.inject('pulls/create', { kind: 'lose' }),
      writes: () => double.writes().length,
      close: () => double.close(),
    };
  },
  gitlab: async (): Promise<Double> => {
    const double = await startGitlab();
    return {
      api: double.api,
      token: GITLAB_TOKEN,
      add: async (path, wish) => void double.add(path, wish),
      folder: (path) => double.at(path).folder,
      archive: (path) => void Object.assign(double.at(path), { archived: true }),
      merge: (path) => void Object.assign(double.at(path).requests.at(-1)!, { state: 'merged' }),
      mishap: mishapOf(double, 'GET /projects'),
      loseAnswer: () => double.inject('POST /projects', 'drop after'),
      writes: () => double.writes().length,
      close: () => double.close(),
    };
  },
  gitea: async (): Promise<Double> => {
    const double = await startGitea();
    const at = (path: string) => double.repositories.get(path.toLowerCase())!;
    return {
      api: double.api,
      token: GITEA_TOKEN,
      add: async (path, wish) => void double.add(path, wish),
      folder: (path) => at(path).folder,
      archive: (path) => void Object.assign(at(path), { archived: true }),
      merge: (path) => void Object.assign(at(path).pulls.at(-1)!, { state: 'closed', merged: true }),
      mishap: mishapOf(double, 'GET /repos'),
      loseAnswer: () => double.inject('POST /repos', 'drop after'),
      writes: () => double.writes().length,
      close: () => double.close(),
    };
  },
} as const;

describe.each(['github', 'gitlab', 'gitea'] as const)('%s', (kind) => {
  const { signal } = new AbortController();
  let double: Double;
  let forge: Forge;
  let path: string;
  let backOffs: number[];
  let readies: number;
  let count = 0;

  beforeAll(async () => {
    double = await DOUBLES[kind]();
  });
  afterAll(() => double.close());
  beforeEach(async () => {
    [backOffs, readies] = [[], 0];
    forge = await open(double.token);
    path = `acme/app${++count}`;
    await double.add(path);
  });

  const open = (token: string | undefined, tokenName?: string): Promise<Forge> =>
    openForge(kind, {
      api: double.api,
      token,
      tokenName,
      userAgent: 'pyvenv-fix-test',
      ready: async () => void readies++,
      backOff: async (milliseconds) => void backOffs.push(milliseconds),
    });
  const wanted = (from = path) => ({ branch: 'fixes', from, base: 'main', title: 'T', body: 'B', draft: false });
  const ours = () => ({ from: path, branch: 'fixes' });
  const problem = (work: Promise<unknown>): Promise<ForgeProblem> =>
    work.then(
      () => expect.unreachable('it should have failed'),
      (error: unknown) => {
        expect(error).toBeInstanceOf(ForgeProblem);
        expect((error as ForgeProblem).message).not.toContain(double.token);
        expect((error as ForgeProblem).message).not.toContain('\n');
        return error as ForgeProblem;
      },
    );

  test('a repository is told as it is, and one that is not there as undefined', async () => {
    await double.add(`${path}-old`, { archived: true });
    const host = new URL(double.api).host;
    expect(await forge.repository(path, signal)).toMatchObject({
      project: { kind, host, api: double.api, path },
      ...{ archived: false, empty: false, fork: false, defaultBranch: 'main', mayPush: true },
    });
    expect((await forge.repository(path, signal))?.cloneUrl).toMatch(new RegExp(`^http://${host}/.*${path}\\.git$`));
    expect(await forge.repository(`${path}-old`, signal)).toMatchObject({ archived: true });
    expect(await forge.repository('acme/none', signal)).toBeUndefined();
  });

  test('a pull request is opened once: the second time says that it exists, and it is found', async () => {
    const head = commitTo(double.folder(path), 'fixes', 'fix');
    const made = await forge.open(path, wanted(), signal);
    expect(made).toMatchObject({
      ...{ number: 1, state: 'open', title: 'T', body: 'B', head, branch: 'fixes', from: path, base: 'main' },
    });
    expect((await problem(forge.open(path, wanted(), signal))).kind).toBe('exists');
    expect(await forge.find(path, ours(), signal)).toEqual([made]);
    expect(await forge.find(path, { from: path, branch: 'other' }, signal)).toEqual([]);
    expect(await forge.get(path, 1, signal)).toEqual(made);
  });

  test('a pull request whose answer was lost stands, and is found', async () => {
    commitTo(double.folder(path), 'fixes', 'fix');
    double.loseAnswer();
    expect((await problem(forge.open(path, wanted(), signal))).kind).toBe('again');
    expect(await forge.find(path, ours(), signal)).toHaveLength(1);
  });

  test('a pull request is changed and closed, and those of every state are found, newest first', async () => {
    commitTo(double.folder(path), 'fixes', 'fix');
    await forge.open(path, wanted(), signal);
    await forge.update(path, 1, { title: 'New', body: 'Newer' }, signal);
    expect(await forge.get(path, 1, signal)).toMatchObject({ title: 'New', body: 'Newer', state: 'open' });
    await forge.update(path, 1, { state: 'closed' }, signal);
    expect(await forge.get(path, 1, signal)).toMatchObject({ title: 'New', body: 'Newer', state: 'closed' });
    await forge.open(path, wanted(), signal);
    double.merge(path);
    await forge.open(path, wanted(), signal);
    const found = await forge.find(path, ours(), signal);
    expect(found.map(({ number, state }) => `${number} ${state}`)).toEqual(['3 open', '2 merged', '1 closed']);
  });

  test('nothing is opened before its branch is there, and in no archived repository', async () => {
    expect(['refused', 'missing']).toContain((await problem(forge.open(path, wanted(), signal))).kind);
    commitTo(double.folder(path), 'fixes', 'fix');
    double.archive(path);
    expect((await problem(forge.open(path, wanted(), signal))).kind).toBe('denied');
  });

  test.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, 'limited', [7000]],
    ['429 without a word', { status: 429 }, 'limited', [60_000]],
    ['502', { status: 502 }, 'again', []],
    ['403', { status: 403 }, 'denied', []],
    ['a broken connection', 'drop', 'again', []],
  ] as const)('%s is told apart, and everybody waits who has to', async (_, mishap, expected, waits) => {
    double.mishap(mishap);
    const failure = await problem(forge.repository(path, signal));
    expect([failure.kind, backOffs]).toEqual([expected, waits]);
    if (expected === 'limited') expect(failure.wait).toBe(waits[0]);
    expect(readies).toBe(1);
  });

  test('what a forge says back is one line without the token', async () => {
    double.mishap({ status: 403, message: `oh ${double.token}\n\u001b[31m` });
    const { message } = await problem(forge.repository(path, signal));
    expect(message).toContain('oh ***');
    expect(message).not.toContain('\u001b');
  });

  test('a token that is not taken is told by the name of its variable, without what it holds', async () => {
    const { kind: why, message } = await problem((await open('wr0ng-one', 'MY_TOKEN')).repository(path, signal));
    expect([why, message.includes('MY_TOKEN'), message.includes('wr0ng-one')]).toEqual(['denied', true, false]);
  });

  test('no other host is followed to', async () => {
    double.mishap({ status: 301, headers: { location: 'http://127.0.0.1:1/anywhere' } });
    expect((await problem(forge.repository(path, signal))).kind).toBe('refused');
  });

  test('a run that is stopped asks nothing more', async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await problem(forge.repository(path, stop.signal))).kind).toBe('again');
  });
});
