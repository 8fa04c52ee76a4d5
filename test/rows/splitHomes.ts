// Rows of split-dependency-copy: code that is copied into a home folder.

import { lines, type Row } from './row.ts';
import { split } from './splitRow.ts';

const INSTALL = 'RUN pip install -r requirements.txt';
const AT_HOME = 'may read settings in the home folder, and the code is copied there';

/** The context is api/. */
const inFolder = (name: string, files: Row['files'], rest: Pick<Row, 'after' | 'findings'>): Row => ({
  name,
  id: 'split-dependency-copy',
  files: {
    'api/app.py': '',
    'api/requirements.txt': 'flask\n',
    'api/Dockerfile': lines('FROM python:3.12-slim', 'WORKDIR /root', 'COPY . .', INSTALL),
    'compose.yaml': lines('services:', '  api:', '    build: api'),
    ...files,
  },
  ...rest,
});

export const splitHomes: readonly Row[] = [
  split({
    name: 'a copy to a hidden folder of a home may bring settings',
    image: ['WORKDIR /root/.config', 'COPY . .', INSTALL],
    findings: [`Dockerfile:4:1 ${AT_HOME}`],
  }),
  split({
    name: 'a copy to a hidden folder of the root may bring settings where the root is the home',
    image: ['ENV HOME=/', 'WORKDIR /.config', 'COPY . .', INSTALL],
    findings: [`Dockerfile:5:1 ${AT_HOME}`],
  }),
  split({
    name: 'a hidden file that is copied into a home may be settings',
    files: { '.netrc': '' },
    image: ['WORKDIR /root', 'COPY app.py requirements.txt .netrc ./', INSTALL],
    findings: [`Dockerfile:4:1 ${AT_HOME}`],
  }),
  split({
    name: 'a folder of the code that is copied into a home may hold settings that nobody sees',
    files: { 'src/a.py': '', 'src/requirements.txt': 'flask\n', '.gitignore': '/src/.netrc\n' },
    image: ['WORKDIR /root', 'COPY src ./', INSTALL],
    findings: [`Dockerfile:4:1 ${AT_HOME}`],
  }),
  split({
    name: 'a home that the copied folder has not gets no settings',
    files: { '.gitignore': '.cache\n' },
    image: ['WORKDIR /', 'COPY . .', INSTALL],
    becomes: ['WORKDIR /', 'COPY requirements.txt .', INSTALL, 'COPY . .'],
  }),
  inFolder(
    'settings in a folder that is the context come into the home',
    { 'api/.netrc': '' },
    {
      findings: [`api/Dockerfile:3:1 ${AT_HOME}`],
    },
  ),
  inFolder(
    'settings beside the context come into no home',
    { 'doc/.netrc': '' },
    {
      after: {
        'api/Dockerfile': lines(
          'FROM python:3.12-slim',
          'WORKDIR /root',
          'COPY requirements.txt .',
          INSTALL,
          'COPY . .',
        ),
      },
    },
  ),
  {
    name: 'an environment below the root gets a line of its own path where another of its name is used',
    id: 'split-dependency-copy',
    files: {
      'app.py': 'import flask\n',
      'requirements.txt': 'flask\n',
      Dockerfile: lines(
        'FROM python:3.12-slim AS builder',
        'COPY . .',
        'RUN python -m venv /app/.venv',
        'RUN pip install -r requirements.txt',
        'FROM builder',
        'WORKDIR /code',
        'COPY . .',
        'CMD ["poetry", "run", "python", "app.py"]',
      ),
    },
    after: {
      '.dockerignore': 'app/.venv\n',
      Dockerfile: lines(
        'FROM python:3.12-slim AS builder',
        'COPY requirements.txt .',
        'RUN python -m venv /app/.venv',
        'RUN pip install -r requirements.txt',
        'COPY . .',
        'FROM builder',
        'WORKDIR /code',
        'COPY . .',
        'CMD ["poetry", "run", "python", "app.py"]',
      ),
    },
  },
];
