// uv's project commands beside the environment that is on PATH, and the variable that brings the two together.

import { lines, type Row } from './row.ts';

const ENV = ['ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const FILES = {
  'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["flask"]'),
  'uv.lock': 'version = 1\n',
  'app.py': 'import flask\n',
  '.dockerignore': '.venv\n',
};
const MADE = 'RUN uv venv /opt/venv';
const SYNCED = ['WORKDIR /app', 'COPY pyproject.toml uv.lock ./', 'RUN uv sync --frozen'];
const START = ['COPY app.py .', 'CMD ["flask", "run"]'];

interface Beside {
  readonly steps?: readonly string[];
  /** Behind all others. */
  readonly rest?: readonly string[];
  readonly files?: Row['files'];
  /** Place, level and why nothing is written; absent: it is. */
  readonly says?: string;
}

/** uv syncs into /app/.venv while /opt/venv is on PATH. */
const beside = (name: string, { steps = [MADE, ...SYNCED], rest = START, says, files = {} }: Beside): Row => {
  const written = (...more: readonly string[]): string =>
    lines('FROM python:3.12-slim AS app', 'RUN pip install uv', ...ENV, ...more, ...steps, ...rest);
  return {
    name,
    id: 'venv-on-path',
    files: { Dockerfile: written(), ...FILES, ...files },
    ...(says === undefined
      ? { after: { Dockerfile: written('ENV UV_PROJECT_ENVIRONMENT=/opt/venv') } }
      : { findings: [says] }),
  };
};

const APART = 'broken: `flask run` runs in /opt/venv; what `uv sync --frozen` (line 8) installs went into /app/.venv.';

export const uvBeside: readonly Row[] = [
  beside('uv syncs into the environment that is on PATH', {}),
  beside('uv syncs twice into the environment that is on PATH', {
    steps: [MADE, 'WORKDIR /app', 'COPY pyproject.toml uv.lock ./', 'RUN uv sync --frozen --no-install-project'],
    rest: ['COPY . .', 'RUN uv sync --frozen', 'CMD ["flask", "run"]'],
  }),
  beside('a workflow names an environment of its own', {
    files: { '.github/workflows/ci.yml': 'run: . .venv/bin/activate\n' },
  }),
  beside('a job that starts the image by the environment of the project keeps it', {
    files: { '.github/workflows/ci.yml': 'run: |\n  docker run img \\\n    .venv/bin/pytest\n' },
    says: `Dockerfile:10:1 ${APART} Left alone: .github/workflows/ci.yml names /app/.venv`,
  }),
  beside('a page that starts the image by the environment of the project keeps it', {
    files: { 'README.md': 'Run `docker run img .venv/bin/pytest`.\n' },
    says: `Dockerfile:10:1 ${APART} Left alone: README.md names /app/.venv`,
  }),
  beside('a page names the environment of the machine', {
    files: { 'README.md': 'Run `source .venv/bin/activate`. Or `docker run img`.\n' },
  }),
  beside('a sync from outside runs as another user than made the environment', {
    rest: ['RUN useradd app && chown -R app /app', 'USER app', ...START],
    files: { Makefile: 'work:\n\tdocker run img uv run worker.py\n' },
    says: `Dockerfile:12:1 ${APART} Left alone: Makefile has \`uv\` sync it in a container`,
  }),
  beside('the start is of another user than made the environment', {
    rest: ['RUN useradd app && chown -R app /app', 'USER app', ...START],
    files: { Makefile: 'work:\n\tuv run worker.py\n' },
  }),
  beside('a cache over the environment takes what uv syncs', {
    steps: [
      MADE,
      'WORKDIR /app',
      'COPY pyproject.toml uv.lock ./',
      'RUN --mount=type=cache,target=/opt/venv uv sync --frozen',
    ],
    says: `Dockerfile:10:1 ${APART} Left alone: a mount of a RUN lies over /opt/venv`,
  }),
  {
    name: 'a build argument may name the environment that is on PATH',
    id: 'venv-on-path',
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'RUN pip install uv',
        ...ENV,
        MADE,
        'ARG UV_PROJECT_ENVIRONMENT',
        ...SYNCED,
        ...START,
      ),
      ...FILES,
    },
  },
  beside('a script that names the environment of the project keeps it', {
    files: { 'start.sh': '. .venv/bin/activate\n' },
    says: `Dockerfile:10:1 ${APART} Left alone: start.sh names /app/.venv`,
  }),
  beside('a line that names the environment of the project keeps it', {
    rest: ['RUN du -sh .venv', ...START],
    says: `Dockerfile:11:1 ${APART} Left alone: a line of the Dockerfile names /app/.venv`,
  }),
  beside('another stage takes the folder along', {
    rest: ['FROM python:3.12-slim AS other', 'COPY --from=app /app /app', 'FROM app', ...START],
    says: `Dockerfile:13:1 ${APART} Left alone: a copy between stages names /app/.venv, or takes it along`,
  }),
  beside('uv sync would take out what is in the environment on PATH', {
    steps: [MADE, 'RUN uv pip install poetry', ...SYNCED],
    says: 'Dockerfile:11:1 Left alone: /opt/venv has packages that `uv sync` would take out of it',
  }),
  beside('the environment on PATH is made behind the one of the project', {
    steps: [...SYNCED, MADE],
    says: 'Dockerfile:10:1 broken: `flask run` runs in /opt/venv; what `uv sync --frozen` (line 7) installs went into /app/.venv. Left alone: /opt/venv is not made before /app/.venv',
  }),
  beside('who syncs cannot write to the environment on PATH', {
    steps: [MADE, 'RUN useradd -m app && mkdir /app && chown app /app', 'USER app', ...SYNCED],
    says: 'Dockerfile:12:1 runs as app, who cannot write to /opt/venv',
  }),
];
