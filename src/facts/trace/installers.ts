// Where an installer's packages go: pip, uv, poetry, pipenv by their own rules (trace.md, "Which interpreter a command means").

import type { Shell } from '../shell/shellState.ts';
import { absolute, isKnown, readable } from '../values.ts';
import type { Interpreter } from './events.ts';
import { TOOL_DISTRIBUTIONS } from './names.ts';
import { effectivePath, envInterpreter, interpreterAlong, type Place } from './resolve.ts';
import type { UvSettings } from './state.ts';

const truthy = (value: string | undefined): boolean => value !== undefined && !/^(|0|false|no|off|n|f)$/i.test(value);

/** pip options that take a value as the next word. */
const PIP_VALUE = new Set(
  `-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix --src
--upgrade-strategy -C --config-settings --global-option --build-option --no-binary --only-binary --progress-bar --root-user-action --report --group -i --index-url --extra-index-url -f --find-links --python
--log --keyring-provider --proxy --retries --timeout --exists-action --trusted-host --cert --client-cert --cache-dir --use-feature --use-deprecated --resume-retries --uploaded-prior-to --requirements-from-script`.split(
    /\s+/,
  ),
);

export interface PipCall {
  readonly command: string | undefined;
  readonly toUser: boolean;
  readonly elsewhere: string | undefined;
  readonly python: string | undefined;
  /** Normalised names given on the command line; undefined where files or expansions take part. */
  readonly names: readonly string[] | undefined;
  readonly project: boolean;
}

export const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

/** Reads pip's own arguments (words behind `pip`). */
export function pipCall(args: readonly string[]): PipCall {
  let command: string | undefined;
  let toUser = false;
  let elsewhere: string | undefined;
  let python: string | undefined;
  let files = false;
  let project = false;
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.startsWith('-')) {
      const [flag, glued] = word.startsWith('--')
        ? (word.split(/=(.*)/s) as [string, string?])
        : [word.slice(0, 2), word.length > 2 ? word.slice(2) : undefined];
      const value = glued ?? (PIP_VALUE.has(flag) ? args[++i] : undefined);
      if (flag === '--user') toUser = true;
      else if (flag === '--target' || flag === '-t' || flag === '--prefix' || flag === '--root')
        elsewhere = value ?? '';
      else if (flag === '--python') python = value;
      else if (flag === '-r' || flag === '--requirement' || flag === '--group') files = true;
      else if (flag === '-e' || flag === '--editable') {
        files = true;
        project = true;
      }
      continue;
    }
    if (command === undefined) {
      command = word;
      continue;
    }
    const pinned = /^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[\w,-]*\])?\s*[=<>~!]=?/.exec(word)?.[1];
    if (pinned !== undefined) names.push(normalName(pinned));
    else if (!isKnown(word)) files = true;
    else if (/^[./]|[/\\]|:\/\/|\.whl$|\.zip$|\.tar\.gz$/.test(word)) {
      files = true;
      project ||= !/:\/\//.test(word);
    } else {
      const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/.exec(word)?.[0];
      if (name === undefined) files = true;
      else names.push(normalName(name));
    }
  }
  return { command, toUser, elsewhere, python, names: files ? undefined : names, project };
}

export const areTools = (names: readonly string[] | undefined): boolean =>
  names !== undefined && names.length > 0 && names.every((n) => TOOL_DISTRIBUTIONS.has(n));

/** VIRTUAL_ENV where something stands there. */
export function virtualEnvOf(shell: Shell, place: Place): { path: string | undefined; dangling: boolean } {
  const set = shell.variables.get('VIRTUAL_ENV');
  if (set === undefined || set === '') return { path: undefined, dangling: false };
  const path = absolute(set, shell.cwd);
  return place.files.environments.has(path) || (!place.allEnvironments.has(path) && !place.base.complete)
    ? { path, dangling: false }
    : { path: undefined, dangling: true };
}

const along = (shell: Shell, place: Place): Interpreter =>
  interpreterAlong(effectivePath(shell.variables.get('PATH') ?? '', place), 'python', place);

/** Options of a subcommand, values glued or following. */
function option(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i++) {
    for (const name of names) {
      if (args[i] === name) return args[i + 1] ?? '';
      if (args[i]!.startsWith(`${name}=`)) return args[i]!.slice(name.length + 1);
    }
  }
  return undefined;
}

/** Target of a Python given by path, name or version. */
function namedPython(value: string, shell: Shell, place: Place): Interpreter {
  if (!isKnown(value)) return `unknown:${readable(value)}`;
  if (value.includes('/')) {
    const path = absolute(value, shell.cwd);
    const environment =
      place.files.environments.get(path) ?? place.files.environments.get(path.replace(/\/bin\/python[\d.]*$/, ''));
    if (environment) return envInterpreter(environment.path);
    return /^\/usr(\/local)?\/bin\/python[\d.]*$/.test(path) ? 'system' : `unknown:${path}`;
  }
  return interpreterAlong(
    effectivePath(shell.variables.get('PATH') ?? '', place),
    /^\d/.test(value) ? `python${value}` : value,
    place,
  );
}

/** Nearest environment `.venv` at `folder` or above. */
function dotVenv(folder: string, place: Place): string | undefined {
  for (let at = folder; at.startsWith('/'); at = at.slice(0, at.lastIndexOf('/'))) {
    const path = `${at === '/' ? '' : at}/.venv`;
    if (place.files.environments.has(path)) return path;
    if (at === '/' || at.lastIndexOf('/') < 0) break;
  }
  return undefined;
}

/** `uv pip ...` behind `pip`. `settings`: those of the files that uv reads there. */
export function uvPipTarget(args: readonly string[], shell: Shell, place: Place, settings: UvSettings): Interpreter {
  const call = pipCall(args);
  const elsewhere = call.elsewhere ?? settings.elsewhere;
  if (elsewhere !== undefined) return `elsewhere:${absolute(elsewhere, shell.cwd)}`;
  if (settings.unread !== undefined) return `unknown:${settings.unread}`;
  const python = option(args, '--python', '-p') ?? (shell.variables.get('UV_PYTHON') || settings.python);
  if (python) return namedPython(python, shell, place);
  if (
    !args.includes('--no-system') &&
    (args.includes('--system') || truthy(shell.variables.get('UV_SYSTEM_PYTHON')) || settings.system)
  )
    return 'system';
  const set = virtualEnvOf(shell, place);
  if (set.dangling) return 'unknown:VIRTUAL_ENV names no environment';
  if (set.path !== undefined) return envInterpreter(set.path);
  if (shell.variables.get('CONDA_PREFIX')) return 'unknown:conda';
  const own = dotVenv(shell.cwd, place);
  if (own !== undefined) return envInterpreter(own);
  const first = along(shell, place);
  return first === 'system' ? 'unknown:uv finds no environment' : first;
}

/** The project environment of `uv sync`, `uv run`, `uv add`. */
export function uvProjectTarget(args: readonly string[], shell: Shell, place: Place): Interpreter {
  const folder = absolute(option(args, '--project', '--directory') ?? '.', shell.cwd);
  if (args.includes('--active')) {
    const set = virtualEnvOf(shell, place);
    if (set.path !== undefined) return envInterpreter(set.path);
    if (set.dangling) return envInterpreter(absolute(shell.variables.get('VIRTUAL_ENV')!, shell.cwd));
  }
  const own = shell.variables.get('UV_PROJECT_ENVIRONMENT');
  if (own === undefined || own === '') return envInterpreter(absolute('.venv', folder));
  const path = absolute(own, folder);
  return path === '/usr/local' || path === '/usr' ? 'system' : envInterpreter(path);
}

/** Where poetry installs (poetry 1.x and 2.x alike). */
export function poetryTarget(
  args: readonly string[],
  shell: Shell,
  place: Place,
  file: ReadonlyMap<string, string>,
  user: ReadonlyMap<string, string>,
): Interpreter {
  const folder = absolute(option(args, '-C', '--directory', '-P', '--project') ?? '.', shell.cwd);
  const setting = (name: string): string | undefined =>
    shell.variables.get(`POETRY_${name.toUpperCase().replaceAll(/[.-]/g, '_')}`) ??
    file.get(name) ??
    place.files.poetryConfig.get(name) ??
    user.get(name);
  const set = virtualEnvOf(shell, place);
  if (set.path !== undefined) return envInterpreter(set.path);
  const inProject = setting('virtualenvs.in-project');
  const own = absolute('.venv', folder);
  if (place.files.environments.has(own) && (inProject === undefined || truthy(inProject))) return envInterpreter(own);
  const create = setting('virtualenvs.create');
  if (create !== undefined && !isKnown(create)) return 'unknown:virtualenvs.create';
  if (create !== undefined && !truthy(create)) return 'system';
  if (truthy(inProject)) return envInterpreter(own);
  return 'elsewhere:poetry cache';
}

/** Where pipenv installs. `dotenv`: what the project's `.env` sets. */
export function pipenvTarget(
  args: readonly string[],
  shell: Shell,
  place: Place,
  dotenv: ReadonlyMap<string, string>,
): Interpreter {
  if (args.includes('--system')) return along(shell, place);
  const setting = (name: string): string | undefined => dotenv.get(name) ?? shell.variables.get(name);
  if (dotenv.has('VIRTUAL_ENV') || dotenv.has('PATH')) return 'unknown:.env moves the environment of pipenv';
  const set = virtualEnvOf(shell, place);
  if (set.path !== undefined && !truthy(setting('PIPENV_IGNORE_VIRTUALENVS'))) return envInterpreter(set.path);
  const own = absolute('.venv', shell.cwd);
  if (place.files.environments.has(own) || truthy(setting('PIPENV_VENV_IN_PROJECT'))) return envInterpreter(own);
  return 'elsewhere:pipenv cache';
}
