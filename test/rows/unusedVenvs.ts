// Rows of venv-on-path: an environment that is made and never used; and of ignore-venv: one of the repository that a start runs in.

import { lines, type Row } from './row.ts';

const REQUIREMENTS = { 'requirements.txt': 'six\n' };
const IMAGE = (made: string, ...rest: readonly string[]): string =>
  lines(
    'FROM python:3.12-slim',
    'WORKDIR /app',
    made,
    'COPY requirements.txt .',
    'RUN pip install -r requirements.txt',
    ...rest,
  );
const MADE = 'RUN python -m venv /opt/venv';

const unused = (name: string, files: Row['files'], ...findings: string[]): Row => ({
  id: 'venv-on-path',
  name: `unused environment: ${name}`,
  files: { ...REQUIREMENTS, ...files },
  findings,
});

const SAID = 'Dockerfile:3:1 advice: /opt/venv is made here and never used';

const started = (name: string, files: Row['files'], ...findings: string[]): Row => ({
  id: 'ignore-venv',
  name: `environment of the repository: ${name}`,
  files: {
    Dockerfile: lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY . .', 'CMD ["env/bin/python", "app.py"]'),
    ...files,
  },
  findings,
});

const TESTED = lines(
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv .venv && .venv/bin/pip install six',
  'COPY . .',
  'ENTRYPOINT ["sh", "/app/start.sh"]',
  'CMD ["python", "app.py"]',
);

export const unusedVenvs: readonly Row[] = [
  unused(
    'PATH has a place that nobody knows before the system',
    {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'ENV PATH="/venv/bin:$PATH"',
        'RUN python3 -m venv venv',
        'COPY requirements.txt .',
        'RUN pip install -r requirements.txt',
      ),
    },
    'Dockerfile:4:1 advice: /app/venv is made here and never used: nothing installs into it and nothing runs in it; what `pip install -r requirements.txt` (line 6) installs went into a place that is not known (/venv/bin).',
  ),
  unused(
    'the packages go into the system',
    { Dockerfile: IMAGE(MADE, 'CMD ["python", "app.py"]') },
    `${SAID}: nothing installs into it and nothing runs in it; what \`pip install -r requirements.txt\` (line 5) installs went into the system Python. Take it out.`,
  ),
  unused(
    'by a relative name',
    { Dockerfile: IMAGE('RUN python -m venv venv', 'CMD ["python", "app.py"]') },
    'Dockerfile:3:1 advice: /app/venv is made here and never used',
  ),
  unused('a tool is installed into it', {
    Dockerfile: IMAGE(`${MADE} && /opt/venv/bin/pip install poetry`, 'CMD ["python", "app.py"]'),
  }),
  unused('a script installs into it', {
    Dockerfile: IMAGE(MADE, 'COPY start.sh .', 'CMD ["./start.sh"]'),
    'start.sh': lines('#!/bin/sh', '/opt/venv/bin/pip install six'),
  }),
  unused('settings name it', {
    Dockerfile: IMAGE(MADE, 'CMD ["python", "app.py"]'),
    '.vscode/settings.json': '{"python.defaultInterpreterPath": "/opt/venv/bin/python"}\n',
  }),
  unused('a module runs what is in it by a relative path', {
    Dockerfile: IMAGE('RUN python -m venv venv', 'COPY app.py .', 'CMD ["python", "app.py"]'),
    'app.py': 'import subprocess\nsubprocess.run(["venv/bin/python", "worker.py"])\n',
  }),
  unused('a module puts its path together', {
    Dockerfile: IMAGE('RUN python -m venv /opt/jail', 'COPY app.py .', 'CMD ["python", "app.py"]'),
    'app.py': 'import os\nJAIL = os.path.join(os.environ["BASE"], "jail", "bin")\n',
  }),
  unused('a step goes through several', {
    Dockerfile: IMAGE('RUN python -m venv /venvs/a', 'RUN for v in /venvs/*; do $v/bin/pip install six; done'),
  }),
  unused(
    'a Makefile names the one of the machine',
    {
      Dockerfile: IMAGE('RUN python -m venv venv', 'CMD ["python", "app.py"]'),
      Makefile: 'test:\n\tvenv/bin/python -m pytest\n',
    },
    'Dockerfile:3:1 advice: /app/venv is made here and never used',
  ),
  unused('a later step copies it', {
    Dockerfile: IMAGE(MADE, 'FROM python:3.12-slim', 'COPY --from=0 /opt/venv /opt/venv', 'CMD ["python", "app.py"]'),
  }),
  unused('no packages are anywhere', {
    Dockerfile: lines('FROM python:3.12-slim', MADE, 'CMD ["python"]'),
  }),
  unused('an image is built upon it', {
    Dockerfile: IMAGE(MADE, 'CMD ["python", "app.py"]'),
    'compose.yaml': lines('services:', '  web:', '    build: .', '    image: shop', '  jobs:', '    build: jobs'),
    'jobs/Dockerfile': lines('FROM shop', 'RUN pip install attrs'),
  }),
  started(
    'a start names its python',
    { 'env/pyvenv.cfg': 'home = /usr/bin\n', 'env/bin/python': 'x', 'app.py': '' },
    'Dockerfile:4:1 fragile: `env/bin/python app.py` runs in /app/env, which is `env` of the repository: it was made on another machine. Make it in the image',
  ),
  started(
    'its python is not there',
    { 'env/pyvenv.cfg': 'home = /usr/bin\n', 'app.py': '' },
    'Dockerfile:4:1 broken: `env/bin/python app.py` runs in /app/env, which is `env` of the repository: it was made on another machine, and env/bin/python is not in it.',
  ),
  {
    ...started('the image makes its own', {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'COPY . .',
        'RUN rm -rf env && python -m venv env && env/bin/pip install six',
        'CMD ["env/bin/python", "app.py"]',
      ),
      'env/pyvenv.cfg': 'home = /usr/bin\n',
      'app.py': '',
    }),
    after: { '.dockerignore': 'env\n' },
  },
  started('a script may make it anew', {
    Dockerfile: lines(
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'COPY . .',
      'RUN make environment',
      'CMD ["env/bin/python", "app.py"]',
    ),
    'env/pyvenv.cfg': 'home = /usr/bin\n',
    'app.py': '',
  }),
  {
    ...started('a script tests for the one that the image makes, which the COPY lies over', {
      Dockerfile: TESTED,
      'start.sh': lines('#!/bin/sh', '[ -f .venv/bin/activate ] && . .venv/bin/activate', 'exec "$@"'),
      'app.py': '',
    }),
    after: { '.dockerignore': '.venv\n' },
  },
  {
    ...started('a script tests for the program of the one that the image makes, which the COPY lies over', {
      Dockerfile: TESTED,
      'start.sh': lines('#!/bin/sh', '[ -x .venv/bin/python ] && . .venv/bin/activate', 'exec "$@"'),
      'app.py': '',
    }),
    after: { '.dockerignore': '.venv\n' },
  },
  started('a folder of that name is none', { 'env/bin/python': 'x', 'app.py': '' }),
];
