// Poetry: projects with pyproject.toml and poetry.lock.

import { nameOf } from '../../../parse/manifests/paths.ts';
import type { Installer } from '../installer.ts';
import { arePackages, operands, wordsBehind } from '../operands.ts';
import { POETRY } from './flags.ts';
import { followPoetry } from './follow.ts';
import { readPoetry } from './reads.ts';

const KEEPS = ['POETRY_VIRTUALENVS_PATH', 'POETRY_CACHE_DIR'];
const INSTALLS = /^(install|sync|update|add|remove)$/;
/** Its commands that put nothing anywhere but into the environment. */
const PUTS_NOTHING_ELSE =
  /^(install|sync|update|add|remove|lock|config|export|check|version|cache|self|show|about|source|env)$/;

/** A lock of 0.12, and what 1.0 no longer has. */
const OLD_LOCK = /^\[metadata\.hashes\]/m;

function versionsAtMost(dockerfile: string, locks: readonly string[]): (readonly number[])[] {
  const isOld =
    /\bconfig[ \t]+settings\./.test(dockerfile) ||
    locks.some((lock) => OLD_LOCK.test(lock) && !/^lock-version\b/m.test(lock));
  // The old installer brings 1.1 at most, Debian and Ubuntu had 1.1 to 1.3 for years.
  return [...(isOld ? [[0]] : []), ...(/get-poetry\.py|\bpython3-poetry\b/.test(dockerfile) ? [[1, 3]] : [])];
}

export const poetry: Installer = {
  name: 'poetry',
  programs: /^poetry$/,
  companions: [],
  broughtBy: undefined,
  modules: ['poetry'],
  stands: 'apart',
  globals: POETRY,
  project: { manifest: 'pyproject.toml', locks: ['poetry.lock'], settings: ['poetry.toml'] },
  halves: {
    without: [
      [{ flag: '--no-root', since: [1, 0] }],
      [
        { flag: '--no-root', since: [1, 0] },
        { flag: '--no-directory', since: [1, 5] },
      ],
    ],
    installs: /(^|[ /])poetry (.* )?(install|sync)\b/,
    members: undefined,
    atMost: versionsAtMost,
    // They read `.git`, `.env`, other projects.
    readingPlugin:
      /(?<![\w-])poetry-(?!core\b|plugin-(?:export|up|shell|bundle)\b)(?:[a-z]+-){0,4}(?:versioning|version|plugin|dotenv|git|multiproject|monorepo|monoranger)(?:-[a-z]+){0,4}\b/,
    look: {
      stops: (dockerfile) =>
        /\bpoetry(\[[\w,-]*\])?["']?[ \t]*[=~]=[ \t]*["']?[2-9]\.|\bPOETRY_VERSION["']?[=: \t]["']?[2-9]\./i.test(
          dockerfile,
        ),
      follows: 'Poetry 2 stops there, and Poetry 1 leaves the project out without a word or with a warning',
    },
  },
  whyLater: ({ name, words, files }) =>
    words.includes('update') && files.some((path) => nameOf(path) === 'poetry.lock')
      ? { code: 'lock', words: `${name} writes poetry.lock in the image, and the code would be copied over it` }
      : undefined,
  // `poetry export`
  untold: (words) => (words.includes('export') ? [] : undefined),
  placeFlags: new Set(),
  placeVariables: [],
  elsewhere: {
    service:
      'Set `POETRY_VIRTUALENVS_IN_PROJECT=false` for the service, so that the environment stays in the container',
    image: '`ENV POETRY_VIRTUALENVS_IN_PROJECT=false` before the install',
  },
  adopts: [],
  variables: {
    project: [],
    environment: undefined,
    inProject: 'POETRY_VIRTUALENVS_IN_PROJECT',
    create: 'POETRY_VIRTUALENVS_CREATE',
    python: undefined,
    others: ['POETRY_VIRTUALENVS_PATH'],
    keeps: KEEPS,
  },
  cache: { folder: 'pypoetry', variable: 'POETRY_CACHE_DIR', opens: undefined, others: [] },
  loadsDotenv: undefined,
  run: { flags: POETRY, withoutSync: undefined, scripts: 'programs', mayName: undefined },
  mayPut: ({ words, variables, mayMean }) => {
    const [command = 'about', second = ''] = operands(words);
    if (!PUTS_NOTHING_ELSE.test(command) || (command === 'env' && /^(use|activate)$/.test(second))) return true;
    return INSTALLS.test(command) && KEEPS.some((name) => variables.has(name) && mayMean(variables.get(name)!));
  },
  mayRemake: (words) => /(^| )env (remove|use)( |$)/.test(words.join(' ')),
  compiling: {
    kind: 'by flag',
    commands: /^(install|sync|add)$/,
    text: String.raw`poetry\s+(?:install|sync)`,
    flag: { flag: '--compile', since: [1, 4] },
    nothing: ['--dry-run', '--only-root'],
    otherwise:
      /(?<![.\w])python3-poetry\b|get-poetry\.py|\bpoetry\s+self\b|\b(asdf|mise|conda|mamba|brew|apk)\b[^&|;\n]*poetry\b/,
    script: /install[.-](python-)?poetry\b/,
    // Below 1.4 it installs through pip.
    selfCompiling: /\bpoetry(?:["']?==|[\w-]*VERSION[=\s]+["']?)(0\.|1\.[0-3](\.|\D|$))/i,
  },
  uncompiledText: undefined,
  prefixes: ['POETRY'],
  makesText: String.raw`poetry\s+(?:install|sync)`,
  fillsText: undefined,
  isIdle: (words) => {
    if (words.includes('--local')) return false;
    const [command = '', second = ''] = operands(words);
    return (
      /^(|config|about|cache)$/.test(command) ||
      (command === 'self' && /^(add|update|remove)$/.test(second) && arePackages(wordsBehind(words, 'self')))
    );
  },
  makes: () => undefined,
  follow: followPoetry,
  read: readPoetry,
};
