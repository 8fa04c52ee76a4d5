// Rows of split-dependency-copy: lock files and what lies in a context unseen, and which version an installer has.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const PYTHON = 'FROM python:3.12-slim';
const POETRY = '[tool.poetry]\nname = "app"\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.12"\n';
const PIPFILE = '[packages]\nflask = "*"\n';
const PROJECT = '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.12"\ndependencies = []\n';
const LOCK =
  'version = 1\nrequires-python = ">=3.12"\n\n[[package]]\nname = "app"\nversion = "1.0"\nsource = { virtual = "." }\n';

const poetry = lines(PYTHON, 'RUN pip install poetry', 'WORKDIR /app', 'COPY . .', 'RUN poetry install');
const pipenv = (...before: string[]): string =>
  lines(PYTHON, 'RUN pip install pipenv', ...before, 'WORKDIR /app', 'COPY . .', 'RUN pipenv sync');
const uv = lines(PYTHON, 'COPY --from=ghcr.io/astral-sh/uv:0.7.2 /uv /bin/', 'WORKDIR /app', 'COPY . .', 'RUN uv sync');

export const splitLocks: readonly Row[] = [
  {
    name: 'a dotenv that git leaves out is nothing to poetry',
    id,
    files: { 'app.py': '', 'pyproject.toml': POETRY, 'poetry.lock': '', '.gitignore': '.env\n', Dockerfile: poetry },
    after: {
      Dockerfile: lines(
        PYTHON,
        'RUN pip install poetry',
        'WORKDIR /app',
        'COPY pyproject.toml poetry.lock ./',
        'RUN poetry install',
        'COPY . .',
      ),
    },
  },
  {
    name: 'a lock of a folder that the file of git at the root names holds the split back',
    id,
    files: {
      'api/app.py': '',
      'api/pyproject.toml': POETRY,
      '.gitignore': '/api/poetry.lock\n',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY api/ .', 'RUN poetry install'),
    },
    findings: ['Dockerfile:3:1 poetry.lock is not in the repository, and .gitignore may be why'],
  },
  {
    name: 'a file of git that is longer than any may name what lies unseen',
    id,
    files: {
      'app.py': '',
      'pyproject.toml': POETRY,
      '.gitignore': '#'.repeat(200_001),
      Dockerfile: poetry,
    },
    findings: ['Dockerfile:4:1 poetry.lock is not in the repository, and .gitignore may be why'],
  },
  {
    name: 'a line of many blanks in a file of git takes no time',
    id,
    files: {
      'app.py': '',
      'pyproject.toml': POETRY,
      '.gitignore': `${' '.repeat(190_000)}x\npoetry.lock  \n`,
      Dockerfile: poetry,
    },
    findings: ['Dockerfile:4:1 poetry.lock is not in the repository, and .gitignore may be why'],
  },
  {
    name: 'a lock that is there although a file of git names it is copied',
    id,
    files: {
      'app.py': '',
      'pyproject.toml': POETRY,
      'poetry.lock': '',
      '.gitignore': 'poetry.lock\n',
      Dockerfile: poetry,
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'RUN pip install poetry',
        'WORKDIR /app',
        'COPY pyproject.toml poetry.lock ./',
        'RUN poetry install',
        'COPY . .',
      ),
    },
  },
  {
    name: 'a dotenv that pipenv is told not to load is not looked for',
    id,
    files: {
      'app.py': '',
      Pipfile: PIPFILE,
      'Pipfile.lock': '{"default": {}}\n',
      '.gitignore': '.env\n',
      Dockerfile: pipenv('ENV PIPENV_DONT_LOAD_ENV=1'),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'RUN pip install pipenv',
        'ENV PIPENV_DONT_LOAD_ENV=1',
        'WORKDIR /app',
        'COPY Pipfile Pipfile.lock ./',
        'RUN pipenv sync',
        'COPY . .',
      ),
    },
  },
  {
    name: 'a dotenv that pipenv loads holds the split back',
    id,
    files: {
      'app.py': '',
      Pipfile: PIPFILE,
      'Pipfile.lock': '{"default": {}}\n',
      '.gitignore': '.env\n',
      Dockerfile: pipenv(),
    },
    findings: ['Dockerfile:4:1 .env is not in the repository, and .gitignore may be why'],
  },
  {
    name: 'a lock of uv whose project cannot be read is of no known age',
    id,
    files: { 'app.py': '', 'uv.lock': LOCK, Dockerfile: uv },
    kinds: { 'pyproject.toml': 'file' },
    findings: ['Dockerfile:4:1 whether uv.lock is up to date for `uv sync` is not known'],
  },
  {
    name: 'requirements that the build of a member computes hold uv back',
    id,
    files: {
      'app.py': '',
      'pyproject.toml': `${PROJECT}[tool.uv.workspace]\nmembers = ["lib"]\n`,
      'lib/pyproject.toml':
        '[project]\nname = "lib"\nversion = "1.0"\ndynamic = ["dependencies"]\n[build-system]\nrequires = ["setuptools"]\n',
      'uv.lock': `${LOCK}\n[[package]]\nname = "lib"\nversion = "1.0"\nsource = { editable = "lib" }\n\n[manifest]\nmembers = ["app", "lib"]\n`,
      Dockerfile: uv,
    },
    findings: ['Dockerfile:4:1 the requirements of lib/pyproject.toml are computed by its build'],
  },
];
