// The proof itself: a wrong change is caught, a hostile compose file gets nothing, and nothing is left behind by INT or a kill.

import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { settingsOf } from '../../src/config/resolve.ts';
import { runEngine } from '../../src/io/engine/engine.ts';
import { openSession } from '../../src/io/engine/engineSession.ts';
import type { PathKind, TextEdit } from '../../src/model.ts';
import { evidenceMarkdown } from '../../src/report/evidence.ts';
import { proveResult } from '../../src/verify/prove.ts';
import { buildSettings, closeSession, editResult, engine, leftBy, missingBase, prove } from './bench.ts';
import { networkArgs, program, removeProgram, run } from './builtProgram.ts';

const place = realpathSync(mkdtempSync(join(tmpdir(), 'engine-test-')));
const BASE = 'FROM python:3.12-slim\n';
const here = engine !== undefined && (await missingBase([BASE])) === undefined;

const RIGHT = `${BASE}WORKDIR /app
RUN python -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY app.py ./
CMD ["python", "app.py"]
`;

function repository(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(place, name);
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const right = (name: string) =>
  repository(name, { Dockerfile: RIGHT, 'requirements.txt': 'six==1.17.0\n', 'app.py': 'import six\n' });

const replacing = (from: string, to: string): TextEdit => {
  const start = RIGHT.indexOf(from);
  return { path: 'Dockerfile', start, end: start + from.length, newText: to };
};

afterAll(async () => {
  await closeSession();
  await removeProgram();
  rmSync(place, { recursive: true, force: true });
});

describe.skipIf(!here).concurrent('a wrong change is caught', () => {
  const wrong: Readonly<Record<string, { readonly edit: TextEdit; readonly says: RegExp }>> = {
    'that loses the interpreter': {
      edit: replacing('ENV PATH="$VIRTUAL_ENV/bin:$PATH"\n', ''),
      says: /now runs in \/usr/,
    },
    'that loses a package': {
      edit: replacing('RUN pip install -r requirements.txt\n', ''),
      says: /no longer has the package `six`/,
    },
    'that no longer builds': { edit: replacing('COPY requirements.txt ./\n', ''), says: /does not build after/ },
    'that loses the program': {
      edit: replacing('CMD ["python", "app.py"]', 'CMD ["true"]'),
      says: /now no Python starts/,
    },
  };
  for (const [name, { edit, says }] of Object.entries(wrong)) {
    test(name, { timeout: 400_000 }, async () => {
      const root = right(name.replaceAll(' ', '-'));
      const proof = await prove({ root, change: false, fix: (before) => editResult(before, [edit]) });
      expect(proof.verdict).toBe('worse');
      expect(proof.subjects.flatMap(({ reasons }) => reasons).join('\n')).toMatch(says);
      expect(evidenceMarkdown(proof, 'report')).toContain('**worse**');
    });
  }

  test('and a change of nothing that counts is the same', { timeout: 400_000 }, async () => {
    const edit = replacing('WORKDIR /app\n', 'WORKDIR /app\nLABEL purpose=test\n');
    const proof = await prove({ root: right('label'), change: true, fix: (before) => editResult(before, [edit]) });
    expect(proof.subjects.map(({ verdict, reasons }) => [verdict, reasons])).toEqual([['same', []]]);
    expect(proof.subjects[0]?.after?.change?.run).toEqual(['COPY app.py ./']);
  });
});

/** A folder with an engine that writes down each argument of each call, and goes on to the real one. */
function recorder(name: string): { readonly bin: string; words(): string[] } {
  const calls = join(place, `calls-${name}`);
  const bin = join(place, `bin-${name}`);
  mkdirSync(bin);
  const real = execFileSync('sh', ['-c', `command -v ${engine?.command}`], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(bin, engine!.command),
    `#!/bin/sh\nprintf '%s\\n' "$@" ---- >>'${calls}'\nPATH='${process.env.PATH}' exec '${real}' "$@"\n`,
  );
  chmodSync(join(bin, engine!.command), 0o755);
  return { bin, words: () => readFileSync(calls, 'utf8').split('\n') };
}

describe.skipIf(!here).concurrent('limits and options', () => {
  const label = replacing('WORKDIR /app\n', 'WORKDIR /app\nLABEL purpose=test\n');

  test.each([
    ['time', { buildSeconds: 0.05 }, /ended after 0\.05 seconds/],
    ['disk space', { bytes: -1 }, /limit on disk space/],
  ] as const)('beyond the limit on %s it cannot be told', { timeout: 200_000 }, async (name, limits, says) => {
    const root = right(`limit-${name.replaceAll(' ', '-')}`);
    const proof = await prove({ root, change: false, fix: (before) => editResult(before, [label]), limits });
    expect(proof.verdict).toBe('cannot tell');
    expect(proof.subjects.flatMap(({ reasons }) => reasons).join('\n')).toMatch(says);
  });

  test('arguments, platform, target and network are passed on', { timeout: 400_000 }, async () => {
    const text = `ARG TAG=nonesuch\nFROM python:$TAG AS dev\nWORKDIR /app\nRUN python -m venv /venv\nRUN . /venv/bin/activate && pip --version\nFROM dev\nRUN exit 7\n`;
    const root = repository('options', { Dockerfile: text });
    const { bin, words } = recorder('options');
    const options = [
      '--build-arg',
      'TAG=3.12-slim',
      '--platform',
      'linux/amd64',
      '--target',
      'dev',
      '--network',
      'host',
    ];
    const args = ['verify', root, '--format', 'markdown', '--quiet', ...options];
    const ran = await run(await program(), args, { PATH: `${bin}:${process.env.PATH}` });
    expect([ran.err, ran.code]).toEqual(['', 0]);
    expect(ran.out).toMatch(/^### Proof by real builds: better\n/);
    const said = words();
    const builds = said.filter((word) => word === 'build').length;
    expect(said.filter((word) => word === 'TAG=3.12-slim').length).toBeGreaterThan(1);
    expect(said.filter((word) => word === 'dev').length).toBeGreaterThan(1);
    expect(said.filter((word) => word === '--network=host').length).toBeGreaterThan(1);
    expect(said.filter((word) => word === '--platform=linux/amd64').length).toBe(builds);
  });
});

describe.skipIf(!here)('without a work tree', () => {
  test('two snapshots and the whole content are proven the same way', { timeout: 400_000 }, async () => {
    const texts = new Map([
      ['Dockerfile', `${BASE}COPY run /start\nCOPY . /app\nENTRYPOINT ["/start"]\n`],
      ['run', '#!/bin/sh\nexec python /app/code/app.py\n'],
      ['code', 'src'],
      ['src/app.py', 'pass\n'],
      ['../outside', 'never written'],
    ]);
    const kinds = new Map<string, PathKind>([...texts.keys()].map((path) => [path, 'file']));
    kinds.set('run', 'executable').set('code', 'symlink').set('code/below-a-link', 'file');
    const read = (path: string) => (path === 'Dockerfile' ? texts.get(path) : undefined);
    const text = texts.get('Dockerfile')!;
    const edit: TextEdit = { path: 'Dockerfile', start: text.length, end: text.length, newText: 'LABEL a=b\n' };
    const proof = await proveResult({
      path: 'in memory',
      engine: engine!,
      result: editResult({ paths: kinds, read }, [edit]),
      settings: settingsOf({}),
      content: async (path) => texts.get(path) ?? 'text',
      commit: 'c0ffee',
      build: buildSettings,
      signal: new AbortController().signal,
      say: () => {},
    });
    expect([proof.base, proof.verdict]).toEqual(['c0ffee', 'same']);
    expect(proof.subjects[0]?.after?.start?.processes.map(({ command }) => command)).toEqual([
      'python /app/code/app.py',
    ]);
  });
});

describe.skipIf(!here)('a hostile compose file', () => {
  test('gets neither rights nor anything of the host', { timeout: 400_000 }, async () => {
    const { bin, words: wordsOf } = recorder('hostile');
    const service = (lines: string) => `    build: .\n${lines}`;
    const compose = `services:
  privileged:
${service('    privileged: true\n')}
  caps:
${service('    cap_add: [SYS_ADMIN]\n')}
  devices:
${service('    devices: ["/dev/kmsg:/dev/kmsg"]\n')}
  pid:
${service('    pid: host\n')}
  socket:
${service('    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n')}
  root:
${service('    volumes: ["/:/host"]\n')}
  above:
${service('    volumes: ["../:/host"]\n')}
  network:
${service('    network_mode: "container:other"\n')}
  plain:
${service('    volumes: [".:/app"]\n    environment: {WHO: plain}\n')}`;
    const before = `${BASE}WORKDIR /app\nCMD ["python", "-c", "pass"]\n`;
    const root = repository('hostile', { Dockerfile: before, 'compose.yaml': compose });
    const dist = await program();
    execFileSync('git', ['init', '-q'], { cwd: root });
    const args = ['verify', root, '--only', 'set-python-env', '--format', 'json', ...networkArgs()];
    const ran = await run(dist, args, { PATH: `${bin}:${process.env.PATH}` });
    expect(ran.err).not.toMatch(/^error/m);
    const proof = JSON.parse(ran.out) as {
      proofs: { subjects: { kind: string; name: string; verdict: string; reasons: string[] }[] }[];
    };
    const services = proof.proofs[0]!.subjects.filter(({ kind }) => kind === 'service');
    expect(services.length).toBe(9);
    expect(services.filter(({ verdict }) => verdict !== 'cannot tell').map(({ name }) => name)).toEqual([
      'plain (compose.yaml)',
    ]);
    const words = wordsOf();
    expect(words.filter((word) => word === 'start').length).toBeGreaterThan(2);
    expect(
      words.filter((word) =>
        /privileged|cap-add|^--(?:device|pid|ipc|uts|userns|security-opt)(?:=|$)|docker\.sock/.test(word),
      ),
    ).toEqual([]);
    // The only mounts are volumes, by our own names, or new ones.
    const mounts = words.flatMap((word, at) => (word === '-v' && words[at + 1] !== '--' ? [words[at + 1]!] : []));
    expect(mounts.filter((mount) => /^[./~]+.*:/.test(mount))).toEqual([]);
    expect(mounts.some((mount) => mount.startsWith('pyvenv-fix-verify-'))).toBe(true);
    expect(words.filter((word) => /^--(?:mount|volumes-from)/.test(word))).toEqual([]);
  });
});

describe.skipIf(!here)('nothing is left behind', () => {
  const slow = `${BASE}WORKDIR /app\nRUN python -m venv /opt/venv\nRUN . /opt/venv/bin/activate && sleep 40 && pip --version\nCMD ["python"]\n`;
  let dist = '';
  beforeAll(async () => {
    dist = await program();
  }, 120_000);

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`by ${signal} in the middle of a build`, { timeout: 120_000 }, async () => {
      const { root, temporary } = slowRepository(signal);
      const { child, ended } = begin(root, temporary);
      await building(child);
      child.kill(signal);
      expect((await ended).code).toBe(code);
      expect(await leftBy(child.pid!)).toEqual([]);
      expect(readdirSync(temporary)).toEqual([]);
    });
  }

  test('and what others made stands, whatever its name', { timeout: 120_000 }, async () => {
    const call = async (...args: string[]) => (await runEngine(engine!, { args, seconds: 60 })).out.trim();
    const name = `pyvenv-fix-verify-users-${process.pid}`;
    const image = `pyvenv-fix-verify/users:${process.pid}`;
    await call('tag', 'python:3.12-slim', image);
    await call('volume', 'create', name);
    const id = await call('create', '--name', name, '--network', 'none', '-v', `${name}:/data`, image);
    try {
      const { root, temporary } = slowRepository('others');
      const { child, ended } = begin(root, temporary);
      await building(child);
      child.kill('SIGINT');
      await ended;
      expect(await call('container', 'inspect', '--format', '{{.Id}}', name)).toBe(id);
      expect(await call('volume', 'inspect', '--format', '{{.Name}}', name)).toBe(name);
      expect(await call('image', 'inspect', '--format', '{{index .RepoTags 0}}', image)).not.toBe('');
    } finally {
      await call('rm', '-f', name);
      await call('volume', 'rm', '-f', name);
      await call('rmi', image);
    }
  });

  test('by a kill, once the next run has begun', { timeout: 180_000 }, async () => {
    const { root, temporary } = slowRepository('kill');
    const { child, ended } = begin(root, temporary);
    await building(child);
    child.kill('SIGKILL');
    await ended;
    expect(readdirSync(temporary).length).toBeGreaterThan(0);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary;
    try {
      const session = await openSession(engine!, new AbortController().signal);
      await session.close();
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
    expect(await leftBy(child.pid!)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('by a kill between building and starting', { timeout: 180_000 }, async () => {
    const quick = repository('quick', {
      Dockerfile: `${BASE}RUN python -m venv /venv\nRUN . /venv/bin/activate && pip --version\nCMD ["sleep", "60"]\n`,
    });
    const temporary = join(place, 'tmp-quick');
    mkdirSync(temporary);
    const { child, ended } = begin(quick, temporary);
    await saying(child, /starting/);
    await new Promise((done) => setTimeout(done, 1500));
    child.kill('SIGKILL');
    await ended;
    expect((await leftBy(child.pid!)).length).toBeGreaterThan(0);
    const session = await openSession(engine!, new AbortController().signal);
    await session.close();
    expect(await leftBy(child.pid!)).toEqual([]);
  });

  function slowRepository(name: string): { root: string; temporary: string } {
    const temporary = join(place, `tmp-${name}`);
    mkdirSync(temporary);
    return { root: repository(`slow-${name}`, { Dockerfile: slow }), temporary };
  }

  function begin(root: string, temporary: string) {
    const args = [join(dist, 'pyvenv-fix.cjs'), 'verify', root, '--only', 'activate-to-env', ...networkArgs()];
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temporary } });
    child.stdout.resume();
    const ended = new Promise<{ code: number | null }>((done) => child.on('close', (code) => done({ code })));
    return { child, ended };
  }

  const building = async (child: ReturnType<typeof spawn>) => {
    await saying(child, /building/);
    await new Promise((done) => setTimeout(done, 4000));
  };
});

function saying(child: ReturnType<typeof spawn>, pattern: RegExp): Promise<void> {
  return new Promise((done, fail) => {
    let said = '';
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
      if (pattern.test(said)) done();
    });
    child.on('close', () => fail(new Error(`it ended early: ${said}`)));
  });
}
