// Where a path written in a compose file leads: into the repository, out of it, or nobody knows.

import type { Snapshot, Unknown } from '../model.ts';
import { STARTED_IN, UNKNOWN } from '../parse/compose/interpolate.ts';

/** `path` is repository-relative, '' for the root; nothing need stand there. */
export type RepositoryPlace =
  | { readonly kind: 'inside'; readonly path: string }
  | { readonly kind: 'outside'; readonly text: string }
  | { readonly kind: 'remote'; readonly text: string }
  | Unknown;

const LENGTH_LIMIT = 4096;

/**
 * Joins and cleans as Go's filepath.Join does, by text alone. Undefined when the result leaves the repository. `folder` is
 * repository-relative.
 */
export function joinInRepository(folder: string, path: string): string | undefined {
  const kept: string[] = [];
  for (const segment of `${folder}/${path}`.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') kept.push(segment);
    else if (kept.pop() === undefined) return undefined;
  }
  return kept.join('/');
}

/** Path.Clean of an absolute path inside a container; undefined for one that is not absolute. */
export function cleanAbsolute(path: string): string | undefined {
  if (!path.startsWith('/')) return undefined;
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  return `/${kept.join('/')}`;
}

/**
 * `text` is interpolated and may hold UNKNOWN and STARTED_IN; `folder` is where relative paths start, undefined where that is
 * outside the repository. A path through a symbolic link or a submodule is unknown: neither is followed.
 */
export function resolvePlace(snapshot: Snapshot, text: string, folder: string | undefined): RepositoryPlace {
  if (text.length > LENGTH_LIMIT) return { kind: 'unknown', cause: 'the path is too long' };
  if (text.includes(UNKNOWN))
    return { kind: 'unknown', cause: 'a variable in the path is set nowhere in the repository' };
  if (text.includes(STARTED_IN)) return { kind: 'unknown', cause: '$PWD is wherever compose is started' };
  if (/^[/~\\]/.test(text) || /^[A-Za-z]:/.test(text)) return { kind: 'outside', text };
  const path = folder === undefined ? undefined : joinInRepository(folder, text);
  if (path === undefined) return { kind: 'outside', text };
  const link = linkOnTheWay(snapshot, path);
  if (link !== undefined) return { kind: 'unknown', cause: `${link} is a symbolic link or a submodule` };
  return { kind: 'inside', path };
}

function linkOnTheWay(snapshot: Snapshot, path: string): string | undefined {
  for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
    const prefix = end < 0 ? path : path.slice(0, end);
    const kind = snapshot.paths.get(prefix);
    if (kind === 'symlink' || kind === 'submodule' || kind === 'other') return prefix;
    if (end < 0) return undefined;
  }
}

/** The folder of a repository-relative file path; '' for the root. */
export function folderAbove(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}
