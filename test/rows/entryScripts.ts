// Rows of venv-on-path: entry scripts that ask whether the environment is there before they activate it.

import { lines, type Row } from './row.ts';

const HEAD = ['FROM python:3.12-slim', 'WORKDIR /app', 'RUN python -m venv /opt/venv'];
const REST = ['COPY requirements.txt .', 'RUN /opt/venv/bin/pip install -r requirements.txt'];
const MADE = [...HEAD, ...REST];
const ENV = ['ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const START = ['COPY start.sh /', 'ENTRYPOINT ["/start.sh"]', 'CMD ["python", "app.py"]'];
const FILES = { 'requirements.txt': 'flask\n', 'app.py': 'import flask\n' };

interface Parts {
  readonly shebang?: string;
  readonly made?: readonly string[];
  readonly start?: readonly string[];
  readonly files?: Row['files'];
}

const filesOf = (
  script: readonly string[],
  { shebang = '#!/bin/sh', made = MADE, start = START, files = {} }: Parts,
) => ({
  Dockerfile: lines(...made, ...start),
  ...FILES,
  'start.sh': lines(shebang, ...script),
  ...files,
});

/** The environment comes onto PATH. */
const mended = (name: string, script: readonly string[], parts: Parts = {}): Row => ({
  name,
  id: 'venv-on-path',
  files: filesOf(script, parts),
  after: { Dockerfile: lines(...HEAD, ...ENV, ...REST, ...START) },
});

const left = (name: string, script: readonly string[], parts: Parts & Pick<Row, 'findings'> = {}): Row => ({
  name,
  id: 'venv-on-path',
  files: filesOf(script, parts),
  ...(parts.findings ? { findings: parts.findings } : {}),
});

const RUN = 'exec "$@"';
const BLOCK = (test: string, activation = '. /opt/venv/bin/activate'): string[] => [
  `if ${test}; then`,
  `  ${activation}`,
  'fi',
  RUN,
];

/** A service that asks for the environment before it starts the program. */
const service = (activation: string): string =>
  lines(
    'services:',
    '  web:',
    '    build: .',
    `    command: sh -c "[ -f /opt/venv/bin/activate ] && ${activation}exec python app.py"`,
  );

const COPIED = ['FROM python:3.12-slim', 'COPY --from=made /opt/venv /opt/venv', ...START];

/** It is said, and what the start runs is not known. */
const openAt = (line: number, path = '/opt/venv'): string[] => [
  `Dockerfile:${line}:1 fragile: start.sh activates ${path} for what it starts alone; who enters the container (\`docker exec\` with \`python\`, another command) runs the system Python. Left alone: which Python \`python app.py\` runs is not known (PATH after a branch).`,
];

export const entryScripts: readonly Row[] = [
  mended(
    'an entry script activates where the script of the environment is a file',
    BLOCK('[ -f /opt/venv/bin/activate ]'),
  ),
  mended('an entry script activates behind &&', ['[ -f /opt/venv/bin/activate ] && . /opt/venv/bin/activate', RUN]),
  mended('an entry script asks with test -e', ['test -e /opt/venv/bin/activate && . /opt/venv/bin/activate', RUN]),
  mended('an entry script asks for the folder', BLOCK('[ -d /opt/venv ]')),
  mended('an entry script asks whether it can be read', BLOCK('[ -r "/opt/venv/bin/activate" ]')),
  mended('an entry script asks for the interpreter', BLOCK('[ -x /opt/venv/bin/python ]')),
  mended('an entry script asks by a variable', [
    'VENV=/opt/venv',
    ...BLOCK('[ -f "$VENV/bin/activate" ]', '. "${VENV}/bin/activate"'),
  ]),
  mended(
    'a bash entry script asks with two brackets',
    BLOCK('[[ -f /opt/venv/bin/activate ]]', 'source /opt/venv/bin/activate'),
    {
      shebang: '#!/bin/bash',
    },
  ),
  mended('an entry script makes the environment where there is none', [
    'if [ ! -d /opt/venv ]; then',
    '  python -m venv /opt/venv',
    'fi',
    '. /opt/venv/bin/activate',
    RUN,
  ]),
  mended('an entry script makes the environment or goes on', [
    '[ -d /opt/venv ] || python -m venv /opt/venv',
    '. /opt/venv/bin/activate',
    RUN,
  ]),
  mended('an entry script has another environment in the branch that is not taken', [
    'if [ -f /opt/venv/bin/activate ]; then',
    '  . /opt/venv/bin/activate',
    'else',
    '  . /srv/venv/bin/activate',
    'fi',
    RUN,
  ]),
  mended('an entry script activates in the else of a turned test', [
    'if [ ! -d /opt/venv ]; then echo none; exit 1; else . /opt/venv/bin/activate; fi',
    RUN,
  ]),
  left(
    'an entry script activates an environment that the image has not',
    BLOCK('[ -f /srv/venv/bin/activate ]', '. /srv/venv/bin/activate'),
  ),
  mended('an entry script never activates, its test is turned', BLOCK('[ ! -f /opt/venv/bin/activate ]')),
  mended('an entry script never activates, it does so in the else', [
    'if [ -f /opt/venv/bin/activate ]; then echo there; else . /opt/venv/bin/activate; fi',
    RUN,
  ]),
  left('an entry script asks for another file', BLOCK('[ -f /app/.use-venv ]'), { findings: openAt(7) }),
  left(
    'an entry script asks by a variable that is not known',
    BLOCK('[ -f "$VENV/bin/activate" ]', '. "$VENV/bin/activate"'),
  ),
  left('an entry script asks for something else too', BLOCK('[ -f /opt/venv/bin/activate ] && [ -n "$DEV" ]'), {
    findings: openAt(7),
  }),
  left('a step removes the environment before the script asks for it', BLOCK('[ -f /opt/venv/bin/activate ]'), {
    start: ['RUN rm -rf /opt/venv', ...START],
  }),
  ...['-mindepth 1 -delete', '-type f -exec rm {} +'].map((how) =>
    left(`a step removes all that is in the environment with find ${how}`, BLOCK('[ -f /opt/venv/bin/activate ]'), {
      start: [`RUN find /opt/venv ${how}`, ...START],
      findings: openAt(8),
    }),
  ),
  {
    name: 'a step removes compiled files of the environment',
    id: 'venv-on-path',
    files: filesOf(BLOCK('[ -f /opt/venv/bin/activate ]'), {
      made: [...MADE, "RUN find /opt/venv -name '*.pyc' -delete"],
    }),
    after: { Dockerfile: lines(...HEAD, ...ENV, ...REST, "RUN find /opt/venv -name '*.pyc' -delete", ...START) },
  },
  left('a step removes the script that is asked for', BLOCK('[ -f /opt/venv/bin/activate ]'), {
    start: ['RUN rm /opt/venv/bin/activate', ...START],
    findings: openAt(8),
  }),
  left(
    'the entry script may remove the environment',
    ['if [ -n "$FRESH" ]; then rm -rf /opt/venv; fi', ...BLOCK('[ -f /opt/venv/bin/activate ]')],
    { findings: openAt(7) },
  ),
  left('another image has the script', BLOCK('[ -f /opt/venv/bin/activate ]'), {
    start: ['FROM python:3.12-slim', ...START],
  }),
  left(
    'another user cannot look into the home of root',
    BLOCK('[ -f /root/venv/bin/activate ]', '. /root/venv/bin/activate'),
    {
      made: [
        'FROM python:3.12-slim',
        'RUN useradd app && python -m venv /root/venv && /root/venv/bin/pip install flask',
        'USER app',
      ],
      findings: openAt(5, '/root/venv'),
    },
  ),
  {
    name: 'an entry script activates what comes from another stage',
    id: 'venv-on-path',
    files: {
      Dockerfile: lines(...MADE.map((line, at) => (at === 0 ? `${line} AS made` : line)), ...COPIED),
      ...FILES,
      'start.sh': lines('#!/bin/sh', ...BLOCK('[ -f /opt/venv/bin/activate ]')),
    },
    after: {
      Dockerfile: lines(
        ...MADE.map((line, at) => (at === 0 ? `${line} AS made` : line)),
        ...COPIED.slice(0, 2),
        ...ENV,
        ...COPIED.slice(2),
      ),
    },
  },
  left('a service lies a folder over the environment', BLOCK('[ -f /opt/venv/bin/activate ]'), {
    files: { 'compose.yaml': lines('services:', '  web:', '    build: .', '    volumes:', '      - ./venv:/opt/venv') },
    findings: openAt(7),
  }),
  mended('a service has a volume at the environment', BLOCK('[ -f /opt/venv/bin/activate ]'), {
    files: {
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '    volumes:',
        '      - venv:/opt/venv',
        'volumes:',
        '  venv:',
      ),
    },
  }),
  {
    name: 'a step activates behind a test of whether it is there',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        ...HEAD,
        'RUN [ -f /opt/venv/bin/activate ] && . /opt/venv/bin/activate && pip install flask',
        'CMD ["/opt/venv/bin/python", "app.py"]',
      ),
      ...FILES,
    },
    after: {
      Dockerfile: lines(
        ...HEAD,
        ...ENV,
        'RUN [ -f /opt/venv/bin/activate ] && pip install flask',
        'CMD ["/opt/venv/bin/python", "app.py"]',
      ),
    },
  },
  {
    name: 'a CMD activates behind a test of whether it is there',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        ...MADE,
        'CMD if [ -f /opt/venv/bin/activate ]; then . /opt/venv/bin/activate; fi; exec python app.py',
      ),
      ...FILES,
    },
    findings: [
      'Dockerfile:6:1 fragile: The activation of /opt/venv holds for its own line only. Left alone, because it stands behind a test of whether it is there.',
    ],
  },
  {
    name: 'a service activates behind a test of whether it is there',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE),
      'compose.yaml': service('. /opt/venv/bin/activate && '),
      ...FILES,
    },
    findings: [
      'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone: ENV in Dockerfile does not name it',
    ],
  },
  {
    name: 'a mount of the step lies over what is asked for',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        ...HEAD,
        'RUN --mount=type=cache,target=/opt/venv [ -f /opt/venv/bin/activate ] && . /opt/venv/bin/activate && pip install flask',
      ),
      ...FILES,
    },
    findings: [
      'Dockerfile:4:1 fragile: The activation of /opt/venv holds for its own line only. Left alone, because it is activated only on some branch.',
    ],
  },
  {
    name: 'a service activates behind a test of whether it is there what ENV has',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...HEAD, ...ENV, ...REST),
      'compose.yaml': service('. /opt/venv/bin/activate && '),
      ...FILES,
    },
    after: {
      'compose.yaml': service(''),
    },
  },
  {
    name: 'a service activates in an if what ENV has',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...HEAD, ...ENV, ...REST),
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        '    command: sh -c "if [ -f /opt/venv/bin/activate ]; then . /opt/venv/bin/activate; fi; exec python app.py"',
      ),
      ...FILES,
    },
    findings: [
      'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone, because it cannot be cut out alone',
    ],
  },
];
