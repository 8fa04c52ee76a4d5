// Reading a compose file with exact ranges, replacing variables, and editing one volume entry so that nothing else changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServiceText } from '../src/edit/composeLayout.ts';
import { type EditOrReason, volumeEdits } from '../src/edit/composeVolumes.ts';
import { applyEdits } from '../src/edit/textEdits.ts';
import { commandWords } from '../src/parse/compose/commandWords.ts';
import { type ComposeSyntax, parseCompose } from '../src/parse/compose/compose.ts';
import { readDotEnv } from '../src/parse/compose/dotenv.ts';
import { interpolate, UNKNOWN } from '../src/parse/compose/interpolate.ts';
import type { ServiceSyntax } from '../src/parse/compose/serviceSyntax.ts';
import { parseVolumeSpec } from '../src/parse/compose/volumeSpec.ts';

/** Milliseconds of this process's own work: wall time depends on what else the machine does. */
const cpuTime = (): number => process.cpuUsage().user / 1000;
const BOM = '\xEF\xBB\xBF';
const web = (syntax: ComposeSyntax): ServiceSyntax => {
  const service = syntax.services.find((candidate) => candidate.name === 'web');
  if (!service) throw new Error(JSON.stringify(syntax.problems));
  return service;
};
const cut = (text: string, range: { readonly start: number; readonly end: number } | undefined): string =>
  text.slice(range?.start, range?.end);

describe('parseCompose', () => {
  const text = `${BOM}# a\r
services:\r
  web:\r
    build: {context: ., dockerfile: "D", target: t, args: [A=1, B], network: host}\r
    command: ["python", 'a.py', x]\r
    entrypoint: /entry  point\r
    working_dir: /app\r
    environment:\r
      A: "q"\r
      B:\r
    env_file: [a.env, {path: b.env, required: false}]\r
    extends: {service: s, file: f.yml}\r
    profiles: [p]\r
    user: "1:1"\r
    tmpfs: /t\r
    develop: {watch: [{action: sync, path: ./s, target: /s, ignore: [x]}]}\r
    volumes:\r
    - .:/app:ro,z # here\r
    - type: bind\r
      source: ./x\r
      target: /x\r
      bind: {create_host_path: false}\r
    - {type: volume, target: /v, volume: {nocopy: true}}\r
    - \${D:-./m}:/m\r
volumes: {data: {driver: local, driver_opts: {o: bind, device: ./d}}, ext: {external: true}}\r
include: [i.yml, {path: [a, b], project_directory: p, env_file: e}]\r
`;
  const syntax = parseCompose(text);
  const service = web(syntax);

  it('gives every piece with its bytes, behind a BOM and with CRLF', () => {
    expect(syntax.problems).toEqual([]);
    expect(syntax).toMatchObject({ kind: 'compose', version1: false, standsAlone: true });
    const { build, command, entrypoint } = service;
    expect(
      [build?.context, build?.dockerfile, build?.target, build?.network].map((node) => cut(text, node?.content)),
    ).toEqual(['.', 'D', 't', 'host']);
    expect(build?.args.map(({ key, value }) => [key, value?.text, value && cut(text, value.content)])).toEqual([
      ['A', '1', '1'],
      ['B', undefined, undefined],
    ]);
    expect(command?.parts.map((part) => [part.style, cut(text, part.range), cut(text, part.content)])).toEqual([
      ['double', '"python"', 'python'],
      ['single', "'a.py'", 'a.py'],
      ['plain', 'x', 'x'],
    ]);
    expect(cut(text, command?.range)).toBe(`["python", 'a.py', x]`);
    expect([entrypoint?.form, entrypoint?.parts[0]?.text]).toEqual(['string', '/entry  point']);
    expect(service.environment.map(({ key, value }) => [key, value?.text])).toEqual([
      ['A', 'q'],
      ['B', undefined],
    ]);
    expect(service.envFiles.map((file) => [file.path.text, file.required])).toEqual([
      ['a.env', true],
      ['b.env', false],
    ]);
    expect([service.extends?.service?.text, service.extends?.file?.text]).toEqual(['s', 'f.yml']);
    expect([service.user?.text, service.workingDir?.text, service.tmpfs[0]?.text, service.profiles[0]?.text]).toEqual([
      '1:1',
      '/app',
      '/t',
      'p',
    ]);
    expect(service.watch.map((entry) => [entry.action?.text, entry.target?.text, entry.ignore[0]?.text])).toEqual([
      ['sync', '/s', 'x'],
    ]);
    expect(cut(text, service.nameRange)).toBe('web');
  });

  it('reads volume entries in both forms', () => {
    const seen = service.volumes.map((v) => [
      v.form,
      v.type,
      v.source,
      v.target,
      v.readOnly,
      v.noCopy,
      v.createHostPath,
    ]);
    expect(seen).toEqual([
      ['short', 'bind', '.', '/app', true, false, true],
      ['long', 'bind', './x', '/x', false, false, false],
      ['long', 'volume', undefined, '/v', false, true, true],
      ['short', 'unknown', '$' + '{D:-./m}', '/m', false, false, true],
    ]);
    expect(service.volumes[0]?.options).toEqual(['ro', 'z']);
    expect(cut(text, service.volumes[0]?.range)).toBe('.:/app:ro,z');
    expect(cut(text, service.volumes[2]?.range)).toBe('{type: volume, target: /v, volume: {nocopy: true}}');
  });

  it('reads named volumes and includes', () => {
    expect(syntax.volumes.map((v) => [v.name, v.external, v.driverOpts.length])).toEqual([
      ['data', false, 2],
      ['ext', true, 0],
    ]);
    expect(syntax.include.map((i) => [i.paths.map((p) => p.text), i.projectDirectory?.text])).toEqual([
      [['i.yml'], undefined],
      [['a', 'b'], 'p'],
    ]);
  });

  it('marks what stands under an anchor or came through one', () => {
    const shared = parseCompose(
      'x-a: &a\n  volumes: [.:/a]\nservices:\n  web: &w\n    <<: *a\n    image: x\n  two: *w\n  free: &unused\n    image: y\n    volumes: [./f:/f]\n',
    );
    const [one, two, free] = shared.services;
    expect([one?.shared !== undefined, two?.shared !== undefined, free?.shared !== undefined]).toEqual([
      true,
      true,
      false,
    ]);
    expect(one?.volumes[0]?.shared).toBeDefined();
    expect(free?.volumes[0]?.shared).toBeUndefined();
  });

  it('keeps the tags that decide how files combine', () => {
    const tagged = web(parseCompose('services: {web: {image: x, volumes: !override [.:/a], command: !reset null}}'));
    expect(tagged.volumeList?.tag).toBe('!override');
    expect([...tagged.node.resets]).toEqual(['command']);
    expect(tagged.command).toBeUndefined();
  });

  it.each([
    ['a version 1 file', 'web:\n  image: x\n', 'compose', 'version 1'],
    ['a workflow', 'on: push\njobs:\n  a: {runs-on: x}\n', 'workflow', 'workflow'],
    ['a template', 'services:\n  {% for a in b %}\n  web: {{ x }}\n', 'template', ''],
    ['other YAML', 'a: 1\nb: 2\n', 'other', 'no services'],
    ['a list', '- a\n', 'other', 'not a compose'],
    ['nothing', '# only a comment\n', 'other', 'empty'],
    ['a key twice', 'services:\n  web: {image: x}\n  web: {image: y}\n', 'broken', 'there twice'],
    ['two documents', 'services: {}\n---\nservices: {}\n', 'broken', 'more than one'],
    ['tab indentation', 'services:\n\tweb: {image: x}\n', 'broken', ''],
    ['an alias without anchor', 'services: {web: *x}\n', 'broken', 'no anchor'],
    ['an alias inside its own anchor', 'services: &s {web: *s}\n', 'broken', 'no anchor'],
    ['a key that is a list', 'services:\n  ? [a]\n  : b\n', 'broken', 'key'],
    ['a NUL', 'services: {}\0', 'broken', 'control'],
    ['a merge key without mapping', 'x: &x 1\nservices: {web: {<<: *x}}\n', 'broken', 'merge key'],
    ['a volume that compose rejects', 'services: {web: {image: x, volumes: ["aa:bb:cc:dd"]}}', 'compose', 'volume'],
    ['services of a wrong shape', 'services: [a]\n', 'compose', 'no mapping'],
  ])('%s is reported', (_, source, kind, message) => {
    const found = parseCompose(source);
    expect(found.kind).toBe(kind);
    expect(found.problems[0]?.message).toContain(message);
  });

  it('never throws and points into the text', () => {
    const piece = fc.constantFrom(
      'services:',
      '\n',
      '  ',
      'web:',
      '- ',
      '&a ',
      '*a',
      '<<: ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '|',
      '? ',
      ': ',
      '\t',
      '#',
      '!reset ',
      'volumes:',
      '.:/app',
      '\r\n',
      '\xff',
      '---\n',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const source = pieces.join('');
        for (const problem of parseCompose(source).problems) expect(problem.offset).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 500 },
    );
  });

  it('takes hostile files in its stride', () => {
    const before = cpuTime();
    const files = [
      `services:\n${Array.from({ length: 5_000 }, (_, at) => `  s${at}: {image: x}\n`).join('')}`,
      `services: {web: {image: ${'['.repeat(5_000)}`,
      `services: {web: {image: x, command: "${'\\"'.repeat(200_000)}"}}`,
      `x0: &x0 {a: 1}\n${Array.from({ length: 1500 }, (_, at) => `x${at + 1}: &x${at + 1} {<<: *x${at}, k${at}: 1}\n`).join('')}services: {}\n`,
    ];
    expect(files.map((file) => parseCompose(file).problems.length > 0)).toEqual([false, true, false, true]);
    expect(parseCompose(`services: {}${' '.repeat(1_100_000)}`).problems[0]?.message).toContain('1 MiB');
    expect(cpuTime() - before).toBeLessThan(10_000);
  }, 60_000);
});

describe('interpolate', () => {
  const lookup = (name: string): string | null | undefined => ({ SET: 'set', EMPTY: '', UNSET: null })[name];
  const v = (text: string): string => text.replaceAll('@', '$');

  it.each([
    ['@SET', 'set', false],
    ['@{SET}x', 'setx', false],
    ['@@SET', '$SET', false],
    ['@{EMPTY:-d}', 'd', false],
    ['@{EMPTY-d}', '', false],
    ['@{UNSET-d}', 'd', false],
    ['@{UNSET}', '', false],
    ['@{NONE:-d}', 'd', true],
    ['@{NONE:-@{SET}}', 'set', true],
    ['@{NONE:-a@{NONE2:-b}c}d', 'abcd', true],
    ['@{SET:-@{NONE}}', 'set', false],
    ['@{SET:+y}', 'y', false],
    ['@{EMPTY:+y}', '', false],
    ['@{SET:?e}', 'set', false],
    ['@{NONE}', UNKNOWN, false],
    ['a@{NONE}b', `a${UNKNOWN}b`, false],
    ['@{NONE:?e}', UNKNOWN, false],
    ['@{NONE:+y}', UNKNOWN, false],
    ['@1 @ 5@', '$1 $ 5$', false],
    ['@{NONE:-{a}}', '{a}', true],
  ])('%s', (text, expected, assumed) => {
    expect(interpolate(v(text), lookup)).toMatchObject({ text: expected, assumed });
  });

  it.each(['@{', '@{}', '@{A B}', '@{A:-x', '@{A:-x\n}', '@{UNSET:?e}', '@{1}'])('%j is rejected', (text) => {
    const result = interpolate(v(text), lookup);
    expect(result.problem).toBeDefined();
    expect(result.text).toBe(v(text));
  });

  it('is linear in nested, repeated and unclosed variables', () => {
    const before = cpuTime();
    for (const text of ['@{A:-', '@{A:-x} ', '@A', '@{A:-{', '@{A:-x}\n', '@'])
      interpolate(v(text).repeat(100_000), lookup);
    interpolate(`${v('@{A:-').repeat(5_000)}${'}'.repeat(5_000)}`, lookup);
    expect(cpuTime() - before).toBeLessThan(5_000);
  }, 60_000);
});

describe('smaller grammars', () => {
  it('reads a .env file up to what it cannot read', () => {
    const env = readDotEnv(`${BOM}A=1\nexport B="x\\ty$A"\nC='$A'\nINHERITED\nD=$NONE\nE e=1\nF=1\n`, () => undefined);
    expect([...env.values]).toEqual([
      ['A', '1'],
      ['B', 'x\ty1'],
      ['C', '$A'],
      ['D', UNKNOWN],
    ]);
    expect([...env.inherited]).toEqual(['INHERITED']);
    expect(env.problem?.message).toContain('space');
    expect(readDotEnv('A="open\n', () => undefined).problem?.offset).toBe(2);
  });

  it('does not take a default in a .env file for a value', () => {
    expect(readDotEnv('A=$' + '{B:-c}\n', () => undefined).values.get('A')).toBe(UNKNOWN);
  });

  it('splits a command as compose does, dropping what follows an operator', () => {
    expect(commandWords(`sh -c 'a b' "c d"e \\f && g`)).toEqual(['sh', '-c', 'a b', 'c de', 'f']);
    expect(commandWords('a "b')).toBeUndefined();
    expect(commandWords('a (b)')).toBeUndefined();
    expect(commandWords('')).toEqual([]);
  });

  it('reads the short volume form', () => {
    expect(parseVolumeSpec('/app/.venv')).toEqual({ target: '/app/.venv', type: 'volume', options: [] });
    expect(parseVolumeSpec('./a:/b:ro,z')).toEqual({ source: './a', target: '/b', type: 'bind', options: ['ro', 'z'] });
    expect(parseVolumeSpec('C:\\x:/b')).toEqual({ source: 'C:\\x', target: '/b', type: 'bind', options: [] });
    expect(parseVolumeSpec('$' + '{A:-./x}:/b')).toMatchObject({ source: '$' + '{A:-./x}', target: '/b' });
    expect([parseVolumeSpec(''), parseVolumeSpec('aa::bb'), parseVolumeSpec('aa:bb:cc:dd')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

const at = (text: string): { path: string; text: string; service: string } => ({
  path: 'compose.yaml',
  text,
  service: 'web',
});
const addVolume = ({ service, ...file }: ServiceText, entry: string): EditOrReason =>
  volumeEdits(file, [{ kind: 'add', service, entry }]);
const removeVolume = ({ service, ...file }: ServiceText, index: number): EditOrReason =>
  volumeEdits(file, [{ kind: 'remove', service, index }]);
const replaceVolume = ({ service, ...file }: ServiceText, index: number, entry: string): EditOrReason =>
  volumeEdits(file, [{ kind: 'replace', service, index, entry }]);

const edited = (text: string, result: EditOrReason): string =>
  typeof result === 'string' ? `refused: ${result}` : applyEdits(text, result);
const head = 'services:\n  web:\n    image: x\n';

describe('addVolume', () => {
  it.each([
    [
      'after the last entry',
      `${head}    volumes:\n      - .:/app # c\n    user: a\n`,
      `${head}    volumes:\n      - .:/app # c\n      - /app/.venv\n    user: a\n`,
    ],
    [
      'without indentation',
      `${head}    volumes:\n    - .:/app\n`,
      `${head}    volumes:\n    - .:/app\n    - /app/.venv\n`,
    ],
    [
      'with wide dashes',
      `${head}    volumes:\n      -   .:/app\n`,
      `${head}    volumes:\n      -   .:/app\n      -   /app/.venv\n`,
    ],
    [
      'quoted as its neighbours',
      `${head}    volumes:\n      - ".:/app"\n      - "a:/b"\n`,
      `${head}    volumes:\n      - ".:/app"\n      - "a:/b"\n      - "/app/.venv"\n`,
    ],
    [
      'in single quotes',
      `${head}    volumes:\n      - '.:/app'\n`,
      `${head}    volumes:\n      - '.:/app'\n      - '/app/.venv'\n`,
    ],
    [
      'without a final newline',
      `${head}    volumes:\n      - .:/app`,
      `${head}    volumes:\n      - .:/app\n      - /app/.venv`,
    ],
    [
      'in the long form',
      `${head}    volumes:\n      - type: bind\n        source: .\n        target: /app\n`,
      `${head}    volumes:\n      - type: bind\n        source: .\n        target: /app\n      - type: volume\n        target: /app/.venv\n`,
    ],
    ['in a flow list', `${head}    volumes: [.:/app] # c\n`, `${head}    volumes: [.:/app, /app/.venv] # c\n`],
    [
      'in a flow list with a trailing comma',
      `${head}    volumes: [".:/app",]\n`,
      `${head}    volumes: [".:/app", "/app/.venv",]\n`,
    ],
    [
      'in a flow list over lines',
      `${head}    volumes: [\n      ".:/app",\n      "/x"\n    ]\n`,
      `${head}    volumes: [\n      ".:/app",\n      "/x",\n      "/app/.venv"\n    ]\n`,
    ],
    ['in an empty flow list', `${head}    volumes: []\n`, `${head}    volumes: [/app/.venv]\n`],
    [
      'in a file of braces',
      '{services: {web: {image: x, volumes: [".:/app"]}}}',
      '{services: {web: {image: x, volumes: [".:/app", "/app/.venv"]}}}',
    ],
    [
      'under an empty key',
      `${head}    volumes: # none\n    user: a\n`,
      `${head}    volumes: # none\n      - /app/.venv\n    user: a\n`,
    ],
    ['as a new key', `${head}# end\n`, `${head}    volumes:\n      - /app/.venv\n# end\n`],
    [
      'as a new key, lists not indented',
      `${head}    command:\n    - a\nvolumes: {}\n`,
      `${head}    command:\n    - a\n    volumes:\n    - /app/.venv\nvolumes: {}\n`,
    ],
    ['as a new key at the end', `${head}    user: a`, `${head}    user: a\n    volumes:\n      - /app/.venv`],
    [
      'to an overriding list',
      `${head}    volumes: !override\n      - .:/app\n`,
      `${head}    volumes: !override\n      - .:/app\n      - /app/.venv\n`,
    ],
    [
      'after a comment line in the list',
      `${head}    volumes:\n      # one\n      - .:/app\n      # two\n`,
      `${head}    volumes:\n      # one\n      - .:/app\n      - /app/.venv\n      # two\n`,
    ],
    [
      'after an entry that is an alias',
      `x-a: &a .:/app\n${head}    volumes:\n      - *a # c\n`,
      `x-a: &a .:/app\n${head}    volumes:\n      - *a # c\n      - /app/.venv\n`,
    ],
    [
      'beside a merge key',
      `x-a: &a {user: a}\n${head}    <<: *a\n`,
      `x-a: &a {user: a}\n${head}    <<: *a\n    volumes:\n      - /app/.venv\n`,
    ],
  ])('%s', (_, text, expected) => {
    expect(edited(text, addVolume(at(text), '/app/.venv'))).toBe(expected);
    const windows = BOM + text.replaceAll('\n', '\r\n');
    expect(edited(windows, addVolume(at(windows), '/app/.venv'))).toBe(BOM + expected.replaceAll('\n', '\r\n'));
  });

  it('doubles a dollar and quotes what plain text could not say', () => {
    const text = `${head}    volumes:\n      - .:/app\n`;
    expect(edited(text, addVolume(at(text), '/a$b'))).toContain('- /a$$b\n');
    expect(edited(text, addVolume(at(text), '/a b#"c'))).toContain('- "/a b#\\"c"\n');
  });

  it.each([
    [
      'an anchor that another service uses',
      `services:\n  web:\n    volumes: &v\n      - .:/app\n  two:\n    volumes: *v\n`,
    ],
    ['an alias', `x-v: &v [.:/app]\nservices:\n  web:\n    volumes: *v\n`],
    [
      'a merge key that brings the volumes',
      `x-a: &a {volumes: [.:/app]}\nservices:\n  web:\n    <<: *a\n    image: x\n`,
    ],
    ['a service under an anchor', `services:\n  web: &w\n    image: x\n  two:\n    <<: *w\n`],
    ['an explicit key', `services:\n  web:\n    ? volumes\n    : - .:/app\n`],
    ['a reset', `${head}    volumes: !reset []\n`],
    ['a null that is written out', `${head}    volumes: null\n`],
    ['braces without volumes', 'services: {web: {image: x}}'],
    ['a comment in an empty flow list', `${head}    volumes: [ # c\n    ]\n`],
    ['an alias in a flow list', `x: &x .:/app\n${head}    volumes: [*x]\n`],
    ['tabs behind the dash', `${head}    volumes:\n      -\t.:/app\n`],
    ['a version 1 file', 'web:\n  image: x\n  volumes:\n    - .:/app\n'],
    ['a broken file', 'services:\n  web: {\n'],
    ['no such service', 'services:\n  other: {image: x}\n'],
  ])('refuses %s', (_, text) => {
    expect(typeof addVolume(at(text), '/app/.venv')).toBe('string');
  });

  it('refuses what compose would not take', () => {
    expect(typeof addVolume(at(`${head}    volumes: [.:/a]\n`), 'aa::b')).toBe('string');
    expect(typeof addVolume(at(`${head}    volumes: [.:/a]\n`), '/a\nb')).toBe('string');
  });
});

describe('removeVolume', () => {
  it.each([
    [
      'with its comment',
      `${head}    volumes:\n      - .:/app\n      - /app/.venv # mine\n    user: a\n`,
      1,
      `${head}    volumes:\n      - .:/app\n    user: a\n`,
    ],
    [
      'the first',
      `${head}    volumes:\n    - /a\n    # about b\n    - /b\n`,
      0,
      `${head}    volumes:\n    # about b\n    - /b\n`,
    ],
    [
      'of several lines',
      `${head}    volumes:\n      - type: volume\n        # why\n        target: /v\n      - /b\n`,
      0,
      `${head}    volumes:\n      - /b\n`,
    ],
    [
      'at the end without newline',
      `${head}    volumes:\n      - /a\n      - /b # c`,
      1,
      `${head}    volumes:\n      - /a`,
    ],
    ['in a flow list, first', `${head}    volumes: [/a, /b, /c]\n`, 0, `${head}    volumes: [/b, /c]\n`],
    ['in a flow list, middle', `${head}    volumes: [/a, /b, /c]\n`, 1, `${head}    volumes: [/a, /c]\n`],
    ['in a flow list, last', `${head}    volumes: [/a, /b, ]\n`, 1, `${head}    volumes: [/a, ]\n`],
    ['the only one takes the key', `${head}    volumes: # c\n      - /a # b\n    user: a\n`, 0, `${head}    user: a\n`],
    [
      'the only one, its own comment line stays',
      `${head}    volumes:\n      # why\n      - /a\n    user: a\n`,
      0,
      `${head}      # why\n    user: a\n`,
    ],
    ['the only one of a flow list', `${head}    volumes: [/a] # c\n    user: a\n`, 0, `${head}    user: a\n`],
    ['the only one at the end', `${head}    volumes:\n      - /a`, 0, head.trimEnd()],
  ])('%s', (_, text, index, expected) => {
    expect(edited(text, removeVolume(at(text), index))).toBe(expected);
    const windows = BOM + text.replaceAll('\n', '\r\n');
    expect(edited(windows, removeVolume(at(windows), index))).toBe(BOM + expected.replaceAll('\n', '\r\n'));
  });

  it.each([
    ['the only one of an overriding list', `${head}    volumes: !override\n      - /a\n`],
    ['the only one over a merge key', `x: &x {volumes: [/q]}\n${head}    <<: *x\n    volumes:\n      - /a\n`],
    ['the only one of a service with nothing else', 'services:\n  web:\n    volumes:\n      - /a\n'],
    ['the only one in braces', 'services: {web: {image: x, volumes: [/a]}}'],
    ['an alias', `x: &x /a\n${head}    volumes:\n      - *x\n      - /b\n`],
    [
      'an entry whose anchor is used',
      `${head}    volumes:\n      - &x /a\n      - /b\n  two: {image: y, volumes: [*x]}\n`,
    ],
    ['one beside a comment in a flow list', `${head}    volumes: [/a, # c\n      /b]\n`],
    ['one that is not there', `${head}    user: a\n`],
  ])('refuses %s', (_, text) => {
    expect(typeof removeVolume(at(text), 0)).toBe('string');
  });
});

describe('replaceVolume', () => {
  it.each([
    [
      'plain, comment kept',
      `${head}    volumes:\n      - ./.venv:/app/.venv # c\n`,
      `${head}    volumes:\n      - /app/.venv # c\n`,
    ],
    ['quoted', `${head}    volumes: ['./.venv:/app/.venv', /b]\n`, `${head}    volumes: ['/app/.venv', /b]\n`],
    [
      'long among short',
      `${head}    volumes:\n      - type: bind\n        source: .venv\n        target: /app/.venv\n      - /b\n`,
      `${head}    volumes:\n      - /app/.venv\n      - /b\n`,
    ],
    [
      'long among long',
      `${head}    volumes:\n    -  type: bind\n       source: .venv\n       target: /app/.venv\n`,
      `${head}    volumes:\n    -  type: volume\n       target: /app/.venv\n`,
    ],
    [
      'long in braces',
      `${head}    volumes:\n      - {type: bind, source: .venv, target: /app/.venv}\n`,
      `${head}    volumes:\n      - {type: volume, target: /app/.venv}\n`,
    ],
  ])('%s', (_, text, expected) => {
    expect(edited(text, replaceVolume(at(text), 0, '/app/.venv'))).toBe(expected);
    const windows = text.replaceAll('\n', '\r\n');
    expect(edited(windows, replaceVolume(at(windows), 0, '/app/.venv'))).toBe(expected.replaceAll('\n', '\r\n'));
  });

  it.each([
    ['a comment inside', `${head}    volumes:\n      - type: bind # c\n        source: .venv\n        target: /v\n`],
    ['a block of text', `${head}    volumes:\n      - >-\n        .:/app\n`],
    ['an anchor', `${head}    volumes:\n      - &a .:/app\n`],
  ])('refuses %s', (_, text) => {
    expect(typeof replaceVolume(at(text), 0, '/app/.venv')).toBe('string');
  });
});

describe('every edit changes one entry and no other byte', () => {
  const spec = fc.constantFrom('.:/app', '/app/.venv', './a:/b:ro', 'data:/d', '/x y', "/it's", 'a#b:/c');
  const write = (style: string, text: string): string =>
    style === 'double' || /[ '#]/.test(text) ? `"${text}"` : style === 'single' ? `'${text}'` : text;
  const entry = fc.record({
    text: spec,
    style: fc.constantFrom('plain', 'single', 'double'),
    comment: fc.constantFrom('', ' # c', '  #'),
    above: fc.constantFrom('', '# own', '# - /no'),
  });
  const file = fc.record({
    entries: fc.array(entry, { minLength: 1, maxLength: 4 }),
    flow: fc.boolean(),
    indent: fc.constantFrom(0, 2, 4),
    gap: fc.constantFrom(' ', '   '),
    crlf: fc.boolean(),
    bom: fc.boolean(),
    newlineAtEnd: fc.boolean(),
    tail: fc.constantFrom(
      '',
      '    user: a\n',
      '\n  two:\n    image: y\n    volumes: [/z]\n',
      '# end\n',
      '    # deep\n',
    ),
  });
  const textOf = (f: typeof file extends fc.Arbitrary<infer T> ? T : never): string => {
    const pad = ' '.repeat(4 + f.indent);
    const list = f.flow
      ? ` [${f.entries.map((e) => write(e.style === 'plain' ? 'double' : e.style, e.text)).join(', ')}]\n`
      : `\n${f.entries.map((e) => `${e.above === '' ? '' : `${pad}${e.above}\n`}${pad}-${f.gap}${write(e.style, e.text)}${e.comment}\n`).join('')}`;
    let text = `${head}    volumes:${list}${f.tail}`;
    if (!f.newlineAtEnd) text = text.replace(/\n$/, '');
    if (f.crlf) text = text.replaceAll('\n', '\r\n');
    return f.bom ? BOM + text : text;
  };
  const specs = (text: string): (string | undefined)[] => {
    const syntax = parseCompose(text);
    expect(syntax.problems).toEqual([]);
    return web(syntax).volumes.map((v) => (v.node.kind === 'scalar' ? v.node.text : undefined));
  };
  const outside = (text: string, result: EditOrReason): string => {
    if (typeof result === 'string') throw new Error(result);
    return applyEdits(
      text,
      result.map((edit) => ({ ...edit, newText: '' })),
    );
  };

  it('add, then remove, gives the file back', () => {
    fc.assert(
      fc.property(file, (f) => {
        const text = textOf(f);
        const before = specs(text);
        const added = addVolume(at(text), '/new/.venv');
        const after = edited(text, added);
        expect(specs(after)).toEqual([...before, '/new/.venv']);
        expect(outside(text, added)).toBe(text);
        expect(edited(after, removeVolume(at(after), before.length))).toBe(text);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('remove and replace touch the one entry', () => {
    fc.assert(
      fc.property(file, fc.nat(), (f, n) => {
        const text = textOf(f);
        const before = specs(text);
        const index = n % before.length;
        const removed = edited(text, removeVolume(at(text), index));
        expect(specs(removed)).toEqual(before.filter((_, place) => place !== index));
        const comments = (source: string): number =>
          source.split('# own').length + source.split('# end').length + source.split('# deep').length;
        expect(comments(removed)).toBe(comments(text));
        const replaced = replaceVolume(at(text), index, '/new/.venv');
        expect(specs(edited(text, replaced))).toEqual(
          before.map((old, place) => (place === index ? '/new/.venv' : old)),
        );
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
