// Images that have their Python from conda.
import { type KnownImage, PLAIN, pathWith } from './base.ts';

/** https://github.com/jupyter/docker-stacks/blob/main/images/docker-stacks-foundation/Dockerfile: `tini -g -- start.sh`. */
const jupyter: KnownImage = {
  names:
    /^(?:quay\.io\/)?jupyter\/(?:docker-stacks-foundation|(?:base|minimal|r|julia|scipy|tensorflow|pytorch|datascience|pyspark|all-spark)-notebook)$/,
  read: () => ({
    distribution: 'ubuntu',
    libc: 'glibc',
    sh: 'dash',
    shell: ['/bin/bash', '-o', 'pipefail', '-c'],
    env: pathWith('/opt/conda/bin', [
      ['CONDA_DIR', '/opt/conda'],
      ['HOME', '/home/jovyan'],
      ['LANG', 'C.UTF-8'],
      ['LC_ALL', 'C.UTF-8'],
    ]),
    user: '1000',
    cwd: '/home/jovyan',
    pythonAt: '/opt/conda/bin/python3',
    tools: ['conda'],
  }),
};

/** https://github.com/ContinuumIO/docker-images: `CMD ["/bin/bash"]`, nothing else is started. */
const continuum: KnownImage = {
  names: /^continuumio\/(?:mini|ana)conda3$/,
  read: (tag) =>
    /alpine/.test(tag)
      ? undefined
      : {
          ...PLAIN,
          distribution: 'debian',
          libc: 'glibc',
          sh: 'dash',
          env: pathWith('/opt/conda/bin', [
            ['LANG', 'C.UTF-8'],
            ['LC_ALL', 'C.UTF-8'],
          ]),
          brings: 'unknown',
          pythonAt: '/opt/conda/bin/python3',
          tools: ['conda'],
        },
};

/** https://github.com/conda-forge/miniforge-images/blob/master/ubuntu/Dockerfile: `tini --`, which gives way to what is started. */
const miniforge: KnownImage = {
  names: /^(?:quay\.io\/)?condaforge\/(?:miniforge3|mambaforge)$/,
  read: () => ({
    ...PLAIN,
    distribution: 'ubuntu',
    libc: 'glibc',
    sh: 'dash',
    env: pathWith('/opt/conda/bin', [
      ['CONDA_DIR', '/opt/conda'],
      ['LANG', 'C.UTF-8'],
      ['LC_ALL', 'C.UTF-8'],
    ]),
    entrypoint: 'execs',
    brings: 'unknown',
    pythonAt: '/opt/conda/bin/python3',
    tools: ['conda'],
  }),
};

/** https://github.com/mamba-org/micromamba-docker/blob/main/debian.Dockerfile: what RUN and the entrypoint start is activated by a script. */
const micromamba: KnownImage = {
  names: /(?:^|\/)(?:mambaorg|mamba-org)\/micromamba$/,
  read: () => ({
    shell: ['/usr/local/bin/_dockerfile_shell.sh'],
    user: 'mambauser',
    cwd: '/tmp',
    tools: ['conda'],
  }),
};

export const CONDA_IMAGES: readonly KnownImage[] = [jupyter, continuum, miniforge, micromamba];
