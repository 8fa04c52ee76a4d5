// Known answers for base images: what stands in them before the first instruction.

export type Sh = 'dash' | 'bash' | 'ash' | 'unknown';

/** Debian-like PATH of official images without one of their own. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Base {
  readonly ref: string;
  /** 'python': an interpreter at /usr/local/bin; 'distribution': none until it is installed; 'unknown': cannot be said. */
  readonly family: 'python' | 'distribution' | 'scratch' | 'unknown';
  readonly distribution: 'debian' | 'ubuntu' | 'alpine' | 'unknown';
  /** Python version as MAJOR.MINOR: of the image, or what the distribution's python3 package brings. */
  readonly python?: string;
  readonly env: ReadonlyMap<string, string>;
  /** False: the image may set any variable, an entrypoint, a user. */
  readonly complete: boolean;
  readonly sh: Sh;
  readonly uv: boolean;
  /** The image's own SHELL, where it has one. */
  readonly shell?: readonly string[];
}

const REGISTRIES =
  /^(?:docker\.io\/|index\.docker\.io\/|public\.ecr\.aws\/docker\/|mirror\.gcr\.io\/)?(?:library\/|amd64\/|arm64v8\/|arm32v7\/|i386\/)?/;
const DEBIAN_PYTHON: Record<string, string> = {
  '10': '3.7',
  buster: '3.7',
  '11': '3.9',
  bullseye: '3.9',
  '12': '3.11',
  bookworm: '3.11',
  '13': '3.13',
  trixie: '3.13',
};
const UBUNTU_PYTHON: Record<string, string> = {
  '18.04': '3.6',
  bionic: '3.6',
  '20.04': '3.8',
  focal: '3.8',
  '22.04': '3.10',
  jammy: '3.10',
  '24.04': '3.12',
  noble: '3.12',
};

/** What is known of an image by its reference (Docker's official names only; a mirror's may be anything). */
export function baseOf(ref: string): Base {
  const unknownBase: Base = {
    ref,
    family: 'unknown',
    distribution: 'unknown',
    env: new Map(),
    complete: false,
    sh: 'unknown',
    uv: false,
  };
  const plain = ref.replace(/@sha256:[0-9a-f]+$/, '');
  if (plain === 'scratch')
    return { ...unknownBase, family: 'scratch', env: new Map([['PATH', DEFAULT_PATH]]), complete: true };
  if (/(^|\/)mambaorg\/micromamba[:]?/.test(plain))
    return { ...unknownBase, shell: ['/usr/local/bin/_dockerfile_shell.sh'] };
  const uv = /^(?:ghcr\.io|docker\.io)?\/?astral-?sh?\/uv:(?:[\w.]+-)?python(\d+\.\d+)-(alpine|\w+)/.exec(
    plain.replace('astral/uv', 'astral-sh/uv'),
  );
  const name = uv ? `python:${uv[1]}-${uv[2]}` : plain.replace(REGISTRIES, '');
  const [repository, tag = 'latest'] = name.split(':') as [string, string?];
  const alpine = /(^|-)alpine/.test(tag);
  if (repository === 'python') {
    if (/windows|nanoserver|servercore|onbuild/.test(tag)) return unknownBase;
    const version = /^(\d+\.\d+)/.exec(tag)?.[1];
    return {
      ...unknownBase,
      family: 'python',
      distribution: alpine ? 'alpine' : 'debian',
      ...(version ? { python: version } : {}),
      env: new Map([
        ['PATH', '/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ['LANG', 'C.UTF-8'],
      ]),
      complete: true,
      sh: alpine ? 'ash' : 'dash',
      uv: uv !== null,
    };
  }
  const distribution =
    repository === 'alpine'
      ? 'alpine'
      : repository === 'ubuntu'
        ? 'ubuntu'
        : repository === 'debian'
          ? 'debian'
          : undefined;
  if (distribution === undefined) return unknownBase;
  const release = tag.replace(/-(slim|\d{8}).*$/, '').replace(/^(\d+)\.\d+$/, distribution === 'debian' ? '$1' : '$&');
  const python =
    distribution === 'debian' ? DEBIAN_PYTHON[release] : distribution === 'ubuntu' ? UBUNTU_PYTHON[release] : undefined;
  return {
    ...unknownBase,
    family: 'distribution',
    distribution,
    ...(python ? { python } : {}),
    env: new Map([['PATH', DEFAULT_PATH]]),
    complete: true,
    sh: distribution === 'alpine' ? 'ash' : 'dash',
  };
}
