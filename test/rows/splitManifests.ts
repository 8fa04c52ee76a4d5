// Rows of split-dependency-copy: the files that are copied before an install, and how the new lines are written.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const PYTHON = 'FROM python:3.12-slim';
const INSTALL = 'RUN pip install -r requirements.txt';
const CODE = { 'app.py': 'import flask\n', 'requirements.txt': 'flask==3.0.3\n' };

export const splitManifests: readonly Row[] = [
  {
    name: 'the comment of a second copy goes with it from above the manifests',
    id,
    files: {
      ...CODE,
      'lib/a.py': '',
      'src/b.py': '',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY src /app/src',
        '# copy the code',
        'COPY requirements.txt /app/',
        'COPY lib /app/lib',
        INSTALL,
      ),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt /app/',
        INSTALL,
        'COPY src /app/src',
        '# copy the code',
        'COPY lib /app/lib',
      ),
    },
  },
  {
    name: 'a line for the linter goes with the copy that leaves nothing behind',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt .',
        '# hadolint ignore=DL3021',
        'COPY . .',
        INSTALL,
      ),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt .',
        INSTALL,
        '# hadolint ignore=DL3021',
        'COPY . .',
      ),
    },
  },
  {
    name: 'a copy that comes to stand at the end of the file has no empty line behind it',
    id,
    files: { ...CODE, Dockerfile: lines(PYTHON, 'WORKDIR /app', '', 'COPY . .', '', INSTALL) },
    after: {
      Dockerfile: lines(PYTHON, 'WORKDIR /app', '', 'COPY requirements.txt .', '', INSTALL, '', 'COPY . .'),
    },
  },
  {
    name: 'a destination in brackets is made absolute in brackets',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY [".", "."]',
        'WORKDIR /app/logs',
        'RUN pip install -r ../requirements.txt',
      ),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY ["requirements.txt", "."]',
        'WORKDIR /app/logs',
        'RUN pip install -r ../requirements.txt',
        'COPY [".", "/app"]',
      ),
    },
  },
  {
    name: 'a destination that ends in a slash does so where it is made absolute',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY . ./',
        'WORKDIR /app/logs',
        'RUN pip install -r ../requirements.txt',
      ),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY requirements.txt ./',
        'WORKDIR /app/logs',
        'RUN pip install -r ../requirements.txt',
        'COPY . /app/',
      ),
    },
  },
  {
    name: 'what another stage may have laid there is copied all the same',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        `${PYTHON} AS tools`,
        'RUN mkdir /out',
        PYTHON,
        'COPY --from=ghcr.io/astral-sh/uv:0.7.2 /uv /bin/',
        'COPY --from=tools /out/ /app/',
        'WORKDIR /app',
        'COPY . .',
        'RUN uv venv /opt/venv',
        'RUN uv pip install --python /opt/venv -r requirements.txt',
      ),
    },
    after: {
      Dockerfile: lines(
        `${PYTHON} AS tools`,
        'RUN mkdir /out',
        PYTHON,
        'COPY --from=ghcr.io/astral-sh/uv:0.7.2 /uv /bin/',
        'COPY --from=tools /out/ /app/',
        'WORKDIR /app',
        'COPY requirements.txt .',
        'RUN uv venv /opt/venv',
        'RUN uv pip install --python /opt/venv -r requirements.txt',
        'COPY . .',
      ),
    },
  },
  {
    name: 'requirements that stand where the code brings others are copied again',
    id,
    files: {
      ...CODE,
      'base/requirements.txt': 'flask\n',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY base/requirements.txt .', 'COPY . .', INSTALL),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY base/requirements.txt .',
        'COPY requirements.txt .',
        INSTALL,
        'COPY . .',
      ),
    },
  },
  {
    name: 'requirements of another mode than those of the code are copied again',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY --chmod=600 requirements.txt .', 'COPY . .', INSTALL),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY --chmod=600 requirements.txt .',
        'COPY requirements.txt .',
        INSTALL,
        'COPY . .',
      ),
    },
  },
  {
    name: 'requirements below a folder of the root are copied into it',
    id,
    files: {
      'app.py': '',
      'deps/requirements.txt': 'flask==3.0.3\n',
      Dockerfile: lines(PYTHON, 'COPY . /', 'RUN pip install -r deps/requirements.txt'),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'COPY deps/requirements.txt /deps/',
        'RUN pip install -r deps/requirements.txt',
        'COPY . /',
      ),
    },
  },
  {
    name: 'requirements whose name has a blank hold the split back',
    id,
    files: {
      'app.py': '',
      'all requirements.txt': 'flask==3.0.3\n',
      Dockerfile: lines(PYTHON, 'WORKDIR /app', 'COPY . .', 'RUN pip install -r "all requirements.txt"'),
    },
    findings: ['Dockerfile:3:1 all requirements.txt cannot be written as a plain word'],
  },
  {
    name: 'archives beside the code hold the split back',
    id,
    files: {
      ...CODE,
      'flask-3.0.3-py3-none-any.whl': '',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'COPY . .',
        'RUN pip install --no-index --find-links . -r requirements.txt',
      ),
    },
    findings: ['Dockerfile:3:1 it reads the whole folder'],
  },
  {
    name: 'an archive that ADD would unpack holds the split back',
    id,
    files: {
      ...CODE,
      'vendor/lib-1.0.tar.gz': '',
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /app',
        'ADD . .',
        'RUN pip install ./vendor/lib-1.0.tar.gz -r requirements.txt',
      ),
    },
    findings: ['Dockerfile:3:1 ADD would unpack vendor/lib-1.0.tar.gz'],
  },
];
