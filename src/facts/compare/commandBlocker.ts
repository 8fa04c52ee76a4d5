// The rules over one command, in their order: the first that blocks says why.
import type { Blocker } from '../blocker.ts';
import { type CommandRule, type Compared, firstBlocker, isAssumed } from './compared.ts';
import { INSTALL_RULES } from './installRules.ts';
import { PYTHON_RULES } from './pythonRules.ts';
import { describe } from './sentences.ts';

const otherWords: CommandRule = ({ before, after }) => {
  if (before.words.join('\0') === after.words.join('\0') || before.what === 'tool') return undefined;
  return { code: 'words', words: `${describe(before)} would be given other words` };
};

const RULES: readonly CommandRule[] = [otherWords, ...INSTALL_RULES, ...PYTHON_RULES];

/** Why the command is worse than, or not comparable with, what it was before. */
export const commandBlocker = (compared: Compared): Blocker | undefined =>
  // what a base is taken not to start is not there
  compared.before.opaque === 'entrypoint of the base' && isAssumed(compared)
    ? undefined
    : firstBlocker(RULES, compared);
