// Which interpreter a name means: the search path, entry by entry.

import type { Base } from '../baseImages/base.ts';
import { envInterpreter, type PythonInterpreter, SYSTEM_PYTHON, unknownInterpreter } from '../pythonInterpreter.ts';
import type { Shell } from '../shell/shellState.ts';
import { absolute, isKnown, readable, splitOutsideTokens, unknownPath } from '../values.ts';
import type { Environment, Files } from './imageFiles.ts';
import { pythonName } from './names.ts';

const SYSTEM_FOLDERS = new Set(['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']);
/** Folders that hold tools, never a `python` or `pip` of their own. */
const TOOL_FOLDER =
  /(^|\/)(\.local\/bin|\.cargo\/bin|\.poetry\/bin|poetry\/bin|node_modules\/\.bin|\.npm-global\/bin|\.yarn\/bin|usr\/games|pnpm|go\/bin|\.deno\/bin|\.bun\/bin|uv)$/;

export interface SearchPlace {
  readonly files: Files;
  readonly base: Base;
  /** Every path where this Dockerfile makes an environment, at any time. */
  readonly allEnvironments: ReadonlySet<string>;
}

/** PATH as a command meets it: entries of environments that do not stand here are left out, doubles too. */
export function effectivePath(path: string, place: SearchPlace): string[] {
  const seen = new Set<string>();
  return splitOutsideTokens(path, ':')
    .map((entry) => (entry.length > 1 ? entry.replace(/\/+$/, '') : entry))
    .filter((entry) => {
      if (entry === '' || seen.has(entry)) return false;
      seen.add(entry);
      const environment = environmentOfBin(entry, place.files);
      return environment !== undefined || !(entry.endsWith('/bin') && place.allEnvironments.has(entry.slice(0, -4)));
    });
}

export function environmentOfBin(entry: string, files: Files): Environment | undefined {
  return entry.endsWith('/bin') ? files.environments.get(entry.slice(0, -4)) : undefined;
}

/** The interpreter that runs a bare `name` found along `path` (effective entries). `name`: python..., pip... or any program (as python). */
export function interpreterAlong(path: readonly string[], name: string, place: SearchPlace): PythonInterpreter {
  const asked = pythonName(name) ?? { kind: 'python' as const };
  for (const entry of path) {
    const environment = environmentOfBin(entry, place.files);
    if (environment !== undefined) {
      const hit = isIn(environment, asked.kind, asked.version);
      if (hit === 'yes') return envInterpreter(environment.path);
      if (hit === 'unknown') return unknownInterpreter(`${name} in ${entry}`);
      continue;
    }
    if (!isKnown(entry)) {
      if (place.base.complete) return unknownInterpreter(readable(entry));
      return entry === unknownPath(place.base.ref) ? SYSTEM_PYTHON : unknownInterpreter(readable(entry));
    }
    if (SYSTEM_FOLDERS.has(entry)) return SYSTEM_PYTHON;
    if (entry.endsWith('/bin') && place.base.environments?.includes(entry.slice(0, -4)))
      return unknownInterpreter(entry);
    if (place.base.ownFolders?.includes(entry)) continue;
    if (TOOL_FOLDER.test(entry)) continue;
    if (/conda|mamba/.test(entry)) return unknownInterpreter(`conda ${entry}`);
    if (!entry.startsWith('/')) return unknownInterpreter(`relative PATH entry ${entry}`);
    if (/python|venv|env|pyenv|virtualenv/i.test(entry)) return unknownInterpreter(entry);
  }
  return SYSTEM_PYTHON;
}

/** Has the environment a command of this name? */
function isIn(environment: Environment, kind: 'python' | 'pip', version: string | undefined): 'yes' | 'no' | 'unknown' {
  if (version !== undefined && version !== '3') {
    if (version === '2')
      return environment.python?.startsWith('2')
        ? 'yes'
        : environment.python === undefined && environment.kind === 'virtualenv'
          ? 'unknown'
          : 'no';
    if (!version.includes('.') || environment.python === undefined) return 'unknown';
    if (environment.python !== version) return 'no';
  }
  if (kind === 'python') return 'yes';
  // scripts of a moved environment have a dead first line and are passed over
  if (environment.createdAt !== environment.path) return 'no';
  return environment.seeded;
}

/** VIRTUAL_ENV where something stands there. */
export function virtualEnvOf(shell: Shell, place: SearchPlace): { path: string | undefined; dangling: boolean } {
  const set = shell.variables.get('VIRTUAL_ENV');
  if (set === undefined || set === '') return { path: undefined, dangling: false };
  const path = absolute(set, shell.cwd);
  return place.files.environments.has(path) || (!place.allEnvironments.has(path) && !place.base.complete)
    ? { path, dangling: false }
    : { path: undefined, dangling: true };
}
