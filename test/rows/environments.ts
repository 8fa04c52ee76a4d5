// Rows of activate-to-env: whose environment it is (a tool's, one step's, the image's), and what an activation does besides PATH.

import { lines, type Row } from './row.ts';

type Files = Readonly<Record<string, string>>;

const id = 'activate-to-env';
const APP: Files = { 'app.py': 'import flask\n', 'requirements.txt': 'flask\n' };
const ENV = ['ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];

const dockerfile = (...list: readonly string[]): string => lines('FROM python:3.12-slim', ...list);

/** It is left, for what these findings say. */
const left = (name: string, list: readonly string[], findings: readonly string[], more: Files = {}): Row => ({
  name,
  id,
  files: { ...APP, Dockerfile: dockerfile(...list), ...more },
  findings: findings.map((text) => `Dockerfile:${text}`),
});

const fixed = (name: string, list: readonly string[], after: readonly string[], more: Files = {}): Row => ({
  name,
  id,
  files: { ...APP, Dockerfile: dockerfile(...list), ...more },
  after: { Dockerfile: dockerfile(...after) },
});

const MADE = 'RUN python -m venv /opt/venv';
const INSTALL = 'RUN . /opt/venv/bin/activate && pip install flask';
const START = 'CMD ["python", "app.py"]';
const FIXED = [MADE, ...ENV, 'RUN pip install flask'];

const deactivations: readonly Row[] = [
  fixed(
    'a step that leaves what it never entered is left as it is',
    [MADE, INSTALL, 'RUN deactivate || true', START],
    [...FIXED, 'RUN deactivate || true', START],
  ),
  left(
    'a step leaves before it enters',
    [MADE, 'RUN deactivate || true; . /opt/venv/bin/activate && pip install flask', START],
    ['3:1 `deactivate` stands without an activation before it'],
  ),
  left(
    'a step that traps its end is not helped by another that leaves',
    [MADE, `${INSTALL} && deactivate`, 'RUN . /opt/venv/bin/activate && trap deactivate EXIT && pip list', START],
    ['3:1 stands in it where it is not followed'],
  ),
];

const TOOL = 'RUN python -m venv /opt/t && . /opt/t/bin/activate && pip install flask && deactivate';

const T_ENV = ['ENV VIRTUAL_ENV=/opt/t', ENV[1]!];
const T_MADE = [...T_ENV, 'RUN python -m venv /opt/t && pip install flask'];
const AGAIN = 'RUN cd /opt && python -m venv t';
const COPIED = ['FROM python:3.12-slim', 'COPY --from=0 /opt/t /opt/t'];

const ownRuns: readonly Row[] = [
  fixed(
    'another step enters the environment of one step',
    [TOOL, 'RUN cd /opt && . t/bin/activate', START],
    [...T_MADE, 'RUN cd /opt', START],
  ),
  fixed(
    'another step makes the environment of one step again',
    [`${TOOL} && rm -rf /opt/t`, AGAIN, START],
    [...T_ENV, `${T_MADE[2]!} && rm -rf /opt/t`, AGAIN, START],
  ),
  fixed(
    'a script uses the environment of one step',
    [TOOL, 'COPY use.sh .', 'RUN sh use.sh', START],
    [...T_MADE, 'COPY use.sh .', 'RUN sh use.sh', START],
    { 'use.sh': '/opt/t/bin/flask routes\n' },
  ),
  fixed(
    'another stage copies the environment of one step',
    [TOOL, ...COPIED, START],
    [...T_MADE, ...COPIED, ...T_ENV, START],
  ),
  left(
    'another stage copies a part of an environment whose name goes on',
    [TOOL, 'RUN python -m venv /opt/tools', COPIED[0]!, 'COPY --from=0 /opt/tools/bin /x/bin', START],
    [],
  ),
  left(
    'a step uses its environment behind its end',
    [`${TOOL} && /opt/t/bin/flask routes`, START],
    ['2:1 what follows `deactivate`'],
  ),
];

const sideEffects: readonly Row[] = [
  fixed(
    'a script of another step may ask for its prompt',
    [MADE, INSTALL, 'COPY ask.sh .', 'RUN sh ask.sh', START],
    [...FIXED, 'COPY ask.sh .', 'RUN sh ask.sh', START],
    { 'ask.sh': 'echo "$PS1"\n' },
  ),
  fixed(
    'a Python script may import pydoc',
    [MADE, 'COPY app.py .', 'RUN . /opt/venv/bin/activate && python app.py', START],
    [MADE, ...ENV, 'COPY app.py .', 'RUN python app.py', START],
    { 'app.py': 'import pydoc\n' },
  ),
  fixed(
    'a step asks for VIRTUAL_ENV in a stage that ENV does not reach',
    ['RUN [ -n "$VIRTUAL_ENV" ] || true', 'FROM python:3.12-slim', MADE, INSTALL, START],
    ['RUN [ -n "$VIRTUAL_ENV" ] || true', 'FROM python:3.12-slim', ...FIXED, START],
  ),
  fixed(
    'a step asks for VIRTUAL_ENV where it is set today',
    ['ENV VIRTUAL_ENV=/opt/venv', MADE, INSTALL, 'RUN [ -n "$VIRTUAL_ENV" ] || true', START],
    ['ENV VIRTUAL_ENV=/opt/venv', MADE, ...FIXED.slice(2), 'RUN [ -n "$VIRTUAL_ENV" ] || true', START],
  ),
  left(
    'a step asks for VIRTUAL_ENV before the file sets it',
    [MADE, INSTALL, 'RUN [ -n "$VIRTUAL_ENV" ] || true', 'ENV VIRTUAL_ENV=/opt/venv', START],
    ['3:1 the RUN at line 4 decides by whether `VIRTUAL_ENV` is set'],
  ),
  left(
    'a script in a COPY asks for VIRTUAL_ENV',
    [MADE, INSTALL, 'COPY <<EOF /start.sh', '[ -n "$VIRTUAL_ENV" ] || exit', 'EOF', START],
    ['3:1 the COPY at line 4 decides by whether `VIRTUAL_ENV` is set'],
  ),
  left(
    'a variable asks for VIRTUAL_ENV',
    [MADE, INSTALL, 'ENV MODE=${VIRTUAL_ENV:+venv}', START],
    ['3:1 the ENV at line 4 decides by whether `VIRTUAL_ENV` is set'],
  ),
];

const tools: readonly Row[] = [
  fixed(
    "an environment of a tool that runs the project is the project's",
    [MADE, 'COPY app.py .', 'RUN . /opt/venv/bin/activate && pip install awscli && python app.py', START],
    [MADE, ...ENV, 'COPY app.py .', 'RUN pip install awscli && python app.py', START],
  ),
  fixed(
    'an application that is called by its name is what the image is for',
    [MADE, 'RUN . /opt/venv/bin/activate && pip install awscli', 'RUN aws --version'],
    [MADE, ...ENV, 'RUN pip install awscli', 'RUN aws --version'],
  ),
  left(
    "an application that is called by its name along a link is the tool's own",
    [
      MADE,
      'RUN . /opt/venv/bin/activate && pip install awscli',
      'RUN ln -s /opt/venv/bin/aws /usr/local/bin/aws && aws --version',
    ],
    ['3:1 is the environment of a tool (awscli)'],
  ),
  fixed(
    'an environment that has the name of a tool may hold the project',
    ['RUN python -m venv /opt/ansible', 'RUN . /opt/ansible/bin/activate && pip install ansible flask', START],
    [
      'RUN python -m venv /opt/ansible',
      'ENV VIRTUAL_ENV=/opt/ansible',
      ENV[1]!,
      'RUN pip install ansible flask',
      START,
    ],
  ),
  left(
    'an installer that the start activates is not what the image is for',
    [
      MADE,
      'RUN . /opt/venv/bin/activate && pip install poetry',
      'CMD . /opt/venv/bin/activate && poetry run flask run',
    ],
    ['3:1 is the environment of a tool (poetry)'],
  ),
  left(
    "an environment that has the name of the tool that it would hold is the tool's",
    ['RUN python -m venv /opt/awscli', 'RUN . /opt/awscli/bin/activate', 'RUN pip install awscli', 'CMD ["sh"]'],
    ['3:1 is the environment of a tool (awscli)'],
  ),
];

const messages: readonly Row[] = [
  left(
    'activations that all end with their own steps are told so',
    [MADE, 'RUN . /opt/venv/bin/activate', 'RUN pip install flask', 'ONBUILD RUN true', START],
    ['3:1 The activation of /opt/venv does nothing: it ends with its own RUN.'],
  ),
  left(
    'ENV would have a step run another script',
    [MADE, INSTALL, 'COPY app.py run.sh /app/', 'RUN ${VIRTUAL_ENV:-/app}/run.sh', START],
    ['3:1 the number of commands changes from'],
    { 'run.sh': '#!/bin/sh\npython -V\npython app.py\n' },
  ),
  left(
    'a script that is not there may do anything',
    [MADE, INSTALL, 'RUN bash -e setup.sh', START],
    ['3:1 `bash -e setup.sh` may be anything'],
  ),
  fixed(
    'what a shell reads from a pipe installs something else',
    [MADE, INSTALL, 'RUN curl https://index.example.com/x.sh | bash -s -- -y', START],
    [...FIXED, 'RUN curl https://index.example.com/x.sh | bash -s -- -y', START],
  ),
];

const FETCH = 'curl -fsSLo /tmp/setup.sh https://example.com/setup.sh';
const fetched = (shell: string): Row =>
  left(
    `what a script that was fetched does is not known: ${shell}`,
    [
      'RUN python -m venv /opt/venv',
      'RUN . /opt/venv/bin/activate && pip install flask',
      `RUN ${FETCH} && ${shell} /tmp/setup.sh`,
      'COPY app.py /',
      'CMD . /opt/venv/bin/activate && python /app.py',
    ],
    ['3:1 may be anything'],
  );

const wrappers: readonly Row[] = [
  left(
    'a build argument is empty at the start',
    ['ARG VENV=/opt/venv', 'RUN /opt/venv/bin/pip install flask', 'CMD . $VENV/bin/activate && flask run'],
    ['4:1 `$VENV/bin/activate` is /bin/activate there: its variable is empty'],
  ),
  left(
    'an environment that rye may make is not said to be made by nothing',
    ['WORKDIR /app', 'RUN rye sync --no-lock', 'CMD . .venv/bin/activate && python app.py'],
    ['4:1 whether `rye sync` creates /app/.venv is not known'],
  ),
  left(
    'an activation above the creation is not said to have none',
    ['RUN . /opt/venv/bin/activate || true', 'RUN python -m venv /opt/venv'],
    ['2:1 /opt/venv does not stand there at that point'],
  ),
  left(
    'what an exact sync would take out of the environment does not go into it',
    [
      'WORKDIR /app',
      'COPY --from=ghcr.io/astral-sh/uv:latest /uv /usr/local/bin/uv',
      'COPY . .',
      'RUN python -m venv /app/.venv',
      'RUN pip install gunicorn',
      'RUN . /app/.venv/bin/activate && uv sync --frozen',
      'CMD ["gunicorn", "app:app"]',
    ],
    ['7:1 `pip install gunicorn` would go into /app/.venv, and `uv sync --frozen` takes out of it what is not locked'],
    {
      'pyproject.toml': '[project]\nname = "a"\nversion = "1"\n',
      'uv.lock': 'version = 1\n',
      '.dockerignore': '.venv\n',
    },
  ),
  left(
    'what runs because an activation fails would run no longer',
    [
      'RUN python -m venv /opt/venv',
      'RUN . /opt/venv/bin/activate && pip install flask',
      'RUN sh -c "source /opt/venv/bin/activate && pip check || pip install pyyaml"',
      'CMD . /opt/venv/bin/activate && python app.py',
    ],
    ['4:1 it fails there (dash has no `source`), so that what stands behind `||` is what runs'],
  ),
  fetched('bash --norc'),
  fetched('bash -O extglob'),
  fetched('sh -x'),

  left(
    'a wrapper of the repository under the name of a program is not passed by',
    [
      'RUN python -m venv /opt/venv',
      'RUN . /opt/venv/bin/activate && pip install flask',
      'COPY flask /usr/local/bin/flask',
      'CMD ["flask", "run"]',
    ],
    ['3:1 `flask run` would run in /opt/venv instead of another place: /usr/local/bin/flask'],
    { flask: '#!/bin/sh\nexec /opt/venv/bin/flask --debug "$@"\n' },
  ),
  left(
    'nor is one that a step writes',
    [
      'RUN python -m venv /opt/venv',
      'RUN . /opt/venv/bin/activate && pip install flask',
      `RUN printf '#!/bin/sh\\nexec /opt/venv/bin/python -O "$@"\\n' > /usr/local/bin/python && chmod +x /usr/local/bin/python`,
      'CMD ["python", "app.py"]',
    ],
    ['3:1 `python app.py` would run in /opt/venv instead of another place: /usr/local/bin/python'],
  ),
];

export const environments: readonly Row[] = [
  ...deactivations,
  ...ownRuns,
  ...sideEffects,
  ...tools,
  ...messages,
  ...wrappers,
];
