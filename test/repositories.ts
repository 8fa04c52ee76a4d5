// Real temporary git repositories and folders for the tests of delivery.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { overlaid } from '../src/edit/overlay.ts';
import type { Opened } from '../src/io/worktree/repository.ts';
import type { AppliedFix, FixResult, TextEdit } from '../src/model.ts';
import { MENDED } from './tried.ts';

/** A folder that is removed with `close`; `home` is an empty HOME inside it, `path` the place for the repository. */
export interface Sandbox {
  readonly path: string;
  readonly home: string;
  readonly env: Record<string, string>;
  git(...args: string[]): string;
  write(files: Readonly<Record<string, string>>): void;
  read(path: string): string;
  commit(files: Readonly<Record<string, string>>): string;
  close(): void;
}

export function sandbox(options: { git: boolean } = { git: true }): Sandbox {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'delivery-test-')));
  const path = join(top, 'repository');
  const home = join(top, 'home');
  mkdirSync(path);
  mkdirSync(home);
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  const env = { PATH: process.env.PATH ?? '', HOME: home, LC_ALL: 'C' };
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: path, env, encoding: 'latin1', stdio: ['ignore', 'pipe', 'pipe'] });
  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text, 'latin1');
    }
  };
  if (options.git) git('init', '-q');
  return {
    path,
    home,
    env,
    git,
    write,
    read: (name) => readFileSync(join(path, name), 'latin1'),
    commit: (files) => {
      write(files);
      git('add', '-A');
      git('commit', '-q', '-m', 'work');
      return git('rev-parse', 'HEAD').trim();
    },
    close: () => rmSync(top, { recursive: true, force: true }),
  };
}

/** Every file below a folder with its bytes and mode, `.git` left out: equal before and after means untouched. */
export function contentOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: string) => {
    for (const name of readdirSync(join(root, folder), { encoding: 'latin1' })) {
      if (name === '.git') continue;
      const path = join(folder, name);
      const bytes = Buffer.from(join(root, path), 'latin1');
      const stat = lstatSync(bytes);
      if (stat.isDirectory()) visit(path);
      else
        found[path] = stat.isFile() ? `${(stat.mode & 0o777).toString(8)} ${readFileSync(bytes, 'latin1')}` : 'special';
    }
  };
  if (existsSync(root)) visit('');
  return found;
}

/** A fix result made of plain edits, one fix each. */
export function resultOf(
  opened: Opened,
  fixes: readonly { transform: string; edits: readonly TextEdit[] }[],
): FixResult {
  const before = opened.snapshot;
  let after = before;
  const applied: AppliedFix[] = [];
  for (const { transform, edits } of fixes) {
    after = overlaid(after, edits);
    const at = { path: edits[0]?.path ?? '', offset: edits[0]?.start ?? 0 };
    applied.push({ ...MENDED, transform, fix: { title: `Do ${transform}`, safety: 'safe', edits, declares: {} }, at });
  }
  const paths = new Set(applied.flatMap(({ fix }) => fix.edits.map(({ path }) => path)));
  const changed = [...paths].filter((path) => before.read(path) !== after.read(path)).sort();
  return { applied, findings: [], withdrawn: [], concerned: [], before, after, changed };
}

/** Replaces the first `from` of a file. */
export function replacing(opened: Opened, path: string, from: string, to: string): TextEdit {
  const start = opened.snapshot.read(path)?.indexOf(from) ?? -1;
  if (start < 0) throw new Error(`${from} does not stand in ${path}`);
  return { path, start, end: start + from.length, newText: to };
}

export function makeExecutable(box: Sandbox, path: string): void {
  chmodSync(join(box.path, path), 0o755);
}
