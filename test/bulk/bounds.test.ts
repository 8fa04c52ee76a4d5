// What a repository or an option may not bring about: a write elsewhere, a file without end, a wait without end.

import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { analyse } from '../../src/bulk/job/analyse.ts';
import { makeCampaignFolder } from '../../src/io/campaign/campaignLock.ts';
import { openBare } from '../../src/io/objects/bare.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { transforms } from '../../transforms/index.ts';
import { type Sandbox, sandbox } from '../repositories.ts';
import { CAMPAIGN, FILES } from './jobs.ts';

const place = mkdtempSync(join(tmpdir(), 'bounds-test-'));
const boxes: Sandbox[] = [];
afterAll(() => {
  rmSync(place, { recursive: true, force: true });
  for (const box of boxes) box.close();
});

function committed(files: Readonly<Record<string, string>>): Sandbox {
  const box = sandbox();
  boxes.push(box);
  box.commit(files);
  return box;
}

const open = (folder: string) =>
  openBare(
    { folder },
    { env: process.env, signal: new AbortController().signal, branch: 'x', isConcerned: () => true },
  );

test('a .git that leads to another repository, or a link in one, is refused', async () => {
  const box = committed(FILES);
  const leading = join(place, 'leading');
  mkdirSync(leading);
  writeFileSync(join(leading, '.git'), `gitdir: ${box.path}/.git\n`);
  await expect(open(leading)).rejects.toMatchObject({
    reason: 'its .git leads to the git directory of another repository',
  });
  const linked = committed(FILES);
  renameSync(join(linked.path, '.git/objects'), join(place, 'objects'));
  symlinkSync(join(place, 'objects'), join(linked.path, '.git/objects'));
  await expect(open(linked.path)).rejects.toMatchObject({ reason: 'a symbolic link stands in its git directory' });
});

test('a Dockerfile of very many instructions is left alone', async () => {
  const step = 'RUN . /opt/venv/bin/activate && pip install six\n';
  const text = `FROM python:3\nRUN python -m venv /opt/venv\n${step.repeat(700)}`;
  const bare = await open(committed({ Dockerfile: text }).path);
  try {
    const { result } = await analyse(bare, { transforms, ids: CAMPAIGN.ids, unsafe: false });
    expect(result.applied).toEqual([]);
    expect(result.findings.map(({ message }) => message).join()).toContain('more than 600 instructions');
  } finally {
    await bare.close();
  }
});

test('a journal where nothing can be made is refused at once', () => {
  try {
    makeCampaignFolder('/proc/nothing/here');
    expect.unreachable();
  } catch (error) {
    expect(refusalOf(error)?.what).toContain('cannot be made');
  }
});
