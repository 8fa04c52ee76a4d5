// What is wrong between an environment, or what makes it, and the user that runs it.

import type { Diagnosis } from '../../src/model.ts';

export const FOLDER_CLOSED: Diagnosis = {
  id: 'folder-closed-to-user',
  level: 'broken',
  title: 'A step makes or fills an environment in a folder that its user cannot write',
  means:
    'Behind USER each RUN is that user, and folders that root made are closed to it: the build ends with "Permission denied".',
  see: 'docker build .',
  write: '`RUN mkdir /opt/venv && chown app /opt/venv` before USER, or the environment before USER.',
};

export const SYNCED_BY_OTHER: Diagnosis = {
  id: 'venv-of-root-synced-by-user',
  level: 'fragile',
  title: 'A start would change an environment that belongs to somebody else',
  means:
    '`uv run` first brings the environment to what the lock says, development packages included. Who may not write to it cannot (Permission denied), and the container does not start.',
  see: 'docker run --rm IMAGE',
  write: '`ENV UV_NO_SYNC=1`, `uv run --no-sync`, or the program itself with the environment on PATH.',
};

export const OTHER_HOME: Diagnosis = {
  id: 'venv-under-another-home',
  level: 'broken',
  title: "The environment lies in another user's home",
  means:
    'poetry and pipenv keep environments in the cache of the user that installs. Another user gets a new, empty one: ModuleNotFoundError.',
  see: 'docker run --rm IMAGE poetry env info',
  write:
    '`ENV POETRY_VIRTUALENVS_IN_PROJECT=1` (`PIPENV_VENV_IN_PROJECT=1`) before the install, or the install behind USER.',
};

export const CACHE_OF_OTHER: Diagnosis = {
  id: 'cache-mount-of-another-user',
  level: 'slow',
  title: 'A cache mount lies where its user does not look',
  means:
    'The installer keeps its cache in the home of the user that runs it: the mount stays empty, each build loads everything again.',
  see: 'docker build --progress=plain .',
  write: '`RUN --mount=type=cache,target=/home/app/.cache/uv,uid=1000 uv sync`.',
};

export const NO_HOME: Diagnosis = {
  id: 'user-without-home',
  level: 'broken',
  title: 'uv runs as a user without a home',
  means:
    'uv keeps its cache in the home. Where there is none and none can be made, it ends with "Failed to initialize cache" (Permission denied).',
  see: 'docker build .',
  write: '`ENV UV_CACHE_DIR=/tmp/uv-cache` or `UV_NO_CACHE=1`, or `useradd --create-home`.',
};

export const USER_DIAGNOSES = [FOLDER_CLOSED, SYNCED_BY_OTHER, OTHER_HOME, CACHE_OF_OTHER, NO_HOME];
