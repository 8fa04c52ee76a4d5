// How an activation is written: its list and the command whose text it is, for the cut.

import type { Range } from '../../model.ts';

/** How an activation stands in its list: file ranges for the cut. */
export interface ActivationPlace {
  /** The activating command. */
  readonly command: Range;
  /** The command as its shell reads it, words and expansions kept. */
  readonly text: string;
  /** Text of all that follows in the same list, mapped text only; '' where nothing does. */
  readonly rest: string;
  /** Start of the command that follows in the same list, if one does. */
  readonly next?: number;
  /** End of the command before in the same list, if there is one. */
  readonly previous?: number;
  /** Text between it and its neighbours: '&&', ';', '\n', '||'. */
  readonly operatorAfter?: string;
  readonly operatorBefore?: string;
  /** It is the only command of its shell text. */
  readonly alone: boolean;
  /** The text that it stands in is only it, inside a wrapper (`bash -c "source X"`): how the wrapper stands. */
  readonly wrapper?: Wrapper;
  /** It does more than activate (sets a variable, writes a file), or stands where it ends with a shell of its own. */
  readonly whyNotCut?: string;
  /** Nothing comes after it in its whole text: it stands in no group. */
  readonly endsText?: true;
}

/** The command whose text an activation is. */
export interface Wrapper {
  readonly range: Range;
  readonly place?: ActivationPlace;
  /** It is all that its instruction runs. */
  readonly isWhole?: true;
  /** The text runs in the shell of the command (`eval`). */
  readonly sameShell?: true;
}
