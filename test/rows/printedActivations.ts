// Rows of venv-on-path: scripts that run the activation which pdm or poetry prints.

import { lines, type Row } from './row.ts';

const PDM = [
  'FROM python:3.12-slim',
  'RUN pip install pdm',
  'WORKDIR /app',
  'COPY pyproject.toml pdm.lock ./',
  'RUN pdm install --no-self',
];
const POETRY = [
  'FROM python:3.12-slim',
  'RUN pip install poetry',
  'ENV POETRY_VIRTUALENVS_IN_PROJECT=1',
  'WORKDIR /app',
  'COPY pyproject.toml poetry.lock ./',
  'RUN poetry install --no-root',
];
const CACHED = POETRY.filter((line) => !line.startsWith('ENV'));
const ENV = ['ENV VIRTUAL_ENV=/app/.venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const START = ['COPY start.sh app.py ./', 'ENTRYPOINT ["./start.sh"]', 'CMD ["python", "app.py"]'];
const FILES = {
  'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["flask"]'),
  'pdm.lock': lines('[metadata]', 'lock_version = "4.5.0"'),
  'poetry.lock': '',
  'app.py': 'import flask\n',
};

const row = (name: string, made: readonly string[], activation: string, shebang = '#!/bin/bash'): Row => ({
  name,
  id: 'venv-on-path',
  files: { Dockerfile: lines(...made, ...START), ...FILES, 'start.sh': lines(shebang, activation, 'exec "$@"') },
});

const mended = (name: string, made: readonly string[], activation: string): Row => ({
  ...row(name, made, activation),
  after: { Dockerfile: lines(...made, ...ENV, ...START) },
});

export const printedActivations: readonly Row[] = [
  mended('a script evaluates what pdm venv activate prints', PDM, 'eval $(pdm venv activate)'),
  mended('a script evaluates what pdm prints of the project', PDM, 'eval "$(pdm venv activate in-project)"'),
  mended('a script evaluates what poetry env activate prints', POETRY, 'eval $(poetry env activate)'),
  mended('a script evaluates what poetry prints in quotes', POETRY, 'eval "$(poetry env activate)"'),
  row('pdm prints an environment of another name', PDM, 'eval $(pdm venv activate tests)'),
  row('poetry prints an environment of its cache', CACHED, 'eval $(poetry env activate)'),
  row('another command prints what is evaluated', PDM, 'eval $(pdm venv list)'),
  row('what pdm prints is not all that is evaluated', PDM, 'eval "$(pdm venv activate; cat more.sh)"'),
  row('what pdm prints for another shell than bash is not known', PDM, 'eval $(pdm venv activate)', '#!/bin/sh'),
];
