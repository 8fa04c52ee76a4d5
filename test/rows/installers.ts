// Rows of what a command line of an installer says: which of its words are flags, and which of those take the next word.

import { lines, type Row } from './row.ts';

const CODE = { 'app.py': 'import flask\n', 'requirements.txt': 'flask\n' };
const image = (...steps: readonly string[]): string => lines('FROM python:3.12-slim', 'WORKDIR /app', ...steps);

/** The environment at `path`, which `steps` make, is activated; the fix shows that it is known to stand. */
const made = (name: string, steps: readonly string[], path: string, more: Row['files'] = {}): Row => ({
  name,
  id: 'activate-to-env',
  files: {
    Dockerfile: image(
      ...steps,
      `RUN . ${path}/bin/activate && uv pip install flask`,
      `CMD . ${path}/bin/activate && python app.py`,
    ),
    ...CODE,
    ...more,
  },
  after: {
    Dockerfile: image(
      ...steps,
      `ENV VIRTUAL_ENV=${path}`,
      'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
      'RUN uv pip install flask',
      'CMD ["python", "app.py"]',
    ),
  },
});

export const installers: readonly Row[] = [
  made('--native-tls of uv takes no value', ['RUN uv --native-tls venv /opt/venv'], '/opt/venv'),
  made('--trusted-host of uv takes a value', ['RUN uv --trusted-host pypi.org venv /opt/venv'], '/opt/venv'),
  made(
    'the value of a flag of uv venv is not its environment',
    ['RUN uv venv --refresh-package flask /opt/venv'],
    '/opt/venv',
  ),
  made('uv venv makes its environment where --directory says', ['RUN uv venv --directory /srv env'], '/srv/env'),
  made(
    'a value in front of the command of pipenv is no command',
    ['ENV PIPENV_VENV_IN_PROJECT=1', 'COPY Pipfile .', 'RUN pipenv --python 3.12 install'],
    '/app/.venv',
    { Pipfile: lines('[packages]', 'flask = "*"') },
  ),
  {
    name: 'a flag of the command that uv run starts is not a flag of uv',
    id: 'set-python-env',
    files: { Dockerfile: image('COPY . .', 'RUN uv run app.py --no-project', 'CMD ["python", "app.py"]'), ...CODE },
    after: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        '',
        'ENV PYTHONDONTWRITEBYTECODE=1 \\',
        '    PYTHONUNBUFFERED=1 \\',
        '    UV_COMPILE_BYTECODE=1',
        '',
        'WORKDIR /app',
        'COPY . .',
        'RUN uv run app.py --no-project',
        'CMD ["python", "app.py"]',
      ),
    },
  },
  {
    name: 'a setting of poetry as a module needs no code',
    id: 'split-dependency-copy',
    files: {
      Dockerfile: image(
        'COPY . .',
        'RUN python -m poetry config virtualenvs.create false',
        'RUN pip install -r requirements.txt',
      ),
      ...CODE,
    },
    after: {
      Dockerfile: image(
        'COPY requirements.txt .',
        'RUN python -m poetry config virtualenvs.create false',
        'RUN pip install -r requirements.txt',
        'COPY . .',
      ),
    },
  },
];

/** ENV would put the environment in front of a command that may be anything. */
const runs = (name: string, command: string): Row => ({
  name,
  id: 'activate-to-env',
  files: {
    Dockerfile: image(
      'RUN python -m venv /opt/venv',
      'RUN . /opt/venv/bin/activate && pip install flask',
      `RUN ${command}`,
      'CMD . /opt/venv/bin/activate && python app.py',
    ),
    ...CODE,
  },
  findings: [`Dockerfile:4:1 \`${command}\` may be anything`],
});

const held = (name: string, command: string): Row => ({
  name,
  id: 'split-dependency-copy',
  files: { Dockerfile: image('COPY . .', `RUN ${command}`, 'RUN pip install -r requirements.txt'), ...CODE },
  findings: [`Dockerfile:3:1 \`${command}\` may need the code`],
});

const passed = (name: string, command: string): Row => ({
  name,
  id: 'split-dependency-copy',
  files: { Dockerfile: image('COPY . .', `RUN ${command}`, 'RUN pip install -r requirements.txt'), ...CODE },
  after: {
    Dockerfile: image('COPY requirements.txt .', `RUN ${command}`, 'RUN pip install -r requirements.txt', 'COPY . .'),
  },
});

export const unfollowedInstallers: readonly Row[] = [
  runs('what hatch does with an environment is not known', 'hatch env create'),
  runs('what rye does with an environment is not known', 'rye sync'),
  held('hatch installs the project, and the code stays before it', 'hatch env create'),
  held('hatch runs code of the project', 'hatch run build'),
  held('rye installs the project, and the code stays before it', 'rye sync'),
  held('rye runs code of the project', 'rye run build'),
  passed('hatch that says its version needs no code', 'hatch --version'),
  passed('rye that says its version needs no code', 'rye --version'),
];
