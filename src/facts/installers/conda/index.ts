// conda, mamba and micromamba: environments of their own kind.

import type { Installer } from '../installer.ts';
import { NO_VARIABLES } from '../notFollowed.ts';
import { firstOperand } from '../operands.ts';
import { CONDA } from './flags.ts';
import { readConda } from './reads.ts';

export const conda: Installer = {
  name: 'conda',
  programs: /^(conda|mamba|micromamba)$/,
  companions: [],
  broughtBy: undefined,
  modules: ['conda', 'mamba'],
  stands: 'apart',
  globals: CONDA,
  project: undefined,
  halves: undefined,
  whyLater: () => undefined,
  untold: () => [],
  placeFlags: new Set([
    '-p',
    '-t',
    '--target',
    '--prefix',
    '--root',
    '--src',
    '--log',
    '--report',
    '--cache-dir',
    '--build',
  ]),
  placeVariables: [],
  elsewhere: undefined,
  adopts: undefined,
  variables: NO_VARIABLES,
  cache: undefined,
  loadsDotenv: undefined,
  run: undefined,
  mayPut: () => true,
  mayRemake: () => true,
  compiling: { kind: 'by itself' },
  uncompiledText: undefined,
  prefixes: ['CONDA', 'MAMBA'],
  makesText: undefined,
  fillsText: undefined,
  isIdle: (words) =>
    /^(clean|init|activate|info|config)$/.test(firstOperand(words)) && !words.some((word) => /^--file/.test(word)),
  makes: () => undefined,
  follow: 'not followed',
  read: readConda,
};
