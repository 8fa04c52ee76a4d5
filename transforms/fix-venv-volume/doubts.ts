// Why a volume at an environment is not certain to be right: what it would be filled from, lie over, and who comes in.

import type { MountFacts } from '../../src/facts/compose/serviceFacts.ts';
import { isFolder } from '../../src/facts/folders.ts';
import { folderOf } from '../../src/facts/place.ts';
import { envInterpreter } from '../../src/facts/trace/resolve.ts';
import type { Environment } from '../../src/facts/trace/state.ts';
import { isWithin } from '../../src/facts/values.ts';
import type { Snapshot } from '../../src/model.ts';
import { foldersOf, imagesOf } from './beside.ts';
import { remakeDoubt } from './interpreters.ts';
import { userDoubt } from './owners.ts';
import { startDoubt } from './starts.ts';
import type { Cover } from './venvMounts.ts';
import { type BoundService, chainOf, fillsAtStart, looksLikeEnvironment, startsIn } from './venvUse.ts';
import { wholenessDoubt } from './wholeEnvironment.ts';

/** Why the image may not have a whole environment at its path. */
export function environmentDoubt(bound: BoundService, environment: Environment): string | undefined {
  const { files, own } = bound;
  const { path } = environment;
  if (environment.conditional) return `${path} is made only on some branch of the build`;
  if (environment.createdAt !== path)
    return `${path} was made at ${environment.createdAt}, and its scripts name that path`;
  const over = files.covered.get(envInterpreter(path));
  if (over === undefined) return wholenessDoubt(bound, environment);
  const chain = chainOf(bound);
  let name = '';
  for (const e of own.trace.events)
    if (e.kind === 'overwrite' && e.path === path && chain.includes(e.stage)) name = e.why ?? '';
  // what lies there may be the project itself
  return looksLikeEnvironment(name) ? `${over} (\`${name}\` is missing in the ignore file)` : over;
}

/** Why a volume at the environment may not work over this bind. */
export function coverDoubt(
  { snapshot }: BoundService,
  { path }: Environment,
  { mount, place, target }: Cover & { readonly kind: 'bind' },
): string | undefined {
  if (target === path) return `${path} itself is the target of the mount, and two mounts cannot share a target`;
  if (mount.readOnly === 'unknown') return 'a variable decides whether the mount is read-only';
  if (mount.readOnly)
    return 'the mount is read-only, so that Docker could not make the folder for a volume in it, and the container would not start';
  if (mount.assumed && !hasLiteralTarget(snapshot, mount)) return 'a variable decides where the mount goes, or how';
  return place.kind === 'inside' ? hostDoubt(snapshot, place.path, target, path) : undefined;
}

/** In `${SRC:-.}:/app` the variable decides what is mounted, not where: a volume below the target is right for any value. */
function hasLiteralTarget(snapshot: Snapshot, { form, origin }: MountFacts): boolean {
  const text = snapshot.read(origin.path)?.slice(origin.range.start, origin.range.end).replace(/["']$/, '') ?? '';
  return form === 'short' && /^[^:$]*:\/[^:$]+(:[A-Za-z,]+)?$/.test(text.slice(text.lastIndexOf('}') + 1));
}

/** Why it may not do for all that happens in the container. */
export function inUseDoubt(bound: BoundService, environment: Environment): string | undefined {
  const { service } = bound;
  const [open] = service.environmentOpen;
  if (open !== undefined && !startsIn(bound, environment))
    return `${open}, and its variables may send the tools to another environment`;
  return (
    userDoubt(bound, environment) ??
    startDoubt(bound, environment.path) ??
    remakeDoubt(bound, environment) ??
    watchDoubt(bound, environment.path)
  );
}

/** `develop.watch` copies what the host has into the container. */
export function watchDoubt({ service, dockerfile }: BoundService, path: string): string | undefined {
  const { context } = dockerfile;
  for (const { action, path: place, target, ignore } of service.watch) {
    if (action?.known && action.value === 'rebuild') continue;
    if (target?.known && !isWithin(path, target.value.replace(/(.)\/+$/, '$1'))) continue;
    if (target?.known && place.kind === 'inside' && context.folder !== undefined) {
      const rest = path.slice(target.value.replace(/\/+$/, '').length + 1);
      const from = context.folder === '' ? place.path : place.path.slice(context.folder.length + 1);
      const isBelow =
        context.folder === '' || place.path === context.folder || place.path.startsWith(`${context.folder}/`);
      if (isBelow && context.ignored(from === '' ? rest : `${from}/${rest}`)) continue;
      if (ignore.some((pattern) => pattern.replace(/^(\.\/|\*\*\/)/, '').replace(/\/+$/, '') === rest)) continue;
    }
    return `develop.watch may copy what the host has at ${path} into the container`;
  }
  return undefined;
}

/** They keep an empty folder in a repository. */
const KEEPERS = /(^|\/)\.(git)?(keep|ignore)$/;

/** Docker mounts a folder on a folder: a file or a link of the repository at the place stands in the way. */
function hostDoubt(snapshot: Snapshot, top: string, target: string, path: string): string | undefined {
  const { paths } = snapshot;
  const rest = target === '/' ? path.slice(1) : path.slice(target.length + 1);
  const folder = top === '' ? rest : `${top}/${rest}`;
  if (
    isFolder(folder, snapshot) &&
    [...paths.keys()].some((p) => p.startsWith(`${folder}/`) && !KEEPERS.test(p)) &&
    !paths.has(`${folder}/pyvenv.cfg`)
  )
    return `the repository has files of its own in ${folder}, which a volume would hide`;
  for (let at = folder; at !== '' && at !== top; at = folderOf(at)) {
    const kind = paths.get(at);
    if (kind === undefined) continue;
    const what = {
      file: 'a file',
      executable: 'a file',
      symlink: 'a symbolic link',
      submodule: 'a submodule',
      other: 'no folder',
    };
    return `${at} is ${what[kind]} in the repository, and Docker mounts volumes on folders only`;
  }
  return undefined;
}

/** Why a volume at the environment would part the service from what others do with its folder. */
export function besideDoubt(bound: BoundService, path: string): string | undefined {
  const { service, beside } = bound;
  const taker = beside.takers.get(service.name);
  if (taker !== undefined) return `service ${taker} takes over its mounts (volumes_from)`;
  const fills = fillsAtStart(bound, path).length > 0;
  for (const folder of foldersOf(service)) {
    const other = fills ? undefined : beside.installers.get(folder)?.find((s) => s.name !== service.name);
    if (other !== undefined)
      return `service ${other.name} installs into the mounted folder, and ${service.name} may need what it installs`;
    const user = beside.passing.has(service)
      ? imagesOf(service)
          .map((image) => beside.programs.get(`${folder}\0${image}`))
          .find((name) => name !== undefined)
      : undefined;
    if (user !== undefined) return `service ${user} may need what ${service.name} installs into the mounted folder`;
  }
  return undefined;
}
