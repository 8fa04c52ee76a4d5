// Who enters a container outside of its environment, and starts whose Python is not the one that has the packages.

import { lines, type Row } from './row.ts';

const APP = { 'app.py': 'import flask\n', 'requirements.txt': 'flask\n', '.dockerignore': '.venv\n' };
const HEAD = ['FROM python:3.12-slim', 'RUN python -m venv /opt/venv'];
const REST = ['COPY requirements.txt .', 'RUN /opt/venv/bin/pip install -r requirements.txt'];
const ENV = ['ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const START = lines('#!/bin/sh', 'set -e', '. /opt/venv/bin/activate', 'exec "$@"');
const POETRY = { 'pyproject.toml': lines('[tool.poetry]', 'name = "a"'), 'poetry.lock': '', ...APP };
const PIPENV = { Pipfile: lines('[packages]', 'flask = "*"'), 'Pipfile.lock': '{}', ...APP };

const row = (name: string, dockerfile: readonly string[], files: Row['files'], more: Partial<Row> = {}): Row => ({
  name,
  id: 'venv-on-path',
  ...more,
  files: { Dockerfile: lines(...dockerfile), ...files },
});

const entered = (name: string, end: readonly string[], files: Row['files'], more: Partial<Row> = {}): Row =>
  row(
    name,
    [...HEAD, ...REST, ...end],
    { ...APP, ...files },
    {
      after: { Dockerfile: lines(...HEAD, ...ENV, ...REST, ...end) },
      ...more,
    },
  );

export const onPathElsewhere: readonly Row[] = [
  entered(
    'an entry script activates for what it starts alone',
    ['COPY start.sh /', 'ENTRYPOINT ["/start.sh"]', 'CMD ["python", "app.py"]'],
    { 'start.sh': START },
    { fixes: ['start.sh stays as it is'] },
  ),
  entered(
    'a start-up file activates, which only interactive shells read',
    ["RUN echo '. /opt/venv/bin/activate' >> /root/.bashrc", 'CMD ["bash"]'],
    {},
    { fixes: ['The start-up file stays'] },
  ),
  entered('a container that is kept open is there to be entered', ['CMD ["sleep", "infinity"]'], {}),
  row(
    'pipenv run makes an environment beside the system that has the packages',
    [
      'FROM python:3.12-slim',
      'RUN pip install pipenv',
      'WORKDIR /app',
      'COPY Pipfile Pipfile.lock ./',
      'RUN pipenv install --system --deploy',
      'COPY . .',
      'CMD ["pipenv", "run", "python", "app.py"]',
    ],
    PIPENV,
    {
      findings: [
        'Dockerfile:7:1 broken: `pipenv run python app.py` makes an environment of its own at the start, in the cache of pipenv; what `pipenv install --system --deploy` (line 5) installs went into the system Python.',
      ],
    },
  ),
  row(
    'the program itself finds what pipenv put into the system',
    [
      'FROM python:3.12-slim',
      'RUN pip install pipenv',
      'WORKDIR /app',
      'COPY Pipfile Pipfile.lock ./',
      'RUN pipenv install --system --deploy',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ],
    PIPENV,
  ),
  row(
    'the system Python has nothing of what poetry keeps in its cache',
    [
      'FROM python:3.12-slim',
      'RUN pip install poetry',
      'WORKDIR /app',
      'COPY pyproject.toml poetry.lock ./',
      'RUN poetry install --no-root',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ],
    POETRY,
    {
      findings: [
        'Dockerfile:7:1 broken: `python app.py` runs in the system Python; what `poetry install --no-root` (line 5) installs went into an environment in the cache of poetry.',
      ],
    },
  ),
  row(
    'no program along PATH is the one that pipenv keeps in its cache',
    [
      'FROM python:3.12-slim',
      'RUN pip install pipenv',
      'WORKDIR /app',
      'COPY Pipfile Pipfile.lock ./',
      'RUN pipenv install --deploy',
      'COPY . .',
      'CMD ["gunicorn", "app:app"]',
    ],
    PIPENV,
    {
      findings: [
        'Dockerfile:7:1 broken: `gunicorn app:app` finds no such program along PATH (exit 127); what `pipenv install --deploy` (line 5) installs went into an environment in the cache of pipenv.',
      ],
    },
  ),
  row(
    'poetry run finds what is in its cache',
    [
      'FROM python:3.12-slim',
      'RUN pip install poetry',
      'WORKDIR /app',
      'COPY pyproject.toml poetry.lock ./',
      'RUN poetry install --no-root',
      'COPY . .',
      'CMD ["poetry", "run", "python", "app.py"]',
    ],
    POETRY,
  ),
  row(
    'poetry without environments of its own goes by VIRTUAL_ENV, not by PATH',
    [
      'FROM python:3.12-slim',
      'RUN pip install poetry',
      'ENV POETRY_VIRTUALENVS_CREATE=false',
      'RUN python -m venv /opt/venv',
      'ENV PATH=/opt/venv/bin:$PATH',
      'WORKDIR /app',
      'COPY pyproject.toml poetry.lock ./',
      'RUN poetry install --no-root',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ],
    POETRY,
    {
      findings: [
        'Dockerfile:10:1 broken: `python app.py` runs in /opt/venv; what `poetry install --no-root` (line 8) installs went into the system Python.',
      ],
    },
  ),
  row(
    'with VIRTUAL_ENV both are one',
    [
      'FROM python:3.12-slim',
      'RUN pip install poetry',
      'ENV POETRY_VIRTUALENVS_CREATE=false',
      'RUN python -m venv /opt/venv',
      ...ENV,
      'WORKDIR /app',
      'COPY pyproject.toml poetry.lock ./',
      'RUN poetry install --no-root',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ],
    POETRY,
  ),
  row(
    'a start that installs where it then runs has its packages',
    [
      ...['FROM python:3.12-slim', 'RUN pip install pipenv', 'WORKDIR /app', 'COPY . .', 'RUN pipenv install'],
      'CMD pip install -r requirements.txt && python app.py',
    ],
    PIPENV,
  ),
  row(
    'with UV_PROJECT_ENVIRONMENT uv syncs into it',
    [
      'FROM python:3.12-slim',
      'RUN pip install uv',
      ...ENV,
      'ENV UV_PROJECT_ENVIRONMENT=/opt/venv',
      'WORKDIR /app',
      'COPY pyproject.toml uv.lock ./',
      'RUN uv sync --frozen',
      'COPY app.py .',
      'CMD ["flask", "run"]',
    ],
    { ...POETRY, 'uv.lock': 'version = 1\n' },
  ),
  row(
    'compose puts the PATH of the host into a service',
    ['FROM python:3.12-slim', 'CMD ["python", "-m", "http.server"]'],
    {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '    environment:',
        '      PATH: /opt/venv/bin:$PATH',
      ),
    },
    { findings: ['compose.yaml:5:13 fragile: The `$PATH` of service web is that of the machine that compose runs on'] },
  ),
  row(
    "a dollar that is written twice is the container's own",
    ['FROM python:3.12-slim', 'CMD ["python", "-m", "http.server"]'],
    {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '    environment:',
        '      PATH: /opt/venv/bin:$$PATH',
      ),
    },
  ),
];
