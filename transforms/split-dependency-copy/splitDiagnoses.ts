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
