// Rows: where pdm puts the environment of a project, as the lines show that bring it onto PATH, and what is done beside it.

import { lines, type Row } from './row.ts';

const LOCK = lines('[metadata]', 'lock_version = "4.5.0"', '[[package]]', 'name = "flask"', 'version = "3.0.3"');
const FILES = {
  'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["flask"]'),
  'pdm.lock': LOCK,
  'app.py': 'import flask\n',
  '.dockerignore': '.venv\n.pdm-python\n',
};
const HEAD = ['FROM python:3.12-slim', 'RUN pip install pdm', 'WORKDIR /app', 'COPY pyproject.toml pdm.lock ./'];
const SYNC = 'RUN pdm sync --no-self';
const START = ['COPY app.py .', 'CMD ["python", "app.py"]'];

type Files = Readonly<Record<string, string>>;

/** Where the lines come to stand. */
const HERE = '(here)';

/** Behind the copies of the manifests; the packages go into the environment at `path`. */
const goesTo = (path: string, name: string, steps: readonly string[], files: Files = {}): Row => {
  const all = [...HEAD, ...steps, ...(steps.includes(HERE) ? [] : [HERE]), ...START];
  const env = [`ENV VIRTUAL_ENV=${path}`, 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
  return {
    name,
    id: 'venv-on-path',
    files: { Dockerfile: lines(...all.filter((line) => line !== HERE)), ...FILES, ...files },
    after: { Dockerfile: lines(...all.flatMap((line) => (line === HERE ? env : line))) },
  };
};

/** They go nowhere that is known. */
const left = (name: string, steps: readonly string[], files: Files = {}): Row => ({
  name,
  id: 'venv-on-path',
  files: { Dockerfile: lines(...HEAD, ...steps, ...START), ...FILES, ...files },
});

const places: readonly Row[] = [
  goesTo('/app/.venv', 'pdm installs into the .venv of its project', [SYNC]),
  goesTo('/app/.venv', 'pdm below the folder of its project finds it', [
    'WORKDIR /app/src',
    SYNC,
    HERE,
    'WORKDIR /app',
  ]),
  goesTo('/app/.venv', 'pdm is given the folder of its project', [
    'WORKDIR /',
    `${SYNC} -p /app`,
    HERE,
    'WORKDIR /app',
  ]),
  goesTo('/app/.venv', 'PDM_PROJECT names the folder of the project', [
    'WORKDIR /',
    'RUN PDM_PROJECT=/app pdm sync --no-self',
    HERE,
    'WORKDIR /app',
  ]),
  goesTo('/app/.venv', 'pdm venv create makes it first', ['RUN pdm venv create 3.12', HERE, SYNC]),
  goesTo('/app/venv', 'pdm takes an environment that stands in the project', ['RUN python -m venv venv', HERE, SYNC]),
  goesTo('/opt/venv', 'pdm use names an environment', [
    'RUN python -m venv /opt/venv && pdm use -f /opt/venv/bin/python',
    HERE,
    SYNC,
  ]),
  goesTo('/opt/venv', 'PDM_PYTHON names an environment', [
    'RUN python -m venv /opt/venv',
    HERE,
    'RUN PDM_PYTHON=/opt/venv/bin/python pdm sync --no-self',
  ]),
  goesTo('/opt/venv', 'pdm takes the environment that is active', [
    'RUN python -m venv /opt/venv && export VIRTUAL_ENV=/opt/venv && pdm sync --no-self',
  ]),
  goesTo('/app/.venv', 'pdm is told to look at no active environment', [
    'RUN VIRTUAL_ENV=/opt/venv PDM_IGNORE_ACTIVE_VENV=1 pdm sync --no-self',
  ]),
  goesTo('/app/.venv', 'what pdm config says stands over the file of the user', [
    'RUN pdm config python.use_venv true',
    SYNC,
  ]),
  goesTo('/app/.venv', 'pdm add installs what it is given', ['RUN pdm add --no-self flask']),
  goesTo('/app/.venv', 'pdm writes down an interpreter of another machine', [SYNC], {
    '.pdm-python': '/Users/ann/shop/.venv/bin/python',
    '.dockerignore': '.venv\n',
  }),
  left('pdm may find no environment at VIRTUAL_ENV', ['RUN VIRTUAL_ENV=/opt/venv pdm sync --no-self']),
  left('packages of __pypackages__ are in no environment', ['RUN mkdir __pypackages__ && pdm sync --no-self']),
  left('python.use_venv is off', ['RUN pdm config python.use_venv false', SYNC]),
  left('PDM_USE_VENV is off', ['ENV PDM_USE_VENV=0', SYNC]),
  left('PDM_USE_VENV is not known', ['ARG VENVS', 'ENV PDM_USE_VENV=$VENVS', SYNC]),
  left('venv.in_project is off in the file of the project', ['COPY pdm.toml .', SYNC], {
    'pdm.toml': lines('[venv]', 'in_project = false'),
  }),
  left('PDM_VENV_IN_PROJECT is off', ['ENV PDM_VENV_IN_PROJECT=false', SYNC]),
  left('an environment with a name lies elsewhere', ['RUN pdm venv create --name build 3.12', SYNC]),
  left('pdm below 2 has no environments', ['RUN pip install "pdm<2"', SYNC]),
  left('a lock of pdm below 2 says so', [SYNC], { 'pdm.lock': LOCK.replace('4.5.0', '3.1') }),
  left('the global project is elsewhere', ['RUN pdm sync -g -p . --no-self']),
  left('pdm writes down an interpreter that it has looked for', ['RUN pdm use -f 3.11', SYNC]),
  left('the environments of conda are their own', ['ENV PDM_VENV_BACKEND=conda', SYNC]),
  left('what the settings of the project become is not known', ['RUN pdm config --local venv.in_project false', SYNC]),
];

const COMPOSE = lines('services:', '  web:', '    build: .', '    volumes:', '      - .:/app');
const STARTED = lines(...HEAD, SYNC, 'COPY . .', 'CMD ["pdm", "run", "flask", "run"]');

const volumes: readonly Row[] = [
  {
    name: 'a mount hides the environment that pdm has made',
    id: 'fix-venv-volume',
    files: { Dockerfile: STARTED, 'compose.yml': COMPOSE, ...FILES },
    after: { 'compose.yml': `${COMPOSE}      - /app/.venv\n` },
  },
  {
    name: 'a script of pdm may be any command',
    id: 'fix-venv-volume',
    files: {
      Dockerfile: STARTED,
      'compose.yml': COMPOSE,
      ...FILES,
      'pyproject.toml': `${FILES['pyproject.toml']}[tool.pdm.scripts]\nflask = "sh run.sh"\n`,
    },
    findings: [
      'compose.yml:5:9 Left alone: `pdm run flask`, which runs in the container, may remove or remake /app/.venv',
    ],
  },
];

const activations: readonly Row[] = [
  {
    name: 'an environment that pdm makes is on PATH before it stands',
    id: 'activate-to-env',
    files: { Dockerfile: lines(...HEAD, `${SYNC} && . .venv/bin/activate && python -c "import flask"`), ...FILES },
    after: {
      Dockerfile: lines(
        ...HEAD,
        'ENV VIRTUAL_ENV=/app/.venv',
        'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
        `${SYNC} && python -c "import flask"`,
      ),
    },
  },
];

export const pdm: readonly Row[] = [...places, ...volumes, ...activations];
