// Prints what starts and runs cost, as ratios to `node -e 0` in CPU time: wall time depends on who else is working.
// npm run bench [-- --rounds N] [--growth 100,1000,4000] [--compose 25,100,200] [--write]; `--write` keeps the table in bench/README.md.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mixedFiles, repository } from '../bench/mixed.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    growth: { type: 'string', default: '100,1000,4000' },
    compose: { type: 'string', default: '25,100,200' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const sizes = (text) => text.split(',').filter(Boolean).map(Number);
const program = fileURLToPath(new URL('../dist/pyvenv-fix.cjs', import.meta.url));
const page = fileURLToPath(new URL('../bench/README.md', import.meta.url));
const memoryOf = fileURLToPath(new URL('../bench/memory.cjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pyvenv-fix-bench-'));
const peak = join(folder, 'peak');

/** CPU milliseconds of one node command, its children counted: the shell's `times` knows them. */
function cpu(args, env = {}) {
  const script = '"$@" >/dev/null 2>&1; code=$?; times; exit $code';
  const { status, stdout } = spawnSync('/bin/bash', ['-c', script, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`exit code ${status}: ${args.join(' ')}`);
  const [, children = ''] = stdout.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return 1000 * seconds.reduce((sum, one) => sum + one, 0);
}

/** The least of some runs, and of as many runs of `node -e 0` between them: both see the same load. */
function compare(args, times) {
  let least = Number.POSITIVE_INFINITY;
  let base = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round++) {
    for (let n = 0; n < (times < 3 ? 5 : 1); n++) base = Math.min(base, cpu(['-e', '0']));
    least = Math.min(least, cpu(args));
  }
  return { least, ratio: least / base };
}

/** Most memory that a run held at once, in MiB. */
function memory(args) {
  cpu(args, { NODE_OPTIONS: `--require=${memoryOf}`, PYVENV_FIX_BENCH_PEAK: peak });
  return Number(readFileSync(peak, 'utf8')) / 1024;
}

const lines = [];
function row(name, { least, ratio }, { most, more = '' } = {}) {
  const isTooMuch = most !== undefined && ratio > most;
  const limit = most === undefined ? '' : `at most ${most}${isTooMuch ? ': TOO MUCH' : ''}`;
  const cells = [name, least.toFixed(0), ratio.toFixed(2), [limit, more].filter(Boolean).join('; ')];
  lines.push(`| ${cells.join(' | ')} |`);
  console.log(
    `${name.padEnd(34)} ${cells[1].padStart(8)} ms CPU ${cells[2].padStart(8)} x node -e 0  ${cells[3]}`.trimEnd(),
  );
  if (isTooMuch) process.exitCode = 1;
}

/** Runs over ever more services; how much more each costs than the one before, and how much more there is of it. */
function growth(kind, counts, options) {
  let before;
  for (const count of counts) {
    const path = repository(join(folder, `${kind}${count}`.replace(/\W/g, '')), mixedFiles(count, options));
    const args = [program, '--dry-run', '--no-config', path];
    const found = compare(args, count > 1000 ? 1 : 2);
    const times =
      before && `${(found.least / before.least).toFixed(1)} times as much for ${count / before.count} times`;
    const more = [times, `${memory(args).toFixed(0)} MiB`].filter(Boolean).join('; ');
    row(`${count.toLocaleString('en')} ${kind}`, found, { more });
    before = { count, least: found.least };
  }
}

try {
  const one = repository(join(folder, 'one'), mixedFiles(1));
  row('--version', compare([program, '--version'], rounds), { most: 1.3 });
  row('--help', compare([program, '--help'], rounds));
  row('--dry-run, one Dockerfile', compare([program, '--dry-run', one], rounds), { most: 2.5 });
  growth('mixed Dockerfiles', sizes(values.growth));
  growth('folders with compose files', sizes(values.compose), { compose: true });
  if (values.write)
    writeFileSync(
      page,
      readFileSync(page, 'utf8').replace(
        /(\| run \|[^\n]*\n\|[^\n]*\n)(\|[^\n]*\n)*/,
        (_, head) => `${head}${lines.join('\n')}\n`,
      ),
    );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
