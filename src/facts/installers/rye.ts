// Rye: installs a project into its .venv, with a Python that it fetches. It is recognised, and nothing of it is edited.

import { flagTable } from '../flags.ts';
import type { Installer } from './installer.ts';
import { operands } from './operands.ts';

export const rye: Installer = {
  name: 'rye',
  programs: /^rye$/,
  modules: ['rye'],
  stands: 'apart',
  globals: flagTable('--env-file', '-h --help --version'),
  project: {
    manifest: 'pyproject.toml',
    locks: ['requirements.lock', 'requirements-dev.lock'],
    settings: ['.python-version'],
  },
  withoutProject: [],
  placeFlags: new Set(),
  placeVariables: [],
  isIdle: (words) => operands(words).length === 0,
  makes: () => undefined,
  follow: 'not followed',
  read: () => undefined,
};
