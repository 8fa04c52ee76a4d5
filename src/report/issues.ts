// Pending fixes, findings and errors of a repository as one list, for reports that only know issues.

import type { Level } from '../model.ts';
import type { FilePosition, Outcome } from './outcome.ts';

/** Text latin1. `place` is absent for what concerns the whole repository. */
export interface ReportIssue {
  readonly kind: 'pending' | 'finding' | 'error';
  /** How bad it is; absent where something could not be done. */
  readonly level?: Level;
  /** Transform id, or `pyvenv-fix`. */
  readonly rule: string;
  readonly place?: FilePosition;
  readonly title: string;
  readonly message: string;
  /** Index into the outcome's fixes. */
  readonly fix?: number;
}

/** A fix that was written is no issue any more. */
export function issuesOf(outcome: Outcome): ReportIssue[] {
  const issues: ReportIssue[] = [];
  const rule = 'pyvenv-fix';
  if (outcome.outcome === 'refused' || outcome.outcome === 'failed') {
    const where = outcome.where === undefined ? outcome.path : outcome.where;
    const next = outcome.next === undefined ? '' : ` ${outcome.next}`;
    const message = `${where}: ${outcome.reason ?? 'it failed'}${next}`;
    issues.push({ kind: 'error', rule, title: `${rule}: ${outcome.outcome}`, message });
  }
  if (!outcome.written) {
    outcome.fixes.forEach((fix, index) => {
      const message = [fix.title, ...fix.notes, ...(fix.gain === undefined ? [] : [fix.gain])].join('\n');
      const { transform, level, at } = fix;
      issues.push({ kind: 'pending', level, rule: transform, place: at, title: transform, message, fix: index });
    });
  }
  for (const { transform, title, why } of outcome.withdrawn) {
    issues.push({ kind: 'error', rule: transform, title: `${transform}: withdrawn`, message: `${title}: ${why}` });
  }
  for (const finding of outcome.findings) {
    const { path, line, column, level } = finding;
    const id = finding.transform ?? rule;
    const message = `${finding.message}\n${finding.reason}`;
    issues.push({ kind: 'finding', level, rule: id, place: { path, line, column }, title: id, message });
  }
  return issues;
}
