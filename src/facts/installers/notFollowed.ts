// What is said of an installer that is recognised, and of which nothing is followed or edited.

import type { Installer, ProjectVariables } from './installer.ts';
import { operands } from './operands.ts';

/** Of an installer that looks for no project by variables. */
export const NO_VARIABLES: ProjectVariables = {
  project: [],
  environment: undefined,
  inProject: undefined,
  create: undefined,
  python: undefined,
  others: [],
  keeps: [],
};

export const NOT_FOLLOWED = {
  stands: 'apart',
  companions: [],
  broughtBy: undefined,
  cache: undefined,
  halves: undefined,
  whyLater: () => undefined,
  untold: () => undefined,
  placeFlags: new Set<string>(),
  placeVariables: [],
  elsewhere: undefined,
  adopts: undefined,
  variables: NO_VARIABLES,
  loadsDotenv: undefined,
  run: undefined,
  mayPut: () => true,
  mayRemake: () => true,
  compiling: { kind: 'not known' },
  uncompiledText: undefined,
  fillsText: undefined,
  isIdle: (words: readonly string[]) => operands(words).length === 0,
  makes: () => undefined,
  follow: 'not followed',
  read: () => undefined,
} as const satisfies Partial<Installer>;
