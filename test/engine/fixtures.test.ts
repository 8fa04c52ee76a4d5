// Every changing fixture with a Dockerfile is built before and after and started: the wrong shape shows its bug before, and not after.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { bytesOf } from '../../src/bytes.ts';
import { isDockerfileName } from '../../src/facts/facts.ts';
import type { Settings } from '../../src/model.ts';
import type { SideSeen, SubjectProof } from '../../src/report/proof.ts';
import { closeSession, engine, fixtureResult, missingBase, prove } from './bench.ts';

const root = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Cases that no engine builds, or none without what is not here; the reason is the plain word. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  'activate-to-env/keeps-a-bom-and-a-missing-final-newline': 'BuildKit refuses a RUN whose bytes are no UTF-8',
  'ignore-venv/adds-for-add-and-for-a-copy-with-parents': 'COPY --parents needs a frontend that is fetched',
};

/** Cases whose fix is right and shows in nothing that a proof looks at. */
const SAME: Readonly<Record<string, string>> = {
  'activate-to-env/drops-activations-where-path-is-set-already': 'ENV had set the environment before',
  'fix-venv-volume/removes-an-empty-volume-that-hides-the-environment-of-the-host':
    'the host has an interpreter that no container has',
  'ignore-venv/adds-for-a-copy-by-wildcard': 'the wildcard takes the files out of the environment, not its folder',
  'ignore-venv/adds-what-is-recommended-where-that-is-asked-for': 'the environment was ignored before',
};

interface Case {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly dockerfiles: readonly string[];
}

function casesOf(): Case[] {
  return readdirSync(root)
    .filter((id) => existsSync(join(root, id, 'README.md')))
    .flatMap((id) => readdirSync(join(root, id)).map((name) => ({ id, name, place: join(root, id, name) })))
    .filter(({ place }) => existsSync(join(place, 'after')))
    .map((one) => ({ ...one, dockerfiles: dockerfilesOf(join(one.place, 'before')) }))
    .filter(({ dockerfiles }) => dockerfiles.length > 0);
}

function dockerfilesOf(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && isDockerfileName(bytesOf(entry.name)))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}

const inEnvironment = ({ exec, start }: SideSeen): boolean =>
  [...(exec?.processes ?? []), ...(start?.processes ?? [])].every((one) => one.inEnvironment);

const meetsHost = ({ exec, start }: SideSeen): boolean =>
  [...(exec?.processes ?? []), ...(start?.processes ?? [])].some((one) => one.hostEnvironments.length > 0);

const withoutFlag = ({ exec, start }: SideSeen): boolean =>
  [...(exec?.processes ?? []), ...(start?.processes ?? [])].some((one) => one.writesBytecode || one.buffered);

/** Does this side show the bug that the transform is there for? */
const BUG: Readonly<Record<string, (side: SideSeen) => boolean>> = {
  'activate-to-env': (side) => !side.built || !inEnvironment(side),
  'set-python-env': withoutFlag,
  'split-dependency-copy': ({ change }) => change?.run.some((step) => INSTALL.test(step)) ?? false,
  'ignore-venv': ({ built, leaks }) => !built || leaks.length > 0,
  'fix-venv-volume': (side) => !inEnvironment(side) || meetsHost(side),
};

const INSTALL = /\b(?:pip|uv|poetry|pipenv|pdm|conda)\b.*\b(?:install|sync)\b/;

afterAll(closeSession);

describe.skipIf(!engine).concurrent('built before and after', () => {
  for (const { id, name, place, dockerfiles } of casesOf()) {
    const key = `${id}/${name}`;
    test(`${id}: ${name.replaceAll('-', ' ')}`, { timeout: 580_000 }, async ({ skip }) => {
      const reason = NOT_BUILT[key];
      if (reason !== undefined) skip(reason);
      const missing = await missingBase(dockerfiles);
      if (missing !== undefined) skip(`the image ${missing} cannot be had here`);
      const json = join(place, 'case.json');
      const own = (existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {}) as { settings?: Partial<Settings> };
      const proof = await prove({
        root: join(place, 'before'),
        ...(own.settings ? { settings: own.settings } : {}),
        change: id === 'split-dependency-copy',
        fix: (before) => fixtureResult(before, join(place, 'after')),
      });
      const told = proof.subjects.map(summary);
      expect(proof.subjects.length, key).toBeGreaterThan(0);
      expect(
        told.filter(({ verdict }) => verdict === 'worse' || verdict === 'cannot tell'),
        key,
      ).toEqual([]);
      if (key in SAME) {
        expect(proof.verdict, SAME[key]).toBe('same');
        return;
      }
      // The two variables of set-python-env change no interpreter, so nothing is better by the general rule.
      if (id !== 'set-python-env') expect(proof.verdict, JSON.stringify(told, null, 1)).toBe('better');
      const bug = BUG[id];
      if (!bug) return;
      const shows = (side: SideSeen | undefined) => side !== undefined && bug(side);
      const looked = proof.subjects.filter(({ verdict }) => id === 'set-python-env' || verdict === 'better');
      expect(
        looked.some(({ before }) => shows(before)),
        `${key} shows its bug before`,
      ).toBe(true);
      if (id !== 'split-dependency-copy') {
        expect(looked.filter(({ after }) => shows(after)).map(summary), `${key} shows none after`).toEqual([]);
      }
    });
  }
});

function summary({ name, verdict, reasons, before, after }: SubjectProof) {
  return { name, verdict, reasons, before: before?.log.slice(-8), after: after?.log.slice(-8) };
}
