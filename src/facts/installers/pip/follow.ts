// What a call of pip does: where it installs, and which settings it writes.

import { hasFlag } from '../../flags.ts';
import {
  elsewhereAt,
  envInterpreter,
  type PythonInterpreter,
  SYSTEM_PYTHON,
  unknownInterpreter,
} from '../../pythonInterpreter.ts';
import type { CallState } from '../callState.ts';
import type { Effect, InstallerCall } from '../calls.ts';
import { areTools } from '../distributions.ts';
import { type PipCall, pipCall } from './call.ts';
import { PIP } from './flags.ts';
import { isOn, type PipSettings, pipSettings, settingsWritten } from './settings.ts';

/** Commands that change nothing. */
const READS = /^(|list|freeze|show|check|config|cache|debug|help|index|inspect|hash|search|download|wheel)$/;

/** Places by which the system's Python finds packages. */
const OF_SYSTEM = /^\/usr(\/local)?\/*$|^\/usr(\/local)?\/lib\/python[\d.]*\/(site|dist)-packages\/*$/;

export function followPip({ words, interpreter, isBare }: InstallerCall, state: CallState): readonly Effect[] {
  const call = pipCall(words, PIP);
  const isIsolated = hasFlag(call.read, '--isolated');
  const settings = pipSettings({ command: call.command, interpreter, isIsolated }, state);
  const { options, fromFiles, unread } = settings;
  const listed = (names: readonly string[]): string[] => names.map((n) => `${n}=${options.get(n)}`).sort();
  const files = options.has('requirement') || options.has('editable');
  const install = READS.test(call.command)
    ? undefined
    : {
        target: pipTarget(call, settings, interpreter, state),
        toolsOnly: areTools(call.names) && !files,
        barePip: isBare,
        toUser: isForUser(call, settings),
        project: call.project || options.has('editable'),
        ...(call.names && !files ? { names: call.names } : {}),
        ...(options.size > 0 ? { settings: listed([...options.keys()]) } : {}),
        ...(fromFiles.size > 0 ? { fileSettings: listed([...fromFiles]) } : {}),
        ...(unread === undefined ? {} : { unread }),
      };
  return [
    {
      kind: 'run',
      interpreter,
      needsNoPackages: !(call.command === 'freeze' || call.command === 'list'),
      ...(install === undefined ? {} : { install }),
    },
    ...(call.command === 'config' ? settingsWritten(words, interpreter, state) : []),
  ];
}

const isForUser = (call: PipCall, settings: PipSettings): boolean =>
  call.toUser || (isOn(settings, 'user') && !hasFlag(call.read, '--no-user'));

function pipTarget(call: PipCall, settings: PipSettings, own: PythonInterpreter, state: CallState): PythonInterpreter {
  const { options, unread } = settings;
  const elsewhere = call.elsewhere ?? options.get('target') ?? options.get('prefix') ?? options.get('root');
  const python = call.python ?? options.get('python');
  // /usr/local as a prefix is the system's own place
  if (elsewhere !== undefined && OF_SYSTEM.test(elsewhere)) return SYSTEM_PYTHON;
  if (elsewhere !== undefined) return elsewhereAt(state.pathIn(elsewhere));
  if (isForUser(call, settings)) return elsewhereAt('user');
  if (python !== undefined) {
    const path = state.pathIn(python).replace(/\/bin\/python[\d.]*$/, '');
    if (state.environments.has(path)) return envInterpreter(path);
    return /^\/usr(\/local)?$/.test(path) ? SYSTEM_PYTHON : unknownInterpreter(`pip --python ${python}`);
  }
  return unread === undefined ? own : unknownInterpreter(unread);
}
