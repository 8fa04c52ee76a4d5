// For each service that mounts something: does it see the environment of its image, and which volume entry is wrong?

import type { Blocker } from '../../src/facts/blocker.ts';
import { bindingBlocker } from '../../src/facts/compose/serviceBinding.ts';
import type { MountFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { knownValue } from '../../src/facts/piece.ts';
import { envKey } from '../../src/facts/pythonInterpreter.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import { notInImage, takenByTool } from './mountsWithoutImage.ts';
import {
  because,
  isHostEnvironment,
  type Judged,
  type MountVerdict,
  VARIABLE_IN_MOUNT,
  type VenvMount,
} from './mountVerdict.ts';
import { userBlocker } from './owners.ts';
import { filesOf } from './serviceBuilds.ts';
import { startBlocker } from './starts.ts';
import type { Shadow } from './venvMounts.ts';
import { imageVolumes, shadowOf } from './venvMounts.ts';
import {
  type BoundService,
  boundServices,
  fillsAtStart,
  makesAtStart,
  startedCommands,
  usesEnvironment,
} from './venvUse.ts';
import { besideBlocker, bindBlocker, environmentBlocker, inUseBlocker } from './volumeBlockers.ts';
import { isMadeInMount } from './wholeEnvironment.ts';

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
      const stranger = mount && worksAsStranger(bound, environment);
      if (mount !== undefined && stranger !== undefined) return { problem: 'not worker', mount, blocker: stranger };
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

/** Was it made by what installs projects? */
const isOfProjectTool = ({ kind }: Environment): boolean =>
  kind !== 'venv' && kind !== 'virtualenv' && INSTALLERS[kind].project !== undefined;

/** A container that only waits for somebody, who is no owner of the environment that a project tool made. */
function worksAsStranger(bound: BoundService, environment: Environment): Blocker | undefined {
  const { own, stage, service } = bound;
  const isWaiting = startedCommands(bound).every(({ words }) => WAITS.test(words.join(' ')));
  const isProjects = isOfProjectTool(environment);
  const isStarted = service.command?.words !== undefined || own.image.stages[stage]!.final.cmd !== undefined;
  if (!isWaiting || !isStarted || !isProjects || environment.conditional || environment.owner === '*') return undefined;
  if (bindingBlocker(bound) !== undefined) return undefined;
  const blocker = userBlocker(bound, environment);
  return blocker?.code === 'foreign owner' ? blocker : undefined;
}

/** Commands of a container that only waits. */
const WAITS = /^((\/\S*\/)?(sleep (infinity|inf|\d+[dh]?)|tail -[fF] \/dev\/null|(ba|a|da|z)?sh( -i)?|tini.*|cat))$/;

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
