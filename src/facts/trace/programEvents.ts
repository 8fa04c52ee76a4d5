// A program that is run, and the event that it becomes.

import type { Installing } from '../installers/calls.ts';
import type { PythonInterpreter } from '../pythonInterpreter.ts';
import type { Call } from '../shell/interpreter.ts';
import type { Shell } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import type { RunEvent } from './events.ts';
import { addRun, type Tracer } from './tracer.ts';

export interface Program {
  readonly list: readonly Field[];
  readonly shell: Shell;
  readonly tracer: Tracer;
  readonly call: Call;
  /** PATH by which the shell found (or had remembered) the bare name. */
  readonly lookup?: string | undefined;
}

const eventKey = (list: readonly Field[]): string => list.map((field) => field.raw).join(' ');

export const valuesOf = (list: readonly Field[]): string[] => list.map((field) => field.value);

/** A command that nobody can follow. */
export function unknownCommand({ list, shell, tracer, call, lookup }: Program): void {
  addRun(tracer, shell, {
    key: eventKey(list),
    words: valuesOf(list),
    what: 'unknown',
    range: call.range,
    source: call.source,
    ...(lookup === undefined ? {} : { lookup }),
  });
}

export function addEvent(
  program: Program,
  what: RunEvent['what'],
  more: {
    interpreter?: PythonInterpreter;
    install?: Installing;
    needsNoPackages?: boolean;
    mayInstall?: boolean;
  },
): void {
  addRun(program.tracer, program.shell, {
    key: eventKey(program.list),
    words: valuesOf(program.list),
    what,
    range: program.call.range,
    source: program.call.source,
    ...(program.lookup === undefined || what === 'python' ? {} : { lookup: program.lookup }),
    ...more,
  });
}
