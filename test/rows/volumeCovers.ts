// Rows of fix-venv-volume: what a volume would be filled from and lie over, and what is copied into the container.

import { lines, type Row } from './row.ts';

const IMAGE = lines(
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv .venv && .venv/bin/pip install flask',
  'ENV PATH="/app/.venv/bin:$PATH"',
  'CMD ["flask", "run"]',
);
const COMPOSE = lines('services:', '  web:', '    build: .', '    volumes:', '      - .:/app');
const VOLUME = '      - /app/.venv\n';

/** The service with a develop.watch that has these lines as its one entry, before its volumes. */
const watching = (...entry: string[]): string =>
  COMPOSE.replace('    volumes:', ['    develop:', '      watch:', ...entry, '    volumes:'].join('\n'));

/** The volume is added to this service, whatever is watched. */
const fits = (name: string, entry: readonly string[], files: Row['files'] = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: { Dockerfile: IMAGE, 'compose.yaml': watching(...entry), ...files },
  after: { 'compose.yaml': watching(...entry) + VOLUME },
});

export const volumeCovers: readonly Row[] = [
  {
    name: 'an environment that was copied to another path has scripts that name the old one',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS build',
        'RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask',
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'COPY --from=build /opt/venv /app/.venv',
        'ENV PATH="/app/.venv/bin:$PATH"',
        'CMD ["flask", "run"]',
      ),
      'compose.yaml': COMPOSE,
    },
    findings: ['compose.yaml:5:9 /app/.venv was made at /opt/venv, and its scripts name that path'],
  },
  {
    name: 'what a stage below copied over the environment is named, and nothing else that is copied over one',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS base',
        'WORKDIR /app',
        'RUN python -m venv .venv && .venv/bin/pip install flask && python -m venv tools',
        'COPY . .',
        'FROM base AS web',
        'ENV PATH="/app/.venv/bin:$PATH"',
        'CMD ["flask", "run"]',
        'FROM base AS other',
        'COPY conf .venv/',
      ),
      'compose.yaml': COMPOSE.replace('build: .', 'build: { context: ., target: web }'),
      'conf/a.ini': '',
    },
    findings: ['compose.yaml:5:9 (`.venv` is missing in the ignore file)'],
  },
  {
    name: 'a mount that a variable makes read-only may take no volume',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: IMAGE,
      'compose.yaml': COMPOSE.replace(
        '- .:/app',
        ['- type: bind', '  source: .', '  target: /app', '  read_only: ${RO}'].join('\n      '),
      ),
    },
    findings: ['compose.yaml:5:9 a variable decides whether the mount is read-only'],
  },
  {
    name: 'a folder that is not in the repository takes a volume, whatever it has',
    id: 'fix-venv-volume',
    files: { Dockerfile: IMAGE, 'compose.yaml': COMPOSE.replace('.:/app', '/srv/shop:/app') },
    after: { 'compose.yaml': COMPOSE.replace('.:/app', '/srv/shop:/app') + VOLUME },
  },
  {
    name: 'files of its own in a folder below the root would be hidden, too',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: IMAGE,
      'compose.yaml': COMPOSE.replace('.:/app', './backend:/app'),
      'backend/.venv/README.md': '',
    },
    findings: ['compose.yaml:5:9 the repository has files of its own in backend/.venv, which a volume would hide'],
  },
  fits('watch that only rebuilds copies nothing', ['        - action: rebuild', '          path: .']),
  fits('watch that copies to another place copies nothing over it', [
    '        - action: sync',
    '          path: ./static',
    '          target: /srv/static',
  ]),
  fits(
    'watch copies nothing that the ignore file of the context names',
    ['        - action: sync', '          path: .', '          target: /app'],
    { '.dockerignore': '.venv\n' },
  ),
  fits(
    'watch of a folder asks the ignore file for what lies in it',
    ['        - action: sync', '          path: ./backend', '          target: /app'],
    { '.dockerignore': 'backend/.venv\n', 'backend/shop.py': '' },
  ),
  fits('watch copies nothing that its own list leaves out', [
    '        - action: sync',
    '          path: .',
    '          target: /app/',
    '          ignore:',
    '            - ./.venv/',
  ]),
  {
    name: 'watch copies what nothing leaves out',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: IMAGE,
      'compose.yaml': watching('        - action: sync', '          path: .', '          target: /app'),
    },
    findings: ['compose.yaml:10:9 develop.watch may copy what the host has at /app/.venv into the container'],
  },
  {
    name: 'a service that installs for itself needs nothing of another one that does',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: lines('FROM python:3.12-slim', 'WORKDIR /app', 'RUN pip install uv && uv sync'),
      'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"'),
      'compose.yaml': lines(
        'services:',
        '  deps:',
        '    image: ghcr.io/astral-sh/uv:python3.12-bookworm',
        '    command: uv sync',
        '    volumes:',
        '      - .:/app',
        '  web:',
        '    build: .',
        '    command: sh -c "uv sync && uv run flask run"',
        '    volumes:',
        '      - .:/app',
      ),
    },
    after: {
      'compose.yaml': lines(
        'services:',
        '  deps:',
        '    image: ghcr.io/astral-sh/uv:python3.12-bookworm',
        '    command: uv sync',
        '    volumes:',
        '      - .:/app',
        '  web:',
        '    build: .',
        '    command: sh -c "uv sync && uv run flask run"',
        '    volumes:',
        '      - .:/app',
        '      - /app/.venv',
      ),
    },
  },
];
