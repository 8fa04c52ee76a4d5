// Names the functions in which a run over many services spends its time: npm run profile [-- SERVICES] [--compose].

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { mixedFiles, repository } from '../bench/mixed.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const MOST_LINES = 40;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { compose: { type: 'boolean' } } });
const folder = mkdtempSync(join(tmpdir(), 'pyvenv-fix-profile-'));
const bundle = 'node_modules/.cache/profile.cjs';

/** Shares of the time, by function: in it alone, and with what it calls (a function that calls itself counts once). */
function shares({ nodes, samples, timeDeltas }) {
  const above = new Map();
  const names = new Map();
  for (const { id, callFrame, children = [] } of nodes) {
    names.set(id, callFrame.functionName || `(line ${callFrame.lineNumber + 1})`);
    for (const child of children) above.set(child, id);
  }
  const own = new Map();
  const all = new Map();
  const add = (map, name, time) => map.set(name, (map.get(name) ?? 0) + time);
  for (const [n, id] of samples.entries()) {
    add(own, names.get(id), timeDeltas[n]);
    const chain = new Set();
    for (let at = id; at !== undefined; at = above.get(at)) chain.add(names.get(at));
    for (const name of chain) add(all, name, timeDeltas[n]);
  }
  return { own, all, whole: timeDeltas.reduce((sum, one) => sum + one, 0) };
}

function print(title, map, whole) {
  console.log(`\n${title}`);
  const sorted = [...map].sort(([, one], [, other]) => other - one).slice(0, MOST_LINES);
  for (const [name, time] of sorted) console.log(`${((100 * time) / whole).toFixed(1).padStart(6)} %  ${name}`);
}

try {
  mkdirSync('node_modules/.cache', { recursive: true });
  await build({
    entryPoints: ['bin/pyvenv-fix.ts'],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    supported: { 'dynamic-import': false },
    external: ['ts-morph', '@octokit/core', '@gitbeaker/rest', 'gitea-js', 'bullmq', 'ioredis', 'undici'],
  });
  const services = Number(positionals[0] ?? 200);
  const many = repository(join(folder, 'many'), mixedFiles(services, { compose: values.compose }));
  const profiles = join(folder, 'profiles');
  const args = ['--cpu-prof', '--cpu-prof-dir', profiles, bundle, '--dry-run', '--no-config', many];
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`the run ended with exit code ${status}`);
  const [name] = readdirSync(profiles);
  const { own, all, whole } = shares(JSON.parse(readFileSync(join(profiles, name), 'utf8')));
  print(`In the function itself, of ${services} services:`, own, whole);
  print('With all that it calls:', all, whole);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(bundle, { force: true });
}
