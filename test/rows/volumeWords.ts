// Rows of fix-venv-volume: what is said of an entry and of its fix.

import { lines, type Row } from './row.ts';
import { image, RUNS, web } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const MOUNTS = ['build: .', 'volumes:', '  - .:/app'];
const BARE = lines('FROM python:3.12-slim', 'WORKDIR /app');
const STARTS = 'command: /app/.venv/bin/python app.py';

export const volumeWords: readonly Row[] = [
  {
    name: 'a read-only mount of the repository is named as that',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('build: .', 'volumes:', '  - .:/app:ro') },
    findings: ['compose.yaml:5:9 Service web mounts the repository over /app, which hides'],
  },
  {
    name: 'a read-only mount of a folder is named by it',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('build: .', 'volumes:', '  - ./src:/app:ro') },
    findings: ['compose.yaml:5:9 Service web mounts src over /app, which hides'],
  },
  {
    name: 'a read-only mount of the folder in which compose is started is one of the host',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('build: .', 'volumes:', '  - $PWD:/app:ro') },
    findings: ['compose.yaml:5:9 Service web mounts a folder of the host over /app, which hides'],
  },
  {
    name: 'a volume that is added is said to be, with its weakness',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web(...MOUNTS) },
    after: { 'compose.yaml': web(...MOUNTS, '  - /app/.venv') },
    fixes: ['Add a volume at /app/.venv to service web\nDocker fills the volume at /app/.venv from the image once'],
  },
  {
    name: 'a mount that is replaced is said to be, with the weakness of the volume',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web(...MOUNTS, '  - ./.venv:/app/.venv') },
    after: { 'compose.yaml': web(...MOUNTS, '  - /app/.venv') },
    fixes: [
      'Replace the mount of .venv by a volume at /app/.venv in service web\nDocker fills the volume at /app/.venv from the image once',
    ],
  },
  {
    name: 'a mount that is removed is said to be',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build: .', 'volumes:', '  - ./data:/data', '  - ./.venv:/app/.venv'),
    },
    after: { 'compose.yaml': web('build: .', 'volumes:', '  - ./data:/data') },
    fixes: ['Remove the mount of .venv from service web\n'],
  },
  {
    name: 'an empty volume that is removed is said to be, with what the service then runs with',
    id,
    files: { Dockerfile: BARE, 'compose.yaml': web(STARTS, ...MOUNTS, '  - /app/.venv') },
    after: { 'compose.yaml': web(STARTS, ...MOUNTS) },
    fixes: [
      'Remove the empty volume at /app/.venv from service web\nThe service then runs with the environment of the host',
    ],
  },
];
