// Hatch: makes environments and runs code of the project with nearly every command. It is recognised, and nothing of it is edited.

import { flagTable } from '../flags.ts';
import type { Installer } from './installer.ts';
import { operands } from './operands.ts';

export const hatch: Installer = {
  name: 'hatch',
  programs: /^hatch$/,
  modules: ['hatch'],
  stands: 'apart',
  globals: flagTable(
    '-e --env -p --project --data-dir --cache-dir --config',
    '-v --verbose -q --quiet --color --no-color --interactive --no-interactive -h --help --version',
  ),
  project: { manifest: 'pyproject.toml', locks: [], settings: ['hatch.toml'] },
  withoutProject: [],
  placeFlags: new Set(),
  placeVariables: [],
  isIdle: (words) => operands(words).length === 0,
  makes: () => undefined,
  follow: 'not followed',
  read: () => undefined,
};
