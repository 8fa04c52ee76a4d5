// The built program, as the tests with a real engine run it.

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { network } from './bench.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What `verify` needs here to reach a package index. */
export function networkArgs(): string[] {
  return network === undefined ? [] : ['--network', network];
}

let built: Promise<string> | undefined;

/** The folder of the built program. */
export function program(): Promise<string> {
  built ??= (async () => {
    const cache = join(project, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    const dist = mkdtempSync(join(cache, 'engine-test-'));
    execFileSync(process.execPath, [join(project, 'scripts/build.mjs'), dist], { stdio: 'ignore' });
    return dist;
  })();
  return built;
}

/** Removes it. */
export async function removeProgram(): Promise<void> {
  if (built) rmSync(await built, { recursive: true, force: true });
}

/** Runs it to its end. */
export function run(dist: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  return new Promise<{ code: number | null; out: string; err: string }>((done) => {
    const child = spawn(process.execPath, [join(dist, 'pyvenv-fix.cjs'), ...args], { env: { ...process.env, ...env } });
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString();
    });
    child.on('close', (code) => done({ code, out, err }));
  });
}
