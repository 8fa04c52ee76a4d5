// Switches off each guard and each refusal in turn, and lists those that no case misses: npm run mutants [-- [--cases TEXT] PATH...].
// `--cases`: only cases whose name has the text are tried, for a quick look at new ones.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { build } from 'esbuild';
import { conditionsOf, instrumented } from './mutantConditions.mjs';

/** What is switched off: the guard, the loop, and all that decides whether a transform holds back. */
const AREAS = [
  'src/fix/guard.ts',
  'src/fix/loop.ts',
  'src/fix/endless.ts',
  'src/fix/suppressions.ts',
  'src/fix/held.ts',
  'src/fix/ignoreChange.ts',
  'src/facts/compare/',
  'src/facts/shell/',
  'src/facts/commandForm.ts',
  'src/facts/copies/',
  'src/facts/builds/',
  'src/facts/hostEnvironments/',
  'src/facts/onPath/',
  'src/facts/outsideStarts.ts',
  'src/facts/starts/',
  'src/facts/ignoreFile/',
  'src/facts/runsPython.ts',
  'transforms/',
];
/** A condition that is switched off may leave a loop without an end. */
const LONGEST = 20_000;
const WORKERS = 2;
const EXCUSES = 'scripts/mutants.json';

if (isMainThread) await main(parseArgs({ options: { cases: { type: 'string' } }, allowPositionals: true }));
else await work(workerData);

async function main({ values: { cases }, positionals: only }) {
  process.chdir(fileURLToPath(new URL('..', import.meta.url)));
  mkdirSync('node_modules/.cache', { recursive: true });
  const folder = mkdtempSync('node_modules/.cache/mutants-');
  try {
    const { outfile, conditions } = await bundle(folder);
    const wanted = conditions.filter(({ path }) => only.length === 0 || only.some((part) => path.startsWith(part)));
    const next = queue(wanted.map(({ id }) => id));
    const found = new Map();
    await Promise.all(Array.from({ length: WORKERS }, () => supervise({ outfile, named: cases ?? '' }, next, found)));
    process.exitCode = report(wanted, found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function queue(ids) {
  return () => ids.shift();
}

/** All cases and all that they run, every condition behind a switch. */
async function bundle(folder) {
  const conditions = [];
  const outfile = resolve(folder, 'cases.mjs');
  const plugin = {
    name: 'switches',
    setup(b) {
      b.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const own = relative('.', path);
        if (!AREAS.some((area) => own.startsWith(area))) return undefined;
        const text = readFileSync(path, 'utf8');
        const here = conditionsOf(own, text).map((one, n) => ({ ...one, id: `${own}:${n}` }));
        conditions.push(...here);
        return { contents: instrumented(text, here), loader: 'ts' };
      });
    },
  };
  await build({
    entryPoints: ['scripts/mutantCases.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
    plugins: [plugin],
  });
  conditions.sort((a, b) => a.path.localeCompare(b.path) || a.start - b.start);
  return { outfile, conditions };
}

/** Gives a worker one condition after another; one that does not end is stopped, and that is an answer too. */
async function supervise(what, next, found) {
  let id = next();
  while (id !== undefined) {
    const worker = new Worker(new URL(import.meta.url), { workerData: what });
    id = await new Promise((done, failed) => {
      let timer;
      const ask = (one) => {
        if (one === undefined) {
          void worker.terminate().then(() => done(undefined));
          return;
        }
        id = one;
        timer = setTimeout(() => {
          found.set(id, 'killed');
          void worker.terminate().then(() => done(next()));
        }, LONGEST);
        worker.postMessage(id);
      };
      worker.on('message', (message) => {
        if (message === 'ready') return ask(id);
        clearTimeout(timer);
        found.set(id, message);
        ask(next());
      });
      worker.on('error', failed);
    });
  }
}

/** In a worker: runs every case once to see what it meets, then those that meet a condition with that one switched off. */
async function work({ outfile, named }) {
  const switches = { off: undefined, met: undefined };
  globalThis.mutant = (id, isMet, value) => {
    if (!isMet) return value;
    switches.met?.add(id);
    return id === switches.off ? !value : value;
  };
  const { cases } = await import(outfile);
  const meets = new Map();
  for (const one of cases) {
    if (!one.name.includes(named)) continue;
    switches.met = new Set();
    const begun = performance.now();
    const wrong = one.wrong();
    if (wrong !== undefined) throw new Error(`${one.name} fails with nothing switched off: ${wrong}`);
    const took = performance.now() - begun;
    for (const id of switches.met) meets.set(id, [...(meets.get(id) ?? []), { ...one, took }]);
  }
  switches.met = undefined;
  const isMissed = (one) => {
    try {
      return one.wrong() !== undefined;
    } catch {
      return true;
    }
  };
  parentPort.on('message', (id) => {
    switches.off = id;
    const own = (meets.get(id) ?? []).sort((a, b) => a.took - b.took);
    parentPort.postMessage(own.length === 0 ? 'never met' : own.some(isMissed) ? 'killed' : 'survives');
    switches.off = undefined;
  });
  parentPort.postMessage('ready');
}

/** Returns the exit code: 1 where something is left that has no excuse. */
function report(conditions, found) {
  const excuses = JSON.parse(readFileSync(EXCUSES, 'utf8'));
  const used = new Set();
  const counts = { killed: 0, excused: 0, survives: 0, 'never met': 0 };
  for (const { id, path, line, text } of conditions) {
    const verdict = found.get(id);
    const excuse = excuses.find((e) => e.path === path && e.condition === text);
    if (excuse) used.add(excuse);
    if (verdict === 'killed') counts.killed++;
    else if (excuse) counts.excused++;
    else {
      counts[verdict]++;
      console.log(`${path}:${line}: ${verdict}: ${text}`);
    }
  }
  for (const e of excuses) {
    const isAsked = conditions.some(({ path }) => path === e.path);
    if (isAsked && !used.has(e)) console.log(`${EXCUSES}: ${e.path} has no condition ${e.condition}`);
  }
  const { killed, excused, survives, 'never met': never } = counts;
  console.log(
    `${conditions.length} condition${conditions.length === 1 ? '' : 's'}: ${killed} missed by some case, ${survives} by none, ${never} never met, ${excused} excused in ${EXCUSES}`,
  );
  return survives + never > 0 ? 1 : 0;
}
