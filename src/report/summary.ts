// Counts over all repositories of a run.

import { LEVELS, type Level } from '../model.ts';
import type { Outcome } from './outcome.ts';

/** What the last line of a report, and `summary` in JSON, say. */
export interface RunSummary {
  readonly repositories: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly failed: number;
  readonly fixes: number;
  readonly findings: number;
  /** The findings, by how bad they are. */
  readonly levels: Readonly<Record<Level, number>>;
  readonly withdrawn: number;
}

/** Counts the outcomes. */
export function summarize(outcomes: readonly Outcome[]): RunSummary {
  const of = (kind: Outcome['outcome']) => outcomes.filter((outcome) => outcome.outcome === kind).length;
  const sum = (count: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + count(outcome), 0);
  return {
    repositories: outcomes.length,
    changed: of('changed'),
    unchanged: of('unchanged'),
    refused: of('refused'),
    failed: of('failed'),
    fixes: sum((outcome) => outcome.fixes.length),
    findings: sum((outcome) => outcome.findings.length),
    levels: Object.fromEntries(
      LEVELS.map((level) => [level, sum(({ findings }) => findings.filter((one) => one.level === level).length)]),
    ) as Record<Level, number>,
    withdrawn: sum((outcome) => outcome.withdrawn.length),
  };
}

/** "1 fix", "2 fixes". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
