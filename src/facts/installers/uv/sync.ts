// What `uv sync` reads: the project, its workspace, the lock, and which code on disk it installs.

import { ignores, parseIgnore } from '../../../parse/ignoreFile/ignoreFile.ts';
import { type LockedPackage, parseUvLock, type UvLock } from '../../../parse/manifests/lockFiles.ts';
import { joinImage } from '../../../parse/manifests/paths.ts';
import { isUvPackage, type Pyproject, parsePyproject } from '../../../parse/manifests/pyproject.ts';
import { normaliseName } from '../../../parse/manifests/requirement.ts';
import { tableAt, tablesAt, textAt } from '../../../parse/manifests/toml.ts';
import { flagValues, hasFlag, type ReadFlags } from '../../flags.ts';
import {
  addFindLinks,
  environmentWords,
  findUpwards,
  type InstallReading,
  isSet,
  isThere,
  need,
  needProject,
  offer,
  pathInContext,
  textAtPath,
} from '../reading.ts';
import { isLocalCheckout } from '../sources.ts';

const PYPROJECT = 'pyproject.toml';

type LockedPlace = { readonly folder: string; readonly pyproject: Pyproject };

function readPlace(reading: InstallReading, folder: string): LockedPlace {
  const path = joinImage(folder, PYPROJECT);
  const pyproject = parsePyproject(textAtPath(reading, path) ?? '');
  if (pyproject.problems.length > 0) reading.unknown.add(`${path} cannot be read`);
  return { folder, pyproject };
}

/** Whether one of the globs takes in the folder itself. uv's globs and ignore patterns agree on `*`, `?`, `[...]` and `**`. */
function isNamedMember(globs: readonly string[], folder: string): boolean {
  return globs.some((glob) => {
    const file = parseIgnore(glob);
    const isHit = ignores(file);
    const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
    return file.problems.length === 0 && isHit(folder) && !(parent !== '' && isHit(parent));
  });
}

/** The root of the workspace that the project is a member of, or the project itself. */
function workspaceRoot(reading: InstallReading, project: LockedPlace): LockedPlace {
  if (project.pyproject.uv?.workspace !== undefined || project.folder === '/') return project;
  let from = joinImage(project.folder, '..');
  for (;;) {
    const folder = findUpwards(reading, from, PYPROJECT);
    if (folder === undefined) return project;
    const place = readPlace(reading, folder);
    const workspace = place.pyproject.uv?.workspace;
    if (workspace !== undefined) {
      const relative = project.folder.slice(folder === '/' ? 1 : folder.length + 1);
      const isMember = isNamedMember(workspace.members, relative) && !isNamedMember(workspace.exclude, relative);
      return isMember ? place : project;
    }
    if (folder === '/') return project;
    from = joinImage(folder, '..');
  }
}

const isLocalPackage = (one: LockedPackage): boolean => ['editable', 'folder', 'virtual', 'file'].includes(one.source);

/** The names of the local packages that the projects reach, themselves included. */
function reachable(lock: UvLock, starts: readonly (readonly [string, Iterable<string>])[]): Set<string> {
  const local = new Set(lock.packages.filter(isLocalPackage).map((one) => one.name));
  const found = new Set<string>();
  const waiting: string[] = [];
  for (const [name, dependencies] of starts) waiting.push(name, ...dependencies);
  while (waiting.length > 0) {
    const name = waiting.pop()!;
    if (found.has(name) || !local.has(name)) continue;
    found.add(name);
    const metadata = lock.metadata.get(name);
    const groups = tableAt(metadata, 'requires-dev');
    const lists = [
      tablesAt(metadata, 'requires-dist'),
      ...Object.keys(groups ?? {}).map((group) => tablesAt(groups, group)),
    ];
    for (const one of lists.flat()) waiting.push(normaliseName(textAt(one, 'name') ?? ''));
  }
  return found;
}

type Leaving = {
  readonly project: boolean;
  readonly workspace: boolean;
  readonly local: boolean;
  readonly names: ReadonlySet<string>;
};

/** What the flags keep from being installed. */
function leavingOf(reading: InstallReading, read: ReadFlags): Leaving {
  const on = (flag: string, variable: string): boolean => hasFlag(read, flag) || isSet(reading, variable);
  const local = on('--no-install-local', 'UV_NO_INSTALL_LOCAL');
  const workspace = local || on('--no-install-workspace', 'UV_NO_INSTALL_WORKSPACE');
  const project = workspace || on('--no-install-project', 'UV_NO_INSTALL_PROJECT');
  return { project, workspace, local, names: new Set(flagValues(read, '--no-install-package').map(normaliseName)) };
}

/** The project that is synced, and the root of its workspace with the lock. */
interface Workspace {
  readonly root: LockedPlace;
  readonly project: LockedPlace;
  readonly lock: UvLock;
}

function addLockedCode(reading: InstallReading, { root, project, lock }: Workspace, read: ReadFlags): void {
  const leaving = leavingOf(reading, read);
  const own = normaliseName(project.pyproject.project?.name ?? '');
  const isMember = (name: string): boolean => lock.members.includes(name) || name === own;
  const picked = flagValues(read, '--package').map(normaliseName);
  // A root that is no project stands for all of its members.
  const isAll = hasFlag(read, '--all-packages') || project.pyproject.project === undefined;
  const names = isAll && picked.length === 0 ? lock.members : picked;
  const starts: [string, Iterable<string>][] =
    names.length > 0 ? names.map((name) => [name, []]) : [[own, [...project.pyproject.groups.values()].flat()]];
  // `--only-group` leaves the projects themselves out, and takes no more than the groups.
  const onlyGroups = hasFlag(read, '--only-group', '--only-dev');
  for (const name of reachable(lock, starts)) {
    const locked = lock.packages.find((one) => one.name === name && isLocalPackage(one));
    if (locked === undefined || locked.source === 'virtual' || leaving.names.has(name)) continue;
    if (onlyGroups && starts.some(([start]) => start === name)) continue;
    if (locked.source === 'file') {
      if (!leaving.local) need(reading, joinImage(root.folder, locked.from));
      continue;
    }
    const isOut =
      name === own && picked.length === 0 ? leaving.project : isMember(name) ? leaving.workspace : leaving.local;
    if (!isOut) needProject(reading, `${name} is installed from ${locked.from === '.' ? 'the project' : locked.from}`);
  }
}

/** Without a lock (or with one that is checked) the metadata of everything on disk is needed. */
function addMetadata(reading: InstallReading, root: LockedPlace, lock: UvLock | undefined): void {
  for (const one of lock?.packages ?? []) {
    if (isLocalPackage(one) && one.source !== 'file' && one.from !== '.')
      need(reading, joinImage(root.folder, `${one.from}/${PYPROJECT}`));
  }
  const { project, uv, localDependencies } = root.pyproject;
  if (project?.dynamic.some((field) => field.endsWith('dependencies')) === true) {
    needProject(reading, 'its requirements are not written in pyproject.toml');
  }
  if (lock !== undefined) return;
  // Without a lock its version is asked for, and that is the build's to say.
  if (project !== undefined && project.dynamic.length > 0)
    needProject(reading, `${project.dynamic[0]} is not written in pyproject.toml`);
  if (uv?.workspace !== undefined) reading.unknown.add('the members of the workspace are not known without uv.lock');
  const [local] = localDependencies;
  if (local !== undefined) needProject(reading, `${local.name} is taken from ${local.path}`);
}

/** `folder`: where uv starts to look for the project, `--directory` applied. */
export function readUvSync(reading: InstallReading, read: ReadFlags, folder: string): void {
  if (hasFlag(read, '--script')) reading.unknown.add('uv sync --script reads a script');
  for (const flag of [
    '--only-install-project',
    '--only-install-workspace',
    '--only-install-local',
    '--only-install-package',
  ]) {
    if (hasFlag(read, flag)) reading.unknown.add(`${flag} is not followed`);
  }
  const word = flagValues(read, '--project').at(-1) ?? environmentWords(reading, 'UV_PROJECT').at(-1);
  const start = word === undefined ? folder : (pathInContext(reading, folder, word) ?? folder);
  const found = findUpwards(reading, start, PYPROJECT);
  if (found === undefined) {
    need(reading, joinImage(start, PYPROJECT));
    return;
  }
  const project = readPlace(reading, found);
  const root = workspaceRoot(reading, project);
  need(reading, joinImage(root.folder, PYPROJECT));
  if (root.folder !== project.folder) need(reading, joinImage(project.folder, PYPROJECT));
  for (const place of [project.folder, root.folder])
    for (const name of ['.python-version', '.python-versions']) offer(reading, joinImage(place, name));
  offer(reading, joinImage(root.folder, 'uv.toml'));
  const lockPath = joinImage(root.folder, 'uv.lock');
  const isFrozen = hasFlag(read, '--frozen') || isSet(reading, 'UV_FROZEN');
  const isLocked = hasFlag(read, '--locked', '--check') || isSet(reading, 'UV_LOCKED');
  if (isFrozen || isLocked) need(reading, lockPath);
  else offer(reading, lockPath);
  const text = textAtPath(reading, lockPath);
  if (text === undefined && isThere(reading, lockPath)) reading.unknown.add(`${lockPath} cannot be read`);
  const lock = text === undefined ? undefined : parseUvLock(text);
  if (lock !== undefined && lock.problems.length > 0) reading.unknown.add(`${lockPath} cannot be read`);
  for (const names of project.pyproject.groups.values()) for (const name of names) reading.packages.add(name);
  for (const one of lock?.packages ?? []) {
    if (isLocalPackage(one)) continue;
    reading.packages.add(one.name);
    if (one.source === 'registry' ? !/^https?:/i.test(one.from) : isLocalCheckout(one.from))
      reading.unknown.add(`${one.name} is taken from ${one.from}, which lies in the image`);
  }
  for (const links of [...flagValues(read, '-f', '--find-links'), ...environmentWords(reading, 'UV_FIND_LINKS')])
    addFindLinks(reading, folder, links);
  if (lock !== undefined) addLockedCode(reading, { root, project, lock }, read);
  const leaving = leavingOf(reading, read);
  const isOnlyGroups = hasFlag(read, '--only-group', '--only-dev');
  // The lock may be older than a build system that was added since.
  if (
    isUvPackage(project.pyproject) &&
    !leaving.project &&
    !isOnlyGroups &&
    flagValues(read, '--package').length === 0
  ) {
    needProject(reading, 'the project itself is installed');
  }
  if (!isFrozen) addMetadata(reading, root, lock);
}
