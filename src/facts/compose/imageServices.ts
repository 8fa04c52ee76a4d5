// Services that name, as `image:`, what another service builds.
import type { ServiceFacts } from './serviceFacts.ts';

/** The name of an image without what may be left out of it. */
export const plainImage = (image: string): string =>
  image.replace(/^(docker\.io\/|index\.docker\.io\/)(library\/)?/, '').replace(/:latest$/, '');

/** Services without a build of their own, by the image that they start. */
export function servicesByImage(services: readonly ServiceFacts[]): ReadonlyMap<string, readonly ServiceFacts[]> {
  const found = new Map<string, ServiceFacts[]>();
  const add = (key: string, service: ServiceFacts): void => {
    const list = found.get(key);
    if (list) list.push(service);
    else found.set(key, [service]);
  };
  for (const service of services) {
    if (service.build !== undefined || service.image?.kind !== 'known') continue;
    const image = plainImage(service.image.value);
    add(image, service);
    // compose itself names an image PROJECT-SERVICE (or PROJECT_SERVICE)
    for (const match of image.matchAll(/[-_](?=(.+))/g)) if (/^[\w.-]+$/.test(image)) add(`*-${match[1]}`, service);
  }
  return found;
}

/** By which name, in `servicesByImage`, what a service builds is started; '' where that is not known. */
export const builtName = ({ image, name }: Pick<ServiceFacts, 'image' | 'name'>): string =>
  image === undefined ? `*-${name}` : image.kind === 'known' ? plainImage(image.value) : '';

/** `builders`, and the services that start what they build; these with that build, so that they belong to its stage. */
export function startersOf(
  builders: readonly ServiceFacts[],
  byImage: ReadonlyMap<string, readonly ServiceFacts[]>,
): ServiceFacts[] {
  const starters = [...builders];
  const seen = new Set<ServiceFacts>();
  for (const builder of builders) {
    const { build } = builder;
    for (const service of byImage.get(builtName(builder)) ?? []) {
      if (seen.has(service)) continue;
      seen.add(service);
      starters.push({ ...service, ...(build ? { build } : {}) });
    }
  }
  return starters;
}
