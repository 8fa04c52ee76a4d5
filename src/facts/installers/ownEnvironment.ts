// Installers that make an environment of their own for a project: poetry and pipenv.

import { envPathOf, type PythonInterpreter } from '../pythonInterpreter.ts';
import { isKnown } from '../values.ts';
import type { CallState } from './callState.ts';
import type { Effect, Installing, RunEffect } from './calls.ts';

/** The environment that they make of the system's Python. */
const madeAt = (path: string, { systemPython }: CallState): Effect => ({
  kind: 'make',
  path,
  written: path,
  seeded: 'yes',
  systemPackages: 'no',
  ...(systemPython === undefined ? {} : { python: systemPython }),
});

/** An install of the project into `target`, which is made where it does not stand. */
export function projectInstalled(
  run: RunEffect,
  state: CallState,
  install: Pick<Installing, 'target' | 'exact' | 'unread'>,
): readonly Effect[] {
  const path = envPathOf(install.target);
  return [
    ...(path === undefined || state.environments.has(path) ? [] : [madeAt(path, state)]),
    { ...run, install: { toolsOnly: false, barePip: false, toUser: false, project: true, ...install } },
  ];
}

/** The command that activates the environment at `path`, as both print it for a POSIX shell; none where it does not stand for certain. */
export const activationOf = (path: string, { environments }: CallState): readonly Effect[] =>
  environments.has(path) && isKnown(path) && !/[^\w./-]/.test(path)
    ? [{ kind: 'print', text: `source ${path}/bin/activate` }]
    : [];

/** Any other command. Undefined: `shell`, whose commands are not known. */
export function otherCommand(name: string | undefined, run: RunEffect, target: PythonInterpreter) {
  if (name === 'run') return [{ kind: 'run', interpreter: target }] as const;
  return name === 'shell' ? undefined : ([run] as const);
}
