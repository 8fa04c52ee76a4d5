// Programs outside the environment that has the packages, and the ENV lines that bring it onto PATH.

import { lines, type Row } from './row.ts';

const BASE = 'FROM python:3.12-slim';
const ENV = ['ENV VIRTUAL_ENV=/app/.venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const RESET = 'ENV PATH=/usr/local/bin:/usr/bin:/bin';
const PROJECT = { 'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"', 'dependencies = ["flask"]') };
const MANAGE = lines(
  'import sys',
  'def main():',
  '    from django.core.management import execute_from_command_line',
  'main()',
);
const UV = { ...PROJECT, 'uv.lock': 'version = 1\n', '.dockerignore': '.venv\n' };
const APP = { 'app.py': 'import flask\n' };

/** `pip install uv`, `uv sync`, the code, and a start. */
const synced = (...rest: readonly string[]) => {
  const head = [
    BASE,
    'RUN pip install uv',
    'WORKDIR /app',
    'COPY pyproject.toml uv.lock ./',
    'RUN uv sync --frozen --no-install-project',
  ];
  return { before: lines(...head, ...rest), after: lines(...head, ...ENV, ...rest) };
};

const mended = (name: string, rest: readonly string[], files: Record<string, string> = APP): Row => {
  const { before, after } = synced(...rest);
  return { name, id: 'venv-on-path', files: { Dockerfile: before, ...UV, ...files }, after: { Dockerfile: after } };
};

const left = (
  name: string,
  rest: readonly string[],
  more: Partial<Row> & { readonly files?: Row['files'] } = {},
): Row => ({
  name,
  id: 'venv-on-path',
  ...more,
  files: { Dockerfile: synced(...rest).before, ...UV, ...APP, ...more.files },
});

export const onPath: readonly Row[] = [
  mended('a script that asks for a package runs the system Python', ['COPY . .', 'CMD ["python", "app.py"]']),
  mended('a program of a package is not found along PATH', ['COPY . .', 'CMD ["gunicorn", "app:app"]']),
  mended('a module of a package is not found', ['COPY . .', 'CMD ["python", "-m", "flask", "run"]']),
  mended('a script that asks for a package by a module of its own', ['COPY . .', 'CMD python main.py'], {
    'main.py': 'from shop import run\n',
    'shop/__init__.py': 'from .web import run\n',
    'shop/web.py': 'import flask\n',
  }),
  mended('a health check runs outside', [
    'COPY . .',
    'HEALTHCHECK CMD ["python", "app.py"]',
    'CMD ["/app/.venv/bin/python", "app.py"]',
  ]),
  mended('a command that the project itself installs is not found', ['COPY . .', 'CMD ["shop"]'], {
    'pyproject.toml': `${PROJECT['pyproject.toml']}[project.scripts]\nshop = "app:main"\n`,
  }),
  mended('a compose service starts the system Python', ['COPY . .', 'CMD ["/app/.venv/bin/python", "app.py"]'], {
    ...APP,
    'compose.yaml': lines('services:', '  worker:', '    build: .', '    command: celery -A app worker'),
  }),
  left('a script of which nothing is known may need them', ['COPY . .', 'CMD ["python", "main.py"]'], {
    after: { Dockerfile: synced('COPY . .', 'CMD ["python", "main.py"]').after },
  }),
  mended('what Django starts', ['COPY . .', 'CMD ["python", "manage.py", "runserver"]'], { 'manage.py': MANAGE }),
  mended(
    'a step of Django',
    ['COPY . .', 'RUN python manage.py collectstatic', 'CMD ["/app/.venv/bin/gunicorn", "a:b"]'],
    {
      'manage.py': MANAGE,
    },
  ),
  // right as they are
  left(
    "a step of a manage.py that is not Django's",
    ['COPY . .', 'RUN python manage.py build', 'CMD ["/app/.venv/bin/python", "app.py"]'],
    {
      files: { 'manage.py': 'import sys\n' },
      findings: ['Dockerfile:8:1 advice: `/app/.venv/bin/python app.py` runs in /app/.venv by its path'],
    },
  ),
  left('a script that asks for the standard library alone', ['COPY . .', 'CMD ["python", "main.py"]'], {
    files: { 'main.py': 'import json, os.path\nfrom http import server\n' },
  }),
  left('a module of the standard library', ['CMD ["python", "-m", "http.server"]']),
  left('a program in the words of the command', ['CMD ["python", "-c", "print(1)"]']),
  left('a program that is read from standard input', ['CMD ["python", "-"]']),
  left('a script that a variable names asks for nothing that is known', ['COPY . .', 'CMD python $SCRIPT']),
  left('a module that a variable names asks for nothing that is known', ['COPY . .', 'CMD python -m $MODULE']),
  left('a module of a tool that the system has', ['CMD ["python", "-m", "uv", "--version"]']),
  left('uv runs it in the environment', ['COPY . .', 'CMD ["uv", "run", "app.py"]']),
  left('the environment is on PATH', [...ENV, 'COPY . .', 'CMD ["python", "app.py"]']),
  left('PATH alone is enough', ['ENV PATH=/app/.venv/bin:$PATH', 'COPY . .', 'CMD ["python", "app.py"]']),
  left('PYTHONPATH is its own way to packages', [
    'ENV PYTHONPATH=/app/.venv/lib/python3.12/site-packages',
    'COPY . .',
    'CMD ["python", "app.py"]',
  ]),
  left('the system has packages too', ['RUN pip install flask', 'COPY . .', 'CMD ["python", "app.py"]']),
  left('the system may have packages', ['RUN make install', 'COPY . .', 'CMD ["python", "app.py"]']),
  left("an entry script that is not the repository's may activate it", [
    'COPY . .',
    'ENTRYPOINT ["/opt/start"]',
    'CMD ["python", "app.py"]',
  ]),
  left('a program that the distribution brings', [
    'RUN apt-get update && apt-get install -y gunicorn',
    'COPY . .',
    'CMD ["gunicorn", "app:app"]',
  ]),
  left(
    'a start that names the path leaves out who enters the container',
    ['COPY . .', 'CMD ["/app/.venv/bin/python", "app.py"]'],
    {
      findings: [
        'Dockerfile:7:1 advice: `/app/.venv/bin/python app.py` runs in /app/.venv by its path; who enters the container (`docker exec` with `python`',
      ],
    },
  ),
  // not proven
  left("the host's environment may lie over it", ['COPY . .', 'CMD ["python", "app.py"]'], {
    files: { '.dockerignore': '*.md\n' },
    findings: [
      'Dockerfile:7:1 broken: `python app.py` runs the system Python; what `uv sync --frozen --no-install-project` (line 5) installs went into /app/.venv.',
    ],
  }),
  left('a second environment may be meant', ['RUN python -m venv /opt/tools', 'COPY . .', 'CMD ["python", "app.py"]'], {
    findings: [
      'Dockerfile:8:1 Left alone: the image has a second environment, /opt/tools. Write `ENV VIRTUAL_ENV=/app/.venv`',
    ],
  }),
  left('a PATH without it comes in between', [RESET, 'COPY . .', 'CMD ["python", "app.py"]'], {
    after: { Dockerfile: synced().before + lines(RESET, 'COPY . .', ...ENV, 'CMD ["python", "app.py"]') },
  }),
  left('a PATH without it comes last', ['COPY . .', RESET, 'CMD ["python", "app.py"]'], {
    findings: ['Dockerfile:8:1 Left alone: the PATH of line 7 leaves it out. Write `ENV VIRTUAL_ENV'],
  }),
  {
    name: 'where the environment is nobody knows',
    id: 'venv-on-path',
    files: {
      Dockerfile: lines(
        BASE,
        'ARG VENV',
        'COPY . .',
        'RUN python -m venv $VENV',
        'RUN . $VENV/bin/activate && pip install flask',
        'CMD ["python", "app.py"]',
      ),
      ...APP,
    },
  },
  {
    name: 'where uv makes its environment nobody knows',
    id: 'venv-on-path',
    files: {
      Dockerfile: lines(
        BASE,
        'ARG VENV',
        'ENV UV_PROJECT_ENVIRONMENT=$VENV',
        'RUN pip install uv',
        'COPY . .',
        'RUN uv pip install --system -r pyproject.toml',
        'CMD ["uv", "run", "--no-sync", "app.py"]',
      ),
      ...UV,
      ...APP,
    },
  },
  // packages that come with the start
  left('a start installs its packages by itself', ['COPY . .', 'CMD pip install -r requirements.txt && python app.py']),
  left(
    'an entry script installs packages into the system',
    ['COPY . .', 'ENTRYPOINT ["./start.sh"]', 'CMD ["python", "app.py"]'],
    { files: { 'start.sh': lines('#!/bin/sh', 'pip install -r requirements.txt', 'exec "$@"') } },
  ),
  left(
    'a start that only gets a newer pip is outside all the same',
    ['COPY . .', 'CMD pip install -U pip && python app.py'],
    {
      after: { Dockerfile: synced('COPY . .', 'CMD pip install -U pip && python app.py').after },
    },
  ),
  left('a start would lose what it installs', ['COPY . .', 'CMD uv pip install --system redis && python app.py'], {
    files: { 'compose.yaml': lines('services:', '  worker:', '    build: .', '    command: celery -A app worker') },
    findings: [
      'compose.yaml:4:14 Left alone: `python app.py` would no longer see what `uv pip install --system redis` installs',
    ],
  }),
  left('a service names a folder of packages', ['COPY . .', 'CMD ["uv", "run", "app.py"]'], {
    files: {
      'compose.yaml': lines(
        ...['services:', '  web:', '    build: .', '    command: python app.py'],
        ...['    environment:', '      PYTHONPATH: /packages'],
      ),
    },
  }),
  left('a service has a volume where the packages of the system are', ['COPY . .', 'CMD ["uv", "run", "app.py"]'], {
    files: {
      'compose.yaml': lines(
        ...['services:', '  web:', '    build: .', '    command: python app.py'],
        ...['    volumes:', '      - site:/usr/local/lib/python3.12/site-packages', 'volumes:', '  site:'],
      ),
    },
  }),
  left('a program that says where its modules are may need no packages', ['COPY . .', 'CMD ["python", "app.py"]'], {
    files: {
      '.dockerignore': '*.md\n',
      'app.py': lines('import sys', 'sys.path.insert(0, "/opt/lib")', 'import shop'),
    },
    findings: ['Dockerfile:7:1 fragile: `python app.py` runs the system Python'],
  }),
];
