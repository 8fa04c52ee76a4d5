// The guard: no lie about a fix stands, and what does not come to rest is taken back.

import { describe, expect, test } from 'vitest';
import type { Fix, FixResult } from '../src/model.ts';
import { LIES, liar, RESTLESS, runOver } from './guardCases.ts';

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

test.each([
  ['an unsafe fix that names no assumption', { safety: 'unsafe' }],
  ['a safe fix that names one', { safety: 'safe', assumption: 'It assumes much.' }],
] as const)('%s is withdrawn', (_, trust) => {
  const edits = [{ path: 'Dockerfile', start: 0, end: 0, newText: '# new\n' }];
  const files = { Dockerfile: 'FROM python:3.12\n' };
  const made = (own: Pick<Fix, 'safety' | 'assumption'>) => {
    const lie = { promise: '', why: '', files, edits, declares: {} };
    const honest = liar(lie, {});
    const run: typeof honest.run = (facts) =>
      honest.run(facts).map((one) => (one.fix ? { ...one, fix: { ...one.fix, ...own } } : one));
    return runOver(files, [{ ...honest, run }], {}, { unsafe: true }).withdrawn.map(({ why }) => why);
  };
  expect(made(trust)).toEqual([expect.stringContaining('an unsafe fix names what it assumes')]);
  expect(made({ safety: 'unsafe', assumption: 'It assumes much.' })).toEqual([]);
});

test.each(RESTLESS.map((one) => [one.name, one] as const))('what does not come to rest %s', (_, one) => {
  const result = runOver(one.files, one.transforms);
  expect(textsOf(result)).toEqual(one.after);
  expect(result.changed).toEqual(
    Object.keys(one.after)
      .filter((path) => one.after[path] !== one.files[path])
      .sort(),
  );
  expect(result.applied.map(({ transform }) => transform)).toEqual(one.applied);
  expect(result.withdrawn.map(({ transform }) => transform)).toEqual(one.withdrawn);
  const ENDLESS = 'it finds the same to do again in what it has made';
  expect(new Set(result.withdrawn.map(({ why }) => why))).toEqual(new Set(one.withdrawn.length > 0 ? [ENDLESS] : []));
  for (const { reason } of result.findings) expect(reason).toContain(ENDLESS);
});
