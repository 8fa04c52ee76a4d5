// Fixes that lie: each breaks one promise, and the guard must withdraw it with the reason that names it.

import { settingsOf } from '../src/config/resolve.ts';
import { fixRepository } from '../src/fix/loop.ts';
import type { Declaration, FixResult, Settings, Snapshot, TextEdit, Transform } from '../src/model.ts';
import { snapshotOf } from './fixtureCases.ts';
import { TRIED } from './tried.ts';

export interface Lie {
  /** What is promised of every fix. */
  readonly promise: string;
  readonly files: Readonly<Record<string, string>>;
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
  readonly why: string;
  /** What would have to be declared for the same edits to stand. */
  readonly stands?: Declaration;
}

/** The one place of `from` in the file becomes `to`. */
function replaced(files: Readonly<Record<string, string>>, path: string, from: string, to: string): TextEdit {
  const text = files[path] ?? '';
  const start = text.indexOf(from);
  if (start < 0 || text.indexOf(from, start + 1) >= 0) throw new Error(`${from} does not stand once in ${path}`);
  return { path, start, end: start + from.length, newText: to };
}

const made = (path: string, newText: string): TextEdit => ({ path, start: 0, end: 0, newText, create: true });

const lines = (...list: string[]): string => list.map((line) => `${line}\n`).join('');

/** A lie about the Dockerfile alone. */
function inDockerfile(
  promise: string,
  dockerfile: string,
  changes: readonly (readonly [string, string])[],
  declares: Declaration,
  why: string,
  stands?: Declaration,
): Lie {
  const files = { Dockerfile: dockerfile, 'requirements.txt': 'six==1.16.0\n', 'app.py': 'import six\n' };
  const edits = changes.map(([from, to]) => replaced(files, 'Dockerfile', from, to));
  return { promise, files, edits, declares, why: `Dockerfile: ${why}`, ...(stands ? { stands } : {}) };
}

const PLAIN = lines(
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'ENV A=1',
  'COPY requirements.txt .',
  'RUN pip install -r requirements.txt',
  'COPY app.py .',
  'CMD ["python", "app.py"]',
);

const VENV = lines(
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv /opt/venv',
  'COPY . .',
  'RUN pip install six',
  'CMD ["python", "app.py"]',
);

/** What puts /opt/venv on PATH, declared as it is. */
const ON_PATH = 'RUN python -m venv /opt/venv\nENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\n';
const SETS_PATH: Declaration = { instructions: { added: ['ENV'] }, env: ['PATH', 'VIRTUAL_ENV'] };
const MOVES: Declaration = { ...SETS_PATH, movesTo: ['/opt/venv'] };

const CUT = lines('FROM python:3.12-slim', 'RUN pip install six && pip list');

const SYNCED = lines(
  'FROM python:3.12-slim',
  'RUN pip install uv',
  'WORKDIR /app',
  'RUN uv venv /opt/venv',
  'COPY . .',
  'RUN uv sync',
  'CMD ["/opt/venv/bin/python", "app.py"]',
);
const SYNCS_THERE = 'RUN uv venv /opt/venv\nENV UV_PROJECT_ENVIRONMENT=/opt/venv\n';
const SETS_PROJECT: Declaration = { instructions: { added: ['ENV'] }, env: ['UV_PROJECT_ENVIRONMENT'] };

const UV_SYNC = lines(
  'FROM python:3.12-slim',
  'COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/uv',
  'WORKDIR /app',
  'COPY . .',
  'RUN uv sync',
  'ENV PATH="/app/.venv/bin:$PATH"',
  'CMD ["python", "app.py"]',
);
const LOST_COPY = lines(
  'FROM python:3.12-slim AS b',
  'ENV VENV=/opt/venv',
  'RUN python -m venv $VENV && $VENV/bin/pip install six',
  'FROM python:3.12-slim',
  'COPY --from=b $VENV $VENV',
  'CMD ["/opt/venv/bin/python", "app.py"]',
);
const SETS_VENV: Declaration = { instructions: { added: ['ENV'] }, env: ['VENV'] };
const MOVED_ENV: Declaration = {
  instructions: { added: ['ENV'], changed: ['ENV'] },
  env: ['PATH', 'UV_PROJECT_ENVIRONMENT'],
};

const BUILDER = lines(
  'FROM python:3.12-slim',
  'WORKDIR /build',
  'RUN python -m venv .venv && .venv/bin/pip install six',
  'FROM python:3.12-slim',
  'COPY --from=0 /build/.venv /app/.venv',
  'CMD ["/app/.venv/bin/python"]',
);

const SPLIT = lines(
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'COPY . .',
  'RUN pip install -r requirements.txt',
  'CMD ["python", "app.py"]',
);
const installs = 'pip install -r requirements.txt';

const instructionLies: readonly Lie[] = [
  inDockerfile(
    'no instruction is added that is not declared',
    PLAIN,
    [['ENV A=1\n', 'ENV A=1\nLABEL b=c\n']],
    {},
    'instructions that come or change: LABEL, declared: none',
    { instructions: { added: ['LABEL'] } },
  ),
  inDockerfile(
    'what is declared is done',
    PLAIN,
    [['ENV A=1\n', 'ENV A=1\n# a comment\n']],
    { instructions: { added: ['LABEL'] } },
    'instructions that come or change: none, declared: LABEL',
    {},
  ),
  inDockerfile(
    'no instruction is removed that is not declared',
    PLAIN,
    [['ENV A=1\n', '']],
    { env: ['A'] },
    'instructions that go or change: ENV, declared: none',
    { env: ['A'], instructions: { removed: ['ENV'] } },
  ),
  inDockerfile(
    'no instruction is changed that is not declared',
    PLAIN,
    [['ENV A=1', 'ENV A=2']],
    { env: ['A'] },
    'instructions that go or change: ENV, declared: none',
    { env: ['A'], instructions: { changed: ['ENV'] } },
  ),
  inDockerfile(
    'an instruction of another kind is not the one declared',
    PLAIN,
    [['COPY app.py .\n', 'ADD app.py .\n']],
    { instructions: { changed: ['COPY'] } },
    'instructions that come or change: ADD, declared: COPY',
    { instructions: { added: ['ADD'], removed: ['COPY'] } },
  ),
  inDockerfile(
    'a here-document is part of its instruction',
    lines('FROM python:3.12-slim', 'COPY <<EOF /a', 'one', 'EOF', 'CMD ["true"]'),
    [['one\n', 'one, two\n']],
    {},
    'instructions that go or change: COPY, declared: none',
    { instructions: { changed: ['COPY'] } },
  ),
  inDockerfile(
    'instructions keep their order',
    PLAIN,
    [
      ['ENV A=1\n', ''],
      ['COPY requirements.txt .\n', 'COPY requirements.txt .\nENV A=1\n'],
    ],
    {},
    'the order of the instructions changes',
  ),
  inDockerfile(
    'the number of stages stays',
    PLAIN,
    [['CMD', 'FROM scratch\nCMD']],
    { instructions: { added: ['FROM'] } },
    'the number of stages changes',
  ),
  inDockerfile(
    'the file still reads exactly',
    PLAIN,
    [['RUN pip install -r requirements.txt', 'RUN <<EOF pip install -r requirements.txt']],
    { instructions: { changed: ['RUN'] } },
    'it no longer reads exactly: ',
  ),
];

const stateLies: readonly Lie[] = [
  {
    promise: 'nothing that rests on an assumption about a base is safe',
    files: { Dockerfile: PLAIN },
    edits: [replaced({ Dockerfile: PLAIN }, 'Dockerfile', 'ENV A=1', 'ENV A=2')],
    declares: { instructions: { changed: ['ENV'] }, env: ['A'], assumes: ['x/base'] },
    why: 'it rests on an assumption, and says that it is safe',
  },
  inDockerfile(
    'no ENV changes that is not declared',
    PLAIN,
    [['ENV A=1', 'ENV A=2']],
    { instructions: { changed: ['ENV'] } },
    'ENV A changes',
    { instructions: { changed: ['ENV'] }, env: ['A'] },
  ),
  inDockerfile(
    'no ENV comes that is not declared',
    PLAIN,
    [['ENV A=1', 'ENV A=1 B=2']],
    { instructions: { changed: ['ENV'] }, env: ['A'] },
    'ENV B changes',
    { instructions: { changed: ['ENV'] }, env: ['B'] },
  ),
  inDockerfile(
    'also in a stage that is not the last',
    lines('FROM python:3.12-slim AS a', 'ENV A=1', 'FROM python:3.12-slim', 'COPY --from=a /etc/hosts /x'),
    [['ENV A=1', 'ENV A=2']],
    { instructions: { changed: ['ENV'] } },
    'ENV A changes',
    { instructions: { changed: ['ENV'] }, env: ['A'] },
  ),
  inDockerfile(
    'the working folder stays',
    PLAIN,
    [['CMD', 'WORKDIR /srv\nCMD']],
    { instructions: { added: ['WORKDIR'] } },
    'cwd of the image changes',
  ),
  inDockerfile(
    'the user stays',
    PLAIN,
    [['CMD', 'USER nobody\nCMD']],
    { instructions: { added: ['USER'] } },
    'user of the image changes',
  ),
  inDockerfile(
    'the SHELL stays',
    PLAIN,
    [['CMD', 'SHELL ["/bin/bash", "-c"]\nCMD']],
    { instructions: { added: ['SHELL'] } },
    'the SHELL of the image changes',
  ),
];

const SCRIPT = PLAIN.replace('RUN pip install -r requirements.txt', 'RUN sh ./setup.sh').replace(
  'requirements.txt',
  'requirements.txt setup.sh',
);

/** A lie about a script that the Dockerfile runs. */
function inScript(promise: string, from: string, to: string, why: string): Lie {
  const files = { Dockerfile: SCRIPT, 'requirements.txt': 'six==1.16.0\n', 'setup.sh': 'pip install six\npip list\n' };
  return { promise, files, edits: [replaced(files, 'setup.sh', from, to)], declares: {}, why: `Dockerfile: ${why}` };
}

const eventLies: readonly Lie[] = [
  inDockerfile(
    'no RUN goes',
    PLAIN,
    [['RUN pip install -r requirements.txt\n', '']],
    { instructions: { removed: ['RUN'] } },
    'line 5: this RUN is gone',
  ),
  inDockerfile(
    'no RUN comes',
    PLAIN,
    [['COPY app.py .\n', 'COPY app.py .\nRUN pip install flask\n']],
    { instructions: { added: ['RUN'] } },
    'a RUN is new: RUN pip install flask',
  ),
  inDockerfile(
    'a fix makes no environment but those that it declares',
    PLAIN,
    [['COPY requirements.txt .\n', 'COPY requirements.txt .\nRUN python3 -m venv /opt/other\n']],
    { instructions: { added: ['RUN'] }, creates: ['/opt/venv'] },
    'a RUN is new: RUN python3 -m venv /opt/other',
  ),
  inDockerfile(
    'what makes an environment that is declared does nothing besides',
    PLAIN,
    [['COPY requirements.txt .\n', 'COPY requirements.txt .\nRUN python3 -m venv /opt/venv && pip list\n']],
    { instructions: { added: ['RUN'] }, creates: ['/opt/venv'] },
    'a RUN is new: RUN python3 -m venv /opt/venv && pip list',
  ),
  inDockerfile(
    'no RUN becomes another',
    PLAIN,
    [['RUN pip install -r requirements.txt', 'RUN pip install -r other.txt']],
    { instructions: { changed: ['RUN'] } },
    'line 5: `pip install -r requirements.txt` becomes `pip install -r other.txt`',
  ),
  inScript('no command of a script goes', 'pip list\n', '', 'the number of commands changes from'),
  inScript(
    'no command of a script comes',
    'pip list\n',
    'pip list\npip check\n',
    'the number of commands changes from',
  ),
  inScript('no command of a script becomes another', 'pip list', 'pip check', '`pip list` becomes `pip check`'),
  inDockerfile(
    'no command moves to another interpreter',
    VENV.replace('RUN pip install six\n', ''),
    [['RUN python -m venv /opt/venv\n', ON_PATH]],
    SETS_PATH,
    '`python app.py` would run in /opt/venv instead of the system Python',
    MOVES,
  ),
  inDockerfile(
    'no install goes elsewhere',
    VENV,
    [['RUN python -m venv /opt/venv\n', ON_PATH]],
    SETS_PATH,
    '`pip install six` would install into /opt/venv instead of the system Python',
    MOVES,
  ),
  inDockerfile(
    'a RUN becomes two where that is declared alone',
    CUT,
    [['pip install six && pip list', 'pip install six\nRUN pip list']],
    { instructions: { added: ['RUN'] } },
    'instructions that go or change: RUN, declared: none',
  ),
  inDockerfile(
    'a RUN is cut where that is declared',
    CUT,
    [['pip install six && pip list', 'pip install six\nRUN pip list && pip check']],
    { cutsRun: { instruction: 1, offset: CUT.indexOf('pip list') } },
    'instructions that go or change: RUN, declared: none',
  ),
  inDockerfile(
    'a RUN is cut where both halves do the same alone',
    CUT.replace('pip install', 'cd /srv && pip install'),
    [['pip install six && pip list', 'pip install six\nRUN pip list']],
    { cutsRun: { instruction: 1, offset: CUT.indexOf('pip list') + 'cd /srv && '.length } },
    '`cd /srv` may change the shell for what follows',
  ),
  inDockerfile(
    'what installs into an environment keeps it where no move of it is declared',
    SYNCED,
    [['RUN uv venv /opt/venv\n', SYNCS_THERE]],
    SETS_PROJECT,
    '`uv sync` would install into /opt/venv instead of /app/.venv',
    { ...SETS_PROJECT, movesEnvironment: { from: '/app/.venv', to: '/opt/venv' } },
  ),
  inDockerfile(
    'what installs into an environment goes where its move is declared to go',
    SYNCED,
    [['RUN uv venv /opt/venv\n', SYNCS_THERE]],
    { ...SETS_PROJECT, movesEnvironment: { from: '/app/.venv', to: '/srv/venv' } },
    '`uv sync` would install into /opt/venv instead of /app/.venv',
  ),
  inDockerfile(
    'to the declared environment only',
    VENV,
    [['RUN python -m venv /opt/venv\n', ON_PATH]],
    { ...SETS_PATH, movesTo: ['/srv/venv'] },
    '`pip install six` would install into /opt/venv instead of the system Python',
    MOVES,
  ),
  inDockerfile(
    'an environment is made at another path only where that is declared',
    UV_SYNC,
    [
      ['RUN uv sync', 'ENV UV_PROJECT_ENVIRONMENT=/opt/venv\nRUN uv sync'],
      ['/app/.venv/bin', '/opt/venv/bin'],
    ],
    MOVED_ENV,
    '`uv sync` would install into /opt/venv instead of /app/.venv',
    { ...MOVED_ENV, relocatesEnvironment: { from: '/app/.venv', to: '/opt/venv' } },
  ),
  inDockerfile(
    'a COPY takes less of another stage only where that is declared',
    LOST_COPY,
    [['COPY --from', 'ENV VENV=/opt/venv\nCOPY --from']],
    SETS_VENV,
    'the number of commands changes',
    { ...SETS_VENV, copiesLess: true },
  ),
  inDockerfile(
    'a folder that moves is named nowhere by its old path',
    BUILDER,
    [['WORKDIR /build', 'WORKDIR /app']],
    { instructions: { changed: ['WORKDIR'] }, movesFolder: { stage: 0, from: '/build', to: '/app' } },
    'line 5 names /build',
  ),
  inDockerfile(
    'a folder moves where that is declared',
    BUILDER,
    [
      ['WORKDIR /build', 'WORKDIR /app'],
      ['=0 /build', '=0 /app'],
    ],
    { instructions: { changed: ['WORKDIR', 'COPY'] } },
    'cwd of the image changes',
    { instructions: { changed: ['WORKDIR', 'COPY'] }, movesFolder: { stage: 0, from: '/build', to: '/app' } },
  ),
  inDockerfile(
    'a folder moves in the stage that is declared alone',
    `${BUILDER}WORKDIR /build\n`,
    [
      ['WORKDIR /build\nRUN', 'WORKDIR /app\nRUN'],
      ['=0 /build', '=0 /app'],
      ['"]\nWORKDIR /build', '"]\nWORKDIR /app'],
    ],
    {
      instructions: { changed: ['WORKDIR', 'COPY', 'WORKDIR'] },
      movesFolder: { stage: 0, from: '/build', to: '/app' },
    },
    'cwd of the image changes',
  ),
  inDockerfile(
    'no install moves to where its user may not write',
    VENV.replace('RUN pip', 'USER app\nRUN pip'),
    [['RUN python -m venv /opt/venv\n', ON_PATH]],
    MOVES,
    '`pip install six` runs as app, who cannot write to /opt/venv',
  ),
  inDockerfile(
    'no bare pip moves into an environment without one',
    VENV.replace('venv /opt', 'venv --without-pip /opt'),
    [
      [
        'venv --without-pip /opt/venv\n',
        'venv --without-pip /opt/venv\nENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\n',
      ],
    ],
    MOVES,
    '`python app.py` would no longer see what `pip install six` installs',
  ),
  inDockerfile(
    'no use loses what was installed for it',
    VENV.replace('RUN python -m venv', 'RUN pip install flask\nRUN python -m venv'),
    [['RUN python -m venv /opt/venv\n', ON_PATH]],
    MOVES,
    '`python app.py` would no longer see what `pip install flask` installs',
  ),
  inDockerfile(
    'no install moves before its environment stands',
    VENV.replace('RUN python -m venv /opt/venv\n', '').replace('CMD', 'RUN python -m venv /opt/venv\nCMD'),
    [['COPY . .\n', 'COPY . .\nENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\n']],
    MOVES,
    '`python app.py` would no longer see what `pip install six` installs',
  ),
  inDockerfile(
    'no use moves to where a copy may lie over it',
    lines(
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'RUN python -m venv venv',
      'RUN pip install six',
      'COPY . .',
      'CMD ["python", "app.py"]',
    ),
    [['venv venv\n', 'venv venv\nENV VIRTUAL_ENV=/app/venv PATH=/app/venv/bin:$PATH\n']],
    { ...SETS_PATH, movesTo: ['/app/venv'] },
    'line 5 copies the build context over /app/venv, so what `python app.py` would find there is not known',
  ),
  inDockerfile(
    'an unknown base is not left',
    VENV.replace('python:3.12-slim', 'registry.example.org/base'),
    [['RUN python -m venv /opt/venv\n', ON_PATH]],
    MOVES,
    'what the system Python of registry.example.org/base holds is not known',
  ),
  inDockerfile(
    'no use moves to another version of Python',
    lines('FROM python:3.12-slim', 'RUN pip install uv && uv venv --python 3.11 /opt/venv', 'CMD ["python", "-V"]'),
    [['CMD', 'ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH\nCMD']],
    MOVES,
    '`python -V` would move from Python 3.12 to 3.11',
  ),
];

/** A split that changes a script, too. */
function withScript(promise: string, from: string, to: string, why: string): Lie {
  const { files, edits } = inScript(promise, from, to, why);
  const comment = { path: 'Dockerfile', start: 0, end: 0, newText: '# x\n' };
  return {
    promise,
    files,
    edits: [...edits, comment],
    declares: { reorders: { commands: {} } },
    why: `Dockerfile: ${why}`,
  };
}

const splitLies: readonly Lie[] = [
  inDockerfile(
    'an install that is split is still made',
    SPLIT,
    [
      ['COPY . .\n', 'COPY requirements.txt .\n'],
      ['RUN pip install -r requirements.txt\n', 'COPY . .\n'],
    ],
    { instructions: { added: ['COPY'], removed: ['RUN'] }, reorders: { commands: { [installs]: [installs] } } },
    'line 4: this RUN is gone',
  ),
  inDockerfile(
    'a split adds no RUN',
    SPLIT,
    [['RUN pip install -r requirements.txt\n', 'RUN pip install -r requirements.txt\nRUN pip install flask\n']],
    { instructions: { added: ['RUN'] }, reorders: { commands: { [installs]: [installs] } } },
    'a RUN is new: RUN pip install flask',
  ),
  inDockerfile(
    'a split changes only the commands that it names',
    SPLIT,
    [['RUN pip install -r requirements.txt', 'RUN pip install --no-deps -r requirements.txt']],
    { instructions: { changed: ['RUN'] }, reorders: { commands: {} } },
    'line 4: `pip install -r requirements.txt` becomes `pip install --no-deps -r requirements.txt`',
  ),
  withScript('a split changes no command of a script', 'pip list', 'pip check', '`pip list` is gone'),
  withScript('a split adds no command of a script', 'pip list\n', 'pip list\npip check\n', '`pip check` is new'),
  inDockerfile(
    'a split changes only the stages that it names',
    `${SPLIT.replace('FROM python:3.12-slim', 'FROM python:3.12-slim AS a')}FROM python:3.12-slim\nCMD ["true"]\n`,
    [['RUN pip install -r requirements.txt', 'RUN pip install --no-deps -r requirements.txt']],
    {
      instructions: { changed: ['RUN'] },
      reorders: { commands: { [installs]: ['pip install --no-deps -r requirements.txt'] }, stages: [1] },
    },
    '`pip install -r requirements.txt` is gone',
  ),
  inDockerfile(
    'code that now comes later does not lie over what was installed',
    lines(
      'FROM python:3.12-slim',
      'WORKDIR /app',
      'COPY . .',
      'RUN python -m venv venv',
      'RUN venv/bin/pip install -r requirements.txt',
      'CMD ["venv/bin/python", "app.py"]',
    ),
    [
      ['COPY . .\n', 'COPY requirements.txt .\n'],
      ['CMD', 'COPY . .\nCMD'],
    ],
    { instructions: { added: ['COPY'] }, reorders: { commands: {} } },
    'line 3 copies the build context over /app/venv, where `venv/bin/python app.py` runs',
  ),
];

function withIgnore(
  promise: string,
  more: Readonly<Record<string, string>>,
  written: string,
  declares: Declaration,
  why: string,
  stands?: Declaration,
): Lie {
  const files = {
    Dockerfile: lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY . .', 'CMD ["python", "app.py"]'),
    'app.py': 'print(1)\n',
    '.dockerignore': 'secret\n',
    'secret/key': 'k\n',
    ...more,
  };
  const old = files['.dockerignore'];
  const edits = [{ path: '.dockerignore', start: old.length, end: old.length, newText: written }];
  return { promise, files, edits, declares, why, ...(stands ? { stands } : {}) };
}

const ignoreLies: readonly Lie[] = [
  withIgnore(
    'an ignore line leaves out only what is declared',
    { 'notes/a': 'a\n' },
    'notes\n',
    { ignores: ['.venv'] },
    '.dockerignore: notes/a is left out too',
    { ignores: ['notes'] },
  ),
  withIgnore(
    'an ignore line brings nothing back',
    {},
    '!secret/key\n',
    { ignores: ['.venv'] },
    '.dockerignore: secret/key is no longer left out',
  ),
  withIgnore(
    'a declared name is a whole name',
    { '.venvs/a': 'a' },
    '.venv*\n',
    { ignores: ['.venv'] },
    '.dockerignore: .venvs/a is left out too',
  ),
  withIgnore('the ignore file can still be read', {}, '[\n', { ignores: ['.venv'] }, '.dockerignore: '),
  withIgnore(
    'no COPY loses its source',
    {
      Dockerfile: lines('FROM python:3.12-slim', 'COPY venv/extra /extra', 'CMD ["python3"]'),
      'venv/extra/a': 'a',
    },
    'venv\n',
    { ignores: ['venv'] },
    'Dockerfile: COPY would no longer find venv/extra in the build context',
  ),
  withIgnore(
    'no COPY loses a source that only the host has',
    { Dockerfile: lines('FROM python:3.12-slim', 'COPY .venv* /srv/', 'CMD ["python3"]') },
    '.venv\n',
    { ignores: ['.venv'] },
    'Dockerfile: COPY would no longer find .venv* in the build context',
  ),
  withIgnore(
    'no mount loses its source',
    {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'RUN --mount=type=bind,source=venv,target=/v ls /v',
        'CMD ["python3"]',
      ),
    },
    'venv\n',
    { ignores: ['venv'] },
    'Dockerfile: RUN would no longer find venv in the build context',
  ),
  withIgnore(
    'also in another Dockerfile of the context',
    {
      'Dockerfile.dev': lines('FROM python:3.12-slim', 'COPY venv /venv', 'CMD ["python3"]'),
    },
    'venv\n',
    { ignores: ['venv'] },
    'Dockerfile.dev: COPY would no longer find venv in the build context',
  ),
  withIgnore(
    'no image loses the environment that it takes from the host',
    {
      'Dockerfile.dev': lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY . .', 'CMD ["venv/bin/python", "app.py"]'),
    },
    'venv\n',
    { ignores: ['venv'] },
    "Dockerfile.dev: it uses the host's venv (`venv/bin/python`), which would be left out",
  ),
];

/** Of an ignore file that is not the one of a Dockerfile at the root. */
const ignoreLiesElsewhere: readonly Lie[] = [
  {
    promise: 'an ignore file that no Dockerfile reads is held to the same',
    files: { Dockerfile: PLAIN, 'old.dockerignore': 'secret\n', 'notes/a': 'a\n' },
    edits: [{ path: 'old.dockerignore', start: 7, end: 7, newText: 'notes\n' }],
    declares: { ignores: ['.venv'] },
    why: 'old.dockerignore: notes/a is left out too',
  },
  {
    promise: 'what lies outside of the context is none of its ignore file',
    files: {
      'compose.yaml': lines('services:', '  api:', '    build: api'),
      'api/Dockerfile': PLAIN,
      'api/.dockerignore': 'secret\n',
      'api/.venv/pyvenv.cfg': 'home = /usr\n',
      'web/.very': 'a\n',
    },
    edits: [{ path: 'api/.dockerignore', start: 7, end: 7, newText: '.ve*\n' }],
    declares: {},
    why: 'api/.dockerignore: .venv/pyvenv.cfg is left out too',
    stands: { ignores: ['.venv'] },
  },
];

const COMPOSE = lines(
  'services:',
  '  web:',
  '    build: .',
  '    command: python app.py',
  '    volumes:',
  '      - .:/app',
  '  db:',
  '    image: postgres:16',
  '    volumes:',
  '      - data:/var/lib/postgresql/data',
  '  api: &api',
  '    image: api',
  '    command: python -m api',
  '  worker:',
  '    <<: *api',
  'volumes:',
  '  data:',
);

function inCompose(
  promise: string,
  [from, to]: readonly [string, string],
  declares: Declaration,
  why: string,
  stands?: Declaration,
): Lie {
  const files = { 'compose.yaml': COMPOSE, Dockerfile: PLAIN, 'app.py': '\n', 'requirements.txt': '\n' };
  const edits = [replaced(files, 'compose.yaml', from, to)];
  return { promise, files, edits, declares, why, ...(stands ? { stands } : {}) };
}

const mountsOf = (service: string): Declaration => ({ mounts: [{ path: 'compose.yaml', service }] });

const composeLies: readonly Lie[] = [
  inCompose(
    'no mount changes that is not declared',
    ['      - .:/app\n', '      - .:/app\n      - /app/.venv\n'],
    {},
    'compose reads service web of compose.yaml otherwise than before',
    mountsOf('web'),
  ),
  inCompose(
    'no mount of another service changes',
    ['      - .:/app\n', '      - .:/app\n      - /app/.venv\n'],
    mountsOf('db'),
    'compose reads service web of compose.yaml otherwise than before',
    mountsOf('web'),
  ),
  inCompose(
    'no mount of a service of that name in another file changes',
    ['      - .:/app\n', '      - .:/app\n      - /app/.venv\n'],
    { mounts: [{ path: 'other/compose.yaml', service: 'web' }] },
    'compose reads service web of compose.yaml otherwise than before',
    mountsOf('web'),
  ),
  inCompose(
    'nothing but mounts of a service changes',
    ['    command: python app.py\n', '    user: nobody\n    command: python app.py\n'],
    mountsOf('web'),
    'compose reads service web of compose.yaml otherwise than before',
  ),
  inCompose(
    'an environment is part of a service',
    ['    command: python app.py\n', '    environment: {A: b}\n    command: python app.py\n'],
    mountsOf('web'),
    'compose reads service web of compose.yaml otherwise than before',
  ),
  inCompose(
    'the number of services stays',
    ['volumes:\n  data:', '  cache:\n    image: redis:7\nvolumes:\n  data:'],
    mountsOf('web'),
    'the number of compose services changes',
  ),
  inCompose(
    'the compose file can still be read',
    ['      - .:/app\n', '      - .:/app\n      - [\n'],
    mountsOf('web'),
    'compose.yaml: ',
  ),
];

/** The image has the environment on PATH, so that the trace is the same without the activation. */
function inStart(
  promise: string,
  command: readonly [string, string],
  declares: Declaration,
  why: string,
  stands?: Declaration,
): Lie {
  const [from, to] = command.map((words) => `    command: ${words}\n`) as [string, string];
  const files = {
    'compose.yaml': `services:\n  web:\n    build: .\n${from}`,
    Dockerfile: lines(
      'FROM python:3.12-slim',
      'RUN python -m venv /opt/venv',
      'ENV VIRTUAL_ENV=/opt/venv',
      'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
      'CMD ["python", "app.py"]',
    ),
  };
  return {
    promise,
    files,
    edits: [replaced(files, 'compose.yaml', from, to)],
    declares,
    why,
    ...(stands ? { stands } : {}),
  };
}

const ACTIVATES = 'bash -c ". /opt/venv/bin/activate && python app.py"';
const STARTS: Declaration = { starts: [{ path: 'compose.yaml', service: 'web' }] };
const GONE: Declaration = { ...STARTS, commandsGone: ['. /opt/venv/bin/activate'] };

const startLies: readonly Lie[] = [
  inStart(
    'no command of a service changes where nothing is declared',
    [ACTIVATES, 'bash -c "python app.py"'],
    {},
    'compose reads service web of compose.yaml otherwise than before',
    GONE,
  ),
  inStart(
    'no command of a service changes that is not declared',
    [ACTIVATES, 'bash -c "python app.py"'],
    { commandsGone: ['. /opt/venv/bin/activate'] },
    'compose reads service web of compose.yaml otherwise than before',
    GONE,
  ),
  inStart(
    'an activation that goes from the command of a service is declared',
    [ACTIVATES, 'bash -c "python app.py"'],
    STARTS,
    'service web: `. /opt/venv/bin/activate` is gone, which the fix does not declare',
    GONE,
  ),
  inStart(
    'the shell of the command of a service is declared to go',
    [ACTIVATES, 'python app.py'],
    GONE,
    'service web starts without its shell, which the fix does not declare',
    { ...GONE, toList: true },
  ),
  inStart(
    'nothing but activations goes from the command of a service',
    ['bash -c "date && python app.py"', 'bash -c "python app.py"'],
    GONE,
    'the command of service web: `date` becomes `python app.py`',
  ),
  inStart(
    'the command of a service stays the one that its shell was given',
    [`${ACTIVATES} extra`, 'python app.py'],
    { ...GONE, toList: true },
    'the command of service web: ',
  ),
];

const fileLies: readonly Lie[] = [
  {
    promise: 'edits do not overlap',
    files: { Dockerfile: PLAIN },
    edits: [
      { path: 'Dockerfile', start: 0, end: 4, newText: 'FROM' },
      { path: 'Dockerfile', start: 2, end: 6, newText: 'OM p' },
    ],
    declares: {},
    why: 'edit [2, 6) of Dockerfile overlaps another',
  },
  {
    promise: 'edits lie in the file',
    files: { Dockerfile: PLAIN },
    edits: [{ path: 'Dockerfile', start: PLAIN.length + 1, end: PLAIN.length + 1, newText: '# x\n' }],
    declares: {},
    why: `lies outside its ${PLAIN.length} bytes`,
  },
  {
    promise: 'what is created did not stand',
    files: { Dockerfile: PLAIN, '.dockerignore': '.venv\n' },
    edits: [made('.dockerignore', 'venv\n')],
    declares: { ignores: ['venv'] },
    why: '.dockerignore cannot be created: it exists',
  },
  {
    promise: 'what is edited stands',
    files: { Dockerfile: PLAIN },
    edits: [{ path: '.dockerignore', start: 0, end: 0, newText: '.venv\n' }],
    declares: { ignores: ['.venv'] },
    why: '.dockerignore cannot be edited: nothing readable stands there',
  },
  {
    promise: 'edits stay in the repository',
    files: { Dockerfile: PLAIN },
    edits: [made('../.dockerignore', '.venv\n')],
    declares: { ignores: ['.venv'] },
    why: '../.dockerignore is no path inside the repository',
  },
  {
    promise: 'text is bytes',
    files: { Dockerfile: PLAIN },
    edits: [{ path: 'Dockerfile', start: 0, end: 0, newText: '# \u20ac\n' }],
    declares: {},
    why: 'new text of Dockerfile is not latin1',
  },
  {
    promise: 'no Dockerfile comes to be',
    files: { Dockerfile: PLAIN },
    edits: [made('Dockerfile.new', PLAIN)],
    declares: {},
    why: 'Dockerfile.new is a Dockerfile that was none before',
  },
  {
    promise: 'no Dockerfile is lost',
    files: {
      'compose.yaml': lines('services:', '  web:', '    build:', '      context: .', '      dockerfile: web.image'),
      'web.image': PLAIN,
    },
    edits: [
      replaced(
        {
          'compose.yaml': lines('services:', '  web:', '    build:', '      context: .', '      dockerfile: web.image'),
        },
        'compose.yaml',
        '      dockerfile: web.image\n',
        '',
      ),
    ],
    declares: mountsOf('web'),
    why: 'a Dockerfile is gone',
  },
];

/** One row a promise. */
export const LIES: readonly Lie[] = [
  ...instructionLies,
  ...stateLies,
  ...eventLies,
  ...splitLies,
  ...ignoreLies,
  ...ignoreLiesElsewhere,
  ...composeLies,
  ...startLies,
  ...fileLies,
];

/** A transform that has one fix for exactly these files. */
export function liar({ files, edits }: Pick<Lie, 'files' | 'edits'>, declares: Declaration): Transform {
  return {
    id: 'liar',
    title: 'Lie',
    why: '',
    references: [],
    tier: 'S',
    diagnoses: [TRIED],
    run: (facts) => {
      const { snapshot } = facts as { readonly snapshot: { read(path: string): string | undefined } };
      if (Object.entries(files).some(([path, text]) => snapshot.read(path) !== text)) return [];
      const fix = { title: 'Lie', safety: 'safe', edits, declares } as const;
      return [
        {
          diagnosis: TRIED,
          path: edits[0]?.path ?? '',
          offset: 0,
          message: 'Something is wrong.',
          reason: 'So it is fixed.',
          fix,
        },
      ];
    },
  };
}

/** Transforms that find something to do in what they have made, and what has to come out. */
export interface Restless {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly transforms: readonly Transform[];
  readonly after: Readonly<Record<string, string>>;
  /** Ids, in order. */
  readonly applied: readonly string[];
  readonly withdrawn: readonly string[];
}

type Texts = { readonly snapshot: Snapshot };

const LINE = '# x\n';

/** A transform of comments: what it finds is fixed by these edits. */
function commenter(id: string, editsOf: (facts: Texts) => readonly (readonly TextEdit[])[]): Transform {
  return {
    id,
    title: id,
    why: '',
    references: [],
    tier: 'S',
    diagnoses: [TRIED],
    run: (facts) =>
      editsOf(facts as Texts).map((edits) => ({
        diagnosis: TRIED,
        path: edits[0]!.path,
        offset: 0,
        message: 'A comment is wrong.',
        reason: 'It is put right.',
        fix: { title: `${id} in ${edits[0]!.path}`, safety: 'safe', edits, declares: {} },
      })),
  };
}

/** Writes the line above each Dockerfile in which it stands less than `most` times. */
const adds = (id: string, line: string, most: number): Transform =>
  commenter(id, ({ snapshot }) =>
    [...snapshot.paths.keys()]
      .filter((path) => /Dockerfile$/.test(path) && (snapshot.read(path) ?? '').split(line).length <= most)
      .map((path) => [{ path, start: 0, end: 0, newText: line }]),
  );

const removes = (id: string, line: string): Transform =>
  commenter(id, ({ snapshot }) => {
    const start = (snapshot.read('Dockerfile') ?? '').indexOf(line);
    return start < 0 ? [] : [[{ path: 'Dockerfile', start, end: start + line.length, newText: '' }]];
  });

/** Writes the line above both files, once. */
const both = commenter('both', ({ snapshot }) =>
  snapshot.read('.dockerignore')?.includes('# both')
    ? []
    : [['Dockerfile', '.dockerignore'].map((path) => ({ path, start: 0, end: 0, newText: '# both\n' }))],
);

const BARE = 'FROM python:3.12-slim\nCMD ["python3"]\n';
const STAGES = 'FROM python:3.12-slim AS a\nFROM a\nCMD ["python3"]\n';

export const RESTLESS: readonly Restless[] = [
  {
    name: 'is taken back',
    files: { Dockerfile: BARE },
    transforms: [adds('again', LINE, Number.POSITIVE_INFINITY)],
    after: { Dockerfile: BARE },
    applied: [],
    withdrawn: ['again'],
  },
  {
    name: 'may be the same change, once a stage',
    files: { Dockerfile: STAGES },
    transforms: [adds('twice', LINE, 2)],
    after: { Dockerfile: LINE + LINE + STAGES },
    applied: ['twice', 'twice'],
    withdrawn: [],
  },
  {
    name: 'is the same change more often than there are stages',
    files: { Dockerfile: STAGES },
    transforms: [adds('thrice', LINE, 3)],
    after: { Dockerfile: STAGES },
    applied: [],
    withdrawn: ['thrice'],
  },
  {
    name: 'goes alone, from each file; what was made before it stays',
    files: { Dockerfile: BARE, 'b/Dockerfile': BARE },
    transforms: [adds('once', '# once\n', 1), adds('again', LINE, Number.POSITIVE_INFINITY)],
    after: { Dockerfile: `# once\n${BARE}`, 'b/Dockerfile': `# once\n${BARE}` },
    applied: ['once', 'once'],
    withdrawn: ['again', 'again'],
  },
  {
    name: 'goes with the other files of what was made to its own, and these are made again',
    files: { Dockerfile: BARE, '.dockerignore': 'a\n' },
    transforms: [adds('to', LINE, 1), both, removes('fro', LINE)],
    after: { '.dockerignore': '# both\na\n', Dockerfile: `# both\n${BARE}` },
    applied: ['both'],
    withdrawn: ['to'],
  },
  {
    name: 'is two that undo each other',
    files: { Dockerfile: BARE },
    transforms: [adds('to', LINE, 1), removes('fro', LINE)],
    after: { Dockerfile: BARE },
    applied: [],
    withdrawn: ['to'],
  },
];

/** A run of the given transforms over files in memory. */
export function runOver(
  files: Readonly<Record<string, string>>,
  transforms: readonly Transform[],
  settings: Partial<Settings> = {},
  { unsafe = false }: { readonly unsafe?: boolean } = {},
): FixResult {
  const all = { ...settingsOf({}), ...settings };
  return fixRepository<unknown>(snapshotOf(new Map(Object.entries(files))), transforms, all, {
    ids: transforms.map((t) => t.id),
    unsafe,
    prefix: '',
    editable: () => true,
  });
}
