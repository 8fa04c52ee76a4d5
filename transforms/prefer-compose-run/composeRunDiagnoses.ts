// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

export const EXEC_OUTSIDE: Diagnosis = {
  id: 'exec-beside-entry-script',
  level: 'broken',
  title: 'A line enters a container beside the script that activates its environment',
  means:
    'The entry script of the image activates the environment and then starts the command that it is given. `docker compose exec` starts its command in the running container, where nothing is activated: it runs the system Python (ModuleNotFoundError), or finds no such program (exit 127). `docker compose run` starts a new container by the entry script.',
  see: "docker compose exec SERVICE sh -c 'command -v python; python -m pip list'",
  write:
    '`docker compose run --rm SERVICE python manage.py migrate`, or ENV VIRTUAL_ENV and ENV PATH in the Dockerfile.',
};
