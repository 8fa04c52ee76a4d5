// Rows of activate-to-env: a CMD that activates and starts a program, and when it becomes a list.

import { lines, type Row } from './row.ts';

const MADE = ['FROM python:3.12-slim AS worker', 'RUN python -m venv /venv && /venv/bin/pip install flask'];
const ENV = ['ENV VIRTUAL_ENV=/venv', 'ENV PATH="$VIRTUAL_ENV/bin:$PATH"'];

/** Two images of one environment: the CMD of the first becomes a list, whatever becomes of the second one's. */
const cmd = (name: string, before: string, after: string): Row => ({
  name,
  id: 'activate-to-env',
  files: {
    Dockerfile: lines(...MADE, 'CMD . /venv/bin/activate && python worker.py', 'FROM worker', before),
  },
  after: { Dockerfile: lines(...MADE, ...ENV, 'CMD ["python", "worker.py"]', 'FROM worker', after) },
});

/** A CMD that is left, and a part of the reason. */
const left = (name: string, text: string, says: string): Row => ({
  name,
  id: 'activate-to-env',
  files: { Dockerfile: lines(...MADE, text) },
  findings: [`Dockerfile:3:1 ${says}`],
});

const keepsItsShell: readonly Row[] = [
  cmd(
    'a shell in a shell keeps the outer one',
    `CMD ["sh", "-c", "bash -c '. /venv/bin/activate && python app.py'"]`,
    `CMD ["sh", "-c", "bash -c 'python app.py'"]`,
  ),
  cmd(
    'a CMD that activates twice keeps its shell',
    'CMD . /venv/bin/activate && . /venv/bin/activate && python app.py',
    'CMD python app.py',
  ),
  cmd('a CMD in a subshell keeps its shell', 'CMD ( . /venv/bin/activate && python app.py )', 'CMD ( python app.py )'),
  cmd(
    'a CMD of two programs keeps its shell',
    'CMD . /venv/bin/activate && python load.py; python app.py',
    'CMD python load.py; python app.py',
  ),
  cmd(
    'a program in the background keeps its shell',
    'CMD ["sh", "-c", ". /venv/bin/activate && python app.py &"]',
    'CMD ["sh", "-c", "python app.py &"]',
  ),
  cmd(
    'a CMD with a pipe keeps its shell',
    'CMD . /venv/bin/activate && python app.py | cat',
    'CMD python app.py | cat',
  ),
  cmd('a CMD that ends with an assignment keeps its shell', 'CMD . /venv/bin/activate && MODE=debug', 'CMD MODE=debug'),
  cmd(
    'a program with a variable of its own keeps its shell',
    'CMD . /venv/bin/activate && MODE=debug python app.py',
    'CMD MODE=debug python app.py',
  ),
  cmd(
    'a program whose output goes to a file keeps its shell',
    'CMD . /venv/bin/activate && python app.py > app.log',
    'CMD python app.py > app.log',
  ),
  cmd('a CMD that only empties a file keeps its shell', 'CMD . /venv/bin/activate && > app.log', 'CMD > app.log'),
  cmd(
    'a CMD with a loop keeps its shell',
    'CMD . /venv/bin/activate && for n in 1 2; do python app.py; done',
    'CMD for n in 1 2; do python app.py; done',
  ),
  cmd(
    'a word with a pattern keeps the shell',
    'CMD . /venv/bin/activate && python app.py *.cfg',
    'CMD python app.py *.cfg',
  ),
  cmd(
    'a word beyond ASCII keeps the shell',
    'CMD . /venv/bin/activate && python app.py --title é',
    'CMD python app.py --title é',
  ),
  cmd('exec alone keeps its shell', 'CMD . /venv/bin/activate && exec', 'CMD exec'),
  cmd('an empty word for a program keeps its shell', 'CMD . /venv/bin/activate && ""', 'CMD ""'),
  cmd(
    'exec with an option keeps its shell',
    'CMD . /venv/bin/activate && exec -a web python app.py',
    'CMD exec -a web python app.py',
  ),
  left(
    'a CMD that activates behind a word keeps its shell',
    'CMD command . /venv/bin/activate && python app.py',
    'it stands where it cannot be cut out alone',
  ),
  cmd(
    'a CMD that changes the folder first keeps its shell',
    'CMD cd /app && . /venv/bin/activate && python app.py',
    'CMD cd /app && python app.py',
  ),
  cmd('a program behind `;` keeps its shell', 'CMD . /venv/bin/activate; python app.py', 'CMD python app.py'),
  left(
    'a CMD whose activation writes a file is left',
    'CMD . /venv/bin/activate > active.log && python app.py',
    'it does more than activate',
  ),
  cmd(
    'a list with a name for its shell keeps it',
    'CMD ["sh", "-c", ". /venv/bin/activate && python app.py", "web"]',
    'CMD ["sh", "-c", "python app.py", "web"]',
  ),
  cmd(
    'a CMD that starts a shell of its own keeps it',
    'CMD bash -c ". /venv/bin/activate && python app.py"',
    'CMD bash -c "python app.py"',
  ),
];

const FOUND: readonly Row[] = [
  {
    name: 'an entrypoint of the base that is not known is given no other words',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        'FROM example/base:1',
        'RUN python3 -m venv /venv',
        ...ENV,
        'RUN pip install flask',
        'CMD . /venv/bin/activate && python app.py',
      ),
    },
    after: {
      Dockerfile: lines(
        'FROM example/base:1',
        'RUN python3 -m venv /venv',
        ...ENV,
        'RUN pip install flask',
        'CMD python app.py',
      ),
    },
  },
  {
    name: 'an entrypoint of the file is given no other words',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(
        ...MADE,
        'ENTRYPOINT ["/usr/bin/tini", "--"]',
        'CMD ["sh", "-c", ". /venv/bin/activate && python app.py"]',
      ),
    },
    after: {
      Dockerfile: lines(...MADE, ...ENV, 'ENTRYPOINT ["/usr/bin/tini", "--"]', 'CMD ["sh", "-c", "python app.py"]'),
    },
  },
  {
    name: 'a relative folder on PATH finds nothing without a shell',
    id: 'activate-to-env',
    files: { Dockerfile: lines(...MADE, 'ENV PATH="$PATH:bin"', 'CMD . /venv/bin/activate && python app.py') },
    after: { Dockerfile: lines(...MADE, ...ENV, 'ENV PATH="$PATH:bin"', 'CMD python app.py') },
  },
  {
    name: 'a program of another folder keeps its shell',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE, 'COPY --from=example/tool:1 /opt /opt', 'CMD . /venv/bin/activate && /opt/tool/serve'),
    },
    after: {
      Dockerfile: lines(...MADE, ...ENV, 'COPY --from=example/tool:1 /opt /opt', 'CMD /opt/tool/serve'),
    },
  },
  {
    name: 'python needs no shell, also where a step names it by its path',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE, 'RUN /venv/bin/python -c pass', 'CMD . /venv/bin/activate && python app.py'),
    },
    after: {
      Dockerfile: lines(...MADE, ...ENV, 'RUN /venv/bin/python -c pass', 'CMD ["python", "app.py"]'),
    },
  },
  {
    name: 'a program of the repository keeps its shell',
    id: 'activate-to-env',
    files: {
      Dockerfile: lines(...MADE, 'COPY tools/ /usr/local/bin/', 'CMD . /venv/bin/activate && serve'),
      'tools/serve': 'exec python -m http.server\n',
    },
    after: { Dockerfile: lines(...MADE, ...ENV, 'COPY tools/ /usr/local/bin/', 'CMD serve') },
  },
];

export const activationCommand: readonly Row[] = [...keepsItsShell, ...FOUND];
