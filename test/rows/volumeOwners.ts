// Rows of fix-venv-volume: who may write to the environment that a volume is filled from.

import { lines, type Row } from './row.ts';
import { uvImage, web } from './volumeFiles.ts';

const MADE = [
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv .venv && .venv/bin/pip install flask',
  'ENV PATH="/app/.venv/bin:$PATH"',
];

interface More {
  /** Lines of the service. */
  readonly service?: readonly string[];
  readonly files?: Row['files'];
}

const compose = ({ service = [] }: More): string =>
  lines('services:', '  web:', '    build: .', '    command: flask run', ...service, '    volumes:', '      - .:/app');

const filesOf = (image: readonly string[], more: More): Row['files'] => ({
  Dockerfile: lines(...MADE, ...image),
  'compose.yaml': compose(more),
  ...more.files,
});

/** The volume is added over an image that goes on with these lines. */
const fits = (name: string, image: readonly string[], more: More = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: filesOf(image, more),
  after: { 'compose.yaml': `${compose(more)}      - /app/.venv\n` },
});

/** It is not, and `says` is a part of why. */
const stays = (name: string, says: string, image: readonly string[], more: More = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: filesOf(image, more),
  findings: [`compose.yaml:${6 + (more.service?.length ?? 0)}:9 ${says}`],
});

const hook = (user: string): More => ({
  service: ['    post_start:', '      - command: flask db upgrade', `        user: ${user}`],
});
const devcontainer = (more: string): More => ({
  files: { '.devcontainer/devcontainer.json': `{ "dockerComposeFile": "../compose.yaml", "service": "web"${more} }` },
});
const GIVEN = ['RUN useradd app && chown -R app /app', 'USER app'];

export const volumeOwners: readonly Row[] = [
  stays('the user of a hook may be one that a variable names', 'the user of a hook of it hangs on a variable', [], {
    ...hook('${WHO}'),
  }),
  stays('the user of a hook may be another than the default', 'the user of a hook of it hangs on a variable', [], {
    ...hook('${WHO:-root}'),
  }),
  stays('a hook of another user could not install', 'a hook of service web runs as app', ['RUN useradd app'], {
    ...hook('app'),
  }),
  fits('a hook of the same user could', GIVEN, hook('app')),
  stays(
    'features of a devcontainer may bring a user',
    '.devcontainer/devcontainer.json adds features, which may bring a user of their own',
    [],
    devcontainer(', "features": { "ghcr.io/devcontainers/features/common-utils:2": {} }'),
  ),
  stays(
    'an image may name the user of a devcontainer',
    '.devcontainer/devcontainer.json takes the user that the image names, which is not known',
    [`LABEL devcontainer.metadata='{"remoteUser":"vscode"}'`],
    devcontainer(''),
  ),
  fits('a devcontainer of root is as its service', [], devcontainer('')),
  fits('another user who runs another Python needs no right to it', [], {
    service: ['    entrypoint: [sh, -c, "gosu nobody /usr/local/bin/python -V; exec $$0 $$@"]'],
  }),
  fits('root may write whatever the modes are', ['RUN chmod -R 555 /app']),
  stays('an owner whose mode keeps it from writing could not install', '(`chmod 555` in the Dockerfile)', [
    'RUN useradd app && chown -R app /app && chmod -R 555 /app',
    'USER app',
  ]),
  fits('a command of the image that the service does not run changes no modes', [
    ...GIVEN,
    'CMD ["sh", "-c", "chmod -R 555 /app; flask run"]',
  ]),
  stays(
    'an owner that an argument of the build names is not known',
    'service web runs as app, and whose /app/.venv is in the image is not known',
    ['ARG OWNER', 'RUN useradd app && chown -R $OWNER /app', 'USER app'],
  ),
  fits('the number of the owner is the owner', ['RUN useradd -u 1000 app && chown -R app /app', 'USER 1000']),
  stays(
    'a user that is only made at the start has no number in the image',
    'service web runs as 1000, who could not install',
    ['RUN useradd app && chown -R app /app', 'CMD ["sh", "-c", "useradd -u 1000 app; flask run"]', 'USER 1000'],
  ),
  stays('the number of another command is not that of a user', 'service web runs as 1000, who could not install', [
    'RUN useradd app && chown -R app /app && crontab -u 1000 app',
    'USER 1000',
  ]),
  fits('a command of the image that the service does not run gives nothing away', [
    ...GIVEN,
    'CMD ["sh", "-c", "find /app -exec chown nobody {} +; flask run"]',
  ]),
  stays('find may give it away by any of its commands', 'whose /app/.venv is in the image is not known', [
    'RUN useradd app && find /app -exec ls {} + -exec chown app {} +',
    'USER app',
  ]),
  stays('xargs may give it away', 'whose /app/.venv is in the image is not known', [
    'RUN useradd app && find /app | xargs chown app',
    'USER app',
  ]),
  stays('setfacl may let another user write', 'whose /app/.venv is in the image is not known', [
    'RUN useradd app && setfacl -R -m u:app:rwX /app',
    'USER app',
  ]),
  ...(
    [
      [
        'who works in a container that waits cannot install into the volume of another',
        { command: 'sleep infinity', user: 'dev' },
        'fragile: Who works in service web cannot install into the environment at /app/.venv: Docker fills an anonymous volume there with the owners of the image. Service web runs as dev, who could not install',
      ],
      [
        'root, who works in a container that waits, can',
        { command: 'sleep infinity', user: 'root' },
        'advice: Service web keeps old packages after a rebuild',
      ],
      [
        'a server only reads',
        { command: '/app/.venv/bin/python -m shop', user: 'dev' },
        'advice: Service web keeps old packages after a rebuild',
      ],
    ] as const
  ).map(
    ([name, { command, user }, says]): Row => ({
      name,
      id: 'fix-venv-volume',
      files: {
        Dockerfile: uvImage('CMD ["bash"]'),
        'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"'),
        'uv.lock': lines('version = 1'),
        'compose.yaml': web('build: .', `command: ${command}`, `user: ${user}`, 'volumes: [".:/app", "/app/.venv"]'),
      },
      findings: [`compose.yaml:6:25 ${says}`],
    }),
  ),
];
