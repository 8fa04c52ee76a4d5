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
const left = (name: string, files: Row['files'], ...findings: string[]): Row =>
  row(name, { files, settings: relocate, findings });

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
  left(
    'a line of a script runs on another machine',
    { 'deploy.sh': lines('#!/bin/sh', 'ssh server /app/.venv/bin/python -m shop') },
    'compose.yaml:4:15 Left alone: line 2 of deploy.sh names /app/.venv',
  ),
  left(
    'a Makefile puts its path together',
    { Makefile: lines('VENV := .venv', 'test:', '\tdocker compose run web /app/$(VENV)/bin/python -m shop') },
    'compose.yaml:4:15 Left alone: line 3 of Makefile names /app/$(VENV)',
  ),
  left(
    'a module puts its path together',
    { 'tasks.py': lines('import os', 'PYTHON = os.path.join("/app", ".venv", "bin", "python")') },
    'compose.yaml:4:15 Left alone: line 2 of tasks.py names "/app", ".venv',
  ),
  left(
    'a module puts its path together with pathlib',
    { 'tasks.py': lines('from pathlib import Path', "PYTHON = Path('/app') / '.venv' / 'bin' / 'python'") },
    'compose.yaml:4:15 Left alone: line 2 of tasks.py names',
  ),
  row('a Makefile and a module put other paths together', {
    files: {
      Makefile: lines('OUT := dist', 'VENV := .venv', 'copy:', '\tdocker compose cp web:/app/$(OUT) .'),
      'tasks.py': lines('import os', 'OUT = os.path.join("/app", "dist")', 'SKIP = [".venv", "/app"]'),
    },
    settings: relocate,
    after: { Dockerfile: AFTER },
  }),
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
  row('a script that names the environment names the new place', {
    files: { 'run.sh': lines('#!/bin/sh', '/app/.venv/bin/python -m shop') },
    settings: relocate,
    after: { Dockerfile: AFTER, 'run.sh': lines('#!/bin/sh', '/opt/venv/bin/python -m shop') },
  }),
  left(
    'a relative word of a script may mean the one of the machine',
    { 'run.sh': lines('#!/bin/sh', '.venv/bin/python -m shop') },
    'compose.yaml:4:15 Left alone: line 2 of run.sh names .venv, and /app/.venv would be /opt/venv.',
  ),
  left(
    'a path behind a quote is said',
    { 'run.sh': lines('#!/bin/sh', '"$HERE"/.venv/bin/python -m shop') },
    'compose.yaml:4:15 Left alone: line 2 of run.sh names /.venv, and /app/.venv would be /opt/venv.',
  ),
  left(
    'settings of the program are said',
    { 'shop/settings.py': lines("HOME = '/app/.venv'") },
    'compose.yaml:4:15 Left alone: line 1 of shop/settings.py names /app/.venv, and /app/.venv would be /opt/venv.',
  ),
  left(
    'what moves uv by a variable is said',
    { '.env': lines('UV_PROJECT_ENVIRONMENT=.venv') },
    'compose.yaml:4:15 Left alone: line 1 of .env names UV_PROJECT_ENVIRONMENT, and /app/.venv would be /opt/venv.',
  ),
  left(
    'another image has an environment there, and both start by one script',
    { 'run.sh': lines('#!/bin/sh', '/app/.venv/bin/python -m shop'), 'jobs/Dockerfile': BEFORE },
    'compose.yaml:4:15 Left alone: line 2 of run.sh names /app/.venv, and /app/.venv would be /opt/venv.',
  ),
  left(
    'another service has a volume at it',
    { 'compose.yaml': `${MOUNTED}  jobs:\n    build: .\n    volumes: [".:/app", "/app/.venv"]\n` },
    'compose.yaml:4:15 Left alone: line 7 of compose.yaml names /app/.venv, and /app/.venv would be /opt/venv.',
    'compose.yaml:7:25 advice: Service jobs keeps old packages after a rebuild',
  ),
  left(
    'a service of another image names it',
    { 'compose.yaml': `${MOUNTED}  jobs:\n    image: jobs\n    command: /app/.venv/bin/python -m jobs\n` },
    'compose.yaml:4:15 Left alone: line 7 of compose.yaml names /app/.venv, and /app/.venv would be /opt/venv.',
  ),
  left(
    'a relative command that starts elsewhere is said',
    {
      'compose.yaml': web(
        'build: .',
        'working_dir: /app/shop',
        'volumes: [".:/app"]',
        'command: sh -c "cd /app && .venv/bin/python x.py"',
      ),
    },
    'compose.yaml:5:15 Left alone: line 6 of compose.yaml names .venv, and /app/.venv would be /opt/venv.',
  ),
  row('a RUN that names the environment names the new place', {
    files: { Dockerfile: imageAt('/app/.venv', [], ['RUN /app/.venv/bin/python -V']) },
    settings: relocate,
    after: {
      Dockerfile: imageAt('/opt/venv', ['ENV UV_PROJECT_ENVIRONMENT=/opt/venv'], ['RUN /opt/venv/bin/python -V']),
    },
  }),
  left(
    'a name that is no path is said',
    { Dockerfile: imageAt('/app/.venv', [], ['RUN find . -name .venv']) },
    'compose.yaml:4:15 Left alone: line 7 of Dockerfile names .venv (/app/.venv), which would be /opt/venv.',
  ),
  left(
    'a relative path below another folder is said',
    { Dockerfile: imageAt('/app/.venv', [], ['RUN cd shop && ls .venv']) },
    'compose.yaml:4:15 Left alone: line 7 of Dockerfile names .venv (/app/.venv), which would be /opt/venv.',
  ),
  left(
    'a working folder inside of it is said',
    { Dockerfile: imageAt('/app/.venv', [], ['WORKDIR /app/.venv/bin']) },
    'compose.yaml:4:15 Left alone: line 7 of Dockerfile names /app/.venv, which would be /opt/venv.',
  ),
  left(
    'an environment that a user makes who may not write elsewhere',
    {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        UV,
        'WORKDIR /app',
        'RUN useradd -m shop && chown shop /app',
        'USER shop',
        'COPY pyproject.toml uv.lock ./',
        'RUN uv sync --frozen --no-install-project',
        'CMD ["/app/.venv/bin/python", "-m", "shop"]',
      ),
    },
    'compose.yaml:4:15 Left alone: line 7 runs as shop, who cannot write to /opt/venv.',
  ),
  left(
    'an environment that is made without a name',
    {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        UV,
        'WORKDIR /app',
        'RUN uv venv && uv pip install six',
        'CMD ["/app/.venv/bin/python", "-m", "shop"]',
      ),
    },
    'compose.yaml:4:15 Left alone: line 4 of Dockerfile makes /app/.venv without naming it.',
  ),
  row('a plain environment behind a variable moves', {
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'ENV APP=/app',
        'WORKDIR $APP',
        'RUN python -m venv $APP/.venv && $APP/.venv/bin/pip install six',
        'CMD ["/app/.venv/bin/python", "-m", "shop"]',
      ),
    },
    settings: relocate,
    after: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'ENV APP=/app',
        'WORKDIR $APP',
        'RUN python -m venv /opt/venv && /opt/venv/bin/pip install six',
        'CMD ["/opt/venv/bin/python", "-m", "shop"]',
      ),
    },
  }),
  left(
    'a relative word for the environment is said',
    { Dockerfile: imageAt('/app/.venv', [], ['ENV VIRTUAL_ENV=.venv']) },
    'compose.yaml:4:15 Left alone: line 7 of Dockerfile names .venv (/app/.venv), which would be /opt/venv.',
  ),
  left(
    'the new place is taken',
    { Dockerfile: imageAt('/app/.venv', ['RUN python -m venv /opt/venv']) },
    'compose.yaml:4:15 Left alone: /opt/venv is named already.',
  ),
  row('a volume fits an environment of the Python that the pin has uv fetch', {
    files: {
      '.python-version': '3.11\n',
      '.dockerignore': '.venv\n',
      Dockerfile: lines(
        'FROM python:3.12-slim',
        UV,
        'WORKDIR /app',
        'COPY pyproject.toml uv.lock .python-version ./',
        'RUN uv sync --frozen --no-install-project',
        'COPY . .',
        'CMD ["uv", "run", "python", "-m", "shop"]',
      ),
    },
    after: { 'compose.yaml': web('build: .', 'volumes: [".:/app", "/app/.venv"]') },
  }),
  row('a volume where no environment is, and no mount lies', {
    files: { 'compose.yaml': web('build: .', 'volumes: [".:/app", "/app/.venv", "/code/.venv"]') },
    findings: [
      'compose.yaml:4:25 advice: Service web keeps old packages after a rebuild',
      'compose.yaml:4:39 advice: Service web has an anonymous volume at /code/.venv, where its image has no environment and no mount lies: its environment is at /app/.venv. Take the entry out',
    ],
  }),
  row('the start may make one there', {
    files: {
      'compose.yaml': web(
        'build: .',
        'command: sh -c "python -m venv /code/.venv && python -m shop"',
        'volumes: ["/code/.venv"]',
      ),
    },
  }),
];
