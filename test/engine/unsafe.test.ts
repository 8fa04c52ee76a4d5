// `verify --unsafe`: an assumption about a base that no registry has is borne out by the builds, or is not.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runEngine } from '../../src/io/engine/engine.ts';
import { closeSession, engine, missingBase } from './bench.ts';
import { networkArgs, program, removeProgram, run } from './builtProgram.ts';

const place = realpathSync(mkdtempSync(join(tmpdir(), 'engine-test-')));
const BASE = 'FROM python:3.12-slim\n';
const here = engine !== undefined && (await missingBase([BASE])) === undefined;
const bases: string[] = [];

afterAll(async () => {
  await closeSession();
  await removeProgram();
  if (bases.length > 0) await runEngine(engine!, { args: ['rmi', '-f', ...bases], seconds: 60 });
  rmSync(place, { recursive: true, force: true });
});

/** A repository whose base image starts what it is given by this script. */
async function repository(name: string, script: string): Promise<string> {
  const own = join(place, `${name}-base`);
  mkdirSync(own);
  writeFileSync(join(own, 'start'), `#!/bin/sh\n${script}\nexec "$@"\n`, { mode: 0o755 });
  writeFileSync(join(own, 'Dockerfile'), `${BASE}COPY start /start\nENTRYPOINT ["/start"]\n`);
  const base = `registry.example/${name}:${process.pid}`;
  const { code } = await runEngine(engine!, { args: ['build', '-q', '-t', base, own], seconds: 120 });
  expect(code).toBe(0);
  bases.push(base);
  const root = join(place, name);
  mkdirSync(root);
  writeFileSync(join(root, 'app.py'), 'print("ready")\n');
  const step = 'RUN . /opt/venv/bin/activate && pip --version\n';
  const start = 'CMD . /opt/venv/bin/activate && exec python app.py\n';
  const text = `FROM ${base}\nWORKDIR /app\nRUN python3 -m venv /opt/venv\n${step}COPY app.py .\n${start}`;
  writeFileSync(join(root, 'Dockerfile'), text);
  execFileSync('git', ['init', '-q'], { cwd: root });
  return root;
}

async function verified(root: string, ...more: string[]) {
  const args = ['verify', root, '--only', 'activate-to-env', '--format', 'json', '--quiet', ...networkArgs(), ...more];
  const { code, out, err } = await run(await program(), args, {});
  expect(err).toBe('');
  const { proofs } = JSON.parse(out) as {
    proofs: {
      verdict: string;
      assumptions: { assumption: string; borneOut: string; reason?: string }[];
      subjects: { reasons: string[] }[];
    }[];
  };
  const reasons = proofs.flatMap(({ subjects }) => subjects).flatMap((subject) => subject.reasons);
  return { code, verdict: proofs[0]?.verdict, assumptions: proofs[0]?.assumptions, reasons };
}

test.skipIf(!here)('an assumption that holds is borne out', { timeout: 300_000 }, async () => {
  const root = await repository('plain', ': nothing of its own');
  expect(await verified(root)).toEqual({ code: 0, verdict: 'same', assumptions: [], reasons: [] });
  const { code, verdict, assumptions } = await verified(root, '--unsafe');
  expect([code, verdict]).toEqual([0, 'better']);
  expect(assumptions).toMatchObject([
    { borneOut: 'yes', assumption: expect.stringMatching(/^It assumes that the base/) },
  ]);
});

test.skipIf(!here)('one that does not hold makes it worse', { timeout: 300_000 }, async () => {
  const root = await repository('clears', 'export PATH=/usr/local/bin:/usr/bin:/bin; unset VIRTUAL_ENV');
  const { code, verdict, assumptions, reasons } = await verified(root, '--unsafe');
  expect([code, verdict]).toEqual([1, 'worse']);
  expect(reasons).toContainEqual(
    expect.stringMatching(/^Started: `python app\.py` ran in \/opt\/venv and now runs in \/usr/),
  );
  expect(assumptions).toMatchObject([{ borneOut: 'no', reason: 'Dockerfile comes out worse.' }]);
});
