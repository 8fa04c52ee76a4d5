// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

const WRITE =
  '`RUN python3 -m venv /opt/venv`, `ENV VIRTUAL_ENV=/opt/venv` and `ENV PATH="$VIRTUAL_ENV/bin:$PATH"` before the first pip (Debian and Ubuntu: with the package python3-venv).';

export const SYSTEM_PYTHON_MANAGED: Diagnosis = {
  id: 'system-python-managed',
  level: 'broken',
  title: 'pip would install into a Python that the distribution manages',
  means:
    'Debian 12, Ubuntu 23.04, Alpine 3.19 and what is newer mark their Python as externally managed (PEP 668): `pip install` into it ends with "error: externally-managed-environment", and so does the build.',
  see: 'docker build .',
  write: WRITE,
};

export const SYSTEM_PACKAGES_BROKEN: Diagnosis = {
  id: 'breaks-system-packages',
  level: 'fragile',
  title: "pip installs over the distribution's own packages",
  means:
    'With `--break-system-packages` (or its variable or setting, or without the file EXTERNALLY-MANAGED) pip may replace what programs of the distribution import, and the next `apt-get` or `apk` may replace what pip installed.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'python3 -m pip check'",
  write: WRITE,
};

export const ENSUREPIP_MISSING: Diagnosis = {
  id: 'venv-without-ensurepip',
  level: 'broken',
  title: 'python -m venv has no ensurepip',
  means:
    'Debian, Ubuntu and the deadsnakes PPA ship ensurepip in a package of its own. Without it `python3 -m venv` ends with "ensurepip is not available", and so does the build.',
  see: 'docker build .',
  write:
    'The package `python3-venv` (of another version: `python3.11-venv`) beside python3 in the `apt-get install` line.',
};

export const UV_WITHOUT_ENVIRONMENT: Diagnosis = {
  id: 'uv-without-environment',
  level: 'broken',
  title: 'uv pip finds no environment to install into',
  means:
    '`uv pip install` and `uv pip sync` install into the environment of VIRTUAL_ENV, or a `.venv` in the folder or above it. Without one they end with "No virtual environment found", and so does the build, unless `--system`, `--python` or `UV_SYSTEM_PYTHON=1` names another Python.',
  see: 'docker build .',
  write: '`uv pip install --system ...`, or `RUN uv venv /opt/venv` and `ENV VIRTUAL_ENV=/opt/venv` above it.',
};

export const CREATE_DIAGNOSES = [
  SYSTEM_PYTHON_MANAGED,
  SYSTEM_PACKAGES_BROKEN,
  ENSUREPIP_MISSING,
  UV_WITHOUT_ENVIRONMENT,
];
