// Rows of venv-on-path: lines of scripts, Makefiles, workflows and pages that run something in a container.

import { lines, type Row } from './row.ts';

const MANAGE = lines(
  'import sys',
  'def main():',
  '    from django.core.management import execute_from_command_line',
  'main()',
);
const HEAD = [
  'FROM python:3.12-slim',
  'RUN pip install uv',
  'WORKDIR /app',
  'COPY pyproject.toml uv.lock ./',
  'RUN uv sync --frozen --no-install-project',
];
const TAIL = ['COPY . .', 'CMD ["/app/.venv/bin/gunicorn", "shop.wsgi"]'];
const ENV = ['ENV VIRTUAL_ENV=/app/.venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const FILES = {
  Dockerfile: lines(...HEAD, ...TAIL),
  'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["django"]'),
  'uv.lock': 'version = 1\n',
  '.dockerignore': '.venv\n',
  'manage.py': MANAGE,
};
const ON_PATH = lines(...HEAD, ...ENV, 'COPY . .', 'CMD ["gunicorn", "shop.wsgi"]');
const AFTER = { Dockerfile: lines(...HEAD, ...ENV, ...TAIL) };
const COMPOSE = lines('services:', '  web:', '    build: .', '    container_name: shop-web');
const BY_PATH = 'Dockerfile:7:1 advice: `/app/.venv/bin/gunicorn shop.wsgi` runs in /app/.venv by its path';

/** The line brings ENV. */
const mended = (name: string, files: Row['files'], after: Row['after'] = AFTER): Row => ({
  name,
  id: 'venv-on-path',
  files: { ...FILES, ...files },
  after,
});

/** The line is said, and nothing changes. */
const said = (name: string, files: Row['files'], ...findings: readonly string[]): Row => ({
  name,
  id: 'venv-on-path',
  files: { ...FILES, ...files },
  findings,
});

const PAGE_FILES = {
  ...FILES,
  'compose.yml': COMPOSE,
  Dockerfile: lines(...HEAD, 'COPY . .', 'ENTRYPOINT ["uv", "run"]', 'CMD ["gunicorn", "shop.wsgi"]'),
};

/** What a page shows is said at this line of it; 0: nothing is. */
const page = (name: string, text: readonly string[], line = text.length): Row => ({
  name: `${name} of a page`,
  id: 'venv-on-path',
  files: { ...PAGE_FILES, 'README.md': lines(...text) },
  findings: line === 0 ? [] : [`README.md:${line}:1 fragile: \`docker compose exec web python manage.py migrate\``],
});

const make = (...commands: readonly string[]): string => lines('migrate:', ...commands.map((one) => `\t${one}`));

export const onPathEntered: readonly Row[] = [
  mended('a Makefile runs manage.py in the container of a service, outside of its environment', {
    'compose.yml': COMPOSE,
    Makefile: make('docker compose exec web python manage.py migrate'),
  }),
  mended('a script runs manage.py in a container that compose names', {
    'compose.yml': COMPOSE,
    'migrate.sh': lines('#!/bin/sh', 'docker exec -it shop-web python manage.py migrate'),
  }),
  mended('a script runs manage.py in a container that it starts', {
    'migrate.sh': lines(
      'docker build -t shop .',
      'docker run -d --name web shop',
      'docker exec web python manage.py migrate',
    ),
  }),
  mended('a workflow runs a program of the environment in a new container', {
    '.github/workflows/test.yml': lines(
      'on: push',
      'jobs:',
      '  test:',
      '    runs-on: ubuntu-latest',
      '    steps:',
      '      - uses: actions/checkout@v4',
      '      - run: docker build -t shop .',
      '      - run: docker run --rm shop python manage.py test',
    ),
  }),
  mended('a script of package.json runs a new container of a service', {
    'compose.yml': COMPOSE,
    'package.json': '{"scripts": {"migrate": "docker compose run --rm web python manage.py migrate"}}\n',
  }),
  mended('a justfile runs a script of the image that calls python', {
    'compose.yml': COMPOSE,
    'scripts/migrate.sh': lines('#!/bin/sh', 'python manage.py migrate'),
    justfile: lines('migrate:', '    docker compose exec web sh scripts/migrate.sh'),
  }),
  {
    name: 'a line that clears the entrypoint runs outside of what that goes through',
    id: 'venv-on-path',
    files: {
      ...PAGE_FILES,
      Makefile: make('docker build -t shop .', "docker run --rm --entrypoint '' shop python manage.py migrate"),
    },
    after: { Dockerfile: PAGE_FILES.Dockerfile.replace('COPY . .', `${lines(...ENV)}COPY . .`) },
  },
  said(
    'a script that a variable names may need nothing',
    { 'compose.yml': COMPOSE, Makefile: make('docker compose exec web python $(SCRIPT)') },
    BY_PATH,
  ),
  said(
    'the line of a Makefile is broken where ENV is not proven',
    {
      'Dockerfile.child': lines('FROM shop-web', 'CMD ["sh"]'),
      'compose.yml': COMPOSE,
      Makefile: make('docker compose exec web python manage.py migrate'),
    },
    'Makefile:2:2 broken: `docker compose exec web python manage.py migrate` runs the system Python; what `uv sync --frozen --no-install-project` (line 5 of Dockerfile) installs went into /app/.venv.',
  ),
  said(
    'a page is no proof of what is meant',
    {
      'compose.yml': COMPOSE,
      'README.md': lines('```sh', 'docker compose exec web python manage.py migrate', '```'),
      Dockerfile: lines(...HEAD, 'COPY . .', 'ENTRYPOINT ["uv", "run"]', 'CMD ["gunicorn", "shop.wsgi"]'),
    },
    'README.md:2:1 fragile: `docker compose exec web python manage.py migrate` runs the system Python; what `uv sync --frozen --no-install-project` (line 5 of Dockerfile) installs went into /app/.venv.',
  ),
  said(
    'the program by its path, a tool and a prompt find what they need',
    {
      'compose.yml': COMPOSE,
      Makefile: make(
        'docker compose exec web /app/.venv/bin/python manage.py migrate',
        'docker compose exec web uv run manage.py migrate',
        'docker compose exec web python',
        'docker compose exec web python -m json.tool x.json',
      ),
    },
    BY_PATH,
  ),
  said(
    'a variable that holds flags may hold a PATH',
    {
      'compose.yml': COMPOSE,
      Makefile: make('docker compose exec $(EXEC_FLAGS) web python manage.py migrate'),
    },
    BY_PATH,
  ),
  said(
    'the line sets PATH',
    {
      'compose.yml': COMPOSE,
      Makefile: make('docker compose exec -e PATH=/app/.venv/bin:/usr/bin:/bin web python manage.py migrate'),
    },
    BY_PATH,
  ),
  said(
    'the service sets PATH',
    {
      'compose.yml': `${COMPOSE}    environment:\n      PATH: /app/.venv/bin:/usr/local/bin:/usr/bin:/bin\n`,
      Makefile: make('docker compose exec web python manage.py migrate'),
    },
    BY_PATH,
  ),
  said(
    'another line installs what it needs',
    {
      'compose.yml': COMPOSE,
      Makefile: make('docker compose exec web python manage.py migrate', 'docker compose exec web pip install django'),
    },
    BY_PATH,
  ),
  said(
    'a container of another image',
    {
      'compose.yml': lines('services:', '  web:', '    build: .', '  db:', '    image: acme/tools'),
      Makefile: make('docker compose exec db python manage.py migrate'),
    },
    BY_PATH,
  ),
  said('an environment that is on PATH already', {
    Dockerfile: ON_PATH,
    'compose.yml': COMPOSE,
    Makefile: make('docker compose exec web python manage.py migrate'),
  }),
  said(
    'a login shell in a container has a PATH of its own',
    {
      Dockerfile: ON_PATH,
      'compose.yml': COMPOSE,
      Makefile: make('docker compose exec web bash -lc "python manage.py migrate"'),
    },
    'Makefile:2:2 fragile: `docker compose exec web bash -lc python manage.py migrate` runs the system Python: a login shell sets PATH anew, without /app/.venv.',
  ),
  said('a plain shell in a container has that of ENV, and a login shell may run what needs no packages', {
    Dockerfile: ON_PATH,
    'compose.yml': COMPOSE,
    Makefile: make(
      'docker compose exec web bash -c "python manage.py migrate"',
      'docker compose exec web bash -lc "python -m json.tool x.json"',
    ),
  }),
  page('an indented block', ['Then:', '', '    docker compose exec web python manage.py migrate']),
  page('an indented block with a prompt', ['    $ docker compose exec web \\', '        python manage.py migrate'], 1),
  page('the second line of an indented block', ['\tcd .', '\tdocker compose exec web python manage.py migrate']),
  page('text that is no code', ['Then do', '    docker compose exec web python manage.py migrate'], 0),
  page('an indented sentence', ['1. Wait.', '', '    docker compose exec web python manage.py migrates.'], 0),
  {
    name: 'a literal block of reST',
    id: 'venv-on-path',
    files: { ...PAGE_FILES, 'README.rst': lines('Then::', '', '  docker compose exec web python manage.py migrate') },
    findings: ['README.rst:3:1 fragile: `docker compose exec web python manage.py migrate`'],
  },
  said(
    'a page is told of beside what is only advice',
    { 'compose.yml': COMPOSE, 'README.md': lines('```sh', 'docker compose exec web python manage.py migrate', '```') },
    BY_PATH,
    'README.md:2:1 fragile: `docker compose exec web python manage.py migrate` runs the system Python',
  ),
  said(
    'an image that is only taken for the one that is built',
    { Makefile: make('docker run --rm acme-shop python manage.py migrate') },
    BY_PATH,
    'Makefile:2:2 fragile: `docker run --rm acme-shop python manage.py migrate` runs the system Python',
  ),
];
