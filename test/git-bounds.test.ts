// A git directory that leads elsewhere or holds what is no file: refused at once with one line, and nothing is written anywhere.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { deliverInPlace } from '../src/deliver/deliver.ts';
import { openBare } from '../src/io/objects/bare.ts';
import { openRepository } from '../src/io/worktree/repository.ts';
import { refusalOf } from '../src/text/userError.ts';
import { contentOf, replacing, resultOf, type Sandbox, sandbox } from './repositories.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

function committed(): Sandbox {
  const box = sandbox();
  boxes.push(box);
  box.commit({ Dockerfile: 'FROM a\nRUN x\n' });
  return box;
}

/** Opens it as a run in place does and fixes a line; the refusal, where there is one. */
async function refusalIn(box: Sandbox) {
  try {
    const opened = await openRepository(box.path, { write: true, env: box.env });
    const result = resultOf(opened, [{ transform: 'one', edits: [replacing(opened, 'Dockerfile', 'x', 'y')] }]);
    const options = { branch: 'pyvenv-fix', squash: false, allowDirty: false, message: () => 'Fix\n' };
    return (await deliverInPlace(opened, result, options)).refusal;
  } catch (error) {
    return refusalOf(error);
  }
}

async function reasonInBulk(box: Sandbox): Promise<string | undefined> {
  const options = { env: box.env, signal: new AbortController().signal, branch: 'x', isConcerned: () => true };
  try {
    await (await openBare({ folder: box.path }, options)).close();
    return undefined;
  } catch (error) {
    return (error as { reason?: string }).reason;
  }
}

describe('a .git that is a symbolic link', () => {
  test.each([
    ['into another repository', (other: Sandbox) => join(other.path, '.git')],
    [
      'to a bare repository',
      (other: Sandbox) => {
        const bare = join(other.home, 'bare.git');
        cpSync(join(other.path, '.git'), bare, { recursive: true });
        return bare;
      },
    ],
  ])('%s: no commit is made there', async (_, target) => {
    const other = committed();
    const to = target(other);
    const before = contentOf(to);
    const box = committed();
    rmSync(join(box.path, '.git'), { recursive: true });
    symlinkSync(to, join(box.path, '.git'));
    expect((await refusalIn(box))?.what).toContain('leads to the git directory of another repository');
    expect(await reasonInBulk(box)).toContain('leads to the git directory of another repository');
    expect(contentOf(to)).toEqual(before);
  });

  test('to a .git file of another work tree', async () => {
    const other = committed();
    const aside = join(other.home, 'aside.git');
    renameSync(join(other.path, '.git'), aside);
    writeFileSync(join(other.path, '.git'), `gitdir: ${aside}\n`);
    const box = committed();
    rmSync(join(box.path, '.git'), { recursive: true });
    symlinkSync(join(other.path, '.git'), join(box.path, '.git'));
    expect((await refusalIn(box))?.what).toContain('leads to the git directory of another repository');
  });
});

test('a folder of the git directory that is a link: what is written would lie elsewhere', async () => {
  for (const name of ['objects', 'refs', 'refs/heads', 'index', 'logs']) {
    const other = committed();
    const box = committed();
    rmSync(join(box.path, '.git', name), { recursive: true });
    const before = contentOf(join(other.path, '.git'));
    symlinkSync(join(other.path, '.git', name), join(box.path, '.git', name));
    expect((await refusalIn(box))?.what, name).toBe('a symbolic link stands in its git directory');
    expect(contentOf(join(other.path, '.git'))).toEqual(before);
  }
});

describe('a FIFO where git reads a file', () => {
  const PLACES = [
    ...['.git/HEAD', '.git/index', '.git/config', '.git/packed-refs', '.git/objects/info/alternates', '.git/shallow'],
    ...['.git/info/exclude', '.git/refs/heads/other', '.git/refs/heads/main', '.git/objects/pack/pack-1.idx'],
    ...['.git/objects/info/commit-graph', '.git/objects/ab/cdef', '.gitignore', '.gitattributes'],
  ];
  test.each(PLACES)('%s', { timeout: 20_000 }, async (name) => {
    const box = committed();
    const path = join(box.path, name);
    rmSync(path, { force: true });
    mkdirSync(dirname(path), { recursive: true });
    execFileSync('mkfifo', [path]);
    expect((await refusalIn(box))?.what).toContain('a FIFO or a device');
    if (name.startsWith('.git/')) expect(await reasonInBulk(box)).toContain('a FIFO or a device');
    expect(readFileSync(join(box.path, 'Dockerfile'), 'latin1')).toBe('FROM a\nRUN x\n');
  });

  test('in a store that alternates name, or behind a link', { timeout: 20_000 }, async () => {
    const box = committed();
    const store = join(box.home, 'store');
    mkdirSync(join(store, 'info'), { recursive: true });
    execFileSync('mkfifo', [join(store, 'info/alternates')]);
    writeFileSync(join(box.path, '.git/objects/info/alternates'), `${store}\n`);
    expect((await refusalIn(box))?.what).toContain('a FIFO or a device');
    const linked = committed();
    rmSync(join(linked.path, '.git/config'));
    symlinkSync('/dev/zero', join(linked.path, '.git/config'));
    expect((await refusalIn(linked))?.what).toContain('a FIFO or a device');
  });

  test('in a file that the configuration includes', { timeout: 30_000 }, async () => {
    const box = committed();
    execFileSync('mkfifo', [join(box.home, 'included')]);
    box.git('config', 'include.path', join(box.home, 'included'));
    expect((await refusalIn(box))?.what).toContain('did not end in time');
  });
});
