// All starts of containers outside of compose's `up`, each with the Dockerfile it starts where that is certain.

import type { Snapshot } from '../../model.ts';
import { type Build, isOfDocs } from '../builds/build.ts';
import { isDevcontainer } from '../compose/devcontainers.ts';
import { plainImage } from '../compose/imageServices.ts';
import type { ServiceFacts } from '../compose/serviceFacts.ts';
import { hostFile, hostPaths } from '../hostCommands/hostTexts.ts';
import { pathsFitting } from '../sourcePaths.ts';
import { isTestData } from '../testData.ts';
import { isKnown } from '../values.ts';
import { commandStarts } from './commandStarts.ts';
import { devcontainerStarts } from './devcontainerStarts.ts';
import { isOfficialImage } from './publicImages.ts';
import type { ContainerStart, StartedImage } from './startShapes.ts';

/** What is known of a repository's images when its starts are read. */
export interface StartSurroundings {
  readonly snapshot: Snapshot;
  readonly builds: readonly Build[];
  readonly services: readonly ServiceFacts[];
  /** Paths of the Dockerfiles that are looked at. */
  readonly dockerfiles: readonly string[];
}

/** The starts of workflows, scripts and Makefiles, of devcontainer.json files, then of pages. */
export function containerStarts(around: StartSurroundings): readonly ContainerStart[] {
  const { snapshot } = around;
  const ofFiles = (kind: 'workflow' | 'script' | 'docs'): ContainerStart[] =>
    hostPaths(snapshot, kind).flatMap((path) => {
      const file = isTestData(path) ? undefined : hostFile(path, snapshot);
      return file === undefined ? [] : commandStarts(file, snapshot);
    });
  const devcontainers = pathsFitting(snapshot, isDevcontainer).flatMap((path) => devcontainerStarts(path, snapshot));
  const found = [...ofFiles('workflow'), ...ofFiles('script'), ...devcontainers, ...ofFiles('docs')];
  const named = new Map<string, StartedImage | undefined>();
  const withImages = found.map((start) => {
    const starts = startedBy(start, around);
    // a name that several images get tells none of them
    if (start.form === 'run' && start.container !== undefined && isKnown(start.container))
      named.set(start.container, sameImage(named, start.container, starts));
    return starts === undefined ? start : { ...start, starts };
  });
  return withImages.map((start) => {
    if (start.form !== 'exec' || start.container === undefined) return start;
    if (named.has(start.container)) {
      const starts = named.get(start.container);
      return starts === undefined ? start : { ...start, starts };
    }
    const service = serviceOfContainer(start.container, around.services);
    const starts = ofService(service, around);
    return starts === undefined || service === undefined ? start : { ...start, service, starts };
  });
}

function sameImage(
  named: ReadonlyMap<string, StartedImage | undefined>,
  name: string,
  starts: StartedImage | undefined,
): StartedImage | undefined {
  if (!named.has(name)) return starts;
  return JSON.stringify(named.get(name)) === JSON.stringify(starts) ? starts : undefined;
}

/** The one service whose `container_name` it is; else compose calls a container PROJECT-SERVICE-1, or PROJECT_SERVICE_1. */
function serviceOfContainer(container: string, services: readonly ServiceFacts[]): string | undefined {
  const own = services.filter(
    ({ containerName }) => containerName?.kind === 'known' && containerName.value === container,
  );
  const byRule = services.filter(
    ({ name, containerName }) =>
      containerName === undefined && new RegExp(`[-_]${escapedName(name)}[-_]1$`).test(container),
  );
  const found = new Set((own.length > 0 ? own : byRule).map(({ name }) => name));
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

const escapedName = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function startedBy(start: ContainerStart, around: StartSurroundings): StartedImage | undefined {
  const { image, service, form, path } = start;
  if (service !== undefined) return ofService(service, around, start.composeFiles);
  if (image !== undefined) return startedImage(image, start, around);
  if (form === 'create' || form === 'hook') return certain(around.builds.filter((build) => build.path === path));
  return undefined;
}

/** The one image of these builds; undefined where they are none or several, or lead nobody knows where. */
function certain(builds: readonly Build[]): StartedImage | undefined {
  const [first] = builds;
  if (first?.dockerfile === undefined) return undefined;
  const isOne = builds.every(({ dockerfile, target }) => dockerfile === first.dockerfile && target === first.target);
  return isOne ? { dockerfile: first.dockerfile, target: first.target, assumed: false } : undefined;
}

function ofService(
  name: string | undefined,
  around: StartSurroundings,
  files: readonly string[] = [],
): StartedImage | undefined {
  const own = around.services.filter(
    (service) => service.name === name && files.every((file) => service.files.includes(file)),
  );
  const builds = own.flatMap(({ build }) => (build ? [build] : []));
  if (builds.length === own.length) {
    const places = new Set(
      builds.map(({ dockerfile, target }) =>
        dockerfile?.kind === 'inside' && target?.kind !== 'unknown'
          ? JSON.stringify([dockerfile.path, target?.kind === 'known' ? target.value : null])
          : '',
      ),
    );
    const [only = '', ...others] = places;
    if (only === '' || others.length > 0) return undefined;
    const [dockerfile, target] = JSON.parse(only) as [string, string | null];
    return { dockerfile, target: target ?? undefined, assumed: false };
  }
  const images = new Set(own.map(({ image }) => (image?.kind === 'known' ? plainImage(image.value) : '')));
  const [image, ...others] = images;
  if (others.length > 0) return undefined;
  return certain(around.builds.filter(({ tags }) => tags.some((tag) => isKnown(tag) && plainImage(tag) === image)));
}

/** What stands behind the last slash, without tag and digest. */
const ownName = (image: string): string =>
  plainImage(image)
    .replace(/@.*$/s, '')
    .replace(/:[^/]*$/s, '')
    .replace(/^.*\//s, '');

function startedImage(
  image: string,
  { path }: ContainerStart,
  { builds, dockerfiles }: StartSurroundings,
): StartedImage | undefined {
  const same = builds.filter(({ tags, path: by }) =>
    tags.some((tag) => (isKnown(tag) ? plainImage(tag) === plainImage(image) : tag === image && by === path)),
  );
  const ofMachines = same.filter((build) => !isOfDocs(build));
  if (same.length > 0) return certain(ofMachines.length > 0 ? ofMachines : same);
  if (dockerfiles.length !== 1 || isOfficialImage(image)) return undefined;
  // another's name may be anybody's
  const isOwn = !isKnown(image)
    ? !image.includes('/')
    : !image.includes('/') || builds.some(({ tags }) => tags.some((tag) => ownName(tag) === ownName(image)));
  return isOwn ? { dockerfile: dockerfiles[0]!, target: undefined, assumed: true } : undefined;
}
