// PDM: projects with pyproject.toml and pdm.lock.

import type { Installer } from '../installer.ts';
import { operands } from '../operands.ts';
import { PDM } from './flags.ts';
import { readPdm } from './reads.ts';

export const pdm: Installer = {
  name: 'pdm',
  programs: /^pdm$/,
  modules: ['pdm'],
  stands: 'apart',
  globals: PDM,
  project: { manifest: 'pyproject.toml', locks: ['pdm.lock'], settings: ['pdm.toml'] },
  withoutProject: [[{ flag: '--no-self', since: [1, 10] }]],
  placeFlags: new Set(),
  placeVariables: [],
  prefixes: ['PDM'],
  makesText: String.raw`pdm\s+(?:install|sync)`,
  fillsText: undefined,
  isIdle: (words) => operands(words).length === 0,
  makes: () => undefined,
  follow: 'not followed',
  read: readPdm,
};
