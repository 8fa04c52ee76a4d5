// The cache of pip: where it stays in a layer of an image, and what keeps it out.

import { lines, type Row } from './row.ts';

const id = 'drop-pip-cache';
const BASE = 'FROM python:3.12-slim';
const START = 'CMD ["python", "app.py"]';

const mended = (name: string, rest: readonly string[], after: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines(BASE, ...rest, START) },
  after: { Dockerfile: lines(BASE, ...after, START) },
});

const left = (name: string, ...rest: readonly string[]): Row => ({
  name,
  id,
  files: { Dockerfile: lines(BASE, ...rest, START) },
});

const forms: readonly Row[] = [
  ...['pip', 'pip3', 'pip3.12', 'python -m pip', 'python3 -m pip', '/usr/local/bin/pip'].map((pip) =>
    mended(
      `${pip} install without its cache`,
      [`RUN ${pip} install flask`],
      [`RUN ${pip} install --no-cache-dir flask`],
    ),
  ),
  mended(
    'the pip of an environment',
    ['RUN python -m venv /opt/venv && /opt/venv/bin/pip install -r requirements.txt'],
    ['RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt'],
  ),
  mended(
    'each install of a list',
    ['RUN pip install -U pip && pip install flask'],
    ['RUN pip install --no-cache-dir -U pip && pip install --no-cache-dir flask'],
  ),
  mended(
    'a continuation line',
    ['RUN pip install \\', '    flask \\', '    celery'],
    ['RUN pip install --no-cache-dir \\', '    flask \\', '    celery'],
  ),
  mended(
    'all of a file in one fix',
    ['RUN pip install uv', 'COPY . .', 'RUN pip install .'],
    ['RUN pip install --no-cache-dir uv', 'COPY . .', 'RUN pip install --no-cache-dir .'],
  ),
  mended(
    'the text that a shell is given',
    ['RUN bash -c "pip install flask"'],
    ['RUN bash -c "pip install --no-cache-dir flask"'],
  ),
  mended(
    'a here-document',
    ['RUN <<EOF', 'set -e', 'pip install flask', 'EOF'],
    ['RUN <<EOF', 'set -e', 'pip install --no-cache-dir flask', 'EOF'],
  ),
  mended(
    'an empty variable turns nothing off',
    ['ENV PIP_NO_CACHE_DIR=""', 'RUN PIP_NO_CACHE_DIR= pip install flask'],
    ['ENV PIP_NO_CACHE_DIR=""', 'RUN PIP_NO_CACHE_DIR= pip install --no-cache-dir flask'],
  ),
  {
    name: 'the start, which has the same words, keeps them',
    id,
    files: { Dockerfile: lines(BASE, 'RUN pip install flask', 'CMD pip install flask && exec python app.py') },
    after: {
      Dockerfile: lines(BASE, 'RUN pip install --no-cache-dir flask', 'CMD pip install flask && exec python app.py'),
    },
  },
  mended(
    'the same words where the cache is cleaned away stay',
    ['RUN pip install flask && rm -rf /root/.cache', 'RUN pip install flask'],
    ['RUN pip install flask && rm -rf /root/.cache', 'RUN pip install --no-cache-dir flask'],
  ),
];

const answers: readonly Row[] = [
  left('the flag is there', 'RUN pip install --no-cache-dir flask'),
  ...['PIP_CACHE_DIR=/tmp/c', 'XDG_CACHE_HOME=/tmp/c', 'PIP_CONFIG_FILE=/etc/p'].map((variable) =>
    left(`${variable} on the command itself may say where the cache is`, `RUN ${variable} pip install flask`),
  ),
  left('another command of pip stores nothing of an image', 'RUN pip download flask'),
  left('a user that is not known has a cache nobody knows where', 'ARG WHO', 'USER $WHO', 'RUN pip install flask'),
  {
    name: 'a base that nobody knows may turn the cache off',
    id,
    files: { Dockerfile: lines('FROM registry.example/base:1', 'RUN pip install flask', START) },
  },
  left('a script that the image takes in has its own words', 'RUN echo "pip install flask" > /i.sh && sh /i.sh'),
  left('the flag is there behind the packages', 'RUN pip install flask --no-cache'),
  left('another place for the cache is an answer', 'RUN pip install --cache-dir /tmp/c flask && rm -rf /tmp/c'),
  left('a cache mount uses it', 'RUN --mount=type=cache,target=/root/.cache/pip pip install flask'),
  left('a cache mount above it uses it', 'RUN --mount=type=cache,target=/root/.cache pip install flask'),
  ...['1', '0', 'off', 'false'].map((value) =>
    left(`PIP_NO_CACHE_DIR=${value} turns it off`, `ENV PIP_NO_CACHE_DIR=${value}`, 'RUN pip install flask'),
  ),
  left('a variable of the step turns it off', 'RUN export PIP_NO_CACHE_DIR=1 && pip install flask'),
  left('a setting of pip turns it off', 'RUN pip config set global.no-cache-dir true', 'RUN pip install flask'),
  left('settings that are copied may', 'COPY pip.conf /etc/pip.conf', 'RUN pip install flask'),
  left('a folder of settings may', 'COPY etc /etc', 'RUN pip install flask'),
  left('the step purges it', 'RUN pip install flask && pip cache purge'),
  left('the step removes it', 'RUN pip install flask && rm -rf /root/.cache'),
  left('other commands of pip have another meaning', 'RUN pip download flask && pip list'),
  left('uv has a cache of its own', 'RUN uv pip install --system flask'),
  {
    name: 'of a base that is not known nothing is said',
    id,
    files: { Dockerfile: lines('FROM registry.example/python', 'RUN pip install flask', START) },
  },
  {
    name: 'the layers of a builder are in no image',
    id,
    files: {
      Dockerfile: lines(
        `${BASE} AS build`,
        'RUN pip install --prefix=/out flask',
        BASE,
        'COPY --from=build /out /usr/local',
        START,
      ),
    },
    findings: ["Dockerfile:2:1 advice: `pip install --prefix=/out flask` leaves pip's cache in a layer of the build"],
  },
];

const AS_A_WORD = 'Left alone: a command is not written plainly. Write `--no-cache-dir` behind `install`.';

/** The install stands in the words of another command. */
const asWord = (name: string, said: string, ...rest: readonly string[]): Row => ({
  ...left(name, ...rest),
  findings: [`Dockerfile:2:1 advice: \`${said}\` leaves pip's cache in a layer of the image. ${AS_A_WORD}`],
});

const words: readonly Row[] = [
  asWord(
    'an install in a substitution is a word of another command',
    'pip install flask',
    'RUN echo $(pip install flask)',
  ),
  asWord(
    'an install in backticks is a word of another command',
    'pip install flask',
    'RUN X=`pip install flask`; echo',
  ),
  asWord(
    'an install that find runs is a word of find',
    'pip install -r {}',
    'RUN find . -name "r*.txt" -exec pip install -r {} \\;',
  ),
  mended(
    'a package of the name of a command is a package',
    ['RUN pip install -U pip setuptools wheel'],
    ['RUN pip install --no-cache-dir -U pip setuptools wheel'],
  ),
];

export const pipCache: readonly Row[] = [...forms, ...answers, ...words];
