// Rows of split-dependency-copy: what an install reads, and what was copied before.

import { lines, type Row } from './row.ts';
import { heldBy, passed, split } from './splitRow.ts';

const INSTALL = 'RUN pip install -r requirements.txt';

const BASE = ['FROM python:3.12-slim AS base', 'WORKDIR /app', 'RUN make -C /srv', 'FROM base'];

export const splitSources: readonly Row[] = [
  split({
    name: 'a copy of just what the install reads stays before it',
    files: { 'src/a.py': '', 'pip/base': 'flask\n' },
    image: ['COPY src src', 'COPY pip pip', 'RUN pip install -r pip/base'],
    becomes: ['COPY pip pip', 'RUN pip install -r pip/base', 'COPY src src'],
  }),
  split({
    name: 'a pattern that nothing fits may bring something to the folder of the code',
    image: ['COPY . .', 'COPY conf/*.ini ./conf/', INSTALL],
    findings: ['Dockerfile:3:1 copies into the same folder'],
  }),
  split({
    name: 'a folder that is copied over the folder above the code may bring files to it',
    files: { 'src/a.py': '', 'src/requirements.txt': 'flask\n', 'conf/src/logging.conf': '' },
    image: ['COPY src src', 'COPY conf/ ./', 'WORKDIR /app/src', INSTALL],
    findings: ['Dockerfile:3:1 `COPY conf/ ./` copies into the same folder'],
  }),
  heldBy(
    'a file that is copied once more for another owner stays behind the code',
    ['COPY --chown=1000 app.py ./'],
    'copies into the same folder',
  ),
  passed('a file that is copied once more passes', ['COPY app.py ./']),
  split({
    name: 'a copy whose source is not known may have brought the requirements',
    files: { 'src/a.py': '' },
    image: ['ARG KIND', 'COPY requirements.txt $KIND*.txt ./', 'COPY src src', INSTALL],
  }),
  split({
    name: 'nothing is known of a copy to a folder that is not known',
    image: ['ARG DIR', 'WORKDIR $DIR', 'COPY . .', 'WORKDIR /app', INSTALL],
  }),
  split({
    name: 'a copy to a folder that is not known may have brought the requirements',
    files: { 'src/a.py': '' },
    image: ['ARG DIR', 'COPY requirements.txt ./', 'COPY --from=busybox /etc $DIR/', 'COPY src src', INSTALL],
  }),
  split({
    name: 'a copy to a working folder that is not known may have brought the requirements',
    files: { 'src/a.py': '', 'conf/requirements.txt': './src\n' },
    image: [
      'ARG DIR',
      'COPY requirements.txt ./',
      'WORKDIR $DIR',
      'COPY conf/ ./',
      'WORKDIR /app',
      'COPY src src',
      INSTALL,
    ],
  }),
  split({
    name: 'a pattern that goes up again brings the last of two files of one name',
    files: { 'src/a.py': '', 'conf/requirements.txt': './src\n' },
    image: ['COPY requirements.txt src/../conf/*.txt ./', 'COPY src src', INSTALL],
  }),
  split({
    name: 'a pattern of many stars is followed',
    files: { 'src/a.py': '' },
    image: ['COPY requirements.txt ./', 'COPY r*e*q*s*.t*t ./', 'COPY src src', INSTALL],
    becomes: ['COPY requirements.txt ./', 'COPY r*e*q*s*.t*t ./', INSTALL, 'COPY src src'],
  }),
  split({
    name: 'a file that is copied to a folder of the system lies in it',
    files: { 'src/a.py': '' },
    image: ['COPY src src', 'COPY requirements.txt /tmp', 'RUN pip install -r /tmp/requirements.txt'],
    becomes: ['COPY requirements.txt /tmp', 'RUN pip install -r /tmp/requirements.txt', 'COPY src src'],
  }),
  split({
    name: 'a pattern that is copied to the working folder is laid down in it',
    files: { 'src/a.py': '' },
    image: ['COPY requirement*.txt /app', 'COPY src src', INSTALL],
    becomes: ['COPY requirement*.txt /app', INSTALL, 'COPY src src'],
  }),
  split({
    name: 'a pattern that is copied to a name may make a file or a folder of it',
    files: { 'src/a.py': '' },
    image: ['COPY requirement*.txt /tmp/list', 'COPY src src', 'RUN pip install -r /tmp/list'],
  }),
  split({
    name: 'a source above the context may have brought the requirements',
    files: { 'src/a.py': '', 'conf/requirements.txt': './src\n' },
    image: ['COPY requirements.txt ./', 'COPY ../conf/ ./', 'COPY src src', INSTALL],
  }),
  {
    name: 'sources above the folder of the Dockerfile stand at the root of the context',
    id: 'split-dependency-copy',
    files: {
      'docker/Dockerfile': lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'COPY ../src src',
        'COPY ../requirements.txt ./',
        INSTALL,
      ),
      'requirements.txt': 'flask\n',
      'src/a.py': '',
    },
    after: {
      'docker/Dockerfile': lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'COPY ../requirements.txt ./',
        INSTALL,
        'COPY ../src src',
      ),
    },
  },
  split({
    name: 'a question mark stands for one letter',
    files: { 'src/a.py': '' },
    image: ['COPY requirements.tx? ./', 'COPY src src', INSTALL],
    becomes: ['COPY requirements.tx? ./', INSTALL, 'COPY src src'],
  }),
  split({
    name: 'a dot of a pattern is a dot',
    files: { 'reqs-txt': 'flask\n' },
    image: ['COPY *.txt ./', 'COPY . .', 'RUN pip install -r reqs-txt'],
    becomes: ['COPY *.txt ./', 'COPY reqs-txt .', 'RUN pip install -r reqs-txt', 'COPY . .'],
  }),
  split({
    name: 'a pattern for files of folders finds none beside them',
    image: ['COPY */* ./', 'COPY . .', INSTALL],
    becomes: ['COPY */* ./', 'COPY requirements.txt .', INSTALL, 'COPY . .'],
    files: { 'conf/a.ini': '' },
  }),
  {
    name: 'a pattern finds nothing outside the context',
    id: 'split-dependency-copy',
    files: {
      'api/requirements.txt': 'flask\n',
      'api/a.ini': '',
      'api/app.py': '',
      'doc/b.ini': '',
      'compose.yaml': lines('services:', '  api:', '    build: api'),
      'api/Dockerfile': lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY . .', 'COPY *.ini ./', INSTALL),
    },
    after: {
      'api/Dockerfile': lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'COPY requirements.txt .',
        'COPY *.ini ./',
        INSTALL,
        'COPY . .',
      ),
    },
  },
  split({
    name: 'a copy for another owner covers none',
    files: { 'src/a.py': '' },
    image: ['COPY src src', 'COPY --chown=1000 . .', INSTALL],
    becomes: ['COPY --chown=1000 requirements.txt .', INSTALL, 'COPY src src', 'COPY --chown=1000 . .'],
  }),
  split({
    name: 'a pattern covers no copy',
    image: ['COPY requirements.txt app.py ./', INSTALL, 'COPY *.* ./'],
    becomes: ['COPY requirements.txt ./', INSTALL, 'COPY app.py ./', 'COPY *.* ./'],
  }),
  split({
    name: 'a folder of requirements with a link and notes is no code',
    files: { 'pip/base.txt': 'flask\n', 'pip/notes.md': '' },
    kinds: { 'pip/current': 'symlink' },
    image: ['COPY pip pip', 'RUN pip install -r pip/base.txt'],
  }),
  {
    name: 'a step of the stage below may have changed the requirements',
    id: 'split-dependency-copy',
    files: {
      'requirements.txt': 'flask\n',
      'src/a.py': '',
      'src/dev.txt': 'pytest\n',
      Dockerfile: lines(
        'FROM python:3.12-slim AS base',
        'WORKDIR /app',
        'COPY requirements.txt ./',
        "RUN sed -i 's/flask/.\\/src/' requirements.txt",
        'FROM base',
        'COPY src src',
        'RUN pip install -r requirements.txt -r src/dev.txt',
      ),
    },
    findings: ['Dockerfile:6:1 may change requirements.txt, which'],
  },
  {
    name: 'a step of the stage below runs before the requirements are copied',
    id: 'split-dependency-copy',
    files: {
      'requirements.txt': 'flask\n',
      'src/a.py': '',
      Dockerfile: lines(...BASE, 'COPY requirements.txt ./', 'COPY src src', INSTALL),
    },
    after: { Dockerfile: lines(...BASE, 'COPY requirements.txt ./', INSTALL, 'COPY src src') },
  },
];
