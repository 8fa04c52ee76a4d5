// Reads manifests as their own tools do: requirements files, pyproject.toml, lock files, Pipfile, environment.yml.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoded } from '../src/parse/manifests/decoded.ts';
import { parseCondaEnvironment } from '../src/parse/manifests/environmentYml.ts';
import { parseIni, withOption } from '../src/parse/manifests/ini.ts';
import { parsePdmLock, parsePoetryLock, parseUvLock } from '../src/parse/manifests/lockFiles.ts';
import { canonicalMarker } from '../src/parse/manifests/marker.ts';
import { joinImage, joinInside } from '../src/parse/manifests/paths.ts';
import { parsePipfile, parsePipfileLock } from '../src/parse/manifests/pipfile.ts';
import { isUvPackage, parsePyproject } from '../src/parse/manifests/pyproject.ts';
import { parseRequirement } from '../src/parse/manifests/requirement.ts';
import { requirementFiles } from '../src/parse/manifests/requirementFiles.ts';
import { parseRequirements } from '../src/parse/manifests/requirements.ts';
import { isUvLockStale } from '../src/parse/manifests/uvLockAge.ts';
import { bytesOf } from '../src/text/latin1.ts';

function lines(text: string): [string, string][] {
  return parseRequirements(text).entries.map((entry) => [entry.kind, entry.name ?? entry.value]);
}

describe('requirements lines', () => {
  it.each<[string, [string, string][]]>([
    ['Foo_Bar.baz>=1,<2 # c', [['package', 'foo-bar-baz']]],
    ["uvicorn[standard]==0.1 ; python_version<'3'", [['package', 'uvicorn']]],
    ['foo==1 --hash=sha256:a \\\n  --hash=sha256:b', [['package', 'foo']]],
    ['foo#bar', [['unknown', 'foo#bar']]],
    ['-r base.txt', [['include', 'base.txt']]],
    ['-rbase.txt', [['include', 'base.txt']]],
    ['-r=base.txt', [['include', '=base.txt']]],
    ['--requirement=base.txt', [['include', 'base.txt']]],
    ['--requirem base.txt', [['include', 'base.txt']]],
    ['--req base.txt', [['unknown', '--req base.txt']]],
    ['-r "a b.txt"', [['include', 'a b.txt']]],
    ['-r a.txt -r b.txt', [['include', 'a.txt']]],
    ['-c c.txt', [['constraint', 'c.txt']]],
    ['--constraint c.txt', [['constraint', 'c.txt']]],
    ['-e .[dev]', [['editable', '.[dev]']]],
    ['-e git+https://h/r#egg=x', [['editable', 'git+https://h/r#egg=x']]],
    ['.', [['local', '.']]],
    ['.[dev]', [['local', '.']]],
    ['./lib ; python_version > "3"', [['local', './lib']]],
    ['../x', [['local', '../x']]],
    ['pkg-1.0-py3-none-any.whl', [['local', 'pkg-1.0-py3-none-any.whl']]],
    ['dist/pkg.tar.gz', [['local', 'dist/pkg.tar.gz']]],
    ['file:///app/lib#egg=x', [['local', '/app/lib']]],
    ['file:lib', [['local', 'lib']]],
    ['name @ file:///app/lib', [['local', 'name']]],
    ['name @ https://h/x.whl', [['url', 'name']]],
    ['https://h/x.whl', [['url', 'https://h/x.whl']]],
    ['-f ./wheels', [['findLinks', './wheels']]],
    ['--find-links=https://h', [['findLinks', 'https://h']]],
    ['-i https://h/simple', [['index', 'https://h/simple']]],
    [
      '--extra-index-url https://h --trusted-host h',
      [
        ['index', 'https://h'],
        ['option', '--trusted-host'],
      ],
    ],
    [
      '--no-index\n--pre',
      [
        ['option', '--no-index'],
        ['option', '--pre'],
      ],
    ],
    ['--bogus', [['unknown', '--bogus']]],
    ['-r "a', [['unknown', '-r "a']]],
    ['a\\\nb', [['package', 'ab']]],
    [
      'a \\\n# c\nb',
      [
        ['package', 'a'],
        ['package', 'b'],
      ],
    ],
    ['# c \\\nb', [['package', 'b']]],
    [
      'a\r\nb\rc\x0cd',
      [
        ['package', 'a'],
        ['package', 'b'],
        ['package', 'c'],
        ['package', 'd'],
      ],
    ],
    ['a = 1', [['unknown', 'a = 1']]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(lines(text)).toEqual(expected);
  });
  it('says where each stands, over continuations, behind a byte order mark', () => {
    const text = '\xef\xbb\xbf  foo \\\n   >=1   # c\r\n-r x.txt # d\n';
    const { entries } = parseRequirements(text);
    expect(entries.map((entry) => text.slice(entry.start, entry.end))).toEqual(['foo \\\n   >=1', '-r x.txt']);
    expect(entries[0]?.value).toBe('foo    >=1');
  });
  it('refuses UTF-16', () => {
    expect(parseRequirements('\xff\xfef\0').problems).toHaveLength(1);
  });
  it('keeps offsets inside the text and never throws', () => {
    const unit = fc.constantFrom(
      'foo',
      ' ',
      '\\\n',
      '\n',
      '#',
      '-r',
      '=',
      '"',
      './',
      '\xc2\x85',
      '\xe2\x80\xa8',
      '\r',
      ';',
      '[',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        let last = 0;
        for (const entry of parseRequirements(text).entries) {
          expect(entry.start).toBeGreaterThanOrEqual(last);
          expect(text.slice(entry.start, entry.end)).toMatch(/^\S(?:.*\S)?$/s);
          last = entry.start;
        }
      }),
      { numRuns: 2000 },
    );
  });
  it.each([
    ['blanks', `${' '.repeat(2_000_000)}x`],
    ['hashes', 'a#'.repeat(1_000_000)],
    ['backslashes', '\\\n'.repeat(500_000)],
    ['brackets', `x${'['.repeat(1_000_000)}`],
    ['options', `-r a ${'--pre '.repeat(50_000)}`],
  ])('takes linear time on %s', (_name, text) => {
    const started = performance.now();
    parseRequirements(text);
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe('PEP 508', () => {
  it('normalises', () => {
    expect(parseRequirement('Foo.Bar [B, a_c] (>= 1.0 ,<2) ; os_name == "x"')).toEqual({
      name: 'foo-bar',
      extras: ['a-c', 'b'],
      specifiers: ['<2', '>=1.0'],
      marker: 'os_name == "x"',
    });
    expect(parseRequirement('a @ git+https://h/r@v;x ; m')).toMatchObject({ url: 'git+https://h/r@v;x', marker: 'm' });
  });
  it.each(['./a', '-r x', 'https://h', 'a b', 'a[', 'a >', 'a =1', ''])('refuses %j', (text) => {
    expect(parseRequirement(text)).toBeUndefined();
  });
});

describe('requirement files', () => {
  const VARIABLE = `$\{DIR}`;
  const files: Record<string, string> = {
    'requirements.txt': '-r requirements/base.txt\n-c ../constraints.txt\n-e ./lib\nfoo\n',
    'requirements/base.txt': '-r ../requirements.txt\n-r common.txt\n./rel\nbar\n-f wheels\n',
    'requirements/common.txt': `-r missing.txt\n-r ${VARIABLE}/x.txt\n-r /etc/x.txt\n-r https://h/r.txt\n-c https://h/c.txt\nbaz\n`,
    'constraints.txt': 'only-limited==1\n',
    'requirements/wheels/a.whl': '',
  };
  const read = (path: string): string | undefined => files[path];
  it('follows includes, ends at cycles, and tells the rest', () => {
    const found = requirementFiles('requirements.txt', read, { cwd: '' });
    expect(found.files).toEqual(['requirements.txt', 'requirements/base.txt', 'requirements/common.txt']);
    expect(found.missing).toEqual(['requirements/missing.txt']);
    expect(found.packages).toEqual(['bar', 'baz', 'foo']);
    expect(found.local.map((one) => [one.path, one.entry.kind, one.file])).toEqual([
      ['lib', 'editable', 'requirements.txt'],
      ['rel', 'local', 'requirements/base.txt'],
      ['wheels', 'findLinks', 'requirements/base.txt'],
    ]);
    expect(found.unknown).toEqual([
      'requirements.txt: ../constraints.txt lies outside the repository',
      `requirements/common.txt: the variable in ${VARIABLE}/x.txt is not known`,
      'requirements/common.txt: /etc/x.txt lies outside the repository',
      'requirements/common.txt: https://h/r.txt is fetched when it is installed',
    ]);
  });
  it('takes find-links from the folder of the file where it is there', () => {
    const has = (path: string): boolean => path === 'requirements/wheels' || path in files;
    const found = requirementFiles('requirements/base.txt', read, { cwd: '', has });
    expect(found.local.find((one) => one.entry.kind === 'findLinks')?.path).toBe('requirements/wheels');
  });
  it('does not count constraints as packages, and does not guess the working directory', () => {
    const found = requirementFiles('r.txt', (path) => ({ 'r.txt': '-c constraints.txt\n-e .\n', ...files })[path]);
    expect(found.packages).toEqual([]);
    expect(found.files).toEqual(['r.txt', 'constraints.txt']);
    expect(found.unknown).toHaveLength(1);
  });
});

describe('paths', () => {
  it('never leave the repository', () => {
    expect(joinInside('a/b', '../c.txt')).toBe('a/c.txt');
    expect(joinInside('a', '..')).toBe('');
    expect(joinInside('', '../x')).toBeUndefined();
    expect(joinInside('a', '../../a/x')).toBeUndefined();
    expect(joinInside('a', '/x')).toBeUndefined();
  });
  it('stay at the root of an image', () => {
    expect(joinImage('/app', '../../x')).toBe('/x');
    expect(joinImage('/app', '/y/./z/')).toBe('/y/z');
  });
});

const PYPROJECT = `
[project]
name = "Root.App"
version = "0.1"
requires-python = ">=3.11,<4"
readme = {file = "READ\u00e9.md"}
license = {file = "LICENSE"}
dynamic = ["version"]
dependencies = ["Flask >=2, <4", "requests[socks] ~= 2.31", "tomli==2.*; python_version<'3.11'", "loc @ file:///srv/loc"]
[project.optional-dependencies]
Fast_X = ["orjson>=3"]
[dependency-groups]
dev = ["pytest>=8", {include-group = "Lint"}]
lint = ["ruff"]
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[tool.poetry]
package-mode = false
packages = [{include = "x"}]
readme = ["A.md", "B.md"]
[tool.poetry.dependencies]
python = "^3.11"
Some_Thing = {path = "../thing", develop = true}
[tool.poetry.group.Docs.dependencies]
mkdocs = "*"
[[tool.poetry.source]]
name = "mirror"
[tool.uv]
package = false
default-groups = ["dev"]
dev-dependencies = ["old"]
[tool.uv.pip]
system = true
[tool.uv.sources]
lib = {path = "lib", editable = true}
member = {workspace = true}
both = [{index = "x", marker = "a"}, {git = "https://h/r", rev = "1"}]
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/old"]
[tool.pdm]
distribution = true
`;

describe('pyproject.toml', () => {
  const read = parsePyproject(bytesOf(PYPROJECT));
  it('gives the names of each group, normalised', () => {
    expect(Object.fromEntries(read.groups)).toEqual({
      main: ['flask', 'loc', 'requests', 'some-thing', 'tomli'],
      'extra:fast-x': ['orjson'],
      'group:dev': ['old', 'pytest', 'ruff'],
      'group:lint': ['ruff'],
      'group:docs': ['mkdocs'],
    });
  });
  it('gives the tables', () => {
    expect(read.project).toMatchObject({ name: 'Root.App', requiresPython: '>=3.11,<4', dynamic: ['version'] });
    expect(read.hasBuildSystem).toBe(true);
    expect(read.poetry).toEqual({ name: undefined, packageMode: false, namesPackages: true, sources: ['mirror'] });
    expect(read.uv).toMatchObject({
      package: false,
      defaultGroups: ['dev'],
      pipSystem: true,
      workspace: { members: ['packages/*'], exclude: ['packages/old'] },
    });
    expect(read.uv?.sources.map((one) => [one.name, one.kind, one.value])).toEqual([
      ['lib', 'path', 'lib'],
      ['member', 'workspace', ''],
      ['both', 'index', 'x'],
      ['both', 'git', 'https://h/r'],
    ]);
    expect(read.pdm).toEqual({ distribution: true });
    expect(read.readmes).toEqual(['READ\xc3\xa9.md', 'A.md', 'B.md']);
    expect(read.licenseFiles).toEqual(['LICENSE']);
    expect(read.localDependencies).toEqual([
      { name: 'loc', path: '/srv/loc', via: 'requirement' },
      { name: 'lib', path: 'lib', via: 'uv' },
      { name: 'some-thing', path: '../thing', via: 'poetry' },
    ]);
  });
  it('knows whether uv builds it', () => {
    expect(isUvPackage(read)).toBe(false);
    expect(isUvPackage(parsePyproject('[build-system]\n'))).toBe(true);
    expect(isUvPackage(parsePyproject('[tool.uv]\npackage=true'))).toBe(true);
    expect(isUvPackage(parsePyproject('[project]\nname="a"'))).toBe(false);
  });
  it('reports what it cannot read, with its place', () => {
    expect(parsePyproject('a = 1\n[x\n').problems[0]?.offset).toBeGreaterThan(5);
    expect(parsePyproject('a = "\xff"').problems).toHaveLength(1);
    expect(parsePyproject(`a = ${'['.repeat(200_000)}`).problems).toHaveLength(1);
    expect(parsePyproject('[dependency-groups]\na=[{include-group="a"}]').dependencyGroups).toBe('unknown');
    expect(parsePyproject('[dependency-groups]\na=[{include-group="b"}]').dependencyGroups).toBe('unknown');
  });
  it('is not fooled by names of Object.prototype', () => {
    const odd = parsePyproject(
      '[tool]\n[project]\nname="a"\n[tool.uv.sources]\n__proto__ = {path="x"}\nconstructor={path="y"}\n',
    );
    expect(odd.uv?.sources.map((one) => one.value)).toEqual(['x', 'y']);
    expect(odd.poetry).toBeUndefined();
  });
  it('bounds the groups that include each other', () => {
    const groups = Array.from(
      { length: 60 },
      (_, i) => `g${i + 1} = [{include-group="g${i}"}, {include-group="g${i}"}]`,
    );
    expect(parsePyproject(`[dependency-groups]\ng0=["a"]\n${groups.join('\n')}`).dependencyGroups).toBe('unknown');
  });
});

const UV_PROJECT = `[project]
name = "Root.App"
version = "0.1"
requires-python = "==3.11.*"
dependencies = ["Flask >=2, <4", "requests[socks] ~= 2.31", "tomli==2.*; python_version<'3.11'", "lib", "its @ git+https://h/r@v1"]
[project.optional-dependencies]
Fast_X = ["orjson>=3.0; sys_platform == \\"linux\\""]
[dependency-groups]
dev = ["pytest>=8", {include-group = "lint"}]
lint = ["ruff"]
[tool.uv]
constraint-dependencies = ["click<9"]
[tool.uv.sources]
lib = {path = "./lib", editable = true}
`;
const UV_LOCK = `version = 1
revision = 3
requires-python = ">=3.11, <3.12"

[manifest]
constraints = [{ name = "click", specifier = "<9" }]

[[package]]
name = "flask"
version = "3.0.0"
source = { registry = "https://h/simple" }

[[package]]
name = "root-app"
version = "0.1"
source = { virtual = "." }

[package.metadata]
requires-dist = [
    { name = "flask", specifier = ">=2,<4" },
    { name = "its", git = "https://h/r?rev=v1" },
    { name = "lib", editable = "lib" },
    { name = "orjson", marker = "sys_platform == 'linux' and extra == 'fast-x'", specifier = ">=3" },
    { name = "requests", extras = ["socks"], specifier = "~=2.31" },
    { name = "tomli", marker = "python_full_version < '3.11'", specifier = "==2.*" },
]
provides-extras = ["fast-x"]

[package.metadata.requires-dev]
dev = [
    { name = "pytest", specifier = ">=8" },
    { name = "ruff" },
]
lint = [{ name = "ruff" }]
`;
const LIB_LOCK = `
[[package]]
name = "lib"
version = "1"
source = { editable = "lib" }

[package.metadata]
requires-dist = [{ name = "idna" }]
`;
const LIB = parsePyproject('[project]\nname="lib"\ndependencies=["idna"]\n[build-system]\n');

describe('uv.lock', () => {
  it('gives packages and where they come from', () => {
    const lock = parseUvLock(UV_LOCK + LIB_LOCK);
    expect(lock.packages.map((one) => [one.name, one.source, one.from])).toEqual([
      ['flask', 'registry', 'https://h/simple'],
      ['root-app', 'virtual', '.'],
      ['lib', 'editable', 'lib'],
    ]);
    expect([lock.version, lock.requiresPython, lock.members]).toEqual([1, '>=3.11, <3.12', []]);
  });
  it('reads a big lock as it reads a small one', () => {
    const filler = Array.from(
      { length: 4000 },
      (_, i) =>
        `[[package]]\nname = "p${i}"\nversion = "1"\nsource = { registry = "https://h" }\nwheels = [\n    { url = "https://h/${i}.whl" },\n]\n`,
    ).join('\n');
    const big = parseUvLock(`${UV_LOCK}${LIB_LOCK}\n${filler}`);
    const small = parseUvLock(UV_LOCK + LIB_LOCK);
    expect(big.packages).toHaveLength(4003);
    expect(big.packages[2]).toEqual(small.packages[2]);
    expect(big.packages.at(-1)?.name).toBe('p3999');
    expect([...big.metadata]).toEqual([...small.metadata]);
    expect(big.manifest).toEqual(small.manifest);
    expect(isUvLockStale(big, parsePyproject(UV_PROJECT), [LIB])).toBe('fresh');
    // Not as uv writes it: read whole, with the same answer.
    expect(parseUvLock(`${UV_LOCK}${LIB_LOCK}\n${filler}`.replaceAll('\n', '\r\n')).packages).toEqual(big.packages);
  });
  it('reports what is no TOML', () => {
    expect(parseUvLock('<<<<<<< HEAD\n').problems).toHaveLength(1);
    expect(parseUvLock('').packages).toEqual([]);
  });
});

describe('whether uv.lock is stale', () => {
  const age = (project: string, lock = UV_LOCK + LIB_LOCK): string =>
    isUvLockStale(parseUvLock(lock), parsePyproject(project), [LIB]);
  it('knows a fresh one', () => {
    expect(age(UV_PROJECT)).toBe('fresh');
  });
  it.each([
    ['a new requirement', '"lib",', '"lib", "new",'],
    ['one less', '"lib",', ''],
    ['another version', '>=2, <4', '>=2, <5'],
    ['another extra', 'requests[socks]', 'requests'],
    ['a requirement of an extra', '"orjson', '"new", "orjson'],
    ['a group', 'lint = ["ruff"]', 'lint = []'],
    ['a new group', 'lint = ["ruff"]', 'lint = ["ruff"]\nnew = ["x"]'],
    ['a marker taken away', "; python_version<'3.11'", ''],
    ['a source taken away', 'lib = {path = "./lib", editable = true}', ''],
    ['a constraint', '"click<9"', '"click<8"'],
    ['another name', 'Root.App', 'other'],
  ])('sees %s', (_name, from, to) => {
    expect(UV_PROJECT).toContain(from);
    expect(age(UV_PROJECT.replace(from, to))).toBe('stale');
  });
  it.each([
    ['another Python', '==3.11.*', '>=3.10'],
    ['another marker', "python_version<'3.11'", "python_version<'3.12'"],
    ['another folder', './lib', './lib2'],
    ['dynamic requirements', 'version = "0.1"', 'version = "0.1"\ndynamic = ["dependencies"]'],
    ['a setting', '[tool.uv]', '[tool.uv]\nprerelease = "allow"'],
    ['a project that became a package', '[tool.uv]', '[build-system]\n[tool.uv]'],
    ['a broken file', '[tool.uv]', '[tool.uv'],
    ['a version that cannot be compared', '>=8', '>=8rc1'],
  ])('does not know with %s', (_name, from, to) => {
    expect(UV_PROJECT).toContain(from);
    expect(age(UV_PROJECT.replace(from, to))).toBe('unknown');
  });
  it('takes other spellings of the same for the same', () => {
    const other = UV_PROJECT.replace('Flask >=2, <4', 'flask<4.0,>=2.0').replace(
      "python_version<'3.11'",
      'python_version < \\"3.11\\"',
    );
    expect(age(other.replace('==3.11.*', '>=3.11,<3.12.0'))).toBe('fresh');
  });
  it('wants the other projects of the lock', () => {
    expect(isUvLockStale(parseUvLock(UV_LOCK + LIB_LOCK), parsePyproject(UV_PROJECT))).toBe('unknown');
    const changed = parsePyproject('[project]\nname="lib"\ndependencies=["idna","x"]\n[build-system]\n');
    expect(isUvLockStale(parseUvLock(UV_LOCK + LIB_LOCK), parsePyproject(UV_PROJECT), [changed])).toBe('stale');
  });
  it('follows a workspace whose root is no project', () => {
    const lock = parseUvLock(
      `version = 1\nrequires-python = ">=3.11"\n[manifest]\nmembers = ["lib"]\n[manifest.dependency-groups]\ndev = [{ name = "ruff" }]\n${LIB_LOCK}`,
    );
    const member = parsePyproject(
      '[project]\nname="lib"\nrequires-python=">=3.11"\ndependencies=["idna"]\n[build-system]\n',
    );
    const root = '[tool.uv.workspace]\nmembers=["lib"]\n[dependency-groups]\ndev=["ruff"]\n';
    expect(isUvLockStale(lock, parsePyproject(root), [member])).toBe('fresh');
    expect(isUvLockStale(lock, parsePyproject(root.replace('"ruff"', '"ruff", "x"')), [member])).toBe('stale');
    expect(isUvLockStale(lock, parsePyproject(root))).toBe('unknown');
  });
  it('brings markers to one spelling', () => {
    expect(canonicalMarker('python_version > "3.8" and os_name=="nt"')).toBe(
      "os_name == 'nt' and python_full_version >= '3.9'",
    );
    expect(canonicalMarker("os_name == 'nt' or (a)")).toBe("os_name == 'nt' or (a)");
  });
});

describe('other locks', () => {
  it('reads poetry.lock', () => {
    const lock = parsePoetryLock(
      '[[package]]\nname = "A_b"\n[[package]]\nname = "d"\n[package.source]\ntype = "directory"\nurl = "../d"\n[[package]]\nname="w"\n[package.source]\ntype="file"\nurl="w.whl"\n[metadata]\ncontent-hash = "x"\n',
    );
    expect(lock.packages.map((one) => [one.name, one.source, one.from])).toEqual([
      ['a-b', 'registry', ''],
      ['d', 'folder', '../d'],
      ['w', 'file', 'w.whl'],
    ]);
    expect(lock.contentHash).toBe('x');
  });
  it('reads pdm.lock', () => {
    const lock = parsePdmLock(
      '[metadata]\ngroups = ["default", "dev"]\ncontent_hash = "sha256:1"\n[[package]]\nname="a"\n[[package]]\nname="b"\npath="./b"\neditable=true\n',
    );
    expect(lock.packages.map((one) => [one.name, one.source])).toEqual([
      ['a', 'registry'],
      ['b', 'editable'],
    ]);
    expect(lock.groups).toEqual(['default', 'dev']);
  });
});

describe('Pipfile', () => {
  it('gives names, local entries and Python', () => {
    const file = parsePipfile(
      '[[source]]\nname="x"\n[packages]\nFoo_Bar="*"\nme={editable=true,path="."}\n[dev-packages]\npytest="*"\n[requires]\npython_version="3.11"\n',
    );
    expect(Object.fromEntries(file.categories)).toEqual({ packages: ['foo-bar', 'me'], 'dev-packages': ['pytest'] });
    expect(file.local).toEqual([{ name: 'me', path: '.', editable: true }]);
    expect(file.requiresPython).toBe('3.11');
  });
  it('reads the lock', () => {
    const lock = parsePipfileLock(
      '{"_meta":{"hash":{"sha256":"h"}},"default":{"A.b":{"version":"==1"},"me":{"path":"./me"}},"develop":{}}',
    );
    expect(Object.fromEntries(lock.categories)).toEqual({ default: ['a-b', 'me'], develop: [] });
    expect(lock.local).toEqual([{ name: 'me', path: './me', editable: false }]);
    expect(lock.contentHash).toBe('h');
    expect(parsePipfileLock('[]').problems).toHaveLength(1);
    expect(parsePipfileLock('{').problems).toHaveLength(1);
  });
});

describe('environment.yml', () => {
  it('gives the pip lines', () => {
    const file = parseCondaEnvironment(
      'name: x\ndependencies:\n  - python=3.11\n  - pip\n  - pip:\n      - -r requirements.txt\n      - foo==1\n',
    );
    expect(file).toEqual({
      name: 'x',
      channels: [],
      dependencies: ['python=3.11', 'pip'],
      pip: ['-r requirements.txt', 'foo==1'],
      problems: [],
    });
  });
  it('reports what it cannot read', () => {
    expect(parseCondaEnvironment('- a').problems).toHaveLength(1);
    expect(parseCondaEnvironment('a: [').problems).toHaveLength(1);
    expect(parseCondaEnvironment('dependencies: [[a]]').problems).toHaveLength(1);
  });
});

describe('ini files', () => {
  const values = (text: string) =>
    Object.fromEntries([...(parseIni(text) ?? [])].map(([name, options]) => [name, Object.fromEntries(options)]));

  it('reads sections, both signs, comments and values of several lines', () => {
    const text = '# a\n[Global]\nUser = yes\nfind-links:\n  /a\n  /b\n; c\n[install]\r\nprefix=/x\n[global]\nuser=no\n';
    expect(values(text)).toEqual({ global: { user: 'no', 'find-links': '/a\n/b' }, install: { prefix: '/x' } });
  });
  it.each(['user = yes\n', '[global]\nuser\n', '[global]\n\xe9 = 1\n'])('refuses %j', (text) => {
    expect(parseIni(text)).toBeUndefined();
  });
  it('sets and takes out one option', () => {
    const once = withOption('[global]\nuser = yes\n', 'install', 'target', '/x');
    expect(values(once)).toEqual({ global: { user: 'yes' }, install: { target: '/x' } });
    expect(values(withOption(once, 'global', 'user', undefined))).toEqual({ global: {}, install: { target: '/x' } });
  });
});

describe('encodings by their first bytes', () => {
  const utf16 = (text: string, big: boolean): string => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return (big ? bytes.swap16() : bytes).toString('latin1');
  };
  const utf32 = (text: string): string => {
    const bytes = Buffer.alloc(4 * ([...text].length + 1));
    for (const [n, c] of ['\ufeff', ...text].entries()) bytes.writeUInt32LE(c.codePointAt(0)!, 4 * n);
    return bytes.toString('latin1');
  };
  const text = 'flask\n-r caf\u00e9.txt # \u{1f40d}\n';
  const utf8 = Buffer.from(text, 'utf8').toString('latin1');
  it.each([utf16(text, false), utf16(text, true), utf32(text), utf8])('reads one', (bytes) => {
    expect(decoded(bytes)).toBe(utf8);
  });
  it.each(['a\0b', `${utf16('a', false)}\0`, '\xff\xfe\0\xd8a\0', '\xff\xfe\0\xdc'])('refuses %j', (bytes) => {
    expect(decoded(bytes)).toBeUndefined();
  });
});
