// One pull request for a branch, whatever goes wrong and however many ask for it; and a person's word counts.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { closeUnneeded, type Published, publish, standingPullRequest } from '../../src/bulk/pullRequest/pullRequest.ts';
import { markerFor, markerOf, withMarker } from '../../src/bulk/pullRequest/pullRequestMarker.ts';
import { type Forge, ForgeProblem, type Project } from '../../src/io/forge/forge.ts';
import { githubForge } from '../../src/io/forge/github/github.ts';
import { type Double, startDouble } from './double/double.ts';
import { retryAfter } from './double/faults.ts';
import { commitFiles, type DoublePull } from './double/state.ts';

vi.setConfig({ testTimeout: 60_000 });

const signal = new AbortController().signal;
const CAMPAIGN = { name: 'venv', draft: false, labels: [], reviewers: [], assignees: [] };
const text = (title: string, body: string) => ({ title, body: withMarker(body, markerFor('venv', { title, body })) });
const FIRST = text('Fix it', 'Because.\n');
const SECOND = text('Fix it well', 'Because of that.\n');

let double: Double;
let forge: Forge;
let number = 0;
let project: Project;

beforeAll(async () => {
  double = await startDouble({});
}, 60_000);

beforeEach(async () => {
  // a repository for each test, with a branch that was pushed and not asked for yet
  const path = `org/r${++number}`;
  const { folder } = await double.add(path, { files: { a: 'a' } });
  for (const branch of ['fixes', 'fixes-2']) {
    await commitFiles(folder, { branch, from: 'main', files: { a: 'b' }, message: 'Fix' });
  }
  project = { kind: 'github', host: 'double', api: double.api, path };
  const { api, token } = double;
  const nobodyWaits = { ready: async () => {}, backOff: async () => {} };
  forge = await githubForge({ api, token, userAgent: 'pyvenv-fix/test', ...nobodyWaits });
  double.forget();
});

afterEach(() => expect(double.faultsLeft()).toBe(0));

afterAll(() => double.close());

const place = () => ({ forge, project, from: project.path, branch: 'fixes' });
const stands = (recreate = false) => standingPullRequest({ ...place(), recreate }, signal);

/** What a job does once its branch is pushed. */
async function ask(wanted = FIRST, campaign: Partial<Omit<typeof CAMPAIGN, 'labels'>> & { labels?: string[] } = {}) {
  const standing = await stands();
  if (!standing.go) throw new Error(standing.reason);
  return publishAt(wanted, { ...standing, campaign: { ...CAMPAIGN, ...campaign } });
}

function publishAt(
  wanted: typeof FIRST,
  {
    branch,
    existing,
    campaign = CAMPAIGN,
  }: Pick<Parameters<typeof publish>[0], 'branch' | 'existing'> & {
    readonly campaign?: Parameters<typeof publish>[0]['campaign'];
  },
): Promise<Published> {
  return publish({ ...place(), branch, existing, campaign, baseBranch: 'main', text: wanted }, signal);
}

const pull = (index = 0): DoublePull => double.pulls(project.path)[index]!;
const written = () => double.writes().map(({ operation }) => operation);

describe('a pull request', () => {
  test('is opened once, kept when asked for again, and brought up to date when there is more to say', async () => {
    expect(await ask()).toMatchObject({ number: 1, action: 'opened' });
    expect(await ask()).toMatchObject({ number: 1, action: 'kept' });
    expect(written()).toEqual(['pulls/create']);
    expect(await ask(SECOND)).toMatchObject({ number: 1, action: 'updated' });
    expect(pull()).toMatchObject(SECOND);
    expect(await ask(SECOND)).toMatchObject({ action: 'kept' });
    expect(written()).toEqual(['pulls/create', 'pulls/update']);
  });

  test('is one where two ask at once, and both are told of it', async () => {
    const both = await Promise.all([publishAt(FIRST, { branch: 'fixes' }), publishAt(FIRST, { branch: 'fixes' })]);
    expect(both.map(({ number }) => number)).toEqual([1, 1]);
    expect(both.map(({ action }) => action).sort()).toEqual(['kept', 'opened']);
    expect(written()).toEqual(['pulls/create']);
  });

  test('is one where it was made and the answer was lost', async () => {
    double.inject('pulls/create', { kind: 'lose' });
    expect(await ask()).toMatchObject({ number: 1, action: 'opened' });
    expect(await ask()).toMatchObject({ number: 1, action: 'kept' });
    expect(written()).toEqual(['pulls/create']);
  });

  test('is one where it was made, the answer was lost, and the forge could not be asked either', async () => {
    double.inject('pulls/create', { kind: 'lose' });
    const standing = await stands();
    double.inject('pulls/list', { kind: 'drop' });
    await expect(publishAt(FIRST, standing as { branch: string })).rejects.toMatchObject({ kind: 'again' });
    expect(await ask()).toMatchObject({ number: 1, action: 'kept' });
    expect(written()).toEqual(['pulls/create']);
  });

  test('is asked for later where the forge does not let us now', async () => {
    double.inject('pulls/create', retryAfter(1));
    await expect(ask()).rejects.toMatchObject({ kind: 'limited', wait: 1000 });
    double.inject('pulls/create', { kind: 'answer', status: 503 });
    await expect(ask()).rejects.toMatchObject({ kind: 'again' });
    expect(written()).toEqual([]);
    expect(await ask()).toMatchObject({ action: 'opened' });
  });

  test('that a person opened from the branch is theirs: nothing is written in it', async () => {
    await forge.open(
      project.path,
      { ...FIRST, ...{ branch: 'fixes', from: project.path, base: 'main' }, body: 'Mine', draft: false },
      signal,
    );
    expect(await ask()).toMatchObject({ number: 1, action: 'kept' });
    expect(pull().body).toBe('Mine');
    expect(await closeUnneeded({ isOurs: async () => true, ...place(), campaign: CAMPAIGN }, signal)).toBeUndefined();
    expect(pull().state).toBe('open');
  });
});

describe('what a person does', () => {
  test('to the body is kept; line ends that a forge changes are no edit', async () => {
    await ask();
    pull().body = pull().body.replaceAll('\n', '\r\n');
    expect(await ask(SECOND)).toMatchObject({ action: 'updated' });
    const theirs = pull().body.replace('of that', 'of this');
    pull().body = theirs;
    expect(await ask(FIRST)).toMatchObject({ action: 'kept' });
    expect(pull()).toMatchObject({ title: SECOND.title, body: theirs });
  });

  test('to the title is kept for good, and the body goes on being ours', async () => {
    await ask();
    pull().title = 'A better title';
    expect(await ask()).toMatchObject({ action: 'kept' });
    expect(await ask(SECOND)).toMatchObject({ action: 'updated' });
    expect(await ask(FIRST)).toMatchObject({ action: 'updated' });
    expect(pull()).toMatchObject({ title: 'A better title' });
    expect(pull().body).toContain('Because.\n');
  });

  test('to make it a draft by its title is kept', async () => {
    await ask();
    pull().title = `Draft: ${pull().title}`;
    expect(await ask()).toMatchObject({ action: 'kept' });
    await ask(SECOND);
    expect(pull().title).toBe('Draft: Fix it well');
  });

  test('by closing it is an answer, until it is asked again under another name', async () => {
    await ask();
    pull().state = 'closed';
    expect(await stands()).toMatchObject({
      go: false,
      reason: 'a person closed the pull request',
      existing: { number: 1 },
    });
    const again = await stands(true);
    expect(again).toEqual({ go: true, branch: 'fixes-2' });
    await publishAt(SECOND, { branch: 'fixes-2' });
    // the next run, not told to ask again, goes on with it
    expect(await stands()).toMatchObject({ go: true, branch: 'fixes-2', existing: { number: 2 } });
    expect(await closeUnneeded({ isOurs: async () => true, ...place(), campaign: CAMPAIGN }, signal)).toMatchObject({
      number: 2,
    });
    expect(await stands()).toMatchObject({ go: false, existing: { number: 1 } });
    pull(1).body = FIRST.body;
    expect(await stands(true)).toEqual({ go: true, branch: 'fixes-3' });
  });

  test('by merging it is an answer too, where there are findings again', async () => {
    await ask();
    Object.assign(pull(), { state: 'closed', merged: true });
    expect(await stands()).toMatchObject({
      ...{ go: false, reason: 'the pull request was merged, and there are findings again' },
      existing: { number: 1, state: 'merged' },
    });
  });
});

describe('one that is no longer needed', () => {
  test('is closed once, and may be opened again when it is needed again: no person has declined it', async () => {
    await ask();
    double.forget();
    const close = () => closeUnneeded({ isOurs: async () => true, ...place(), campaign: CAMPAIGN }, signal);
    expect(await close()).toMatchObject({ number: 1 });
    expect(await close()).toBeUndefined();
    expect(written()).toEqual(['pulls/update']);
    expect(pull()).toMatchObject({ state: 'closed' });
    expect(markerOf(pull().body)).toMatchObject({ unneeded: true });
    expect(await stands()).toEqual({ go: true, branch: 'fixes' });
    expect(await ask()).toMatchObject({ number: 2, action: 'opened' });
  });

  test('of another campaign is left alone', async () => {
    await ask();
    expect(
      await closeUnneeded({ isOurs: async () => true, ...place(), campaign: { name: 'other' } }, signal),
    ).toBeUndefined();
    expect(pull().state).toBe('open');
  });

  test('that a person opened again is gone on with, and is theirs to close the next time', async () => {
    await ask();
    await closeUnneeded({ isOurs: async () => true, ...place(), campaign: CAMPAIGN }, signal);
    pull().state = 'open';
    expect(await ask()).toMatchObject({ number: 1, action: 'updated' });
    pull().state = 'closed';
    expect(await stands()).toMatchObject({ go: false });
  });
});

describe('labels', () => {
  test('are given to one that was opened and then left without them', async () => {
    double.inject('issues/add-labels', { kind: 'drop' });
    expect(await ask(FIRST, { labels: ['docker'] })).toEqual({
      ...{ number: 1, url: expect.any(String), action: 'opened' },
    });
    expect(pull().labels).toEqual(['docker']);
    await ask(FIRST, { labels: ['docker'] });
    expect(written()).toEqual(['pulls/create', 'issues/add-labels']);
  });

  test('that the forge does not take are said, and the pull request stands', async () => {
    double.inject('issues/add-labels', { kind: 'answer', status: 403, body: { message: 'Must have triage rights' } });
    const published = await ask(FIRST, { labels: ['docker'] });
    expect(published).toMatchObject({ number: 1, action: 'opened' });
    expect(published.undecorated).toContain('Must have triage rights');
  });

  test('do not keep a run from being stopped', async () => {
    const stop = new AbortController();
    double.inject('issues/list-events', { kind: 'slow', milliseconds: 5_000 });
    const campaign = { ...CAMPAIGN, labels: ['docker'] };
    const wanted = { ...place(), campaign, baseBranch: 'main', text: FIRST };
    const asked = expect(publish(wanted, stop.signal)).rejects.toBeInstanceOf(ForgeProblem);
    await vi.waitFor(() => expect(double.asked().at(-1)?.path).toContain('/events'), { timeout: 30_000 });
    stop.abort();
    await asked;
  });
});
