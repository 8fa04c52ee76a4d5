// Poetry: projects with pyproject.toml and poetry.lock.

import type { Installer } from '../installer.ts';
import { arePackages, operands, wordsBehind } from '../operands.ts';
import { POETRY } from './flags.ts';
import { followPoetry } from './follow.ts';
import { readPoetry } from './reads.ts';

export const poetry: Installer = {
  name: 'poetry',
  programs: /^poetry$/,
  modules: ['poetry'],
  stands: 'apart',
  globals: POETRY,
  project: { manifest: 'pyproject.toml', locks: ['poetry.lock'], settings: ['poetry.toml'] },
  withoutProject: [
    [{ flag: '--no-root', since: [1, 0] }],
    [
      { flag: '--no-root', since: [1, 0] },
      { flag: '--no-directory', since: [1, 5] },
    ],
  ],
  placeFlags: new Set(),
  placeVariables: [],
  elsewhere: {
    service:
      'Set `POETRY_VIRTUALENVS_IN_PROJECT=false` for the service, so that the environment stays in the container',
    image: '`ENV POETRY_VIRTUALENVS_IN_PROJECT=false` before the install',
  },
  inProject: 'ENV POETRY_VIRTUALENVS_IN_PROJECT=1',
  withoutSync: undefined,
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
