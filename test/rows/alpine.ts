// What a musl base costs a Python image.

import { lines, type Row } from './row.ts';

const id = 'avoid-alpine';
const BASE = 'FROM python:3.12-alpine';
const START = 'CMD ["python", "app.py"]';

const row = (name: string, file: readonly string[], findings: readonly string[] = []): Row => ({
  name,
  id,
  files: { Dockerfile: lines(...file, START), 'requirements.txt': 'flask\ntorch==2.3\n' },
  ...(findings.length === 0 ? {} : { findings }),
});

export const alpineRows: readonly Row[] = [
  row(
    'a compiler beside pip',
    [BASE, 'RUN apk add --no-cache gcc musl-dev', 'RUN pip install pandas'],
    ['Dockerfile:1:1 slow: python:3.12-alpine has musl in place of glibc: line 2 installs a compiler'],
  ),
  row(
    'a virtual package of compilers',
    [
      'FROM alpine:3.20',
      'RUN apk add py3-pip && apk add --virtual .build build-base',
      'RUN python3 -m venv /v && /v/bin/pip install pandas',
    ],
    ['Dockerfile:1:1 Write a Debian base'],
  ),
  row(
    'a package without a wheel for musl',
    [BASE, 'RUN pip install onnxruntime'],
    ['Dockerfile:1:1 slow: onnxruntime, which line 2 installs, has no wheel for musl'],
  ),
  row(
    'a requirements file that lists one',
    [BASE, 'WORKDIR /app', 'COPY requirements.txt .', 'RUN pip install -r requirements.txt'],
    ['Dockerfile:1:1 slow: torch, which line 4 installs'],
  ),
  row(
    'the way out has the same version',
    [`${BASE}3.20`, 'RUN pip install torch'],
    ['Dockerfile:1:1 Write `FROM python:3.12-slim`'],
  ),
  row('packages with wheels for musl', [BASE, 'RUN pip install flask']),
  row('a compiler without an install of packages', [BASE, 'RUN apk add gcc && pip install -U pip']),
  row('Debian has glibc', ['FROM python:3.12-slim', 'RUN pip install torch']),
];
