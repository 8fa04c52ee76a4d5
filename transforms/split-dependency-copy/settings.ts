// Settings that a command reads without naming them: files of its user's home, and what its variables name.

import type { Blocker } from '../../src/facts/blocker.ts';
import { type ContextCopy, contextPathsAt } from '../../src/facts/copies/repositoryCopies.ts';
import { filesBelow } from '../../src/facts/folders.ts';
import { VARIABLE_PREFIXES } from '../../src/facts/installers/index.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import type { RunBeforeCode } from './checks.ts';
import { bringsNoSettings, bringsSystem, hiddenIn } from './homes.ts';
import { standsInRepository } from './locks.ts';
import type { InstructionAt, SplitPlace } from './splitPlace.ts';
import { nameOfStep, type Step, titleOfInstruction } from './step.ts';
import { readsNoSettings } from './tolerated.ts';

/** May the home of the user of that instruction lie in one of the folders? `set`: the value of HOME there, if it has one. */
function mayHoldHome(
  regions: readonly string[],
  { stage, n, place }: InstructionAt,
  set = stage.before[n]!.buildEnv.get('HOME'),
): boolean {
  const user = stage.before[n]!.user.split(':')[0]!;
  const isRoot = isRootUser(user);
  const home = set ?? (isRoot ? '/root' : isKnown(user) ? `/home/${user}` : undefined);
  return regions.some((region) => {
    if (home !== undefined && (!isKnown(home) || isWithin(home, region))) return true;
    // `COPY ssh /home/web/.ssh`
    if (home !== undefined && region.startsWith(hiddenIn(home))) return true;
    if (/^\/(root|home(\/[^/]+)?)?$/.test(region) && home !== '/root') return true;
    if (isRoot) return false;
    const named = region.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    // Users are made with a home of their own, also by a variable.
    return new RegExp(`(^|[ \t])(-[a-z]*d|-h|--home|--home-dir)[= ]+["']?(\\$|${named}(["'/ \t\\n]|$))`, 'm').test(
      place.dockerfile.text,
    );
  });
}

/** May settings or packages come with the copies into the home of the user of that instruction? */
export function bringsToHome(moved: readonly ContextCopy[], at: InstructionAt, set: string | undefined): boolean {
  const regions = moved.map((copy) => copy.destination);
  if (!mayHoldHome(regions, at, set)) return false;
  const user = at.stage.before[at.n]!.user.split(':')[0]!;
  const home = set ?? (isRootUser(user) ? '/root' : undefined);
  // Of another user's home only the usual place is known, where nothing says otherwise.
  const usual = `/home/${user}`;
  const own = home ?? (regions.every((r) => isWithin(r, usual)) ? usual : undefined);
  return own === undefined || !isKnown(own) || !bringsNoSettings(own, moved, at.place);
}

/** Names that the programs of an installation are known to read a file or a folder by. */
const OF_TOOLS = new RegExp(
  `^(${VARIABLE_PREFIXES}|GIT|CURL|WGET|SSL|SSH|NPM|YARN|PNPM|APT|DPKG|DEBCONF|CARGO|RUSTUP|GO|CMAKE|PKG|LD|CC|CXX|XDG|PYTHON|VIRTUALENV|SETUPTOOLS|BASH|GNUPG|AWS|KEYRING|TWINE|NETRC|HTTPS?|ALL)_|CERT|CA_?BUNDLE|CA_?INFO|CA_?PATH|NETRC|CONFIG|FLAGS$|PATH$|INCLUDE|LIBRARY|TOKEN_FILE|^(ENV|BASH_ENV|GNUPGHOME|CC|CXX|LD|AR|TMPDIR|JAVA_HOME)$`,
  'i',
);
/** Names that only say where an environment or a cache is to be. What an install writes there is looked at elsewhere. */
const PLACES = new RegExp(
  `^(PWD|OLDPWD|VIRTUAL_ENV|UV_PROJECT_ENVIRONMENT|CONDA_PREFIX|(${VARIABLE_PREFIXES}|XDG|NPM_CONFIG)_CACHE(_DIR|_HOME)?)$`,
);
/** Names that belong to the program in the image, which does not run yet. */
const OF_PROGRAM =
  /^(FLASK|DJANGO|GUNICORN|UVICORN|HYPERCORN|CELERY|STREAMLIT|DATABASE|DB|SQLALCHEMY|STATIC|MEDIA|UPLOADS?|LOGS?|DATA|PORT|HOST)(_\w+)?$|_(APP|MODULE|ENV|MODE|USER|NAME|URL|VERSION|PORT|HOST|LEVEL)$/;
/** Names of the project's own folder: with it as value they say nothing new. `OPENSSL_DIR=/app/ssl` does. */
const OF_FOLDER =
  /^(APP|APPLICATION|PROJECT|SERVICE|WORK|SRC|SOURCE|CODE|BASE|ROOT|INSTALL)(_\w+)?$|^(APPDIR|WORKDIR|\w+_(HOME|ROOT|DIR|DIRECTORY|WORKDIR|FOLDER|PATH))$/;

/** Of these the project's own folder says something all the same. */
const TOOLS_FOLDER = new RegExp(
  `^(${VARIABLE_PREFIXES}|GIT|CURL|SSL|SSH|XDG|LD|PKG|CARGO|APT|NPM|GO|CMAKE)_|CERT|CONFIG|INCLUDE|LIBRARY|^(MAN|NODE|CLASS)PATH$`,
  'i',
);

/** What these name is a file, although the repository has none of that name: it may lie in the context unseen. */
const NAMES_A_FILE =
  /(_CERT|CA_BUNDLE|_CAINFO|_CAPATH|CERT_(FILE|DIR)|CONFIG(_FILE|_GLOBAL|_SYSTEM|_DIR|_HOME)?|^NETRC)$/i;

const LONGEST = 10_000;

/** Paths that may stand in a value: `-I/opt/x`, `a:b`, `ssh -i key`; addresses are none. */
function* pathsIn(value: string): Generator<string> {
  for (const word of value.split(/[ \t\r\n;,'"]+/)) {
    const scheme = word.indexOf('://');
    if (scheme > 0 && !/^(file|sqlite)/.test(word)) continue;
    for (const part of word.split(/[:=]+/)) {
      const path = part.replace(/^(@|-[A-Za-z]{1,2}(?=[^A-Za-z-]))/, '');
      const open = path.search(/[^\0-\xff]/);
      if (path !== '' && open !== 0 && !path.startsWith('-')) yield open < 0 ? path : path.slice(0, open);
    }
  }
}

const MAY_BE_COMMAND = /^[a-z][\w+-]*$/;
const CHANGES_PYTHON = /^(sitecustomize|usercustomize)(\.|$)|\.(egg-info|dist-info|egg-link)$/;

/** Does the repository have an entry in a folder of the context whose name fits? */
function hasEntry(
  folder: string,
  fits: (name: string, kind: 'file' | 'folder') => boolean,
  place: SplitPlace,
): boolean {
  const lead = [place.context.folder ?? '', folder].filter(Boolean).join('/');
  const at = lead === '' ? 0 : lead.length + 1;
  for (const path of filesBelow(lead, place.snapshot)) {
    const slash = path.indexOf('/', at);
    if (slash < 0 ? fits(path.slice(at), 'file') : fits(path.slice(at, slash), 'folder')) return true;
  }
  return false;
}

interface NamedSettings {
  readonly name: string;
  readonly path: string;
  readonly isRelative: boolean;
}

/** Does a path that a variable names concern what the copy brings? */
function concerns({ name, path, isRelative }: NamedSettings, copy: ContextCopy, place: SplitPlace): boolean {
  if (!isWithin(path, copy.destination)) return false;
  const own = contextPathsAt(copy, path);
  if (name === 'PATH')
    return own.some((o) => hasEntry(o.path, (entry, kind) => kind === 'file' && MAY_BE_COMMAND.test(entry), place));
  if (name === 'PYTHONPATH') return own.some((o) => hasEntry(o.path, (n) => CHANGES_PYTHON.test(n), place));
  if (PLACES.test(name)) return own.some((o) => standsInRepository(o.path, place.context, place.snapshot));
  if (OF_FOLDER.test(name) && path === copy.destination && !TOOLS_FOLDER.test(name)) return false;
  if (OF_TOOLS.test(name)) return true;
  if (OF_PROGRAM.test(name)) return false;
  // Of a plain word such as `production` nobody knows that it is a path.
  return !isRelative || own.some((o) => o.path !== '' && place.snapshot.paths.has(o.path));
}

/** Words that mean a path only if something is there: `true`, `1`, `utf-8`. */
const isPlainWord = (word: string): boolean => !word.includes('/') && !/^\.{1,2}$/.test(word);

/** The variable of a step that names something which the moved copies bring; `brought`: image paths that are there all the same. */
function variableOf(
  step: Step,
  moved: readonly ContextCopy[],
  brought: ReadonlySet<string>,
  place: SplitPlace,
): string | undefined {
  for (const [name, value] of step.variables) {
    if (name === 'HOME') continue;
    if (value.length > LONGEST) {
      if (moved.some((copy) => value.includes(copy.destination))) return name;
      continue;
    }
    for (const word of pathsIn(value)) {
      const isRelative = !word.startsWith('/');
      const path = absolute(word, step.cwd);
      if (brought.has(path)) continue;
      for (const copy of moved) {
        if (!concerns({ name, path, isRelative }, copy, place)) continue;
        const stands = contextPathsAt(copy, path).some((o) =>
          standsInRepository(o.path, place.context, place.snapshot),
        );
        if (isRelative && isPlainWord(word) && !stands && !NAMES_A_FILE.test(name)) continue;
        return name;
      }
    }
  }
  return undefined;
}

const SHIMS = /(^|:)[^:]*\/shims\/?(:|$)/;
/** Files by which shims of pyenv, asdf, mise and rye choose a Python. */
const CHOOSE = ['.tool-versions', '.mise.toml', 'mise.toml', '.python-version'];
const CHOOSE_BY_RYE = ['.python-version', 'pyproject.toml'];

/** The file of the moved copies by which a shim on the PATH of a step may choose another Python. */
function chooserOf(
  step: Step,
  moved: readonly ContextCopy[],
  brought: ReadonlySet<string>,
  place: SplitPlace,
): string | undefined {
  const path = step.variables.get('PATH') ?? '';
  if (!SHIMS.test(path)) return undefined;
  const folders = step.cwd.split('/').map((_, n, all) => all.slice(0, n + 1).join('/'));
  return (/rye\/shims/.test(path) ? CHOOSE_BY_RYE : CHOOSE).find((name) =>
    folders.some(
      (folder) =>
        !brought.has(`${folder}/${name}`) &&
        moved.some((copy) =>
          contextPathsAt(copy, `${folder}/${name}`).some((o) =>
            standsInRepository(o.path, place.context, place.snapshot),
          ),
        ),
    ),
  );
}

/** That a RUN reads settings out of the copies that would come after it. */
export function settingsBlocker(run: RunBeforeCode): Blocker | undefined {
  const { moved, at } = run;
  const { place } = at;
  // Single files are settings only where their names begin with a dot.
  const settling = moved.filter(
    (copy) => copy.sources.some((s) => s.kind === 'folder' || /(^|\/)\.[^/]*$/.test(s.path)) || copy.asFile,
  );
  const brought = new Set(run.installs.flatMap(({ reads }) => [...reads.files, ...reads.optional, ...reads.folders]));
  const system = settling.find((copy) => copy.destination === '/' && bringsSystem(copy, place));
  for (const step of run.steps) {
    if (readsNoSettings(step)) continue;
    if (system !== undefined)
      return {
        code: 'settings',
        words: `${nameOfStep(step)} may read what ${titleOfInstruction(system.instruction)} brings to folders of the system`,
      };
    if (bringsToHome(settling, at, step.variables.get('HOME')))
      return {
        code: 'settings',
        words: `${nameOfStep(step)} may read settings in the home folder, and the code is copied there`,
      };
    const chooser = chooserOf(step, moved, brought, place);
    if (chooser !== undefined)
      return {
        code: 'settings',
        words: `${nameOfStep(step)} may be run by a shim, which goes by ${chooser} of the code`,
      };
    const name = variableOf(step, moved, brought, place);
    if (name !== undefined)
      return {
        code: 'settings',
        words: `${nameOfStep(step)} may read what ${name} names, and the code is copied there`,
      };
  }
  return undefined;
}
