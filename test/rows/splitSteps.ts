// Rows of split-dependency-copy: the commands between the code and an install, and how they are read.

import { lines, type Row } from './row.ts';
import { heldBy, passed, split } from './splitRow.ts';

const INSTALL = 'RUN pip install -r requirements.txt';
const UV = lines('[project]', 'name = "shop"', 'version = "1"', '[build-system]', 'requires = ["hatchling"]');
const LOCK = lines('version = 1', '[[package]]', 'name = "shop"', 'version = "1"', 'source = { editable = "." }');
const INSTALLER = 'https://astral.sh/uv/install.sh';

export const splitSteps: readonly Row[] = [
  passed('a flag of RUN that mounts nothing passes', ['RUN --network=none true']),
  passed('a mount without a folder passes', ['RUN --mount=type=ssh true']),
  heldBy(
    'a cache that is mounted into the code holds the split back',
    ['RUN --mount=type=cache,target=cache true'],
    'mounts something where the code is copied',
  ),
  heldBy(
    'keys and kinds of a mount are read in any case',
    ['RUN --mount=type=CACHE,Target=cache true'],
    'mounts something where the code is copied',
  ),
  heldBy(
    'a bind in capitals mounts the build context',
    ['RUN --mount=Type=BIND,target=/src true'],
    'mounts a part of the build context',
  ),
  heldBy(
    'a field of a mount may stand in quotes',
    ['RUN --mount=type=cache,"target=cache" true'],
    'mounts something where the code is copied',
  ),
  split({
    name: 'a mount at a place that a variable names holds the split back',
    image: [
      'ENV CACHE=/app/cache',
      'COPY . .',
      'WORKDIR /srv',
      'RUN --mount=type=cache,target=$CACHE true',
      'WORKDIR /app',
      INSTALL,
    ],
    findings: ['Dockerfile:4:1 mounts something where the code is copied'],
  }),
  split({
    name: 'a mount below a folder that is not known holds the split back',
    image: [
      'COPY . /app',
      'ARG DIR',
      'WORKDIR $DIR',
      'RUN --mount=type=cache,target=cache true',
      'WORKDIR /app',
      INSTALL,
    ],
    findings: ['Dockerfile:3:1 mounts something where the code is copied'],
  }),
  heldBy(
    'the script of an environment that no step has made is not known',
    ['RUN . /srv/venv/bin/activate'],
    '`. /srv/venv/bin/activate` may need the code',
  ),
  split({
    name: 'uv venv in a folder that is not known may look at the code',
    image: ['COPY . /app', 'ARG DIR', 'WORKDIR $DIR', 'RUN uv venv /opt/venv', 'WORKDIR /app', INSTALL],
    findings: ['Dockerfile:3:1 `uv venv /opt/venv` runs in a folder that is not known'],
  }),
  heldBy(
    'a script that is looked for on the path is not the one that was fetched',
    [`RUN cd /tmp && curl -LsSf ${INSTALLER} -o install.sh && install.sh`],
    '`install.sh` may need the code',
  ),
  split({
    name: 'a script in a folder that is not known may be one of the code',
    image: [
      'ARG DIR',
      `RUN cd $DIR && curl -LsSf ${INSTALLER} -o install.sh`,
      'COPY . .',
      'RUN cd $DIR && sh install.sh',
      INSTALL,
    ],
    findings: ['Dockerfile:5:1 `sh install.sh` may need the code'],
  }),
  split({
    name: 'a script by its whole path is known from any folder',
    image: [
      'COPY . /app',
      'ARG DIR',
      `RUN cd $DIR && curl -LsSf ${INSTALLER} -o /tmp/install.sh && sh /tmp/install.sh`,
      INSTALL,
    ],
    becomes: [
      'COPY requirements.txt /app/',
      'ARG DIR',
      `RUN cd $DIR && curl -LsSf ${INSTALLER} -o /tmp/install.sh && sh /tmp/install.sh`,
      INSTALL,
      'COPY . /app',
    ],
  }),
  heldBy(
    'an address that is only named is fetched by nobody',
    [`RUN echo ${INSTALLER} -O /tmp/install.sh; sh /tmp/install.sh`],
    '`sh /tmp/install.sh` may need the code',
  ),
  heldBy('shell text that cannot be read is not followed', ['RUN true && )'], 'its shell text cannot be read'),
  heldBy(
    'more commands than are followed hold the split back',
    [`RUN ${Array(502).fill('true').join(' && ')}`],
    'it has too many commands',
  ),
  heldBy(
    'shells deeper than are followed hold the split back',
    [`RUN ${'( '.repeat(61)}true${' )'.repeat(61)}`],
    'it has too many commands',
  ),
  passed('both branches of a test are followed', ['RUN if true; then echo yes; else echo no; fi']),
  heldBy(
    'the other branch of a test may need the code',
    ['RUN if true; then echo yes; else ./app.py; fi'],
    '`./app.py` may need the code',
  ),
  passed('the text for a shell is followed', ['RUN bash -c "apt-get update"']),
  passed('a string that is read as a file is none', ['SHELL ["/bin/bash", "-c"]', 'RUN cat <<< hello']),
  passed('what is thrown away is written nowhere', ['RUN apt-get update > /dev/null 2>&1']),
  split({
    name: 'an install in the form of a list goes before the code',
    image: ['COPY . .', 'RUN ["pip", "install", "-r", "requirements.txt"]'],
    becomes: ['COPY requirements.txt .', 'RUN ["pip", "install", "-r", "requirements.txt"]', 'COPY . .'],
    fixes: ['(`pip install -r requirements.txt`)'],
  }),
  passed('virtualenv makes an environment', ['RUN virtualenv /opt/venv']),
  passed('a question for the version of Python passes', ['RUN python3 --version && pip list']),
  heldBy(
    'a list of packages by the requirements reads them',
    ['RUN pip freeze -r requirements.txt'],
    '`pip freeze -r requirements.txt` may need the code',
  ),
  heldBy(
    'a setting of poetry for the project alone is written beside it',
    ['RUN poetry config --local virtualenvs.create false'],
    'may need the code',
  ),
  heldBy(
    'an install in a folder that is not known is left',
    ['RUN test -d /srv && cd /srv; pip install -r /app/requirements.txt'],
    'runs in a folder that is not known',
  ),
  split({
    name: 'constraints that a command names are not known',
    image: ['COPY . .', 'RUN PIP_CONSTRAINT=$(date) pip install -r requirements.txt'],
    findings: ['Dockerfile:3:1 the value of PIP_CONSTRAINT is not known'],
  }),
  split({
    name: 'an install of one package of a workspace is left',
    files: { 'pyproject.toml': UV, 'uv.lock': LOCK },
    image: ['COPY . .', 'RUN uv sync --frozen --package shop'],
    findings: ['Dockerfile:3:1 needs the code: shop is installed from the project'],
  }),
  split({
    name: 'a list of volumes behind the code holds it',
    files: { 'shop/a.py': '' },
    image: ['COPY . .', 'VOLUME ["shop", "/app/data"]', INSTALL, 'COPY shop ./shop'],
    findings: ['Dockerfile:3:1 is not followed'],
  }),
  split({
    name: 'a start of two words is no copy of the code',
    files: { 'shop/a.py': '' },
    image: ['COPY requirements.txt .', 'CMD ["shop", "/app"]', INSTALL, 'COPY . .'],
  }),
  heldBy(
    'what find runs beside what it finds may take away the code',
    [String.raw`RUN find /var/cache -name x -exec rm -rf /app/app.py \;`],
    'may touch what is copied',
  ),
  heldBy('curl reads headers of a file', ['RUN curl -fsS -H@headers.txt -o /tmp/x https://x/y'], 'may need the code'),
  heldBy('curl reads a file by its address', ['RUN curl -fsS file:///app/data.json -o /tmp/x'], 'may need the code'),
];
