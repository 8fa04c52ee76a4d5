// The files of which most rows about volumes are made: an image with an environment in its project, and one service.

import { lines } from './row.ts';

/** An image with /app/.venv in it, then these lines. */
export const image = (...last: string[]): string =>
  lines('FROM python:3.12-slim', 'WORKDIR /app', 'RUN python -m venv .venv && .venv/bin/pip install six', ...last);

/** It starts in the environment. */
export const RUNS = 'CMD ["/app/.venv/bin/python", "app.py"]';
/** It waits until somebody comes into it. */
export const IDLES = 'CMD ["sleep", "infinity"]';
export const ON_PATH = 'ENV PATH="/app/.venv/bin:$PATH"';

/** An image whose environment uv makes at /app/.venv, and which only waits. */
export const uvImage = (...last: string[]): string =>
  lines(
    'FROM python:3.12-slim',
    'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv',
    'WORKDIR /app',
    'COPY pyproject.toml uv.lock ./',
    'RUN uv sync --frozen',
    ...last,
  );

/** One service. */
export const web = (...own: string[]): string => services({ web: own });

/** Services by their names. */
export const services = (all: Readonly<Record<string, readonly string[]>>): string =>
  lines(
    'services:',
    ...Object.entries(all).flatMap(([name, own]) => [`  ${name}:`, ...own.map((line) => `    ${line}`)]),
  );
