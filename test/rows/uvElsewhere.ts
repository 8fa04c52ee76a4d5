// Rows of activate-to-env: what uv's project commands do beside an active environment is said once.

import { lines, type Row } from './row.ts';

const HEAD = [
  'FROM python:3.12-slim',
  'RUN pip install uv && python -m venv /opt/venv',
  'ENV VIRTUAL_ENV=/opt/venv',
  'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
  'WORKDIR /app',
  'COPY pyproject.toml uv.lock ./',
  'RUN uv sync --frozen --no-install-project',
  'COPY app.py .',
];

const row = (name: string, start: string, findings: readonly string[]): Row => ({
  name,
  id: 'activate-to-env',
  files: {
    Dockerfile: lines(...HEAD, start),
    'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["flask"]'),
    'uv.lock': 'version = 1\n',
    'app.py': 'import flask\n',
  },
  findings,
});

export const uvElsewhere: readonly Row[] = [
  row('a start that misses what uv synced is said by another transform', 'CMD ["python", "app.py"]', []),
  row('no start misses what uv synced elsewhere', 'CMD ["/app/.venv/bin/python", "app.py"]', [
    'Dockerfile:7:1 fragile: `uv sync` does not use the active environment /opt/venv but /app/.venv.',
  ]),
];
