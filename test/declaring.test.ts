// What a developer is told of a fix that the guard withdraws: declared so, the guard lets it stand.

import { expect, test } from 'vitest';
import { settingsOf } from '../src/config/resolve.ts';
import { missingIn, withdrawnWords } from './declaring.ts';
import { snapshotOf } from './fixtureCases.ts';
import { LIES, type Lie, liar, runOver } from './guardCases.ts';

const offerOf = ({ files, edits, declares }: Lie) => ({
  transform: 'liar',
  fix: { title: 'Lie', safety: 'safe', edits, declares } as const,
  snapshot: snapshotOf(new Map(Object.entries(files))),
});

test.each(LIES.flatMap((lie) => (lie.stands ? [[lie.promise, lie] as const] : [])))(
  'of what may be declared: %s',
  (_, lie) => {
    const missing = missingIn(offerOf(lie), settingsOf({}));
    expect(missing).toBeDefined();
    expect(runOver(lie.files, [liar(lie, { ...lie.declares, ...missing })]).withdrawn).toEqual([]);
  },
);

test.each([
  {
    name: 'names what is missing, and only that',
    newText: 'FROM python:3.12-slim\nENV A=1\nENV B=2\n',
    declares: { env: ['A'] },
    said: [
      '"Lie" was withdrawn by the guard: Dockerfile: instructions that come or change: ENV, ENV, declared: none.',
      'If that is what it is for, declare it. Missing: declares: {"instructions":{"added":["ENV","ENV"]},"env":["B"]}',
    ],
  },
  {
    name: 'says so where nothing that is declared would do',
    newText: 'FROM python:3.12-slim\nUSER nobody\n',
    declares: { instructions: { added: ['USER'] } },
    said: [
      '"Lie" was withdrawn by the guard: Dockerfile: user of the image changes.',
      'Nothing that it could declare would allow that: the fix must be another.',
    ],
  },
])('$name', ({ newText, declares, said }) => {
  const files = { Dockerfile: 'FROM python:3.12-slim\n' };
  const lie = { files, edits: [{ path: 'Dockerfile', start: 0, end: files.Dockerfile.length, newText }], declares };
  const offer = offerOf({ ...lie, promise: '', why: '' });
  const words = withdrawnWords(runOver(files, [liar(lie, declares)]), [offer], settingsOf({}));
  expect(words).toEqual([said.join('\n')]);
});
