// Rows of fix-venv-volume: the environment moves out of the mounted folder, or what names it is said.

import { lines, type Row } from './row.ts';
import { web } from './volumeFiles.ts';

const UV = 'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv';
const imageAt = (path: string, above: readonly string[], last: readonly string[] = []): string =>
  lines(
    'FROM python:3.12-slim',
    UV,
    'WORKDIR /app',
    'COPY pyproject.toml uv.lock ./',
    ...above,
    'RUN uv sync --frozen --no-install-project',
    `ENV PATH="${path}/bin:$PATH"`,
    ...last,
    'CMD ["python", "-m", "shop"]',
  );
const BEFORE = imageAt('/app/.venv', []);
const AFTER = imageAt('/opt/venv', ['ENV UV_PROJECT_ENVIRONMENT=/opt/venv']);
const PROJECT = {
  'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["six"]'),
  'uv.lock': lines('version = 1'),
};
const READ_ONLY = web('build: .', 'volumes: [".:/app:ro"]');
const MOUNTED = web('build: .', 'volumes: [".:/app"]');

const row = (name: string, more: Omit<Row, 'name' | 'id'>): Row => ({
  name: `relocation: ${name}`,
  id: 'fix-venv-volume',
  ...more,
  files: { ...PROJECT, Dockerfile: BEFORE, 'compose.yaml': MOUNTED, ...more.files },
});

const relocate = { venvVolume: 'relocate' } as const;
const left = (name: string, files: Row['files'], finding: string): Row =>
  row(name, { files, settings: relocate, findings: [finding] });

export const relocation: readonly Row[] = [
  row('where the configuration asks for it the environment moves', {
    files: {},
    settings: relocate,
    after: { Dockerfile: AFTER },
    fixes: ['It assumes that nothing outside of this repository names /app/.venv.'],
  }),
  left(
    'a page starts the image by its environment',
    { 'README.md': 'Run `docker run shop /app/.venv/bin/pytest`.\n' },
    'compose.yaml:4:15 broken: Service web mounts the repository over /app, which hides the environment that its image has at /app/.venv. Left alone: line 1 of README.md names /app/.venv',
  ),
  row('a page names the environment of the machine', {
    files: { 'README.md': 'Run `source .venv/bin/activate`.\n' },
    settings: relocate,
    after: { Dockerfile: AFTER },
  }),
  left(
    'a start that syncs as another user',
    {
      Dockerfile: imageAt('/app/.venv', [], ['RUN useradd -m shop && chown -R shop /app', 'USER shop']),
      'compose.yaml': web('build: .', 'volumes: [".:/app"]', 'command: uv run python -m shop'),
    },
    'compose.yaml:4:15 broken: Service web mounts the repository over /app, which hides the environment that its image has at /app/.venv. Left alone: `uv run python -m shop` runs as shop, who cannot write to /opt/venv',
  ),
  row('where no volume fits the environment moves with --unsafe', {
    files: { 'compose.yaml': READ_ONLY },
    unsafe: true,
    after: { Dockerfile: AFTER },
  }),
  row('where a volume fits it is the safe way', {
    files: {},
    unsafe: true,
    after: { 'compose.yaml': web('build: .', 'volumes: [".:/app", "/app/.venv"]') },
  }),
  left(
    'a script that names the environment is said',
    { 'run.sh': lines('#!/bin/sh', '/app/.venv/bin/python -m shop') },
    'compose.yaml:4:15 Left alone: line 2 of run.sh names /app/.venv, and /app/.venv would be /opt/venv.',
  ),
  left(
    'a RUN that names the environment is said',
    { Dockerfile: imageAt('/app/.venv', [], ['RUN /app/.venv/bin/python -V']) },
    'compose.yaml:4:15 Left alone: line 7 of Dockerfile names /app/.venv, which would be /opt/venv.',
  ),
  left(
    'a relative word for the environment is said',
    { Dockerfile: imageAt('/app/.venv', [], ['ENV VIRTUAL_ENV=.venv']) },
    'compose.yaml:4:15 Left alone: line 7 of Dockerfile names /app/.venv, which would be /opt/venv.',
  ),
  left(
    'an environment that uv does not make stays',
    {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'RUN python -m venv .venv && .venv/bin/pip install six',
        'CMD ["/app/.venv/bin/python", "app.py"]',
      ),
    },
    'compose.yaml:4:15 Left alone: /app/.venv is not made by `uv sync` alone, so that no variable moves it.',
  ),
];
