// One repository's job: real git in temporary folders, on a branch that may stand already, in every kind of repository.

import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox } from '../repositories.ts';
import { CAMPAIGN, DOCKERFILE, doJob, FILES } from './jobs.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

function repository(files: Readonly<Record<string, string>> = FILES): Sandbox {
  const box = sandbox();
  boxes.push(box);
  // What a person does later bears another date.
  box.env.GIT_COMMITTER_DATE = '@1700000000 +0100';
  box.commit(files);
  delete box.env.GIT_COMMITTER_DATE;
  return box;
}

/** A bare repository with the same history, as an address. */
function origin(box: Sandbox, name = 'origin.git'): string {
  const folder = join(box.home, name);
  box.git('clone', '-q', '--bare', box.path, folder);
  return `file://${folder}`;
}

const gitAt = (url: string, ...args: string[]): string =>
  execFileSync('git', ['--git-dir', url.replace('file://', ''), ...args], { encoding: 'latin1' }).trim();

const tipOf = (url: string, branch = 'pyvenv-fix') => gitAt(url, 'rev-parse', `refs/heads/${branch}`);

/** What a person does in a clone of their own on the campaign's branch. */
function person(box: Sandbox, url: string, work: (git: (...args: string[]) => string, folder: string) => void): void {
  const folder = join(box.home, `person-${Math.random()}`);
  box.git('clone', '-q', '-b', 'pyvenv-fix', url, folder);
  work((...args) => box.git('-C', folder, ...args), folder);
  box.git('-C', folder, 'push', '-q', '--force', 'origin', 'HEAD:refs/heads/pyvenv-fix');
}

describe('commits', () => {
  test('have the same ids on every machine, and from an address as from a folder', async () => {
    const box = repository();
    const urls = [origin(box, 'a.git'), origin(box, 'b.git')];
    const env = {
      PATH: process.env.PATH,
      TZ: 'Asia/Tokyo',
      LANG: 'de_DE.UTF-8',
      HOME: box.home,
      GIT_AUTHOR_NAME: 'Eve',
    };
    const ids = [
      (await doJob(urls[0]!)).commit,
      (await doJob(urls[1]!, { env })).commit,
      (await doJob(box.path, { env: { ...env, GIT_COMMITTER_DATE: '2001-01-01T00:00:00Z' } })).commit,
    ];
    expect(ids[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set(ids).size).toBe(1);
    expect(urls.map((url) => tipOf(url))).toEqual([ids[0], ids[0]]);
  });

  test('one for each transform, under the campaign’s name, at the time of the base, with the trailers', async () => {
    const box = sandbox();
    boxes.push(box);
    box.write(FILES);
    box.git('add', '-A');
    box.git('-c', 'user.name=Zoë', 'commit', '-q', '-m', 'x', '--date', '@1600000000 +0530');
    const author = { name: 'Bot <x>\n Ö', email: 'bot@example.org' };
    const { commit = '', fixes = {}, files } = await doJob(box.path, { campaign: { author, signOff: true } });
    const lines = box.git(
      'log',
      '--format=%an|%ae|%cn|%ai|%ci|%(trailers:only,unfold,separator=%x2C)',
      `HEAD..${commit}`,
    );
    const date = box.git('log', '-1', '--format=%ci', 'HEAD').trim();
    const name = Buffer.from('Bot x Ö').toString('latin1');
    const trailers = `Pyvenv-Fix-Campaign: spring,Signed-off-by: ${name} <bot@example.org>`;
    const line = `${name}|bot@example.org|${name}|${date}|${date}|${trailers}`;
    expect(lines.trim().split('\n')).toEqual(Array(Object.keys(fixes).length).fill(line));
    expect(box.git('diff', '--name-only', 'HEAD', commit).trim().split('\n')).toHaveLength(files ?? 0);
    expect(box.git('fsck', '--full', '--strict')).toBe('');
  });

  test('squashed, there is one', async () => {
    const box = repository();
    const { commit = '' } = await doJob(box.path, { campaign: { squash: true } });
    expect(box.git('rev-list', '--count', `HEAD..${commit}`).trim()).toBe('1');
  });

  test('keep the modes and every other entry of the trees', async () => {
    const box = repository({
      ...FILES,
      'a-b': 'x',
      'a/Dockerfile': DOCKERFILE,
      'a/requirements.txt': 'flask\n',
      'a.b': 'y',
    });
    execFileSync('chmod', ['+x', join(box.path, 'Dockerfile'), join(box.path, 'app.py')]);
    box.git('commit', '-q', '-a', '-m', 'modes');
    const { commit = '', analysis } = await doJob(box.path);
    const listed = (at: string) => box.git('ls-tree', '-r', at).trim().split('\n');
    const changed = new Set(analysis?.result.changed);
    const others = (at: string) => listed(at).filter((line) => !changed.has(line.split('\t')[1]!));
    expect(others(commit)).toEqual(others('HEAD'));
    expect(listed(commit).find((line) => line.endsWith('\tDockerfile'))).toMatch(/^100755 /);
    for (const path of changed) expect(box.git('show', `${commit}:${path}`)).toBe(analysis?.result.after.read(path));
  });

  test('signed, they are the same but for the signature, and a second run leaves them', async () => {
    const box = repository();
    const url = origin(box);
    const key = join(box.home, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    writeFileSync(join(box.home, '.gitconfig'), `[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = ${key}.pub\n`);
    const env = { PATH: process.env.PATH, HOME: box.home };
    const plain = await doJob(url, { mode: 'plan' });
    const first = await doJob(url, { env, campaign: { sign: true } });
    expect(first).toMatchObject({ ended: 'changed', pushed: true, tree: plain.tree });
    expect(first.commit).not.toBe(plain.commit);
    expect(gitAt(url, 'cat-file', 'commit', first.commit!)).toContain('gpgsig -----BEGIN SSH SIGNATURE-----');
    const again = await doJob(url, { env, campaign: { sign: true } });
    expect(again).toMatchObject({ ended: 'unchanged', commit: first.commit });
    expect(
      await doJob(url, { env: { PATH: process.env.PATH }, campaign: { sign: true, branch: 'other' } }),
    ).toMatchObject({
      ended: 'failed',
      reason: 'the commits could not be signed',
    });
  });
});

describe('a branch that stands', () => {
  test('as it should be: nothing is pushed, not even a ref touched', async () => {
    const url = origin(repository());
    const first = await doJob(url);
    const ref = join(url.replace('file://', ''), 'refs/heads/pyvenv-fix');
    const before = statSync(ref).mtimeMs;
    const again = await doJob(url);
    expect(again).toMatchObject({ ended: 'unchanged', commit: first.commit });
    expect(again.pushed).toBeUndefined();
    expect(again.steps).not.toContain('push');
    expect(statSync(ref).mtimeMs).toBe(before);
  });

  test('with our own older commits: brought up to date', async () => {
    const box = repository();
    const url = origin(box);
    const first = await doJob(url);
    box.commit({ 'app.py': 'print(2)\n' });
    box.git('push', '-q', url, 'HEAD:main');
    const second = await doJob(url);
    expect(second).toMatchObject({ ended: 'changed', pushed: true, reason: 'has its branch brought up to date' });
    expect(second.commit).not.toBe(first.commit);
    expect(tipOf(url)).toBe(second.commit);
  });

  const edits: Readonly<Record<string, (git: (...args: string[]) => string, folder: string) => void>> = {
    'a commit on top': (git, folder) => {
      writeFileSync(join(folder, 'mine'), 'x');
      git('add', '-A');
      git('commit', '-q', '-m', 'mine');
    },
    'an amended message': (git) => git('commit', '-q', '--amend', '-m', 'better words\n\nPyvenv-Fix-Campaign: spring'),
    'an amend under the bot’s name': (git) =>
      git('-c', 'user.name=Bot', '-c', 'user.email=bot@example.org', 'commit', '-q', '--amend', '--no-edit'),
    'a merge of main': (git) =>
      git(
        'merge',
        '-q',
        '--no-ff',
        '-m',
        'merge',
        git('commit-tree', 'HEAD~4^{tree}', '-m', 'r', '-p', 'HEAD~4').trim(),
      ),
    'a cherry-pick of another with our trailer': (git, folder) => {
      writeFileSync(join(folder, 'mine'), 'x');
      git('add', '-A');
      git('commit', '-q', '-m', 'mine\n\nPyvenv-Fix-Campaign: spring', '--author', 'Bot <bot@example.org>');
    },
  };
  test.each(Object.keys(edits))('with %s by a person: left alone', async (name) => {
    const box = repository();
    const url = origin(box);
    await doJob(url);
    person(box, url, edits[name]!);
    const theirs = tipOf(url);
    expect(await doJob(url)).toMatchObject({ ended: 'skipped', reason: 'a person has pushed to the branch' });
    expect(tipOf(url)).toBe(theirs);
  });

  test('with another campaign’s commits: left alone', async () => {
    const url = origin(repository());
    await doJob(url, { campaign: { name: 'autumn' } });
    expect(await doJob(url)).toMatchObject({ ended: 'skipped' });
  });

  test('that is checked out in a folder: left alone', async () => {
    const box = repository();
    box.git('worktree', 'add', '-q', '-b', 'pyvenv-fix', join(box.home, 'linked'));
    expect(await doJob(box.path)).toMatchObject({ ended: 'skipped', reason: 'a person has pushed to the branch' });
    box.git('worktree', 'remove', join(box.home, 'linked'));
    box.git('branch', '-D', 'pyvenv-fix');
    await doJob(box.path);
    box.git('checkout', '-q', 'pyvenv-fix');
    expect((await doJob(box.path)).ended).toBe('unchanged');
  });

  test('moved between the look and the push: a person’s commit stays', async () => {
    const box = repository();
    const url = origin(box);
    let theirs = '';
    const prove = async () => {
      theirs = gitAt(url, 'rev-parse', 'main');
      gitAt(url, 'update-ref', 'refs/heads/pyvenv-fix', theirs);
      return { verdict: 'same', markdown: '' } as const;
    };
    const ended = await doJob(url, { prove, campaign: { requireProof: true } });
    expect(ended).toMatchObject({ ended: 'skipped', reason: 'a person has pushed to the branch' });
    expect(tipOf(url)).toBe(theirs);
  });

  test('two jobs at once: one pushes', async () => {
    const url = origin(repository());
    const done = await Promise.all([doJob(url), doJob(url), doJob(url)]);
    expect(done.filter(({ pushed }) => pushed)).toHaveLength(1);
    expect(new Set(done.map(({ commit }) => commit)).size).toBe(1);
    expect(done.map(({ ended }) => ended).sort()).toEqual(['changed', 'unchanged', 'unchanged']);
  });
});

describe('kinds of repositories', () => {
  test('without a commit: skipped', async () => {
    const box = sandbox();
    boxes.push(box);
    const skipped = { ended: 'skipped', reason: 'it has no commit yet' };
    expect(await doJob(box.path)).toMatchObject(skipped);
    expect(await doJob(`file://${box.path}`)).toMatchObject(skipped);
  });

  test('that are not there: said, without a second try', async () => {
    const ended = await doJob('/nonexistent/of/course');
    expect(ended).toMatchObject({ ended: 'failed', reason: 'there is no such folder' });
    expect(ended.again).toBeUndefined();
    expect(await doJob('ext::sh -c touch% /tmp/x')).toMatchObject({ ended: 'failed' });
    expect(await doJob({ key: 'x', name: 'x', url: '--upload-pack=touch x' })).toMatchObject({ ended: 'failed' });
  });

  test('with a detached HEAD: the branch is cut from there, HEAD and work tree stay', async () => {
    const box = repository();
    box.commit({ 'app.py': 'later\n' });
    box.git('checkout', '-q', '--detach', 'HEAD~1');
    box.write({ Dockerfile: 'dirty' });
    const { base, commit = '', ended } = await doJob(box.path);
    expect(ended).toBe('changed');
    expect(base).toBe(box.git('rev-parse', 'HEAD').trim());
    expect(box.git('merge-base', commit, 'main').trim()).toBe(base);
    expect(box.read('Dockerfile')).toBe('dirty');
  });

  test('with sha256', async () => {
    const box = sandbox({ git: false });
    boxes.push(box);
    box.git('init', '-q', '--object-format=sha256');
    box.commit(FILES);
    const { commit = '' } = await doJob(box.path);
    expect(commit).toMatch(/^[0-9a-f]{64}$/);
    expect(box.git('fsck', '--full', '--strict')).toBe('');
    const url = origin(box);
    gitAt(url, 'update-ref', '-d', 'refs/heads/pyvenv-fix');
    expect(await doJob(url)).toMatchObject({ ended: 'changed', pushed: true, commit });
    expect((await doJob(url)).ended).toBe('unchanged');
  });

  test('that are shallow, or borrow their objects', async () => {
    const box = repository();
    for (let n = 0; n < 3; n++) box.commit({ 'app.py': `${n}` });
    const shallow = join(box.home, 'shallow.git');
    box.git('clone', '-q', '--bare', '--depth=1', `file://${box.path}`, shallow);
    const shared = join(box.home, 'shared.git');
    box.git('clone', '-q', '--bare', '--shared', box.path, shared);
    const { commit } = await doJob(box.path);
    for (const folder of [shallow, shared]) {
      expect(await doJob(folder, { campaign: { branch: 'one' } }), folder).toMatchObject({ ended: 'changed', commit });
      expect(await doJob(`file://${folder}`), folder).toMatchObject({ ended: 'changed', commit, pushed: true });
    }
  });

  test('with 3,000 files, and with none that concerns us', async () => {
    const url = origin(repository({ 'a.py': '' }));
    const named = Array.from({ length: 3000 }, (_, n) => [`d${n % 50}/e${n % 7}/f${n}.py`, `${n}\n`] as const);
    const lines = [...named, ...Object.entries(FILES)].map(
      ([path, text]) => `M 100644 inline ${path}\ndata ${text.length}\n${text}\n`,
    );
    const head = 'commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n';
    execFileSync('git', ['--git-dir', url.replace('file://', ''), 'fast-import', '--quiet', '--force'], {
      input: head + lines.join(''),
    });
    const { ended, analysis } = await doJob(url, { mode: 'plan' });
    expect(ended).toBe('changed');
    expect(analysis?.result.before.paths.size).toBe(3003);
    expect(gitAt(url, 'branch', '--list')).toBe('* main');
    const none = await doJob(repository({ 'a.py': '' }).path);
    expect(none).toMatchObject({ ended: 'unchanged', reason: 'no Dockerfile or compose file' });
    expect(none.analysis).toBeUndefined();
  });

  test('a linked work tree: its own HEAD counts', async () => {
    const box = repository({ 'a.py': '' });
    const linked = join(box.home, 'linked');
    box.git('worktree', 'add', '-q', '-b', 'side', linked);
    mkdirSync(linked, { recursive: true });
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(linked, name), text);
    box.git('-C', linked, 'add', '-A');
    box.git('-C', linked, 'commit', '-q', '-m', 'side');
    const { ended, base } = await doJob(linked);
    expect(ended).toBe('changed');
    expect(base).toBe(box.git('rev-parse', 'side').trim());
  });
});

test('the repository’s own configuration may only narrow', async () => {
  const config = {
    only: ['activate-to-env', 'ignore-venv'],
    skip: ['ignore-venv'],
    unsafe: true,
    branch: 'theirs',
    squash: true,
  };
  const box = repository({ ...FILES, 'pyvenv-fix.config.json': JSON.stringify(config) });
  const { fixes } = await doJob(box.path);
  expect(Object.keys(fixes ?? {})).toEqual(['activate-to-env']);
  expect(box.git('branch', '--list', 'theirs')).toBe('');
  const excluded = repository({ ...FILES, 'pyvenv-fix.config.json': '{"exclude": ["**"]}' });
  expect(await doJob(excluded.path)).toMatchObject({ ended: 'unchanged', reason: 'nothing to fix' });
  const wrong = repository({ ...FILES, 'pyvenv-fix.config.json': '{"onyl": []}' });
  expect(await doJob(wrong.path)).toMatchObject({ ended: 'failed', reason: 'its pyvenv-fix configuration is wrong' });
});

test('proof is wanted: only better or same goes on', async () => {
  const url = origin(repository());
  const proving = (verdict: 'better' | 'worse') => ({
    campaign: { requireProof: true },
    prove: async () => ({ verdict, markdown: '' }),
  });
  expect(await doJob(url, proving('worse'))).toMatchObject({ ended: 'skipped', reason: 'not proven', proof: 'worse' });
  expect(gitAt(url, 'branch', '--list', CAMPAIGN.branch)).toBe('');
  expect(await doJob(url, proving('better'))).toMatchObject({ ended: 'changed', proof: 'better', pushed: true });
});

test('the signal ends the work and its children', async () => {
  const { createJob } = await import('../../src/bulk/job/job.ts');
  const { jobOptions, targetOf } = await import('./jobs.ts');
  const control = new AbortController();
  const url = origin(repository());
  const work = createJob(jobOptions())(targetOf(url), {
    signal: control.signal,
    onStep: (step) => {
      if (step === 'fix') control.abort(new Error('enough'));
    },
  });
  await expect(work).rejects.toThrow('enough');
  expect(gitAt(url, 'branch', '--list', CAMPAIGN.branch)).toBe('');
});
