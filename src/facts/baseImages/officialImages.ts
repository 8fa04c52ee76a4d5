// Docker's official images: Python's, the distributions, and those of other languages built upon them.
import { type Base, type KnownImage, PLAIN, pathWith } from './base.ts';
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

export const OFFICIAL_IMAGES: readonly KnownImage[] = [python, ...distributions, node, ruby, rust, golang];
