// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

const SEE = "docker run --rm --entrypoint sh IMAGE -c 'command -v python; python -m pip list'";
const WRITE =
  '`ENV VIRTUAL_ENV=/opt/venv` and `ENV PATH="$VIRTUAL_ENV/bin:$PATH"` behind the line that makes the environment.';

export const PROGRAM_OUTSIDE: Diagnosis = {
  id: 'program-outside-venv',
  level: 'broken',
  title: 'A program runs outside the environment that has its packages',
  means:
    'The packages were installed into a virtual environment, and the program is found along PATH, where that environment is not: it runs the system Python (ModuleNotFoundError), or there is no such program (exit 127).',
  see: SEE,
  write: WRITE,
};

export const SHELL_OUTSIDE: Diagnosis = {
  id: 'shell-outside-venv',
  level: 'fragile',
  title: 'Who enters the container is outside of its environment',
  means:
    'What starts with the container gets to the environment by itself (an entry script activates it, or its programs are named by their paths). `docker exec python`, another command and child processes get the system Python, without the packages.',
  see: 'docker exec CONTAINER python -m pip list',
  write: WRITE,
};

export const ON_PATH_DIAGNOSES = [PROGRAM_OUTSIDE, SHELL_OUTSIDE];
