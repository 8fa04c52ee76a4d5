// What the findings of this transform name.

import type { Diagnosis } from '../../src/model.ts';

export const ACTIVATION_ENDS: Diagnosis = {
  id: 'activation-ends',
  level: 'fragile',
  title: 'An activation ends with its own line',
  means:
    'Each RUN is a shell of its own, and so are CMD and `docker exec`. What comes after the line that activates uses the system Python again, and does not find what was installed into the environment.',
  see: 'docker run --rm --entrypoint sh IMAGE -c \'echo "$VIRTUAL_ENV"; command -v python\'',
  write:
    '`ENV VIRTUAL_ENV=/opt/venv` and `ENV PATH="$VIRTUAL_ENV/bin:$PATH"` after the line that creates the environment.',
};

export const ACTIVATION_IN_EXEC_FORM: Diagnosis = {
  id: 'activation-in-exec-form',
  level: 'broken',
  title: 'An exec form names what only a shell can do',
  means:
    'In the exec form no shell reads the words: there is no program `source`, and `&&` is an argument like any other. The container does not start (exit 127), or starts without its environment.',
  see: 'docker run --rm IMAGE',
  write: 'ENV for the environment, and the program itself in the list: `CMD ["python", "app.py"]`.',
};

export const ACTIVATION_IN_STARTUP_FILE: Diagnosis = {
  id: 'activation-in-startup-file',
  level: 'advice',
  title: 'A start-up file of the shell activates what ENV has already',
  means:
    'Only interactive or login shells read `.bashrc` and `.profile`; with ENV in place they change nothing but the prompt.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'command -v python'",
  write: 'Nothing; or take the line out.',
};

export const ACTIVATION_IN_COMPOSE: Diagnosis = {
  id: 'activation-in-compose-command',
  level: 'fragile',
  title: 'The command of a compose service activates an environment',
  means:
    'It holds for this command alone: `docker compose exec`, a health check, and another command of the same image run outside of the environment.',
  see: "docker compose exec SERVICE sh -c 'command -v python'",
  write: 'ENV for the environment in the Dockerfile; then the command needs no activation: `command: python app.py`.',
};

export const ACTIVATION_WITHOUT_SHELL: Diagnosis = {
  id: 'activation-without-shell',
  level: 'broken',
  title: 'A compose command activates, and no shell reads it',
  means:
    'Compose splits a command into words and starts the first one; no shell reads it, and what stands behind `&&` is dropped. There is no program `source`, and `.` is a folder: the container does not start (exit 126 or 127).',
  see: 'docker compose up SERVICE',
  write:
    'The program itself (`command: python app.py`), with ENV for the environment in the Dockerfile; or `bash -c "source /opt/venv/bin/activate && python app.py"`.',
};

export const ACTIVATION_UNREAD: Diagnosis = {
  id: 'activation-unread',
  level: 'advice',
  title: 'An activation stands in text that cannot be followed',
  means: 'What the text does is only known when it runs, so nothing is said of it and nothing around it is changed.',
  see: 'docker run --rm --entrypoint sh IMAGE -c \'echo "$VIRTUAL_ENV"; command -v python\'',
  write: 'ENV for the environment by hand, where the text activates it for the whole image.',
};

export const UV_PROJECT_ELSEWHERE: Diagnosis = {
  id: 'uv-project-elsewhere',
  level: 'fragile',
  title: "uv's project commands do not use the active environment",
  means:
    '`uv sync`, `uv run` and `uv add` use `.venv` beside pyproject.toml, or what UV_PROJECT_ENVIRONMENT names, and do not look at VIRTUAL_ENV: two environments stand side by side, and which one a program runs in depends on how it is started.',
  see: 'docker run --rm --entrypoint sh IMAGE -c \'uv run --no-sync python -c "import sys; print(sys.prefix)"; python -c "import sys; print(sys.prefix)"\'',
  write: '`ENV UV_PROJECT_ENVIRONMENT=/opt/venv` before the first `uv sync`.',
};

export const HOOK_ACTIVATION_FAILS: Diagnosis = {
  id: 'hook-activation-fails',
  level: 'broken',
  title: 'conda or pyenv activates in a shell that is not prepared for it',
  means:
    '`conda activate` and `pyenv activate` are functions of a shell that has read their hook; the shell of RUN and CMD has not, and dash has no `source`. The step ends with an error.',
  see: 'docker build .',
  write:
    '`ENV PATH=/opt/conda/envs/NAME/bin:$PATH` (pyenv: `$PYENV_ROOT/versions/NAME/bin`), or `conda run -n NAME ...`, or `SHELL ["conda", "run", "-n", "NAME", "/bin/bash", "-c"]`.',
};

export const HOOK_ACTIVATION_ENDS: Diagnosis = {
  id: 'hook-activation-ends',
  level: 'fragile',
  title: 'An activation of conda or pyenv ends with its own line',
  means:
    'Each RUN is a shell of its own, and so are CMD and `docker exec`: what comes after the line that activates uses the base environment again, without the packages.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'command -v python'",
  write:
    '`ENV PATH=/opt/conda/envs/NAME/bin:$PATH` (pyenv: `$PYENV_ROOT/versions/NAME/bin`), or `conda run -n NAME ...`, or `SHELL ["conda", "run", "-n", "NAME", "/bin/bash", "-c"]`.',
};

export const MICROMAMBA_ENTRYPOINT: Diagnosis = {
  id: 'micromamba-entrypoint',
  level: 'fragile',
  title: "An ENTRYPOINT takes the place of micromamba's own, which activates the environment",
  means:
    'The images of micromamba activate their environment in `_entrypoint.sh`. An ENTRYPOINT of the file replaces it, and `python` is not found, or is another.',
  see: 'docker run --rm IMAGE',
  write: '`ENTRYPOINT ["/usr/local/bin/_entrypoint.sh", "python", "app.py"]`, in the exec form.',
};

export const ACTIVATION_DIAGNOSES = [
  ACTIVATION_ENDS,
  ACTIVATION_IN_EXEC_FORM,
  ACTIVATION_IN_COMPOSE,
  ACTIVATION_WITHOUT_SHELL,
  ACTIVATION_IN_STARTUP_FILE,
  ACTIVATION_UNREAD,
  UV_PROJECT_ELSEWHERE,
  HOOK_ACTIVATION_FAILS,
  HOOK_ACTIVATION_ENDS,
  MICROMAMBA_ENTRYPOINT,
];
