// Rows of set-python-env: Dockerfiles whose names do not say it.

import { lines, type Row } from './row.ts';

const TEXT = lines('FROM python:3.12-slim', 'CMD ["python", "app.py"]');
const SET = lines(
  'FROM python:3.12-slim',
  '',
  'ENV PYTHONDONTWRITEBYTECODE=1 \\',
  '    PYTHONUNBUFFERED=1',
  '',
  'CMD ["python", "app.py"]',
);

const found = (path: string, more: Row['files'] = {}, name = path): Row => ({
  name: `${name} is a Dockerfile`,
  id: 'set-python-env',
  files: { [path]: TEXT, ...more },
  after: { [path]: SET },
});

const other = (name: string, path: string, more: Partial<Row> & { readonly text?: string } = {}): Row => ({
  name,
  id: 'set-python-env',
  files: { [path]: more.text ?? TEXT },
  ...(more.kinds === undefined ? {} : { kinds: more.kinds }),
});

export const unnamedFiles: readonly Row[] = [
  found('docker/web'),
  found('.docker/images/base'),
  found('build/docker/python3.12'),
  found('dockerfiles/app.docker'),
  found('images/web', { 'build.sh': 'docker build -f images/web .\n' }, 'what a script names'),
  found(
    'images/web',
    { 'compose.yml': lines('services:', '  web:', '    build: {context: ., dockerfile: images/web}') },
    'what compose names',
  ),
  found(
    'images/web',
    { 'docker-bake.hcl': lines('target "web" {', '  dockerfile = "images/web"', '}') },
    'what bake names',
  ),
  found(
    'images/web',
    {
      '.github/workflows/ci.yml': lines(
        'on: push',
        'jobs:',
        '  build:',
        '    runs-on: ubuntu-latest',
        '    steps:',
        '      - uses: actions/checkout@v4',
        '      - uses: docker/build-push-action@v6',
        '        with:',
        '          context: .',
        '          file: images/web',
      ),
    },
    'what a workflow names',
  ),
  other('a file of another folder is read by nobody', 'images/web'),
  other('a file with another ending', 'docker/web.txt'),
  other('an executable file is a script', 'docker/web', { kinds: { 'docker/web': 'executable' } }),
  other('test data', 'tests/fixtures/docker/web'),
  other('a file of other people', 'vendor/docker/web'),
  other('a text with a line that is no instruction', 'docker/web', { text: `${TEXT}and so on\n` }),
  other('a letter', 'docker/letter', { text: lines('FROM the desk of A. Person', 'ADD a line') }),
  other('an image alone', 'docker/web', { text: 'FROM python:3.12-slim\n' }),
  other('instructions without an image', 'docker/web', { text: lines('ARG A=1', 'RUN python -V') }),
];
