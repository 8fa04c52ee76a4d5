// Rows of ignore-venv: ignore files that no build reads.

import { lines, type Row } from './row.ts';

const id = 'ignore-venv';
const BARE = lines('FROM python:3.12-slim', 'COPY backend/app.py /app/');
const ROOTED = lines('services:', '  api:', '    build:', '      context: .', '      dockerfile: backend/Dockerfile');

export const ignoreUnread: readonly Row[] = [
  {
    name: 'an ignore file beside a Dockerfile that is built in the root is read by nobody',
    id,
    files: {
      'backend/Dockerfile': BARE,
      'compose.yaml': ROOTED,
      'backend/app.py': '',
      'backend/.dockerignore': '.venv\n',
    },
    findings: [
      'backend/.dockerignore:1:1 backend/.dockerignore is read by no build: no image is built in backend: the build context is the root of the repository.',
    ],
  },
  {
    name: 'one that leaves nothing out is not spoken of',
    id,
    files: {
      'backend/Dockerfile': BARE,
      'compose.yaml': ROOTED,
      'backend/app.py': '',
      'backend/.dockerignore': '# nothing\n',
    },
  },
  {
    name: 'an ignore file at the root of the context is read',
    id,
    files: { 'backend/Dockerfile': BARE, 'compose.yaml': ROOTED, 'backend/app.py': '', '.dockerignore': '.venv\n' },
  },
  {
    name: 'where a context is not known any ignore file may be read',
    id,
    files: {
      'backend/Dockerfile': lines('FROM python:3.12-slim', 'COPY app.py /app/'),
      'app.py': '',
      'compose.yaml': ROOTED.replace('context: .', 'context: ${WHERE}'),
      'backend/app.py': '',
      'backend/.dockerignore': '.venv\n',
    },
  },
];
