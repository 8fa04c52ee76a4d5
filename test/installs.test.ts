// Says what installers read, for one command each, on small images whose /app comes from the repository.

import { describe, expect, it } from 'vitest';
import { installReads } from '../src/facts/installers/index.ts';
import type { InstallReads } from '../src/facts/installers/installer.ts';
import type { ImageFiles } from '../src/facts/installers/reading.ts';

/** An image whose /app is the whole repository. */
function image(files: Readonly<Record<string, string>>): ImageFiles {
  return {
    resolve: (path) => (path === '/app' ? '' : path.startsWith('/app/') ? path.slice(5) : undefined),
    has: (path) => Object.hasOwn(files, path),
    hasFolder: (path) => Object.keys(files).some((file) => file.startsWith(path === '' ? '' : `${path}/`)),
    read: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
  };
}

function reads(
  line: string,
  files: Readonly<Record<string, string>>,
  options: { cwd?: string; env?: Record<string, string | undefined> } = {},
): InstallReads | undefined {
  return installReads({ argv: line.split(' '), cwd: options.cwd ?? '/app', env: options.env }, image(files));
}

function sure(...args: Parameters<typeof reads>): InstallReads {
  const found = reads(...args);
  expect(found?.unknown).toEqual([]);
  return found!;
}

const REQUIREMENTS = { 'requirements.txt': 'flask\n-r base.txt\n', 'base.txt': 'uvicorn\n', 'c.txt': 'x==1\n' };

describe('pip', () => {
  it.each([
    'pip install -r requirements.txt',
    'pip3 install -rrequirements.txt',
    'pip3.11 install --requirement=requirements.txt',
    'pip install --requirement requirements.txt',
    'pip --no-cache-dir install --quiet -U -r requirements.txt',
    'pip install -Ur requirements.txt',
    'pip install --no-cache -r requirements.txt',
    '/opt/venv/bin/pip install -r /app/requirements.txt',
    'python -m pip install -r ./requirements.txt',
    'python3.12 -u -X dev -m pip install -r requirements.txt',
    'venv/bin/python -mpip install -r requirements.txt',
    'pip install --index-url https://h -i https://h -t /x -r requirements.txt',
  ])('%s', (line) => {
    const found = sure(line, REQUIREMENTS);
    expect(found).toMatchObject({ tool: 'pip', needsProject: false, optional: [], packages: ['flask', 'uvicorn'] });
    expect(found.files).toEqual(['/app/requirements.txt', '/app/base.txt']);
  });
  it('reads several files, constraints and words', () => {
    const found = sure('pip install -r base.txt -c c.txt -r requirements.txt gunicorn[x]>=1 wheel', REQUIREMENTS);
    expect(found.files).toEqual(['/app/base.txt', '/app/requirements.txt', '/app/c.txt']);
    expect(found.packages).toEqual(['flask', 'gunicorn', 'uvicorn', 'wheel']);
  });
  it('reads what the environment names, unless isolated', () => {
    const env = { PIP_REQUIREMENT: 'base.txt', PIP_CONSTRAINT: '/app/c.txt' };
    expect(sure('pip install x', REQUIREMENTS, { env }).files).toEqual(['/app/base.txt', '/app/c.txt']);
    expect(sure('pip install --isolated x', REQUIREMENTS, { env }).files).toEqual([]);
    expect(reads('pip install x', REQUIREMENTS, { env: { PIP_CONSTRAINT: undefined } })?.unknown).toHaveLength(1);
  });
  it.each([
    ['pip install .', {}],
    ['pip install .[dev]', {}],
    ['pip install -e .', {}],
    ['pip install --editable=./lib', {}],
    ['pip install /app/lib', {}],
    ['pip install -r r.txt', { 'r.txt': '-e .\n' }],
    ['pip install -r r.txt', { 'r.txt': './lib\n' }],
    ['pip install -r r.txt', { 'r.txt': 'lib @ file:///app/lib\n' }],
  ])('%s needs the code (%j)', (line, files) => {
    expect(sure(line, files).needsProject).toMatch(/installed from its folder/);
  });
  it('takes archives for files, and find-links for folders', () => {
    const files = { 'r.txt': '-f wheels\n./dist/a.whl\n', 'dist/a.whl': '', 'wheels/b.whl': '', 'links.html': '' };
    const found = sure('pip install -r r.txt --find-links=links.html -f https://h', files);
    expect(found.files).toEqual(['/app/r.txt', '/app/dist/a.whl', '/app/links.html']);
    expect(found.folders).toEqual(['/app/wheels']);
    expect(found.needsProject).toBe(false);
  });
  it('takes find-links from beside the file that names them', () => {
    const files = { 'req/r.txt': '-f wheels\n', 'req/wheels/b.whl': '' };
    expect(sure('pip install -r req/r.txt', files).folders).toEqual(['/app/req/wheels']);
  });
  it('needs nothing for version control', () => {
    const found = sure('pip install -e git+https://h/r#egg=x git+https://h/r y@https://h/y.whl', {});
    expect(found).toMatchObject({ files: [], needsProject: false, packages: ['y'] });
  });
  it.each([
    ['pip install -r missing.txt', 'is not in the repository'],
    ['pip install -r /tmp/r.txt', 'does not come from the repository'],
    ['pip install -r https://h/r.txt', 'is fetched'],
    ['pip install -r *.txt', 'is no plain path'],
    ['pip install --bogus x', 'does not know --bogus'],
    ['pip install -r', 'does not know -r'],
    ['pip install -f nowhere x', 'does not come from the repository'],
    ['pip install a=1', 'cannot be read'],
  ])('%s: %s', (line, reason) => {
    expect(reads(line, REQUIREMENTS)?.unknown.join()).toContain(reason);
  });
  it('names the file that must be there even where it is not', () => {
    expect(reads('pip install -r missing.txt', {})?.files).toEqual(['/app/missing.txt']);
  });
  it.each([
    'pip freeze',
    'pip --version',
    'python app.py -m pip install x',
    'python -c x',
    'ls',
    '',
    'pipx install x',
    'poetry run x',
    'uv run x',
    'conda activate x',
  ])('%j is no install', (line) => {
    expect(reads(line, {})).toBeUndefined();
  });
});

describe('uv pip', () => {
  it('reads as pip does, in its own words', () => {
    const found = sure(
      'uv pip install --system --no-cache -r requirements.txt --constraint c.txt --overrides base.txt',
      REQUIREMENTS,
    );
    expect(found).toMatchObject({ tool: 'uv', ofProject: false });
    expect(found.files).toEqual(['/app/requirements.txt', '/app/base.txt', '/app/c.txt']);
    expect(sure('/uv pip sync requirements.txt', REQUIREMENTS).files).toEqual([
      '/app/requirements.txt',
      '/app/base.txt',
    ]);
    expect(sure('uv --directory /app/x pip install -r r.txt', { 'x/r.txt': '' }).files).toEqual(['/app/x/r.txt']);
    const env = { UV_CONSTRAINT: 'c.txt base.txt' };
    expect(sure('python -m uv pip install x', REQUIREMENTS, { env }).files).toEqual(['/app/c.txt', '/app/base.txt']);
  });
  it('reads pyproject.toml as requirements', () => {
    const files = { 'pyproject.toml': '[project]\nname="a"\ndependencies=["flask"]\n' };
    expect(sure('uv pip install -r pyproject.toml --extra x', files)).toMatchObject({
      files: ['/app/pyproject.toml'],
      needsProject: false,
      packages: ['flask'],
    });
    const dynamic = { 'pyproject.toml': '[project]\nname="a"\ndynamic=["dependencies"]\n' };
    expect(sure('uv pip install -r pyproject.toml', dynamic).needsProject).toMatch(/not written/);
    const local = { 'pyproject.toml': '[project]\nname="a"\n[tool.uv.sources]\nl={path="l"}\n' };
    expect(sure('uv pip install -r pyproject.toml', local).needsProject).toMatch(/^l is/);
    expect(sure('uv pip install -r setup.py', { 'setup.py': '' }).needsProject).toMatch(/is run/);
    expect(
      sure('uv pip install --group dev --group x/pyproject.toml:t', { 'pyproject.toml': '', 'x/pyproject.toml': '' })
        .files,
    ).toEqual(['/app/pyproject.toml', '/app/x/pyproject.toml']);
  });
  it('offers its settings', () => {
    const files = { 'a/r.txt': '', 'pyproject.toml': '[tool.uv]\n', 'uv.toml': '' };
    expect(sure('uv pip install -r r.txt', files, { cwd: '/app/a' }).optional).toEqual([
      '/app/uv.toml',
      '/app/pyproject.toml',
    ]);
    expect(sure('uv pip install -r r.txt --no-config', files, { cwd: '/app/a' }).optional).toEqual([]);
    expect(sure('uv pip install x', { 'pyproject.toml': '' }).optional).toEqual([]);
  });
});

const LOCK =
  'version = 1\n[[package]]\nname = "root"\nsource = { virtual = "." }\n[[package]]\nname = "idna"\nsource = { registry = "https://h" }\n';
const PLAIN = { 'pyproject.toml': '[project]\nname="root"\ndependencies=["idna"]\n', 'uv.lock': LOCK };
const PACKAGE = {
  'pyproject.toml': `${PLAIN['pyproject.toml']}[build-system]\nrequires=["hatchling"]\n`,
  'uv.lock': LOCK.replace('virtual', 'editable'),
};

describe('uv sync', () => {
  it.each([
    'uv sync',
    'uv sync --no-dev --group a --extra b --all-extras --inexact --active --no-editable --python 3.12 -p 3.12',
    'uv sync --no-progress --compile-bytecode --link-mode=copy --no-group x --only-group y --no-default-groups',
  ])('%s', (line) => {
    const found = sure(line, { ...PLAIN, '.python-version': '', 'uv.toml': '', 'README.md': '' });
    expect(found).toMatchObject({
      tool: 'uv',
      ofProject: true,
      needsProject: false,
      packages: ['idna'],
      files: ['/app/pyproject.toml'],
    });
    expect(found.optional).toEqual(['/app/.python-version', '/app/uv.toml', '/app/uv.lock']);
  });
  it.each(['--frozen', '--locked', '--check'])('%s must have the lock', (flag) => {
    expect(sure(`uv sync ${flag}`, PLAIN).files).toEqual(['/app/pyproject.toml', '/app/uv.lock']);
    expect(reads(`uv sync ${flag}`, { 'pyproject.toml': PLAIN['pyproject.toml'] })?.unknown).toEqual([
      '/app/uv.lock is not in the repository',
    ]);
  });
  it('follows UV_FROZEN', () => {
    expect(sure('uv sync', PLAIN, { env: { UV_FROZEN: '1' } }).files).toContain('/app/uv.lock');
    expect(sure('uv sync', PLAIN, { env: { UV_FROZEN: 'false' } }).files).not.toContain('/app/uv.lock');
  });
  it('needs the code of a package, unless told not to install it', () => {
    expect(sure('uv sync --frozen', PACKAGE).needsProject).toMatch(/project/);
    for (const flag of [
      '--no-install-project',
      '--no-install-workspace',
      '--no-install-local',
      '--only-group dev',
      '--only-dev',
    ]) {
      expect(sure(`uv sync --frozen ${flag}`, PACKAGE).needsProject).toBe(false);
    }
    expect(sure('uv sync', PACKAGE, { env: { UV_NO_INSTALL_PROJECT: '1' } }).needsProject).toBe(false);
  });
  it('needs the code of a project that became a package after it was locked', () => {
    expect(sure('uv sync --frozen', { ...PACKAGE, 'uv.lock': LOCK }).needsProject).toMatch(/project/);
  });
  it('finds the project from below, by --directory and by --project', () => {
    expect(sure('uv sync --frozen', PLAIN, { cwd: '/app/src/x' }).files).toEqual([
      '/app/pyproject.toml',
      '/app/uv.lock',
    ]);
    const below = { 'b/pyproject.toml': '[project]\nname="root"\n', 'b/uv.lock': LOCK };
    expect(sure('uv sync --directory b', below).files).toEqual(['/app/b/pyproject.toml']);
    expect(sure('uv --project b sync --frozen', below).files).toEqual(['/app/b/pyproject.toml', '/app/b/uv.lock']);
    expect(sure('uv sync', below, { env: { UV_PROJECT: '/app/b' } }).files).toEqual(['/app/b/pyproject.toml']);
    expect(reads('uv sync', {})?.unknown).toEqual(['/app/pyproject.toml is not in the repository']);
  });
  it('is not sure of scripts, unknown flags and broken files', () => {
    expect(reads('uv sync --script x.py', PLAIN)?.unknown).not.toEqual([]);
    expect(reads('uv sync --bogus', PLAIN)?.unknown).toEqual(['uv does not know --bogus']);
    expect(reads('uv sync', { ...PLAIN, 'uv.lock': '<<<' })?.unknown).toEqual(['/app/uv.lock cannot be read']);
    expect(reads('uv sync', { 'pyproject.toml': '<<<' })?.unknown).toEqual(['/app/pyproject.toml cannot be read']);
  });
});

const WORKSPACE = {
  'pyproject.toml':
    '[project]\nname="root"\ndependencies=["a"]\n[tool.uv.workspace]\nmembers=["packages/*"]\n[tool.uv.sources]\na={workspace=true}\nl={path="lib"}\n',
  'packages/a/pyproject.toml': '[project]\nname="a"\ndependencies=["l"]\n[build-system]\n',
  'packages/b/pyproject.toml': '[project]\nname="b"\n[build-system]\n',
  'lib/pyproject.toml': '[project]\nname="l"\n[build-system]\n',
  'uv.lock': `version = 1
[manifest]
members = ["a", "b", "root"]
[[package]]
name = "a"
source = { editable = "packages/a" }
[package.metadata]
requires-dist = [{ name = "l", directory = "lib" }]
[[package]]
name = "b"
source = { editable = "packages/b" }
[[package]]
name = "l"
source = { directory = "lib" }
[[package]]
name = "root"
source = { virtual = "." }
`,
};

// Tried with uv 0.13 on folders that have just the files named here (but for the excluded member).
describe('uv sync in a workspace', () => {
  it('needs the code of what the project reaches', () => {
    expect(sure('uv sync --frozen', WORKSPACE).needsProject).toMatch(/ is installed from /);
    expect(sure('uv sync --frozen --no-install-project', WORKSPACE).needsProject).toMatch(/ is installed from /);
    expect(sure('uv sync --frozen --no-install-workspace', WORKSPACE).needsProject).toBe('l is installed from lib');
    expect(sure('uv sync --frozen --no-install-local', WORKSPACE)).toMatchObject({
      needsProject: false,
      files: ['/app/pyproject.toml', '/app/uv.lock'],
    });
  });
  it('needs every pyproject.toml where the lock is checked', () => {
    expect(sure('uv sync --locked --no-install-local', WORKSPACE).files).toEqual([
      '/app/pyproject.toml',
      '/app/uv.lock',
      '/app/packages/a/pyproject.toml',
      '/app/packages/b/pyproject.toml',
      '/app/lib/pyproject.toml',
    ]);
  });
  it('starts at the member that is named or stood in', () => {
    const plainRoot = { ...WORKSPACE, 'pyproject.toml': WORKSPACE['pyproject.toml'].replace('dependencies=["a"]', '') };
    expect(sure('uv sync --frozen --no-install-project', plainRoot).needsProject).toBe(false);
    expect(sure('uv sync --frozen --package b', plainRoot).needsProject).toBe('b is installed from packages/b');
    expect(sure('uv sync --frozen --all-packages --no-install-workspace', plainRoot).needsProject).toBe(
      'l is installed from lib',
    );
    const member = sure('uv sync --frozen --no-install-local', WORKSPACE, { cwd: '/app/packages/b' });
    expect(member.files).toEqual(['/app/pyproject.toml', '/app/packages/b/pyproject.toml', '/app/uv.lock']);
  });
  it('leaves what is excluded to itself', () => {
    const excluded = {
      ...WORKSPACE,
      'pyproject.toml': WORKSPACE['pyproject.toml'].replace('members', 'exclude=["packages/b"]\nmembers'),
    };
    expect(sure('uv sync', excluded, { cwd: '/app/packages/b' }).files).toEqual(['/app/packages/b/pyproject.toml']);
  });
  it('does not know the members without a lock', () => {
    expect(reads('uv sync', { 'pyproject.toml': WORKSPACE['pyproject.toml'] })?.unknown).toHaveLength(1);
  });
});

const POETRY = {
  'pyproject.toml': '[tool.poetry]\nname="a"\n[tool.poetry.dependencies]\npython="^3.11"\nflask="*"\n',
  'poetry.lock': '[[package]]\nname="flask"\n[[package]]\nname="click"\n',
  'poetry.toml': '',
};

describe('poetry', () => {
  it.each([
    'poetry install --no-root',
    'poetry -n install --no-root --only main --no-interaction --no-ansi -vvv',
    'poetry install --no-root --without dev,test --with=docs -E x --sync --no-cache --compile',
    'poetry sync --no-root --only=main',
    'python -m poetry install --no-root --no-dev',
    'poetry -C /app install --no-root',
    'poetry export -f requirements.txt --output r.txt --without-hashes',
  ])('%s', (line) => {
    const found = sure(line, POETRY);
    expect(found).toMatchObject({ tool: 'poetry', needsProject: false, files: ['/app/pyproject.toml'] });
    expect(found.optional).toEqual(['/app/poetry.lock', '/app/poetry.toml']);
  });
  it('installs the root package, also under --only', () => {
    for (const line of ['poetry install', 'poetry install --only main', 'poetry install --only-root', 'poetry sync']) {
      expect(sure(line, POETRY).needsProject).toMatch(/--no-root/);
    }
    const application = { 'pyproject.toml': '[tool.poetry]\npackage-mode=false\n' };
    expect(sure('poetry install', application).needsProject).toBe(false);
  });
  it('needs path dependencies, unless told not to', () => {
    const local = {
      ...POETRY,
      'poetry.lock': '[[package]]\nname="l"\n[package.source]\ntype="directory"\nurl="lib"\n',
    };
    expect(sure('poetry install --no-root', local).needsProject).toBe('l is installed from lib');
    expect(sure('poetry install --no-root --no-directory', local).needsProject).toBe(false);
    const unlocked = { 'pyproject.toml': `${POETRY['pyproject.toml']}l={path="lib"}\n` };
    expect(sure('poetry install --no-root --no-directory', unlocked).needsProject).toBe('l is taken from lib');
    const wheel = {
      ...POETRY,
      'poetry.lock': '[[package]]\nname="l"\n[package.source]\ntype="file"\nurl="w/l.whl"\n',
      'w/l.whl': '',
    };
    expect(sure('poetry install --no-root', wheel).files).toEqual(['/app/pyproject.toml', '/app/w/l.whl']);
  });
  it('finds the project by -C, -P and from below', () => {
    const below = { 'b/pyproject.toml': '' };
    expect(sure('poetry install --no-root -P b', below).files).toEqual(['/app/b/pyproject.toml']);
    expect(sure('poetry --directory=b install --no-root', below).files).toEqual(['/app/b/pyproject.toml']);
    expect(sure('poetry install --no-root', below, { cwd: '/app/b/c' }).files).toEqual(['/app/b/pyproject.toml']);
  });
  it('is not sure of unknown flags and of add', () => {
    expect(reads('poetry install --bogus', POETRY)?.unknown).toEqual(['poetry does not know --bogus']);
    expect(reads('poetry add x', POETRY)?.unknown).toHaveLength(1);
  });
});

const PIPENV = { Pipfile: '[packages]\nflask="*"\n', 'Pipfile.lock': '{"default":{"flask":{},"click":{}}}' };

describe('pipenv', () => {
  it.each(['pipenv install --system', 'pipenv install --dev -d --verbose --python 3.11'])('%s', (line) => {
    const found = sure(line, PIPENV);
    expect(found).toMatchObject({
      tool: 'pipenv',
      files: ['/app/Pipfile'],
      optional: ['/app/Pipfile.lock'],
      needsProject: false,
    });
    expect(found.packages).toEqual(['click', 'flask']);
  });
  it.each([
    'pipenv install --system --deploy',
    'pipenv install --ignore-pipfile',
    'pipenv sync',
    'python3 -m pipenv sync --system',
  ])('%s must have the lock', (line) => {
    expect(sure(line, PIPENV).files).toEqual(['/app/Pipfile', '/app/Pipfile.lock']);
  });
  it('passes over the lock where told', () => {
    expect(sure('pipenv install --skip-lock', PIPENV)).toMatchObject({ optional: [], packages: ['flask'] });
  });
  it('needs entries on disk, reads -r, finds the Pipfile', () => {
    const local = { Pipfile: '[packages]\nme={editable=true,path="."}\n' };
    expect(sure('pipenv install', local).needsProject).toBe('me is installed from .');
    expect(sure('pipenv install -r base.txt', { ...PIPENV, ...REQUIREMENTS }).files).toEqual([
      '/app/Pipfile',
      '/app/base.txt',
    ]);
    expect(sure('pipenv sync', PIPENV, { cwd: '/app/a' }).files).toEqual(['/app/Pipfile', '/app/Pipfile.lock']);
    expect(sure('pipenv install', { 'x/Pip': '' }, { env: { PIPENV_PIPFILE: '/app/x/Pip' } }).files).toEqual([
      '/app/x/Pip',
    ]);
    expect(reads('pipenv install flask', PIPENV)?.unknown).toHaveLength(1);
    expect(reads('pipenv install', { 'requirements.txt': '' })).toMatchObject({
      optional: ['/app/requirements.txt'],
      unknown: ['/app/Pipfile is not in the repository'],
    });
  });
});

describe('pdm', () => {
  const files = {
    'pyproject.toml': '[project]\nname="a"\ndependencies=["flask"]\n',
    'pdm.lock': '[[package]]\nname="flask"\n',
    'pdm.toml': '',
  };
  it('reads the project and its lock', () => {
    expect(sure('pdm install --prod --no-self --frozen-lockfile -G x', files)).toMatchObject({
      tool: 'pdm',
      files: ['/app/pyproject.toml'],
      optional: ['/app/pdm.lock', '/app/pdm.toml'],
      needsProject: false,
    });
    expect(sure('pdm sync --no-self', files).files).toEqual(['/app/pyproject.toml', '/app/pdm.lock']);
    expect(sure('pdm install --check --no-editable', files).needsProject).toMatch(/--no-self/);
    const application = { 'pyproject.toml': '[project]\nname="a"\n[tool.pdm]\ndistribution=false\n' };
    expect(sure('pdm install', application).needsProject).toBe(false);
    const local = { ...files, 'pdm.lock': '[[package]]\nname="l"\npath="./l"\n' };
    expect(sure('pdm sync --no-self', local).needsProject).toBe('l is installed from ./l');
    expect(sure('pdm install -p b --no-self', { 'b/pyproject.toml': '' }).files).toEqual(['/app/b/pyproject.toml']);
  });
});

describe('conda', () => {
  const files = {
    'environment.yml': 'dependencies:\n  - python\n  - pip:\n    - -r req/r.txt\n    - foo\n',
    'req/r.txt': 'bar\n-r s.txt\n',
    'req/s.txt': '',
    'sub/e.yaml': 'dependencies:\n  - pip:\n    - -e .\n',
    'spec.txt': '',
  };
  it.each([
    'conda env create -f environment.yml',
    'conda env create',
    'mamba env update --name base --file=environment.yml --prune',
    'micromamba install -y -n base -f environment.yml',
  ])('%s', (line) => {
    const found = sure(line, files);
    expect(found).toMatchObject({ tool: 'conda', needsProject: false, packages: ['bar', 'foo'] });
    expect(found.files).toEqual(['/app/environment.yml', '/app/req/r.txt', '/app/req/s.txt']);
  });
  it('reads specification files, and sees code in pip lines', () => {
    expect(sure('conda install -y --file spec.txt -c conda-forge', files).files).toEqual(['/app/spec.txt']);
    expect(sure('conda env create -f sub/e.yaml', files).needsProject).toMatch(/^-e \./);
    expect(sure('conda install -y numpy', files).files).toEqual([]);
  });
});

describe('requirements in another encoding', () => {
  const bytes = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').toString('latin1');
  it('are followed into what they include', () => {
    const files = { 'requirements.txt': bytes('flask\r\n-r base.txt\r\n'), 'base.txt': 'uvicorn\n' };
    const found = sure('pip install -r requirements.txt', files);
    expect(found.files).toEqual(['/app/requirements.txt', '/app/base.txt']);
    expect(found.packages).toEqual(['flask', 'uvicorn']);
  });
  it('are not known where nothing tells which', () => {
    const found = reads('pip install -r requirements.txt', { 'requirements.txt': bytes('flask').slice(2) });
    expect(found?.unknown).toEqual(['/app/requirements.txt: its encoding is not known']);
  });
});
