// Rows of ignore-venv: what starts a program of the host's environment, and what only looks so.

import { added, held, image, START } from './ignoreRow.ts';
import { lines, type Row } from './row.ts';

const files: readonly Row[] = [
  added('a comment of a configuration starts nothing', image([], START), {
    Procfile: '# web: .venv/bin/gunicorn app\nweb: gunicorn app\n',
  }),
  added(
    'a name that only ends in it is another',
    image(['RUN python -m venv /opt/app.venv'], 'CMD ["/opt/app.venv/bin/python", "app.py"]'),
  ),
  added(
    'a configuration that is left out of the image starts nothing there',
    image([], START),
    { Procfile: 'web: .venv/bin/gunicorn app\n', '.dockerignore': 'Procfile\n' },
    { '.dockerignore': 'Procfile\n.venv\n' },
  ),
  added(
    'a configuration starts nothing in a stage that is not built',
    lines(
      'FROM python:3.12-slim AS test',
      'WORKDIR /app',
      'COPY . .',
      'RUN python -m unittest',
      'FROM python:3.12-slim',
      'COPY app.py .',
      START,
    ),
    { Procfile: 'web: .venv/bin/gunicorn app\n' },
  ),
  held(
    'a script of a stage that is not built may activate it',
    lines(
      'FROM python:3.12-slim AS test',
      'WORKDIR /app',
      'COPY . .',
      'RUN sh ci.sh',
      'FROM python:3.12-slim',
      'COPY app.py .',
      START,
    ),
    ['Dockerfile:3:1 Line 1 of ci.sh (`.venv/bin/activate`) uses it'],
    { 'ci.sh': '. .venv/bin/activate\npytest\n' },
  ),
  held(
    'a script of a stage that is not built may start a program of it',
    lines(
      'FROM python:3.12-slim AS test',
      'WORKDIR /app',
      'COPY . .',
      'RUN sh ci.sh',
      'FROM python:3.12-slim',
      'COPY app.py .',
      START,
    ),
    ['Dockerfile:3:1 Line 1 of ci.sh (`.venv/bin/pytest`) uses it'],
    { 'ci.sh': '.venv/bin/pytest\n' },
  ),
  added(
    'a script that makes the environment uses its own',
    image([], 'RUN sh setup.sh', 'CMD [".venv/bin/python", "app.py"]'),
    {
      'setup.sh': 'python -m venv .venv\n. .venv/bin/activate\npip install flask\n.venv/bin/pip check\n',
    },
  ),
  added('a page that tells of a container starts none', image([], START), {
    'notes.md': 'Try `docker run web .venv/bin/python app.py`.\n',
  }),
  added('a command of a container ends with its line', image([], START), {
    'deploy.sh': 'docker run --rm web\n.venv/bin/python app.py\n',
  }),
  held(
    'a command of a container may start a program of it',
    image([], START),
    ['Dockerfile:3:1 Line 1 of deploy.sh (`.venv/bin/python`) uses it'],
    { 'deploy.sh': 'docker run --rm web sh -c "pip check && .venv/bin/python app.py"\n' },
  ),
  added('a command of a container may make the environment first, whatever installs', image([], START), {
    'deploy.sh': 'docker run --rm web sh -c "pdm install && .venv/bin/python app.py"\n',
  }),
];

/** Where two environments of one name may stand, and the service uses the upper one. */
const USES_UPPER = lines(
  'services:',
  '  web:',
  '    build: .',
  '    command: sh -c ". /app/.venv/bin/activate && flask run"',
);

const uvProject = (folder: string): Row['files'] => ({
  [`${folder}pyproject.toml`]: lines('[project]', 'name = "web"', 'version = "1"'),
  [`${folder}uv.lock`]: 'version = 1\n',
});

const services: readonly Row[] = [
  {
    name: 'an environment in a folder is left out alone where one of its name above it is used',
    id: 'ignore-venv',
    files: { Dockerfile: image([], START), 'api/requirements.txt': 'flask\n', 'compose.yaml': USES_UPPER },
    after: { '.dockerignore': 'api/.venv\n' },
  },
  {
    name: 'of several environments of one name the used one stays',
    id: 'ignore-venv',
    files: {
      Dockerfile: image([], START),
      ...uvProject(''),
      ...uvProject('api/'),
      ...uvProject('job/'),
      'compose.yaml': lines('services:', '  web:', '    build: .', '    command: /app/api/.venv/bin/flask run'),
    },
    after: { '.dockerignore': '.venv\njob/.venv\n' },
    findings: ['Dockerfile:3:1 uses it, and nothing that can be read there makes it'],
  },
  added(
    'a service of a stage that takes nothing from the host uses what that stage has',
    lines(
      'FROM python:3.12-slim AS test',
      'WORKDIR /app',
      'COPY . .',
      'RUN python -m unittest',
      'FROM acme/web:1 AS prod',
      'WORKDIR /app',
    ),
    {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: {context: ., target: prod}',
        '    command: .venv/bin/gunicorn app',
        '    environment: {HOME: /app/.venv}',
      ),
    },
  ),
  added('a variable of a service that nobody knows names nothing', image([], START), {
    'compose.yaml': lines('services:', '  web:', '    build: .', '    environment:', '      HOME: ${SOMEWHERE}'),
  }),
  held(
    'a health check of a service may start a program of it',
    image([], START),
    ['Dockerfile:3:1 Line 6 of compose.yaml (`.venv/bin/python`) uses it'],
    {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '',
        '    healthcheck:',
        '      test: .venv/bin/python -V',
      ),
    },
  ),
  added('what another service starts is not in this image', image([], START), {
    'compose.yaml': lines(
      'services:',
      '  web:',
      '    build: .',
      '  tool:',
      '    image: acme/tool:1',
      '    command: .venv/bin/python -V',
    ),
  }),
  held(
    'a service may activate it in the shell that it starts',
    image([], START),
    ['Dockerfile:3:1 Line 4 of compose.yaml (`.venv/bin/activate`) uses it'],
    {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '    command: sh -c ". .venv/bin/activate && exec flask run"',
      ),
    },
  ),
];

const PYPROJECT = { 'pyproject.toml': '[project]\nname = "web"\nversion = "1"\n' };

const tools: readonly Row[] = [
  added(
    'poetry that makes no environment starts what pip installed',
    image(
      ['ENV POETRY_VIRTUALENVS_CREATE=false', 'RUN pip install poetry flask'],
      'CMD ["poetry", "run", "flask", "run"]',
    ),
    PYPROJECT,
  ),
  added(
    'a command that is not read may have installed what poetry starts',
    image([], 'RUN ./bin/setup', 'CMD ["poetry", "run", "flask", "run"]'),
    PYPROJECT,
  ),
  added('another program that runs things is no tool of projects', image([], 'CMD ["flask", "run"]')),
  added(
    'a command of poetry that starts nothing needs no environment',
    image([], 'RUN poetry export -o all.txt && pip install -r all.txt', 'CMD ["python", "app.py"]'),
    PYPROJECT,
  ),
  added(
    'what the tool has installed it starts',
    image(['COPY Pipfile ./', 'RUN pip install pipenv && pipenv install'], 'CMD ["pipenv", "run", "flask", "run"]'),
    { Pipfile: '[packages]\nflask = "*"\n' },
  ),
  held(
    'a tool that is started looks in the last working folder',
    lines(
      'FROM python:3.12-slim',
      'RUN pip install poetry',
      'COPY . /app',
      'CMD ["poetry", "run", "flask", "run"]',
      'WORKDIR /app',
    ),
    ['Dockerfile:3:1 Line 4 of Dockerfile (`poetry run`) uses it'],
    PYPROJECT,
  ),
  added(
    'a tool that is started elsewhere finds no environment of the host',
    lines(
      'FROM python:3.12-slim',
      'RUN pip install poetry',
      'COPY . /app',
      'WORKDIR /srv',
      'CMD ["poetry", "run", "flask", "run"]',
    ),
    PYPROJECT,
  ),
  added(
    'a tool that is started beside an environment of the image finds that one',
    image(['RUN python -m venv .venv && .venv/bin/pip install flask'], 'CMD ["poetry", "run", "flask", "run"]'),
    PYPROJECT,
  ),
  held(
    'uv that may not install starts what the host has',
    image([], 'CMD ["uv", "run", "--no-sync", "flask", "run"]'),
    ['Dockerfile:3:1 Line 4 of Dockerfile (`uv run`) uses it'],
    PYPROJECT,
  ),
  added(
    'a stage that takes nothing from the host starts nothing of it by a tool',
    lines('FROM python:3.12-slim', 'WORKDIR /app', 'RUN pip install poetry && poetry run python -V') + image([], START),
    PYPROJECT,
  ),
  held(
    'a script may start what poetry finds there',
    image(['RUN pip install poetry'], 'RUN sh ci.sh', START),
    ['Dockerfile:4:1 Line 2 of ci.sh (`poetry run`) uses it'],
    { ...PYPROJECT, 'ci.sh': '# poetry run\npoetry run pytest\n' },
  ),
  held(
    'a line of a script that a comment above it has word by word is found where it runs',
    image([], 'RUN sh ci.sh', START),
    ['Dockerfile:3:1 Line 3 of ci.sh (`.venv/bin/python`) uses it'],
    { 'ci.sh': lines('#!/bin/sh', '# usage: .venv/bin/python app.py', '.venv/bin/python app.py') },
  ),
];

export const ignoreStarts: readonly Row[] = [...files, ...services, ...tools];
