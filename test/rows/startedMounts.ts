// Rows of fix-venv-volume: what docker run and devcontainer.json mount over the environment of an image.

import { lines, type Row } from './row.ts';
import { IDLES, image, ON_PATH, RUNS, uvImage } from './volumeFiles.ts';

const id = 'fix-venv-volume';
const BUILD = 'docker build -t shop .';
const UV = { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n', 'uv.lock': 'version = 1\n' };
const makefile = (...recipe: string[]): string => lines('run:', ...recipe.map((line) => `\t${line}`));
const page = (...block: string[]): string => lines('```sh', ...block, '```');
const HIDES = 'hides the environment that Dockerfile (line 3) makes at /app/.venv';

export const startedMounts: readonly Row[] = [
  {
    name: 'a docker run in a Makefile that mounts the project over the environment is said to be broken',
    id,
    files: { Dockerfile: image(RUNS), Makefile: makefile(BUILD, 'docker run --rm -v $(PWD):/app shop') },
    findings: [
      `Makefile:3:2 broken: \`docker run --rm -v <repository>:/app shop\` mounts the repository over /app, which ${HIDES}`,
    ],
  },
  {
    name: 'the long form of a mount is one too',
    id,
    files: {
      Dockerfile: image(RUNS),
      'run.sh': lines(BUILD, 'docker run --mount type=bind,source=.,target=/app shop'),
    },
    findings: ['run.sh:2:1 Write `-v /app/.venv` behind that mount'],
  },
  {
    name: 'a mount that a page shows is fragile',
    id,
    files: { Dockerfile: image(RUNS), 'README.md': page(BUILD, 'docker run -v .:/app shop') },
    findings: ['README.md:3:1 fragile'],
  },
  {
    name: 'an image of which only the repository speaks is taken for that of its only Dockerfile, and that is said',
    id,
    files: { Dockerfile: image(RUNS), 'run.sh': 'docker run -v .:/app shop\n' },
    findings: ['run.sh:1:1 if the image is built from Dockerfile.'],
  },
  {
    name: 'a line whose variables may add a volume says so',
    id,
    files: { Dockerfile: image(RUNS), 'run.sh': lines(BUILD, 'docker run -v .:/app $NAME') },
    findings: ['run.sh:2:1 unless its variables add a volume there.'],
  },
  {
    name: 'a docker run with a volume at the environment is right',
    id,
    files: { Dockerfile: image(RUNS), 'run.sh': lines(BUILD, 'docker run -v .:/app -v /app/.venv shop') },
  },
  {
    name: 'a docker run that mounts a folder beside the environment is right',
    id,
    files: { Dockerfile: image(RUNS), 'run.sh': lines(BUILD, 'docker run -v ./data:/app/data shop') },
  },
  {
    name: 'a docker run of a program that needs no environment is not spoken of',
    id,
    files: { Dockerfile: image(ON_PATH, IDLES), 'run.sh': lines(BUILD, 'docker run -v .:/app shop ls -l') },
  },
  {
    name: 'a docker run that waits for a prompt in the hidden environment is fragile',
    id,
    files: { Dockerfile: image(ON_PATH, IDLES), 'run.sh': lines(BUILD, 'docker run -it -v .:/app shop bash') },
    findings: ['run.sh:2:1 fragile'],
  },
  {
    name: 'a docker run of another image is not spoken of',
    id,
    files: { Dockerfile: image(RUNS), 'run.sh': lines(BUILD, 'docker run -v .:/app python:3.12 python app.py') },
  },
  {
    name: 'an environment into which the image installs nothing is not said to be hidden from a docker run',
    id,
    files: {
      Dockerfile: lines('FROM python:3.12-slim', 'WORKDIR /app', 'RUN python -m venv .venv', RUNS),
      'run.sh': lines(BUILD, 'docker run -v .:/app shop'),
    },
  },
  {
    name: 'a start that makes the hidden environment anew is fragile',
    id,
    files: {
      ...UV,
      Dockerfile: uvImage('CMD ["uv", "run", "app.py"]'),
      'run.sh': lines(BUILD, 'docker run -v .:/app shop'),
    },
    findings: ['run.sh:2:1 fragile'],
  },
  {
    name: 'below a read-only mount only another place for the environment is named',
    id,
    files: {
      ...UV,
      Dockerfile: uvImage(ON_PATH, RUNS),
      'run.sh': lines(BUILD, 'docker run -v .:/app:ro shop'),
    },
    findings: [
      'run.sh:2:1 Make the environment elsewhere: `ENV UV_PROJECT_ENVIRONMENT=/opt/venv` before the sync, outside of /app.',
    ],
  },
  {
    name: 'the folder in which a devcontainer mounts the workspace hides the environment there',
    id,
    files: {
      Dockerfile: image(ON_PATH, IDLES),
      '.devcontainer/devcontainer.json': lines(
        '{',
        '  "build": {"dockerfile": "../Dockerfile", "context": ".."},',
        '  "workspaceMount": "source=${localWorkspaceFolder},target=/app,type=bind",',
        '  "workspaceFolder": "/app"',
        '}',
      ),
    },
    findings: ['.devcontainer/devcontainer.json:2:3 fragile: The devcontainer mounts the repository over /app'],
  },
  {
    name: 'a devcontainer with a volume at the environment is right',
    id,
    files: {
      Dockerfile: image(ON_PATH, IDLES),
      '.devcontainer/devcontainer.json': lines(
        '{',
        '  "build": {"dockerfile": "../Dockerfile", "context": ".."},',
        '  "workspaceMount": "source=${localWorkspaceFolder},target=/app,type=bind",',
        '  "mounts": ["type=volume,target=/app/.venv"],',
        '  "workspaceFolder": "/app"',
        '}',
      ),
    },
  },
  {
    name: 'a devcontainer that mounts the workspace where it always does hides nothing of /app',
    id,
    files: {
      Dockerfile: image(ON_PATH, IDLES),
      '.devcontainer/devcontainer.json': '{"build": {"dockerfile": "../Dockerfile", "context": ".."}}\n',
    },
  },
];
