// Rows of split-dependency-copy: what a command reads without naming it, and what build arguments choose.

import { lines, type Row } from './row.ts';

const id = 'split-dependency-copy';
const PYTHON = 'FROM python:3.12-slim';
const INSTALL = 'RUN pip install -r requirements.txt';
const CODE = { 'app.py': 'import flask\n', 'requirements.txt': 'flask==3.0.3\n' };

/** The code at /app with `set` before it, and the same split. */
const passed = (name: string, set: readonly string[], files: Readonly<Record<string, string>> = {}): Row => ({
  name,
  id,
  files: { ...CODE, ...files, Dockerfile: lines(PYTHON, ...set, 'WORKDIR /app', 'COPY . .', INSTALL) },
  after: { Dockerfile: lines(PYTHON, ...set, 'WORKDIR /app', 'COPY requirements.txt .', INSTALL, 'COPY . .') },
});

export const splitSettings: readonly Row[] = [
  {
    name: 'the code folder as a folder of any installer keeps the code before the install',
    id,
    files: { ...CODE, Dockerfile: lines(PYTHON, 'ENV MAMBA_HOME=/app', 'WORKDIR /app', 'COPY . .', INSTALL) },
    findings: ['Dockerfile:4:1 may read what MAMBA_HOME names'],
  },
  {
    name: 'code in a folder of settings of the home stays before the install',
    id,
    files: { ...CODE, Dockerfile: lines(PYTHON, 'WORKDIR /root/.config', 'COPY . .', INSTALL) },
    findings: ['Dockerfile:3:1 may read settings in the home folder'],
  },
  {
    name: 'code in a home stays before the install of a user whose home is not known',
    id,
    files: { ...CODE, Dockerfile: lines(PYTHON, 'USER 1000', 'WORKDIR /home/web', 'COPY . .', INSTALL) },
    findings: ['Dockerfile:4:1 installs into a home folder, and the code is copied there'],
  },
  {
    name: 'code in a home that another user than the installing one has is split',
    id,
    files: {
      ...CODE,
      '.npmrc': '',
      Dockerfile: lines(
        PYTHON,
        'RUN useradd --home-dir /app web',
        'WORKDIR /app',
        'COPY .npmrc app.py requirements.txt ./',
        INSTALL,
        'USER web',
      ),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'RUN useradd --home-dir /app web',
        'WORKDIR /app',
        'COPY requirements.txt ./',
        INSTALL,
        'COPY .npmrc app.py ./',
        'USER web',
      ),
    },
  },
  {
    name: 'a folder that a user makes whose home the code may be lets the split pass',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /home/web',
        'COPY . .',
        'USER 1000',
        'RUN mkdir -p /tmp/cache',
        'USER root',
        INSTALL,
      ),
    },
    after: {
      Dockerfile: lines(
        PYTHON,
        'WORKDIR /home/web',
        'COPY requirements.txt .',
        'USER 1000',
        'RUN mkdir -p /tmp/cache',
        'USER root',
        INSTALL,
        'COPY . .',
      ),
    },
  },
  passed('an address whose host has the name of the code folder is no path', ['ENV QUEUE=amqp://app/jobs']),
  passed('a certificate outside the code is none of the code', [
    'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
  ]),
  passed('a cache that is to be in the code folder is none of the code', ['ENV UV_CACHE_DIR=/app/.cache']),
  passed('a home that is the code folder is judged by what the repository has there', ['ENV HOME=/app']),
  {
    name: 'certificates that are not in the repository may lie in the code unseen',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(PYTHON, 'ENV CURL_CA_BUNDLE=certs/ca.pem', 'WORKDIR /app', 'COPY . .', INSTALL),
    },
    findings: ['Dockerfile:4:1 may read what CURL_CA_BUNDLE names'],
  },
  {
    name: 'a very long value that has the path of the code in it holds the split back',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(PYTHON, `ENV NOTE=${'x'.repeat(10_000)}/app`, 'WORKDIR /app', 'COPY . .', INSTALL),
    },
    findings: ['Dockerfile:4:1 may read what NOTE names'],
  },
  {
    name: 'a build argument of the base alone chooses nothing that is copied',
    id,
    files: {
      'src/app.py': '',
      'src/requirements.txt': 'flask\n',
      Dockerfile: lines('ARG BASE=python:3.12-slim', 'FROM ${BASE}', 'WORKDIR /app', 'COPY src${PART} .', INSTALL),
    },
    after: {
      Dockerfile: lines(
        'ARG BASE=python:3.12-slim',
        'FROM ${BASE}',
        'WORKDIR /app',
        'COPY src${PART}/requirements.txt .',
        INSTALL,
        'COPY src${PART} .',
      ),
    },
  },
  {
    name: 'a build argument that may be another shell holds the split back',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'ARG RUNNER=sh',
        'WORKDIR /app',
        'COPY . .',
        'RUN $RUNNER -c "pip install -r requirements.txt"',
      ),
    },
    findings: ['Dockerfile:4:1 which commands run depends on a build argument'],
  },
  {
    name: 'a build argument that may be another shell of two commands holds the split back',
    id,
    files: {
      ...CODE,
      Dockerfile: lines(
        PYTHON,
        'ARG RUNNER=sh',
        'WORKDIR /app',
        'COPY . .',
        'RUN $RUNNER -c "echo install && pip install -r requirements.txt"',
      ),
    },
    findings: ['Dockerfile:4:1 which commands run depends on a build argument'],
  },
  {
    name: 'a build argument that names the folder of the install holds the split back',
    id,
    files: {
      'api/app.py': '',
      'api/requirements.txt': 'flask==3.0.3\n',
      Dockerfile: lines(
        PYTHON,
        'ARG PART=api',
        'WORKDIR /app',
        'COPY api /app/api',
        'RUN cd $PART && pip install -r requirements.txt',
      ),
    },
    findings: ['Dockerfile:4:1 what it reads may depend on the build argument PART'],
  },
  {
    name: 'a build argument that names the constraints of the environment holds the split back',
    id,
    files: {
      ...CODE,
      'constraints.txt': 'flask<4\n',
      Dockerfile: lines(
        PYTHON,
        'ARG LIMITS=constraints.txt',
        'ENV PIP_CONSTRAINT=/app/$LIMITS',
        'WORKDIR /app',
        'COPY . .',
        INSTALL,
      ),
    },
    findings: ['Dockerfile:5:1 what it reads may depend on the build argument LIMITS'],
  },
];
