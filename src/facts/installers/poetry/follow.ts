// What a call of poetry does: where it installs (poetry 1.x and 2.x alike), and which settings it makes.

import { tableAt, textAt, valueAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag, type ReadFlags } from '../../flags.ts';
import {
  elsewhereAt,
  envInterpreter,
  envPathOf,
  type PythonInterpreter,
  SYSTEM_PYTHON,
  unknownInterpreter,
} from '../../pythonInterpreter.ts';
import { absolute, isKnown } from '../../values.ts';
import { type CallState, configHome, isYes } from '../callState.ts';
import type { Effect, InstallerCall, RunEffect } from '../calls.ts';
import { commandIn } from '../command.ts';
import { operands } from '../operands.ts';
import { activationOf, otherCommand, projectInstalled } from '../ownEnvironment.ts';
import { type ReadToml, tableOf, tomlAt, whyOf } from '../settingsFiles.ts';
import { POETRY } from './flags.ts';

export function followPoetry({ words }: InstallerCall, state: CallState): readonly Effect[] | undefined {
  const { name, rest, read } = commandIn(words, POETRY, (command) => [
    POETRY,
    command === 'run' ? 'first word' : 'end',
  ]);
  const apart: RunEffect = { kind: 'run', interpreter: elsewhereAt('poetry'), needsNoPackages: true };
  const { target, unread } = poetryTarget(read, state);
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
      const isExact = name === 'sync' || hasFlag(read, '--sync', '--remove-untracked');
      return projectInstalled(apart, state, {
        target,
        ...(isExact ? { exact: true } : {}),
        ...(unread === undefined ? {} : { unread }),
      });
    }
    case 'env': {
      const path = envPathOf(target);
      if (rest[0] !== 'activate' || path === undefined) return otherCommand(name, apart, target);
      return [apart, ...activationOf(path, state)];
    }
    default:
      return otherCommand(name, apart, target);
  }
}

function poetryTarget(
  read: Pick<ReadFlags, 'flags'>,
  state: CallState,
): { readonly target: PythonInterpreter; readonly unread?: string } {
  // `-C` moves it, `-P` names the project
  const start = absolute(flagValues(read, '-C', '--directory').at(-1) ?? '.', state.cwd);
  const folder = absolute(flagValues(read, '-P', '--project').at(-1) ?? '.', start);
  const isProject = ['poetry.toml', 'pyproject.toml'].some(
    (name) => state.fileAt(absolute(name, folder)) !== undefined,
  );
  const own = tomlAt(absolute('poetry.toml', isProject ? folder : state.cwd), state);
  const home = state.variables.get('POETRY_CONFIG_DIR') ?? `${configHome(state)}/pypoetry`;
  const user = tomlAt(`${home}/config.toml`, state);
  const unread = whyOf(own) ?? whyOf(user);
  if (unread !== undefined) return { target: unknownInterpreter(unread), unread };
  return { target: environmentPlace(folder, virtualenvsOf(own), virtualenvsOf(user), state) };
}

/** Settings of files by name, as `virtualenvs.create`. */
type PoetrySettings = ReadonlyMap<string, string>;

function environmentPlace(
  folder: string,
  project: PoetrySettings,
  user: PoetrySettings,
  state: CallState,
): PythonInterpreter {
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
  if (create !== undefined && !isKnown(create)) return unknownInterpreter('virtualenvs.create');
  if (create !== undefined && !isYes(create)) return SYSTEM_PYTHON;
  if (isYes(inProject)) return envInterpreter(own);
  return elsewhereAt('poetry cache');
}

function virtualenvsOf(read: ReadToml): PoetrySettings {
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
