// Repositories behind HTTP: little is fetched, nothing of the token is seen, and failures say whether to try again.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../src/bulk/bulkModel.ts';
import { githubForge } from '../../src/io/forge/github/github.ts';
import { type Sandbox, sandbox } from '../repositories.ts';
import { type Double, startDouble } from './double/double.ts';
import { CAMPAIGN, doJob, FILES } from './jobs.ts';

let double: Double;
let box: Sandbox;
let number = 0;
let path = '';

beforeAll(async () => {
  double = await startDouble({ organisations: ['org'] });
}, 60_000);
afterAll(() => double.close());
beforeEach(async () => {
  box = sandbox({ git: false });
  path = `org/r${++number}`;
  await double.add(path, { files: { ...FILES, 'big/data.bin': 'x'.repeat(100_000), 'other/a.py': 'a\n' } });
  double.forget();
});
afterEach(() => box.close());

const targetOf = (at: string): Target => ({ key: at, name: at, url: double.gitUrl(at), project: projectOf(at) });
const projectOf = (at: string) =>
  ({ kind: 'github', host: new URL(double.api).host, api: double.api, path: at }) as const;

function options(more: Parameters<typeof doJob>[1] = {}) {
  const ready = async () => {};
  const forge = githubForge({
    api: double.api,
    token: double.token,
    userAgent: 'test',
    tokenName: 'T',
    ready,
    backOff: async () => {},
  });
  return { forgeFor: () => Promise.resolve(forge), tokenFor: () => double.token, ...more };
}

const tipOf = (at: string, branch = 'pyvenv-fix') =>
  execFileSync('git', ['--git-dir', double.repository(at).folder, 'rev-parse', `refs/heads/${branch}`], {
    encoding: 'utf8',
  }).trim();
const branchesOf = (at: string) =>
  execFileSync('git', ['--git-dir', double.repository(at).folder, 'for-each-ref', '--format=%(refname)'], {
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
const pushes = () => double.writes().filter(({ operation }) => operation === 'git-receive-pack').length;

test('fetched, fixed, pushed and asked for; the second time nothing is written', async () => {
  const first = await doJob(targetOf(path), options());
  expect(first).toMatchObject({ ended: 'changed', pushed: true, pullRequest: { action: 'opened' } });
  expect(tipOf(path)).toBe(first.commit);
  const folder = double.repository(path).folder;
  expect((await doJob(`file://${folder}`, { campaign: { branch: 'other' } })).commit).toBe(first.commit);
  double.forget();
  const again = await doJob(targetOf(path), options());
  expect(again).toMatchObject({ ended: 'unchanged', commit: first.commit, pullRequest: { action: 'kept' } });
  expect(double.writes()).toEqual([]);
});

test('the token is in no argument, file or word', async () => {
  // Every process of git is seen by a git that stands before the real one.
  const bin = join(box.home, 'bin');
  const seen = join(box.home, 'seen');
  const temporary = join(box.home, 'temporary');
  for (const folder of [bin, seen, temporary]) mkdirSync(folder);
  const real = execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh
{ printf '%s\\n' "$@"; cat '${temporary}'/*/config '${temporary}'/*/FETCH_HEAD; } > '${seen}/'$$ 2>/dev/null
exec '${real}' "$@"
`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  const old = process.env.TMPDIR;
  process.env.TMPDIR = temporary;
  try {
    const done = await doJob(targetOf(path), options({ env: { PATH: `${bin}:${process.env.PATH}` } }));
    expect(done.ended).toBe('changed');
    const wrong = 'ghp_notTHEtoken0123456789';
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const denied = await doJob(targetOf(path), options({ env, tokenFor: () => wrong }));
    expect(denied).toMatchObject({ ended: 'failed', reason: 'git was not let in' });
    expect(denied.again).toBeUndefined();
    const texts = [done, denied].map((one) => JSON.stringify(one));
    const files = readdirSync(seen).map((name) => readFileSync(join(seen, name), 'latin1'));
    expect(files.some((text) => text.includes('fetch')) && files.some((text) => text.includes('push'))).toBe(true);
    const basic = Buffer.from(`x-access-token:${double.token}`).toString('base64');
    for (const text of [...texts, ...files]) {
      expect(text).not.toContain(double.token);
      expect(text).not.toContain(wrong);
      expect(text).not.toContain(basic);
    }
  } finally {
    if (old === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = old;
  }
});

describe('an address that is not the forge’s own', () => {
  test.each([
    ['another port', () => `${double.elsewhere.url}/${path}.git`],
    ['a file', () => `file://${double.repository(path).folder}`],
    ['a path', () => double.repository(path).folder],
    ['a program', () => `ext::sh -c touch% ${box.home}/sprung`],
    ['another scheme', () => double.gitUrl(path).replace('http:', 'https:')],
    ['another host by ssh', () => `ssh://git@elsewhere.example/${path}.git`],
  ])('%s: nothing is read from there or sent to it', async (_, lie) => {
    double.repository(path).cloneUrl = lie();
    const done = await doJob(targetOf(path), options());
    expect(done).toMatchObject({ ended: 'failed' });
    expect(done.again).toBeUndefined();
    expect(done.reason).toContain('not its own');
    expect(double.elsewhere.asked()).toEqual([]);
    expect(double.writes()).toEqual([]);
    expect(branchesOf(path)).toEqual(['refs/heads/main']);
  });

  test('of a fork: it is neither fetched from nor pushed to', async () => {
    const fork = { ...CAMPAIGN, fork: true };
    await double.add(`campaigner/${path.slice('org/'.length)}`, { files: FILES, forkOf: path });
    double.repository(`campaigner/${path.slice('org/'.length)}`).cloneUrl = `${double.elsewhere.url}/x.git`;
    expect(await doJob(targetOf(path), options({ campaign: fork }))).toMatchObject({ ended: 'failed' });
    expect(double.elsewhere.asked()).toEqual([]);
  });

  test('in a list or a journal, of a project', async () => {
    const url = `${double.elsewhere.url}/${path}.git`;
    const target = { ...targetOf(path), url };
    const done = await doJob(target, options({ forgeFor: () => Promise.resolve(undefined) }));
    expect(done).toMatchObject({ ended: 'failed' });
    expect(double.elsewhere.asked()).toEqual([]);
  });
});

describe('what goes wrong on the way', () => {
  test('a host that fails or hangs up: a second try may help', async () => {
    double.inject('info/refs', { kind: 'answer', status: 503, body: {} });
    expect(await doJob(targetOf(path), options())).toMatchObject({ ended: 'failed', again: true });
    double.inject('info/refs', { kind: 'drop' });
    expect(await doJob(targetOf(path), options())).toMatchObject({ ended: 'failed', again: true });
    expect(await doJob(targetOf(path), options())).toMatchObject({ ended: 'changed', pushed: true });
  });

  test('a push that came through without an answer: it is found, and not made again', async () => {
    double.inject('git-receive-pack', { kind: 'lose' }, 1);
    // Some versions of curl send it once more by themselves, and the lease then says that the branch has moved.
    const first = await doJob(targetOf(path), options());
    const last = first.ended === 'failed' ? await doJob(targetOf(path), options()) : first;
    expect(last).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
    expect(tipOf(path)).toBe(last.commit);
    expect(pushes()).toBe(1);
  });

  test('archived, empty, without a right, unknown', async () => {
    await double.add('org/archived', { files: FILES, archived: true });
    await double.add('org/empty', {});
    await double.add('org/theirs', { files: FILES, mayPush: false });
    expect(await doJob(targetOf('org/archived'), options())).toMatchObject({
      ended: 'skipped',
      reason: 'it is archived',
    });
    expect(await doJob(targetOf('org/empty'), options())).toMatchObject({ ended: 'skipped' });
    expect(await doJob(targetOf('org/theirs'), options())).toMatchObject({
      ended: 'skipped',
      reason: 'no right to push to it',
    });
    const unknown = await doJob(targetOf('org/nowhere'), options());
    expect(unknown).toMatchObject({ ended: 'failed' });
    expect(unknown.again).toBeUndefined();
    expect(await doJob({ ...targetOf('org/nowhere'), project: undefined } as never, options())).toMatchObject({
      ended: 'failed',
    });
  });
});

test('a renamed project is followed', async () => {
  double.rename(path, `${path}-new`);
  const done = await doJob(targetOf(path), options());
  expect(done).toMatchObject({ ended: 'changed', pushed: true, pullRequest: { action: 'opened' } });
  expect(double.pulls(`${path}-new`)).toHaveLength(1);
});

test('a person’s commit on the branch is left, and our own older ones are replaced, seen from afar', async () => {
  const { commit = '' } = await doJob(targetOf(path), options());
  const folder = double.repository(path).folder;
  const git = (...args: string[]) =>
    execFileSync('git', ['--git-dir', folder, '-c', 'user.name=P', '-c', 'user.email=p@b', ...args], {
      encoding: 'utf8',
    }).trim();
  const main = git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'later');
  git('update-ref', 'refs/heads/main', main);
  const second = await doJob(targetOf(path), options());
  expect(second).toMatchObject({ ended: 'changed', pushed: true });
  expect(second.commit).not.toBe(commit);
  const theirs = git('commit-tree', 'pyvenv-fix^{tree}', '-p', 'pyvenv-fix', '-m', 'mine');
  git('update-ref', 'refs/heads/pyvenv-fix', theirs);
  git('update-ref', 'refs/heads/main', git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'later still'));
  expect(await doJob(targetOf(path), options())).toMatchObject({
    ended: 'skipped',
    reason: 'a person has pushed to the branch',
  });
  expect(tipOf(path)).toBe(theirs);
});

test('no longer needed, but a person has pushed to the branch: the pull request stays', async () => {
  await doJob(targetOf(path), options());
  const folder = double.repository(path).folder;
  const git = (...args: string[]) =>
    execFileSync('git', ['--git-dir', folder, '-c', 'user.name=P', '-c', 'user.email=p@b', ...args], {
      encoding: 'utf8',
    }).trim();
  git('update-ref', 'refs/heads/pyvenv-fix', git('commit-tree', 'pyvenv-fix^{tree}', '-p', 'pyvenv-fix', '-m', 'mine'));
  expect(await doJob(targetOf(path), options({ campaign: { ids: [] } }))).toMatchObject({ ended: 'skipped' });
  expect(double.pulls(path)[0]?.state).toBe('open');
});

test('no longer needed by way of a fork: closed too, and no fork is made for it', async () => {
  const fork = { ...CAMPAIGN, fork: true };
  await doJob(targetOf(path), options({ campaign: fork }));
  const closed = await doJob(targetOf(path), options({ campaign: { ...fork, ids: [] } }));
  expect(closed).toMatchObject({ ended: 'changed', pullRequest: { action: 'closed' } });
  double.forget();
  const other = { ...fork, name: 'other', branch: 'other', ids: [] };
  expect(await doJob(targetOf(path), options({ campaign: other }))).toMatchObject({ ended: 'unchanged' });
  expect(double.writes()).toEqual([]);
});

test('a plan tells what has its pull request already, and what was declined', async () => {
  const plan = () => doJob(targetOf(path), options({ mode: 'plan' }));
  expect(await plan()).toMatchObject({ ended: 'changed', reason: 'would be fixed' });
  await doJob(targetOf(path), options());
  expect(await plan()).toMatchObject({ ended: 'changed', pullRequest: { action: 'kept' } });
  double.pulls(path)[0]!.state = 'closed';
  expect(await plan()).toMatchObject({ ended: 'skipped', reason: 'a person closed the pull request' });
});

test('the campaign’s commits are its own whoever ran it', async () => {
  const { commit } = await doJob(targetOf(path), options());
  const author = { name: 'Colleague', email: 'colleague@example.org' };
  const next = await doJob(targetOf(path), options({ campaign: { author } }));
  expect(next).toMatchObject({ ended: 'changed', pushed: true });
  expect(next.commit).not.toBe(commit);
});

test('a branch below its name is in the way: said, with the way out', async () => {
  const folder = double.repository(path).folder;
  execFileSync('git', ['--git-dir', folder, 'branch', 'pyvenv-fix/x', 'main']);
  const done = await doJob(targetOf(path), options());
  expect(done).toMatchObject({ ended: 'failed', reason: expect.stringContaining('--branch') });
  expect(done.again).toBeUndefined();
});

test('no longer needed: our pull request is closed', async () => {
  await doJob(targetOf(path), options());
  const closed = await doJob(targetOf(path), options({ campaign: { ids: [] } }));
  expect(closed).toMatchObject({ ended: 'changed', pullRequest: { action: 'closed' } });
  expect(double.pulls(path)[0]?.state).toBe('closed');
});

test('by way of a fork', async () => {
  const fork = { ...CAMPAIGN, fork: true };
  const done = await doJob(targetOf(path), options({ campaign: fork }));
  expect(done).toMatchObject({ ended: 'changed', pushed: true, pullRequest: { action: 'opened' } });
  expect(tipOf(`campaigner/${path.slice(4)}`)).toBe(done.commit);
  expect(await doJob(targetOf(path), options({ campaign: fork }))).toMatchObject({ ended: 'unchanged' });
});

test('a wave that is full: waiting, and nothing is written', async () => {
  const done = await doJob(targetOf(path), options({ wave: { isOpen: async () => false, admit: async () => false } }));
  expect(done).toMatchObject({ ended: 'waiting' });
  expect(double.writes()).toEqual([]);
});
