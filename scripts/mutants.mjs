// Switches off each guard and each refusal in turn, and lists those that no case misses: npm run mutants [-- [--cases TEXT] PATH...].
// `--cases`: only cases whose name has the text are tried, for a quick look at new ones.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
  'src/facts/onPath/',
  'src/facts/starts/',
  'src/facts/outsideStarts.ts',
  'src/facts/builds/',
  'transforms/',
  'src/facts/compare/',
  'src/facts/shell/',
  'src/facts/copies/',
  'src/facts/hostEnvironments/',
  'src/facts/ignoreFile/',
  'src/facts/runsPython.ts',
  'src/facts/commandForm.ts',
];
/** A condition that is switched off may leave a loop without an end: no case takes the whole process so many microseconds of CPU. */
const LONGEST = 20_000_000;
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
    const workers = await Promise.all(
      Array.from({ length: WORKERS }, (_, n) => begin({ outfile, named: cases ?? '', share: { n, of: WORKERS } })),
    );
    const meets = merged(workers.map(({ met }) => met));
    const told = teller(wanted);
    await Promise.all(workers.map((worker) => supervise(worker, { outfile, next: told.next, meets, tell: told.tell })));
    process.exitCode = told.total();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All cases and all that they run, every condition behind a switch. */
async function bundle(folder) {
  const conditions = [];
  const outfile = resolve(folder, 'cases.mjs');
  const plugin = {
    name: 'switches',
    setup(b) {
      // tests of facts are cases too
      b.onResolve({ filter: /^vitest$/ }, ({ importer }) =>
        importer.endsWith('.test.ts') ? { path: resolve('scripts/mutantTests.ts') } : undefined,
      );
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
    // where tests look for their files
    define: {
      'import.meta.url': JSON.stringify(pathToFileURL('test/cases.mjs').href),
      'import.meta.dirname': JSON.stringify(resolve('test')),
    },
    plugins: [plugin],
  });
  const area = ({ path }) => AREAS.findIndex((one) => path.startsWith(one));
  conditions.sort((a, b) => area(a) - area(b) || a.path.localeCompare(b.path) || a.start - b.start);
  return { outfile, conditions };
}

/** Starts a worker; with a `share` of the cases it runs those with nothing switched off and tells which conditions each meets. */
async function begin(data) {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL(import.meta.url), { workerData: { ...data, beats } });
  const met = await new Promise((done, failed) => thread.once('message', done).once('error', failed));
  return { thread, beats, met };
}

/** The cases that meet a condition, by its id, the quickest first. */
function merged(parts) {
  const meets = new Map();
  for (const { at, ids } of parts.flat().sort((a, b) => a.took - b.took)) {
    for (const id of ids) {
      if (!meets.has(id)) meets.set(id, []);
      meets.get(id).push(at);
    }
  }
  return meets;
}

/** Gives a worker one condition after another; one that does not end is stopped, and that is an answer too. */
async function supervise(worker, { outfile, next, meets, tell }) {
  let own = worker;
  for (let one = next(); one !== undefined; one = next()) {
    const verdict = await verdictOf(own, { id: one.id, order: meets.get(one.id) ?? [] });
    tell(one, verdict ?? 'killed');
    if (verdict === undefined) {
      await own.thread.terminate();
      own = await begin({ outfile });
    }
  }
  await own.thread.terminate();
}

/** What becomes of one condition, or undefined where a case does not end. */
function verdictOf({ thread, beats }, asked) {
  if (asked.order.length === 0) return Promise.resolve('never met');
  return new Promise((done, failed) => {
    let last = { beat: -1, cpu: 0 };
    const timer = setInterval(() => {
      const now = { beat: Atomics.load(beats, 0), cpu: process.cpuUsage().user };
      if (now.beat !== last.beat) last = now;
      else if (now.cpu - last.cpu > LONGEST) settle(undefined);
    }, 1_000);
    const settle = (verdict) => {
      clearInterval(timer);
      thread.off('message', settle).off('error', failed);
      done(verdict);
    };
    thread.on('message', settle).on('error', failed);
    thread.postMessage(asked);
  });
}

/** In a worker: the cases of its share once to see what they meet, then those that it is asked for, with one condition switched off. */
async function work({ outfile, named, share, beats }) {
  const switches = { off: undefined, met: undefined };
  globalThis.mutant = (id, isMet, value) => {
    if (!isMet) return value;
    switches.met?.add(id);
    return id === switches.off ? !value : value;
  };
  const { cases } = await import(outfile);
  const isMissed = (at) => {
    Atomics.add(beats, 0, 1);
    try {
      return cases[at].wrong() !== undefined;
    } catch {
      return true;
    }
  };
  parentPort.on('message', ({ id, order }) => {
    switches.off = id;
    parentPort.postMessage(order.some(isMissed) ? 'killed' : 'survives');
    switches.off = undefined;
  });
  parentPort.postMessage(share === undefined ? [] : Array.from(firstPass(cases, { named, share, switches })));
}

/** Runs a share of the cases with nothing switched off. */
function* firstPass(cases, { named, share, switches }) {
  for (const [at, { name, wrong }] of cases.entries()) {
    if (at % share.of !== share.n || !name.includes(named)) continue;
    switches.met = new Set();
    const begun = performance.now();
    const said = wrong();
    if (said !== undefined) throw new Error(`${name} fails with nothing switched off: ${said}`);
    yield { at, took: performance.now() - begun, ids: [...switches.met] };
  }
  switches.met = undefined;
}

/** Hands out the conditions that have no excuse, says what no case misses as soon as it is known, and the sums at the end. */
function teller(conditions) {
  const excuses = JSON.parse(readFileSync(EXCUSES, 'utf8'));
  const used = new Set();
  const counts = { killed: 0, survives: 0, 'never met': 0, excused: 0 };
  const open = conditions.filter(({ path, text }) => {
    const excuse = excuses.find((e) => e.path === path && e.condition === text);
    if (excuse === undefined) return true;
    used.add(excuse);
    counts.excused++;
    return false;
  });
  const tell = ({ path, line, text }, verdict) => {
    counts[verdict]++;
    if (verdict !== 'killed') console.log(`${path}:${line}: ${verdict}: ${text}`);
  };
  /** Returns the exit code: 1 where something is left that has no excuse. */
  const total = () => {
    for (const e of excuses) {
      const isAsked = conditions.some(({ path }) => path === e.path);
      if (isAsked && !used.has(e)) console.log(`${EXCUSES}: ${e.path} has no condition ${e.condition}`);
    }
    const { killed, survives, 'never met': never, excused } = counts;
    console.log(
      `${conditions.length} condition${conditions.length === 1 ? '' : 's'}: ${killed} missed by some case, ${survives} by none, ${never} never met, ${excused} excused in ${EXCUSES}`,
    );
    return survives + never > 0 ? 1 : 0;
  };
  return { next: () => open.shift(), tell, total };
}
