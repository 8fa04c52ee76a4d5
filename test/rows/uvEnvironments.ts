// Rows of create-venv: uv pip without an environment.

import { foundBy, lines, type Row } from './row.ts';

const HEAD = ['FROM python:3.12-slim', 'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv', 'WORKDIR /app'];
const REST = ['COPY requirements.txt .', 'RUN uv pip install -r requirements.txt', 'CMD ["flask", "run"]'];
const FILES = { 'requirements.txt': 'flask\n' };

const row = foundBy('create-venv', FILES);

const right = (name: string, ...before: readonly string[]): Row => row(name, [...HEAD, ...before, ...REST]);

const REFUSED =
  'Dockerfile:5:1 broken: `uv pip install -r requirements.txt` ends with "No virtual environment found": there is none, and nothing says that the system\'s Python is meant. Write `--system` behind `install`, or `RUN uv venv /opt/venv`';

export const uvEnvironments: readonly Row[] = [
  row('uv pip install finds no environment', [...HEAD, ...REST], [REFUSED]),
  row(
    'uv pip sync finds no environment',
    [...HEAD, 'COPY requirements.txt .', 'RUN uv pip sync requirements.txt'],
    ['Dockerfile:5:1 broken: `uv pip sync requirements.txt` ends with "No virtual environment found"'],
  ),
  row(
    'uv refuses also where an earlier install went into the system',
    [...HEAD, 'RUN pip install six', ...REST],
    ['Dockerfile:6:1 broken: `uv pip install -r requirements.txt` ends with'],
  ),
  row(
    "a developer's environment may come with the context",
    [...HEAD, 'COPY . .', 'RUN uv pip install -r requirements.txt'],
    ['Dockerfile:5:1 fragile: `uv pip install -r requirements.txt` ends with'],
  ),
  row(
    'uv would be refused by the distribution too',
    [
      'FROM debian:12',
      'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv',
      'RUN apt-get update && apt-get install -y python3',
      'RUN uv pip install six',
    ],
    ['Dockerfile:4:1 Write `RUN uv venv /opt/venv`'],
  ),
  right('UV_SYSTEM_PYTHON means the system', 'ENV UV_SYSTEM_PYTHON=1'),
  right('UV_PYTHON names a Python', 'ENV UV_PYTHON=/usr/local/bin/python3'),
  right('uv goes by VIRTUAL_ENV', 'RUN uv venv /opt/venv', 'ENV VIRTUAL_ENV=/opt/venv'),
  right('uv goes by the .venv beside it', 'RUN uv venv'),
  right('uv goes by the environment that is on PATH', 'RUN python -m venv /opt/venv', 'ENV PATH=/opt/venv/bin:$PATH'),
  right('a login shell may read the setting from a file', 'SHELL ["/bin/bash", "-lc"]', 'COPY uv.sh /etc/profile.d/'),
  right('a step of which nothing is known may make an environment', 'RUN make environment'),
  right('a script may make an environment', 'COPY setup.sh .', 'RUN sh setup.sh'),
  row('uv is asked for the system', [...HEAD, 'RUN uv pip install --system six']),
  row('uv is asked for a folder', [...HEAD, 'RUN uv pip install --target /opt/packages six']),
  row('uv is asked for a Python', [...HEAD, 'RUN uv pip install --python /usr/local/bin/python six']),
  row('the step has an answer for the refusal', [...HEAD, 'RUN uv pip install six || pip install six']),
  row('a base that nobody knows may have an environment', ['FROM registry.example/base:1', 'RUN uv pip install six']),
  row('the settings of the project mean the system', [...HEAD, 'COPY pyproject.toml .', ...REST], [], {
    'pyproject.toml': lines('[tool.uv.pip]', 'system = true'),
  }),
  row(
    'another image may bring the environment',
    [...HEAD, 'COPY --from=acme/packages:1 /app /app', ...REST],
    ['Dockerfile:6:1 fragile: `uv pip install -r requirements.txt` ends with'],
  ),
];
