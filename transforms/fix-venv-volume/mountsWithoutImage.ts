// Entries at a place where the image has no environment: the host's, an empty one, and what they take from poetry.

import type { Blocker } from '../../src/facts/blocker.ts';
import { bindingBlocker } from '../../src/facts/compose/serviceBinding.ts';
import type { MountFacts } from '../../src/facts/compose/serviceFacts.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { interpreterKey } from '../../src/facts/pythonInterpreter.ts';
import { absolute, isKnown } from '../../src/facts/values.ts';
import { isSurelyAbsent, putsNothing } from './absence.ts';
import {
  because,
  isHostEnvironment,
  type Judged,
  type MountVerdict,
  VARIABLE_IN_MOUNT,
  type VenvMount,
} from './mountVerdict.ts';
import { shadowOf } from './venvMounts.ts';
import {
  type BoundService,
  fillsAtStart,
  isOnServicePath,
  isStartKnown,
  looksLikeEnvironment,
  makesAtStart,
  mountedText,
  namesProgram,
  runsOf,
  serviceFolder,
  usesEnvironment,
} from './venvUse.ts';
import { besideBlocker, watchBlocker } from './volumeBlockers.ts';

/** A bind that would bring the `.venv` of the host to a poetry whose environment is in its cache. */
export function takenByTool({ bound, volumes }: Judged): Omit<VenvMount, 'service'> | undefined {
  const path = absolute('.venv', serviceFolder(bound));
  if (!isKnown(path) || !leavesItsOwn(bound, path)) return undefined;
  const shadow = shadowOf(path, bound.service, volumes);
  if (shadow.kind !== 'bind' || shadow.target === path) return undefined;
  return { problem: 'taken by tool', path, mount: shadow.mount };
}

/** What is wrong with an entry that is called like an environment. */
export function notInImage({ bound, volumes }: Judged, mount: MountFacts, path: string): MountVerdict | undefined {
  const { service } = bound;
  if (!looksLikeEnvironment(path)) return undefined;
  const { kind } = mount.source;
  if (kind === 'bind') {
    const mayFill = makesAtStart(bound, path) || fillsAtStart(bound, path).length > 0 || !isStartKnown(bound, path);
    if (mayFill || !isHostEnvironment(mount) || !isSurelyAbsent(bound, path)) return undefined;
    return namesProgram(bound, path) || isOnServicePath(bound, path)
      ? { problem: 'host without image', mount }
      : undefined;
  }
  if (kind !== 'anonymous' && kind !== 'volume') return undefined;
  if (leavesItsOwn(bound, path)) return { problem: 'leaves its own', mount };
  const below = shadowOf(path, service, volumes, [mount]);
  if (below.kind === 'image') {
    const meant = environmentElsewhere(bound, path);
    return meant === undefined ? undefined : { problem: 'astray', mount, meant };
  }
  if (below.kind !== 'bind' || makesAtStart(bound, path) || fillsAtStart(bound, path).length > 0) return undefined;
  if (!isStartKnown(bound, path) || service.environmentOpen.length > 0 || !isSurelyAbsent(bound, path))
    return undefined;
  if (service.devcontainers.some((d) => d.open !== undefined || d.features) || watchBlocker(bound, path))
    return undefined;
  if (namesProgram(bound, path)) {
    if (!putsNothing(bound, path)) return undefined;
    const isNamed: Blocker | undefined =
      kind === 'volume'
        ? { code: 'mount', words: 'a named volume can have been filled by hand or by another service' }
        : undefined;
    const isAssumed = mount.assumed || below.mount.assumed ? VARIABLE_IN_MOUNT : undefined;
    const blocker = bindingBlocker(bound) ?? besideBlocker(bound, path) ?? isNamed ?? isAssumed;
    return { problem: 'empty without image', mount, remedy: 'remove', ...because(blocker) };
  }
  return isOnServicePath(bound, path) ? { problem: 'empty without image', mount } : undefined;
}

const { poetry } = INSTALLERS;

/** The one environment of the service, where nothing can have put one at `path`. */
function environmentElsewhere(bound: BoundService, path: string): string | undefined {
  const { service, files } = bound;
  const used = [...files.environments.values()].filter((environment) => usesEnvironment(bound, environment));
  const isClosed =
    isStartKnown(bound, path) &&
    isSurelyAbsent(bound, path) &&
    service.environmentOpen.length === 0 &&
    service.hooks.length === 0 &&
    service.devcontainers.length === 0 &&
    bindingBlocker(bound) === undefined;
  const [only, more] = used;
  const isFilled = makesAtStart(bound, path) || fillsAtStart(bound, path).length > 0 || isOnServicePath(bound, path);
  if (only === undefined || more !== undefined || !isClosed || isFilled || !isKnown(only.path)) return undefined;
  return only.conditional ? undefined : only.path;
}

/** Poetry's own environment is in its cache, and it is called in the folder whose `.venv` the mount is. */
function leavesItsOwn(bound: BoundService, path: string): boolean {
  const { env } = bound.own.image.stages[bound.stage]!.final;
  const name = poetry.variables.inProject!;
  if (bound.service.environment.has(name) || env.has(name) || bound.files.configured.has('virtualenvs.in-project'))
    return false;
  if (/^\s*in-project\s*=/m.test(poetryToml(bound))) return false;
  return (
    path === absolute('.venv', serviceFolder(bound)) &&
    bound.files.installs.has('elsewhere:poetry cache') &&
    runsOf(bound).some(
      (e) =>
        e.words[0] === poetry.name &&
        e.words.includes('run') &&
        interpreterKey(e.interpreter) === 'elsewhere:poetry cache',
    )
  );
}

/** The poetry.toml that poetry reads beside the project. */
const poetryToml = (bound: BoundService): string =>
  mountedText(absolute('poetry.toml', serviceFolder(bound)), bound) ??
  bound.snapshot.read([bound.dockerfile.context.folder, 'poetry.toml'].filter(Boolean).join('/')) ??
  '';
