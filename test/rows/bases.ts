// Rows of activate-to-env by what is known of the base: mirrors, images of others, what the configuration says, and nothing at all.

import { lines, type Row } from './row.ts';

const MADE = 'RUN python3 -m venv /opt/venv';
const ENV = ['ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const START = ['WORKDIR /app', 'COPY . .', 'CMD ["/opt/venv/bin/python", "app.py"]'];

/** A Dockerfile that activates what it made, upon this base. */
const upon = (base: string, ...install: readonly string[]): string =>
  lines(`FROM ${base}`, MADE, ...install, 'RUN . /opt/venv/bin/activate && pip install flask', ...START);

/** The activation goes, and nothing is left to say. */
const known = (base: string, more: Partial<Row> = {}): Row => ({
  name: `what ${base} starts is known`,
  id: 'activate-to-env',
  files: { Dockerfile: upon(base) },
  after: { Dockerfile: lines(`FROM ${base}`, MADE, ...ENV, 'RUN pip install flask', ...START) },
  ...more,
});

/** Nothing changes, and it is said why. */
const open = (base: string, says: string, more: Partial<Row> = {}): Row => ({
  name: `what ${base} starts stands in the way`,
  id: 'activate-to-env',
  files: { Dockerfile: upon(base) },
  findings: [`Dockerfile:3:1 ${says}`],
  ...more,
});

const ASSUMES = 'starts nothing of its own';

const names: readonly Row[] = [
  known('docker.io/library/python:3.12-slim'),
  known('registry.hub.docker.com/library/python:3.12-slim'),
  known('gitlab.example.com/group/dependency_proxy/containers/python:3.12-slim'),
  known('nvidia/cuda:12.1.1-base-ubuntu22.04'),
  known('mcr.microsoft.com/devcontainers/python:3.12'),
  known('rockylinux:9'),
  known('mcr.microsoft.com/mirror/docker/library/python:3.12-slim'),
  known('public.ecr.aws/docker/library/python:3.12-slim'),
  known('registry-1.docker.io/library/python:3.12-slim'),
  known('mcr.microsoft.com/vscode/devcontainers/python:3.12'),
  known('ghcr.io/astral-sh/uv:bookworm-slim'),
  known('node:20-bookworm'),
  known('pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime'),
  open('myorg/python:3.12', ASSUMES),
  open('registry.example/python:3.12', ASSUMES),
  open('registry.example/library/python:3.12', ASSUMES),
  open('nvidia/cuda:latest', ASSUMES),
  // those are known to start Python of their own: that is nothing to assume away
  open('tensorflow/tensorflow:2.16.1', 'that may need its own Python', { unsafe: true }),
  open('apache/airflow:2.9.1-python3.11', 'that may need its own Python', { unsafe: true }),
  open('quay.io/jupyter/base-notebook', 'would run in /opt/venv instead of a place that is not known', {
    unsafe: true,
  }),
];

const SAYS = { bases: { 'registry.example/python:*': 'python:*', 'registry.example/tools': 'pytorch/pytorch' } };

const configured: readonly Row[] = [
  known('registry.example/python:3.12-slim', {
    name: 'the configuration says what a base is as good as',
    settings: SAYS,
  }),
  open('registry.example/pythons:3.12', ASSUMES, {
    name: 'the configuration says nothing of another name',
    settings: SAYS,
  }),
  {
    name: 'the packages of what a base is as good as are its own',
    id: 'activate-to-env',
    settings: SAYS,
    files: {
      Dockerfile: lines(
        'FROM registry.example/tools:1',
        MADE,
        'RUN . /opt/venv/bin/activate && pip install flask',
        'CMD ["python3", "app.py"]',
      ),
    },
    findings: ['Dockerfile:3:1 the system Python of registry.example/tools:1, which holds torch'],
  },
  {
    name: 'an image that is built upon another is not known by the configuration alone',
    id: 'activate-to-env',
    settings: { bases: { 'acme/base': 'python:3.12' } },
    files: {
      Dockerfile: upon('python:3.12'),
      'child/Dockerfile': lines('FROM acme/base', 'CMD ["python", "-V"]'),
      'compose.yaml': lines('services:', '  base:', '    image: acme/base', '    build: .'),
    },
    findings: ['Dockerfile:3:1 child/Dockerfile is built upon this image'],
  },
];

/** `child/Dockerfile` is FROM acme/base, which compose builds from these lines, or as `services` say. */
const built = (base: readonly string[], ...services: readonly string[]): Row['files'] => ({
  'child/Dockerfile': upon('acme/base:1'),
  'base/Dockerfile': lines(...base),
  'compose.yaml': lines('services:', ...(services.length > 0 ? services : BUILDS)),
});
const BUILDS = ['  base:', '    image: acme/base:1', '    build: base'];
const BUILT = lines('FROM acme/base:1', MADE, ...ENV, 'RUN pip install flask', ...START);

const here: readonly Row[] = [
  {
    name: 'a base that compose builds is what its Dockerfile says',
    id: 'activate-to-env',
    files: built(['FROM python:3.12-slim', 'RUN apt-get update && apt-get install -y git', 'USER root']),
    after: { 'child/Dockerfile': BUILT },
  },
  {
    name: 'a base that compose builds of a stage is that stage',
    id: 'activate-to-env',
    files: built(
      ['FROM python:3.12-slim AS plain', 'FROM plain', 'ENTRYPOINT ["/start.sh"]'],
      ...['  base:', '    image: acme/base:1', '    build:', '      context: base', '      target: plain'],
    ),
    after: { 'child/Dockerfile': BUILT },
  },
  {
    name: 'a base of a base is known through both',
    id: 'activate-to-env',
    files: {
      ...built(
        ['FROM acme/lower', 'ENV A=1'],
        ...BUILDS,
        '  lower:',
        '    image: acme/lower:latest',
        '    build: lower',
      ),
      'lower/Dockerfile': lines('FROM debian:12', 'RUN apt-get update && apt-get install -y python3-venv'),
    },
    after: { 'child/Dockerfile': BUILT },
  },
  {
    name: 'what a base that compose builds starts stands in the way, and nobody assumes it away',
    id: 'activate-to-env',
    unsafe: true,
    files: built(['FROM python:3.12-slim', 'ENTRYPOINT ["/start.sh"]']),
    findings: ['child/Dockerfile:3:1 that may need its own Python'],
  },
  {
    name: 'what a base that compose builds installs is missed',
    id: 'activate-to-env',
    unsafe: true,
    files: built(['FROM python:3.12-slim', 'RUN pip install flask']),
    findings: ['child/Dockerfile:3:1 would no longer see what `pip install flask` installs'],
  },
  ...(
    [
      ['two builds give it', [...BUILDS, '  other:', '    image: acme/base:1', '    build: child']],
      ['a variable is part of it', ['  base:', '    image: acme/base:${TAG:-1}', '    build: base']],
      ['its tag is another', ['  base:', '    image: acme/base:2', '    build: base']],
      [
        'its target is open',
        ['  base:', '    image: acme/base:1', '    build:', '      context: base', '      target: $T'],
      ],
      ['it names itself', ['  base:', '    image: acme/base:1', '    build: child']],
    ] as const
  ).map(
    ([why, services]): Row => ({
      name: `a name that compose builds is not known where ${why}`,
      id: 'activate-to-env',
      files: built(['FROM python:3.12-slim'], ...services),
      findings: [`child/Dockerfile:3:1 ${ASSUMES}`],
    }),
  ),
  {
    name: 'an environment of a base that compose builds is no Python of the system',
    id: 'activate-to-env',
    unsafe: true,
    files: {
      ...built(['FROM python:3.12-slim', 'RUN python -m venv /base', 'ENV PATH=/base/bin:$PATH']),
      'child/Dockerfile': lines(
        'FROM acme/base:1',
        MADE,
        'RUN . /opt/venv/bin/activate && pip install flask',
        'CMD python app.py',
      ),
    },
    findings: ['child/Dockerfile:3:1 instead of a place that is not known (/base/bin)'],
  },
  {
    name: 'what a base that compose builds sets comes to what is built upon it',
    id: 'set-python-env',
    files: {
      'base/Dockerfile': lines('FROM python:3.12-slim'),
      'child/Dockerfile': lines('FROM acme/base:1', 'COPY app.py .', 'CMD ["python", "app.py"]'),
      'compose.yaml': lines('services:', ...BUILDS),
    },
    after: {
      'base/Dockerfile': lines(
        'FROM python:3.12-slim',
        '',
        'ENV PYTHONDONTWRITEBYTECODE=1 \\',
        '    PYTHONUNBUFFERED=1',
      ),
    },
  },
];

const ubi = (kind: string): string =>
  lines(`FROM registry.access.redhat.com/ubi9/${kind}`, 'COPY app.py .', 'CMD ["python", "app.py"]');

const redhat: readonly Row[] = ['python-312', 'python-312-minimal'].map((kind) => ({
  name: `what ubi9/${kind} sets is not set again`,
  id: 'set-python-env',
  files: { Dockerfile: ubi(kind) },
  after: { Dockerfile: ubi(kind).replace('\n', '\n\nENV PYTHONDONTWRITEBYTECODE=1\n\n') },
}));

const DEVCONTAINER = { build: { dockerfile: 'Dockerfile' }, postCreateCommand: 'pip install -r requirements.txt' };

/** A dev container that installs once it stands. */
const developed = (more: object, ...steps: readonly string[]): Row['files'] => ({
  '.devcontainer/Dockerfile': lines(
    'FROM mcr.microsoft.com/devcontainers/python:3.12',
    MADE,
    'RUN . /opt/venv/bin/activate && pip install flask',
    ...steps,
  ),
  '.devcontainer/devcontainer.json': JSON.stringify({ ...DEVCONTAINER, ...more }),
});
const developedAfter = (...steps: readonly string[]): Row['after'] => ({
  '.devcontainer/Dockerfile': lines(
    'FROM mcr.microsoft.com/devcontainers/python:3.12',
    MADE,
    ...ENV,
    'RUN pip install flask',
    ...steps,
  ),
});

const devcontainers: readonly Row[] = [
  ...(
    [{}, { remoteUser: 'dev' }, { remoteUser: 'dev', postCreateCommand: { a: ['pip', 'install', 'x'] } }] as const
  ).map(
    (more): Row => ({
      name: `what a dev container installs must be let into the environment: ${JSON.stringify(more)}`,
      id: 'activate-to-env',
      files: developed(more),
      findings: ['.devcontainer/Dockerfile:3:1 who cannot write to /opt/venv'],
    }),
  ),
  ...(
    [{ remoteUser: 'root' }, { postCreateCommand: 'pip list' }, { build: { dockerfile: '../Dockerfile' } }] as const
  ).map(
    (more): Row => ({
      name: `a dev container installs nothing that is kept out: ${JSON.stringify(more)}`,
      id: 'activate-to-env',
      files: developed(more),
      after: developedAfter(),
    }),
  ),
  {
    name: 'a dev container may install into what a step gives to its user',
    id: 'activate-to-env',
    files: developed({}, 'RUN chown -R vscode /opt/venv'),
    after: developedAfter('RUN chown -R vscode /opt/venv'),
  },
];

const assumptions: readonly Row[] = [
  known('registry.example/base:1', {
    name: 'a person may assume that an unknown base starts nothing',
    unsafe: true,
    fixes: ['It assumes that the base image registry.example/base:1 starts nothing of its own.'],
  }),
  {
    name: 'what moves out of the Python of an unknown base is part of the assumption',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        'FROM registry.example/base:1',
        MADE,
        'RUN . /opt/venv/bin/activate && pip install flask',
        'RUN python3 -m compileall /app',
        ...START,
      ),
    },
    findings: ['Dockerfile:3:1 starts nothing of its own and has no Python packages that these commands need'],
  },
  {
    name: 'an assumption about the base lifts nothing else',
    id: 'activate-to-env',
    unsafe: true,
    files: {
      Dockerfile: lines(
        'FROM registry.example/base:1',
        'RUN pip install requests',
        MADE,
        'RUN . /opt/venv/bin/activate && pip install flask',
        'CMD ["python3", "app.py"]',
      ),
    },
    findings: ['Dockerfile:4:1 would no longer see what `pip install requests` installs'],
  },
  {
    name: 'packages that a base is known to bring are not assumed away',
    id: 'activate-to-env',
    unsafe: true,
    files: {
      Dockerfile: lines(
        'FROM pytorch/pytorch:2.3.0-cuda12.1-cudnn8-runtime',
        MADE,
        'RUN . /opt/venv/bin/activate && pip install flask',
        'CMD ["python3", "app.py"]',
      ),
    },
    findings: ['Dockerfile:3:1 which holds torch, torchvision, torchaudio'],
  },
];

export const bases: readonly Row[] = [...names, ...configured, ...here, ...redhat, ...devcontainers, ...assumptions];
