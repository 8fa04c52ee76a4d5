// Is uv.lock as old as its project? What `uv sync` rewrites in the image lies in the way of code that is copied later.

import { parseUvLock } from '../../../parse/manifests/lockFiles.ts';
import { folderOf, nameOf } from '../../../parse/manifests/paths.ts';
import { PYPROJECT, parsePyproject } from '../../../parse/manifests/pyproject.ts';
import { normaliseName } from '../../../parse/manifests/requirement.ts';
import { isUvLockStale, type LockAge } from '../../../parse/manifests/uvLockAge.ts';
import { isSurelyYes } from '../callState.ts';
import type { EarlyCall, LaterReason } from '../calls.ts';

type FilesOfCall = Pick<EarlyCall, 'files' | 'read'>;

/** Why `uv sync` must not come before the code. */
export function whyUvLater(call: EarlyCall): LaterReason | undefined {
  const { name, words, variables, ofProject, isHalf } = call;
  if (!ofProject) return undefined;
  const isFrozen = words.includes('--frozen') || isSurelyYes(variables.get('UV_FROZEN'));
  const dynamic = isFrozen ? undefined : dynamicProject(call);
  if (dynamic !== undefined)
    return {
      code: 'lock',
      words: `${name}: the ${dynamic.field} of ${dynamic.file} ${dynamic.field === 'version' ? 'is' : 'are'} computed by its build`,
    };
  const isLocked = words.includes('--locked') || isSurelyYes(variables.get('UV_LOCKED'));
  if (isHalf || isFrozen || isLocked) return undefined;
  switch (lockAge(call)) {
    case 'unknown':
      return {
        code: 'lock',
        words: `whether uv.lock is up to date for ${name} is not known, and the code would be copied over what it writes; --frozen or --locked would settle it`,
      };
    case 'stale':
      return {
        code: 'lock',
        words: `${name} brings a stale uv.lock up to date in the image, and the code would be copied over it; run \`uv lock\` first`,
      };
    default:
      return undefined;
  }
}

/** How the uv.lock that it reads compares to its project: rewritten in the image where it is not up to date. */
function lockAge({ files, read }: FilesOfCall): LockAge | 'none' {
  const lock = files.find((path) => nameOf(path) === 'uv.lock');
  if (lock === undefined) return 'none';
  const root = [folderOf(lock), PYPROJECT].filter((part) => part !== '').join('/');
  const project = read(root);
  if (project === undefined) return 'unknown';
  const members = files
    .filter((path) => path !== root && nameOf(path) === PYPROJECT)
    .map((path) => parsePyproject(read(path) ?? ''));
  return isUvLockStale(parseUvLock(read(lock) ?? ''), parsePyproject(project), members);
}

/** The pyproject file of which something that uv compares with its lock is computed by a build. */
function dynamicProject({ files, read }: FilesOfCall): { readonly file: string; readonly field: string } | undefined {
  const locks = files.filter((path) => nameOf(path) === 'uv.lock');
  const locked = locks.map((path) => read(path) ?? '').join('');
  for (const file of files.filter((path) => nameOf(path) === PYPROJECT)) {
    const { name = '', dynamic = [] } = parsePyproject(read(file) ?? '').project ?? {};
    if (dynamic.some((field) => field.endsWith('dependencies'))) return { file, field: 'requirements' };
    // An older uv has written the version down, and asks the build whether it still holds.
    const hasVersion = locked.includes(`\n[[package]]\nname = "${normaliseName(name)}"\nversion = `);
    if (hasVersion && dynamic.includes('version')) return { file, field: 'version' };
  }
  return undefined;
}

/** Folders of the members of a workspace, as the lock has them. */
export const uvMembers = (lock: string): readonly string[] =>
  parseUvLock(lock)
    .packages.filter(({ source, from }) => (source === 'editable' || source === 'folder') && from !== '.')
    .map(({ from }) => from);
