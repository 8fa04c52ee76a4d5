// Which services are judged, and which build and stage each of them runs.

import type { BuildFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { type Facts, isBelow } from '../../src/facts/facts.ts';
import { stageNamed } from '../../src/facts/image.ts';

/** The services of every set of files of which one is asked for: what the others do with the same folders counts. */
export function concernedServices({ compose: { services }, within = '' }: Facts): readonly ServiceFacts[] {
  const asked = new Set(services.filter((s) => filesOfRules(s).some((path) => isBelow(path, within))).map(filesOf));
  return services.filter((service) => asked.has(filesOf(service)));
}

/** Files in which its mounts stand, and those of a service with rules of develop.watch. */
const filesOfRules = ({ mounts, watch, origins }: ServiceFacts): string[] =>
  [...mounts, ...(watch.length > 0 ? origins.map((origin) => ({ origin })) : [])].map(({ origin }) => origin.path);

export const filesOf = (service: ServiceFacts): string => service.files.join('\0');

/** The stage that a build makes: its target, else the last one; undefined where there is none. */
export function stageOfBuild({ target }: BuildFacts, { image }: DockerfileFacts): number | undefined {
  if (target === undefined) return image.stages.at(-1)?.index;
  return target.kind === 'known' ? stageNamed(image, target.value) : undefined;
}

const imageKey = (service: ServiceFacts, image: string): string => `${filesOf(service)}\0${image}`;

/** The builds that services tag with an image, by the files that they are read from and its name. */
export function buildsByImage(all: readonly ServiceFacts[]): Map<string, BuildFacts[]> {
  const found = new Map<string, BuildFacts[]>();
  for (const one of all) {
    if (one.build === undefined || one.image?.kind !== 'known' || one.image.assumed) continue;
    const key = imageKey(one, one.image.value);
    const builds = found.get(key);
    if (builds) builds.push(one.build);
    else found.set(key, [one.build]);
  }
  return found;
}

/** The one build that the services of the same files tag with the image that this service runs. */
export function buildOfImage(service: ServiceFacts, tagged: ReadonlyMap<string, BuildFacts[]>): BuildFacts | undefined {
  const { image } = service;
  if (image?.kind !== 'known' || image.assumed) return undefined;
  const builds = tagged.get(imageKey(service, image.value)) ?? [];
  return builds.length === 1 ? builds[0] : undefined;
}
