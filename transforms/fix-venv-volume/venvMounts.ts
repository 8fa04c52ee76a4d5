// What lies at a path of a service's container: the image's own files, or the deepest mount that shadows them.

import type { MountFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import { type ImageFacts, lookupIn } from '../../src/facts/image.ts';
import type { RepositoryPlace } from '../../src/facts/repositoryPlace.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import type { Unknown } from '../../src/model.ts';
import { expandWord } from '../../src/parse/dockerfile/expand.ts';
import type { DockerfileSyntax } from '../../src/parse/dockerfile/syntax.ts';

/** `mount` is undefined where the image's own VOLUME holds the path. */
export type Shadow =
  | { readonly kind: 'image' }
  | { readonly kind: 'bind'; readonly mount: MountFacts; readonly target: string; readonly place: RepositoryPlace }
  /** A volume into which Docker copies what the image has there. */
  | { readonly kind: 'volume'; readonly mount: MountFacts | undefined; readonly target: string; readonly name?: string }
  /** A tmpfs, or a volume that is not filled. */
  | { readonly kind: 'empty'; readonly mount: MountFacts; readonly target: string }
  | (Unknown & { readonly mount: MountFacts; readonly target: string });

/**
 * The mount that decides what stands at `path` (absolute), leaving out those in `without`. Docker mounts by depth, so the
 * deepest target at or above the path wins; `volumes` are the image's own (`imageVolumes`), over which compose's go.
 */
export function shadowOf(
  path: string,
  service: ServiceFacts,
  volumes: readonly string[],
  without: readonly MountFacts[] = [],
): Shadow {
  let found: { target: string; mount: MountFacts | undefined } | undefined;
  const offer = (target: string, mount: MountFacts | undefined): void => {
    if (!isWithin(path, target)) return;
    if (found === undefined || target.length > found.target.length || (target === found.target && mount !== undefined))
      found = { target, mount };
  };
  for (const volume of volumes) offer(volume, undefined);
  for (const mount of service.mounts)
    if (mount.target.kind === 'known' && !without.includes(mount)) offer(mount.target.value, mount);
  if (found === undefined) return { kind: 'image' };
  const { target, mount } = found;
  return mount === undefined ? { kind: 'volume', mount, target } : shadowBy(mount, target);
}

function shadowBy(mount: MountFacts, target: string): Shadow {
  const { source } = mount;
  switch (source.kind) {
    case 'bind':
      return { kind: 'bind', mount, target, place: source.place };
    case 'tmpfs':
      return { kind: 'empty', mount, target };
    case 'anonymous':
    case 'volume': {
      const { device, name } = source.kind === 'volume' ? source : { device: undefined, name: undefined };
      if (mount.noCopy === 'unknown') return { kind: 'unknown', mount, target, cause: 'its options are not known' };
      if (mount.noCopy) return { kind: 'empty', mount, target };
      if (device !== undefined || mount.subpath !== undefined)
        return { kind: 'unknown', mount, target, cause: 'the volume is a folder of the host or a part of a volume' };
      return { kind: 'volume', mount, target, ...(name === undefined ? {} : { name }) };
    }
    case 'other':
      return { kind: 'unknown', mount, target, cause: `it is a mount of type ${source.type}` };
    case 'unknown':
      return { kind: 'unknown', mount, target, cause: source.cause };
  }
}

/** Targets of the VOLUME instructions of a stage and of the stages below it; those that cannot be told are left out. */
export function imageVolumes(syntax: DockerfileSyntax, image: ImageFacts, stageIndex: number): string[] {
  const found: string[] = [];
  for (let stage = image.stages[stageIndex]; stage !== undefined; stage = image.stages[stage.parent ?? -1]) {
    for (const [n, i] of stage.instructions.entries()) {
      if (i.keyword !== 'VOLUME') continue;
      for (const word of i.json ?? i.words) {
        const { value, problem } = expandWord(word.value, lookupIn(stage.before[n]!, stage.base), syntax.escape);
        const path = absolute(value, '/');
        if (problem === undefined && isKnown(path)) found.push(path);
      }
    }
  }
  return found;
}
