// Releases of distributions, by what image tags call them: which Python they have, and whether pip may write to it.
import type { Base } from './base.ts';

interface Release {
  readonly python?: string;
  readonly externallyManaged: boolean;
}

const release = (python: string | undefined, managed?: 'managed'): Release => ({
  ...(python === undefined ? {} : { python }),
  externallyManaged: managed !== undefined,
});

const namesToReleases = (groups: Readonly<Record<string, Release>>): ReadonlyMap<string, Release> =>
  new Map(Object.entries(groups).flatMap(([names, one]) => names.split(' ').map((name) => [name, one] as const)));

// https://packages.debian.org/python3; PEP 668: https://www.debian.org/releases/bookworm/amd64/release-notes/ch-information.en.html
const DEBIAN = namesToReleases({
  '9 stretch': release('3.5'),
  '10 buster': release('3.7'),
  '11 bullseye': release('3.9'),
  '12 bookworm': release('3.11', 'managed'),
  '13 trixie': release('3.13', 'managed'),
  'latest stable oldstable testing unstable sid 14 forky': release(undefined, 'managed'),
});

// https://packages.ubuntu.com/python3; PEP 668 came with Debian's package, in 23.04
const UBUNTU = namesToReleases({
  '16.04 xenial': release('3.5'),
  '18.04 bionic': release('3.6'),
  '20.04 focal': release('3.8'),
  '22.04 jammy': release('3.10'),
  '22.10 kinetic': release('3.10'),
  '23.04 lunar 23.10 mantic': release('3.11', 'managed'),
  '24.04 noble 24.10 oracular': release('3.12', 'managed'),
  '25.04 plucky 25.10 questing': release('3.13', 'managed'),
  'latest rolling devel': release(undefined, 'managed'),
});

// https://pkgs.alpinelinux.org/package/v3.22/main/x86_64/python3; PEP 668: https://wiki.alpinelinux.org/wiki/Release_Notes_for_Alpine_3.19.0
const ALPINE = namesToReleases({
  '3.15': release('3.9'),
  '3.16 3.17': release('3.10'),
  '3.18': release('3.11'),
  '3.19': release('3.11', 'managed'),
  '3.20 3.21 3.22': release('3.12', 'managed'),
  'latest 3 edge 3.23': release(undefined, 'managed'),
});

const RELEASES = { debian: DEBIAN, ubuntu: UBUNTU, alpine: ALPINE } as const;

/** What a release of a distribution says of its python3 package, without what is not known of it. */
export function releaseOf(distribution: 'debian' | 'ubuntu' | 'alpine', tag: string): Partial<Base> {
  const plain = tag.replace(/-(slim|\d{8}).*$/, '').replace(/-(curl|scm|backports)$/, '');
  const name =
    distribution === 'ubuntu'
      ? plain
      : plain.replace(distribution === 'debian' ? /^(\d+)\.\d+$/ : /^(3\.\d+)\..*$/, '$1');
  return {
    family: 'distribution',
    distribution,
    libc: distribution === 'alpine' ? 'musl' : 'glibc',
    sh: distribution === 'alpine' ? 'ash' : 'dash',
    pythonAt: '/usr/bin/python3',
    ...RELEASES[distribution].get(name),
  };
}

/** The Debian or Ubuntu release that a tag has a word of (`20-bookworm-slim`), or Alpine's (`20-alpine3.20`). */
export function releaseInTag(tag: string): Partial<Base> {
  const alpine = /(?:^|-)alpine([\d.]*)/.exec(tag);
  if (alpine) return releaseOf('alpine', alpine[1] === '' ? 'unnamed' : alpine[1]!);
  const words = tag.split('-');
  const debian = words.find((word) => /^[a-z]+$/.test(word) && DEBIAN.get(word)?.python !== undefined);
  if (debian !== undefined) return releaseOf('debian', debian);
  const ubuntu = words.find((word) => /^[a-z]+$/.test(word) && UBUNTU.get(word)?.python !== undefined);
  return ubuntu === undefined ? releaseOf('debian', 'unnamed') : releaseOf('ubuntu', ubuntu);
}
