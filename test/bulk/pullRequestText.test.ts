// The text of a pull request: from the words of its commits, and whatever stands in a repository is only text in it.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markerOf, textHash, titleHash, withoutMarker } from '../../src/bulk/pullRequest/pullRequestMarker.ts';
import { pullRequestText } from '../../src/bulk/pullRequest/pullRequestText.ts';
import type { AppliedFix, Finding, FixResult, Snapshot } from '../../src/model.ts';
import { inertMarkdown } from '../../src/report/inert.ts';
import { MENDED, TRIED } from '../tried.ts';

const ABOUT = [
  { id: 'a-b', title: 'Replace activation by ENV', why: 'A shell ends with its `RUN`.\nSo\n\nMore.', references: [] },
  { id: 'c-d', title: 'Do d', why: 'D is right.', references: [] },
];

function applied(transform: string, title: string, path: string, more: Partial<AppliedFix['fix']> = {}): AppliedFix {
  const edits = [{ path, start: 0, end: 0, newText: 'x' }];
  return {
    ...MENDED,
    transform,
    fix: { title, safety: 'safe', edits, declares: {}, ...more },
    at: { path, offset: 0 },
  };
}

function resultOf(fixes: readonly AppliedFix[], findings: readonly Finding[] = [], text = ''): FixResult {
  const snapshot: Snapshot = { paths: new Map(), read: () => text };
  const changed = fixes.map(({ fix }) => fix.edits[0]!.path);
  return { applied: fixes, findings, withdrawn: [], concerned: [], before: snapshot, after: snapshot, changed };
}

function textOf(fixes: readonly AppliedFix[], more: { readonly template?: string; readonly proof?: string } = {}) {
  const { template, ...proof } = more;
  const campaign = { name: 'venv', ...(template === undefined ? {} : { template }) };
  return pullRequestText({ result: resultOf(fixes), transforms: ABOUT, campaign, repository: 'o/n', ...proof });
}

describe('the text', () => {
  test('says what the commits say, one line a paragraph, and how to keep things as they are', () => {
    const fixes = [
      applied('a-b', 'Replace the activation of /opt/venv by ENV', 'svc/Dockerfile', {
        gain: 'A code-only change re-runs 1 step, not 4.',
        notes: ['An activation stays, because `. v/bin/activate` is sourced.'],
      }),
    ];
    const { title, body } = textOf(fixes, { proof: 'Builds as before.' });
    expect(title).toBe('Replace the activation of /opt/venv by ENV');
    expect(withoutMarker(body)).toBe(`A shell ends with its \`RUN\`. So

- \`svc/Dockerfile\`: Replace the activation of \`/opt/venv\` by ENV. A code-only change re-runs 1 step, not 4. An activation stays, because \`. v/bin/activate\` is sourced.

To keep a place as it is, put this comment above its FROM, RUN, COPY or volume:

\`\`\`
# pyvenv-fix: ignore[a-b] reason
\`\`\`

To leave a transform out, name it under \`skip\` in the pyvenv-fix configuration. To decline all of it, close this pull request: it is not opened again.

### Proof

Builds as before.`);
    expect(markerOf(body)).toEqual({ campaign: 'venv', title: titleHash(title), text: textHash(body) });
  });

  test('has a part for each transform, and a few of the findings that are left', () => {
    const findings = Array.from({ length: 7 }, (_, index) => ({
      ...{ diagnosis: TRIED, path: 'Dockerfile', offset: 4, message: `Finding ${index}`, reason: 'Ask @ann.' },
    }));
    const fixes = [applied('a-b', 'First', 'f'), applied('c-d', 'Second', 'g')];
    const { title, body } = pullRequestText({
      ...{
        result: resultOf(fixes, findings, 'a\nb\nc\n'),
        transforms: ABOUT,
        campaign: { name: 'venv' },
        repository: 'o/n',
      },
    });
    expect(title).toBe('Improve how Python runs in Docker (2 fixes)');
    expect(body).toContain('**Do d.** D is right.\n\n- `g`: Second.\n');
    expect(body).toContain('<summary>7 findings left for a person</summary>');
    expect(body.match(/^- `Dockerfile:3` Finding \d Ask `@ann`\.$/gm)).toHaveLength(5);
    expect(body).toContain('- and 2 more: ');
  });

  test('is what a template makes of it, and what is filled in is no template', () => {
    const fixes = [applied('a-b', 'Fix {{proof}} and $& of it', '{{title}}')];
    const template = '# {{repository}}\n{{title}}\n{{changes}}\n{{unknown}}{{proof}}';
    const { body } = textOf(fixes, { template, proof: 'P{{changes}}' });
    expect(body).toMatch(/^# `o\/n`\n/);
    expect(body).toContain('- `{{title}}`: Fix `{{proof}}` and `$&` of it.');
    expect(body).toContain('{{unknown}}\n### Proof\n\nP{{changes}}\n');
  });

  test('is cut by whole items to what a forge takes', () => {
    const fixes = Array.from({ length: 3000 }, (_, index) =>
      applied('a-b', `Replace ${index}`, `dir/${index}/Dockerfile`),
    );
    const { body } = textOf(fixes, { proof: 'p'.repeat(100_000) });
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.length).toBeGreaterThan(60_000);
    const [, more] = /^- and (\d+) more files$/m.exec(body) ?? [];
    expect(body.match(/^- `dir\/\d+\/Dockerfile`: Replace \d+\.$/gm)).toHaveLength(3000 - Number(more));
    expect(markerOf(body)).toBeDefined();
  });

  test('has no title that a forge would read as a person, an issue or a link', () => {
    for (const word of ['@ann', 'o/n#1', '#1', '!2', 'GH-3', 'https://x.org', 'www.x.org', '`x`', '<b>', 'a&#64;b']) {
      expect(textOf([applied('a-b', `Fixes ${word}`, 'f')]).title).toBe('Replace activation by ENV');
    }
  });

  test('cannot be left by what stands in a repository', () => {
    const hostile = fc.array(
      fc.constantFrom(
        ...[
          '@ann',
          '#1',
          'o/n#1',
          '`',
          '``',
          '```',
          '<b>',
          '</details>',
          '-->',
          '[x](http://a)',
          '![x](y)',
          'http://a',
        ],
        ...[
          'www.a.b',
          'a@b.c',
          '/close',
          '*',
          '_',
          '**a**',
          '~~a~~',
          '|',
          '\\',
          '&#64;ann',
          '\n',
          '\r\n',
          '\n\n# a',
          ' ',
        ],
        ...[
          'GH-1',
          '!3',
          '%4',
          '~5',
          '$6',
          ':tada:',
          'deadbeef01',
          'feedface',
          'plain',
          'words.',
          '(x)',
          '\x1b[31m',
          '\xe2\x80\xae',
        ],
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(hostile, fc.constantFrom('', ' '), (parts, between) => {
        const text = inertMarkdown(parts.join(between));
        expect(text).not.toMatch(/[\n\r]/);
        // CommonMark: a run of backticks opens a span that the next run of the same length closes
        const outside = text.replaceAll(/(?<!`)(`+)(?!`)(?:.*?[^`])??\1(?!`)/g, ' ');
        expect(outside).toMatch(/^[A-Za-z0-9 .,;:?()"'-]*$/);
        expect(outside).not.toMatch(/www\.|\b[A-Z]+-\d|[0-9a-f]{7}|:\w+:|\d+\.\d/);
      }),
    );
  });
});
