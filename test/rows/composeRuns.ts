// Rows of prefer-compose-run.

import { lines, type Row } from './row.ts';

const ENTRY = lines('#!/bin/sh', '. /opt/venv/bin/activate', 'exec "$@"');
const HEAD = ['FROM python:3.12-slim', 'RUN python -m venv /opt/venv', 'WORKDIR /app'];
const TAIL = [
  'COPY requirements.txt .',
  'RUN /opt/venv/bin/pip install -r requirements.txt',
  'COPY . .',
  'ENTRYPOINT ["/app/entry.sh"]',
  'CMD ["python", "app.py"]',
];
const FILES: Row['files'] = {
  Dockerfile: lines(...HEAD, ...TAIL),
  'requirements.txt': 'flask\n',
  'app.py': 'import flask\n',
  'seed.py': 'import flask\n',
  'entry.sh': ENTRY,
  'compose.yml': lines('services:', '  web:', '    build: .'),
  Makefile: lines('seed:', '\tdocker compose exec web python seed.py'),
};

const row = (name: string, files: Partial<Record<string, string>>, ...findings: readonly string[]): Row => ({
  name,
  id: 'prefer-compose-run',
  files: { ...FILES, ...files } as Row['files'],
  findings,
});

const SAID =
  'Makefile:2:2 broken: `docker compose exec web python seed.py` runs the system Python: entry.sh activates /opt/venv for what it starts alone.';

export const composeRuns: readonly Row[] = [
  row('a line enters beside the entry script', {}, SAID),
  row(
    'each file is told once, a page as one that people read',
    {
      Makefile: lines('seed:', '\tdocker compose exec web python seed.py', '\tdocker compose exec web python app.py'),
      'README.md': lines('```sh', 'docker compose exec web python seed.py', '```'),
    },
    SAID,
    'README.md:2:1 fragile: `docker compose exec web python seed.py` runs the system Python',
  ),
  row(
    'a program that is not found',
    { Makefile: lines('seed:', '\tdocker compose exec web flask routes') },
    'Makefile:2:2 broken: `docker compose exec web flask routes` finds no such program along PATH (exit 127): entry.sh',
  ),
  row('`compose run` is right', { Makefile: lines('seed:', '\tdocker compose run --rm web python seed.py') }),
  row('a line that activates is right', {
    Makefile: lines('seed:', '\tdocker compose exec web sh -c ". /opt/venv/bin/activate && python seed.py"'),
  }),
  row('ENV has it', {
    Dockerfile: lines(...HEAD, 'ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"', ...TAIL),
  }),
  row('an entry script that starts one program alone would not start another', {
    'entry.sh': lines('#!/bin/sh', '. /opt/venv/bin/activate', 'exec gunicorn app:app'),
  }),
  row('the system may have the packages too', {
    Dockerfile: lines(...HEAD, 'RUN pip install flask', ...TAIL),
  }),
  row('a program that needs no packages', {
    Makefile: lines('seed:', '\tdocker compose exec web python -m json.tool x.json'),
  }),
  row('no entry script activates it', { 'entry.sh': lines('#!/bin/sh', 'exec /opt/venv/bin/python app.py') }),
];
