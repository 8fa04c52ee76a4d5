// Rows of activate-to-env: what a plan as a whole is held back by, and where it goes on.

import { lines, type Row } from './row.ts';

const MADE = ['FROM python:3.12-slim', 'RUN python -m venv /venv'];
const ENV = ['ENV VIRTUAL_ENV=/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];

/** A first step that is left, and a part of the reason. */
const left = (name: string, says: string, ...steps: readonly string[]): Row => ({
  name,
  id: 'activate-to-env',
  files: { Dockerfile: lines(...MADE, ...steps) },
  findings: [`Dockerfile:3:1 ${says}`],
});

const cuts: readonly Row[] = [
  left(
    'two activations in one line of thought cannot be cut one by one',
    'its activations cannot be cut out one by one',
    'RUN cd /tmp && \\',
    '    # activate the environment',
    '    . /venv/bin/activate && \\',
    '    . /venv/bin/activate; \\',
    '    pip install flask',
  ),
  left('what is left must not become a flag of RUN', 'RUN without a command', 'RUN . /venv/bin/activate && --upgrade'),
  left(
    'what is left must not become a list',
    'it cannot be cut out alone: line 3: CMD becomes',
    'CMD . /venv/bin/activate && ["python", "app.py"]',
  ),
  {
    name: 'a variable that names the whole script is no activation that may go',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE, 'ENV ACTIVATE=/venv/bin/activate', 'RUN . $ACTIVATE && pip install flask'),
    },
    findings: ['Dockerfile:4:1 it cannot be cut out alone: line 4: `. $ACTIVATE` becomes'],
  },
  left('a CMD that only activates is left', 'the CMD does nothing but activate', 'CMD . /venv/bin/activate'),
];

const lists: readonly Row[] = [
  {
    name: 'a shell in a list becomes a list of three words too',
    id: 'activate-to-env',
    files: { Dockerfile: lines(...MADE, 'CMD ["sh", "-c", ". /venv/bin/activate && exec python app.py --debug"]') },
    after: { Dockerfile: lines(...MADE, ...ENV, 'CMD ["python", "app.py", "--debug"]') },
  },
  {
    name: 'a quoted word is one word of the list',
    id: 'activate-to-env',
    files: { Dockerfile: lines(...MADE, 'CMD . /venv/bin/activate && gunicorn "a b"') },
    after: { Dockerfile: lines(...MADE, ...ENV, 'CMD ["gunicorn", "a b"]') },
  },
  {
    name: 'a comment inside a CMD keeps the shell, and stays',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        ...MADE,
        'CMD . /venv/bin/activate && \\',
        '    # one worker, for the database',
        '    gunicorn app:app',
      ),
    },
    after: {
      Dockerfile: lines(...MADE, ...ENV, 'CMD \\', '    # one worker, for the database', '    gunicorn app:app'),
    },
  },
];

const COVERED = [
  'FROM python:3.12-slim',
  'WORKDIR /app',
  'RUN python -m venv venv',
  'RUN . venv/bin/activate',
  'RUN pip install flask',
  'COPY . .',
];

const covers: readonly Row[] = [
  {
    name: 'an ignore file that is too large to read gets no line that lifts a cover',
    id: 'activate-to-env',
    files: { Dockerfile: lines(...COVERED, 'CMD ["python", "app.py"]'), 'app.py': '' },
    kinds: { '.dockerignore': 'file' },
    findings: ['Dockerfile:4:1 copies the build context over /app/venv'],
  },
  {
    name: 'a .dockerignore that .gitignore leaves to everybody is not made to lift a cover',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...COVERED, 'CMD ["python", "app.py"]'),
      'app.py': '',
      '.gitignore': '/.dockerignore\n',
    },
    findings: ['Dockerfile:4:1 copies the build context over /app/venv'],
  },
  {
    name: 'an ignore line that lifts a cover does not lift what else is in the way',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...COVERED, 'RUN pip install --user rich', 'CMD ["python", "app.py"]'),
      'app.py': '',
    },
    findings: ['Dockerfile:4:1 uses --user'],
  },
  {
    name: 'triggers of an image are no matter to an activation that changes nothing',
    id: 'activate-to-env',
    files: { Dockerfile: lines(...MADE, 'RUN . /venv/bin/activate', 'ONBUILD COPY . /app', 'CMD ["sh"]') },
    after: { Dockerfile: lines(...MADE, 'ONBUILD COPY . /app', 'CMD ["sh"]') },
  },
];

export const activationPlan: readonly Row[] = [...cuts, ...lists, ...covers];
