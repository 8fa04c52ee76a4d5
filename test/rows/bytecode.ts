// Rows of set-python-env: who wants bytecode, who compiles it, and what poetry and uv are told.

import { lines, type Row } from './row.ts';

type Files = Readonly<Record<string, string>>;

const id = 'set-python-env';
const POETRY_FILES: Files = { 'pyproject.toml': '[tool.poetry]\nname = "a"\n', 'app.py': '' };
const START = 'CMD ["python", "app.py"]';
const BOTH = ['', 'ENV PYTHONDONTWRITEBYTECODE=1 \\', '    PYTHONUNBUFFERED=1', ''];
const WITH_UV = ['', BOTH[1]!, '    PYTHONUNBUFFERED=1 \\', '    UV_COMPILE_BYTECODE=1', ''];
const ONE = ['', 'ENV PYTHONUNBUFFERED=1', ''];

/** What the lines behind FROM come to, with the lines of a block directly behind it. */
const set = (
  name: string,
  [list, block, after = list]: readonly [readonly string[], readonly string[], (readonly string[])?],
  fixes: string,
  more: Files = {},
): Row => ({
  name,
  id,
  files: { ...POETRY_FILES, Dockerfile: lines('FROM python:3.12-slim', ...list, START), ...more },
  after: { Dockerfile: lines('FROM python:3.12-slim', ...block, ...after, START) },
  fixes: [fixes],
});

const PLAIN = 'Set PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED\n';
const kept = (name: string, list: readonly string[], why: string, more: Files = {}): Row =>
  set(name, [list, ONE], `Set PYTHONUNBUFFERED\nPYTHONDONTWRITEBYTECODE is left out: ${why}`, more);
const both = (name: string, list: readonly string[], more: Files = {}): Row => set(name, [list, BOTH], PLAIN, more);
const withUv = (name: string, list: readonly string[], more: Files = {}): Row =>
  set(
    name,
    [list, WITH_UV],
    'Set PYTHONDONTWRITEBYTECODE, PYTHONUNBUFFERED and UV_COMPILE_BYTECODE\nuv compiles what it installs only where',
    more,
  );
const UNCOMPILED = (line: number): string => `poetry (line ${line} of Dockerfile) compiles nothing without`;
const compiled = (name: string, list: readonly string[], after: readonly string[]): Row =>
  set(name, [list, BOTH, after], `${PLAIN.trim()}, and have poetry compile\npoetry compiles what it installs only`);

const COMPILE = 'RUN python -m compileall /srv';
const PINNED = 'RUN pip install poetry==1.8.3';
const WITH = 'RUN poetry install --compile';

const wanted: readonly Row[] = [
  kept('a service looks for bytecode', [], 'service app works with bytecode files', {
    'compose.yml': lines('services:', '  app:', '    build: .', "    command: sh -c 'ls __pycache__; python app.py'"),
  }),
  {
    name: 'a script outside of the context is another one',
    id,
    files: {
      'compose.yml': lines('services:', '  app:', '    build: app'),
      'app/Dockerfile': lines('FROM python:3.12-slim', 'RUN sh run.sh', START),
      'run.sh': 'ls __pycache__\n',
    },
    after: { 'app/Dockerfile': lines('FROM python:3.12-slim', ...BOTH, 'RUN sh run.sh', START) },
    fixes: [PLAIN],
  },
  kept('a setup.cfg has setup.py compile', ['COPY . .', 'RUN pip install .'], 'setup.cfg compiles bytecode', {
    'setup.cfg': '[install]\ncompile = 1\n',
    'setup.py': 'import setuptools\n',
  }),
  kept('a Python script compiles', ['COPY . .', 'RUN python make.py'], 'make.py compiles bytecode', {
    'make.py': 'import py_compile\n',
  }),
];

const removed: readonly Row[] = [
  both('a clean-up of other files removes no bytecode', ["RUN find / -name '*.txt' -delete"]),
  kept(
    'a clean-up of what find names removes it',
    ["RUN rm -rf $(find / -name '*.pyc')"],
    'line 2 of Dockerfile removes',
  ),
  kept(
    'a clean-up of a variable folder may be anywhere',
    ["RUN find $A -name '*.pyc' -delete"],
    'line 2 of Dockerfile removes',
  ),
  kept(
    'a clean-up of the folder of an environment removes it',
    ['RUN python -m venv /srv/venv', "RUN find /srv -name '*.pyc' -delete"],
    'line 3 of Dockerfile removes',
  ),
  both('a clean-up of the folder beside an environment removes none of it', [
    'RUN python -m venv /srv/venv',
    "RUN find /srv/app -name '*.pyc' -delete",
  ]),
];

const pdm: readonly Row[] = [
  kept(
    'pdm compiles nothing',
    ['RUN pip install pdm && pdm -p . install'],
    'pdm (line 2 of Dockerfile) compiles nothing',
  ),
  both('what pdm installs may be compiled later', ['RUN pip install pdm && pdm install', COMPILE]),
];

const uv: readonly Row[] = [
  withUv('uv compiles nothing by itself', ['RUN pip install uv && uv sync']),
  kept('uv is told to compile nothing', ['RUN pip install uv && uv sync'], 'uv is told to compile nothing', {
    'pyproject.toml': '[tool.uv]\ncompile-bytecode = false\n',
  }),
  both('uv is told to compile by its settings', ['RUN pip install uv && uv sync'], {
    'uv.toml': 'compile-bytecode = true\n',
  }),
  both('uv is told to compile by its option', ['RUN pip install uv && uv pip install --compile six']),
  both('what uv installs may be compiled later', ['RUN pip install uv && uv sync', COMPILE]),
  withUv('uv is given a folder', ['RUN pip install uv && uv --directory /srv sync']),
  withUv('a script has uv install', ['RUN pip install uv', 'COPY run.sh .', 'RUN sh run.sh'], {
    'run.sh': 'uv sync\n',
  }),
  both('a script has uv compile', ['RUN pip install uv', 'COPY run.sh .', 'RUN sh run.sh'], {
    'run.sh': 'UV_COMPILE_BYTECODE=1 uv sync\n',
  }),
  {
    name: 'uv is left alone where bytecode is answered',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'ENV PYTHONDONTWRITEBYTECODE=0',
        'RUN pip install uv && uv sync',
        START,
      ),
    },
    after: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'ENV PYTHONDONTWRITEBYTECODE=0 \\',
        '    PYTHONUNBUFFERED=1',
        'RUN pip install uv && uv sync',
        START,
      ),
    },
    fixes: ['Set PYTHONUNBUFFERED\n'],
  },
  {
    name: 'one of two images has pdm, and the other one uv',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim AS base',
        'FROM base AS a',
        'RUN pip install uv && uv sync',
        START,
        'FROM base AS b',
        'RUN pip install pdm && pdm install',
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
        ...ONE,
        'FROM base AS a',
        'RUN pip install uv && uv sync',
        START,
        'FROM base AS b',
        'RUN pip install pdm && pdm install',
        START,
      ),
    },
    fixes: ['Set PYTHONUNBUFFERED\nPYTHONDONTWRITEBYTECODE is left out: pdm (line 6 of Dockerfile)'],
  },
];

const poetry: readonly Row[] = [
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
    'poetry installs twice in a text that is kept first',
    [PINNED, 'RUN X="poetry install && poetry install --with=dev" && sh -c "$X"'],
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

export const bytecode: readonly Row[] = [...wanted, ...removed, ...pdm, ...uv, ...poetry];
