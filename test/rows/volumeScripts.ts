// Rows of fix-venv-volume: commands that the project itself names, which may remove the environment.

import { lines, type Row } from './row.ts';

interface More {
  /** Tool that the start calls; its environment is /app/env/venv. */
  readonly by?: 'uv' | 'poetry' | 'pipenv';
  /** What follows the tool. */
  readonly start?: string;
  readonly folder?: string;
  readonly mount?: string;
}

const IMAGE = {
  uv: [
    'FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim',
    'ENV UV_PROJECT_ENVIRONMENT=/app/env/venv',
    'WORKDIR /app',
    'COPY pyproject.toml uv.lock ./',
    'RUN uv sync --frozen --no-install-project',
    'COPY . .',
  ],
  poetry: [
    'FROM python:3.12-slim',
    'ENV POETRY_VIRTUALENVS_IN_PROJECT=true',
    'WORKDIR /app',
    'COPY . .',
    'RUN pip install poetry && poetry install',
  ],
  pipenv: [
    'FROM python:3.12-slim',
    'ENV PIPENV_VENV_IN_PROJECT=1',
    'WORKDIR /app',
    'COPY . .',
    'RUN pip install pipenv && pipenv install',
  ],
};

const compose = (mount: string): string =>
  lines('services:', '  web:', '    build: .', '    volumes:', `      - ${mount}`);

function filesOf(files: Row['files'], { by = 'uv', start = 'run dev', folder, mount = '.:/app' }: More): Row['files'] {
  return {
    Dockerfile: lines(
      ...IMAGE[by],
      ...(folder === undefined ? [] : [`WORKDIR ${folder}`]),
      `CMD ["${[by, ...start.split(' ')].join('", "')}"]`,
    ),
    '.dockerignore': lines('.venv', 'env'),
    'uv.lock': lines('version = 1', 'requires-python = ">=3.12"'),
    'compose.yaml': compose(mount),
    ...files,
  };
}

const fits = (name: string, files: Row['files'], more: More = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: filesOf(files, more),
  after: {
    'compose.yaml': `${compose(more.mount ?? '.:/app')}      - ${(more.by ?? 'uv') === 'uv' ? '/app/env/venv' : '/app/.venv'}\n`,
  },
});

const stays = (name: string, files: Row['files'], more: More = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: filesOf(files, more),
  findings: ['compose.yaml:5:9 which runs in the container, may remove or remake /app/'],
});

const project = (...more: readonly string[]): string =>
  lines('[project]', 'name = "shop"', 'version = "0.1.0"', 'dependencies = ["flask"]', ...more);
const SCRIPTS = project('[project.scripts]', 'dev = "shop.cli:main"');
const REMOVES = lines(
  'import subprocess',
  'def main(): subprocess.run(["uv", "venv", "--clear", "/app/env/venv"]), subprocess.run(["rm", "/app/.venv"])',
);
const SERVES = lines('def main(): print("venv")');

export const volumeScripts: readonly Row[] = [
  stays('a command of the project that removes the environment, which is not in the folder of the project', {
    'pyproject.toml': SCRIPTS,
    'shop/cli.py': REMOVES,
  }),
  fits('a command of the project that removes nothing', { 'pyproject.toml': SCRIPTS, 'shop/cli.py': SERVES }),
  fits('a command that the project does not name', { 'pyproject.toml': project(), 'shop/cli.py': REMOVES }),
  stays('a command of the project whose module is in src', {
    'pyproject.toml': SCRIPTS,
    'src/shop/cli.py': REMOVES,
  }),
  stays('a command of the project whose module is a package', {
    'pyproject.toml': SCRIPTS,
    'shop/cli/__init__.py': REMOVES,
  }),
  stays('a command of the project whose module is not in the repository', { 'pyproject.toml': SCRIPTS }),
  stays('a command of a project whose file is wrong', { 'pyproject.toml': `${project()}[`, 'shop/cli.py': SERVES }),
  stays('a command of the graphical kind', {
    'pyproject.toml': project('[project.gui-scripts]', 'dev = "shop.cli:main"'),
    'shop/cli.py': REMOVES,
  }),
  stays(
    'a start below the folder of the project has its commands',
    { 'pyproject.toml': SCRIPTS, 'shop/cli.py': REMOVES },
    { folder: '/app/shop' },
  ),
  stays(
    'a start elsewhere has the commands of the project that it names',
    { 'pyproject.toml': project(), 'tools/pyproject.toml': SCRIPTS, 'tools/shop/cli.py': REMOVES },
    { start: 'run --project /app/tools dev' },
  ),
  stays(
    'the same with an equals sign',
    { 'pyproject.toml': project(), 'tools/pyproject.toml': SCRIPTS, 'tools/shop/cli.py': REMOVES },
    { start: 'run --project=/app/tools dev' },
  ),
  stays(
    'where no mount shows the project, the build context has it',
    { 'pyproject.toml': SCRIPTS, 'shop/cli.py': REMOVES, 'data/x': '' },
    { mount: './data:/app/env' },
  ),
  stays(
    'a project that can be read nowhere may have any command',
    { 'shop/cli.py': SERVES, 'data/x': '' },
    { mount: './data:/app/env' },
  ),
  stays(
    'a command that poetry installs',
    {
      'pyproject.toml': lines('[tool.poetry]', 'name = "shop"', '[tool.poetry.scripts]', 'dev = "shop.cli:main"'),
      'shop/cli.py': REMOVES,
    },
    { by: 'poetry' },
  ),
  fits(
    'a command that poetry installs by a table',
    {
      'pyproject.toml': lines(
        '[tool.poetry]',
        'name = "shop"',
        '[tool.poetry.scripts]',
        'dev = { callable = "shop.cli:main" }',
      ),
      'shop/cli.py': SERVES,
    },
    { by: 'poetry' },
  ),
  stays(
    'a command that names no module in words',
    {
      'pyproject.toml': lines('[tool.poetry]', 'name = "shop"', '[tool.poetry.scripts]', 'dev = { extras = ["x"] }'),
      'undefined.py': SERVES,
    },
    { by: 'poetry' },
  ),
  stays(
    'a file that poetry installs as a command',
    {
      'pyproject.toml': lines(
        '[tool.poetry]',
        'name = "shop"',
        '[tool.poetry.scripts]',
        'dev = { reference = "tools/dev.sh", type = "file" }',
      ),
    },
    { by: 'poetry' },
  ),
  stays(
    'a script of the Pipfile may be anything',
    { Pipfile: lines('[packages]', '[scripts]', 'dev = "rm -r .venv"') },
    { by: 'pipenv' },
  ),
  stays(
    'where no mount shows the Pipfile, that of the build context may have scripts',
    { Pipfile: lines('[scripts]', 'dev = "rm -r .venv"'), 'data/x': '' },
    { by: 'pipenv', mount: './data:/app' },
  ),
  fits(
    'where no mount shows the Pipfile, that of the build context may have none',
    { Pipfile: lines('[packages]'), 'data/x': '' },
    { by: 'pipenv', mount: './data:/app' },
  ),
];
