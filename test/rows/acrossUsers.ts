// Environments, caches and homes of one user in the hands of another.

import { lines, type Row } from './row.ts';

const id = 'keep-venv-across-stages';
const PROJECT = {
  'pyproject.toml': lines(
    '[project]',
    'name = "shop"',
    'version = "1"',
    'requires-python = ">=3.11"',
    'dependencies = ["flask"]',
  ),
  'uv.lock': 'version = 1\n',
  '.dockerignore': '.venv\n',
};
const UV = 'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv';
const HEAD = ['FROM python:3.12-slim', UV];
const USER = ['RUN useradd -m app', 'USER app'];
const ROOTS = ['WORKDIR /app', 'COPY pyproject.toml uv.lock ./', 'RUN uv sync --frozen --no-dev --no-install-project'];

const row = (name: string, steps: readonly string[], more: Partial<Row> = {}): Row => ({
  name,
  id,
  ...more,
  files: { Dockerfile: lines(...HEAD, ...steps), ...PROJECT, ...more.files },
});

const VENV = 'RUN python3 -m venv /opt/venv';

const folders: readonly Row[] = [
  row("an environment in a folder of root's, behind USER", [...USER, VENV], {
    findings: [
      'Dockerfile:5:1 broken: `python3 -m venv /opt/venv` runs as app (line 4) and writes /opt/venv, and /opt belongs to root',
    ],
  }),
  row('an environment before USER', [VENV, ...USER]),
  row("an environment in the user's home", [...USER, 'RUN python3 -m venv /home/app/venv']),
  row('an environment in /tmp', [...USER, 'RUN python3 -m venv /tmp/venv']),
  row('the folder is given to the user', [
    'RUN mkdir /opt/venv && useradd -m app && chown app /opt/venv',
    'USER app',
    VENV,
  ]),
  row('all of the folder above is given to the user', ['RUN useradd -m app && chown -R app /opt', 'USER app', VENV]),
  row('a script may give it', ['RUN useradd -m app && ./setup.sh', 'USER app', VENV]),
  row('a COPY gives it', ['RUN useradd -m app', 'COPY --chown=app . /opt/venv', 'USER app', VENV]),
  row('a base that nobody knows', [], {
    files: { Dockerfile: lines('FROM registry.example/python:1', 'USER app', VENV) },
  }),
  row(
    'whose a folder of WORKDIR becomes behind USER is not known',
    [...USER, 'WORKDIR /srv/app', 'RUN uv sync --frozen'],
    {
      files: { 'pyproject.toml': PROJECT['pyproject.toml'] },
    },
  ),
  row(
    "a working folder of root's",
    ['WORKDIR /app', 'COPY pyproject.toml uv.lock ./', ...USER, 'RUN uv sync --frozen'],
    {
      findings: [
        'Dockerfile:7:1 broken: `uv sync --frozen` runs as app (line 6) and writes /app/.venv, and /app belongs to root',
      ],
    },
  ),
  row("an install into an environment of root's", [VENV, ...USER, 'RUN /opt/venv/bin/pip install flask'], {
    findings: ['Dockerfile:6:1 broken: `/opt/venv/bin/pip install flask` runs as app (line 5) and writes /opt/venv'],
  }),
  row('an install into an environment that was given away', [
    `${VENV} && useradd -m app && chown -R app /opt/venv`,
    'USER app',
    'RUN /opt/venv/bin/pip install flask',
  ]),
  row("pip --target into a folder of root's", [...USER, 'RUN pip install --target /opt/lib flask'], {
    findings: ['Dockerfile:5:1 broken: `pip install --target /opt/lib flask` runs as app (line 4) and writes /opt/lib'],
  }),
  row('pip falls back to the home of its user', [...USER, 'RUN pip install flask']),
  row('root again', [...USER, 'USER root', VENV]),
];

const RUN = 'CMD ["uv", "run", "app.py"]';
const DEV = { 'pyproject.toml': `${PROJECT['pyproject.toml']}[dependency-groups]\ndev = ["pytest"]\n` };

const starts: readonly Row[] = [
  row("uv run over an environment of root's", [...ROOTS, ...USER, RUN], {
    findings: [
      'Dockerfile:8:1 fragile: `uv run app.py` brings /app/.venv up to the lock at each start, as app; it belongs to root (line 5)',
    ],
  }),
  row('uv pip install goes by no lock', [
    ...ROOTS,
    ...USER,
    'ENV VIRTUAL_ENV=/app/.venv',
    'CMD ["uv", "pip", "install", "six"]',
  ]),
  row('uv run would install the development packages', [...ROOTS, ...USER, RUN], {
    files: DEV,
    findings: [
      'Dockerfile:8:1 broken: `uv run app.py` installs the development packages that line 5 leaves out, as app',
    ],
  }),
  row('uv run without the development packages', [...ROOTS, ...USER, 'CMD ["uv", "run", "--no-dev", "app.py"]'], {
    files: DEV,
    findings: ['Dockerfile:8:1 fragile: `uv run --no-dev app.py` brings /app/.venv up to the lock'],
  }),
  row('uv run without a sync', [...ROOTS, ...USER, 'CMD ["uv", "run", "--no-sync", "app.py"]']),
  row('UV_NO_SYNC', ['ENV UV_NO_SYNC=1', ...ROOTS, ...USER, RUN]),
  row('uv run as root', [...ROOTS, RUN]),
  row('uv run over what was given to its user', [...ROOTS, 'RUN useradd -m app && chown -R app /app', 'USER app', RUN]),
];

const POETRY = {
  'pyproject.toml': lines(
    '[tool.poetry]',
    'name = "shop"',
    'version = "1"',
    '[tool.poetry.dependencies]',
    'flask = "^3"',
  ),
  'app.py': 'import flask\n',
};
const poetry = (...steps: readonly string[]): readonly string[] => [
  'RUN pip install poetry',
  'WORKDIR /app',
  'COPY pyproject.toml app.py ./',
  ...steps,
];
const POETRY_RUN = 'CMD ["poetry", "run", "python", "app.py"]';

const homes: readonly Row[] = [
  row("poetry's environment is in the cache of root", poetry('RUN poetry install --no-root', ...USER, POETRY_RUN), {
    files: POETRY,
    findings: [
      'Dockerfile:9:1 broken: `poetry run python app.py` runs as app, and `poetry install --no-root` (line 6) put the packages into the cache of root',
    ],
  }),
  row(
    "pipenv's environment is in the cache of root",
    [
      'RUN pip install pipenv',
      'WORKDIR /app',
      'COPY Pipfile app.py ./',
      'RUN pipenv install',
      ...USER,
      'CMD ["pipenv", "run", "gunicorn", "app:app"]',
    ],
    {
      files: { Pipfile: '[packages]\nflask = "*"\n', 'app.py': 'import flask\n' },
      findings: [
        'Dockerfile:9:1 broken: `pipenv run gunicorn app:app` runs as app, and `pipenv install` (line 6) put the packages into the cache of root',
      ],
    },
  ),
  row('what is run needs no packages', poetry('RUN poetry install --no-root', ...USER, POETRY_RUN), {
    files: { ...POETRY, 'app.py': 'import json\n' },
  }),
  row(
    "poetry's environment is in the project",
    ['ENV POETRY_VIRTUALENVS_IN_PROJECT=1', ...poetry('RUN poetry install --no-root', ...USER, POETRY_RUN)],
    { files: POETRY },
  ),
  row('HOME is the same for both', ['ENV HOME=/srv', ...poetry('RUN poetry install --no-root', ...USER, POETRY_RUN)], {
    files: POETRY,
  }),
  row(
    "poetry's environments have a folder of their own",
    poetry('RUN poetry config virtualenvs.path /opt/envs && poetry install --no-root', ...USER, POETRY_RUN),
    { files: POETRY },
  ),
  row('the user installs too', poetry(...USER, 'RUN poetry install --no-root', POETRY_RUN), { files: POETRY }),
];

const NOBODY = 'RUN adduser --disabled-password --gecos "" --home /nonexistent --no-create-home app';
const OWN = ['WORKDIR /app', 'COPY pyproject.toml uv.lock ./', NOBODY, 'RUN chown app /app', 'USER app'];
const SYNC = 'RUN uv sync --frozen';

const caches: readonly Row[] = [
  row('uv syncs as a user without a home', [...OWN, SYNC], {
    findings: [
      'Dockerfile:8:1 broken: `uv sync --frozen` runs as app (line 7), and uv cannot make its cache in /nonexistent',
    ],
  }),
  row(
    'useradd makes no home by itself',
    ['WORKDIR /srv', 'RUN useradd app && chown app /srv', 'USER app', 'RUN uv venv'],
    {
      findings: ['Dockerfile:6:1 broken: `uv venv` runs as app (line 5), and uv cannot make its cache in /home/app'],
    },
  ),
  row('useradd is told to make a home', [
    'WORKDIR /srv',
    'RUN useradd -m app && chown app /srv',
    'USER app',
    'RUN uv venv',
  ]),
  row('the home is a folder that another line makes', [
    'WORKDIR /home/app',
    'RUN useradd app && chown app .',
    'USER app',
    'RUN uv venv',
  ]),
  row('uv has a cache of its own', ['ENV UV_CACHE_DIR=/tmp/uv', ...OWN, SYNC]),
  row('uv needs no cache', [...OWN, 'RUN uv sync --frozen --no-cache']),
  row('the settings of the project move the cache', [...OWN, SYNC], {
    files: { 'pyproject.toml': `${PROJECT['pyproject.toml']}[tool.uv]\ncache-dir = "/tmp/uv"\n` },
  }),
  row(
    'a user without a name has / for its home',
    [...ROOTS, 'USER 10001', 'CMD ["uv", "run", "--no-sync", "app.py"]'],
    {
      findings: [
        'Dockerfile:7:1 broken: `uv run --no-sync app.py` runs as 10001 (line 6), and uv cannot make its cache in /',
      ],
    },
  ),
  {
    name: 'a number of the base itself has a home',
    id: 'keep-venv-across-stages',
    files: { Dockerfile: lines('FROM apache/airflow:2.9.0', 'RUN uv pip install six') },
  },
  row('a number may be that of a user with a home', [
    ...ROOTS,
    'RUN useradd -m app',
    'USER 1000',
    'CMD ["uv", "run", "--no-sync", "app.py"]',
  ]),
  row(
    "a cache mount in root's home",
    [...USER, 'RUN --mount=type=cache,target=/root/.cache/pip pip install --user flask'],
    {
      findings: [
        'Dockerfile:5:1 slow: `pip install --user flask` runs as app (line 4), whose cache is not at /root/.cache/pip',
      ],
    },
  ),
  row("a cache mount in root's home, for root", ['RUN --mount=type=cache,target=/root/.cache/pip pip install flask']),
  row('a cache mount that a variable names', [
    'ENV PIP_CACHE_DIR=/root/.cache/pip',
    ...USER,
    'RUN --mount=type=cache,target=/root/.cache/pip pip install --user flask',
  ]),
];

export const acrossUsers: readonly Row[] = [...folders, ...starts, ...homes, ...caches];
