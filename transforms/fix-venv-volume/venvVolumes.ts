// For each service that mounts something: does it see the environment of its image, and which volume entry is wrong?

import type { MountFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { knownValue } from '../../src/facts/piece.ts';
import type { Environment } from '../../src/facts/trace/state.ts';
import { absolute, isKnown } from '../../src/facts/values.ts';
import { isSurelyAbsent, putsNothing } from './absence.ts';
import { besideDoubt, coverDoubt, environmentDoubt, inUseDoubt, watchDoubt } from './doubts.ts';
import { startDoubt } from './starts.ts';
import type { Cover } from './venvMounts.ts';
import { coverOf, imageVolumes } from './venvMounts.ts';
import {
  type BoundService,
  bindingDoubt,
  boundServices,
  fillsAtStart,
  folderOf,
  isOnPath,
  isStartKnown,
  looksLikeEnvironment,
  makesAtStart,
  mountedText,
  namesProgram,
  runsOf,
  usesEnvironment,
} from './venvUse.ts';
import { isMadeInMount } from './wholeEnvironment.ts';

export type Problem =
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
  /** A volume at the environment, and nothing that it would have to hide. */
  | 'needless'
  /** An empty volume where the image has nothing and the program needs something. */
  | 'empty without image'
  /** An empty `.venv` makes poetry leave its own environment. */
  | 'poetry';

/** What is wrong with one environment of one service. */
export interface VenvMount {
  readonly service: ServiceFacts;
  readonly problem: Problem;
  /** Absolute path of the environment in the container. */
  readonly path: string;
  /** The entry that the finding hangs on. */
  readonly mount: MountFacts;
  /** The edit that mends it. `replace` and `remove` are of `mount`; `add` goes beside it. */
  readonly remedy?: 'add' | 'replace' | 'remove';
  /** Why the remedy is not certain, one clause. */
  readonly doubt?: string;
  /** The doubt is one about any volume there, by whomever it is put. */
  readonly unfit?: true;
}

/** Everything that is wrong between volume entries and environments, service by service, combination by combination. */
export function venvMounts(facts: Facts): VenvMount[] {
  return boundServices(facts).flatMap((bound) => {
    const volumes = imageVolumes(bound.dockerfile.syntax, bound.own.image, bound.stage);
    const place: Place = { bound, facts, volumes };
    const found: VenvMount[] = [];
    for (const environment of bound.files.environments.values()) {
      if (!isKnown(environment.path) || isMadeInMount(bound, environment)) continue;
      const one = inImage(place, environment, coverOf(environment.path, bound.service, volumes));
      if (one !== undefined) found.push({ service: bound.service, path: environment.path, ...one });
    }
    for (const mount of bound.service.mounts) {
      const path = knownValue(mount.target) ?? '';
      const one = notInImage(place, mount, path);
      if (one !== undefined) found.push({ service: bound.service, path, ...one });
    }
    return found;
  });
}

/** Nothing that runs in the container fills, makes or removes the environment. */
const isLeftAlone = (bound: BoundService, path: string): boolean =>
  fillsAtStart(bound, path).length === 0 && !makesAtStart(bound, path) && startDoubt(bound, path) === undefined;

/** Does another service mount the volume, too? */
const isShared = (name: string | undefined, { bound, facts }: Place): boolean =>
  name !== undefined &&
  facts.compose.services.some(
    (s) =>
      s.name !== bound.service.name && s.mounts.some(({ source }) => source.kind === 'volume' && source.name === name),
  );

interface Place {
  readonly bound: BoundService;
  readonly facts: Facts;
  /** Targets of the image's own VOLUMEs. */
  readonly volumes: readonly string[];
}

type Verdict = Omit<VenvMount, 'service' | 'path'>;
const because = (doubt: string | undefined): { doubt?: string } => (doubt === undefined ? {} : { doubt });

function inImage(place: Place, environment: Environment, cover: Cover): Verdict | undefined {
  const { path } = environment;
  const { bound, volumes } = place;
  const { service } = bound;
  switch (cover.kind) {
    case 'image':
    case 'unknown':
      return undefined;
    case 'empty':
      return usesEnvironment(bound, environment) && isLeftAlone(bound, path)
        ? { problem: 'empty over image', mount: cover.mount }
        : undefined;
    case 'volume': {
      // one of the image's own is no entry, and one above the environment holds more than that
      const mount = service.mounts.find((m) => m === cover.mount && cover.target === path);
      if (mount === undefined || !isLeftAlone(bound, path)) return undefined;
      if (bindingDoubt(bound) !== undefined || environment.conditional || !usesEnvironment(bound, environment))
        return undefined;
      const below = coverOf(path, service, volumes, [mount]);
      if (below.kind === 'image') return isShared(cover.name, place) ? undefined : { problem: 'needless', mount };
      if (cover.name === undefined || bound.beside.filled.has(cover.name)) return undefined;
      return { problem: 'stale', mount };
    }
    case 'bind': {
      if (!usesEnvironment(bound, environment) || makesAtStart(bound, path)) return undefined;
      const { mount } = cover;
      const doubt = bindingDoubt(bound) ?? environmentDoubt(bound, environment) ?? besideDoubt(bound, path);
      const inUse = inUseDoubt(bound, environment);
      if (cover.target === path && isHostEnvironment(mount))
        return hostOverImage(place, environment, mount, doubt ?? inUse);
      const unfit = coverDoubt(bound, environment, cover) ?? inUse;
      return { problem: 'hidden', mount, remedy: 'add', ...because(unfit ?? doubt), ...(unfit ? { unfit: true } : {}) };
    }
  }
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

function hostOverImage(place: Place, environment: Environment, mount: MountFacts, doubt: string | undefined): Verdict {
  const { path } = environment;
  const { bound, volumes } = place;
  const filled =
    fillsAtStart(bound, path).length > 0
      ? 'the start of the container installs into it, so the folder may be meant as its store'
      : undefined;
  const assumed = mount.assumed ? 'a variable is part of the mount' : undefined;
  const outside =
    mount.source.kind === 'bind' && mount.source.place.kind !== 'inside'
      ? 'the folder is not in the repository'
      : undefined;
  const below = coverOf(path, bound.service, volumes, [mount]);
  const under =
    below.kind === 'bind'
      ? coverDoubt(bound, environment, below)
      : below.kind === 'image'
        ? undefined
        : 'another mount lies beneath it';
  return {
    problem: 'host over image',
    mount,
    remedy: below.kind === 'image' ? 'remove' : 'replace',
    ...because(doubt ?? filled ?? assumed ?? outside ?? under),
  };
}

function notInImage({ bound, volumes }: Place, mount: MountFacts, path: string): Verdict | undefined {
  const { service } = bound;
  if (!looksLikeEnvironment(path)) return undefined;
  const { kind } = mount.source;
  if (kind === 'bind') {
    const mayFill = makesAtStart(bound, path) || fillsAtStart(bound, path).length > 0 || !isStartKnown(bound, path);
    if (mayFill || !isHostEnvironment(mount) || !isSurelyAbsent(bound, path)) return undefined;
    return namesProgram(bound, path) || isOnPath(bound, path) ? { problem: 'host without image', mount } : undefined;
  }
  if (kind !== 'anonymous' && kind !== 'volume') return undefined;
  const poetry = poetryLeaves(bound, path);
  if (poetry) return { problem: 'poetry', mount };
  const below = coverOf(path, service, volumes, [mount]);
  if (below.kind !== 'bind' || makesAtStart(bound, path) || fillsAtStart(bound, path).length > 0) return undefined;
  if (!isStartKnown(bound, path) || service.environmentOpen.length > 0 || !isSurelyAbsent(bound, path))
    return undefined;
  if (service.devcontainers.some((d) => d.open !== undefined || d.features) || watchDoubt(bound, path))
    return undefined;
  if (namesProgram(bound, path)) {
    if (!putsNothing(bound, path)) return undefined;
    const doubt =
      bindingDoubt(bound) ??
      besideDoubt(bound, path) ??
      (kind === 'volume' ? 'a named volume can have been filled by hand or by another service' : undefined) ??
      (mount.assumed || below.mount.assumed ? 'a variable is part of the mount' : undefined);
    return { problem: 'empty without image', mount, remedy: 'remove', ...because(doubt) };
  }
  return isOnPath(bound, path) ? { problem: 'empty without image', mount } : undefined;
}

/** Poetry's own environment is in its cache, and it is called in the folder whose `.venv` the mount is. */
function poetryLeaves(bound: BoundService, path: string): boolean {
  const { env } = bound.own.image.stages[bound.stage]!.final;
  const name = 'POETRY_VIRTUALENVS_IN_PROJECT';
  if (bound.service.environment.has(name) || env.has(name) || bound.files.poetryConfig.has('virtualenvs.in-project'))
    return false;
  if (/^\s*in-project\s*=/m.test(poetrySettings(bound))) return false;
  return (
    path === absolute('.venv', folderOf(bound)) &&
    bound.files.installs.has('elsewhere:poetry cache') &&
    runsOf(bound).some(
      (e) => e.words[0] === 'poetry' && e.words.includes('run') && e.interpreter === 'elsewhere:poetry cache',
    )
  );
}

/** The poetry.toml that poetry reads beside the project. */
const poetrySettings = (bound: BoundService): string =>
  mountedText(absolute('poetry.toml', folderOf(bound)), bound) ??
  bound.snapshot.read([bound.dockerfile.context.folder, 'poetry.toml'].filter(Boolean).join('/')) ??
  '';
