// Which build contexts workflows, Makefiles and scripts give a Dockerfile, and when that is not known.

import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { namingPages, namingsOf } from '../src/facts/builds/namedContexts.ts';
import { factsOf } from '../src/facts/facts.ts';
import { readable } from '../src/facts/values.ts';
import type { Snapshot } from '../src/model.ts';

const PATH = 'services/api/Dockerfile';

function snapshotOf(files: Readonly<Record<string, string>>): Snapshot {
  const all: Readonly<Record<string, string>> = { [PATH]: 'FROM python:3.12\n', 'services/main.py': '', ...files };
  return { paths: new Map(Object.keys(all).map((path) => [path, 'file'])), read: (path) => all[path] };
}

/** The contexts that one file gives; 'none' where it does not name the Dockerfile, 'unknown' where it does for an unseen reason. */
function contextsBy(path: string, text: string): readonly string[] | 'none' | 'unknown' {
  const [naming] = namingsOf(PATH, snapshotOf({ [path]: text }));
  return naming ? (naming.contexts ?? 'unknown') : 'none';
}

const step = (lines: string) => `on: push\njobs:\n  image:\n    steps:\n${lines.replace(/^/gm, '      ')}\n`;
const action = (inputs: string) => step(`- uses: docker/build-push-action@v6\n  with: {${inputs}}`);

describe('a workflow', () => {
  const cases: Readonly<Record<string, [string, readonly string[] | 'none' | 'unknown']>> = {
    'with a context and no file': [action('context: ./services/api'), ['services/api']],
    'with a file and no context': [action('file: services/api/Dockerfile'), ['']],
    'with both': [action('context: services, file: services/api/Dockerfile'), ['services']],
    'with a folder of the default context': [
      `# ${PATH}\n${action('context: "{{defaultContext}}:services", file: api/Dockerfile')}`,
      ['services'],
    ],
    'with a context of a variable': [
      `${action('context: "$' + '{{ matrix.context }}"')}env: {A: services/api/Dockerfile}\n`,
      'unknown',
    ],
    'with any file in one context': [
      `${action('context: services, file: "$' + '{{ matrix.file }}"')}env: {A: services/api/Dockerfile}\n`,
      ['services'],
    ],
    'with a context of another repository': [
      action('context: "https://example.com/a.git", file: services/api/Dockerfile'),
      'unknown',
    ],
    'that names it as a trigger only': [`on: {push: {paths: [${PATH}]}}\njobs: {a: {steps: [{run: make}]}}\n`, 'none'],
    'that names it to another action': [
      step(`- uses: hadolint/hadolint-action@v3\n  with: {dockerfile: ${PATH}}`),
      'unknown',
    ],
    'that checks out into a folder': [
      step(
        `- uses: actions/checkout@v4\n  with: {path: src}\n- uses: docker/build-push-action@v6\n  with: {context: ., file: ${PATH}}`,
      ),
      'unknown',
    ],
    'that runs a build': [step(`- run: docker build -t api -f ${PATH} .`), ['']],
    'that runs a build in its folder': [
      step(`- run: |\n    cd services/api\n    docker build --tag "api:$TAG" .`),
      ['services/api'],
    ],
    'that gives a folder to another action': [
      step('- uses: acme/docker-lint@v1\n  with: {context: services/api}'),
      'none',
    ],
    'that names it in a list': [step(`- uses: acme/lint@v1\n  with: {files: [${PATH}]}`), 'unknown'],
    'with named contexts': [action(`context: services, file: ${PATH}, build-contexts: base=other`), 'unknown'],
    'with a context and a file of variables': [
      `${action('context: "$' + '{{ matrix.context }}", file: "$' + '{{ matrix.file }}"')}env: {A: ${PATH}}\n`,
      'unknown',
    ],
    'that names it in a variable beside a build of it': [
      `${action('context: services/api')}env: {A: ${PATH}}\n`,
      ['services/api'],
    ],
    'that cannot be read': [`${action(`file: ${PATH}`)}\n]`, 'unknown'],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(name, () => expect(contextsBy('.github/workflows/image.yml', text)).toEqual(expected));
  }
});

describe('a script', () => {
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [`docker build -f ${PATH} .`, ['']],
    [`docker buildx build --push --platform linux/amd64,linux/arm64 --file=${PATH} services`, ['services']],
    ['docker build -t api services/api', ['services/api']],
    ['podman build services/api', ['services/api']],
    ['cd services && docker build -f api/Dockerfile . # services/api/Dockerfile', 'unknown'],
    [`cd services && docker build -f api/Dockerfile .\n# ${PATH}\n`, ['services']],
    [`docker build -f ${PATH} "$CONTEXT"`, 'unknown'],
    [`docker build $ARGS -f ${PATH} .`, 'unknown'],
    [`docker build --unheard-of -f ${PATH} .`, 'unknown'],
    [`docker build -f ${PATH} ..`, 'unknown'],
    [`docker build -f ${PATH} - <context.tar`, 'unknown'],
    [`docker build -f ${PATH} .\nsed -i s/a/b/ ${PATH}`, 'unknown'],
    [`docker build -f ${PATH} .\ndocker build -f ${PATH} services`, ['', 'services']],
    [`echo ${PATH}`, 'unknown'],
    [`docker build -f other/${PATH} .`, 'none'],
    [`docker buildx bake -f ${PATH}`, 'unknown'],
    [`if true; then docker build -f ${PATH} .; fi`, ['']],
    [`docker build -f ${PATH} . ;; oops`, 'unknown'],
    ['helm build services/api\ndocker ps', 'unknown'],
    ['docker build -t $TAG services/api', 'unknown'],
    ['docker push services/api', 'none'],
    [`docker build -f ${PATH}`, 'unknown'],
    ['docker build services/api services', 'unknown'],
    [`docker build -f ${PATH} -f other .`, 'unknown'],
    ['docker build $ARGS services/api', 'unknown'],
    [`docker build -f - services/api <${PATH}`, 'unknown'],
    [`docker build - <${PATH}`, 'unknown'],
    [`docker build -f x/${PATH} "$CONTEXT"`, 'unknown'],
    [`docker build -f "$ROOT/${PATH}" .`, 'unknown'],
    [`docker build nowhere\n# ${PATH}`, 'none'],
    [`docker build -f ../x/${PATH} .`, 'unknown'],
    [`docker build -f /src/${PATH} .`, 'unknown'],
    [`docker build -f api/Containers .\n# ${PATH}`, 'none'],
    [`docker build -f api/Dockerfile https://example.com/a.git\n# ${PATH}`, 'unknown'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('scripts/image.sh', `${text}\n`)).toEqual(expected));
  }
});

describe('a Makefile', () => {
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [`image: ## ${PATH}\n\t@docker build -t api:$(TAG) \\\n\t  -f ${PATH} .\n`, ['']],
    [`image:\n\tcd services/api && docker build -t api .\n`, ['services/api']],
    [`FILE = ${PATH}\nimage:\n\tdocker build -f $(FILE) .\n`, ['']],
    [`FILE ?= ${PATH}\nimage:\n\tdocker build -f $(FILE) .\n`, 'unknown'],
    [`image:\n\tdocker build -f ${PATH} $(CURDIR)\n`, ['']],
    [`image:\n\tdocker build -f ${PATH} .\nother:\n\tdocker build -f other/Dockerfile $(DIR)\n`, ['']],
    [`# docker build -f ${PATH} .\n`, 'none'],
    [`image: ${PATH}\n\tdocker build -f $< .\n`, 'unknown'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('Makefile', text)).toEqual(expected));
  }
});

describe('a matrix', () => {
  const job = (matrix: string, inputs: string) =>
    `on: push\njobs:\n  image:\n    strategy:\n      matrix: ${matrix}\n    steps:\n      - uses: docker/build-push-action@v6\n        with: {${inputs}}\n`;
  const expression = (name: string) => `"\${{ matrix.${name} }}"`;
  const file = `file: "services/\${{ matrix.name }}/Dockerfile"`;
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [job('{name: [api, web]}', `context: ., ${file}`), ['']],
    [job('{name: [web]}', `context: ., ${file}`), 'none'],
    [job('{name: [web], include: [{name: api}]}', `context: ., ${file}`), ['']],
    [job('{name: [api, web], exclude: [{name: api}]}', `context: ., ${file}`), 'none'],
    [job('{include: [{at: services/api}]}', `context: ${expression('at')}`), ['services/api']],
    [job('{image: [{at: services/api}]}', `context: ${expression('image.at')}`), ['services/api']],
    [job(`"\${{ fromJson(needs.a.outputs.b) }}"`, `context: ${expression('at')}, file: ${PATH}`), 'unknown'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('.github/workflows/image.yml', text)).toEqual(expected));
  }
});

describe('a bake file', () => {
  const MANY = '["api", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]';
  const target = (lines: string) => `target "api" {\n${lines}\n}\n`;
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [target(`  dockerfile = "${PATH}"`), ['']],
    [target('  context = "services/api" // here'), ['services/api']],
    [target('  context = "services"\n  dockerfile = "api/Dockerfile"\n  tags = ["a:${TAG}", "b"]'), ['services']],
    [`variable "DIR" {\n  default = "services/api"\n}\n${target('  context = DIR')}`, ['services/api']],
    [`variable "DIR" {}\n${target(`  context = DIR\n  # ${PATH}`)}`, 'none'],
    [
      `target "base" {\n  context = "services"\n}\n${target('  inherits = ["base"]\n  dockerfile = "api/Dockerfile"')}`,
      ['services'],
    ],
    [
      target('  matrix = { name = ["web", "api"] }\n  name = "x-${name}"\n  context = "services/${name}"'),
      ['services/api'],
    ],
    [target(`  context = join("/", ["services", "api"])\n  args = { A = 1, B = "x" }\n  dockerfile = "other"`), 'none'],
    [target(`  dockerfile-inline = <<EOT\nFROM python\n# ${PATH}\nEOT`), 'none'],
    [`# ${PATH}\ntarget "api" {\n`, 'unknown'],
    [`variable "api" {\n  default = "services/api"\n}\n${target('  context = api')}`, ['services/api']],
    [target('  inherits = ["nobody"]\n  context = "services/api"'), ['services/api']],
    [target('  matrix = { name = NAMES }\n  name = "x-${name}"\n  context = "services/${name}"'), 'none'],
    [
      target(`  matrix = { a = ${MANY}, b = ${MANY} }\n  name = "x-\${a}-\${b}"\n  context = "services/api"`),
      ['services/api'],
    ],
    [target(`  matrix = { a = ${MANY}, b = ${MANY} }\n  name = "x-\${a}-\${b}"\n  context = "services/\${a}"`), 'none'],
    [target('  context = "services/api"\n  dockerfile-inline = "FROM python"'), 'none'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('docker-bake.hcl', text)).toEqual(expected));
  }
  test('in JSON', () => {
    const text = JSON.stringify({ target: { api: { context: 'services', dockerfile: 'api/Dockerfile' } } });
    expect(contextsBy('docker-bake.json', text)).toEqual(['services']);
    expect(contextsBy('docker-bake.json', `{ "target": "${PATH}" `)).toBe('unknown');
    expect(contextsBy('docker-bake.json', '{"version": 1, "target": {"api": {"context": "services/api"}}}')).toEqual([
      'services/api',
    ]);
  });
});

test('a devcontainer.json is relative to itself', () => {
  const text = JSON.stringify({ build: { dockerfile: '../services/api/Dockerfile', context: '..' } });
  expect(contextsBy('.devcontainer/devcontainer.json', text)).toEqual(['']);
  expect(contextsBy('.devcontainer/devcontainer.json', '{"image": "python:3.12"}')).toBe('none');
  expect(contextsBy('.devcontainer/devcontainer.json', 'null')).toBe('none');
});

describe('a page', () => {
  const pages = (text: string, path = 'README.md') => {
    const [naming] = namingPages(PATH, snapshotOf({ [path]: text, 'services/api/main.py': '' }));
    return naming?.contexts ?? 'none';
  };
  const block = (text: string, language = 'sh') => `# How to\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;
  const cases: readonly [string, string, readonly string[] | 'none'][] = [
    ['a build in a block', block(`docker build -t api -f ${PATH} .`), ['']],
    [
      'a build behind a prompt',
      block(`$ docker build -t api \\\n    -f ${PATH} .\nSending build context`, 'console'),
      [''],
    ],
    [
      'a folder that another block goes to',
      block('cd services/api') + block('docker build -t api .'),
      ['services/api'],
    ],
    ['an indented line with a prompt', `Then:\n\n    $ docker build -f ${PATH} services\n`, ['services']],
    ['a clone before it', block(`git clone https://example.com/x.git\ncd x\ndocker build -f ${PATH} .`), ['']],
    ['a block with a line that is no command', block(`docker build -f ${PATH} .\n<then (you are done>`), ['']],
    ['a sentence', `Run docker build -f ${PATH} . there.\n`, 'none'],
    ['a comment', block(`# docker build -f ${PATH} .`), 'none'],
    ['what is printed', block(`$ make image\ndocker build -f ${PATH} .`, 'console'), 'none'],
    ['another language', block(`docker build -f ${PATH} .`, 'python'), 'none'],
    ['a word of echo', block(`echo "docker build -f ${PATH} ."`), 'none'],
    ['a placeholder', block(`docker build -f ${PATH} <context>`), 'none'],
  ];
  for (const [name, text, expected] of cases) test(name, () => expect(pages(text)).toEqual(expected));
  test('of reStructuredText', () => {
    expect(pages(`Build\n\n.. code-block:: bash\n\n   docker build -f ${PATH} .\n\nDone.\n`, 'docs/a.rst')).toEqual([
      '',
    ]);
    expect(pages(`Build\n\n.. code-block:: python\n\n   docker build -f ${PATH} .\n`, 'docs/a.rst')).toBe('none');
  });
  test('beside what it builds', () => {
    expect(pages(block('docker build -t api .'), 'services/api/README.md')).toEqual(['services/api']);
  });
});

describe('a folder that a script goes to', () => {
  const cases: readonly [string, readonly string[] | 'none' | 'unknown'][] = [
    [`cd "$(dirname "$0")/.."\ndocker build -f ${PATH} .`, ['']],
    [`ROOT=$(cd "$(dirname "\${BASH_SOURCE[0]}")/.." && pwd)\ndocker build -f "$ROOT/${PATH}" "$ROOT"`, ['']],
    [`ROOT=$(git rev-parse --show-toplevel)\ndocker build -f "$ROOT/${PATH}" "$ROOT/services"`, ['services']],
    [`(cd services/api && docker build -t api .)\nmake`, ['services/api']],
    [`if [ -n "$A" ]; then cd services; fi\ndocker build api`, 'none'],
    [`for name in web api; do docker build "services/$name"; done`, ['services/api']],
    [`for name in $NAMES; do docker build "services/$name"; done`, 'none'],
    [`build() {\n  docker build api\n}\ncd services\nbuild`, 'none'],
    [`DOCKER=docker\n$DOCKER build services/api`, ['services/api']],
    [`$DOCKER build services/api`, ['services/api']],
    [`$TOOL build services/api`, 'none'],
  ];
  for (const [text, expected] of cases) {
    test(JSON.stringify(text), () => expect(contextsBy('scripts/image.sh', `${text}\n`)).toEqual(expected));
  }
});

test('a Dockerfile at the root is not named by its folder', () => {
  expect(namingsOf('Dockerfile', snapshotOf({ Jenkinsfile: 'sh "docker build ."' }))).toEqual([]);
});

test('other files that name it are not read', () => {
  expect(contextsBy('Jenkinsfile', `sh "docker build -f ${PATH} ."`)).toBe('unknown');
  expect(contextsBy('README.md', `docker build -f ${PATH} .`)).toBe('none');
});

describe('the builds of a repository', () => {
  const factsFor = (files: Readonly<Record<string, string>>) => factsOf(snapshotOf(files), settingsOf({}));

  test('say file, context, stage, arguments, names and line', () => {
    const script = `#!/bin/sh\ndocker build -t api:1 -t "api:$TAG" --target run --build-arg A=b --build-arg C ${'services/api'}\n`;
    const [build, ...others] = factsFor({ 'build.sh': script }).builds();
    expect(others).toEqual([]);
    expect(build).toMatchObject({
      path: 'build.sh',
      offset: 10,
      by: 'script',
      dockerfile: PATH,
      context: 'services/api',
      target: 'run',
      assumed: false,
    });
    expect(build!.tags.map(readable)).toEqual(['api:1', 'api:$TAG']);
    expect([...build!.args].map(([name, value]) => [name, readable(value)])).toEqual([
      ['A', 'b'],
      ['C', '$C'],
    ]);
  });

  test('have those of compose and of workflows, each with its line', () => {
    const builds = factsFor({
      'compose.yaml': 'services:\n  api:\n    build: services/api\n    image: mine\n',
      '.github/workflows/a.yml': step(`- run: |\n    set -e\n    docker build -t b services/api`),
    }).builds();
    expect(builds.map(({ by, tags, context }) => [by, tags[0], context])).toEqual([
      ['compose', 'mine', 'services/api'],
      ['workflow', 'b', 'services/api'],
    ]);
    expect(builds[1]!.offset).toBe(step(`- run: |\n    set -e\n    docker build`).lastIndexOf('docker build'));
  });

  test('have the arguments of bake files and dev containers, and no others', () => {
    const argsBy = (path: string, text: string) =>
      factsFor({ [path]: text })
        .builds()
        .map(({ args, tags }) => [...[...args].map(([name, value]) => `${name}=${readable(value)}`), ...tags]);
    const bake = { context: 'services/api', args: { A: 1, B: true, C: null }, tags: ['a:1'] };
    expect(argsBy('docker-bake.json', JSON.stringify({ target: { api: bake } }))).toEqual([
      ['A=1', 'B=true', 'C=<an expression>', 'a:1'],
    ]);
    const base = 'target "base" {\n  context = "services/api"\n  args = { A = 1 }\n}\n';
    expect(argsBy('docker-bake.hcl', `${base}target "api" {\n  inherits = ["base"]\n  args = ARGS\n}\n`)).toEqual([
      ['A=1'],
      [],
    ]);
    const devcontainer = (build: object) => argsBy('.devcontainer/devcontainer.json', JSON.stringify({ build }));
    expect(devcontainer({ dockerfile: 'Dockerfile', args: { A: 'b' } })).toEqual([['A=b']]);
    expect(devcontainer({ dockerfile: 'Dockerfile', args: 'A' })).toEqual([[]]);
    expect(devcontainer({})).toEqual([]);
  });

  test('have no place where their context is none of the repository', () => {
    const [missing] = factsFor({ 'build.sh': `docker build -f ${PATH} nowhere\n` }).builds();
    expect(missing).toMatchObject({ dockerfile: undefined, context: undefined });
    const [open] = factsFor({ Dockerfile: 'FROM python:3.12\n', 'build.sh': 'docker build "$FOLDER"\n' }).builds();
    expect(open).toMatchObject({ dockerfile: undefined, context: undefined });
  });

  test('make Dockerfiles of files that only they name', () => {
    const paths = (files: Readonly<Record<string, string>>) => factsFor(files).dockerfiles.map(({ path }) => path);
    const base = { 'docker/files/base': 'FROM python:3.12\n' };
    expect(paths({ ...base, 'a.sh': 'docker build -f docker/files/base .\n' })).toEqual([PATH, 'docker/files/base']);
    expect(paths({ ...base, 'a.sh': 'docker build -fdocker/files/base .\n' })).toEqual([PATH, 'docker/files/base']);
    expect(paths({ ...base, 'a.sh': '# docker build -f docker/files/base .\n' })).toEqual([PATH]);
    expect(paths({ ...base, 'a.sh': 'kubectl apply -f docker/files/base\n' })).toEqual([PATH]);
    expect(paths({ ...base, 'tests/fixtures/a.sh': 'docker build -f docker/files/base .\n' })).toEqual([PATH]);
    expect(paths({ notes: 'hello\n', 'a.sh': 'docker build -f notes .\n' })).toEqual([PATH]);
    expect(paths({ ...base, 'a.sh': 'docker build -f nowhere .\n' })).toEqual([PATH]);
    const page = { 'notes.md': 'FROM python:3.12\n', 'a.sh': 'docker build -f notes.md .\n' };
    expect(paths(page)).toEqual([PATH]);
    const data = { 'tests/fixtures/base': 'FROM python:3.12\n', 'a.sh': 'docker build -f tests/fixtures/base .\n' };
    expect(paths(data)).toEqual([PATH]);
    const two = { base: 'FROM python:3.12\n', 'b/base': 'FROM python:3.12\n', 'b/a.sh': 'docker build -f base .\n' };
    expect(paths(two)).toEqual([PATH]);
  });
});

describe('an ignore file', () => {
  const unread = (files: Readonly<Record<string, string>>) =>
    factsOf(snapshotOf(files), settingsOf({})).unreadIgnoreFiles();
  const copies = { [PATH]: 'FROM python:3.12\nCOPY main.py .\n', 'services/api/main.py': '' };

  test('that stands at no context is read by nobody', () => {
    expect(unread({ ...copies, '.dockerignore': '', 'services/api/.dockerignore': '' })).toEqual([
      {
        path: '.dockerignore',
        why: 'no image is built in the root of the repository: the build context is services/api',
      },
    ]);
    expect(unread({ ...copies, 'services/api/dev.Dockerfile.dockerignore': '' })).toEqual([
      {
        path: 'services/api/dev.Dockerfile.dockerignore',
        why: 'there is no services/api/dev.Dockerfile whose build would read it',
      },
    ]);
  });
  test('is perhaps read by what has its name, and nobody asks of test data', () => {
    expect(unread({ ...copies, 'services/api/main.py.dockerignore': '' })).toEqual([]);
    expect(unread({ ...copies, 'tests/fixtures/.dockerignore': '' })).toEqual([]);
  });
  test('is no concern where nothing is built', () => {
    const ignore = { paths: new Map([['.dockerignore', 'file' as const]]), read: () => '' };
    expect(factsOf(ignore, settingsOf({})).unreadIgnoreFiles()).toEqual([]);
  });
  test('that is a link is not judged', () => {
    const { paths, read } = snapshotOf(copies);
    const linked = { paths: new Map([...paths, ['.dockerignore', 'symlink' as const]]), read };
    expect(factsOf(linked, settingsOf({})).unreadIgnoreFiles()).toEqual([]);
  });
  test('is perhaps read where a context is not known', () => {
    const open = { [PATH]: 'FROM python:3.12\nCOPY . .\n', '.dockerignore': '' };
    expect(unread(open)).toEqual([]);
  });
  test('is read by the Dockerfile of its name', () => {
    expect(unread({ ...copies, [`${PATH}.dockerignore`]: '' })).toEqual([]);
  });
});

describe('a context that nobody names', () => {
  const folderFor = (install: string, files: Readonly<Record<string, string>>): string | undefined =>
    factsOf(
      snapshotOf({ [PATH]: `FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN ${install}\n`, ...files }),
      settingsOf({}),
    ).dockerfileAt(PATH)?.context.folder;
  const installs = [
    'pip install -r requirements.txt',
    'uv pip install --system -r requirements.txt',
    'uv pip sync --system requirements.txt',
  ];
  for (const install of installs) {
    test(`is where ${install} finds its file`, () => {
      expect(folderFor(install, { 'services/api/requirements.txt': 'six\n' })).toBe('services/api');
      expect(folderFor(install, { 'requirements.txt': 'six\n' })).toBe('');
    });
    test(`may be either where ${install} finds one in both`, () => {
      const both = { 'services/api/requirements.txt': 'six\n', 'requirements.txt': 'six\n' };
      expect(folderFor(install, both)).toBeUndefined();
    });
  }
  test('may be either where an install names no file', () => {
    expect(folderFor('uv pip install --system six', { 'services/api/requirements.txt': 'six\n' })).toBeUndefined();
  });
});
