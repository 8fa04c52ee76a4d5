// Rows of fix-venv-volume: what lines of Makefiles and scripts add to a compose file (mounts, another project folder), and who writes.

import { lines, type Row } from './row.ts';
import { image, RUNS, uvImage, web } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const Dockerfile = image(RUNS);
const make = (...own: string[]): string => lines('dev:', ...own.map((line) => `\t${line}`));

const runs: readonly Row[] = [
  {
    name: 'a docker compose run that mounts the project over the environment is said at its line',
    id,
    files: { Dockerfile, 'compose.yaml': web('build: .'), Makefile: make('docker compose run --rm -v .:/app web') },
    findings: [
      'Makefile:2:2 broken: `docker compose run --rm -v .:/app web` mounts the repository over /app, which hides the environment',
    ],
  },
  {
    name: 'a docker compose run with a volume at the environment is right',
    id,
    files: {
      Dockerfile,
      'compose.yaml': web('build: .'),
      Makefile: make('docker compose run --rm -v .:/app -v /app/.venv web'),
    },
  },
  {
    name: 'a docker compose run over a service with a volume at the environment is right, and the volume shields it',
    id,
    files: {
      Dockerfile,
      'compose.yaml': web('build: .', 'volumes: [/app/.venv]'),
      Makefile: make('docker compose run --rm -v .:/app web'),
    },
  },
  {
    name: 'a volume that no line covers shields from nothing',
    id,
    files: {
      Dockerfile,
      'compose.yaml': web('build: .', 'volumes: [/app/.venv]'),
      Makefile: make('docker compose run --rm -v ./data:/data web'),
    },
    findings: [
      'compose.yaml:4:15 fragile: Service web has an anonymous volume at /app/.venv that shields it from nothing',
    ],
  },
];

const COMPOSE = web('build: .', 'volumes:', '  - .:/app');
const folders: readonly Row[] = [
  {
    name: 'paths of a compose file start in the folder that --project-directory names',
    id,
    files: {
      Dockerfile,
      'docker/compose.yaml': COMPOSE,
      Makefile: make('docker compose --project-directory . -f docker/compose.yaml up'),
    },
    after: { 'docker/compose.yaml': `${COMPOSE}      - /app/.venv\n` },
  },
  {
    name: 'a line that only ends what is started tells nothing of the folder',
    id,
    files: {
      Dockerfile,
      'docker/compose.yaml': COMPOSE,
      'run.sh': lines(
        '#!/bin/sh',
        'docker-compose --project-directory=. -f docker/compose.yaml up -d',
        'docker-compose -f docker/compose.yaml down',
      ),
    },
    after: { 'docker/compose.yaml': `${COMPOSE}      - /app/.venv\n` },
  },
  {
    name: 'where another line starts the file without --project-directory nothing is known of its folder',
    id,
    files: {
      Dockerfile,
      'docker/compose.yaml': COMPOSE,
      Makefile: make(
        'docker compose --project-directory . -f docker/compose.yaml up',
        'docker compose -f docker/compose.yaml run web',
      ),
    },
  },
  {
    name: 'without --project-directory the paths of a compose file start in its own folder',
    id,
    files: { Dockerfile, 'docker/compose.yaml': COMPOSE, Makefile: make('docker compose -f docker/compose.yaml up') },
  },
];

const PROJECT = {
  'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["six"]'),
  'uv.lock': lines('version = 1'),
};
const synced = (
  name: string,
  own: readonly string[],
  findings: readonly string[],
  last: readonly string[] = [],
): Row => ({
  name,
  id,
  files: {
    ...PROJECT,
    Dockerfile: uvImage(...last, 'CMD ["uv", "run", "python", "-m", "shop"]'),
    'compose.yaml': web('build: .', ...own, 'volumes: [".:/app", /app/.venv]'),
  },
  findings,
});

const CARRIED = 'Service web keeps old packages after a rebuild';
const owners: readonly Row[] = [
  synced(
    'a start that syncs a volume of root as another user is told of it',
    ['user: "1000"'],
    ['compose.yaml:5:25 fragile: Service web syncs the environment at /app/.venv when it starts, and cannot write to'],
  ),
  synced('a start of root syncs its volume', [], []),
  synced(
    'a start that does not sync needs not write',
    ['user: "1000"', 'command: uv run --no-sync python -m shop'],
    [`compose.yaml:6:25 advice: ${CARRIED}`],
  ),
  synced(
    'a start as the user who owns the environment may write',
    ['user: "1000"'],
    [],
    ['RUN chown -R 1000 /app/.venv'],
  ),
];

export const volumeLines: readonly Row[] = [...runs, ...folders, ...owners];
