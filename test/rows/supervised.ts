// Rows of venv-on-path: what supervisord starts.

import { lines, type Row } from './row.ts';

const HEAD = [
  'FROM python:3.12-slim',
  'RUN apt-get update && apt-get install -y supervisor',
  'RUN python -m venv /opt/venv',
  'WORKDIR /app',
  'COPY requirements.txt .',
];
const INSTALL = 'RUN /opt/venv/bin/pip install -r requirements.txt';
const ENV = ['ENV VIRTUAL_ENV=/opt/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const START = 'CMD ["supervisord", "-n", "-c", "/etc/app.conf"]';
const COPIES = ['COPY app.py .', 'COPY app.conf /etc/app.conf'];
const FILES = { 'app.py': 'import flask\n', 'requirements.txt': 'flask\n' };

interface Case {
  readonly conf: readonly string[];
  readonly rest?: readonly string[];
  readonly more?: Row['files'];
  readonly findings?: readonly string[];
}

const made = (rest: readonly string[], env: readonly string[] = []): string =>
  lines(...HEAD.slice(0, 3), ...env, ...HEAD.slice(3), INSTALL, ...rest);

/** What is started misses the environment, and ENV brings it. */
const outside = (name: string, { conf, rest = [...COPIES, START], more = {} }: Case): Row => ({
  name,
  id: 'venv-on-path',
  files: { Dockerfile: made(rest), 'app.conf': lines(...conf), ...FILES, ...more },
  after: { Dockerfile: made(rest, ENV) },
});

/** Nothing changes. */
const still = (name: string, { conf, rest = [...COPIES, START], more = {}, findings = [] }: Case): Row => ({
  name,
  id: 'venv-on-path',
  files: { Dockerfile: made(rest), 'app.conf': lines(...conf), ...FILES, ...more },
  findings,
});

const ENTERED = 'who enters the container';
const BY_ITSELF = `Dockerfile:9:1 advice: \`python app.py\` (app.conf) runs in /opt/venv by a PATH of its own; ${ENTERED}`;

export const supervised: readonly Row[] = [
  outside('a program of supervisord runs the system Python', {
    conf: ['[supervisord]', 'nodaemon=true', '[program:web]', 'command=python app.py ; the server', 'directory=/app'],
  }),
  outside('a program of supervisord is not found along PATH', {
    conf: ['[program:web]', 'command = gunicorn', '  app:app'],
  }),
  outside('a program of an included file of supervisord', {
    conf: ['[include]', 'files = conf.d/*.ini'],
    rest: ['COPY app.py .', 'COPY app.conf /etc/app.conf', 'COPY web.ini /etc/conf.d/', START],
    more: { 'web.ini': lines('[program:web]', 'command=%(here)s/../../usr/local/bin/python /app/app.py') },
  }),
  outside('the configuration of the package of Debian includes a folder', {
    conf: ['[program:web]', 'command=python /app/app.py'],
    rest: ['COPY app.py .', 'COPY app.conf /etc/supervisor/conf.d/', 'CMD ["/usr/bin/supervisord", "-n"]'],
  }),
  outside('a configuration that the Dockerfile writes', {
    conf: [],
    rest: ['COPY app.py .', 'COPY <<EOF /etc/app.conf', '[program:web]', 'command=python app.py', 'EOF', START],
  }),
  outside('a shell that supervisord starts', { conf: ['[program:web]', 'command=bash -c "cd /app && python app.py"'] }),
  outside('a program that gets another variable', {
    conf: ['[program:web]', 'environment=A=\'1, 2\',HOME="/app"', 'command=python app.py'],
  }),
  still('a program whose own PATH has the environment', {
    conf: ['[program:web]', 'environment=PATH="/opt/venv/bin:%(ENV_PATH)s"', 'command=python app.py'],
    findings: [BY_ITSELF],
  }),
  still('a PATH that all programs get has the environment', {
    conf: ['[supervisord]', 'environment=PATH="/opt/venv/bin:/usr/bin:/bin"', '[program:web]', 'command=python app.py'],
    findings: [BY_ITSELF],
  }),
  still('a program by its path', {
    conf: ['[program:web]', 'command=/opt/venv/bin/python app.py'],
    findings: [
      `Dockerfile:9:1 advice: \`/opt/venv/bin/python app.py\` (app.conf) runs in /opt/venv by its path; ${ENTERED}`,
    ],
  }),
  still('a program that supervisord does not start by itself, and one whose variables cannot be read', {
    conf: [
      '[program:job]',
      'autostart=false',
      'command=python app.py',
      '[program:odd]',
      'environment=PATH /opt/venv/bin',
      'command=python app.py',
    ],
  }),
  still('a program that needs no packages', { conf: ['[program:web]', 'command=python -m http.server'] }),
  still('a section that is no program, and a file that is no configuration', {
    conf: ['[group:all]', 'command=python app.py', 'programs=web'],
    rest: ['COPY app.py .', 'COPY app.conf /etc/other.conf', START],
  }),
  {
    name: 'supervisord keeps the PATH of ENV',
    id: 'venv-on-path',
    files: {
      Dockerfile: made([...COPIES, START], ENV),
      'app.conf': lines('[program:web]', 'command=python app.py', 'user=nobody'),
      ...FILES,
    },
  },
];
