// Rows of fix-venv-volume: is a volume empty, because the image has nothing at its path?

import { lines, type Row } from './row.ts';

const COMPOSE = lines(
  'services:',
  '  web:',
  '    build: .',
  '    command: /app/.venv/bin/serve',
  '    volumes:',
  '      - .:/app',
);
const VOLUME = '      - /app/.venv\n';

interface More {
  readonly ignored?: string;
  /** Files beside the Dockerfile and compose.yaml. */
  readonly files?: Readonly<Record<string, string>>;
  readonly kinds?: Row['kinds'];
}

const rowOf = (name: string, steps: readonly string[], { ignored, files, kinds }: More): Row => ({
  name,
  id: 'fix-venv-volume',
  files: {
    Dockerfile: lines('FROM python:3.12-slim', 'WORKDIR /app', ...steps),
    'compose.yaml': COMPOSE + VOLUME,
    ...(ignored === undefined ? {} : { '.dockerignore': lines(ignored) }),
    ...files,
  },
  ...(kinds ? { kinds } : {}),
});

/** With these steps the image surely has nothing there, and the empty volume goes. */
const goes = (name: string, steps: readonly string[], more: More = {}): Row => ({
  ...rowOf(name, steps, more),
  after: { 'compose.yaml': COMPOSE },
});

/** With these it may have something. */
const may = (name: string, steps: readonly string[], more: More = {}): Row => rowOf(name, steps, more);

export const volumeAbsence: readonly Row[] = [
  goes('a program in a volume does not fill it', []),
  may('poetry may have its environments there by its settings', [
    'RUN pip install poetry && poetry config virtualenvs.path /app/.venv && poetry install',
  ]),
  may('poetry may have its environments below the folder of its cache', [
    'RUN pip install poetry && poetry config cache-dir /app && poetry install',
  ]),
  goes('what another stage makes is not in the image', [
    'RUN true',
    'FROM python:3.12-slim AS other',
    'WORKDIR /app',
    'RUN python -m venv .venv && make',
    'FROM python:3.12-slim',
    'WORKDIR /app',
  ]),
  may('a script that is fetched may make one', [
    'RUN curl -fsSLo setup.sh https://example.com/setup.sh && bash setup.sh',
  ]),
  may('pip may install there by a variable', ['ENV PIP_TARGET=/app/.venv/lib', 'RUN pip install six']),
  goes('git config writes no folder', ['RUN git config --global safe.directory /app']),
  may('git may fetch files', ['RUN git pull']),
  goes('uv tool install has its own place', ['RUN pip install uv && uv tool install ruff']),
  may('a tool that uv runs may make one', ['RUN pip install uv && uv tool run copier .']),
  goes('uv cache writes to the cache', ['RUN pip install uv && uv cache clean']),
  goes('uv as a module writes to the cache too', ['RUN pip install uv && python -m uv cache clean']),
  may('a tool that uv as a module runs may make one', ['RUN pip install uv && python -m uv tool run copier .']),
  may('poetry may write a project', ['RUN pip install poetry && poetry new .venv']),
  goes('a folder beside it is not it', ['RUN mkdir -p /app/data && mkdir -p /app']),
  may('a folder in it is', ['RUN mkdir -p /app/.venv/bin']),
  may('an archive is unpacked into the working folder', ['RUN tar xzf /tmp/shop.tgz']),
  may('an archive is unpacked into a folder that is named with an equals sign', [
    'RUN cd /tmp && tar xzf shop.tgz --directory=/app',
  ]),
  may('where another program unpacks an archive is not known', ['RUN cd /tmp && unrar x shop.rar /app/']),
  may('a link with one operand stands in the working folder', ['RUN ln -s /opt/shop/.venv']),
  goes('the version of Python writes nothing', ['RUN python --version']),
  may('a program of Python may do anything', ['RUN python setup.py build']),
  may('a program of Python does what it likes with options for others', ['RUN python setup.py -m venv']),
  goes('pip as a module installs into the system', ['RUN python -m pip install six']),
  may('pip as a module may install into a folder', ['RUN python -m pip install --target=/app/.venv six']),
  may('a copy to a place that is not known may be one', ['ARG TO', 'COPY shop ${TO}/'], { files: { 'shop/a.py': '' } }),
  goes('a copy to another place brings nothing', ['COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/']),
  may('a copy from another image may bring it', ['COPY --from=example.com/shop /src .'], { ignored: '**/.venv' }),
  may('a copy into it brings something', ['COPY serve.py .venv/'], { files: { 'serve.py': '' } }),
  goes('the whole context brings nothing that is ignored', ['COPY ./ ./'], { ignored: '.venv' }),
  may('the whole context may bring it', ['COPY ./ ./']),
  goes('the whole context at the root brings nothing that is ignored', ['COPY . /'], { ignored: 'app' }),
  may('the whole context at the root may bring it', ['COPY . /']),
  may('a source that is not known may bring it', ['ARG SRC', 'COPY ${SRC} ./'], { ignored: '**/.venv' }),
  goes('a file above the context is the one at its root', ['COPY ../shop.txt ./']),
  may('a folder above the context is the one at its root', ['COPY ../shop ./'], { files: { 'shop/a.py': '' } }),
  goes('a file of any name is no folder', ['COPY VERSION ./'], { files: { VERSION: '1\n' } }),
  goes('a program of any name is no folder', ['COPY manage ./'], {
    files: { manage: '#!/bin/sh\n' },
    kinds: { manage: 'executable' },
  }),
  goes('a folder is not unpacked by ADD', ['ADD shop ./'], { ignored: '**/.venv', files: { 'shop/a.py': '' } }),
  {
    name: 'where the build context is not known, any copy may bring it',
    id: 'fix-venv-volume',
    files: {
      'docker/Dockerfile': lines('FROM python:3.12-slim', 'WORKDIR /app', 'COPY requirements.txt ./'),
      'compose.yaml':
        COMPOSE.replace('build: .', 'build: { context: ., dockerfile: docker/Dockerfile }') +
        VOLUME +
        lines('  other:', '    build: ./docker'),
      'requirements.txt': '',
      'docker/requirements.txt': '',
    },
  },
];
