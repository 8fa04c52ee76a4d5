// The report for a pull request comment or a job's summary page.

import { bytesOf } from '../text/latin1.ts';
import { markdownBlock, markdownCode, markdownText } from '../text/printable.ts';
import type { ReportContext } from './formats.ts';
import type { Outcome, ReportedFinding, ReportedFix } from './outcome.ts';
import { counted, summarize } from './summary.ts';

/** A heading and a section for each repository, the diff folded away. */
export function markdownReport(outcomes: readonly Outcome[], { mode }: ReportContext): string {
  const { fixes, findings } = summarize(outcomes);
  const made = mode === 'apply' ? 'made' : 'pending';
  const head = `# pyvenv-fix: ${counted(fixes, 'fix', 'fixes')} ${made}, ${counted(findings, 'finding')}\n`;
  return bytesOf([head, ...outcomes.map(markdownSection)].join('\n'));
}

function markdownSection(outcome: Outcome): string {
  const parts = [`## ${markdownCode(outcome.path)}: ${outcome.outcome}\n`];
  if (outcome.reason !== undefined)
    parts.push(`${markdownText([outcome.where, outcome.reason, outcome.next].filter(Boolean).join(' '))}\n`);
  if (outcome.branch !== undefined) parts.push(`Branch ${markdownCode(outcome.branch)}.\n`);
  if (outcome.fixes.length > 0) parts.push(`### Fixes\n\n${outcome.fixes.map(markdownFix).join('')}`);
  if (outcome.withdrawn.length > 0) {
    const items = outcome.withdrawn.map(
      ({ transform, title, why }) => `- **${transform}** ${markdownText(`${title}: ${why}`)}\n`,
    );
    parts.push(`### Withdrawn by the guard\n\n${items.join('')}`);
  }
  if (outcome.findings.length > 0) parts.push(`### Findings\n\n${outcome.findings.map(markdownFinding).join('')}`);
  if (outcome.diff !== '') {
    parts.push(`<details><summary>Diff</summary>\n\n${markdownBlock(outcome.diff, 'diff')}\n</details>\n`);
  }
  return parts.join('\n');
}

function markdownFix(fix: ReportedFix): string {
  const unsafe = fix.safety === 'unsafe' ? ' (unsafe)' : '';
  const files = fix.files.map(markdownCode).join(', ');
  const notes = [...(fix.gain === undefined ? [] : [fix.gain]), ...fix.notes].map(
    (note) => `  - ${markdownText(note)}\n`,
  );
  return `- **${fix.transform}**${unsafe} ${markdownText(fix.title)} (${files})\n${notes.join('')}`;
}

function markdownFinding({ transform, level, path, line, column, message, reason, fixable }: ReportedFinding): string {
  const id = transform === undefined ? '' : ` **${transform}**`;
  const how = fixable === 'unsafe' ? ' (fixable with `--unsafe`)' : '';
  return `- ${markdownCode(`${path}:${line}:${column}`)}${id} ${level}: ${markdownText(message)}${how}\n  - ${markdownText(reason)}\n`;
}
