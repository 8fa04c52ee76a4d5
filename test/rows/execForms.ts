// Rows of venv-on-path: lists that are no JSON, and whole commands in one word of a list.

import { lines, type Row } from './row.ts';

const HEAD = ['FROM python:3.12-slim', 'WORKDIR /app', 'COPY main.py .'];

const row = (
  name: string,
  end: readonly string[],
  findings: readonly string[] = [],
  files: Row['files'] = {},
): Row => ({
  name,
  id: 'venv-on-path',
  files: { Dockerfile: lines(...HEAD, ...end), 'main.py': 'import json\n', ...files },
  findings,
});

const compose = (...more: readonly string[]): Row['files'] => ({
  'compose.yaml': lines('services:', '  web:', '    build: .', ...more.map((line) => `    ${line}`)),
});

export const execFormRows: readonly Row[] = [
  row(
    'a list in single quotes is read by a shell',
    ["CMD ['python', 'main.py']"],
    [
      'Dockerfile:4:1 broken: The list of this CMD is no JSON (its quotes are not `"`), so that a shell reads it as text and looks for a program `[python,` (exit 127): the container does not start. Write `CMD ["python", "main.py"]`.',
    ],
  ),
  row(
    'a list of one word in single quotes',
    ["ENTRYPOINT ['./main.py']"],
    ['Dockerfile:4:1 looks for a program `[./main.py]` (exit 127)'],
  ),
  row(
    'a list with a comma at its end',
    ['CMD ["python", "main.py",]'],
    ['Dockerfile:4:1 broken: The list of this CMD is no JSON (a comma before the bracket)'],
  ),
  row(
    'a list with a blank behind its bracket is a test',
    ["CMD [ 'python', 'main.py' ]"],
    ['Dockerfile:4:1 takes `[` for a test of its own: the container does not start'],
  ),
  row(
    'a list with the quotes of a word processor',
    ['CMD [“python”, “main.py”]'],
    ['Dockerfile:4:1 broken: The list of this CMD is no JSON (its quotes are not `"`)'],
  ),
  row(
    'a step in single quotes',
    ["RUN ['pip', 'install', 'six']", 'CMD ["python", "main.py"]'],
    ['Dockerfile:4:1 the build ends here'],
  ),
  row('a CMD that another one replaces does not run', ["CMD ['python', 'main.py']", 'CMD ["python", "main.py"]']),
  row('a test of the shell is a command', ["CMD [ 'a' = 'b' ] || python main.py"]),
  row('a test of the shell alone', ["CMD [ 'a' ]; python main.py"]),
  row('a test of the shell in brackets that holds', ["RUN [ 'a' ]", 'CMD ["python", "main.py"]']),
  row('a list of JSON', ['CMD ["python", "main.py"]']),
  row(
    'a command in one word of a list',
    ['CMD ["python main.py"]'],
    [
      'Dockerfile:4:1 broken: No shell splits `python main.py` in the list of this CMD: it is the name of one program, which there is not, and the container does not start (exit 127). Write `CMD ["python", "main.py"]`.',
    ],
  ),
  row(
    'a tool with its command in one word',
    ['ENTRYPOINT ["pipenv run serve"]'],
    ['Dockerfile:4:1 broken: No shell splits `pipenv run serve` in the list of this ENTRYPOINT'],
  ),
  row(
    'a command for a shell in one word',
    ['CMD ["cd /app && python main.py"]'],
    ['Dockerfile:4:1 Write `CMD cd /app && python main.py`, which a shell reads.'],
  ),
  row(
    'a check in one word',
    ['HEALTHCHECK CMD ["python main.py"]', 'CMD ["python", "main.py"]'],
    ['Dockerfile:4:1 the check never succeeds'],
  ),
  row('a shell is given its command in one word', ['CMD ["sh", "-c", "python main.py"]']),
  row('an entrypoint is given its command in one word', ['ENTRYPOINT ["sh", "-c"]', 'CMD ["python main.py"]']),
  row('a path with a blank', ['CMD ["/opt/my app/run"]']),
  row(
    'a command of one word in the list of a service',
    ['CMD ["python", "main.py"]'],
    ['compose.yaml:4:14 broken: No shell splits `python main.py` in the list of service web'],
    compose('command: ["python main.py"]'),
  ),
  row(
    'a command of a service as a text is split by compose',
    ['CMD ["python", "main.py"]'],
    [],
    compose('command: python main.py'),
  ),
  row(
    'a service gives its own shell a command in one word',
    ['CMD ["python", "main.py"]'],
    [],
    compose('entrypoint: ["sh", "-c"]', 'command: ["python main.py"]'),
  ),
  {
    name: 'a list in single quotes in an image of another language',
    id: 'venv-on-path',
    files: { Dockerfile: lines('FROM node:22', "CMD ['npm', 'start']") },
  },
];
