// Rows of split-dependency-copy: which copies of the code may go behind which installs.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const PYTHON = 'FROM python:3.12-slim';
const INSTALL = 'RUN pip install -r requirements.txt';
const CODE = { 'app.py': 'import flask\n', 'requirements.txt': 'flask==3.0.3\n' };
const PARTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

export const splitPlan: readonly Row[] = [
  {
    name: 'code in a folder where only a start installs stays where it is',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'COPY requirements.txt /tmp/',
        'COPY . /srv/',
        'RUN pip install -r /tmp/requirements.txt',
        'WORKDIR /srv',
        'CMD pip install -r requirements.txt && python app.py',
      ),
    },
  },
  {
    name: 'code in a folder where only pip itself is installed stays where it is',
    id,
    files: {
      'app.py': '',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /srv',
        'COPY . .',
        'RUN pip install --upgrade pip',
        'WORKDIR /opt/work',
        'RUN pip install flask gunicorn',
      ),
    },
  },
  {
    name: 'an environment of a user is not made before the folder of the code',
    id,
    files: {
      'app.py': '',
      '.dockerignore': '.git\n',
      Dockerfile: lines(
        PYTHON,
        'RUN useradd -m web',
        'USER web',
        'WORKDIR /srv',
        'COPY --chown=web . app/',
        'RUN python -m venv app/.venv && app/.venv/bin/pip install flask',
      ),
    },
    findings: ['Dockerfile:5:1 the copy may be what makes the folder that the environment stands in'],
  },
  {
    name: 'an ignore file that cannot be read holds the split back',
    id,
    files: { ...CODE, Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY . .', INSTALL) },
    kinds: { '.dockerignore': 'file' },
    findings: ['Dockerfile:3:1 .dockerignore cannot be read exactly, so what the context holds is not known'],
  },
  {
    name: 'no more than eight copies of a stage are tried',
    id,
    files: {
      ...Object.fromEntries(PARTS.map((part) => [`${part}/main.py`, ''])),
      'i/requirements.txt': 'flask\n',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        ...PARTS.flatMap((part) => [`COPY ${part} /app/${part}`, `RUN make -C ${part}`]).slice(0, -1),
        'RUN pip install -r i/requirements.txt',
      ),
    },
  },
  {
    name: 'a copy that comes again behind settings of the start goes',
    id,
    files: {
      'src/app.py': '',
      'requirements.txt': 'flask\n',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt .',
        'COPY src src',
        INSTALL,
        'ENV PORT=80',
        'COPY . .',
      ),
    },
    after: {
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY requirements.txt .', INSTALL, 'ENV PORT=80', 'COPY . .'),
    },
  },
  {
    name: 'a copy that comes again behind one of another stage stays',
    id,
    files: {
      'src/app.py': '',
      'requirements.txt': 'flask\n',
      Dockerfile: lines(
        `${PYTHON} AS pages`,
        'RUN mkdir /pages',
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt .',
        'COPY src src',
        INSTALL,
        'COPY --from=pages /pages src/pages',
        'COPY . .',
      ),
    },
    after: {
      Dockerfile: lines(
        `${PYTHON} AS pages`,
        'RUN mkdir /pages',
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt .',
        INSTALL,
        'COPY src src',
        'COPY --from=pages /pages src/pages',
        'COPY . .',
      ),
    },
  },
  {
    name: 'a copy that comes again stays before the second half of an install',
    id,
    files: {
      'app.py': '',
      'pyproject.toml':
        '[tool.poetry]\nname = "app"\n[tool.poetry.dependencies]\npython = "^3.12"\n[build-system]\nrequires = ["poetry-core"]\n',
      'poetry.lock': '',
      Dockerfile: lines(PYTHON, 'RUN pip install poetry', 'WORKDIR /app', 'COPY . .', 'RUN poetry install', 'COPY . .'),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'RUN pip install poetry',
        'WORKDIR /app',
        'COPY pyproject.toml poetry.lock ./',
        'RUN poetry install --no-root',
        'COPY . .',
        'RUN poetry install',
        'COPY . .',
      ),
    },
  },
  {
    name: 'code that the stage below has brought makes a second copy of it no gain',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(`${PYTHON} AS base`, 'WORKDIR /app', 'COPY . .', 'FROM base', 'COPY . .', INSTALL),
    },
  },
  {
    name: 'code that is needed earlier makes a copy of a few files no gain',
    id,
    files: {
      ...CODE,
      'src/build.sh': '',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY src src',
        'RUN ./src/build.sh',
        'COPY app.py requirements.txt ./',
        INSTALL,
      ),
    },
  },
  {
    name: 'a folder of which the install reads all stays before it',
    id,
    files: {
      'pins/all': 'flask\n',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY pins pins', 'RUN pip install -r pins/all'),
    },
  },
  {
    name: 'a folder of which the install reads all stays where other code goes',
    id,
    files: {
      'src/app.py': '',
      'pins/all': 'flask\n',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY src src', 'COPY pins pins', 'RUN pip install -r pins/all'),
    },
    after: {
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY pins pins', 'RUN pip install -r pins/all', 'COPY src src'),
    },
  },
  {
    name: 'a folder for another place does not keep a few files before the install',
    id,
    files: {
      ...CODE,
      'assets/menu.js': '',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY app.py requirements.txt ./', 'COPY assets /srv/assets', INSTALL),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt ./',
        'COPY assets /srv/assets',
        INSTALL,
        'COPY app.py ./',
      ),
    },
  },
  {
    name: 'a folder of which the install reads all stays where another install stands between',
    id,
    files: {
      'pyproject.toml': '[project]\nname = "app"\nversion = "1.0"\ndependencies = []\n',
      'uv.lock': 'version = 1\n\n[[package]]\nname = "app"\nversion = "1.0"\nsource = { virtual = "." }\n',
      'pins/all': 'flask\n',
      Dockerfile: lines(
        PYTHON,
        'COPY --from=ghcr.io/astral-sh/uv:0.7.2 /uv /bin/',
        'WORKDIR /app',
        'COPY pyproject.toml uv.lock ./',
        'COPY pins pins',
        'RUN uv sync --frozen',
        'RUN pip install -r pins/all',
      ),
    },
  },
  {
    name: 'a Dockerfile of far more instructions than people write is let be',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY . .', INSTALL, ...Array<string>(400).fill('EXPOSE 80')),
    },
  },
  {
    name: 'a comment above code that stays does not go with what stands below',
    id,
    files: {
      ...CODE,
      'assets/menu.js': '',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', '# copy the code', 'COPY assets /srv/assets', 'COPY . .', INSTALL),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        '# copy the code',
        'COPY assets /srv/assets',
        'COPY requirements.txt .',
        INSTALL,
        'COPY . .',
      ),
    },
  },
  {
    name: 'a base whose own triggers copy the code gains nothing by a split',
    id,
    files: {
      ...CODE,
      Dockerfile: lines('FROM python:3.6-onbuild', 'WORKDIR /app', 'COPY . .', INSTALL),
    },
  },
  {
    name: 'nor does a stage upon it, in a context that is not known',
    id,
    files: {
      ...CODE,
      Dockerfile: lines('FROM example/python:3-onbuild AS base', 'FROM base', 'WORKDIR /app', 'COPY . .', INSTALL),
      '.dockerignore': '[\n',
    },
  },
];
