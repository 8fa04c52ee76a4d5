// Through the front door: the built program on real temporary repositories.

import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { version } from '../package.json';
import { reportSchema } from '../src/report/reportSchema.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'pyvenv-fix-cli-'));
// Below the project, so that the program finds ts-morph as an installed one does.
const cache = join(project, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const dist = mkdtempSync(join(cache, 'cli-test-'));
const home = join(place, 'home');

const ACTIVATION = 'RUN . /opt/venv/bin/activate && pip install flask\n';
const DOCKERFILE = `FROM python:3.12-slim\nWORKDIR /app\nRUN python -m venv /opt/venv\n${ACTIVATION}COPY app.py .\n`;
const ID = 'activate-to-env';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: string;
  /** Folder of the built program. */
  readonly program?: string;
}

const cleanEnv = {
  PATH: process.env.PATH ?? '',
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
  LC_ALL: 'C.UTF-8',
};

function run(args: readonly string[], { cwd = place, env = {}, input, program = dist }: RunOptions = {}): Promise<Ran> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(program, 'pyvenv-fix.cjs'), ...args], {
      cwd,
      env: { ...cleanEnv, ...env },
    });
    const parts: Record<'out' | 'err', Buffer[]> = { out: [], err: [] };
    child.stdout.on('data', (data: Buffer) => parts.out.push(data));
    child.stderr.on('data', (data: Buffer) => parts.err.push(data));
    child.on('close', (code) => {
      done({
        code: code ?? -1,
        out: Buffer.concat(parts.out).toString('latin1'),
        err: Buffer.concat(parts.err).toString('latin1'),
      });
    });
    child.stdin.end(input ?? '');
  });
}

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: cleanEnv, encoding: 'latin1' });
}

function folder(files: Record<string, string>): string {
  const path = mkdtempSync(join(place, 'r-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text, 'latin1');
  }
  return path;
}

function repository(files: Record<string, string> = { Dockerfile: DOCKERFILE, 'app.py': '' }): string {
  const path = folder(files);
  git(path, 'init', '-q', '-b', 'main');
  git(path, 'add', '-A');
  git(path, 'commit', '-qm', 'first');
  return path;
}

/** Everything below a folder but its git directory, path to bytes. */
function state(path: string): Map<string, string> {
  const entries = readdirSync(path, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name)).filter((file) => !file.includes('/.git/'));
  return new Map(files.sort().map((file) => [file.slice(path.length), readFileSync(file, 'latin1')]));
}

// Many processes on few cores.
vi.setConfig({ testTimeout: 60_000 });

const only = ['--only', ID];
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come through
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f]/;
const COLORS = '\x1b[';

beforeAll(() => {
  mkdirSync(home);
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Test\n\temail = test@example.org\n');
  execFileSync(process.execPath, ['scripts/build.mjs', dist], { cwd: project });
}, 60_000);

afterAll(() => {
  for (const path of [place, dist]) rmSync(path, { recursive: true, force: true });
});

describe.concurrent('--dry-run and --check', () => {
  test('--dry-run prints what git apply takes, writes nothing, and is what a run writes', async () => {
    const path = repository();
    const before = state(path);
    const { code, out } = await run(['--dry-run', ...only], { cwd: path });
    expect(code).toBe(0);
    expect(state(path)).toEqual(before);
    expect(git(path, 'branch', '--list')).toBe('* main\n');
    expect(out).toMatch(/^diff --git a\/Dockerfile b\/Dockerfile\n/);
    writeFileSync(join(place, 'diff'), out, 'latin1');
    const copy = join(place, 'copy');
    cpSync(path, copy, { recursive: true });
    git(copy, 'apply', join(place, 'diff'));
    await run(only, { cwd: path });
    expect(state(copy)).toEqual(state(path));
    expect(state(path)).not.toEqual(before);
  });

  test('findings stand on stderr beside the diff', async () => {
    const suppressed = DOCKERFILE.replace(ACTIVATION, `# pyvenv-fix: ignore[${ID}] wanted\n${ACTIVATION}`);
    const path = repository({ Dockerfile: `${suppressed}# pyvenv-fix: ignore[${ID}] no use\n` });
    const { code, out, err } = await run(['--dry-run', ...only], { cwd: path });
    expect([code, out]).toEqual([0, '']);
    expect(err).toContain(`Dockerfile:7:1 advice: The suppression of ${ID} suppresses nothing.`);
    expect(err).not.toContain('Dockerfile:5:1');
  });

  test('a note that nobody may miss stands beside the diff, and others do not', async () => {
    const path = repository({
      Dockerfile:
        'FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt .\nRUN python -m venv .venv && .venv/bin/pip install -r requirements.txt\nCMD ["/app/.venv/bin/python", "app.py"]\n',
      'requirements.txt': 'flask\n',
      'app.py': 'import flask\n',
      'compose.yaml': 'services:\n  web:\n    build: .\n    volumes:\n      - .:/app\n',
    });
    const volumes = ['--only', 'fix-venv-volume'];
    const { out, err } = await run(['--dry-run', ...volumes], { cwd: path });
    expect(out).toContain('+      - /app/.venv\n');
    expect(err).toContain('compose.yaml:5:9 note: Add a volume at /app/.venv to service web. [fix-venv-volume]\n');
    expect(err).toContain('docker compose up --renew-anon-volumes');
    expect((await run(['--dry-run', '--quiet', ...volumes], { cwd: path })).err).toBe('');
    expect((await run(volumes, { cwd: path })).out).toContain('docker compose up --renew-anon-volumes');
    const cached = repository({ Dockerfile: 'FROM python:3.12-slim\nRUN pip install poetry==1.8.3\n' });
    expect((await run(['--dry-run', '--only', 'set-python-env,drop-pip-cache'], { cwd: cached })).err).not.toContain(
      'note:',
    );
  });

  test('--check exits 1 while a fix is pending, 0 after', async () => {
    const path = repository();
    expect((await run(['--check', ...only], { cwd: path })).code).toBe(1);
    expect(await run(['--check', '--quiet', ...only], { cwd: path })).toEqual({ code: 1, out: '', err: '' });
    await run(only, { cwd: path });
    expect((await run(['--check', ...only], { cwd: path })).code).toBe(0);
  });

  test('--fail-on exits 1 while a finding of that level, or a worse one, is left', async () => {
    const path = repository({
      Dockerfile: 'FROM python:3.12-slim\nCMD ["source", "venv/bin/activate", "&&", "python"]\n',
    });
    const failing = async (level: string) =>
      (await run(['--fail-on', level, '--dry-run', ...only], { cwd: path })).code;
    expect(await Promise.all(['broken', 'advice'].map(failing))).toEqual([1, 1]);
    const slow = repository({ Dockerfile: `${DOCKERFILE}# pyvenv-fix: ignore[${ID}] no use\n` });
    await run(['--no-branch', ...only], { cwd: slow });
    const left = async (level: string) => (await run(['--fail-on', level, '--no-branch', ...only], { cwd: slow })).code;
    expect([await left('slow'), await left('advice')]).toEqual([0, 1]);
    expect((await run(['--check', '--interactive'], { cwd: path })).code).toBe(2);
  });

  test('both work on dirty trees, and outside git', async () => {
    const path = repository();
    writeFileSync(join(path, 'Dockerfile'), `${DOCKERFILE}# mine\n`);
    expect((await run(['--dry-run', ...only], { cwd: path })).out).toContain('diff --git');
    expect((await run(['--check', '--dry-run', ...only, folder({ Dockerfile: DOCKERFILE })])).code).toBe(1);
  });
});

describe.concurrent('in place', () => {
  test('makes a commit on a branch of its own, and a second run has nothing to do', async () => {
    const path = repository();
    const head = git(path, 'rev-parse', 'HEAD');
    const { code, out } = await run(only, { cwd: path });
    expect(code).toBe(0);
    expect(out).toContain('on the branch pyvenv-fix; main has not moved');
    expect(git(path, 'rev-parse', 'main')).toBe(head);
    expect(git(path, 'rev-parse', 'pyvenv-fix~1')).toBe(head);
    expect(git(path, 'symbolic-ref', '--short', 'HEAD')).toBe('pyvenv-fix\n');
    expect(git(path, 'status', '--porcelain')).toBe('');
    expect(git(path, 'log', '-1', '--format=%an %ae')).toBe('Test test@example.org\n');
    expect(git(path, 'log', '-1', '--format=%B')).toContain(`# pyvenv-fix: ignore[${ID}] reason`);
    const again = await run(only, { cwd: path });
    expect([again.code, again.out]).toEqual([0, '.: nothing to fix.\n']);
  });

  test('a branch that has the result is enough; one that has something else is refused', async () => {
    const path = repository();
    await run(only, { cwd: path });
    git(path, 'checkout', '-q', 'main');
    const same = await run(only, { cwd: path });
    expect([same.code, same.out]).toEqual([0, '.: the branch pyvenv-fix holds exactly this result already.\n']);
    git(path, 'branch', '-qf', 'pyvenv-fix', 'main');
    const other = await run(only, { cwd: path });
    expect(other.code).toBe(2);
    expect(other.err).toContain('--branch');
    expect((await run([...only, '--branch', 'x/y'], { cwd: path })).code).toBe(0);
    expect(git(path, 'symbolic-ref', '--short', 'HEAD')).toBe('x/y\n');
  });

  test('--no-branch writes the files only; outside git it is the only way', async () => {
    const path = repository();
    expect((await run([...only, '--no-branch'], { cwd: path })).code).toBe(0);
    expect(git(path, 'status', '--porcelain')).toBe(' M Dockerfile\n');
    const plain = folder({ Dockerfile: DOCKERFILE });
    const refused = await run(only, { cwd: plain });
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('--no-branch');
    expect(readFileSync(join(plain, 'Dockerfile'), 'utf8')).toBe(DOCKERFILE);
    expect((await run([...only, '--no-branch'], { cwd: plain })).code).toBe(0);
    expect(readFileSync(join(plain, 'Dockerfile'), 'utf8')).toContain('ENV VIRTUAL_ENV');
  });

  test('uncommitted changes refuse the run, --allow-dirty only those of other files', async () => {
    const path = repository();
    writeFileSync(join(path, 'app.py'), 'changed\n');
    expect((await run(only, { cwd: path })).err).toContain('app.py');
    expect((await run([...only, '--allow-dirty'], { cwd: path })).code).toBe(0);
    git(path, 'checkout', '-qf', 'main');
    writeFileSync(join(path, 'Dockerfile'), `${DOCKERFILE}\n`);
    expect((await run([...only, '--allow-dirty', '--branch', 'b'], { cwd: path })).code).toBe(2);
  });

  test('an untracked Dockerfile is said, and edited under --no-branch only', async () => {
    const path = repository();
    writeFileSync(join(path, 'Dockerfile.new'), DOCKERFILE);
    writeFileSync(join(path, '.dockerignore'), '*.log\n');
    writeFileSync(join(path, 'Dockerfile.md'), 'no fix touches it\n');
    const { code, out } = await run(only, { cwd: path });
    expect(code).toBe(0);
    expect(out).toContain('Dockerfile.new:1:1');
    expect(out).toContain('.dockerignore:1:1');
    expect(out).not.toContain('Dockerfile.md');
    expect(readFileSync(join(path, 'Dockerfile.new'), 'utf8')).toBe(DOCKERFILE);
    await run([...only, '--no-branch'], { cwd: path });
    expect(readFileSync(join(path, 'Dockerfile.new'), 'utf8')).toContain('ENV VIRTUAL_ENV');
  });

  test('several folders of one repository are one run', async () => {
    const path = repository({ 'a/Dockerfile': DOCKERFILE, 'b/Dockerfile': DOCKERFILE, 'c/Dockerfile': DOCKERFILE });
    const { code } = await run([...only, 'a', 'b'], { cwd: path });
    expect(code).toBe(0);
    expect(git(path, 'diff', '--name-only', 'main')).toBe('a/Dockerfile\nb/Dockerfile\n');
  });
});

describe.concurrent('several paths', () => {
  test('one that is bad stops no other', async () => {
    const good = repository();
    const { code, out, err } = await run([...only, join(place, 'nowhere'), good]);
    expect(code).toBe(2);
    expect(err).toContain('nowhere');
    expect(out).toContain(good);
    expect(git(good, 'rev-parse', '--verify', '-q', 'pyvenv-fix')).toMatch(/^\w{40}\n$/);
  });
});

describe.concurrent('choosing', () => {
  test('--only and --skip', async () => {
    const path = repository();
    expect((await run(['--check', '--only', ID, '--skip', ID], { cwd: path })).code).toBe(0);
    const wrong = await run(['--only', 'activate-to-evn'], { cwd: path });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain(`Did you mean ${ID}?`);
  });

  const two = { 'a/Dockerfile': DOCKERFILE, 'b/Dockerfile': DOCKERFILE };

  test.each([
    ['y\nn\n', ['a/Dockerfile']],
    ['n\ny\n', ['b/Dockerfile']],
    ['a\n', ['a/Dockerfile', 'b/Dockerfile']],
    ['d\n', []],
    ['q\n', []],
    ['?\nwhat\ny\nq\n', ['a/Dockerfile']],
    ['', []],
  ])('--interactive: %j', async (input, changed) => {
    const path = repository(two);
    const { code, err } = await run([...only, '--interactive', '--no-branch'], { cwd: path, input });
    expect(code).toBe(0);
    expect(err).toContain('Apply this fix [y,n,q,a,d,?]?');
    expect(err).toContain('+');
    expect(git(path, 'diff', '--name-only').split('\n').filter(Boolean)).toEqual(changed);
  });

  test('--interactive without a choice says so', async () => {
    const args = [...only, '--interactive', '--no-branch'];
    const { out } = await run(args, { cwd: repository(two), input: 'n\nn\n' });
    expect(out).toContain('none of the 2 fixes was chosen.');
    expect((await run(args, { cwd: repository(), input: 'q\n' })).out).toContain('the one fix was not chosen.');
  });

  test('--interactive needs a person', async () => {
    const { code, err } = await run(['--interactive'], { cwd: repository(), env: { CI: 'true' } });
    expect(code).toBe(2);
    expect(err).toContain('CI is set');
  });
});

test('a folder that is named is no test data, whatever stands above it', async () => {
  const path = repository({ 'fixtures/app/Dockerfile': DOCKERFILE, 'fixtures/app/app.py': '' });
  expect((await run(['--dry-run', 'fixtures/app'], { cwd: path })).out).toContain('+ENV VIRTUAL_ENV=/opt/venv');
  expect((await run(['--dry-run'], { cwd: path })).out).toBe('');
});

test('what other test data says of an environment is not about the folder of test data that is named', async () => {
  const path = repository({
    'fixtures/app/Dockerfile':
      'FROM python:3.12-slim\nWORKDIR /app\nCOPY own.py .\nCOPY . .\nCMD ["python", "own.py"]\n',
    'fixtures/app/own.py': '',
    'fixtures/app/requirements.txt': 'flask==3.0.0\n',
    'fixtures/other/compose.yaml': 'services: {a: {image: x, command: /app/.venv/bin/python}}\n',
  });
  const { out, err } = await run(['--dry-run', 'fixtures/app'], { cwd: path });
  expect(out).toContain('+.venv');
  expect(err).not.toContain('fixtures/other');
});

describe.concurrent('nothing was done: the report says which nothing', () => {
  const dryRun = async (files: Record<string, string>, ...args: string[]) => {
    const { out, err, code } = await run(['--format', 'text', '--dry-run', ...args], { cwd: repository(files) });
    return { said: out.split('\n', 1)[0], err, code };
  };
  const config = (text: string) => ({ Dockerfile: DOCKERFILE, 'pyvenv-fix.config.json': text });

  test.each([
    [{ 'README.md': 'x' }, [], '.: there is no Dockerfile and no compose file here.'],
    [
      { Dockerfile: DOCKERFILE, 'docs/a.md': 'x' },
      ['docs'],
      'docs: there is no Dockerfile and no compose file at this path.',
    ],
    [config('{"include":["svc/**"]}'), [], '.: include does not match the one Dockerfile or compose file here.'],
    [config('{"exclude":["*"]}'), [], '.: exclude leaves out the one Dockerfile or compose file here.'],
    [{ Dockerfile: 'FROM scratch\n' }, [], '.: nothing to fix.'],
  ])('%j %j', async (files, args, line) => {
    expect(await dryRun(files, ...args)).toMatchObject({ code: 0, said: line });
    const plain = await run(['--dry-run', ...args], { cwd: repository(files) });
    expect(plain).toMatchObject({ code: 0, out: '', err: `${line}\n` });
    expect((await run(['--dry-run', '--quiet', ...args], { cwd: repository(files) })).err).toBe('');
  });

  test.each([
    'pyvenv-fix.config.js',
    '.pyvenv-fix.yaml',
    'pyvenv-fix.json',
    'pyvenv-fix.toml',
    'pyvenv-fix.config.mts',
  ])('%s is not read', async (name) => {
    const files = { Dockerfile: DOCKERFILE, [name]: 'x' };
    const { err } = await dryRun(files);
    expect(err).toContain(`${name} is not read as a configuration`);
    expect((await dryRun(files, '--no-config')).err).not.toContain('is not read');
  });
});

describe.concurrent('reports', () => {
  test('JSON keeps to its schema, and its edits make the diff', async () => {
    const path = repository({ 'a/Dockerfile': DOCKERFILE });
    const { code, out } = await run(['--dry-run', '--format', 'json', ...only, 'a'], { cwd: path });
    expect(code).toBe(0);
    const report = v.parse(reportSchema, JSON.parse(out));
    const [one] = report.repositories;
    expect(report.tool).toMatchObject({ name: 'pyvenv-fix', version });
    expect(one).toMatchObject({ path: 'a', outcome: 'changed', base: git(path, 'rev-parse', 'HEAD').trim() });
    expect(one?.diff).toBe((await run(['--dry-run', ...only, 'a'], { cwd: path })).out);
    const edits = one?.fixes.flatMap((fix) => fix.edits) ?? [];
    let text = DOCKERFILE;
    for (const { start, end, newText } of edits.toSorted((a, b) => b.start - a.start))
      text = text.slice(0, start) + newText + text.slice(end);
    await run(only, { cwd: path });
    expect(readFileSync(join(path, 'a/Dockerfile'), 'utf8')).toBe(text);
  });

  test('JSON tells of a run in place, and of a refused one', async () => {
    const path = repository();
    const done = v.parse(reportSchema, JSON.parse((await run([...only, '--format', 'json'], { cwd: path })).out));
    expect(done.repositories[0]).toMatchObject({ outcome: 'changed', branch: 'pyvenv-fix', written: true });
    expect(done.repositories[0]?.commits).toEqual([git(path, 'rev-parse', 'HEAD').trim()]);
    const { code, out } = await run(['--format', 'json', 'nowhere'], { cwd: path });
    expect(code).toBe(2);
    const refused = v.parse(reportSchema, JSON.parse(out));
    expect(refused.repositories[0]).toMatchObject({ path: 'nowhere', outcome: 'refused' });
    expect(refused.repositories[0]?.reason).toBeTruthy();
  });

  test('--output takes the report, stdout stays empty', async () => {
    const path = repository();
    const file = join(place, 'report.sarif');
    const { code, out } = await run(['--check', '--format', 'sarif', '--output', file, ...only], { cwd: path });
    expect([code, out]).toEqual([1, '']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: '2.1.0' });
    const wrong = await run(['--check', '--output', join(place, 'no/such/file')], { cwd: path });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('--output');
  });

  test('color comes when asked for, and only then', async () => {
    const path = repository();
    expect((await run(['--check', ...only], { cwd: path })).out).not.toContain(COLORS);
    expect((await run(['--check', '--color', ...only], { cwd: path })).out).toContain(COLORS);
  });

  test('control characters of the repository never come through', async () => {
    const name = 'x\x1b]0;title\x07\x1b[31m/Dockerfile';
    const path = repository({ [name]: DOCKERFILE.replace('app.py .', 'app.py \x1b[31m') });
    for (const format of ['text', 'json', 'ndjson', 'sarif', 'github', 'gitlab', 'markdown', 'html']) {
      const { out, err } = await run(['--check', '--format', format, ...only], { cwd: path });
      expect(out + err, format).not.toMatch(CONTROLS);
      expect(out, format).toContain('Dockerfile');
    }
  });

  test('a reader who leaves early is no error', async () => {
    const path = repository();
    const command = `"$0" "$1" --dry-run --only ${ID} | true; exit "\${PIPESTATUS[0]}"`;
    const code = await new Promise((done) => {
      execFile(
        'bash',
        ['-c', command, process.execPath, join(dist, 'pyvenv-fix.cjs')],
        { cwd: path, env: cleanEnv },
        (error, _, err) => {
          done([error?.code ?? 0, err]);
        },
      );
    });
    expect(code).toEqual([0, '']);
  });
});

describe.concurrent('configuration', () => {
  const config = 'pyvenv-fix.config.ts';

  test('is read, and the command line wins', async () => {
    const path = repository({
      Dockerfile: DOCKERFILE,
      [config]: `export default { only: ['ignore-venv'], branch: 'ours' };\n`,
    });
    expect((await run(['--check'], { cwd: path })).code).toBe(0);
    expect((await run(['--check', ...only], { cwd: path })).code).toBe(1);
    expect((await run(['--check', '--no-config'], { cwd: path })).code).toBe(1);
    await run(only, { cwd: path });
    expect(git(path, 'symbolic-ref', '--short', 'HEAD')).toBe('ours\n');
  });

  test('never runs: what would have to be run is an error at its place', async () => {
    const marker = join(place, 'ran');
    const text = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(marker)}, '');\nexport default {};\n`;
    const path = repository({ Dockerfile: DOCKERFILE, [config]: text });
    const { code, err } = await run(['--check'], { cwd: path });
    expect(code).toBe(2);
    expect(err).toContain(`${config}:1:1: `);
    expect(existsSync(marker)).toBe(false);
  });

  test('an unknown key is told with the nearest one, in every kind of file', async () => {
    const nearest = 'the nearest known one is "squash"';
    for (const [name, text] of [
      [config, 'export default { sqash: true };'],
      ['pyvenv-fix.config.json', '{ "sqash": true }'],
      ['pyproject.toml', '[tool.pyvenv-fix]\nsqash = true\n'],
    ] as const) {
      const { code, err } = await run(['--check'], { cwd: repository({ [name]: text }) });
      expect(code).toBe(2);
      expect(err).toMatch(new RegExp(`${name}:\\d+:\\d+: .*${nearest}`));
    }
  });

  test('each of several problems stands behind the name of the file as it is', async () => {
    const { err } = await run(['--check'], {
      cwd: repository({ 'pyvenv-fix.config.json': '{ "aa": 1, "squash": 2 }' }),
    });
    const places = err.match(/[Pp]yvenv-fix\.config\.json:1:/g);
    expect(places).toEqual(['pyvenv-fix.config.json:1:', 'pyvenv-fix.config.json:1:']);
  });

  test('two of them are an error, --config names one', async () => {
    const path = repository({
      Dockerfile: DOCKERFILE,
      'pyvenv-fix.config.json': `{"only":["${ID}"]}`,
      'pyproject.toml': '[tool.pyvenv-fix]\n',
    });
    expect((await run(['--check'], { cwd: path })).code).toBe(2);
    expect((await run(['--check', '--config', 'pyvenv-fix.config.json'], { cwd: path })).code).toBe(1);
    expect((await run(['--check', '--config', 'missing.json'], { cwd: path })).err).toContain('missing.json');
  });

  test('a link to a configuration outside is not followed', async () => {
    const path = repository();
    writeFileSync(join(place, 'outside.json'), '{"skip": 1}');
    symlinkSync(join(place, 'outside.json'), join(path, 'pyvenv-fix.config.json'));
    expect((await run(['--check', ...only], { cwd: path })).code).toBe(1);
  });

  test('init writes one that is valid, once', async () => {
    const path = repository();
    expect((await run(['init'], { cwd: path })).code).toBe(0);
    expect((await run(['--check', ...only], { cwd: path })).code).toBe(1);
    const again = await run(['init'], { cwd: path });
    expect(again.code).toBe(2);
    expect(again.err).toContain(config);
    const uncommented = readFileSync(join(path, config), 'utf8').replaceAll(/^ {2}\/\/ (\w+: )/gm, '  $1');
    expect(uncommented).toContain('\n  recommendedIgnores: false,');
    writeFileSync(join(path, config), uncommented);
    // its example looks at services/** only
    expect(await run(['--check', ...only], { cwd: path })).toMatchObject({ code: 0, err: '' });
    writeFileSync(join(path, config), uncommented.replace("'services/**'", "'**'"));
    expect((await run(['--check', ...only], { cwd: path })).code).toBe(1);
  });

  test('ts-morph is loaded for a TypeScript configuration only', async () => {
    const program = join(place, 'alone');
    cpSync(dist, program, { recursive: true });
    expect((await run(['--check', ...only], { cwd: repository(), program })).code).toBe(1);
    const configured = repository({ [config]: 'export default {};' });
    expect((await run(['--check'], { cwd: configured, program })).err).toContain('ts-morph');
    expect((await run(['--check'], { cwd: configured })).code).toBe(0);
  });
});

describe.concurrent('wrong use and help', () => {
  test.each([
    [['--dry-rnu'], '--dry-run'],
    [['--formt', 'json'], '--format'],
    [['--format', 'yaml'], 'ndjson'],
    [['--quiet', '--verbose'], '--verbose'],
    [['--no-branch', '--squash'], '--squash'],
    [['--branch'], '--branch'],
    [['--branch', ''], '--branch'],
    [['explain', 'activate-ot-env'], ID],
    [['explain', ID, 'more'], 'explain'],
    [['init', '--unknown'], '--unknown'],
  ])('%j', async (args, said) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/^\s+at /m);
  });

  test('--version and --help', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(await run(['--version', '--check'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    const options = [
      'dry-run',
      'check',
      'interactive',
      'unsafe',
      'only',
      'skip',
      'branch',
      'squash',
      'no-branch',
      'allow-dirty',
      'format',
      'output',
      'config',
      'no-config',
      'quiet',
      'verbose',
      'color',
      'no-color',
    ];
    for (const option of options) expect(out).toMatch(new RegExp(`^ +--${option}[ ,]`, 'm'));
    expect(out).toMatch(/^ +bulk [\s\S]*^ +worker /m);
    expect(out).not.toMatch(/doctor|relocate/);
  });

  test('explain tells a finding: what it means, how to see it, what to write', async () => {
    for (const asked of ['activation-ends', `${ID}/activation-ends`]) {
      const { code, out } = await run(['explain', asked]);
      expect(code).toBe(0);
      expect(out).toMatch(
        /^activation-ends \(fragile\): .+\n\n[\s\S]+\n\nSee it yourself:\n {2}docker .+\n\nWrite:\n {2}.+\n$/,
      );
    }
  });

  test('explain lists the transforms, and tells one', async () => {
    expect((await run(['explain'])).out).toMatch(new RegExp(`^ +${ID} `, 'm'));
    const { code, out } = await run(['explain', ID]);
    expect(code).toBe(0);
    expect(out).toContain(ID);
  });

  test('an unreadable repository is refused, with the way out', async () => {
    const path = join(folder({}), 'file');
    writeFileSync(path, '');
    chmodSync(path, 0);
    const { code, err } = await run([join(path, 'below')]);
    expect(code).toBe(2);
    expect(err).toMatch(/error: .*below: there is nothing at this path/);
  });
});
