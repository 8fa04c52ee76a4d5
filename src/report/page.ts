// The documentation page of one transform, made from the transform and its fixture folders.

import type { Diagnosis, PathKind, Snapshot, Transform } from '../model.ts';
import { markdownBlock } from '../text/printable.ts';
import { unifiedDiff } from './diff.ts';

const TIERS = {
  S: 'Safe: applied by default.',
  U: 'Unsafe: applied with `--unsafe` only.',
  F: 'Finding only: a person decides.',
} as const;

/** One fixture folder: path to latin1 text. `after` is absent where nothing must change. */
export interface FixtureCase {
  readonly name: string;
  readonly before: ReadonlyMap<string, string>;
  readonly after?: ReadonlyMap<string, string>;
  /** What is said of it, UTF-8 or plain text. */
  readonly says?: readonly string[];
}

/** The page's UTF-8 text: title, why, safety, sources, a diff for each case that changes and a list of those that must not. */
export function transformPage(
  transform: Pick<Transform, 'id' | 'title' | 'why' | 'references' | 'tier' | 'offByDefault' | 'diagnoses'>,
  cases: readonly FixtureCase[],
): string {
  const { id, title, why, references, tier, offByDefault, diagnoses } = transform;
  const safety = `${TIERS[tier]}${offByDefault ? ` Off by default: choose it with \`--only ${id}\`.` : ''}`;
  const parts = [`# ${id}\n`, `${title}.\n`, `${why}\n`, `**Safety.** ${safety}\n`];
  if (references.length > 0) parts.push(`**Sources.**\n\n${references.map((url) => `- <${url}>\n`).join('')}`);
  parts.push(`## What it finds\n\n${diagnoses.map(foundKind).join('')}`);
  const ordered = [...cases].sort((a, b) => (a.name < b.name ? -1 : 1));
  const changing = ordered.filter((one) => one.after !== undefined);
  const kept = ordered.filter((one) => one.after === undefined);
  for (const one of changing) {
    parts.push(`## ${caseTitle(one.name)}\n`, markdownBlock(caseDiff(one), 'diff'));
    if (one.says?.length) parts.push(said(one, ''));
  }
  if (kept.length > 0) {
    parts.push(
      '## Left alone\n',
      kept.map((one) => `- [${caseTitle(one.name)}](${one.name}/before)\n${said(one, '  ')}`).join(''),
    );
  }
  return parts.join('\n');
}

const foundKind = ({ id, level, title, means, see, write }: Diagnosis): string =>
  `- **${id}** (${level}): ${asMarkdown(title)}. ${asMarkdown(means)} See it: \`${see}\`. Write: ${asMarkdown(write)}\n`;

/** A folder's name read as the sentence that it is: `keeps-a-named-volume` is "Keeps a named volume". */
function caseTitle(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The findings of a case as a list; what is quoted is no markup. */
const said = ({ says = [] }: FixtureCase, indent: string): string =>
  says.map((text) => `${indent}- "${asMarkdown(text)}"\n`).join('');

const asMarkdown = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[\\*<>[\]&]|(?<![a-z\d_])_|_(?=_*(?![a-z\d_]))/gi, '\\$&')))
    .join('')
    .replaceAll('\n', ' ');

function caseDiff({ before, after }: FixtureCase): string {
  const paths = [...new Set([...before.keys(), ...(after ?? before).keys()])].sort();
  return unifiedDiff(snapshotOf(before), snapshotOf(after ?? before), paths);
}

function snapshotOf(files: ReadonlyMap<string, string>): Snapshot {
  const paths = new Map<string, PathKind>([...files.keys()].map((path) => [path, 'file']));
  return { paths, read: (path) => files.get(path) };
}
