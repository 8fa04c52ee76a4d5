// Hatch: makes environments and runs code of the project with nearly every command. It is recognised, and nothing of it is edited.

import { flagTable } from '../flags.ts';
import type { Installer } from './installer.ts';
import { NOT_FOLLOWED } from './notFollowed.ts';

export const hatch: Installer = {
  ...NOT_FOLLOWED,
  name: 'hatch',
  programs: /^hatch$/,
  modules: ['hatch'],
  globals: flagTable(
    '-e --env -p --project --data-dir --cache-dir --config',
    '-v --verbose -q --quiet --color --no-color --interactive --no-interactive -h --help --version',
  ),
  prefixes: ['HATCH'],
  makesText: String.raw`hatch\s+env\s+create`,
  project: { manifest: 'pyproject.toml', locks: [], settings: ['hatch.toml'] },
};
