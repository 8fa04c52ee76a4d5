// What is wrong with an environment that is built in one stage and used in another.

import type { Diagnosis } from '../../src/model.ts';

const SEE_START = "docker run --rm --entrypoint sh IMAGE -c 'head -1 /app/.venv/bin/*; ls -l /app/.venv/bin/python'";

export const OTHER_PATH: Diagnosis = {
  id: 'venv-at-another-path',
  level: 'broken',
  title: 'An environment is copied to another path than it was made at',
  means:
    'The first line of each of its scripts names the Python of the path that it was made at, which is not there: `uvicorn`, `gunicorn` and the like do not start (exit 127, "no such file or directory"). `python -m uvicorn` works.',
  see: SEE_START,
  write:
    'The same path in both stages: `WORKDIR /app` in the stage that builds, `COPY --from=builder /app/.venv /app/.venv`.',
};

export const OTHER_PYTHON: Diagnosis = {
  id: 'venv-of-another-python',
  level: 'broken',
  title: 'An environment is copied to an image that has not its Python',
  means:
    "An environment is no Python: its `bin/python` is a link to the one that made it, and its packages lie below that one's MAJOR.MINOR. In an image with another, or with none at that place, nothing of it is found (exit 127, ModuleNotFoundError).",
  see: SEE_START,
  write: '`ARG PYTHON=3.12` above the first FROM, and `FROM python:${PYTHON}-slim` for both stages.',
};

export const UV_PYTHON_LEFT: Diagnosis = {
  id: 'python-of-uv-left-behind',
  level: 'broken',
  title: 'An environment is copied without the Python that uv downloaded for it',
  means:
    'Where an image has no Python that fits, uv downloads one into the home of its user (/root/.local/share/uv/python). The environment links to it, and a COPY of the environment alone leaves it behind.',
  see: SEE_START,
  write:
    '`ENV UV_PYTHON_INSTALL_DIR=/python` before uv runs and `COPY --from=builder /python /python`, or a builder with the same Python as the last stage.',
};

export const UV_PYTHON_REFUSED: Diagnosis = {
  id: 'no-python-for-uv',
  level: 'broken',
  title: 'uv finds no Python that fits, and may not download one',
  means: 'The build ends with "No interpreter found for Python ..., in search path".',
  see: 'docker build .',
  write: 'A base with the Python that `requires-python` or `.python-version` asks for.',
};

export const UV_PYTHON_CLOSED: Diagnosis = {
  id: 'python-of-uv-closed',
  level: 'broken',
  title: "The Python that uv downloaded lies in root's home, and the image runs as somebody else",
  means:
    '/root is closed to all others (mode 700): `bin/python` of the environment cannot be followed (Permission denied).',
  see: "docker run --rm --entrypoint sh IMAGE -c '/app/.venv/bin/python -V'",
  write: '`ENV UV_PYTHON_INSTALL_DIR=/python` before uv runs.',
};

export const EDITABLE_SOURCE_LEFT: Diagnosis = {
  id: 'editable-source-left-behind',
  level: 'broken',
  title: 'The project is installed as a link to its source, which the last stage has not',
  means:
    '`uv sync`, `poetry install` and `pip install -e` write the path of the source into the environment. Without that folder the project itself is not found (ModuleNotFoundError).',
  see: "docker run --rm --entrypoint sh IMAGE -c 'cat /app/.venv/lib/python*/site-packages/*.pth'",
  write: '`uv sync --no-editable`, `pip install .`, or the source copied to the same path.',
};

export const VARIABLE_GONE: Diagnosis = {
  id: 'variable-gone-after-from',
  level: 'fragile',
  title: 'A COPY names a variable that is gone after FROM',
  means:
    'ENV and ARG end with their stage. An empty source is the root of the other stage: all of it is copied, over what the base has, and the environment need not land where it was.',
  see: 'docker build --progress=plain .',
  write: '`ENV VIRTUAL_ENV=/opt/venv` (or `ARG VIRTUAL_ENV` for one that stands above the first FROM) before the COPY.',
};

export const PROGRAM_LEFT: Diagnosis = {
  id: 'program-left-behind',
  level: 'broken',
  title: 'A start calls a program that the image has not',
  means:
    'uv, poetry and pipenv stay in the stage that builds: a stage of its own that only copies the environment has none (exit 127, a health check that never succeeds).',
  see: "docker run --rm --entrypoint sh IMAGE -c 'command -v uv'",
  write:
    'The program itself (`CMD ["gunicorn", ...]` with the environment on PATH), or `COPY --from=ghcr.io/astral-sh/uv /uv /bin/uv`.',
};

export const VENV_LEFT: Diagnosis = {
  id: 'venv-left-behind',
  level: 'broken',
  title: 'The packages are in an environment that the last stage never copies',
  means:
    'What an earlier stage installs is no part of a later one: the program is not found (exit 127), or not its packages.',
  see: "docker run --rm --entrypoint sh IMAGE -c 'python -m pip list'",
  write: '`COPY --from=builder /app/.venv /app/.venv` and `ENV PATH="/app/.venv/bin:$PATH"`.',
};

export const ACROSS_DIAGNOSES = [
  OTHER_PATH,
  OTHER_PYTHON,
  UV_PYTHON_LEFT,
  UV_PYTHON_REFUSED,
  UV_PYTHON_CLOSED,
  EDITABLE_SOURCE_LEFT,
  VARIABLE_GONE,
  PROGRAM_LEFT,
  VENV_LEFT,
];
