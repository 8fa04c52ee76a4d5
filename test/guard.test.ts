// The guard: no lie about a fix stands, and what does not come to rest is taken back.

import { describe, expect, test } from 'vitest';
import { settingsOf } from '../src/config/read.ts';
import { factsOf } from '../src/facts/facts.ts';
import { guardFix } from '../src/guard.ts';
import type { Fix, FixResult, Snapshot, Transform } from '../src/model.ts';
import { snapshotOf } from './fixtureCases.ts';
import { LIES, liar, runOver } from './guardCases.ts';

const textsOf = ({ after }: FixResult): Record<string, string | undefined> =>
  Object.fromEntries([...after.paths.keys()].map((path) => [path, after.read(path)]));

describe('a fix that lies is withdrawn with the reason', () => {
  test.each(LIES.map((lie) => [lie.promise, lie] as const))('%s', (_, lie) => {
    const result = runOver(lie.files, [liar(lie, lie.declares)]);
    expect(result.withdrawn.map(({ why }) => why)).toEqual([expect.stringContaining(lie.why)]);
    expect(result.applied).toEqual([]);
    expect(textsOf(result)).toEqual(lie.files);
    // the finding stays, and says so
    const [finding, ...more] = result.findings.filter((f) => f.transform === 'liar');
    expect(more).toEqual([]);
    expect(finding?.fix).toBeUndefined();
    expect(finding?.reason).toContain(`The fix was withdrawn by its guard: ${result.withdrawn[0]?.why}`);
  });

  test.each(LIES.flatMap((lie) => (lie.stands ? [[lie.promise, lie, lie.stands] as const] : [])))(
    'declared, it stands: %s',
    (_, lie, declares) => {
      const result = runOver(lie.files, [liar(lie, declares)]);
      expect(result.withdrawn.map(({ why }) => why)).toEqual([]);
      expect(result.applied).toHaveLength(1);
    },
  );
});

test('bytes outside the edits are those of before', () => {
  const settings = settingsOf({});
  const text = 'FROM python:3.12-slim\n# a\nCMD ["python3"]\n# b\n';
  const at = text.indexOf('CMD');
  const fix: Fix = {
    title: 'Lie',
    safety: 'safe',
    edits: [{ path: 'Dockerfile', start: at, end: at, newText: '# c\n' }],
    declares: {},
  };
  const facts = (dockerfile: string) => factsOf(snapshotOf(new Map([['Dockerfile', dockerfile]])), settings, new Map());
  const right = text.replace('CMD', '# c\nCMD');
  expect(guardFix(fix, facts(text), facts(right))).toBeUndefined();
  for (const wrong of [right.replace('# a', '# A'), right.replace('# b', '# B'), `${right}# d\n`]) {
    expect(guardFix(fix, facts(text), facts(wrong))).toBe('Dockerfile: bytes outside the edits changed');
  }
});

/** Inserts a line above FROM, whatever stands there. */
const adds = (id: string, line: string, where: (text: string) => boolean = () => true): Transform => ({
  id,
  title: id,
  why: '',
  references: [],
  tier: 'S',
  run: (facts) =>
    [...(facts as { snapshot: Snapshot }).snapshot.paths.keys()]
      .filter((path) => path.endsWith('Dockerfile'))
      .filter((path) => where((facts as { snapshot: Snapshot }).snapshot.read(path) ?? ''))
      .map((path) => ({
        path,
        offset: 0,
        message: 'A line is missing.',
        reason: 'So it is added.',
        fix: { title: `Add ${line}`, safety: 'safe', edits: [{ path, start: 0, end: 0, newText: line }], declares: {} },
      })),
});

const removes = (id: string, line: string): Transform => ({
  ...adds(id, line),
  run: (facts) => {
    const text = (facts as { snapshot: Snapshot }).snapshot.read('Dockerfile') ?? '';
    const start = text.indexOf(line);
    const edits = [{ path: 'Dockerfile', start, end: start + line.length, newText: '' }];
    const fix = { title: `Remove ${line}`, safety: 'safe', edits, declares: {} } as const;
    return start < 0 ? [] : [{ path: 'Dockerfile', offset: 0, message: 'A line is left.', reason: 'It goes.', fix }];
  },
});

describe('what does not come to rest', () => {
  const ENDLESS = 'it finds the same to do again in what it has made';

  test('is taken back, and said to be', () => {
    const files = { Dockerfile: 'FROM python:3.12-slim\nCMD ["python3"]\n' };
    const result = runOver(files, [adds('again', '# x\n')]);
    expect(textsOf(result)).toEqual(files);
    expect(result.applied).toEqual([]);
    expect(result.changed).toEqual([]);
    expect(result.withdrawn.map(({ why }) => why)).toEqual([ENDLESS]);
    expect(result.findings.map(({ reason }) => reason)).toEqual([expect.stringContaining(ENDLESS)]);
  });

  test('may make the same change once a stage', () => {
    const files = { Dockerfile: 'FROM python:3.12-slim AS a\nFROM a\nCMD ["python3"]\n' };
    const twice = adds('twice', '# x\n', (text) => text.split('# x\n').length < 3);
    const result = runOver(files, [twice]);
    expect(result.withdrawn).toEqual([]);
    expect(result.after.read('Dockerfile')).toBe(`# x\n# x\n${files.Dockerfile}`);
    const thrice = adds('thrice', '# x\n', (text) => text.split('# x\n').length < 4);
    expect(runOver(files, [thrice]).withdrawn.map(({ why }) => why)).toEqual([ENDLESS]);
  });

  test('takes the files back to before it, and leaves other files and what was made before', () => {
    const files = {
      Dockerfile: 'FROM python:3.12-slim\nCMD ["python3"]\n',
      'b/Dockerfile': 'FROM python:3.12-slim\nCMD ["python3"]\n',
    };
    const once = adds('once', '# once\n', (text) => !text.includes('# once'));
    const result = runOver(files, [
      once,
      adds('again', '# x\n', (text) => !text.includes('# y')),
      removes('no', 'CMD'),
    ]);
    expect(textsOf(result)).toEqual({
      Dockerfile: `# once\n${files.Dockerfile}`,
      'b/Dockerfile': `# once\n${files['b/Dockerfile']}`,
    });
    expect(result.applied.map(({ transform, fix }) => `${transform} ${fix.edits[0]?.path}`).sort()).toEqual([
      'once Dockerfile',
      'once b/Dockerfile',
    ]);
  });

  test('takes back all files of the fixes that go with it', () => {
    const files = { Dockerfile: 'FROM python:3.12-slim\nCMD ["python3"]\n', '.dockerignore': 'a\n' };
    const both: Transform = {
      ...removes('both', ''),
      run: (facts) => {
        const { snapshot } = facts as { snapshot: Snapshot };
        const edits = ['Dockerfile', '.dockerignore'].map((path) => ({ path, start: 0, end: 0, newText: '# both\n' }));
        const fix = { title: 'Both', safety: 'safe', edits, declares: {} } as const;
        const at = { path: 'Dockerfile', offset: 0, message: 'Both.', reason: 'Both.' };
        return snapshot.read('.dockerignore')?.includes('# both') ? [] : [{ ...at, fix }];
      },
    };
    const result = runOver(files, [adds('to', '# x\n', (t) => !t.includes('# x')), both, removes('fro', '# x\n')]);
    expect(result.after.read('Dockerfile')).toBe(`# both\n${files.Dockerfile}`);
    expect(result.after.read('.dockerignore')).toBe(`# both\n${files['.dockerignore']}`);
    expect(result.changed).toEqual(['.dockerignore', 'Dockerfile']);
    expect(result.applied.map(({ transform }) => transform)).toEqual(['both']);
  });

  test('two that undo each other end, with the file as it was', () => {
    const files = { Dockerfile: 'FROM python:3.12-slim\nCMD ["python3"]\n' };
    const result = runOver(files, [adds('to', '# x\n', (t) => !t.includes('# x')), removes('fro', '# x\n')]);
    expect(result.after.read('Dockerfile')).toBe(files.Dockerfile);
    expect(result.withdrawn.map(({ why }) => why)).toContain(ENDLESS);
  });
});
