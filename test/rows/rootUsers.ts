// Rows of run-as-non-root.

import { lines, type Row } from './row.ts';

const START = 'CMD ["python", "app.py"]';
const SAID = 'advice: What starts here is root: no USER stands above it.';

const row = (name: string, text: readonly string[], more: Partial<Row> = {}): Row => ({
  name,
  id: 'run-as-non-root',
  ...more,
  files: { Dockerfile: lines('FROM python:3.12-slim', ...text), 'app.py': 'import os\n', ...more.files },
});

export const rootUsers: readonly Row[] = [
  row('nothing names a user', [START], { findings: [`Dockerfile:2:1 ${SAID}`] }),
  row('a USER that is root', ['USER 0:0', START], { findings: [`Dockerfile:3:1 ${SAID}`] }),
  row('Alpine has a word of its own', [], {
    files: { Dockerfile: lines('FROM python:3.12-alpine', 'EXPOSE 8000 443/tcp', START) },
    findings: [
      'Dockerfile:3:1 Write `RUN adduser -D app` and `USER app` above this line, and `--chown=app` on the COPY of what it writes to. Port 443',
    ],
  }),
  row('a USER', ['RUN useradd app', 'USER app', START]),
  row('a USER that is root only for the build', ['USER root', 'RUN useradd app', 'USER app', START]),
  row('a user that an argument names', ['ARG RUN_AS', 'USER ${RUN_AS}', START]),
  row('a start that becomes another user', ['ENTRYPOINT ["gosu", "app"]', START]),
  row('a script that becomes another user', ['COPY entry.sh /', 'ENTRYPOINT ["sh", "/entry.sh"]', START], {
    files: { 'entry.sh': lines('chown -R app /data', 'exec su-exec app "$@"') },
  }),
  row('a program that cannot be read', ['CMD ["/opt/start"]']),
  row('a container that only waits', ['CMD ["sleep", "infinity"]']),
  row('a base that may have a user', [], { files: { Dockerfile: lines('FROM acme/python:3', START) } }),
  row('a service that names a user', [START], {
    files: { 'compose.yml': lines('services:', '  web:', '    build: .', '    user: "1000"') },
  }),
  row('a program that starts others', ['CMD ["supervisord", "-n"]']),
];
