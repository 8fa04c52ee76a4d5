// Unsafe fixes in a campaign: they go where a proof bears them out, and nowhere else. Real git, a proof that says what the test wants.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { JobProof } from '../../src/bulk/job/work.ts';
import type { FixResult } from '../../src/model.ts';
import { type Sandbox, sandbox } from '../repositories.ts';
import { CAMPAIGN, DOCKERFILE, doJob, FILES } from './jobs.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

/** Its activation goes only where the base is taken to start nothing of its own. */
const ASSUMING = DOCKERFILE.replace('python:3.12-slim', 'registry.example/base:1');
const MIXED = { ...FILES, 'Dockerfile.jobs': ASSUMING };
const ids = ['activate-to-env'];

/** A bare repository with these files, as a folder. */
function bare(files: Readonly<Record<string, string>>): string {
  const box = sandbox();
  boxes.push(box);
  box.commit(files);
  const folder = join(box.home, 'origin.git');
  box.git('clone', '-q', '--bare', box.path, folder);
  return folder;
}

const gitAt = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['--git-dir', folder, ...args], { encoding: 'latin1' }).trim();

const delivered = (folder: string): string[] =>
  gitAt(folder, 'diff', '--name-only', 'main', CAMPAIGN.branch).split('\n');

const restsOnAssumption = ({ applied }: FixResult): boolean => applied.some(({ fix }) => fix.safety === 'unsafe');

/** A proof that finds every assumption wrong, and all else better; `asked`: which results it saw. */
function doubting() {
  const asked: boolean[] = [];
  const prove = async ({ result }: { readonly result: FixResult }): Promise<JobProof> => {
    const isUnsafe = restsOnAssumption(result);
    asked.push(isUnsafe);
    return { verdict: isUnsafe ? 'worse' : 'better', markdown: '' };
  };
  return { asked, prove };
}

test('without --require-proof they stay findings', async () => {
  const folder = bare(MIXED);
  const done = await doJob(`file://${folder}`, { campaign: { ids, unsafe: true } });
  expect(done).toMatchObject({ ended: 'changed', fixes: { 'activate-to-env': 1 }, findings: 1 });
  expect(delivered(folder)).toEqual(['Dockerfile']);
  expect(done.analysis?.result.findings.map(({ path, fix }) => [path, fix?.safety])).toEqual([
    ['Dockerfile.jobs', 'unsafe'],
  ]);
});

test('a plan tells the same', async () => {
  const target = `file://${bare(MIXED)}`;
  const planned = async (requireProof: boolean) =>
    (await doJob(target, { mode: 'plan', campaign: { ids, unsafe: true, requireProof } })).fixes;
  expect(await planned(false)).toEqual({ 'activate-to-env': 1 });
  expect(await planned(true)).toEqual({ 'activate-to-env': 2 });
});

test('with it they go where the proof holds', async () => {
  const folder = bare(MIXED);
  const done = await doJob(`file://${folder}`, {
    campaign: { ids, unsafe: true, requireProof: true },
    prove: async () => ({ verdict: 'same', markdown: '' }),
  });
  expect(done).toMatchObject({ ended: 'changed', proof: 'same', fixes: { 'activate-to-env': 2 } });
  expect(delivered(folder)).toEqual(['Dockerfile', 'Dockerfile.jobs']);
});

test('where it does not, the safe ones are proven and delivered alone, each time the same', async () => {
  const folder = bare(MIXED);
  const { asked, prove } = doubting();
  const options = { campaign: { ids, unsafe: true, requireProof: true }, prove };
  const done = await doJob(`file://${folder}`, options);
  expect(done).toMatchObject({ ended: 'changed', proof: 'better', fixes: { 'activate-to-env': 1 }, findings: 1 });
  expect(asked).toEqual([true, false]);
  expect(delivered(folder)).toEqual(['Dockerfile']);
  const tip = gitAt(folder, 'rev-parse', CAMPAIGN.branch);
  expect(done.commit).toBe(tip);
  const again = await doJob(`file://${folder}`, options);
  expect(again).toMatchObject({ ended: 'unchanged', commit: tip });
  // nothing was proven of what stands there already
  expect(again.proof).toBeUndefined();
  expect(gitAt(folder, 'rev-parse', CAMPAIGN.branch)).toBe(tip);
});

test('where nothing else is to be fixed, nothing is delivered', async () => {
  const folder = bare({ ...FILES, Dockerfile: ASSUMING });
  const { asked, prove } = doubting();
  const done = await doJob(`file://${folder}`, { campaign: { ids, unsafe: true, requireProof: true }, prove });
  expect(done).toMatchObject({ ended: 'skipped', reason: 'not proven', detail: 'worse', proof: 'worse' });
  expect(asked).toEqual([true]);
  expect(gitAt(folder, 'branch', '--list', CAMPAIGN.branch)).toBe('');
});
