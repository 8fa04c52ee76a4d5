// How a campaign stands, for people: its last run, and its pull requests by what became of them.

import pico from 'picocolors';
import { bytesOf } from '../../text/latin1.ts';
import { markdownText } from '../../text/printable.ts';
import type { CampaignStatus } from '../afterwards.ts';
import type { Ended } from '../bulkModel.ts';
import { countOf, grouped, shown } from './displayWords.ts';

const WORDS: Readonly<Record<keyof CampaignStatus['pullRequests'], string>> = {
  open: 'open',
  red: 'open, and CI is red',
  merged: 'merged',
  closed: 'closed by a person',
  withdrawn: 'closed by us: no longer needed',
  unknown: 'unknown',
};

/** Several lines of text (not latin1), ending in a line feed. */
export function statusText(status: CampaignStatus, { color }: { readonly color: boolean }): string {
  const paint = pico.createColors(color);
  const lines = [`${paint.bold(shown(status.campaign.name))}: ${runWords(status)}`, ''];
  for (const [stand, { count, first }] of groups(status)) {
    lines.push(`${countOf(count, 'pull request')} ${WORDS[stand]}`);
    for (const { name, url } of first.slice(0, stand === 'red' || stand === 'closed' ? 20 : 5))
      lines.push(`  ${shown(name)}  ${shown(url)}`);
  }
  if (groups(status).length === 0) lines.push('No pull requests.');
  if (status.unasked !== undefined) lines.push(`Some forges could not be asked: ${shown(status.unasked)}`);
  return `${lines.join('\n')}\n`;
}

/** The same as Markdown. */
export function statusMarkdown(status: CampaignStatus): string {
  const text = (value: string) => markdownText(bytesOf(value));
  const lines = [`# Campaign ${text(status.campaign.name)}`, '', runWords(status), ''];
  lines.push('| pull requests | |', '|---:|---|');
  for (const [stand, { count }] of groups(status)) lines.push(`| ${grouped(count)} | ${WORDS[stand]} |`);
  if (status.unasked !== undefined) lines.push('', `Some forges could not be asked: ${text(status.unasked)}`);
  return `${lines.join('\n')}\n`;
}

function groups({ pullRequests }: CampaignStatus) {
  const all = Object.entries(pullRequests) as [keyof typeof pullRequests, (typeof pullRequests)['open']][];
  return all.filter(([, { count }]) => count > 0);
}

function runWords({ run, began, ended, summary }: CampaignStatus): string {
  const { counts, repositories } = summary;
  const kinds = (Object.keys(counts) as Ended[]).filter((kind) => counts[kind] > 0);
  const how = kinds.map((kind) => `${grouped(counts[kind])} ${kind}`).join(', ');
  const day = (time: number) => new Date(time).toISOString().slice(0, 16).replace('T', ' ');
  const over = ended === undefined ? 'not ended (it goes on, or was broken off)' : `ended ${day(ended)}`;
  const what = `${countOf(repositories, 'repository', 'repositories')}${how === '' ? '' : `: ${how}`}`;
  return `run ${run}, begun ${day(began)} UTC, ${over}; ${what}.`;
}
