// Rows of venv-on-path: starts in images without a Python, and of programs that pip puts beside PATH.

import { foundBy, lines, type Row } from './row.ts';

const row = foundBy('venv-on-path', { 'app.py': 'import json\n' });

const START = ['COPY app.py .', 'CMD ["python3", "app.py"]'];
const PYTHON = ['COPY app.py .', 'CMD ["python", "app.py"]'];
const apt = (...names: readonly string[]): string => `RUN apt-get update && apt-get install -y ${names.join(' ')}`;

const withoutPython: readonly Row[] = [
  row(
    'Debian comes without a Python',
    ['FROM debian:12', ...START],
    [
      'Dockerfile:3:1 broken: `python3 app.py` finds no Python: `debian:12` (line 1) has none, and nothing installs one (exit 127). Write `RUN apt-get update && apt-get install -y python3`',
    ],
  ),
  row(
    'Ubuntu with other packages comes without a Python',
    ['FROM ubuntu:24.04', apt('curl', 'ca-certificates'), ...PYTHON],
    ['Dockerfile:4:1 broken: `python app.py` finds no Python'],
  ),
  row(
    'Alpine comes without a Python',
    ['FROM alpine:3.20', ...START],
    ['Dockerfile:3:1 Write `RUN apk add --no-cache python3`'],
  ),
  row(
    'the Python of Ubuntu is no program `python`',
    ['FROM ubuntu:22.04', apt('python3', 'python3-pip'), ...PYTHON],
    [
      'Dockerfile:4:1 broken: `python app.py` finds no program `python`: the Python of `ubuntu:22.04` (line 1) is `python3` alone (exit 127). Write `python3`, or install `python-is-python3` too.',
    ],
  ),
  row('the distribution has a Python by then', ['FROM debian:12', apt('python3'), ...START]),
  row('a package that may bring a Python', ['FROM debian:12', apt('mercurial'), ...START]),
  row('a package gives Python its short name', ['FROM ubuntu:22.04', apt('python3', 'python-is-python3'), ...PYTHON]),
  row('a step gives Python its short name', [
    'FROM ubuntu:22.04',
    apt('python3'),
    'RUN ln -s /usr/bin/python3 /usr/bin/python',
    ...PYTHON,
  ]),
  row('Alpine gives Python its short name', ['FROM alpine:3.20', 'RUN apk add python3', ...PYTHON]),
  row('a script may install a Python', ['FROM debian:12', 'COPY setup.sh .', 'RUN sh setup.sh', ...START]),
  row('a Python may be copied along', [
    'FROM python:3.12 AS made',
    'FROM debian:12',
    'COPY --from=made /usr/local /usr/local',
    ...START,
  ]),
  row(
    'a list of packages may bring a Python',
    ['FROM debian:12', 'COPY apt.txt .', 'RUN apt-get update && xargs apt-get install -y < apt.txt', ...START],
    [],
    { 'apt.txt': 'python3\n' },
  ),
  row('a mount of another image may bring a Python', [
    'FROM debian:12',
    'RUN --mount=type=bind,from=python:3.12,source=/usr/local,target=/mnt cp -r /mnt/. /usr/local/',
    ...START,
  ]),
  row('a base that nobody knows may have a Python', ['FROM registry.example/base:1', ...START]),
  row('a base that is no plain distribution', ['FROM node:22', ...START]),
];

const USER = ['FROM python:3.12-slim', 'RUN useradd --create-home app', 'USER app', 'WORKDIR /home/app'];
const SERVED = 'CMD ["gunicorn", "app:app"]';
const MISSED =
  'broken: `gunicorn app:app` is not found (exit 127): `pip install gunicorn` (line 5) puts it into `~/.local/bin`, which is not on PATH. Write `ENV PATH="/home/app/.local/bin:$PATH"`, or `python -m gunicorn`.';

const userInstalls: readonly Row[] = [
  row(
    'pip of a user who may not write to the system',
    [...USER, 'RUN pip install gunicorn', SERVED],
    [`Dockerfile:6:1 ${MISSED}`],
  ),
  row(
    'pip install --user as root',
    ['FROM python:3.12-slim', 'RUN pip install --user gunicorn', SERVED],
    [
      'Dockerfile:3:1 broken: `gunicorn app:app` is not found (exit 127): `pip install --user gunicorn` (line 2) puts it into `~/.local/bin`, which is not on PATH. Write `ENV PATH="/root/.local/bin:$PATH"`',
    ],
  ),
  row(
    'a file of requirements for the user',
    ['FROM python:3.12-slim', 'COPY requirements.txt .', 'RUN pip install --user -r requirements.txt', SERVED],
    ['Dockerfile:4:1 broken: `gunicorn app:app` is not found (exit 127)'],
    { 'requirements.txt': 'flask==3.0\ngunicorn==22.0\n' },
  ),
  row('another package that root installs may need it', [
    'FROM python:3.12-slim',
    'RUN pip install flask-stack && useradd --create-home app',
    'USER app',
    'RUN pip install gunicorn',
    SERVED,
  ]),
  row(
    'root installs an installer alone',
    [
      'FROM python:3.12-slim',
      'RUN pip install poetry && useradd -m app',
      'USER app',
      'RUN pip install gunicorn',
      SERVED,
    ],
    ['Dockerfile:5:1 broken: `gunicorn app:app` is not found (exit 127)'],
  ),
  row('a user without a home has no folder of programs', [
    'FROM python:3.12-slim',
    'USER nobody',
    'RUN pip install gunicorn',
    SERVED,
  ]),
  row('a user whose home is elsewhere', [
    'FROM python:3.12-slim',
    'RUN useradd -m -d /srv/app app',
    'USER app',
    'RUN pip install gunicorn',
    SERVED,
  ]),
  row('the folder of the user is on PATH', [
    ...USER,
    'ENV PATH="/home/app/.local/bin:$PATH"',
    'RUN pip install gunicorn',
    SERVED,
  ]),
  row('the module is started by Python', [
    ...USER,
    'RUN pip install gunicorn',
    'CMD ["python", "-m", "gunicorn", "app:app"]',
  ]),
  row('root installs for all', ['FROM python:3.12-slim', 'RUN pip install gunicorn', 'USER 1000', SERVED]),
  ...['COPY --chown=app requirements.txt .', 'RUN mkdir /srv/data\nCOPY requirements.txt .'].map((copy) =>
    row(
      `files of the user beside the system: ${copy.split('\n')[0]}`,
      [
        'FROM python:3.12-slim',
        'WORKDIR /srv/app',
        'RUN useradd -m app && chown -R app:app /srv/app && chmod 755 /srv',
        copy,
        'USER app',
        'RUN pip install -r requirements.txt',
        SERVED,
      ],
      [`Dockerfile:${copy.includes('\n') ? 8 : 7}:1 broken: \`gunicorn app:app\` is not found (exit 127)`],
      { 'requirements.txt': 'gunicorn\n' },
    ),
  ),
  ...['chown -R app /usr', 'chmod -R 777 /', 'chown -R app "$PREFIX"', 'chown -R app .'].map((leave) =>
    row(`the user may write to the system: ${leave}`, [
      'FROM python:3.12-slim',
      `RUN useradd -m app && ${leave}`,
      'USER app',
      'RUN pip install gunicorn',
      SERVED,
    ]),
  ),
  row('the user may write to the system', [
    'FROM python:3.12-slim',
    'RUN useradd -m app && chown -R app /usr/local',
    'USER app',
    'RUN pip install gunicorn',
    SERVED,
  ]),
  row(
    'root installs it too',
    [
      'FROM python:3.12-slim',
      'COPY requirements.txt .',
      'RUN pip install -r requirements.txt',
      'USER 1000',
      'RUN pip install --user gunicorn',
      SERVED,
    ],
    [],
    { 'requirements.txt': 'flask\n' },
  ),
  row(
    'a service has a PATH of its own for the programs of the user',
    [...USER, 'RUN pip install gunicorn', 'CMD ["python", "app.py"]'],
    [],
    {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '    command: gunicorn app:app',
        '    environment:',
        '      PATH: /home/app/.local/bin:/usr/local/bin:/usr/bin:/bin',
      ),
    },
  ),
  row(
    'a service starts a program of the user',
    [...USER, 'RUN pip install gunicorn', 'CMD ["python", "app.py"]'],
    [
      'compose.yaml:4:14 broken: `gunicorn app:app` is not found (exit 127): `pip install gunicorn` (line 5 of Dockerfile)',
    ],
    { 'compose.yaml': lines('services:', '  web:', '    build: .', '    command: gunicorn app:app') },
  ),
];

export const missingPrograms: readonly Row[] = [...withoutPython, ...userInstalls];
