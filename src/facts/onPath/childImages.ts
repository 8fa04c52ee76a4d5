// Other Dockerfiles of the repository that are built upon the image of one, or copy from it.

import { keyOfRest } from '../../edit/overlay.ts';
import { expandWord } from '../../parse/dockerfile/expand.ts';
import { mayNameDockerfiles } from '../builds/namedContexts.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import type { Facts } from '../facts.ts';
import { lookupIn } from '../image.ts';
import { pathsFitting } from '../sourcePaths.ts';
import { isKnown } from '../values.ts';

/** A Dockerfile, and how it names the image. */
export interface Child {
  readonly path: string;
  readonly ref: string;
}

/** Repository part of an image reference. */
const imageRepository = (ref: string): string => ref.replace(/@.*$/, '').replace(/:[^/]*$/, '');

/** Another Dockerfile that is FROM what this one builds, or copies from it. */
export function childImageOf(dockerfile: DockerfileFacts, facts: Facts): Child | undefined {
  const own = new Set(
    dockerfile.services.flatMap((service) =>
      service.image?.kind === 'known' ? [imageRepository(service.image.value)] : [],
    ),
  );
  const unnamed = dockerfile.services.flatMap((service) => (service.image === undefined ? [service.name] : []));
  for (const { path, ref, name, isContext } of upstreamOf(facts)) {
    if (path === dockerfile.path) continue;
    // compose itself names an image PROJECT-SERVICE
    const byCompose = unnamed.some((service) => name.endsWith(`-${service}`) || name.endsWith(`_${service}`));
    if (own.has(name) || byCompose || isContext || isBuiltAs(name, dockerfile, facts)) return { path, ref };
  }
  return undefined;
}

/** An image that is no known base, in the Dockerfile that starts or copies from it. */
interface Upstream extends Child {
  /** Its repository part. */
  readonly name: string;
  /** Does a build give it as a named context? */
  readonly isContext: boolean;
}

const upstreams = new WeakMap<Facts['dockerfiles'], readonly Upstream[]>();

function upstreamOf(facts: Facts): readonly Upstream[] {
  const known = upstreams.get(facts.dockerfiles);
  if (known !== undefined) return known;
  const everywhere = new Set(targetContexts(facts));
  const found = facts.dockerfiles.flatMap((dockerfile) => {
    const contexts = new Set(dockerfile.services.flatMap(({ build }) => build?.additionalContexts ?? []));
    return refsOf(dockerfile).map((ref) => ({
      path: dockerfile.path,
      ref,
      name: imageRepository(ref),
      isContext: contexts.has(ref) || everywhere.has(ref),
    }));
  });
  upstreams.set(facts.dockerfiles, found);
  return found;
}

const isBakeText = (path: string): boolean => /(^|\/)docker-bake[^/]*\.(hcl|json)$|\.hcl$/i.test(path);

/** Names that a bake file gives to the result of another target. */
const targetContexts = ({ snapshot }: Facts): string[] =>
  pathsFitting(snapshot, isBakeText).flatMap((path) =>
    [...(snapshot.read(path) ?? '').matchAll(/["']?([\w./-]+)["']?\s*[=:]\s*["']target:/g)].map((match) => match[1]!),
  );

const refs = new WeakMap<DockerfileFacts, readonly string[]>();

/** Images of others that a Dockerfile starts from or copies from. */
function refsOf(dockerfile: DockerfileFacts): readonly string[] {
  const known = refs.get(dockerfile);
  if (known !== undefined) return known;
  const bases = dockerfile.image.stages.flatMap((stage) => (stage.base.knownBy === 'table' ? [] : [stage.base.ref]));
  const copies = dockerfile.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((i, n) =>
      i.flags.flatMap(({ name, value = '' }) => {
        const from = name === 'from' ? value : /(?:^|,)from=([^,]+)/.exec(value)?.[1];
        if (
          from === undefined ||
          /^\d+$/.test(from) ||
          dockerfile.image.stages.some((each) => each.name === from.toLowerCase())
        )
          return [];
        return [expandWord(from, lookupIn(stage.before[n]!, stage.base), dockerfile.syntax.escape).value];
      }),
    ),
  );
  const found = [...bases, ...copies].filter((ref) => ref !== '' && isKnown(imageRepository(ref)));
  refs.set(dockerfile, found);
  return found;
}

const mayNameImages = (path: string): boolean =>
  mayNameDockerfiles(path) || /\.(md|rst|txt)$|(^|\/)Tiltfile[^/]*$/i.test(path);

/** A line of a script, Makefile, workflow or page that may build or name an image of this checkout. */
interface BuildLine {
  readonly text: string;
  /** The Dockerfile that it gives. */
  readonly file: string | undefined;
  /** Does it say `build`? Else it may list what is built elsewhere. */
  readonly isBuild: boolean;
}

const lines = new WeakMap<object, readonly BuildLine[]>();

function buildLines(facts: Facts): readonly BuildLine[] {
  const known = lines.get(keyOfRest(facts.snapshot));
  if (known !== undefined) return known;
  const found: BuildLine[] = [];
  for (const path of pathsFitting(facts.snapshot, mayNameImages)) {
    const text = facts.snapshot.read(path) ?? '';
    if (!/build|bake/.test(text)) continue;
    for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
      if (/^\s*#/.test(line) || /\b(docker|podman)\s+(run|pull|exec)\b/.test(line)) continue;
      // the context is an address: another checkout is built
      if (/\bbuild\b.*[\s'"](https?|git|ssh):\/\/|\bbuild\b.*\sgit@/.test(line)) continue;
      const file = /(?:-f|--file)[= ]?["']?([^\s"']+)/.exec(line)?.[1];
      found.push({ text: line, file, isBuild: /\bbuild\b/.test(line) });
    }
  }
  lines.set(keyOfRest(facts.snapshot), found);
  return found;
}

/** Does a script, Makefile or workflow of the repository build something by this name, as far as one can tell from this Dockerfile? */
function isBuiltAs(name: string, dockerfile: DockerfileFacts, facts: Facts): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const named = new RegExp(`(?<![\\w./-])${escaped}(?![\\w./-])`);
  const own = dockerfile.path.slice(dockerfile.path.lastIndexOf('/') + 1);
  return buildLines(facts).some(
    ({ text, file, isBuild }) =>
      named.test(text) &&
      (file === undefined ? !isBuild || own === 'Dockerfile' : file.includes('$') || file.endsWith(own)),
  );
}
