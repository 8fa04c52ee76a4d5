// Rows of set-python-env: where poetry is told to compile.

import { BOTH, both, COMPILE, id, kept, ONE, PLAIN, START, set } from './bytecode.ts';
import { lines, type Row } from './row.ts';

const UNCOMPILED = (line: number): string => `poetry (line ${line} of Dockerfile) compiles nothing without`;
const compiled = (name: string, list: readonly string[], after: readonly string[]): Row =>
  set(name, [list, BOTH, after], `${PLAIN.trim()}, and have poetry compile\npoetry compiles what it installs only`);

const PINNED = 'RUN pip install poetry==1.8.3';
const WITH = 'RUN poetry install --compile';

export const poetry: readonly Row[] = [
  compiled('poetry of a pinned version is told to compile', [PINNED, 'RUN poetry install'], [PINNED, WITH]),
  both('what poetry installs may be compiled later', [PINNED, 'RUN poetry install', COMPILE]),
  both('poetry below 1.4 installs by pip', ['RUN pip install poetry==1.3.2', 'RUN poetry install']),
  kept('poetry add has no option to compile', [PINNED, 'RUN poetry add flask'], UNCOMPILED(3)),
  kept(
    'poetry comes from a package',
    ['RUN apt-get install -y python3-poetry', PINNED, 'RUN poetry install'],
    UNCOMPILED(4),
  ),
  kept('poetry is updated by itself', [PINNED, 'RUN poetry self update && poetry install'], UNCOMPILED(3)),
  kept(
    'poetry comes without a version',
    ['RUN curl -sSL https://install.python-poetry.org | python3 -', 'RUN poetry install'],
    UNCOMPILED(3),
  ),
  kept(
    'poetry comes in a version that is none',
    ['RUN curl -sSL https://install.python-poetry.org | POETRY_VERSION=2 python3 -', 'RUN poetry install'],
    UNCOMPILED(3),
  ),
  compiled(
    'what only speaks of poetry says nothing of its version',
    [`${PINNED} && pip show poetry`, 'COPY install-poetry.md .', 'RUN poetry install'],
    [`${PINNED} && pip show poetry`, 'COPY install-poetry.md .', WITH],
  ),
  kept('poetry runs as a module', [PINNED, 'RUN python -m poetry install'], UNCOMPILED(3)),
  kept('poetry is given a folder', [PINNED, 'RUN poetry -C /srv install'], UNCOMPILED(3)),
  compiled(
    'poetry installs in a text',
    [PINNED, 'RUN bash -c "poetry install"'],
    [PINNED, 'RUN bash -c "poetry install --compile"'],
  ),
  compiled(
    'poetry installs twice in a text',
    [PINNED, 'RUN bash -c "poetry install && poetry install --with dev"'],
    [PINNED, 'RUN bash -c "poetry install --compile && poetry install --compile --with dev"'],
  ),
  kept(
    'poetry installs in two texts that are one',
    [PINNED, "RUN eval 'poetry install;' 'poetry install --with dev'"],
    UNCOMPILED(3),
  ),
  compiled(
    'poetry installs in a list',
    [PINNED, 'RUN ["sh", "-c", "poetry install"]'],
    [PINNED, 'RUN ["sh", "-c", "poetry install --compile"]'],
  ),
  kept('poetry is a word of a list', [PINNED, 'RUN ["poetry", "install"]'], UNCOMPILED(3)),
  compiled(
    'poetry tries first',
    [PINNED, 'RUN poetry install --dry-run && poetry install'],
    [PINNED, 'RUN poetry install --dry-run && poetry install --compile'],
  ),
  kept(
    'a script has poetry install, beside one that could be told to compile',
    [PINNED, 'COPY run.sh .', 'RUN poetry install --compile && sh run.sh'],
    'poetry (in run.sh, run at line 4 of Dockerfile) compiles nothing',
    { 'run.sh': 'poetry install\n' },
  ),
  {
    name: 'poetry of another stage says nothing of its version',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS a',
        PINNED,
        'FROM python:3.12-slim',
        'COPY --from=a /x /x',
        'RUN poetry install',
        START,
      ),
    },
    after: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS a',
        PINNED,
        'FROM python:3.12-slim',
        ...ONE,
        'COPY --from=a /x /x',
        'RUN poetry install',
        START,
      ),
    },
    fixes: [`Set PYTHONUNBUFFERED\nPYTHONDONTWRITEBYTECODE is left out: ${UNCOMPILED(5)}`],
  },
  {
    name: 'poetry is told to compile in both images of a stage',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS base',
        PINNED,
        'FROM base AS a',
        'RUN poetry install',
        START,
        'FROM base AS b',
        'RUN poetry install --with dev',
        START,
      ),
      'compose.yml': lines(
        'services:',
        '  a:',
        '    build: {context: ., target: a}',
        '  b:',
        '    build: {context: ., target: b}',
      ),
    },
    after: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS base',
        ...BOTH,
        PINNED,
        'FROM base AS a',
        WITH,
        START,
        'FROM base AS b',
        `${WITH} --with dev`,
        START,
      ),
    },
  },
];
