// Workflow commands that GitHub shows as annotations beside the lines.

import type { Level } from '../model.ts';
import { bytesOf } from '../text/latin1.ts';
import { printable } from '../text/printable.ts';
import { issuesOf, type ReportIssue } from './issues.ts';
import type { Outcome } from './outcome.ts';

const ANNOTATIONS: Readonly<Record<Level, string>> = {
  broken: 'error',
  fragile: 'warning',
  slow: 'notice',
  advice: 'notice',
};

/** One `::warning file=...::` line for each pending fix and finding, `::error` for a repository that could not be done. */
export function githubReport(outcomes: readonly Outcome[]): string {
  return bytesOf(outcomes.flatMap(issuesOf).map(command).join(''));
}

function command({ level, place, title, message }: ReportIssue): string {
  const properties = [
    ...(place ? [`file=${property(place.path)}`, `line=${place.line}`, `col=${place.column}`] : []),
    `title=${property(title)}`,
  ];
  return `::${level === undefined ? 'error' : ANNOTATIONS[level]} ${properties.join(',')}::${data(message)}\n`;
}

/** Escapes as the runner's own toolkit does. */
function data(text: string): string {
  return text
    .split('\n')
    .map(printable)
    .join('\n')
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
