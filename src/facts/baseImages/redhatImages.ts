// Images of the Red Hat family: Fedora, Red Hat's own, their rebuilds, and Amazon Linux.
import { type Base, DEFAULT_PATH, type KnownImage, PLAIN } from './base.ts';

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

/** https://packages.fedoraproject.org/pkgs/python3.13/python3/, https://fedoraproject.org/wiki/Changes/Python3.14 */
const FEDORA_PYTHON: Readonly<Record<string, string>> = {
  '36': '3.10',
  '37': '3.11',
  '38': '3.11',
  '39': '3.12',
  '40': '3.12',
  '41': '3.13',
  '42': '3.13',
  '43': '3.14',
};

/**
 * dnf is a program of Python up to Fedora 40: https://fedoraproject.org/wiki/Changes/SwitchToDnf5; microdnf never was one. That pip is
 * kept out (PEP 668) was proposed and not accepted: https://fedoraproject.org/wiki/Changes/PythonMarkExternallyManaged
 */
const fedora: KnownImage = {
  names: /^fedora$|^(?:quay\.io\/fedora|registry\.fedoraproject\.org)\/fedora(?:-minimal)?$/,
  read: (tag, name) => {
    const number = /^(\d+)/.exec(tag)?.[1];
    const version = FEDORA_PYTHON[number ?? ''];
    const isWithout = /^(latest|rawhide)$/.test(tag) || Number(number) > 40 || name.endsWith('-minimal');
    const stands = isWithout ? { pythonStands: false } : number === undefined ? {} : { pythonStands: true };
    return { ...REDHAT, ...(version ? { python: version } : {}), ...stands };
  },
};

/** https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/installing_and_using_dynamic_programming_languages */
const REDHAT_PYTHON: Readonly<Record<string, string>> = { '8': '3.6', '9': '3.9', '10': '3.12' };

/**
 * The python3 of this major release. From 9 on it is the one that dnf runs with; in 8 dnf has one of its own, platform-python, which is
 * on no PATH: `packages.txt` of https://github.com/rocky-linux/sig-cloud-instance-images
 */
export const redhatRelease = (major: string | undefined): Partial<Base> => {
  const version = REDHAT_PYTHON[major ?? ''];
  return version === undefined ? {} : { python: version, pythonStands: version !== '3.6' };
};

/**
 * https://github.com/rocky-linux/sig-cloud-instance-images, https://github.com/AlmaLinux/docker-images; whether the other kinds
 * (minimal, micro, init) have a Python is not known.
 */
const rebuilds: KnownImage = {
  names:
    /^(?:rockylinux(?:\/rockylinux)?|(?:quay\.io\/)?rockylinux\/rockylinux|almalinux|(?:quay\.io\/)?almalinux\/almalinux)$/,
  read: (tag) => {
    const release = redhatRelease(/^(\d+)/.exec(tag)?.[1]);
    const { pythonStands: _, ...ofAnyKind } = release;
    return { ...REDHAT, ...(/[a-z]/.test(tag) ? ofAnyKind : release) };
  },
};

/** https://docs.aws.amazon.com/linux/al2023/ug/python.html: dnf of 2023 runs with it; what the minimal image has is not known. */
const amazonLinux: KnownImage = {
  names: /^(?:amazonlinux|public\.ecr\.aws\/amazonlinux\/amazonlinux)$/,
  read: (tag) => {
    if (/^2023/.test(tag)) return { ...REDHAT, python: '3.9', ...(/minimal/.test(tag) ? {} : { pythonStands: true }) };
    return { ...REDHAT, ...(/^2(\.0|$)/.test(tag) ? { python: '3.7' } : {}) };
  },
};

const APP_ROOT = '/opt/app-root';

/**
 * An environment at /opt/app-root, first on PATH, of a user who is not root. https://github.com/sclorg/s2i-python-container (the minimal
 * ones have no entrypoint), https://github.com/sclorg/s2i-base-container/blob/master/core/Dockerfile.rhel9 (`container-entrypoint`
 * is `exec "$@"`)
 */
function sourceToImage(version: string, kind: 'full' | 'minimal'): Partial<Base> {
  const own = [`${APP_ROOT}/src/.local/bin`, `${APP_ROOT}/src/bin`, `${APP_ROOT}/bin`];
  const path = kind === 'full' ? own : [own[2], own[1], own[0]];
  return {
    ...REDHAT,
    family: 'unknown',
    python: version,
    pythonAt: `${APP_ROOT}/bin/python3`,
    env: new Map([
      ['PATH', `${path.join(':')}:${DEFAULT_PATH}`],
      ['APP_ROOT', APP_ROOT],
      ['HOME', `${APP_ROOT}/src`],
      ['PYTHONUNBUFFERED', '1'],
      ['LANG', 'en_US.UTF-8'],
      ['PIP_NO_CACHE_DIR', 'off'],
    ]),
    entrypoint: kind === 'full' ? 'execs' : 'none',
    user: '1001',
    cwd: `${APP_ROOT}/src`,
    brings: [],
    ownFolders: own,
  };
}

/**
 * https://catalog.redhat.com/software/base-images; the minimal ones have no Python:
 * https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/10/html/building_running_and_managing_containers/understanding-the-ubi-minimal-images
 */
const universal: KnownImage = {
  names:
    /^registry\.(?:access\.)?redhat\.(?:com|io)\/(?:ubi|rhel)\d+(?:\/(?:ubi|ubi-minimal|python-3\d+(?:-minimal)?))?$/,
  read: (_, name) => {
    const [, major, kind = 'ubi'] = /\/(?:ubi|rhel)(\d+)(?:\/(.*))?$/.exec(name)!;
    const python = /^python-(\d)(\d+)(-minimal)?/.exec(kind);
    if (python) return sourceToImage(`${python[1]}.${python[2]}`, python[3] === undefined ? 'full' : 'minimal');
    return { ...REDHAT, ...redhatRelease(major), ...(kind === 'ubi-minimal' ? { pythonStands: false } : {}) };
  },
};

/** The same on CentOS Stream: https://quay.io/organization/sclorg */
const streams: KnownImage = {
  names: /^quay\.io\/sclorg\/python-3\d+(?:-minimal)?-c\d+s$/,
  read: (_, name) => {
    const [, minor, minimal] = /python-3(\d+)(-minimal)?/.exec(name)!;
    return sourceToImage(`3.${minor}`, minimal === undefined ? 'full' : 'minimal');
  },
};

export const REDHAT_IMAGES: readonly KnownImage[] = [fedora, rebuilds, amazonLinux, universal, streams];
