// The lines that go into an ignore file: their form, their style, and what of the repository they would leave out.

import type { Snapshot } from '../../model.ts';
import { ignores, parseIgnore } from '../../parse/ignoreFile/ignoreFile.ts';
import { contextCopies } from '../copies/contextCopies.ts';
import type { Copy } from '../copies/copy.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { filesBelow } from '../folders.ts';

/** Lines that leave the paths out (all called `name`, relative to the context): the root form, else `**` for the usual names. */
export function ignoreLine(name: string, paths: readonly string[]): string[] {
  if (paths.every((path) => path === name)) return [literalPattern(name)];
  if (/^\.?venv$/.test(name)) return [`**/${name}`];
  return [...new Set(paths)].map(literalPattern);
}

/** The pattern that means the path itself: `!`, `#` and wildcards have no meaning behind a backslash. */
export const literalPattern = (path: string): string => path.replace(/[\\*?[\]{}|^]/g, '\\$&').replace(/^[!#]/, '\\$&');

/** Files of the repository at or below `folder`; with `onlyOutsideEnvironments` none where a pyvenv.cfg says what it is. */
export function visibleFiles(
  snapshot: Snapshot,
  folder: string,
  options: { readonly onlyOutsideEnvironments: boolean },
): string[] {
  if (options.onlyOutsideEnvironments && snapshot.paths.has(`${folder}/pyvenv.cfg`)) return [];
  return [...(snapshot.paths.has(folder) ? [folder] : []), ...filesBelow(folder, snapshot)];
}

/** Files of the repository that the line alone would leave out of the context, less those that may be. */
export function leavesOut(line: string, context: string, snapshot: Snapshot, may: (path: string) => boolean): string[] {
  const out = ignores(parseIgnore(line));
  const lead = context === '' ? '' : `${context}/`;
  return filesBelow(context, snapshot).filter((path) => out(path.slice(lead.length)) && !may(path));
}

/** Does it lie in a folder with a pyvenv.cfg? */
export function isEnvironmentFile(path: string, snapshot: Snapshot): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    if (snapshot.paths.has(`${path.slice(0, at)}/pyvenv.cfg`)) return true;
  }
  return false;
}

export interface Recommended {
  readonly name: string;
  readonly line: string;
  /** Paths of the context that are all left out where the line is not needed. */
  readonly parts: readonly string[];
}

/** What `recommendedIgnores` adds. */
export const RECOMMENDED: readonly Recommended[] = [
  { name: '__pycache__', line: '**/__pycache__', parts: ['__pycache__/a.pyc', 'a/__pycache__/a.pyc'] },
  { name: '.mypy_cache', line: '.mypy_cache', parts: ['.mypy_cache/a'] },
  { name: '.pytest_cache', line: '.pytest_cache', parts: ['.pytest_cache/a'] },
  { name: '.ruff_cache', line: '.ruff_cache', parts: ['.ruff_cache/a'] },
  { name: '.git', line: '.git', parts: ['.git/HEAD'] },
  { name: '.env', line: '.env', parts: ['.env'] },
];

/** The first copy of the whole context. */
export const recommendedFor = (dockerfile: DockerfileFacts): Copy | undefined =>
  contextCopies(dockerfile).find((copy) => copy.sources.some((source) => source.path === ''));
