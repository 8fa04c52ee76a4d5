// What a campaign came to, for people: repositories grouped by outcome and reason, pull requests, what failed and what to do next.

import pico from 'picocolors';
import type { Paint } from '../../report/textReport.ts';
import type { Budget } from '../budget.ts';
import type { Ended, JobResult } from '../bulkModel.ts';
import type { CampaignSummary, Group } from '../campaignEvents.ts';
import { countOf, duration, grouped, shown } from './displayWords.ts';

export interface SummaryStyle {
  readonly color: boolean;
  /** Name all that are known, not the first few. */
  readonly verbose: boolean;
  /** The command that tries again what failed. */
  readonly retry: string;
}

/** With a plan: how many pull requests there would be, and how long they take. */
export type WithBudget = CampaignSummary & { readonly budget?: Budget };

const FEW = 5;

/** Several lines of text (UTF-8, not latin1), ending in a line feed. */
export function summaryText(summary: WithBudget, style: SummaryStyle): string {
  const paint = pico.createColors(style.color);
  const parts = [summaryHeadline(summary, paint)];
  for (const group of summary.groups) parts.push(groupText(group, style, paint));
  const facts = factLines(summary);
  if (facts.length > 0) parts.push(`${facts.join('\n')}\n`);
  const next = nextLines(summary, style, paint);
  if (next.length > 0) parts.push(`${next.join('\n')}\n`);
  return parts.join('\n');
}

function summaryHeadline(
  { campaign, mode, run, repositories, before, milliseconds, counts }: CampaignSummary,
  paint: Paint,
): string {
  const what =
    mode === 'plan' ? `Plan of ${campaign}` : `Campaign ${campaign}${run === undefined ? '' : `, run ${run}`}`;
  const earlier = before > 0 ? ` (${grouped(before)} of them from before)` : '';
  const kinds = (Object.keys(counts) as Ended[]).filter((kind) => counts[kind] > 0);
  const how = kinds.map((kind) => `${grouped(counts[kind])} ${kind}`).join(', ');
  const all = `${countOf(repositories, 'repository', 'repositories')}${earlier} in ${duration(milliseconds)}`;
  return `${paint.bold(shown(what))}: ${all}${how === '' ? '' : `: ${how}`}.\n`;
}

function groupText({ ended, reason, count, first }: Group, { verbose }: SummaryStyle, paint: Paint): string {
  const shownFirst = first.slice(0, verbose ? first.length : ended === 'unchanged' ? 0 : FEW);
  const lines = shownFirst.map(({ name, detail, url, again }) => {
    const link = url === undefined ? '' : `  ${shown(url)}`;
    const why = detail === undefined ? '' : `: ${shown(detail)}`;
    return `  ${shown(name)}${link}${why}${again ? ' (a second try may help)' : ''}\n`;
  });
  const more = count - shownFirst.length;
  if (more > 0 && shownFirst.length > 0) lines.push(paint.dim(`  and ${grouped(more)} more\n`));
  return `${painted(`${grouped(count)} ${ended}`, ended, paint)}: ${shown(reason)}\n${lines.join('')}`;
}

function painted(text: string, ended: Ended, paint: Paint): string {
  if (ended === 'failed') return paint.red(text);
  if (ended === 'changed') return paint.green(text);
  return ended === 'skipped' || ended === 'waiting' ? paint.yellow(text) : text;
}

function factLines(summary: WithBudget): string[] {
  const { pullRequests, pushed, fixes, files, findings, proofs, twice, budget } = summary;
  const lines: string[] = [];
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${grouped(count)} ${what}`)
      .join(', ');
  const requests = list(pullRequests);
  if (requests !== '') lines.push(`Pull requests: ${requests}.`);
  if (summary.mode === 'apply' && pushed > 0) lines.push(`Branches pushed: ${grouped(pushed)}.`);
  const all = Object.values(fixes).reduce((sum, count) => sum + count, 0);
  const each = Object.entries(fixes).map(([id, count]) => `${id} ${grouped(count)}`);
  if (all > 0) lines.push(`${countOf(all, 'fix', 'fixes')} in ${countOf(files, 'file')}: ${each.join(', ')}.`);
  const proven = list(proofs);
  if (proven !== '') lines.push(`Proofs: ${proven}.`);
  if (findings > 0) lines.push(`${countOf(findings, 'finding')} left for a person.`);
  if (twice > 0) lines.push(`Named twice and done once: ${grouped(twice)}.`);
  if (budget) lines.push(`Budget: ${budget.words}.`);
  return lines;
}

function nextLines(summary: CampaignSummary, { retry }: SummaryStyle, paint: Paint): string[] {
  const lines: string[] = [];
  const { stopped, left, counts, mode } = summary;
  if (stopped) {
    const { words, next, against = [] } = stopped;
    lines.push(`${paint.red('Stopped')}: ${summarySentence(words)} ${summarySentence(next)}`);
    for (const { name, url, stand } of against) lines.push(`  ${stand}  ${shown(name)}  ${shown(url)}`);
  }
  if (left) {
    const more = left.more ? 'At least ' : '';
    if (left.count > 0) lines.push(`${more}${countOf(left.count, 'repository is', 'repositories are')} left.`);
  }
  if (mode === 'apply' && counts.failed > 0) {
    const some = summary.groups.some(({ ended, first }) => ended === 'failed' && first.some(({ again }) => !again));
    lines.push(`${some ? 'Mend what the lines above name; ' : ''}\`${retry}\` tries again what failed.`);
  }
  if (mode === 'apply' && counts.waiting > 0)
    lines.push(`Look at the open pull requests, then run the same command again for the next wave.`);
  return lines;
}

function summarySentence(text: string): string {
  const line = shown(text);
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}${/[.!?]$/.test(line) ? '' : '.'}`;
}

/** One repository in one line: what was made, or would be. Text, ending in a line feed. */
export function resultLine(result: JobResult, { color }: { readonly color: boolean }): string {
  const paint = pico.createColors(color);
  const { name, ended, reason, detail, fixes = {}, files, pullRequest } = result;
  const all = Object.values(fixes).reduce((sum, count) => sum + count, 0);
  const each = Object.entries(fixes).map(([id, count]) => (count === 1 ? id : `${id} ${count}`));
  const what =
    ended === 'changed' && all > 0
      ? `${countOf(all, 'fix', 'fixes')}${files === undefined ? '' : ` in ${countOf(files, 'file')}`} (${each.join(', ')})`
      : `${painted(ended, ended, paint)}: ${shown(reason)}${detail === undefined ? '' : ` (${shown(detail)})`}`;
  return `${paint.bold(shown(name))}: ${what}${pullRequest ? `  ${shown(pullRequest.url)}` : ''}\n`;
}
