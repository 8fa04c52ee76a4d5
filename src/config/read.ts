// Finds the one configuration of a repository, reads it and says exactly what is wrong with it.

import type { Snapshot } from '../model.ts';
import { bytesOf, textOf } from '../text/latin1.ts';
import { lineColumns } from '../text/positions.ts';
import type { Config } from './config.ts';
import { readJsonConfig } from './jsonConfig.ts';
import { LONGEST_CONFIG, offsetOfKey, type Read, TOO_LONG } from './located.ts';
import { readPyproject } from './tomlConfig.ts';

/** The files that may hold the configuration of a folder. */
export const CONFIG_NAMES: readonly string[] = ['pyvenv-fix.config.ts', 'pyvenv-fix.config.json', 'pyproject.toml'];

/** Something wrong with a configuration; `where` is path:line:column. All text latin1. */
export interface ConfigProblem {
  readonly where: string;
  readonly message: string;
}

/** A configuration that was found, or none, or what is wrong with it. `path` is as it was found or given. */
export type ConfigResult =
  | { readonly path?: string; readonly config: Config }
  | { readonly path: string; readonly problems: readonly ConfigProblem[] };

/** Where to look: the repository's root, `folder` (repository-relative, '' for the root) and the folders between them. */
export interface ConfigSearch {
  readonly folder: string;
  /** Ids of all transforms there are. */
  readonly transforms: readonly string[];
}

/** The configuration of a repository, strings turned to latin1 bytes. Two files that configure are a problem; none is `{}`. */
export async function findConfig(snapshot: Snapshot, search: ConfigSearch): Promise<ConfigResult> {
  const found: { readonly path: string; readonly text: string }[] = [];
  for (const folder of foldersTo(search.folder)) {
    for (const name of CONFIG_NAMES) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const text = snapshot.paths.has(path) ? snapshot.read(path) : undefined;
      if (text !== undefined && configures(path, text)) found.push({ path, text });
    }
  }
  const [first, second] = found;
  if (first && second) {
    const message = `${first.path} configures pyvenv-fix too; keep one of the two`;
    return { path: second.path, problems: [{ where: `${second.path}:1:1`, message }] };
  }
  return first ? readConfig(first.path, first.text, search.transforms) : { config: {} };
}

/** Reads one configuration text; its kind goes by the end of `path`. A TOML file without the table configures nothing. */
export async function readConfig(path: string, bytes: string, transforms: readonly string[]): Promise<ConfigResult> {
  const { text } = textOf(bytes);
  const read = await readText(path, text);
  if (!read) return { path, config: {} };
  const placeIn = lineColumns(text);
  const problem = (offset: number, message: string): ConfigProblem => {
    const { line, column } = placeIn(offset);
    return { where: `${path}:${line}:${column}`, message: bytesOf(message) };
  };
  if ('message' in read) return { path, problems: [problem(read.offset, read.message)] };
  const { checkConfig } = await import('./configSchema.ts');
  const checked = checkConfig(read.value, transforms);
  if ('config' in checked) return { path, config: inBytes(checked.config) as Config };
  const problems = checked.issues.map((issue) => problem(offsetOfKey(read.places, issue.path), issue.message));
  return { path, problems };
}

async function readText(path: string, text: string): Promise<Read | undefined> {
  const lower = path.toLowerCase();
  if (lower.endsWith('.toml')) return readPyproject(text);
  if (text.length > LONGEST_CONFIG) return { offset: 0, message: TOO_LONG };
  if (lower.endsWith('.json')) return readJsonConfig(text);
  if (lower.endsWith('.ts') || lower.endsWith('.mts'))
    return (await import('./typescriptConfig.ts')).readTypescript(text);
  return { offset: 0, message: 'a configuration file ends in .ts, .json or .toml' };
}

function configures(path: string, text: string): boolean {
  return !path.endsWith('pyproject.toml') || readPyproject(text) !== undefined;
}

function foldersTo(folder: string): string[] {
  const folders = [''];
  for (let slash = folder.indexOf('/'); slash >= 0; slash = folder.indexOf('/', slash + 1)) {
    folders.push(folder.slice(0, slash));
  }
  return folder === '' ? folders : [...folders, folder];
}

/** Paths of the program are bytes, so what the configuration says about paths has to be. */
function inBytes(value: unknown): unknown {
  if (typeof value === 'string') return bytesOf(value);
  if (Array.isArray(value)) return value.map(inBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [bytesOf(key), inBytes(inner)]));
}
