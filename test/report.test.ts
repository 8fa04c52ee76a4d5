// Reports: edits of the old file, every format on hostile text, and the one text for commits.

import { toJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../src/edit/textEdits.ts';
import { OWN_DIAGNOSES } from '../src/fix/diagnoses.ts';
import type { AppliedFix, Finding, FixResult, Level, Snapshot, TextEdit } from '../src/model.ts';
import { unifiedDiff } from '../src/report/diff.ts';
import { FORMATS, type ReportContext } from '../src/report/formats.ts';
import { changeMessage, commitText } from '../src/report/message.ts';
import { describeResult, type Outcome, withoutResult } from '../src/report/outcome.ts';
import { rebase } from '../src/report/rebase.ts';
import { renderReport } from '../src/report/render.ts';
import { reportSchema } from '../src/report/reportSchema.ts';
import { findingsText, showDiff } from '../src/report/textReport.ts';
import { bytesOf, textOf } from '../src/text/latin1.ts';
import { printable } from '../src/text/printable.ts';
import { transforms } from '../transforms/index.ts';
import { MENDED, TRIED } from './tried.ts';

const context: ReportContext = {
  version: '1.2.3',
  transforms: [{ id: 'a-b', title: 'Do a', why: 'Because.', references: ['https://example.org/a'] }],
  mode: 'dry-run',
  color: false,
  verbose: true,
  quiet: false,
};

function applied(edits: readonly TextEdit[], transform = 'a-b'): AppliedFix {
  const at = { path: edits[0]?.path ?? 'f', offset: edits[0]?.start ?? 0 };
  return { ...MENDED, transform, fix: { title: `Fix ${edits.length}`, safety: 'safe', edits, declares: {} }, at };
}

function snapshotOf(files: Record<string, string>): Snapshot {
  return { paths: new Map(Object.keys(files).map((path) => [path, 'file'])), read: (path) => files[path] };
}

describe('edits of the old file', () => {
  /** A text, and rounds of edits that do not overlap, each for the text the round before left. */
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
      const fixes: AppliedFix[] = [];
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
        fixes.push(applied(edits));
        now = applyEdits(now, edits);
      }
      return { text, fixes, now };
    });

  test('all together make the new file, and never touch one another', () => {
    fc.assert(
      fc.property(rounds, ({ text, fixes, now }) => {
        const all = rebase(fixes).fixes.flatMap((fix) => fix.edits);
        const ordered = [...all].sort((a, b) => a.start - b.start || a.end - b.end);
        expect(applyEdits(text, ordered)).toBe(now);
        for (const [at, edit] of ordered.entries()) {
          const next = ordered[at + 1];
          if (next)
            expect(
              edit.end < next.start || (edit.end === next.start && edit.start < edit.end && next.start < next.end),
            ).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('a fix that rewrites an earlier one says so', () => {
    const fixes = [
      applied([{ path: 'f', start: 1, end: 1, newText: 'XY' }]),
      applied([{ path: 'f', start: 2, end: 3, newText: '' }]),
    ];
    expect(rebase(fixes).fixes).toEqual([
      { edits: [{ path: 'f', start: 1, end: 1, newText: 'X' }] },
      { edits: [], mergedInto: 0 },
    ]);
  });
});

const HOSTILE = 'x\x1b]0;t\x07\x1b[31m\x9b31m\r\n::error::a%0A\xe2\x80\xae<script>`"\'&|*_@\x80\xff';

function hostileOutcome(): Outcome {
  const path = `d/${HOSTILE}`;
  const before = snapshotOf({ [path]: `FROM ${HOSTILE}\nRUN x\n` });
  const edits = [{ path, start: 5, end: 6, newText: HOSTILE }];
  const after = snapshotOf({ [path]: applyEdits(before.read(path) ?? '', edits) });
  const finding: Finding = { diagnosis: TRIED, path, offset: 3, message: HOSTILE, reason: HOSTILE, transform: 'a-b' };
  const fix = { ...applied(edits).fix, title: HOSTILE, notes: [HOSTILE], gain: HOSTILE };
  const one = { ...MENDED, transform: 'a-b', fix, at: { path, offset: 0 } };
  const result: FixResult = {
    applied: [one],
    findings: [finding],
    withdrawn: [{ ...one, why: HOSTILE }],
    concerned: [path],
    before,
    after,
    changed: [path],
  };
  return {
    path: HOSTILE,
    outcome: 'changed',
    reason: HOSTILE,
    branch: HOSTILE,
    diff: unifiedDiff(before, after, [path]),
    notices: [HOSTILE],
    ...describeResult(result, { written: false }),
  };
}

describe('text of a repository', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come through
  const steering = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/;
  const outcomes = [
    hostileOutcome(),
    withoutResult(HOSTILE, 'refused', { reason: HOSTILE, where: HOSTILE, next: HOSTILE }),
  ];

  test.each(FORMATS.filter((format) => format !== 'diff'))('steers nothing in %s', async (format) => {
    const bytes = await renderReport(format, outcomes, context);
    const { text, exact } = textOf(bytes);
    expect(exact).toBe(true);
    expect(text).toContain('script');
    expect(text).not.toMatch(steering);
    if (format === 'html') expect(text).not.toContain('<script');
    if (format === 'github')
      for (const line of text.split('\n')) expect(line).toMatch(/^(::(warning|notice|error) |$)/);
    if (format === 'markdown')
      expect(text.replaceAll(/\\[!-/:-@[-`{-~]/g, '').replaceAll(/(`+)[^`][\s\S]*?\1(?!`)/g, '')).not.toMatch(
        /(^|[^\\])<script/,
      );
  });

  test('steers nothing where the diff is shown, nor beside it', () => {
    const shown = showDiff(outcomes[0]?.diff ?? '', context) + findingsText(outcomes, context);
    expect(textOf(shown).text).not.toMatch(steering);
    expect(printable('a\tb\u00e9')).toBe('a^Ib\ufffd');
    expect(printable(bytesOf('é'))).toBe('é');
  });

  test('the diff keeps its bytes', async () => {
    expect(await renderReport('diff', outcomes, context)).toBe(outcomes[0]?.diff);
    expect(outcomes[0]?.diff).toContain('\x80\xff');
  });
});

describe('formats', () => {
  const before = snapshotOf({ Dockerfile: 'FROM x\nRUN y\n', '.dockerignore': 'a\n' });
  const edits: TextEdit[] = [
    { path: 'Dockerfile', start: 7, end: 7, newText: 'ENV A=1\n' },
    { path: 'new', start: 0, end: 0, newText: 'n\xff', create: true },
  ];
  const after = snapshotOf({ Dockerfile: 'FROM x\nENV A=1\nRUN y\n', '.dockerignore': 'a\n', new: 'n\xff' });
  const finding: Finding = { diagnosis: TRIED, path: 'Dockerfile', offset: 7, message: 'M.', reason: 'R.' };
  const result: FixResult = {
    applied: [applied(edits)],
    findings: [finding],
    withdrawn: [],
    concerned: [],
    before,
    after,
    changed: ['Dockerfile', 'new'],
  };
  const outcomeOf = (written: boolean): Outcome => ({
    path: '.',
    outcome: 'changed',
    diff: unifiedDiff(before, after, result.changed),
    notices: [],
    ...describeResult(result, { written }),
  });

  test('a finding stands where it stood on the disk, whether the fixes were written or not', () => {
    expect(outcomeOf(false).findings).toMatchObject([{ line: 2, column: 1 }]);
    expect(outcomeOf(true).findings).toMatchObject([{ line: 2, column: 1 }]);
  });

  test('JSON is what its schema says, with the exact bytes beside what is no UTF-8', async () => {
    const document: unknown = JSON.parse(textOf(await renderReport('json', [outcomeOf(false)], context)).text);
    const report = v.parse(reportSchema, document);
    const [repository] = report.repositories;
    expect(repository?.fixes[0]?.edits).toEqual([
      { path: 'Dockerfile', start: 7, end: 7, newText: 'ENV A=1\n' },
      { path: 'new', start: 0, end: 0, newText: 'n\ufffd', newTextBase64: 'bv8=', create: true },
    ]);
    expect(Buffer.from(repository?.diffBase64 ?? '', 'base64').toString('latin1')).toBe(outcomeOf(false).diff);
    expect(report.summary).toMatchObject({ repositories: 1, changed: 1, fixes: 1, findings: 1 });
    expect(toJsonSchema(reportSchema)).toHaveProperty('properties.repositories');
  });

  test('NDJSON has a line a repository, and the summary', async () => {
    const text = await renderReport('ndjson', [outcomeOf(false), outcomeOf(true)], context);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map((line) => [line.version, line.path ?? line.summary.repositories])).toEqual([
      [1, '.'],
      [1, '.'],
      [1, 2],
    ]);
  });

  test('SARIF carries replacements that make the new file', async () => {
    const { runs } = JSON.parse(await renderReport('sarif', [outcomeOf(false)], context));
    const [fix, note] = runs[0].results;
    expect(fix).toMatchObject({ ruleId: 'a-b', ruleIndex: 0, level: 'warning' });
    const [change, created] = fix.fixes[0].artifactChanges;
    const { deletedRegion, insertedContent } = change.replacements[0];
    const text = before.read('Dockerfile') ?? '';
    const end = deletedRegion.byteOffset + deletedRegion.byteLength;
    expect(text.slice(0, deletedRegion.byteOffset) + insertedContent.text + text.slice(end)).toBe(
      after.read('Dockerfile'),
    );
    expect(created.replacements[0].insertedContent).toEqual({ binary: 'bv8=' });
    expect(note).toMatchObject({ ruleId: 'pyvenv-fix', level: 'warning' });
    expect(JSON.parse(await renderReport('sarif', [outcomeOf(true)], context)).runs[0].results).toHaveLength(1);
  });

  test('GitHub and GitLab have an issue for each pending fix and finding', async () => {
    expect(await renderReport('github', [outcomeOf(false)], context)).toBe(
      '::warning file=Dockerfile,line=2,col=1,title=a-b::Fix 2\n::warning file=Dockerfile,line=2,col=1,title=pyvenv-fix::M.%0AR.\n',
    );
    const issues = JSON.parse(await renderReport('gitlab', [outcomeOf(false), outcomeOf(false)], context));
    expect(issues).toHaveLength(4);
    expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(4);
    expect(issues[0]).toMatchObject({
      check_name: 'a-b',
      severity: 'minor',
      location: { path: 'Dockerfile', lines: { begin: 2 } },
    });
  });
});

describe('the text for commits', () => {
  const about = [
    {
      id: 'a-b',
      title: 'Replace activation of virtual environments by ENV',
      why: 'An activation ends with its step.',
      references: [],
    },
    { id: 'c-d', title: 'Do d', why: 'D is right.', references: [] },
  ];
  const fix = (transform: string, title: string, path: string): AppliedFix => {
    return {
      ...MENDED,
      transform,
      fix: {
        title,
        safety: 'safe',
        edits: [{ path, start: 0, end: 0, newText: '' }],
        declares: {},
        gain: 'A code change re-runs 1 step, not 4.',
      },
      at: { path, offset: 0 },
    };
  };

  test('one fix gives its own title', () => {
    const text = commitText(
      changeMessage([fix('a-b', 'Replace the activation of /opt/venv by ENV', 'Dockerfile')], about),
    );
    expect(text).toBe(`Replace the activation of /opt/venv by ENV

An activation ends with its step.

- Dockerfile: Replace the activation of /opt/venv by ENV. A code change
  re-runs 1 step, not 4.

To keep a place as it is, put this comment above its FROM, RUN, COPY or volume:

    # pyvenv-fix: ignore[a-b] reason

To leave a transform out, name it under \`skip\` in the pyvenv-fix
configuration.
`);
  });

  test('titles stay within 72 characters, and several transforms share one', () => {
    const long = fix('a-b', `Replace ${'x'.repeat(90)}`, 'f');
    expect(changeMessage([long], about).title).toBe('Replace activation of virtual environments by ENV');
    const { title, body } = changeMessage([long, fix('c-d', 'Do d', 'g')], about);
    expect(title).toBe('Improve how Python runs in Docker (2 fixes)');
    expect(body).toContain('Do d: D is right.');
    expect(changeMessage([fix('z', `${'word '.repeat(30)}`, 'f')], []).title.length).toBeLessThanOrEqual(72);
  });

  test('text of the repository cannot forge a trailer', () => {
    const { title, body } = changeMessage([fix('a-b', 'T\n\nSigned-off-by: x', 'a\nSigned-off-by: y')], about);
    expect(`${title}\n${body}`).not.toMatch(/^Signed-off-by/m);
  });
});

describe('levels', () => {
  const before = snapshotOf({ Dockerfile: 'FROM x\nRUN y\n' });
  const at = (level: Level, offset: number): Finding => {
    return {
      diagnosis: { ...TRIED, id: `is-${level}`, level },
      path: 'Dockerfile',
      offset,
      message: level,
      reason: 'R.',
    };
  };
  const findings = [at('advice', 0), at('slow', 0), { ...at('slow', 7), level: 'broken' as const }, at('fragile', 7)];
  const result = { applied: [], findings, withdrawn: [], concerned: [], before, after: before, changed: [] };
  const outcome: Outcome = {
    ...{ path: '.', outcome: 'unchanged', diff: '', notices: [] },
    ...describeResult(result, { written: false }),
  };

  test('the worst stand first, in every report, each with its level and its id', async () => {
    const json = JSON.parse(await renderReport('json', [outcome], context));
    const told = json.repositories[0].findings.map((one: Record<string, unknown>) => [
      one.level,
      one.diagnosis,
      one.line,
    ]);
    expect(told).toEqual([
      ['broken', 'is-slow', 2],
      ['fragile', 'is-fragile', 2],
      ['slow', 'is-slow', 1],
      ['advice', 'is-advice', 1],
    ]);
    expect(json.summary.levels).toEqual({ broken: 1, fragile: 1, slow: 1, advice: 1 });
    const text = await renderReport('text', [outcome], context);
    expect(text.match(/^ {2}Dockerfile.*$/gm)?.[0]).toBe('  Dockerfile:2:1 broken: slow');
    const sarif = JSON.parse(await renderReport('sarif', [outcome], context));
    expect(sarif.runs[0].results.map((one: { level: string }) => one.level)).toEqual([
      'error',
      'warning',
      'note',
      'note',
    ]);
    const github = await renderReport('github', [outcome], context);
    expect(github.match(/^::\w+/gm)).toEqual(['::error', '::warning', '::notice', '::notice']);
  });
});

test('every finding that there can be is named once, and tells what it means, how to see it and what to write', () => {
  const all = [...transforms.flatMap(({ diagnoses }) => diagnoses), ...OWN_DIAGNOSES];
  const ids = all.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at || transforms.some((one) => one.id === id))).toEqual([]);
  for (const { id, title, means, see, write } of all) {
    expect(id).toMatch(/^[a-z\d]+(-[a-z\d]+)*$/);
    expect(title, id).not.toMatch(/[.]$/);
    for (const text of [means, write]) expect(text, id).toMatch(/[.]$/);
    expect(see, id).toMatch(/^\S.{3,}$/);
  }
});
