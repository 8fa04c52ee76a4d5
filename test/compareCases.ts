// Events of a trace before and after a change: which differences are for the worse.

import { settingsOf } from '../src/config/resolve.ts';
import { unknownBase } from '../src/facts/baseImages/base.ts';
import { commandBlocker } from '../src/facts/compare/commandBlocker.ts';
import { blockersBetween } from '../src/facts/compare/compare.ts';
import type { CompareOptions } from '../src/facts/compare/compared.ts';
import { describe } from '../src/facts/compare/sentences.ts';
import { factsOf } from '../src/facts/facts.ts';
import { elsewhereAt, envInterpreter, unknownInterpreter } from '../src/facts/pythonInterpreter.ts';
import { isRun, type ReadEvent, type RunEvent } from '../src/facts/trace/events.ts';
import type { ChangeCase } from './changeCases.ts';
import { snapshotOf } from './fixtureCases.ts';

const DOCKERFILE = `FROM python:3.12-slim
RUN python -m venv /opt/venv
RUN python -m venv --without-pip /opt/bare
RUN pip install uv && uv venv --python 3.11 /opt/old
RUN pip install six
CMD ["python", "app.py"]
`;
const [file] = factsOf(snapshotOf(new Map([['Dockerfile', DOCKERFILE]])), settingsOf({})).dockerfiles;
const { trace, image } = file!;
const BASES = image.stages.map((s) => s.base);
const OPTIONS: CompareOptions = { movesTo: ['/opt/venv', '/opt/bare', '/opt/old', '/nowhere'], bases: BASES };
/** Nothing is known of what the base holds. */
const OPEN: CompareOptions = { ...OPTIONS, bases: BASES.map(() => unknownBase('x/base')) };

const commandOf = (text: string): RunEvent => trace.events.filter(isRun).find((e) => e.words.join(' ') === text)!;
const START = commandOf('python app.py');
const INSTALL = commandOf('pip install six');
type Changes = Partial<RunEvent>;

/** The same command before and after, each with what is otherwise there than in `event`. */
const compared = (
  name: string,
  event: RunEvent,
  before: Changes,
  after: Changes,
  wanted: string | undefined,
  options = OPTIONS,
): ChangeCase => {
  const b = { ...event, ...before };
  return { name, came: () => commandBlocker({ before: b, after: { ...b, ...after }, trace, options })?.words, wanted };
};

const MOVED: Changes = {
  interpreter: envInterpreter('/opt/venv'),
  virtualEnv: '/opt/venv',
  path: ['/opt/venv/bin', '/usr/bin'],
};
const ALONE: Changes = { sees: new Set() };
const TOOL: RunEvent['sees'] = new Set(['tool:pip install poetry#4']);
const MOVED_ALONE: Changes = { ...MOVED, ...ALONE };
const into = (path: string, more: Partial<RunEvent['install']> = {}): Changes => ({
  ...MOVED,
  interpreter: envInterpreter(path),
  install: { ...INSTALL.install!, ...more, target: envInterpreter(path) },
});
const asTool: Changes = { what: 'tool', words: ['uv', 'sync'], interpreter: elsewhereAt('uv') };

const commands: readonly ChangeCase[] = [
  compared('nothing changes', START, {}, {}, undefined),
  compared('a use moves', START, ALONE, MOVED, undefined),
  compared(
    'a command gets other words',
    START,
    {},
    { words: ['python', 'b.py'] },
    '`python app.py` would be given other words',
  ),
  compared('a tool gets other words', START, asTool, { words: ['uv', 'sync', '--frozen'] }, undefined),
  compared(
    'settings of another Python are written',
    INSTALL,
    {
      ...ALONE,
      words: ['pip', 'config', '--site', 'set'],
      key: 'pip config --site set',
      install: undefined,
    } as Changes,
    MOVED,
    '`pip config --site set` would write the settings of another Python',
  ),
  compared('an install moves', INSTALL, {}, into('/opt/venv'), undefined),
  compared(
    'an install moves to where nothing stands',
    INSTALL,
    {},
    into('/nowhere'),
    '`pip install six` would install into an environment that does not stand',
  ),
  compared('a bare pip moves to where none is', INSTALL, {}, into('/opt/bare'), '/opt/bare has no pip of its own'),
  compared(
    'VIRTUAL_ENV comes before its environment',
    INSTALL,
    { ...asTool, install: { ...INSTALL.install!, target: unknownInterpreter('uv') } },
    { virtualEnvDangling: true },
    '`uv sync` would find VIRTUAL_ENV set before the environment stands',
  ),
  compared(
    'which Python runs was not known before',
    START,
    { interpreter: unknownInterpreter('/x/bin') },
    { virtualEnv: '/opt/venv' },
    'which Python `python app.py` runs is not known (/x/bin)',
  ),
  compared(
    'which Python runs is known neither before nor after',
    START,
    { interpreter: unknownInterpreter('/x/bin') },
    { interpreter: unknownInterpreter('/y/bin') },
    'which Python `python app.py` runs is not known (/x/bin)',
  ),
  compared(
    'a module of the Python that is left is lost',
    START,
    { key: 'python -m poetry', words: ['python', '-m', 'poetry'], sees: TOOL },
    MOVED_ALONE,
    '`python -m poetry` would no longer find what `pip install poetry` installs',
  ),
  compared(
    'what follows -m is no module of a program',
    START,
    { key: 'x -m poetry', words: ['x', '-m', 'poetry'], what: 'program', sees: TOOL },
    MOVED_ALONE,
    undefined,
  ),
  compared(
    'which Python runs was not known, and all else stays',
    START,
    { interpreter: unknownInterpreter('/x/bin') },
    {},
    undefined,
  ),
  compared(
    'what may be anything sees another VIRTUAL_ENV',
    START,
    { what: 'unknown', words: ['./x'] },
    { virtualEnv: '/opt/venv' },
    '`./x` may be anything, and it would see another VIRTUAL_ENV',
  ),
  compared(
    'what may be anything moves',
    START,
    { ...ALONE, what: 'unknown', when: 'build', words: ['./x'] },
    MOVED,
    '`./x` may be anything: whether it should move into /opt/venv is not known',
  ),
  compared(
    'a program by its bare name moves',
    START,
    { ...ALONE, what: 'unknown', when: 'build', words: ['x'] },
    MOVED,
    undefined,
  ),
  compared(
    'a use loses what was installed for it',
    START,
    {},
    { ...MOVED, ...ALONE },
    '`python app.py` would no longer see what `pip install six` installs',
  ),
  compared(
    'what a supervisor starts loses what was installed for it',
    START,
    { words: ['supervisord', '-n'] },
    { ...MOVED, ...ALONE },
    'what `supervisord -n` starts would no longer see what `pip install six` installs',
  ),
  compared(
    'a use moves to another version',
    START,
    ALONE,
    { ...MOVED, interpreter: envInterpreter('/opt/old') },
    '`python app.py` would move from Python 3.12 to 3.11',
  ),
  compared(
    'nobody wrote it down, and it moves to another version',
    START,
    { ...ALONE, implied: true },
    { ...MOVED, interpreter: envInterpreter('/opt/old') },
    undefined,
  ),
  compared(
    'a use leaves a base that is not known',
    START,
    ALONE,
    MOVED,
    '`python app.py` would move out of the system Python of x/base, of which nothing is known',
    OPEN,
  ),
  compared(
    'a start leaves a base that is not known',
    START,
    { ...ALONE, words: ['(the entrypoint)'], opaque: 'entrypoint of the base' },
    MOVED,
    'what the base image x/base starts would run with it too, and nothing is known of that image',
    OPEN,
  ),
  compared('a use leaves a base that is taken to hold nothing', START, ALONE, MOVED, undefined, {
    ...OPEN,
    assumed: ['x/base'],
  }),
  compared(
    'a use leaves a base that is known to hold packages, and no assumption is of use',
    START,
    ALONE,
    MOVED,
    '`python app.py` would move out of the system Python of x/base, which holds torch',
    { ...OPEN, bases: BASES.map((b) => ({ ...b, ref: 'x/base', brings: ['torch'] })), assumed: ['x/base'] },
  ),
];

const only = (event: RunEvent | ReadEvent) => ({ ...trace, events: [event] });
const LONG = `cp -r ${'x'.repeat(70)} /y`;
const { instruction, stage, when, range, conditional } = INSTALL;
const read: ReadEvent = {
  ...{ instruction, stage, when, range, conditional },
  kind: 'read',
  path: 'system',
  key: LONG,
  sees: new Set(['pip install six#4']),
};

const events: readonly ChangeCase[] = [
  {
    name: 'a command of one stage becomes one of another',
    came: () => blockersBetween(only(START), only({ ...START, stage: 1 }), OPTIONS).map((one) => one.words),
    wanted: ['`python app.py` becomes `python app.py`'],
  },
  {
    name: 'a start becomes a command of the build',
    came: () => blockersBetween(only(START), only({ ...START, when: 'build' }), OPTIONS).map((one) => one.words),
    wanted: ['`python app.py` becomes `python app.py`'],
  },
  {
    name: 'what reads installs as files no longer finds one',
    came: () =>
      blockersBetween(only(read), only({ ...read, sees: new Set<string>() }), OPTIONS).map((one) => one.words),
    wanted: [`\`${LONG.slice(0, 67)}...\` would no longer find what \`pip install six\` installs`],
  },
  { name: 'a command is told', came: () => describe(START), wanted: '`python app.py`' },
  {
    name: 'a command is told in short',
    came: () => describe({ ...START, words: [LONG] }),
    wanted: `\`${LONG.slice(0, 67)}...\``,
  },
  {
    name: 'what nobody wrote is told so',
    came: () => describe({ ...START, implied: true, words: ['python'] }),
    wanted: '`docker exec` with `python`',
  },
];

export const COMPARED: readonly ChangeCase[] = [...commands, ...events];
