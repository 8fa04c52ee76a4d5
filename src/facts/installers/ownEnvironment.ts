// Installers that make an environment of their own for a project: poetry and pipenv.

import { envPathOf, type PythonInterpreter } from '../pythonInterpreter.ts';
import type { CallState } from './callState.ts';
import type { Effect, Installing, RunEffect } from './installer.ts';

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

/** Any other command. Undefined: `shell`, whose commands are not known. */
export function otherCommand(name: string | undefined, run: RunEffect, target: PythonInterpreter) {
  if (name === 'run') return [{ kind: 'run', interpreter: target }] as const;
  return name === 'shell' ? undefined : ([run] as const);
}
