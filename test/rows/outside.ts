// Rows of activate-to-env: who else looks at an activated environment.

import { lines, type Row } from './row.ts';

const BEFORE = lines(
  'FROM python:3.12-slim',
  'RUN python -m venv /opt/venv',
  'RUN . /opt/venv/bin/activate',
  'RUN pip install flask',
  'COPY app.py /app/app.py',
  'CMD ["python", "/app/app.py"]',
);
const ENV = 'ENV VIRTUAL_ENV=/opt/venv\nENV PATH="$VIRTUAL_ENV/bin:$PATH"\n';
const onPath = (text: string): string =>
  text.replace('RUN . /opt/venv/bin/activate\n', '').replace('venv\n', `venv\n${ENV}`);
const COPIES_ALL = BEFORE.replace('app.py /app/app.py', '. /app');
const CHILD = lines('FROM acme/app:1', 'CMD ["python", "-m", "worker"]');
const IMAGE = lines('services:', '  app:', '    image: acme/app:1', '    build: .');

type Files = Readonly<Record<string, string>>;

/** The other files stand in the way of ENV, for this reason. */
const held = (name: string, files: Files, why: string, dockerfile = 'Dockerfile'): Row => ({
  name,
  id: 'activate-to-env',
  files: { [dockerfile]: BEFORE, 'app.py': 'import flask\n', ...files },
  findings: [`${dockerfile}:3:1 ${why}`],
});

/** They do not. */
const free = (name: string, files: Files, dockerfile = 'Dockerfile'): Row => {
  const all: Files = { [dockerfile]: BEFORE, 'app.py': 'import flask\n', ...files };
  return { name, id: 'activate-to-env', files: all, after: { [dockerfile]: onPath(all[dockerfile]!) } };
};

const BUILT = 'Dockerfile.child is built upon this image (`acme/app:1`)';

const children: readonly Row[] = [
  held(
    'a child names an image as compose does',
    {
      'compose.yml': lines('services:', '  app:', '    build: .'),
      'Dockerfile.child': CHILD.replace('acme/app:1', 'shop-app'),
    },
    'Dockerfile.child is built upon this image (`shop-app`)',
  ),
  free('an image that has a name of its own has not that of compose', {
    'compose.yml': IMAGE,
    'Dockerfile.child': CHILD.replace('acme/app:1', 'shop-app'),
  }),
  free('a file that copies from what it builds is no child of its own', {
    Dockerfile: `${BEFORE}COPY --from=acme/app:1 /etc/motd /etc/motd\n`,
    'compose.yml': IMAGE,
  }),
  free('a text that speaks of targets is no bake file', {
    'notes.txt': 'base = "target:app"\n',
    'Dockerfile.child': CHILD.replace('acme/app:1', 'base'),
  }),
  free('a build of an address is one of another checkout', {
    'README.md': lines('```', "docker build -t acme/app 'https://git.example/acme/app.git#main:docker'", '```'),
    'Dockerfile.child': CHILD,
  }),
  free('a stage upon a stage is built upon no image', {
    'build.sh': 'docker build -t acme/app --target base .\n',
    'Dockerfile.child': lines('FROM alpine AS base', 'FROM base', 'CMD ["sh"]'),
  }),
  free('an image that is known is none of the repository', {
    'build.sh': 'docker build -t acme/app --label language=python .\n',
    'Dockerfile.child': lines('FROM python:3.12-slim', 'CMD ["python", "-m", "worker"]'),
  }),
  held(
    'a child takes files in a mount',
    {
      'compose.yml': IMAGE,
      'Dockerfile.child': lines('FROM alpine', 'RUN --mount=type=bind,from=acme/app:1,target=/x cp -r /x/app /app'),
    },
    BUILT,
  ),
  free('a stage by its number, a stage by its name and a cache are no images', {
    'build.sh': 'docker build -t acme/app --target builder --shm-size 0 .\n',
    'Dockerfile.child': lines(
      'FROM alpine AS builder',
      'RUN --mount=type=cache,target=/x touch /x/a /b',
      'FROM alpine',
      'COPY --from=0 /b /b',
      'COPY --from=builder /b /c',
    ),
  }),
];

const builds: readonly Row[] = [
  held(
    'a script builds what a child stands on',
    {
      'build.sh': 'docker build -t acme/app:1 .\n',
      'Dockerfile.child': CHILD,
    },
    BUILT,
  ),
  held(
    'a script builds what a child stands on from a file that it names',
    {
      'build.sh': 'docker build -f app.Dockerfile -t acme/app:1 .\n',
      'Dockerfile.child': CHILD,
    },
    BUILT,
    'app.Dockerfile',
  ),
  free(
    'a script builds another file',
    {
      'build.sh': 'docker build -f other.Dockerfile -t acme/app:1 .\n',
      'Dockerfile.child': CHILD,
    },
    'app.Dockerfile',
  ),
  free(
    'a script builds the file of the usual name',
    {
      'build.sh': 'docker build -t acme/app:1 .\n',
      'Dockerfile.child': CHILD,
    },
    'app.Dockerfile',
  ),
  free('a deployment that names an image builds none', {
    'deploy.yaml': 'image: acme/app:1 # build 12\n',
    'Dockerfile.child': CHILD,
  }),
  free('a script that pulls or runs an image, or has its build in a comment, builds none', {
    'build.sh': lines(
      '# docker build -t acme/app:1 .',
      'docker pull acme/app:1',
      'docker run acme/app:1',
      'docker build -t x .',
    ),
    'Dockerfile.child': CHILD,
  }),
  free('a script that only speaks of an image builds none', {
    'clean.sh': 'docker rmi acme/app:1\n',
    'Dockerfile.child': CHILD,
  }),
];

const programs: readonly Row[] = [
  free('a README that calls a program of a container holds nothing back', {
    'README.md': 'docker exec app /usr/local/bin/flask routes\n',
  }),
  held(
    'a playbook calls a program of the container',
    {
      'play.yml': lines('- hosts: all', '  tasks:', '    - command: docker exec app /usr/local/bin/flask routes'),
    },
    'play.yml names /usr/local/bin/flask',
  ),
  free('settings on the host name what the host has', {
    'play.yml': lines('- hosts: all', '  tasks:', '    - command: /usr/local/bin/flask routes'),
  }),
  held(
    'a file that is copied names a program',
    {
      Dockerfile: COPIES_ALL,
      'jobs.conf': 'command=/usr/local/bin/flask run\n',
    },
    'jobs.conf names /usr/local/bin/flask',
  ),
  free(
    'a file outside of the context is not copied',
    {
      'compose.yml': lines('services:', '  app:', '    build: app'),
      'app/app.py': 'import flask\n',
      'app/Dockerfile': COPIES_ALL,
      'jobs.conf': 'command=/usr/local/bin/flask run\n',
    },
    'app/Dockerfile',
  ),
  held(
    'a Python file starts a program by its path',
    {
      Dockerfile: COPIES_ALL,
      'app.py': 'import subprocess\nsubprocess.run(["/usr/local/bin/flask", "run"])\n',
    },
    'app.py names /usr/local/bin/flask',
  ),
  free('prose and documentation are no settings', {
    Dockerfile: COPIES_ALL,
    'guide.md': 'Start /usr/local/bin/flask\n',
    'docs/jobs.conf': 'command=/usr/local/bin/flask run\n',
  }),
  free('a file that is ignored is not copied', {
    Dockerfile: COPIES_ALL,
    '.dockerignore': '*.conf\n',
    'jobs.conf': 'command=/usr/local/bin/flask run\n',
  }),
  free('a file beside the one that is copied is not', { 'jobs.conf': 'command=/usr/local/bin/flask run\n' }),
];

const DEVCONTAINER = '.devcontainer/devcontainer.json';
const devcontainers: readonly Row[] = [
  free('a dev container that cannot be read installs nothing', { [DEVCONTAINER]: '{' }),
  free('a dev container of no fields installs nothing', { [DEVCONTAINER]: 'null' }),
  free('a dev container whose commands are none installs nothing', {
    [DEVCONTAINER]: '{"build": {"dockerfile": "../Dockerfile"}, "postCreateCommand": null, "postStartCommand": 3}',
  }),
];

export const outside: readonly Row[] = [...children, ...builds, ...programs, ...devcontainers];
