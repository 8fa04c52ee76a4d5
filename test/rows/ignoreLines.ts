// Rows of ignore-venv: which environments a context may hold, and where the line for them goes.

import { added, held, id, image, PROJECT, START } from './ignoreRow.ts';
import { lines, type Row } from './row.ts';

const COMPOSE_WEB = { 'compose.yaml': lines('services:', '  web:', '    build: web') };
const WEB = lines('FROM acme/web:1', 'WORKDIR /app', 'COPY . .', 'CMD [".venv/bin/python", "-m", "web"]');

const others: readonly Row[] = [
  held(
    'an ignore file that git leaves to everybody is not created',
    image([], START),
    ['Dockerfile:3:1 .gitignore leaves .dockerignore to everybody, and a new one would be laid over theirs'],
    { '.gitignore': '/.dockerignore\n' },
  ),
  added('what another context takes in is left to its own ignore file', image([], START), {
    ...COMPOSE_WEB,
    'web/Dockerfile': WEB,
    'web/web.py': 'pass\n',
    Makefile: 'web:\n\tdocker build -f web/Dockerfile web\n',
  }),
  {
    ...added('a Dockerfile of an unknown context may have an ignore file of its own', image([], START), {
      'web/Dockerfile': WEB,
      'web/Dockerfile.dockerignore': '*.md\n',
      'web/web.py': 'pass\n',
    }),
    findings: ['web/Dockerfile:3:1 The build context is not known'],
  },
  added('a Dockerfile that stands in compose is no command from outside', image([], START), {
    'compose.yaml': lines(
      'services:',
      '  web:',
      '    build:',
      '      context: .',
      '      dockerfile_inline: |',
      '        FROM acme/web:1',
      '        RUN /srv/.venv/bin/python -V',
      '        COPY . /srv',
    ),
  }),
];

/** The image's own environment lies below a copied folder. */
const own = (name: string, copy: string, where: string, more: Row['files'], after?: Row['after']): Row => ({
  name,
  id,
  files: {
    Dockerfile: lines('FROM python:3.12-slim', `RUN python -m venv ${where}`, copy, 'CMD ["python", "/srv/app.py"]'),
    'src/app.py': 'pass\n',
    'tests/a.py': 'pass\n',
    ...more,
  },
  ...(after === undefined ? {} : { after }),
});

const environments: readonly Row[] = [
  own(
    'of several folders that are copied into one none is taken for its place',
    'COPY src tests /srv/',
    '/srv/env',
    {},
  ),
  own(
    'with its folders a copy lays the environment where it stands',
    'COPY --parents src /srv/',
    '/srv/src/env',
    {},
    {
      '.dockerignore': 'src/env\n',
    },
  ),
  own(
    'an environment of which a part is not known is none of the context',
    'ARG X\nRUN python -m venv /srv/$X\nCOPY src /srv/',
    '/opt/e',
    {},
  ),
  {
    name: 'in the folder of a context the sources are looked for',
    id,
    files: {
      'compose.yaml': lines('services:', '  api:', '    build: api'),
      'api/Dockerfile': lines(
        'FROM python:3.12-slim',
        'RUN python -m venv /srv/env && python -m venv /opt/app/env',
        'COPY src /srv',
        'COPY . /',
        'CMD ["python", "/srv/app.py"]',
      ),
      'api/src/app.py': 'pass\n',
      'api/opt/app/a': 'a\n',
    },
    after: { 'api/.dockerignore': 'src/env\nopt/app/env\n' },
  },
  {
    name: 'a folder of the repository in the context is no environment',
    id,
    files: {
      'compose.yaml': lines('services:', '  api:', '    build: api'),
      'api/Dockerfile': lines(
        'FROM python:3.12-slim',
        'RUN python -m venv /srv/env',
        'COPY . /srv',
        'CMD ["python", "/srv/app.py"]',
      ),
      'api/env/settings.py': 'pass\n',
    },
  },
  {
    name: 'what git leaves out stands in each project',
    id,
    files: {
      Dockerfile: image([], 'CMD ["python", "api/app.py"]'),
      'api/requirements.txt': 'flask\n',
      '.gitignore': 'venv\n',
    },
    after: { '.dockerignore': '**/.venv\n**/venv\n' },
  },
];

const wrote = (name: string, text: string, after: string, more: Row['files'] = {}): Row =>
  added(name, image([], START), { '.dockerignore': text, ...more }, { '.dockerignore': after });

const places: readonly Row[] = [
  wrote('beside an entry from the root the line is one too', '/venv/\n', '/venv/\n/.venv/\n'),
  wrote('the line is deep where the others are', '**/dist\n**/build\n', '**/dist\n**/build\n**/.venv\n'),
  wrote(
    'the entries of Python under a heading that means something else are no place for it',
    '# Build\n__pycache__\n\n# Docs\ndocs\n',
    '# Build\n__pycache__\n\n# Docs\ndocs\n\n# Virtual environments\n.venv\n',
  ),
  wrote('below a blank line no heading is meant', '# Docs\ndocs\n\n', '# Docs\ndocs\n\n.venv\n'),
  wrote(
    'headings without blank lines stay so',
    '# Docs\ndocs\n# Tests\ntests\n',
    '# Docs\ndocs\n# Tests\ntests\n# Virtual environments\n.venv\n',
  ),
  wrote(
    'a last line that is not ended is a heading too',
    'docs\n# Tests',
    'docs\n# Tests\n\n# Virtual environments\n.venv',
  ),
  {
    ...own('no line is written that leaves nothing out', 'COPY src /srv/', '"/srv/v "', { '.dockerignore': 'docs\n' }),
    findings: ['Dockerfile:3:1 No line can be added to .dockerignore that leaves it out'],
  },
  added(
    'an environment in the work tree stands in the way of no line',
    image([], START),
    { 'api/pyproject.toml': '[project]\n', 'api/.venv/pyvenv.cfg': 'home = /usr\n' },
    { '.dockerignore': '**/.venv\n' },
  ),
  {
    ...added(
      'what is recommended is for a copy of all',
      lines('FROM python:3.12-slim', 'COPY api /app', START),
      {
        'api/pyproject.toml': '[project]\n',
      },
      { '.dockerignore': '**/.venv\n' },
    ),
    settings: { recommendedIgnores: true },
  },
  held(
    'a long copy is told in short',
    image([], START)
      .replace('COPY . .', 'COPY --chown=1000:1000 --chmod=0755 app.py requirements.txt scripts ./')
      .replace(
        'CMD',
        'COPY --chown=1000:1000 --chmod=0755 --link --exclude=*.md --exclude=*.txt . .\nRUN .venv/bin/python -V\nCMD',
      ),
    ['Dockerfile:4:1 `COPY --chown=1000:1000 --chmod=0755 --link --exclude=*.md...` takes'],
    { 'scripts/a': 'a\n' },
  ),
  {
    name: 'what a link leaves out is not known',
    id,
    files: { ...PROJECT, Dockerfile: image([], START) },
    kinds: { '.dockerignore': 'symlink' },
  },
];

/** Its activation may go once the copy lays nothing over the environment. */
const COVERED = lines(
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv venv',
  'RUN . venv/bin/activate',
  'COPY requirements.txt .',
  'RUN pip install -r requirements.txt',
  'COPY . .',
  START,
);

const covered = (name: string, at: string, more: Partial<Row>): Row => ({
  name,
  id: 'activate-to-env',
  files: { ...PROJECT, Dockerfile: COVERED },
  findings: [`${at}:4:1 line 7 copies the build context over /app/venv`],
  ...more,
});

const lifted: readonly Row[] = [
  covered('in an unknown context no ignore line lifts a cover', 'web/Dockerfile', {
    files: { ...PROJECT, 'web/requirements.txt': 'flask\n', 'web/app.py': 'import flask\n', 'web/Dockerfile': COVERED },
  }),
  covered('an ignore file that the builder refuses lifts no cover', 'Dockerfile', {
    files: { ...PROJECT, Dockerfile: COVERED, '.dockerignore': '[\n' },
  }),
  covered('an ignore file that cannot be read lifts no cover', 'Dockerfile', { kinds: { '.dockerignore': 'file' } }),
];

export const ignoreLines: readonly Row[] = [...others, ...environments, ...places, ...lifted];
