// Rows of split-dependency-copy: installs of a project whose code is copied later.

import { lines, type Row } from './row.ts';
import { split } from './splitRow.ts';

const POETRY = lines(
  '[tool.poetry]',
  'name = "shop"',
  'version = "1"',
  'readme = "README.md"',
  '[tool.poetry.dependencies]',
  'flask = "*"',
);
const IGNORED = { '.dockerignore': '.venv\n' };
const CODE = { 'shop/__init__.py': '', 'README.md': '# shop\n', ...IGNORED };
const poetryFiles = { 'pyproject.toml': POETRY, ...CODE };
const UV = lines(
  '[project]',
  'name = "shop"',
  'version = "1"',
  'dependencies = ["flask"]',
  '[build-system]',
  'requires = ["hatchling"]',
  'build-backend = "hatchling.build"',
);
const LOCK = lines(
  'version = 1',
  '[[package]]',
  'name = "flask"',
  'version = "3.0.3"',
  'source = { registry = "https://pypi.org/simple" }',
  '[[package]]',
  'name = "shop"',
  'version = "1"',
  'source = { editable = "." }',
  'dependencies = [{ name = "flask" }]',
  '[package.metadata]',
  'requires-dist = [{ name = "flask" }]',
);
const uvFiles = { 'pyproject.toml': UV, 'uv.lock': LOCK, ...CODE };

const V1 = 'RUN pip install poetry==1.8.3';
const V2 = 'RUN pip install poetry==2.1.0';
const PYPROJECT = 'COPY pyproject.toml .';
const INSTALL = 'RUN poetry install';
const FIRST = 'RUN poetry install --no-root';

type Files = Readonly<Record<string, string>>;

const mended = (name: string, image: readonly string[], becomes: readonly string[], files: Files = poetryFiles): Row =>
  split({ name, files, image, becomes });

const left = (name: string, image: readonly string[], why?: string, files: Files = poetryFiles): Row =>
  split({ name, files, image, ...(why === undefined ? {} : { findings: [why] }) });

const SYNC = 'RUN uv sync --frozen';
const MANIFESTS = ['RUN pip install uv', 'COPY pyproject.toml uv.lock ./'];

export const splitBeforeCode: readonly Row[] = [
  mended(
    'poetry is to install a package that is not there yet',
    [V1, PYPROJECT, INSTALL, 'COPY . .'],
    [V1, PYPROJECT, FIRST, 'COPY . .', INSTALL],
  ),
  mended(
    'the code comes in two steps, and the readme with the second',
    [V1, PYPROJECT, INSTALL, 'COPY shop shop', 'COPY README.md .', 'CMD ["python", "-m", "shop"]'],
    [V1, PYPROJECT, FIRST, 'COPY shop shop', 'COPY README.md .', INSTALL, 'CMD ["python", "-m", "shop"]'],
  ),
  mended('the code never comes', [V1, PYPROJECT, INSTALL], [V1, PYPROJECT, FIRST]),
  mended(
    'the repository has no such package',
    [V1, PYPROJECT, INSTALL, 'COPY app.py .'],
    [V1, PYPROJECT, FIRST, 'COPY app.py .'],
    { 'pyproject.toml': POETRY, ...IGNORED },
  ),
  mended(
    'poetry names the packages of the project',
    [V2, PYPROJECT, INSTALL, 'COPY . .'],
    [V2, PYPROJECT, FIRST, 'COPY . .', INSTALL],
    {
      ...poetryFiles,
      'pyproject.toml': POETRY.replace('readme', 'packages = [{ include = "web", from = "lib" }]\nreadme'),
      'lib/web/__init__.py': '',
    },
  ),
  mended(
    'a variable of the program stands between',
    [V1, PYPROJECT, INSTALL, 'ENV PORT=80', 'COPY . .'],
    [V1, PYPROJECT, FIRST, 'ENV PORT=80', 'COPY . .', INSTALL],
  ),
  mended(
    'uv is to build a project that is not there yet',
    [...MANIFESTS, SYNC, 'COPY . .'],
    [...MANIFESTS, `${SYNC} --no-install-project`, 'COPY . .', SYNC],
    uvFiles,
  ),
  mended(
    'the second half stands there already',
    [...MANIFESTS, `${SYNC} --no-dev`, 'COPY . .', SYNC],
    [...MANIFESTS, `${SYNC} --no-dev --no-install-project`, 'COPY . .', SYNC],
    uvFiles,
  ),
  left(
    'poetry below 1 cannot leave the project out',
    ['RUN pip install poetry==0.12.17', PYPROJECT, INSTALL, 'COPY . .'],
    'Dockerfile:5:1 which the poetry of this image does not have',
  ),
  left(
    'poetry 2 stops where nothing can be done',
    [V2, PYPROJECT, INSTALL, 'RUN make', 'COPY . .'],
    'Dockerfile:5:1 broken: `poetry install` (line 5) is to install shop and README.md too, which are not there before line 7: the image does not build',
  ),
  left(
    'the code is copied for another user',
    [V1, PYPROJECT, INSTALL, 'USER web', 'COPY . .'],
    'Dockerfile:5:1 the code is copied for another user',
  ),
  left(
    'the code is copied in another folder',
    [V1, PYPROJECT, INSTALL, 'WORKDIR /app/shop', 'COPY . /app'],
    'Dockerfile:5:1 the code is copied in another working folder',
  ),
  left(
    'a variable of the installer is another one there',
    [V1, PYPROJECT, INSTALL, 'ENV POETRY_VIRTUALENVS_CREATE=false', 'COPY . .'],
    'Dockerfile:5:1 POETRY_VIRTUALENVS_CREATE is another one where the code is copied',
  ),
  left('a step makes the package before', [
    V1,
    PYPROJECT,
    `RUN mkdir shop && touch shop/__init__.py README.md`,
    INSTALL,
  ]),
  left('the package may come with another stage', [V1, PYPROJECT, 'COPY --from=code /src /app', INSTALL]),
  left('the project is no package', [V1, PYPROJECT, INSTALL, 'COPY . .'], undefined, {
    ...poetryFiles,
    'pyproject.toml': POETRY.replace('readme', 'package-mode = false\nreadme'),
  }),
  left('uv installs no project that is none', [...MANIFESTS, SYNC, 'COPY . .'], undefined, {
    ...uvFiles,
    'pyproject.toml': UV.replace(/\[build-system\][\s\S]*/, ''),
    'uv.lock': LOCK.replace('editable', 'virtual'),
  }),
  split({
    name: 'of a base that is not known nobody can say what it holds',
    files: {
      ...poetryFiles,
      Dockerfile: lines('FROM acme/python:1', 'WORKDIR /app', V1, PYPROJECT, INSTALL, 'COPY . .'),
    },
    image: [],
  }),
];
