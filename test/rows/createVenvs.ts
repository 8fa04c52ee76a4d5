// Installs into a Python that the distribution manages, and environments that cannot be made.

import { lines, type Row } from './row.ts';

const APT = 'RUN apt-get update && apt-get install -y python3 python3-pip';
const APT_VENV = 'RUN apt-get update && apt-get install -y python3 python3-pip python3-venv';
const MADE = ['RUN python3 -m venv /opt/venv', 'ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const START = 'CMD ["python3", "app.py"]';

const id = 'create-venv';
const broken = 'fails with "externally-managed-environment": ap';

const said = (name: string, findings: readonly string[], ...file: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines(...file) },
  findings,
});

const silent = (name: string, ...file: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines(...file) },
});

/** Which images manage their Python. */
const bases: readonly Row[] = [
  ...['debian', 'debian:12-slim', 'debian:bookworm-20240211', 'debian:12.5', 'ubuntu:24.04', 'ubuntu', 'ubuntu:plucky'],
  ...[
    'node:20-bookworm-slim',
    'public.ecr.aws/docker/library/node:22-trixie',
    'nvidia/cuda:12.6.0-runtime-ubuntu24.04',
  ],
].map((base) =>
  said(
    `the Python of ${base} is managed`,
    [`Dockerfile:3:1 ${broken}`],
    `FROM ${base}`,
    APT,
    'RUN pip3 install flask',
    START,
  ),
);

const alpines: readonly Row[] = ['alpine', 'alpine:3.19.1', 'alpine:edge', 'node:22-alpine3.20'].map((base) =>
  said(
    `the Python of ${base} is managed by apk`,
    [`Dockerfile:3:1 ${broken}`],
    `FROM ${base}`,
    'RUN apk add python3 py3-pip',
    'RUN pip install flask',
    START,
  ),
);

const others: readonly Row[] = [
  ...[
    'debian:11',
    'debian:bullseye-slim',
    'ubuntu:22.04',
    'node:20',
    'node:20-bullseye',
    'registry.example/node:20-bookworm',
  ],
  ...[
    'nvidia/cuda:12.6.0-runtime-ubuntu22.04',
    'python:3.12',
    'debian@sha256:0000000000000000000000000000000000000000000000000000000000000000',
  ],
].map((base) =>
  silent(`nothing is said of the Python of ${base}`, `FROM ${base}`, APT, 'RUN pip3 install flask', START),
);

const installs: readonly Row[] = [
  said(
    'python3 -m pip is refused too',
    [`Dockerfile:3:1 ${broken}`],
    'FROM debian:12',
    APT,
    'RUN python3 -m pip install --upgrade pip',
    START,
  ),
  said(
    'for the user it is refused too',
    [`Dockerfile:3:1 ${broken}`],
    'FROM debian:12',
    APT,
    'RUN pip3 install --user flask',
    START,
  ),
  said(
    'pip in the step that installs it',
    ['Dockerfile:2:1 Python is installed in the same step'],
    'FROM debian:12',
    `${APT} && pip3 install flask`,
    START,
  ),
  said(
    'behind a semicolon the step goes on',
    [
      'Dockerfile:3:1 fragile: `pip3 install flask` fails with "externally-managed-environment": apt manages the Python of debian:12 (line 1), and the step goes on',
    ],
    'FROM debian:12',
    APT,
    'RUN pip3 install flask; echo done',
    START,
  ),
  said(
    'uv that installs into the system is refused',
    ['Dockerfile:4:1 `uv pip` is told to install into the system'],
    'FROM debian:12',
    APT,
    'COPY --from=ghcr.io/astral-sh/uv /uv /bin/uv',
    'RUN uv pip install --system flask',
    START,
  ),
  said(
    'the flag lets it pass',
    [
      'Dockerfile:3:1 fragile: `pip3 install --break-system-packages flask` installs into the Python of debian:12 (line 1)',
    ],
    'FROM debian:12',
    APT,
    'RUN pip3 install --break-system-packages flask',
    START,
  ),
  said(
    'a variable lets it pass',
    ['Dockerfile:4:1 because the file lifts its protection'],
    'FROM debian:12',
    'ENV PIP_BREAK_SYSTEM_PACKAGES=1',
    APT,
    'RUN pip3 install flask',
    START,
  ),
  said(
    'a setting of pip lets it pass',
    ['Dockerfile:4:1 because the file lifts its protection'],
    'FROM debian:12',
    APT,
    'RUN pip3 config set global.break-system-packages true',
    'RUN pip3 install flask',
    START,
  ),
  said(
    'without the file that marks it, it passes',
    ['Dockerfile:4:1 because the file lifts its protection'],
    'FROM debian:12',
    APT,
    'RUN rm /usr/lib/python3*/EXTERNALLY-MANAGED',
    'RUN pip3 install flask',
    START,
  ),
  silent(
    'who answers the failure has another way',
    'FROM debian:12',
    APT,
    'RUN pip3 install flask || pip3 install --break-system-packages flask',
    START,
  ),
  silent(
    'into a folder of its own nothing is refused',
    'FROM debian:12',
    APT,
    'RUN pip3 install --target /app/lib flask',
    START,
  ),
  silent(
    'an environment is nothing of the distribution',
    'FROM debian:12',
    APT_VENV,
    'RUN python3 -m venv /venv && /venv/bin/pip install flask',
    START,
  ),
  silent(
    'a Python of another image takes its place',
    'FROM debian:12',
    APT,
    'COPY --from=python:3.12-slim /usr/local /usr/local',
    'RUN pip3 install flask',
    START,
  ),
  silent(
    'a Python of another version is not known',
    'FROM ubuntu:24.04',
    'RUN apt-get install -y python3 python3-pip python3.11',
    'RUN python3.11 -m pip install flask',
    START,
  ),
  silent(
    'an alternative takes its place',
    'FROM ubuntu:24.04',
    APT,
    'RUN update-alternatives --install /usr/bin/python3 python3 /usr/bin/python3.11 1',
    'RUN pip3 install flask',
    START,
  ),
  silent(
    'settings that are copied are not known',
    'FROM debian:12',
    APT,
    'COPY pip.conf /etc/pip.conf',
    'RUN pip3 install flask',
    START,
  ),
  silent(
    'a tree over the root may have settings',
    'FROM debian:12',
    APT,
    'COPY rootfs /',
    'RUN pip3 install flask',
    START,
  ),
  silent(
    'without a pip nothing is said of it',
    'FROM debian:12',
    'RUN apt-get install -y python3',
    'RUN pip3 install flask',
    START,
  ),
];

const made = (name: string, file: readonly string[], after: readonly string[], base = 'debian:12'): Row => ({
  name,
  id,
  unsafe: true,
  files: { Dockerfile: lines(`FROM ${base}`, ...file) },
  after: { Dockerfile: lines(`FROM ${base}`, ...after) },
  fixes: ['Make the environment /opt/venv before the first pip'],
});

const fixes: readonly Row[] = [
  made(
    'what pip installs goes into an environment',
    [APT, 'RUN pip3 install flask', START],
    [APT_VENV, ...MADE, 'RUN pip3 install flask', START],
  ),
  made(
    'the package that has ensurepip is there already',
    [APT_VENV, 'RUN pip3 install flask', START],
    [APT_VENV, ...MADE, 'RUN pip3 install flask', START],
  ),
  made(
    'Alpine has ensurepip',
    ['RUN apk add python3 py3-pip', 'RUN pip install flask', START],
    ['RUN apk add python3 py3-pip', ...MADE, 'RUN pip install flask', START],
    'alpine:3.20',
  ),
  made(
    'the flag goes from each install, also from a line of its own',
    [
      APT,
      '# tools',
      'RUN pip3 install --break-system-packages -U pip && pip3 install \\',
      '    --break-system-packages \\',
      '    flask',
      'RUN python3 -m pip install gunicorn --break-system-packages',
      START,
    ],
    [
      APT_VENV,
      ...MADE,
      '# tools',
      'RUN pip3 install -U pip && pip3 install \\',
      '    flask',
      'RUN python3 -m pip install gunicorn',
      START,
    ],
  ),
  ...[
    said(
      'a library of the distribution would be lost',
      ['Dockerfile:3:1 would no longer see what the package python3-gi installs'],
      'FROM debian:12',
      'RUN apt-get install -y python3 python3-pip python3-gi',
      'RUN pip3 install flask',
      START,
    ),
    said(
      'another user cannot write to /opt',
      ['Dockerfile:4:1 runs as app, who cannot write to /opt'],
      'FROM debian:12',
      APT,
      'USER app',
      'RUN pip3 install flask',
      START,
    ),
    said(
      'another environment has its own meaning',
      ['Dockerfile:3:1 the file makes an environment, /srv/venv'],
      'FROM debian:12',
      APT_VENV,
      'RUN pip3 install flask',
      'RUN python3 -m venv /srv/venv',
      START,
    ),
    said(
      'packages that another stage takes would be lost',
      ['Dockerfile:3:1 would no longer see what `pip3 install flask` installs'],
      'FROM debian:12 AS build',
      APT,
      'RUN pip3 install flask',
      'FROM debian:12',
      'COPY --from=build /usr/local/lib/python3.11 /usr/local/lib/python3.11',
      START,
    ),
  ].map((row) => ({ ...row, unsafe: true })),
];

const creations: readonly Row[] = [
  said(
    'python3 of Ubuntu has no ensurepip',
    [
      'Dockerfile:3:1 broken: `python3 -m venv /opt/venv` fails with "ensurepip is not available": the package python3 (line 2)',
    ],
    'FROM ubuntu:22.04',
    APT,
    'RUN python3 -m venv /opt/venv',
    START,
  ),
  said(
    'python3.11 of a PPA has none either',
    ['Dockerfile:3:1 Write `python3.11-venv` beside `python3.11`'],
    'FROM ubuntu:22.04',
    'RUN apt-get install -y python3-venv python3.11',
    'RUN python3.11 -m venv /opt/venv',
    START,
  ),
  silent(
    'with its package it is made',
    'FROM ubuntu:22.04',
    'RUN apt-get install -y python3.11 python3.11-venv',
    'RUN python3.11 -m venv /opt/venv',
    START,
  ),
  silent(
    'the package of the version is the same',
    'FROM ubuntu:22.04',
    'RUN apt-get install -y python3 python3.10-venv',
    'RUN python3 -m venv /opt/venv',
    START,
  ),
  silent(
    'without pip no ensurepip is asked for',
    'FROM debian:12',
    APT,
    'RUN python3 -m venv --without-pip /opt/venv',
    START,
  ),
  silent(
    'pipx depends on it',
    'FROM debian:12',
    'RUN apt-get install -y python3 pipx',
    'RUN python3 -m venv /opt/venv',
    START,
  ),
  silent(
    'a list of packages may have it',
    'FROM debian:12',
    'COPY packages.txt .',
    'RUN apt-get install -y python3 $(cat packages.txt)',
    'RUN python3 -m venv /opt/venv',
    START,
  ),
  silent(
    'virtualenv brings its own',
    'FROM debian:12',
    'RUN apt-get install -y python3 python3-virtualenv',
    'RUN virtualenv /opt/venv',
    START,
  ),
  silent(
    'Alpine has it in its python3',
    'FROM alpine:3.20',
    'RUN apk add python3',
    'RUN python3 -m venv /opt/venv',
    START,
  ),
  silent(
    'who answers the failure installs it',
    'FROM debian:12',
    APT,
    'RUN python3 -m venv /opt/venv || apt-get install -y python3-venv',
    START,
  ),
];

export const createVenvs: readonly Row[] = [...bases, ...alpines, ...others, ...installs, ...fixes, ...creations];
