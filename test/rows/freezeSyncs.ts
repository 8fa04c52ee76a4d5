// `uv sync` that is not frozen, and `uv run` that syncs again.

import { lines, type Row } from './row.ts';

const id = 'freeze-uv-sync';
const PYPROJECT = lines(
  '[project]',
  'name = "shop"',
  'version = "1"',
  'requires-python = ">=3.12"',
  'dependencies = ["flask>=3"]',
);
const LOCK = lines(
  'version = 1',
  'requires-python = ">=3.12"',
  '[[package]]',
  'name = "shop"',
  'version = "1"',
  'source = { virtual = "." }',
  'dependencies = [{ name = "flask" }]',
  '[package.metadata]',
  'requires-dist = [{ name = "flask", specifier = ">=3" }]',
  '[[package]]',
  'name = "flask"',
  'version = "3.0.3"',
  'source = { registry = "https://pypi.org/simple" }',
);
const FILES = { 'pyproject.toml': PYPROJECT, 'uv.lock': LOCK };
const HEAD = ['FROM python:3.12-slim', 'COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/', 'WORKDIR /app'];
const COPY = 'COPY pyproject.toml uv.lock ./';

const frozen = (name: string, rest: readonly string[], after: readonly string[], files: Row['files'] = FILES): Row => ({
  name,
  id,
  files: { ...files, Dockerfile: lines(...HEAD, ...rest) },
  after: { Dockerfile: lines(...HEAD, ...after) },
});

const left = (
  name: string,
  findings: readonly string[],
  rest: readonly string[],
  files: Row['files'] = FILES,
): Row => ({
  name,
  id,
  files: { ...files, Dockerfile: lines(...HEAD, ...rest) },
  ...(findings.length === 0 ? {} : { findings }),
});

const START = 'CMD ["python", "app.py"]';

const fixes: readonly Row[] = [
  frozen(
    'a lock that is copied and fresh is held to',
    [COPY, 'RUN uv sync', START],
    [COPY, 'RUN uv sync --frozen', START],
  ),
  frozen(
    'one of other words in a folder whose lock nobody knows stays',
    [COPY, 'RUN uv sync', 'RUN cd /other && uv sync --no-dev', START],
    [COPY, 'RUN uv sync --frozen', 'RUN cd /other && uv sync --no-dev', START],
  ),
  left(
    'one of the same words in a folder whose lock nobody knows',
    [
      'Dockerfile:5:1 advice: `uv sync` resolves anew in the build where uv.lock and pyproject.toml differ, or the lock is not there. Left alone: line 6 has the same words for another lock. Write `uv sync --frozen`.',
    ],
    [COPY, 'RUN uv sync', 'RUN cd /other && uv sync', START],
  ),
  frozen(
    'flags that choose of the lock stay',
    [COPY, 'RUN uv sync --no-dev --no-install-project && rm -rf /tmp/x', START],
    [COPY, 'RUN uv sync --frozen --no-dev --no-install-project && rm -rf /tmp/x', START],
  ),
  frozen(
    'both halves in one fix',
    [COPY, 'RUN uv sync --no-install-project', 'COPY . .', 'RUN uv sync', START],
    [COPY, 'RUN uv sync --frozen --no-install-project', 'COPY . .', 'RUN uv sync --frozen', START],
  ),
  frozen(
    'a lock that the step mounts is there',
    [
      'RUN --mount=type=bind,source=uv.lock,target=uv.lock --mount=type=bind,source=pyproject.toml,target=pyproject.toml uv sync --no-dev',
      START,
    ],
    [
      'RUN --mount=type=bind,source=uv.lock,target=uv.lock --mount=type=bind,source=pyproject.toml,target=pyproject.toml uv sync --frozen --no-dev',
      START,
    ],
  ),
  frozen(
    'a continuation line',
    [COPY, 'RUN pip list && \\', '    uv sync \\', '    --no-dev', START],
    [COPY, 'RUN pip list && \\', '    uv sync --frozen \\', '    --no-dev', START],
  ),
];

const STALE = { ...FILES, 'pyproject.toml': PYPROJECT.replace('flask>=3', 'flask>=3", "celery') };

const refusals: readonly Row[] = [
  left(
    'a stale lock would install less',
    ['Dockerfile:5:1 Left alone: uv.lock does not record what pyproject.toml asks for: run `uv lock` first'],
    [COPY, 'RUN uv sync', START],
    STALE,
  ),
  left(
    'a lock that is not copied is none',
    ['Dockerfile:5:1 advice: `uv sync` resolves anew in the build'],
    ['COPY pyproject.toml ./', 'RUN uv sync', START],
  ),
  left(
    'a lock that the ignore file keeps out',
    ['Dockerfile:5:1 Left alone: .dockerignore keeps uv.lock out of the build'],
    ['COPY . .', 'RUN uv sync', START],
    { ...FILES, '.dockerignore': 'uv.lock\n' },
  ),
  left(
    'a flag that resolves is not followed',
    ['Dockerfile:5:1 what `--resolution` changes is not followed'],
    [COPY, 'RUN uv sync --resolution lowest', START],
  ),
  left(
    'a variable that resolves is not followed',
    ['Dockerfile:6:1 UV_PRERELEASE is set'],
    [COPY, 'ENV UV_PRERELEASE=allow', 'RUN uv sync', START],
  ),
  left(
    'a step may have changed the project',
    ['Dockerfile:6:1 may change the project or its lock'],
    [COPY, "RUN sed -i 's/flask/celery/' pyproject.toml", 'RUN uv sync', START],
  ),
  left('without a lock there is nothing to hold to', [], ['COPY pyproject.toml ./', 'RUN uv sync', START], {
    'pyproject.toml': PYPROJECT,
  }),
  left('what is frozen stays', [], [COPY, 'RUN uv sync --frozen', START]),
  left('what is checked stays', [], [COPY, 'RUN uv sync --locked', START]),
  left('a variable has frozen it', [], [COPY, 'ENV UV_FROZEN=1', 'RUN uv sync', START]),
  left('what upgrades is meant', [], [COPY, 'RUN uv sync --upgrade', START]),
  left('a sync on some branch only', [], [COPY, 'RUN if [ -n "$DEV" ]; then uv sync; fi', START]),
  left('a project in another folder is not looked at', [], ['COPY . .', 'RUN cd services/api && uv sync', START]),
];

const SYNC = [COPY, 'RUN uv sync --frozen --no-dev'];

const runs: readonly Row[] = [
  left(
    'uv run brings the dev group at every start',
    [
      'Dockerfile:6:1 fragile: `uv run flask run` syncs again at every start, with the default groups that `uv sync --frozen --no-dev` (line 5) leaves out',
    ],
    [...SYNC, 'CMD ["uv", "run", "flask", "run"]'],
  ),
  left(
    'uv run compares the lock at every start',
    ['Dockerfile:6:1 advice: `uv run app.py` compares the lock again'],
    [COPY, 'RUN uv sync --locked', 'CMD uv run app.py'],
  ),
  left(
    'a user who may not write there is told of that elsewhere',
    [],
    [COPY, 'RUN uv sync --locked', 'RUN useradd app', 'USER app', 'CMD uv run app.py'],
  ),
  left('uv run that does not sync', [], [...SYNC, 'CMD ["uv", "run", "--no-sync", "flask", "run"]']),
  left('a variable keeps it from it', [], [...SYNC, 'ENV UV_NO_SYNC=1', 'CMD ["uv", "run", "flask", "run"]']),
  left('a frozen run of the same groups', [], [...SYNC, 'CMD ["uv", "run", "--frozen", "--no-dev", "flask", "run"]']),
  left('a script with requirements of its own', [], [...SYNC, 'COPY job.py .', 'CMD ["uv", "run", "job.py"]'], {
    ...FILES,
    'job.py': '# /// script\n# dependencies = []\n# ///\n',
  }),
];

export const freezeSyncs: readonly Row[] = [...fixes, ...refusals, ...runs];
