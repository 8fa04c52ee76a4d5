// What every forge's client promises, asked of GitHub's, GitLab's and Gitea's doubles alike; what is one forge's own stands in its file.

import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Forge, ForgeProblem } from '../../src/io/forge/forge.ts';
import { openForge } from '../../src/io/forge/open.ts';
import { DOUBLES, type Double } from './forges/doubles.ts';
import { commitTo } from './forges/rest.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

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
  const wanted = (more: { readonly from?: string; readonly draft?: boolean } = {}) => ({
    ...{ branch: 'fixes', from: path, base: 'main', title: 'T', body: 'B', draft: false },
    ...more,
  });
  const listed = async (of: { readonly owner: string } | { readonly search: string }): Promise<string[]> => {
    const found: string[] = [];
    for await (const { project } of forge.list(of, signal)) found.push(project.path);
    return found;
  };
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
    await double.add(`${path}-bare`, { isEmpty: true });
    const host = new URL(double.api).host;
    expect(await forge.repository(path, signal)).toMatchObject({
      project: { kind, host, api: double.api, path },
      ...{ archived: false, empty: false, fork: false, defaultBranch: 'main', mayPush: true },
    });
    expect((await forge.repository(path, signal))?.cloneUrl).toMatch(new RegExp(`^http://${host}/.*${path}\\.git$`));
    expect(await forge.repository(`${path}-old`, signal)).toMatchObject({ archived: true, empty: false });
    expect(await forge.repository(`${path}-bare`, signal)).toMatchObject({ archived: false, empty: true });
    expect(await forge.repository('acme/none', signal)).toBeUndefined();
  });

  test('all repositories of an organisation, of a user and of a search are listed, over pages', async () => {
    await double.addMany('crowd', 103, 'organisation');
    await double.addMany('person', 102, 'user');
    expect(new Set(await listed({ owner: 'crowd' })).size).toBe(103);
    expect(new Set(await listed({ owner: 'person' })).size).toBe(102);
    expect((await listed({ search: 'person/r10' })).sort()).toEqual(['person/r10', 'person/r100', 'person/r101']);
    expect((await problem(listed({ owner: 'nobody' }))).kind).toBe('missing');
  });

  test('a renamed repository is found by its old name', async () => {
    double.rename(path, `${path}-renamed`);
    expect((await forge.repository(path, signal))?.project.path).toBe(`${path}-renamed`);
  });

  test('a repository is cloned from the forge that was asked, or not at all', async () => {
    const { origin, host } = new URL(double.api);
    for (const url of ['https://elsewhere.example/x.git', 'http://127.0.0.1:1/x.git', 'file:///x', 'ext::sh -c x']) {
      double.cloneFrom(path, url);
      expect((await forge.repository(path, signal))?.cloneUrl).toBeUndefined();
    }
    double.cloneFrom(path, `http://ann:secret@${host}/y.git`);
    expect((await forge.repository(path, signal))?.cloneUrl).toBe(`${origin}/y.git`);
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

  test('a draft has no prefix for us, and stays one when its title changes', async () => {
    commitTo(double.folder(path), 'fixes', 'fix');
    expect((await forge.open(path, wanted({ draft: true }), signal)).title).toBe('T');
    await forge.update(path, 1, { title: 'New' }, signal);
    expect(double.standing(path)).toMatchObject({ title: 'New', isDraft: true });
    expect((await forge.get(path, 1, signal)).title).toBe('New');
  });

  test('labels, reviewers and assignees are added once, and those of others stay', async () => {
    commitTo(double.folder(path), 'fixes', 'fix');
    await forge.open(path, wanted(), signal);
    await forge.decorate(path, 1, { labels: ['theirs'], reviewers: [], assignees: ['zoe'] }, signal);
    const wish = { labels: ['docker', 'venv'], reviewers: ['rita'], assignees: ['ann'] };
    await forge.decorate(path, 1, wish, signal);
    const standing = { labels: ['theirs', 'docker', 'venv'], reviewers: ['rita'], assignees: ['zoe', 'ann'] };
    expect(double.standing(path)).toMatchObject(standing);
    const before = double.writes();
    await forge.decorate(path, 1, wish, signal);
    expect([double.writes(), double.standing(path)]).toEqual([before, expect.objectContaining(standing)]);
  });

  test('a fork is made once and waited for, and a pull request comes from it', async () => {
    expect(await forge.ownFork(path, signal)).toBeUndefined();
    const fork = await forge.fork(path, signal);
    const own = `${double.login}/${path.split('/')[1]}`;
    expect(fork).toMatchObject({ fork: true, empty: false, project: { path: own } });
    expect((await forge.ownFork(path, signal))?.project.path).toBe(own);
    const before = double.writes();
    expect(await forge.fork(path, signal)).toEqual(fork);
    expect(double.writes()).toBe(before);
    commitTo(double.folder(own), 'fixes', 'fix');
    const made = await forge.open(path, wanted({ from: own }), signal);
    expect(made).toMatchObject({ from: own, branch: 'fixes', base: 'main' });
    expect(await forge.find(path, { from: own, branch: 'fixes' }, signal)).toEqual([made]);
    expect(await forge.find(path, ours(), signal)).toEqual([]);
  });

  test.each(['green', 'red', 'pending'] as const)(
    'what CI says is told: %s, and none where it said nothing',
    async (said) => {
      const tip = commitTo(double.folder(path), 'main', path);
      expect(await forge.checks(path, tip, signal)).toBe('none');
      double.check(path, said);
      expect(await forge.checks(path, tip, signal)).toBe(said);
    },
  );

  test('leave is asked before every request', async () => {
    const before = double.asked();
    commitTo(double.folder(path), 'fixes', 'fix');
    await forge.open(path, wanted(), signal);
    await forge.decorate(path, 1, { labels: ['a'], reviewers: ['rita'], assignees: [] }, signal);
    expect(double.asked() - before).toBeGreaterThan(2);
    expect(readies).toBe(double.asked() - before);
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
