// Compose itself, on the fixtures' own files: what our reading of compose says of mounts is what compose does with them.

import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { runEngine } from '../../src/io/engine/engine.ts';
import { PLANTED } from '../../src/verify/probe.ts';
import { engine, missingBase, network } from './bench.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/fix-venv-volume', import.meta.url));
const place = realpathSync(mkdtempSync(join(tmpdir(), 'compose-test-')));
const BASES = ['FROM python:3.12-slim\nCOPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv\n'];

const hasCompose =
  engine?.kind === 'docker' && (await runEngine(engine, { args: ['compose', 'version'], seconds: 60 })).code === 0;
const here = hasCompose && (await missingBase(BASES)) === undefined;

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Runs `python` in the service `web` and returns its sys.prefix, or what went wrong. */
async function prefixIn(folder: string, files: readonly string[]): Promise<string> {
  const args = ['compose', '--project-directory', folder, ...files.flatMap((file) => ['-f', join(folder, file)])];
  if (network !== undefined) {
    const override = join(folder, 'network.yaml');
    writeFileSync(
      override,
      `services:\n  web:\n    build:\n      network: ${network}\n    network_mode: ${network}\n    ports: !reset []\n`,
    );
    args.push('-f', override);
  }
  const run = ['run', '--rm', '--no-deps', '--build', '-T', '--entrypoint', 'python', 'web'];
  try {
    const ran = await runEngine(engine!, {
      args: [...args, ...run, '-c', 'import sys; print(sys.prefix)'],
      seconds: 300,
    });
    return ran.code === 0 ? (ran.out.trim().split('\n').at(-1) ?? '') : ran.err.slice(-600);
  } finally {
    await runEngine(engine!, { args: [...args, 'down', '-v', '--rmi', 'local', '--remove-orphans'], seconds: 120 });
  }
}

function planted(name: string, side: 'before' | 'after'): string {
  const folder = join(place, `${name}-${side}`);
  cpSync(join(fixtures, name, 'before'), folder, { recursive: true });
  if (side === 'after') cpSync(join(fixtures, name, 'after'), folder, { recursive: true });
  if (existsSync(join(folder, '.venv'))) return folder;
  for (const [path, text] of Object.entries(PLANTED.files)) {
    mkdirSync(dirname(join(folder, '.venv', path)), { recursive: true });
    writeFileSync(join(folder, '.venv', path), text);
  }
  for (const [path, target] of Object.entries(PLANTED.links)) symlinkSync(target, join(folder, '.venv', path));
  return folder;
}

describe.skipIf(!here)('compose itself gets the environment of the image after, and not before', () => {
  test.each([
    ['adds-a-volume-where-the-project-is-mounted-over-it', ['compose.yaml']],
    ['adds-it-in-the-long-syntax', ['compose.yaml']],
    ['adds-it-to-the-base-when-the-override-has-no-mounts', ['compose.yaml', 'compose.override.yaml']],
    ['replaces-the-environment-of-the-host-under-a-mounted-project', ['compose.yaml']],
  ])('%s', { timeout: 400_000 }, async (name, files) => {
    const before = await prefixIn(planted(name, 'before'), files);
    // The system's: the host's files lie over the environment, and its interpreter is not here.
    expect(before).toMatch(/^\/usr(?:\/local)?$/);
    expect(await prefixIn(planted(name, 'after'), files)).toBe('/app/.venv');
  });
});
