// What a proof makes of the assumptions of unsafe fixes, and of where environments lead, without an engine.

import { describe, expect, test } from 'vitest';
import type { AppliedFix } from '../src/model.ts';
import type { ProcessSeen, SideSeen, SubjectProof, Verdict } from '../src/report/proof.ts';
import { assumptionProofs, verdictOn } from '../src/verify/borneOut.ts';
import { compareLeads } from '../src/verify/compareLeads.ts';
import type { LeadsSeen, SideDetails } from '../src/verify/looked.ts';
import { emptyTally } from '../src/verify/tally.ts';
import { MENDED } from './tried.ts';

const process = (inEnvironment: boolean): ProcessSeen => ({
  ...{ command: 'python app.py', prefix: inEnvironment ? '/opt/venv' : '/usr', executable: 'python', inEnvironment },
  ...{ path: [], packages: [], hostEnvironments: [], writesBytecode: false, buffered: false },
});

const side = (built: boolean, processes: readonly ProcessSeen[] = []): SideSeen => ({
  ...{ built, log: [], seconds: 1, environments: [], leaks: [], build: [] },
  ...(built ? { start: { processes, ended: 'exit', said: [] } } : {}),
});

describe('an assumption', () => {
  const applied: AppliedFix[] = [
    {
      ...MENDED,
      transform: 'activate-to-env',
      at: { path: 'Dockerfile', offset: 0 },
      fix: {
        ...{ title: 'Do it', safety: 'unsafe', assumption: 'It assumes much.', declares: {} },
        edits: [{ path: 'Dockerfile', start: 0, end: 0, newText: ' ' }],
      },
    },
    {
      ...MENDED,
      transform: 'set-python-env',
      at: { path: 'Dockerfile', offset: 0 },
      fix: { title: 'Do more', safety: 'safe', declares: {}, edits: [] },
    },
  ];
  const subject = (name: string, reachedBy: readonly string[]) => ({ kind: 'image' as const, name, reachedBy });
  const proven = (name: string, verdict: Verdict, sides: Pick<SubjectProof, 'before' | 'after'> = {}) => ({
    ...{ kind: 'image' as const, name, verdict, reasons: [] },
    ...sides,
  });
  const both = [subject('Dockerfile', ['Dockerfile']), subject('other', ['other'])];
  const told = (proofs: readonly SubjectProof[], subjects = both) => assumptionProofs(applied, subjects, proofs);

  test('is borne out where all that it reaches is as before or better', () => {
    const proofs = [proven('Dockerfile', 'better'), proven('other', 'worse')];
    expect(told(proofs)).toEqual([
      {
        ...{ transform: 'activate-to-env', title: 'Do it', assumption: 'It assumes much.' },
        ...{ borneOut: 'yes', subjects: ['Dockerfile'] },
      },
    ]);
    expect(told(proofs).map(verdictOn)).toEqual(['same']);
  });

  test('is not where something that it reaches comes out worse', () => {
    const subjects = [subject('a', ['Dockerfile']), subject('b', ['Dockerfile'])];
    const [one] = told([proven('a', 'cannot tell'), proven('b', 'worse')], subjects);
    expect(one).toMatchObject({ borneOut: 'no', reason: 'b comes out worse.', subjects: ['a', 'b'] });
    expect(verdictOn(one!)).toBe('worse');
  });

  test.each<[string, readonly SubjectProof[], string, typeof both]>([
    ['cannot be told', [proven('Dockerfile', 'cannot tell')], 'Of Dockerfile it cannot be told.', both],
    ['was not looked at', [], 'It was interrupted.', both],
    ['is nowhere', [proven('other', 'better')], 'No image and no service', [subject('other', ['other'])]],
    [
      'did not build before, and runs outside now',
      [proven('Dockerfile', 'better', { before: side(false), after: side(true, [process(false)]) })],
      '`python app.py` runs outside of the environment',
      both,
    ],
    [
      'did not build before, and starts no Python now',
      [proven('Dockerfile', 'better', { before: side(false), after: side(true) })],
      'no Python was seen in its start',
      both,
    ],
  ])('cannot be told where what it reaches %s', (_, proofs, reason, subjects) => {
    const [one] = told(proofs, subjects);
    expect(one).toMatchObject({ borneOut: 'cannot tell', reason: expect.stringContaining(reason) });
    expect(verdictOn(one!)).toBe('cannot tell');
  });

  test('is borne out where what did not build runs in the environment now', () => {
    const sides = { before: side(false), after: side(true, [process(true)]) };
    expect(told([proven('Dockerfile', 'better', sides)])).toMatchObject([{ borneOut: 'yes' }]);
  });
});

describe('an environment', () => {
  const details = (leads: LeadsSeen | undefined) => ({ ...(leads ? { leads } : {}) }) as SideDetails;
  const leads = (dead: readonly [string, string][], moved: readonly [string, string][]): LeadsSeen => ({
    dead: new Map(dead),
    moved: new Map(moved),
  });
  const broken = leads([['/v/lib/python3.12/site-packages/_shop.pth', '/src']], [['/v', '/build/v']]);
  const compared = (was: LeadsSeen | undefined, now: LeadsSeen | undefined) => {
    const tally = emptyTally();
    compareLeads(details(was), details(now), tally);
    return tally;
  };

  test('is better where it was made, and where its links lead to something', () => {
    const { gained, lost } = compared(broken, leads([], []));
    expect(gained).toEqual([
      'The environment `/v` was made at `/build/v`, which its scripts start Python from; now it stands where it was made.',
      '`/v/lib/python3.12/site-packages/_shop.pth` leads to `/src`, which is not in the image; now it does not.',
    ]);
    expect(lost).toEqual([]);
  });

  test('is worse the other way round', () => {
    const { gained, lost } = compared(leads([], []), broken);
    expect(gained).toEqual([]);
    expect(lost).toHaveLength(2);
  });

  test.each([
    [broken, broken],
    [undefined, broken],
    [broken, undefined],
  ])('is no other where both are alike, or one was not looked at', (was, now) => {
    expect(compared(was, now)).toEqual(emptyTally());
  });
});
