// Rows of fix-venv-volume: environments that the start makes in a mounted folder, or takes from it.

import { lines, type Row } from './row.ts';
import { services, uvImage, web } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const PYTHON = ['image: python:3.12-slim', 'working_dir: /app'];
const MOUNTED = ['volumes:', '  - .:/app'];
const UV = { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n', 'uv.lock': 'version = 1\n' };
const BARE_UV = lines(
  'FROM python:3.12-slim',
  'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv',
  'WORKDIR /app',
  'CMD ["sleep", "infinity"]',
);
const poetry = (...more: string[]): string =>
  lines(
    'FROM python:3.12-slim',
    'RUN pip install poetry==1.8.3',
    ...more,
    'WORKDIR /app',
    'COPY pyproject.toml poetry.lock ./',
    'RUN poetry install --no-root',
    'COPY . .',
    'CMD ["poetry", "run", "uvicorn", "api:app"]',
  );
const POETRY = {
  '.dockerignore': '.venv\n',
  'pyproject.toml': '[tool.poetry]\nname = "api"\nversion = "1"\n',
  'poetry.lock': '',
};
const MAKES = 'sh -c "python -m venv .venv && . .venv/bin/activate && pip install six && python main.py"';

export const madeInMountRows: readonly Row[] = [
  {
    name: "a command that makes the environment in the mounted folder is told that it is the host's",
    id,
    files: { 'compose.yaml': web(...PYTHON, `command: ${MAKES}`, ...MOUNTED) },
    findings: ['compose.yaml:7:9 `python -m venv .venv` writes /app/.venv'],
  },
  {
    name: 'one that makes it elsewhere is right',
    id,
    files: {
      'compose.yaml': web(
        ...PYTHON,
        `command: ${MAKES.replaceAll('.venv', '/opt/venv').replace('. /opt', '. /opt')}`,
        ...MOUNTED,
      ),
    },
  },
  {
    name: 'one that makes it in a volume is right',
    id,
    files: { 'compose.yaml': web(...PYTHON, `command: ${MAKES}`, ...MOUNTED, '  - /app/.venv') },
  },
  {
    name: "an environment that the start makes beside the mount is the container's own",
    id,
    files: { 'compose.yaml': web(...PYTHON, `command: ${MAKES}`, 'volumes:', '  - ./src:/app/src') },
  },
  {
    name: 'a script of the mounted folder that syncs is read',
    id,
    files: {
      ...UV,
      Dockerfile: BARE_UV,
      'start.sh': lines('#!/bin/sh', 'uv sync', 'exec uv run main.py'),
      'compose.yaml': web('build: .', 'command: sh start.sh', ...MOUNTED),
    },
    findings: ['compose.yaml:6:9 `uv sync` in start.sh writes /app/.venv'],
  },
  {
    name: 'one that is sent elsewhere by UV_PROJECT_ENVIRONMENT is right',
    id,
    files: {
      ...UV,
      Dockerfile: BARE_UV,
      'compose.yaml': web(
        'build: .',
        'command: uv run main.py',
        'environment: {UV_PROJECT_ENVIRONMENT: /opt/venv}',
        ...MOUNTED,
      ),
    },
  },
  {
    name: 'a sync that a page runs in the container counts too',
    id,
    files: {
      ...UV,
      Dockerfile: BARE_UV,
      'README.md': lines('```sh', 'docker compose exec web uv sync', '```'),
      'compose.yaml': web('build: .', ...MOUNTED),
    },
    findings: ['compose.yaml:5:9 Set `UV_PROJECT_ENVIRONMENT=/opt/venv` for the service'],
  },
  {
    name: 'the environment that the image has and the mount hides is another finding',
    id,
    files: {
      ...UV,
      Dockerfile: uvImage('CMD ["uv", "run", "main.py"]'),
      'compose.yaml': web('build: .', ...MOUNTED),
    },
    after: { 'compose.yaml': web('build: .', ...MOUNTED, '  - /app/.venv') },
  },
  {
    name: 'poetry with its environment in the cache would take a .venv of the host',
    id,
    files: { ...POETRY, Dockerfile: poetry(), 'compose.yaml': web('build: .', ...MOUNTED) },
    findings: ["compose.yaml:5:9 fragile: Service web takes the host's /app/.venv, where there is one"],
  },
  {
    name: 'poetry that is told to keep out of the project takes none',
    id,
    files: {
      ...POETRY,
      Dockerfile: poetry('ENV POETRY_VIRTUALENVS_IN_PROJECT=false'),
      'compose.yaml': web('build: .', ...MOUNTED),
    },
  },
  {
    name: 'poetry whose project is not mounted takes none',
    id,
    files: { ...POETRY, Dockerfile: poetry(), 'compose.yaml': web('build: .', 'volumes:', '  - ./data:/data') },
  },
  {
    name: 'a command of a page in another service makes nothing here',
    id,
    files: {
      ...UV,
      Dockerfile: BARE_UV,
      'README.md': lines('```sh', 'docker compose exec job uv sync', '```'),
      'compose.yaml': services({ web: ['build: .', ...MOUNTED], job: ['build: .'] }),
    },
  },
];
