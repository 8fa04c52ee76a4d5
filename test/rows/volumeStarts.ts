// Rows of fix-venv-volume: what the start of a container does to the environment.

import { lines, type Row } from './row.ts';

const compose = (command: string, more: readonly string[]): string =>
  lines('services:', '  web:', '    build: .', `    command: ${command}`, ...more, '    volumes:', '      - .:/app');

/** The base, the step that makes /app/.venv, and whether its programs are called by their names. */
const MADE_BY = {
  venv: ['RUN python -m venv .venv && .venv/bin/pip install flask', 'ENV PATH="/app/.venv/bin:$PATH"'],
  uv: ['RUN pip install uv && uv venv && uv sync'],
  poetry: ['ENV POETRY_VIRTUALENVS_IN_PROJECT=true', 'RUN pip install poetry && poetry install'],
  pipenv: ['ENV PIPENV_VENV_IN_PROJECT=1', 'RUN pip install pipenv && pipenv install'],
};

interface More {
  readonly by?: keyof typeof MADE_BY;
  /** Files beside the Dockerfile and compose.yaml. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines of the Dockerfile at its end. */
  readonly image?: readonly string[];
  /** Lines of the service. */
  readonly service?: readonly string[];
}

function filesOf(command: string, { by = 'venv', files = {}, image = [], service = [] }: More): Row['files'] {
  const base = ['FROM python:3.12-slim', 'WORKDIR /app'];
  return {
    Dockerfile: lines(...base, ...MADE_BY[by], ...image),
    'compose.yaml': compose(command, service),
    ...files,
  };
}

/** The volume is added for a container that starts like this. */
const fits = (name: string, command: string, more: More = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: filesOf(command, more),
  after: { 'compose.yaml': `${compose(command, more.service ?? [])}      - /app/.venv\n` },
});

/** It is not, and `says` is a part of why. */
const stays = (name: string, says: string, command: string, more: More = {}): Row => ({
  name,
  id: 'fix-venv-volume',
  files: filesOf(command, more),
  findings: [`compose.yaml:${6 + (more.service?.length ?? 0)}:9 ${says}`],
});

const PROJECT = { 'pyproject.toml': lines('[project]', 'name = "shop"', 'version = "1"') };

const UNKNOWN = 'does to /app/.venv at the start is not known';
const REMOVES = 'which runs in the container, may remove or remake /app/.venv';

export const volumeStarts: readonly Row[] = [
  stays('a program whose name is not known may do anything', UNKNOWN, 'sh -c "$$(cat runner) & flask run"'),
  stays('a command that a variable of compose holds may do anything', `what a command ${UNKNOWN}`, '${COMMAND}'),
  stays(
    'a text of the shell that cannot be read may do anything',
    `what a command ${UNKNOWN}`,
    `sh -c "if; flask run"`,
  ),
  fits('a program of the environment that is in no bin does not remove it', '/app/.venv/lib/shop/serve'),
  stays('a program by a path that is not the environment may do anything', `\`/opt/serve\` ${UNKNOWN}`, '/opt/serve'),
  stays('a script that is not in the repository may do anything', `\`sh /opt/start\` ${UNKNOWN}`, 'sh /opt/start'),
  stays('another shell may do anything', `\`zsh -c flask run\` ${UNKNOWN}`, 'zsh -c "flask run"'),
  stays('a script of a bare name may do anything', `\`serve.sh\` ${UNKNOWN}`, 'serve.sh'),
  fits('a bare name that nothing of the repository stands behind is a program of the system', 'serve'),
  stays('a file that is copied to a place that is not known may stand behind any name', UNKNOWN, 'serve', {
    image: ['ARG TOOLS', 'COPY tools/build.py ${TOOLS}/'],
    files: { 'tools/build.py': '' },
  }),
  stays('a file that is copied to a name stands behind it', UNKNOWN, 'serve', {
    image: ['COPY tools/build.py /opt/tools/serve'],
    files: { 'tools/build.py': '' },
  }),
  stays('a file that is copied into a folder stands behind its own name', UNKNOWN, 'serve', {
    image: ['COPY tools/serve /opt/tools/'],
    files: { 'tools/serve': '' },
  }),
  stays('a file with an ending may stand behind its name without one', UNKNOWN, 'serve', {
    image: ['COPY tools/serve.py /opt/tools/'],
    files: { 'tools/serve.py': '' },
  }),
  fits('uv pip in the environment does not remake it', 'sh -c "uv pip install -p /app/.venv six && flask run"', {
    image: ['RUN pip install uv'],
  }),
  stays('uv sync with another Python remakes it', REMOVES, 'sh -c "uv sync --python 3.13 && uv run flask run"', {
    by: 'uv',
    files: PROJECT,
  }),
  stays('uv run in a named folder is followed, too', REMOVES, 'uv --directory /app run rm -rf .venv', { by: 'uv' }),
  stays('UV_PYTHON of the service remakes it', REMOVES, 'uv run flask run', {
    by: 'uv',
    files: PROJECT,
    service: ['    environment:', '      UV_PYTHON: "3.13"'],
  }),
  fits('uv run behind two dashes does not remove it', 'uv run -- flask run', { by: 'uv', files: PROJECT }),
  fits('uv run of nothing but python does not remove it', 'uv run python', { by: 'uv' }),
  fits('uv run of a program in the environment does not remove it', 'uv run /app/.venv/bin/flask run', { by: 'uv' }),
  stays('uv run of a program whose name is not known may do anything', REMOVES, 'sh -c "uv run $$(cat runner)"', {
    by: 'uv',
    files: PROJECT,
  }),
  stays('uv run -m of a task runner may do anything', REMOVES, 'uv run -m poethepoet serve', {
    by: 'uv',
    files: PROJECT,
  }),
  stays('uv run --module of a task runner may do anything', REMOVES, 'uv run --module poethepoet serve', {
    by: 'uv',
    files: PROJECT,
  }),
  stays('uv run of a script that removes it', REMOVES, 'uv run serve.py', {
    by: 'uv',
    files: { 'serve.py': 'import shutil\nshutil.rmtree(".venv")\n' },
  }),
  fits('uv run of a script that removes something else', 'uv run serve.py', {
    by: 'uv',
    files: { 'serve.py': 'import shutil\nshutil.rmtree("cache")\n' },
  }),
  stays('python -c with a text that removes it', REMOVES, `uv run python -c "import shutil; shutil.rmtree('.venv')"`, {
    by: 'uv',
  }),
  fits('python -c with a text that only starts it', `uv run python -c "import shop; shop.main()"`, { by: 'uv' }),
  stays('poetry env remove removes it', REMOVES, 'sh -c "poetry env remove --all; poetry run flask run"', {
    by: 'poetry',
  }),
  stays(
    'poetry as a module removes it too',
    REMOVES,
    'sh -c "python -m poetry env remove --all; poetry run flask run"',
    {
      by: 'poetry',
    },
  ),
  fits('a word of the program behind poetry run is none of its own', 'poetry run flask run --note "env use"', {
    by: 'poetry',
    files: PROJECT,
  }),
  stays('poetry env use behind an option remakes it', REMOVES, 'sh -c "poetry -n env use 3.12; poetry run flask run"', {
    by: 'poetry',
  }),
  fits('poetry env info removes nothing', 'sh -c "poetry env info && poetry run flask run"', {
    by: 'poetry',
    files: PROJECT,
  }),
  stays('pipenv --rm removes it', REMOVES, 'sh -c "pipenv --rm; pipenv run flask run"', {
    by: 'pipenv',
    files: { Pipfile: '' },
  }),
  fits('pipenv run without scripts in the Pipfile runs programs', 'pipenv run flask run', {
    by: 'pipenv',
    files: { Pipfile: '[packages]\nflask = "*"\n' },
  }),
  stays('pipenv run with a Pipfile that is not in the repository may run a script of it', REMOVES, 'pipenv run flask', {
    by: 'pipenv',
  }),
  stays('perl with a text may remove it', REMOVES, `sh -c "perl -e 'system(q(rm -r .venv))'; flask run"`),
  fits('find that only lists removes nothing', 'sh -c "find . -type d; flask run"'),
  fits('find elsewhere removes nothing of it', 'sh -c "find /tmp -type f -delete; flask run"'),
  stays('find of all but a pattern may find it', REMOVES, `sh -c "find . ! -name '*.pyc' -delete; flask run"`),
  stays('find without a name may find it', REMOVES, 'sh -c "find . -mindepth 1 -delete; flask run"'),
];
