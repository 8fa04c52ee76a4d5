// Rows of ignore-venv: in which stages and under which mounts the environment of the host lies.

import { added, held, image, START } from './ignoreRow.ts';
import { lines, type Row } from './row.ts';

const mounts: readonly Row[] = [
  added(
    'a command above the copy sees nothing of the host, whatever is mounted',
    lines(
      'FROM python:3.12-slim AS tools',
      'RUN python -m venv /opt/tools',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'RUN --network=host --mount=type=cache,target=/root/.cache/pip --mount=type=bind,source=wheels,target=/wheels \\',
      '    --mount=from=tools,source=/opt,target=/tools curl https://example.com/setup | sh && .venv/bin/pip install flask',
      'COPY . .',
      START,
    ),
    { 'wheels/readme': 'none\n' },
  ),
  added(
    'a mount of a stage with an environment of its own is none of the host',
    lines(
      'FROM python:3.12-slim AS build',
      'WORKDIR /app',
      'RUN python -m venv .venv && .venv/bin/pip install flask',
      'COPY . .',
      'FROM python:3.12-slim',
      'RUN --mount=from=build,target=/build /build/app/.venv/bin/pip freeze > /versions',
      'COPY --from=build /app /app',
      'CMD ["/app/.venv/bin/python", "/app/app.py"]',
    ),
  ),
  held(
    'a cache that begins with a stage brings what the stage took in',
    lines(
      'FROM python:3.12-slim AS build',
      'WORKDIR /app',
      'COPY . .',
      'FROM python:3.12-slim',
      'RUN --mount=type=cache,from=build,source=/app,target=/cache cp -a /cache/.venv /opt/venv',
      'COPY --from=build /app/app.py /app/app.py',
      'CMD ["python", "/app/app.py"]',
    ),
    ['Dockerfile:3:1 (`/cache/.venv`) uses it'],
  ),
];

const excluded: readonly Row[] = [
  added(
    'an --exclude of another name leaves the environment in',
    lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY --exclude=.venv-old . .', START),
  ),
  added(
    'an --exclude of the folder alone leaves the same name further down in',
    lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY --exclude=.venv . .', START),
    { 'shop/pyproject.toml': '[project]\nname = "shop"\n' },
    { '.dockerignore': '**/.venv\n' },
  ),
  {
    name: 'an --exclude by a pattern keeps the environment out',
    id: 'ignore-venv',
    files: {
      Dockerfile: lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY --exclude=**/.v* . .', START),
      'requirements.txt': 'flask\n',
    },
  },
];

const stages: readonly Row[] = [
  added(
    'a stage that takes nothing from the host has what its base has',
    lines(
      'FROM acme/tools:1 AS tools',
      'WORKDIR /app',
      'RUN .venv/bin/python -V',
      'RUN . .venv/bin/activate && tool check',
      'RUN poetry run tool check',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'COPY . .',
      START,
    ),
  ),
  held(
    'a stage that is built on one with the environment has it from its start',
    lines(
      'FROM python:3.12-slim AS base',
      'WORKDIR /app',
      'COPY . .',
      'FROM base',
      'RUN .venv/bin/python -V',
      'COPY . .',
      START,
    ),
    ['Dockerfile:3:1 Line 5 of Dockerfile (`.venv/bin/python`) uses it'],
  ),
  added(
    'a stage that is built on one without it has it from its copy',
    lines('FROM acme/web:1 AS base', 'FROM base', 'WORKDIR /app', 'RUN .venv/bin/python -V', 'COPY . .', START),
  ),
  held(
    'what another stage makes is not made in this one',
    lines(
      'FROM python:3.12-slim AS test',
      'WORKDIR /app',
      'COPY . .',
      'RUN .venv/bin/pytest',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'RUN python -m venv .venv && .venv/bin/pip install flask',
      'COPY . .',
      START,
    ),
    ['Dockerfile:8:1 Line 4 of Dockerfile (`.venv/bin/pytest`) uses it'],
  ),
  added(
    'what is made and removed in one command is not the one of the host',
    image([], 'RUN python -m venv .venv && .venv/bin/pip wheel flask && rm -rf .venv', START),
  ),
  added(
    'where a single file lands no environment of the host does',
    lines(
      'FROM acme/python:1',
      'COPY requirements.txt /opt/',
      'COPY . /app',
      'CMD ["/opt/.venv/bin/python", "/app/app.py"]',
    ),
  ),
  added(
    'what another image brings is not the one of the host',
    lines(
      'FROM python:3.12-slim',
      'COPY --from=registry.example.com/tool:1 /app /tool',
      'COPY . /app',
      'CMD ["/tool/.venv/bin/python", "/app/app.py"]',
    ),
  ),
  added(
    'an environment that another image brings by its name is not the one of the host',
    image(['COPY --from=registry.example.com/tool:1 /opt/.venv /app/.venv'], 'CMD [".venv/bin/python", "app.py"]'),
  ),
  added(
    'the environment of a stage or of an image is that of no context of its own',
    lines(
      'FROM python:3.12-slim AS build',
      'RUN python -m venv /.venv && /.venv/bin/pip install flask',
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'COPY --from=build /.venv /opt/a',
      'COPY --from=registry.example.com/tool:1 /.venv /opt/b',
      'COPY . .',
      START,
    ),
  ),
];

export const ignore: readonly Row[] = [...mounts, ...excluded, ...stages];
