// Rows of ignore-venv: what is thought to need the environment of the host, and what is not.

import { lines, type Row } from './row.ts';

const id = 'ignore-venv';
const PROJECT = { 'requirements.txt': 'flask\n', 'app.py': 'import flask\n' };
const START = 'CMD ["python", "app.py"]';
const ADDED = { '.dockerignore': '.venv\n' };

/** An image of the project at the root that takes all of it in, between what is given. */
const image = (above: readonly string[], ...below: string[]): string =>
  lines('FROM python:3.12-slim', 'WORKDIR /app', ...above, 'COPY . .', ...below);

/** The line is added, whatever else stands in the repository. */
const added = (name: string, dockerfile: string, more: Row['files'] = {}, after: Row['after'] = ADDED): Row => ({
  name,
  id,
  files: { ...PROJECT, Dockerfile: dockerfile, ...more },
  after,
});

/** Nothing is changed, and said why. */
const held = (name: string, dockerfile: string, findings: readonly string[], more: Row['files'] = {}): Row => ({
  name,
  id,
  files: { ...PROJECT, Dockerfile: dockerfile, ...more },
  findings,
});

const mounts: readonly Row[] = [
  added(
    'a command above the copy sees nothing of the host, whatever is mounted',
    lines(
      'FROM python:3.12-slim AS tools',
      'RUN python -m venv /opt/tools',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'RUN --network=host --mount=type=cache,target=/root/.cache/pip --mount=type=bind,source=wheels,target=/wheels \\',
      '    --mount=from=tools,source=/opt,target=/tools curl https://example.com/setup | sh && .venv/bin/pip install flask',
      'COPY . .',
      START,
    ),
    { 'wheels/readme': 'none\n' },
  ),
  added(
    'a mount of a stage with an environment of its own is none of the host',
    lines(
      'FROM python:3.12-slim AS build',
      'WORKDIR /app',
      'RUN python -m venv .venv && .venv/bin/pip install flask',
      'COPY . .',
      'FROM python:3.12-slim',
      'RUN --mount=from=build,target=/build /build/app/.venv/bin/pip freeze > /versions',
      'COPY --from=build /app /app',
      'CMD ["/app/.venv/bin/python", "/app/app.py"]',
    ),
  ),
  held(
    'a cache that begins with a stage brings what the stage took in',
    lines(
      'FROM python:3.12-slim AS build',
      'WORKDIR /app',
      'COPY . .',
      'FROM python:3.12-slim',
      'RUN --mount=type=cache,from=build,source=/app,target=/cache cp -a /cache/.venv /opt/venv',
      'COPY --from=build /app/app.py /app/app.py',
      'CMD ["python", "/app/app.py"]',
    ),
    ['Dockerfile:3:1 (`/cache/.venv`) uses it'],
  ),
];

const stages: readonly Row[] = [
  added(
    'a stage that takes nothing from the host has what its base has',
    lines(
      'FROM acme/tools:1 AS tools',
      'WORKDIR /app',
      'RUN .venv/bin/python -V',
      'RUN . .venv/bin/activate && tool check',
      'RUN poetry run tool check',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'COPY . .',
      START,
    ),
  ),
  held(
    'a stage that is built on one with the environment has it from its start',
    lines(
      'FROM python:3.12-slim AS base',
      'WORKDIR /app',
      'COPY . .',
      'FROM base',
      'RUN .venv/bin/python -V',
      'COPY . .',
      START,
    ),
    ['Dockerfile:3:1 Line 5 of Dockerfile (`.venv/bin/python`) uses it'],
  ),
  held(
    'what another stage makes is not made in this one',
    lines(
      'FROM python:3.12-slim AS test',
      'WORKDIR /app',
      'COPY . .',
      'RUN .venv/bin/pytest',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'RUN python -m venv .venv && .venv/bin/pip install flask',
      'COPY . .',
      START,
    ),
    ['Dockerfile:8:1 Line 4 of Dockerfile (`.venv/bin/pytest`) uses it'],
  ),
  added(
    'what is made and removed in one command is not the one of the host',
    image([], 'RUN python -m venv .venv && .venv/bin/pip wheel flask && rm -rf .venv', START),
  ),
  added(
    'where a single file lands no environment of the host does',
    lines(
      'FROM acme/python:1',
      'COPY requirements.txt /opt/',
      'COPY . /app',
      'CMD ["/opt/.venv/bin/python", "/app/app.py"]',
    ),
  ),
  added(
    'what another image brings is not the one of the host',
    lines(
      'FROM python:3.12-slim',
      'COPY --from=registry.example.com/tool:1 /app /tool',
      'COPY . /app',
      'CMD ["/tool/.venv/bin/python", "/app/app.py"]',
    ),
  ),
  added(
    'an environment that another image brings by its name is not the one of the host',
    image(['COPY --from=registry.example.com/tool:1 /opt/.venv /app/.venv'], 'CMD [".venv/bin/python", "app.py"]'),
  ),
  added(
    'the environment of a stage or of an image is that of no context of its own',
    lines(
      'FROM python:3.12-slim AS build',
      'RUN python -m venv /.venv && /.venv/bin/pip install flask',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'COPY --from=build /.venv /opt/a',
      'COPY --from=registry.example.com/tool:1 /.venv /opt/b',
      'COPY . .',
      START,
    ),
  ),
];

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
      'setup.sh': 'python -m venv .venv\n.venv/bin/pip install flask\n',
    },
  ),
  added('a page that tells of a container starts none', image([], START), {
    'notes.md': 'Try `docker run web .venv/bin/python app.py`.\n',
  }),
  added('a command of a container ends with its line', image([], START), {
    'deploy.sh': 'docker run --rm web\n.venv/bin/python app.py\n',
  }),
];

const services: readonly Row[] = [
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
  added('another program that runs things is no tool of projects', image([], 'CMD ["npm", "run", "start"]')),
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
  held(
    'a script may start what poetry finds there',
    image(['RUN pip install poetry'], 'RUN sh ci.sh', START),
    ['Dockerfile:4:1 Line 2 of ci.sh (`poetry run`) uses it'],
    { ...PYPROJECT, 'ci.sh': '# poetry run\npoetry run pytest\n' },
  ),
];

const COMPOSE_WEB = { 'compose.yaml': lines('services:', '  web:', '    build: web') };
const WEB = lines('FROM acme/web:1', 'WORKDIR /app', 'COPY . .', 'CMD [".venv/bin/python", "-m", "web"]');

const others: readonly Row[] = [
  added('what another context takes in is left to its own ignore file', image([], START), {
    ...COMPOSE_WEB,
    'web/Dockerfile': WEB,
    'web/web.py': 'pass\n',
    Makefile: 'web:\n\tdocker build -f web/Dockerfile web\n',
  }),
  {
    ...added('a Dockerfile of an unknown context may have an ignore file of its own', image([], START), {
      'web/Dockerfile': WEB,
      'web/Dockerfile.dockerignore': '*.md\n',
      'web/web.py': 'pass\n',
    }),
    findings: ['web/Dockerfile:3:1 The build context is not known'],
  },
  added('a Dockerfile that stands in compose is no command from outside', image([], START), {
    'compose.yaml': lines(
      'services:',
      '  web:',
      '    build:',
      '      context: .',
      '      dockerfile_inline: |',
      '        FROM acme/web:1',
      '        RUN /srv/.venv/bin/python -V',
      '        COPY . /srv',
    ),
  }),
];

/** The image's own environment lies below a copied folder. */
const own = (name: string, copy: string, where: string, more: Row['files'], after?: Row['after']): Row => ({
  name,
  id,
  files: {
    Dockerfile: lines('FROM python:3.12-slim', `RUN python -m venv ${where}`, copy, 'CMD ["python", "/srv/app.py"]'),
    'src/app.py': 'pass\n',
    'tests/a.py': 'pass\n',
    ...more,
  },
  ...(after === undefined ? {} : { after }),
});

const environments: readonly Row[] = [
  own(
    'of several folders that are copied into one none is taken for its place',
    'COPY src tests /srv/',
    '/srv/env',
    {},
  ),
  own(
    'with its folders a copy lays the environment where it stands',
    'COPY --parents src /srv/',
    '/srv/src/env',
    {},
    {
      '.dockerignore': 'src/env\n',
    },
  ),
  own(
    'an environment of which a part is not known is none of the context',
    'ARG X\nRUN python -m venv /srv/$X\nCOPY src /srv/',
    '/opt/e',
    {},
  ),
  {
    name: 'in the folder of a context the sources are looked for',
    id,
    files: {
      'compose.yaml': lines('services:', '  api:', '    build: api'),
      'api/Dockerfile': lines(
        'FROM python:3.12-slim',
        'RUN python -m venv /srv/env && python -m venv /opt/app/env',
        'COPY src /srv',
        'COPY . /',
        'CMD ["python", "/srv/app.py"]',
      ),
      'api/src/app.py': 'pass\n',
      'api/opt/app/a': 'a\n',
    },
    after: { 'api/.dockerignore': 'src/env\nopt/app/env\n' },
  },
  {
    name: 'a folder of the repository in the context is no environment',
    id,
    files: {
      'compose.yaml': lines('services:', '  api:', '    build: api'),
      'api/Dockerfile': lines(
        'FROM python:3.12-slim',
        'RUN python -m venv /srv/env',
        'COPY . /srv',
        'CMD ["python", "/srv/app.py"]',
      ),
      'api/env/settings.py': 'pass\n',
    },
  },
  {
    name: 'what git leaves out stands in each project',
    id,
    files: {
      Dockerfile: image([], 'CMD ["python", "api/app.py"]'),
      'api/requirements.txt': 'flask\n',
      '.gitignore': 'venv\n',
    },
    after: { '.dockerignore': '**/.venv\n**/venv\n' },
  },
];

const wrote = (name: string, text: string, after: string, more: Row['files'] = {}): Row =>
  added(name, image([], START), { '.dockerignore': text, ...more }, { '.dockerignore': after });

const places: readonly Row[] = [
  wrote('beside an entry from the root the line is one too', '/venv/\n', '/venv/\n/.venv/\n'),
  wrote('the line is deep where the others are', '**/dist\n**/build\n', '**/dist\n**/build\n**/.venv\n'),
  wrote(
    'the entries of Python under a heading that means something else are no place for it',
    '# Build\n__pycache__\n\n# Docs\ndocs\n',
    '# Build\n__pycache__\n\n# Docs\ndocs\n\n# Virtual environments\n.venv\n',
  ),
  wrote('below a blank line no heading is meant', '# Docs\ndocs\n\n', '# Docs\ndocs\n\n.venv\n'),
  wrote(
    'headings without blank lines stay so',
    '# Docs\ndocs\n# Tests\ntests\n',
    '# Docs\ndocs\n# Tests\ntests\n# Virtual environments\n.venv\n',
  ),
  wrote(
    'a last line that is not ended is a heading too',
    'docs\n# Tests',
    'docs\n# Tests\n\n# Virtual environments\n.venv',
  ),
  {
    ...own('no line is written that leaves nothing out', 'COPY src /srv/', '"/srv/v "', { '.dockerignore': 'docs\n' }),
    findings: ['Dockerfile:3:1 No line can be added to .dockerignore that leaves it out'],
  },
  added(
    'an environment in the work tree stands in the way of no line',
    image([], START),
    { 'api/pyproject.toml': '[project]\n', 'api/.venv/pyvenv.cfg': 'home = /usr\n' },
    { '.dockerignore': '**/.venv\n' },
  ),
  {
    ...added(
      'what is recommended is for a copy of all',
      lines('FROM python:3.12-slim', 'COPY api /app', START),
      {
        'api/pyproject.toml': '[project]\n',
      },
      { '.dockerignore': '**/.venv\n' },
    ),
    settings: { recommendedIgnores: true },
  },
  held(
    'a long copy is told in short',
    image([], START)
      .replace('COPY . .', 'COPY --chown=1000:1000 --chmod=0755 app.py requirements.txt scripts ./')
      .replace(
        'CMD',
        'COPY --chown=1000:1000 --chmod=0755 --link --exclude=*.md --exclude=*.txt . .\nRUN .venv/bin/python -V\nCMD',
      ),
    ['Dockerfile:4:1 `COPY --chown=1000:1000 --chmod=0755 --link --exclude=*.md...` takes'],
    { 'scripts/a': 'a\n' },
  ),
  {
    name: 'what a link leaves out is not known',
    id,
    files: { ...PROJECT, Dockerfile: image([], START) },
    kinds: { '.dockerignore': 'symlink' },
  },
];

export const ignore: readonly Row[] = [
  ...mounts,
  ...stages,
  ...files,
  ...services,
  ...tools,
  ...others,
  ...environments,
  ...places,
];
