// The report for people.

import pico from 'picocolors';
import { bytesOf } from '../text/latin1.ts';
import { printable, printableLines } from '../text/printable.ts';
import type { ReportContext } from './formats.ts';
import type { Outcome, ReportedFinding, ReportedFix } from './outcome.ts';
import { counted, summarize } from './summary.ts';

type Style = Pick<ReportContext, 'color' | 'verbose' | 'quiet' | 'mode'>;
/** Colors, or none. */
export type Paint = ReturnType<typeof pico.createColors>;

/** Every repository with its fixes and findings, and a last line over several of them. */
export function textReport(outcomes: readonly Outcome[], style: Style): string {
  const paint = pico.createColors(style.color);
  const parts = outcomes.map((outcome) => repositoryText(outcome, style, paint));
  const counts = summarize(outcomes);
  if (outcomes.length > 1) {
    const ended = (['changed', 'unchanged', 'refused', 'failed'] as const).filter((kind) => counts[kind] > 0);
    const how = ended.map((kind) => `${counts[kind]} ${kind}`).join(', ');
    parts.push(`${counted(counts.repositories, 'repository', 'repositories')}: ${how}.\n`);
  }
  return bytesOf(parts.filter((part) => part !== '').join('\n'));
}

/** Findings, withdrawn fixes, notes that nobody may miss and refusals alone, or that there was nothing to do: what stands on stderr beside a diff or a machine's report. */
export function findingsText(outcomes: readonly Outcome[], style: Style): string {
  const paint = pico.createColors(style.color);
  const parts = outcomes.map((outcome) => {
    const body = [
      ...problemLines(outcome, paint),
      ...noteLines(outcome, style, paint),
      ...findingLines(outcome, style, paint),
    ];
    if (body.length === 0) {
      const isSaid = outcome.fixes.length > 0 || style.quiet;
      return isSaid ? '' : `${paint.bold(printable(outcome.path))}: ${headline(outcome, style)}\n`;
    }
    return outcomes.length > 1 ? `${paint.bold(printable(outcome.path))}\n${body.join('')}` : body.join('');
  });
  return bytesOf(parts.filter((part) => part !== '').join('\n'));
}

/** The diff for a terminal: its control characters made visible, in color where wanted. */
export function showDiff(diff: string, { color }: Pick<ReportContext, 'color'>): string {
  const paint = pico.createColors(color);
  const shown = printableLines(diff)
    .split('\n')
    .map((line) => {
      if (/^(diff --git|---|\+\+\+|new file|deleted file) ?/.test(line)) return paint.bold(line);
      if (line.startsWith('@@')) return paint.cyan(line);
      if (line.startsWith('+')) return paint.green(line);
      return line.startsWith('-') ? paint.red(line) : line;
    });
  return bytesOf(shown.join('\n'));
}

function repositoryText(outcome: Outcome, style: Style, paint: Paint): string {
  const path = paint.bold(printable(outcome.path));
  if (outcome.outcome === 'refused' || outcome.outcome === 'failed') {
    return `${path}: ${paint.red(outcome.outcome)}\n${problemLines(outcome, paint).join('')}`;
  }
  const lines = [`${path}: ${headline(outcome, style)}\n`];
  for (const fix of outcome.fixes) lines.push(...fixLines(fix, style, paint));
  lines.push(...problemLines(outcome, paint), ...findingLines(outcome, style, paint));
  return lines.join('');
}

function headline(outcome: Outcome, { mode }: Style): string {
  const fixes = counted(outcome.fixes.length, 'fix', 'fixes');
  if (outcome.fixes.length === 0) return withFullStop(outcome.reason ?? 'nothing to fix');
  if (outcome.outcome === 'unchanged') return withFullStop(outcome.reason ?? 'nothing to do');
  if (mode !== 'apply') return `${fixes} pending.`;
  const branch = outcome.branch === undefined ? '' : printable(outcome.branch);
  if (branch === '') return `${fixes} written.`;
  const commits = outcome.commits === undefined ? '' : ` in ${counted(outcome.commits.length, 'commit')}`;
  const from = outcome.from === undefined ? '' : `; ${printable(outcome.from)} has not moved`;
  return `${fixes}${commits} on the branch ${branch}${from}.`;
}

function withFullStop(text: string): string {
  const plain = printable(text);
  return /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

/** A path that it starts with stays as it is. */
function capitalised(text: string): string {
  const upper = /^[^\n]*?:\d+:\d+: /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
}

function fixLines(fix: ReportedFix, { verbose, quiet }: Style, paint: Paint): string[] {
  if (quiet) return [];
  const unsafe = fix.safety === 'unsafe' ? paint.yellow(' (unsafe)') : '';
  const lines = [`  ${paint.green(fix.transform)}  ${printable(fix.title)}${unsafe}\n`];
  const { path, line, column } = fix.at;
  const others = fix.files.filter((file) => file !== path);
  lines.push(`    ${paint.dim([`${printable(path)}:${line}:${column}`, ...others.map(printable)].join(', '))}\n`);
  if (fix.gain !== undefined) lines.push(indented(fix.gain));
  if (verbose || fix.safety === 'unsafe' || fix.showsNotes) for (const note of fix.notes) lines.push(indented(note));
  return lines;
}

/** What a diff does not show of its fixes, and people have to know. */
function noteLines({ fixes }: Outcome, { quiet }: Style, paint: Paint): string[] {
  if (quiet) return [];
  return fixes.flatMap((fix) =>
    fix.showsNotes
      ? [
          `  ${paint.cyan(placeText(fix.at))} note: ${withFullStop(fix.title)}${paint.dim(` [${fix.transform}]`)}\n`,
          ...fix.notes.map(indented),
        ]
      : [],
  );
}

function findingLines(outcome: Outcome, { quiet }: Style, paint: Paint): string[] {
  if (quiet) return [];
  return outcome.findings.flatMap((finding) => [
    `  ${paint.cyan(placeText(finding))} ${levelText(finding, paint)} ${printable(finding.message)}${tagOf(finding, paint)}\n`,
    indented(finding.reason),
  ]);
}

function problemLines(outcome: Outcome, paint: Paint): string[] {
  const lines: string[] = [];
  if (outcome.outcome === 'refused' || outcome.outcome === 'failed') {
    const where = `${printable(outcome.where ?? outcome.path)}: `;
    lines.push(`  ${paint.red('error:')} ${where}${withFullStop(outcome.reason ?? 'it failed')}\n`);
    if (outcome.next !== undefined) lines.push(indented(capitalised(outcome.next)));
  }
  for (const { transform, title, files, why } of outcome.withdrawn) {
    lines.push(`  ${paint.red('withdrawn:')} ${transform}: ${printable(title)} (${files.map(printable).join(', ')})\n`);
    lines.push(indented(why));
    lines.push('    The guard found this fix to be wrong, so it was not made. Please report it with the file above.\n');
  }
  return lines;
}

function placeText({ path, line, column }: ReportedFix['at']): string {
  return `${printable(path)}:${line}:${column}`;
}

/** How bad it is; the colour says the same. */
function levelText({ level }: ReportedFinding, paint: Paint): string {
  const style = { broken: paint.red, fragile: paint.yellow, slow: paint.blue, advice: paint.dim }[level];
  return style(`${level}:`);
}

function tagOf({ transform, diagnosis, fixable }: ReportedFinding, paint: Paint): string {
  const id = transform === undefined ? '' : ` [${transform}/${diagnosis}]`;
  const how = { safe: ' (fixable)', unsafe: ' (fixable with --unsafe)', no: '' }[fixable];
  return paint.dim(id + how);
}

function indented(text: string): string {
  return printableLines(text)
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');
}
