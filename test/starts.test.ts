// Which containers scripts, Makefiles, workflows, devcontainers and pages start, how, and of which Dockerfile.

import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { factsOf } from '../src/facts/facts.ts';
import type { ContainerStart } from '../src/facts/starts/startShapes.ts';
import { readable } from '../src/facts/values.ts';
import type { PathKind } from '../src/model.ts';

type Files = Readonly<Record<string, string>>;

function startsIn(files: Files): readonly ContainerStart[] {
  const all: Files = { Dockerfile: 'FROM python:3.12\nCOPY . .\n', 'src/app.py': '', ...files };
  const paths = new Map<string, PathKind>(Object.keys(all).map((path) => [path, 'file']));
  return factsOf({ paths, read: (path) => all[path] }, settingsOf({})).starts();
}

const inScript = (line: string) => startsIn({ 'run.sh': `docker build -t app .\n${line}\n` });
const fence = (text: string) => `Start\n\n\`\`\`sh\n${text}\n\`\`\`\n`;

/** For people: what a start mounts. */
const mountsOf = ({ mounts }: ContainerStart): string[] =>
  mounts.map(({ target, source, readOnly }) => {
    const from =
      source.kind === 'bind'
        ? `bind ${source.place.kind === 'inside' ? `/${source.place.path}` : source.place.kind}`
        : source.kind === 'volume'
          ? `volume ${readable(source.name)}`
          : source.kind;
    return `${from} -> ${readable(target)}${readOnly === true ? ' ro' : readOnly === 'unknown' ? ' ?' : ''}`;
  });

describe('docker run', () => {
  test('says image, command, user, folder, variables and what it clears', () => {
    const [start, ...others] = inScript(
      `docker run --rm -it --name box -u 1000 -w /srv -e A=b -e C --entrypoint '' app python -m "my module"`,
    );
    expect(others).toEqual([]);
    expect(start).toMatchObject({
      path: 'run.sh',
      offset: 'docker build -t app .\n'.length,
      kind: 'machine',
      form: 'run',
      image: 'app',
      container: 'box',
      user: '1000',
      workingDir: '/srv',
      entrypoint: '',
      command: ['python', '-m', 'my module'],
      isOpen: false,
      folder: '',
      starts: { dockerfile: 'Dockerfile', target: undefined, assumed: false },
    });
    expect([...start!.environment].map(([name, value]) => `${name}=${readable(value)}`)).toEqual(['A=b', 'C=$C']);
  });

  const mounts: readonly [string, readonly string[]][] = [
    ['-v .:/app', ['bind / -> /app']],
    ['-v $(pwd):/app', ['bind / -> /app']],
    ['-v "$PWD/src:/app/src:ro"', ['bind /src -> /app/src ro']],
    [`-v "\${PWD}":/app/`, ['bind / -> /app']],
    ['-v %cd%:/app', ['bind / -> /app']],
    ['-v ./src:/app', ['bind /src -> /app']],
    ['-v venv:/app/.venv', ['volume venv -> /app/.venv']],
    ['-v /app/.venv', ['anonymous -> /app/.venv']],
    ['-v /var/run/docker.sock:/var/run/docker.sock', ['bind outside -> /var/run/docker.sock']],
    ['-v ~/.cache:/root/.cache', ['bind outside -> /root/.cache']],
    ['-v ..:/app', ['bind outside -> /app']],
    ['-v $DATA:/data', ['unknown -> /data']],
    ['-v $PWD:$TARGET', ['bind / -> $TARGET']],
    ['-v "$PWD:/app:$MODE"', ['bind / -> /app ?']],
    ['--mount type=bind,source="$(pwd)",target=/app,readonly', ['bind / -> /app ro']],
    ['--mount type=volume,src=venv,dst=/app/.venv', ['volume venv -> /app/.venv']],
    ['--mount target=/app/.venv', ['anonymous -> /app/.venv']],
    ['--mount type=tmpfs,destination=/tmp', ['tmpfs -> /tmp']],
    ['--tmpfs /run', ['tmpfs -> /run']],
    ['--volume=.:/app --volume /app/.venv', ['bind / -> /app', 'anonymous -> /app/.venv']],
    ['-v .:/app:ro:z', ['unknown -> <.:/app:ro:z> ?']],
    ['-v :/app', ['unknown -> /app']],
    ['-v ./$DATA:/app', ['bind unknown -> /app']],
    ['--mount type=bind,source=.', ['bind / -> <no target>']],
    ['-p 80:80', []],
  ];
  for (const [flags, expected] of mounts)
    test(`mounts ${flags}`, () => expect(inScript(`docker run ${flags} app`).map(mountsOf)).toEqual([expected]));

  test('knows the folder that it is started in', () => {
    expect(inScript('cd src && docker run -v .:/app app').map(mountsOf)).toEqual([['bind /src -> /app']]);
    expect(startsIn({ 'src/run.sh': 'docker run -v .:/app x\n' }).map(mountsOf)).toEqual([['bind unknown -> /app']]);
    expect(startsIn({ 'src/run.sh': 'docker run -v $PWD/a:/app x\n' }).map(mountsOf)).toEqual([
      ['bind unknown -> /app'],
    ]);
    const text = 'cd "$(dirname "$0")"\ndocker run -v .:/app x\n';
    expect(startsIn({ 'src/run.sh': text }).map(mountsOf)).toEqual([['bind /src -> /app']]);
  });

  const none = [
    '# docker run app',
    'echo "docker run app"',
    'docker_run app',
    'docker run',
    'docker pull app',
    'helm run app',
    'docker exec',
    'docker exec box',
    'docker exec --unheard-of box ls',
    'docker compose up web worker',
    'docker compose --unheard-of run web ls',
    'docker compose run --unheard-of web ls',
    'docker compose run',
    'docker compose exec web',
    'npm compose run web ls',
    'docker run --unheard-of app',
    'RUN="docker run app"',
  ];
  for (const line of none) test(`is not ${line}`, () => expect(inScript(line)).toEqual([]));

  test('of flags in a variable leaves image and command open', () => {
    const [start] = inScript('docker run $DOCKER_ARGS app pytest');
    expect(start).toMatchObject({ isOpen: true, command: undefined });
    expect(start).not.toHaveProperty('image');
    expect(start).not.toHaveProperty('starts');
  });

  const images: readonly [string, string, string][] = [
    ['by the name of a build', 'docker run app', 'Dockerfile'],
    ['by the name with the usual tag', 'docker run docker.io/library/app:latest', 'Dockerfile'],
    ['by the same variable', 'docker build -t "$NAME" .\ndocker run "$NAME"', 'Dockerfile'],
    ['by a variable that is set', 'NAME=app\ndocker run $NAME', 'Dockerfile'],
    ['that no build names', 'docker run other', 'Dockerfile assumed'],
    ['that is public', 'docker run postgres:16', 'none'],
    ['of somebody', 'docker run some/tool', 'none'],
  ];
  for (const [name, line, expected] of images)
    test(`starts an image ${name}`, () => {
      const starts = inScript(line).at(-1)?.starts;
      expect(starts ? `${starts.dockerfile}${starts.assumed ? ' assumed' : ''}` : 'none').toBe(expected);
    });

  test('has its line for people, cut where it is long', () => {
    expect(inScript('docker   run app ls')[0]!.said).toBe('docker run app ls');
    const [start] = inScript(`docker run app echo ${'a'.repeat(100)}`);
    expect(start!.said).toBe(`docker run app echo ${'a'.repeat(77)}...`);
  });

  test('may be told to create the container and to start it later', () => {
    expect(inScript('docker create --name box app ls')[0]).toMatchObject({
      form: 'run',
      image: 'app',
      container: 'box',
    });
  });

  test('of an unnamed image tells nothing among several Dockerfiles', () => {
    const [start] = startsIn({ 'a/Dockerfile': 'FROM python\n', 'run.sh': 'docker run other\n' });
    expect(start).not.toHaveProperty('starts');
  });

  test('of one name that two builds give tells nothing', () => {
    const script = 'docker build -t app .\ndocker build -t app a\ndocker run app\n';
    const [start] = startsIn({ 'a/Dockerfile': 'FROM python\n', 'run.sh': script });
    expect(start).not.toHaveProperty('starts');
  });

  test('starts what compose builds', () => {
    const compose = 'services:\n  web:\n    build: {context: ., target: run}\n    image: mine\n';
    const [start] = startsIn({ 'compose.yaml': compose, 'run.sh': 'docker run mine\n' });
    expect(start?.starts).toEqual({ dockerfile: 'Dockerfile', target: 'run', assumed: false });
  });
});

describe('docker exec', () => {
  test('says container, user, folder and command', () => {
    const [run, exec] = inScript('docker run -d --name box app\ndocker exec -it -u root -w /srv box python manage.py');
    expect(run?.form).toBe('run');
    expect(exec).toMatchObject({
      form: 'exec',
      container: 'box',
      user: 'root',
      workingDir: '/srv',
      command: ['python', 'manage.py'],
      starts: { dockerfile: 'Dockerfile', assumed: false },
    });
  });
  const alike = [
    ['of one image', ['app', 'app'], 'Dockerfile'],
    ['of two images', ['app', 'python:3.12'], undefined],
    ['of an image and then ours', ['python:3.12', 'app'], undefined],
  ] as const;
  for (const [name, images, wanted] of alike)
    test(`of a name that two containers ${name} get`, () => {
      const runs = images.map((image) => `docker run -d --name box ${image}`);
      const found = inScript([...runs, 'docker exec box ls'].join('\n'));
      expect(found.at(-1)?.starts?.dockerfile).toBe(wanted);
      expect(found[images.indexOf('app')]?.starts?.dockerfile).toBe('Dockerfile');
    });
  test('of a new container that only is called like that of a service is no other', () => {
    const [run] = startsIn({
      'compose.yaml': 'services:\n  web: {build: .}\n',
      'run.sh': 'docker run --name "$P-web-1" postgres ls\n',
    });
    expect(run).not.toHaveProperty('starts');
  });
  test('of a container as compose calls that of a service', () => {
    const services = { 'compose.yaml': 'services:\n  web: {build: .}\n  my-web: {build: .}\n' };
    const exec = (container: string) => startsIn({ ...services, 'run.sh': `docker exec ${container} ls\n` })[0];
    expect(exec('shop-web-1')).toMatchObject({ service: 'web', starts: { dockerfile: 'Dockerfile' } });
    // of the project shop-my, or of shop
    expect(exec('shop-my-web-1')).not.toHaveProperty('service');
  });
  test('of a container that nobody names tells no image', () => {
    expect(inScript('docker exec db psql')[0]).not.toHaveProperty('starts');
  });
});

describe('docker compose', () => {
  const compose = { 'compose.yaml': 'services:\n  web: {build: .}\n  db: {image: "postgres:16"}\n' };
  test('runs and execs in services', () => {
    const script =
      'docker compose -f compose.yaml run --rm -v .:/app web pytest -q\ndocker-compose exec -T -u app web bash\n$(COMPOSE) up\ndocker compose exec db psql\ndocker compose up\n';
    const [run, exec, other, ...more] = startsIn({ ...compose, 'run.sh': script });
    expect(more).toEqual([]);
    expect(run).toMatchObject({
      form: 'compose run',
      service: 'web',
      command: ['pytest', '-q'],
      composeFiles: ['compose.yaml'],
    });
    expect(mountsOf(run!)).toEqual(['bind / -> /app']);
    expect(run?.starts).toEqual({ dockerfile: 'Dockerfile', target: undefined, assumed: false });
    expect(exec).toMatchObject({ form: 'compose exec', service: 'web', user: 'app', command: ['bash'] });
    expect(other).toMatchObject({ service: 'db' });
    expect(other).not.toHaveProperty('starts');
  });
});

describe('a service of which the image is not certain', () => {
  const starts = (compose: string, files: Files = {}) => {
    const script = 'docker build -t mine .\ndocker compose run web ls\n';
    return startsIn({ 'compose.yaml': `services:\n  web: ${compose}\n`, 'run.sh': script, ...files })[0]?.starts;
  };
  const OTHER = { 'a/Dockerfile': 'FROM python:3.12\n' };
  const other = (compose: string): Files => ({ ...OTHER, 'a/compose.yaml': `services:\n  web: ${compose}\n` });
  test('is told where it is', () => {
    expect(starts('{build: .}')?.dockerfile).toBe('Dockerfile');
    expect(starts('{image: mine}')?.dockerfile).toBe('Dockerfile');
    expect(starts('{image: mine}', other('{image: mine}'))?.dockerfile).toBe('Dockerfile');
  });
  test('has no Dockerfile', () => {
    expect(starts('{build: "https://example.com/a.git"}')).toBeUndefined();
    expect(starts('{image: "$IMAGE"}')).toBeUndefined();
    expect(startsIn({ 'run.sh': 'docker compose run web ls\n' })[0]).not.toHaveProperty('starts');
  });
  test('has a stage that a variable names', () => {
    expect(starts(`{build: {context: ., target: "\${STAGE}"}}`)).toBeUndefined();
  });
  test('is one of several projects', () => {
    expect(starts('{build: .}', other('{build: .}'))).toBeUndefined();
    expect(starts('{build: .}', other('{image: mine}'))).toBeUndefined();
    expect(starts('{image: mine}', other('{image: another}'))).toBeUndefined();
    expect(starts('{image: another}', other('{image: mine}'))).toBeUndefined();
    expect(starts('{image: mine}', other('{build: .., image: mine}'))?.dockerfile).toBe('Dockerfile');
  });
  test('is of files in a folder that is not known', () => {
    const lines = ['cd "$DIR"', 'docker compose -f compose.yaml run web ls', ''].join('\n');
    expect(startsIn({ 'run.sh': lines })[0]?.composeFiles).toEqual([]);
  });
});

describe('the files that start containers', () => {
  const forms: readonly [string, string, string, readonly string[]][] = [
    [
      'a Makefile',
      'Makefile',
      'IMAGE := app\nrun:\n\t@docker run -v $(CURDIR):/app \\\n\t  $(IMAGE) make\n',
      ['bind / -> /app'],
    ],
    ['a Makefile of a folder', 'src/Makefile', 'run:\n\tdocker run -v $(PWD):/app app\n', ['bind /src -> /app']],
    [
      'a Makefile with flags in a variable',
      'Makefile',
      'FLAGS = --rm -v $(shell pwd):/app\nrun:\n\tdocker run $(FLAGS) app\n',
      ['bind / -> /app'],
    ],
    ['a justfile', 'justfile', 'run:\n    docker run -v {{justfile_directory()}}:/app app\n', ['bind / -> /app']],
    [
      'a Taskfile',
      'Taskfile.yml',
      'version: 3\ntasks:\n  run:\n    dir: src\n    cmds:\n      - docker run -v .:/app app\n',
      ['bind /src -> /app'],
    ],
    ['package.json', 'package.json', '{"scripts": {"start": "docker run -v $PWD:/app app"}}', ['bind / -> /app']],
    [
      'GitLab',
      '.gitlab-ci.yml',
      'test:\n  script:\n    - cd src\n    - docker run -v .:/app app\n',
      ['bind /src -> /app'],
    ],
    [
      'a workflow',
      '.github/workflows/a.yml',
      `on: push\njobs:\n  a:\n    steps:\n      - run: docker run -v \${{ github.workspace }}:/app app\n`,
      ['bind / -> /app'],
    ],
    [
      'a workflow in a folder',
      '.github/workflows/a.yml',
      'on: push\ndefaults: {run: {working-directory: src}}\njobs:\n  a:\n    steps:\n      - run: docker run -v .:/app app\n',
      ['bind /src -> /app'],
    ],
    ['a page', 'README.md', fence('docker run -v .:/app app'), ['bind / -> /app']],
    ['a page below docs', 'docs/a/b.md', fence('$ docker run -v $(pwd):/app app'), ['bind / -> /app']],
  ];
  for (const [name, path, text, expected] of forms)
    test(name, () => {
      const [start, ...others] = startsIn({ [path]: text });
      expect(others).toEqual([]);
      expect(mountsOf(start!)).toEqual(expected);
      expect(text.slice(start!.offset).split('\n')[0]).toMatch(/docker|start/);
      expect(start!.kind).toBe(/\.md$/.test(path) ? 'docs' : 'machine');
    });

  const silent: readonly [string, string, string][] = [
    ['a comment of a Makefile', 'Makefile', 'run:\n\t# docker run app\n'],
    ['a variable of a Makefile', 'Makefile', 'RUN = docker run app\n'],
    ['a name in package.json', 'package.json', '{"name": "docker run app", "scripts": {"a": "echo docker run app"}}'],
    ['a sentence of a page', 'README.md', 'Use docker run app, or `docker run app`.\n'],
    ['test data', 'tests/fixtures/run.sh', 'docker run app\n'],
    ['other people’s code', 'node_modules/a/README.md', fence('docker run app')],
  ];
  for (const [name, path, text] of silent) test(`not ${name}`, () => expect(startsIn({ [path]: text })).toEqual([]));
});

describe('devcontainer.json', () => {
  const starts = (fields: object, files: Files = {}) =>
    startsIn({ '.devcontainer/devcontainer.json': `// ours\n${JSON.stringify(fields)}`, ...files });

  test('mounts the repository, and says build, user and commands', () => {
    const [create, ...hooks] = starts({
      build: { dockerfile: '../Dockerfile', context: '..', target: 'dev' },
      workspaceFolder: '/app',
      workspaceMount: `source=\${localWorkspaceFolder},target=/app,type=bind`,
      mounts: [
        `source=venv,target=\${containerWorkspaceFolder}/.venv,type=volume`,
        { type: 'bind', source: `\${localEnv:HOME}/.ssh`, target: '/ssh' },
      ],
      runArgs: ['-v', `\${localWorkspaceFolder}/src:/src:ro`],
      remoteUser: 'vscode',
      containerUser: 'root',
      postCreateCommand: 'uv sync',
      postStartCommand: ['uv', 'run', 'x'],
    });
    expect(create).toMatchObject({ form: 'create', user: 'root', workingDir: '/app' });
    expect(create?.starts).toEqual({ dockerfile: 'Dockerfile', target: 'dev', assumed: false });
    expect(mountsOf(create!)).toEqual([
      'bind / -> /app',
      'volume venv -> /app/.venv',
      'bind unknown -> /ssh',
      'bind /src -> /src ro',
    ]);
    expect(hooks.map(({ form, said, command, user }) => [form, said, command, user])).toEqual([
      ['hook', 'postCreateCommand', ['/bin/sh', '-c', 'uv sync'], 'vscode'],
      ['hook', 'postStartCommand', ['uv', 'run', 'x'], 'vscode'],
    ]);
  });

  test('mounts the repository at a folder of its name, if it says nothing', () => {
    const [create, ...others] = starts({ image: 'python:3.12' });
    expect(others).toEqual([]);
    expect(mountsOf(create!)).toEqual(['bind / -> /workspaces/<localWorkspaceFolderBasename>']);
    expect(create).not.toHaveProperty('starts');
  });

  test('starts in its hooks what it builds', () => {
    const [create, hook] = starts({ build: { dockerfile: '../Dockerfile' }, postCreateCommand: 'ls' });
    expect(create?.starts?.dockerfile).toBe('Dockerfile');
    expect(hook?.starts).toEqual(create?.starts);
  });

  test('keeps the container running, unless it says otherwise', () => {
    const build = { dockerfile: '../Dockerfile' };
    expect(starts({ build })[0]?.command).toEqual(['/bin/sh', '-c', 'sleep infinity']);
    expect(starts({ build, overrideCommand: false })[0]?.command).toEqual([]);
  });

  test('mounts no more than it says', () => {
    const [create] = starts({ image: 'python:3.12', workspaceMount: '', mounts: [3, 'type=tmpfs,target=/tmp'] });
    expect(mountsOf(create!)).toEqual(['tmpfs -> /tmp']);
  });

  test('of compose works in the root of the container, and runs what the service does', () => {
    const [create] = starts({ dockerComposeFile: ['../compose.yaml', 3], service: 'web' });
    expect(create).toMatchObject({ workingDir: '/', command: [], composeFiles: ['compose.yaml'] });
  });

  test('of compose starts its service', () => {
    const compose = { 'compose.yaml': 'services:\n  web: {build: .}\n' };
    const [create] = starts({ dockerComposeFile: '../compose.yaml', service: 'web', workspaceFolder: '/app' }, compose);
    expect(create).toMatchObject({ service: 'web', composeFiles: ['compose.yaml'], mounts: [] });
    expect(create?.starts?.dockerfile).toBe('Dockerfile');
  });

  test('that cannot be read starts nothing', () => {
    expect(startsIn({ '.devcontainer/devcontainer.json': '{"image": ' })).toEqual([]);
  });
});
