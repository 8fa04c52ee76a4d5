// What a call of pipenv does: where it installs.

import { hasFlag, type ReadFlags } from '../../flags.ts';
import { elsewhereAt, envInterpreter, type PythonInterpreter, unknownInterpreter } from '../../pythonInterpreter.ts';
import { absolute } from '../../values.ts';
import { type CallState, isSurelyYes, isYes } from '../callState.ts';
import type { Effect, InstallerCall, RunEffect } from '../calls.ts';
import { commandIn } from '../command.ts';
import { otherCommand, projectInstalled } from '../ownEnvironment.ts';
import { PIPENV } from './flags.ts';

export function followPipenv({ words }: InstallerCall, state: CallState): readonly Effect[] | undefined {
  const { name, read } = commandIn(words, PIPENV, (command) => [PIPENV, command === 'run' ? 'first word' : 'end']);
  const apart: RunEffect = { kind: 'run', interpreter: elsewhereAt('pipenv'), needsNoPackages: true };
  const target = pipenvTarget(read, state);
  switch (name) {
    case 'install':
    case 'sync':
    case 'update':
      return projectInstalled(apart, state, { target });
    default:
      return otherCommand(name, apart, target);
  }
}

function pipenvTarget(read: Pick<ReadFlags, 'flags'>, state: CallState): PythonInterpreter {
  const { variables: dotenv, unread } = dotenvOf(state);
  if (unread !== undefined) return unknownInterpreter(unread);
  if (hasFlag(read, '--system')) return state.along('python');
  const setting = (name: string): string | undefined => dotenv.get(name) ?? state.variables.get(name);
  if (dotenv.has('VIRTUAL_ENV') || dotenv.has('PATH'))
    return unknownInterpreter('.env moves the environment of pipenv');
  const set = state.virtualEnv.path;
  if (set !== undefined && !isYes(setting('PIPENV_IGNORE_VIRTUALENVS'))) return envInterpreter(set);
  const own = absolute('.venv', state.cwd);
  if (state.environments.has(own) || isYes(setting('PIPENV_VENV_IN_PROJECT'))) return envInterpreter(own);
  return elsewhereAt('pipenv cache');
}

/** What `.env` beside the Pipfile sets: pipenv loads it at every command, over what is set already. */
function dotenvOf(state: CallState): { readonly variables: ReadonlyMap<string, string>; readonly unread?: string } {
  const variables = new Map<string, string>();
  if (isSurelyYes(state.variables.get('PIPENV_DONT_LOAD_ENV'))) return { variables };
  const file = state.fileAt(state.pathIn(state.variables.get('PIPENV_DOTENV_LOCATION') || '.env'));
  if (file === undefined) return { variables };
  if ('why' in file) return { variables, unread: file.why };
  for (const line of file.text.split(/\r?\n/)) {
    const [, name, value = ''] =
      /^[ \t]*(?:export[ \t]+)?['"]?([A-Za-z_]\w*)['"]?[ \t]*=[ \t]*("[^"]*"|'[^']*'|[^#\r\n]*)/.exec(line) ?? [];
    if (name !== undefined) variables.set(name, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
  }
  return { variables };
}
