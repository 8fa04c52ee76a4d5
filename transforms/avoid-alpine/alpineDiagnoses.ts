// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

export const MUSL_COMPILES: Diagnosis = {
  id: 'musl-compiles',
  level: 'slow',
  title: 'Packages are compiled, or have other wheels, on a musl base',
  means:
    'Alpine has musl in place of glibc: a package without a `musllinux` wheel is compiled in the build, which takes minutes, a compiler and headers, or fails. On a Debian base pip takes the wheel.',
  see: 'docker build --progress=plain . 2>&1 | grep "Building wheel"',
  write: '`FROM python:3.12-slim` in place of `FROM python:3.12-alpine`.',
};

export const ALPINE_DIAGNOSES = [MUSL_COMPILES];
