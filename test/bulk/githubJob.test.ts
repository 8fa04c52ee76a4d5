// A whole job against a GitHub over HTTP: clone, push and pull request, each once, whatever fails on the way; the token is seen nowhere.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Campaign, JobResult, Target } from '../../src/bulk/bulkModel.ts';
import { markerOf } from '../../src/bulk/pullRequest/pullRequestMarker.ts';
import type { Forge } from '../../src/io/forge/forge.ts';
import { githubForge } from '../../src/io/forge/github/github.ts';
import { type Double, startDouble } from './double/double.ts';
import { retryAfter } from './double/faults.ts';
import { commitFiles, git, tipOf } from './double/state.ts';
import { CAMPAIGN, doJob, FILES } from './jobs.ts';

vi.setConfig({ testTimeout: 60_000 });

let double: Double;
let forge: Forge;
let folder: string;
let number = 0;
let path: string;
/** All that anybody could see of a job: results, and what programs were called with. */
const seen: string[] = [];

beforeAll(async () => {
  double = await startDouble({});
  const { api, token } = double;
  forge = await githubForge({
    api,
    token,
    userAgent: 'pyvenv-fix/test',
    ready: async () => {},
    backOff: async () => {},
  });
  folder = mkdtempSync(join(tmpdir(), 'pyvenv-fix-test-'));
  // writes down what git is called with, also by git itself
  const real = (await git(['--exec-path'])).trim();
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nprintf '%s\\n' "$*" >> ${folder}/argv\nexec ${real}/git "$@"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  writeFileSync(join(folder, 'argv'), '');
}, 60_000);

beforeEach(async () => {
  path = `org/app${++number}`;
  await double.add(path, { files: FILES });
  double.forget();
});

afterEach(() => expect(double.faultsLeft()).toBe(0));

afterAll(async () => {
  await double.close();
  rmSync(folder, { recursive: true, force: true });
});

function targetOf(name: string): Target {
  const project = { kind: 'github', host: new URL(double.gitUrl(name)).host, api: double.api, path: name } as const;
  return { key: double.gitUrl(name).replace(/\.git$/, ''), name, url: double.gitUrl(name), project };
}

async function run(campaign: Partial<Campaign> = {}, name = path): Promise<JobResult> {
  const { analysis, steps, ...result } = await doJob(targetOf(name), {
    campaign: { pullRequests: true, ...campaign },
    env: { PATH: `${folder}:${process.env.PATH}` },
    forgeFor: async () => forge,
    tokenFor: () => double.token,
  });
  seen.push(JSON.stringify(result));
  return result;
}

const written = () => double.writes().map(({ operation }) => operation);
const ONCE = ['git-receive-pack', 'pulls/create'];

test('a repository gets its branch and its pull request; the second time nothing is pushed and nothing written', async () => {
  const first = await run({ labels: ['docker'], reviewers: ['ann'], draft: true });
  expect(first).toMatchObject({ ended: 'changed', pushed: true, pullRequest: { number: 1, action: 'opened' } });
  const [pull] = double.pulls(path);
  expect(pull).toMatchObject({ draft: true, labels: ['docker'], reviewers: ['ann'], base: 'main' });
  expect(pull?.body).toContain('- `Dockerfile`: ');
  expect(markerOf(pull?.body ?? '')?.campaign).toBe(CAMPAIGN.name);
  const tip = await tipOf(double.repository(path).folder, 'pyvenv-fix');
  expect(tip).toBe(first.commit);
  expect(written()).toEqual([...ONCE, 'issues/add-labels', 'pulls/request-reviewers']);
  double.forget();
  const second = await run({ labels: ['docker'], reviewers: ['ann'], draft: true });
  expect(second).toMatchObject({ ended: 'unchanged', commit: tip, pullRequest: { number: 1, action: 'kept' } });
  expect(written()).toEqual([]);
});

test('what fails between the push and the pull request is made up for, and the branch is pushed once', async () => {
  double.inject('pulls/create', { kind: 'answer', status: 503 });
  expect(await run()).toMatchObject({ ended: 'failed', again: true, pushed: true });
  expect(await run()).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
  expect(written()).toEqual(ONCE);
});

test('a pull request whose answer was lost is not opened twice', async () => {
  double.inject('pulls/create', { kind: 'lose' });
  expect(await run()).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
  expect(await run()).toMatchObject({ ended: 'unchanged' });
  expect(written()).toEqual(ONCE);
});

test('a push whose answer was lost is not done twice', async () => {
  double.inject('git-receive-pack', { kind: 'lose' });
  expect(await run()).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
  expect(await run()).toMatchObject({ ended: 'unchanged' });
  expect(written()).toEqual(ONCE);
});

test('two jobs at once make one branch and one pull request', async () => {
  const both = await Promise.all([run(), run()]);
  expect(both.map(({ pullRequest }) => pullRequest?.number)).toEqual([1, 1]);
  expect(new Set(both.map(({ commit }) => commit)).size).toBe(1);
  expect(written().filter((operation) => operation === 'pulls/create')).toHaveLength(1);
  expect(written().filter((operation) => operation === 'git-receive-pack')).toHaveLength(1);
});

test('limits are waited for and then gone on', async () => {
  double.inject('repos/get', retryAfter(1));
  double.inject('pulls/create', retryAfter(1));
  expect(await run()).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
  expect(written()).toEqual(ONCE);
});

test('a person who closed it, or pushed to the branch, is not overruled', async () => {
  await run();
  const { folder: bare } = double.repository(path);
  const theirs = await commitFiles(bare, { branch: 'pyvenv-fix', files: { ...FILES, new: 'x' }, message: 'Mine' });
  double.forget();
  expect(await run()).toMatchObject({ ended: 'skipped', reason: 'a person has pushed to the branch' });
  expect(await tipOf(bare, 'pyvenv-fix')).toBe(theirs);
  double.pulls(path)[0]!.state = 'closed';
  expect(await run()).toMatchObject({ ended: 'skipped', reason: 'a person closed the pull request' });
  expect(written()).toEqual([]);
  expect(await run({ recreate: true })).toMatchObject({
    ended: 'changed',
    pullRequest: { number: 2, action: 'opened' },
  });
  expect(double.pulls(path)[1]).toMatchObject({ branch: 'pyvenv-fix-2' });
});

test('the same pull request follows its base, and is closed when there is nothing left to fix', async () => {
  await run();
  const { folder: bare } = double.repository(path);
  await commitFiles(bare, { branch: 'main', files: { ...FILES, 'other.py': 'x' }, message: 'Go on' });
  expect(await run()).toMatchObject({ ended: 'changed', pushed: true, pullRequest: { number: 1 } });
  await commitFiles(bare, { branch: 'main', files: { 'app.py': 'x' }, message: 'No Docker any more' });
  double.forget();
  expect(await run()).toMatchObject({ pullRequest: { number: 1, action: 'closed' } });
  expect(await run()).toMatchObject({ ended: 'unchanged' });
  expect(written()).toEqual(['pulls/update']);
});

test('a renamed repository is found, an archived one and one without the right to push are skipped', async () => {
  const old = path;
  double.rename(old, `${old}-new`);
  expect(await run({}, old)).toMatchObject({ ended: 'changed', pullRequest: { action: 'opened' } });
  expect(double.pulls(`${old}-new`)).toHaveLength(1);
  await double.add('org/old', { files: FILES, archived: true });
  await double.add('org/closed', { files: FILES, mayPush: false });
  double.forget();
  expect(await run({}, 'org/old')).toMatchObject({ ended: 'skipped', reason: 'it is archived' });
  expect(await run({}, 'org/closed')).toMatchObject({ ended: 'skipped', reason: 'no right to push to it' });
  expect(written()).toEqual([]);
});

test('a repository that is not ours is asked from our fork, which is made once', async () => {
  await double.add('theirs/app', { files: FILES, mayPush: false });
  const made = await run({ fork: true }, 'theirs/app');
  expect(made).toMatchObject({ ended: 'changed', pullRequest: { number: 1, action: 'opened' } });
  expect(double.pulls('theirs/app')[0]).toMatchObject({ from: 'campaigner/app', branch: 'pyvenv-fix' });
  expect(written()).toEqual(['repos/create-fork', ...ONCE]);
  double.forget();
  expect(await run({ fork: true }, 'theirs/app')).toMatchObject({ ended: 'unchanged' });
  const bare = double.repository('theirs/app').folder;
  await commitFiles(bare, { branch: 'main', files: { ...FILES, 'other.py': 'x' }, message: 'Go on' });
  expect(written()).toEqual([]);
  expect(await run({ fork: true }, 'theirs/app')).toMatchObject({ ended: 'changed', pushed: true });
  expect(written()).toEqual(['repos/merge-upstream', 'git-receive-pack']);
});

test('a host that leads git elsewhere is not followed', async () => {
  const location = `${double.elsewhere.url}/org/app.git/info/refs?service=git-upload-pack`;
  double.inject('info/refs', { kind: 'answer', status: 302, headers: { location } });
  expect(await run()).toMatchObject({ ended: 'failed' });
  expect(double.elsewhere.asked()).toEqual([]);
});

test('the token was seen by nobody', async () => {
  double.inject('repos/get', { kind: 'answer', status: 403, body: { message: `Who is ${double.token}?` } });
  expect((await run()).detail).toContain('Who is ***?');
  await run();
  const calls = readFileSync(join(folder, 'argv'), 'latin1');
  expect(calls).toMatch(/\bpush\b/);
  const all = [calls, ...seen, ...double.pulls(path).map(({ title, body }) => title + body)].join('\n');
  const forms = [double.token, ...['x-access-token:', ':', ''].map((user) => base64(user + double.token))];
  for (const form of forms) expect(all).not.toContain(form);
  for (const { path: asked } of double.asked()) expect(asked).not.toContain(double.token);
});

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64').replace(/=+$/, '');
}
