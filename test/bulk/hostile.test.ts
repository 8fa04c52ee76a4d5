// A target that is all traps, as a folder, as a bare repository and behind an address: none springs in a bulk run.

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { contentOf } from '../repositories.ts';
import { type Trapped, trapped } from '../traps.ts';
import { doJob, FILES } from './jobs.ts';

const made: Trapped[] = [];
afterEach(() => {
  for (const { box } of made.splice(0)) box.close();
});

/** With names that a careless caller would take for options, lines or text. */
function hostile(): Trapped {
  const files = {
    ...FILES,
    '-rf/Dockerfile': FILES.Dockerfile,
    '--output=x': 'x',
    'new\nline/Dockerfile': FILES.Dockerfile,
    'tab\t"quote"\\back': 'x',
    ':(glob)**': 'x',
    'compose.yaml':
      'services:\n  web:\n    build: .\n  other:\n    build: ../../../../etc\n  link:\n    build: linked\n',
  };
  const one = trapped({ files, bare: true });
  made.push(one);
  return one;
}

const ORIGINAL = (place: string) =>
  execFileSync('git', ['--git-dir', place, 'rev-parse', 'pyvenv-fix'], { encoding: 'utf8' });

test('the traps of a receiver are real: a plain push springs them', () => {
  const { box, bare, sprung } = hostile();
  const other = join(box.home, 'other');
  const plain = (...args: string[]) => {
    try {
      execFileSync('git', args, { env: box.env, stdio: 'ignore', timeout: 3000, killSignal: 'SIGKILL' });
    } catch {
      // A trap may well break the command.
    }
  };
  plain('init', '-q', other);
  plain('-C', other, 'commit', '-q', '--allow-empty', '-m', 'x');
  plain('-C', other, 'push', '-q', bare, 'HEAD:refs/heads/x');
  expect(sprung()).toEqual(expect.arrayContaining(['alternates']));
});

describe.each(['work tree', 'bare', 'bare, file://', 'work tree, file://'] as const)('%s', (kind) => {
  const placeOf = ({ box, bare }: Trapped): string => {
    const folder = kind.startsWith('bare') ? bare : box.path;
    return kind.endsWith('://') ? `file://${folder}` : folder;
  };

  test('nothing springs, and the branch is made', async () => {
    const one = hostile();
    const { box, bare, sprung } = one;
    const before = contentOf(box.path);
    const head = box.read('.git/HEAD');
    const index = box.read('.git/index');
    const first = await doJob(placeOf(one));
    expect(first).toMatchObject({ ended: 'changed', reason: 'has a new branch', pushed: true });
    expect(first.analysis?.result.changed).toEqual(
      ['-rf/Dockerfile', '.dockerignore', 'Dockerfile', 'new\nline/Dockerfile'].filter((path) =>
        first.analysis?.diff.includes(path.replace('\n', '\\n')),
      ),
    );
    const again = await doJob(placeOf(one));
    expect(again).toMatchObject({ ended: 'unchanged', commit: first.commit });
    expect(again.pushed).toBeUndefined();
    expect(sprung()).toEqual([]);
    expect(contentOf(box.path)).toEqual(before);
    expect([box.read('.git/HEAD'), box.read('.git/index')]).toEqual([head, index]);
    const gitDir = kind.startsWith('bare') ? bare : join(box.path, '.git');
    for (const name of ['config', 'config.worktree', 'hooks'])
      rmSync(join(gitDir, name), { recursive: true, force: true });
    expect(ORIGINAL(gitDir).trim()).toBe(first.commit);
    expect(execFileSync('git', ['--git-dir', gitDir, 'fsck', '--full'], { encoding: 'utf8' })).toBe('');
  });

  test('deleting the branch springs nothing either', async () => {
    const one = hostile();
    const { openBare } = await import('../../src/io/objects/bare.ts');
    const { commit = '' } = await doJob(placeOf(one));
    const place = placeOf(one);
    const bare = await openBare(kind.endsWith('://') ? { url: place } : { folder: place }, {
      env: { PATH: process.env.PATH },
      signal: new AbortController().signal,
      branch: 'pyvenv-fix',
      isConcerned: () => false,
    });
    expect(await bare.deleteBranch('pyvenv-fix', '1'.repeat(40))).toBe('moved');
    expect(await bare.branch('pyvenv-fix')).toBe(commit);
    expect(await bare.deleteBranch('pyvenv-fix', commit)).toBe('pushed');
    expect(await bare.branch('pyvenv-fix')).toBeUndefined();
    await bare.close();
    expect(one.sprung()).toEqual([]);
  });
});

test('a receiver that hands every ref to a program takes nothing, and runs nothing', async () => {
  const { bare, sprung } = hostile();
  appendFileSync(join(bare, 'config'), '[receive]\n\tprocReceiveRefs = refs\n');
  const { ended, reason, again, pushed } = await doJob(`file://${bare}`);
  expect({ ended, reason, again, pushed }).toEqual({ ended: 'failed', reason: 'the host does not take this branch' });
  expect(sprung()).toEqual([]);
});

test('links, submodules and what lies outside are never read', async () => {
  const one = hostile();
  const { analysis } = await doJob(one.box.path);
  const { before } = analysis!.result;
  expect(before.paths.get('Dockerfile.link')).toBe('symlink');
  expect(before.paths.get('sub')).toBe('submodule');
  for (const path of [
    'Dockerfile.link',
    'linked/.gitconfig',
    'sub/f',
    '../home/.gitconfig',
    '/etc/passwd',
    '.git/config',
  ])
    expect(before.read(path), path).toBeUndefined();
});

test('a name that is no UTF-8 comes through byte for byte', async () => {
  const one = hostile();
  const { box } = one;
  rmSync(join(box.path, '.git/config'));
  rmSync(join(box.path, '.git/config.worktree'));
  rmSync(join(box.path, '.git/hooks'), { recursive: true });
  writeFileSync(join(box.path, '.git/config'), '[core]\n\tbare = false\n\trepositoryformatversion = 0\n');
  const folder = Buffer.from(`${box.path}/caf\xe9`, 'latin1');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(FILES))
    writeFileSync(Buffer.concat([folder, Buffer.from(`/${name}`)]), text);
  rmSync(join(box.path, '.gitattributes'));
  box.git('add', '-A');
  box.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '-m', 'x');
  const { analysis, ended, commit = '' } = await doJob(box.path);
  expect(ended).toBe('changed');
  expect(analysis?.result.changed).toContain('caf\xe9/Dockerfile');
  expect(box.git('diff', '--name-only', '-z', 'HEAD', commit).split('\0')).toContain('caf\xe9/Dockerfile');
});

test('nothing is left in the temporary folder', async () => {
  const one = hostile();
  const folder = join(one.box.home, 'temporary');
  mkdirSync(folder);
  const old = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    await doJob(one.bare);
    await doJob(`file://${one.bare}`);
    await doJob(join(one.box.home, 'none'));
  } finally {
    if (old === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = old;
  }
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});
