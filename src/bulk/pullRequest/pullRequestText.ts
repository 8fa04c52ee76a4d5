// Title and body of a pull request, from the same words as its commits.

import type { Finding, FixResult, Snapshot } from '../../model.ts';
import type { About } from '../../report/formats.ts';
import { inertMarkdown } from '../../report/inert.ts';
import { type ChangeWords, changeWords } from '../../report/message.ts';
import { counted } from '../../report/summary.ts';
import { bytesOf } from '../../text/latin1.ts';
import { markdownCode } from '../../text/printable.ts';
import type { Campaign } from '../bulkModel.ts';
import { markerFor, withMarker } from './pullRequestMarker.ts';

/** Forges take 65,536 characters; the rest is for the marker. */
const LONGEST = 65_000;
const LONGEST_PROOF = 30_000;
const MOST_FINDINGS = 5;
const LONGEST_FINDING = 2000;

export interface PullRequestText {
  /** One line of at most 72 characters. */
  readonly title: string;
  /** Markdown with our marker at the end; UTF-8 text. */
  readonly body: string;
}

/**
 * What the pull request of these fixes says. `repository` is its name for people, `proof` Markdown of ours; `campaign.template` is the
 * operator's own Markdown. Whatever comes from the repository is shown as text: no markup, mention, reference or link.
 */
export function pullRequestText({
  result,
  transforms,
  campaign,
  repository,
  proof,
}: {
  readonly result: FixResult;
  readonly transforms: readonly About[];
  readonly campaign: Pick<Campaign, 'name' | 'template'>;
  readonly repository: string;
  readonly proof?: string;
}): PullRequestText {
  const words = changeWords(result.applied, transforms);
  const template = campaign.template ?? '{{changes}}{{proof}}';
  const values = {
    title: inertMarkdown(bytesOf(words.title)),
    repository: markdownCode(bytesOf(repository)),
    proof: proofSection(proof),
    changes: '',
  };
  const places = [...template.matchAll(/\{\{[ \t]*changes[ \t]*\}\}/g)].length;
  const room = Math.floor((LONGEST - fill(template, values).length) / Math.max(1, places));
  const body = fill(template, { ...values, changes: changesText(words, result, room) }).slice(0, LONGEST);
  return { title: words.title, body: withMarker(body, markerFor(campaign.name, { title: words.title, body })) };
}

/** What a template may name. */
export const PLACEHOLDERS = ['title', 'changes', 'proof', 'repository'] as const;

/** One pass, so that nothing that is filled in is taken for a placeholder. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(
    /\{\{[ \t]*(title|changes|proof|repository)[ \t]*\}\}/g,
    (_, name: string) => values[name] ?? '',
  );
}

function proofSection(proof: string | undefined): string {
  if (proof === undefined || proof === '') return '';
  const said =
    proof.length > LONGEST_PROOF ? 'It was built before and after; the table is too long for this page.' : proof;
  return `\n### Proof\n\n${said}\n`;
}

function changesText(words: ChangeWords, result: FixResult, room: number): string {
  const end = optOutMarkdown(words.ids);
  const findings = findingsSection(result);
  const left = room - end.length - findings.length;
  return [changeList(words, left), findings, end].filter((part) => part !== '').join('\n');
}

/** A paragraph for each transform and an item for each file, as many whole ones as there is room for. */
function changeList({ transforms }: ChangeWords, room: number): string {
  let text = '';
  for (const { title, why, files } of transforms) {
    const paragraph = transforms.length > 1 ? `**${title}.** ${why}` : why;
    text += paragraph === '' ? '' : `${paragraph}\n\n`;
    let more = 0;
    for (const { path, sentences } of files) {
      const item = `- ${markdownCode(path)}: ${sentences.map(inertMarkdown).join(' ')}\n`;
      if (text.length + item.length > room) more++;
      else text += item;
    }
    text += `${more > 0 ? `- and ${counted(more, 'more file')}\n` : ''}\n`;
  }
  return text.slice(0, -1);
}

/** A few of the findings that are left, folded away; '' where there are none. */
function findingsSection({ findings, before }: FixResult): string {
  if (findings.length === 0) return '';
  let text = `<details><summary>${counted(findings.length, 'finding')} left for a person</summary>\n\n`;
  const shown = findings.slice(0, MOST_FINDINGS).map((finding) => findingLine(finding, before));
  const items = shown.filter((item) => item.length <= LONGEST_FINDING);
  const more = findings.length - items.length;
  if (more > 0) items.push(`- and ${more} more: \`pyvenv-fix --dry-run\` shows them\n`);
  text += items.join('');
  return `${text}\n</details>\n`;
}

function findingLine({ path, offset, message, reason }: Finding, before: Snapshot): string {
  const line = lineNumber(before.read(path) ?? '', offset);
  return `- ${markdownCode(`${path}:${line}`)} ${inertMarkdown(message)} ${inertMarkdown(reason)}\n`;
}

/** Lines count from 1; what ends one is a line feed. */
function lineNumber(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Forges break the line where a line of Markdown ends, so paragraphs are single lines. */
function optOutMarkdown(ids: readonly string[]): string {
  const paragraphs = [
    'To keep a place as it is, put this comment above its FROM, RUN, COPY or volume:',
    `\`\`\`\n# pyvenv-fix: ignore[${ids.join(', ')}] reason\n\`\`\``,
    'To leave a transform out, name it under `skip` in the pyvenv-fix configuration. To decline all of it, close this pull request: it is not opened again.',
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
