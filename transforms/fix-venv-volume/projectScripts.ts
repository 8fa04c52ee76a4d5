// What a name stands for that a project itself gives to a command: its entry points, and the scripts that its manifest has.

import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { absolute, isKnown } from '../../src/facts/values.ts';
import { PROGRAM_TABLES, PYPROJECT } from '../../src/parse/manifests/pyproject.ts';
import { isTable, parseToml, type TomlValue, valueAt } from '../../src/parse/manifests/toml.ts';
import { type BoundService, mountedText } from './venvUse.ts';

const OWN_MANIFESTS = Object.values(INSTALLERS).flatMap(({ project }) =>
  project === undefined || project.manifest === PYPROJECT ? [] : [project.manifest],
);

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

/** The texts of the manifests of that name, in which an installer finds scripts of the project. */
export const manifestTexts = (name: string, cwd: string, bound: BoundService): string[] =>
  projectFiles(name, cwd, bound).map(({ text }) => text);

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
  const files = projectFiles(PYPROJECT, cwd, bound);
  // what an installer with a manifest of its own installs need be no project
  if (files.length === 0) return OWN_MANIFESTS.some((own) => projectFiles(own, cwd, bound).length > 0) ? [] : 'unknown';
  const texts: string[] = [];
  for (const { text, read } of files) {
    const { table } = parseToml(text);
    if (table === undefined) return 'unknown';
    for (const path of PROGRAM_TABLES) {
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
