// Gitea and Forgejo: the client against a double that answers only what Gitea's description allows.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Forge, ForgeProblem } from '../../src/io/forge/forge.ts';
import { openForge } from '../../src/io/forge/open.ts';
import { describedBy } from './forges/described.ts';
import { type GiteaDouble, startGitea, TOKEN } from './forges/giteaDouble.ts';
import { commitTo, tipOf } from './forges/rest.ts';

let double: GiteaDouble;
let forge: Forge;
let backOffs: number[];
let path: string;
let count = 0;
const { signal } = new AbortController();

beforeAll(async () => {
  double = await startGitea();
});
afterAll(() => double.close());

beforeEach(async () => {
  backOffs = [];
  forge = await open(TOKEN);
  path = `acme/app${++count}`;
  double.add(path);
});

function open(token: string | undefined, tokenName?: string): Promise<Forge> {
  return openForge('gitea', {
    api: double.api,
    token,
    tokenName,
    userAgent: 'pyvenv-fix-test',
    ready: () => Promise.resolve(),
    backOff: async (milliseconds) => void backOffs.push(milliseconds),
  });
}

const folder = (of = path): string => double.repositories.get(of.toLowerCase())!.folder;
const wanted = (draft = false) => ({
  branch: 'pyvenv-fix',
  from: path,
  base: 'main',
  title: 'Fix it',
  body: 'So.',
  draft,
});
const problem = (work: Promise<unknown>): Promise<ForgeProblem> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ForgeProblem);
      return error as ForgeProblem;
    },
  );

test('the description is read: it knows operations, and refuses what Gitea does not say', () => {
  const description = describedBy('gitea-js', 'index.d.mts');
  expect(description.operations.length).toBeGreaterThan(300);
  expect(description.problems('PullRequest', { number: '1' })).toEqual(['PullRequest.number: no number']);
  expect(description.problems('PullRequest', { iid: 1 })).toEqual(['PullRequest.iid: not described']);
  expect(description.problems('PullRequest', { head: { repo: { full_name: 7 } } })).toHaveLength(1);
});

describe('repositories', () => {
  test('are told with what decides whether they are looked at', async () => {
    double.add('acme/copy', { parent: path });
    expect(await forge.repository(path, signal)).toEqual({
      project: { kind: 'gitea', host: new URL(double.api).host, api: double.api, path },
      archived: false,
      empty: false,
      fork: false,
      defaultBranch: 'main',
      cloneUrl: `${double.origin}/${path}.git`,
      mayPush: true,
    });
    expect(await forge.repository('acme/copy', signal)).toMatchObject({ fork: true });
  });
});

describe('pull requests', () => {
  test('are found in every state, newest first, also when the branch is gone', async () => {
    const here = double.repositories.get(path)!;
    const before = commitTo(folder(), 'pyvenv-fix', 'fix');
    await forge.open(path, wanted(), signal);
    await forge.update(path, 1, { state: 'closed' }, signal);
    await forge.open(path, wanted(), signal);
    Object.assign(here.pulls[1]!, { state: 'closed', merged: true });
    await forge.open(path, wanted(), signal);
    expect(tipOf(folder(), 'pyvenv-fix')).toBe(before);
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['-C', folder(), 'update-ref', '-d', 'refs/heads/pyvenv-fix']);
    const found = await forge.find(path, { from: path, branch: 'pyvenv-fix' }, signal);
    expect(found.map(({ number, state }) => [number, state])).toEqual([
      [3, 'open'],
      [2, 'merged'],
      [1, 'closed'],
    ]);
  });

  test('stay drafts when their title changes, and drafts have no prefix for us', async () => {
    commitTo(folder(), 'pyvenv-fix', 'fix');
    const made = await forge.open(path, wanted(true), signal);
    expect(made.number).toBe(1);
    await forge.update(path, 1, { title: 'Fix more', body: 'Because.' }, signal);
    expect(double.repositories.get(path)!.pulls[0]).toMatchObject({ title: 'WIP: Fix more', body: 'Because.' });
    double.repositories.get(path)!.pulls[0]!.title = 'Fix more';
    await forge.update(path, 1, { title: 'Fix all' }, signal);
    expect((await forge.get(path, 1, signal)).title).toBe('Fix all');
    expect(double.repositories.get(path)!.pulls[0]!.title).toBe('Fix all');
  });

  test('get labels, reviewers and assignees once; labels are made where they are missing', async () => {
    commitTo(folder(), 'pyvenv-fix', 'fix');
    const here = double.repositories.get(path)!;
    here.labels.push({ id: 77, name: 'known' });
    await forge.open(path, wanted(), signal);
    here.pulls[0]!.assignees = ['zoe'];
    here.pulls[0]!.reviewedBy = ['Done'];
    const decoration = {
      labels: ['known', 'made', 'of-the-organisation'],
      reviewers: ['rita', 'acme/team', 'done'],
      assignees: ['ann'],
    };
    await forge.decorate(path, 1, decoration, signal);
    expect(here.labels.map(({ name }) => name)).toEqual(['known', 'made']);
    expect(here.pulls[0]).toMatchObject({ assignees: ['zoe', 'ann'], reviewers: ['rita'], teams: ['team'] });
    expect(here.pulls[0]!.labels).toEqual([77, here.labels[1]!.id, 900]);
  });
});

test.each([
  ['success', 'green'],
  ['warning', 'green'],
  ['failure', 'red'],
  ['error', 'red'],
  ['pending', 'pending'],
])('the state %s is %s', async (state, expected) => {
  const tip = tipOf(folder(), 'main')!;
  // Newer servers say `warning`, which the description does not have yet.
  if (state === 'warning') double.inject('GET /repos', { status: 200, json: { state, total_count: 1 } });
  else double.repositories.get(path)!.states.set(tip, state);
  expect(await forge.checks(path, tip, signal)).toBe(expected);
});

describe('failures', () => {
  test.each([
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '3' } }, 'again', [3000]],
    ['409', { status: 409, json: { message: 'is there' } }, 'exists', []],
    ['422', { status: 422, json: { message: 'bad' } }, 'refused', []],
    ['422 of one that exists', { status: 422, json: { message: 'already exists' } }, 'exists', []],
    ['a page instead of JSON', { status: 200, json: undefined, headers: {} }, 'refused', []],
  ] as const)('%s', async (_name, fault, kind, waits) => {
    double.inject('GET /repos', fault);
    const failure = await problem(forge.get(path, 1, signal));
    expect(failure.kind).toBe(kind);
    expect(backOffs).toEqual(waits);
  });

  test('never show the token, whoever says it back', async () => {
    for (const said of [TOKEN, `http://x:${TOKEN}@host`, Buffer.from(TOKEN).toString('base64')]) {
      double.inject('GET /repos', { status: 500, json: { message: `oh ${said} \u001b[31m` } });
      const { message } = await problem(forge.get(path, 1, signal));
      expect(message).toContain('oh');
      expect(message).not.toContain(said);
      expect(message).not.toContain('\u001b');
    }
  });

  test('of the token name its variable', async () => {
    const none = await open(undefined);
    expect((await problem(none.repository(path, signal))).message).toMatch(/set GITEA_TOKEN/);
    const broken = await open('two\nlines');
    expect(await problem(broken.repository(path, signal))).toMatchObject({ kind: 'denied' });
  });
});
