// Compares a bulk run with a plain shell script over the same bare repositories: CPU with children at concurrency 1, wall time at the default.
//
//   node scripts/bulk-bench.mjs [REPOSITORIES [CHUNK]] [--job]      --job: the job alone, without the command line

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [count = 1000, chunk = count] = process.argv
  .slice(2)
  .filter((arg) => /^\d+$/.test(arg))
  .map(Number);
const isJob = process.argv.includes('--job');
const MOST_CPU = 1.15;
const top = mkdtempSync(join(tmpdir(), 'pyvenv-fix-bulk-bench-'));
const program = fileURLToPath(new URL('../dist/pyvenv-fix.cjs', import.meta.url));

const DOCKERFILE = (at) => `FROM python:3.${8 + (at % 5)}-slim
WORKDIR /app
COPY . .
RUN python -m venv /opt/venv
RUN . /opt/venv/bin/activate && pip install -r requirements.txt
CMD . /opt/venv/bin/activate && exec python app.py
`;

/** As a person would do it: clone, branch, edit, commit, push. */
const SCRIPT = `cd "$1" || exit 1
while read -r url; do
  git clone -q --depth=1 "$url" work && cd work || exit 1
  git checkout -q -b pyvenv-fix
  sed -i -e 's|^RUN \\. /opt/venv/bin/activate \\&\\& |ENV PATH=/opt/venv/bin:$PATH\\nRUN |' -e 's|^CMD .*|CMD ["python", "app.py"]|' Dockerfile
  git commit -q -am 'Activate the environment by ENV' && git push -q origin pyvenv-fix || exit 1
  cd .. && rm -rf work
done < "$2"
`;

/** One bare repository of 84 files and 20 commits, as one pack. */
function makeRepository(path, at) {
  const parts = [];
  const file = (name, text) => parts.push(`M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
  for (let commit = 0; commit < 20; commit++) {
    const message = `Commit ${commit}\n`;
    parts.push('commit refs/heads/main\n');
    parts.push(`committer Ada <ada@example.org> ${1_700_000_000 + at * 100 + commit} +0000\n`);
    parts.push(`data ${message.length}\n${message}\n`);
    if (commit === 0) {
      file('Dockerfile', DOCKERFILE(at));
      file('requirements.txt', 'flask\n');
      file('app.py', `print(${at})\n`);
      for (let n = 0; n < 81; n++) {
        const lines = Array.from(
          { length: 40 },
          (_, line) => `value_${line} = ${(at * 7919 + n * 104_729 + line) % 99_991}`,
        );
        file(`src/package${n % 9}/module${n}.py`, `${lines.join('\n')}\n`);
      }
    } else file(`src/package0/module${9 * (commit % 9)}.py`, `changed = ${commit}\n`);
  }
  const run = (args, input) => {
    const { status, stderr } = spawnSync('git', args, {
      input,
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    });
    if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  };
  run(['init', '-q', '--bare', '-b', 'main', path]);
  run(['--git-dir', path, 'fast-import', '--quiet'], parts.join(''));
}

/** CPU and wall seconds of one command, its children counted: the shell's `times` knows them. */
function measure(command, env) {
  const began = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(
    '/bin/bash',
    ['-c', '"$@" >&2; code=$?; times; exit $code', 'bash', ...command],
    {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 1024 ** 3,
    },
  );
  const wall = Number(process.hrtime.bigint() - began) / 1e9;
  if (status !== 0) throw new Error(`exit code ${status}: ${command.slice(0, 4).join(' ')}\n${stderr.slice(-2000)}`);
  const [, children = ''] = stdout.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, s]) => Number(minutes) * 60 + Number(s));
  return { cpu: seconds.reduce((sum, one) => sum + one, 0), wall };
}

async function bundleJob() {
  const outfile = fileURLToPath(new URL(`../node_modules/.cache/bulk-bench-${process.pid}.mjs`, import.meta.url));
  mkdirSync(join(outfile, '..'), { recursive: true });
  const entry = fileURLToPath(new URL('bulk-job.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external' });
  return outfile;
}

const env = {
  HOME: top,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Bench',
  GIT_AUTHOR_EMAIL: 'bench@example.org',
  GIT_COMMITTER_NAME: 'Bench',
  GIT_COMMITTER_EMAIL: 'bench@example.org',
};
const bundle = isJob ? await bundleJob() : undefined;

function ours(list, journal, concurrency) {
  const flags = concurrency === undefined ? [] : ['--concurrency', String(concurrency)];
  if (bundle) return [process.execPath, bundle, list, ...(concurrency === undefined ? [] : [String(concurrency)])];
  return [process.execPath, program, 'bulk', 'apply', list, '--journal', journal, ...flags];
}

try {
  const sums = { script: { cpu: 0, wall: 0 }, serial: { cpu: 0, wall: 0 }, parallel: { cpu: 0, wall: 0 } };
  for (let at = 0; at < count; at += chunk) {
    const numbers = Array.from({ length: Math.min(chunk, count - at) }, (_, n) => at + n);
    for (const number of numbers) makeRepository(join(top, 'made', `r${number}.git`), number);
    const ways = [
      ['script', (list, work) => ['/bin/bash', '-c', SCRIPT, 'bash', work, list]],
      ['serial', (list, work) => ours(list, join(work, 'journal'), 1)],
      ['parallel', (list, work) => ours(list, join(work, 'journal'))],
    ];
    // Each goes first in turn.
    for (let n = 0; n < (at / chunk) % ways.length; n++) ways.push(ways.shift());
    for (const [name, command] of ways) {
      const work = join(top, `${name}-${at}`);
      cpSync(join(top, 'made'), join(work, 'origins'), { recursive: true });
      const list = join(work, 'list');
      writeFileSync(list, numbers.map((number) => `file://${join(work, 'origins', `r${number}.git`)}\n`).join(''));
      const { cpu, wall } = measure(command(list, work), env);
      sums[name].cpu += cpu;
      sums[name].wall += wall;
      const last = join(work, 'origins', `r${numbers.at(-1)}.git`);
      const { status } = spawnSync('git', ['--git-dir', last, 'rev-parse', '--verify', '-q', 'refs/heads/pyvenv-fix']);
      if (status !== 0) throw new Error(`${name} made no branch in ${last}`);
      rmSync(work, { recursive: true, force: true });
    }
    rmSync(join(top, 'made'), { recursive: true, force: true });
  }
  const line = (name, { cpu, wall }) => {
    const each = (seconds) => `${((1000 * seconds) / count).toFixed(1).padStart(7)} ms`;
    const ratio = (one, other) => `${(one / other).toFixed(2)} x`;
    const against = `${ratio(cpu, sums.script.cpu)} CPU, ${ratio(wall, sums.script.wall)} wall`;
    console.log(`${name.padEnd(28)} ${each(cpu)} CPU  ${each(wall)} wall   ${against}`);
  };
  console.log(`${count} repositories in chunks of ${chunk}`);
  line('script', sums.script);
  line('bulk, concurrency 1', sums.serial);
  line('bulk, default concurrency', sums.parallel);
  if (sums.serial.cpu > MOST_CPU * sums.script.cpu || sums.parallel.wall > sums.script.wall) {
    console.log(`TOO MUCH: at most ${MOST_CPU} x CPU at concurrency 1, and less wall time at the default`);
    process.exitCode = 1;
  }
} finally {
  rmSync(top, { recursive: true, force: true });
  if (bundle) rmSync(bundle, { force: true });
}
