// What a call of poetry does: where it installs (poetry 1.x and 2.x alike), and which settings it makes.

import { tableAt, textAt, valueAt } from '../../../parse/manifests/toml.ts';
import { hasFlag, type ReadFlags, valuesOf } from '../../flags.ts';
import { envInterpreter, envPathOf, type Interpreter } from '../../interpreter.ts';
import { absolute, isKnown } from '../../values.ts';
import { commandIn } from '../command.ts';
import type { Effect, InstallerCall, RunEffect } from '../installer.ts';
import { operands } from '../operands.ts';
import { type ReadToml, tableOf, tomlAt, whyOf } from '../settingsFiles.ts';
import { type CallState, configHome, isYes } from '../state.ts';
import { POETRY } from './flags.ts';

export function followPoetry({ words }: InstallerCall, state: CallState): readonly Effect[] | undefined {
  const { name, rest, read } = commandIn(words, POETRY, (command) => [
    POETRY,
    command === 'run' ? 'first word' : 'end',
  ]);
  const apart: RunEffect = { kind: 'run', interpreter: 'elsewhere:poetry', needsNoPackages: true };
  const { target, unread } = targetOf(read, state);
  switch (name) {
    case 'config': {
      const [key, value, more] = operands(rest);
      const isSet = key !== undefined && more === undefined && (value !== undefined || rest.includes('--unset'));
      return isSet ? [{ kind: 'configure', name: key, ...(value === undefined ? {} : { value }) }, apart] : [apart];
    }
    case 'install':
    case 'sync':
    case 'update':
    case 'add':
    case 'remove': {
      const path = envPathOf(target);
      const isExact = name === 'sync' || hasFlag(read, '--sync', '--remove-untracked');
      return [
        ...(path === undefined || state.environments.has(path) ? [] : [madeAt(path, state)]),
        {
          ...apart,
          install: {
            target,
            toolsOnly: false,
            barePip: false,
            toUser: false,
            project: true,
            ...(isExact ? { exact: true as const } : {}),
            ...(unread === undefined ? {} : { unread }),
          },
        },
      ];
    }
    case 'run':
      return [{ kind: 'run', interpreter: target }];
    case 'shell':
      return undefined;
    default:
      return [apart];
  }
}

/** The environment that poetry and pipenv make of the system's Python. */
export const madeAt = (path: string, { systemPython }: CallState): Effect => ({
  kind: 'make',
  path,
  written: path,
  seeded: 'yes',
  systemPackages: 'no',
  ...(systemPython === undefined ? {} : { python: systemPython }),
});

function targetOf(
  read: Pick<ReadFlags, 'flags'>,
  state: CallState,
): { readonly target: Interpreter; readonly unread?: string } {
  // `-C` moves it, `-P` names the project
  const start = absolute(valuesOf(read, '-C', '--directory').at(-1) ?? '.', state.cwd);
  const folder = absolute(valuesOf(read, '-P', '--project').at(-1) ?? '.', start);
  const isProject = ['poetry.toml', 'pyproject.toml'].some(
    (name) => state.fileAt(absolute(name, folder)) !== undefined,
  );
  const own = tomlAt(absolute('poetry.toml', isProject ? folder : state.cwd), state);
  const home = state.variables.get('POETRY_CONFIG_DIR') ?? `${configHome(state)}/pypoetry`;
  const user = tomlAt(`${home}/config.toml`, state);
  const unread = whyOf(own) ?? whyOf(user);
  if (unread !== undefined) return { target: `unknown:${unread}`, unread };
  return { target: placeOf(folder, virtualenvsOf(own), virtualenvsOf(user), state) };
}

/** Settings of files by name, as `virtualenvs.create`. */
type Settings = ReadonlyMap<string, string>;

function placeOf(folder: string, project: Settings, user: Settings, state: CallState): Interpreter {
  const setting = (name: string): string | undefined =>
    state.variables.get(`POETRY_${name.toUpperCase().replaceAll(/[.-]/g, '_')}`) ??
    project.get(name) ??
    state.configured.get(name) ??
    user.get(name);
  if (state.virtualEnv.path !== undefined) return envInterpreter(state.virtualEnv.path);
  const inProject = setting('virtualenvs.in-project');
  const own = absolute('.venv', folder);
  if (state.environments.has(own) && (inProject === undefined || isYes(inProject))) return envInterpreter(own);
  const create = setting('virtualenvs.create');
  if (create !== undefined && !isKnown(create)) return 'unknown:virtualenvs.create';
  if (create !== undefined && !isYes(create)) return 'system';
  if (isYes(inProject)) return envInterpreter(own);
  return 'elsewhere:poetry cache';
}

function virtualenvsOf(read: ReadToml): Settings {
  const table = tableAt(tableOf(read), 'virtualenvs');
  const found = new Map<string, string>();
  for (const name of ['create', 'in-project']) {
    const value = valueAt(table, name);
    if (typeof value === 'boolean' || typeof value === 'string') found.set(`virtualenvs.${name}`, String(value));
  }
  const path = textAt(table, 'path');
  if (path !== undefined) found.set('virtualenvs.path', path);
  return found;
}
