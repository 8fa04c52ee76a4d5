// Prints what a start and a run cost, as ratios to `node -e 0` in CPU time: wall time depends on who else is working.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/pyvenv-fix.cjs', import.meta.url));
const rounds = Number(process.argv[2] ?? 15);
const folder = mkdtempSync(join(tmpdir(), 'pyvenv-fix-bench-'));

/** CPU milliseconds of one node command, its children counted: the shell's `times` knows them. */
function cpu(args) {
  const script = '"$@" >/dev/null 2>&1; code=$?; times; exit $code';
  const { status, stdout } = spawnSync('/bin/bash', ['-c', script, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`exit code ${status}: ${args.join(' ')}`);
  const [, children = ''] = stdout.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return 1000 * seconds.reduce((sum, one) => sum + one, 0);
}

/** The least of some runs, and of as many runs of `node -e 0` between them: both see the same load. */
function compare(args, times = rounds) {
  let least = Number.POSITIVE_INFINITY;
  let base = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round++) {
    base = Math.min(base, cpu(['-e', '0']));
    least = Math.min(least, cpu(args));
  }
  return { least, ratio: least / base };
}

function repository(name, files) {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-qm', 'bench'],
  ]) {
    const { status } = spawnSync('git', args, { cwd: path });
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed`);
  }
  return path;
}

const DOCKERFILE = `FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN python -m venv /opt/venv
RUN . /opt/venv/bin/activate && pip install -r requirements.txt
CMD . /opt/venv/bin/activate && exec python app.py
`;

try {
  const one = repository('one', { Dockerfile: DOCKERFILE, 'requirements.txt': 'flask\n', 'app.py': '' });
  const services = Array.from({ length: 1000 }, (_, at) => [
    [`svc${at}/Dockerfile`, DOCKERFILE.replace('3.12', `3.${8 + (at % 6)}`).replaceAll('/opt/venv', `/opt/venv${at}`)],
    [`svc${at}/requirements.txt`, 'flask\n'],
  ]);
  const many = repository('many', Object.fromEntries(services.flat()));
  const rows = [
    ['--version', ['--version'], 1.3],
    ['--help', ['--help']],
    ['--dry-run, one Dockerfile', ['--dry-run', one], 2.5],
    ['--dry-run, 1,000 Dockerfiles', ['--dry-run', many]],
  ];
  for (const [name, args, most] of rows) {
    const { least, ratio } = compare([program, ...args], args.includes(many) ? 3 : rounds);
    const limit = most === undefined ? '' : `  (at most ${most}${ratio > most ? ': TOO MUCH' : ''})`;
    console.log(
      `${name.padEnd(30)} ${least.toFixed(0).padStart(7)} ms CPU  ${ratio.toFixed(2).padStart(6)} x node -e 0${limit}`,
    );
    if (most !== undefined && ratio > most) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
