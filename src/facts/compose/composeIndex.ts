// The services of a repository by what Dockerfiles ask of them, and what one Dockerfile asked: it is judged anew only where an answer differs.
import { builtImages, type StagePlace } from '../builtBases.ts';
import { builtName, plainImage, servicesByImage, startersOf } from './imageServices.ts';
import type { ServiceFacts } from './serviceFacts.ts';
import type { ComposeFacts } from './services.ts';

export interface ComposeIndex {
  /** Paths of the Dockerfiles that services build, in the order of the services. */
  readonly builtFrom: readonly string[];
  /** Services whose build names this Dockerfile. */
  builders(path: string): readonly ServiceFacts[];
  /** Services that start what those build, by `image:` or by compose's own name. */
  readonly byImage: ReturnType<typeof servicesByImage>;
  /** What the repository builds under this name. */
  image(ref: string): StagePlace | undefined;
}

const NONE: readonly ServiceFacts[] = [];
const known = new WeakMap<ComposeFacts, ComposeIndex>();

/** The index of these services; the same for the same facts. */
export function composeIndex(compose: ComposeFacts): ComposeIndex {
  const before = known.get(compose);
  if (before !== undefined) return before;
  const builders = new Map<string, ServiceFacts[]>();
  for (const service of compose.services) {
    const place = service.build?.dockerfile;
    if (place?.kind !== 'inside') continue;
    const list = builders.get(place.path);
    if (list) list.push(service);
    else builders.set(place.path, [service]);
  }
  const built = builtImages(compose.services);
  const index: ComposeIndex = {
    builtFrom: [...builders.keys()],
    builders: (path) => builders.get(path) ?? NONE,
    byImage: servicesByImage(compose.services),
    image: (ref) => built.get(plainImage(ref)),
  };
  known.set(compose, index);
  return index;
}

/** An index that notes what is asked of it. */
export interface Askable {
  builders(path: string): readonly ServiceFacts[];
  /** The builders, and the services that start what they build. */
  starters(path: string): readonly ServiceFacts[];
  image(ref: string): StagePlace | undefined;
  /** Would this index have answered the same? From then on it is the one that was asked. */
  isAnsweredBy(now: ComposeIndex): boolean;
}

/** Asks `index`. */
export function askOf(index: ComposeIndex): Askable {
  let asked = index;
  const paths = new Set<string>();
  const started = new Set<string>();
  const refs = new Set<string>();
  return {
    builders(path) {
      paths.add(path);
      return asked.builders(path);
    },
    starters(path) {
      started.add(path);
      return startersOf(asked.builders(path), asked.byImage);
    },
    image(ref) {
      refs.add(ref);
      return asked.image(ref);
    },
    isAnsweredBy(now) {
      if (now === asked) return true;
      for (const path of paths) if (!areSame(asked.builders(path), now.builders(path))) return false;
      for (const path of started) if (!areSame(startersAsRead(path, asked), startersAsRead(path, now))) return false;
      for (const ref of refs) {
        const [old, place] = [asked.image(ref), now.image(ref)];
        if (old?.path !== place?.path || old?.target !== place?.target) return false;
      }
      asked = now;
      return true;
    },
  };
}

/** The services behind `starters`, as they were read. */
const startersAsRead = (path: string, index: ComposeIndex): readonly ServiceFacts[] =>
  index.builders(path).flatMap((service) => [service, ...(index.byImage.get(builtName(service)) ?? NONE)]);

function areSame(some: readonly ServiceFacts[], others: readonly ServiceFacts[]): boolean {
  return some.length === others.length && some.every((one, n) => one === others[n]);
}
