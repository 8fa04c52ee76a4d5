// The guard asked alone, and the loop over fixes that may not be made: what comes out, and what should.

import { settingsOf } from '../src/config/resolve.ts';
import { trustOf } from '../src/edit/trust.ts';
import { factsOf } from '../src/facts/facts.ts';
import { guardFix } from '../src/fix/guard.ts';
import { type FixOptions, fixRepository } from '../src/fix/loop.ts';
import type { Fix, Settings, TextEdit, Transform } from '../src/model.ts';
import type { ChangeCase } from './changeCases.ts';
import { snapshotOf } from './fixtureCases.ts';
import { TRIED } from './tried.ts';

const TEXT = 'FROM python:3.12-slim\n# a\nCMD ["python3"]\n# b\n';
const AT = TEXT.indexOf('CMD');
const COMMENT: TextEdit = { path: 'Dockerfile', start: AT, end: AT, newText: '# c\n' };
const IGNORED: TextEdit = { path: '.dockerignore', start: 0, end: 0, newText: '# c\n' };
const RIGHT = TEXT.replace('CMD', '# c\nCMD');
const OUTSIDE = 'Dockerfile: bytes outside the edits changed';

const fixWith = (edits: readonly TextEdit[], safety: Fix['safety'] = 'safe'): Fix => ({
  title: 'Write a comment',
  ...trustOf(safety === 'unsafe' ? 'It assumes that the base reads comments.' : undefined),
  edits,
  declares: {},
});

/** The edits are said to make the second text of the first. */
const guarded = (name: string, edits: readonly TextEdit[], after: string, wanted: string | undefined): ChangeCase => {
  const facts = (text: string) => factsOf(snapshotOf(new Map([['Dockerfile', text]])), settingsOf({}));
  return { name, came: () => guardFix(fixWith(edits), facts(TEXT), facts(after))?.words, wanted };
};

const bytes: readonly ChangeCase[] = [
  guarded('what the edits make is what stands', [COMMENT], RIGHT, undefined),
  guarded('bytes before an edit change', [COMMENT], RIGHT.replace('# a', '# A'), OUTSIDE),
  guarded('bytes behind an edit change', [COMMENT], RIGHT.replace('# b', '# B'), OUTSIDE),
  guarded('bytes come at the end', [COMMENT], `${RIGHT}# d\n`, OUTSIDE),
  guarded(
    'an edit lies outside its file',
    [{ ...COMMENT, start: TEXT.length + 1, end: TEXT.length + 1 }],
    TEXT,
    `edit [${TEXT.length + 1}, ${TEXT.length + 1}) of Dockerfile lies outside its ${TEXT.length} bytes`,
  ),
];

const files = new Map([
  ['Dockerfile', TEXT],
  ['.dockerignore', 'x\n'.repeat(100)],
]);

/** Makes the fix once, at the first line. */
const maker = (fix: Fix, text: string): Transform => ({
  id: 'comments',
  title: 'Write a comment',
  why: '',
  references: [],
  tier: 'U',
  diagnoses: [TRIED],
  run: (facts) => {
    const { snapshot } = facts as { readonly snapshot: { read(path: string): string | undefined } };
    if (snapshot.read('Dockerfile') !== text) return [];
    return [{ diagnosis: TRIED, path: 'Dockerfile', offset: 0, message: 'No comment.', reason: '', fix }];
  },
});

/** Is the fix made, and if not, does the finding stay? */
const offered = (
  name: string,
  what: Fix['safety'] | Fix,
  options: Partial<FixOptions>,
  wanted: 'made' | 'left' | 'not shown',
  settings: Partial<Settings> = {},
  text = TEXT,
): ChangeCase => ({
  name,
  came: () => {
    const { after, findings } = fixRepository<unknown>(
      snapshotOf(new Map([...files, ['Dockerfile', text]])),
      [maker(typeof what === 'string' ? fixWith([COMMENT], what) : what, text)],
      { ...settingsOf({}), ...settings },
      { ids: ['comments'], unsafe: false, prefix: '', editable: () => true, ...options },
    );
    if (after.read('Dockerfile') !== text) return 'made';
    return findings.length > 0 ? 'left' : 'not shown';
  },
  wanted,
});

const offers: readonly ChangeCase[] = [
  offered('a safe fix is made', 'safe', {}, 'made'),
  offered('an unsafe fix is left', 'unsafe', {}, 'left'),
  offered('an unsafe fix of another transform may be made', 'unsafe', { unsafe: ['other'] }, 'left'),
  offered('an unsafe fix of this transform may be made', 'unsafe', { unsafe: ['comments'] }, 'made'),
  offered('unsafe fixes may be made', 'unsafe', { unsafe: true }, 'made'),
  offered(
    'an unsafe fix that names no assumption',
    { ...fixWith([COMMENT]), safety: 'unsafe' },
    { unsafe: true },
    'left',
  ),
  offered('the file may not be edited', 'safe', { editable: () => false }, 'left'),
  offered('the file lies elsewhere', 'safe', { prefix: 'sub' }, 'not shown'),
  offered('the file is left out by the configuration', 'safe', {}, 'not shown', { exclude: ['Dockerfile'] }),
  offered('another file of the fix is left out by the configuration', fixWith([COMMENT, IGNORED]), {}, 'left', {
    exclude: ['.dockerignore'],
  }),
  offered('the fix is not chosen', 'safe', { choose: () => false }, 'left'),
  offered('the fix is chosen', 'safe', { choose: () => true }, 'made'),
];

const HELD = TEXT.replace('CMD', '# pyvenv-fix: ignore[comments] as it is\nCMD');
const INSIDE = HELD.indexOf('CMD');
const FIRST: TextEdit = { ...COMMENT, start: 0, end: 0 };
const respelt: Fix = {
  ...fixWith([{ path: 'Dockerfile', start: INSIDE, end: INSIDE + 3, newText: 'cmd' }]),
  declares: { instructions: { changed: ['CMD'] } },
};

const suppressed: readonly ChangeCase[] = [
  offered('the fix is above what is suppressed', fixWith([FIRST]), {}, 'made', {}, HELD),
  offered('the fix changes what is suppressed from its start', respelt, {}, 'left', {}, HELD),
  offered(
    'the fix changes another file where it is suppressed in this one',
    fixWith([FIRST, { ...IGNORED, start: INSIDE + 4, end: INSIDE + 4 }]),
    {},
    'made',
    {},
    HELD,
  ),
];

/** How often it is said what a transform finds at these offsets of the file. */
const said = (name: string, offsets: readonly number[], wanted: number): ChangeCase => ({
  name,
  came: () => {
    const finder: Transform = {
      ...maker(fixWith([COMMENT]), TEXT),
      run: () =>
        offsets.map((offset) => ({ diagnosis: TRIED, path: 'Dockerfile', offset, message: 'No comment.', reason: '' })),
    };
    const options = { ids: ['comments'], unsafe: false, prefix: '', editable: () => true };
    return fixRepository<unknown>(snapshotOf(files), [finder], settingsOf({}), options).findings.length;
  },
  wanted,
});

const repeated: readonly ChangeCase[] = [
  said('the same at one place is said once', [0, 0], 1),
  said('the same at two places is said twice', [0, 5], 2),
];

export const LOOPED: readonly ChangeCase[] = [...bytes, ...offers, ...suppressed, ...repeated];
