// Rows of fix-venv-volume: which entry is wrong for the environment of a service.

import { lines, type Row } from './row.ts';
import { IDLES, image, ON_PATH, RUNS, web } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const MOUNTS = ['build: .', 'volumes:', '  - .:/app'];
const BARE = lines('FROM python:3.12-slim', 'WORKDIR /app');
const BARE_UV = `${BARE}COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv\n`;
const STARTS = 'command: /app/.venv/bin/python app.py';
const named = (...names: string[]): string => lines('volumes:', ...names.map((name) => `  ${name}:`));

const poetry = (...last: string[]): string =>
  lines('FROM python:3.12-slim', 'RUN pip install poetry', 'WORKDIR /app', 'COPY . .', ...last);
const POETRY_RUNS = 'CMD ["poetry", "run", "python", "app.py"]';
const PROJECT = { 'pyproject.toml': '[tool.poetry]\nname = "shop"\n', 'poetry.lock': '', '.dockerignore': '.venv\n' };
const EMPTIED = { 'compose.yaml': web(...MOUNTS, '  - /app/.venv') };

export const volumeEntries: readonly Row[] = [
  {
    name: 'an environment at a path that nobody knows is not judged',
    id,
    files: {
      Dockerfile: lines(
        'FROM corp/base',
        'ENV VIRTUAL_ENV=/app/$NAME',
        'RUN python -m venv $VIRTUAL_ENV && $VIRTUAL_ENV/bin/pip install six',
        IDLES,
      ),
      'compose.yaml': web(...MOUNTS),
    },
  },
  {
    name: 'a volume over the whole project is not said to be at the environment',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build: .', 'volumes:', '  - data:/app') + named('data'),
    },
  },
  {
    name: 'a volume that the start fills is no needless one',
    id,
    files: {
      Dockerfile: image('CMD /app/.venv/bin/pip install six && /app/.venv/bin/python app.py'),
      'compose.yaml': web('build: .', 'volumes:', '  - venv:/app/.venv') + named('venv'),
    },
  },
  {
    name: 'a volume is not said to be needless where the image has the environment on some branch only',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'RUN if [ -n "$DEV" ]; then python -m venv .venv && .venv/bin/pip install six; fi',
        RUNS,
      ),
      'compose.yaml': web('build: .', 'volumes:', '  - /app/.venv'),
    },
  },
  {
    name: 'a volume is not said to be needless where a variable decides where the service starts',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build: .', 'working_dir: ${FOLDER:-/app}', 'volumes:', '  - /app/.venv'),
    },
  },
  {
    name: 'a volume is not said to be needless where the service does not use the environment',
    id,
    files: {
      Dockerfile: image('CMD ["/usr/local/bin/python", "app.py"]'),
      'compose.yaml': web('build: .', 'volumes:', '  - /app/.venv'),
    },
  },
  {
    name: 'a named volume goes stale over a volume of the project too',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build: .', 'volumes:', '  - data:/app', '  - venv:/app/.venv') + named('data', 'venv'),
    },
    findings: ["compose.yaml:6:9 keeps the first image's packages: the volume venv at /app/.venv"],
  },
  {
    name: 'a mounted environment that the start makes is not taken for the one of the host',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web(
        'build: .',
        'command: sh -c "python -m venv .venv && /app/.venv/bin/python app.py"',
        'volumes:',
        '  - ./.venv:/app/.venv',
      ),
    },
  },
  {
    name: 'a mounted environment that the start fills is not taken for the one of the host',
    id,
    files: {
      Dockerfile: BARE_UV,
      'compose.yaml': web(
        'build: .',
        'command: sh -c "uv sync && /app/.venv/bin/python app.py"',
        'volumes:',
        '  - ./.venv:/app/.venv',
      ),
    },
  },
  {
    name: 'a mounted folder of another name is not taken for an environment of the host',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web('build: .', STARTS, 'volumes:', '  - ./cache:/app/.venv'),
    },
  },
  {
    name: 'an image of an unknown base is not said to have no environment',
    id,
    files: {
      Dockerfile: lines('FROM corp/base', 'WORKDIR /app'),
      'compose.yaml': web('build: .', 'entrypoint: []', STARTS, 'volumes:', '  - ./.venv:/app/.venv'),
    },
  },
  {
    name: 'a tmpfs where the environment of the host would be is left, with the volume that has its place in the other list',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web(STARTS, ...MOUNTS, 'tmpfs:', '  - /app/.venv'),
    },
  },
  {
    name: 'an empty volume that hides nothing is left',
    id,
    files: { Dockerfile: BARE, 'compose.yaml': web('build: .', STARTS, 'volumes:', '  - /app/.venv') },
  },
  {
    name: 'a volume in which the start makes the environment is left',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web(
        'command: sh -c "python -m venv .venv && /app/.venv/bin/python app.py"',
        ...MOUNTS,
        '  - /app/.venv',
      ),
    },
  },
  {
    name: 'a volume into which the start installs is left',
    id,
    files: {
      Dockerfile: `${BARE_UV}${ON_PATH}\n`,
      'compose.yaml': web('command: sh -c "uv run setup.py && python app.py"', ...MOUNTS, '  - /app/.venv'),
    },
  },
  {
    name: 'a volume is not said to be empty where variables that nobody knows may fill it',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web('env_file: local.env', STARTS, ...MOUNTS, '  - /app/.venv'),
    },
  },
  {
    name: 'a volume is not said to be empty where features of a devcontainer may fill it',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web(STARTS, ...MOUNTS, '  - /app/.venv'),
      '.devcontainer.json':
        '{"dockerComposeFile": "compose.yaml", "service": "web", "features": {"ghcr.io/devcontainers/features/python:1": {}}}',
    },
  },
  {
    name: 'an empty volume over a folder of programs that is no environment is left',
    id,
    files: {
      Dockerfile: BARE,
      'compose.yaml': web('command: /app/tools/bin/serve', ...MOUNTS, '  - /app/tools', '  - /srv/venv'),
    },
  },
  {
    name: 'poetry that is told to keep out of the project does not take an empty volume there for its environment',
    id,
    files: {
      ...PROJECT,
      ...EMPTIED,
      Dockerfile: poetry('ENV POETRY_VIRTUALENVS_IN_PROJECT=false', 'RUN poetry install --no-root', POETRY_RUNS),
    },
  },
  {
    name: 'poetry that a service tells to keep out of the project does not take an empty volume there for its environment',
    id,
    files: {
      ...PROJECT,
      Dockerfile: poetry('RUN poetry install --no-root', POETRY_RUNS),
      'compose.yaml': web('environment:', '  POETRY_VIRTUALENVS_IN_PROJECT: "false"', ...MOUNTS, '  - /app/.venv'),
    },
  },
  {
    name: 'poetry that the image sets to keep out of the project does not take an empty volume there for its environment',
    id,
    files: {
      ...PROJECT,
      ...EMPTIED,
      Dockerfile: poetry('RUN poetry config virtualenvs.in-project false && poetry install --no-root', POETRY_RUNS),
    },
  },
  {
    name: 'poetry whose settings keep it out of the project does not take an empty volume there for its environment',
    id,
    files: {
      ...PROJECT,
      ...EMPTIED,
      Dockerfile: poetry('RUN poetry install --no-root', POETRY_RUNS),
      'poetry.toml': '[virtualenvs]\nin-project = false\n',
    },
  },
  {
    name: 'poetry takes no volume for its environment instead of one that the image never made',
    id,
    files: { ...PROJECT, ...EMPTIED, Dockerfile: poetry(POETRY_RUNS) },
  },
  {
    name: 'poetry takes an empty volume for its environment in the root folder too',
    id,
    files: {
      ...PROJECT,
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'RUN pip install poetry',
        'COPY . .',
        'RUN poetry install --no-root',
        POETRY_RUNS,
      ),
      'compose.yaml': web('build: .', 'volumes:', '  - /.venv'),
    },
    findings: ['compose.yaml:5:9 has an anonymous volume at /.venv, and poetry takes that empty folder'],
  },
  {
    name: 'an environment that was made with a mount of no folder is in the image',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'RUN --mount=type=ssh --network=host python -m venv .venv && .venv/bin/pip install six',
        RUNS,
      ),
      'compose.yaml': web(...MOUNTS),
    },
    after: { 'compose.yaml': web(...MOUNTS, '  - /app/.venv') },
  },
];
