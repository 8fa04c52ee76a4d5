// Positions, and lines that sentences name, are those of the file on disk, whatever was fixed before them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edit/textEdits.ts';
import type { Finding, FixResult, TextEdit } from '../src/model.ts';
import { parseDockerfile } from '../src/parse/dockerfile/dockerfile.ts';
import { describeResult } from '../src/report/outcome.ts';
import { type EditStep, lineMark, type MadeSteps, onDisk, throughEdits } from '../src/text/lines.ts';
import { lineAt, lineColumn } from '../src/text/positions.ts';
import { transforms } from '../transforms/index.ts';
import { casesOf, defaultIds, type FixtureCase, placeOf, runCase, snapshotOf } from './fixtureCases.ts';
import { TRIED } from './tried.ts';

const textOf = (text: string) => ({ read: (path: string) => (path === 'f' ? text : undefined) });

const madeOf = (steps: readonly EditStep[]): MadeSteps => ({
  all: () => steps.map((step) => ({ step })),
  in: (path) => steps.filter(({ edits }) => edits.some((edit) => edit.path === path)).map((step) => ({ step })),
});

const offsetOnDisk = (disk: string, steps: readonly EditStep[], offset: number): number =>
  onDisk(textOf(disk), madeOf(steps)).finding({ diagnosis: TRIED, path: 'f', offset, message: '', reason: '' }).offset;

test('what no edit touches is found where it stood, through any number of fixes', () => {
  const rounds = fc
    .tuple(
      fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 }),
      fc.array(
        fc.array(fc.tuple(fc.nat(20), fc.nat(4), fc.string({ unit: fc.constantFrom('x', 'y'), maxLength: 3 })), {
          minLength: 1,
          maxLength: 3,
        }),
        { maxLength: 5 },
      ),
    )
    .map(([text, plans]) => {
      let now = text;
      const steps: EditStep[] = [];
      for (const plan of plans) {
        const edits: TextEdit[] = [];
        let from = 0;
        for (const [gap, length, newText] of plan) {
          const start = from + (gap % (now.length + 1));
          if (start > now.length) break;
          const end = Math.min(now.length, start + length);
          edits.push({ path: 'f', start, end, newText });
          from = end + 1;
        }
        steps.push({ edits, before: textOf(now) });
        now = applyEdits(now, edits);
      }
      return { text, steps, now };
    });
  fc.assert(
    fc.property(rounds, fc.nat(30), ({ text, steps, now }, at) => {
      const offset = at % (now.length + 1);
      const old = offsetOnDisk(text, steps, offset);
      expect(old).toBeGreaterThanOrEqual(0);
      expect(old).toBeLessThanOrEqual(text.length);
      if ('ab\n'.includes(now[offset] ?? '?')) expect(text[old]).toBe(now[offset]);
    }),
    { numRuns: 2000 },
  );
});

describe('text that a fix brings', () => {
  const old = 'FROM x\nCOPY . .\nRUN pip install a\nRUN b\n';
  const step = (edits: readonly TextEdit[]): EditStep => ({ edits, before: textOf(old) });
  const at = (text: string): number => old.indexOf(text);

  test('stands where it was inserted', () => {
    const edits = [{ path: 'f', start: at('COPY'), end: at('COPY'), newText: 'ENV A=1\nENV B=2\n' }];
    expect(offsetOnDisk(old, [step(edits)], at('COPY') + 8)).toBe(at('COPY'));
    expect(offsetOnDisk(old, [step(edits)], at('RUN b') + 16)).toBe(at('RUN b'));
  });

  test('at the end of the file stands at its last line', () => {
    const edits = [{ path: 'f', start: old.length, end: old.length, newText: 'CMD c\n' }];
    expect(lineColumn(old, offsetOnDisk(old, [step(edits)], old.length))).toEqual({ line: 4, column: 1 });
  });

  test('as lines stands for what its finding hangs on', () => {
    const edits = [{ path: 'f', start: old.length, end: old.length, newText: 'CMD c\n' }];
    const made = (path: string): EditStep => ({ ...step(edits), at: { path, offset: at('COPY') } });
    expect(offsetOnDisk(old, [made('f')], old.length)).toBe(at('COPY'));
    expect(offsetOnDisk(old, [made('g')], old.length)).toBe(at('RUN b'));
  });

  test('that was moved stands where it was taken from', () => {
    const edits = [
      { path: 'f', start: at('COPY'), end: at('COPY') + 8, newText: 'COPY r.txt .' },
      { path: 'f', start: at('RUN b'), end: at('RUN b'), newText: 'COPY . .\n' },
    ];
    const now = applyEdits(old, edits);
    expect(offsetOnDisk(old, [step(edits)], now.indexOf('COPY . .'))).toBe(at('COPY . .'));
    expect(offsetOnDisk(old, [step(edits)], now.indexOf('. .'))).toBe(at('. .'));
  });

  test('a sentence about a text that is only tried is told of the one that stands', () => {
    const edits = [{ path: 'f', start: 0, end: 0, newText: '# a\n# b\n' }];
    const sentence = throughEdits(`line ${lineMark('f', at('RUN b') + 8)} of ${lineMark('g', 3)}`, step(edits));
    expect(sentence).toBe(`line ${lineMark('f', at('RUN b'))} of ${lineMark('g', 3)}`);
    expect(onDisk(textOf(old), madeOf([])).sentence(sentence)).toBe('line 4 of 1');
  });
});

/** Every text that people read in a result. */
const sentencesOf = ({ findings, applied, withdrawn }: FixResult): string[] => [
  ...findings.flatMap((f) => [f.message, f.reason]),
  ...applied.flatMap(({ fix }) => [fix.title, ...(fix.notes ?? []), fix.gain ?? '']),
  ...withdrawn.map(({ why }) => why),
];

/** What is wrong with the places of a result. */
function misplaced(one: FixtureCase, ids?: readonly string[]): string[] {
  const result = runCase(one, snapshotOf(one.before), ids && { ids });
  const wrong: string[] = [];
  const longest = Math.max(...[...one.before.values()].map((text) => text.split('\n').length));
  for (const sentence of sentencesOf(result)) {
    if (/[\uE000-\uF8FF]/.test(sentence)) wrong.push(`a mark is left: ${sentence}`);
    for (const [said, line] of sentence.matchAll(/\blines? (\d+)/g)) if (Number(line) > longest) wrong.push(said);
  }
  const fixed = result.applied.map(
    ({ transform, at }): Finding => ({ diagnosis: TRIED, transform, ...at, message: '', reason: '' }),
  );
  for (const finding of [...result.findings, ...fixed]) {
    const { path, offset } = finding;
    const text = one.before.get(path);
    const place = placeOf(finding, result.before);
    if (text === undefined) {
      wrong.push(`${place}: no such file`);
      continue;
    }
    const line = text.slice(lineAt(text, offset).start, lineAt(text, offset).end);
    if (offset > 0 && line.trim() === '') wrong.push(`${place}: nothing stands there`);
    // a transform's finding hangs on an instruction, or on a node in YAML
    if (finding.transform === undefined || /ya?ml$/.test(path)) continue;
    const isComment = /^[ \t]*# *pyvenv-fix:/.test(line);
    if (!isComment && !parseDockerfile(text).instructions.some((i) => i.start === offset))
      wrong.push(`${place}: no instruction starts there`);
  }
  return wrong;
}

test.each([...transforms.map((t) => t.id), 'repositories'])(
  'every place in the cases of %s is one on disk',
  (id) => {
    for (const one of casesOf(id)) {
      expect([one.name, ...misplaced(one)]).toEqual([one.name]);
      expect([one.name, ...misplaced(one, defaultIds)]).toEqual([one.name]);
    }
  },
  300_000,
);

describe('after other fixes', () => {
  const inFile = (before: Record<string, string>) =>
    runCase(
      { id: 'repositories', name: '', folder: '', own: {}, before: new Map(), after: new Map(), changes: true },
      snapshotOf(new Map(Object.entries(before))),
    );

  test('a finding, and the line that its reason names, are those of the file', () => {
    const result = inFile({
      Dockerfile: [
        'FROM python:3.12-slim',
        'RUN python -m venv /opt/venv',
        'RUN . /opt/venv/bin/activate && pip install flask',
        'CMD . /opt/venv/bin/activate && flask run',
        '',
        'FROM python:3.12-slim',
        'RUN python -m venv /srv/venv',
        'RUN . /srv/venv/bin/activate && pip install gunicorn',
        'RUN pip install --user six',
        'CMD ["python", "-m", "six"]',
        '',
      ].join('\n'),
    });
    expect(result.applied.length).toBeGreaterThan(1);
    const [finding, ...more] = result.findings.filter((f) => f.transform === 'activate-to-env');
    expect(more).toEqual([]);
    expect(finding && placeOf(finding, result.before)).toBe('Dockerfile:8:1');
    expect(finding?.reason).toMatch(/`pip install --user six` .*\(line 9\)/);
  });

  test('a COPY that covers is named where the file has it', () => {
    const result = inFile({
      '.dockerignore': '!venv/extra\n',
      'venv/extra/a.txt': 'a',
      Dockerfile: [
        'FROM python:3.12-slim',
        'WORKDIR /app',
        'RUN python -m venv venv',
        'RUN . venv/bin/activate',
        'RUN pip install six',
        'COPY venv/extra ./venv/extra',
        'COPY . .',
        'CMD ["python", "app.py"]',
        '',
      ].join('\n'),
    });
    expect(result.changed).toEqual(['Dockerfile']);
    const reasons = result.findings.filter((f) => f.transform === 'activate-to-env').map((f) => f.reason);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain('line 7 copies the build context over /app/venv');
    expect(reasons[0]).toContain('(line 8)');
  });

  test('a suppression that suppresses nothing names its line', () => {
    const result = inFile({
      Dockerfile: [
        'FROM python:3.12-slim',
        '# pyvenv-fix: ignore[activate-to-env] not needed',
        'WORKDIR /app',
        'CMD ["python", "app.py"]',
        '',
      ].join('\n'),
    });
    expect(result.changed).toEqual(['Dockerfile']);
    const [finding] = result.findings;
    expect(finding && placeOf(finding, result.before)).toBe('Dockerfile:2:1');
    expect(finding?.reason).toContain('hangs on line 3;');
    expect(finding?.reason).toContain('above the instruction it is meant for.');
  });

  test('a suppression above another line names the one that its transform finds', () => {
    const text = [
      'FROM python:3.12-slim',
      '# pyvenv-fix: ignore[set-python-env] not needed',
      'WORKDIR /app',
      'CMD ["python", "app.py"]',
      '',
    ];
    const result = inFile({ Dockerfile: text.join('\n') });
    expect(result.applied.map(({ transform, at }) => [transform, at])).toEqual([
      ['set-python-env', { path: 'Dockerfile', offset: 0 }],
    ]);
    expect(describeResult(result, { written: false }).fixes[0]?.at).toEqual({ path: 'Dockerfile', line: 1, column: 1 });
    expect(result.findings.map(({ reason }) => reason)).toEqual([
      'Nothing that set-python-env finds hangs on line 3; remove the comment, or move it above line 1, the only one in this file where it finds something.',
    ]);
    const moved = inFile({ Dockerfile: [text[1], text[0], ...text.slice(2)].join('\n') });
    expect([moved.applied, moved.findings]).toEqual([[], []]);
  });
});
