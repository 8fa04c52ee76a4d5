// The pure parts of the proof: what is built, how it is read, how it is judged.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { factsOf } from '../src/facts/facts.ts';
import { gainOf, rerunOf } from '../src/facts/rebuild.ts';
import { findEngine } from '../src/io/engine/engine.ts';
import type { PathKind, Snapshot } from '../src/model.ts';
import { evidenceMarkdown } from '../src/report/evidence.ts';
import type { BuildProcessSeen, ProcessSeen, Proof, SideSeen } from '../src/report/proof.ts';
import { renderProofs } from '../src/report/proofText.ts';
import { refusalOf } from '../src/text/userError.ts';
import { BUILD_MARK, type BuildLog, readBuildLog } from '../src/verify/buildLog.ts';
import { instrumented, ownLine, withoutOurs, withoutSyntax } from '../src/verify/instrument.ts';
import { inventoryOfList, readInventory } from '../src/verify/inventory.ts';
import { judge } from '../src/verify/judge.ts';
import { PROBE_CONTEXT, PROBE_FOLDER } from '../src/verify/probe.ts';
import { commandName, processSeen } from '../src/verify/processes.ts';
import { planProof } from '../src/verify/proofPlan.ts';
import { remembered } from '../src/verify/remembered.ts';
import { type TarEntry, tarReader } from '../src/verify/tar.ts';

const OPTIONS = { buildArgs: new Map<string, string>(), changed: ['Dockerfile'] };

function snapshot(files: Readonly<Record<string, string>>): Snapshot {
  const paths = new Map<string, PathKind>(Object.keys(files).map((path) => [path, 'file']));
  return { paths, read: (path) => files[path] };
}

const facts = (files: Readonly<Record<string, string>>) => factsOf(snapshot(files), settingsOf({}));

describe('the engine', () => {
  const place = mkdtempSync(join(tmpdir(), 'verify-test-'));
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  /** A PATH on which these programs stand, each a few lines of shell. */
  function path(name: string, programs: Readonly<Record<string, string>>): { PATH: string } {
    const PATH = join(place, name);
    mkdirSync(PATH);
    for (const [program, lines] of Object.entries(programs)) {
      writeFileSync(join(PATH, program), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    }
    return { PATH };
  }

  const DEAD = 'echo "Cannot connect to the Docker daemon." >&2; exit 1';
  const PODMAN = 'case "$1" in --version) echo podman version 4.9.4;; version) echo 4.9.4;; *) exit 9;; esac';

  test.each([
    ['nothing', {}, 'neither docker nor podman was found'],
    ['silence', { docker: DEAD }, 'no engine answers (docker: Cannot connect to the Docker daemon.)'],
  ])('where there is %s, says what to install', async (name, programs, what) => {
    const refused = await findEngine(path(name, programs)).catch(refusalOf);
    expect(refused).toMatchObject({ what, next: expect.stringMatching(/Install Docker Engine .* or Podman/) });
  });

  test('is Podman where no Docker answers, and where docker is its other name', async () => {
    const beside = path('beside', { docker: DEAD, podman: PODMAN });
    expect(await findEngine(beside)).toMatchObject({ kind: 'podman', command: 'podman', version: '4.9.4' });
    const alias = path('alias', { docker: PODMAN });
    expect(await findEngine(alias)).toMatchObject({ kind: 'podman', command: 'docker' });
  });

  test('is a Docker with BuildKit only', async () => {
    const old = 'case "$1" in --version) echo Docker version 20;; version) echo 20.10;; *) exit 1;; esac';
    const refused = await findEngine(path('old', { docker: old })).catch(refusalOf);
    expect(refused).toMatchObject({ what: 'this docker has no buildx', next: expect.stringContaining('buildx') });
  });
});

const LOG = { path: 'Dockerfile', clean: withoutOurs('r1'), lineOf: (line: number) => line };

describe('the build log', () => {
  const log = `#5 [stage-0 1/4] FROM docker.io/library/python:3.12-slim
#5 CACHED
#7 [stage-0 2/4] WORKDIR /app
#7 CACHED
#8 [stage-0 3/4] RUN --mount=type=bind,from=${PROBE_CONTEXT},target=${PROBE_FOLDER} pip install six
#8 0.234 ${BUILD_MARK}{"argv": ["/v/bin/python", "/v/bin/pip", "install", "six"], "prefix": "/v", "environment": true}
#8 0.3 ${BUILD_MARK}{"argv":
#8 DONE 3.2s
#9 [stage-0 4/4] COPY . .
#9 DONE 0.1s
\x1b[31mERROR:\x1b[0m failed to build: no`;

  test('gives steps, what was cached, and the processes of RUN', () => {
    const reader = readBuildLog(LOG);
    for (const line of log.split('\n')) reader.line(line);
    const { steps, tail } = reader.done();
    const seen = { step: 'RUN pip install six', command: 'pip install six', prefix: '/v', inEnvironment: true };
    expect(steps).toEqual([
      { name: 'WORKDIR /app', cached: true, processes: [] },
      { name: 'RUN pip install six', cached: false, processes: [seen] },
      { name: 'COPY . .', cached: false, processes: [] },
    ]);
    expect(tail.at(-1)).toBe('ERROR: failed to build: no');
    expect(tail.join('')).not.toContain(BUILD_MARK);
  });

  test('of a build that failed has the step, what it said, and the error: all as in the Dockerfile of the repository', () => {
    const text = instrumented('FROM a\nWORKDIR /app\nFROM b\nRUN x \\\n && y\n', { run: 'r1', probe: false });
    const mount = ` --mount=type=bind,from=${PROBE_CONTEXT},target=${PROBE_FOLDER}`;
    const said = Array.from({ length: 60 }, (_, n) => `#8 0.${n} line ${n}`).join('\n');
    const failed = `#7 [context ${PROBE_CONTEXT}] load from client
#8 [stage-1 2/2] RUN${mount} x  && y
${said}
#8 0.61 ${BUILD_MARK}{"argv": []}
#8 0.62 error: no such thing
#8 ERROR: process "/bin/sh -c x  && y" did not complete successfully: exit code: 3
------
 > [stage-1 2/2] RUN${mount} x  && y:
0.62 error: no such thing
------
Dockerfile:6
--------------------
   5 |     ARG PYVENV_FIX_RUN=r1
   6 | >>> RUN x \\
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c x  && y" did not complete successfully: exit code: 3
`;
    const reader = readBuildLog({ ...LOG, path: 'docker/Dockerfile', lineOf: (line) => ownLine(text, line) });
    for (const line of failed.split('\n')) reader.line(line);
    const { tail } = reader.done();
    expect(tail[0]).toBe('docker/Dockerfile:4: RUN x  && y');
    expect(tail.slice(-3)).toEqual([
      'line 59',
      'error: no such thing',
      'ERROR: failed to build: failed to solve: process "/bin/sh -c x  && y" did not complete successfully: exit code: 3',
    ]);
    expect(tail.join('\n')).not.toMatch(/pyvenv/i);
  });

  test('of a Dockerfile that does not parse names its own line', () => {
    const reader = readBuildLog({ ...LOG, lineOf: (line) => line - 4 });
    const error = 'ERROR: failed to build: failed to solve: dockerfile parse error on line';
    for (const line of ['Dockerfile:8', '-----', '  8 | >>> FOO y', '-----', `${error} 8: unknown instruction: FOO`])
      reader.line(line);
    expect(reader.done().tail).toEqual(['Dockerfile:4:', `${error} 4: unknown instruction: FOO`]);
  });

  test('is read in the form of Podman too', () => {
    const podman = `[1/2] STEP 1/4: FROM python:3.12-slim AS b
[1/2] STEP 2/4: ARG PYVENV_FIX_RUN=1
--> 3f32dcb2adf
[1/2] STEP 3/4: WORKDIR /app
--> Using cache 2bead9cb94256e64ecf0272d7fc5a4f05732fcff54b99afc515c59a3ca7fa72d
--> 2bead9cb942
[1/2] STEP 4/4: RUN --mount=type=bind,from=${PROBE_CONTEXT},target=${PROBE_FOLDER} pip install six
${BUILD_MARK}{"argv": ["/v/bin/python", "/v/bin/pip", "install", "six"], "prefix": "/v", "environment": true}
#9 CACHED
--> 0da7eb365ea
[2/2] STEP 1/2: FROM 0da7eb365eaa96fbf70045dfe30582fa479310133a70b6bb5b977506c30181ee
[2/2] STEP 2/2: COPY --from=b /app /x
Error: no`;
    const reader = readBuildLog(LOG);
    for (const line of podman.split('\n')) reader.line(line);
    const { steps, tail } = reader.done();
    const seen = { step: 'RUN pip install six', command: 'pip install six', prefix: '/v', inEnvironment: true };
    expect(steps).toEqual([
      { name: 'WORKDIR /app', cached: true, processes: [] },
      { name: 'RUN pip install six', cached: false, processes: [seen] },
      { name: 'COPY --from=b /app /x', cached: false, processes: [] },
    ]);
    expect(tail.at(-1)).toBe('Error: no');
    expect(tail.join('')).not.toContain(BUILD_MARK);
  });
});

test('a step from the cache has the processes of the same step under the same lines, never those of its words elsewhere', () => {
  const ran = new Map<string, readonly BuildProcessSeen[]>();
  const name = 'RUN pip install   six';
  const seen = (prefix: string) => [{ step: name, command: 'pip', prefix, inEnvironment: prefix !== '/usr' }];
  const log = (cached: boolean, prefix?: string): BuildLog => ({
    steps: [{ name, cached, processes: prefix === undefined ? [] : seen(prefix) }],
    tail: [],
  });
  const plan = (env: string) => ({
    text: `FROM a\n${env}RUN pip install \\\n  six\nCMD x\n`,
    args: new Map<string, string>(),
  });
  const told = (of: BuildLog, env: string) => remembered(of, plan(env), ran).steps[0]?.processes;
  expect(told(log(false, '/usr'), '')).toEqual(seen('/usr'));
  expect(told(log(true), 'LABEL a=b\n')).toEqual(seen('/usr'));
  told(log(false, '/venv'), 'ENV PATH=/venv/bin\n');
  expect(told(log(true), '')).toEqual(seen('/usr'));
  expect(told(log(true), 'ENV PATH=/venv/bin\n')).toEqual(seen('/venv'));
  expect(told(log(true), 'LABEL a=b\n')).toEqual([]);
});

describe('the instrumented Dockerfile', () => {
  test('has the probe in every RUN and its arguments below every FROM, and nothing else differs', () => {
    const text =
      'FROM a AS b\r\nRUN \\\r\n  x && y\r\nrun ["z"]\r\nCOPY . .\r\nFROM b\r\nRUN --mount=type=cache,target=/c q\r\n';
    const cache = ',id=r1/c';
    const made = instrumented(text, { run: 'r1', probe: true });
    const added = `\nARG PYTHONPATH=${PROBE_FOLDER}\nARG PYVENV_FIX_RUN=r1`;
    const mount = ` --mount=type=bind,from=${PROBE_CONTEXT},target=${PROBE_FOLDER}`;
    expect(made.replaceAll(added, '').replaceAll(mount, '').replaceAll(cache, '')).toBe(text);
    expect(made).toContain(`target=/c${cache} q`);
    expect(made.split(mount).length - 1).toBe(3);
    expect(made.split(added).length - 1).toBe(2);
    expect(withoutOurs('r1')(`RUN${mount} --mount=type=cache,target=/c,id=r1/c x`)).toBe(
      'RUN --mount=type=cache,target=/c x',
    );
  });

  test('keeps cache mounts apart from those of other builds, also without the probe', () => {
    const text = 'FROM a\nRUN --mount=type=cache,id=pip,target=/c \\\n --mount="type=cache,dst=/d" x\n';
    const bare = instrumented(text, { run: 'r1', probe: false });
    expect(bare).toBe(
      'FROM a\nARG PYVENV_FIX_RUN=r1\nRUN --mount=type=cache,id=pip,target=/c,id=r1pip \\\n --mount="type=cache,dst=/d",id=r1/d x\n',
    );
  });

  test('goes before every PYTHONPATH that the file sets', () => {
    const made = instrumented('FROM a\nARG PYTHONPATH=/b\nARG PYTHONPATH\nENV PYTHONPATH="/x" A=b\n', {
      run: 'r',
      probe: true,
    });
    const own = PROBE_FOLDER;
    expect(made.split('\n').slice(3)).toEqual([
      `ARG PYTHONPATH=${own}:/b`,
      `ARG PYTHONPATH=${own}`,
      `ENV PYTHONPATH=${own}:"/x" A=b`,
      '',
    ]);
  });

  test('stays as it is where it cannot be read', () => {
    expect(instrumented('RUN <<E\nx\n', { run: 'r', probe: true })).toBe('RUN <<E\nx\n');
  });

  test('loses its frontend where that cannot be fetched', () => {
    expect(withoutSyntax('# syntax=docker/dockerfile:1\nFROM a\n')).toBe('# was: syntax=docker/dockerfile:1\nFROM a\n');
  });
});

describe('the tar reader', () => {
  const header = (path: string, size: number, type: string): Buffer => {
    const block = Buffer.alloc(512);
    block.write(path, 0, 'latin1');
    block.write('0000755\0', 100, 'latin1');
    block.write('0001750\0', 108, 'latin1');
    block.write('0000012\0', 116, 'latin1');
    if (type === '2') block.write('../target', 157, 'latin1');
    block.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    block.write(type, 156, 'latin1');
    block.write('ustar', 257, 'latin1');
    return block;
  };
  const padded = (text: string): Buffer => {
    const bytes = Buffer.alloc(Math.ceil(text.length / 512) * 512);
    bytes.write(text, 0, 'latin1');
    return bytes;
  };
  const long = `${'d/'.repeat(120)}f.json`;
  const record = (text: string): string => {
    for (let length = text.length; ; length++)
      if (`${length} ${text}\n`.length === length) return `${length} ${text}\n`;
  };
  const pax = record(`path=${long}`);
  const archive = Buffer.concat([
    header('./a/', 0, '5'),
    header('a/b.json', 600, '0'),
    padded('x'.repeat(600)),
    header('././@LongLink', long.length + 1, 'L'),
    padded(`${long}\0`),
    header('cut', 2, '0'),
    padded('{}'),
    header('pax', pax.length, 'x'),
    padded(pax),
    header('cut', 2, '0'),
    padded('[]'),
    header('link', 0, '2'),
    Buffer.alloc(1024),
  ]);
  const own = { uid: 1000, gid: 10 };
  const file = { ...own, kind: 'file', mode: 0o100755 } as const;
  const expected: TarEntry[] = [
    { ...own, path: 'a', kind: 'folder', size: 0, mode: 0o40755 },
    { ...file, path: 'a/b.json', size: 600, text: 'x'.repeat(600) },
    { ...file, path: long, size: 2, text: '{}' },
    { ...file, path: long, size: 2, text: '[]' },
    { ...own, path: 'link', kind: 'link', size: 0, mode: 0o120755, content: '../target' },
  ];

  test.each([1, 7, 511, 512, 513, 100_000])('takes pieces of %i bytes', (size) => {
    const entries: TarEntry[] = [];
    const read = tarReader({ wants: (path) => path.endsWith('.json'), entry: (entry) => entries.push(entry) });
    for (let at = 0; at < archive.length; at += size) read(archive.subarray(at, at + size));
    expect(entries).toEqual(expected);
  });

  test('ends quietly on what is no tar', () => {
    const entries: TarEntry[] = [];
    const read = tarReader({ wants: () => true, entry: (entry) => entries.push(entry) });
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 37 + 11) % 251));
    expect(() => read(noise)).not.toThrow();
  });
});

test('the inventory tells environments, the system and planted ones apart', () => {
  const paths = [
    'opt/venv/pyvenv.cfg',
    'opt/venv/lib/python3.12/site-packages/Six-1.17.0.dist-info',
    'usr/lib/python3/dist-packages/python_debian-0.1.egg-info',
    'app/.venv/pyvenv.cfg',
    'app/.venv/pyvenv-fix-planted',
    'app/.venv/lib/python3.12/site-packages/pyvenv_fix_planted-1.0.dist-info',
  ];
  const wanted = {
    environments: [
      { path: '', packages: ['python-debian'], versions: { 'python-debian': '0.1' } },
      { path: '/opt/venv', packages: ['six'], versions: { six: '1.17.0' } },
    ],
    leaks: ['/app/.venv'],
  };
  const inventory = readInventory();
  for (const path of paths) inventory.entry({ path, kind: 'file', size: 0, mode: 0o100644, uid: 0, gid: 5 });
  expect(inventory.done()).toMatchObject(wanted);
  const tree: Record<string, unknown[]> = {};
  for (const path of paths) {
    const slash = path.lastIndexOf('/');
    const folder = `/${path.slice(0, slash)}`;
    tree[folder] = [...(tree[folder] ?? []), [path.slice(slash + 1), 0o100644, 0, 5, 0, null]];
  }
  const told = { '/var/lib/dpkg/status': 'Package: a\nStatus: install ok installed\nVersion: 1\n\nPackage: b\n' };
  tree['/var/lib/dpkg'] = [['status', 0o100644, 0, 0, 9, 'c0ffee00']];
  const read = inventoryOfList(JSON.stringify({ tree, told, missing: { 'libpq.so.5': '/x.so' } }));
  expect(read).toMatchObject(wanted);
  expect([...(read?.packages ?? [])]).toEqual([
    ['a', '1'],
    ['b', ''],
  ]);
  expect([...(read?.missing ?? [])]).toEqual([['libpq.so.5', '/x.so']]);
  expect(read?.files.get('/opt/venv/pyvenv.cfg')).toEqual({ mode: 0o100644, uid: 0, gid: 5, size: 0 });
  expect(inventoryOfList('{')).toBeUndefined();
});

test('a process has one name, whatever its interpreter and folder', () => {
  expect(commandName(['/v/bin/python', '/v/bin/gunicorn', 'app:app'])).toBe('gunicorn app:app');
  expect(commandName(['gunicorn', 'app:app'])).toBe('gunicorn app:app');
  expect(commandName(['/usr/bin/python3.12', 'app.py'])).toBe('python app.py');
  expect(processSeen('[]')).toBeUndefined();
  expect(processSeen('{"prefix": 1}')).toBeUndefined();
});

const process = (own: Partial<ProcessSeen>): ProcessSeen => ({
  command: 'python app.py',
  prefix: '/opt/venv',
  executable: '/opt/venv/bin/python',
  inEnvironment: true,
  path: ['/opt/venv/bin'],
  packages: ['pip', 'six'],
  child: '/opt/venv',
  hostEnvironments: [],
  writesBytecode: true,
  buffered: true,
  ...own,
});

const started = (...processes: ProcessSeen[]) => ({ processes, ended: 'exit' as const, code: 0, said: [] });

const side = (own: Partial<SideSeen>): SideSeen => ({
  built: true,
  log: [],
  seconds: 1,
  environments: [{ path: '/opt/venv', packages: ['pip', 'six'] }],
  leaks: [],
  build: [],
  start: started(process({})),
  exec: started(process({ command: 'python -c pass' })),
  ...own,
});

describe('the judgement', () => {
  const base = new Set(['wheel', 'apt']);
  const system = { prefix: '/usr', inEnvironment: false, packages: ['pip', 'apt'], child: '/usr' };

  test.each<[string, SideSeen, SideSeen, string]>([
    ['nothing differs', side({}), side({ seconds: 9, bytes: 5 }), 'same'],
    ['a build is lost', side({}), side({ built: false }), 'worse'],
    ['a build is gained', side({ built: false }), side({}), 'better'],
    ['neither builds', side({ built: false }), side({ built: false }), 'cannot tell'],
    ['a start loses its environment', side({}), side({ start: started(process(system)) }), 'worse'],
    ['a start is no longer there', side({}), side({ start: started() }), 'worse'],
    [
      'docker exec gains the environment',
      side({ exec: started(process({ ...system, command: 'python -c pass' })) }),
      side({}),
      'better',
    ],
    ['a package is lost', side({}), side({ environments: [] }), 'worse'],
    ['a tool is lost', side({ environments: [{ path: '', packages: ['wheel', 'pip', 'six'] }] }), side({}), 'same'],
    ['a leak is closed', side({ leaks: ['/app/.venv'] }), side({}), 'better'],
    ['a leak is opened', side({}), side({ leaks: ['/app/.venv'] }), 'same'],
    [
      'fewer steps run again',
      side({ change: { file: 'a.py', run: ['COPY . .', 'RUN pip'], cached: 1, seconds: 1 } }),
      side({ change: { file: 'a.py', run: ['COPY . .'], cached: 2, seconds: 1 } }),
      'better',
    ],
    [
      'more steps run again',
      side({ change: { file: 'a.py', run: ['COPY . .'], cached: 1, seconds: 1 } }),
      side({ change: { file: 'a.py', run: ['COPY . .', 'RUN x'], cached: 1, seconds: 1 } }),
      'same',
    ],
    [
      'one thing is won and another lost',
      side({ leaks: ['/app/.venv'] }),
      side({ start: started(process(system)) }),
      'worse',
    ],
    ['a child loses the environment', side({}), side({ start: started(process({ child: '/usr' })) }), 'worse'],
  ])('%s', (_, before, after, verdict) => {
    const judged = judge(before, after, { base });
    expect(judged.verdict).toBe(verdict);
    if (verdict === 'worse' || verdict === 'better') expect(judged.reasons.length).toBeGreaterThan(0);
  });

  const TWO = { path: '/opt/two', packages: ['six'] };
  const VENV = { path: '/opt/venv', packages: ['pip', 'six'] };
  const ended = (how: 'exit' | 'time' | 'not started', code?: number, said = '') => ({
    processes: [],
    ended: how,
    ...(code === undefined ? {} : { code }),
    said: [said],
  });

  test.each<[string, Partial<SideSeen>, Partial<SideSeen>, string]>([
    ['the engine fails before', { built: false, untold: 'the engine has gone' }, {}, 'cannot tell'],
    ['the engine fails after', {}, { built: false, untold: 'the engine has gone' }, 'cannot tell'],
    ['the start was only not seen in time', {}, { start: ended('time') }, 'cannot tell'],
    ['the engine has gone at the start', {}, { start: ended('not started', 1, 'Cannot connect to x') }, 'cannot tell'],
    ['no start is seen in time', { start: ended('time') }, { start: ended('time') }, 'cannot tell'],
    ['unseen starts end differently', { start: ended('exit', 0) }, { start: ended('exit', 1) }, 'cannot tell'],
    [
      'a program is gone unseen',
      { start: ended('time') },
      { start: ended('not started', 127, 'x: not found') },
      'cannot tell',
    ],
    ['unseen starts end alike', { start: ended('exit', 3) }, { start: ended('exit', 3) }, 'same'],
    [
      'one of two environments loses a package',
      { environments: [VENV, TWO] },
      { environments: [VENV, { ...TWO, packages: [] }] },
      'worse',
    ],
    ['one of two environments is gone', { environments: [VENV, TWO] }, {}, 'cannot tell'],
    ['an environment has moved', { environments: [TWO] }, {}, 'same'],
    [
      'an environment has moved without a package',
      { environments: [{ ...TWO, packages: ['six', 'idna'] }] },
      {},
      'worse',
    ],
    [
      'a package has moved from the system',
      { environments: [VENV, { path: '', packages: ['idna'] }] },
      { environments: [{ ...VENV, packages: ['idna', 'six'] }] },
      'same',
    ],
    [
      'an environment loses what the base has too',
      { environments: [{ ...VENV, packages: ['apt', 'six'] }] },
      {},
      'worse',
    ],
    ['the system loses what the base has', { environments: [VENV, { path: '', packages: ['apt'] }] }, {}, 'same'],
    [
      'a process loses what the base has too',
      { environments: [{ ...VENV, packages: ['apt'] }], start: started(process({ packages: ['apt'] })) },
      { environments: [{ ...VENV, packages: ['apt'] }], start: started(process({ packages: [] })) },
      'worse',
    ],
    [
      'a step that is gone does not run again',
      { change: { file: 'a.py', run: ['COPY . .', 'RUN x'], cached: 1, seconds: 1 } },
      { change: { file: 'a.py', run: ['COPY . .'], cached: 1, seconds: 1 } },
      'same',
    ],
  ])('%s: no more is said than was seen', (_, before, after, verdict) => {
    const judged = judge(side(before), side(after), { base });
    expect(judged.verdict, judged.reasons.join(' ')).toBe(verdict);
    if (verdict !== 'same') expect(judged.reasons.length).toBeGreaterThan(0);
  });

  test('a leak that opens at the start is told, and an environment that is gone is named', () => {
    const met = side({ start: started(process({ hostEnvironments: ['/src/.venv'] })) });
    expect(judge(side({}), met, { base })).toEqual({
      verdict: 'same',
      reasons: ["Started: `python app.py` now meets the host's environment at /src/.venv."],
    });
    const two = side({ environments: [VENV, TWO], leaks: ['/app/.venv'] });
    const judged = judge(two, side({}), { base });
    expect(judged.verdict).toBe('better');
    expect(judged.reasons).toContain('The environment /opt/two is no longer in the image.');
  });

  const ran = (step: string, prefix: string, command = 'python -c #1'): BuildProcessSeen => ({
    step,
    command,
    prefix,
    inEnvironment: prefix !== '/usr',
  });

  test.each<[string, BuildProcessSeen[], BuildProcessSeen[], string]>([
    [
      'two steps change places',
      [ran('RUN a', '/usr'), ran('RUN b', '/v')],
      [ran('RUN b', '/v'), ran('RUN a', '/usr')],
      'same',
    ],
    ['a step of the system comes before', [ran('RUN b', '/v')], [ran('RUN a', '/usr'), ran('RUN b', '/v')], 'same'],
    ['a step loses the environment', [ran('RUN b', '/v')], [ran('RUN b', '/usr')], 'worse'],
    ['a step written anew loses it', [ran('RUN . v && b', '/v')], [ran('RUN b', '/usr')], 'worse'],
    ['a step written anew gains it', [ran('RUN b', '/usr')], [ran('RUN /v/b', '/v')], 'better'],
    ['numbers do not tell', [ran('RUN c', '/v')], [ran('RUN a', '/usr'), ran('RUN b', '/v')], 'same'],
  ])('of the build: %s', (_, before, after, verdict) => {
    expect(judge(side({ build: before }), side({ build: after }), { base }).verdict).toBe(verdict);
  });

  test('an engine that starts nothing has shown nothing', () => {
    const refused = (said: string) => ({ processes: [], ended: 'not started' as const, said: [said] });
    const dead = side({ start: refused('Error: no rights'), exec: refused('Error: no rights') });
    expect(judge(dead, dead, { base })).toEqual({
      verdict: 'cannot tell',
      reasons: ['No container of it could be started: Error: no rights'],
      isDark: true,
    });
    // An image without a Python, or with nothing to start, is the image's own matter.
    const bare = side({
      start: refused('no command specified'),
      exec: refused('exec: "python": executable file not found in $PATH'),
    });
    expect(judge(bare, bare, { base }).verdict).toBe('same');
    expect(
      judge(side({ exec: refused('Error: no rights') }), side({ exec: refused('Error: no rights') }), { base }).verdict,
    ).toBe('same');
  });

  test('docker exec that joins the program misses nothing of the system', () => {
    const before = side({ exec: started(process({ ...system, command: 'python -c pass', packages: ['virtualenv'] })) });
    expect(judge(before, side({}), { base }).verdict).toBe('better');
    // Where the program is not in it, the same move loses.
    const elsewhere = side({ ...before, start: started(process({ ...system, packages: ['virtualenv'] })), build: [] });
    expect(judge(elsewhere, side({ start: elsewhere.start! }), { base }).verdict).toBe('worse');
  });
});

describe('what a proof must not take for the same', () => {
  const env = { path: '/opt/venv', packages: ['six'] };
  const other = { path: '/opt/b', packages: ['six'] };
  const none: ReadonlySet<string> = new Set();

  test('a child that loses an environment of the image, whatever its parent runs in', () => {
    const one = { inEnvironment: false, prefix: '/usr', packages: [] };
    const before = side({ environments: [env], start: started(process({ ...one, child: '/opt/venv' })) });
    const after = side({ environments: [env], start: started(process({ ...one, child: '/usr' })) });
    expect(judge(before, after, { base: none }).verdict).toBe('worse');
    expect(judge(after, before, { base: none }).verdict).toBe('better');
  });

  test('another environment while the old one still stands', () => {
    const at = (prefix: string) => process({ prefix, inEnvironment: true, packages: ['six'], child: prefix });
    const before = side({ environments: [env, other], start: started(at('/opt/venv')) });
    const after = side({ environments: [env, other], start: started(at('/opt/b')) });
    expect(judge(before, after, { base: none }).verdict).toBe('cannot tell');
  });

  test('two starts without any Python seen that start in different words', () => {
    const unseen = side({ environments: [env], start: { processes: [], ended: 'exit', code: 0, said: [] } });
    expect(judge(unseen, unseen, { base: none }).verdict).toBe('same');
    expect(judge(unseen, unseen, { base: none, sameProgram: false }).verdict).toBe('cannot tell');
  });
});

describe('the plan', () => {
  const DOCKERFILE = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN pip install six\nCMD ["python", "app.py"]\n';
  const changed = DOCKERFILE.replace('WORKDIR', 'ENV A=1\nWORKDIR');

  test('has only what the fixes reach, plants where nothing stands, and finds a source file', () => {
    const files = {
      Dockerfile: DOCKERFILE,
      'other/Dockerfile': 'FROM a\n',
      'app.py': '',
      'a_test.py': '',
      'setup.py': '',
      'venv/x': '',
    };
    const plan = planProof(facts(files), facts({ ...files, Dockerfile: changed }), OPTIONS);
    expect(plan.subjects.map(({ kind, name, codeFile }) => [kind, name, codeFile])).toEqual([
      ['image', 'Dockerfile', 'app.py'],
    ]);
    expect(plan.planted).toEqual(['.venv']);
    expect(plan.subjects[0]?.after?.build).toMatchObject({ context: '', base: 'python:3.12-slim' });
  });

  test('names the base that the given arguments choose', () => {
    const open = `ARG TAG=none\n${DOCKERFILE.replace('3.12-slim', '$TAG AS dev')}FROM dev\n`;
    const [was, now] = [
      facts({ Dockerfile: open }),
      facts({ Dockerfile: open.replace('WORKDIR', 'ENV A=1\nWORKDIR') }),
    ];
    const plan = planProof(was, now, { ...OPTIONS, buildArgs: new Map([['TAG', '3.13']]), target: 'dev' });
    expect(plan.subjects[0]?.after?.build).toMatchObject({ target: 'dev', base: 'python:3.13' });
  });

  test('builds a changed stage that no build here needs, and no other one', () => {
    const stages = `${DOCKERFILE.replace('slim', 'slim AS base')}FROM base AS dev\nRUN pip install black\nFROM base AS docs\nRUN make\nFROM base\nCMD a\n`;
    const dev = stages.replace('black', 'black ruff');
    const plan = planProof(facts({ Dockerfile: stages }), facts({ Dockerfile: dev }), OPTIONS);
    expect(plan.subjects.map(({ name, after }) => [name, after?.build.target])).toEqual([
      ['Dockerfile', undefined],
      ['Dockerfile (stage dev)', 'dev'],
    ]);
  });

  test('cannot tell of a changed file that no image stands on, and knows what is gone', () => {
    const files = { Dockerfile: DOCKERFILE, 'compose.yaml': 'services:\n  web:\n    build: .\n' };
    const after = { ...files, 'lib/.dockerignore': '.venv\n', 'compose.yaml': 'services:\n  app:\n    build: .\n' };
    const more = { ...OPTIONS, changed: ['lib/.dockerignore', 'compose.yaml'] };
    const plan = planProof(facts(files), facts(after), more);
    const told = plan.subjects.map(({ name, before, after: now, cannot }) => [name, !!before, !!now, !!cannot]);
    expect(told).toEqual([
      ['web (compose.yaml)', true, false, false],
      ['app (compose.yaml)', false, true, false],
      ['lib/.dockerignore', false, false, true],
    ]);
  });

  const service = (lines: string) => {
    const files = { Dockerfile: DOCKERFILE, 'compose.yaml': `services:\n  web:\n    build: .\n${lines}` };
    const plan = planProof(facts(files), facts({ ...files, Dockerfile: changed }), OPTIONS);
    return plan.subjects.find(({ kind }) => kind === 'service');
  };

  test.each([
    '    privileged: true\n',
    '    privileged: "true"\n',
    '    secrets: [s]\n',
    '    configs: [{source: c, target: /c}]\n',
    '    provider: {type: awesome}\n',
    '    env_file: [../outside.env]\n',
    '    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}\n',
    '    cap_add: [NET_ADMIN]\n',
    '    devices: ["/dev/fuse"]\n',
    '    pid: host\n',
    '    ipc: host\n',
    '    network_mode: host\n',
    '    network_mode: "service:other"\n',
    '    userns_mode: host\n',
    '    security_opt: ["seccomp:unconfined"]\n',
    '    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n',
    '    volumes: ["/:/host"]\n',
    '    volumes: ["~/.ssh:/root/.ssh"]\n',
    '    volumes: ["../..:/host"]\n',
    '    volumes: [{type: bind, source: /etc, target: /host}]\n',
    '    volumes_from: [other]\n',
  ])('does not start a service with %j', (lines) => {
    const subject = service(lines);
    expect(subject?.cannot).toBeDefined();
    expect(subject?.after).toBeUndefined();
  });

  test('starts a service with what is harmless, and nothing else', () => {
    const subject = service(
      '    volumes: [".:/app", "/app/.venv", "data:/data"]\n    environment: {A: b}\n    command: python x.py\n    user: "5"\nvolumes: {data: {}}\n',
    );
    expect(subject?.after?.start).toEqual({
      environment: new Map([['A', 'b']]),
      user: '5',
      command: ['python', 'x.py'],
      mounts: [
        { kind: 'repository', path: '', target: '/app' },
        { kind: 'volume', target: '/app/.venv', noCopy: false },
        { kind: 'volume', target: '/data', noCopy: false },
      ],
    });
  });

  test('says of an unknown context how to name it', () => {
    const files = {
      'a/Dockerfile': DOCKERFILE,
      Makefile: 'docker build -f a/Dockerfile .\n',
      'a/app.py': '',
      'app.py': '',
    };
    const plan = planProof(facts(files), facts({ ...files, 'a/Dockerfile': changed }), {
      ...OPTIONS,
      changed: ['a/Dockerfile'],
    });
    expect(plan.subjects.map(({ cannot }) => cannot)).toEqual([expect.stringContaining('contexts')]);
  });
});

describe('the static gain', () => {
  const before = `FROM python:3.12-slim AS build
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
FROM python:3.12-slim
RUN apt-get update
COPY --from=build /app /app
RUN chmod +x /app/run
`;
  const after = before.replace(
    'COPY . .\nRUN pip install -r requirements.txt\n',
    'COPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n',
  );
  const files = { Dockerfile: before, 'requirements.txt': 'six\n', 'app.py': '' };

  test('counts steps from the first COPY of code on, through the stages', () => {
    const one = facts(files);
    const rerun = rerunOf(one.dockerfiles[0]!, one.snapshot);
    expect(rerun?.again.map(({ logical }) => logical.text)).toEqual([
      'COPY . .',
      'RUN pip install -r requirements.txt',
      'COPY --from=build /app /app',
      'RUN chmod +x /app/run',
    ]);
    expect(rerun?.steps).toBe(6);
  });

  test('is said in one sentence where a fix changes it', () => {
    const [was, now] = [facts(files), facts({ ...files, Dockerfile: after })];
    expect(gainOf(was, now, ['Dockerfile'])).toBe('A code-only change re-runs 3 of 7 steps instead of 4 of 6 steps.');
    expect(gainOf(was, was, ['Dockerfile'])).toBeUndefined();
    expect(gainOf(was, now, ['other'])).toBeUndefined();
  });
});

describe('the report', () => {
  const proof: Proof = {
    path: 'shop',
    engine: 'docker 28',
    fixes: ['Do it'],
    assumptions: [],
    verdict: 'worse',
    subjects: [
      {
        kind: 'image',
        name: 'Dockerfile',
        verdict: 'worse',
        reasons: ['`x` | <b>'],
        before: side({ start: started(process({ command: '| <script>\x1b[31m' })) }),
        after: side({ built: false, log: ['```', 'ERROR \x1b[1m'] }),
      },
    ],
  };

  test('as Markdown is a table in which nothing of the repository is markup', () => {
    const text = evidenceMarkdown(proof, 'report');
    expect(text).toContain('### Proof by real builds: **worse**');
    expect(text).toContain('| builds | yes | no |');
    expect(text).toContain('| starts | `\\| <script>^[[31m: /opt/venv` |');
    expect(text.replaceAll(/`[^`\n]+`/g, '')).not.toContain('<script');
    expect(text).not.toContain('\x1b');
    expect(text).toContain('````text\n```\nERROR ^[[1m\n````');
  });

  test('as text and JSON says the same', () => {
    const context = { version: '1', color: false, verbose: false };
    expect(renderProofs('text', [proof], context)).toContain('builds: yes -> no');
    const json = JSON.parse(renderProofs('json', [proof], context)) as { summary: unknown };
    expect(json.summary).toEqual({ repositories: 1, worse: 1, better: 0, same: 0, cannotTell: 0 });
  });

  test('says of every unsafe fix what it assumes, and whether the builds bear it out', () => {
    const one = { transform: 'activate-to-env', title: 'Put it on PATH', subjects: ['Dockerfile'] };
    const assumptions: Proof['assumptions'] = [
      { ...one, assumption: 'It assumes `a`.', borneOut: 'yes' },
      { ...one, assumption: 'It assumes b.', borneOut: 'no', reason: 'Dockerfile comes out worse.' },
      { ...one, assumption: 'It assumes c.', borneOut: 'cannot tell', reason: 'It was interrupted.' },
    ];
    const text = renderProofs('text', [{ ...proof, assumptions }], { version: '1', color: false, verbose: false });
    expect(text).toContain(
      [
        '  activate-to-env (unsafe): Put it on PATH',
        '    It assumes `a`.',
        '    The builds bear it out: Dockerfile.',
        '  activate-to-env (unsafe): Put it on PATH',
        '    It assumes b.',
        '    The builds do not bear it out: Dockerfile comes out worse.',
        '  activate-to-env (unsafe): Put it on PATH',
        '    It assumes c.',
        '    The builds cannot tell: It was interrupted.\n',
      ].join('\n'),
    );
    const markdown = evidenceMarkdown({ ...proof, assumptions }, 'pull request');
    expect(markdown).toContain('#### What is assumed\n\n- Put it on PATH (activate-to-env, unsafe). It assumes');
    expect(markdown).toContain('The builds do not bear it out: Dockerfile comes out worse.');
    expect(evidenceMarkdown(proof, 'report')).not.toContain('What is assumed');
  });
});
