// Rows of split-dependency-copy: what is said of an install that keeps its place, and of `pip install .`.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const PYTHON = 'FROM python:3.12-slim';
const INSTALL = 'RUN pip install -r requirements.txt';
const CODE = { 'app.py': 'import flask\n', 'requirements.txt': 'flask==3.0.3\n' };
const PYPROJECT = '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["flask"]\n';
const SETUP = 'setup(install_requires=open("requirements.txt").readlines())\n';
const BY_PROJECT = lines(PYTHON, 'WORKDIR /app', 'COPY . .', 'RUN pip install .');

export const splitProject: readonly Row[] = [
  {
    name: 'an install of a package by its name is none of the project',
    id,
    files: {
      'app.py': '',
      'setup.sh': '',
      'pyproject.toml': PYPROJECT,
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY . .', 'RUN ./setup.sh', 'RUN pip install flask'),
    },
  },
  {
    name: 'an install of the project alone has no dependencies to go first',
    id,
    files: {
      'app.py': '',
      'pyproject.toml': PYPROJECT,
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY . .', 'RUN pip install --no-deps .'),
    },
  },
  {
    name: 'a project at the root of the image is told of',
    id,
    files: { 'app.py': '', 'pyproject.toml': PYPROJECT, Dockerfile: lines(PYTHON, 'COPY . /', 'RUN pip install .') },
    findings: ['Dockerfile:2:1 pip installs the project with its dependencies'],
  },
  {
    name: 'a project file that another stage may have laid there is not read',
    id,
    files: {
      'app.py': '',
      'setup.py': SETUP,
      'requirements.txt': 'flask\n',
      Dockerfile: lines(
        `${PYTHON} AS tools`,
        'RUN mkdir /out',
        PYTHON,
        'COPY --from=tools /out/ /app/',
        'WORKDIR /app',
        'COPY . .',
        'RUN pip install .',
      ),
    },
    findings: ['Dockerfile:6:1 which setup.py reads from requirements.txt'],
  },
  {
    name: 'of a project file that cannot be read nothing is said',
    id,
    files: { 'app.py': '', Dockerfile: BY_PROJECT },
    kinds: { 'pyproject.toml': 'file' },
  },
  {
    name: 'a project file that no code is copied with is not blamed',
    id,
    files: {
      'app/main.py': '',
      'pyproject.toml': PYPROJECT,
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY pyproject.toml .', 'COPY app /app/app', 'RUN pip install .'),
    },
  },
  {
    name: 'a setup.py beside a project file that lists nothing is not read',
    id,
    files: {
      'app.py': '',
      'pyproject.toml': '[project]\nname = "app"\nversion = "1.0"\n',
      'setup.py': SETUP,
      'requirements.txt': 'flask\n',
      Dockerfile: BY_PROJECT,
    },
  },
  {
    name: 'nothing is said of a setup.py that reads a file which is not there',
    id,
    files: { 'app.py': '', 'setup.py': SETUP, Dockerfile: BY_PROJECT },
  },
  {
    name: 'nothing is said of a setup.py whose requirements are installed before',
    id,
    files: {
      'app.py': '',
      'setup.py': SETUP,
      'requirements.txt': 'flask\n',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY requirements.txt .', INSTALL, 'COPY . .', 'RUN pip install .'),
    },
  },
  {
    name: 'nothing is said of a setup.py that reads a folder among its requirements',
    id,
    files: {
      'app.py': '',
      'setup.py': SETUP,
      'requirements.txt': 'flask\n-e ./lib\n',
      Dockerfile: BY_PROJECT,
    },
  },
  {
    name: 'nothing is said of a setup.py that reads an empty file',
    id,
    files: { 'app.py': '', 'setup.py': SETUP, 'requirements.txt': '# none yet\n', Dockerfile: BY_PROJECT },
  },
  {
    name: 'nothing is said of a setup.py that reads what are no requirements',
    id,
    files: { 'app.py': '', 'setup.py': SETUP, 'requirements.txt': 'flask\nnot a package\n', Dockerfile: BY_PROJECT },
  },
  {
    name: 'nothing is said of a setup.py longer than any',
    id,
    files: {
      'app.py': '',
      'setup.py': `${SETUP}${'#'.repeat(200_000)}\n`,
      'requirements.txt': 'flask\n',
      Dockerfile: BY_PROJECT,
    },
  },
  {
    name: 'nothing is said of a setup.py that names a file but requires nothing',
    id,
    files: {
      'app.py': '',
      'setup.py': 'setup(extras_require={"dev": open("requirements.txt").readlines()})\n',
      'requirements.txt': 'flask\n',
      Dockerfile: BY_PROJECT,
    },
  },
  {
    name: 'a folder that pipenv installs is none that pip does',
    id,
    files: {
      'app.py': '',
      Pipfile: '[packages]\nflask = "*"\n',
      'pyproject.toml': PYPROJECT,
      Dockerfile: lines(
        PYTHON,
        'RUN pip install pipenv',
        'WORKDIR /app',
        'COPY Pipfile .',
        'COPY pyproject.toml app.py ./',
        'RUN pipenv install --system -e .',
      ),
    },
  },
  {
    name: 'what a start installs is no step of the build',
    id,
    files: {
      ...CODE,
      'setup.sh': '',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY . .',
        'RUN ./setup.sh',
        'CMD pip install -r requirements.txt && python app.py',
        'RUN pip install gunicorn',
      ),
    },
  },
  {
    name: 'files that the install does not read are let stand before it',
    id,
    files: {
      'app.py': '',
      'settings.toml': '',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY app.py settings.toml ./', 'RUN pip install flask'),
    },
  },
  {
    name: 'two copies before one install are told of once',
    id,
    files: {
      'a/a.py': '',
      'a/requirements.txt': 'flask\n',
      'b/b.py': '',
      'b/requirements.txt': 'click\n',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY a /app/a',
        'COPY b /app/b',
        'RUN ./a/setup.sh',
        'RUN pip install -r a/requirements.txt -r b/requirements.txt',
      ),
    },
    findings: ['Dockerfile:3:1 may need the code'],
  },
  {
    name: 'a stage that copies no code is not told of where the context is unknown',
    id,
    files: {
      ...CODE,
      'docker/requirements.txt': '',
      'docker/app.py': '',
      'docker/Dockerfile': lines(
        `${PYTHON} AS packages`,
        'COPY requirements.txt .',
        INSTALL,
        PYTHON,
        'COPY --from=packages /usr/local /usr/local',
        'COPY . .',
      ),
    },
  },
  {
    name: 'an install before the code is not told of where the context is unknown',
    id,
    files: {
      ...CODE,
      'docker/requirements.txt': '',
      'docker/app.py': '',
      'docker/Dockerfile': lines(PYTHON, 'COPY requirements.txt .', INSTALL, 'COPY . .'),
    },
  },
  {
    name: 'an install in a loop is not told of where the context is unknown',
    id,
    files: {
      ...CODE,
      'docker/requirements.txt': '',
      'docker/app.py': '',
      'docker/Dockerfile': lines(PYTHON, 'COPY . .', 'RUN for f in *.txt; do pip install -r $f; done'),
    },
  },
];
