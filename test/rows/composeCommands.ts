// Rows of activate-to-env: the command of a compose service activates what ENV has on PATH already.

import { lines, type Row } from './row.ts';

const IMAGE = [
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv /opt/venv',
  'ENV VIRTUAL_ENV=/opt/venv',
  'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
  'RUN pip install six gunicorn',
];
const CMD = 'CMD ["python", "app.py"]';

interface Around {
  /** Of the image, in place of IMAGE and CMD. */
  readonly image?: readonly string[];
  /** Of the service, above its command. */
  readonly service?: readonly string[];
  /** Of the compose file, above `services:`. */
  readonly top?: readonly string[];
}

const composeOf = (own: readonly string[], { service = [], top = [] }: Around): string =>
  lines(...top, 'services:', '  web:', '    build: .', ...[...service, ...own].map((line) => `    ${line}`));

const filesOf = (own: readonly string[], around: Around): Row['files'] => ({
  Dockerfile: lines(...(around.image ?? [...IMAGE, CMD])),
  'compose.yaml': composeOf(own, around),
});

const becomes = (name: string, own: readonly string[], after: readonly string[], around: Around = {}): Row => ({
  name,
  id: 'activate-to-env',
  files: filesOf(own, around),
  after: { 'compose.yaml': composeOf(after, around) },
});

const stays = (name: string, own: readonly string[], finding: string, around: Around = {}): Row => ({
  name,
  id: 'activate-to-env',
  files: filesOf(own, around),
  findings: [finding],
});

const PLAIN = 'command: bash -c ". /opt/venv/bin/activate && python app.py"';

const plain: readonly Row[] = [
  becomes('a compose command that only activates starts its program', [PLAIN], ['command: python app.py']),
  becomes(
    'a compose command in single quotes keeps them',
    [`command: 'sh -c ". /opt/venv/bin/activate; exec python app.py"'`],
    [`command: 'python app.py'`],
  ),
  becomes(
    'a compose command in double quotes keeps them',
    ['command: "bash -c \\"source /opt/venv/bin/activate && python app.py\\"" # dev'],
    ['command: "python app.py" # dev'],
  ),
  becomes(
    'a compose command in brackets keeps its quotes',
    [`command: ['bash', '-c', '. /opt/venv/bin/activate && gunicorn -b 0.0.0.0:80 app:app']`],
    [`command: ['gunicorn', '-b', '0.0.0.0:80', 'app:app']`],
  ),
  becomes(
    'a compose command in lines keeps its dashes, and quotes what is a number',
    ['command:', '  - bash', '  - -c', '  - source /opt/venv/bin/activate && gunicorn -w 4 app:app'],
    ['command:', '  - gunicorn', '  - -w', '  - "4"', '  - app:app'],
  ),
  becomes(
    'a compose command in lines may have its text in a block',
    ['command:', '  - bash', '  - -c', '  - |', '    . /opt/venv/bin/activate', '    python app.py', 'tty: true'],
    ['command:', '  - python', '  - app.py', 'tty: true'],
  ),
  becomes(
    'a folded compose command keeps its block',
    ['command: >', '  bash -c ". /opt/venv/bin/activate &&', '  python app.py"', 'tty: true'],
    ['command: >', '  python app.py', 'tty: true'],
  ),
  becomes(
    'a compose command with source in dash starts what was meant',
    ['command: sh -c "source /opt/venv/bin/activate && python app.py"'],
    ['command: python app.py'],
  ),
];

const cut: readonly Row[] = [
  becomes(
    'a compose command with a variable of compose keeps it and its shell',
    ['command: bash -c ". /opt/venv/bin/activate && gunicorn -b 0.0.0.0:${PORT:-8000} app:app"'],
    ['command: bash -c "gunicorn -b 0.0.0.0:${PORT:-8000} app:app"'],
  ),
  becomes(
    'a compose command with a variable of the shell keeps its dollars and its shell',
    ['command: bash -c ". /opt/venv/bin/activate && python app.py $$HOSTNAME"'],
    ['command: bash -c "python app.py $$HOSTNAME"'],
  ),
  becomes(
    'a compose command of two programs keeps its shell',
    ['command: >-', '  bash -c "cd /app', '  && . /opt/venv/bin/activate', '  && python load.py && python app.py"'],
    ['command: >-', '  bash -c "cd /app', '  && python load.py && python app.py"'],
  ),
  becomes(
    'a compose command with words behind its text keeps its shell',
    [`command: ["bash", "-c", ". /opt/venv/bin/activate && exec python \\"$$@\\"", "sh", "app.py"]`],
    [`command: ["bash", "-c", "exec python \\"$$@\\"", "sh", "app.py"]`],
  ),
  becomes(
    'an entrypoint of compose keeps its shell',
    ['entrypoint: bash -c ". /opt/venv/bin/activate && python app.py"'],
    ['entrypoint: bash -c "python app.py"'],
  ),
  becomes(
    'a compose command behind an ENTRYPOINT of the image keeps its shell',
    [PLAIN],
    ['command: bash -c "python app.py"'],
    { image: [...IMAGE, 'ENTRYPOINT ["tini", "--"]'] },
  ),
  becomes(
    'a compose command with a comment between its words keeps its shell',
    ['command:', '  - bash', '  # the flag', '  - -c', '  - . /opt/venv/bin/activate && python app.py'],
    ['command:', '  - bash', '  # the flag', '  - -c', '  - python app.py'],
  ),
  becomes(
    'a compose command that starts a script of the repository keeps its shell',
    ['command: bash -c ". /opt/venv/bin/activate && ./run.sh"'],
    ['command: bash -c "./run.sh"'],
  ),
  becomes(
    'a block of a compose command keeps its lines',
    [
      'command:',
      '  - sh',
      '  - -ec',
      '  - |',
      '    . /opt/venv/bin/activate',
      '    python load.py',
      '    python app.py',
    ],
    ['command:', '  - sh', '  - -ec', '  - |', '    python load.py', '    python app.py'],
  ),
];

const kept: readonly Row[] = [
  stays(
    'a compose command stays where ENV does not name the environment',
    [PLAIN],
    'compose.yaml:4:14 Left alone: ENV in Dockerfile does not name it; with ENV VIRTUAL_ENV and PATH there the activation can go.',
    { image: [...IMAGE.slice(0, 3), 'RUN /opt/venv/bin/pip install six', 'CMD ["/opt/venv/bin/python"]'] },
  ),
  stays(
    'a compose command stays where the service sets PATH itself',
    [PLAIN],
    'compose.yaml:6:14 ENV would not reach it: the service sets PATH itself',
    { service: ['environment:', '  PATH: /usr/local/bin:/usr/bin:/bin'] },
  ),
  stays(
    'a compose command stays where a file of variables is not there',
    [PLAIN],
    'compose.yaml:5:14 whether the service sets PATH itself, which ENV would not reach, is not known',
    { service: ['env_file: local.env'] },
  ),
  stays(
    'a compose command stays where a mount brings the environment of the host',
    [PLAIN],
    'compose.yaml:6:14 Left alone: service web mounts over /opt/venv, and whose environment is there',
    { service: ['volumes:', '  - ./venv:/opt/venv'] },
  ),
  stays(
    'a compose command under an anchor stays',
    ['command: *start'],
    'compose.yaml:1:17 Left alone, because it stands under an anchor, and other places would change with it',
    { top: ['x-start: &start bash -c ". /opt/venv/bin/activate && python app.py"'] },
  ),
  stays(
    'a compose command whose program follows VIRTUAL_ENV stays where ENV has PATH alone',
    ['command: bash -c ". /opt/venv/bin/activate && uv pip install flask"'],
    'compose.yaml:4:14 `uv` follows VIRTUAL_ENV, which ENV does not set',
    { image: [...IMAGE.slice(0, 3), 'ENV PATH="/opt/venv/bin:$PATH"', 'RUN pip install uv', CMD] },
  ),
  stays(
    'a compose command that activates only on a branch stays',
    ['command: bash -c "[ -n \\"$$DEV\\" ] && . /opt/venv/bin/activate; python app.py"'],
    'compose.yaml:4:14 Left alone, because it is activated only on some branch',
  ),
  stays(
    'a compose command that activates behind `||` stays',
    ['command: bash -c "python -V || . /opt/venv/bin/activate; python app.py"'],
    'compose.yaml:4:14 Left alone, because it is activated only on some branch',
  ),
  stays(
    'a compose command that gives its activation to no shell does not start',
    ['command: source /opt/venv/bin/activate && python app.py'],
    'compose.yaml:4:14 broken: The command of service web does not start: compose gives it to no shell, and there is no program `source`.',
  ),
  {
    name: 'a compose command that another entrypoint reads may begin with a word of the shell',
    id: 'activate-to-env',
    files: filesOf(['command: source /opt/venv/bin/activate'], {
      image: [...IMAGE, 'COPY start.sh /', 'ENTRYPOINT ["/start.sh"]'],
    }),
  },
];

const shared: readonly Row[] = [
  {
    name: 'a compose command that another file overrides is taken out where it stands',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...IMAGE, CMD),
      'compose.yaml': composeOf([PLAIN], {}),
      'compose.override.yaml': lines('services:', '  web:', '    ports: ["80:80"]'),
    },
    after: { 'compose.yaml': composeOf(['command: python app.py'], {}) },
  },
  {
    name: 'a compose command that a service of another image extends stays',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...IMAGE, CMD),
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: .',
        `    ${PLAIN}`,
        '  old:',
        '    extends: web',
        '    build: {context: ., dockerfile: Dockerfile.old}',
      ),
      'Dockerfile.old': lines('FROM python:3.12-slim', 'RUN python -m venv /opt/venv', CMD),
    },
    findings: [
      'compose.yaml:4:14 fragile: The command of service web activates /opt/venv',
      'compose.yaml:4:14 fragile: The command of service old activates /opt/venv',
    ],
  },
];

const RESET = lines('services:', '  web:', '    build: !reset null', '    image: registry.example/old:1');

const more: readonly Row[] = [
  stays(
    'a compose command that leaves the environment by deactivate stays',
    ['command: sh -c ". /opt/venv/bin/activate && python app.py && deactivate && ls"'],
    'compose.yaml:4:14 fragile: The command of service web activates /opt/venv',
  ),
  stays(
    'a compose command that shows the prompt of an activation stays',
    ['command: sh -c ". /opt/venv/bin/activate && echo $$VIRTUAL_ENV_PROMPT"'],
    'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone: the command uses `VIRTUAL_ENV_PROMPT`, which only an activation sets',
  ),
  stays(
    'a compose command that asks how its activation ended stays',
    ['command: sh -c ". /opt/venv/bin/activate; echo $$?; python app.py"'],
    'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone: it asks how a command ended',
  ),
  stays(
    'a compose command of a service that sets PYTHONHOME stays',
    [PLAIN],
    'compose.yaml:5:14 fragile: The command of service web activates /opt/venv. Left alone: an activation unsets PYTHONHOME',
    {
      service: ['environment: {PYTHONHOME: /usr}'],
    },
  ),
  stays(
    'a compose command of an image that sets PYTHONHOME stays',
    [PLAIN],
    'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone: an activation unsets PYTHONHOME',
    {
      image: [...IMAGE, 'ENV PYTHONHOME=/usr/local', CMD],
    },
  ),
  becomes('a compose command of a service with an empty PYTHONHOME goes', [PLAIN], ['command: python app.py'], {
    service: ['environment: {PYTHONHOME: ""}'],
  }),
  {
    name: 'a compose command whose script shows the prompt of an activation stays',
    id: 'activate-to-env',
    files: {
      ...filesOf(['command: sh -c ". /opt/venv/bin/activate && ./run.sh"'], {
        image: [...IMAGE, 'COPY run.sh ./', CMD],
      }),
      'run.sh': lines('#!/bin/sh', 'echo $VIRTUAL_ENV_PROMPT', 'exec python app.py'),
    },
    findings: [
      'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone: run.sh uses `VIRTUAL_ENV_PROMPT`',
    ],
  },
  {
    name: 'a compose command that another file gives an image that is not built here stays',
    id: 'activate-to-env',
    files: { ...filesOf([PLAIN], {}), 'compose.prod.yaml': RESET },
    findings: [
      'compose.yaml:4:14 fragile: The command of service web activates /opt/venv. Left alone: which image service web starts with it is not known',
    ],
  },
];

export const composeCommands: readonly Row[] = [...plain, ...cut, ...kept, ...shared, ...more];
