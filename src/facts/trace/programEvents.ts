// A program that is run, and the event that it becomes.

import type { Installing } from '../installers/installer.ts';
import type { PythonInterpreter } from '../pythonInterpreter.ts';
import type { Call } from '../shell/interpreter.ts';
import type { Shell } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import type { RunEvent } from './events.ts';
import { addRun, type Tracer } from './tracer.ts';

export interface Program {
  readonly list: readonly Field[];
  readonly shell: Shell;
  readonly t: Tracer;
  readonly call: Call;
  /** PATH by which the shell found (or had remembered) the bare name. */
  readonly lookup?: string | undefined;
}

export const keyOf = (list: readonly Field[]): string => list.map((f) => f.raw).join(' ');

export const valuesOf = (list: readonly Field[]): string[] => list.map((f) => f.value);

/** A command that nobody can follow. */
export function unknownCommand({ list, shell, t, call, lookup }: Program): void {
  addRun(t, shell, {
    key: keyOf(list),
    words: valuesOf(list),
    what: 'unknown',
    range: call.range,
    source: call.source,
    ...(lookup === undefined ? {} : { lookup }),
  });
}

export function addEvent(
  p: Program,
  what: RunEvent['what'],
  more: {
    interpreter?: PythonInterpreter;
    install?: Installing;
    needsNoPackages?: boolean;
    mayInstall?: boolean;
  },
): void {
  addRun(p.t, p.shell, {
    key: keyOf(p.list),
    words: valuesOf(p.list),
    what,
    range: p.call.range,
    source: p.call.source,
    ...(p.lookup === undefined || what === 'python' ? {} : { lookup: p.lookup }),
    ...more,
  });
}
