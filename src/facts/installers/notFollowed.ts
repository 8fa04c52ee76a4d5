// What is said of an installer that is recognised, and of which nothing is followed or edited.

import type { Installer } from './installer.ts';
import { operands } from './operands.ts';

export const NOT_FOLLOWED = {
  stands: 'apart',
  withoutProject: [],
  placeFlags: new Set<string>(),
  placeVariables: [],
  elsewhere: undefined,
  inProject: undefined,
  withoutSync: undefined,
  compiling: { kind: 'not known' },
  uncompiledText: undefined,
  fillsText: undefined,
  isIdle: (words: readonly string[]) => operands(words).length === 0,
  makes: () => undefined,
  follow: 'not followed',
  read: () => undefined,
} as const satisfies Partial<Installer>;
