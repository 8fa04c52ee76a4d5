// Rows of split-dependency-copy: commands that go with the code.

import type { Row } from './row.ts';
import { heldBy, split } from './splitRow.ts';

const FILES = { 'run.sh': 'echo\n', 'stop.sh': 'echo\n' };
const INSTALL = 'RUN pip install -r requirements.txt';

export const splitFollowers: readonly Row[] = [
  heldBy(
    'a change of the code that may not be made does not go with it',
    ['RUN chmod +x run.sh || chmod +x stop.sh'],
    '`chmod +x run.sh` may touch what is copied',
    FILES,
  ),
  heldBy(
    'a change of the code that writes another file does not go with it',
    ['RUN rm -v run.sh > /tmp/gone'],
    'may touch what is copied',
    FILES,
  ),
  heldBy(
    'a change of the code after the example of a file does not go with it',
    ['RUN chown --reference=/etc/hosts run.sh stop.sh'],
    'may touch what is copied',
    FILES,
  ),
  heldBy(
    'a removal from a mounted folder does not go with the code',
    ['RUN --mount=type=cache,target=cache rm -r cache/old'],
    'mounts something where the code is copied',
    { 'cache/old/a': '' },
  ),
  heldBy(
    'a here-document that changes the code does not go with it',
    ['RUN <<EOF', 'chmod +x run.sh', 'EOF'],
    'may touch what is copied',
    FILES,
  ),
  heldBy(
    'a list that changes the code does not go with it',
    ['RUN ["chmod", "+x", "run.sh"]'],
    'may touch what is copied',
    FILES,
  ),
  heldBy(
    'a change of the code in the background does not go with it',
    ['RUN chmod +x run.sh &'],
    'it starts something in the background',
    FILES,
  ),
  heldBy(
    'a change of the code for another shell does not go with it',
    ['RUN chmod +x run.sh', 'SHELL ["/bin/bash", "-c"]'],
    'changes the code, and USER, WORKDIR or SHELL changes before the install',
    FILES,
  ),
  split({
    name: 'a removal of the folder that holds what is installed does not go with the code',
    files: { 'build/make.sh': '', '.dockerignore': 'build/venv\n' },
    image: [
      'ENV VIRTUAL_ENV=/app/build/venv PATH=/app/build/venv/bin:$PATH',
      'COPY . .',
      'RUN rm -r build',
      'RUN python -m venv build/venv',
      INSTALL,
    ],
    findings: ['Dockerfile:4:1 may touch what is installed'],
  }),
];
