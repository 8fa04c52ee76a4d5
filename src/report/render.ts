// One report in the format that was asked for.
import type { Format, ReportContext } from './formats.ts';

import type { Outcome } from './outcome.ts';

/**
 * The whole report as bytes (latin1), ending in a line feed unless empty. Only `diff` holds the repository's bytes as they
 * are; a terminal is shown it through `showDiff`. Formats are loaded when used.
 */
export async function renderReport(
  format: Format,
  outcomes: readonly Outcome[],
  context: ReportContext,
): Promise<string> {
  switch (format) {
    case 'text':
      return (await import('./textReport.ts')).textReport(outcomes, context);
    case 'diff':
      return outcomes.map((outcome) => outcome.diff).join('');
    case 'json':
      return (await import('./jsonReport.ts')).jsonReport(outcomes, context);
    case 'ndjson':
      return (await import('./jsonReport.ts')).ndjsonReport(outcomes, context);
    case 'sarif':
      return (await import('./sarifReport.ts')).sarifReport(outcomes, context);
    case 'github':
      return (await import('./githubAnnotations.ts')).githubReport(outcomes);
    case 'gitlab':
      return (await import('./gitlabIssues.ts')).gitlabReport(outcomes);
    case 'markdown':
      return (await import('./markdownReport.ts')).markdownReport(outcomes, context);
    case 'html':
      return (await import('./htmlReport.ts')).htmlReport(outcomes, context);
  }
}
