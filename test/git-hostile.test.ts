// A repository whose every configuration, hook, filter and attribute is a trap: none springs, whatever we do in it.

import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { deliverFiles, deliverInPlace } from '../src/deliver.ts';
import { openRepository } from '../src/io/repository.ts';
import { unifiedDiff } from '../src/report/diff.ts';
import { contentOf, replacing, resultOf, type Sandbox, sandbox } from './repositories.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

const HOOKS = [
  'applypatch-msg',
  'commit-msg',
  'fsmonitor-watchman',
  'post-checkout',
  'post-commit',
  'post-index-change',
  'post-merge',
  'post-rewrite',
  'pre-auto-gc',
  'pre-commit',
  'pre-merge-commit',
  'pre-push',
  'prepare-commit-msg',
  'reference-transaction',
  'sendemail-validate',
  'update',
];

interface Trapped {
  readonly box: Sandbox;
  /** Names of the traps that have sprung. */
  sprung(): string[];
}

function trapped(): Trapped {
  const box = sandbox();
  boxes.push(box);
  const marks = join(box.home, 'marks');
  const programs = join(box.home, 'traps');
  mkdirSync(marks);
  mkdirSync(programs);
  const trap = (name: string): string => {
    const program = join(programs, name);
    writeFileSync(program, `#!/bin/sh\ntouch '${marks}/${name}'\ncat\nexit 0\n`);
    chmodSync(program, 0o755);
    return program;
  };
  const inner = sandbox();
  boxes.push(inner);
  inner.commit({ f: 'x' });
  const attributes = ['*', 'filter=evil', 'diff=evil', 'merge=evil'].join(' ');
  box.commit({
    Dockerfile: 'FROM a\nRUN x\n',
    other: 'o\n',
    'bin/x': 'x',
    '.gitattributes': `${attributes}\nlfs filter=lfs\n`,
  });
  box.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  symlinkSync('/etc/passwd', join(box.path, 'Dockerfile.link'));
  symlinkSync(box.home, join(box.path, 'linked'));
  box.git('init', '-q', '--bare', 'embedded.git');
  box.commit({ 'link.Dockerfile': 'FROM a\n' });
  // From here on nothing but our own code runs git there.
  const set = (key: string, value: string) => box.git('config', key, value);
  const lines: string[] = [];
  const evil = (section: string, keys: Readonly<Record<string, string>>) => {
    lines.push(`[${section}]`);
    for (const [key, value] of Object.entries(keys)) lines.push(`\t${key} = ${JSON.stringify(value)}`);
  };
  const hooks = join(box.home, 'hooks');
  mkdirSync(hooks);
  for (const name of HOOKS) {
    const program = trap(`hook-${name}`);
    symlinkSync(program, join(hooks, name));
    rmSync(join(box.path, '.git/hooks', name), { force: true });
    mkdirSync(join(box.path, '.git/hooks'), { recursive: true });
    symlinkSync(program, join(box.path, '.git/hooks', name));
  }
  evil('core', {
    hooksPath: hooks,
    fsmonitor: trap('fsmonitor'),
    pager: trap('pager'),
    editor: trap('editor'),
    askPass: trap('askpass'),
    sshCommand: trap('ssh'),
    gitProxy: trap('gitproxy'),
    alternateRefsCommand: trap('alternates'),
    attributesFile: join(box.home, 'attributes'),
    untrackedCache: 'true',
  });
  evil('sequence', { editor: trap('sequence-editor') });
  evil('filter "evil"', { clean: trap('clean'), smudge: trap('smudge'), required: 'true' });
  evil('filter "lfs"', { process: trap('process'), required: 'true' });
  evil('diff', { external: trap('external-diff') });
  evil('diff "evil"', { textconv: trap('textconv'), command: trap('diff-command') });
  evil('merge "evil"', { driver: trap('merge') });
  evil('commit', { gpgSign: 'true', template: join(box.home, 'template') });
  evil('gpg', { program: trap('gpg') });
  evil('gpg "ssh"', { program: trap('gpg-ssh'), defaultKeyCommand: trap('key-command') });
  evil('log', { showSignature: 'true' });
  evil('credential', { helper: trap('credential') });
  evil('interactive', { diffFilter: trap('diff-filter') });
  evil('uploadpack', { packObjectsHook: trap('pack-objects') });
  evil('trailer "x"', { command: trap('trailer') });
  evil('tar "x"', { command: trap('tar') });
  evil('url "ext::sh -c touch% x"', { insteadOf: 'https://' });
  evil('protocol', { allow: 'always' });
  evil('protocol "ext"', { allow: 'always' });
  evil('remote "origin"', { url: `ext::${trap('remote')}`, uploadpack: trap('uploadpack'), promisor: 'true' });
  evil('extensions', { partialClone: 'origin' });
  evil('submodule', { recurse: 'true' });
  evil('status', { submoduleSummary: 'true' });
  evil('gc', { auto: '1', recentObjectsHook: trap('recent') });
  const commands = [
    'ls-files',
    'status',
    'config',
    'update-ref',
    'symbolic-ref',
    'commit-tree',
    'hash-object',
    'for-each-ref',
  ];
  evil('alias', Object.fromEntries(commands.map((name) => [name, `!${trap(`alias-${name}`)}`])));
  evil('user', { name: 'Mallory', email: 'm@example.org' });
  writeFileSync(join(box.home, 'included'), `[core]\n\tfsmonitor = ${trap('included-fsmonitor')}\n`);
  evil('includeIf "gitdir:/**"', { path: join(box.home, 'included') });
  set('extensions.worktreeConfig', 'true');
  appendFileSync(join(box.path, '.git/config'), `${lines.join('\n')}\n`);
  appendFileSync(join(box.path, '.git/config.worktree'), `[core]\n\tfsmonitor = ${trap('worktree-fsmonitor')}\n`);
  for (const dir of ['.git/modules/sub', 'embedded.git']) {
    appendFileSync(join(box.path, dir, 'config'), `[core]\n\tfsmonitor = ${trap('inner-fsmonitor')}\n`);
  }
  appendFileSync(join(box.path, '.git/info/attributes'), '* filter=evil\n');
  writeFileSync(join(box.home, 'attributes'), '* filter=evil\n');
  // Makes every file look changed, so that git would have to look into it.
  execFileSync('touch', ['-d', '2001-01-01', ...readdirSync(box.path).map((name) => join(box.path, name))]);
  return { box, sprung: () => readdirSync(marks) };
}

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
  expect(opened.whyLeft('Dockerfile')).toBeUndefined();
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
  expect(opened.whyLeft('Dockerfile')).toContain('filter');
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
