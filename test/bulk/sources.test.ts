// Sources: what their text means, which addresses are one repository, what lists, folders and forges give, and what is chosen.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../src/bulk/bulkModel.ts';
import { parseAddress, targetOfAddress } from '../../src/bulk/sources/address.ts';
import { chosen, isNamed } from '../../src/bulk/sources/choose.ts';
import { readSources, type SourceOptions } from '../../src/bulk/sources/index.ts';
import { forgePlaces } from '../../src/bulk/sources/sourceForges.ts';
import { type SourceLine, sourceLines } from '../../src/bulk/sources/sourceLines.ts';
import { parseSource } from '../../src/bulk/sources/spec.ts';
import { ForgeProblem } from '../../src/io/forge/forge.ts';
import { type ForgePlace, placeOn } from '../../src/io/forge/forgePlaces.ts';
import { forgeToken, openForge } from '../../src/io/forge/open.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { type GitlabDouble, startGitlab, TOKEN } from './forges/gitlabDouble.ts';
import { makeBare } from './forges/rest.ts';

const OPTIONS: SourceOptions = { include: [], exclude: [], env: {}, forgeFor: async () => undefined };
const SECRET = 's3cr3t-Zq';

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'sources-')));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function* chunked(...chunks: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk as string);
}

function targetOf(text: string, own?: ForgePlace): Target {
  const address = parseAddress(text);
  const target = 'what' in address ? address : targetOfAddress(address, own);
  if ('what' in target) throw new Error(target.what);
  return target;
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    const refused = refusalOf(error);
    if (!refused) throw error;
    return `${refused.what}: ${refused.where ?? ''}: ${refused.next}`;
  }
  return expect.unreachable('it should have been refused');
}

async function lateRefusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return refusal(() => {
    throw error;
  });
}

const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,12}[A-Za-z0-9]$/).filter((one) => !/\.git$/i.test(one));

const character = fc.oneof(
  fc.constantFrom(...'/:@.-?#%~[]\\ \0\n\r\t"$git0'),
  fc.nat(0xffff).map((code) => String.fromCharCode(code)),
);

describe('the text of a source', () => {
  test.each([
    ['-', { kind: 'stdin' }],
    ['repos/*', { kind: 'path', path: 'repos/*' }],
    ['./github:x', { kind: 'path', path: './github:x' }],
    ['/a/b:c', { kind: 'path', path: '/a/b:c' }],
    ['github:acme', { kind: 'owner', forge: 'github', owner: 'acme' }],
    ['github:acme/', { kind: 'owner', forge: 'github', owner: 'acme' }],
    ['github:acme/app', { kind: 'repository', forge: 'github', path: 'acme/app' }],
    [
      'github-search:org:acme language:Dockerfile',
      { kind: 'search', forge: 'github', query: 'org:acme language:Dockerfile' },
    ],
    ['gitlab:acme', { kind: 'owner', forge: 'gitlab', owner: 'acme' }],
    ['gitlab:acme/sub/sub2', { kind: 'owner', forge: 'gitlab', owner: 'acme/sub/sub2' }],
    ['gitea:acme', { kind: 'owner', forge: 'gitea', owner: 'acme' }],
    ['gitea:acme/app', { kind: 'repository', forge: 'gitea', path: 'acme/app' }],
  ])('%s', (spec, expected) => {
    expect(parseSource(spec)).toEqual(expected);
  });

  test.each([
    ['', /empty/],
    ['github:', /owner/],
    ['github:a/b/c', /owner/],
    ['github:../x', /owner/],
    ['gitlab:a//b', /group/],
    ['github-search: ', /nothing/],
    ['gihub:acme', /`github:` is meant/],
    ['nonsense-of-any-kind:acme', /mean nothing/],
    ['http://example.org/a/b', /in the clear/],
    ['ftp://example.org/a/b', /neither https, ssh nor file/],
    ['ext::sh -c x', /too long or has spaces/],
    ['ext::sh', /no address/],
    ['git@host:-x', /names no host or no repository/],
    ['ssh://-oProxyCommand=x/a', /names no host/],
    ['-u@host:x', /names no host/],
    ['https://github.com/a/b?x=1', /behind `\?`/],
    ['file://host/x', /no absolute path/],
  ])('%s is wrong', (spec, why) => {
    const source = parseSource(spec);
    expect(source.kind).toBe('wrong');
    expect('what' in source && source.what).toMatch(why);
  });

  test('never throws, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: character, maxLength: 60 }),
        fc.constantFrom('', 'https://', 'ssh://', 'git@', 'file://', 'github:'),
        (text, front) => {
          const source = parseSource(front + text);
          if (source.kind !== 'address') return;
          // What git is given can be no option and carries nothing that ends a line.
          expect(source.address.url).toMatch(/^[A-Za-z0-9_][^\0-\x20\x7f]*$/);
          targetOfAddress(source.address, undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('says nothing back of an address with a credential in it', () => {
    const forms = fc.constantFrom(
      (host: string) => `https://${SECRET}@${host}/a/b`,
      (host: string) => `https://user:${SECRET}@${host}/a/b.git`,
      (host: string) => `HTTPS://user:${SECRET}@${host}`,
      (host: string) => `ssh://git:${SECRET}@${host}/a/b`,
      (host: string) => `https://${host}/a/b?private_token=${SECRET}`,
      (host: string) => `ftp://user:${SECRET}@${host}/a`,
      (host: string) => `user:${SECRET}@${host}:a/b`,
      (host: string) => `https:/user:${SECRET}@${host}/a/b`,
    );
    fc.assert(
      fc.property(forms, word, (form, host) => {
        const spec = form(host);
        const source = parseSource(spec);
        expect(source.kind).toBe('wrong');
        expect(JSON.stringify(source)).not.toContain(SECRET);
        expect(refusal(() => readSources([spec], OPTIONS))).not.toContain(SECRET);
      }),
    );
  });
});

describe('addresses', () => {
  test('of one repository on a forge have one key, however they are written', () => {
    const host = fc.constantFrom('github.com', 'GitHub.com', 'gitlab.com', 'codeberg.org', 'GITEA.com');
    fc.assert(
      fc.property(host, word, word, (at, owner, name) => {
        const low = at.toLowerCase();
        const forms = [
          `https://${at}/${owner}/${name}`,
          `https://${at}:443/${owner.toUpperCase()}/${name}/`,
          `HTTPS://${at}/${owner}/${name}.git`,
          `https://${at}//${owner}/${name}.git/`,
          `git@${at}:${owner}/${name}.git`,
          `git@${at}:/${owner}/${name}`,
          `ssh://git@${at}/${owner}/${name}.git`,
          `ssh://git@${at}:22/${owner}/${name}`,
          `ssh://${at}:2222/${owner}/${name}/`,
        ];
        const keys = forms.map((form) => targetOf(form).key);
        expect(new Set(keys)).toEqual(new Set([`https://${low}/${owner}/${name}`.toLowerCase()]));
        expect(targetOf(forms[0]!)).toMatchObject({
          name: `${owner}/${name}`,
          url: `https://${low}/${owner}/${name}.git`,
        });
        expect(targetOf(forms[4]!)).toMatchObject({
          url: `ssh://git@${low}/${owner}/${name}.git`,
          project: { host: low },
        });
      }),
    );
  });

  test('of other hosts have no forge, and differ where they may be different repositories', () => {
    const forms = [
      'https://git.example.com/Team/app',
      'https://git.example.com/team/app',
      'https://git.example.com:8443/Team/app',
      'ssh://git@git.example.com/Team/app',
      'git@git.example.com:Team/app',
      'ann@git.example.com:Team/app',
      'file:///srv/app',
      'file:///srv/app.git',
    ];
    const targets = forms.map((form) => targetOf(form));
    expect(new Set(targets.map(({ key }) => key)).size).toBe(forms.length);
    expect(targets.filter(({ project }) => project)).toEqual([]);
    expect(targets.map(({ url }) => url)).toEqual(forms);
    expect(targetOf('https://GIT.example.com:443/Team/app.git/').key).toBe(targets[0]!.key);
    expect(targetOf('git@git.example.com:Team/app.git').key).toBe(targetOf('git@git.example.com:~/Team/app').key);
    expect(targetOf('file://localhost/srv/app/').key).toBe('file:///srv/app');
  });

  test('of the host of --api belong to its forge, below its folder too', () => {
    const own = forgePlaces('https://git.example.com/gitlab/api/v4', []).own!;
    expect(targetOf('https://git.example.com/gitlab/g/s/p', own)).toMatchObject({
      key: 'https://git.example.com/g/s/p',
      url: 'https://git.example.com/gitlab/g/s/p.git',
      project: { kind: 'gitlab', host: 'git.example.com', api: 'https://git.example.com/gitlab/api/v4', path: 'g/s/p' },
    });
    expect(targetOf('ssh://git@git.example.com:2222/g/s/p.git', own).key).toBe('https://git.example.com/g/s/p');
    expect(() => targetOf('https://git.example.com/other/p', own)).toThrow(/not the address of a repository/);
    expect(targetOf('https://github.com/a/b', own).project?.kind).toBe('github');
  });

  test.each([
    'https://github.com/acme',
    'https://github.com/a/b/tree/main',
    'https://gitlab.com/g/p/-/issues',
    'https://github.com/a/..',
    'git@github.com:a/b/c',
  ])('%s names no repository', (text) => {
    expect(() => targetOf(text)).toThrow(/not the address of a repository/);
    expect(refusal(() => readSources([text], OPTIONS))).toMatch(/not the address of a repository/);
  });
});

describe('--api', () => {
  const of = (api: string, ...specs: string[]): ForgePlace | undefined => forgePlaces(api, specs.map(parseSource)).own;

  test.each([
    ['https://github.example.com', ['github:a'], 'github', 'github.example.com', 'https://github.example.com/api/v3'],
    ['https://api.github.com/', [], 'github', 'github.com', 'https://api.github.com'],
    ['https://acme.ghe.com', ['github:a'], 'github', 'acme.ghe.com', 'https://api.acme.ghe.com'],
    [
      'https://Git.Example.com:8443/',
      ['gitlab:a'],
      'gitlab',
      'git.example.com:8443',
      'https://git.example.com:8443/api/v4',
    ],
    ['https://git.example.com/api/v4/', [], 'gitlab', 'git.example.com', 'https://git.example.com/api/v4'],
    ['https://example.com/git/api/v1', [], 'gitea', 'example.com', 'https://example.com/git/api/v1'],
    ['http://127.0.0.1:3000', ['gitea:a'], 'gitea', '127.0.0.1:3000', 'http://127.0.0.1:3000/api/v1'],
  ] as const)('%s', (api, specs, kind, host, expected) => {
    expect(of(api, ...specs)).toEqual({ kind, host, api: expected });
  });

  test.each([
    ['not an address', [], /is no address/],
    [`https://user:${SECRET}@git.example.com`, [], /credentials/],
    [`https://git.example.com/?token=${SECRET}`, [], /credentials/],
    ['http://git.example.com', ['gitlab:a'], /https/],
    ['https://git.example.com', [], /what kind/],
    ['https://git.example.com', ['gitlab:a', 'gitea:b'], /what kind/],
    ['https://git.example.com/api/v4', ['gitea:b'], /gitea:/],
  ] as const)('%s is refused', (api, specs, why) => {
    const words = refusal(() => of(api, ...specs));
    expect(words).toMatch(why);
    expect(words).not.toContain(SECRET);
  });

  test('tokens come from their own variable, or the one that is named', () => {
    const env = { GITHUB_TOKEN: 'a', GITLAB_TOKEN: 'b\n', GITEA_TOKEN: '', MINE: 'd' };
    expect(forgeToken('github', env)).toBe('a');
    expect(forgeToken('gitlab', env)).toBe('b');
    expect(forgeToken('gitea', env)).toBeUndefined();
    expect(forgeToken('gitea', env, 'MINE')).toBe('d');
    expect(forgeToken('github', env, 'NONE')).toBeUndefined();
  });
});

describe('lines', () => {
  test('are cut the same however the bytes arrive', async () => {
    const line = fc.oneof(
      fc.constantFrom('', '# no', '  ', 'a', ' b\t', 'dir/ä #x', '\u{1f40d}'),
      fc.stringMatching(/^[a-z ]{0,9}$/),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 9 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.array(fc.nat(30)),
        async (lines, end, ended, cuts) => {
          const bytes = Buffer.from(lines.join(end) + (ended ? end : ''));
          const chunks: Buffer[] = [];
          let at = 0;
          for (const cut of cuts) {
            chunks.push(bytes.subarray(at, at + cut));
            at += cut;
          }
          chunks.push(bytes.subarray(at));
          const plain = lines.map((text, index) => ({ number: index + 1, text: text.replace(/^[ \t]+|[ \t]+$/g, '') }));
          const expected = plain.filter(({ text }) => text !== '' && !text.startsWith('#'));
          expect(await all(sourceLines(chunked(...chunks)))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('that are no text are told by their number, and end nothing', async () => {
    const long = 'x'.repeat(3_000_000);
    const found = await all(
      sourceLines(chunked('\ufeffa\n', long, long, '\nb\n', Buffer.from([0xff, 0x0a]), 'c\0d\ne\u001b[2J\nf')),
    );
    expect(found.map(({ number, text, problem }: SourceLine) => [number, text ?? problem])).toEqual([
      [1, 'a'],
      [2, 'the line is too long'],
      [3, 'b'],
      [4, 'the line is not UTF-8 text'],
      [5, 'the line has control characters in it'],
      [6, 'the line has control characters in it'],
      [7, 'f'],
    ]);
  });
});

describe('a list', () => {
  test('gives paths and addresses; a wrong line is said with its number and nothing of its text', async () => {
    const repository = join(root, 'listed');
    makeBare(repository);
    mkdirSync(join(root, 'plain'));
    const stdin = chunked(
      `# repositories\r\n\r\n${repository}\r\n`,
      `https://github.com/a/b\nhttps://user:${SECRET}@github.com/a/b\n${join(root, 'gone')}\n${join(root, 'plain')}\ngithub:acme\nx:${SECRET}@y\nhttps://github.com/a`,
    );
    const found = await all(readSources(['-'], { ...OPTIONS, stdin }));
    expect(found.map(({ key, skip, wrong }) => [key, skip, wrong])).toEqual([
      [repository, undefined, undefined],
      ['https://github.com/a/b', undefined, undefined],
      ['-:5', 'the address has credentials in it', true],
      ['-:6', 'there is no such folder', true],
      ['-:7', 'not a git repository', true],
      ['-:8', 'a list holds paths and addresses; name this on the command line', true],
      ['-:9', 'there is no such folder', true],
      ['-:10', 'this is not the address of a repository on github.com', true],
    ]);
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  test('that breaks off is refused with the list’s name', async () => {
    // A process's own memory: it opens, and its first page cannot be read.
    expect(await lateRefusal(all(readSources(['/proc/self/mem'], OPTIONS)))).toMatch(
      /cannot be read \(EIO\): \/proc\/self\/mem/,
    );
  });

  test('is read as it is asked for, in flat memory, 100,000 lines', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    let read = 0;
    async function* lines(): AsyncIterable<Uint8Array> {
      for (let at = 0; at < 100_000; at += 1000) {
        read += 1000;
        const part = Array.from(
          { length: 1000 },
          (_, index) => `https://git.example.com/group${at}/a-repository-${at + index}\n`,
        );
        yield Buffer.from(part.join(''));
      }
    }
    let count = 0;
    let early = 0;
    for await (const target of readSources(['-'], { ...OPTIONS, stdin: lines(), include: ['**/*-repository-*'] })) {
      if (!target.skip) count++;
      if (count === 1) expect(read).toBe(1000);
      if (count === 10_000 || count === 100_000) {
        collect();
        const { heapUsed } = process.memoryUsage();
        if (count === 10_000) early = heapUsed;
        else expect(heapUsed - early).toBeLessThan(4 * 1024 * 1024);
      }
    }
    expect(count).toBe(100_000);
  }, 60_000);
});

describe('folders and globs', () => {
  const names = async (...specs: string[]): Promise<unknown[]> =>
    (await all(readSources(specs, OPTIONS))).map(({ name, folder, skip, wrong }) => [
      name.replace(`${root}/`, ''),
      folder?.replace(`${root}/`, ''),
      ...(skip === undefined ? [] : [skip]),
      ...(wrong ? ['wrong'] : []),
    ]);

  beforeAll(() => {
    const tree = join(root, 'tree');
    execFileSync('git', ['init', '-q', join(tree, 'app')]);
    mkdirSync(join(tree, 'app', 'inner'));
    makeBare(join(tree, 'bare.git'));
    mkdirSync(join(tree, 'linked'));
    writeFileSync(join(tree, 'linked', '.git'), 'gitdir: /elsewhere\n');
    mkdirSync(join(tree, 'docs', 'deep'), { recursive: true });
    makeBare(join(tree, 'docs', 'deep', 'far.git'));
    mkdirSync(join(tree, '[odd]'));
    makeBare(join(tree, '[odd]', 'x'));
    makeBare(join(tree, '.hidden'));
    makeBare(join(tree, '!bang'));
    writeFileSync(join(tree, 'README'), '');
    symlinkSync('app', join(tree, 'same'));
    symlinkSync('.', join(tree, 'loop'));
  });

  test('a folder that is a repository is one target, by its real path', async () => {
    expect(await names(join(root, 'tree/app'), join(root, 'tree/same/'))).toEqual([
      ['tree/app', 'tree/app'],
      ['tree/same/', 'tree/app'],
    ]);
  });

  test('a glob gives the repositories, and says what else it matches', async () => {
    expect(await names(join(root, 'tree/*'))).toEqual([
      ['tree/!bang', 'tree/!bang'],
      ['tree/README', undefined, 'not a git repository'],
      ['tree/[odd]', undefined, 'not a git repository'],
      ['tree/app', 'tree/app'],
      ['tree/bare.git', 'tree/bare.git'],
      ['tree/docs', undefined, 'not a git repository'],
      ['tree/linked', 'tree/linked'],
      ['tree/loop', undefined, 'not a git repository'],
      ['tree/same', 'tree/app'],
    ]);
    expect(await names(join(root, 'tree/!b*'))).toEqual([['tree/!bang', 'tree/!bang']]);
    expect(await names(join(root, 'tree/{app,.hid*}'))).toEqual([
      ['tree/.hidden', 'tree/.hidden'],
      ['tree/app', 'tree/app'],
    ]);
    expect(await names(join(root, 'tree/[odd]/x'))).toEqual([['tree/[odd]/x', 'tree/[odd]/x']]);
    expect(await names(join(root, 'none*'))).toEqual([['none*', undefined, 'the glob matches nothing', 'wrong']]);
  });

  test('`**` gives the repositories at every depth and nothing below them', async () => {
    expect(await names(join(root, 'tree/**'))).toEqual([
      ['tree/!bang', 'tree/!bang'],
      ['tree/[odd]/x', 'tree/[odd]/x'],
      ['tree/app', 'tree/app'],
      ['tree/bare.git', 'tree/bare.git'],
      ['tree/docs/deep/far.git', 'tree/docs/deep/far.git'],
      ['tree/linked', 'tree/linked'],
    ]);
    expect(await names(join(root, 'tree/{docs/deep,none}/*.git'))).toEqual([
      ['tree/docs/deep/far.git', 'tree/docs/deep/far.git'],
    ]);
  });

  test.each([
    [['gone'], /no such folder or list: .*gone/],
    [['tree'], /not a git repository: .*tree/],
    [['tree/app', 'gone'], /gone/],
  ])('%s is refused before anything is read', (specs, why) => {
    expect(
      refusal(() =>
        readSources(
          specs.map((spec) => join(root, spec)),
          OPTIONS,
        ),
      ),
    ).toMatch(why);
  });

  test('standard input is read once, and something is named', () => {
    expect(refusal(() => readSources(['-', '-'], OPTIONS))).toMatch(/twice/);
    expect(refusal(() => readSources(['-'], OPTIONS))).toMatch(/no standard input/);
    expect(refusal(() => readSources([], OPTIONS))).toMatch(/no source/);
  });
});

describe('choosing', () => {
  const project = (path: string, skip?: string): Target => ({
    key: `https://github.com/${path.toLowerCase()}`,
    name: path,
    project: { ...placeOn('github', 'github.com'), path },
    ...(skip !== undefined && { skip }),
  });
  async function* from(targets: readonly Target[], onRead = (): void => {}): AsyncIterable<Target> {
    for (const target of targets) {
      onRead();
      yield target;
    }
  }
  const pick = async (targets: readonly Target[], choice: object): Promise<string[]> =>
    (await all(chosen(from(targets), { include: [], exclude: [], seed: 's', ...choice }))).map(({ name }) => name);
  const many = Array.from({ length: 500 }, (_, at) => project(`acme/app${at}`));

  test.each([
    [['acme/*'], [], 'Acme/App', true],
    [['ACME/**'], [], 'acme/sub/app', true],
    [['acme/*'], [], 'acme/sub/app', false],
    [['svc-*'], [], 'acme/svc-a', true],
    [['svc-*'], [], 'svc-x/app', false],
    [[], ['*-archive', 'old/*'], 'acme/x-archive', false],
    [[], ['*-archive', 'old/*'], 'old/x', false],
    [['acme/*'], ['acme/b*'], 'acme/bee', false],
    [['acme/*'], ['acme/b*'], 'acme/cat', true],
  ])('include %j exclude %j: %s is %s', (include, exclude, path, expected) => {
    expect(isNamed({ include, exclude })(project(path))).toBe(expected);
  });

  test('a folder is named by its path, as it was written or in full, with its case', () => {
    const target = { key: '/srv/repos/App', name: './repos/App', folder: '/srv/repos/App' };
    expect(isNamed({ include: ['repos/*'], exclude: [] })(target)).toBe(true);
    expect(isNamed({ include: ['/srv/**'], exclude: [] })(target)).toBe(true);
    expect(isNamed({ include: ['app'], exclude: [] })(target)).toBe(false);
  });

  test('limit counts what is worked on, after the filters, and reads no more than it needs', async () => {
    const targets = [
      project('a/1', 'archived'),
      project('a/2'),
      project('A/2'),
      project('b/3'),
      project('a/4'),
      project('a/5'),
    ];
    let read = 0;
    const found = chosen(
      from(targets, () => void read++),
      { include: ['a/*'], exclude: [], limit: 2, seed: 's' },
    );
    expect((await all(found)).map(({ name }) => name)).toEqual(['a/1', 'a/2', 'A/2', 'a/4']);
    expect(read).toBe(5);
    expect(await pick(targets, { limit: 0 })).toEqual([]);
  });

  test('a sample is the same every time, in whatever order they come, and a smaller one begins a larger one', async () => {
    const ten = await pick(many, { sample: 10 });
    expect(ten).toHaveLength(10);
    expect(await pick([...many, ...many].reverse(), { sample: 10 })).toEqual(ten);
    expect((await pick(many, { sample: 60 })).slice(0, 10)).toEqual(ten);
    expect(await pick(many, { sample: 10, seed: 'another campaign' })).not.toEqual(ten);
    expect(await pick(many, { sample: 10, limit: 3 })).toEqual(ten.slice(0, 3));
    expect((await pick(many, { sample: 1000 })).length).toBe(500);
    expect(await pick([project('a/1', 'archived'), ...many], { sample: 0 })).toEqual(['a/1']);
  });

  test('every repository is as likely as every other to be in a sample', async () => {
    const hits = new Map<string, number>();
    for (let seed = 0; seed < 200; seed++) {
      for (const name of await pick(many.slice(0, 50), { sample: 10, seed: `c${seed}` }))
        hits.set(name, (hits.get(name) ?? 0) + 1);
    }
    // 40 expected each; five standard deviations (5.7) to both sides.
    expect(hits.size).toBe(50);
    for (const count of hits.values()) expect(Math.abs(count - 40)).toBeLessThan(29);
  });
});

describe('forges', () => {
  let double: GitlabDouble;
  beforeAll(async () => {
    double = await startGitlab();
    for (const path of ['acme/one', 'acme/sub/two', 'acme/sub/three']) double.add(path);
    const { folder } = double.at('acme/one');
    double.add('acme/old', { archived: true, folder });
    double.add('acme/none', { isEmpty: true });
    double.add('acme/copy', { parent: 1, folder });
    double.groups.add('large');
    for (let at = 0; at < 250; at++) double.add(`large/app${at}`, { folder });
  });
  afterAll(() => double.close());

  const options = (): SourceOptions => ({
    ...OPTIONS,
    api: double.api,
    env: { GITLAB_TOKEN: TOKEN },
    forgeFor: ({ kind, api }) =>
      openForge(kind, { api, token: TOKEN, userAgent: 'test', ready: async () => {}, backOff: async () => {} }),
  });
  const read = async (...specs: string[]): Promise<unknown[]> =>
    (await all(readSources(specs, options()))).map(({ name, skip }) => (skip === undefined ? name : [name, skip]));

  test('list a group with its subgroups; archived, empty and forked ones are said', async () => {
    expect(await read('gitlab:acme')).toEqual([
      'acme/one',
      'acme/sub/two',
      'acme/sub/three',
      ['acme/old', 'it is archived'],
      ['acme/none', 'it has no commit yet'],
      ['acme/copy', 'it is a fork of another'],
    ]);
  });

  test('a project is named like a group; a fork that is named is not left out', async () => {
    expect(await read('gitlab:acme/sub/two', 'gitlab:acme/copy')).toEqual(['acme/sub/two', 'acme/copy']);
  });

  test('an address and a listing of one repository have one key', async () => {
    const [listed] = await all(readSources(['gitlab:acme/one'], options()));
    const [named] = await all(
      readSources([`${double.origin}/Acme/One.git`, 'gitlab:acme'], { ...options(), limit: 1 }),
    );
    expect(named?.key).toBe(listed?.key);
    expect(named?.project).toEqual({ ...listed?.project, path: 'Acme/One' });
  });

  test('a page that fails is asked for again, and nothing comes twice', async () => {
    const names: string[] = [];
    for await (const { name } of readSources(['gitlab:large'], options())) {
      // The second page is asked for when the first one was read.
      if (names.push(name) === 1)
        double.inject('GET /groups/large', { status: 429, headers: { 'retry-after': '1' } }, 'drop');
    }
    expect(names).toHaveLength(250);
    expect(new Set(names).size).toBe(250);
  }, 20_000);

  test('a list that cannot be had ends the run after the others were read, with what to do', async () => {
    const seen: string[] = [];
    const work = (async () => {
      for await (const { name } of readSources(['gitlab:nobody', 'gitlab:acme/one'], options())) seen.push(name);
    })();
    expect(await lateRefusal(work)).toMatch(/did not list nobody: .*404.*check its name/);
    expect(seen).toEqual(['acme/one']);
    double.inject('GET /groups', { status: 401 });
    const stranger = { ...options(), env: {} };
    expect(await lateRefusal(all(readSources(['gitlab:acme'], stranger)))).toMatch(/set GITLAB_TOKEN/);
  });

  test('a client that cannot be had is said like a list that cannot', async () => {
    const broken = { ...options(), forgeFor: () => Promise.reject(new ForgeProblem('denied', 'the token is none')) };
    expect(await lateRefusal(all(readSources(['gitlab:acme'], broken)))).toMatch(/the token is none/);
    const bug = { ...options(), forgeFor: () => Promise.reject(new TypeError('ours')) };
    await expect(all(readSources(['gitlab:acme'], bug))).rejects.toThrow('ours');
  });
});
