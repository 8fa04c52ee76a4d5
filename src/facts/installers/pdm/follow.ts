// What a call of pdm does: where it installs, which environments it makes, and which settings (pdm 2).

import { joinImage } from '../../../parse/manifests/paths.ts';
import { flagValues, hasFlag, type ReadFlags } from '../../flags.ts';
import { elsewhereAt, envPathOf } from '../../pythonInterpreter.ts';
import { isKnown } from '../../values.ts';
import type { CallState } from '../callState.ts';
import type { Effect, InstallerCall, RunEffect } from '../calls.ts';
import { commandIn } from '../command.ts';
import { activationOf } from '../ownEnvironment.ts';
import { PDM, PDM_CONFIG, PDM_USE, PDM_VENV } from './flags.ts';
import { namedFor, type PdmPlace, pdmPlace } from './place.ts';

const APART: RunEffect = { kind: 'run', interpreter: elsewhereAt('pdm'), needsNoPackages: true };

/** They look at no interpreter of the project. */
const OTHERS = /^(|cache|self|plugin|completion|search|python|py)$/;

export function followPdm({ words }: InstallerCall, state: CallState): readonly Effect[] | undefined {
  const { name, rest, read } = commandIn(words, PDM, (command) => {
    switch (command) {
      case 'config':
        return [PDM_CONFIG, 'end'];
      case 'use':
        return [PDM_USE, 'end'];
      case 'venv':
        return [PDM_VENV, 'end'];
      case 'run':
        return [PDM, 'first word'];
      default:
        return [PDM, 'end'];
    }
  });
  if (hasFlag(read, '-h', '--help', '-V', '--version')) return [APART];
  switch (name) {
    case 'config':
      return configured(read);
    case 'install':
    case 'sync':
    case 'add':
    case 'update':
    case 'remove':
      return hasFlag(read, '--dry-run', '--plugins') ? [APART] : pdmInstall(read, state);
    case 'run': {
      if (rest[read.firstWord] === undefined) return undefined;
      const place = pdmPlace(read, state);
      return [...saved(place, state), { kind: 'run', interpreter: place.target }];
    }
    case 'use':
      return used(read, state);
    case 'venv':
      return venv(read, state);
    default:
      return OTHERS.test(name) ? [APART] : undefined;
  }
}

/** `pdm config NAME VALUE`: for the user, or with `--local` in the project. */
function configured(read: ReadFlags): readonly Effect[] | undefined {
  const [key, value, more] = read.words;
  const isDeleted = hasFlag(read, '-d', '--delete');
  if (key === undefined || (value === undefined && !isDeleted)) return [APART];
  if (more !== undefined || hasFlag(read, '-l', '--local', '-e', '--edit')) return undefined;
  return [{ kind: 'configure', name: `pdm ${key}`, ...(isDeleted ? {} : { value: value! }) }, APART];
}

/** The interpreter is written down beside pyproject.toml, and is the one of later calls. */
function saved({ folder, target, isSaved }: PdmPlace, state: CallState): readonly Effect[] {
  const path = envPathOf(target);
  if (!isSaved || path === undefined || !isKnown(path)) return [];
  const text = state.isConditional ? {} : { text: `${path}/bin/python` };
  return [{ kind: 'write', path: joinImage(folder, '.pdm-python'), ...text }];
}

/** The environment where it does not stand yet. */
function made(path: string | undefined, { seeded }: Pick<PdmPlace, 'seeded'>, state: CallState): readonly Effect[] {
  if (path === undefined || state.environments.has(path)) return [];
  const python = state.systemPython === undefined ? {} : { python: state.systemPython };
  return [{ kind: 'make', path, written: path, seeded, systemPackages: 'no', ...python }];
}

function pdmInstall(read: ReadFlags, state: CallState): readonly Effect[] {
  const place = pdmPlace(read, state);
  const { target, unread } = place;
  const isExact = hasFlag(read, '--clean', '--only-keep', '--clean-unselected');
  return [
    ...made(envPathOf(target), place, state),
    ...saved(place, state),
    {
      ...APART,
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

/** `pdm use PYTHON`: what it writes down is known where that is of an environment; of another one its versions make different things. */
function used(read: ReadFlags, state: CallState): readonly Effect[] | undefined {
  if (hasFlag(read, '-g', '--global')) return undefined;
  const { folder } = pdmPlace(read, state);
  const word = flagValues(read, '--venv').length === 0 ? (read.words[0] ?? '') : '';
  const path = word.includes('/') ? state.pathIn(word.replace(/\/bin\/python[\d.]*$/, '')) : '';
  const text = state.environments.has(path) && !state.isConditional ? { text: `${path}/bin/python` } : {};
  return [{ kind: 'write', path: joinImage(folder, '.pdm-python'), ...text }, APART];
}

/** `pdm venv activate [NAME]` prints a command for the shell: of the one in the project, or of the one that pdm goes by. */
function activated(name: string, read: ReadFlags, state: CallState): readonly Effect[] {
  if (hasFlag(read, '--path') || (name !== '' && name !== 'in-project')) return [APART];
  const { folder, target } = pdmPlace(read, state);
  const path = name === '' ? envPathOf(target) : joinImage(folder, '.venv');
  return [APART, ...(path === undefined ? [] : activationOf(path, state))];
}

/** `pdm venv create|list` */
function venv(read: ReadFlags, state: CallState): readonly Effect[] | undefined {
  const [command = '', python = ''] = read.words;
  if (command === 'activate') return activated(python, read, state);
  if (/^(|list)$/.test(command)) return [APART];
  if (command !== 'create' || flagValues(read, '-w', '--with').at(-1) === 'conda') return undefined;
  const name = flagValues(read, '-n', '--name').at(-1);
  // where a new one of the project goes, whatever stands or is active now
  const bare: CallState = { ...state, virtualEnv: { path: undefined, dangling: false }, environments: new Map() };
  const place = pdmPlace({ flags: [...read.flags, { name: '-I', value: undefined }] }, bare);
  const path = envPathOf(place.target);
  if (name !== undefined || path === undefined)
    return place.target.kind === 'unknown'
      ? undefined
      : [APART, { kind: 'configure', name: namedFor(place.folder), value: name ?? python }];
  const seeded = hasFlag(read, '--with-pip') ? 'yes' : place.seeded;
  const version = /^(?:python)?(\d+\.\d+)/.exec(python)?.[1];
  return [APART, ...made(path, { seeded }, { ...bare, ...(version === undefined ? {} : { systemPython: version }) })];
}
