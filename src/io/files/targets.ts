// Looks at the folders and files that sources name: what stands there, which folders a glob matches, what a list holds.

import { createReadStream, lstatSync, realpathSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { bytesOf } from '../../text/latin1.ts';
import { refuse } from '../../text/userError.ts';
import { codeOf } from './files.ts';

/** What stands at a path; links are followed. A file is whatever can be read as a list, a pipe too. */
export type TargetKind = 'repository' | 'folder' | 'file' | 'absent' | 'denied';

/** What stands at a path. A repository is a folder with a `.git` in it, or a bare one. */
export function targetKind(path: string): TargetKind {
  try {
    if (!statSync(path).isDirectory()) return 'file';
    return isRepository(path) ? 'repository' : 'folder';
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? 'absent' : 'denied';
  }
}

/** Only looked at from outside: whether it is sound is seen when it is opened. */
function isRepository(folder: string): boolean {
  const stat = (name: string): ReturnType<typeof lstatSync> => lstatSync(join(folder, name), { throwIfNoEntry: false });
  if (stat('.git')) return true;
  return stat('HEAD') !== undefined && stat('objects')?.isDirectory() === true && stat('refs')?.isDirectory() === true;
}

/** The absolute path of a folder without links in it; the same for every way to name it. Undefined when it went away. */
export function realFolder(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** The bytes of a list, read as they are asked for. Refuses while it is iterated where the system does not let us read on. */
export async function* openList(path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 64 * 1024 });
  } catch (error) {
    const why = codeOf(error);
    if (why === undefined) throw error;
    refuse({ what: `the list cannot be read (${why})`, where: bytesOf(path), next: 'check its permissions' });
  }
}

/** Whether a path that does not exist may be meant as a glob. */
export function isGlob(path: string): boolean {
  return /[*?[{]|[!+@]\(/.test(path);
}

/**
 * The paths that a glob matches, as a shell would give them (sorted within each folder, hidden ones only where the glob says so,
 * links followed). With `**` those that are repositories only, links not followed, nothing below a repository.
 */
export async function* matching(glob: string): AsyncIterable<string> {
  const parts = glob.split('/').filter((part, at) => part !== '' || at === 0);
  if (parts.some((part) => part.includes('**') || !isBalanced(part))) yield* deep(parts);
  else yield* level(parts[0] === '' ? '/' : '', parts[0] === '' ? parts.slice(1) : parts);
}

/** A `/` inside braces would be cut in two: such a glob is matched as a whole. */
function isBalanced(part: string): boolean {
  return part.split(/[{(]/).length === part.split(/[})]/).length;
}

async function* level(folder: string, parts: readonly string[]): AsyncIterable<string> {
  const [part, ...rest] = parts;
  if (part === undefined) {
    yield folder;
    return;
  }
  for (const name of isGlob(part) ? await namesInFolder(folder, part) : [part]) {
    const path = folder === '' ? name : join(folder, name);
    if (rest.length > 0 || targetKind(path) !== 'absent') yield* level(path, rest);
  }
}

async function namesInFolder(folder: string, part: string): Promise<string[]> {
  const isMatch = picomatch([withoutNegation(part)]);
  try {
    return (await readdir(folder === '' ? '.' : folder)).filter((name) => isMatch(name)).sort();
  } catch {
    // No folder, or none that we may read: then the glob matches nothing there, as in a shell.
    return [];
  }
}

async function* deep(parts: readonly string[]): AsyncIterable<string> {
  const firstGlob = parts.findIndex((part) => isGlob(part));
  const base = parts.slice(0, firstGlob).join('/') || (parts[0] === '' ? '/' : '.');
  const glob = withoutNegation(parts.slice(firstGlob).join('/'));
  const isMatch = picomatch([glob]);
  const isHiddenMeant = /(?:^|[/{,(|])\./.test(glob);
  yield* below('');

  async function* below(path: string): AsyncIterable<string> {
    const folder = join(base, path);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    for (const name of names.sort()) {
      if (name === '.git' || name === 'node_modules' || (name.startsWith('.') && !isHiddenMeant)) continue;
      const inner = path === '' ? name : `${path}/${name}`;
      if (targetKind(join(base, inner)) !== 'repository') yield* below(inner);
      else if (isMatch(inner)) yield join(base, inner);
    }
  }
}

/** A `!` in front is a name's first letter here, as in a shell, not a negation. */
function withoutNegation(glob: string): string {
  return /^!(?!\()/.test(glob) ? `\\${glob}` : glob;
}
