// In place, in a proof and in a campaign the same configuration comes to the same fixes.

import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { verifyPaths } from '../src/cli/verify.ts';
import type { ConfigOptions } from '../src/config/resolve.ts';
import { enabledIds } from '../src/config/resolve.ts';
import { runRepositories } from '../src/run.ts';
import { refusalOf } from '../src/text/userError.ts';
import { transforms } from '../transforms/index.ts';
import { doJob, FILES } from './bulk/jobs.ts';
import { type Sandbox, sandbox } from './repositories.ts';

const boxes: Sandbox[] = [];
afterEach(() => {
  for (const box of boxes.splice(0)) box.close();
});

/** Titles of the fixes that each of the three would make; what is not a list is why there are none. */
async function fixesOf(config: object, options: ConfigOptions = { unsafe: false }, files: Record<string, string> = {}) {
  const box = sandbox();
  boxes.push(box);
  box.commit({
    ...FILES,
    ...files,
    'web/Dockerfile':
      'bases' in config ? FILES.Dockerfile.replace('FROM ', 'FROM registry.example/') : FILES.Dockerfile,
    'web/requirements.txt': 'flask\n',
    'pyvenv-fix.config.json': JSON.stringify(config),
  });
  const common = { transforms, env: { ...box.env, PATH: `${engineThatBuildsNothing(box)}:${box.env.PATH}` } };
  const [outcome] = await runRepositories({
    ...common,
    options: {
      ...{ paths: [box.path], dryRun: true, check: false, interactive: false, noBranch: false, squash: false },
      ...{ allowDirty: false, format: 'json', quiet: true, verbose: false, ...options },
    },
    onUnexpected: (_, error) => {
      throw error;
    },
  });
  const { proofs, failures } = await verifyPaths({
    ...common,
    options: {
      ...{ paths: [box.path], format: 'json', buildArgs: [], buildMinutes: 1, startSeconds: 1, gigabytes: 1 },
      ...{ quiet: true, verbose: false, ...options },
    },
    signal: new AbortController().signal,
    say: () => {},
  });
  const { analysis, detail } = await doJob(box.path, {
    env: box.env,
    campaign: { ids: enabledIds(transforms, options), unsafe: options.unsafe },
  });
  return {
    run: outcome?.outcome === 'refused' ? outcome.where : outcome?.fixes.map(({ title }) => title),
    verify: proofs[0]?.fixes ?? refusalOf(failures[0])?.where,
    bulk: analysis?.result.applied.map(({ fix }) => fix.title) ?? detail,
    paths: analysis?.result.changed ?? [],
  };
}

/** A folder with a docker that answers, and on which every build fails. */
function engineThatBuildsNothing({ home }: Sandbox): string {
  const program = join(home, 'bin/docker');
  mkdirSync(dirname(program));
  writeFileSync(
    program,
    '#!/bin/sh\ncase "$1" in version) echo 29.0.0;; --version) echo Docker;; buildx) [ "$2" = version ];; *) exit 1;; esac\n',
  );
  chmodSync(program, 0o755);
  return dirname(program);
}

const ONE = ['activate-to-env'];

describe('the same fixes in place, in a proof and in a campaign', () => {
  test.each<[string, object, ConfigOptions | undefined, number]>([
    ['nothing is configured', {}, undefined, 8],
    ['only', { only: ONE }, undefined, 2],
    ['skip', { skip: ['ignore-venv', 'set-python-env', 'split-dependency-copy'] }, undefined, 4],
    ['only and skip', { only: [...ONE, 'ignore-venv'], skip: ['ignore-venv'] }, undefined, 2],
    ['exclude', { only: ONE, exclude: ['web'] }, undefined, 1],
    ['include', { only: ONE, include: ['web'] }, undefined, 1],
    ['include nothing', { include: ['nowhere'] }, undefined, 0],
    ['contexts', { only: ['ignore-venv'], contexts: { 'web/Dockerfile': '.' } }, undefined, 1],
    ['bases', { only: ONE, bases: { 'registry.example/python:*': 'python:*' } }, undefined, 2],
    ['bases that name others', { only: ONE, bases: { 'registry.example/tools': 'python:3.12' } }, undefined, 1],
    ['options', { skip: ['set-python-env'] }, { unsafe: false, skip: ['ignore-venv'] }, 5],
    ['unsafe', {}, { unsafe: true }, 8],
  ])('%s', async (_, config, options, count) => {
    const { run, verify, bulk, paths } = await fixesOf(config, options);
    expect(run).toHaveLength(count);
    expect(verify).toEqual(run);
    expect(bulk).toEqual(run);
    if (count === 1) expect(paths).toHaveLength(1);
  });

  /** The project is mounted over the environment of the image. */
  const CASE = 'fixtures/fix-venv-volume/adds-a-volume-where-the-project-is-mounted-over-it/before';
  const MOUNTED = Object.fromEntries(
    readdirSync(CASE).map((name) => [`dev/${name}`, readFileSync(join(CASE, name), 'utf8')]),
  );

  test.each([
    ['volume', 1],
    ['relocate', 1],
    ['off', 0],
  ] as const)('venvVolume %s', async (venvVolume, count) => {
    const { run, verify, bulk } = await fixesOf({ only: ['fix-venv-volume'], venvVolume }, undefined, MOUNTED);
    expect(run).toHaveLength(count);
    expect(verify).toEqual(run);
    expect(bulk).toEqual(run);
  });

  test('and a wrong configuration is refused by all at the same place', async () => {
    const at = 'pyvenv-fix.config.json:1:2';
    expect(await fixesOf({ onyl: [] })).toMatchObject({ run: at, verify: at, bulk: expect.stringContaining(at) });
  });

  test('but for what the command line asks for and the repository takes out: a campaign leaves that', async () => {
    const { run, verify, bulk } = await fixesOf({ skip: ONE }, { unsafe: false, only: ONE });
    expect(run).toHaveLength(2);
    expect(verify).toEqual(run);
    expect(bulk).toEqual([]);
  });
});
