// What PATH names, whose git settings count, and what is read, through real git repositories.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type BranchOptions, deliverFiles, deliverInPlace } from '../src/deliver/deliver.ts';
import { type Opened, openRepository } from '../src/io/worktree/repository.ts';
import { refusalOf } from '../src/text/userError.ts';
import { contentOf, replacing, resultOf, type Sandbox, sandbox } from './repositories.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

function box(options?: { git: boolean }): Sandbox {
  const made = sandbox(options);
  boxes.push(made);
  return made;
}

const OPTIONS: BranchOptions = {
  branch: 'pyvenv-fix',
  squash: false,
  allowDirty: false,
  message: (transform, fixes) => `${transform ?? 'all'}: ${fixes.length}\n\nwhy\n`,
};

const DOCKERFILE = 'FROM python\nRUN activate && pip\nCMD run\n';

const open = (from: Sandbox, path = '') => openRepository(join(from.path, path), { write: true, env: from.env });

const fix = (opened: Opened, path = 'Dockerfile') =>
  resultOf(opened, [{ transform: 'one', edits: [replacing(opened, path, 'activate && ', '')] }]);

async function refusal(path: string, from: Sandbox) {
  return refusalOf(await openRepository(path, { write: true, env: from.env }).catch((error: unknown) => error));
}

describe('whose settings count', () => {
  test('the identity of the environment comes before the user’s configuration', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    const env = {
      ...b.env,
      GIT_AUTHOR_NAME: 'Ren\u00e9',
      GIT_AUTHOR_EMAIL: 'r@example.org',
      GIT_AUTHOR_DATE: '2020-01-02T03:04:05+0100',
      GIT_COMMITTER_EMAIL: 'c@example.org',
    };
    const opened = await openRepository(b.path, { write: true, env });
    await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(
      Buffer.from(b.git('log', '-1', '--format=%an %ae %aI %cn %ce'), 'latin1')
        .toString()
        .trim(),
    ).toBe('Ren\u00e9 r@example.org 2020-01-02T03:04:05+01:00 Ada c@example.org');
  });

  test('the repository’s own identity does not count, and none is refused', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    b.git('config', 'user.name', 'Mallory');
    b.git('config', 'user.email', 'm@example.org');
    const opened = await open(b);
    writeFileSync(join(b.home, '.gitconfig'), '');
    const ended = await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(ended).toMatchObject({ outcome: 'refused', reason: 'git does not know the name to commit under' });
    writeFileSync(join(b.home, '.gitconfig'), '[user]\nname = Ada\nemail = a@example.org\n');
    await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(b.git('log', '-1', '--format=%an %cn').trim()).toBe('Ada Ada');
  });

  test('commits are unsigned, and that is said to a user who signs', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    const opened = await open(b);
    b.git('config', '--global', 'commit.gpgSign', 'true');
    b.git('config', '--global', 'gpg.program', '/bin/false');
    const ended = await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(ended.outcome).toBe('changed');
    expect(ended.reason).toContain('not signed');
    expect(b.git('cat-file', '-p', 'HEAD')).not.toContain('gpgsig');
  });

  test('an includeIf of the user for this folder', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    const extra = join(b.home, 'work');
    writeFileSync(extra, '[user]\nname = Work\n');
    b.git('config', '--global', `includeIf.gitdir:${b.path}/.path`, extra);
    const opened = await open(b);
    await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(b.git('log', '-1', '--format=%an').trim()).toBe('Work');
  });

  test('the user’s excludes file, the repository’s .gitignore and info/exclude', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE, '.gitignore': 'a/\n' });
    writeFileSync(join(b.home, 'ignored'), '.venv/\n');
    b.git('config', '--global', 'core.excludesFile', join(b.home, 'ignored'));
    writeFileSync(join(b.path, '.git/info/exclude'), 'c\n');
    b.write({ '.venv/x': '', 'a/x': '', c: '', d: '' });
    expect([...(await open(b)).snapshot.paths.keys()]).toEqual(['.gitignore', 'Dockerfile', 'd']);
  });

  test('a repository of another owner, in a container: safe.directory does not stand in the way', async ({ skip }) => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    skip(statSync(b.path).uid !== 0, 'only root may give files away');
    for (const path of ['', '.git', 'Dockerfile']) chownSync(join(b.path, path), 1234, 1234);
    b.git('config', '--global', 'safe.directory', '*');
    const opened = await open(b);
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed' });
    expect(statSync(join(b.path, 'Dockerfile')).uid).toBe(1234);
  });
});

describe('what PATH names', () => {
  test('a folder inside a repository: the rest is read', async () => {
    const b = box();
    b.commit({ 'svc/Dockerfile': DOCKERFILE, 'svc2/Dockerfile': DOCKERFILE, 'req.txt': 'x' });
    const opened = await open(b, 'svc');
    expect([opened.root, opened.prefix]).toEqual([b.path, 'svc']);
    expect(['svc/Dockerfile', 'svc2/Dockerfile', 'req.txt'].map(opened.within)).toEqual([true, false, false]);
    expect(opened.snapshot.read('req.txt')).toBe('x');
    await deliverInPlace(opened, fix(opened, 'svc/Dockerfile'), OPTIONS);
    expect(b.git('show', '--name-only', '--format=')).toBe('svc/Dockerfile\n');
  });

  test('a file', async () => {
    const b = box();
    b.commit({ 'svc/Dockerfile': DOCKERFILE, 'svc/b': '' });
    const opened = await open(b, 'svc/Dockerfile');
    expect([opened.prefix, opened.only]).toEqual(['svc', 'svc/Dockerfile']);
    expect(['svc/Dockerfile', 'svc/b'].map(opened.within)).toEqual([true, false]);
  });

  test('nothing, a link, a bare repository, a git directory, a lost git directory', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    symlinkSync('Dockerfile', join(b.path, 'link'));
    expect((await refusal(join(b.path, 'no'), b))?.what).toBe('there is nothing at this path');
    expect((await refusal(join(b.path, 'Dockerfile/x'), b))?.what).toBe('there is nothing at this path');
    expect((await refusal(join(b.path, 'link'), b))?.what).toBe('this is a symbolic link');
    b.git('clone', '-q', '--bare', '.', '../bare');
    expect((await refusal(join(b.path, '../bare'), b))?.what).toContain('bare repository');
    expect((await refusal(join(b.path, '.git/hooks'), b))?.what).toContain('git directory');
    b.write({ 'lost/.git': 'gitdir: /no/where\n' });
    expect((await refusal(join(b.path, 'lost'), b))?.what).toContain('not there');
  });

  test('a deleted file is not there; links and special files are not read', async () => {
    const b = box();
    b.commit({ gone: 'x', 'd/f': 'inside', big: 'b' });
    symlinkSync('/etc/passwd', join(b.path, 'link'));
    symlinkSync('d', join(b.path, 'folder'));
    execFileSync('mkfifo', [join(b.path, 'fifo')]);
    b.git('add', '-A');
    b.git('commit', '-qm', 'links');
    b.git('rm', '-q', 'gone');
    b.write({ big: 'x'.repeat(12 * 1024 * 1024 + 1) });
    const opened = await open(b);
    expect(opened.snapshot.paths.has('gone')).toBe(false);
    expect(opened.snapshot.paths.get('link')).toBe('symlink');
    const read = [
      'gone',
      'fifo',
      'link',
      'folder/f',
      'big',
      '../home/.gitconfig',
      '.git/config',
      '/etc/passwd',
      'd',
      'd/f',
    ];
    expect(read.map((path) => opened.snapshot.read(path))).toEqual([...Array(9).fill(undefined), 'inside']);
  });

  test('a folder swapped for a link after opening is not written through', async () => {
    const b = box();
    b.commit({ 'd/Dockerfile': DOCKERFILE });
    const opened = await open(b);
    const result = fix(opened, 'd/Dockerfile');
    const outside = join(b.home, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'Dockerfile'), DOCKERFILE);
    b.git('mv', 'd', 'moved');
    symlinkSync(outside, join(b.path, 'd'));
    expect(await deliverFiles(opened, result)).toMatchObject({
      outcome: 'refused',
      refusal: { where: 'd/Dockerfile' },
    });
    expect(contentOf(outside)).toEqual({ Dockerfile: `644 ${DOCKERFILE}` });
  });
});
