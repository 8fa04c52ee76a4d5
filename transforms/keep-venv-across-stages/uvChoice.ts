// Which Python uv makes an environment of: the one of the image, or one that it downloads.

import { flagValues, hasFlag, readCommandFlags } from '../../src/facts/flags.ts';
import { isSurelyYes } from '../../src/facts/installers/callState.ts';
import { UV_GLOBAL, UV_SYNC, UV_VENV } from '../../src/facts/installers/uv/flags.ts';
import { type PythonPlace, pythonPlaceIn } from '../../src/facts/pythonPlace.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRootUser } from '../../src/facts/shell/shellState.ts';
import { absolute, isKnown } from '../../src/facts/values.ts';
import { parsePyproject } from '../../src/parse/manifests/pyproject.ts';
import { fitOfRange, fitOfRequest } from '../../src/parse/manifests/pythonRange.ts';
import { parseToml, type TomlTable, tableAt, valueAt } from '../../src/parse/manifests/toml.ts';
import { type BuildStep, fileAbove } from './stepFiles.ts';

/** The Python of an environment. `managed`: uv downloads it; `foreign`: of the distribution or downloaded, in no case /usr/local's. */
export interface PythonChoice {
  readonly kind: PythonPlace['kind'] | 'managed' | 'foreign';
  /** MAJOR.MINOR. */
  readonly version?: string;
  /** managed: the folder that it lies in, and what keeps the image's own from being taken. */
  readonly folder?: string;
  readonly why?: string;
  /** It may not be downloaded, so that there is none. */
  readonly refused?: string;
}

const OPEN: PythonChoice = { kind: 'open' };

/** Of `uv sync` and `uv venv`; another command of uv's is not read. */
export function uvChoice(command: Command, step: BuildStep): PythonChoice {
  const words = command.words.slice(1);
  const { firstWord } = readCommandFlags(words, UV_GLOBAL, 'first word');
  const name = words[firstWord];
  if ((name !== 'sync' && name !== 'venv') || !/(^|\/)uv$/.test(command.words[0] ?? '')) return OPEN;
  const before = readCommandFlags(words.slice(0, firstWord), UV_GLOBAL);
  const behind = readCommandFlags(words.slice(firstWord + 1), name === 'sync' ? UV_SYNC : UV_VENV);
  if (behind.unknown.length > 0 || before.unknown.length > 0) return OPEN;
  const read = { flags: [...before.flags, ...behind.flags] };
  const moved = flagValues(read, '--project', '--directory').at(-1);
  const folder = absolute(moved ?? '.', command.cwd);
  if (!isKnown(folder)) return OPEN;
  const { variables } = command;
  const settings = uvSettingsAt(folder, step);
  const place = pythonPlaceIn(step.dockerfile, step.stage.index, step.files);
  if (place.kind === 'open' || hasFlag(read, '--system')) return OPEN;
  const preference =
    flagValues(read, '--python-preference').at(-1) ??
    (hasFlag(read, '--managed-python') || isSurelyYes(variables.get('UV_MANAGED_PYTHON'))
      ? 'only-managed'
      : (variables.get('UV_PYTHON_PREFERENCE') ?? uvSettingOf(settings, 'python-preference')));
  if (preference === 'only-managed') return managed(command, 'uv is told to take no other');
  const request = pythonRequestOf(flagValues(read, '-p', '--python').at(-1), folder, command, step);
  if (request === undefined) return OPEN;
  const { fit, why } = fitOf(request, place);
  if (fit === 'unknown') return place.kind === 'distribution' ? { kind: 'foreign' } : OPEN;
  if (fit === 'in') return place;
  const isOff =
    preference === 'only-system' ||
    hasFlag(read, '--no-managed-python', '--no-python-downloads') ||
    isSurelyYes(variables.get('UV_NO_MANAGED_PYTHON')) ||
    /^(never|manual|0|false|no)$/i.test(
      variables.get('UV_PYTHON_DOWNLOADS') ?? uvSettingOf(settings, 'python-downloads') ?? '',
    );
  return isOff ? { kind: 'none', refused: why } : managed(command, why);
}

const uvSettingOf = (table: TomlTable | undefined, name: string): string | undefined => {
  const value = valueAt(table, name);
  return value === undefined ? undefined : String(value);
};

function uvSettingsAt(folder: string, step: BuildStep): TomlTable | undefined {
  const own = fileAbove('uv.toml', folder, step);
  if (own !== undefined) return parseToml(own).table;
  return tableAt(parseToml(fileAbove('pyproject.toml', folder, step) ?? '').table, 'tool', 'uv');
}

interface PythonRequest {
  readonly text: string;
  readonly by: 'request' | 'range' | 'nothing';
  readonly name: string;
}

/** What says which Python it has to be, the strongest first; undefined: that is not read. */
function pythonRequestOf(
  flag: string | undefined,
  folder: string,
  { variables }: Command,
  step: BuildStep,
): PythonRequest | undefined {
  const asked = flag ?? variables.get('UV_PYTHON');
  if (asked !== undefined && asked !== '') {
    if (!/^[\d.]+$/.test(asked)) return undefined;
    return { text: asked, by: 'request', name: flag === undefined ? `UV_PYTHON=${asked}` : `\`--python ${asked}\`` };
  }
  const file = fileAbove('.python-version', folder, step)
    ?.split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#'));
  if (file !== undefined) return { text: file, by: 'request', name: `\`.python-version\` asks for ${file}` };
  const { project } = parsePyproject(fileAbove('pyproject.toml', folder, step) ?? '');
  const range = project?.requiresPython;
  return range === undefined
    ? { text: '', by: 'nothing', name: '' }
    : { text: range, by: 'range', name: `\`requires-python\` asks for ${range}` };
}

function fitOf({ text, by, name }: PythonRequest, { kind, version }: PythonPlace) {
  if (kind === 'none') return { fit: 'out' as const, why: 'the image has no Python' };
  if (by === 'nothing') return { fit: 'in' as const, why: '' };
  if (version === undefined) return { fit: 'unknown' as const, why: '' };
  const fit = by === 'range' ? fitOfRange(text, version) : fitOfRequest(text, version);
  return { fit, why: `${name}, and the image has Python ${version}` };
}

function managed({ variables, user }: Command, why: string): PythonChoice {
  const data = variables.get('XDG_DATA_HOME');
  const home = variables.get('HOME') ?? (isRootUser(user) || !isKnown(user) ? '/root' : undefined);
  const folder =
    variables.get('UV_PYTHON_INSTALL_DIR') ??
    (data === undefined ? (home === undefined ? undefined : `${home}/.local/share/uv/python`) : `${data}/uv/python`);
  return { kind: 'managed', why, ...(folder === undefined ? {} : { folder }) };
}
