// Finds the compose files of a repository and how those of one folder are used together.

import type { PathKind, Problem, Snapshot } from '../../model.ts';
import { UNKNOWN } from '../../parse/compose/interpolate.ts';
import { isComposeName } from '../../text/dockerNames.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { pathsFitting } from '../sourcePaths.ts';
import type { Loader } from './composeLoad.ts';
import type { Issue } from './composeSources.ts';
import { projectDirectories } from './projectDirectories.ts';

/** One way to start compose: `docker compose -f files[0] -f files[1] ...`. */
export interface Combination {
  readonly files: readonly string[];
  /** The project's folder: that of the first file, or what `--project-directory` names. */
  readonly folder: string;
  /** `default`: what a plain `docker compose up` in the folder takes. */
  readonly use: 'default' | 'variant' | 'alone';
}

export interface ComposeFiles {
  /** Paths of readable compose files, in order. */
  readonly files: readonly string[];
  readonly combinations: readonly Combination[];
  /** Files that look like compose files and cannot be used, and why. */
  readonly issues: readonly Issue[];
}

/** In compose's order of preference. */
const BASES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];
const USUAL_NAME = /^(?:docker-)?compose(?:[.-][^/]*)?\.ya?ml$/i;
const VARIANTS_LIMIT = 100;

const mayBeCompose = (path: string, kind: PathKind): boolean =>
  isComposeName(path) && (kind === 'file' || kind === 'executable') && !/(^|\/)\.github\/workflows\//.test(path);

/** All files called `*compose*.y(a)ml` outside `.github/workflows`; those of unusual names only where they have services. */
export function composeFiles(snapshot: Snapshot, loader: Loader): ComposeFiles {
  const folders = new Map<string, string[]>();
  const files: string[] = [];
  const issues: Issue[] = [];
  for (const path of [...pathsFitting(snapshot, mayBeCompose)].sort((a, b) => (a < b ? -1 : 1))) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const syntax = loader.syntax(path);
    const usual = USUAL_NAME.test(name);
    const isCompose = syntax?.kind === 'compose' && (usual || syntax.services.length > 0);
    if (!isCompose || syntax.problems.length > 0) {
      const found: Problem = syntax?.problems[0] ?? {
        offset: 0,
        message: syntax ? 'not a compose file' : 'the file cannot be read',
      };
      // an empty file asks for nothing
      if ((isCompose || usual || syntax?.kind === 'template') && found.code !== 'empty')
        issues.push({ path, offset: found.offset, message: found.message });
    }
    if (!isCompose || syntax.version1) continue;
    files.push(path);
    const folder = folderAbove(path);
    const list = folders.get(folder);
    if (list) list.push(path);
    else folders.set(folder, [path]);
  }
  const combinations: Combination[] = [];
  for (const [folder, paths] of folders) combinations.push(...combineFiles(folder, paths, loader, issues));
  const projects = projectDirectories(snapshot);
  const placed = combinations.map((one) => ({ ...one, folder: projects.get(one.files[0] ?? '') ?? one.folder }));
  return { files, combinations: placed, issues };
}

function combineFiles(folder: string, paths: readonly string[], loader: Loader, issues: Issue[]): Combination[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const there = new Set(paths);
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => prefix + name).find((path) => there.has(path));
  const base = first(BASES);
  const override = first(OVERRIDES);
  const chosen = chosenByEnvironment(folder, loader);
  const usual = chosen ?? [base, override].filter((path): path is string => path !== undefined);
  const found: Combination[] = [];
  if (chosen || base !== undefined) found.push({ files: usual, folder, use: 'default' });
  for (const path of paths) {
    if ((chosen || base !== undefined) && usual.includes(path)) continue;
    if (found.length >= VARIANTS_LIMIT) {
      issues.push({ path, offset: 0, message: 'too many compose files in one folder' });
      break;
    }
    const alone = loader.syntax(path)?.standsAlone === true || base === undefined || path === base;
    found.push({ files: alone ? [path] : [base, path], folder, use: alone ? 'alone' : 'variant' });
  }
  return found;
}

/** COMPOSE_FILE in the folder's `.env` replaces the usual names; undefined where it is not there or not readable. */
function chosenByEnvironment(folder: string, loader: Loader): readonly string[] | undefined {
  const { lookup } = loader.load([], folder).environment;
  const list = lookup('COMPOSE_FILE');
  if (typeof list !== 'string' || list === '' || list.includes(UNKNOWN)) return undefined;
  const separator = lookup('COMPOSE_PATH_SEPARATOR');
  const paths: string[] = [];
  for (const name of list.split(typeof separator === 'string' && separator !== '' ? separator : ':')) {
    const path = name.startsWith('/') ? undefined : joinInRepository(folder, name);
    if (path === undefined || loader.syntax(path)?.kind !== 'compose') return undefined;
    paths.push(path);
  }
  // The project's folder is the first file's; a list that starts elsewhere is left to that folder.
  return folderAbove(paths[0] ?? '') === folder ? paths : undefined;
}
