// Rye: installs a project into its .venv, with a Python that it fetches. It is recognised, and nothing of it is edited.

import { flagTable } from '../flags.ts';
import type { Installer } from './installer.ts';
import { NOT_FOLLOWED } from './notFollowed.ts';

export const rye: Installer = {
  ...NOT_FOLLOWED,
  name: 'rye',
  programs: /^rye$/,
  modules: ['rye'],
  globals: flagTable('--env-file', '-h --help --version'),
  prefixes: ['RYE'],
  makesText: String.raw`rye\s+sync`,
  project: {
    manifest: 'pyproject.toml',
    locks: ['requirements.lock', 'requirements-dev.lock'],
    settings: ['.python-version'],
  },
};
