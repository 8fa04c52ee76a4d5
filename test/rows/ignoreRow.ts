// What the rows of ignore-venv are made of.

import { lines, type Row } from './row.ts';

export const id = 'ignore-venv';
export const PROJECT = { 'requirements.txt': 'flask\n', 'app.py': 'import flask\n' };
export const START = 'CMD ["python", "app.py"]';
export const ADDED = { '.dockerignore': '.venv\n' };

/** An image of the project at the root that takes all of it in, between what is given. */
export const image = (above: readonly string[], ...below: string[]): string =>
  lines('FROM python:3.12-slim', 'WORKDIR /app', ...above, 'COPY . .', ...below);

/** The line is added, whatever else stands in the repository. */
export const added = (name: string, dockerfile: string, more: Row['files'] = {}, after: Row['after'] = ADDED): Row => ({
  name,
  id,
  files: { ...PROJECT, Dockerfile: dockerfile, ...more },
  after,
});

/** Nothing is changed, and said why. */
export const held = (name: string, dockerfile: string, findings: readonly string[], more: Row['files'] = {}): Row => ({
  name,
  id,
  files: { ...PROJECT, Dockerfile: dockerfile, ...more },
  findings,
});
