// Rows of set-python-env: which images run Python, and where ENV stands.

import { lines, type Row } from './row.ts';

type Files = Readonly<Record<string, string>>;

const id = 'set-python-env';
const START = 'CMD ["python", "app.py"]';
const BOTH = ['ENV PYTHONDONTWRITEBYTECODE=1 \\', '    PYTHONUNBUFFERED=1'];
const BLOCK = ['', ...BOTH, ''];
const PYTHON = 'FROM python:3.12-slim';

const row = (
  name: string,
  list: readonly string[],
  after: readonly string[] | undefined,
  more: Files = {},
  dockerfile = 'Dockerfile',
): Row => ({
  name,
  id,
  files: { [dockerfile]: lines(...list), ...more },
  ...(after === undefined ? {} : { after: { [dockerfile]: lines(...after) } }),
});

/** ENV goes directly behind the first line. */
const set = (name: string, list: readonly string[], more: Files = {}, dockerfile = 'Dockerfile'): Row =>
  row(name, list, [list[0]!, ...BLOCK, ...list.slice(1)], more, dockerfile);
const none = (name: string, list: readonly string[], more: Files = {}): Row => row(name, list, undefined, more);

const BOX = ['########', '# The image', '########', PYTHON, '# FROM python:3.11-slim', '########'];

const flags: readonly Row[] = [
  row('a box that closes behind an alternative stays whole', [...BOX, START], [...BOX, ...BLOCK, START]),
  set('an option of another program is none of Python', [PYTHON, 'CMD ["gunicorn", "-u", "app", "app:app"]']),
];

const DEBIAN = 'FROM debian:12';
const CODE = 'COPY . /app';
const REQUIRES = 'RUN pip install -r requirements.txt';
const OPEN = 'CMD ["/app/run"]';

const images: readonly Row[] = [
  set('an image of uv with Python starts what is not known', [
    'FROM ghcr.io/astral-sh/uv:0.5.1-python3.12-bookworm',
    CODE,
    OPEN,
  ]),
  set('an image installs what its code asks for', [DEBIAN, CODE, REQUIRES, OPEN]),
  set('an image runs its code', [DEBIAN, CODE, 'RUN python3 manage.py collectstatic', OPEN]),
  none(
    'another image installs what its code asks for',
    [
      `${DEBIAN} AS a`,
      CODE,
      OPEN,
      DEBIAN,
      'COPY requirements.txt .',
      `${REQUIRES} --target /x`,
      'CMD ["node", "x.js"]',
    ],
    { 'compose.yml': lines('services:', '  a:', '    build: {context: ., target: a}') },
  ),
  none('a health check is no start', [DEBIAN, CODE, 'HEALTHCHECK CMD python3 manage.py check', OPEN]),
  none('an image may install what its code asks for', [
    DEBIAN,
    CODE,
    'RUN [ -e x ] && pip install -r requirements.txt',
    OPEN,
  ]),
  none('an image installs before its code comes', [DEBIAN, 'RUN pip install -r /x/requirements.txt', CODE, OPEN]),
];

const BUILD = ['FROM debian:12 AS build', 'RUN make', 'FROM scratch'];

const scratches: readonly Row[] = [
  none('an image from scratch has one program that could run Python', [
    ...BUILD,
    'COPY --from=build /out/uv /',
    'ENTRYPOINT ["/uv"]',
  ]),
  row(
    'an image from scratch has the root of a stage',
    [...BUILD, 'COPY --from=build / /', START],
    [...BUILD, ...BLOCK, 'COPY --from=build / /', START],
  ),
  set('an image from scratch has a root that was made outside', ['FROM scratch', 'ADD root.tar.xz /', START]),
];

const CHILD: Files = {
  'compose.yml': lines(
    'services:',
    '  runtime:',
    '    image: acme/runtime',
    '    build: {context: ., dockerfile: docker/py.Dockerfile}',
  ),
  'docker/py.Dockerfile': lines(PYTHON, 'ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1', START),
};
const KNOWN = [DEBIAN, 'RUN apt-get update && apt-get install -y python3', 'CMD ["python3", "app.py"]'];
const OTHER = lines('FROM alpine', 'CMD ["sh"]');

const bases: readonly Row[] = [
  none('the image below is built here', ['FROM acme/runtime', START], CHILD),
  set('the image below is built here under another name', ['FROM acme/other', START], CHILD),
  set('a folder has the name of a distribution', KNOWN, { 'debian/Dockerfile': OTHER }),
  set('a folder has the name of Python', ['FROM index.example.com/python:3.12', START], { 'python/Dockerfile': OTHER }),
  row(
    'the image below is all a variable',
    ['ARG BASE', 'FROM ${BASE}', START],
    ['ARG BASE', 'FROM ${BASE}', ...BLOCK, START],
    { 'other/Dockerfile': OTHER },
  ),
  set('a Makefile pulls the image below', ['FROM acme/base', START], { Makefile: 'x:\n\tdocker pull acme/base\n' }),
  set('a Makefile has a word that is the name of the image below', ['FROM runtime', START], {
    Makefile: 'x:\n\tdocker build --build-arg runtime=1 other\n',
    'other/Dockerfile': OTHER,
  }),
];

const places: readonly Row[] = [
  row(
    'an ENV of Python is the last line of a stage without RUN',
    [PYTHON, START, 'ENV PYTHONHASHSEED=0'],
    [PYTHON, START, 'ENV PYTHONHASHSEED=0', 'ENV PYTHONDONTWRITEBYTECODE=1', 'ENV PYTHONUNBUFFERED=1'],
  ),
  row(
    'a heading speaks of the lines below it alone',
    [
      PYTHON,
      '',
      '# where the tools of the team look for what they have made',
      'ENV A=1',
      '# environment',
      'ENV B=1',
      START,
    ],
    [
      PYTHON,
      '',
      '# where the tools of the team look for what they have made',
      'ENV A=1',
      '# environment',
      'ENV B=1',
      'ENV PYTHONDONTWRITEBYTECODE=1',
      'ENV PYTHONUNBUFFERED=1',
      START,
    ],
  ),
  row(
    'a rule below the base closes no box that another instruction has above it',
    ['# -----', '# base', 'ARG A=1', PYTHON, '# -----', 'COPY . .', START],
    ['# -----', '# base', 'ARG A=1', PYTHON, ...BLOCK, '# -----', 'COPY . .', START],
  ),
  row(
    'ENV has the indentation of what follows',
    [PYTHON, '  COPY . .', `  ${START}`],
    [PYTHON, '', '  ENV PYTHONDONTWRITEBYTECODE=1 \\', '      PYTHONUNBUFFERED=1', '', '  COPY . .', `  ${START}`],
  ),
];

export const python: readonly Row[] = [...flags, ...images, ...scratches, ...bases, ...places];
