// A repository that is all traps: whatever of it git would run leaves a mark.

import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sandbox, sandbox } from './repositories.ts';

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
  'pre-receive',
  'post-receive',
  'post-update',
  'proc-receive',
  'push-to-checkout',
];

export interface Trapped {
  readonly box: Sandbox;
  /** Absolute; where it was asked for. */
  readonly bare: string;
  /** Names of the traps that have sprung. */
  sprung(): string[];
}

/**
 * A repository whose configuration, hooks, attributes, submodule and links are all traps; `box.close` removes it. `files` come on
 * top; `bare`: there is a bare repository beside it with the same traps, and those of a receiver.
 */
export function trapped({ files = {}, bare }: { files?: Readonly<Record<string, string>>; bare?: true } = {}): Trapped {
  const box = sandbox();
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
  inner.commit({ f: 'x' });
  const attributes = ['*', 'filter=evil', 'diff=evil', 'merge=evil'].join(' ');
  box.commit({
    Dockerfile: 'FROM a\nRUN x\n',
    other: 'o\n',
    'bin/x': 'x',
    '.gitattributes': `${attributes}\nlfs filter=lfs\n`,
    ...files,
  });
  box.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  inner.close();
  symlinkSync('/etc/passwd', join(box.path, 'Dockerfile.link'));
  symlinkSync(box.home, join(box.path, 'linked'));
  box.git('init', '-q', '--bare', 'embedded.git');
  box.commit({ 'link.Dockerfile': 'FROM a\n' });
  const beside = join(box.home, 'bare.git');
  if (bare) {
    box.git('clone', '-q', '--bare', box.path, beside);
    box.git('init', '-q', '--bare', join(box.home, 'alternate.git'));
    writeFileSync(join(beside, 'objects/info/alternates'), `${join(box.home, 'alternate.git/objects')}\n`);
  }
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
    if (bare) {
      rmSync(join(beside, 'hooks', name), { force: true });
      symlinkSync(program, join(beside, 'hooks', name));
    }
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
  evil('receive', { autogc: 'true', denyCurrentBranch: 'updateInstead', certNonceSeed: 'x' });
  evil('url "ext::sh -c touch% y"', { pushInsteadOf: 'file://' });
  evil('trace2', { eventTarget: join(marks, 'trace2'), normalTarget: join(marks, 'trace2') });
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
  if (bare) {
    const elsewhere = join(box.home, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'Dockerfile'), 'FROM a\n');
    appendFileSync(join(beside, 'config'), `${lines.join('\n')}\n[core]\n\tworktree = ${elsewhere}\n\tbare = false\n`);
    appendFileSync(join(beside, 'info/attributes'), '* filter=evil\n');
  }
  appendFileSync(join(box.path, '.git/config.worktree'), `[core]\n\tfsmonitor = ${trap('worktree-fsmonitor')}\n`);
  for (const dir of ['.git/modules/sub', 'embedded.git']) {
    appendFileSync(join(box.path, dir, 'config'), `[core]\n\tfsmonitor = ${trap('inner-fsmonitor')}\n`);
  }
  appendFileSync(join(box.path, '.git/info/attributes'), '* filter=evil\n');
  writeFileSync(join(box.home, 'attributes'), '* filter=evil\n');
  // Makes every file look changed, so that git would have to look into it.
  execFileSync('touch', ['-d', '2001-01-01', ...readdirSync(box.path).map((name) => join(box.path, name))]);
  return { box, bare: beside, sprung: () => readdirSync(marks) };
}
