// Environments that are built in one stage and used in another: path, Python, source, programs.

import { lines, type Row } from './row.ts';

const id = 'keep-venv-across-stages';
const pyproject = (more: readonly string[] = [], requires = '>=3.11'): string =>
  lines(
    '[project]',
    'name = "shop"',
    'version = "1"',
    `requires-python = "${requires}"`,
    'dependencies = ["flask"]',
    ...more,
  );
const PACKAGE = [
  '[project.scripts]',
  'shop = "shop:main"',
  '[build-system]',
  'requires = ["hatchling"]',
  'build-backend = "hatchling.build"',
];
const UV = 'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv';
const PROJECT = { 'pyproject.toml': pyproject(), 'uv.lock': 'version = 1\n', '.dockerignore': '.venv\n' };

interface Stages {
  readonly builder?: string;
  readonly final?: string;
  readonly workdir?: string;
  /** In the builder, before the sync. */
  readonly before?: readonly string[];
  readonly sync?: string;
  readonly code?: readonly string[];
  /** In the last stage. */
  readonly rest: readonly string[];
}

const twoStages = ({
  builder = 'python:3.12-slim',
  final = 'python:3.12-slim',
  workdir = '/app',
  before = [],
  sync = 'uv sync --frozen --no-install-project',
  code = [],
  rest,
}: Stages): string =>
  lines(
    `FROM ${builder} AS builder`,
    UV,
    `WORKDIR ${workdir}`,
    'COPY pyproject.toml uv.lock ./',
    ...before,
    `RUN ${sync}`,
    ...code,
    `FROM ${final}`,
    'WORKDIR /app',
    ...rest,
  );

const row = (name: string, stages: Stages, more: Partial<Row> = {}): Row => ({
  name,
  id,
  ...more,
  files: { Dockerfile: twoStages(stages), ...PROJECT, ...more.files },
});

const COPIED = 'COPY --from=builder /app/.venv /app/.venv';
const ON_PATH = 'ENV PATH="/app/.venv/bin:$PATH"';
const CODE = 'COPY app.py .';
const RUNS = 'CMD ["gunicorn", "app:app"]';
const GOOD = [COPIED, ON_PATH, CODE, RUNS];
const APP = { 'app.py': 'import flask\n' };

const pythons: readonly Row[] = [
  row('both stages have the same Python at the same path', { rest: GOOD }),
  row(
    'the last stage has another minor version of Python',
    { final: 'python:3.14-slim', rest: GOOD },
    {
      findings: [
        'Dockerfile:8:1 broken: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has Python 3.14 where that one is 3.12',
      ],
    },
  ),
  row(
    'another minor version of Python in an image that starts nothing of its own',
    { final: 'python:3.14-slim', rest: [COPIED, ON_PATH, CODE] },
    {
      findings: [
        'Dockerfile:8:1 fragile: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has Python 3.14 where that one is 3.12',
      ],
    },
  ),
  row(
    'another minor version of Python, and a start that cannot be read',
    { final: 'python:3.14-slim', rest: [COPIED, ON_PATH, CODE, 'CMD ["python", "other.py"]'] },
    {
      findings: [
        'Dockerfile:8:1 broken: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has Python 3.14 where that one is 3.12',
      ],
    },
  ),
  row(
    'another minor version of Python in an image with packages of its own',
    { final: 'python:3.14-slim', rest: [COPIED, ON_PATH, 'RUN /usr/local/bin/pip install flask', CODE] },
    {
      findings: [
        'Dockerfile:8:1 fragile: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has Python 3.14 where that one is 3.12',
      ],
    },
  ),
  row('the version of the last stage is not known', { final: 'python:3-slim', rest: GOOD }),
  row('the last stage is an image that nobody knows', { final: 'registry.example/run:1', rest: GOOD }),
  row(
    'an image of Red Hat has the Python that dnf runs with',
    { final: 'registry.access.redhat.com/ubi9', rest: GOOD },
    { findings: ['Dockerfile:8:1 this image has its own at /usr/bin (`registry.access.redhat.com/ubi9`, line 6)'] },
  ),
  row(
    'Fedora has none since its dnf is no program of Python',
    { final: 'fedora:41', rest: GOOD },
    {
      findings: [
        'Dockerfile:8:1 fragile: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has none',
      ],
    },
  ),
  row('whether a minimal image of a rebuild has a Python is not known', { final: 'rockylinux:9-minimal', rest: GOOD }),
  row('both stages have the Python of the distribution, and the first a newer one beside it', {
    builder: 'registry.access.redhat.com/ubi9',
    final: 'registry.access.redhat.com/ubi9',
    before: ['RUN dnf install -y python3.12'],
    rest: ['RUN dnf install -y python3.12', ...GOOD],
  }),
  row('Red Hat writes the version of a package without a dot', {
    builder: 'registry.access.redhat.com/ubi8',
    final: 'registry.access.redhat.com/ubi8/ubi-minimal',
    before: ['RUN dnf install -y python311'],
    rest: ['RUN microdnf install -y python311', ...GOOD],
  }),
  row(
    'a mirror of an image without Python is that image',
    { final: 'mirror.gcr.io/library/debian:12-slim', rest: GOOD },
    { findings: ['Dockerfile:8:1 and this image has none (`mirror.gcr.io'] },
  ),
  row(
    'the last stage has no Python',
    { final: 'debian:12-slim', rest: GOOD },
    {
      findings: [
        'Dockerfile:8:1 broken: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has none',
      ],
    },
  ),
  row('nobody uses the environment that the last stage cannot run', {
    final: 'debian:12-slim',
    rest: [COPIED, 'CMD ["sleep", "infinity"]'],
  }),
  row(
    'it is on PATH, and nothing is started from it',
    {
      final: 'debian:12-slim',
      rest: [COPIED, ON_PATH, 'CMD ["sleep", "infinity"]'],
    },
    {
      findings: [
        'Dockerfile:8:1 fragile: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has none (`debian:12-slim`, line 6): what is started from it does not run',
      ],
    },
  ),
  row(
    'a script that needs nothing of what is on PATH',
    { final: 'python:3.14-slim', rest: [COPIED, ON_PATH, CODE, 'CMD ["python", "app.py"]'] },
    {
      files: { 'app.py': 'import json\n' },
      findings: [
        'Dockerfile:8:1 fragile: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has Python 3.14 where that one is 3.12 (`python:3.14-slim`, line 6): what is started from it does not run',
      ],
    },
  ),
  row(
    'a script that needs its packages',
    { final: 'python:3.14-slim', rest: [COPIED, ON_PATH, CODE, 'CMD ["python", "app.py"]'] },
    {
      files: APP,
      findings: [
        'Dockerfile:8:1 broken: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has Python 3.14 where that one is 3.12 (`python:3.14-slim`, line 6): `python app.py` (line 11) does not find its packages',
      ],
    },
  ),
  row('the packages are read by PYTHONPATH', {
    final: 'gcr.io/distroless/python3-debian12',
    rest: [COPIED, 'ENV PYTHONPATH=/app/.venv/lib/python3.11/site-packages', CODE, 'CMD ["app.py"]'],
  }),
  row(
    'distroless has its Python elsewhere',
    {
      final: 'gcr.io/distroless/python3-debian12',
      rest: [COPIED, CODE, 'ENTRYPOINT ["/app/.venv/bin/python", "app.py"]'],
    },
    {
      files: APP,
      findings: [
        'Dockerfile:8:1 broken: /app/.venv is of the Python of `python:3.12-slim` (line 1), and this image has its own at /usr/bin',
      ],
    },
  ),
  row(
    'distroless over the Debian that builds it',
    {
      builder: 'debian:12',
      before: ['RUN apt-get update && apt-get install -y python3'],
      final: 'gcr.io/distroless/python3-debian12',
      rest: [COPIED, CODE, 'ENTRYPOINT ["/app/.venv/bin/python", "app.py"]'],
    },
    { files: APP },
  ),
  row('the full image of Python may have that of the distribution', {
    builder: 'debian:12',
    before: ['RUN apt-get update && apt-get install -y python3'],
    final: 'python:3.12',
    rest: GOOD,
  }),
  row('a step of the last stage mends the links', {
    final: 'debian:12-slim',
    rest: [
      COPIED,
      'RUN apt-get update && apt-get install -y python3 && ln -sf /usr/bin/python3 /app/.venv/bin/python',
      ON_PATH,
      RUNS,
    ],
  }),
  row('a Python is copied along', {
    final: 'debian:12-slim',
    rest: ['COPY --from=builder /usr/local /usr/local', ...GOOD],
  }),
  row(
    'uv downloads a Python where the builder has none',
    { builder: 'rust:1-slim', rest: GOOD },
    {
      findings: [
        'Dockerfile:8:1 broken: /app/.venv is of a Python that uv downloads into /root/.local/share/uv/python (line 1: the image has no Python)',
      ],
    },
  ),
  row(
    'uv downloads a Python that is asked for',
    { before: ['COPY .python-version ./'], rest: GOOD },
    {
      files: { '.python-version': '3.13\n' },
      findings: [
        'Dockerfile:9:1 broken: /app/.venv is of a Python that uv downloads into /root/.local/share/uv/python (line 1: `.python-version` asks for 3.13, and the image has Python 3.12',
      ],
    },
  ),
  row('a .python-version that does not reach the builder', { rest: GOOD }, { files: { '.python-version': '3.13\n' } }),
  row(
    'a .python-version that is the one of the image',
    { before: ['COPY .python-version ./'], rest: GOOD },
    {
      files: { '.python-version': '3.12\n' },
    },
  ),
  row(
    'a patch release that is asked for may be the one of the image',
    { before: ['COPY .python-version ./'], rest: GOOD },
    {
      files: { '.python-version': '3.12.4\n' },
    },
  ),
  row('the Python that uv downloaded is copied along', {
    builder: 'rust:1-slim',
    before: ['ENV UV_PYTHON_INSTALL_DIR=/python'],
    rest: ['COPY --from=builder /python /python', ...GOOD],
  }),
  row("the folder of uv's Python is copied with all above it", {
    builder: 'rust:1-slim',
    rest: ['COPY --from=builder /root/.local /root/.local', ...GOOD],
  }),
  row('a Python is installed by a step of the builder', {
    builder: 'rust:1-slim',
    before: ['RUN uv python install 3.12'],
    rest: GOOD,
  }),
  row(
    'uv may download none',
    { before: ['ENV UV_PYTHON_DOWNLOADS=0'], rest: GOOD },
    {
      files: { 'pyproject.toml': pyproject([], '>=3.13') },
      findings: [
        'Dockerfile:6:1 broken: `uv sync --frozen --no-install-project` finds no Python (`requires-python` asks for >=3.13, and the image has Python 3.12',
      ],
    },
  ),
  row('uv may download none, and need not', { before: ['ENV UV_PYTHON_DOWNLOADS=0'], rest: GOOD }),
  row(
    "the Python that uv downloaded is closed to the image's user",
    {
      builder: 'rust:1-slim',
      rest: ['CMD ["true"]'],
    },
    {
      files: {
        Dockerfile: lines(
          'FROM debian:12-slim',
          UV,
          'WORKDIR /app',
          'COPY pyproject.toml uv.lock ./',
          'RUN uv sync --frozen --no-install-project',
          ON_PATH,
          'RUN useradd -m app',
          'USER app',
          RUNS,
        ),
      },
      findings: [
        'Dockerfile:5:1 broken: /app/.venv is of a Python that uv downloads into /root/.local/share/uv/python (the image has no Python), and /root is closed to app',
      ],
    },
  ),
];

const BUILT_ELSEWHERE = {
  workdir: '/build',
  rest: ['COPY --from=builder /build/.venv /app/.venv', ON_PATH, 'COPY app.py .', 'CMD ["gunicorn", "app:app"]'],
};
const BUILT_HERE = {
  workdir: '/app',
  rest: ['COPY --from=builder /app/.venv /app/.venv', ON_PATH, 'COPY app.py .', 'CMD ["gunicorn", "app:app"]'],
};
const DEAD = 'broken: /app/.venv was made at /build/.venv';

const moves: readonly Row[] = [
  row('an environment is made at the path that it is used at', BUILT_ELSEWHERE, {
    after: { Dockerfile: twoStages(BUILT_HERE) },
    fixes: ['Make /app/.venv where it is used'],
  }),
  row(
    'what else is copied from there moves along',
    { ...BUILT_ELSEWHERE, rest: ['COPY --from=builder /build/data /data', ...BUILT_ELSEWHERE.rest] },
    {
      after: {
        Dockerfile: twoStages({ ...BUILT_HERE, rest: ['COPY --from=builder /app/data /data', ...BUILT_HERE.rest] }),
      },
    },
  ),
  row(
    'a variable of the builder names the old folder',
    { ...BUILT_ELSEWHERE, before: ['ENV HERE=/build'] },
    { findings: [`Dockerfile:9:1 ${DEAD}`] },
  ),
  row(
    'the builder has the new folder for something else',
    { ...BUILT_ELSEWHERE, before: ['COPY data /app/data'] },
    { findings: [`Dockerfile:9:1 ${DEAD}`] },
  ),
  row(
    'a script of the builder may name the old folder',
    { ...BUILT_ELSEWHERE, code: ['RUN ./build.sh'] },
    { findings: [`Dockerfile:9:1 ${DEAD}`] },
  ),
  row('the builder is an image of its own', BUILT_ELSEWHERE, {
    files: {
      'compose.yaml': lines(
        'services:',
        '  dev:',
        '    build:',
        '      context: .',
        '      target: builder',
        '    command: sleep infinity',
      ),
    },
    findings: [`Dockerfile:8:1 ${DEAD}`],
  }),
  row(
    'another stage is built upon the builder',
    { ...BUILT_ELSEWHERE, code: ['FROM builder AS test', 'RUN true'] },
    { findings: [`Dockerfile:10:1 ${DEAD}`] },
  ),
];

const paths: readonly Row[] = [
  row(
    'a program of an environment that was copied to another path',
    {
      workdir: '/build',
      sync: 'uv sync --frozen --no-install-project && true /build',
      rest: ['COPY --from=builder /build/.venv /app/.venv', ON_PATH, RUNS],
    },
    {
      findings: [
        'Dockerfile:8:1 broken: /app/.venv was made at /build/.venv (line 5), and the first line of its scripts names /build/.venv/bin/python',
      ],
    },
  ),
  row(
    'only its Python is used',
    {
      workdir: '/build',
      sync: 'uv sync --frozen --no-install-project && true /build',
      rest: ['COPY --from=builder /build/.venv /app/.venv', ON_PATH, CODE, 'CMD ["python", "app.py"]'],
    },
    {
      files: APP,
      findings: [
        'Dockerfile:8:1 fragile: /app/.venv was made at /build/.venv (line 5), and the first line of its scripts names /build/.venv/bin/python: they do not start, `python -m` alone works',
      ],
    },
  ),
  row('it is copied to the path that it was made at, too', {
    workdir: '/build',
    rest: [
      'COPY --from=builder /build/.venv /app/.venv',
      'COPY --from=builder /build/.venv /build/.venv',
      ON_PATH,
      RUNS,
    ],
  }),
  row('an environment that can be moved', {
    workdir: '/build',
    before: ['RUN uv venv --relocatable'],
    rest: ['COPY --from=builder /build/.venv /app/.venv', ON_PATH, RUNS],
  }),
  row('its first lines are written anew', {
    workdir: '/build',
    rest: [
      'COPY --from=builder /build/.venv /app/.venv',
      "RUN sed -i 's|/build/|/app/|' /app/.venv/bin/*",
      ON_PATH,
      RUNS,
    ],
  }),
];

const MODULE = { 'pyproject.toml': pyproject(PACKAGE), 'src/shop/__init__.py': 'def main(): pass\n' };
const SYNCED = 'uv sync --frozen';

const sources: readonly Row[] = [
  row(
    'the source of an editable project is not copied',
    {
      before: ['COPY src src'],
      sync: SYNCED,
      rest: [COPIED, ON_PATH, 'CMD ["shop"]'],
    },
    {
      files: MODULE,
      after: {
        Dockerfile: twoStages({
          before: ['COPY src src'],
          sync: 'uv sync --no-editable --frozen',
          rest: [COPIED, ON_PATH, 'CMD ["shop"]'],
        }),
      },
    },
  ),
  row(
    'the source of an editable project is copied',
    {
      before: ['COPY src src'],
      sync: SYNCED,
      rest: [COPIED, 'COPY src src', ON_PATH, 'CMD ["shop"]'],
    },
    { files: MODULE },
  ),
  row(
    'the source of an editable project comes with its folder',
    {
      before: ['COPY src src'],
      sync: SYNCED,
      rest: ['COPY --from=builder /app /app', ON_PATH, 'CMD ["shop"]'],
    },
    { files: MODULE },
  ),
  row(
    'the source may be mounted by compose',
    {
      before: ['COPY src src'],
      sync: SYNCED,
      rest: [COPIED, ON_PATH, 'CMD ["shop"]'],
    },
    {
      files: {
        ...MODULE,
        'compose.yaml': lines('services:', '  web:', '    build: .', '    volumes:', '      - ./src:/app/src'),
      },
    },
  ),
  row('the project itself is not installed', { rest: [COPIED, ON_PATH, 'CMD ["shop"]'] }, { files: MODULE }),
  row(
    'the project is installed by --no-editable',
    {
      before: ['COPY src src'],
      sync: 'uv sync --frozen --no-editable',
      rest: [COPIED, ON_PATH, 'CMD ["shop"]'],
    },
    { files: MODULE },
  ),
  row(
    'the builder has use for the link',
    {
      before: ['COPY src src'],
      sync: SYNCED,
      code: ['RUN uv run --no-sync pytest'],
      rest: [COPIED, ON_PATH, 'CMD ["shop"]'],
    },
    { files: MODULE, findings: ['Dockerfile:6:1 broken: `uv sync --frozen` installs the project as a link to /app'] },
  ),
  row(
    'uv is older than the flag',
    {
      before: ['COPY src src', 'ENV X=uv:0.4.1'],
      sync: SYNCED,
      rest: [COPIED, ON_PATH, 'CMD ["shop"]'],
    },
    {
      files: MODULE,
      findings: [
        'Dockerfile:7:1 broken: `uv sync --frozen` installs the project as a link to /app, and line 10 copies /app/.venv without that: `shop` (line 12) does not find it (ModuleNotFoundError). Write `--no-editable` behind `uv sync`',
      ],
    },
  ),
  row(
    'a link by pip',
    { rest: [] },
    {
      files: {
        ...MODULE,
        Dockerfile: lines(
          'FROM python:3.12-slim AS builder',
          'RUN python -m venv /opt/venv',
          'WORKDIR /src',
          'COPY . .',
          'RUN /opt/venv/bin/pip install -e .',
          'FROM python:3.12-slim',
          'COPY --from=builder /opt/venv /opt/venv',
          'CMD ["/opt/venv/bin/shop"]',
        ),
      },
      findings: [
        'Dockerfile:5:1 broken: `/opt/venv/bin/pip install -e .` installs the project as a link to /src, and line 7 copies /opt/venv without that: `/opt/venv/bin/shop` (line 8) does not find it (ModuleNotFoundError). Write `pip install .` without `-e`',
      ],
    },
  ),
];

const BUILT = [
  'FROM python:3.12-slim AS builder',
  'ENV VIRTUAL_ENV=/opt/venv',
  'RUN python -m venv $VIRTUAL_ENV && $VIRTUAL_ENV/bin/pip install flask',
];
const COPIES_BUILT = [
  'FROM python:3.12-slim',
  'COPY --from=builder $VIRTUAL_ENV $VIRTUAL_ENV',
  'ENV PATH="/opt/venv/bin:$PATH"',
  'COPY app.py .',
  'CMD ["python", "app.py"]',
];

const lost: readonly Row[] = [
  row(
    'a health check calls uv where only the builder has it',
    {
      rest: [COPIED, ON_PATH, CODE, 'HEALTHCHECK CMD ["uv", "run", "python", "-c", "1"]', RUNS],
    },
    {
      findings: [
        'Dockerfile:11:1 broken: `uv run python -c 1` calls uv, which the image from line 6 has not (line 2 brings it to another stage)',
      ],
    },
  ),
  row('the last stage has uv too', {
    rest: [COPIED, UV, ON_PATH, CODE, 'CMD ["uv", "run", "--no-sync", "gunicorn", "app:app"]'],
  }),
  row(
    'uv is among the packages',
    { rest: [COPIED, ON_PATH, CODE, 'CMD ["uv", "run", "--no-sync", "gunicorn", "app:app"]'] },
    {
      files: { 'uv.lock': 'version = 1\n[[package]]\nname = "uv"\n' },
    },
  ),
  row('uv comes with a file of requirements', {
    rest: [COPIED, 'RUN pip install -r requirements.txt', 'CMD ["uv", "run", "--no-sync", "gunicorn", "app:app"]'],
  }),
  row('a script asks for uv first', {
    rest: [COPIED, ON_PATH, CODE, 'CMD command -v uv && uv run gunicorn app:app || gunicorn app:app'],
  }),
  row(
    'poetry stays in the builder',
    { rest: [] },
    {
      files: {
        Dockerfile: lines(
          'FROM python:3.12-slim AS builder',
          'RUN pip install poetry',
          'FROM python:3.12-slim',
          'COPY app.py .',
          'CMD ["poetry", "run", "python", "app.py"]',
        ),
      },
      findings: [
        'Dockerfile:5:1 broken: `poetry run python app.py` calls poetry, which the image from line 3 has not (line 2 brings it to another stage)',
      ],
    },
  ),
  row(
    'poetry lies in the environment that is copied',
    { rest: [] },
    {
      files: {
        Dockerfile: lines(
          'FROM python:3.12-slim AS builder',
          'RUN python -m venv /app/venv',
          'ENV PATH="/app/venv/bin:$PATH"',
          'RUN pip install "poetry==1.8.3"',
          'FROM python:3.12-slim',
          'COPY --from=builder /app/venv /app/venv',
          'COPY app.py .',
          'ENV PATH="/app/venv/bin:$PATH"',
          'CMD ["poetry", "run", "python", "app.py"]',
        ),
      },
    },
  ),
  row(
    'a script needs Python where uv is not there to choose one',
    { rest: [COPIED, ON_PATH, CODE, 'CMD ["uv", "run", "app.py"]'] },
    { findings: ['Dockerfile:11:1 Call the program itself: `["python", "app.py"]`, or write'] },
  ),
  row(
    'the environment is never copied',
    { rest: [CODE, 'CMD ["gunicorn", "app:app"]'] },
    {
      findings: [
        'Dockerfile:9:1 broken: `gunicorn app:app` finds no such program (exit 127): they are in /app/.venv of stage builder',
      ],
    },
  ),
  row('the last stage installs for itself', {
    rest: [CODE, 'RUN pip install gunicorn', 'CMD ["gunicorn", "app:app"]'],
  }),
  row('all of the builder comes with a folder', {
    rest: ['COPY --from=builder /app /srv', 'CMD ["gunicorn", "app:app"]'],
  }),
  row(
    'a variable is gone behind FROM, and the base is another',
    { rest: [] },
    {
      files: {
        Dockerfile: lines(
          ...BUILT,
          'FROM python:3.12',
          'COPY --from=builder $VIRTUAL_ENV $VIRTUAL_ENV',
          'CMD ["/opt/venv/bin/flask", "run"]',
        ),
      },
      findings: ['Dockerfile:5:1 fragile: `$VIRTUAL_ENV` has no value behind line 4'],
    },
  ),
  row(
    'what the root brought beside it may be needed',
    { rest: [] },
    {
      files: { Dockerfile: lines(...BUILT, 'COPY app.py helper /srv/', ...COPIES_BUILT) },
      findings: [
        'Dockerfile:6:1 fragile: `$VIRTUAL_ENV` has no value behind line 5 (what a stage sets ends with it): the COPY takes the root of stage builder.',
      ],
    },
  ),
  row(
    'the start names a file that the root alone brought',
    { rest: [] },
    {
      files: {
        Dockerfile: lines(
          ...BUILT,
          'COPY app.py /srv/',
          ...COPIES_BUILT.slice(0, 3),
          'CMD ["/opt/venv/bin/python", "/srv/app.py"]',
        ),
      },
      unsafe: true,
      findings: ['Dockerfile:6:1 fragile: `$VIRTUAL_ENV` has no value behind line 5'],
    },
  ),
  {
    ...row(
      'a variable is set where the COPY reads it, below a WORKDIR',
      { rest: [] },
      { files: { Dockerfile: lines(...BUILT, COPIES_BUILT[0]!, 'WORKDIR /app', ...COPIES_BUILT.slice(1)) } },
    ),
    after: {
      Dockerfile: lines(
        ...BUILT,
        COPIES_BUILT[0]!,
        'WORKDIR /app',
        'ENV VIRTUAL_ENV=/opt/venv',
        ...COPIES_BUILT.slice(1),
      ),
    },
  },
  {
    ...row(
      'a variable is set where the COPY reads it',
      { rest: [] },
      { files: { Dockerfile: lines(...BUILT, ...COPIES_BUILT) } },
    ),
    after: {
      Dockerfile: lines(...BUILT, COPIES_BUILT[0]!, 'ENV VIRTUAL_ENV=/opt/venv', ...COPIES_BUILT.slice(1)),
    },
    fixes: ['All else of stage builder is no longer copied: before, the line took its root.'],
  },
  row(
    'a variable is set again behind FROM',
    { rest: [] },
    {
      files: {
        Dockerfile: lines(
          ...BUILT,
          'FROM python:3.12-slim',
          'ENV VIRTUAL_ENV=/opt/venv',
          'COPY --from=builder $VIRTUAL_ENV $VIRTUAL_ENV',
          'CMD ["/opt/venv/bin/flask", "run"]',
        ),
      },
    },
  ),
  row(
    'an ARG above the first FROM is none of the stage',
    { rest: [] },
    {
      files: {
        Dockerfile: lines(
          'ARG VENV=/opt/venv',
          'FROM python:3.12-slim AS builder',
          'ARG VENV',
          'RUN python -m venv $VENV && $VENV/bin/pip install flask',
          'FROM python:3.12-slim',
          'COPY --from=builder ${VENV} /opt/venv',
          'CMD ["/opt/venv/bin/flask", "run"]',
        ),
      },
      findings: [
        'Dockerfile:6:1 fragile: `$VENV` has no value behind line 5 (an ARG above the first FROM is none of this stage): the COPY takes the root of stage builder. Write `ARG VENV` above this line',
      ],
    },
  ),
];

export const acrossStages: readonly Row[] = [...pythons, ...moves, ...paths, ...sources, ...lost];
