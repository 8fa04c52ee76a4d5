// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

const SEE = "docker run --rm --entrypoint sh IMAGE -c 'env | grep ^PYTHON'";

export const FLAGS_MISSING: Diagnosis = {
  id: 'python-flags-missing',
  level: 'advice',
  title: 'Python runs without PYTHONUNBUFFERED or PYTHONDONTWRITEBYTECODE',
  means:
    'Without PYTHONUNBUFFERED what a program prints waits in a buffer, and is lost where the container is killed. Without PYTHONDONTWRITEBYTECODE every start writes `.pyc` files into the container, and into folders that are mounted.',
  see: SEE,
  write: '`ENV PYTHONDONTWRITEBYTECODE=1` and `ENV PYTHONUNBUFFERED=1`.',
};

export const LEGACY_ENV: Diagnosis = {
  id: 'legacy-env',
  level: 'advice',
  title: 'ENV is written in the deprecated form without =',
  means:
    'In the form `ENV KEY value` the value runs to the end of the instruction: what is written behind it becomes part of it.',
  see: 'docker build --check .',
  write: '`ENV KEY=value`.',
};

export const ENV_SWALLOWS: Diagnosis = {
  id: 'env-swallows',
  level: 'fragile',
  title: 'A flag is part of the value of another variable',
  means:
    'In the form `ENV KEY value` the value runs to the end of the instruction: the flag written behind it is not set.',
  see: SEE,
  write: 'Every pair as `KEY=value`.',
};

export const FLAG_IS_ARGUMENT: Diagnosis = {
  id: 'flag-is-argument',
  level: 'advice',
  title: 'A flag is an ARG, which containers do not have',
  means: 'An ARG holds while the image is built. The program in the container runs without it.',
  see: SEE,
  write: '`ENV PYTHONUNBUFFERED=1` in its place.',
};

export const FLAG_OFF: Diagnosis = {
  id: 'flag-is-off',
  level: 'fragile',
  title: 'A flag is turned off where a comment wants it on',
  means:
    'Python reads a flag that is empty or the number 0 as not set; every other value, `false` and `no` too, turns it on. With `PYTHONUNBUFFERED=0` output waits in a buffer.',
  see: 'docker run --rm --entrypoint python IMAGE -c "import sys; print(sys.stdout.write_through)"',
  write: '`ENV PYTHONUNBUFFERED=1`.',
};

export const PYTHON_ENV_DIAGNOSES = [FLAGS_MISSING, LEGACY_ENV, ENV_SWALLOWS, FLAG_IS_ARGUMENT, FLAG_OFF];
