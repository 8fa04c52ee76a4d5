// Why a volume at an environment is not certain to be right: what it would be filled from, lie over, and who comes in.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { MountFacts } from '../../src/facts/compose/serviceFacts.ts';
import { isFolder } from '../../src/facts/folders.ts';
import { envKey } from '../../src/facts/pythonInterpreter.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isWithin } from '../../src/facts/values.ts';
import type { Snapshot } from '../../src/model.ts';
import { foldersOf, imagesOf } from './beside.ts';
import { remakeBlocker } from './interpreters.ts';
import { userBlocker } from './owners.ts';
import { startBlocker } from './starts.ts';
import type { Shadow } from './venvMounts.ts';
import { type BoundService, fillsAtStart, looksLikeEnvironment, stagesBelow, startsIn } from './venvUse.ts';
import { wholenessBlocker } from './wholeEnvironment.ts';

/** Why the image may not have a whole environment at its path. */
export function environmentBlocker(bound: BoundService, environment: Environment): Blocker | undefined {
  const { files, own } = bound;
  const { path } = environment;
  if (environment.conditional) return { code: 'branch', words: `${path} is made only on some branch of the build` };
  if (environment.createdAt !== path)
    return {
      code: 'moved environment',
      words: `${path} was made at ${environment.createdAt}, and its scripts name that path`,
    };
  const over = files.covered.get(envKey(path));
  if (over === undefined) return wholenessBlocker(bound, environment);
  const chain = stagesBelow(bound);
  let name = '';
  for (const e of own.trace.events)
    if (e.kind === 'overwrite' && e.path === path && chain.includes(e.stage)) name = e.source ?? '';
  // what lies there may be the project itself
  const words = looksLikeEnvironment(name) ? `${over} (\`${name}\` is missing in the ignore file)` : over;
  return { code: 'shadowed', words };
}

/** Why a volume at the environment may not work over this bind. */
export function bindBlocker(
  { snapshot }: BoundService,
  { path }: Environment,
  { mount, place, target }: Shadow & { readonly kind: 'bind' },
): Blocker | undefined {
  if (target === path)
    return { code: 'mount', words: `${path} itself is the target of the mount, and two mounts cannot share a target` };
  if (mount.readOnly === 'unknown')
    return { code: 'mount', words: 'a variable decides whether the mount is read-only' };
  if (mount.readOnly)
    return {
      code: 'mount',
      words:
        'the mount is read-only, so that Docker could not make the folder for a volume in it, and the container would not start',
    };
  if (mount.assumed && !hasLiteralTarget(snapshot, mount))
    return { code: 'mount', words: 'a variable decides where the mount goes, or how' };
  return place.kind === 'inside' ? hostFileBlocker(snapshot, { top: place.path, target }, path) : undefined;
}

/** In `${SRC:-.}:/app` the variable decides what is mounted, not where: a volume below the target is right for any value. */
function hasLiteralTarget(snapshot: Snapshot, { form, origin }: MountFacts): boolean {
  const text = snapshot.read(origin.path)?.slice(origin.range.start, origin.range.end).replace(/["']$/, '') ?? '';
  return form === 'short' && /^[^:$]*:\/[^:$]+(:[A-Za-z,]+)?$/.test(text.slice(text.lastIndexOf('}') + 1));
}

/** Why it may not do for all that happens in the container. */
export function inUseBlocker(bound: BoundService, environment: Environment): Blocker | undefined {
  const { service } = bound;
  const [open] = service.environmentOpen;
  if (open !== undefined && !startsIn(bound, environment))
    return { code: 'variable', words: `${open}, and its variables may send the tools to another environment` };
  return (
    userBlocker(bound, environment) ??
    startBlocker(bound, environment.path) ??
    remakeBlocker(bound, environment) ??
    watchBlocker(bound, environment.path)
  );
}

/** `develop.watch` copies what the host has into the container. */
export function watchBlocker({ service, dockerfile }: BoundService, path: string): Blocker | undefined {
  const { context } = dockerfile;
  for (const { action, path: place, target, ignore } of service.watch) {
    if (action?.kind === 'known' && action.value === 'rebuild') continue;
    if (target?.kind === 'known' && !isWithin(path, target.value.replace(/(.)\/+$/, '$1'))) continue;
    if (target?.kind === 'known' && place.kind === 'inside' && context.folder !== undefined) {
      const rest = path.slice(target.value.replace(/\/+$/, '').length + 1);
      const from = context.folder === '' ? place.path : place.path.slice(context.folder.length + 1);
      const isBelow =
        context.folder === '' || place.path === context.folder || place.path.startsWith(`${context.folder}/`);
      if (isBelow && context.ignored(from === '' ? rest : `${from}/${rest}`)) continue;
      if (ignore.some((pattern) => pattern.replace(/^(\.\/|\*\*\/)/, '').replace(/\/+$/, '') === rest)) continue;
    }
    return { code: 'watch', words: `develop.watch may copy what the host has at ${path} into the container` };
  }
  return undefined;
}

/** They keep an empty folder in a repository. */
const KEEPERS = /(^|\/)\.(git)?(keep|ignore)$/;

/** Docker mounts a folder on a folder: a file or a link of the repository at the place stands in the way. */
function hostFileBlocker(
  snapshot: Snapshot,
  { top, target }: { readonly top: string; readonly target: string },
  path: string,
): Blocker | undefined {
  const { paths } = snapshot;
  const rest = target === '/' ? path.slice(1) : path.slice(target.length + 1);
  const folder = top === '' ? rest : `${top}/${rest}`;
  if (
    isFolder(folder, snapshot) &&
    [...paths.keys()].some((p) => p.startsWith(`${folder}/`) && !KEEPERS.test(p)) &&
    !paths.has(`${folder}/pyvenv.cfg`)
  )
    return { code: 'host files', words: `the repository has files of its own in ${folder}, which a volume would hide` };
  for (let at = folder; at !== '' && at !== top; at = folderAbove(at)) {
    const kind = paths.get(at);
    if (kind === undefined) continue;
    const what = {
      file: 'a file',
      executable: 'a file',
      symlink: 'a symbolic link',
      submodule: 'a submodule',
      other: 'no folder',
    };
    return {
      code: 'host files',
      words: `${at} is ${what[kind]} in the repository, and Docker mounts volumes on folders only`,
    };
  }
  return undefined;
}

/** Why a volume at the environment would part the service from what others do with its folder. */
export function besideBlocker(bound: BoundService, path: string): Blocker | undefined {
  const { service, beside } = bound;
  const taker = beside.takers.get(service.name);
  if (taker !== undefined)
    return { code: 'other service', words: `service ${taker} takes over its mounts (volumes_from)` };
  const fills = fillsAtStart(bound, path).length > 0;
  for (const folder of foldersOf(service)) {
    const other = fills ? undefined : beside.installers.get(folder)?.find((s) => s.name !== service.name);
    if (other !== undefined)
      return {
        code: 'other service',
        words: `service ${other.name} installs into the mounted folder, and ${service.name} may need what it installs`,
      };
    const user = beside.passing.has(service)
      ? imagesOf(service)
          .map((image) => beside.programs.get(`${folder}\0${image}`))
          .find((name) => name !== undefined)
      : undefined;
    if (user !== undefined)
      return {
        code: 'other service',
        words: `service ${user} may need what ${service.name} installs into the mounted folder`,
      };
  }
  return undefined;
}
