// Images of others that people build Python projects upon, by their public Dockerfiles.
import { type Base, type KnownImage, PLAIN, pathWith } from './base.ts';
import { REDHAT, redhatRelease } from './redhatImages.ts';
import { releaseOf } from './releases.ts';

/** A `3.12` that is a word of the tag, the last one: other numbers before it are the image's own. */
const pythonIn = (tag: string): string | undefined =>
  [...tag.matchAll(/(?<![\w.])(3\.\d+)(?![\d.\uE000])/g)].at(-1)?.[1];

const versioned = (version: string | undefined, at: (version: string) => string): Partial<Base> =>
  version === undefined ? {} : { python: version, pythonAt: at(version) };

const onlyVersion = (version: string | undefined): Partial<Base> => (version === undefined ? {} : { python: version });

const CUDA_PATH = '/usr/local/nvidia/bin:/usr/local/cuda/bin';

/**
 * https://gitlab.com/nvidia/container-images/cuda: the entrypoint (nvidia_entrypoint.sh, not in `base`) prints a banner and ends
 * with `exec "$@"`; https://github.com/AcademySoftwareFoundation/aswf-docker/issues/203
 */
const cuda: KnownImage = {
  names: /^(?:nvcr\.io\/)?nvidia\/cuda$/,
  read: (tag) => {
    const common = { env: pathWith(CUDA_PATH), complete: false, entrypoint: 'execs' } as const;
    const ubuntu = /-ubuntu(\d\d)\.?(\d\d)$/.exec(tag);
    if (ubuntu)
      return { ...PLAIN, ...releaseOf('ubuntu', `${ubuntu[1]}.${ubuntu[2]}`), pythonStands: false, ...common };
    const redhat = /-(?:rockylinux|ubi|oraclelinux)(\d+)$/.exec(tag);
    return redhat ? { ...REDHAT, ...redhatRelease(redhat[1]), ...common } : undefined;
  },
};

/**
 * https://github.com/devcontainers/images/tree/main/src/python: the official image, gitpython, and features that bring folders
 * for PATH; with their `version: none` none of these has a Python of its own.
 */
const devcontainer: KnownImage = {
  names: /^mcr\.microsoft\.com\/(?:vscode\/)?devcontainers\/python$/,
  read: (tag) => {
    const folders = ['/usr/local/python/current/bin', '/usr/local/py-utils/bin', '/usr/local/jupyter'];
    const node = '/usr/local/share/nvm/current/bin';
    return {
      ...PLAIN,
      family: 'python',
      distribution: 'debian',
      libc: 'glibc',
      sh: 'dash',
      externallyManaged: false,
      ...versioned(pythonIn(tag), (version) => `/usr/local/bin/python${version}`),
      env: new Map([
        ['PATH', `${node}:${folders.join(':')}:/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`],
        ['LANG', 'C.UTF-8'],
      ]),
      complete: false,
      brings: ['gitpython'],
      ownFolders: [...folders, node],
    };
  },
};

/** https://github.com/aws/aws-lambda-base-images: the entrypoint hands the handler's name to the runtime client. */
const lambda: KnownImage = {
  names: /^(?:public\.ecr\.aws\/lambda\/python|amazon\/aws-lambda-python)$/,
  read: (tag) => ({
    ...versioned(pythonIn(tag), (version) => `/var/lang/bin/python${version}`),
    libc: 'glibc',
    distribution: 'redhat',
    sh: 'bash',
    env: new Map([
      ['PATH', '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin'],
      ['LAMBDA_TASK_ROOT', '/var/task'],
      ['LAMBDA_RUNTIME_DIR', '/var/runtime'],
    ]),
    user: '',
    cwd: '/var/task',
    brings: ['awslambdaric', 'boto3', 'botocore'],
    ownFolders: ['/var/lang/bin'],
  }),
};

const DISTROLESS_PYTHON: Readonly<Record<string, string>> = { '11': '3.9', '12': '3.11', '13': '3.13' };

/**
 * https://github.com/GoogleContainerTools/distroless/blob/main/python3/python.bzl: the entrypoint is its Python, and there is no shell;
 * user and folder of the `nonroot` ones: base/base.bzl
 */
const distroless: KnownImage = {
  names: /^gcr\.io\/distroless\/python3(?:-debian\d+)?$/,
  read: (tag, name) => {
    const release = /-debian(\d+)$/.exec(name)?.[1] ?? '';
    return {
      ...versioned(DISTROLESS_PYTHON[release], (version) => `/usr/bin/python${version}`),
      pythonStands: true,
      distribution: 'debian',
      libc: 'glibc',
      env: new Map([...PLAIN.env, ['LANG', 'C.UTF-8']]),
      ...(/nonroot/.test(tag) ? { cwd: '/home/nonroot', user: '65532' } : { cwd: '/', user: '' }),
      brings: [],
    };
  },
};

/** https://github.com/pytorch/pytorch/blob/main/Dockerfile; where its Python stands differs by version. */
const pytorch: KnownImage = {
  names: /^pytorch\/pytorch$/,
  read: () => ({
    distribution: 'ubuntu',
    libc: 'glibc',
    sh: 'dash',
    entrypoint: 'execs',
    command: 'plain',
    user: '',
    cwd: '/workspace',
    brings: ['torch', 'torchvision', 'torchaudio'],
  }),
};

/** https://github.com/tensorflow/tensorflow/tree/master/tensorflow/tools/dockerfiles */
const tensorflow: KnownImage = {
  names: /^tensorflow\/tensorflow$/,
  read: () => ({ distribution: 'ubuntu', libc: 'glibc', sh: 'dash', user: '', brings: ['tensorflow'] }),
};

/**
 * https://github.com/apache/airflow/blob/main/Dockerfile: the entrypoint makes `airflow ...` of most commands. pip installs to
 * /home/airflow/.local; the Python below stands in /usr/local/bin or, in later images, in /usr/python/bin.
 */
const airflow: KnownImage = {
  names: /^apache\/airflow$/,
  read: (tag) => ({
    ...onlyVersion(/(?:^|-)python(3\.\d+)/.exec(tag)?.[1]),
    distribution: 'debian',
    libc: 'glibc',
    sh: 'dash',
    shell: ['/bin/bash', '-o', 'pipefail', '-o', 'errexit', '-o', 'nounset', '-o', 'nolog', '-c'],
    user: '50000',
    cwd: '/opt/airflow',
    brings: ['apache-airflow'],
    tools: /^slim-/.test(tag) ? [] : ['uv'],
  }),
};

const isMusl = (tag: string): boolean => /alpine/.test(tag);

/** https://github.com/tiangolo/uvicorn-gunicorn-docker and its kin: the official image, packages in its Python, `CMD ["/start.sh"]`. */
const tiangolo: KnownImage = {
  names: /^tiangolo\/uvicorn-gunicorn(?:-fastapi|-starlette)?$/,
  read: (tag) => {
    const alpine = isMusl(tag);
    return {
      ...versioned(/^python(3\.\d+)/.exec(tag)?.[1], (version) => `/usr/local/bin/python${version}`),
      family: 'python',
      distribution: alpine ? 'alpine' : 'debian',
      libc: alpine ? 'musl' : 'glibc',
      sh: alpine ? 'ash' : 'dash',
      externallyManaged: false,
      env: new Map([
        ['PATH', '/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin'],
        ['LANG', 'C.UTF-8'],
        ['PYTHONPATH', '/app'],
      ]),
      user: '',
      cwd: '/app',
      brings: ['uvicorn', 'gunicorn'],
    };
  },
};

export const VENDOR_IMAGES: readonly KnownImage[] = [
  cuda,
  devcontainer,
  lambda,
  distroless,
  pytorch,
  tensorflow,
  airflow,
  tiangolo,
  {
    names: /^public\.ecr\.aws\/ubuntu\/ubuntu$/,
    read: (tag) => ({ ...PLAIN, ...releaseOf('ubuntu', tag), pythonStands: false }),
  },
];
