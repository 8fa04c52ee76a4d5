// For each service that mounts something: does it see the environment of its image, and which volume entry is wrong?

import type { Blocker } from '../../src/facts/blocker.ts';
import { bindingBlocker } from '../../src/facts/compose/serviceBinding.ts';
import type { MountFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { envKey, interpreterKey } from '../../src/facts/pythonInterpreter.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import { isSurelyAbsent, putsNothing } from './absence.ts';
import { userBlocker } from './owners.ts';
import { filesOf } from './serviceBuilds.ts';
import { startBlocker } from './starts.ts';
import type { Shadow } from './venvMounts.ts';
import { imageVolumes, shadowOf } from './venvMounts.ts';
import {
  type BoundService,
  boundServices,
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
import { besideBlocker, bindBlocker, environmentBlocker, inUseBlocker, watchBlocker } from './volumeBlockers.ts';
import { isMadeInMount } from './wholeEnvironment.ts';

export type MountProblem =
  /** A bind (`mount`) lies over the folder that holds the environment. */
  | 'hidden'
  /** The host's own environment is mounted onto the image's. */
  | 'host over image'
  /** The host's own environment is mounted where the image has none. */
  | 'host without image'
  /** The mount at the environment is empty. */
  | 'empty over image'
  /** A named volume keeps what the first image put there. */
  | 'stale'
  /** An anonymous volume does so until it is renewed: the price of what is right. */
  | 'carried over'
  /** The start makes it in the mounted folder. */
  | 'made in mount'
  /** A `.venv` of the host would be taken for the one that the image has in its tool's cache. */
  | 'taken by tool'
  /** Who comes into the container cannot write to the volume, which is filled with the owners of the image. */
  | 'not owner'
  /** Another image fills the same named volume. */
  | 'two images'
  /** A volume at the environment, and nothing that it would have to hide. */
  | 'needless'
  /** An empty volume where the image has nothing and the program needs something. */
  | 'empty without image'
  /** An empty `.venv` makes poetry leave its own environment. */
  | 'poetry';

/** What is wrong with one environment of one service. */
export interface VenvMount {
  readonly service: ServiceFacts;
  readonly problem: MountProblem;
  /** Absolute path of the environment in the container. */
  readonly path: string;
  /** The entry that the finding hangs on. */
  readonly mount: MountFacts;
  /** The edit that mends it. `replace` and `remove` are of `mount`; `add` goes beside it. */
  readonly remedy?: 'add' | 'replace' | 'remove';
  /** Why the remedy is not certain. */
  readonly blocker?: Blocker;
  /** It blocks any volume there, by whomever it is put. */
  readonly unfit?: true;
  /** The other service of `two images`. */
  readonly other?: BoundService;
}

/** Everything that is wrong between volume entries and environments, service by service, combination by combination. */
export function venvMounts(facts: Facts): VenvMount[] {
  const all = boundServices(facts);
  return all.flatMap((bound) => {
    const volumes = imageVolumes(bound.dockerfile.syntax, bound.own.image, bound.stage);
    const place: Judged = { bound, facts, volumes, all };
    const found: VenvMount[] = [];
    for (const environment of bound.files.environments.values()) {
      if (!isKnown(environment.path) || isMadeInMount(bound, environment)) continue;
      const one = inImage(place, environment, shadowOf(environment.path, bound.service, volumes));
      if (one !== undefined) found.push({ service: bound.service, path: environment.path, ...one });
    }
    for (const mount of bound.service.mounts) {
      const path = knownValue(mount.target) ?? '';
      const one = notInImage(place, mount, path);
      if (one !== undefined) found.push({ service: bound.service, path, ...one });
    }
    const taken = takenByTool(place);
    if (taken !== undefined) found.push({ service: bound.service, ...taken });
    return found;
  });
}

/** A bind that would bring the `.venv` of the host to a poetry whose environment is in its cache. */
function takenByTool({ bound, volumes }: Judged): Omit<VenvMount, 'service'> | undefined {
  const path = absolute('.venv', serviceFolder(bound));
  if (!isKnown(path) || !poetryLeaves(bound, path)) return undefined;
  const shadow = shadowOf(path, bound.service, volumes);
  if (shadow.kind !== 'bind' || shadow.target === path) return undefined;
  return { problem: 'taken by tool', path, mount: shadow.mount };
}

/** Nothing that runs in the container fills, makes or removes the environment. */
const isUntouched = (bound: BoundService, path: string): boolean =>
  fillsAtStart(bound, path).length === 0 && !makesAtStart(bound, path) && startBlocker(bound, path) === undefined;

/** Does another service mount the volume, too? */
const isShared = (name: string | undefined, { bound, facts }: Judged): boolean =>
  name !== undefined &&
  facts.compose.services.some(
    (s) =>
      s.name !== bound.service.name && s.mounts.some(({ source }) => source.kind === 'volume' && source.name === name),
  );

/** Does a line mount over the environment (`docker compose run -v`)? */
const isCoveredByLine = (path: string, { bound, facts }: Judged): boolean =>
  facts
    .starts()
    .some(
      ({ service, mounts, isOpen }) =>
        service === bound.service.name &&
        (isOpen || mounts.some(({ target }) => !isKnown(target) || isWithin(path, target))),
    );

interface Judged {
  readonly bound: BoundService;
  readonly facts: Facts;
  readonly all: readonly BoundService[];
  /** Targets of the image's own VOLUMEs. */
  readonly volumes: readonly string[];
}

type MountVerdict = Omit<VenvMount, 'service' | 'path'>;
const because = (blocker: Blocker | undefined): Pick<MountVerdict, 'blocker'> =>
  blocker === undefined ? {} : { blocker };

function inImage(place: Judged, environment: Environment, shadow: Shadow): MountVerdict | undefined {
  const { path } = environment;
  const { bound, volumes } = place;
  const { service } = bound;
  switch (shadow.kind) {
    case 'image':
    case 'unknown':
      return undefined;
    case 'empty':
      return usesEnvironment(bound, environment) && isUntouched(bound, path)
        ? { problem: 'empty over image', mount: shadow.mount }
        : undefined;
    case 'volume': {
      // one of the image's own is no entry, and one above the environment holds more than that
      const mount = service.mounts.find((m) => m === shadow.mount && shadow.target === path);
      const owner = mount && installsAsStranger(bound, environment);
      if (mount !== undefined && owner !== undefined) return { problem: 'not owner', mount, blocker: owner };
      if (mount === undefined || !isUntouched(bound, path)) return undefined;
      if (bindingBlocker(bound) !== undefined || environment.conditional || !usesEnvironment(bound, environment))
        return undefined;
      const other = shadow.name === undefined ? undefined : otherImage(place, environment, shadow.name);
      if (other !== undefined) return { problem: 'two images', mount, other };
      const below = shadowOf(path, service, volumes, [mount]);
      if (below.kind === 'image')
        return isShared(shadow.name, place) || isCoveredByLine(path, place)
          ? undefined
          : { problem: 'needless', mount };
      if (mount.source.kind === 'anonymous') return { problem: 'carried over', mount };
      if (shadow.name === undefined || bound.beside.filled.has(shadow.name)) return undefined;
      return { problem: 'stale', mount };
    }
    case 'bind': {
      if (!usesEnvironment(bound, environment) || makesAtStart(bound, path)) return undefined;
      const { mount } = shadow;
      const blocker = bindingBlocker(bound) ?? environmentBlocker(bound, environment) ?? besideBlocker(bound, path);
      const inUse = inUseBlocker(bound, environment);
      if (shadow.target === path && isHostEnvironment(mount))
        return hostOverImage(place, environment, mount, blocker ?? inUse);
      const unfit = bindBlocker(bound, environment, shadow) ?? inUse;
      return {
        problem: 'hidden',
        mount,
        remedy: 'add',
        ...because(unfit ?? blocker),
        ...(unfit ? { unfit: true } : {}),
      };
    }
  }
}

/** A start that syncs an environment which belongs to somebody else. */
function installsAsStranger(bound: BoundService, environment: Environment): Blocker | undefined {
  const isSync = fillsAtStart(bound, environment.path).some(({ install }) => install !== undefined);
  if (!isSync || bindingBlocker(bound) !== undefined || environment.conditional || environment.owner === '*')
    return undefined;
  const blocker = userBlocker(bound, environment);
  return blocker?.code === 'foreign owner' ? blocker : undefined;
}

/** A service that fills the same volume from an image with other packages. */
function otherImage({ bound, all }: Judged, { path }: Environment, name: string): BoundService | undefined {
  const packagesOf = ({ files }: BoundService, at: string): string =>
    [...(files.installs.get(envKey(at)) ?? [])].sort().join('\0');
  return all.find((other) => {
    if (other.service.name === bound.service.name || filesOf(other.service) !== filesOf(bound.service)) return false;
    if (other.dockerfile === bound.dockerfile && other.stage === bound.stage) return false;
    const volumes = imageVolumes(other.dockerfile.syntax, other.own.image, other.stage);
    return [...other.files.environments.values()].some((environment) => {
      if (!isKnown(environment.path) || environment.conditional) return false;
      const shadow = shadowOf(environment.path, other.service, volumes);
      if (shadow.kind !== 'volume' || shadow.name !== name || shadow.target !== environment.path) return false;
      const isSame =
        other.dockerfile === bound.dockerfile && packagesOf(other, environment.path) === packagesOf(bound, path);
      return !isSame && isUntouched(other, environment.path) && usesEnvironment(other, environment);
    });
  });
}

/** A folder that is called like an environment. */
function isHostEnvironment({ source }: MountFacts): boolean {
  const place = source.kind === 'bind' && source.place;
  return (
    place &&
    ((place.kind === 'inside' && looksLikeEnvironment(place.path)) ||
      (place.kind === 'outside' && looksLikeEnvironment(place.text.replace(/\/+$/, ''))))
  );
}

function hostOverImage(
  place: Judged,
  environment: Environment,
  mount: MountFacts,
  blocker: Blocker | undefined,
): MountVerdict {
  const { path } = environment;
  const { bound, volumes } = place;
  const below = shadowOf(path, bound.service, volumes, [mount]);
  return {
    problem: 'host over image',
    mount,
    remedy: below.kind === 'image' ? 'remove' : 'replace',
    ...because(blocker ?? entryBlocker(bound, path, mount) ?? beneathBlocker(place, environment, below)),
  };
}

const VARIABLE_IN_MOUNT: Blocker = { code: 'mount', words: 'a variable is part of the mount' };

/** Why an entry that mounts the host's environment may be meant. */
function entryBlocker(bound: BoundService, path: string, { source, assumed }: MountFacts): Blocker | undefined {
  if (fillsAtStart(bound, path).length > 0) {
    const words = 'the start of the container installs into it, so the folder may be meant as its store';
    return { code: 'start', words };
  }
  if (assumed) return VARIABLE_IN_MOUNT;
  return source.kind === 'bind' && source.place.kind !== 'inside'
    ? { code: 'mount', words: 'the folder is not in the repository' }
    : undefined;
}

/** Why a volume may not do over what lies beneath the entry. */
function beneathBlocker({ bound }: Judged, environment: Environment, below: Shadow): Blocker | undefined {
  if (below.kind === 'bind') return bindBlocker(bound, environment, below);
  return below.kind === 'image' ? undefined : { code: 'mount', words: 'another mount lies beneath it' };
}

function notInImage({ bound, volumes }: Judged, mount: MountFacts, path: string): MountVerdict | undefined {
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
  const poetry = poetryLeaves(bound, path);
  if (poetry) return { problem: 'poetry', mount };
  const below = shadowOf(path, service, volumes, [mount]);
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

/** Poetry's own environment is in its cache, and it is called in the folder whose `.venv` the mount is. */
function poetryLeaves(bound: BoundService, path: string): boolean {
  const { env } = bound.own.image.stages[bound.stage]!.final;
  const name = 'POETRY_VIRTUALENVS_IN_PROJECT';
  if (bound.service.environment.has(name) || env.has(name) || bound.files.configured.has('virtualenvs.in-project'))
    return false;
  if (/^\s*in-project\s*=/m.test(poetryToml(bound))) return false;
  return (
    path === absolute('.venv', serviceFolder(bound)) &&
    bound.files.installs.has('elsewhere:poetry cache') &&
    runsOf(bound).some(
      (e) =>
        e.words[0] === 'poetry' &&
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
