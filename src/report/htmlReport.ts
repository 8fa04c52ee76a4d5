// One self-contained page: no script, nothing loaded, every text escaped.

import { bytesOf } from '../text/latin1.ts';
import { htmlLines, htmlText } from '../text/printable.ts';
import type { ReportContext } from './formats.ts';
import type { Outcome, ReportedFinding, ReportedFix } from './outcome.ts';
import { counted, summarize } from './summary.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222;background:#fff}
code,pre{font:13px/1.4 ui-monospace,monospace}pre{overflow:auto;border:1px solid #ddd;padding:.5rem}
.add{background:#e6ffec}.del{background:#ffebe9}.at{color:#57606a}.refused,.failed{color:#b00020}summary{cursor:pointer}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}.add{background:#12361f}.del{background:#3d1619}pre{border-color:#444}}`;

/** The page; open sections for what needs a person, the diffs folded away. */
export function htmlReport(outcomes: readonly Outcome[], { mode, version }: ReportContext): string {
  const { fixes, findings } = summarize(outcomes);
  const made = mode === 'apply' ? 'made' : 'pending';
  const title = `pyvenv-fix: ${counted(fixes, 'fix', 'fixes')} ${made}, ${counted(findings, 'finding')}`;
  return bytesOf(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="pyvenv-fix ${version}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head>
<body><h1>${title}</h1>
${outcomes.map(htmlSection).join('')}</body></html>
`);
}

function htmlSection(outcome: Outcome): string {
  const why = [outcome.where, outcome.reason, outcome.next].filter((part) => part !== undefined).join(' ');
  const branch = outcome.branch === undefined ? '' : `<p>Branch <code>${htmlText(outcome.branch)}</code></p>\n`;
  const withdrawn = outcome.withdrawn.map(({ transform, title, why: reason }) => {
    return `<li><b>${htmlText(transform)}</b> ${htmlText(title)}: withdrawn, ${htmlText(reason)}</li>\n`;
  });
  return `<section><h2><code>${htmlText(outcome.path)}</code> <span class="${outcome.outcome}">${outcome.outcome}</span></h2>
${why === '' ? '' : `<p>${htmlText(why)}</p>\n`}${branch}${list('Fixes', outcome.fixes.map(htmlFix))}${list('Withdrawn', withdrawn)}${list(
  'Findings',
  outcome.findings.map(htmlFinding),
)}${outcome.diff === '' ? '' : `<details><summary>Diff</summary><pre>${diffLines(outcome.diff)}</pre></details>\n`}</section>
`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<h3>${title}</h3>\n<ul>\n${items.join('')}</ul>\n`;
}

function htmlFix(fix: ReportedFix): string {
  const notes = [...(fix.gain === undefined ? [] : [fix.gain]), ...fix.notes].map((note) => `<br>${htmlText(note)}`);
  const files = fix.files.map((file) => `<code>${htmlText(file)}</code>`).join(', ');
  return `<li><b>${htmlText(fix.transform)}</b> ${htmlText(fix.title)} (${fix.safety}) ${files}${notes.join('')}</li>\n`;
}

function htmlFinding({ transform, level, path, line, column, message, reason }: ReportedFinding): string {
  const id = transform === undefined ? '' : ` <b>${htmlText(transform)}</b>`;
  return `<li><code>${htmlText(`${path}:${line}:${column}`)}</code>${id} <i>${level}</i> ${htmlText(message)}<br>${htmlText(reason)}</li>\n`;
}

function diffLines(diff: string): string {
  const classes: Readonly<Record<string, string>> = { '+': 'add', '-': 'del', '@': 'at' };
  return htmlLines(diff)
    .split('\n')
    .map((line) => {
      const name = classes[line[0] ?? ''];
      return name ? `<span class="${name}">${line}</span>` : line;
    })
    .join('\n');
}
