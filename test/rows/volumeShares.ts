// Rows of fix-venv-volume: what volumes at environments keep, and what they share.

import { lines, type Row } from './row.ts';
import { image, RUNS, services, web } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const MOUNTED = ['volumes:', '  - .:/app', '  - venv:/app/.venv'];
const NAMED = lines('volumes:', '  venv:');
const stages = (...last: string[]): string =>
  lines(
    'FROM python:3.12-slim AS base',
    'WORKDIR /app',
    'RUN python -m venv .venv && .venv/bin/pip install six',
    'FROM base AS dev',
    ...last,
    RUNS,
    'FROM base AS prod',
    RUNS,
  );
const TARGETS = services({
  web: ['build: {context: ., target: dev}', ...MOUNTED],
  job: ['build: {context: ., target: prod}', ...MOUNTED],
});

export const volumeShares: readonly Row[] = [
  {
    name: 'an anonymous volume at the environment is said to outlive a rebuild',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('build: .', 'volumes:', '  - .:/app', '  - /app/.venv') },
    findings: ['compose.yaml:6:9 advice: Service web keeps old packages after a rebuild'],
  },
  {
    name: 'one that the start fills does not',
    id,
    files: {
      Dockerfile: image('CMD .venv/bin/pip install -r requirements.txt && .venv/bin/python app.py'),
      'requirements.txt': 'six\n',
      'compose.yaml': web('build: .', 'volumes:', '  - .:/app', '  - /app/.venv'),
    },
  },
  {
    name: 'a volume that was just added is spoken of in its own notes only',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('build: .', 'volumes:', '  - .:/app') },
    after: { 'compose.yaml': web('build: .', 'volumes:', '  - .:/app', '  - /app/.venv') },
    fixes: ['--renew-anon-volumes'],
  },
  {
    name: 'two images that fill one volume are told of each other',
    id,
    files: {
      'api/Dockerfile': image(RUNS),
      'job/Dockerfile': image(RUNS),
      'compose.yaml': services({ web: ['build: api', ...MOUNTED], job: ['build: job', ...MOUNTED] }) + NAMED,
    },
    findings: [
      'compose.yaml:6:9 fragile: Services web and job fill the volume venv from two images',
      'compose.yaml:11:9 fragile: Services job and web fill the volume venv from two images',
    ],
  },
  {
    name: 'two stages with the same environment fill a volume alike',
    id,
    files: { Dockerfile: stages(), 'compose.yaml': TARGETS + NAMED },
    findings: ['compose.yaml:6:9 fragile: Service web keeps', 'compose.yaml:11:9 fragile: Service job keeps'],
  },
  {
    name: 'two stages of which one installs more fill it otherwise',
    id,
    files: { Dockerfile: stages('RUN .venv/bin/pip install pytest'), 'compose.yaml': TARGETS + NAMED },
    findings: ['compose.yaml:6:9 fragile: Services web and job', 'compose.yaml:11:9 fragile: Services job and web'],
  },
  {
    name: 'two services of one image share their volume rightly',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': services({ web: ['build: .', ...MOUNTED], job: ['build: .', ...MOUNTED] }) + NAMED,
    },
    findings: ['compose.yaml:6:9 Service web keeps', 'compose.yaml:11:9 Service job keeps'],
  },
  {
    name: 'develop.watch that would copy an environment of the host over the one of the image is told of it',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build: .', 'develop: {watch: [{action: sync, path: ., target: /app}]}'),
    },
    findings: ['compose.yaml:2:3 Add `ignore: [.venv/]` to the rule'],
  },
  {
    name: 'a rule of develop.watch that ignores it is right',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build: .', 'develop: {watch: [{action: sync, path: ., target: /app, ignore: [.venv/]}]}'),
    },
  },
  {
    name: 'one of a context whose ignore file leaves it out is right, too',
    id,
    files: {
      Dockerfile: image(RUNS),
      '.dockerignore': '.venv\n',
      'compose.yaml': web('build: .', 'develop: {watch: [{action: sync, path: ., target: /app}]}'),
    },
  },
];
