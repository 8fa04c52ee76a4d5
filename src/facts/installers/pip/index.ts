// pip: installs what it is given, into the Python that runs it.

import type { Installer } from '../installer.ts';
import { NO_VARIABLES } from '../notFollowed.ts';
import { firstOperand } from '../operands.ts';
import { PIP } from './flags.ts';
import { followPip } from './follow.ts';
import { namesPlace } from './namesPlace.ts';
import { readPip } from './reads.ts';

export const pip: Installer = {
  name: 'pip',
  programs: /^pip(-?\d(\.\d+)?)?$/,
  companions: [],
  broughtBy: undefined,
  modules: ['pip'],
  stands: 'in its target',
  globals: PIP,
  project: undefined,
  halves: undefined,
  whyLater: ({ name, words, files, read }) =>
    words.some((word) => /^(-e|--editable)/.test(word)) ||
    files.some((path) => /^[ \t]*(-e|--editable)/m.test(read(path) ?? ''))
      ? { code: 'same folder', words: `${name} checks out an editable requirement below the working folder` }
      : undefined,
  untold: () => undefined,
  placeFlags: new Set('-t --target --prefix --root --src --log --report --cache-dir -d -b --build'.split(' ')),
  placeVariables: ['PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PIP_SRC', 'PIP_LOG', 'PIP_REPORT', 'PYTHONUSERBASE'],
  elsewhere: undefined,
  adopts: undefined,
  variables: NO_VARIABLES,
  cache: { folder: 'pip', variable: 'PIP_CACHE_DIR', opens: undefined, others: [] },
  loadsDotenv: undefined,
  run: undefined,
  mayPut: ({ words }) => namesPlace(words),
  mayRemake: () => false,
  compiling: { kind: 'by itself' },
  uncompiledText: String.raw`--no-compile\b|\bPIP_NO_COMPILE\b`,
  prefixes: ['PIP'],
  makesText: undefined,
  fillsText: String.raw`(?:python[\d.]*\s+-m\s+)?pip[\d.]*\s+install`,
  isIdle: (words) => {
    if (words.some((word) => /^(-r|--req)/.test(word))) return false;
    return /^(|list|freeze|show|check|config|cache|debug|index|help)$/.test(firstOperand(words));
  },
  makes: () => undefined,
  follow: followPip,
  read: readPip,
};
