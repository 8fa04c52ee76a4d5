import { chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type BranchOptions, deliverFiles, deliverInPlace } from '../src/deliver/deliver.ts';
import { createFile } from '../src/edit/textEdits.ts';
import { type Opened, openRepository } from '../src/io/worktree/repository.ts';
import { contentOf, makeExecutable, replacing, resultOf, type Sandbox, sandbox } from './repositories.ts';

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
const FIXED = 'FROM python\nRUN pip\nCMD run\n';

const open = (from: Sandbox, path = '') => openRepository(join(from.path, path), { write: true, env: from.env });

const fix = (opened: Opened, path = 'Dockerfile') =>
  resultOf(opened, [{ transform: 'one', edits: [replacing(opened, path, 'activate && ', '')] }]);

describe('in place', () => {
  test('commits each transform in order on a new branch and switches to it', async () => {
    const b = box();
    b.write({ Dockerfile: DOCKERFILE, 'svc/run.sh': 'activate && x\r\n', other: 'o\n' });
    makeExecutable(b, 'svc/run.sh');
    const base = b.commit({});
    const opened = await open(b);
    const first = replacing(opened, 'Dockerfile', 'activate && ', '');
    const result = resultOf(opened, [
      { transform: 'one', edits: [first, replacing(opened, 'svc/run.sh', 'activate', 'on')] },
      { transform: 'two', edits: [createFile('.dockerignore', '.venv'), createFile('new/d/f', '')] },
      { transform: 'one', edits: [{ path: 'Dockerfile', start: 0, end: 0, newText: '# x\n' }] },
    ]);
    const ended = await deliverInPlace(opened, result, OPTIONS);
    expect(ended).toMatchObject({ outcome: 'changed', base, branch: 'pyvenv-fix' });
    expect(b.git('log', '--format=%s|%an|%ae|%cn', '--reverse', `${base}..`).split('\n').filter(Boolean)).toEqual([
      'one: 1|Ada|ada@example.org|Ada',
      'two: 1|Ada|ada@example.org|Ada',
      'one: 1|Ada|ada@example.org|Ada',
    ]);
    expect(b.git('log', '-1', '--format=%B')).toBe('one: 1\n\nwhy\n\n');
    expect(b.git('rev-list', '--reverse', `${base}..`).trim().split('\n')).toEqual(ended.commits);
    expect(b.git('symbolic-ref', 'HEAD').trim()).toBe('refs/heads/pyvenv-fix');
    expect(b.git('rev-parse', 'main').trim()).toBe(base);
    expect(b.git('status', '--porcelain')).toBe('');
    expect(b.git('diff-files')).toBe('');
    expect(b.git('fsck', '--strict')).toBe('');
    expect(contentOf(b.path)).toEqual({
      Dockerfile: `644 # x\n${FIXED}`,
      'svc/run.sh': '755 on && x\r\n',
      other: '644 o\n',
      '.dockerignore': '644 .venv',
      'new/d/f': '644 ',
    });
    expect(b.git('ls-tree', '-r', 'HEAD', 'svc/run.sh')).toMatch(/^100755/);
    expect(b.git('ls-tree', '--name-only', 'HEAD~2').includes('.dockerignore')).toBe(false);
    expect(existsSync(join(b.path, '.git/pyvenv-fix'))).toBe(false);
  });

  test('one commit with squash, under another name', async () => {
    const b = box();
    const base = b.commit({ Dockerfile: DOCKERFILE });
    const opened = await open(b);
    const result = resultOf(opened, [
      { transform: 'one', edits: [replacing(opened, 'Dockerfile', 'activate && ', '')] },
      { transform: 'two', edits: [createFile('n', 'x\n')] },
    ]);
    const ended = await deliverInPlace(opened, result, { ...OPTIONS, squash: true, branch: 'bot/fix-\xc3\xa9' });
    expect(ended.commits).toHaveLength(1);
    expect(b.git('log', '--format=%s %P')).toContain(`all: 2 ${base}`);
    expect(b.git('-c', 'core.quotePath=false', 'branch', '--show-current').trim()).toBe('bot/fix-\xc3\xa9');
  });

  test('paths of any bytes', async () => {
    const b = box();
    const paths = ['a b/Dockerfile', 'q"\\/Dockerfile', 't\ta\nb', 'd\xc3\xa9p', '-x', '--help'];
    b.git('config', 'core.quotePath', 'false');
    for (const path of paths) b.write({ [Buffer.from(path, 'latin1').toString()]: DOCKERFILE });
    const latin1 = Buffer.concat([Buffer.from(`${b.path}/`), Buffer.from('f\xe9', 'latin1')]);
    writeFileSync(latin1, DOCKERFILE);
    b.commit({});
    const opened = await open(b);
    const all = [...paths, 'f\xe9'];
    const edits = all.map((path) => replacing(opened, path, 'activate && ', ''));
    expect(await deliverInPlace(opened, resultOf(opened, [{ transform: 'one', edits }]), OPTIONS)).toMatchObject({
      outcome: 'changed',
    });
    expect(readFileSync(latin1, 'latin1')).toBe(FIXED);
    expect(b.git('status', '--porcelain')).toBe('');
    expect(b.git('ls-tree', '-r', '-z', '--name-only', 'HEAD').split('\0').filter(Boolean).sort()).toEqual(all.sort());
  });

  test('nothing to do for an empty result, and for a branch that holds exactly this', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    const opened = await open(b);
    expect(await deliverInPlace(opened, resultOf(opened, []), OPTIONS)).toMatchObject({ outcome: 'unchanged' });
    await deliverInPlace(opened, fix(opened), OPTIONS);
    b.git('checkout', '-q', 'main');
    const again = await open(b);
    const ended = await deliverInPlace(again, fix(again), OPTIONS);
    expect(ended).toMatchObject({ outcome: 'unchanged', branch: 'pyvenv-fix' });
    expect(ended.reason).toContain('exactly this result');
    expect(b.git('branch', '--show-current').trim()).toBe('main');
    expect(b.read('Dockerfile')).toBe(DOCKERFILE);
  });

  test.each<[string, (b: Sandbox) => void]>([
    ['on another base', (b) => b.git('branch', 'pyvenv-fix', 'main~1')],
    ['with another tree', (b) => b.git('branch', 'pyvenv-fix')],
    [
      'with our tree but not on this HEAD',
      (b) => {
        b.git('checkout', '-q', '--orphan', 'pyvenv-fix');
        b.commit({ Dockerfile: FIXED });
        b.git('checkout', '-q', 'main');
      },
    ],
    ['below it', (b) => b.git('branch', 'pyvenv-fix/deep')],
  ])('refuses a branch of that name %s, and --branch is the way out', async (_, prepare) => {
    const b = box();
    b.commit({ other: 'x' });
    b.commit({ Dockerfile: DOCKERFILE, other: 'y' });
    prepare(b);
    const refs = b.git('for-each-ref');
    const opened = await open(b);
    const ended = await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(ended.outcome).toBe('refused');
    expect(b.git('for-each-ref')).toBe(refs);
    expect(b.read('Dockerfile')).toBe(DOCKERFILE);
    expect(existsSync(join(b.path, '.git/pyvenv-fix'))).toBe(false);
    expect(await deliverInPlace(opened, fix(opened), { ...OPTIONS, branch: 'other' })).toMatchObject({
      outcome: 'changed',
    });
  });

  test.each(['-x', 'a..b', 'a b', 'x.lock', '', 'HEAD', 'a~1'])('refuses the branch name %j', async (branch) => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    const opened = await open(b);
    expect(await deliverInPlace(opened, fix(opened), { ...OPTIONS, branch })).toMatchObject({
      outcome: 'refused',
      reason: 'this is no name for a branch',
    });
  });

  test('refuses uncommitted changes; with allowDirty they come along, staged ones staged', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE, staged: '1\n', loose: '1\n', gone: '1\n' });
    b.write({ staged: '2\n', loose: '2\n', untracked: 'u' });
    b.git('add', 'staged');
    b.git('rm', '-q', '--cached', 'gone');
    const opened = await open(b);
    const state = b.git('status', '--porcelain');
    const refused = await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(refused).toMatchObject({ outcome: 'refused', refusal: { where: 'gone' } });
    expect(refused.refusal?.next).toContain('--allow-dirty');
    expect(b.read('Dockerfile')).toBe(DOCKERFILE);
    expect(await deliverInPlace(opened, fix(opened), { ...OPTIONS, allowDirty: true })).toMatchObject({
      outcome: 'changed',
    });
    expect(b.git('status', '--porcelain')).toBe(state);
    expect(b.git('diff', '--cached', '--name-only')).toBe('gone\nstaged\n');
    expect(b.git('show', '--name-only', '--format=')).toBe('Dockerfile\n');
  });

  test.each<[string, (b: Sandbox) => void]>([
    ['changed', (b) => b.write({ Dockerfile: `${DOCKERFILE}# mine\n` })],
    [
      'staged',
      (b) => {
        b.write({ Dockerfile: `${DOCKERFILE}# mine\n` });
        b.git('add', 'Dockerfile');
      },
    ],
    [
      'staged and then taken back',
      (b) => {
        b.write({ Dockerfile: `${DOCKERFILE}# mine\n` });
        b.git('add', 'Dockerfile');
        b.write({ Dockerfile: DOCKERFILE });
      },
    ],
  ])('refuses a file to be fixed that is %s, even with allowDirty', async (_, prepare) => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    prepare(b);
    const opened = await open(b);
    const ended = await deliverInPlace(opened, fix(opened), { ...OPTIONS, allowDirty: true });
    expect(ended).toMatchObject({ outcome: 'refused', refusal: { where: 'Dockerfile' } });
  });

  test('an untracked file is known as such and not committed', async () => {
    const b = box();
    b.commit({ other: 'x' });
    b.write({ Dockerfile: DOCKERFILE });
    const opened = await open(b);
    expect([...opened.untracked]).toEqual(['Dockerfile']);
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'refused' });
    expect(await deliverFiles(opened, fix(opened))).toMatchObject({ outcome: 'changed' });
    expect(b.read('Dockerfile')).toBe(FIXED);
  });

  test.each<[string, (b: Sandbox) => void, RegExp]>([
    ['a merge', (b) => writeFileSync(join(b.path, '.git/MERGE_HEAD'), ''), /merge is under way/],
    ['a rebase', (b) => mkdirSync(join(b.path, '.git/rebase-merge')), /rebase is under way/],
    ['a cherry-pick', (b) => writeFileSync(join(b.path, '.git/CHERRY_PICK_HEAD'), ''), /cherry-pick/],
    ['a bisect', (b) => writeFileSync(join(b.path, '.git/BISECT_LOG'), ''), /bisect/],
    ['a held index', (b) => writeFileSync(join(b.path, '.git/index.lock'), ''), /holds the index/],
    ['core.worktree', (b) => b.git('config', 'core.worktree', b.home), /core.worktree/],
    ['core.bare', (b) => b.git('config', 'core.bare', 'true'), /core.bare/],
  ])('refuses %s, and --no-branch works', async (_, prepare, words) => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    prepare(b);
    const opened = await open(b);
    const ended = await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(ended.outcome).toBe('refused');
    expect(ended.reason).toMatch(words);
    expect(ended.refusal?.next).toContain('--no-branch');
    expect(await deliverFiles(opened, fix(opened))).toMatchObject({ outcome: 'changed' });
    expect(b.read('Dockerfile')).toBe(FIXED);
  });

  test('no commit yet: refused with a way out', async () => {
    const b = box();
    b.write({ Dockerfile: DOCKERFILE });
    const opened = await open(b);
    expect(opened.head).toBeUndefined();
    const ended = await deliverInPlace(opened, fix(opened), OPTIONS);
    expect(ended.reason).toContain('no commit yet');
    expect(await deliverFiles(opened, fix(opened))).toMatchObject({ outcome: 'changed' });
  });

  test('a detached HEAD', async () => {
    const b = box();
    const base = b.commit({ Dockerfile: DOCKERFILE });
    b.git('checkout', '-q', '--detach');
    const opened = await open(b);
    expect(opened.head).toEqual({ commit: base });
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed', base });
    expect(b.git('branch', '--show-current').trim()).toBe('pyvenv-fix');
  });

  test('a linked work tree: the main one stays as it is', async () => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE });
    b.git('worktree', 'add', '-q', '../linked');
    const linked = join(b.path, '../linked');
    const opened = await openRepository(linked, { write: true, env: b.env });
    expect(opened.head?.branch).toBe('linked');
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed' });
    expect(readFileSync(join(linked, 'Dockerfile'), 'latin1')).toBe(FIXED);
    expect(b.git('-C', linked, 'status', '--porcelain')).toBe('');
    expect(b.git('-C', linked, 'branch', '--show-current').trim()).toBe('pyvenv-fix');
    expect(b.read('Dockerfile')).toBe(DOCKERFILE);
    expect(b.git('branch', '--show-current').trim()).toBe('main');
  });

  test('a submodule is a repository of its own and is not entered from outside', async () => {
    const b = box();
    const inner = box();
    inner.commit({ Dockerfile: DOCKERFILE });
    b.commit({ Dockerfile: DOCKERFILE });
    b.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
    b.commit({});
    const outer = await open(b);
    expect(outer.snapshot.paths.get('sub')).toBe('submodule');
    expect(outer.snapshot.read('sub/Dockerfile')).toBeUndefined();
    const opened = await open(b, 'sub');
    expect(opened.root).toBe(join(b.path, 'sub'));
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed' });
    expect(b.read('sub/Dockerfile')).toBe(FIXED);
  });

  test('a sparse, packed, split, sha256 repository', async () => {
    const b = box({ git: false });
    b.git('init', '-q', '--object-format=sha256');
    b.commit({ Dockerfile: DOCKERFILE, 'a/b': 'x', 'c/d': 'y' });
    b.git('pack-refs', '--all');
    b.git('gc', '-q');
    b.git('update-index', '--split-index');
    b.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'a');
    const opened = await open(b);
    expect(opened.head?.commit).toHaveLength(64);
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed' });
    expect(b.git('status', '--porcelain')).toBe('');
    expect(b.git('show', '--name-only', '--format=')).toBe('Dockerfile\n');
  });

  test('files with converted bytes are left alone, and known as such', async () => {
    const b = box();
    b.commit({
      Dockerfile: DOCKERFILE,
      'a.Dockerfile': DOCKERFILE.replaceAll('\n', '\r\n'),
      'b/Dockerfile': DOCKERFILE,
      'web-Dockerfile': DOCKERFILE.replaceAll('\n', '\r\n'),
      // no fix touches these
      'composer.json': '{}\r\n',
      'Dockerfile.md': 'x\r\n',
    });
    b.write({
      '.gitattributes':
        '*Dockerfile text eol=crlf\ncomposer.json text eol=crlf\n*.md text eol=crlf\nDockerfile -text\nb/Dockerfile filter=none\n',
    });
    b.git('add', '--renormalize', '.');
    b.commit({});
    b.write({ 'b/Dockerfile': `${DOCKERFILE}smudged\n` });
    const opened = await open(b);
    expect(opened.skippedFiles.map(({ path }) => path)).toEqual(['a.Dockerfile', 'b/Dockerfile', 'web-Dockerfile']);
    expect(opened.whySkipped('Dockerfile')).toBeUndefined();
    expect(await deliverInPlace(opened, fix(opened, 'a.Dockerfile'), OPTIONS)).toMatchObject({
      outcome: 'refused',
      refusal: { where: 'a.Dockerfile' },
    });
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed' });
  });

  test('the user’s autocrlf is honoured: a converted work tree is not dirty', async () => {
    const b = box();
    b.git('config', '--global', 'core.autocrlf', 'true');
    b.commit({ Dockerfile: DOCKERFILE, other: 'x\r\n' });
    expect(b.git('cat-file', '-p', 'HEAD:other')).toBe('x\n');
    // Other times than the index knows, so that the bytes have to be compared.
    utimesSync(join(b.path, 'other'), 1, 1);
    const opened = await open(b);
    expect(await deliverInPlace(opened, fix(opened), OPTIONS)).toMatchObject({ outcome: 'changed' });
    expect(b.read('other')).toBe('x\r\n');
  });
});

describe('failures in the middle take everything back', () => {
  test.each<[string, (b: Sandbox) => void, RegExp]>([
    ['index held by another', (b) => writeFileSync(join(b.path, '.git/index.lock'), ''), /index/],
    ['file changed meanwhile', (b) => b.write({ 'z/Dockerfile': 'mine\n' }), /changed while/],
    ['file to be created exists', (b) => b.write({ '.dockerignore': 'mine\n' }), /exists already/],
    ['HEAD moved', (b) => b.git('commit', '-q', '--allow-empty', '-m', 'mine'), /HEAD has moved/],
    ['HEAD moved to another branch', (b) => b.git('symbolic-ref', 'HEAD', 'refs/heads/twin'), /HEAD has moved/],
  ])('%s', async (_, prepare, words) => {
    const b = box();
    b.commit({ Dockerfile: DOCKERFILE, 'z/Dockerfile': DOCKERFILE });
    b.git('branch', 'twin');
    const opened = await open(b);
    const edits = ['Dockerfile', 'z/Dockerfile'].map((path) => replacing(opened, path, 'activate && ', ''));
    const result = resultOf(opened, [{ transform: 'one', edits: [...edits, createFile('.dockerignore', 'x\n')] }]);
    let seen: unknown;
    const state = () => [contentOf(b.path), b.git('for-each-ref'), b.git('rev-parse', '--symbolic-full-name', 'HEAD')];
    const ended = await deliverInPlace(opened, result, {
      ...OPTIONS,
      // The message is asked for after all checks: what happens here comes between them and the writing.
      message: () => {
        prepare(b);
        seen = state();
        return 'x\n';
      },
    });
    expect(ended.outcome).toBe('refused');
    expect(ended.reason).toMatch(words);
    expect(state()).toEqual(seen);
    expect(existsSync(join(b.path, '.git/pyvenv-fix'))).toBe(false);
  });
});

describe('files only', () => {
  test('outside git: bytes, modes, new files, and nothing left behind', async () => {
    const b = box({ git: false });
    b.write({ Dockerfile: DOCKERFILE, 'v/pyvenv.cfg': '', 'v/x': '', 'node_modules/y': '' });
    chmodSync(join(b.path, 'Dockerfile'), 0o640);
    const opened = await open(b);
    expect([opened.kind, [...opened.snapshot.paths.keys()]]).toEqual(['plain', ['Dockerfile']]);
    const edits = [replacing(opened, 'Dockerfile', 'activate && ', ''), createFile('n/.dockerignore', 'x')];
    const result = resultOf(opened, [{ transform: 'one', edits }]);
    expect(await deliverInPlace(opened, result, OPTIONS)).toMatchObject({ outcome: 'refused' });
    expect(await deliverFiles(opened, result)).toEqual({ outcome: 'changed' });
    expect(contentOf(b.path)).toEqual({
      Dockerfile: `640 ${FIXED}`,
      'n/.dockerignore': '644 x',
      'node_modules/y': '644 ',
      'v/pyvenv.cfg': '644 ',
      'v/x': '644 ',
    });
  });

  test('inside git: dirty files too; HEAD, index and branches stay', async () => {
    const b = box();
    b.commit({ Dockerfile: 'old\n' });
    b.write({ Dockerfile: DOCKERFILE });
    const refs = b.git('for-each-ref');
    const opened = await open(b);
    expect(await deliverFiles(opened, fix(opened))).toMatchObject({ outcome: 'changed' });
    expect(b.read('Dockerfile')).toBe(FIXED);
    expect([b.git('for-each-ref'), b.git('status', '--porcelain')]).toEqual([refs, ' M Dockerfile\n']);
  });

  test('one file that is not as it was read: none is written', async () => {
    const b = box({ git: false });
    b.write({ a: DOCKERFILE, b: DOCKERFILE });
    const opened = await open(b);
    const edits = ['a', 'b'].map((path) => replacing(opened, path, 'activate && ', ''));
    b.write({ b: 'mine\n' });
    expect(await deliverFiles(opened, resultOf(opened, [{ transform: 'one', edits }]))).toMatchObject({
      outcome: 'refused',
    });
    expect(contentOf(b.path)).toEqual({ a: `644 ${DOCKERFILE}`, b: '644 mine\n' });
  });
});
