// The journal: what counts after any break, who may write it, and that it does not grow.

import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JobResult } from '../../src/bulk/bulkModel.ts';
import { type JournalOptions, openJournal, readCampaignJournal } from '../../src/bulk/journal/campaignJournal.ts';
import { defaultCampaignFolder, openLines } from '../../src/io/campaign/campaignFiles.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { campaign, opened, result, target } from './bulkKit.ts';

/** In memory, where there is such a place: these tests force thousands of lines to the disk. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let top = '';
let folder = '';
let file = '';
beforeEach(() => {
  top = mkdtempSync(join(PLACE, 'campaign-journal-'));
  folder = defaultCampaignFolder(top, 'pyvenv-fix');
  file = join(folder, 'journal.jsonl');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const begin = (more: Partial<JournalOptions> = {}) =>
  openJournal({ folder, campaign, settings: 's', use: 'apply', now: 1000, ...more });

/** A whole or broken-off run with these results. */
async function run(
  results: readonly JobResult[],
  { end = true, ...more }: Partial<JournalOptions> & { end?: boolean } = {},
) {
  const journal = await begin(more);
  for (const one of results) await journal.recordResult(one, target(one.key));
  if (end) await journal.end(2000);
  await journal.close();
  return journal;
}

async function refused(open: () => Promise<unknown>): Promise<{ what: string; where?: string; next: string }> {
  const error = await open().then(
    () => undefined,
    (error: unknown) => error,
  );
  return refusalOf(error) ?? { what: `not refused: ${error}`, next: '' };
}

const kinds = () =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).kind);

describe('runs', () => {
  test('one that was broken off goes on, with its counts', async () => {
    const failure = result('c', { ended: 'failed', reason: 'no right' });
    await run([result('a'), opened('b', 7), failure], { end: false });
    const journal = await begin({ now: 5000 });
    expect(journal).toMatchObject({ run: 1, resumed: true, began: 1000, repaired: 0 });
    expect(['a', 'b', 'c', 'd'].map(journal.isDone)).toEqual([true, true, true, false]);
    expect(journal.commitOf('b')).toBe('c7');
    expect(journal.tally.size()).toBe(3);
    expect(await journal.recordResult(result('a'), target('a'))).toBe(false);
    expect(await journal.recordResult(result('d'), target('d'))).toBe(true);
    expect(journal.tally.size()).toBe(4);
    await journal.close();
  });

  test('a failure that another try may help is done again, and counted once', async () => {
    const failure = result('a', { ended: 'failed', reason: 'no answer', again: true });
    await run([failure], { end: false });
    const journal = await begin();
    expect(journal.isDone('a')).toBe(false);
    expect(journal.tally.size()).toBe(0);
    await journal.recordResult(result('a'), target('a'));
    await journal.close();
    const { tally } = readCampaignJournal(folder)!;
    expect(tally.summary({ campaign: '', mode: 'apply', before: 0, twice: 0, milliseconds: 0 }).counts).toMatchObject({
      unchanged: 1,
      failed: 0,
    });
  });

  test('after an end, and with other settings, everything is looked at again', async () => {
    await run([opened('a', 1)]);
    const second = await begin();
    expect(second).toMatchObject({ run: 2, resumed: false });
    expect(second.isDone('a')).toBe(false);
    expect(second.commitOf('a')).toBe('c1');
    await second.close();
    for (const other of [{ settings: 't' }, { campaign: { ...campaign, labels: ['x'] } }]) {
      const journal = await begin(other);
      expect(journal.resumed).toBe(false);
      await journal.close();
    }
  });

  test('another pace or wave is the same run; only who waited is asked again', async () => {
    const waiting = result('w', { ended: 'waiting', reason: 'next wave' });
    await run([result('a'), waiting], { end: false, campaign: { ...campaign, wave: 1 } });
    const same = await begin({ campaign: { ...campaign, wave: 1, rate: 9 } });
    expect([same.resumed, same.isDone('w')]).toEqual([true, true]);
    await same.close();
    const more = await begin({ campaign: { ...campaign, wave: 2 } });
    expect([more.resumed, more.isDone('a'), more.isDone('w')]).toEqual([true, true, false]);
    await more.close();
  });

  test('who was let into the wave stays in', async () => {
    const journal = await begin();
    await journal.recordAdmission('a');
    await journal.close();
    const again = await begin();
    expect([...again.admitted]).toEqual(['a']);
    await again.end(1);
    await again.close();
    const next = await begin();
    expect([...next.admitted]).toEqual([]);
    await next.close();
  });

  test('retry takes what failed, whole or broken off', async () => {
    const failures = ['a', 'b'].map((key) => result(key, { ended: 'failed', reason: 'no right' }));
    await run([...failures, result('c')]);
    const journal = await begin({ use: 'retry' });
    expect(journal.run).toBe(1);
    expect(journal.failed()).toEqual([target('a'), target('b')]);
    expect([journal.isDone('a'), journal.isDone('c'), journal.tally.size()]).toEqual([false, true, 1]);
    await journal.recordResult(result('a'), target('a'));
    await journal.end(3000);
    await journal.close();
    const again = await begin({ use: 'retry' });
    expect(again.failed()).toEqual([target('b')]);
    await again.close();
  });

  test('a retry does not end the run that was broken off', async () => {
    const failure = result('a', { ended: 'failed', reason: 'no right' });
    const first = await begin();
    await first.recordResult(failure, target('a'));
    await first.recordAdmission('w');
    await first.close();
    const retry = await begin({ use: 'retry' });
    await retry.recordResult(result('a'), target('a'));
    await retry.end(3000);
    await retry.close();
    const journal = await begin();
    expect([journal.run, journal.resumed, journal.isDone('a'), ...journal.admitted]).toEqual([1, true, true, 'w']);
    await journal.close();
  });

  test('retry and close refuse where there was no run', async () => {
    for (const use of ['retry', 'close'] as const) {
      expect(await refused(() => begin({ use }))).toMatchObject({ what: 'no run has left a journal here' });
    }
    expect(readCampaignJournal(folder)).toBeUndefined();
  });

  test('the folder of another campaign is refused', async () => {
    await run([result('a')]);
    const other = { ...campaign, name: 'other' };
    expect((await refused(() => begin({ campaign: other }))).what).toMatch(/of the campaign pyvenv-fix$/);
  });
});

describe('condensing', () => {
  test('keeps the newest result of each repository and what tells of its pull request', async () => {
    await run([opened('a', 1), result('b'), opened('c', 3)]);
    for (let at = 0; at < 5; at++) {
      await run([result('a', { ended: 'failed', reason: 'no answer' }), result('b'), opened('c', 3)]);
    }
    expect(kinds()).toEqual(['result', 'run', 'result', 'result', 'result', 'end']);
    const { standing, run: number } = readCampaignJournal(folder)!;
    expect(number).toBe(6);
    expect(standing.map(({ key, pullRequest, commit }) => [key, pullRequest?.number, commit])).toEqual([
      ['a', 1, 'c1'],
      ['c', 3, 'c3'],
    ]);
  });

  test('runs that never end do not let the file grow', async () => {
    const many = Array.from({ length: 50 }, (_, at) => result(`r${at}`));
    for (let at = 0; at < 6; at++) await run(many, { end: false, settings: `${at}` });
    expect(kinds().length).toBeLessThanOrEqual(2 * many.length + 3);
  });

  test('killed in the middle of it, the long file stands and the half one goes', async () => {
    await run([result('a')], { end: false });
    writeFileSync(`${file}.new`, '{"kind":"run"');
    const journal = await begin();
    expect(journal.isDone('a')).toBe(true);
    await journal.end(2000);
    await journal.close();
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  test('a branch that is gone is forgotten', async () => {
    await run([result('a', { ended: 'changed', reason: 'has a new branch', pushed: true, commit: 'x' })]);
    const journal = await begin({ use: 'close' });
    expect(journal.standing()).toHaveLength(1);
    await journal.recordGone('a');
    await journal.recordResult(result('a', { ended: 'changed', reason: 'the branch is deleted' }), target('a'));
    await journal.end(3000);
    await journal.close();
    expect(readCampaignJournal(folder)!.standing).toEqual([]);
  });

  test('a commit that was only planned is not taken for the branch’s', async () => {
    await run([opened('a', 1)]);
    await run([result('a', { ended: 'skipped', reason: 'a person has pushed', commit: 'planned' })]);
    expect(readCampaignJournal(folder)!.standing[0]!.commit).toBe('c1');
  });
});

describe('a broken end', () => {
  test('cut at any byte, all whole lines before it count, and the run goes on', async () => {
    const results = [result('a'), opened('b', 2), result('ü', { detail: 'ß\n"' }), result('d')];
    await run(results, { end: false });
    const bytes = readFileSync(file);
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 10);
    for (let length = 0; length <= bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      const whole = ends.filter((at) => at < length).length;
      const journal = await begin();
      const good = whole === 0 ? 0 : ends[whole - 1]! + 1;
      expect(journal.repaired).toBe(length - good);
      expect(journal).toMatchObject({ run: 1, resumed: whole > 0 });
      const done = results.map(({ key }) => journal.isDone(key));
      expect(done).toEqual(results.map((_, at) => at < whole - 1));
      await journal.recordResult(result('new'), target('new'));
      await journal.close();
      expect(readCampaignJournal(folder)!.tally.size()).toBe(Math.max(0, whole - 1) + 1);
    }
  }, 60_000);

  test('filled with zeros by a power cut, with or without lines behind them', async () => {
    await run([result('a'), result('b')], { end: false });
    const whole = readFileSync(file);
    const first = whole.indexOf(10, whole.indexOf(10) + 1) + 1;
    for (const torn of [
      Buffer.concat([whole, Buffer.alloc(5000)]),
      Buffer.concat([whole, Buffer.alloc(300_000)]),
      Buffer.concat([whole.subarray(0, first), Buffer.alloc(30), whole.subarray(first + 30)]),
    ]) {
      writeFileSync(file, torn);
      const journal = await begin();
      expect(journal.isDone('a')).toBe(true);
      expect(journal.repaired).toBeGreaterThan(0);
      await journal.close();
      expect(readFileSync(file).includes(0)).toBe(false);
    }
  });

  test('damage in the middle is refused with file and line', async () => {
    await run([result('a'), result('b'), result('c')], { end: false });
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[2] = lines[2]!.slice(4);
    writeFileSync(file, lines.join('\n'));
    const { what, where } = await refused(() => begin());
    expect([what, where]).toEqual(['the journal is damaged: this line is not what pyvenv-fix writes', `${file}:3`]);
    expect(readFileSync(file, 'utf8')).toBe(lines.join('\n'));
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  test('hostile lines are passed over or refused, never believed', async () => {
    await run([result('a')], { end: false });
    const line = (value: unknown) => appendFileSync(file, `${JSON.stringify(value)}\n`);
    line({ kind: 'result', run: 1, result: { key: 'x' } });
    line({ kind: 'result', run: 1, result: { ...result('y'), pullRequest: 'no' } });
    line({ kind: 'result', run: 1, result: result('z'), target: { key: 1 } });
    line({ kind: 'what', run: 1 });
    line({ kind: 'run', version: 1, run: 2, at: 0, campaign: { name: 3 } });
    line({ __proto__: null, kind: 'admit', run: 1, key: ['q'] });
    const journal = await begin();
    expect(['a', 'x', 'y', 'z'].map(journal.isDone)).toEqual([true, false, false, false]);
    expect([journal.run, journal.admitted.size]).toEqual([1, 0]);
    await journal.close();
    line({ kind: 'run', version: 2, run: 2 });
    expect((await refused(() => begin())).what).toMatch(/newer pyvenv-fix/);
  });

  test('a line of many megabytes is no line, and takes no time', async () => {
    await run([result('a')], { end: false });
    appendFileSync(file, 'x'.repeat(30_000_000));
    expect((await refused(() => begin())).where).toBe(`${file}:3`);
  }, 20_000);
});

describe('the folder', () => {
  test('ignores itself', async () => {
    await run([result('a')]);
    execFileSync('git', ['init', '-q', top], { env: { PATH: process.env.PATH, HOME: top } });
    const status = execFileSync('git', ['-C', top, 'status', '--porcelain'], {
      env: { PATH: process.env.PATH, HOME: top },
      encoding: 'utf8',
    });
    expect(status).toBe('');
    const other = join(top, 'deep', 'down');
    const journal = await begin({ folder: other });
    await journal.close();
    expect(readFileSync(join(other, '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('is nobody else’s: no file appears in a folder that was there', async () => {
    const own = join(top, 'own');
    mkdirSync(own);
    const journal = await begin({ folder: own });
    await journal.close();
    expect(readdirSync(own)).toEqual(['journal.jsonl']);
  });

  test('links in the way are refused', async () => {
    mkdirSync(join(top, 'elsewhere'));
    symlinkSync('elsewhere', join(top, '.pyvenv-fix'));
    expect((await refused(() => begin())).what).toBe('a symbolic link stands where the journal belongs');
    rmSync(join(top, '.pyvenv-fix'));
    mkdirSync(join(top, '.pyvenv-fix'));
    symlinkSync('../elsewhere', folder);
    expect((await refused(() => begin())).what).toBe('a symbolic link stands where the journal belongs');
    rmSync(folder);
    mkdirSync(folder);
    writeFileSync(join(top, 'victim'), 'precious');
    symlinkSync('../../victim', file);
    expect((await refused(() => begin())).what).toBe('the journal cannot be read (a symbolic link)');
    expect([readdirSync(join(top, 'elsewhere')), readFileSync(join(top, 'victim'), 'utf8')]).toEqual([[], 'precious']);
  });

  test('a file or a pipe in the way is refused', async () => {
    mkdirSync(folder, { recursive: true });
    execFileSync('mkfifo', [file]);
    expect((await refused(() => begin())).what).toBe('the journal cannot be read (no plain file)');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expect((await refused(() => begin())).what).toBe('a file stands where the journal belongs');
  });
});

describe('the lock', () => {
  test('lets one process in at a time, and names the other', async () => {
    const journal = await begin();
    const { what } = await refused(() => begin());
    expect(what).toBe(`another process works on this campaign (process ${process.pid})`);
    await journal.close();
    await (await begin()).close();
  });

  test('of many that come at once at most one gets in', async () => {
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => begin()));
    const inside = all.filter((one) => one.status === 'fulfilled');
    expect(inside.length).toBeLessThanOrEqual(1);
    for (const { value } of inside) await value.close();
    await (await begin()).close();
  });

  test('of a process that is gone is cleared away', async () => {
    await run([result('a')]);
    const child = spawn('true');
    const dead = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').replace(/[^0-9a-f]/g, '');
    await new Promise((resolve) => child.once('close', resolve));
    const lock = join(folder, `lock-${child.pid}.1.4026531836.${dead}-0123456789ab`);
    writeFileSync(lock, '');
    // Of a process on another machine nothing is known: a minute of silence tells.
    const foreign = join(folder, 'lock-1.1.1.abc-0123456789ab');
    writeFileSync(foreign, '');
    expect((await refused(() => begin())).what).toMatch(/^another process works on this campaign/);
    const past = new Date(Date.now() - 120_000);
    for (const old of [lock, foreign]) if (existsSync(old)) utimesSync(old, past, past);
    await (await begin()).close();
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });
});

describe('a full disk', () => {
  let limited: string | undefined;
  beforeAll(() => {
    const at = mkdtempSync(join(tmpdir(), 'campaign-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', at], { stdio: 'pipe' });
      limited = at;
    } catch {
      rmSync(at, { recursive: true });
    }
  });
  afterAll(() => {
    if (limited === undefined) return;
    execFileSync('umount', [limited]);
    rmSync(limited, { recursive: true });
  });

  function leaveRoom(bytes: number): void {
    const { bavail, bsize } = statfsSync(limited!);
    writeFileSync(join(limited!, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  }

  test('says so, loses nothing that counted, and goes on when there is room', async ({ skip }) => {
    skip(limited === undefined, 'mounting a small disk is not permitted here');
    const at = join(limited!, 'campaign');
    const journal = await begin({ folder: at });
    leaveRoom(8192);
    const recorded: string[] = [];
    const refusals = new Set<string>();
    for (let number = 0; number < 300; number += 3) {
      const keys = [0, 1, 2].map((more) => `r${number + more}`);
      const all = await Promise.allSettled(
        keys.map((key) => journal.recordResult(result(key, { detail: 'x'.repeat(50) }), target(key))),
      );
      for (const [at, one] of all.entries()) {
        if (one.status === 'fulfilled') recorded.push(keys[at]!);
        else refusals.add(refusalOf(one.reason)?.what ?? String(one.reason));
      }
    }
    await journal.close();
    expect([...refusals]).toEqual(['the disk with the journal is full']);
    expect(recorded.length).toBeGreaterThan(5);
    expect(journal.tally.size()).toBe(recorded.length);
    rmSync(join(limited!, 'ballast'));
    const again = await begin({ folder: at });
    expect(again.repaired).toBe(0);
    expect(recorded.filter((key) => !again.isDone(key))).toEqual([]);
    expect(again.tally.size()).toBe(recorded.length);
    // Without room for a second file the long one stays, whole.
    leaveRoom(4096);
    await again.end(1);
    await again.close();
    expect(readCampaignJournal(at)).toMatchObject({ ended: 1 });
    expect(readCampaignJournal(at)!.tally.size()).toBe(recorded.length);
  });
});

test('lines that come while the disk is busy share its next write', async () => {
  mkdirSync(folder, { recursive: true });
  const lines = await openLines(folder, () => {});
  const before = statSync(file).size;
  const order: number[] = [];
  const all = Array.from({ length: 500 }, (_, at) => lines.append({ at }).then(() => order.push(at)));
  // Nothing counts before it is on the disk.
  expect([order.length, before]).toEqual([0, 0]);
  await Promise.all(all);
  await lines.close();
  expect(order).toEqual([...order.keys()]);
  const read: unknown[] = [];
  await (await openLines(folder, ({ value }) => read.push(value.at))).close();
  expect(read).toEqual(order);
});
