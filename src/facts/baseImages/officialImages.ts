// Docker's official images: Python's, the distributions, and those of other languages built upon them.
import { type Base, DEFAULT_PATH, type KnownImage, PLAIN, pathWith } from './base.ts';
import { releaseInTag, releaseOf } from './releases.ts';

const isAlpine = (tag: string): boolean => /(^|-)alpine/.test(tag);
const WINDOWS = /windows|nanoserver|servercore|onbuild/;

/** https://github.com/docker-library/python/blob/master/Dockerfile-linux.template */
const python: KnownImage = {
  names: /^python$/,
  read: (tag) => {
    if (WINDOWS.test(tag)) return undefined;
    const version = /^(\d+\.\d+)(?![\d\uE000])/.exec(tag)?.[1];
    return {
      ...PLAIN,
      family: 'python',
      distribution: isAlpine(tag) ? 'alpine' : 'debian',
      libc: isAlpine(tag) ? 'musl' : 'glibc',
      externallyManaged: false,
      pythonStands: true,
      pythonAt: `/usr/local/bin/python${version ?? '3'}`,
      ...(version ? { python: version } : {}),
      env: new Map([
        ['PATH', '/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ['LANG', 'C.UTF-8'],
      ]),
      sh: isAlpine(tag) ? 'ash' : 'dash',
    };
  },
};

/** What buildpack-deps brings: its mercurial is a program of the distribution's Python; slim tags and those of Alpine have none. */
const overBuildpack = (tag: string): Partial<Base> => ({
  ...releaseInTag(tag),
  ...(WINDOWS.test(tag) ? {} : { pythonStands: !/slim|alpine|curl/.test(tag) }),
});

/**
 * https://github.com/debuerreotype/docker-debian-artifacts, https://git.launchpad.net/cloud-images/+oci/ubuntu-base,
 * https://github.com/alpinelinux/docker-alpine, https://github.com/docker-library/buildpack-deps
 */
const distributions: readonly KnownImage[] = [
  { names: /^debian$/, read: (tag) => ({ ...PLAIN, ...releaseOf('debian', tag), pythonStands: false }) },
  { names: /^ubuntu$/, read: (tag) => ({ ...PLAIN, ...releaseOf('ubuntu', tag), pythonStands: false }) },
  { names: /^alpine$/, read: (tag) => ({ ...PLAIN, ...releaseOf('alpine', tag), pythonStands: false }) },
  { names: /^buildpack-deps$/, read: (tag) => ({ ...PLAIN, ...overBuildpack(tag) }) },
];

/** https://github.com/nodejs/docker-node/blob/main/docker-entrypoint.sh ends with `exec "$@"`. */
const node: KnownImage = {
  names: /^node$/,
  read: (tag) => ({ ...PLAIN, ...overBuildpack(tag), complete: false, entrypoint: 'execs' }),
};

/** https://github.com/docker-library/ruby/blob/master/Dockerfile.template */
const ruby: KnownImage = {
  names: /^ruby$/,
  read: (tag) => ({
    ...PLAIN,
    ...overBuildpack(tag),
    env: pathWith('/usr/local/bundle/bin', [['LANG', 'C.UTF-8']]),
    complete: false,
  }),
};

/** https://github.com/rust-lang/docker-rust/blob/master/Dockerfile-debian.template */
const rust: KnownImage = {
  names: /^rust$/,
  read: (tag) => ({ ...PLAIN, ...overBuildpack(tag), env: pathWith('/usr/local/cargo/bin'), complete: false }),
};

/** https://github.com/docker-library/golang/blob/master/Dockerfile-linux.template */
const golang: KnownImage = {
  names: /^golang$/,
  read: (tag) =>
    WINDOWS.test(tag)
      ? undefined
      : {
          ...PLAIN,
          ...overBuildpack(tag),
          env: pathWith('/go/bin:/usr/local/go/bin', [['GOPATH', '/go']]),
          complete: false,
          cwd: '/go',
        },
};

/** What the Red Hat family shares: /bin/sh is bash, and dnf brings Python packages that are not all known. */
export const REDHAT = {
  ...PLAIN,
  family: 'distribution',
  distribution: 'redhat',
  libc: 'glibc',
  sh: 'bash',
  env: new Map([['PATH', DEFAULT_PATH]]),
  complete: false,
  brings: 'unknown',
  pythonAt: '/usr/bin/python3',
} as const;

/** https://packages.fedoraproject.org/pkgs/python3.13/python3/ */
const FEDORA_PYTHON: Readonly<Record<string, string>> = {
  '36': '3.10',
  '37': '3.11',
  '38': '3.11',
  '39': '3.12',
  '40': '3.12',
  '41': '3.13',
  '42': '3.13',
};

const fedora: KnownImage = {
  names: /^fedora$|^(?:quay\.io\/fedora|registry\.fedoraproject\.org)\/fedora(?:-minimal)?$/,
  read: (tag) => {
    const version = FEDORA_PYTHON[/^(\d+)/.exec(tag)?.[1] ?? ''];
    return { ...REDHAT, ...(version ? { python: version } : {}) };
  },
};

/** https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/installing_and_using_dynamic_programming_languages */
const REDHAT_PYTHON: Readonly<Record<string, string>> = { '8': '3.6', '9': '3.9', '10': '3.12' };

/** The python3 of this major release. */
export const redhatRelease = (major: string | undefined): { python: string } | undefined => {
  const version = REDHAT_PYTHON[major ?? ''];
  return version === undefined ? undefined : { python: version };
};

/** https://hub.docker.com/_/rockylinux, https://hub.docker.com/_/almalinux */
const rebuilds: KnownImage = {
  names:
    /^(?:rockylinux(?:\/rockylinux)?|(?:quay\.io\/)?rockylinux\/rockylinux|almalinux|(?:quay\.io\/)?almalinux\/almalinux)$/,
  read: (tag) => ({ ...REDHAT, ...redhatRelease(/^(\d+)/.exec(tag)?.[1]) }),
};

/** https://docs.aws.amazon.com/linux/al2023/ug/python.html */
const amazonLinux: KnownImage = {
  names: /^(?:amazonlinux|public\.ecr\.aws\/amazonlinux\/amazonlinux)$/,
  read: (tag) => ({
    ...REDHAT,
    ...(/^2023/.test(tag) ? { python: '3.9' } : /^2(\.0|$)/.test(tag) ? { python: '3.7' } : {}),
  }),
};

export const OFFICIAL_IMAGES: readonly KnownImage[] = [
  python,
  ...distributions,
  node,
  ruby,
  rust,
  golang,
  fedora,
  rebuilds,
  amazonLinux,
];
