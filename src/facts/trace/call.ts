// What every kind of command asks of the words it is given and of the shell it stands in.

import { DEFAULT_PATH } from '../baseImages.ts';
import { unknown } from '../values.ts';
import type { Wrapper } from './events.ts';
import { effectivePath } from './resolve.ts';
import { cloneShell, type Shell } from './state.ts';
import { addRun, type Call, placeIn, type Tracer } from './tracer.ts';
import type { Field } from './words.ts';

export const known = (list: readonly Field[], n: number): string => list[n]?.value ?? '';

export const nameOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** Where a name is found at this moment: environments that do not stand yet are no part of it. */
export const pathNow = (shell: Shell, t: Tracer): string =>
  effectivePath(shell.variables.get('PATH') ?? '', placeIn(t)).join(':');

/** dash and ash also remember names that `command -v` and `type` asked for. */
export function lookUp(list: readonly Field[], shell: Shell, t: Tracer): void {
  if (shell.kind === 'bash') return;
  for (const f of list)
    if (/^[\w.+-]+$/.test(f.value) && !f.value.startsWith('-') && !shell.hashed.has(f.value))
      shell.hashed.set(f.value, pathNow(shell, t));
}

/** A command that nobody can follow. */
export function unknownCommand(list: readonly Field[], shell: Shell, t: Tracer, call: Call, lookup?: string): void {
  addRun(t, shell, {
    key: list.map((f) => f.raw).join(' '),
    words: list.map((f) => f.value),
    what: 'unknown',
    range: call.range,
    source: call.source,
    ...(lookup === undefined ? {} : { lookup }),
  });
}

export const SHELLS: Record<string, Shell['kind']> = { bash: 'bash', dash: 'dash', ash: 'ash', sh: 'unknown' };

export function resetPath(shell: Shell, why: string, t: Tracer): void {
  shell.variables.set('PATH', t.base.distribution === 'debian' ? DEFAULT_PATH : unknown(`PATH of ${why}`));
  shell.pathReset = why;
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

export function childOf(shell: Shell): Shell {
  return { ...cloneShell(shell), child: true, depth: shell.depth + 1 };
}
