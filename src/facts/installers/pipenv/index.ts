// Pipenv: projects with Pipfile and Pipfile.lock.

import { isSurelyYes } from '../callState.ts';
import type { Installer } from '../installer.ts';
import { operands } from '../operands.ts';
import { PIPENV } from './flags.ts';
import { followPipenv } from './follow.ts';
import { readPipenv } from './reads.ts';

export const pipenv: Installer = {
  name: 'pipenv',
  programs: /^pipenv$/,
  companions: [],
  broughtBy: undefined,
  modules: ['pipenv'],
  stands: 'apart',
  globals: PIPENV,
  project: { manifest: 'Pipfile', locks: ['Pipfile.lock'], settings: [] },
  halves: undefined,
  whyLater: () => undefined,
  untold: () => undefined,
  placeFlags: new Set(),
  placeVariables: [],
  elsewhere: {
    service: 'Keep PIPENV_VENV_IN_PROJECT from the service, so that the environment stays in the container',
    image: 'without PIPENV_VENV_IN_PROJECT',
  },
  adopts: [],
  variables: {
    project: ['PIPENV_PIPFILE', 'PIPENV_DOTENV_LOCATION'],
    environment: undefined,
    inProject: 'PIPENV_VENV_IN_PROJECT',
    create: undefined,
    python: undefined,
    others: ['PIPENV_CUSTOM_VENV_NAME', 'WORKON_HOME'],
    keeps: ['WORKON_HOME'],
  },
  cache: { folder: 'pipenv', variable: 'PIPENV_CACHE_DIR', opens: undefined, others: [] },
  loadsDotenv: ({ words, variables, texts }) => {
    if (isSurelyYes(variables.get('PIPENV_DONT_LOAD_ENV'))) return false;
    const isSystem = words.includes('--system') || isSurelyYes(variables.get('PIPENV_SYSTEM'));
    // where its environment is and which index it takes may stand there
    return !isSystem || texts.some((text) => text.includes('${'));
  },
  run: {
    flags: PIPENV,
    withoutSync: undefined,
    scripts: 'programs',
    mayName: (_, manifest) => /^\s*\[\s*["']?scripts\b/m.test(manifest),
  },
  mayPut: ({ words }) => {
    const [command] = operands(words);
    return command !== undefined && !words.includes('--system') && !/^(lock|requirements|verify|graph)$/.test(command);
  },
  mayRemake: (words) => words.some((word) => /^--(rm|python|two|three)/.test(word)),
  compiling: { kind: 'by itself' },
  uncompiledText: undefined,
  prefixes: ['PIPENV'],
  makesText: String.raw`pipenv\s+(?:install|sync)`,
  fillsText: undefined,
  isIdle: (words) => operands(words).length === 0,
  makes: () => undefined,
  follow: followPipenv,
  read: readPipenv,
};
