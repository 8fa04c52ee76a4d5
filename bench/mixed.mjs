// A repository of many services of five kinds, each in a folder of its own: what benchmark and profile run on.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Dockerfiles of the kinds, by the number of the service: no two texts are the same. */
const KINDS = [
  (n) => `FROM python:3.${8 + (n % 6)}-slim
WORKDIR /app
COPY . .
RUN python -m venv /opt/venv${n}
RUN . /opt/venv${n}/bin/activate && pip install -r requirements.txt
CMD . /opt/venv${n}/bin/activate && exec python app.py
`,
  (n) => `FROM python:3.12-slim
WORKDIR /app${n}
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "app.py"]
`,
  (n) => `FROM node:20
WORKDIR /srv${n}
COPY package.json .
RUN npm ci
COPY . .
CMD ["node", "server.js"]
`,
  (n) => `FROM python:3.11-slim AS build
WORKDIR /work${n}
COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv
COPY . .
RUN uv venv && uv pip install -r requirements.txt

FROM python:3.11-slim
COPY --from=build /work${n} /work${n}
WORKDIR /work${n}
CMD ["python", "app.py"]
`,
  (n) => `FROM python:3.12-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
WORKDIR /srv/app${n}
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY src ./src
CMD ["python", "-m", "src"]
`,
];

/** Files of `count` services by path. `compose`: each with a compose file that mounts the code over the image's. */
export function mixedFiles(count, { compose = false } = {}) {
  const files = {};
  for (let n = 0; n < count; n++) {
    const folder = `service${n}`;
    files[`${folder}/Dockerfile`] = KINDS[n % KINDS.length](n);
    files[`${folder}/requirements.txt`] = 'flask\n';
    files[`${folder}/app.py`] = 'import flask\n';
    files[`${folder}/src/__main__.py`] = 'import flask\n';
    if (compose)
      files[`${folder}/compose.yaml`] =
        `services:\n  web${n}:\n    build: .\n    volumes:\n      - .:/work${n}\n      - ./data:/data\n`;
  }
  return files;
}

/** Writes the files into `folder` and commits them there; returns the folder. */
export function repository(folder, files) {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org'];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    [...identity, 'commit', '-qm', 'bench'],
  ]) {
    const { status } = spawnSync('git', args, { cwd: folder });
    if (status !== 0) throw new Error(`git ${args.join(' ')} failed`);
  }
  return folder;
}
