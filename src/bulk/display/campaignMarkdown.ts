// A bulk run as Markdown: a row for every repository with something to say, then what it all came to. Pure.

import { bytesOf } from '../../text/latin1.ts';
import { markdownCode, markdownText } from '../../text/printable.ts';
import type { JobResult } from '../bulkModel.ts';
import { countOf, duration, grouped } from './displayWords.ts';
import type { WithBudget } from './summaryText.ts';

/** Title and the head of the table. Text, like all that is given here. */
export function markdownHead({
  campaign,
  mode,
}: {
  readonly campaign: string;
  readonly mode: 'plan' | 'apply';
}): string {
  const title = mode === 'plan' ? 'Plan of' : 'Campaign';
  return `# ${title} ${inertText(campaign)}\n\n| repository | outcome | fixes | pull request |\n|---|---|---|---|\n`;
}

/** One row of the table. */
export function markdownRow({ name, ended, reason, detail, fixes = {}, pullRequest }: JobResult): string {
  const why = `${ended}: ${inertText(reason)}${detail === undefined ? '' : ` (${inertText(detail)})`}`;
  const each = Object.entries(fixes).map(([id, count]) => (count === 1 ? inertText(id) : `${inertText(id)} ${count}`));
  const link = pullRequest ? linked(pullRequest) : '';
  return `| ${inertText(name)} | ${why} | ${each.join(', ')} | ${link} |\n`;
}

/** What it came to: counts by outcome and reason, pull requests, why it stopped. */
export function markdownSummary(summary: WithBudget, { retry }: { readonly retry: string }): string {
  const { repositories, milliseconds, groups, pullRequests, fixes, files, findings, left, stopped, counts, budget } =
    summary;
  const many = countOf(repositories, 'repository', 'repositories');
  const lines = [
    `## ${many} in ${duration(milliseconds)}`,
    '',
    '| repositories | outcome | reason |',
    '|---:|---|---|',
  ];
  for (const { count, ended, reason } of groups) lines.push(`| ${grouped(count)} | ${ended} | ${inertText(reason)} |`);
  lines.push('');
  for (const [what, count] of Object.entries(pullRequests))
    if (count > 0) lines.push(`- ${countOf(count, 'pull request')} ${what}`);
  const all = Object.values(fixes).reduce((sum, count) => sum + count, 0);
  const each = Object.entries(fixes).map(([id, count]) => `${inertText(id)} ${grouped(count)}`);
  if (all > 0) lines.push(`- ${countOf(all, 'fix', 'fixes')} in ${countOf(files, 'file')}: ${each.join(', ')}`);
  if (findings > 0) lines.push(`- ${countOf(findings, 'finding')} left for a person`);
  if (budget) lines.push(`- Budget: ${inertText(budget.words)}`);
  if (stopped) lines.push(`- **Stopped**: ${inertText(stopped.words)} ${inertText(stopped.next)}`);
  for (const one of stopped?.against ?? []) lines.push(`  - ${one.stand}: ${inertText(one.name)} ${linked(one)}`);
  if (left && left.count > 0) lines.push(`- ${left.more ? 'at least ' : ''}${grouped(left.count)} left`);
  if (counts.failed > 0 && summary.mode === 'apply') lines.push(`- ${code(retry)} tries again what failed`);
  return `${lines.join('\n')}\n`;
}

function inertText(value: string): string {
  return markdownText(bytesOf(value));
}

function code(value: string): string {
  return markdownCode(bytesOf(value));
}

/** A forge's address is input too: only a plain web address becomes a link. */
function linked({ number, url }: { readonly number: number; readonly url: string }): string {
  return /^https?:\/\/[\w.:/~%+#?&=@-]+$/.test(url) ? `[#${number}](${url})` : inertText(url);
}
