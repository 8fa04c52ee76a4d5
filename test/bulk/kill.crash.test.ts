// A campaign killed at any moment and run again: nothing is lost, nothing is done twice, the report is whole, the memory stays flat.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CampaignSummary } from '../../src/bulk/campaignEvents.ts';
import { readCampaignJournal } from '../../src/bulk/journal/campaignJournal.ts';

/** More in development: PYVENV_FIX_KILLS=200. */
const KILLS = Number(process.env.PYVENV_FIX_KILLS ?? 8);
/** In development: PYVENV_FIX_ENTRIES=100000. */
const ENTRIES = Number(process.env.PYVENV_FIX_ENTRIES ?? 20_000);

let top = '';
let program = '';
beforeAll(async () => {
  top = mkdtempSync(join(tmpdir(), 'campaign-kill-'));
  program = join(top, 'run.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'campaign-run.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['ts-morph', '@octokit/core', '@gitbeaker/rest', 'gitea-js', 'bullmq', 'ioredis'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}, 60_000);
afterAll(() => rmSync(top, { recursive: true, force: true }), 60_000);

interface Ended {
  readonly lines: readonly string[];
  readonly killed: boolean;
}

/** Runs the program, and kills it so many milliseconds after its first word. */
async function run(args: readonly string[], killAfter?: number): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? '', HOME: top, TMPDIR: top, LC_ALL: 'C' };
  const child = spawn(process.execPath, ['--expose-gc', program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const closed = once(child, 'close');
  if (killAfter !== undefined) {
    await Promise.race([once(child.stdout, 'data'), closed]);
    await Promise.race([sleep(killAfter), closed]);
    child.kill('SIGKILL');
  }
  await closed;
  // What the kill cut off was not said.
  return { lines: text.split('\n').slice(0, -1), killed: child.signalCode === 'SIGKILL' };
}

function keys(lines: readonly string[], word: 'start' | 'end'): string[] {
  return lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
}

interface Done {
  readonly summary: CampaignSummary;
  readonly memory: { readonly rss: number; readonly used: number };
}

function doneOf({ lines }: Ended): Done {
  const last = lines.at(-1) ?? '';
  expect(last).toMatch(/^done /);
  return JSON.parse(last.slice(5)) as Done;
}

/** Kills the campaign again and again, then lets it end; what a process said to be on the disk is never begun again. */
async function killAndEnd(args: readonly string[], { kills, within }: { kills: number; within: number }) {
  const onDisk = new Set<string>();
  let hit = 0;
  let last: Ended | undefined;
  for (let at = 0; at < kills * 3 && hit < kills; at++) {
    const ended = await run(args, Math.random() * within);
    expect(keys(ended.lines, 'start').filter((key) => onDisk.has(key))).toEqual([]);
    for (const key of keys(ended.lines, 'end')) onDisk.add(key);
    // Killed between its last word to the journal and its own end: the next run looks at everything again, as it should.
    if (ended.killed && readCampaignJournal(args[0] ?? '')?.ended !== undefined) onDisk.clear();
    if (ended.killed) hit++;
    else last = ended;
    // The run has ended: the next one looks at everything again, as it should.
    if (last) break;
  }
  if (!last) {
    last = await run(args);
    expect(keys(last.lines, 'start').filter((key) => onDisk.has(key))).toEqual([]);
    for (const key of keys(last.lines, 'end')) onDisk.add(key);
  }
  return { onDisk, hit, ...doneOf(last) };
}

test('what is on the disk is not begun again, and every repository ends once', async () => {
  const count = 400 * Math.max(1, KILLS / 8);
  const list = join(top, 'effects.txt');
  const names = Array.from({ length: count }, (_, at) => `file:///r/${at}`);
  writeFileSync(list, names.join('\n'));
  const folder = join(top, '.pyvenv-fix', 'effects');
  mkdirSync(`${folder}-effects`, { recursive: true });
  const { onDisk, hit, summary } = await killAndEnd([folder, list, 'effects'], { kills: KILLS, within: 120 });
  expect(hit).toBeGreaterThan(KILLS / 4);
  expect(onDisk.size).toBeLessThanOrEqual(count);
  expect(summary.repositories).toBe(count);
  expect(summary.counts.changed + summary.counts.unchanged).toBe(count);
  expect(summary.left).toBeUndefined();
  expect(readdirSync(`${folder}-effects`).map(decodeURIComponent).sort()).toEqual(names.sort());
  // Every branch that stands is known, whether the process that made it lived to say so or not.
  const reading = readCampaignJournal(folder)!;
  expect(reading.standing.map(({ commit }) => commit).sort()).toEqual(names);
  expect(reading.ended).toBeDefined();
  expect(readdirSync(folder)).toEqual(['journal.jsonl']);
}, 600_000);

describe('real repositories', () => {
  const COUNT = 24 * Math.max(1, Math.round(KILLS / 16));

  function repositories(): string[] {
    const work = join(top, 'work');
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: work, env: { ...process.env, HOME: top }, stdio: 'pipe' });
    mkdirSync(work);
    git('init', '-q', '-b', 'main');
    const venv = 'RUN python -m venv /venv\nRUN . /venv/bin/activate && pip install flask\nCMD ["/venv/bin/python"]\n';
    writeFileSync(join(work, 'Dockerfile'), `FROM python:3.12\n${venv}`);
    git('add', '.');
    git('-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-q', '-m', 'One');
    git('clone', '-q', '--bare', '.', join(top, 'template.git'));
    // What a push did to the branch can be counted afterwards.
    git('-C', join(top, 'template.git'), 'config', 'core.logAllRefUpdates', 'always');
    return Array.from({ length: COUNT }, (_, at) => {
      const path = join(top, `r${at}.git`);
      cpSync(join(top, 'template.git'), path, { recursive: true });
      return path;
    });
  }

  const moves = (path: string): string[] =>
    readFileSync(join(path, 'logs', 'refs', 'heads', 'pyvenv-fix'), 'utf8')
      .trim()
      .split('\n');

  test('each gets its branch by one push, and a second campaign pushes nothing', async () => {
    const paths = repositories();
    const list = join(top, 'real.txt');
    writeFileSync(list, paths.map((path) => `file://${path}`).join('\n'));
    const folder = join(top, '.pyvenv-fix', 'real');
    const args = [folder, list, 'pushes', '2'];
    const { summary, hit } = await killAndEnd(args, { kills: Math.max(4, KILLS), within: 900 });
    expect(hit).toBeGreaterThan(0);
    expect(summary).toMatchObject({ repositories: COUNT, counts: { failed: 0, skipped: 0 } });
    const moved = paths.map(moves);
    expect(moved.map((lines) => lines.length)).toEqual(paths.map(() => 1));
    const tips = new Set(moved.map(([line]) => line!.split(' ')[1]));
    expect(tips.size).toBe(1);
    expect(readCampaignJournal(folder)!.standing).toHaveLength(COUNT);
    const second = doneOf(await run(args)).summary;
    expect(second).toMatchObject({ run: summary.run! + 1, pushed: 0, counts: { unchanged: COUNT } });
    expect(paths.map(moves)).toEqual(moved);
    // No private directory of a killed run is left behind.
    expect(readdirSync(top).filter((name) => name.startsWith('pyvenv-fix-'))).toEqual([]);
  }, 900_000);
});

test('memory does not grow with the number of repositories', async () => {
  const few = doneOf(await run([join(top, 'few'), '1000', 'nothing', '8'])).memory;
  const many = doneOf(await run([join(top, 'many'), `${ENTRIES}`, 'nothing', '8'])).memory;
  // What a repository leaves in memory is its key, in two sets.
  expect((many.used - few.used) / (ENTRIES - 1000)).toBeLessThan(600);
  expect(many.rss).toBeLessThan(200_000);
  // A journal of so many is taken up again in as little.
  const text = readFileSync(join(top, 'many', 'journal.jsonl'), 'utf8');
  writeFileSync(join(top, 'many', 'journal.jsonl'), text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
  const again = doneOf(await run([join(top, 'many'), `${ENTRIES}`, 'nothing', '8']));
  expect(again.summary).toMatchObject({ run: 1, repositories: ENTRIES, before: ENTRIES });
  expect(again.memory.rss).toBeLessThan(200_000);
  expect((again.memory.used - few.used) / (ENTRIES - 1000)).toBeLessThan(600);
}, 120_000);
