// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

export const CODE_BEFORE_INSTALL: Diagnosis = {
  id: 'code-before-install',
  level: 'slow',
  title: 'Every change of the code installs the dependencies again',
  means:
    'A build step is taken from the cache while what stands before it is unchanged. The code stands before the install, so every change of it installs everything again.',
  see: 'touch the code, then: docker build --progress=plain . 2>&1 | grep -v CACHED',
  write: 'COPY of the files that the installer reads, the install, then COPY of the code.',
};

export const INSTALLER_BEFORE_CODE: Diagnosis = {
  id: 'installer-before-code',
  level: 'broken',
  title: 'The installer is to install a project whose code is not there yet',
  means:
    'A project that is a package is built when it is installed. Where no more than its manifest and its lock have been copied, the build finds neither the package nor the readme: it fails, or installs a package with nothing in it.',
  see: 'docker build --progress=plain .',
  write:
    'The dependencies alone before the code (`poetry install --no-root`, `uv sync --no-install-project`, in a workspace `--no-install-workspace`), and the same command without the flag behind the COPY of the code.',
};
