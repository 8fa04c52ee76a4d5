// What a call of uv does: where it installs, which environments it makes.

import { type FlagTable, flagValues, hasFlag, type ReadFlags, readCommandFlags } from '../../flags.ts';
import {
  elsewhereAt,
  envInterpreter,
  envPathOf,
  type PythonInterpreter,
  SYSTEM_PYTHON,
  unknownInterpreter,
} from '../../pythonInterpreter.ts';
import { absolute, isKnown, readable } from '../../values.ts';
import { type CallState, isSurelyYes, isYes } from '../callState.ts';
import type { Effect, InstallerCall, RunEffect } from '../calls.ts';
import { commandIn, type Until } from '../command.ts';
import { areTools } from '../distributions.ts';
import { pipCall } from '../pip/call.ts';
import { UV_ADD, UV_GLOBAL, UV_PIP, UV_RUN, UV_SYNC, UV_VENV } from './flags.ts';
import { type UvSettings, uvSettings } from './settings.ts';

type Flags = Pick<ReadFlags, 'flags'>;

const OTHERS =
  /^(|lock|export|cache|python|tool|self|version|build|publish|tree|init|help|auth|format|audit|workspace)$/;

function wordsBehindRun(command: string): readonly [FlagTable, Until] {
  switch (command) {
    case 'venv':
      return [UV_VENV, 'end'];
    case 'sync':
      return [UV_SYNC, 'end'];
    case 'add':
    case 'remove':
      return [UV_ADD, 'end'];
    case 'run':
      return [UV_RUN, 'first word'];
    default:
      return [UV_PIP, 'end'];
  }
}

const APART: RunEffect = { kind: 'run', interpreter: elsewhereAt('uv'), needsNoPackages: true };

export function followUv(call: InstallerCall, state: CallState): readonly Effect[] | undefined {
  const { name, rest, read } = commandIn(call.words, UV_GLOBAL, wordsBehindRun);
  switch (name) {
    case 'venv':
      return [APART, madeBy(call, read, state)];
    case 'pip':
      return [pipEffect(rest, readCommandFlags(call.words, UV_GLOBAL, 'first word'), state)];
    case 'sync':
    case 'add':
    case 'remove':
    case 'run':
      return projectEffects(name, read, state);
    default:
      return OTHERS.test(name) ? [APART] : undefined;
  }
}

/** The folder that uv works in: `--directory` moves it. */
const projectFolder = (read: Flags, state: CallState): string =>
  absolute(flagValues(read, '--directory').at(-1) ?? '.', state.cwd);

/** `uv venv` */
function madeBy(call: InstallerCall, read: ReadFlags, state: CallState): Effect {
  const word = read.words.at(-1) ?? '.venv';
  const folder = projectFolder(read, state);
  return {
    kind: 'make',
    path: folder === state.cwd || /^~(\/|$)/.test(word) ? state.pathIn(word) : absolute(word, folder),
    written: call.written(word),
    seeded: hasFlag(read, '--seed') || isSurelyYes(state.variables.get('UV_VENV_SEED')) ? 'yes' : 'no',
    systemPackages: hasFlag(read, '--system-site-packages') ? 'yes' : 'no',
    ...pythonOf(read, state),
  };
}

/** The Python that uv is asked for, or the one of the system. */
function pythonOf(read: Flags, state: CallState): { readonly python?: string } {
  const asked = flagValues(read, '-p', '--python').at(-1) ?? state.variables.get('UV_PYTHON') ?? '';
  const python = /(\d+\.\d+)/.exec(asked)?.[1] ?? state.systemPython;
  return python === undefined ? {} : { python };
}

/** `uv pip`; `rest`: the words behind `pip`. */
function pipEffect(rest: readonly string[], before: Flags, state: CallState): Effect {
  const call = pipCall(rest, UV_PIP);
  const read = { flags: [...before.flags, ...call.read.flags] };
  if (/^(|list|freeze|show|check|tree|compile)$/.test(call.command)) return APART;
  const settings = uvSettings(read, projectFolder(read, state), state);
  const target = uvPipTarget(read, call.elsewhere, settings, state);
  return {
    ...APART,
    install: {
      target,
      toolsOnly: areTools(call.names),
      barePip: false,
      toUser: false,
      project: call.project,
      ...(call.command === 'sync' ? { exact: true as const } : {}),
      ...(call.names ? { names: call.names } : {}),
      ...(settings.unread === undefined ? {} : { unread: settings.unread }),
      ...(target === NO_ENVIRONMENT ? { lacks: 'environment' as const } : {}),
    },
  };
}

/** https://docs.astral.sh/uv/pip/environments/#using-arbitrary-python-environments: the system's Python has to be asked for. */
const NO_ENVIRONMENT = unknownInterpreter('uv finds no environment');

function uvPipTarget(
  read: Flags,
  given: string | undefined,
  settings: UvSettings,
  state: CallState,
): PythonInterpreter {
  const folder = projectFolder(read, state);
  const elsewhere = given ?? settings.elsewhere;
  if (elsewhere !== undefined) return elsewhereAt(absolute(elsewhere, folder));
  if (settings.unread !== undefined) return unknownInterpreter(settings.unread);
  const python = flagValues(read, '--python', '-p').at(-1) ?? (state.variables.get('UV_PYTHON') || settings.python);
  if (python) return namedPython(python, folder, state);
  const system = read.flags.findLast((flag) => flag.name === '--system' || flag.name === '--no-system')?.name;
  if (system === '--system') return SYSTEM_PYTHON;
  if (system === undefined && (isYes(state.variables.get('UV_SYSTEM_PYTHON')) || settings.system)) return SYSTEM_PYTHON;
  const { path, dangling } = state.virtualEnv;
  if (dangling) return unknownInterpreter('VIRTUAL_ENV names no environment');
  if (path !== undefined) return envInterpreter(path);
  if (state.variables.get('CONDA_PREFIX')) return unknownInterpreter('conda');
  const own = dotVenv(folder, state);
  if (own !== undefined) return envInterpreter(own);
  const first = state.along('python');
  return first.kind === 'system' ? NO_ENVIRONMENT : first;
}

/** Target of a Python given by path, name or version. */
function namedPython(value: string, folder: string, state: CallState): PythonInterpreter {
  if (!isKnown(value)) return unknownInterpreter(readable(value));
  if (value.includes('/')) {
    const path = absolute(value, folder);
    const environment =
      state.environments.get(path) ?? state.environments.get(path.replace(/\/bin\/python[\d.]*$/, ''));
    if (environment) return envInterpreter(environment.path);
    return /^\/usr(\/local)?\/bin\/python[\d.]*$/.test(path) ? SYSTEM_PYTHON : unknownInterpreter(path);
  }
  return state.along(/^\d/.test(value) ? `python${value}` : value);
}

/** Nearest environment `.venv` at `folder` or above. */
function dotVenv(folder: string, { environments }: CallState): string | undefined {
  for (let at = folder; at.startsWith('/'); at = at.slice(0, at.lastIndexOf('/'))) {
    const path = `${at === '/' ? '' : at}/.venv`;
    if (environments.has(path)) return path;
    if (at === '/' || at.lastIndexOf('/') < 0) break;
  }
  return undefined;
}

/** `uv sync`, `uv run`, `uv add`, `uv remove` */
function projectEffects(name: string, read: ReadFlags, state: CallState): readonly Effect[] {
  const target = projectTarget(read, state);
  const path = envPathOf(target);
  const { unread } = uvSettings(read, projectFolder(read, state), state);
  const isRun = name === 'run';
  const isExact = /^(sync|remove)$/.test(name) && !hasFlag(read, '--inexact');
  const install = {
    target,
    toolsOnly: false,
    barePip: false,
    toUser: false,
    project: true,
    ...(isExact ? { exact: true as const } : {}),
    ...(unread === undefined ? {} : { unread }),
  };
  const made: Effect[] =
    path === undefined || isRun || state.environments.has(path)
      ? []
      : [{ kind: 'make', path, written: path, seeded: 'no', systemPackages: 'no', ...pythonOf(read, state) }];
  return [
    ...made,
    {
      kind: 'run',
      interpreter: isRun ? target : elsewhereAt('uv'),
      needsNoPackages: !isRun,
      ...(isRun && hasFlag(read, '--no-sync', '--no-project') ? {} : { install }),
    },
  ];
}

/** The environment of the project. */
function projectTarget(read: Flags, state: CallState): PythonInterpreter {
  const folder = absolute(flagValues(read, '--project').at(-1) ?? '.', projectFolder(read, state));
  if (hasFlag(read, '--active')) {
    const { path, dangling } = state.virtualEnv;
    if (path !== undefined) return envInterpreter(path);
    if (dangling) return envInterpreter(absolute(state.variables.get('VIRTUAL_ENV')!, state.cwd));
  }
  const own = state.variables.get('UV_PROJECT_ENVIRONMENT');
  if (own === undefined || own === '') return envInterpreter(absolute('.venv', folder));
  const path = absolute(own, folder);
  return path === '/usr/local' || path === '/usr' ? SYSTEM_PYTHON : envInterpreter(path);
}
