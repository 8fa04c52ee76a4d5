// Handlers of Lambda images, and the places that their runtime looks in.

import { lines, type Row } from './row.ts';

const BASE = 'FROM public.ecr.aws/lambda/python:3.12';
const UV = 'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv';
const SYNC = 'RUN uv sync --frozen --no-install-project';
const FILES = {
  'pyproject.toml': lines('[project]', 'name = "fn"', 'version = "1"', 'dependencies = ["flask"]'),
  'uv.lock': 'version = 1\n',
  'requirements.txt': 'flask\n',
  'app.py': lines('import json', 'import flask', 'def handler(event, context):', '    return 1'),
  '.dockerignore': '.venv\n',
};
const COPIED = 'COPY pyproject.toml uv.lock requirements.txt ./';
const START = ['COPY app.py ./', 'CMD ["app.handler"]'];

const lambda = (
  name: string,
  steps: readonly string[],
  more: Partial<Row> & { readonly rest?: readonly string[] } = {},
): Row => {
  const { rest = START, files, ...others } = more;
  return {
    name,
    id: 'venv-on-path',
    files: { Dockerfile: lines(BASE, UV, COPIED, ...steps, ...rest), ...FILES, ...files },
    ...others,
  };
};

export const lambdas: readonly Row[] = [
  lambda('a Lambda image never looks into an environment', [SYNC], {
    findings: [
      'Dockerfile:6:1 broken: The handler `app.handler` imports flask, and what `uv sync --frozen --no-install-project` (line 4) installs went into /var/task/.venv, where the runtime',
    ],
  }),
  lambda('with PATH it looks no further', [SYNC, 'ENV PATH="/var/task/.venv/bin:$PATH"'], {
    findings: ['Dockerfile:7:1 broken: The handler `app.handler` imports flask'],
  }),
  lambda(
    'pip installs into an environment that a Lambda image never looks into',
    ['RUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt'],
    { findings: ['Dockerfile:6:1 Install with `pip install --target "$LAMBDA_TASK_ROOT"`'] },
  ),
  lambda('what lies beside the handler is found', [
    'RUN uv export --frozen -o r.txt && uv pip install -r r.txt --target "$LAMBDA_TASK_ROOT"',
  ]),
  lambda('the Python of a Lambda image has what pip installs', ['RUN pip install -r requirements.txt']),
  lambda('a folder for modules is named', [SYNC, 'ENV PYTHONPATH=/var/task/.venv/lib/python3.12/site-packages']),
  lambda('packages are copied to the handler', [SYNC, 'RUN cp -r .venv/lib/python3.12/site-packages/. .']),
  lambda('a handler that needs what the runtime brings', [SYNC], { files: { 'app.py': 'import boto3\n' } }),
  lambda('a handler that is not in the repository', [SYNC], { rest: ['CMD ["other.handler"]'] }),
  lambda('another entrypoint is no handler', [SYNC], {
    rest: ['COPY app.py ./', 'ENTRYPOINT ["/var/task/.venv/bin/python", "-m"]', 'CMD ["app.handler"]'],
  }),
];
