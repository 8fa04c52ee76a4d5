// Changing fixtures with a Dockerfile (a third of them; PYVENV_FIX_BUILDS=1, 2 or all: the others too) are built before and after and started: the wrong shape shows its bug before, and not after.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { settingsOf } from '../../src/config/resolve.ts';
import { fixRepository } from '../../src/fix/loop.ts';
import type { Settings } from '../../src/model.ts';
import type { SideSeen, SubjectProof } from '../../src/report/proof.ts';
import { isDockerfileName } from '../../src/text/dockerNames.ts';
import { bytesOf } from '../../src/text/latin1.ts';
import { transforms } from '../../transforms/index.ts';
import { closeSession, engine, fixtureResult, missingBase, prove } from './bench.ts';

const root = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** Cases that no engine builds, or none without what is not here; the reason is the plain word. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  'split-dependency-copy/copies-archives-that-a-variable-of-uv-names': 'its archives are none',
  'split-dependency-copy/copies-the-archives-that-a-pip-conf-names': 'its archives are none',
  'set-python-env/counts-a-clean-up-of-bytecode-for-nothing': 'the image has no make',
  'set-python-env/has-uv-compile-in-the-stage-that-installs': 'its uv.lock is not whole',
  'set-python-env/has-uv-compile-what-it-installs': 'its uv.lock is not whole',
  'set-python-env/leaves-bytecode-that-setup-py-compiles': 'the image has no setuptools',
  'set-python-env/leaves-bytecode-where-a-makefile-drops-the-sources': 'the image has no make',
  'set-python-env/leaves-bytecode-where-uv-is-told-to-compile-nothing': 'its uv.lock is not whole',
  'set-python-env/leaves-bytecode-where-a-script-has-poetry-install':
    'its poetry wants more of the project than stands there',
  'set-python-env/leaves-test-data-and-says-so-once': 'its build contexts are not known',
  'activate-to-env/follows-settings-that-name-an-index-only': 'its index stands nowhere',
  'activate-to-env/knows-an-installer-that-add-fetches': 'its installer is fetched from outside of the index',
  'split-dependency-copy/lets-an-installer-that-add-fetches-pass': 'its installer is fetched from outside of the index',
  'activate-to-env/takes-braces-of-a-command-for-its-own': 'its files stand nowhere',
  'fix-venv-volume/removes-an-empty-volume-of-an-image-whose-commands-are-all-known':
    'its tool is fetched from outside of the index',
  'activate-to-env/keeps-a-bom-and-a-missing-final-newline': 'BuildKit refuses a RUN whose bytes are no UTF-8',
  'split-dependency-copy/copies-a-pipfile-without-a-lock':
    'pipenv does not install beside packages of the distribution',
  'split-dependency-copy/splits-pipenv': 'pipenv does not install beside packages of the distribution',
  'split-dependency-copy/keeps-the-settings-of-the-system-before-what-they-are-for':
    'its pip.conf leads away from the index',
  'split-dependency-copy/keeps-certificates-before-the-command-that-reads-them': 'its certificate is none',
  'split-dependency-copy/keeps-the-steps-between-in-their-order': 'its package of the distribution is of one release',
  'split-dependency-copy/leaves-folders-out-that-poetry-depends-on':
    'poetry builds a folder with packages of one index only',
  'split-dependency-copy/installs-a-project-that-builds-itself-once-the-code-is-there': 'its uv.lock is not whole',
  'split-dependency-copy/installs-pdms-dependencies-first': 'pdm takes its packages from one index only',
  'freeze-uv-sync/freezes-every-sync-by-a-fresh-lock': 'its uv.lock is not whole',
  'venv-on-path/puts-what-uv-made-on-path': 'its uv.lock is not whole',
  'keep-venv-across-stages/makes-an-environment-where-it-is-used': 'its uv.lock is not whole',
  'split-dependency-copy/installs-a-package-once-its-code-is-there': 'poetry takes packages of one index only',
  'ignore-venv/keeps-a-recommended-line-that-the-repository-needs': 'its RUN needs git in the image',
  'ignore-venv/adds-although-another-dockerfile-has-no-known-context':
    'where its other Dockerfile is built is not known',
  'ignore-venv/adds-for-add-and-for-a-copy-with-parents': 'COPY --parents needs a frontend that is fetched',
};

/** What a build says that fails, on both sides alike, for what cannot be had where the tests run. */
const OUT_OF_REACH: readonly (readonly [RegExp, string])[] = [
  [/no such host|dns error|Name or service not known|Could not resolve host/i, 'it fetches from outside of the index'],
  [/uninstall-no-record-file/, 'a tool of it does not install beside packages of the distribution'],
  [/\b(?:curl|wget|git|make): not found/, 'the image has not its tool'],
];

function outOfReach(proof: { readonly subjects: readonly SubjectProof[] }): string | undefined {
  const reasons = proof.subjects.map(({ before, after }) => {
    if (before?.built !== false || after?.built !== false) return undefined;
    const logs = [before.log.join('\n'), after.log.join('\n')];
    return OUT_OF_REACH.find(([said]) => logs.every((log) => said.test(log)))?.[1];
  });
  return reasons.every((reason) => reason !== undefined) ? reasons[0] : undefined;
}

const LEGACY = 'the variables were set before, in a form that is going away';

/** Cases whose fix is right and shows in nothing that a proof looks at. */
const SAME: Readonly<Record<string, string>> = {
  'activate-to-env/takes-an-activation-out-of-a-compose-command': 'ENV had set the environment before',
  'activate-to-env/drops-activations-where-path-is-set-already': 'ENV had set the environment before',
  'activate-to-env/removes-an-activation-that-nothing-follows': 'it did nothing',
  'activate-to-env/finds-an-activate-by-name-along-the-path': 'PATH led into it before',
  'activate-to-env/sets-virtual-env-where-a-command-asks-for-it': 'PATH led into it before; VIRTUAL_ENV is what is new',
  'activate-to-env/sets-virtual-env-where-a-script-asks-for-it': 'PATH led into it before; VIRTUAL_ENV is what is new',
  'activate-to-env/sets-virtual-env-where-only-path-is-set': 'PATH led into it before; VIRTUAL_ENV is what is new',
  'ignore-venv/adds-for-uv-under-a-copy-over-its-environment': 'the sync behind the copy makes the environment anew',
  'fix-venv-volume/removes-an-empty-volume-that-hides-the-environment-of-the-host':
    'the host has an interpreter that no container has',
  'ignore-venv/adds-for-a-copy-by-wildcard':
    'the wildcard empties every folder into one place, also one that is not ignored',
  'ignore-venv/names-only-what-no-other-stage-hands-on': 'it comes into a stage before the last only',
  'set-python-env/keeps-quotes-and-expansions-of-the-legacy-form': LEGACY,
  'set-python-env/writes-the-legacy-form-anew-in-a-stage-of-its-own-too': LEGACY,
  'set-python-env/writes-the-legacy-form-with-an-equals-sign': LEGACY,
  'ignore-venv/adds-what-is-recommended-where-that-is-asked-for': 'the environment was ignored before',
  'ignore-venv/adds-where-a-page-says-how-to-build': 'the sync behind the copy makes the environment anew',
  'ignore-venv/recommends-nothing-that-a-copy-names': 'the environment was ignored before',
  'ignore-venv/counts-what-only-the-host-runs-for-nothing': 'a step removes it, so that only a layer below holds it',
  'keep-venv-across-stages/sets-a-variable-where-the-copy-reads-it': 'the root of the other stage brought it too',
  'freeze-uv-sync/freezes-what-a-folder-of-the-repository-installs': 'a lock that fits is installed either way',
};

/** A share of the cases by their names, so that a run stays short: PYVENV_FIX_BUILDS=all builds every one. */
const SHARE = 3;
const isInShare = (name: string): boolean =>
  process.env.PYVENV_FIX_BUILDS === 'all' ||
  createHash('sha256').update(name).digest().readUInt32BE() % SHARE === Number(process.env.PYVENV_FIX_BUILDS ?? 0);

interface Case {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly dockerfiles: readonly string[];
}

function casesOf(): Case[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: id }) => readdirSync(join(root, id)).map((name) => ({ id, name, place: join(root, id, name) })))
    .filter(({ id, name, place }) => existsSync(join(place, 'after')) && isInShare(`${id}/${name}`))
    .map((one) => ({ ...one, dockerfiles: dockerfilesOf(join(one.place, 'before')) }))
    .filter(({ dockerfiles }) => dockerfiles.length > 0);
}

function dockerfilesOf(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && isDockerfileName(bytesOf(entry.name)))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}

const execInEnvironment = ({ exec }: SideSeen): boolean => exec?.processes[0]?.inEnvironment ?? false;

const inEnvironment = ({ exec, start }: SideSeen): boolean =>
  [...(exec?.processes ?? []), ...(start?.processes ?? [])].every((one) => one.inEnvironment);

const meetsHost = ({ exec, start }: SideSeen): boolean =>
  [...(exec?.processes ?? []), ...(start?.processes ?? [])].some((one) => one.hostEnvironments.length > 0);

const closesLeak = (before: SideSeen, after: SideSeen): boolean =>
  before.leaks.some((path) => !after.leaks.includes(path));

/** How many of the two variables' effects are missing, over all processes. */
const flagsOff = ({ exec, start }: SideSeen): number =>
  [...(exec?.processes ?? []), ...(start?.processes ?? [])].reduce(
    (sum, one) => sum + Number(one.writesBytecode) + Number(one.buffered),
    0,
  );

const installsAgain = ({ change }: SideSeen): number => (change?.run ?? []).filter((step) => INSTALL.test(step)).length;

/** Does the first side show the bug that the transform is there for, and the second side not? */
const MENDED: Readonly<Record<string, (before: SideSeen, after: SideSeen) => boolean>> = {
  'activate-to-env': (before, after) => (!before.built || !execInEnvironment(before)) && execInEnvironment(after),
  'set-python-env': (before, after) => flagsOff(before) > flagsOff(after),
  // A second install, of the project alone, runs again; then the first one is what the cache has in addition.
  'split-dependency-copy': (before, after) =>
    !before.built ||
    installsAgain(before) > installsAgain(after) ||
    (installsAgain(before) > 0 && (after.change?.cached ?? 0) > (before.change?.cached ?? 0)),
  'drop-pip-cache': (before, after) => (before.bytes ?? 0) > (after.bytes ?? 0),
  'ignore-venv': (before, after) => !before.built || closesLeak(before, after),
  // A container that only idles, or that makes the hidden environment anew in the folder of the host, shows it in its files.
  'fix-venv-volume': (before, after) =>
    closesLeak(before, after) ||
    ((!inEnvironment(before) || meetsHost(before)) && inEnvironment(after) && !meetsHost(after)),
};

/** Transforms that change what becomes of a developer's environment; the others build beside none, which is half the time. */
const OF_HOSTS: ReadonlySet<string> = new Set(['ignore-venv', 'fix-venv-volume', 'repositories']);

/** The two variables change no interpreter, a second install runs as many steps, and size decides nothing: none of it makes a proof better. */
const SHOWS_OTHERWISE: ReadonlySet<string> = new Set(['set-python-env', 'split-dependency-copy', 'drop-pip-cache']);

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
      const own = (existsSync(json) ? JSON.parse(readFileSync(json, 'utf8')) : {}) as {
        settings?: Partial<Settings>;
        unsafe?: boolean;
      };
      const proof = await prove({
        root: join(place, 'before'),
        ...(own.settings ? { settings: own.settings } : {}),
        change: id === 'split-dependency-copy' || id === 'repositories',
        ...(OF_HOSTS.has(id) ? {} : { limits: { host: 'absent' } }),
        fix: (before) => {
          const ids = transforms.flatMap((t) =>
            (id === 'repositories' ? !t.offByDefault : t.id === id) ? [t.id] : [],
          );
          const settings = { ...settingsOf({}), ...own.settings };
          const options = { ids, unsafe: own.unsafe === true, prefix: '', editable: () => true };
          return fixtureResult(
            before,
            join(place, 'after'),
            fixRepository(before, transforms, settings, options).applied,
          );
        },
      });
      const unreached = outOfReach(proof);
      if (unreached !== undefined) skip(unreached);
      const told = proof.subjects.map(summary);
      expect(proof.subjects.length, key).toBeGreaterThan(0);
      expect(
        told.filter(({ verdict }) => verdict === 'worse' || verdict === 'cannot tell'),
        JSON.stringify([key, told], null, 1),
      ).toEqual([]);
      if (key in SAME) {
        expect(proof.verdict, SAME[key]).toBe('same');
        return;
      }
      if (!SHOWS_OTHERWISE.has(id)) {
        expect(proof.verdict, JSON.stringify(told, null, 1)).toBe('better');
      }
      const mended = MENDED[id];
      if (!mended) return;
      // What a developer's environment does shows only where one stands in the tree.
      const shown = proof.subjects.filter(
        ({ before, after, host }) =>
          (before && after && mended(before, after)) || (host && mended(host.before, host.after)),
      );
      expect(shown.length, `${key}: the bug shows before and not after`).toBeGreaterThan(0);
    });
  }
});

function summary({ name, verdict, reasons, host, before, after }: SubjectProof) {
  return { name, verdict, reasons, host: host?.reasons, before: before?.log.slice(-8), after: after?.log.slice(-8) };
}
