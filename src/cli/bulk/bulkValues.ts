// What names, authors and addresses of a bulk run may look like; each problem is the end of one line for the user.

import type { Author } from '../../bulk/bulkModel.ts';

/** Why this cannot name a campaign: it becomes a folder, a queue and a trailer in commits. */
export function campaignProblem(name: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return undefined;
  return '--campaign takes letters, digits, ".", "_" and "-", at most 100, beginning with a letter or a digit';
}

/** Why git does not take this as a branch (git-check-ref-format, and `git branch`'s own rules). */
export function branchProblem(name: string): string | undefined {
  const bad = /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|[/.]$|^@$|^HEAD$/.test(name);
  const part = name.split('/').some((one) => one.startsWith('.') || one.endsWith('.lock'));
  if (!bad && !part && name.length <= 200) return undefined;
  return `git takes no branch of the name ${JSON.stringify(name)}: give another with --branch`;
}

/** `Name <mail>`, as git reads it; undefined where it is not that. */
export function authorOf(text: string): Author | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they end a line of a commit
  const [, name, email] = /^([^<>\0-\x1f\x7f]{1,200})<([^<>\0-\x20\x7f]{1,200})>$/.exec(text) ?? [];
  const plain = name?.replace(/^ +| +$/g, '');
  // git drops these at the ends of a name, so a commit made here would differ from what was asked.
  if (!plain || email === undefined || /^[.,:;"'\\]|[.,:;"'\\]$/.test(email)) return undefined;
  return { name: plain, email };
}

/** What is wrong with an address, without repeating it; credentials are allowed for a queue only. */
export function addressProblem(text: string, protocols: readonly string[]): string | undefined {
  const kinds = protocols.map((one) => `${one}//`).join(' or ');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !protocols.includes(url.protocol) || url.hostname === '') return `takes an address with ${kinds}`;
  if (protocols.includes('https:') && (url.username !== '' || url.password !== ''))
    return 'takes no credentials: they belong into an environment variable (--token-env)';
  return undefined;
}
