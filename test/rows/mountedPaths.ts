// Rows of fix-venv-volume: which Python made the environment, what other services do beside it, and what names its folder.

import { lines, type Row } from './row.ts';

const id = 'fix-venv-volume';
const LOCK = lines('version = 1', 'requires-python = ">=3.12"');
const project = (wanted: string, ...more: readonly string[]): string =>
  lines('[project]', 'name = "shop"', 'version = "1"', `requires-python = "${wanted}"`, 'dependencies = []', ...more);
const service = (name: string, ...rest: readonly string[]): string[] => [
  `  ${name}:`,
  ...rest.map((line) => `    ${line}`),
];
const compose = (...services: readonly (readonly string[])[]): string => lines('services:', ...services.flat());
const MOUNT = ['volumes:', '  - .:/app'];
const RUN = 'command: .venv/bin/python -m shop';
const VOLUME = ['volumes:', '  - .:/app', '  - /app/.venv'];
const CODE = {
  'pyproject.toml': project('>=3.12'),
  'uv.lock': LOCK,
  'shop/__main__.py': '',
  '.dockerignore': '.venv\n',
};

interface Copied {
  /** Of both stages. */
  readonly base?: string;
  /** Steps before the install, and what the stage that runs has. */
  readonly build?: readonly string[];
  readonly final?: readonly string[];
  readonly sync?: string;
  readonly files?: Row['files'];
}

/** An image that takes its environment from a stage in which uv has made it. */
const copied = ({
  base = 'python:3.12-slim',
  build = [],
  final = [],
  sync = 'uv sync --frozen',
  files,
}: Copied): Row['files'] => ({
  Dockerfile: lines(
    `FROM ${base} AS b`,
    'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv',
    'WORKDIR /app',
    ...build,
    'COPY pyproject.toml uv.lock ./',
    `RUN ${sync} --no-install-project`,
    `FROM ${base}`,
    ...final,
    'WORKDIR /app',
    'COPY --from=b /app/.venv /app/.venv',
    'COPY shop shop',
    'CMD ["/app/.venv/bin/python", "-m", "shop"]',
  ),
  'compose.yaml': compose(service('web', 'build: .', ...MOUNT)),
  ...CODE,
  ...files,
});

const brings = (name: string, how: Copied): Row => ({
  name,
  id,
  files: copied(how),
  findings: ['compose.yaml:5:9 uv may have brought a Python of its own for /app/.venv'],
});

const fits = (name: string, how: Copied): Row => ({
  name,
  id,
  files: copied(how),
  after: { 'compose.yaml': compose(service('web', 'build: .', ...VOLUME)) },
});

const wants = (wanted: string): Copied => ({ files: { 'pyproject.toml': project(wanted) } });

/** An image with an environment of its own, made by uv; `sync`: the RUN that makes it. */
const UV = (sync = 'RUN uv sync --frozen --no-install-project'): Row['files'] => ({
  Dockerfile: lines(
    'FROM python:3.12-slim',
    'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv',
    'WORKDIR /app',
    'COPY pyproject.toml uv.lock ./',
    sync,
    'COPY . .',
    'CMD ["uv", "run", "python", "-m", "shop"]',
  ),
  ...CODE,
});

/** A service that starts with a shell text. */
const starts = (text: string): string[] =>
  service('web', 'build: .', `command: sh -c "${text} && uv run python -m shop"`, ...MOUNT);
const startsWith = (text: string): Pick<Row, 'id' | 'files'> => ({
  id,
  files: { ...UV(), 'compose.yaml': compose(starts(text)) },
});
const removes = (name: string, text: string): Row => ({
  name,
  ...startsWith(text),
  findings: ['compose.yaml:6:9 may remove or remake /app/.venv'],
});

/** A volume at the environment, of which `options` say more. */
const volume = (name: string, options: readonly string[], top: readonly string[] = []): Row => ({
  name,
  id,
  files: {
    ...UV(),
    'compose.yaml':
      compose(
        service(
          'web',
          'build: .',
          RUN,
          'volumes:',
          '  - .:/app',
          '  - type: volume',
          '    source: venv',
          '    target: /app/.venv',
          ...options.map((line) => `    ${line}`),
        ),
      ) + lines('volumes:', '  venv:', ...top),
  },
});

export const mountedPaths: readonly Row[] = [
  brings('a distribution may have its Python in the stage that runs alone', {
    base: 'debian:12',
    final: ['RUN apt-get update && apt-get install -y python3'],
    ...wants('>=3.11'),
  }),
  brings('a distribution may have too old a Python', {
    base: 'debian:12',
    build: ['RUN apt-get update && apt-get install -y python3'],
    final: ['RUN apt-get update && apt-get install -y python3'],
  }),
  fits('a distribution may have its Python in both stages', {
    base: 'debian:12',
    build: ['RUN apt-get update && apt-get install -y python3'],
    final: ['RUN apt-get update && apt-get install -y python3'],
    ...wants('>=3.11'),
  }),
  brings('what Python an image of the team has is not known', {
    base: 'registry.example.com/team/python:1',
    final: ['USER root'],
  }),
  fits('the newest Python fits', { base: 'python:slim' }),
  brings('the newest Python is above a bound', { base: 'python:slim', ...wants('>=3.10,<3.13') }),
  brings('the newest Python is not the one of a pin', {
    base: 'python:slim',
    build: ['COPY .python-version .'],
    files: { '.python-version': '3.11\n' },
  }),
  brings('a variable asks for a managed Python', { build: ['ENV UV_MANAGED_PYTHON=1'] }),
  brings('uv was asked to bring a Python', { build: ['RUN uv python install 3.12'] }),
  brings('uv was asked for a managed Python', { sync: 'uv sync --frozen --managed-python' }),
  brings('uv was asked for another Python', { sync: 'uv sync --frozen --python 3.11' }),
  brings('the project asks for a managed Python', {
    files: { 'pyproject.toml': project('>=3.12', '[tool.uv]', 'python-preference = "only-managed"') },
  }),
  fits('a Python above one is there', wants('>3.11')),
  fits('a Python up to one is there', wants('<=3.13')),
  brings('a Python up to a first release may be older', wants('<=3.12')),
  fits('a compatible Python is there', wants('~=3.10')),
  fits('what is not understood fits', wants('!=3.9.1,>=3.10')),
  brings('only the first release is meant', wants('==3.12')),
  fits('all releases are meant', wants('==3.12.*')),
  fits('the release of the image is meant', { ...wants('==3.12.4'), base: 'python:3.12.4-slim' }),
  {
    name: 'of two build contexts one may ask for another Python',
    id,
    files: copied({
      files: {
        'compose.yaml': compose(
          service('web', 'build: .', ...MOUNT),
          service('job', 'build:', '  context: job', '  dockerfile: ../Dockerfile'),
        ),
        'job/pyproject.toml': project('>=3.12'),
        'job/uv.lock': LOCK,
      },
    }),
    findings: ['compose.yaml:5:9 uv may have brought a Python of its own for /app/.venv'],
  },
  {
    name: 'the project of a folder asks for another Python',
    id,
    files: Object.fromEntries(
      Object.entries(copied(wants('>=3.13'))).map(([path, text]) =>
        path === 'compose.yaml'
          ? [path, text.replace('.', './web').replace('.:/app', './web:/app')]
          : [`web/${path}`, text],
      ),
    ),
    findings: ['compose.yaml:5:9 uv may have brought a Python of its own for /app/.venv'],
  },
  {
    name: 'a pin means nothing to an environment that pip fills',
    id,
    files: {
      Dockerfile: lines(
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'RUN python -m venv .venv',
        'COPY requirements.txt .',
        'RUN .venv/bin/pip install -r requirements.txt',
        'COPY . .',
        'CMD [".venv/bin/python", "main.py"]',
      ),
      'compose.yaml': compose(service('web', 'build: .', ...MOUNT)),
      'requirements.txt': 'flask\n',
      'main.py': '',
      '.python-version': '3.11\n',
      '.dockerignore': '.venv\n',
    },
    after: { 'compose.yaml': compose(service('web', 'build: .', ...VOLUME)) },
  },
  {
    name: 'a pin that the install mounts made the environment',
    id,
    files: {
      ...UV('RUN --mount=type=bind,source=.python-version,target=.python-version uv sync --frozen'),
      'compose.yaml': compose(service('web', 'build: .', ...MOUNT)),
      '.python-version': '3.11\n',
    },
    after: { 'compose.yaml': compose(service('web', 'build: .', ...VOLUME)) },
  },
  removes('a path that is not known may be the environment', 'rm -rf /app/$$(cat list)'),
  removes('the root holds the environment', "find / -name '.v*' -delete"),
  removes('a class may stand for the environment', 'rm -rf .ven[v]'),
  removes('a pattern of several parts may stand for it', 'rm -rf .*e*v'),
  {
    name: 'a pattern with another end does not stand for it',
    ...startsWith('rm -f *.v'),
    after: { 'compose.yaml': compose(starts('rm -f *.v').concat('      - /app/.venv')) },
  },
  volume('whether Docker fills the volume is not known', ['volume:', '  nocopy: $' + '{EMPTY}']),
  volume(
    'the volume is a folder of the host',
    [],
    ['    driver_opts:', '      type: none', '      o: bind', '      device: /srv/venv'],
  ),
  volume('the volume is a part of another', ['volume:', '  subpath: shop']),
  {
    name: 'a volume is filled by a service that installs before it runs',
    id,
    files: {
      ...UV(),
      'compose.yaml':
        compose(
          service('web', 'build: .', RUN, 'volumes:', '  - .:/app', '  - venv:/app/.venv'),
          service(
            'job',
            'build: .',
            'command: sh -c "uv sync && python -m shop"',
            'volumes:',
            '  - .:/app',
            '  - venv:/app/.venv',
          ),
        ) + lines('volumes:', '  venv:'),
    },
  },
  {
    name: 'what a service installs into a folder outside is not for another',
    id,
    files: {
      ...UV(),
      'compose.yaml': compose(
        service('job', 'image: tools', 'command: uv sync', 'volumes:', '  - ../data:/data'),
        service('web', 'build: .', RUN, 'volumes:', '  - ../data:/data', '  - .:/app'),
      ),
    },
    after: {
      'compose.yaml': compose(
        service('job', 'image: tools', 'command: uv sync', 'volumes:', '  - ../data:/data'),
        service('web', 'build: .', RUN, 'volumes:', '  - ../data:/data', '  - .:/app', '  - /app/.venv'),
      ),
    },
  },
  {
    name: 'a service that installs for itself needs nothing of another',
    id,
    files: {
      ...UV(),
      'compose.yaml': compose(
        service('job', 'build: .', 'command: uv sync', ...MOUNT),
        service('web', 'build: .', 'command: sh -c "uv sync && .venv/bin/python -m shop"', ...MOUNT),
      ),
    },
    after: {
      'compose.yaml': compose(
        service('job', 'build: .', 'command: uv sync', ...VOLUME),
        service('web', 'build: .', 'command: sh -c "uv sync && .venv/bin/python -m shop"', ...VOLUME),
      ),
    },
  },
];
