// Everything that transforms read, of one snapshot: Dockerfiles with their traces, contexts and services; compose services.

import { overlaid } from '../edit/overlay.ts';
import type { Settings, Snapshot, TextEdit } from '../model.ts';
import { isDockerfileName } from '../text/dockerNames.ts';
import type { Base } from './baseImages/base.ts';
import { configuredBase } from './baseImages/baseImages.ts';
import type { Build } from './builds/build.ts';
import {
  dockerfilesOfBuilds,
  repositoryBuilds,
  type UnreadIgnoreFile,
  unreadIgnoreFiles,
} from './builds/repositoryBuilds.ts';
import { baseOfStage } from './builtBases.ts';
import { type Askable, askOf, type ComposeIndex, composeIndex } from './compose/composeIndex.ts';
import { type ComposeFacts, readCompose } from './compose/services.ts';
import { type Around, type DockerfileFacts, dockerfileFacts } from './dockerfileFacts.ts';
import { stageNamed } from './image.ts';
import { type Memo, type Memory, newMemory, remember, trialOf } from './memo.ts';
import { pathsFitting } from './sourcePaths.ts';
import { containerStarts } from './starts/repositoryStarts.ts';
import type { ContainerStart } from './starts/startShapes.ts';
import { newTextReadings, type TextReadings } from './textReadings.ts';
import { unnamedDockerfiles } from './unnamedDockerfiles.ts';

export interface Facts {
  /** Folder whose findings are asked for; absent: everywhere. What stands elsewhere is known all the same. */
  readonly within?: string;
  /** Has a person suppressed the transform that asks, on the line of this offset? */
  readonly held?: (path: string, offset: number) => boolean;
  readonly snapshot: Snapshot;
  readonly settings: Settings;
  readonly dockerfiles: readonly DockerfileFacts[];
  /** The Dockerfile at this path, where one is read there. */
  readonly dockerfileAt: (path: string) => DockerfileFacts | undefined;
  /** Is the same for facts that are the same. */
  readonly mark: object;
  /** What these were computed from: places in `dockerfiles` of all that differ from those facts; absent: from nothing. */
  readonly since?: { readonly mark: object; readonly places: readonly number[] };
  readonly compose: ComposeFacts;
  /** The compose files as these edits would leave them; what stays the same is the same object. Throws RangeError as `overlaid` does. */
  readonly composeAfter: (edits: readonly TextEdit[]) => ComposeFacts;
  /** Every build that the repository asks for, by compose, workflows, scripts, bake files and pages. Read when it is asked for. */
  readonly builds: () => readonly Build[];
  /** Containers that something else than compose's `up` starts: `docker run`, `exec`, devcontainers. Read when it is asked for. */
  readonly starts: () => readonly ContainerStart[];
  /** Ignore files that no build reads, where every context is known. */
  readonly unreadIgnoreFiles: () => readonly UnreadIgnoreFile[];
}

/** Images of the repository that are built upon one another, one upon the next. */
const MOST_BASES = 5;

/** What the last call with a memory came to, for the next one to go on from. */
interface Last {
  readonly facts: Facts;
  /** Where in its `dockerfiles` the one of a path stands; -1 where nothing readable stood there. */
  readonly places: ReadonlyMap<string, number>;
}

/**
 * Computes facts. `memory` of an earlier call makes it look again only at what changed since; `changed` names the only paths
 * that can have.
 */
export function factsOf(
  snapshot: Snapshot,
  settings: Settings,
  memory: Memory = newMemory(),
  changed?: ReadonlySet<string>,
): Facts {
  const memo = { memory, snapshot, changed };
  const around = { settings, memo };
  const last = memory.last as Last | undefined;
  const next = (last && changed && goneOn(last, changed, around)) ?? lookedOver(around);
  memory.last = next;
  return next.facts;
}

interface Looking {
  readonly settings: Settings;
  readonly memo: Memo;
}

/** Dockerfiles that differ between two facts of one repository, in order; `was` undefined: none stood there. */
export function differing(
  before: Facts,
  after: Facts,
): { readonly was: DockerfileFacts | undefined; readonly now: DockerfileFacts }[] {
  const places = after.since?.mark === before.mark ? after.since.places : after.dockerfiles.keys();
  return [...places].flatMap((place) => {
    const now = after.dockerfiles[place]!;
    const was = before.dockerfileAt(now.path);
    return was === now ? [] : [{ was, now }];
  });
}

/** The last facts with what read a changed path computed anew; undefined where more may have changed than Dockerfiles. */
function goneOn({ facts, places }: Last, changed: ReadonlySet<string>, looking: Looking): Last | undefined {
  const { snapshot, memory } = looking.memo;
  if (snapshot === facts.snapshot) return { facts, places };
  for (const path of changed)
    if (!facts.snapshot.paths.has(path) && snapshot.paths.has(path) && isDockerfileName(path)) return undefined;
  const dockerfiles = [...facts.dockerfiles];
  const differ: number[] = [];
  const index = composeIndex(facts.compose);
  for (const key of memory.readersOf(changed)) {
    const path = key.startsWith(DOCKERFILE) ? key.slice(DOCKERFILE.length) : undefined;
    const place = path === undefined ? -1 : (places.get(path) ?? -1);
    if (path === undefined || place < 0) return undefined;
    const now = oneDockerfile(path, index, looking);
    if (now === undefined) return undefined;
    dockerfiles[place] = now;
    differ.push(place);
  }
  const since = { mark: facts.mark, places: differ.sort((one, other) => one - other) };
  return { facts: { ...assembled(looking, facts.compose, { dockerfiles, places }), since }, places };
}

const DOCKERFILE = 'dockerfile ';

function lookedOver(looking: Looking): Last {
  const { memo } = looking;
  const { snapshot } = memo;
  const compose = remember(memo, 'compose', (seen) => readCompose(seen, { ...memo, snapshot: seen, note: seen.read }));
  const index = composeIndex(compose);
  const paths = new Set(pathsFitting(snapshot, isDockerfileName));
  for (const path of index.builtFrom) if (snapshot.paths.has(path)) paths.add(path);
  for (const path of remember(memo, 'named dockerfiles', (snapshot) => dockerfilesOfBuilds(snapshot, isDockerfileName)))
    paths.add(path);
  for (const path of remember(memo, 'unnamed dockerfiles', (snapshot) =>
    unnamedDockerfiles(snapshot, isDockerfileName),
  ))
    paths.add(path);
  const dockerfiles: DockerfileFacts[] = [];
  const places = new Map<string, number>();
  for (const path of paths) {
    const one = oneDockerfile(path, index, looking);
    places.set(path, one === undefined ? -1 : dockerfiles.length);
    if (one !== undefined) dockerfiles.push(one);
  }
  return { facts: assembled(looking, compose, { dockerfiles, places }), places };
}

function assembled(
  { settings, memo: { snapshot, memory } }: Looking,
  compose: ComposeFacts,
  { dockerfiles, places }: Pick<Facts, 'dockerfiles'> & Pick<Last, 'places'>,
): Facts {
  const { services } = compose;
  const builds = onceAsked(() => repositoryBuilds(snapshot, services));
  const readPaths = () => dockerfiles.flatMap((one) => (one.leftAlone?.code === 'test data' ? [] : [one.path]));
  return {
    snapshot,
    settings,
    dockerfiles,
    dockerfileAt: (path) => dockerfiles[places.get(path) ?? -1],
    mark: {},
    compose,
    composeAfter(edits) {
      const changed = new Set(edits.map(({ path }) => path));
      const after = overlaid(snapshot, edits);
      return readCompose(after, { memory: trialOf(memory), snapshot: after, changed });
    },
    builds,
    starts: onceAsked(() => containerStarts({ snapshot, builds: builds(), services, dockerfiles: readPaths() })),
    unreadIgnoreFiles: onceAsked(() => unreadIgnoreFiles(snapshot, dockerfiles)),
  };
}

/** A Dockerfile's facts, and what they asked of the compose files. */
interface OneAnswered {
  readonly one: DockerfileFacts | undefined;
  readonly asked: Askable;
}

function oneDockerfile(path: string, index: ComposeIndex, { settings, memo }: Looking): DockerfileFacts | undefined {
  const { one } = remember(
    memo,
    `${DOCKERFILE}${path}`,
    (snapshot): OneAnswered => {
      const asked = askOf(index);
      const here: Below = { snapshot, settings, asked, memory: memo.memory };
      const below = (ref: string): Base | undefined => builtBase(ref, here, [path]);
      const services = asked.builders(path);
      const around = { services, starters: asked.starters(path), settings, snapshot, below };
      return { asked, one: dockerfileFacts(path, { ...around, ...keptOf(path, settings, memo.memory) }) };
    },
    ({ asked }) => asked.isAnsweredBy(index),
  );
  return one;
}

/** What is kept of a Dockerfile's texts and of bases for as long as the memory is. */
function keptOf(path: string, { bases }: Settings, { texts }: Memory): Pick<Around, 'table' | 'readings'> {
  return {
    table: (ref) => textOnce(texts, `base ${ref}`, () => configuredBase(ref, bases)),
    readings: textOnce(texts, readingsKey(path), () => newTextReadings(path)),
  };
}

/** A fix is kept: of the texts that its files had before nothing is needed any more. */
export function settleTexts({ texts }: Memory, snapshot: Snapshot, paths: readonly string[]): void {
  for (const path of paths) {
    const readings = texts.get(readingsKey(path)) as TextReadings | undefined;
    readings?.settle(snapshot.read(path) ?? '');
  }
}

const readingsKey = (path: string): string => `readings ${path}`;

function textOnce<T>(texts: Map<string, unknown>, key: string, compute: () => T): T {
  if (!texts.has(key)) texts.set(key, compute());
  return texts.get(key) as T;
}

interface Below {
  readonly snapshot: Snapshot;
  readonly settings: Settings;
  readonly asked: Askable;
  readonly memory: Memory;
}

/** The base that a Dockerfile of this repository makes; `above`: the Dockerfiles that are built upon it. */
function builtBase(ref: string, here: Below, above: readonly string[]): Base | undefined {
  const { snapshot, settings, asked, memory } = here;
  const place = asked.image(ref);
  if (place === undefined || above.includes(place.path) || above.length > MOST_BASES) return undefined;
  const services = asked.builders(place.path);
  const below = (other: string): Base | undefined => builtBase(other, here, [...above, place.path]);
  const kept = keptOf(place.path, settings, memory);
  const own = dockerfileFacts(place.path, { services, starters: [], settings, snapshot, below, ...kept });
  const stage = own && stageNamed(own.image, place.target);
  if (own === undefined || own.leftAlone !== undefined || stage === undefined) return undefined;
  return baseOfStage(ref, own.image.stages[stage]!, own.trace.stages[stage]!.files);
}

/** The same each time, computed the first time. */
function onceAsked<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** The Dockerfiles whose findings are asked for. */
export const askedOf = ({ dockerfiles, within }: Facts): readonly DockerfileFacts[] =>
  within === undefined ? dockerfiles : dockerfiles.filter(({ path }) => isBelow(path, within));

/** Does the path lie in the folder ('' for the root), or is it the folder itself? */
export const isBelow = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);
