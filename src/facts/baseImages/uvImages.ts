// uv's own images, in all forms of their tags: https://docs.astral.sh/uv/guides/integration/docker/#available-images
import type { Base, KnownImage } from './base.ts';
import { OFFICIAL_IMAGES } from './officialImages.ts';

interface UvImageSource {
  readonly name: string;
  readonly tag: string;
  /** buildpack-deps, with the distribution's Python. */
  readonly pythonStands?: true;
}

/** The image that a form of the tag, without uv's version, is built from. */
function uvSourceOf(form: string): UvImageSource | undefined {
  const python = /^python(\d+\.\d+)-(alpine|\w+)/.exec(form);
  if (python) return { name: 'python', tag: `${python[1]}-${python[2]}` };
  const alpine = /^alpine(\d+\.\d+)?$/.exec(form);
  if (alpine) return { name: 'alpine', tag: alpine[1] ?? 'latest' };
  const debian = /^(debian|bookworm|trixie|bullseye)(-slim)?$/.exec(form);
  // which release `debian` is changed, but not that it is one whose Python pip leaves alone
  if (!debian) return undefined;
  const tag = debian[1] === 'debian' ? 'stable' : debian[1]!;
  return { name: 'debian', tag, ...(debian[2] === undefined ? { pythonStands: true } : {}) };
}

/** https://github.com/astral-sh/uv/blob/main/Dockerfile: the two programs, `WORKDIR /io`, `ENTRYPOINT ["/uv"]`. */
const BARE: Partial<Base> = { family: 'scratch', cwd: '/io', user: '', brings: [], tools: ['uv'] };

export const uvImages: KnownImage = {
  names: /^(?:ghcr\.io\/astral-sh|astral-sh|astral)\/uv$/,
  read: (tag) => {
    if (/^(latest|\d+\.\d+(\.\d+)?)$/.test(tag)) return BARE;
    // hardened ones have their Python elsewhere
    if (tag.endsWith('-dhi')) return undefined;
    const source = uvSourceOf(tag.replace(/^\d[\w.]*-/, ''));
    const known = OFFICIAL_IMAGES.find(({ names }) => source !== undefined && names.test(source.name));
    if (!known || !source) return undefined;
    const { name, tag: ofSource, ...brought } = source;
    const base = known.read(ofSource, name);
    // https://github.com/astral-sh/uv/blob/main/.github/workflows/build-docker.yml
    return (
      base && {
        ...base,
        ...brought,
        env: new Map([...(base.env ?? []), ['UV_TOOL_BIN_DIR', '/usr/local/bin']]),
        tools: ['uv'],
      }
    );
  },
};
