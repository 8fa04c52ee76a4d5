// Several machines: real processes over a real redis-server, killed, restarted and added while a run is under way.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Campaign, JobResult } from '../../src/bulk/bulkModel.ts';
import type { CampaignSummary } from '../../src/bulk/campaignEvents.ts';
import { readCampaignJournal } from '../../src/bulk/journal/campaignJournal.ts';
import { queueName } from '../../src/io/redis/jobs.ts';
import { sandbox } from '../repositories.ts';
import { CAMPAIGN, FILES } from './jobs.ts';
import type { WorkSettings } from './queue-run.ts';
import { campaign, type Processes, processes, type Running, targets, until } from './queueProcesses.ts';
import { hasRedis, type RedisServer, redisServer } from './redisServer.ts';

const SLOW = { timeout: 60_000 };

function summaryOf(filler: Running): CampaignSummary {
  const last = filler.events().at(-1);
  if (last?.kind !== 'summary') throw new Error(`no summary at the end of: ${filler.printed().slice(-2000)}`);
  return last.summary as CampaignSummary;
}

describe.skipIf(!hasRedis)('a run over several machines (skipped where redis-server is not installed)', SLOW, () => {
  let program: Processes;
  let server: RedisServer;
  let folder: string;
  beforeAll(async () => {
    program = await processes();
  });
  afterAll(() => program.close());
  beforeEach(async () => {
    server = await redisServer({ requirepass: 's3cret/pass word' });
    folder = mkdtempSync(join(tmpdir(), 'queue-test-'));
  });
  const under: Running[] = [];
  afterEach(async () => {
    for (const one of under) one.process.kill('SIGKILL');
    await Promise.all(under.map(({ ended }) => ended));
    for (const one of under.splice(0)) expect(one.printed()).not.toMatch(/s3cret/);
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const keep = (one: Running) => {
    under.push(one);
    return one;
  };
  const fill = (count: number, more: Partial<Campaign> & { slowly?: number; journal?: string } = {}) => {
    const { slowly, journal = 'journal', ...changes } = more;
    return keep(
      program.fill({
        ...{ url: server.url, folder: join(folder, journal), targets: targets(count) },
        campaign: campaign(changes),
        ...(slowly !== undefined && { slowly }),
      }),
    );
  };
  const work = (more: Partial<WorkSettings> = {}) => {
    const paths = { ledger: join(folder, 'ledger'), effects: join(folder, 'effects') };
    return keep(program.work({ url: server.url, concurrency: 4, long: 15, ...paths, ...more }));
  };
  const ledger = (word: string) => {
    const path = join(folder, 'ledger');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  };
  const results = (journal = 'journal') => {
    const lines = readFileSync(
      join(folder, journal, readdirSync(join(folder, journal)).find((name) => name.endsWith('.jsonl'))!),
      'utf8',
    );
    return lines
      .split('\n')
      .filter((line) => line.includes('"kind":"result"'))
      .map((line): string => JSON.parse(line).result.key);
  };
  const keysOf = (count: number) =>
    targets(count)
      .map(({ key }) => key)
      .sort();
  /** Nothing lost, nothing twice, nothing left behind. */
  const expectWhole = async (filler: Running, count: number) => {
    expect(await filler.ended, filler.printed().slice(-2000)).toBe(0);
    const summary = summaryOf(filler);
    expect(summary).toMatchObject({ repositories: count });
    expect(summary).not.toHaveProperty('left');
    expect(results().sort()).toEqual(keysOf(count));
    expect(readdirSync(join(folder, 'effects')).sort()).toEqual(keysOf(count));
    expect(readCampaignJournal(join(folder, 'journal'))?.ended).toBeDefined();
    const client = server.client();
    const kept = /^pyvenv-fix:workers$|:stalled-check$/;
    // A worker that is a moment late writes traces, and takes them away when it sees that the queue is gone.
    await until('nothing is left in Redis', async () => (await client.keys('*')).every((key) => kept.test(key)));
  };

  test('does everything once with two workers', async () => {
    const workers = [work(), work()];
    const filler = fill(60);
    await expectWhole(filler, 60);
    const ends = filler.events().filter(({ kind }) => kind === 'end');
    expect(ends).toHaveLength(60);
    expect(filler.events().some(({ kind }) => kind === 'again')).toBe(true);
    for (const { process: child } of workers) child.kill('SIGTERM');
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0]);
  });

  test('loses nothing when a worker is killed in the middle and another one comes', async () => {
    const first = work({ concurrency: 8, long: 60 });
    const filler = fill(80);
    await until('the first worker holds jobs', () => ledger('end').length >= 10);
    first.process.kill('SIGKILL');
    await first.ended;
    expect(ledger('end').length).toBeLessThan(80);
    work();
    work();
    await expectWhole(filler, 80);
    // It held some: they were begun twice, and that shows nowhere else.
    expect(ledger('begin').length).toBeGreaterThan(ledger('end').length);
  });

  test('goes on where a killed follower has left off, also in the middle of filling', async () => {
    work();
    const first = fill(80, { slowly: 15 });
    await until('it has filled some', () => ledger('end').length >= 5);
    first.process.kill('SIGKILL');
    await first.ended;
    await until('workers have done what was there', async () => ledger('end').length >= 5);
    const second = fill(80, { slowly: 2 });
    await until('it has heard of some', () => second.events().filter(({ kind }) => kind === 'end').length >= 5);
    second.process.kill('SIGKILL');
    await second.ended;
    const third = fill(80);
    await expectWhole(third, 80);
    expect(third.events()[0]).toMatchObject({ kind: 'resume' });
  });

  test('hands its results to another journal when the first is gone', async () => {
    const worker = work();
    const first = fill(40, { slowly: 10, journal: 'first' });
    await until(
      'some results are in the first journal',
      () => first.events().filter(({ kind }) => kind === 'end').length >= 5,
    );
    first.process.kill('SIGKILL');
    await first.ended;
    const refused = fill(40);
    expect(await refused.ended).toBe(2);
    expect(refused.printed()).toMatch(/fills and follows the campaign spring already/);
    await server.client().del('pyvenv-fix:follower:spring');
    await expectWhole(fill(40), 40);
    expect(new Set(ledger('end')).size).toBe(40);
    worker.process.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  });

  test('stands a server that crashes and comes back', async () => {
    const worker = work({ long: 40 });
    const filler = fill(80, { slowly: 5 });
    await until('some are done', () => ledger('end').length >= 10);
    await server.kill();
    await new Promise((done) => setTimeout(done, 300));
    await server.start();
    // As if it had been away for longer than a follower is remembered.
    await server.client().del('pyvenv-fix:follower:spring');
    await expectWhole(filler, 80);
    expect(filler.events().map(({ kind }) => kind)).toEqual(expect.arrayContaining(['lost', 'back']));
    expect(worker.process.exitCode).toBe(null);
  });

  test('gives back at once what a worker that is told to stop holds', async () => {
    const slow = work({ long: 60_000 });
    const filler = fill(12);
    await until('it holds four', () => ledger('begin').length === 4);
    slow.process.kill('SIGTERM');
    expect(await slow.ended).toBe(0);
    const given = ledger('begin');
    work();
    await expectWhole(filler, 12);
    for (const key of given) expect(ledger('begin').filter((one) => one === key).length).toBeGreaterThan(1);
  });

  test('stops following at SIGINT while the workers go on', async () => {
    const filler = fill(40, { slowly: 1 });
    await until('all are listed', () => filler.events().some(({ kind }) => kind === 'listed'));
    filler.process.kill('SIGINT');
    expect(await filler.ended).toBe(0);
    expect(summaryOf(filler)).toMatchObject({
      repositories: 0,
      left: { count: 40 },
      stopped: { why: 'aborted' },
    });
    work();
    await until('the workers have done everything', () => new Set(ledger('end')).size === 40);
    await expectWhole(fill(40), 40);
  });

  test('lets a wave’s number of repositories through, on all machines together', async () => {
    work();
    work();
    const filler = fill(30, { wave: 7 });
    expect(await filler.ended).toBe(0);
    expect(summaryOf(filler)).toMatchObject({ repositories: 30, counts: { changed: 7, waiting: 23 } });
    expect(readdirSync(join(folder, 'effects'))).toHaveLength(7);
  });

  test('ends jobs that no worker outlives or understands, and says so', async () => {
    const queue = new Queue(queueName('spring', 'local'), {
      connection: Object.assign(server.client(), {
        options: { ...server.client().options, maxRetriesPerRequest: null },
      }),
    });
    await queue.add('target', { campaign: 'spring', target: { key: '--evil' } }, { jobId: 'junk' });
    const deadly = { key: 'deadly-1', name: 'deadly-1' };
    const filler = keep(
      program.fill({
        ...{ url: server.url, folder: join(folder, 'journal'), campaign: campaign() },
        targets: [deadly, ...targets(6)],
      }),
    );
    const victim = work({ deaths: 0, concurrency: 1 });
    expect(await victim.ended).toBe('SIGKILL');
    work({ deaths: 0 });
    expect(await filler.ended).toBe(0);
    expect(summaryOf(filler)).toMatchObject({ repositories: 7 });
    const ends = filler.events().filter(({ kind }) => kind === 'end');
    const deadlyEnd = ends.find(({ result }) => (result as JobResult).key === 'deadly-1');
    expect(deadlyEnd).toMatchObject({
      result: { ended: 'failed', reason: expect.stringMatching(/workers died with it/) },
    });
    expect(ledger('begin').filter((key) => key === 'deadly-1')).toHaveLength(1);
  });

  test('begins anew where other settings, or a run that is over, stand in the queue', async () => {
    const filler = fill(20);
    await until('all are listed', () => filler.events().some(({ kind }) => kind === 'listed'));
    filler.process.kill('SIGINT');
    await filler.ended;
    const other = fill(10, { labels: ['new'] });
    await until('all are listed', () => other.events().some(({ kind }) => kind === 'listed'));
    work();
    await expectWhole(other, 10);
    // Killed after the journal had everything and before the queue was tidied up.
    const client = server.client();
    await client.hset('pyvenv-fix:run:spring', {
      run: '0'.repeat(16),
      campaign: JSON.stringify(campaign()),
      state: 'over',
    });
    await client.sadd('pyvenv-fix:queues', queueName('spring', 'local'));
    const plain = () => ledger('end').filter((key) => key.startsWith('plain')).length;
    const before = plain();
    await expectWhole(fill(10), 10);
    expect(plain()).toBe(before + 8);
  });

  test('does the real job over real repositories while workers are killed; once more pushes nothing', async () => {
    const boxes = Array.from({ length: 6 }, () => sandbox());
    try {
      for (const box of boxes) box.commit(FILES);
      const all = boxes.map(({ path }) => ({ key: path, name: path, url: `file://${path}` }));
      const once = async () => {
        const settings = { url: server.url, folder: join(folder, 'journal'), campaign: CAMPAIGN, targets: all };
        const filler = keep(program.fill(settings));
        return filler;
      };
      const first = work({ real: true, concurrency: 2 });
      const filler = await once();
      await until('it has begun', () => ledger('end').length >= 1);
      first.process.kill('SIGKILL');
      work({ real: true });
      work({ real: true });
      expect(await filler.ended).toBe(0);
      const { counts } = summaryOf(filler);
      // One that was pushed as its worker died is found to be there already.
      expect(counts.changed + counts.unchanged).toBe(6);
      const tips = boxes.map((box) => box.git('rev-parse', 'refs/heads/pyvenv-fix'));
      for (const box of boxes) expect(box.git('rev-list', '--count', 'main..pyvenv-fix')).toMatch(/^[1-9]/);
      const again = await once();
      expect(await again.ended).toBe(0);
      expect(summaryOf(again)).toMatchObject({ repositories: 6, counts: { unchanged: 6 }, pushed: 0 });
      expect(boxes.map((box) => box.git('rev-parse', 'refs/heads/pyvenv-fix'))).toEqual(tips);
    } finally {
      for (const box of boxes) box.close();
    }
  });
});
