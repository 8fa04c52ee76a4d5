// A repository whose every configuration, hook, filter and attribute is a trap: none springs, whatever we do in it.

import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { deliverFiles, deliverInPlace } from '../src/deliver/deliver.ts';
import { openRepository } from '../src/io/worktree/repository.ts';
import { unifiedDiff } from '../src/report/diff.ts';
import { contentOf, replacing, resultOf, type Sandbox } from './repositories.ts';
import { trapped as makeTraps, type Trapped } from './traps.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

const trapped = (): Trapped => {
  const made = makeTraps();
  boxes.push(made.box);
  return made;
};

const OPTIONS = { branch: 'pyvenv-fix', squash: false, allowDirty: false, message: () => 'Fix\n' };

test('the traps are real: plain git springs them', () => {
  const { box, sprung } = trapped();
  const plain = (...args: string[]) => {
    try {
      box.git(...args);
    } catch {
      // A trap may well break the command.
    }
  };
  plain('status');
  plain('diff');
  plain('update-ref', 'refs/heads/x', 'HEAD');
  plain('commit', '-q', '--allow-empty', '-m', 'x');
  const seen = sprung();
  for (const name of ['worktree-fsmonitor', 'clean', 'hook-reference-transaction', 'hook-pre-commit', 'gpg']) {
    expect(seen).toContain(name);
  }
});

test('dry run and check: nothing springs, nothing is written', async () => {
  const { box, sprung } = trapped();
  const before = contentOf(box.path);
  const opened = await openRepository(box.path, { write: false, env: box.env });
  const result = resultOf(opened, [{ transform: 'one', edits: [replacing(opened, 'Dockerfile', 'x', 'y')] }]);
  expect(unifiedDiff(result.before, result.after, result.changed)).toContain('+RUN y');
  expect(opened.whySkipped('Dockerfile')).toBeUndefined();
  expect(opened.git?.state().dirty.size).toBe(0);
  expect(['Dockerfile.link', 'linked/.gitconfig', 'sub/f'].map((path) => opened.snapshot.read(path))).toEqual(
    Array(3).fill(undefined),
  );
  expect(sprung()).toEqual([]);
  expect(contentOf(box.path)).toEqual(before);
});

test('a changed file under the filter: known without running it', async () => {
  const { box, sprung } = trapped();
  box.write({ Dockerfile: 'FROM a\nRUN x\nCMD mine\n' });
  const opened = await openRepository(box.path, { write: false, env: box.env });
  expect(opened.whySkipped('Dockerfile')).toContain('filter');
  expect(sprung()).toEqual([]);
});

test('files only: nothing springs', async () => {
  const { box, sprung } = trapped();
  const opened = await openRepository(box.path, { write: true, env: box.env });
  const result = resultOf(opened, [{ transform: 'one', edits: [replacing(opened, 'Dockerfile', 'x', 'y')] }]);
  expect(await deliverFiles(opened, result)).toMatchObject({ outcome: 'changed' });
  expect(box.read('Dockerfile')).toBe('FROM a\nRUN y\n');
  expect(sprung()).toEqual([]);
});

test('in place: nothing springs, and the user’s own identity is taken', async () => {
  const { box, sprung } = trapped();
  const opened = await openRepository(box.path, { write: true, env: box.env });
  const result = resultOf(opened, [{ transform: 'one', edits: [replacing(opened, 'Dockerfile', 'x', 'y')] }]);
  const ended = await deliverInPlace(opened, result, OPTIONS);
  expect(ended).toMatchObject({ outcome: 'changed' });
  expect(box.read('Dockerfile')).toBe('FROM a\nRUN y\n');
  expect(sprung()).toEqual([]);
  // Read with the traps out of the way.
  rmSync(join(box.path, '.git/config'));
  rmSync(join(box.path, '.git/config.worktree'));
  rmSync(join(box.path, '.git/hooks'), { recursive: true });
  expect(box.git('log', '-1', '--format=%an %G?').trim()).toBe('Ada N');
  expect(box.git('branch', '--show-current').trim()).toBe('pyvenv-fix');
  expect(box.git('show', 'HEAD:Dockerfile')).toBe('FROM a\nRUN y\n');
});

test('a failure in the middle: taking back springs nothing either', async () => {
  const { box, sprung } = trapped();
  const before = contentOf(box.path);
  const opened = await openRepository(box.path, { write: true, env: box.env });
  const result = resultOf(opened, [{ transform: 'one', edits: [replacing(opened, 'Dockerfile', 'x', 'y')] }]);
  const lock = join(box.path, '.git/index.lock');
  const ended = await deliverInPlace(opened, result, {
    ...OPTIONS,
    message: () => {
      writeFileSync(lock, '');
      return 'x\n';
    },
  });
  expect(ended.outcome).toBe('refused');
  expect(contentOf(box.path)).toEqual(before);
  expect(existsSync(join(box.path, '.git/refs/heads/pyvenv-fix'))).toBe(false);
  expect(sprung()).toEqual([]);
});
