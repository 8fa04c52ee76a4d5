// GitLab: the client against a double that answers only what GitLab's description allows.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Forge, ForgeProblem, type ForgeRepository } from '../../src/io/forge/forge.ts';
import { gitlabChecks } from '../../src/io/forge/gitlab/gitlabShapes.ts';
import { openForge } from '../../src/io/forge/open.ts';
import { OPERATIONS, requestProblems } from './forges/gitlabDescription.ts';
import { type GitlabDouble, startGitlab, TOKEN } from './forges/gitlabDouble.ts';
import { commitTo, tipOf } from './forges/rest.ts';

let double: GitlabDouble;
let forge: Forge;
let backOffs: number[];
let readies: number;
let path: string;
let count = 0;
const { signal } = new AbortController();

beforeAll(async () => {
  double = await startGitlab();
});
afterAll(() => double.close());

beforeEach(async () => {
  backOffs = [];
  readies = 0;
  forge = await open(TOKEN);
  path = `acme/sub/app${++count}`;
  double.add(path);
});

function open(token: string | undefined, tokenName?: string): Promise<Forge> {
  return openForge('gitlab', {
    api: double.api,
    token,
    tokenName,
    userAgent: 'pyvenv-fix-test',
    ready: async () => void readies++,
    backOff: async (milliseconds) => void backOffs.push(milliseconds),
  });
}

const folder = (of = path): string => double.at(of).folder;
const wanted = (draft = false) => ({
  branch: 'pyvenv-fix',
  from: path,
  base: 'main',
  title: 'Fix it',
  body: 'So.',
  draft,
});
const ours = () => ({ from: path, branch: 'pyvenv-fix' });
const problem = (work: Promise<unknown>): Promise<ForgeProblem> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ForgeProblem);
      return error as ForgeProblem;
    },
  );
async function all(items: AsyncIterable<ForgeRepository>): Promise<ForgeRepository[]> {
  const found: ForgeRepository[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('the description refuses what GitLab does not take', () => {
  const create = OPERATIONS.find(({ method, path: at }) => method === 'POST' && at.test('/projects/1/merge_requests'))!;
  const query = new URLSearchParams('x=1');
  expect(requestProblems(create, { query, body: { title: 1, sourceBranch: 'a' } })).toEqual([
    'no query x',
    'source_branch is missing',
    'target_branch is missing',
    'title is no string',
    'no value sourceBranch',
  ]);
});

describe('projects', () => {
  test('are told with what decides whether they are looked at', async () => {
    double.add('acme/copy', { parent: double.at(path).id });
    expect(await forge.repository(path, signal)).toEqual({
      project: { kind: 'gitlab', host: new URL(double.api).host, api: double.api, path },
      archived: false,
      empty: false,
      fork: false,
      defaultBranch: 'main',
      cloneUrl: `${double.origin}/${path}.git`,
      mayPush: true,
    });
    expect(await forge.repository('acme/copy', signal)).toMatchObject({ fork: true });
  });

  test('of a group come with those of its subgroups', async () => {
    double.groups.add('crowd');
    for (let index = 0; index < 203; index++) double.add(`crowd/sub/many${index}`, { folder: folder() });
    const found = await all(forge.list({ owner: 'crowd' }, signal));
    expect(new Set(found.map(({ project }) => project.path)).size).toBe(203);
    expect((await problem(all(forge.list({ owner: 'no/group' }, signal)))).kind).toBe('missing');
  });

  test('are asked for page by page, only as they are read', async () => {
    double.groups.add('lazy');
    for (let index = 0; index < 101; index++) double.add(`lazy/many${index}`, { folder: folder() });
    const before = double.asked.length;
    for await (const _ of forge.list({ owner: 'lazy' }, signal)) break;
    expect(double.asked.length - before).toBe(1);
  });

  test('that moved are followed on the same host only', async () => {
    double.inject('GET /projects/old', {
      status: 301,
      headers: { location: `/api/v4/projects/${encodeURIComponent(path)}` },
    });
    expect((await forge.repository('old/name', signal))?.project.path).toBe(path);
    double.inject('GET /projects/', { status: 301, headers: { location: 'http://127.0.0.1:1/api/v4/projects/1' } });
    expect(await problem(forge.repository(path, signal))).toMatchObject({ kind: 'refused' });
  });

  test('that do not say where they are cloned from are cloned by their path', async () => {
    double.inject('GET /projects/', { status: 200, json: { id: 1, path_with_namespace: path } });
    expect((await forge.repository(path, signal))?.cloneUrl).toBe(`${double.origin}/${path}.git`);
  });
});

describe('merge requests', () => {
  test('that are locked are open', async () => {
    commitTo(folder(), 'pyvenv-fix', 'fix');
    await forge.open(path, wanted(), signal);
    double.at(path).requests[0]!.state = 'locked';
    expect((await forge.find(path, ours(), signal)).map(({ state }) => state)).toEqual(['open']);
  });

  test('stay drafts when their title changes, until a person says otherwise', async () => {
    commitTo(folder(), 'pyvenv-fix', 'fix');
    const made = await forge.open(path, wanted(true), signal);
    expect(made.number).toBe(1);
    await forge.update(path, 1, { title: 'Fix more', body: 'Because.' }, signal);
    const [request] = double.at(path).requests;
    expect(request).toMatchObject({ title: 'Draft: Fix more', description: 'Because.' });
    request!.title = 'Fix more';
    await forge.update(path, 1, { title: 'Fix all' }, signal);
    expect(request!.title).toBe('Fix all');
    expect(request).toMatchObject({ title: 'Fix all', description: 'Because.' });
  });

  test('keep the labels and assignees they have, whatever their letters, and name a user who is not there', async () => {
    commitTo(folder(), 'pyvenv-fix', 'fix');
    await forge.open(path, wanted(), signal);
    const [request] = double.at(path).requests;
    request!.labels.add('theirs');
    request!.assignees = [4];
    const decoration = { labels: ['theirs', 'made'], reviewers: ['rita'], assignees: ['ann', 'Zoe'] };
    await forge.decorate(path, 1, decoration, signal);
    expect([...request!.labels]).toEqual(['theirs', 'made']);
    expect(request).toMatchObject({ reviewers: [2], assignees: [4, 3] });
    expect(await problem(forge.decorate(path, 1, { ...decoration, reviewers: ['nobody'] }, signal))).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/no user nobody/),
    });
  });

  test('of a fork that is gone belong to nobody', async () => {
    const fork = await forge.fork(path, signal);
    commitTo(folder(fork.project.path), 'pyvenv-fix', 'fix');
    await forge.open(path, { ...wanted(), from: fork.project.path }, signal);
    double.at(path).requests[0]!.from = 99_999;
    expect((await forge.get(path, 1, signal)).from).toBe('');
    expect(await forge.find(path, ours(), signal)).toEqual([]);
  });
});

test('the newest pipeline of each kind decides the checks', async () => {
  const sha = tipOf(folder(), 'main')!;
  expect(await forge.checks(path, sha, signal)).toBe('none');
  const run = (status: string, source = 'push') => double.at(path).pipelines.push({ sha, ref: 'main', source, status });
  run('failed');
  expect(await forge.checks(path, sha, signal)).toBe('red');
  run('running');
  expect(await forge.checks(path, sha, signal)).toBe('pending');
  run('success');
  expect(await forge.checks(path, sha, signal)).toBe('green');
  run('failed', 'external');
  expect(await forge.checks(path, sha, signal)).toBe('red');
  expect(gitlabChecks([{ id: 1, ref: 'a', source: 'push', status: 'canceled' }])).toBe('none');
});

describe('failures', () => {
  test.each([
    ['429 with a reset', { status: 429, headers: { 'ratelimit-reset': '30' } }, 'limited', [30_000]],
    ['500', { status: 500 }, 'again', []],
    ['401', { status: 401 }, 'denied', []],
    ['403', { status: 403, json: { error: 'insufficient_scope' } }, 'denied', []],
    ['404', { status: 404 }, 'missing', []],
    ['another form', { status: 200, json: { nothing: true } }, 'refused', []],
  ] as const)('%s', async (_name, fault, kind, waits) => {
    double.inject('GET /projects', fault);
    const failure = await problem(forge.get(path, 1, signal));
    expect(failure.kind).toBe(kind);
    expect(backOffs).toEqual(waits);
    if (kind === 'limited') expect(failure.wait).toBe(waits[0]);
  });

  test('are not: the last answer before a limit counts, and the host is left alone', async () => {
    const reset = String(Math.floor(Date.now() / 1000) + 50);
    double.inject('GET /projects', {
      status: 200,
      json: { id: 1, path_with_namespace: path },
      headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': reset },
    });
    expect((await forge.repository(path, signal))?.project.path).toBe(path);
    expect(backOffs).toHaveLength(1);
    expect(backOffs[0]).toBeGreaterThan(30_000);
    expect(backOffs[0]).toBeLessThanOrEqual(50_000);
  });

  test('never show the token, and it goes nowhere but into the header', async () => {
    double.inject('GET /projects', { status: 400, json: { message: { base: [`oh ${TOKEN}`] }, error: TOKEN } });
    const { message } = await problem(forge.repository(path, signal));
    expect(message).toContain('base oh ***');
    expect(message).not.toContain(TOKEN);
    const {
      headers: { authorization, ...headers },
      ...request
    } = double.asked.at(-1)!;
    expect(authorization).toBe(`Bearer ${TOKEN}`);
    expect(JSON.stringify([headers, { ...request, query: String(request.query) }])).not.toContain(TOKEN);
  });

  test('of the token name its variable', async () => {
    expect((await problem((await open(undefined)).repository(path, signal))).message).toMatch(/set GITLAB_TOKEN/);
    const broken = await open('two\nlines');
    expect(await problem(broken.repository(path, signal))).toMatchObject({ kind: 'denied' });
  });

  test('stop with the signal, before and while it is asked', async () => {
    const stop = new AbortController();
    const work = problem(forge.repository(path, stop.signal));
    stop.abort();
    expect((await work).kind).toBe('again');
    expect((await problem(forge.repository(path, stop.signal))).kind).toBe('again');
  });
});
