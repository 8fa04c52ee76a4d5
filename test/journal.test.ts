// A run that is killed, or meets a full disk, is put right by the next one: all files or none, and HEAD with them.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deliverFiles, deliverInPlace } from '../src/deliver/deliver.ts';
import { createFile } from '../src/edit/textEdits.ts';
import { beginJournal, endJournal, type Journal, markDone } from '../src/io/files/deliveryJournal.ts';
import { placeFiles } from '../src/io/files/placing.ts';
import { openRepository } from '../src/io/worktree/repository.ts';
import { refusalOf } from '../src/text/userError.ts';
import { contentOf, replacing, resultOf, type Sandbox, sandbox } from './repositories.ts';

/** More in development: PYVENV_FIX_KILLS=100. */
const KILLS = Number(process.env.PYVENV_FIX_KILLS ?? 6);
const FILES = 40;

let program = '';
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'journal-test-'));
  program = join(folder, 'run.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'journal-run.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

function box(options?: { git: boolean }): Sandbox {
  const made = sandbox(options);
  boxes.push(made);
  return made;
}

const open = (b: Sandbox) => openRepository(b.path, { write: true, env: b.env });

function texts(b: Sandbox): void {
  for (let at = 0; at < FILES; at++) b.write({ [`${at}.txt`]: `old ${at}\n` });
}

/** Runs until `milliseconds` after it has begun to deliver; returns whether it was still at work. */
async function killed(b: Sandbox, way: 'files' | 'branch', milliseconds: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, b.path, way], { env: b.env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await sleep(milliseconds);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode === 'SIGKILL';
}

function expected(direction: 'before' | 'after'): Record<string, string> {
  const word = direction === 'before' ? 'old' : 'new!';
  const files = Array.from({ length: FILES }, (_, at) => [`${at}.txt`, `644 ${word} ${at}\n`]);
  return { ...Object.fromEntries(files), ...(direction === 'after' && { 'made/here': '644 x\n' }) };
}

describe('killed at any moment', () => {
  test('files only: all old or all new, and nothing else left', { timeout: 600_000 }, async () => {
    const ends = { before: 0, after: 0, inTime: 0 };
    for (let run = 0; run < KILLS; run++) {
      const b = box({ git: false });
      texts(b);
      if (await killed(b, 'files', Math.random() * 900)) ends.inTime++;
      const stood = existsSync(join(b.path, '.pyvenv-fix-journal'));
      const opened = await open(b);
      const now = contentOf(b.path);
      const end = 'made/here' in now ? 'after' : 'before';
      ends[end]++;
      expect(now).toEqual(expected(end));
      expect(opened.notices.length > 0).toBe(stood);
      expect(readdirSync(b.path).filter((name) => name.startsWith('.'))).toEqual([]);
      b.close();
    }
    expect(ends.before + ends.after).toBe(KILLS);
    if (KILLS > 50) expect(ends.inTime).toBeGreaterThan(KILLS / 4);
  });

  test('in place: work tree, index, HEAD and branch agree, and the next run ends the work', {
    timeout: 900_000,
  }, async () => {
    for (let run = 0; run < KILLS; run++) {
      const b = box();
      texts(b);
      const base = b.commit({});
      await killed(b, 'branch', Math.random() * 1800);
      await open(b);
      const now = contentOf(b.path);
      const end = 'made/here' in now ? 'after' : 'before';
      expect(now).toEqual(expected(end));
      expect(b.git('status', '--porcelain')).toBe('');
      expect(b.git('symbolic-ref', '--short', 'HEAD').trim()).toBe(end === 'after' ? 'pyvenv-fix' : 'main');
      expect(b.git('rev-parse', 'main').trim()).toBe(base);
      expect(b.git('branch', '--list', 'pyvenv-fix') !== '').toBe(end === 'after');
      expect(readdirSync(join(b.path, '.git')).filter((name) => /pyvenv-fix|lock/.test(name))).toEqual([]);
      b.git('fsck', '--strict');
      if (end === 'before') {
        execFileSync(process.execPath, [program, b.path, 'branch'], { env: b.env });
        expect(contentOf(b.path)).toEqual(expected('after'));
      }
      b.close();
    }
  });
});

/** What a run leaves that dies after the journal and `placed` of its steps; the owner named is long gone. */
function abandoned(b: Sandbox, placed: 'nothing' | 'files' | 'done', where = '.pyvenv-fix-journal'): Journal {
  const files = [
    { path: 'a', before: 'old a', after: 'new a' },
    { path: 'd/b', before: 'old b', after: 'new b' },
    { path: 'n/c', after: 'new c', folders: ['n'] },
  ];
  b.write({ a: 'old a', 'd/b': 'old b' });
  const journal = beginJournal(join(b.path, where), files);
  if (placed !== 'nothing') placeFiles(b.path, journal);
  if (placed === 'done') markDone(journal);
  const manifest = join(journal.folder, 'journal.json');
  execFileSync('sed', ['-i', 's/"owner":"[^"]*"/"owner":"gone"/', manifest]);
  execFileSync('touch', ['-d', '1 hour ago', journal.folder]);
  return journal;
}

const OLD = { a: '644 old a', 'd/b': '644 old b' };
const NEW = { a: '644 new a', 'd/b': '644 new b', 'n/c': '644 new c' };

describe('the next run', () => {
  test('goes back when the files were not all written, and says so', async () => {
    const b = box({ git: false });
    abandoned(b, 'nothing');
    const opened = await open(b);
    expect(opened.notices).toEqual([
      'an earlier run had been cut off; it was taken back: everything is as it was before',
    ]);
    expect(contentOf(b.path)).toEqual(OLD);
  });

  test('goes back from written files without the mark', async () => {
    const b = box({ git: false });
    abandoned(b, 'files');
    await open(b);
    expect(contentOf(b.path)).toEqual(OLD);
  });

  test('goes forward from written files with it', async () => {
    const b = box({ git: false });
    abandoned(b, 'done');
    const opened = await open(b);
    expect(opened.notices[0]).toContain('finished');
    expect(contentOf(b.path)).toEqual(NEW);
  });

  test('restores a copy where the kept file is gone', async () => {
    const b = box({ git: false });
    const journal = abandoned(b, 'files');
    for (const { path, name } of journal.files) {
      rmSync(join(b.path, path, '..', `.pyvenv-fix-${name}.old`), { force: true });
    }
    await open(b);
    expect(contentOf(b.path)).toEqual(OLD);
  });

  test('never writes over what a person has changed since', async () => {
    const b = box({ git: false });
    abandoned(b, 'files');
    b.write({ a: 'mine', 'n/c': 'mine too' });
    const opened = await open(b);
    expect(opened.notices.at(-1)).toBe('these files have been changed since and stay as they are: a, n/c');
    expect(contentOf(b.path)).toEqual({ a: '644 mine', 'd/b': '644 old b', 'n/c': '644 mine too' });
  });

  test('does not follow a link put in the way since', async () => {
    const b = box({ git: false });
    abandoned(b, 'files');
    const outside = join(b.home, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'b'), 'new b');
    rmSync(join(b.path, 'd'), { recursive: true });
    symlinkSync(outside, join(b.path, 'd'));
    const opened = await open(b);
    expect(opened.notices.at(-1)).toContain(': d/b');
    expect(contentOf(outside)).toEqual({ b: '644 new b' });
  });

  test('without leave to write only reports it', async () => {
    const b = box({ git: false });
    abandoned(b, 'files');
    const opened = await openRepository(b.path, { write: false, env: b.env });
    expect(opened.notices[0]).toContain('did not end');
    expect(b.read('a')).toBe('new a');
  });

  test('is found from a folder inside and from one above', async () => {
    const b = box({ git: false });
    abandoned(b, 'files');
    await openRepository(join(b.path, 'd'), { write: true, env: b.env });
    expect(contentOf(b.path)).toEqual(OLD);
    abandoned(b, 'files');
    await openRepository(join(b.path, '..'), { write: true, env: b.env });
    expect(contentOf(b.path)).toEqual(OLD);
  });

  test('is refused while the first still lives', async () => {
    const b = box({ git: false });
    const journal = beginJournal(join(b.path, '.pyvenv-fix-journal'), [{ path: 'a', after: 'x' }]);
    expect(refusalOf(await open(b).catch((error: unknown) => error))?.what).toContain('another run');
    expect(() => beginJournal(journal.folder, [{ path: 'a', after: 'x' }])).toThrow('another run');
    endJournal(journal);
    expect((await open(b)).notices).toEqual([]);
  });

  test.each<[string, string]>([
    ['a path out of the folder', '"path":"../x"'],
    ['a path into git data', '"path":".git/hooks/x"'],
    ['an absolute path', '"path":"/tmp/x"'],
  ])('a journal with %s is refused whole', async (_, forged) => {
    const b = box({ git: false });
    const journal = abandoned(b, 'files');
    const manifest = join(journal.folder, 'journal.json');
    execFileSync('sed', ['-i', `s#"path":"a"#${forged}#`, manifest]);
    expect(refusalOf(await open(b).catch((error: unknown) => error))?.what).toContain('damaged');
    expect(contentOf(b.path)).toMatchObject(NEW);
  });

  test('clears what a run left that died while preparing its journal', async () => {
    const b = box({ git: false });
    b.write({ a: 'x', '.pyvenv-fix-journal.1.2.3.4-0123456789ab/0.after': 'x', '.pyvenv-fix-journal.mine/x': 'y' });
    execFileSync('touch', ['-d', '1 hour ago', join(b.path, '.pyvenv-fix-journal.1.2.3.4-0123456789ab')]);
    await open(b);
    expect(contentOf(b.path)).toEqual({ a: '644 x', '.pyvenv-fix-journal.mine/x': '644 y' });
  });
});

describe('what cannot be cleaned up', () => {
  test('in place: the files are new, and that is what is said', async ({ skip }) => {
    const b = box();
    b.commit({ Dockerfile: 'FROM a\nRUN x\n' });
    const opened = await open(b);
    const result = resultOf(opened, [{ transform: 'one', edits: [replacing(opened, 'Dockerfile', 'x', 'y')] }]);
    const journal = opened.journal;
    let mounted: boolean | undefined;
    // A folder that something is mounted on cannot be renamed.
    const watch = setInterval(() => {
      if (mounted !== undefined || !existsSync(journal)) return;
      try {
        execFileSync('mount', ['--bind', journal, journal], { stdio: 'pipe' });
        mounted = true;
      } catch {
        mounted = false;
      }
    }, 1);
    try {
      const ended = await deliverInPlace(opened, result, {
        branch: 'pyvenv-fix',
        squash: false,
        allowDirty: false,
        message: () => 'Fix\n',
      });
      skip(mounted !== true, 'mounting is not permitted here, or came too late');
      expect(ended).toMatchObject({ outcome: 'changed', branch: 'pyvenv-fix' });
      expect(ended.reason).toContain('all of it is done');
      expect(ended.reason).not.toContain('othing was changed');
      expect(b.read('Dockerfile')).toBe('FROM a\nRUN y\n');
    } finally {
      clearInterval(watch);
      if (mounted) execFileSync('umount', [journal]);
    }
  });
});

describe('a full disk', () => {
  let limited: string | undefined;
  beforeAll(() => {
    const at = mkdtempSync(join(tmpdir(), 'full-test-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', at], { stdio: 'pipe' });
      limited = at;
    } catch {
      rmSync(at, { recursive: true });
    }
  });
  afterAll(() => {
    if (limited === undefined) return;
    execFileSync('umount', [limited]);
    rmSync(limited, { recursive: true });
  });

  test('files only: whatever room is left, all old or all new', async ({ skip }) => {
    skip(limited === undefined, 'mounting a small disk is not permitted here');
    const root = join(limited!, 'plain');
    let refused = 0;
    for (let room = 0; room < 160_000; room += 8_000) {
      rmSync(root, { recursive: true, force: true });
      rmSync(join(limited!, 'ballast'), { force: true });
      mkdirSync(root);
      for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), `old${name}`.repeat(3000));
      const before = contentOf(root);
      const opened = await openRepository(root, { write: true, env: {} });
      const edits = ['a', 'b', 'c'].map((path) => ({ path, start: 0, end: 3, newText: 'new!' }));
      const result = resultOf(opened, [{ transform: 'one', edits: [...edits, createFile('n/x', 'x'.repeat(9000))] }]);
      leaveRoom(room);
      const ended = await deliverFiles(opened, result);
      if (ended.outcome === 'refused') {
        refused++;
        expect(ended.reason).toBe('the disk is full');
        expect(contentOf(root)).toEqual(before);
      } else {
        for (const path of result.changed) expect(contentOf(root)[path]).toBe(`644 ${result.after.read(path)}`);
      }
      expect(readdirSync(root).filter((name) => name.startsWith('.'))).toEqual([]);
    }
    expect(refused).toBeGreaterThan(3);
  });

  test('in place: whatever room is left, where it was or all done', { timeout: 120_000 }, async ({ skip }) => {
    skip(limited === undefined, 'mounting a small disk is not permitted here');
    const b = box();
    b.commit({ a: 'old\n'.repeat(3000) });
    const root = join(limited!, 'git');
    let refused = 0;
    for (let room = 0; room < 120_000; room += 12_000) {
      rmSync(root, { recursive: true, force: true });
      rmSync(join(limited!, 'ballast'), { force: true });
      b.git('-c', 'core.hooksPath=/dev/null', 'clone', '-q', '--template=', b.path, root);
      const opened = await openRepository(root, { write: true, env: b.env });
      const edits = [{ path: 'a', start: 0, end: 3, newText: 'new!' }, createFile('n', 'x'.repeat(20_000))];
      const result = resultOf(opened, [{ transform: 'one', edits }]);
      leaveRoom(room);
      const ended = await deliverInPlace(opened, result, {
        branch: 'fix',
        squash: false,
        allowDirty: false,
        message: () => 'x\n',
      });
      if (ended.outcome === 'refused') refused++;
      rmSync(join(limited!, 'ballast'), { force: true });
      // Where even taking back needs room, the next run does it.
      await openRepository(root, { write: true, env: b.env });
      const on = b.git('-C', root, 'branch', '--show-current').trim();
      expect(on).toBe(ended.outcome === 'changed' ? 'fix' : 'main');
      expect(b.git('-C', root, 'status', '--porcelain')).toBe('');
      expect(b.git('-C', root, 'branch', '--list', 'fix') !== '').toBe(ended.outcome === 'changed');
      expect(readdirSync(join(root, '.git')).filter((name) => /pyvenv-fix|lock/.test(name))).toEqual([]);
    }
    expect(refused).toBeGreaterThan(2);
  });

  /** Fills the disk but for this many bytes. */
  function leaveRoom(bytes: number): void {
    const { bavail, bsize } = statfsSync(limited!);
    const size = Math.floor(Math.max(0, bavail - Math.ceil(bytes / bsize)) * bsize);
    writeFileSync(join(limited!, 'ballast'), Buffer.alloc(size));
  }
});
