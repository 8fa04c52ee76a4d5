// PDM: projects with pyproject.toml and pdm.lock.

import { parseToml, valueAt } from '../../../parse/manifests/toml.ts';
import type { Installer } from '../installer.ts';
import { arePackages, operands, wordsBehind } from '../operands.ts';
import { PDM } from './flags.ts';
import { followPdm } from './follow.ts';
import { readPdm } from './reads.ts';

export const pdm: Installer = {
  name: 'pdm',
  programs: /^pdm$/,
  companions: [],
  broughtBy: undefined,
  modules: ['pdm'],
  stands: 'apart',
  globals: PDM,
  project: {
    manifest: 'pyproject.toml',
    locks: ['pdm.lock'],
    settings: ['pdm.toml'],
    written: ['.venv', '__pypackages__', '.pdm-python'],
  },
  halves: {
    without: [[{ flag: '--no-self', since: [1, 10] }]],
    installs: /(^|[ /])pdm (.* )?(install|sync)\b/,
    members: undefined,
    atMost: () => [],
    readingPlugin: undefined,
    look: undefined,
  },
  whyLater: () => undefined,
  untold: () => undefined,
  placeFlags: new Set(),
  placeVariables: [],
  elsewhere: undefined,
  // what it wrote down in the project stands before VIRTUAL_ENV
  adopts: [['PDM_IGNORE_SAVED_PYTHON', '1']],
  variables: {
    project: ['PDM_PROJECT', 'PDM_PYTHON', 'PDM_IN_VENV', 'PDM_USE_VENV'],
    environment: undefined,
    inProject: 'PDM_VENV_IN_PROJECT',
    create: undefined,
    python: undefined,
    others: [],
    keeps: [],
  },
  cache: { folder: 'pdm', variable: 'PDM_CACHE_DIR', opens: undefined, others: [] },
  loadsDotenv: undefined,
  run: {
    flags: PDM,
    withoutSync: undefined,
    scripts: 'programs',
    mayName: (name, manifest) => {
      const { table } = parseToml(manifest);
      return (
        table === undefined || (name !== undefined && valueAt(table, 'tool', 'pdm', 'scripts', name) !== undefined)
      );
    },
  },
  mayPut: () => true,
  mayRemake: (words) => {
    // what it makes anew it empties, and leaves the folder itself
    return words.some((word) => /^(use|venv|init)$/.test(word));
  },
  compiling: { kind: 'never', commands: /^(install|sync|add)$/, text: String.raw`pdm\s+(?:install|sync)` },
  uncompiledText: undefined,
  prefixes: ['PDM'],
  makesText: String.raw`pdm\s+(?:install|sync|venv\s+create)`,
  fillsText: undefined,
  isIdle: (words) => {
    if (words.includes('--local') || words.includes('-l')) return false;
    const [command = '', second = ''] = operands(words);
    return (
      /^(|config|cache)$/.test(command) ||
      (command === 'self' && second === 'add' && arePackages(wordsBehind(words, 'self')))
    );
  },
  makes: (words) => {
    const [command, second] = operands(words);
    return command === 'venv' && second === 'create' && !words.some((word) => /^(-p|--project)(=|$)/.test(word))
      ? ['pyproject.toml', 'pdm.toml', '.python-version']
      : undefined;
  },
  follow: followPdm,
  read: readPdm,
};
