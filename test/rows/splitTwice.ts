// Rows of split-dependency-copy: installs that lock, sync, or run once more behind the code.

import { lines, type Row } from './row.ts';
import { heldBy, split } from './splitRow.ts';

const INSTALL = 'RUN pip install -r requirements.txt';
const PLAIN = lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["flask"]');
const STALE = lines('version = 1', '[[package]]', 'name = "shop"', 'version = "1"', 'source = { virtual = "." }');
const PDM = PLAIN + lines('[build-system]', 'requires = ["hatchling"]');
const POETRY = lines('[tool.poetry]', 'name = "shop"', 'version = "1"', '[tool.poetry.dependencies]', 'flask = "*"');
const IGNORED = { '.dockerignore': '.venv\n.pdm-python\n' };
const pdm = { 'pyproject.toml': PDM, ...IGNORED };
const poetry = { 'pyproject.toml': POETRY, ...IGNORED };
const HOST = 'ENV POETRY_VIRTUALENVS_CREATE=false';

/** `run` installs a project by poetry, and is left. */
const once = (name: string, run: readonly string[], why: string): Row =>
  split({
    name,
    files: poetry,
    image: ['RUN pip install poetry==2.1.0', HOST, 'COPY . .', ...run],
    findings: [`Dockerfile:5:1 ${why}`],
  });

export const splitTwice: readonly Row[] = [
  heldBy(
    'an editable requirement of the command is checked out in the code',
    ['RUN pip install -e git+https://git.example.com/a.git#egg=a -r requirements.txt'],
    'checks out an editable requirement below the working folder',
  ),
  ...['--frozen', '--locked'].map((flag) =>
    split({
      name: `with ${flag} uv writes no lock`,
      files: { 'pyproject.toml': PLAIN, 'uv.lock': STALE, '.dockerignore': '.venv\n' },
      image: ['COPY . .', `RUN uv sync ${flag}`],
      becomes: ['COPY pyproject.toml uv.lock ./', `RUN uv sync ${flag}`, 'COPY . .'],
    }),
  ),
  split({
    name: 'a plugin of poetry matters to poetry alone',
    image: ['RUN pip install poetry-dynamic-versioning', 'COPY . .', INSTALL],
    becomes: ['RUN pip install poetry-dynamic-versioning', 'COPY requirements.txt .', INSTALL, 'COPY . .'],
  }),
  split({
    name: 'an install inside an expansion does not run twice',
    files: pdm,
    image: ['COPY . .', 'RUN echo "$(pdm install)"'],
    findings: ['Dockerfile:3:1 stands inside another command'],
  }),
  split({
    name: 'what was installed beside the project goes with an exact sync',
    files: { 'pyproject.toml': PDM, '.dockerignore': '.venv\n' },
    image: [
      'ENV UV_PROJECT_ENVIRONMENT=/opt/venv',
      'RUN uv venv /opt/venv && uv pip install --python /opt/venv/bin/python gunicorn',
      'COPY . .',
      'RUN uv sync',
    ],
    findings: ['Dockerfile:5:1 something else has installed into its environment before'],
  }),
  once('an install in a pipe does not run twice', ['RUN echo y | poetry install'], 'stands inside another command'),
  once('an install as a list does not run twice', ['RUN ["poetry", "install"]'], 'stands inside another command'),
  once(
    'an install in a here-document does not run twice',
    ['RUN <<EOF', 'poetry install', 'EOF'],
    'its RUN is not a plain one',
  ),
  once(
    'an install with a variable of its RUN does not run twice',
    ['RUN POETRY_VIRTUALENVS_CREATE=true; poetry install && true'],
    'needs variables of its RUN',
  ),
];
