// What a name stands for that a project itself gives to a command: its entry points, and the scripts of pipenv and pdm.

import { absolute, isKnown } from '../../src/facts/values.ts';
import { isTable, parseToml, type TomlValue, valueAt } from '../../src/parse/manifests/toml.ts';
import { type BoundService, mountedText } from './venvUse.ts';

interface ProjectFile {
  readonly text: string;
  /** A file of the project, by its path from the project file. */
  readonly read: (path: string) => string | undefined;
}

/** The file of that name in `cwd` and the folders above, as the container has them; else that of the build context. */
function projectFiles(name: string, cwd: string, bound: BoundService): ProjectFile[] {
  const { snapshot, dockerfile } = bound;
  const found: ProjectFile[] = [];
  const add = (read: ProjectFile['read']): void => {
    const text = read(name);
    if (text !== undefined) found.push({ text, read });
  };
  const parts = cwd.split('/').filter(Boolean);
  for (let n = isKnown(cwd) ? parts.length : -1; n >= 0; n -= 1) {
    const folder = `/${parts.slice(0, n).join('/')}`;
    add((path) => mountedText(absolute(path, folder), bound));
  }
  const { folder } = dockerfile.context;
  if (found.length === 0 && folder !== undefined)
    add((path) => snapshot.read([folder, path].filter(Boolean).join('/')));
  return found;
}

/** Pipenv's own scripts: a name in the Pipfile stands for any command. */
export function hasScripts(cwd: string, bound: BoundService): boolean {
  const files = projectFiles('Pipfile', cwd, bound);
  return files.length === 0 || files.some(({ text }) => /^\s*\[\s*["']?scripts\b/m.test(text));
}

/** A script of pdm's in pyproject.toml, which may be any command. */
export function hasPdmScript(name: string | undefined, cwd: string, bound: BoundService): boolean {
  const files = projectFiles('pyproject.toml', cwd, bound);
  return (
    files.length === 0 ||
    files.some(({ text }) => {
      const { table } = parseToml(text);
      return (
        table === undefined || (name !== undefined && valueAt(table, 'tool', 'pdm', 'scripts', name) !== undefined)
      );
    })
  );
}

const TABLES = [
  ['project', 'scripts'],
  ['project', 'gui-scripts'],
  ['tool', 'poetry', 'scripts'],
];

/** `shop.cli:main`, which poetry also takes from a table; the file has the module's name. */
function moduleOf(target: TomlValue): string | undefined {
  const text = isTable(target) ? (target.callable ?? target.reference) : target;
  return typeof text === 'string' ? text.split(':')[0]!.trim().replaceAll('.', '/') : undefined;
}

/**
 * The text of the module behind a command that the project itself installs: `dev = "shop.cli:main"`. None where it is
 * no command of the project's; `unknown` where the project or the module cannot be read.
 */
export function entryPointTexts(name: string, cwd: string, bound: BoundService): readonly string[] | 'unknown' {
  const files = projectFiles('pyproject.toml', cwd, bound);
  // what pipenv installs need be no project
  if (files.length === 0) return projectFiles('Pipfile', cwd, bound).length > 0 ? [] : 'unknown';
  const texts: string[] = [];
  for (const { text, read } of files) {
    const { table } = parseToml(text);
    if (table === undefined) return 'unknown';
    for (const path of TABLES) {
      const target = valueAt(table, ...path, name);
      if (target === undefined) continue;
      const module = moduleOf(target);
      const found = ['', 'src/'].flatMap((folder) =>
        ['.py', '/__init__.py'].flatMap(
          (end) => (module === undefined ? undefined : read(folder + module + end)) ?? [],
        ),
      );
      if (found.length === 0) return 'unknown';
      texts.push(...found);
    }
  }
  return texts;
}
