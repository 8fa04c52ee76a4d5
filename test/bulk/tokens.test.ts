// Which place is shown a token: where projects stand, a list, a journal or a queue may say anything.

import { expect, test } from 'vitest';
import { forgesOf } from '../../src/cli/bulk/wiring.ts';
import type { Project } from '../../src/io/forge/forge.ts';
import { placeOn } from '../../src/io/forge/forgePlaces.ts';

const env = { GITHUB_TOKEN: 'hub', GITLAB_TOKEN: 'lab', GITEA_TOKEN: 'tea', OWN: 'own' };
const pacer = { turn: async () => {}, backOff: async () => {}, ready: async () => {} };
const given = (project: Omit<Project, 'path'>, options: { api?: string; tokenEnv?: string } = {}) =>
  forgesOf(options, { env, version: '1', pacer }).tokenFor({ ...project, path: 'a/b' });

test('the usual host of its kind gets the token of that kind', () => {
  expect(given(placeOn('github', 'github.com'))).toBe('hub');
  expect(given(placeOn('gitlab', 'gitlab.com'))).toBe('lab');
  expect(given(placeOn('gitea', 'gitea.com'))).toBe('tea');
});

test.each([
  placeOn('github', 'evil.example'),
  placeOn('gitea', 'codeberg.org'),
  { kind: 'github', host: 'github.com', api: 'https://evil.example/api/v3' },
  { kind: 'github', host: 'github.com', api: 'http://api.github.com' },
  { kind: 'gitlab', host: '127.0.0.1:7911', api: 'http://127.0.0.1:7911/api/v4' },
] as const)('%j gets none', (place) => {
  expect(given(place)).toBeUndefined();
  expect(given(place, { tokenEnv: 'OWN' })).toBeUndefined();
});

test('--api names the one place that gets it', () => {
  const api = 'https://git.example.com/api/v3';
  expect(given(placeOn('github', 'git.example.com'), { api })).toBe('hub');
  expect(given(placeOn('github', 'github.com'), { api })).toBeUndefined();
  expect(
    given({ kind: 'github', host: 'git.example.com', api: 'https://evil.example/api/v3' }, { api }),
  ).toBeUndefined();
});

test('the token that --token-env names goes to one kind of forge', () => {
  const { tokenFor } = forgesOf({ tokenEnv: 'OWN' }, { env, version: '1', pacer });
  expect(tokenFor({ ...placeOn('gitlab', 'gitlab.com'), path: 'a/b' })).toBe('own');
  expect(tokenFor({ ...placeOn('github', 'github.com'), path: 'a/b' })).toBe('hub');
});
