// What every kind of command asks of the words it is given and of the shell it stands in.

import { DEFAULT_PATH } from '../baseImages/base.ts';
import { unknownPath } from '../values.ts';
import type { Wrapper } from './activationPlace.ts';
import type { Call, ShellInterpreter } from './interpreter.ts';
import { type Shell, setVariable } from './shellState.ts';
import type { Field } from './words.ts';

export const known = (list: readonly Field[], n: number): string => list[n]?.value ?? '';

export const nameOfCommand = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** dash and ash also remember names that `command -v` and `type` asked for. */
export function lookUp(list: readonly Field[], shell: Shell, tracer: ShellInterpreter): void {
  if (shell.kind === 'bash') return;
  for (const field of list)
    if (/^[\w.+-]+$/.test(field.value) && !field.value.startsWith('-') && !shell.hashed.has(field.value))
      shell.hashed.set(field.value, tracer.pathNow(shell));
}

export function resetPath(shell: Shell, why: string, tracer: Pick<ShellInterpreter, 'base'>): void {
  setVariable(shell, 'PATH', tracer.base.distribution === 'debian' ? DEFAULT_PATH : unknownPath(why));
  shell.pathReset = { by: 'command', words: why };
  delete shell.active;
}

/** Does this first line of a script ask for a login shell? */
export const isLoginLine = (shebang: string): boolean => /^#!.*sh\s+-(-login|[a-zA-Z]*l[a-zA-Z]*)(\s|$)/.test(shebang);

/** The command of a call, whose text is walked. */
export const wrapperOf = ({ range, place, isWhole }: Call): Wrapper => ({
  range,
  ...(place ? { place } : {}),
  ...(isWhole ? { isWhole } : {}),
});
