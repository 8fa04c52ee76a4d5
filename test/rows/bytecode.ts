// Rows of set-python-env: who wants bytecode, who compiles it, and what uv is told.

import { lines, type Row } from './row.ts';

type Files = Readonly<Record<string, string>>;

export const id = 'set-python-env';
const POETRY_FILES: Files = { 'pyproject.toml': '[tool.poetry]\nname = "a"\n', 'app.py': '' };
export const START = 'CMD ["python", "app.py"]';
export const BOTH = ['', 'ENV PYTHONDONTWRITEBYTECODE=1 \\', '    PYTHONUNBUFFERED=1', ''];
const WITH_UV = ['', BOTH[1]!, '    PYTHONUNBUFFERED=1 \\', '    UV_COMPILE_BYTECODE=1', ''];
export const ONE = ['', 'ENV PYTHONUNBUFFERED=1', ''];

/** What the lines behind FROM come to, with the lines of a block directly behind it. */
export const set = (
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

export const PLAIN = 'Set PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED\n';
export const kept = (name: string, list: readonly string[], why: string, more: Files = {}): Row =>
  set(name, [list, ONE], `Set PYTHONUNBUFFERED\nPYTHONDONTWRITEBYTECODE is left out: ${why}`, more);
export const both = (name: string, list: readonly string[], more: Files = {}): Row =>
  set(name, [list, BOTH], PLAIN, more);
const withUv = (name: string, list: readonly string[], more: Files = {}): Row =>
  set(
    name,
    [list, WITH_UV],
    'Set PYTHONDONTWRITEBYTECODE, PYTHONUNBUFFERED and UV_COMPILE_BYTECODE\nuv compiles what it installs only where',
    more,
  );
export const COMPILE = 'RUN python -m compileall /srv';

const MAKE_INSTALL = ['COPY pyproject.toml Makefile ./', 'RUN make install'];

/** What leaves only bytecode. */
const DROPPING = [
  'python setup.py build_py --compile --build-lib /out',
  "python -m compileall -b /app && find /app -name '*.py' -delete",
  "python -m compileall -b . && find . -type f -name '*.py' ! -name manage.py -exec rm -f {} +",
  'python -m compileall -b . && find . -iname "*.py" -print0 | xargs -0 rm',
  "python -m compileall -b . ; for f in $(find . -name '*.py'); do rm $f; done",
  "python -m compileall -b . && find . -name '*.py' | while read f; do rm $f; done",
  'python -m compileall -b src && rm src/*.py',
];

const wanted: readonly Row[] = [
  kept('a recipe of make that installs with uv is not followed', MAKE_INSTALL, 'Makefile installs with a tool that', {
    Makefile: 'install:\n\tuv venv && uv sync --no-dev\n',
  }),
  both('a recipe of make that installs with pip compiles', MAKE_INSTALL, { Makefile: 'install:\n\tpip install .\n' }),
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
  ...DROPPING.map((command) => kept(`\`${command}\` drops the sources`, [`RUN ${command}`], 'line 2 of Dockerfile')),
  ...DROPPING.map((command) =>
    kept(`\`${command}\` of a script drops them`, ['COPY strip.sh .', 'RUN sh strip.sh'], 'strip.sh', {
      'strip.sh': lines('set -e', command),
    }),
  ),
  kept('a Python script has setup.py compile', ['COPY . .', 'RUN python make.py'], 'make.py compiles bytecode', {
    'make.py': 'subprocess.run([sys.executable, "setup.py", "build_py", "--compile"])\n',
  }),
  both('a script compiles and keeps the sources', ['COPY strip.sh .', 'RUN sh strip.sh'], {
    'strip.sh': 'python -m compileall -b /app\n',
  }),
  both('a clean-up of other sources drops none', ["RUN find /app -name '*.pyi' | while read f; do rm $f; done"]),
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
  {
    name: 'pdm of an image that has the flag says nothing of another image',
    id,
    files: {
      'app.py': '',
      Dockerfile: lines(
        'FROM python:3.12-slim AS base',
        'FROM base AS a',
        'RUN pip install uv && uv pip install --system flask',
        START,
        'FROM base AS b',
        'ENV PYTHONDONTWRITEBYTECODE=1',
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
        '',
        'ENV PYTHONDONTWRITEBYTECODE=1 \\',
        '    UV_COMPILE_BYTECODE=1',
        '',
        'RUN pip install uv && uv pip install --system flask',
        START,
        'FROM base AS b',
        'ENV PYTHONDONTWRITEBYTECODE=1',
        'RUN pip install pdm && pdm install',
        START,
      ),
    },
  },
];

export const bytecode: readonly Row[] = [...wanted, ...removed, ...pdm, ...uv];
