// Pipenv: projects with Pipfile and Pipfile.lock.

import type { Installer } from '../installer.ts';
import { operands } from '../operands.ts';
import { PIPENV } from './flags.ts';
import { followPipenv } from './follow.ts';
import { readPipenv } from './reads.ts';

export const pipenv: Installer = {
  name: 'pipenv',
  programs: /^pipenv$/,
  modules: ['pipenv'],
  stands: 'apart',
  globals: PIPENV,
  project: { manifest: 'Pipfile', locks: ['Pipfile.lock'], settings: [] },
  withoutProject: [],
  placeFlags: new Set(),
  placeVariables: [],
  elsewhere: {
    service: 'Keep PIPENV_VENV_IN_PROJECT from the service, so that the environment stays in the container',
    image: 'without PIPENV_VENV_IN_PROJECT',
  },
  inProject: 'ENV PIPENV_VENV_IN_PROJECT=1',
  withoutSync: undefined,
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
