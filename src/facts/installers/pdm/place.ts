// Where pdm 2 keeps the environment of a project: the saved interpreter, the active environment, one that stands in the project, else a new one.

import { joinImage } from '../../../parse/manifests/paths.ts';
import { tableAt, valueAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag, type ReadFlags } from '../../flags.ts';
import { elsewhereAt, envInterpreter, type PythonInterpreter, unknownInterpreter } from '../../pythonInterpreter.ts';
import { absolute, isKnown, readable } from '../../values.ts';
import { type CallState, configHome } from '../callState.ts';
import { type ReadToml, tableOf, tomlAt, whyOf } from '../settingsFiles.ts';

type PdmFlags = Pick<ReadFlags, 'flags'>;

/** What pdm calls the environments that have a name, or lie outside of the project. */
const NAMED = 'pdm venvs';

/** What pdm takes for no. */
const isNo = (value: string): boolean => /^(|0|false|no)$/i.test(value);

/** How calls remember that `pdm venv create --name` made one for the project at `folder`. */
export const namedFor = (folder: string): string => `pdm venv of ${folder}`;

export interface PdmPlace {
  /** Where the project is. */
  readonly folder: string;
  readonly target: PythonInterpreter;
  /** It writes down which interpreter it took, and goes by that from then on. */
  readonly isSaved: boolean;
  readonly seeded: 'yes' | 'no';
  /** Why there may be other settings. */
  readonly unread?: string;
}

/** Is it surely no pdm 2? Before, packages went to __pypackages__. */
function isOld(folder: string, state: CallState): boolean {
  const lock = state.fileAt(joinImage(folder, 'pdm.lock'));
  const version = lock !== undefined && 'text' in lock ? /^lock_version = "(\d+)/m.exec(lock.text)?.[1] : undefined;
  return (
    (version !== undefined && Number(version) < 4) ||
    /^[01]\./.test(state.variables.get('PDM_VERSION') ?? '') ||
    state.hasWord(/^pdm(\[[\w,-]*\])?[ \t]*(([=~]=|<=?)[ \t]*[01](\D|$)|<[ \t]*2(\.0)*$)/)
  );
}

/** The folder of the project; undefined: it may be one of several. */
function pdmProject(read: PdmFlags, state: CallState): string | undefined {
  const given = flagValues(read, '-p', '--project').at(-1) ?? (state.variables.get('PDM_PROJECT') || undefined);
  if (given !== undefined) return isKnown(given) ? absolute(given, state.cwd) : undefined;
  const found: { readonly folder: string; readonly isSure: boolean }[] = [];
  for (let at = state.cwd; at.startsWith('/'); at = joinImage(at, '..')) {
    const file = state.fileAt(joinImage(at, 'pyproject.toml'));
    if (file !== undefined) found.push({ folder: at, isSure: 'text' in file });
    if (at === '/') break;
  }
  const [first] = found;
  if (first === undefined) return state.cwd;
  return first.isSure || found.length === 1 ? first.folder : undefined;
}

/** PdmSettings of files by name, as `venv.in_project`. */
function pdmSettings(read: ReadToml): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const table = tableOf(read);
  for (const [group, name] of [
    ['python', 'use_venv'],
    ['venv', 'in_project'],
    ['venv', 'with_pip'],
    ['venv', 'backend'],
  ] as const) {
    const value = valueAt(tableAt(table, group), name);
    if (typeof value === 'boolean' || typeof value === 'string') found.set(`${group}.${name}`, String(value));
  }
  return found;
}

const VARIABLES: Readonly<Record<string, string>> = {
  'python.use_venv': 'PDM_USE_VENV',
  'venv.in_project': 'PDM_VENV_IN_PROJECT',
  'venv.with_pip': 'PDM_VENV_WITH_PIP',
  'venv.backend': 'PDM_VENV_BACKEND',
};

/** The environment that stands in the project. */
function inProject(folder: string, { environments }: CallState): string | undefined {
  return ['.venv', 'venv', 'env'].map((name) => joinImage(folder, name)).find((path) => environments.has(path));
}

/** The interpreter that an earlier call, a variable or the repository wrote down; undefined: none, or none that stands in the image. */
function savedPython(folder: string, read: PdmFlags, state: CallState): PythonInterpreter | undefined {
  const ignored = state.variables.get('PDM_IGNORE_SAVED_PYTHON');
  if (hasFlag(read, '-I', '--ignore-python')) return undefined;
  if (ignored !== undefined && ignored !== '')
    return isKnown(ignored) && !isNo(ignored) ? undefined : unknownInterpreter('PDM_IGNORE_SAVED_PYTHON');
  const file = state.fileAt(joinImage(folder, '.pdm-python'));
  if (file !== undefined && 'why' in file) return unknownInterpreter(file.why);
  const path = (state.variables.get('PDM_PYTHON') || file?.text)?.trim() ?? '';
  if (path === '') return undefined;
  const own = /^(.*)\/bin\/python[\d.]*$/.exec(path)?.[1] ?? '';
  if (state.environments.has(own)) return envInterpreter(own);
  // what a developer's machine has does not stand here
  if (/^(\/Users\/|\/home\/(?!app\/)|[A-Za-z]:[\\/])/.test(path) && !path.startsWith(state.home)) return undefined;
  return unknownInterpreter(`the interpreter ${readable(path)} that pdm has written down`);
}

/** Where a call installs, and where `pdm run` runs. */
export function pdmPlace(read: PdmFlags, state: CallState): PdmPlace {
  const folder = pdmProject(read, state);
  const open = (why: string): PdmPlace => ({
    folder: folder ?? state.cwd,
    target: unknownInterpreter(why),
    isSaved: false,
    seeded: 'no',
  });
  if (folder === undefined) return open('which project pdm finds');
  if (hasFlag(read, '-g', '--global')) return open('the global project of pdm');
  if (isOld(folder, state)) return open('pdm below 2');
  const files = ['pdm.toml', '.pdm.toml'].map((name) => tomlAt(joinImage(folder, name), state));
  const config = state.variables.get('PDM_CONFIG_FILE') || flagValues(read, '-c', '--config').at(-1);
  const user = tomlAt(config === undefined ? `${configHome(state)}/pdm/config.toml` : state.pathIn(config), state);
  const site = tomlAt('/etc/xdg/pdm/config.toml', state);
  const unread = [...files, user, site].map(whyOf).find((why) => why !== undefined);
  if (unread !== undefined) return { ...open(unread), unread };
  const layers = [...files.toReversed(), undefined, user, site].map((one) => one && pdmSettings(one));
  const setting = (name: string): string | undefined => {
    const variable = state.variables.get(VARIABLES[name]!);
    if (variable !== undefined) return variable;
    for (const [n, layer] of layers.entries()) {
      // what `pdm config` wrote stands over the user's file
      const value = n === files.length ? state.configured.get(`pdm ${name}`) : layer?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  return {
    folder,
    seeded: isNo(setting('venv.with_pip') ?? '') ? 'no' : 'yes',
    ...chosenPlace({ folder, setting }, read, state),
  };
}

interface PdmSettings {
  readonly folder: string;
  readonly setting: (name: string) => string | undefined;
}

function chosenPlace(
  { folder, setting }: PdmSettings,
  read: PdmFlags,
  state: CallState,
): Pick<PdmPlace, 'target' | 'isSaved'> {
  const open = (why: string) => ({ target: unknownInterpreter(why), isSaved: false });
  const named = flagValues(read, '--venv').at(-1) ?? (state.variables.get('PDM_IN_VENV') || undefined);
  const own = inProject(folder, state);
  if (named !== undefined)
    return {
      target: named === 'in-project' && own !== undefined ? envInterpreter(own) : elsewhereAt(NAMED),
      isSaved: false,
    };
  for (const name of ['python.use_venv', 'venv.in_project', 'venv.with_pip', 'venv.backend'])
    if (!isKnown(setting(name) ?? '')) return open(name);
  const isUsing = !isNo(setting('python.use_venv') ?? 'true');
  const saved = savedPython(folder, read, state);
  if (saved !== undefined && (isUsing || saved.kind === 'unknown')) return { target: saved, isSaved: false };
  const packages = joinImage(folder, '__pypackages__');
  if (!isUsing) return { target: elsewhereAt(packages), isSaved: false };
  const ignored = state.variables.get('PDM_IGNORE_ACTIVE_VENV') ?? '';
  if (!isKnown(ignored)) return open('PDM_IGNORE_ACTIVE_VENV');
  if (isNo(ignored)) {
    const { path, dangling } = state.virtualEnv;
    // where it would make its own, nothing else stands that it could take
    const isItsOwn = absolute(state.variables.get('VIRTUAL_ENV') ?? '', state.cwd) === joinImage(folder, '.venv');
    if (dangling && !isItsOwn) return open('VIRTUAL_ENV names no environment');
    if (path !== undefined) return { target: envInterpreter(path), isSaved: false };
    if (state.variables.get('CONDA_PREFIX')) return open('conda');
  }
  if (own !== undefined) return { target: envInterpreter(own), isSaved: true };
  if (state.configured.has(namedFor(folder))) return { target: elsewhereAt(NAMED), isSaved: false };
  if (state.fileAt(joinImage(packages, 'lib')) !== undefined) return { target: elsewhereAt(packages), isSaved: false };
  if (setting('venv.backend') === 'conda') return open('conda');
  if (isNo(setting('venv.in_project') ?? 'true')) return { target: elsewhereAt(NAMED), isSaved: false };
  return { target: envInterpreter(joinImage(folder, '.venv')), isSaved: true };
}
