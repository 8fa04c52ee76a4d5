// Rows of split-dependency-copy: a RUN that is cut before the command that needs the code, and RUNs that stay whole.

import type { Row } from './row.ts';
import { split } from './splitRow.ts';

const INSTALL = 'pip install -r requirements.txt';
const NEEDS = 'python manage.py collectstatic';

/** `run` becomes `first`, the code, and `second`. */
const cut = (name: string, run: string, [first, second]: readonly [string, string], more: Partial<Row> = {}): Row =>
  split({
    name,
    image: ['COPY . .', `RUN ${run}`],
    becomes: ['COPY requirements.txt .', `RUN ${first}`, 'COPY . .', `RUN ${second}`],
    ...more,
  });

/** It stays as it is. */
const whole = (name: string, run: string, why = 'may need the code'): Row =>
  split({
    name,
    image: ['COPY . .', `RUN ${run}`],
    findings: [`Dockerfile:3:1 slow: Every change of the code runs`].map(
      (said) => `${said} \`${INSTALL}\` again: \`COPY . .\` comes before it. Left as it is: \`${NEEDS}\` ${why}`,
    ),
  });

export const splitCuts: readonly Row[] = [
  cut('a RUN is cut before what needs the code', `${INSTALL} && ${NEEDS}`, [INSTALL, NEEDS], {
    fixes: ['Its RUN is cut before `python manage.py collectstatic`, which needs the code.'],
  }),
  cut(
    'what stands before the install comes with it',
    `apt-get update && apt-get install -y gcc && ${INSTALL} && ${NEEDS}`,
    [`apt-get update && apt-get install -y gcc && ${INSTALL}`, NEEDS],
  ),
  cut('set -ex holds for each half by itself', `set -ex && ${INSTALL} && ${NEEDS}`, [`set -ex && ${INSTALL}`, NEEDS]),
  cut('what follows on lines of its own stays as it is written', `${INSTALL} \\\n && ${NEEDS} \\\n && echo done`, [
    INSTALL,
    `${NEEDS} \\\n && echo done`,
  ]),
  cut(
    'a cache that is mounted is mounted for both halves',
    `--mount=type=cache,target=/root/.cache/pip ${INSTALL} && ${NEEDS}`,
    [`--mount=type=cache,target=/root/.cache/pip ${INSTALL}`, `--mount=type=cache,target=/root/.cache/pip ${NEEDS}`],
  ),
  cut('a variable for one command ends with it', `A=1 ${INSTALL} && ${NEEDS}`, [`A=1 ${INSTALL}`, NEEDS]),
  whole('what may fail is not cut off', `${INSTALL} && ${NEEDS} || true`),
  whole('commands behind a semicolon run whatever came before', `${INSTALL}; ${NEEDS}`),
  whole('a folder that is entered holds for what follows', `cd /app && ${INSTALL} && ${NEEDS}`),
  whole('a variable that is exported holds for what follows', `export A=1 && ${INSTALL} && ${NEEDS}`),
  whole('a variable that is set holds for what follows', `A=1 && ${INSTALL} && ${NEEDS}`),
  whole('set -u holds for what follows', `set -eu && ${INSTALL} && ${NEEDS}`),
  whole('an assignment in an expansion holds for what follows', `echo \${A:=1} && ${INSTALL} && ${NEEDS}`),
  whole('what follows frees what the install left', `${INSTALL} && ${NEEDS} && rm -rf /root/.cache`),
  whole('what follows uninstalls what the install needed', `${INSTALL} && ${NEEDS} && pip uninstall -y wheel`),
  whole('/etc/hosts is written for one RUN alone', `echo "10.0.0.1 db" >> /etc/hosts && ${INSTALL} && ${NEEDS}`),
  whole('a file in /dev/shm is there for one RUN alone', `echo x > /dev/shm/x && ${INSTALL} && ${NEEDS}`),
  cut('/dev/null is there for each RUN', `apt-get update > /dev/null && ${INSTALL} && ${NEEDS}`, [
    `apt-get update > /dev/null && ${INSTALL}`,
    NEEDS,
  ]),
  whole(
    'what follows takes a secret out again',
    `${INSTALL} && ${NEEDS} && git config --global --unset url.x.insteadOf`,
  ),
  whole('what follows asks how the last command ended', `${INSTALL} && ${NEEDS} && echo $?`),
  whole('a secret is mounted for the whole', `--mount=type=secret,id=a ${INSTALL} && ${NEEDS}`),
  whole('a comment stands between the two', `${INSTALL} && \\\n# static files\n ${NEEDS}`),
  whole('what needs the code comes first', `${NEEDS} && ${INSTALL}`),
  whole('a group runs in one shell', `{ ${INSTALL} && ${NEEDS}; }`),
  split({
    name: 'a here-document is one shell',
    image: ['COPY . .', 'RUN <<EOF', INSTALL, NEEDS, 'EOF'],
    findings: [`Dockerfile:3:1 Left as it is: \`${NEEDS}\` may need the code`],
  }),
  split({
    name: 'a list has no `&&`',
    image: ['COPY . .', `RUN ["sh", "-c", "${INSTALL} && ${NEEDS}"]`],
    findings: [`Dockerfile:3:1 Left as it is: \`${NEEDS}\` may need the code`],
  }),
];
