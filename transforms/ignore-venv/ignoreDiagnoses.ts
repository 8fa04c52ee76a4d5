// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

const SEE = "docker build -q . && docker run --rm --entrypoint sh IMAGE -c 'cat /app/.venv/pyvenv.cfg'";

export const HOST_VENV_COPIED: Diagnosis = {
  id: 'host-venv-copied',
  level: 'fragile',
  title: "A COPY takes the host's virtual environment into the image",
  means:
    "With a developer's environment in the folder the image gets its scripts and links, which name paths of that machine, over the image's own environment where that has the same name. Without one (in CI) the same build is right.",
  see: SEE,
  write: '`.venv` in the ignore file of the build context.',
};

export const HOST_VENV_ON_PURPOSE: Diagnosis = {
  id: 'host-venv-on-purpose',
  level: 'fragile',
  title: 'A COPY names a virtual environment of the host',
  means:
    'An environment works only where it was made: its scripts name absolute paths, its `python` is a link to an interpreter of that machine.',
  see: SEE,
  write:
    "Make the environment in the image (`RUN python -m venv`, `uv sync`), and leave the host's out of the context.",
};

export const HOST_VENV_STARTED: Diagnosis = {
  id: 'host-venv-started',
  level: 'fragile',
  title: 'The container runs an environment that the repository has',
  means:
    'An environment is committed and copied, and a start names a program in it. Its `python` is a link to an interpreter of the machine that made it, its scripts name paths of that machine, its compiled packages are built for that system: elsewhere it does not start, or runs another Python than its packages are for.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'ls -l venv/bin/python; head -1 venv/bin/pip'",
  write:
    'Make the environment in the image, take the one of the repository out of git, and name it in the ignore file.',
};

export const IGNORE_FILE_UNREAD: Diagnosis = {
  id: 'ignore-file-unread',
  level: 'fragile',
  title: 'An ignore file is read by no build',
  means:
    "A build reads `<Dockerfile>.dockerignore`, else `.dockerignore` at the root of its context, and no other one. What this file is meant to leave out (a developer's `.venv`, secrets, caches) comes into the context, and with `COPY . .` into the image.",
  see: 'docker build --progress=plain . 2>&1 | grep "transferring context"',
  write: "Its lines in the ignore file at the context's root, with paths from there.",
};

export const IGNORE_DIAGNOSES = [HOST_VENV_COPIED, HOST_VENV_ON_PURPOSE, HOST_VENV_STARTED, IGNORE_FILE_UNREAD];
