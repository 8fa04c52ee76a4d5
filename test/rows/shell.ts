// Rows of shell text as dash and bash run it: where a command stands, what it sees, and whether it runs at all.

import { lines, type Row } from './row.ts';
import { heldBy, passed, split } from './splitRow.ts';

const PIP = 'pip install -r requirements.txt';

const POETRY = {
  'pyproject.toml': lines(
    ...['[tool.poetry]', 'name = "shop"', 'version = "1"', '[tool.poetry.dependencies]', 'python = "^3.12"'],
    'flask = "*"',
  ),
  'poetry.lock': lines('[[package]]', 'name = "flask"', 'version = "3"', '[metadata]', 'lock-version = "2.0"'),
};
const TOOL = 'RUN pip install poetry==2.1.0 && poetry config virtualenvs.create false';

/** The install is `run`, and the code goes behind it. */
const moves = (name: string, run: string): Row =>
  split({
    name,
    image: ['COPY . .', `RUN ${run}`],
    becomes: ['COPY requirements.txt .', `RUN ${run}`, 'COPY . .'],
  });

export const shell: readonly Row[] = [
  passed('`cd -P` goes where `cd` goes', ['RUN cd -P /srv && rm -f old.txt']),
  passed('`command cd` goes there in the same shell', ['RUN command cd /srv && rm -f app.py']),
  heldBy(
    'behind a test that is turned round `cd` may not have been',
    ['RUN ! [ -d /srv/old ] && cd /srv; rm -f app.py'],
    '`rm -f app.py` may touch what is copied',
  ),
  heldBy(
    'a variable that was unset is not there',
    ['RUN AT=/srv && unset AT && rm -f "${AT:-/app}/app.py"'],
    'may touch what is copied',
  ),
  moves('`env -u` starts what comes behind it', `env -u PIP_NO_CACHE_DIR ${PIP}`),
  moves('a shell with `-o pipefail` runs its text', `bash -o pipefail -c '${PIP}'`),
  split({
    name: 'a login shell may have another PATH',
    image: ['COPY . .', `RUN bash -lc '${PIP}'`],
  }),
  split({
    name: 'an install in an environment that was entered behind a test goes to an unknown place',
    image: ['RUN python -m venv /opt/venv', 'COPY . .', `RUN [ -n "$DEV" ] && . /opt/venv/bin/activate; ${PIP}`],
    findings: [`Dockerfile:4:1 where \`${PIP}\` installs to is not known`],
  }),
  split({
    name: 'what stands behind `||` and `&&` always runs',
    files: POETRY,
    image: [TOOL, 'COPY . .', 'RUN id || true && poetry install'],
    becomes: [
      TOOL,
      'COPY pyproject.toml poetry.lock ./',
      'RUN id || true && poetry install --no-root',
      'COPY . .',
      'RUN poetry install',
    ],
  }),
  split({
    name: 'an install whose end is turned round does not run twice',
    files: POETRY,
    image: [TOOL, 'COPY . .', 'RUN ! poetry install'],
    findings: ['Dockerfile:4:1 stands inside another command'],
  }),
];
