// What makes two sides of a proof different, without an engine: words, settings, files, installers, and a developer's folder.

import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { factsOf } from '../src/facts/facts.ts';
import type { PathKind } from '../src/model.ts';
import { evidenceMarkdown, failuresOf } from '../src/report/evidence.ts';
import type { Proof, SideSeen, SubjectProof } from '../src/report/proof.ts';
import { renderProofs } from '../src/report/proofText.ts';
import { compareConfigs } from '../src/verify/compareConfig.ts';
import { compareFiles } from '../src/verify/compareFiles.ts';
import { declaredOf, NOTHING_DECLARED } from '../src/verify/declared.ts';
import { hostNames, hostProof } from '../src/verify/host.ts';
import { imageConfig } from '../src/verify/imageConfig.ts';
import type { FileSeen, SideDetails } from '../src/verify/looked.ts';
import { processSeen } from '../src/verify/processes.ts';
import { planProof } from '../src/verify/proofPlan.ts';
import { relocatedSeen } from '../src/verify/relocated.ts';
import { healthText, startText } from '../src/verify/startWords.ts';
import { emptyTally } from '../src/verify/tally.ts';
import { MENDED } from './tried.ts';

describe('the words of a start', () => {
  test.each([
    [['python', 'app.py'], 'python app.py'],
    [['/opt/venv/bin/python', 'app.py', '--name', 'a b'], 'python app.py --name "a b"'],
    [['/bin/sh', '-c', '. /opt/venv/bin/activate && exec python app.py --name "a b"'], 'python app.py --name "a b"'],
    [['/bin/bash', '-lc', 'source .venv/bin/activate; gunicorn app:app'], 'gunicorn app:app'],
    [['/bin/sh', '-c', "cd /x && . 'v/bin/activate' && python a.py $PORT"], 'cd /x && python a.py $PORT'],
    [['sh', '-c', '"$@"', 'sh', 'python'], 'sh -c "\\"$@\\"" sh python'],
    [
      ['/start', '/bin/sh', '-c', '. /opt/venv/bin/activate && exec python a.py'],
      '/start /bin/sh -c "exec python a.py"',
    ],
    [['tini', '--', 'python', 'a.py'], 'tini -- python a.py'],
    [['./start'], './start'],
  ])('%j', (words, text) => {
    expect(startText(words).text).toBe(text);
  });

  test('are the same before and behind an activation, and others where one word is gone', () => {
    const shell = (text: string) => startText(['/bin/sh', '-c', text]).text;
    expect(shell('cd /x && . v/bin/activate && python a.py $PORT')).toBe(shell('cd /x && python a.py $PORT'));
    expect(shell('. v/bin/activate && python a.py $PORT')).toBe(shell('python a.py $PORT'));
    expect(shell('cd /x && python a.py')).not.toBe(shell('python a.py'));
    expect(shell('python a.py && python b.py')).not.toBe(shell('python a.py; python b.py'));
    expect(healthText(['CMD-SHELL', '. v/bin/activate && python c.py'])).toBe(healthText(['CMD', 'python', 'c.py']));
    expect(healthText(['NONE'])).toBe('');
  });
});

describe('the settings of an image', () => {
  const judged = (
    before: Record<string, unknown>,
    after: Record<string, unknown>,
    env: readonly string[] = [],
  ): { lost: string[]; open: string[] } => {
    const tally = emptyTally();
    const declared = { ...NOTHING_DECLARED, env: new Set(env) };
    compareConfigs(imageConfig(before), imageConfig(after), { declared, isSeen: true }, tally);
    return { lost: tally.lost, open: tally.open };
  };
  const env = (...Env: string[]) => ({ Env });

  test('may have what a fix declares, and nothing else', () => {
    const before = env('PATH=/usr/bin:/bin', 'A=1');
    const after = env('PATH=/opt/venv/bin:/usr/bin:/bin', 'A=1', 'VIRTUAL_ENV=/opt/venv');
    expect(judged(before, after, ['PATH', 'VIRTUAL_ENV'])).toEqual({ lost: [], open: [] });
    expect(judged(before, after, ['PATH']).open).toEqual(['The image sets `VIRTUAL_ENV`, which was not set before.']);
    expect(judged(before, after, ['VIRTUAL_ENV']).open).toEqual(['PATH has `/opt/venv/bin` in addition.']);
  });

  test.each([
    [env('A=1'), env(), 'The image no longer sets `A`.'],
    [env('A=1'), env('A=2'), 'The image sets `A` to another value.'],
    [env('PATH=/a:/b'), env('PATH=/v:/a'), 'PATH no longer has `/b`.'],
    [env('PATH=/a:/b'), env('PATH=/v:/b:/a'), 'The places in PATH have another order.'],
  ])('%j -> %j', (before, after, says) => {
    expect(judged(before, after, ['PATH']).lost).toEqual([says]);
    // Also a variable that a fix sets must not be gone.
    expect(judged({ Env: ['B=1'] }, { Env: [] }, ['B']).lost).toEqual(['The image no longer sets `B`.']);
  });
});

describe('the files of an image', () => {
  const file = (own: Partial<FileSeen> = {}): FileSeen => ({ mode: 0o100644, uid: 0, gid: 0, size: 1, ...own });
  const side = (files: Readonly<Record<string, FileSeen>>, environments: readonly string[]) => {
    const details: SideDetails = {
      config: imageConfig({ WorkingDir: '/app' }),
      files: new Map(Object.entries({ '/app': file({ mode: 0o40755 }), ...files })),
      packages: new Map(),
      by: 'python',
      list: async () => undefined,
    };
    return { details, environments: environments.map((path) => ({ path, packages: [] })) };
  };
  const judged = (
    before: Readonly<Record<string, FileSeen>>,
    after: Readonly<Record<string, FileSeen>>,
    declared = NOTHING_DECLARED,
  ) => {
    const tally = emptyTally();
    const environments = ['', '/opt/venv'];
    compareFiles(side(before, environments), side(after, environments), declared, tally);
    return [...tally.lost, ...tally.open, ...tally.told];
  };

  test.each<[string, Readonly<Record<string, FileSeen>>, Readonly<Record<string, FileSeen>>]>([
    [
      'a program that moved into the environment with its package',
      { '/usr/local/bin/flask': file(), '/usr/local/lib/python3.12/site-packages/flask': file() },
      { '/opt/venv/bin/flask': file(), '/opt/venv/lib/python3.12/site-packages/flask': file() },
    ],
    ['bytecode', { '/app/__pycache__/a.pyc': file() }, {}],
    ['caches', { '/root/.cache/pip/x': file(), '/var/cache/apt/x': file(), '/tmp/x': file() }, {}],
    ['what pip brought', { '/usr/lib/python3/dist-packages/wheel': file() }, {}],
    [
      'a lock of an installer',
      { '/opt/venv/.lock': file({ content: 'a' }) },
      { '/opt/venv/.lock': file({ content: 'b' }) },
    ],
  ])('differ in %s, and that is all the same', (_, before, after) => {
    expect(judged(before, after)).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, FileSeen>>, Readonly<Record<string, FileSeen>>, string]>([
    [
      'a module that no package has',
      { '/opt/venv/lib/python3.12/site-packages/own.py': file() },
      {},
      'no longer has `/opt',
    ],
    [
      'a module that was changed',
      { '/opt/venv/lib/python3.12/site-packages/own.py': file({ content: 'a' }) },
      { '/opt/venv/lib/python3.12/site-packages/own.py': file({ content: 'b' }) },
      'Other content than before: `/opt',
    ],
    [
      'a folder with all that is in it',
      { '/app/a': file({ mode: 0o40755 }), '/app/a/b': file(), '/app/a-c': file() },
      {},
      'no longer has `/app/a` and `/app/a-c`.',
    ],
    [
      'a link',
      { '/app/a': file({ mode: 0o120777, content: 'x' }) },
      { '/app/a': file() },
      'now another of these: `/app/a`',
    ],
    ['compiled modules without a source', { '/app/a.pyc': file() }, {}, 'no longer has `/app/a.pyc`'],
    ['data elsewhere', { '/data/x': file() }, {}, 'no longer has `/data/x`'],
    [
      'the set-uid bit',
      { '/usr/bin/ping': file({ mode: 0o104755 }) },
      { '/usr/bin/ping': file({ mode: 0o100755 }) },
      'were 4755 and are now 755',
    ],
  ])('differ in %s', (_, before, after, says) => {
    expect(judged(before, after).join('\n')).toContain(says);
  });

  test('may lack what a fix lets the ignore file leave out, and have another text of what it edits', () => {
    const declared = { ...NOTHING_DECLARED, ignores: new Set(['.venv']), files: ['Dockerfile', 'app.py'] };
    const before = {
      '/app/.venv': file(),
      '/app/Dockerfile': file({ content: 'a' }),
      '/app/app.py': file({ content: 'a' }),
    };
    const after = { '/app/Dockerfile': file({ content: 'b' }), '/app/app.py': file({ content: 'b' }) };
    expect(judged(before, after, declared)).toEqual(['Other content than before: `/app/app.py`.']);
    expect(judged(before, after)[0]).toContain('no longer has `/app/.venv`');
  });
});

test('what only installers need is theirs, and what somebody asked for or needs is not', () => {
  const distributions = [
    ['poetry', '2.0', ['requests>=2', 'Poetry.Core (==2)', 'virtualenv ; python_version > "3"'], true],
    ['poetry-core', '2', [], false],
    ['virtualenv', '20', ['distlib'], false],
    ['distlib', '1', [], false],
    ['requests', '2', ['idna'], false],
    ['idna', '3', [], false],
    ['httpx', '1', ['idna'], true],
    ['alone', '1', [], false],
  ];
  const seen = processSeen(JSON.stringify({ prefix: '/usr', argv: ['python'], distributions }));
  expect([...(seen?.process.details?.ofTools ?? [])].sort()).toEqual([
    'distlib',
    'poetry',
    'poetry-core',
    'requests',
    'virtualenv',
  ]);
});

describe("a developer's environment in the tree", () => {
  const side = (own: Partial<SideSeen> = {}): SideSeen => ({
    ...{ built: true, log: [], seconds: 1, environments: [], leaks: [], build: [] },
    start: { processes: [], ended: 'exit', code: 0, said: [] },
    exec: { processes: [], ended: 'exit', code: 0, said: [] },
    ...own,
  });
  const broken = side({ built: false, log: ['Dockerfile:3: RUN python -m venv /app/venv', 'ERROR: no'] });
  const leaks = side({ leaks: ['/app/venv'] });
  const ofHost = (before: SideSeen, after: SideSeen) => {
    const proof = hostProof(['.venv', 'venv'], { before, after }, { options: { base: new Set() }, plain: [] });
    return proof && [proof.verdict, ...proof.reasons];
  };

  test.each<[string, SideSeen, SideSeen, readonly string[] | undefined]>([
    [
      'breaks it before',
      broken,
      side(),
      ['better', 'Fails where a developer has a `venv` folder; after the fixes it builds there too.'],
    ],
    [
      'breaks it after',
      side(),
      broken,
      ['worse', 'Builds where a developer has a `venv` folder; after the fixes it fails there.'],
    ],
    [
      'breaks both',
      broken,
      broken,
      ['same', 'Fails where a developer has a `venv` folder, before and after the fixes.'],
    ],
    ['got in', leaks, side(), ['better', "A developer's environment no longer gets into the image (/app/venv)."]],
    [
      'gets in',
      leaks,
      leaks,
      ['same', "A developer's environment gets into the image (/app/venv), before and after the fixes."],
    ],
    ['now gets in', side(), leaks, ['same', "A developer's environment now gets into the image (/app/venv)."]],
    ['changes nothing', side(), side(), undefined],
    [
      'was not looked at',
      side(),
      side({ built: false, untold: 'no engine.' }),
      ['cannot tell', 'It could not be looked at where a developer has a `.venv` or `venv` folder: no engine.'],
    ],
  ])('that %s', (_, before, after, says) => {
    expect(ofHost(before, after)).toEqual(says);
  });

  test('that the image needs is said to be needed', () => {
    const told = (before: SideSeen, after: SideSeen) => {
      const options = { options: { base: new Set<string>() }, plain: [], needs: { before: broken, after: broken } };
      const proof = hostProof(['.venv', 'venv'], { before, after }, options);
      return proof && [proof.verdict, ...proof.reasons];
    };
    expect(told(side(), side())).toEqual([
      'same',
      'Builds only where a developer has a `venv` folder, before and after the fixes.',
    ]);
    expect(told(broken, broken)).toBeUndefined();
    expect(told(side(), broken)?.[0]).toBe('worse');
  });

  const repository = (ignored: string, compose = '') => {
    const texts: Record<string, string> = {
      Dockerfile: 'FROM python:3.12\nCOPY . .\nCMD a\n',
      '.dockerignore': ignored,
      ...(compose === '' ? {} : { 'compose.yaml': compose }),
    };
    const paths = new Map<string, PathKind>(Object.keys(texts).map((path) => [path, 'file']));
    return factsOf({ paths, read: (path) => texts[path] }, settingsOf({}));
  };

  test('is planted where one side takes it in only', () => {
    const options = { buildArgs: new Map<string, string>(), changed: ['.dockerignore'] };
    const names = (before: string, after: string) => {
      const [subject] = planProof(repository(before), repository(after), options).subjects;
      return subject && hostNames(subject, ['.venv', 'venv']);
    };
    expect(names('a\n', '.venv\n')).toEqual(['.venv', 'venv']);
    expect(names('venv\n', '.venv\nvenv\n')).toEqual(['.venv']);
    expect(names('*\n!**/*.py\n', '*\n!**/*.py\n**/.venv\n')).toEqual(['.venv', 'venv']);
    expect(names('.venv\nvenv\n', '.venv\nvenv\na\n')).toEqual([]);
  });

  test('reads a service whose settings differ as one to be proven', () => {
    const compose = (ports: string) => `services:\n  web:\n    build: .\n    ports: ["${ports}"]\n`;
    const options = { buildArgs: new Map<string, string>(), changed: ['compose.yaml'] };
    const plan = planProof(repository('a\n', compose('1:1')), repository('a\n', compose('1:2')), options);
    expect(plan.subjects.map(({ name }) => name)).toEqual(['web (compose.yaml)']);
    expect(planProof(repository('a\n', compose('1:1')), repository('a\n', compose('1:1')), options).subjects).toEqual(
      [],
    );
  });
});

test('fixes declare together what each of them does', () => {
  const fix = (declares: object) => ({
    ...MENDED,
    transform: 't',
    fix: { title: '', safety: 'safe' as const, edits: [], declares },
    at: { path: 'Dockerfile', offset: 0 },
  });
  const declared = declaredOf({
    applied: [
      fix({ env: ['A'] }),
      fix({ env: ['B'], ignores: ['.venv'] }),
      fix({ mounts: [{ path: 'c', service: 'web' }] }),
    ],
    changed: ['Dockerfile'],
  });
  expect([[...declared.env], [...declared.ignores], [...declared.mounts]]).toEqual([['A', 'B'], ['.venv'], ['web']]);
});

describe('the report', () => {
  const failed: SideSeen = {
    ...{ built: false, seconds: 1, environments: [], leaks: [], build: [] },
    log: ['Dockerfile:3: RUN x', ...Array.from({ length: 40 }, (_, n) => `line ${n}`), 'ERROR: no'],
  };
  const change = (seconds: number, run: readonly string[]) => ({
    file: 'app.py',
    run,
    cached: 4 - run.length,
    seconds,
  });
  const built: SideSeen = { ...failed, built: true, log: [] };
  const subject = { kind: 'image' as const, name: 'Dockerfile', verdict: 'better' as const, reasons: [] };
  const proof = (subjects: Proof['subjects']): Proof => ({
    path: 'x',
    engine: 'docker 1',
    fixes: [],
    verdict: 'better',
    assumptions: [],
    subjects,
  });
  const context = { version: '1', color: false, verbose: false };

  test('tells a log once, whole, and of whom it is', () => {
    const services = ['a', 'b'].map((name) => ({
      ...subject,
      kind: 'service' as const,
      name,
      before: failed,
      after: failed,
    }));
    const text = renderProofs('text', [proof([{ ...subject, before: failed, after: built }, ...services])], context);
    expect(text.match(/ERROR: no/g)?.length).toBe(1);
    expect(text).toContain('how the build ended before: Dockerfile; before and after: a, b\n');
    expect(text).toContain('line 0\n');
  });

  test('begins with the time that a rebuild takes, which a pull request does not tell', () => {
    const one = {
      ...subject,
      before: { ...built, change: change(41.2, ['a', 'b', 'c']) },
      after: { ...built, change: change(2.9, ['a']) },
    };
    const [, lead] = renderProofs('text', [proof([one, { ...one, kind: 'service' }])], context).split('\n');
    expect(lead).toBe(
      '  Rebuild of `Dockerfile` after a change of `app.py`: before 41.2 s (3 of 4 steps), after 2.9 s (1 of 4 steps).',
    );
    const told = evidenceMarkdown(proof([one]), 'pull request');
    expect(told).toContain('builds 1 of 4 steps again');
    expect(told).not.toMatch(/41\.2|build time/);
    expect(evidenceMarkdown(proof([one]), 'report')).toMatch(/^### [^\n]*\n\n\*\*Rebuild of `Dockerfile`/);
  });
});

describe('how a build ended is told once', () => {
  const step = (line: number) => `Dockerfile:${line}: RUN make`;
  const end = 'ERROR: failed to build: exit code: 2';
  const told = (before: readonly string[], after: readonly string[]) => {
    const side = (log: readonly string[]) => ({ built: false, log });
    const subjects = [{ name: 'Dockerfile', before: side(before), after: side(after) }] as unknown as SubjectProof[];
    return failuresOf(subjects, 'measured');
  };

  test('where the fixes moved the step, its outputs came in another order, or the engine dropped the last line', () => {
    const [only, ...more] = told([step(5), 'a', 'b', 'c', end], [step(6), 'c', 'a', 'b', end]);
    expect(more).toEqual([]);
    expect(only?.which).toBe('before and after: Dockerfile');
    const [fuller, ...others] = told([step(5), 'a', 'b', end], [step(5), 'b', 'no such thing', end]);
    expect(others).toEqual([]);
    expect(fuller?.log).toContain('no such thing');
  });

  test.each([
    ['another step', ['Dockerfile:5: RUN other', 'a', 'b', end]],
    ['another end', [step(5), 'a', 'b', 'ERROR: failed to build: exit code: 1']],
    ['other words', [step(5), 'x', 'y', end]],
  ])('%s is another failure', (_, after) => {
    expect(told([step(5), 'a', 'b', end], after)).toHaveLength(2);
  });
});

describe('what stood where an environment was moved from', () => {
  const relocations = [{ from: '/app/.venv', to: '/opt/venv' }];

  test('is named as where it stands now, everywhere', () => {
    const seen = {
      environments: [{ path: '/app/.venv', packages: ['six'] }],
      variables: new Map([['PATH', '/app/.venv/bin:/usr/bin']]),
      prefixes: new Set(['/app/.venv']),
    };
    expect(relocatedSeen(seen, { relocations })).toEqual({
      environments: [{ path: '/opt/venv', packages: ['six'] }],
      variables: new Map([['PATH', '/opt/venv/bin:/usr/bin']]),
      prefixes: new Set(['/opt/venv']),
    });
  });

  test('is not what only begins with its path, or ends with it', () => {
    const others = ['/app/.venv2', '/app/.venv-old/bin', '/srv/app/.venv'];
    expect(relocatedSeen(others, { relocations })).toEqual(others);
    expect(relocatedSeen(['/app/.venv'], { relocations: [] })).toEqual(['/app/.venv']);
  });
});
