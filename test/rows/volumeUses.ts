// Rows of fix-venv-volume: which image a service runs, and whether it uses the environment of it.

import { lines, type Row } from './row.ts';
import { IDLES, image, ON_PATH, RUNS, services, uvImage, web } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const MOUNTS = ['build: .', 'volumes:', '  - .:/app'];
const mended = { 'compose.yaml': web(...MOUNTS, '  - /app/.venv') };

/** pipenv with its environment in the project, which only waits. */
const PIPENV = lines(
  'FROM python:3.12-slim',
  'RUN pip install pipenv',
  'ENV PIPENV_VENV_IN_PROJECT=1',
  'WORKDIR /app',
  'COPY Pipfile ./',
  'RUN pipenv install',
);
const PIPFILE = lines('[packages]', 'six = "*"');
const POETRY = lines(
  'FROM python:3.12-slim',
  'RUN pip install poetry',
  'WORKDIR /app',
  'COPY pyproject.toml poetry.lock ./',
  'RUN POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --no-root',
);

export const volumeUses: readonly Row[] = [
  {
    name: 'a service whose Dockerfile is not there is not judged',
    id,
    files: { 'compose.yaml': web(...MOUNTS, '  - /app/.venv') },
  },
  {
    name: 'a service whose Dockerfile is a template is not judged',
    id,
    files: { Dockerfile: image('RUN echo {{ cookiecutter.name }}', RUNS), 'compose.yaml': web(...MOUNTS) },
    findings: ['Dockerfile:4:10 a template'],
  },
  {
    name: 'a service whose build target hangs on a variable is not judged',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build:', '  context: .', '  target: ${STAGE}', 'volumes:', '  - .:/app'),
    },
  },
  {
    name: 'a service whose build target is no stage is not judged',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': web('build:', '  context: .', '  target: dev', 'volumes:', '  - .:/app'),
    },
  },
  {
    name: 'a service whose Dockerfile has no stage is not judged',
    id,
    files: { Dockerfile: 'ARG TAG=3.12\n', 'compose.yaml': web(...MOUNTS, '  - /app/.venv') },
    findings: ['Dockerfile:1:1 no FROM'],
  },
  {
    name: 'a service that installs into its own container only holds no other back',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': services({
        setup: [
          'image: shop-tools',
          'build: tools',
          'command: sh -c "pip install six; true"',
          'volumes:',
          '  - .:/src',
        ],
        web: MOUNTS,
      }),
      'tools/Dockerfile': lines('FROM python:3.12-slim'),
    },
    after: {
      'compose.yaml': services({
        setup: [
          'image: shop-tools',
          'build: tools',
          'command: sh -c "pip install six; true"',
          'volumes:',
          '  - .:/src',
        ],
        web: [...MOUNTS, '  - /app/.venv'],
      }),
    },
  },
  {
    name: 'a service without an image is not judged',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('volumes:', '  - .:/app') },
  },
  {
    name: "an image whose name hangs on a variable is taken for nobody's",
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': services({
        builder: ['build: .', 'image: shop'],
        web: ['image: ${IMAGE:-shop}', 'volumes:', '  - .:/app'],
        worker: ['image: ${WORKER}', 'volumes:', '  - .:/app'],
      }),
    },
  },
  {
    name: "an image is nobody's where the name that it is tagged with hangs on a variable",
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': services({
        builder: ['build: .', 'image: ${IMAGE:-shop}'],
        web: ['image: shop', 'volumes:', '  - .:/app'],
      }),
    },
  },
  {
    name: 'an image that two services build in two ways is not known',
    id,
    files: {
      Dockerfile: image(RUNS),
      'Dockerfile.slim': lines('FROM python:3.12-slim', 'CMD ["python", "app.py"]'),
      'compose.yaml': services({
        one: ['build: .', 'image: shop'],
        other: ['build:', '  context: .', '  dockerfile: Dockerfile.slim', 'image: shop'],
        web: ['image: shop', 'volumes:', '  - .:/app'],
      }),
    },
  },
  {
    name: 'a service is left where a file that it includes cannot be read',
    id,
    files: {
      Dockerfile: image(RUNS),
      'compose.yaml': `${web(...MOUNTS)}include:\n  - gone.yaml\n`,
    },
    findings: [
      'compose.yaml:5:9 Left alone: the service is not fully known (the included gone.yaml',
      'compose.yaml:7:5 the included gone.yaml is not a file of the repository',
    ],
  },
  {
    name: 'a service is left where its build context hangs on a variable',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('build: ${CONTEXT:-.}', 'volumes:', '  - .:/app') },
    findings: ['compose.yaml:5:9 Left alone: its build context or Dockerfile hangs on a variable.'],
  },
  {
    name: 'a service is left where its working folder hangs on a variable',
    id,
    files: { Dockerfile: image(RUNS), 'compose.yaml': web('working_dir: ${FOLDER:-/app}', ...MOUNTS) },
    findings: ['compose.yaml:6:9 Left alone: its working_dir hangs on a variable.'],
  },
  {
    name: 'the .env of another mounted folder, or of one outside of the repository, does not tell pipenv where to go',
    id,
    files: {
      Dockerfile: `${PIPENV}CMD ["pipenv", "run", "python", "app.py"]\n`,
      Pipfile: PIPFILE,
      'app/.env': 'PIPENV_VENV_IN_PROJECT=0\n',
      'lib/.env': 'PIPENV_VENV_IN_PROJECT=0\n',
      'src/app.py': '',
      'src/Pipfile': PIPFILE,
      'compose.yaml': web('build: .', 'volumes:', '  - ./lib:/lib', '  - /srv/shop:/', '  - ./src:/app'),
    },
    after: {
      'compose.yaml': web(
        'build: .',
        'volumes:',
        '  - ./lib:/lib',
        '  - /srv/shop:/',
        '  - ./src:/app',
        '  - /app/.venv',
      ),
    },
  },
  {
    name: 'no file is read of a mount whose target is not known',
    id,
    files: {
      Dockerfile: `${PIPENV}CMD ["pipenv", "run", "python", "app.py"]\n`,
      Pipfile: PIPFILE,
      'compose.yaml': web('build: .', 'volumes:', '  - ./lib:${LIB}', '  - .:/app'),
    },
    findings: ['compose.yaml:6:9 Left alone: a mount of it has a target that is not known.'],
  },
  {
    name: 'a script with dependencies of its own is one for uv only',
    id,
    files: {
      Dockerfile: `${POETRY}CMD ["poetry", "run", "python", "app.py"]\n`,
      'pyproject.toml': '[tool.poetry]\nname = "shop"\n',
      'poetry.lock': '',
      'app.py': '# /// script\n# ///\n',
      'compose.yaml': web(...MOUNTS),
    },
    after: mended,
  },
  {
    name: 'what .env says of pipenv does not concern uv',
    id,
    files: {
      Dockerfile: uvImage('CMD ["uv", "run", "app.py"]'),
      'pyproject.toml': '[project]\nname = "shop"\n',
      'uv.lock': 'version = 1\n',
      '.env': 'PIPENV_VENV_IN_PROJECT=0\n',
      'compose.yaml': web(...MOUNTS),
    },
    after: mended,
  },
  {
    name: 'a container that waits has no environment of pipenv in its project where .env keeps it out of there',
    id,
    files: {
      Dockerfile: `${PIPENV}${IDLES}\n`,
      Pipfile: PIPFILE,
      '.env': 'PIPENV_VENV_IN_PROJECT=0\n',
      'compose.yaml': web(...MOUNTS),
    },
  },
  {
    name: 'a container that waits uses the environment that is on its PATH',
    id,
    files: { Dockerfile: image(ON_PATH, IDLES), 'compose.yaml': web(...MOUNTS) },
    after: mended,
  },
  {
    name: 'a PATH that is not known names no environment',
    id,
    files: {
      Dockerfile: image(ON_PATH, IDLES),
      'compose.yaml': web('environment:', '  PATH: ${WHERE}', ...MOUNTS),
    },
  },
  {
    name: 'a container that waits is left where the image sends uv to another environment',
    id,
    files: {
      Dockerfile: uvImage('ENV UV_PROJECT_ENVIRONMENT=/opt/venv', IDLES),
      'pyproject.toml': '[project]\nname = "shop"\n',
      'uv.lock': 'version = 1\n',
      'compose.yaml': web(...MOUNTS),
    },
  },
  {
    name: 'a service that sends uv back to the environment of the image uses it',
    id,
    files: {
      Dockerfile: uvImage('ENV UV_PROJECT_ENVIRONMENT=/opt/venv', IDLES),
      'pyproject.toml': '[project]\nname = "shop"\n',
      'uv.lock': 'version = 1\n',
      'compose.yaml': web('environment:', '  UV_PROJECT_ENVIRONMENT: /app/.venv', ...MOUNTS),
    },
    after: {
      'compose.yaml': web('environment:', '  UV_PROJECT_ENVIRONMENT: /app/.venv', ...MOUNTS, '  - /app/.venv'),
    },
  },
  {
    name: 'variables that are empty, or that tell the tools nothing else, send nothing elsewhere',
    id,
    files: {
      Dockerfile: uvImage(ON_PATH, IDLES),
      'pyproject.toml': '[project]\nname = "shop"\n',
      'uv.lock': 'version = 1\n',
      'compose.yaml': web(
        'environment:',
        '  DEBUG: "1"',
        '  UV_PROJECT_ENVIRONMENT: ""',
        '  VIRTUAL_ENV: /app/.venv',
        '  POETRY_VIRTUALENVS_IN_PROJECT: "true"',
        ...MOUNTS,
      ),
    },
    after: {
      'compose.yaml': web(
        'environment:',
        '  DEBUG: "1"',
        '  UV_PROJECT_ENVIRONMENT: ""',
        '  VIRTUAL_ENV: /app/.venv',
        '  POETRY_VIRTUALENVS_IN_PROJECT: "true"',
        ...MOUNTS,
        '  - /app/.venv',
      ),
    },
  },
  {
    name: 'a container that waits is left where nobody knows to which environment a variable sends uv',
    id,
    files: {
      Dockerfile: uvImage(IDLES),
      'pyproject.toml': '[project]\nname = "shop"\n',
      'uv.lock': 'version = 1\n',
      'compose.yaml': web('environment:', '  UV_PROJECT_ENVIRONMENT: ${WHERE}', ...MOUNTS),
    },
  },
];
