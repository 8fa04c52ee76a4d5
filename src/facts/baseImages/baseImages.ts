// Which base image a reference means: mirrors of Docker's hub, the table of known images, and what the configuration adds.
import { type Base, DEFAULT_PATH, type KnownImage, unknownBase } from './base.ts';
import { CONDA_IMAGES } from './condaImages.ts';
import { OFFICIAL_IMAGES } from './officialImages.ts';
import { REDHAT_IMAGES } from './redhatImages.ts';
import { uvImages } from './uvImages.ts';
import { VENDOR_IMAGES } from './vendorImages.ts';

const IMAGES: readonly KnownImage[] = [
  ...OFFICIAL_IMAGES,
  ...REDHAT_IMAGES,
  ...VENDOR_IMAGES,
  ...CONDA_IMAGES,
  uvImages,
];

/**
 * Registries that give out what Docker's hub has under the same name. GitLab's proxy:
 * https://docs.gitlab.com/user/packages/dependency_proxy; Amazon's copy of the official ones: https://gallery.ecr.aws/docker
 */
const MIRROR =
  /^(?:docker\.io\/|index\.docker\.io\/|registry-1\.docker\.io\/|registry\.hub\.docker\.com\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/|mcr\.microsoft\.com\/mirror\/docker\/|\uE000ARG CI_DEPENDENCY_PROXY_\w+_PREFIX\uE001\/)/;
const PROXY = '/dependency_proxy/containers/';
/** https://github.com/docker-library/official-images#architectures-other-than-amd64 */
const OFFICIAL = /^(?:library|amd64|arm64v8|arm32v[567]|i386|ppc64le|s390x|riscv64|mips64le)\/(?=[^/]*$)/;
/** What a build argument leaves open in a name or tag. */
const OPEN = '\uE000';

/** Name and tag of a reference, the hub's name where a mirror gives it out; the tag is '' where a digest stands alone. */
function nameAndTag(ref: string): { readonly name: string; readonly tag: string } {
  const proxy = ref.indexOf(PROXY);
  const isProxied = proxy > 0 && /[.:]/.test(ref.slice(0, ref.indexOf('/')));
  const plain = (isProxied ? ref.slice(proxy + PROXY.length) : ref.replace(MIRROR, ''))
    .replace(/\uE000[^\uE001]*\uE001/g, OPEN)
    .replace(OFFICIAL, '');
  const [named, digest] = plain.split('@') as [string, string?];
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  if (colon < 0) return { name: named, tag: digest === undefined ? 'latest' : '' };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1) };
}

/** What is known of an image by its reference. */
export function baseOf(ref: string): Base {
  const nothing = unknownBase(ref);
  if (ref === 'scratch') {
    return {
      ...nothing,
      knownBy: 'table',
      family: 'scratch',
      env: new Map([['PATH', DEFAULT_PATH]]),
      complete: true,
      entrypoint: 'none',
      command: 'plain',
      user: '',
      cwd: '/',
      brings: [],
    };
  }
  const { name, tag } = nameAndTag(ref);
  for (const { names, read } of IMAGES) {
    if (!names.test(name)) continue;
    const known = read(tag, name);
    return known === undefined ? nothing : { ...nothing, ...known, knownBy: 'table' };
  }
  return nothing;
}

/** The reference that the configuration says is as good as this one: `*` stands for any text, in the answer for what it stood for. */
export function asGoodAs(ref: string, bases: Readonly<Record<string, string>>): string | undefined {
  const plain = ref.replace(/@.*$/s, '');
  for (const [pattern, answer] of Object.entries(bases)) {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    // a pattern without a tag means every one
    const end = /:[^/]*$/.test(pattern) ? '' : '(?::[^/]*)?';
    const found = new RegExp(`^${parts.join('(.*)')}${end}$`, 's').exec(plain);
    if (found !== null) return answer.replace('*', () => found[1] ?? '');
  }
  return undefined;
}

/** What is known of a base, where the configuration may say more than the table. */
export function configuredBase(ref: string, bases: Readonly<Record<string, string>>): Base {
  const other = asGoodAs(ref, bases);
  return other === undefined ? baseOf(ref) : { ...baseOf(other), ref, knownBy: 'configuration' };
}

/** Why the configuration cannot say this of images; undefined where it can. */
export function wrongBase(pattern: string, answer: string): string | undefined {
  const stars = (text: string): number => text.split('*').length - 1;
  const shown = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
  if (!/^[\w.*][\w.*:/-]*$/.test(pattern)) return `${shown(pattern)} is no name of an image`;
  if (stars(pattern) > 1) return `${shown(pattern)} has more than one *`;
  if (pattern.replace(/[*/:]/g, '') === '') return `${shown(pattern)} would be every image`;
  if (stars(answer) > stars(pattern)) return `${shown(answer)} has more * than ${shown(pattern)}`;
  // what stands for `*` may be any tag
  if (baseOf(answer.replace('*', '3')).knownBy === 'nobody' && baseOf(answer.replace('*', 'x')).knownBy === 'nobody')
    return `nothing is known of ${shown(answer)}, so that nothing is as good as it`;
  return undefined;
}
