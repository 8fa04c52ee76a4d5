// Rows of activate-to-env: how activations are cut out of their steps, and the comments around them.

import { lines, type Row } from './row.ts';

const MADE = ['FROM python:3.12-slim', 'RUN python -m venv /venv'];
const ENV = ['ENV VIRTUAL_ENV=/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];

/** Steps below the environment, and what becomes of them where ENV stands. */
const cut = (name: string, before: readonly string[], after: readonly string[]): Row => ({
  name,
  id: 'activate-to-env',
  files: { Dockerfile: lines(...MADE, ...before) },
  after: { Dockerfile: lines(...MADE, ...ENV, ...after) },
});

/** A first step that is left, and a part of the reason. */
const left = (name: string, says: string, ...steps: readonly string[]): Row => ({
  name,
  id: 'activate-to-env',
  files: { Dockerfile: lines(...MADE, ...steps) },
  findings: [`Dockerfile:3:1 ${says}`],
});

const operators: readonly Row[] = [
  {
    name: 'a script that leaves the environment for the step that activates it holds the activation',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        ...MADE,
        'COPY leave.sh /leave.sh',
        'RUN . /venv/bin/activate && pip install flask && . /leave.sh',
      ),
      'leave.sh': 'deactivate\n',
    },
    findings: ['Dockerfile:4:1 its deactivate cannot be cut out alone'],
  },
  left(
    'a text that writes a file as it activates is no activation alone',
    'it does more than activate',
    'RUN bash -c ". /venv/bin/activate > active.log" && pip install flask',
    'CMD /venv/bin/python app.py',
  ),
  left(
    'a text behind a pipe is not cut',
    'it stands in a text that cannot be cut out alone',
    'RUN echo y | bash -c ". /venv/bin/activate" && cat active.log',
  ),
  left(
    'deactivate where the install fails is a way of its own',
    'its deactivate cannot be cut out alone',
    'RUN . /venv/bin/activate && pip install flask || deactivate; ls /venv',
  ),
  left(
    'the second of two spellings also runs where the command before fails',
    'it stands behind && and before ||',
    'RUN cd /tmp && source /venv/bin/activate || . /venv/bin/activate; pip install flask',
  ),
  left(
    'under set -e a command before && may fail',
    'under `set -e` the command before it would end the step where it fails',
    'RUN set -e; cd /tmp && . /venv/bin/activate; pip install flask',
  ),
  left(
    'under set -e a group ends with its last command',
    'under `set -e` the group around it would end otherwise',
    'RUN set -e; { cd /tmp && . /venv/bin/activate; }; pip install flask',
  ),
];

const comments: readonly Row[] = [
  left(
    'a comment before an activation at the end holds it',
    'a comment stands between it and the command before',
    'RUN cd /tmp && \\',
    '    # all tools are below',
    '    . /venv/bin/activate',
  ),
  cut(
    'a comment above a step of several lines that speaks of the activation goes',
    ['# activate the environment', 'RUN . /venv/bin/activate && \\', '    pip install flask'],
    ['RUN pip install flask'],
  ),
  cut(
    'a comment of a line that begins with the activation goes',
    ['RUN cd /tmp && \\', '    # activate the environment', '    . /venv/bin/activate && pip install flask'],
    ['RUN cd /tmp && \\', '    pip install flask'],
  ),
  left(
    'a comment behind an operator without a backslash holds the activation',
    'a comment stands between it and the command behind',
    'RUN <<EOF',
    '. /venv/bin/activate &&',
    '# the web',
    'pip install flask',
    'EOF',
  ),
];

const services: readonly Row[] = [
  {
    name: 'a service whose script activates has no activation in its command',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE, 'COPY start.sh /start.sh', 'CMD ["/venv/bin/python"]'),
      'start.sh': '. /venv/bin/activate\nexec python app.py\n',
      'compose.yaml': lines('services:', '  web:', '    build: .', '    command: sh /start.sh'),
    },
  },
  {
    name: 'a service with words for an entrypoint that activates has no activation in its command',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE, 'ENTRYPOINT . /venv/bin/activate > active.log && exec python app.py'),
      'compose.yaml': lines('services:', '  web:', '    build: .', '    command: --debug'),
    },
    findings: ['Dockerfile:3:1 it does more than activate'],
  },
  left(
    'an interactive shell may have another PATH',
    'an interactive shell reads .bashrc',
    'CMD ["bash", "-ic", ". /venv/bin/activate && python app.py"]',
  ),
];

export const activation: readonly Row[] = [...operators, ...comments, ...services];
