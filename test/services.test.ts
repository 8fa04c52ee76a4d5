// The merged view of compose services against compose's own answers, and what it says where nothing can be known.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ComposeValue, MountFacts, ServiceFacts } from '../src/facts/compose/serviceFacts.ts';
import { composeServices, readCompose } from '../src/facts/compose/services.ts';
import type { RepositoryPlace } from '../src/facts/repositoryPlace.ts';
import type { PathKind, Snapshot } from '../src/model.ts';
import { bytesOf, textOf } from '../src/text/latin1.ts';

interface KeptService {
  readonly build?: Record<string, unknown> & {
    readonly context?: string;
    readonly dockerfile?: string;
    readonly args?: Record<string, string>;
  };
  readonly image?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly working_dir?: string;
  readonly environment?: Record<string, string | null>;
  readonly volumes?: readonly {
    readonly type: string;
    readonly source?: string;
    readonly target: string;
    readonly read_only?: boolean;
    readonly bind?: { readonly create_host_path?: boolean };
    readonly volume?: { readonly nocopy?: boolean };
  }[];
}

interface Kept {
  readonly name: string;
  readonly main: readonly string[];
  readonly files: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly answer: { readonly services: Record<string, KeptService> };
}

const kept = JSON.parse(readFileSync(join(import.meta.dirname, 'kept/compose.json'), 'utf8')) as readonly Kept[];

function snapshotOf(files: Record<string, string>, kinds: Record<string, PathKind> = {}): Snapshot {
  const texts = new Map(Object.entries(files).map(([path, text]) => [bytesOf(path), bytesOf(text)]));
  const paths = new Map<string, PathKind>([...texts.keys()].map((path) => [path, 'file']));
  for (const [path, kind] of Object.entries(kinds)) paths.set(path, kind);
  return { paths, read: (path) => (paths.get(path) === 'file' ? texts.get(path) : undefined) };
}

const readable = (bytes: string): string => textOf(bytes).text;
const UNKNOWN = { unknown: true };
const value = (piece: ComposeValue<string> | undefined): unknown =>
  piece ? (piece.kind === 'known' ? readable(piece.value) : UNKNOWN) : undefined;

/** As compose answers for a repository that stands at /R/repo. */
function absolute(place: RepositoryPlace | undefined): unknown {
  if (place?.kind === 'inside') return readable(place.path === '' ? '/R/repo' : `/R/repo/${place.path}`);
  if (place?.kind === 'outside') return place.text.startsWith('..') ? `/R${place.text.slice(2)}` : place.text;
  return place?.kind === 'remote' ? place.text : UNKNOWN;
}

function mountView(mount: MountFacts): unknown {
  const { source } = mount;
  const type = source.kind === 'anonymous' ? 'volume' : source.kind === 'other' ? source.type : source.kind;
  const from = source.kind === 'bind' ? absolute(source.place) : source.kind === 'volume' ? source.name : undefined;
  const create = type === 'bind' ? mount.createHostPath : undefined;
  return { type, from, target: value(mount.target), readOnly: mount.readOnly, noCopy: mount.noCopy, create };
}

function ours(service: ServiceFacts): unknown {
  const { build } = service;
  const dockerfile = build && !build.inline ? absolute(build.dockerfile) : undefined;
  return {
    image: value(service.image) ?? '',
    workingDir: value(service.workingDir) ?? '',
    command: service.command
      ? service.command.words?.map((word) => (word === undefined ? UNKNOWN : readable(word)))
      : undefined,
    entrypoint: service.entrypoint
      ? service.entrypoint.words?.map((word) => (word === undefined ? UNKNOWN : readable(word)))
      : undefined,
    build: build && {
      context: absolute(build.context),
      dockerfile: build.context.kind === 'inside' ? dockerfile : undefined,
      inline: value(build.inline),
      target: value(build.target),
      network: value(build.network),
      args: Object.fromEntries(
        [...build.args].filter(([, arg]) => arg.kind === 'known').map(([name, arg]) => [name, value(arg)]),
      ),
    },
    environment: Object.fromEntries(
      [...service.environment]
        .map(([name, entry]) => [readable(name), entry.kind === 'known' ? value(entry) : null])
        .sort(),
    ),
    mounts: service.mounts.filter((mount) => mount.form !== 'tmpfs').map(mountView),
  };
}

function clean(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return `/${parts.join('/')}`;
}

function theirs(service: KeptService): unknown {
  const { build } = service;
  const context = build?.context;
  const away = context?.startsWith('/R/repo') !== true;
  return {
    image: service.image ?? '',
    workingDir: service.working_dir ?? '',
    command: service.command,
    entrypoint: service.entrypoint,
    build: build && {
      context,
      dockerfile: away || build.dockerfile_inline ? undefined : clean(`${context}/${build.dockerfile}`),
      inline: build.dockerfile_inline,
      target: build.target,
      network: build.network,
      args: build.args ?? {},
    },
    environment: Object.fromEntries(Object.entries(service.environment ?? {}).sort()),
    mounts: (service.volumes ?? []).map((mount) => ({
      type: mount.type,
      from: mount.source,
      target: mount.target,
      readOnly: mount.read_only ?? false,
      noCopy: mount.volume?.nocopy ?? false,
      create: mount.type === 'bind' ? (mount.bind?.create_host_path ?? true) : undefined,
    })),
  };
}

/** A value that we call unknown agrees with any answer; how many there are is pinned below. */
function allow(mine: unknown, judged: unknown, unknowns: { count: number }): unknown {
  if (mine === UNKNOWN || (mine === null && typeof judged === 'string')) {
    unknowns.count++;
    return judged;
  }
  if (Array.isArray(mine))
    return mine.map((entry, at) => allow(entry, Array.isArray(judged) ? judged[at] : undefined, unknowns));
  if (mine === null || typeof mine !== 'object') return mine;
  const other = (judged ?? {}) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(mine).map(([key, entry]) => [key, allow(entry, other[key], unknowns)]));
}

/** How many values are unknown to us though compose had an answer, by case; 0 where not named. */
const UNKNOWN_VALUES: Record<string, number> = {
  // `a:/zz` is a Windows drive to compose, so its target is not absolute.
  'short-volumes': 1,
  'drive-letters': 2,
  // A default inside an env file is only an assumption.
  'env-file-grammar': 1,
  // 1e3, 0x10, 010, 2024-01-01, 1_000, .5, +3
  numbers: 7,
};

describe('composeServices agrees with compose', () => {
  it.each(kept.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
    const env = Object.entries(entry.env ?? {}).map(([key, text]) => `${key}=${text}\n`);
    const files = env.length > 0 ? { ...entry.files, '.env': env.join('') } : entry.files;
    const found = composeServices(snapshotOf(files)).filter((service) => service.files.join() === entry.main.join());
    const judged = entry.answer.services;
    expect(found.map((service) => service.name).sort()).toEqual(Object.keys(judged).sort());
    const unknowns = { count: 0 };
    for (const service of found) {
      expect(service.gaps).toEqual([]);
      const answer = theirs(judged[service.name] ?? {});
      expect({ name: service.name, ...(allow(ours(service), answer, unknowns) as object) }).toEqual({
        name: service.name,
        ...(answer as object),
      });
    }
    expect(unknowns.count).toBe(UNKNOWN_VALUES[name] ?? 0);
  });
});

const find = (files: Record<string, string>, name = 'web', kinds: Record<string, PathKind> = {}): ServiceFacts => {
  const service = composeServices(snapshotOf(files, kinds)).find((candidate) => candidate.name === name);
  if (!service) throw new Error('no such service');
  return service;
};
const volumes = (...entries: string[]): string =>
  `services:\n  web:\n    build: .\n    volumes:\n${entries.map((entry) => `      - ${entry}\n`).join('')}`;

describe('what cannot be known', () => {
  it('an unset variable is unknown, with a default assumed, from .env known', () => {
    const text = volumes(
      '$' + '{A}:/a',
      '$' + '{B:-./b}:/b',
      '$' + '{C}:/c',
      '.:/d$' + '{D}',
      '$' + '{PWD}:/e',
      'v$' + '{F}:/f',
      './x:/g:$' + '{G}',
    );
    const { mounts } = find({ 'svc/compose.yaml': text, 'svc/.env': 'C=./cc\n' });
    const [a, b, c, d, e, f, g] = mounts;
    expect(a).toMatchObject({ source: { kind: 'unknown' }, target: { kind: 'known', value: '/a' }, assumed: false });
    expect(b).toMatchObject({ source: { kind: 'bind', place: { kind: 'inside', path: 'svc/b' } }, assumed: true });
    expect(c).toMatchObject({ source: { kind: 'bind', place: { kind: 'inside', path: 'svc/cc' } }, assumed: false });
    expect(d).toMatchObject({ target: { kind: 'unknown' }, readOnly: 'unknown' });
    expect(e).toMatchObject({
      source: { kind: 'bind', place: { kind: 'unknown' } },
      target: { kind: 'known', value: '/e' },
    });
    expect(f).toMatchObject({ source: { kind: 'volume', name: undefined } });
    expect(g).toMatchObject({ source: { kind: 'bind' }, readOnly: 'unknown', noCopy: 'unknown' });
  });

  it('a path that leaves the repository is outside, one through a link unknown, and neither is read', () => {
    const text = `services:\n  web:\n    build: ../..\n    env_file: [../../x.env, link/y.env]\n    volumes: [/etc:/e, ~/x:/x, ../b:/b, ./link:/l, ./link/in:/m]\n`;
    const service = find({ 'a/compose.yaml': text, 'x.env': 'SECRET=1\n' }, 'web', { 'a/link': 'symlink' });
    const kinds = service.mounts.map(({ source }) => (source.kind === 'bind' ? source.place.kind : source.kind));
    expect(kinds).toEqual(['outside', 'outside', 'inside', 'unknown', 'unknown']);
    expect(service.build?.context.kind).toBe('outside');
    expect(service.environment.size).toBe(0);
    expect(service.environmentOpen).toHaveLength(2);
  });

  it('an env file that is not in the repository leaves the environment open', () => {
    const service = find({ 'compose.yaml': 'services: {web: {image: x, env_file: .env, environment: {A: 1, B: }}}' });
    expect(service.environment.get('A')).toMatchObject({ kind: 'known', value: '1' });
    expect(service.environment.get('B')).toMatchObject({ kind: 'unknown' });
    expect(service.environmentOpen).toHaveLength(1);
  });

  it.each([
    ['extends a missing file', 'services: {web: {extends: {file: no.yml, service: a}}}'],
    ['extends a missing service', 'services: {web: {extends: a}}'],
    ['extends itself in a circle', 'services: {web: {extends: a}, a: {extends: web}}'],
    ['includes a missing file', 'include: [no.yml]\nservices: {web: {image: x}}'],
    ['includes itself', 'include: [compose.yaml]\nservices: {web: {image: x}}'],
    ['includes something remote', 'include: ["oci://x/y"]\nservices: {web: {image: x}}'],
  ])('%s: a gap', (_, text) => {
    expect(find({ 'compose.yaml': text }).gaps).not.toEqual([]);
  });

  it('a word with an unknown piece is undefined, a string with one as a whole', () => {
    const files = { 'compose.yaml': 'services: {web: {image: x, command: [a, "$B", c], entrypoint: "a $B"}}' };
    expect(find(files).command?.words).toEqual(['a', undefined, 'c']);
    expect(find(files).entrypoint?.words).toBeUndefined();
  });
});

describe('which files are used together', () => {
  const app = 'services: {web: {image: x}}';
  const more = 'services: {web: {command: [c]}}';
  const combinations = (files: Record<string, string>): string[] => [
    ...new Set(composeServices(snapshotOf(files)).map((service) => `${service.use} ${service.files.join(' ')}`)),
  ];

  it('base with its override; a variant with the base unless it stands alone', () => {
    const files = {
      'docker-compose.yml': app,
      'docker-compose.override.yml': more,
      'docker-compose.prod.yml': more,
      'docker-compose.ci.yml': app,
      'sub/compose.prod.yaml': more,
    };
    expect(combinations(files).sort()).toEqual([
      'alone docker-compose.ci.yml',
      'alone sub/compose.prod.yaml',
      'default docker-compose.yml docker-compose.override.yml',
      'variant docker-compose.yml docker-compose.prod.yml',
    ]);
  });

  it('compose.yaml wins over docker-compose.yml', () => {
    expect(combinations({ 'compose.yaml': app, 'docker-compose.yml': app })).toEqual([
      'default compose.yaml',
      'alone docker-compose.yml',
    ]);
  });

  it('COMPOSE_FILE in .env decides', () => {
    const files = {
      '.env': 'COMPOSE_FILE=compose.yaml:compose.dev.yaml\n',
      'compose.yaml': app,
      'compose.dev.yaml': more,
      'compose.override.yaml': more,
    };
    expect(combinations(files)).toContain('default compose.yaml compose.dev.yaml');
  });

  it('workflows, templates, version 1 and other YAML are no compose files, and said so where the name says compose', () => {
    const facts = readCompose(
      snapshotOf({
        '.github/workflows/docker-compose.yml': app,
        'docker-compose.yml': 'web: {image: x}',
        'a/compose.yaml': 'services:\n  {% for x in y %}\n',
        'b/my-compose-notes.yml': 'a: 1',
      }),
    );
    expect(facts.services).toEqual([]);
    expect(facts.issues.map((issue) => issue.path).sort()).toEqual(['a/compose.yaml', 'docker-compose.yml']);
  });
});

describe('where each piece stands', () => {
  it('a mount that came through extends names its file, service, index and bytes', () => {
    const base = 'services:\n  app:\n    image: x\n    volumes:\n      - ./a:/a\n      - /app/.venv # env\n';
    const service = find({
      'compose.yaml': 'services: {web: {extends: {file: c/base.yml, service: app}, volumes: [./w:/w]}}',
      'c/base.yml': base,
    });
    const mount = service.mounts[1];
    expect(mount).toMatchObject({
      index: 1,
      source: { kind: 'anonymous' },
      origin: { path: 'c/base.yml', service: 'app' },
    });
    expect(base.slice(mount?.origin.range.start, mount?.origin.range.end)).toBe('/app/.venv');
    expect(service.mounts[0]?.source).toEqual({ kind: 'bind', place: { kind: 'inside', path: 'c/a' } });
  });

  it('a mount that came through an anchor is shared', () => {
    const text = 'x-v: &v\n  - .:/app\nservices:\n  web: {image: x, volumes: *v}\n';
    expect(find({ 'compose.yaml': text }).mounts[0]?.origin.shared).toBeDefined();
  });

  it('a named volume that is a bind in disguise shows its device', () => {
    const text =
      'services: {web: {image: x, volumes: [vol:/v]}}\nvolumes: {vol: {driver: local, driver_opts: {type: none, o: bind, device: ./data}}}';
    expect(find({ 'compose.yaml': text }).mounts[0]?.source).toMatchObject({
      kind: 'volume',
      name: 'vol',
      device: { kind: 'inside', path: 'data' },
    });
  });
});

describe('hostile input', () => {
  it('aliases that explode, includes that multiply and long chains end quickly', () => {
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`),
      'services: {web: {image: x}}',
    ];
    const many = Array.from({ length: 12 }, (_, at) => [
      `i${at}.yml`,
      `include: [i${at + 1}.yml, ./i${at + 1}.yml, x/../i${at + 1}.yml]\nservices: {s${at}: {image: x}}`,
    ]);
    const chain = Array.from({ length: 3000 }, (_, at) => `  s${at}: {extends: s${at + 1}, image: x}`).join('\n');
    const before = process.cpuUsage().user;
    const facts = readCompose(
      snapshotOf({
        'bomb/compose.yaml': bomb.join('\n'),
        'many/compose.yaml': 'include: [i0.yml]',
        ...Object.fromEntries(many.map(([path, text]) => [`many/${path}`, text])),
        'chain/compose.yaml': `services:\n${chain}\n`,
      }),
    );
    expect((process.cpuUsage().user - before) / 1000).toBeLessThan(8000);
    expect(facts.issues.some((issue) => issue.path === 'bomb/compose.yaml')).toBe(true);
  }, 60_000);
});
