// Rows of split-dependency-copy: which version an installer has, where it writes, and what the fix says of it.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const CODE = { 'requirements.txt': 'flask\n', 'main.py': '' };
const PIP = 'RUN pip install -r requirements.txt';

const inFolder = (folder: string, ...steps: readonly string[]): string =>
  lines('FROM python:3.12-slim', `WORKDIR ${folder}`, ...steps);
const image = (...steps: readonly string[]): string => inFolder('/app', ...steps);

/** The code is copied at the third line and stays there. */
const held = (name: string, steps: readonly string[], why: string, files: Row['files'] = CODE): Row => ({
  name,
  id,
  files: { Dockerfile: image('COPY . .', ...steps), ...files },
  findings: [`Dockerfile:3:1 Left as it is: ${why}`],
});

const POETRY = {
  'pyproject.toml': lines(
    '[tool.poetry]',
    'name = "shop"',
    'version = "1"',
    '[tool.poetry.dependencies]',
    'python = "^3.12"',
    'flask = "*"',
  ),
  'poetry.lock': lines('[[package]]', 'name = "flask"', 'version = "3"', '[metadata]', 'lock-version = "2.0"'),
  'shop/__init__.py': '',
};
const FOLDER = {
  ...POETRY,
  'poetry.lock': lines(
    '[[package]]',
    'name = "lib"',
    'version = "1"',
    '[package.source]',
    'type = "directory"',
    'url = "lib"',
    '[metadata]',
    'lock-version = "2.0"',
  ),
  'lib/pyproject.toml': POETRY['pyproject.toml'],
};

/** A poetry of which `how` says the version. */
const tooOld = (name: string, how: readonly string[], flag: string, files: Row['files'] = POETRY): Row => ({
  name,
  id,
  files: { Dockerfile: image(...how, 'COPY . .', 'RUN poetry install'), ...files },
  findings: [`Dockerfile:${3 + how.length}:1 would need ${flag}, which the poetry of this image does not have`],
});

const PDM = {
  'pyproject.toml': lines(
    '[project]',
    'name = "shop"',
    'version = "1"',
    'dependencies = ["flask>=3"]',
    '[build-system]',
    'requires = ["pdm-backend"]',
    'build-backend = "pdm.backend"',
    '[tool.pdm]',
    'distribution = true',
  ),
  'pdm.lock': lines('[metadata]', 'lock_version = "4.5.0"', '[[package]]', 'name = "flask"', 'version = "3.0.3"'),
  'shop/__init__.py': '',
  '.dockerignore': lines('.venv', '.pdm-python', '__pypackages__'),
};

export const splitInstallers: readonly Row[] = [
  tooOld(
    'a variable says which poetry an installer brings',
    ['ENV POETRY_VERSION=0.12.17', 'RUN curl -sSL https://install.python-poetry.org | python3 -'],
    '--no-root',
  ),
  tooOld(
    'a flag says which poetry an installer brings',
    ['RUN curl -sSL https://install.python-poetry.org | python3 - --version 0.12.17'],
    '--no-root',
  ),
  tooOld('a compatible poetry may be old', ['RUN pip install "poetry~=0.12"'], '--no-root'),
  tooOld(
    'the poetry of a distribution cannot leave folders out',
    ['RUN apt-get update && apt-get install -y python3-poetry'],
    '--no-directory',
    FOLDER,
  ),
  {
    name: 'the poetry of a distribution says nothing of pdm',
    id,
    files: {
      Dockerfile: image('RUN apt-get install -y python3-poetry && pip install pdm', 'COPY . .', 'RUN pdm sync'),
      ...PDM,
    },
    after: {
      Dockerfile: image(
        'RUN apt-get install -y python3-poetry && pip install pdm',
        'COPY pyproject.toml pdm.lock ./',
        'RUN pdm sync --no-self',
        'COPY . .',
        'RUN pdm sync',
      ),
    },
    fixes: ['A code change re-runs 2 steps, the last of which installs the project only.'],
  },
  held(
    'an environment that only virtualenv could tell of is nowhere',
    ['RUN virtualenv --version', PIP],
    'where `virtualenv --version` makes its environment is not known',
  ),
  held(
    'an environment at a place that a build argument names is nowhere',
    ['ARG V', 'RUN python -m venv /opt/$V', PIP],
    'where `python -m venv /opt/$V` writes is not known',
  ),
  {
    name: 'an install inside a word is one',
    id,
    files: { Dockerfile: image('COPY . .', 'RUN echo $(pip install -r requirements.txt)'), ...CODE },
    after: {
      Dockerfile: image('COPY requirements.txt .', 'RUN echo $(pip install -r requirements.txt)', 'COPY . .'),
    },
  },
  {
    name: 'poetry writes its list where the code is not',
    id,
    files: {
      Dockerfile: image('COPY . .', 'RUN poetry export > /opt/list.txt', 'RUN poetry install --no-root'),
      ...POETRY,
    },
    after: {
      Dockerfile: image(
        'COPY pyproject.toml poetry.lock ./',
        'RUN poetry export > /opt/list.txt',
        'RUN poetry install --no-root',
        'COPY . .',
      ),
    },
  },
  held(
    'uv that finds no environment installs to an unknown place',
    ['RUN uv pip install -r requirements.txt'],
    'where `uv pip install -r requirements.txt` installs to is not known',
  ),
  {
    name: 'code below an environment stays before it',
    id,
    files: {
      Dockerfile: inFolder(
        '/srv/app',
        'COPY . .',
        'RUN python -m venv /srv && /srv/bin/pip install -r requirements.txt',
      ),
      ...CODE,
    },
    findings: ['Dockerfile:3:1 `python -m venv /srv` writes to /srv, and the code is copied into it'],
  },
  {
    name: 'code in a folder of its own below conda is no part of it',
    id,
    files: { Dockerfile: inFolder('/opt/conda/app', 'COPY . .', PIP), ...CODE },
    after: { Dockerfile: inFolder('/opt/conda/app', 'COPY requirements.txt .', PIP, 'COPY . .') },
  },
  held(
    'packages in the code that are no environment stay behind it',
    ['ENV PIP_TARGET=/app/.venv', PIP],
    '`pip install -r requirements.txt` writes to /app/.venv, over which the code would be copied. By',
  ),
  held(
    'no line keeps an environment out whose name ends with a blank',
    ['RUN python -m venv "/app/my env "', PIP],
    '`python -m venv "/app/my env "` writes to /app/my env , over which the code would be copied, and no ignore line keeps my env  out',
  ),
  {
    name: 'a generated file is left alone',
    id,
    files: { Dockerfile: `# Generated by a tool, do not edit.\n${image('COPY . .', PIP)}`, ...CODE },
    findings: ['Dockerfile:1:1 a generated file'],
  },
  {
    name: 'the gain is told where an address is added, too',
    id,
    files: { Dockerfile: image('ADD https://files.example.com/a /opt/a', 'COPY . .', PIP), ...CODE },
    after: { Dockerfile: image('ADD https://files.example.com/a /opt/a', 'COPY requirements.txt .', PIP, 'COPY . .') },
    fixes: ['A code change re-runs 1 step instead of 2'],
  },
];
