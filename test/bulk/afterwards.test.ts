// What comes after a run: status, retry, close.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { campaignStatus, closeCampaign, type DeleteBranch, retryTargets } from '../../src/bulk/afterwards.ts';
import type { JobResult, Target } from '../../src/bulk/bulkModel.ts';
import { runCampaign } from '../../src/bulk/campaign.ts';
import { openJournal, readCampaignJournal } from '../../src/bulk/journal/campaignJournal.ts';
import type { Forge } from '../../src/io/forge/forge.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { campaign, opened, result, target } from './bulkKit.ts';
import { type FakeRequest, fakeForge, project } from './fakeForge.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'campaign-after-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const never = new AbortController().signal;
const begin = (more: Partial<Parameters<typeof openJournal>[0]> = {}) =>
  openJournal({ folder: top, campaign, settings: 's', use: 'apply', now: 1000, ...more });

async function endedRun(results: readonly [JobResult, Partial<Target>?][]): Promise<void> {
  const journal = await begin();
  for (const [one, more = { project: project(one.key) }] of results) {
    await journal.recordResult(one, target(one.key, more));
  }
  await journal.end(2000);
  await journal.close();
}

const open: FakeRequest = { state: 'open', checks: 'green' };

describe('status', () => {
  test('groups pull requests by how they stand now', async () => {
    const closedByUs = { number: 6, url: 'u6', action: 'closed' } as const;
    await endedRun([
      ...[1, 2, 3, 4, 5].map((number): [JobResult] => [opened(`r${number}`, number)]),
      [result('r6', { ended: 'changed', reason: 'no longer needed', pullRequest: closedByUs })],
      [opened('local', 7), {}],
      [result('plain')],
    ]);
    const forge = fakeForge([
      open,
      { ...open, checks: 'red' },
      { ...open, state: 'merged' },
      { ...open, state: 'closed' },
    ]);
    const status = await campaignStatus({ folder: top, forgeFor: async () => forge, signal: never });
    expect(status).toMatchObject({ run: 1, began: 1000, ended: 2000, campaign: { name: 'pyvenv-fix' } });
    const names = Object.entries(status.pullRequests).map(([stand, { count, first }]) => [
      stand,
      count,
      first.map(({ name }) => name).join(' '),
    ]);
    expect(names).toEqual([
      ['open', 1, 'r1'],
      ['red', 1, 'r2'],
      ['merged', 1, 'r3'],
      ['closed', 1, 'r4'],
      ['withdrawn', 1, 'r6'],
      ['unknown', 2, 'r5 local'],
    ]);
    expect(['it is not there', 'there is no forge to ask']).toContain(status.unasked);
    expect(status.summary).toMatchObject({ repositories: 8, counts: { changed: 7, unchanged: 1 }, milliseconds: 1000 });
  });

  test('a forge that has had enough for an hour is left alone', async () => {
    await endedRun(Array.from({ length: 40 }, (_, at): [JobResult] => [opened(`r${at}`, at + 1)]));
    const forge = fakeForge([], { limitedFirst: 100, wait: 3600_000 });
    const status = await campaignStatus({ folder: top, forgeFor: async () => forge, signal: never });
    expect(status.pullRequests.unknown.count).toBe(40);
    expect(forge.asked.length).toBeLessThanOrEqual(4);
    expect(status.unasked).toBe('slow down');
  });

  test('takes no lock: it may be asked while a run goes on, and changes nothing', async () => {
    const journal = await begin();
    await journal.recordResult(opened('a', 1), target('a', { project: project('a') }));
    const before = readFileSync(join(top, 'journal.jsonl'), 'utf8');
    const status = await campaignStatus({ folder: top, forgeFor: async () => fakeForge([open]), signal: never });
    expect(status).not.toHaveProperty('ended');
    expect(status.pullRequests.open.count).toBe(1);
    expect(readFileSync(join(top, 'journal.jsonl'), 'utf8')).toBe(before);
    await journal.close();
  });

  test('refuses where there is nothing, and stops when told', async () => {
    const forgeFor = async () => fakeForge([]);
    const error = await campaignStatus({ folder: top, forgeFor, signal: never }).catch((error: unknown) => error);
    expect(refusalOf(error)?.what).toBe('no run has left a journal here');
    await endedRun([[opened('a', 1)]]);
    const aborted = campaignStatus({ folder: top, forgeFor, signal: AbortSignal.abort(new Error('stop')) });
    await expect(aborted).rejects.toThrow('stop');
  });
});

test('retry does what failed, in the same run', async () => {
  const failure = (key: string, more: Partial<JobResult> = {}) =>
    result(key, { ended: 'failed', reason: 'x', ...more });
  await endedRun([[failure('a')], [result('b')], [failure('c', { again: true })]]);
  const journal = await begin({ use: 'retry' });
  const done: string[] = [];
  const summary = await runCampaign({
    ...{ campaign, journal, targets: retryTargets(journal), concurrency: 1, signal: never, onEvent: () => {} },
    async job({ key, project }) {
      done.push(`${key} ${project?.path}`);
      return result(key);
    },
  });
  await journal.close();
  expect(done).toEqual(['a a', 'c c']);
  expect(summary).toMatchObject({ run: 1, repositories: 3, before: 1, counts: { unchanged: 3, failed: 0 } });
  expect(readCampaignJournal(top)).toMatchObject({ run: 1 });
});

describe('close', () => {
  /** Branches by repository; what is not ours to delete stays. */
  function branches(tips: Record<string, string>): { deleteBranch: DeleteBranch; tips: Record<string, string> } {
    return {
      tips,
      deleteBranch: async ({ name }, branch, expected) => {
        const at = `${name} ${branch}`;
        if (tips[at] === undefined) return 'absent';
        if (tips[at] !== expected) return 'moved';
        delete tips[at];
        return 'deleted';
      },
    };
  }

  async function close(forge: Forge, deleteBranch: DeleteBranch, signal = never) {
    const journal = await begin({ use: 'close' });
    const turns: string[] = [];
    const pacer = {
      turn: async (host: string) => void turns.push(host),
      backOff: async () => {},
      ready: async () => {},
    };
    const forgeFor = async () => forge;
    const summary = await closeCampaign({
      ...{ journal, campaign, forgeFor, deleteBranch, pacer, signal, onEvent: () => {} },
    });
    await journal.close();
    return { summary, turns };
  }

  test('closes what is open and deletes what is only ours; a second time there is nothing to do', async () => {
    const pushed = { ended: 'changed', reason: 'has a new branch', pushed: true } as const;
    await endedRun([
      [opened('open', 1)],
      [opened('pushed-to', 2)],
      [opened('merged', 3)],
      [opened('closed', 4)],
      [opened('forked', 5)],
      [result('folder', { ...pushed, commit: 'f' }), { folder: '/f' }],
      [result('other', { ...pushed, commit: 'o' }), { folder: '/o' }],
      [result('nothing')],
    ]);
    const requests = [
      open,
      { ...open, head: 'theirs' },
      { ...open, state: 'merged' },
      { ...open, state: 'closed' },
    ] as const;
    const forge = fakeForge([...requests.map((one) => ({ ...one })), { ...open, from: 'me/forked' }]);
    const { deleteBranch, tips } = branches({
      'open pyvenv-fix': 'c1',
      'pushed-to pyvenv-fix': 'theirs',
      'merged pyvenv-fix': 'c3',
      'me/forked pyvenv-fix': 'c5',
      'folder pyvenv-fix': 'f',
      'other pyvenv-fix': 'theirs',
    });
    const { summary, turns } = await close(forge, deleteBranch);
    const groups = summary.groups.map(
      ({ ended, reason, first }) => `${ended}: ${reason}: ${first.map(({ name }) => name)}`,
    );
    expect(groups.sort()).toEqual([
      'changed: a person had closed the pull request, its branch was gone: closed',
      'changed: the branch is deleted: folder',
      'changed: the pull request is closed, its branch deleted: open,forked',
      'changed: the pull request is closed, its branch stays: somebody has pushed to it: pushed-to',
      'skipped: somebody has pushed to the branch: it stays: other',
      'unchanged: the pull request was merged already: merged',
    ]);
    expect(tips).toEqual({
      'pushed-to pyvenv-fix': 'theirs',
      'merged pyvenv-fix': 'c3',
      'other pyvenv-fix': 'theirs',
    });
    expect(turns).toHaveLength(3);
    expect(forge.asked.filter((one) => one.startsWith('update')).sort()).toEqual([
      'update forked 5 {"state":"closed"}',
      'update open 1 {"state":"closed"}',
      'update pushed-to 2 {"state":"closed"}',
    ]);
    const again = fakeForge([open, open, { ...open, state: 'merged' }]);
    const second = await close(again, deleteBranch);
    expect(again.asked.filter((one) => !one.startsWith('get merged'))).toEqual([]);
    expect(second.summary.counts).toMatchObject({ changed: 0, failed: 0 });
    // The next apply is a new run.
    const journal = await begin();
    expect(journal).toMatchObject({ run: 2, resumed: false });
    await journal.close();
  });

  test('one that cannot be closed is one failure, and is tried the next time', async () => {
    await endedRun([[opened('a', 1)], [opened('b', 2)]]);
    const { deleteBranch } = branches({});
    const { summary } = await close(fakeForge([open]), deleteBranch);
    expect(summary.groups.map(({ ended, reason, first }) => [ended, reason, first[0]!.detail])).toEqual([
      ['changed', 'the pull request is closed, its branch was gone', undefined],
      ['failed', 'it could not be closed', 'it is not there'],
    ]);
    const forge = fakeForge([open, { ...open }]);
    expect((await close(forge, deleteBranch)).summary.counts).toMatchObject({ changed: 1, failed: 0 });
    expect(forge.asked[0]).toBe('get b 2');
  });

  test('broken off, it says what is left and goes on the next time', async () => {
    await endedRun(Array.from({ length: 12 }, (_, at): [JobResult] => [opened(`r${at}`, at + 1)]));
    const requests = Array.from({ length: 12 }, () => ({ ...open }));
    const stop = new AbortController();
    let count = 0;
    const stopping: DeleteBranch = async () => {
      if (++count === 5) stop.abort(new Error('Ctrl-C'));
      return 'deleted';
    };
    const first = await close(fakeForge(requests), stopping, stop.signal);
    expect(first.summary.stopped).toMatchObject({ why: 'aborted' });
    expect(first.summary.left!.count + first.summary.repositories).toBe(12);
    const { summary } = await close(fakeForge(requests), async () => 'deleted');
    expect(summary.repositories).toBe(first.summary.left!.count);
    expect(requests.every(({ state }) => state === 'closed')).toBe(true);
  });
});
