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

export const OTHER_ENVIRONMENT: Diagnosis = {
  id: 'packages-elsewhere',
  level: 'broken',
  title: 'A program runs in a Python that the packages were not installed into',
  means:
    'poetry, pipenv and uv each have a rule of their own for where they install, and for what `run` starts. Where the two are not the same place the program starts without its packages (ModuleNotFoundError), or the environment is made anew at every start.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'command -v python; python -m pip list; poetry env info; pipenv --venv'",
  write:
    'One place for both: `ENV POETRY_VIRTUALENVS_CREATE=false`, `pipenv install --system` with the program named by itself, or an environment in the project and ENV PATH for it.',
};

export const MEANINGLESS_PATH: Diagnosis = {
  id: 'path-entry-without-meaning',
  level: 'fragile',
  title: 'An entry of PATH does not mean what is written',
  means:
    'Docker expands variables that are set before the line, and nothing else: `~` stays a character, a relative entry is looked up in the folder that a process happens to be in, a variable that the same ENV sets, or that another stage has, is empty.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'echo $PATH'",
  write: 'The whole path (`ENV PATH="/opt/venv/bin:$PATH"`), or the variable on a line of its own above it.',
};

export const ENDS_WITH_ITS_RUN: Diagnosis = {
  id: 'setting-ends-with-its-run',
  level: 'fragile',
  title: 'What a RUN sets for its shell ends with it',
  means:
    'Each RUN is a process of its own. A variable that it exports, and a shell that it opens (`poetry shell`, `pipenv shell`), are gone when it ends; only files stay.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'echo $PATH'",
  write: '`ENV PATH="/opt/venv/bin:$PATH"`.',
};

export const EMPTY_VARIABLE: Diagnosis = {
  id: 'variable-set-too-late',
  level: 'broken',
  title: 'A path begins with a variable that is empty there',
  means:
    'A variable holds from the line that sets it on. Before that line, and in another stage, it is empty: `$VENV/bin/pip` is `/bin/pip`.',
  see: 'docker build --progress=plain .',
  write: 'The ENV or ARG above the line that uses it.',
};

export const PATH_RESET: Diagnosis = {
  id: 'path-is-reset',
  level: 'fragile',
  title: 'A program is started with a PATH that is not that of ENV',
  means:
    'cron, a login shell, `su -` and `sudo` start with a PATH of their own: the environment that ENV has on PATH is not on it, and the system Python runs.',
  see: "docker run --rm --entrypoint sh IMAGE -lc 'command -v python'",
  write:
    'The absolute path (`/opt/venv/bin/python`), `PATH=...` as the first line of the crontab, or a file in /etc/profile.d.',
};

export const HANDLER_OUTSIDE: Diagnosis = {
  id: 'handler-outside-venv',
  level: 'broken',
  title: 'A Lambda handler imports what lies in an environment',
  means:
    'The runtime of a Lambda image imports the handler with the Python of the image and looks in LAMBDA_TASK_ROOT. It never looks into a virtual environment, whatever PATH and VIRTUAL_ENV say.',
  see: "docker run --rm --entrypoint /var/lang/bin/python3 IMAGE -c 'import MODULE_OF_THE_HANDLER'",
  write: '`uv pip install -r requirements.txt --target "$LAMBDA_TASK_ROOT"`, or pip with `--target`.',
};

export const NO_PYTHON_IN_IMAGE: Diagnosis = {
  id: 'no-python-in-image',
  level: 'broken',
  title: 'A start calls a Python that the image has not',
  means:
    'The images of Debian, Ubuntu and Alpine come without Python, and the package python3 of Debian 11 and Ubuntu 20.04 on brings no program `python`: the container does not start (exit 127).',
  see: "docker run --rm --entrypoint sh IMAGE -c 'command -v python3 python'",
  write: '`FROM python:3.12-slim`, or the package python3 and `CMD ["python3", "app.py"]`.',
};

export const USER_INSTALL_OFF_PATH: Diagnosis = {
  id: 'user-install-off-path',
  level: 'broken',
  title: 'pip installs for a user, whose folder of programs is not on PATH',
  means:
    '`pip install --user`, and any pip of a user who may not write to the system, put programs into `~/.local/bin`, which no image of Python has on PATH: `gunicorn` is not found (exit 127), while `python -m gunicorn` is.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'ls ~/.local/bin; echo $PATH'",
  write: '`ENV PATH="/home/app/.local/bin:$PATH"`, with the home of the user.',
};

export const ENVIRONMENT_UNUSED: Diagnosis = {
  id: 'venv-never-used',
  level: 'advice',
  title: 'An environment is made and never used',
  means:
    'A step makes an environment, and no step installs into it, no program runs in it, and nothing names it. The packages are elsewhere: it costs space, and whoever reads the file takes it for where they are.',
  see: "docker run --rm --entrypoint sh IMAGE -c '/opt/venv/bin/python -m pip list; python -m pip list'",
  write: `Take the line out, or ${WRITE}`,
};

export const ON_PATH_DIAGNOSES = [
  NO_PYTHON_IN_IMAGE,
  USER_INSTALL_OFF_PATH,
  HANDLER_OUTSIDE,
  PROGRAM_OUTSIDE,
  SHELL_OUTSIDE,
  OTHER_ENVIRONMENT,
  MEANINGLESS_PATH,
  ENDS_WITH_ITS_RUN,
  EMPTY_VARIABLE,
  PATH_RESET,
  ENVIRONMENT_UNUSED,
];
