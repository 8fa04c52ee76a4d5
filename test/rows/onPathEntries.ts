// PATH entries, variables, exports and crontabs that do not mean what is written.

import { lines, type Row } from './row.ts';

const APP = { 'app.py': 'import flask\n', 'requirements.txt': 'flask\n', '.dockerignore': '.venv\n' };
const BASE = 'FROM python:3.12-slim';
const MADE = [BASE, 'WORKDIR /app', 'RUN python -m venv /app/venv'];
const REST = [
  'COPY requirements.txt .',
  'RUN /app/venv/bin/pip install -r requirements.txt',
  'COPY app.py .',
  'CMD ["python", "app.py"]',
];
const STRAY = 'ENV PATH=/opt/venv/bin:$PATH';
const ON_PATH = 'ENV PATH="/app/venv/bin:$PATH"';

const row = (name: string, dockerfile: readonly string[], more: Partial<Row> = {}): Row => ({
  name,
  id: 'venv-on-path',
  ...more,
  files: { Dockerfile: lines(...dockerfile), ...APP, ...more.files },
});

const entry = (name: string, env: string, meant: string): Row =>
  row(name, [...MADE, env, ...REST], { after: { Dockerfile: lines(...MADE, meant, ...REST) } });

export const onPathEntries: readonly Row[] = [
  row('a relative entry is looked up where a process is', [...MADE, 'ENV PATH="venv/bin:$PATH"', ...REST], {
    findings: [
      'Dockerfile:4:1 fragile: `venv/bin` on PATH is relative: it is looked up in the folder that each process happens to be in. Write the whole path (`/app/venv/bin`).',
    ],
  }),
  row(
    'a tilde is not expanded',
    [BASE, 'RUN python -m venv /root/venv', 'ENV PATH="~/venv/bin:$PATH"', 'CMD ["python"]'],
    {
      findings: [
        'Dockerfile:3:1 fragile: `~/venv/bin` on PATH begins with a `~`, which Docker does not expand: programs that no shell starts do not find it. Write the whole path (`/root/venv/bin`).',
      ],
    },
  ),
  entry(
    'an ENV does not see what it sets itself',
    'ENV VENV=/app/venv PATH="$VENV/bin:$PATH"',
    'ENV VENV=/app/venv PATH="/app/venv/bin:$PATH"',
  ),
  row(
    "an entry of another stage's variable",
    [BASE, 'ENV VENV=/app/venv', 'FROM python:3.12-slim', 'ENV PATH="$VENV/bin:$PATH"', 'CMD ["python"]'],
    {
      findings: [
        'Dockerfile:4:1 fragile: `$VENV/bin` on PATH is `/bin`: `VENV` is empty there: line 2 sets it for another stage.',
      ],
    },
  ),
  row(
    'a name of a cache changes',
    [BASE, 'ENV PATH="/root/.cache/pypoetry/virtualenvs/shop-9TtSrW0h-py3.12/bin:$PATH"', 'CMD ["python"]'],
    {
      findings: ['Dockerfile:2:1 has a hash of the project'],
    },
  ),
  row('a variable that is set above means its value', [
    BASE,
    'ENV VENV=/opt/x',
    'ENV PATH="$VENV/bin:$PATH"',
    'CMD ["python"]',
  ]),
  row('an argument may have any value', [BASE, 'ARG VENV', 'ENV PATH="$VENV/bin:$PATH"', 'CMD ["python"]']),
  row('the home of a user is a whole path', [BASE, 'ENV PATH="/root/.local/bin:$PATH"', 'CMD ["python"]']),
  row('a base of which nothing is known may set the variable', [
    'FROM registry.example/base',
    'ENV PATH="$VENV/bin:$PATH"',
    'CMD ["x"]',
  ]),

  row(
    'a command by a variable that is set later',
    [BASE, 'RUN $VENV/bin/pip install flask', 'ENV VENV=/usr/local', 'CMD ["bash"]'],
    {
      findings: ['Dockerfile:2:1 broken: `$VENV/bin` is `/bin` in this RUN: line 3 sets `VENV` later.'],
    },
  ),
  row('a command by a variable of its own RUN', [
    BASE,
    'RUN VENV=/usr/local && $VENV/bin/pip install flask',
    'ENV VENV=/usr/local',
    'CMD ["bash"]',
  ]),

  row('an export ends with its RUN', [BASE, 'RUN export PATH=/opt/x/bin:$PATH', 'CMD ["bash"]'], {
    findings: [
      'Dockerfile:2:1 fragile: `export PATH=/opt/x/bin:$PATH` ends with its RUN: no later line has this PATH.',
    ],
  }),
  row('an export that the rest of its RUN uses', [
    BASE,
    'RUN export PATH=/opt/x/bin:$PATH && which python',
    'CMD ["bash"]',
  ]),
  row('an export of another variable', [BASE, 'RUN export LANG=C', 'CMD ["bash"]']),
  row('pipenv shell ends with its RUN', [BASE, 'RUN pip install pipenv', 'RUN pipenv shell', 'CMD ["bash"]'], {
    findings: ['Dockerfile:3:1 fragile: `pipenv shell` opens a shell that ends with its RUN'],
  }),

  row(
    'cron has a PATH of its own',
    [...MADE, ON_PATH, ...REST.slice(0, 2), 'COPY jobs /etc/cron.d/jobs', 'CMD ["cron", "-f"]'],
    {
      files: { jobs: '# every hour\n0 * * * * root python /app/app.py >> /var/log/app.log\n' },
      findings: [
        "jobs:2:1 fragile: cron starts `python` with a PATH of its own: it is the system's, without the packages in /app/venv.",
      ],
    },
  ),
  row(
    'a crontab that sets PATH',
    [...MADE, ON_PATH, ...REST.slice(0, 2), 'COPY jobs /etc/cron.d/jobs', 'CMD ["cron", "-f"]'],
    {
      files: { jobs: 'PATH=/app/venv/bin:/usr/bin:/bin\n0 * * * * root python /app/app.py\n' },
    },
  ),
  row(
    'a crontab that names the whole path',
    [...MADE, ON_PATH, ...REST.slice(0, 2), 'COPY jobs /etc/cron.d/jobs', 'CMD ["cron", "-f"]'],
    {
      files: { jobs: '0 * * * * root /app/venv/bin/python /app/app.py\n' },
    },
  ),
  row('a login shell sets PATH anew', [...MADE, ON_PATH, ...REST.slice(0, 3), 'CMD ["bash", "-lc", "python app.py"]'], {
    findings: [
      'Dockerfile:8:1 fragile: `python app.py` runs the system Python: a login shell sets PATH anew, without /app/venv.',
    ],
  }),

  row('an entry that is relative by its variable', [...MADE, 'ENV HERE=venv', 'ENV PATH="$HERE/bin:$PATH"', ...REST], {
    findings: [
      'Dockerfile:5:1 fragile: `$HERE/bin` on PATH is `venv/bin`, which is relative: it is looked up in the folder that each process happens to be in. Write the whole path (`/app/venv/bin`).',
    ],
  }),
  row(
    'a relative VIRTUAL_ENV is said once',
    [...MADE, 'ENV VIRTUAL_ENV=venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"', ...REST],
    {
      findings: [
        'Dockerfile:4:1 fragile: `VIRTUAL_ENV=venv` is relative: it, and an entry of PATH that begins with it, is looked up in the folder that each process happens to be in. Write the whole path (`VIRTUAL_ENV=/app/venv`).',
      ],
    },
  ),
  row('an entry for an environment that stands elsewhere', [...MADE, STRAY, ...REST], {
    findings: [
      'Dockerfile:4:1 broken: `/opt/venv/bin` on PATH is the folder of an environment that nothing makes: the one that has the packages stands at /app/venv. Write `/app/venv/bin` there, or make the environment at /opt/venv.',
    ],
  }),
  row(
    'a stray entry that no start needs',
    [...MADE, STRAY, ...REST.slice(0, 3), 'CMD ["/app/venv/bin/python", "app.py"]'],
    {
      findings: ['Dockerfile:4:1 fragile: `/opt/venv/bin` on PATH is the folder of an environment that nothing makes'],
    },
  ),
  row('a file of the repository names the folder of an entry', [...MADE, STRAY, ...REST], {
    files: { 'setup.py': 'TARGET = "/opt/venv"\n' },
  }),
  row('a stray entry beside the right one', [...MADE, STRAY, ON_PATH, ...REST]),
  row(
    'another image may bring the environment of an entry',
    [...MADE, STRAY, 'COPY --from=acme/venv:1 /opt /opt', ...REST],
    {
      findings: [],
    },
  ),
  row('the context may bring the environment of an entry', [
    ...MADE,
    'ENV PATH=/srv/venv/bin:$PATH',
    ...REST.slice(0, 2),
    'COPY . /srv',
    'CMD ["python", "/srv/app.py"]',
  ]),
  row('a volume may hold the environment of an entry', [...MADE, STRAY, 'VOLUME /opt/venv', ...REST]),
  row('a script may make the environment of an entry', [...MADE, STRAY, 'COPY setup.sh .', 'RUN sh setup.sh', ...REST]),
  row('a service mounts the environment of an entry', [...MADE, STRAY, ...REST], {
    files: { 'compose.yaml': lines('services:', '  web:', '    build: .', '    volumes:', '      - ./venv:/opt/venv') },
  }),
];
