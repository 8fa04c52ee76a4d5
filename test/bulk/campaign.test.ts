// A campaign's run: what goes on, what is said, what is counted, and how it stops.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job, Target } from '../../src/bulk/bulkModel.ts';
import { type CampaignOptions, runCampaign } from '../../src/bulk/campaign.ts';
import type { CampaignEvent, CampaignSummary } from '../../src/bulk/campaignEvents.ts';
import { createTally } from '../../src/bulk/campaignTally.ts';
import { type CampaignJournal, openJournal, readCampaignJournal } from '../../src/bulk/journal/campaignJournal.ts';
import { createWave } from '../../src/bulk/wave.ts';
import { refuse } from '../../src/text/userError.ts';
import { campaign, each, opened, result, target } from './bulkKit.ts';
import { type FakeRequest, fakeForge, project } from './fakeForge.ts';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'campaign-test-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const never = new AbortController().signal;
const begin = (more: Partial<Parameters<typeof openJournal>[0]> = {}) =>
  openJournal({ folder: top, campaign, settings: 's', use: 'apply', now: 1000, ...more });

async function run(
  targets: AsyncIterable<Target>,
  job: Job,
  more: Partial<CampaignOptions> = {},
): Promise<{ summary: CampaignSummary; events: CampaignEvent[] }> {
  const events: CampaignEvent[] = [];
  const onEvent = (event: CampaignEvent) => void events.push(event);
  const summary = await runCampaign({ campaign, targets, job, concurrency: 2, signal: never, onEvent, ...more });
  return { summary, events };
}

async function journalled(
  targets: AsyncIterable<Target>,
  job: Job,
  more: Partial<CampaignOptions> & { wave?: number } = {},
) {
  const wanted = { ...campaign, ...(more.wave !== undefined && { wave: more.wave }) };
  const journal = await begin({ campaign: wanted });
  const ended = await run(targets, job, { journal, ...more, campaign: wanted });
  await journal.close();
  return ended;
}

const keys = (count: number) => Array.from({ length: count }, (_, at) => `r${at}`);
const targetsOf = (names: readonly string[]) => each(names.map((name) => target(name)));
const same: Job = async ({ key }) => result(key);

test('a plan counts without a journal', async () => {
  const job: Job = async ({ key }) =>
    result(key, { ended: 'changed', reason: 'would be fixed', fixes: { a: 2, b: 1 }, files: 1, findings: 3 });
  const { summary, events } = await run(targetsOf(['x', 'y', 'x']), job);
  expect(summary).toMatchObject({
    mode: 'plan',
    repositories: 2,
    twice: 1,
    fixes: { a: 4, b: 2 },
    files: 2,
    findings: 6,
  });
  expect(summary).not.toHaveProperty('run');
  expect(summary).not.toHaveProperty('left');
  expect(summary).not.toHaveProperty('stopped');
  expect(events.filter(({ kind }) => kind === 'twice' || kind === 'listed')).toEqual([
    { kind: 'twice', key: 'x', name: 'x' },
    { kind: 'listed', count: 2 },
  ]);
});

test('what a kill kept from being written down counts as made by the run that goes on', async () => {
  const journal = await begin();
  await journal.recordResult(
    result('known', { ended: 'changed', reason: 'x', pushed: true, commit: 'k' }),
    target('known'),
  );
  await journal.close();
  const exact = { ended: 'unchanged', reason: 'the branch says exactly this already', commit: 'c' } as const;
  const { summary, events } = await journalled(targetsOf(['known', 'lost']), async ({ key }) => result(key, exact));
  expect(summary).toMatchObject({ repositories: 2, pushed: 2, counts: { changed: 2, unchanged: 0 } });
  const ends = events.filter(({ kind }) => kind === 'end');
  expect(ends).toMatchObject([{ result: { key: 'lost', ended: 'changed', pushed: true } }]);
  const next = await journalled(targetsOf(['known', 'lost']), async ({ key }) => result(key, exact));
  expect(next.summary).toMatchObject({ run: 2, pushed: 0, counts: { unchanged: 2 } });
});

test('events of one repository come in their order', async () => {
  const job: Job = async ({ key }, { onStep }) => {
    onStep('clone');
    onStep('push');
    return result(key);
  };
  const { events } = await run(targetsOf(['x']), job);
  expect(events.filter((event) => 'key' in event || event.kind === 'end')).toEqual([
    { kind: 'start', key: 'x', name: 'x' },
    { kind: 'step', key: 'x', step: 'clone' },
    { kind: 'step', key: 'x', step: 'push' },
    { kind: 'end', result: result('x') },
  ]);
});

test('broken off by a signal, the summary is whole and says what is left; the next run does just that', async () => {
  const stop = new AbortController();
  const begun: string[] = [];
  const job: Job = async ({ key }, { signal }) => {
    begun.push(key);
    if (begun.length === 5) stop.abort(new Error('Ctrl-C'));
    signal.throwIfAborted();
    return opened(key, begun.length);
  };
  const { summary, events } = await journalled(targetsOf(keys(20)), job, { signal: stop.signal, concurrency: 1 });
  expect(summary).toMatchObject({
    repositories: 4,
    left: { count: 16, more: false },
    stopped: { why: 'aborted', next: 'run the same command again: it goes on where it stood' },
    pullRequests: { opened: 4 },
  });
  expect(events.filter(({ kind }) => kind === 'stopping')).toEqual([{ kind: 'stopping', why: 'aborted' }]);
  begun.splice(0);
  const second = await journalled(targetsOf(keys(20)), async ({ key }) => {
    begun.push(key);
    return result(key);
  });
  expect(begun.sort()).toEqual(keys(20).slice(4).sort());
  expect(second.events[0]).toMatchObject({ kind: 'resume', run: 1, done: 4 });
  expect(second.events.find(({ kind }) => kind === 'listed')).toEqual({ kind: 'listed', count: 20 });
  expect(second.summary).toMatchObject({ repositories: 20, before: 4, pullRequests: { opened: 4 } });
  expect(second.summary).not.toHaveProperty('left');
  const third = await journalled(targetsOf(keys(20)), same);
  expect(third.summary).toMatchObject({ run: 2, before: 0, repositories: 20 });
});

test('a source that never ends and never waits is counted for a moment only', async () => {
  async function* endless(): AsyncIterable<Target> {
    for (let at = 0; ; at++) yield target(`r${at}`);
  }
  const stop = new AbortController();
  const job: Job = async ({ key }) => {
    if (key === 'r3') stop.abort();
    return result(key);
  };
  const { summary } = await run(endless(), job, { signal: stop.signal });
  expect(summary.left).toMatchObject({ more: true });
  expect(summary.left!.count).toBeGreaterThan(10);
});

test('a source that cannot be read to its end: what came before it counts, and the run is not over', async () => {
  async function* source(): AsyncIterable<Target> {
    yield target('a');
    refuse({ what: 'the list cannot be read', where: 'list.txt', next: 'mend it' });
  }
  const { summary } = await journalled(source(), same);
  expect(summary).toMatchObject({
    repositories: 1,
    left: { count: 0, more: true },
    stopped: { why: 'source', words: 'the list cannot be read (list.txt)', next: 'mend it' },
  });
  expect(readCampaignJournal(top)).not.toHaveProperty('ended');
});

test('a journal that can no longer be written stops the run; only what is on the disk counts', async () => {
  const journal = await begin();
  let written = 0;
  const full: CampaignJournal = {
    ...journal,
    async recordResult(...args) {
      if (++written > 3) refuse({ what: 'the disk with the journal is full', next: 'make room' });
      return journal.recordResult(...args);
    },
  };
  const job: Job = async ({ key }, { signal }) => {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 1));
    return result(key);
  };
  const { summary, events } = await run(targetsOf(keys(50)), job, { journal: full });
  await journal.close();
  expect(summary.repositories).toBe(3);
  expect(summary.left).toEqual({ count: 47, more: false });
  expect(summary.stopped).toMatchObject({ why: 'journal', words: 'the disk with the journal is full' });
  expect(events.filter(({ kind }) => kind === 'end')).toHaveLength(3);
  expect(events.filter(({ kind }) => kind === 'stopping')).toHaveLength(1);
});

describe('a wave', () => {
  const requests = (states: readonly FakeRequest['state'][], checks: FakeRequest['checks'] = 'green'): FakeRequest[] =>
    states.map((state) => ({ state, checks }));

  async function earlier(count: number): Promise<void> {
    const journal = await begin();
    for (const [at, key] of keys(count).entries()) {
      await journal.recordResult(opened(key, at + 1), target(key, { project: project(key) }));
    }
    await journal.end(2000);
    await journal.close();
  }

  test('opens so many and lets the others wait, also when it was broken off in the middle', async () => {
    const wanted = { ...campaign, wave: 3 };
    let admitted = 0;
    const jobOf = (journal: CampaignJournal, stop?: AbortController): Job => {
      const wave = createWave({ limit: 3, admitted: journal.admitted, record: journal.recordAdmission });
      return async ({ key }) => {
        if (!(await wave.admit(key))) return result(key, { ended: 'waiting', reason: 'its turn comes' });
        // The pull request is open; the process dies before it can say so.
        if (stop && ++admitted === 2) {
          stop.abort(new Error('killed'));
          throw new Error('killed');
        }
        return opened(key, 1);
      };
    };
    const stop = new AbortController();
    const first = await begin({ campaign: wanted });
    await run(targetsOf(keys(9)), jobOf(first, stop), { journal: first, signal: stop.signal, concurrency: 1 });
    await first.close();
    const second = await begin({ campaign: wanted });
    expect([...second.admitted]).toEqual(['r0', 'r1']);
    const { summary } = await run(targetsOf(keys(9)), jobOf(second), { journal: second, concurrency: 1 });
    await second.close();
    expect(summary.counts).toMatchObject({ changed: 3, waiting: 6 });
  });

  test.each([
    ['all open and green', requests(['open', 'open', 'merged', 'open', 'open']), undefined],
    ['one of five closed', requests(['open', 'closed', 'merged', 'open', 'open']), undefined],
    [
      'two of five closed',
      requests(['closed', 'closed', 'merged', 'open', 'open']),
      /^of 5 .* 2 were closed .* 0 are red$/,
    ],
    ['all red', requests(['open', 'open', 'merged', 'merged', 'open'], 'red'), /^of 5 .* 0 were closed .* 3 are red$/],
    ['nobody answers', [], /^nobody can say how .*: it is not there$/],
  ])('before it goes on: %s', async (_, standing, words) => {
    await earlier(5);
    const forge = fakeForge(standing);
    const { summary, events } = await journalled(targetsOf(['new']), same, { wave: 1, forgeFor: async () => forge });
    expect(events.filter(({ kind }) => kind === 'looked')).toHaveLength(5);
    if (!words) {
      expect(summary).not.toHaveProperty('stopped');
      expect(summary.repositories).toBe(1);
      return;
    }
    expect(summary.stopped).toMatchObject({ why: 'wave', words: expect.stringMatching(words) });
    expect([summary.repositories, summary.left]).toEqual([0, { count: 0, more: true }]);
    if (standing.length > 0) expect(summary.stopped!.against!.length).toBeGreaterThanOrEqual(2);
  });

  test('a forge that asks for a pause is asked again after it', async () => {
    await earlier(1);
    const forge = fakeForge(requests(['open']), { limitedFirst: 2 });
    const { summary } = await journalled(targetsOf(['new']), same, { wave: 1, forgeFor: async () => forge });
    expect(summary).not.toHaveProperty('stopped');
  });
});

describe('the tally', () => {
  const frame = { campaign: 'c', mode: 'apply', before: 0, twice: 0, milliseconds: 0 } as const;

  test('groups by how and why, largest first, with the first few names', () => {
    const tally = createTally();
    for (const key of keys(30)) tally.add(result(key, { ended: 'failed', reason: 'no right', detail: key }));
    for (const key of keys(3)) tally.add(opened(key, 1));
    tally.add(result('x', { ended: 'failed', reason: 'no answer', again: true }));
    const { groups, counts, links } = tally.summary(frame);
    expect(counts).toEqual({ changed: 3, unchanged: 0, skipped: 0, waiting: 0, failed: 31 });
    expect(groups.map(({ ended, reason, count, first }) => [ended, reason, count, first.length])).toEqual([
      ['changed', 'has a new pull request', 3, 3],
      ['failed', 'no right', 30, 20],
      ['failed', 'no answer', 1, 1],
    ]);
    expect(groups[1]!.first[0]).toEqual({ name: 'r0', detail: 'r0' });
    expect(groups[2]!.first[0]).toEqual({ name: 'x', again: true });
    expect(links).toHaveLength(3);
  });

  test('stays small where every reason is another one', () => {
    const tally = createTally();
    for (const key of keys(5000)) tally.add(result(key, { ended: 'failed', reason: `no ${key}` }));
    const { groups } = tally.summary(frame);
    expect(groups).toHaveLength(201);
    expect(groups[0]).toMatchObject({ reason: 'other reasons', count: 4800 });
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(5000);
  });
});
