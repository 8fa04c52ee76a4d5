// Bulk runs through the front door: the built program on real folders and file:// repositories, at a terminal and without one.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { bulkReportSchema } from '../../src/bulk/display/bulkSchema.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'pyvenv-fix-bulk-'));
// Below the project, so that the program finds its packages as an installed one does.
const cache = join(project, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const dist = mkdtempSync(join(cache, 'bulk-test-'));
const program = join(dist, 'pyvenv-fix.cjs');
const home = join(place, 'home');

const DOCKERFILE =
  'FROM python:3.12-slim\nWORKDIR /app\nRUN python -m venv /opt/venv\nRUN . /opt/venv/bin/activate && pip install flask\nCOPY app.py .\n';
const only = ['--only', 'activate-to-env'];

const cleanEnv = {
  PATH: process.env.PATH ?? '',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C.UTF-8',
  TERM: 'xterm',
};

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Sent once, when a first result has come. */
  readonly signal?: NodeJS.Signals;
  /** stdin stays open. */
  readonly open?: true;
}

function start(
  file: string,
  args: readonly string[],
  { cwd, env = {}, input, signal, open }: RunOptions,
): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(file, args, { cwd, env: { ...cleanEnv, ...env } });
    let [out, err] = ['', ''];
    let sent = signal === undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (sent || !out.includes('"event":"result"')) return;
      sent = true;
      child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('close', (code) => done({ code: code ?? -1, out, err }));
    child.stdin.on('error', () => {});
    child.stdin.write(input ?? '');
    if (!open) child.stdin.end();
  });
}

const bulk = (args: readonly string[], options: RunOptions) =>
  start(process.execPath, [program, 'bulk', ...args], options);

/** The same at a terminal of its own; stdout and stderr are one. */
function atTerminal(args: readonly string[], options: RunOptions): Promise<Ran> {
  const words = [process.execPath, program, 'bulk', ...args].map((word) => `'${word}'`).join(' ');
  return start('script', ['-qec', `stty cols 70 rows 20; ${words}`, '/dev/null'], options);
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: cleanEnv, encoding: 'utf8' });
}

function repository(path: string, dockerfile = DOCKERFILE): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'app.py'), '');
  if (dockerfile !== '') writeFileSync(join(path, 'Dockerfile'), dockerfile);
  git(path, 'init', '-q', '-b', 'main');
  git(path, 'add', '-A');
  git(path, 'commit', '-qm', 'first');
}

/** A fresh folder with `count` repositories in `repos/`; with `bare` each is bare and `list` names their addresses. */
function fleet(count: number, { bare = false } = {}): string {
  const cwd = mkdtempSync(join(place, 'f-'));
  const addresses: string[] = [];
  for (let at = 0; at < count; at++) {
    const path = join(cwd, 'repos', `r${at}`);
    if (bare) git(place, 'clone', '-q', '--bare', join(place, 'pattern'), path);
    else repository(path);
    addresses.push(`file://${path}`);
  }
  writeFileSync(join(cwd, 'list'), `${addresses.join('\n')}\n`);
  return cwd;
}

/** Everything below a folder: path to bytes, with the time it was changed. */
function state(path: string): Map<string, string> {
  const files = readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((file) => [file, `${statSync(file).mtimeMs} ${readFileSync(file, 'latin1')}`]));
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const objects = (text: string) => lines(text).map((line) => JSON.parse(line) as Record<string, unknown>);

vi.setConfig({ testTimeout: 60_000 });

beforeAll(() => {
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Test\n\temail = test@example.org\n');
  execFileSync(process.execPath, ['scripts/build.mjs', dist], { cwd: project });
  repository(join(place, 'pattern'));
}, 60_000);

afterAll(() => {
  for (const path of [place, dist]) rmSync(path, { recursive: true, force: true });
});

describe.concurrent('the command line', () => {
  test('has help for every subcommand', async () => {
    const { code, out } = await bulk(['--help'], { cwd: place });
    expect(code).toBe(0);
    for (const action of ['plan', 'apply', 'status', 'retry', 'close']) {
      expect(out).toContain(`\n  ${action} `);
      const one = await bulk([action, '--help'], { cwd: place });
      expect(one.code).toBe(0);
      expect(one.out).toContain(`Usage: pyvenv-fix bulk ${action}`);
      expect(one.out).toContain('--journal <DIR>');
      expect(one.out).not.toContain('--dry-run');
      expect(one.out.includes('SOURCE')).toBe(action === 'plan' || action === 'apply');
    }
    const worker = await start(process.execPath, [program, 'worker', '--help'], { cwd: place });
    expect([worker.code, worker.out.includes('--queue <URL>')]).toEqual([0, true]);
  });

  test.for([
    [['plan'], 'missing required argument'],
    [['plan', '.', '--dry-run'], "unknown option '--dry-run'"],
    [['apply', '.', '--campaign', '../x'], '--campaign takes letters'],
    [['apply', '.', '--branch', 'a..b'], 'git takes no branch of the name "a..b"'],
    [['apply', '.', '--campaign', 'x.lock'], 'give another with --branch'],
    [['apply', '.', '--limit', '0'], 'no whole number'],
    [['apply', '.', '--wave', '3', '--no-pr'], '--wave counts new pull requests'],
    [['apply', '.', '--author', 'nobody'], 'Write it as "Name <mail@example.org>"'],
    [['apply', '.', '--only', 'activate-to-evn'], 'Did you mean activate-to-env'],
    [['apply', '-', '-'], 'stdin (-) can be read once only'],
    [['apply', '.', '--quiet', '--verbose'], 'contradict'],
    [['status', '.'], 'too many arguments'],
    [['plan', '.', '--queue', 'redis://localhost'], "unknown option '--queue'"],
    [['apply', '.', '--queue', 'redis://localhost', '--format', 'diff'], 'use bulk plan --format diff'],
    [['nonsense'], "unknown command 'nonsense'"],
  ] as const)('%j: says what is wrong, with code 2', async ([args, words]) => {
    const { code, out, err } = await bulk(args, { cwd: place });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });

  test('never repeats what may be a secret', async () => {
    for (const args of [
      ['apply', '.', '--api', 'https://user:s3cret@git.example.org'],
      ['apply', '.', '--api', 'ftp://s3cret'],
      ['apply', '.', '--queue', 'http://user:s3cret@host'],
      ['apply', '.', '--token-env', 's3cret-token'],
      ['plan', '.', '--token-env', 's3cret'],
      ['plan', 'https://user:s3cret@git.example.org/a/b'],
    ]) {
      const { code, out, err } = await bulk(args, { cwd: place });
      expect(err.length).toBeGreaterThan(10);
      expect(`${code} ${out}${err}`).not.toContain('s3cret');
    }
  });

  test('needs somebody to commit as, but not to plan', async () => {
    const cwd = fleet(1);
    const env = { HOME: join(place, 'nowhere') };
    const { code, err } = await bulk(['apply', 'repos/*', ...only], { cwd, env });
    expect(code).toBe(2);
    expect(err).toContain('--author "Name <mail@example.org>"');
    expect(existsSync(join(cwd, '.pyvenv-fix'))).toBe(false);
    expect((await bulk(['plan', 'repos/*', ...only], { cwd, env })).code).toBe(0);
    expect((await bulk(['apply', 'repos/*', ...only, '--author', 'A B <a@b.c>'], { cwd, env })).code).toBe(0);
    expect(git(join(cwd, 'repos/r0'), 'log', '-1', '--format=%an <%ae>', 'pyvenv-fix')).toBe('A B <a@b.c>\n');
  });
});

describe.concurrent('plan', () => {
  test('writes nothing at all, and says what would change', async () => {
    const cwd = fleet(3);
    repository(join(cwd, 'repos', 'none'), '');
    const before = state(cwd);
    const { code, out, err } = await bulk(['plan', 'repos/*', 'list', ...only], { cwd });
    expect(state(cwd)).toEqual(before);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('repos/r1: 1 fix in 1 file (activate-to-env)\n');
    expect(out).toMatch(/\nPlan of pyvenv-fix: 7 repositories in \d+ s: 6 changed, 1 unchanged\.\n/);
    expect(out).toContain('Budget: no pull requests.');
  });

  test('--unsafe says once that it takes effect with --require-proof only', async () => {
    const cwd = fleet(2);
    const said = async (...args: string[]) => (await bulk(['plan', 'repos/*', ...only, ...args], { cwd })).err;
    expect(await said('--unsafe')).toBe(
      'Fixes of the unsafe tier are left out, and stay findings: --unsafe takes effect with --require-proof only.\n',
    );
    expect(await said('--unsafe', '--require-proof')).toBe('');
    expect(await said('--unsafe', '--quiet')).toBe('');
  });

  test('--format diff: a header line for each, and what git apply takes', async () => {
    const cwd = fleet(2);
    const { out, err } = await bulk(['plan', 'repos/*', ...only, '--format', 'diff'], { cwd });
    const parts = out.split(/^(?=# )/m);
    expect(parts).toHaveLength(2);
    expect(err).toContain('Plan of pyvenv-fix: 2 repositories');
    for (const part of parts) {
      const [, name, base] = /^# (\S+) at ([0-9a-f]{40})\n/.exec(part)!;
      const path = join(cwd, name!);
      expect(git(path, 'rev-parse', 'HEAD').trim()).toBe(base);
      execFileSync('git', ['apply', '-'], { cwd: path, env: cleanEnv, input: part });
      expect(git(path, 'diff', '--stat')).toContain('Dockerfile');
    }
  });

  test('--format json is one document of its schema, ndjson a line for each event', async () => {
    const cwd = fleet(3);
    writeFileSync(join(cwd, 'some'), `# a comment\n\nfile://${cwd}/repos/r0\nfile://${cwd}/absent\n`);
    const json = await bulk(['plan', 'some', ...only, '--format', 'json'], { cwd });
    const report = v.parse(bulkReportSchema, JSON.parse(json.out));
    expect(json.code).toBe(1);
    expect(report.repositories.map(({ ended }) => ended).sort()).toEqual(['changed', 'failed']);
    expect(report.repositories.find(({ ended }) => ended === 'changed')?.diff).toContain('+ENV VIRTUAL_ENV=/opt/venv');
    expect(report.summary.counts).toMatchObject({ changed: 1, failed: 1 });
    const ndjson = await bulk(['plan', '-', ...only, '--format', 'ndjson'], {
      cwd,
      input: readFileSync(join(cwd, 'some'), 'utf8'),
    });
    const events = objects(ndjson.out).map(({ event }) => event);
    expect(events.filter((event) => event === 'result')).toHaveLength(2);
    expect(events.at(-1)).toBe('summary');
  });

  test('--format markdown and --output', async () => {
    const cwd = fleet(1);
    const { out, code } = await bulk(['plan', 'list', ...only, '--format', 'markdown', '--output', 'report.md'], {
      cwd,
    });
    expect([code, out]).toEqual([0, '']);
    const text = readFileSync(join(cwd, 'report.md'), 'utf8');
    expect(text).toMatch(/^# Plan of pyvenv-fix\n\n\| repository \|/);
    expect(text).toContain('changed: would be fixed');
    const full = await bulk(['plan', 'list', ...only, '--output', '/dev/full'], { cwd });
    expect(full.code).toBe(2);
    expect(full.err).toContain('the report cannot be written');
  });
});

describe.concurrent('apply', () => {
  test('makes branches; the second time nothing is pushed', async () => {
    const cwd = fleet(3, { bare: true });
    const first = await bulk(['apply', 'list', ...only], { cwd });
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toContain('Campaign pyvenv-fix, run 1: 3 repositories');
    expect(first.out).toContain('Branches pushed: 3.');
    const tips = git(join(cwd, 'repos/r0'), 'for-each-ref', '--format=%(refname:short)');
    expect(tips).toBe('main\npyvenv-fix\n');
    const before = state(join(cwd, 'repos'));
    const second = await bulk(['apply', 'list', ...only, '--format', 'json'], { cwd });
    const report = v.parse(bulkReportSchema, JSON.parse(second.out));
    expect(report.summary).toMatchObject({ run: 2, pushed: 0, counts: { unchanged: 3 } });
    expect(state(join(cwd, 'repos'))).toEqual(before);
  });

  test('a template that names what is nothing, and a report that no disk takes', async () => {
    const cwd = fleet(1, { bare: true });
    writeFileSync(join(cwd, 'text.md'), '{{title}} {{chnages}}');
    const wrong = await bulk(['apply', 'list', ...only, '--template', 'text.md'], { cwd });
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('Did you mean {{changes}}?')]);
    const full = spawnSync(
      '/bin/sh',
      [
        '-c',
        `"$@" > /dev/full`,
        'sh',
        process.execPath,
        join(dist, 'pyvenv-fix.cjs'),
        'bulk',
        'plan',
        'list',
        '--format',
        'json',
      ],
      { cwd },
    );
    expect([full.status, full.stderr.toString()]).toEqual([2, expect.stringContaining('cannot be written whole')]);
  });

  test('leaves the work trees of folders as they are', async () => {
    const cwd = fleet(2);
    await bulk(['apply', 'repos/*', ...only, '--campaign', 'spring', '--branch', 'fix/venv'], { cwd });
    const path = join(cwd, 'repos/r1');
    expect(git(path, 'status', '--porcelain=v2', '--branch')).toContain('# branch.head main\n');
    expect(git(path, 'diff', '--stat', 'main', 'fix/venv')).toContain('Dockerfile');
    expect(readFileSync(join(path, 'Dockerfile'), 'utf8')).toBe(DOCKERFILE);
    expect(existsSync(join(cwd, '.pyvenv-fix/spring'))).toBe(true);
  });

  test('a repository that fails: code 1, what to do next, and retry does it once it is there', async () => {
    const cwd = fleet(2, { bare: true });
    writeFileSync(join(cwd, 'list'), `file://${cwd}/repos/r0\nfile://${cwd}/repos/later\n`);
    const first = await bulk(['apply', 'list', ...only, '--campaign', 'c-1'], { cwd });
    expect(first.code).toBe(1);
    expect(first.out).toMatch(/\n1 failed: .*\n {2}\S*repos\/later/);
    expect(first.out).toContain('`pyvenv-fix bulk retry --campaign c-1` tries again what failed.');
    git(cwd, 'clone', '-q', '--bare', join(place, 'pattern'), join(cwd, 'repos/later'));
    const again = await bulk(['retry', '--campaign', 'c-1'], { cwd });
    expect(again.code).toBe(0);
    expect(again.err).toContain('Trying again what failed in run 1.');
    expect(git(join(cwd, 'repos/later'), 'branch', '--list', 'c-1')).toBe('  c-1\n');
  });

  test('Ctrl-C: a summary of what was done and what is left; run again, the report is whole', async () => {
    const cwd = fleet(40, { bare: true });
    const args = ['apply', 'list', ...only, '--concurrency', '1', '--format', 'ndjson'];
    const first = await bulk(args, { cwd, signal: 'SIGINT' });
    expect(first.code).toBe(130);
    const summary = objects(first.out).at(-1) as { event: string; repositories: number; left: { count: number } };
    expect(summary.event).toBe('summary');
    expect(summary.repositories).toBeGreaterThan(0);
    expect(summary.repositories).toBeLessThan(40);
    expect(summary).toMatchObject({ stopped: { why: 'aborted' }, left: { count: 40 - summary.repositories } });
    const second = await bulk(['apply', 'list', ...only, '--format', 'json'], { cwd });
    expect(second.code).toBe(0);
    expect(second.err).toContain('Going on with run 1');
    const report = v.parse(bulkReportSchema, JSON.parse(second.out));
    expect(new Set(report.repositories.map(({ key }) => key)).size).toBe(40);
    expect(report.repositories).toHaveLength(40);
    expect(report.summary).toMatchObject({ run: 1, repositories: 40, before: summary.repositories, pushed: 40 });
  });

  test('SIGTERM while a list on stdin never ends', async () => {
    const cwd = fleet(1, { bare: true });
    const { code, out } = await bulk(['apply', '-', ...only, '--format', 'ndjson'], {
      ...{ cwd, input: `file://${cwd}/repos/r0\n`, open: true, signal: 'SIGTERM' },
    });
    expect(code).toBe(143);
    expect(objects(out).at(-1)).toMatchObject({ event: 'summary', repositories: 1, left: { more: true } });
  });

  test('status tells of the run, close takes the branches back', async () => {
    const cwd = fleet(2, { bare: true });
    const none = await bulk(['status'], { cwd });
    expect(none.code).toBe(2);
    expect(none.err).toContain('--journal');
    await bulk(['apply', 'list', ...only], { cwd });
    const status = await bulk(['status'], { cwd });
    expect([status.code, status.err]).toEqual([0, '']);
    expect(status.out).toContain('2 repositories: 2 changed.');
    expect(JSON.parse((await bulk(['status', '--format', 'json'], { cwd })).out)).toMatchObject({ version: 1, run: 1 });
    for (const action of ['status', 'close', 'retry']) {
      const other = await bulk([action, '--campaign', 'other', '--journal', '.pyvenv-fix/pyvenv-fix'], { cwd });
      expect([other.code, other.err]).toEqual([2, expect.stringContaining('that of the campaign pyvenv-fix')]);
    }
    const close = await bulk(['close'], { cwd });
    expect(close.code).toBe(0);
    for (const name of ['r0', 'r1']) expect(git(join(cwd, 'repos', name), 'branch', '--list', 'pyvenv-fix')).toBe('');
  });
});

describe.concurrent('what a person sees', () => {
  test('a live block on a terminal, and nothing of it at the end', async () => {
    const cwd = fleet(30, { bare: true });
    const { code, out } = await atTerminal(['apply', 'list', ...only, '--concurrency', '1'], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/\d+ of 30 done \(\d+%\)/);
    expect(out).toMatch(/repos\/r\d+ .*(clone|fix|push)/);
    const shown = out.replaceAll('\x1b', 'ESC');
    expect(shown).toMatch(/ESC\[\d+A/);
    expect(out).toContain('\x1b[32m');
    expect(out).not.toContain('\x1b[?25l');
    // The block is taken away before the summary comes.
    expect(shown).toMatch(/ESC\[\d+A\r+ESC\[J[\r\n]*ESC\[1mCampaign pyvenv-fix, run 1/);
  });

  test('NO_COLOR has no colors, CI no block, --quiet nothing', async () => {
    const cwd = fleet(8, { bare: true });
    const plain = await atTerminal(['plan', 'list', ...only], { cwd, env: { NO_COLOR: '1' } });
    expect(plain.out).toContain('of 8 done');
    expect(plain.out.replaceAll('\x1b', 'ESC')).not.toMatch(/ESC\[\d*m/);
    const ci = await atTerminal(['plan', 'list', ...only], { cwd, env: { CI: 'true' } });
    expect(ci.out).toContain('Plan of pyvenv-fix: 8 repositories');
    expect(ci.out).not.toContain('\x1b[');
    const quiet = await bulk(['plan', 'list', ...only, '--quiet', '--output', 'report'], { cwd });
    expect(quiet).toEqual({ code: 0, out: '', err: '' });
  });

  test('the token of the environment is nowhere', async () => {
    const cwd = mkdtempSync(join(place, 'f-'));
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      response.writeHead(401, { 'content-type': 'application/json' }).end(`{"message":"Bad credentials: t0ken-value"}`);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v3`;
      const env = { GITHUB_TOKEN: 't0ken-value' };
      const args = ['apply', 'github:acme', 'github:acme/one', '--api', api, '--verbose'];
      const { code, out, err } = await bulk(args, { cwd, env });
      expect(seen.join()).toContain('t0ken-value');
      expect(code).toBeGreaterThan(0);
      expect(err + out).toContain('GITHUB_TOKEN');
      const files = [...state(cwd).values()].join();
      expect(out + err + files).not.toContain('t0ken-value');
    } finally {
      server.close();
    }
  });
});
