// Whether this repository makes an image itself: by a service that builds it, or as far as its name tells.

import type { Base } from './baseImages/base.ts';
import { mayNameDockerfiles } from './builds/namedContexts.ts';
import type { DockerfileFacts } from './dockerfileFacts.ts';
import type { Facts } from './facts.ts';
import { isPythonBase, servicesOfStage } from './runsPython.ts';
import { pathsFitting } from './sourcePaths.ts';

/** The stage of this repository that makes the image `ref`, by the `image:` of a compose service that builds it. */
export function builtHere(facts: Facts, ref: string): BuiltStage | undefined {
  const known = builtImages.get(facts.dockerfiles) ?? imagesBuilt(facts.dockerfiles);
  builtImages.set(facts.dockerfiles, known);
  return known.get(withoutLatest(ref));
}

const withoutLatest = (name: string): string => name.replace(/:latest$/, '');

type BuiltStage = { readonly dockerfile: DockerfileFacts; readonly target: number };

const builtImages = new WeakMap<Facts['dockerfiles'], ReadonlyMap<string, BuiltStage>>();

/** What services build, by its name; the first one where several make it. */
function imagesBuilt(dockerfiles: Facts['dockerfiles']): Map<string, BuiltStage> {
  const found = new Map<string, BuiltStage>();
  for (const dockerfile of dockerfiles) {
    if (dockerfile.services.length === 0) continue;
    for (let target = 0; target < dockerfile.image.stages.length; target++) {
      for (const { image } of servicesOfStage(dockerfile, target)) {
        if (image?.kind !== 'known') continue;
        const name = withoutLatest(image.value);
        if (!found.has(name)) found.set(name, { dockerfile, target });
      }
    }
  }
  return found;
}

/**
 * Is the base, of which nothing is known, one that this repository seems to build? Then that Dockerfile is the place for what
 * it lacks. Told by the image's name: in the path of another Dockerfile, or in a file that names what it builds, or where a
 * variable leaves open which stage of this file it is.
 */
export function seemsBuiltHere(facts: Facts, dockerfile: DockerfileFacts, base: Base): boolean {
  if (base.knownBy === 'repository') return true;
  if (base.knownBy !== 'nobody' || isPythonBase(base)) return false;
  const open = base.ref.search(/\uE000/);
  if (
    open > 0 &&
    dockerfile.image.stages.some((stage) => stage.name?.startsWith(base.ref.slice(0, open).toLowerCase()))
  )
    return true;
  const name = base.ref.replace(/\uE000[^\uE001]*\uE001/g, '').replace(/[@:][^/]*$/, '');
  const own = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  if (own === '') return false;
  const parts = (path: string): string[] => path.toLowerCase().split(/[/.]/);
  const others = facts.dockerfiles.filter(
    (other) => other !== dockerfile && other.image.stages[0]?.base.ref !== base.ref,
  );
  if (others.some((other) => parts(other.path).includes(own) || other.text.includes(name))) return true;
  if (others.length === 0 || !name.includes('/')) return false;
  const plain = name.replace(/^[\w-]+(\.[\w-]+)+(:\d+)?\//, '');
  return pathsFitting(facts.snapshot, mayNameDockerfiles).some(
    (path) => facts.snapshot.read(path)?.includes(plain) === true,
  );
}
