// GitHub's client against a double that is held to GitHub's own API description.

import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Forge, ForgeProblem } from '../../src/io/forge/forge.ts';
import { githubForge } from '../../src/io/forge/github/github.ts';
import { type Double, startDouble } from './double/double.ts';
import { retryAfter, SECONDARY_LIMIT, spent } from './double/faults.ts';
import { commitFiles, tipOf } from './double/state.ts';

vi.setConfig({ testTimeout: 60_000 });

const signal = new AbortController().signal;
const NEW = { branch: 'fixes', from: 'org/one', base: 'main', title: 'T', body: 'B', draft: false } as const;

let double: Double;
let forge: Forge;
let backOffs: number[];
let asks: number;

async function forgeWith(more: { readonly token?: string; readonly api?: string; readonly tokenName?: string } = {}) {
  return githubForge({
    api: double.api,
    token: double.token,
    userAgent: 'pyvenv-fix/test',
    ready: async () => {
      asks++;
    },
    backOff: async (milliseconds) => {
      backOffs.push(milliseconds);
    },
    ...more,
  });
}

async function problemOf(work: Promise<unknown>): Promise<ForgeProblem> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ForgeProblem);
  expect(String((error as Error).message)).not.toContain(double.token);
  expect((error as Error).stack).not.toContain(double.token);
  return error as ForgeProblem;
}

beforeAll(async () => {
  const files = { Dockerfile: 'FROM python:3.12\n' };
  double = await startDouble({
    organisations: ['org'],
    repositories: {
      'org/one': { files },
      'org/old': { files, archived: true },
      'org/none': {},
      'other/theirs': { files, mayPush: false },
      'campaigner/mine': { files },
      'paged/a': { files },
    },
  });
  for (let number = 0; number < 120; number++) await double.add(`many/r${number}`, { nameOnly: true });
}, 60_000);

beforeEach(async () => {
  double.forget();
  backOffs = [];
  asks = 0;
  forge = await forgeWith();
});

// a fault that nothing met would be the next test's
afterEach(() => expect(double.faultsLeft()).toBe(0));

afterAll(() => double.close());

async function names(list: AsyncIterable<{ readonly project: { readonly path: string } }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { project } of list) found.push(project.path);
  return found;
}

/** A port that nobody listens at. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('repositories', () => {
  test('are told as they are', async () => {
    const host = new URL(double.api).host;
    expect(await forge.repository('org/one', signal)).toEqual({
      project: { kind: 'github', host, api: double.api, path: 'org/one' },
      archived: false,
      empty: false,
      fork: false,
      defaultBranch: 'main',
      cloneUrl: double.gitUrl('org/one'),
      mayPush: true,
    });
    expect(await forge.repository('org/old', signal)).toMatchObject({ archived: true });
    expect(await forge.repository('org/none', signal)).toMatchObject({ empty: true });
    expect(await forge.repository('other/theirs', signal)).toMatchObject({ mayPush: false });
    expect(await forge.repository('org/no-such', signal)).toBeUndefined();
    expect((await problemOf(forge.repository('org', signal))).kind).toBe('refused');
  });

  test('of organisations, of others, of ourselves and of searches are listed, all pages of them', async () => {
    expect(await names(forge.list({ owner: 'org' }, signal))).toEqual(['org/none', 'org/old', 'org/one']);
    expect(await names(forge.list({ owner: 'campaigner' }, signal))).toEqual(['campaigner/mine']);
    expect(double.asked().some(({ path }) => path.startsWith('/user/repos'))).toBe(true);
    const many = await names(forge.list({ owner: 'many' }, signal));
    expect(new Set(many).size).toBe(120);
    expect(await names(forge.list({ search: 'paged/' }, signal))).toEqual(['paged/a']);
    expect((await problemOf(names(forge.list({ owner: 'nobody-there' }, signal)))).kind).toBe('missing');
  });

  test('of a search that is not told whole are an error, and not a shorter list', async () => {
    const tooMany = await problemOf(names(forge.list({ search: 'everything' }, signal)));
    expect(tooMany.message).toBe(
      'The search finds 4321 repositories, and GitHub gives the first 1000 only: narrow it.',
    );
    expect((await problemOf(names(forge.list({ search: 'slow' }, signal)))).kind).toBe('again');
  });
});

describe('pull requests', () => {
  test('that cannot be opened say why', async () => {
    const { folder } = double.repository('campaigner/mine');
    const wanted = { ...NEW, from: 'campaigner/mine' };
    const unpushed = await problemOf(forge.open('campaigner/mine', wanted, signal));
    expect([unpushed.kind, unpushed.message]).toEqual([
      'refused',
      `${new URL(double.api).host}, asked for POST /repos/campaigner/mine/pulls, answered 422: Validation Failed: head invalid`,
    ]);
    await commitFiles(folder, { branch: 'fixes', from: 'main', files: { Dockerfile: 'FROM a\n' }, message: 'Fix' });
    await forge.open('campaigner/mine', wanted, signal);
    expect((await problemOf(forge.open('campaigner/mine', wanted, signal))).kind).toBe('exists');
    expect((await problemOf(forge.open('org/old', { ...NEW, from: 'org/old' }, signal))).kind).toBe('denied');
    expect((await problemOf(forge.open('org/no-such', { ...NEW, from: 'org/no-such' }, signal))).kind).toBe('missing');
    expect(double.writes().map(({ operation }) => operation)).toEqual(['pulls/create']);
  });

  test('get labels, reviewers, teams and assignees once, and not again what a person took away', async () => {
    const wanted = { labels: ['docker', 'venv'], reviewers: ['ann', 'org/platform'], assignees: ['bob'] };
    await double.add('org/labels', { files: { a: 'a' } });
    const { folder } = double.repository('org/labels');
    await commitFiles(folder, { branch: 'fixes', from: 'main', files: { a: 'b' }, message: 'Fix' });
    const { number } = await forge.open('org/labels', { ...NEW, from: 'org/labels' }, signal);
    await forge.decorate('org/labels', number, wanted, signal);
    const pull = double.pulls('org/labels')[0]!;
    expect(pull).toMatchObject({ ...wanted, assignees: ['bob'] });
    pull.labels = pull.labels.filter((label) => label !== 'venv');
    pull.reviewers = [];
    double.forget();
    await forge.decorate('org/labels', number, { ...wanted, labels: ['Docker', 'venv'] }, signal);
    expect(double.writes()).toEqual([]);
    await forge.decorate('org/labels', number, { ...wanted, labels: ['docker', 'third'] }, signal);
    expect(double.writes()).toEqual([{ operation: 'issues/add-labels', path: 'org/labels', detail: ['third'] }]);
    const more = { labels: [], reviewers: ['nobody-1', 'cleo'], assignees: ['nobody-2', 'dora'] };
    const problem = await problemOf(forge.decorate('org/labels', number, more, signal));
    expect(problem.message).toContain('Reviews may only be requested from collaborators.');
    expect([pull.reviewers, pull.assignees]).toEqual([['cleo'], ['bob', 'dora']]);
  });

  test('have checks: red before pending before green, and none where nothing was said', async () => {
    const commit = (await tipOf(double.repository('org/one').folder, 'main'))!;
    const said = async (statuses: string[], runs: { status: string; conclusion?: string }[]) => {
      double.checks.set(commit, { statuses, runs });
      return forge.checks('org/one', commit, signal);
    };
    const done = (conclusion: string) => ({ status: 'completed', conclusion });
    expect(await said([], [])).toBe('none');
    expect(await said([], [done('success'), done('skipped')])).toBe('green');
    expect(await said(['success'], [])).toBe('green');
    expect(await said(['success'], [{ status: 'in_progress' }])).toBe('pending');
    expect(await said(['pending'], [done('success')])).toBe('pending');
    expect(await said(['failure'], [{ status: 'queued' }])).toBe('red');
    expect(await said(['success'], [done('timed_out'), { status: 'queued' }])).toBe('red');
    expect(await said([], [done('action_required')])).toBe('pending');
    double.inject('checks/list-for-ref', { kind: 'answer', status: 403, body: { message: 'Resource not accessible' } });
    expect(await said(['success'], [done('failure')])).toBe('green');
  });
});

describe('a fork', () => {
  test('is made once, waited for, brought up to date, and asked from', async () => {
    const fork = await forge.fork('other/theirs', signal);
    expect(fork).toMatchObject({ fork: true, empty: false, cloneUrl: double.gitUrl('campaigner/theirs') });
    expect(fork.project.path).toBe('campaigner/theirs');
    expect(await forge.fork('other/theirs', signal)).toEqual(fork);
    expect(double.writes().map(({ operation }) => operation)).toEqual(['repos/create-fork']);
    const theirs = double.repository('other/theirs').folder;
    const tip = await commitFiles(theirs, { branch: 'main', files: { Dockerfile: 'FROM b\n' }, message: 'Second' });
    await forge.fork('other/theirs', signal);
    const ours = double.repository('campaigner/theirs').folder;
    expect(await tipOf(ours, 'main')).toBe(tip);
    await commitFiles(ours, { branch: 'fixes', from: 'main', files: { Dockerfile: 'FROM c\n' }, message: 'Fix' });
    const opened = await forge.open('other/theirs', { ...NEW, from: 'campaigner/theirs' }, signal);
    expect(opened).toMatchObject({ from: 'campaigner/theirs', branch: 'fixes' });
    const found = await forge.find('other/theirs', { from: 'campaigner/theirs', branch: 'fixes' }, signal);
    expect(found.map(({ number }) => number)).toEqual([opened.number]);
    expect(await forge.find('other/theirs', { from: 'other/theirs', branch: 'fixes' }, signal)).toEqual([]);
  });

  test('that its owner has gone on with is left as it is', async () => {
    await double.add('other/gone', { files: { a: 'a' } });
    await double.add('campaigner/gone', { forkOf: 'other/gone' });
    const own = await commitFiles(double.repository('campaigner/gone').folder, {
      branch: 'main',
      files: {},
      message: 'Own',
    });
    await commitFiles(double.repository('other/gone').folder, { branch: 'main', files: { a: 'b' }, message: 'Theirs' });
    expect((await forge.fork('other/gone', signal)).project.path).toBe('campaigner/gone');
    expect(await tipOf(double.repository('campaigner/gone').folder, 'main')).toBe(own);
  });
});

describe('what goes wrong', () => {
  test('is limited when GitHub says so, and everybody is told for how long', async () => {
    const ask = () => problemOf(forge.repository('org/one', signal));
    double.inject('repos/get', retryAfter(7));
    expect(await ask()).toMatchObject({ kind: 'limited', wait: 7000 });
    double.inject('repos/get', SECONDARY_LIMIT);
    expect(await ask()).toMatchObject({ kind: 'limited', wait: 60_000 });
    double.inject('repos/get', { kind: 'answer', status: 429 });
    expect(await ask()).toMatchObject({ kind: 'limited', wait: 60_000 });
    double.inject('repos/get', spent(90));
    const { wait = 0 } = await ask();
    expect(wait).toBeGreaterThan(80_000);
    expect(wait).toBeLessThan(100_000);
    expect(backOffs).toEqual([7000, 60_000, 60_000, wait]);
  });

  test('may go right a second time after the network or a 5xx, and only then', async () => {
    const ask = () => problemOf(forge.repository('org/one', signal));
    double.inject('repos/get', { kind: 'answer', status: 502 });
    expect((await ask()).kind).toBe('again');
    double.inject('repos/get', { kind: 'drop' });
    expect((await ask()).message).toContain('could not be reached, or broke off its answer');
    double.inject('repos/get', { kind: 'answer', status: 200, body: { message: 'a proxy' } });
    expect((await ask()).message).toContain('answered what is none of its answers');
    double.inject('repos/get', { kind: 'answer', status: 403, body: { message: 'Resource not accessible by token' } });
    expect((await ask()).kind).toBe('denied');
    double.inject('repos/get', { kind: 'answer', status: 451 });
    expect((await ask()).kind).toBe('denied');
    const closed = await forgeWith({ api: `http://127.0.0.1:${await closedPort()}` });
    expect((await problemOf(closed.repository('org/one', signal))).message).toContain('ECONNREFUSED');
    expect(backOffs).toEqual([]);
    expect(asks).toBe(6);
  });

  test('is told with the name of the variable and without what it holds', async () => {
    const wrong = await forgeWith({ token: 'ghp_wrong', tokenName: 'MY_TOKEN' });
    const problem = await problemOf(wrong.repository('org/one', signal));
    expect(problem.kind).toBe('denied');
    expect(problem.message).toContain('does not take the token that the variable MY_TOKEN holds');
    expect(problem.message).not.toContain('ghp_wrong');
    const broken = await problemOf(forgeWith({ token: `${double.token}\nx: y` }));
    expect(broken.message).toBe('The variable GITHUB_TOKEN holds characters that no token has.');
    const message = `no ${double.token} \u001b[31m https://ann:secret@example.org/ ${'long '.repeat(200)}`;
    double.inject('repos/get', { kind: 'answer', status: 403, body: { message } });
    const echoed = await problemOf(forge.repository('org/one', signal));
    expect(echoed.message).toContain('no ***   [31m https://example.org/'.replace('   ', '  '));
    expect(echoed.message.length).toBeLessThanOrEqual(400);
  });

  test('does not lead the token to another host', async () => {
    const location = `${double.elsewhere.url}/repos/org/one`;
    for (const status of [301, 302, 307]) double.inject('repos/get', { kind: 'answer', status, headers: { location } });
    for (const _ of [301, 302, 307]) {
      const { kind, message } = await problemOf(forge.repository('org/one', signal));
      expect([kind, message]).toEqual([
        'refused',
        `The forge leads to another host (${new URL(location).host}), which is not followed.`,
      ]);
    }
    const link = `<${double.elsewhere.url}/next>; rel="next"`;
    double.inject('pulls/list', { kind: 'answer', status: 200, headers: { link }, body: [] });
    const paged = forge.find('org/one', { from: 'org/one', branch: 'fixes' }, signal);
    expect((await problemOf(paged)).kind).toBe('refused');
    expect(double.elsewhere.asked()).toEqual([]);
  });

  test('is no wrong thing where a repository was renamed: it is followed on the same host', async () => {
    await double.add('org/before', { files: { a: 'a' } });
    double.rename('org/before', 'org/after');
    expect((await forge.repository('org/before', signal))?.project.path).toBe('org/after');
    await commitFiles(double.repository('org/after').folder, {
      branch: 'fixes',
      from: 'main',
      files: {},
      message: 'Fix',
    });
    await forge.open('org/before', { ...NEW, from: 'org/after' }, signal);
    expect(double.writes()).toMatchObject([{ operation: 'pulls/create', path: 'org/after' }]);
    const round = { location: `${double.api}/repos/org/one` };
    double.inject('repos/get', { kind: 'answer', status: 301, headers: round }, 6);
    expect((await problemOf(forge.repository('org/one', signal))).message).toContain('without an end');
  });

  test('stops at once when the run is stopped', async () => {
    const stop = new AbortController();
    double.inject('users/get-by-username', { kind: 'slow', milliseconds: 60_000 });
    const asked = problemOf(names(forge.list({ owner: 'org' }, stop.signal)));
    setTimeout(() => stop.abort(), 50);
    expect((await asked).message).toBe('The run was stopped.');
  });
});
