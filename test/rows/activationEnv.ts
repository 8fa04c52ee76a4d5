// Rows of activate-to-env: in which stages and where ENV stands, and how the path is written.

import { lines, type Row } from './row.ts';

const FROM = 'FROM python:3.12-slim';
const MADE = [FROM, 'RUN python -m venv /venv'];
const ENV = ['ENV VIRTUAL_ENV=/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];
const USED = 'RUN . /venv/bin/activate && pip install flask';

const fixed = (name: string, before: readonly string[], after: readonly string[]): Row => ({
  name,
  id: 'activate-to-env',
  files: { Dockerfile: lines(...before) },
  after: { Dockerfile: lines(...after) },
});

const stages: readonly Row[] = [
  fixed(
    'ENV stands once where a later stage makes the same environment anew',
    [`${FROM} AS base`, MADE[1]!, 'FROM base', 'RUN python -m venv --clear /venv', USED],
    [`${FROM} AS base`, MADE[1]!, ...ENV, 'FROM base', 'RUN python -m venv --clear /venv', 'RUN pip install flask'],
  ),
  fixed(
    'a stage that copies the environment and has it on PATH needs no ENV',
    [
      `${FROM} AS build`,
      MADE[1]!,
      USED,
      FROM,
      'COPY --from=build /venv /venv',
      'ENV PATH="/venv/bin:$PATH"',
      'CMD ["python", "app.py"]',
    ],
    [
      `${FROM} AS build`,
      MADE[1]!,
      ...ENV,
      'RUN pip install flask',
      FROM,
      'COPY --from=build /venv /venv',
      'ENV PATH="/venv/bin:$PATH"',
      'CMD ["python", "app.py"]',
    ],
  ),
  fixed(
    'a stage that makes an environment of the same path and activates none is left',
    [`${FROM} AS check`, MADE[1]!, USED, FROM, MADE[1]!, 'CMD ["/venv/bin/python", "app.py"]'],
    [
      `${FROM} AS check`,
      MADE[1]!,
      ...ENV,
      'RUN pip install flask',
      FROM,
      MADE[1]!,
      'CMD ["/venv/bin/python", "app.py"]',
    ],
  ),
];

const places: readonly Row[] = [
  fixed(
    "ENV PATH joins the file's own VIRTUAL_ENV",
    [...MADE, ENV[0]!, USED],
    [...MADE, ...ENV, 'RUN pip install flask'],
  ),
  fixed(
    'the VIRTUAL_ENV of the file has a slash at its end, and PATH has it last',
    [...MADE, 'ENV VIRTUAL_ENV=/venv/', 'ENV PATH="$PATH:/venv/bin/"', USED],
    [
      ...MADE,
      'ENV VIRTUAL_ENV=/venv/',
      'ENV PATH="/venv/bin:$PATH"',
      'ENV PATH="$PATH:/venv/bin/"',
      'RUN pip install flask',
    ],
  ),
  fixed(
    'a variable of another name behind the environment is none of it',
    [...MADE, 'ENV A=/venv', USED],
    [...MADE, ...ENV, 'ENV A=/venv', 'RUN pip install flask'],
  ),
  fixed(
    'an activation below ENV goes with its line',
    [...MADE, ...ENV, 'RUN . /venv/bin/activate', 'RUN pip install flask'],
    [...MADE, ...ENV, 'RUN pip install flask'],
  ),
  fixed(
    'ENV takes the place of an activation with its comment, behind an install of the system',
    [
      ...MADE,
      'RUN pip install --user poetry',
      '# the virtual environment',
      'RUN . /venv/bin/activate',
      USED,
      'CMD ["sh"]',
    ],
    [
      ...MADE,
      'RUN pip install --user poetry',
      '# the virtual environment',
      ...ENV,
      'RUN pip install flask',
      'CMD ["sh"]',
    ],
  ),
  fixed(
    'a stage that copies has ENV behind the copy, also where the other has it late',
    [
      `${FROM} AS build`,
      MADE[1]!,
      'RUN pip install --user poetry',
      USED,
      FROM,
      'COPY --from=build /venv /venv',
      'CMD ["python", "app.py"]',
    ],
    [
      `${FROM} AS build`,
      MADE[1]!,
      'RUN pip install --user poetry',
      ...ENV,
      'RUN pip install flask',
      FROM,
      'COPY --from=build /venv /venv',
      ...ENV,
      'CMD ["python", "app.py"]',
    ],
  ),
];

/** An environment by other words for its path, and the value of VIRTUAL_ENV. */
const spelled = (name: string, above: readonly string[], path: string, value: string): Row =>
  fixed(
    name,
    [FROM, ...above, `RUN python -m venv ${path}`, `RUN . ${path}/bin/activate && pip install flask`],
    [
      FROM,
      ...above,
      `RUN python -m venv ${path}`,
      `ENV VIRTUAL_ENV=${value}`,
      'ENV PATH="$VIRTUAL_ENV/bin:$PATH"',
      'RUN pip install flask',
    ],
  );

const spellings: readonly Row[] = [
  {
    name: 'a path with a quote is not written',
    id: 'activate-to-env',
    files: { Dockerfile: lines(FROM, `RUN python -m venv "/a'b"`, `RUN . "/a'b/bin/activate" && pip install flask`) },
    findings: ["Dockerfile:3:1 the path /a'b cannot be written plainly"],
  },
  {
    name: 'another VIRTUAL_ENV that is set stays',
    id: 'activate-to-env',
    files: { Dockerfile: lines(FROM, 'ENV VIRTUAL_ENV=/opt/other', 'RUN python -m venv /venv', USED) },
    findings: ['Dockerfile:4:1 VIRTUAL_ENV is set to /opt/other already'],
  },
  spelled('a path with a blank is quoted', [], '"/opt/my env"', '"/opt/my env"'),
  spelled('a variable in quotes stays a variable', ['ARG VENV=/venv'], '"$VENV"', '$VENV'),
  spelled('a variable beside a blank is written out', ['ENV OPT=/opt'], '"$OPT/my env"', '"/opt/my env"'),
  spelled('a path with two slashes is written with one', [], '/opt//venv', '/opt/venv'),
  spelled('a relative path of a variable is made absolute', ['ENV DIR=opt'], '$DIR/venv', '/opt/venv'),
  spelled('a variable that is not set is left out', [], '$ROOT/venv', '/venv'),
  fixed(
    'a variable that the step sets itself is written out',
    [FROM, 'ENV VENV=/other', 'RUN VENV=/venv && python -m venv $VENV && . $VENV/bin/activate && pip install flask'],
    [FROM, 'ENV VENV=/other', ...ENV, 'RUN VENV=/venv && python -m venv $VENV && pip install flask'],
  ),
];

export const activationEnv: readonly Row[] = [...stages, ...places, ...spellings];
