// One report in the format that was asked for.

import type { Transform } from '../model.ts';
import type { Outcome } from './outcome.ts';

export const FORMATS = ['text', 'diff', 'json', 'ndjson', 'sarif', 'github', 'gitlab', 'markdown', 'html'] as const;
export type Format = (typeof FORMATS)[number];

/** What a transform says of itself. */
export type About = Pick<Transform, 'id' | 'title' | 'why' | 'references'>;

/** What every report may use beside the outcomes. */
export interface ReportContext {
  readonly version: string;
  readonly transforms: readonly About[];
  /** Whether the run wrote (`apply`), showed, or only looked. */
  readonly mode: 'apply' | 'dry-run' | 'check';
  readonly color: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

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
      return (await import('./text.ts')).textReport(outcomes, context);
    case 'diff':
      return outcomes.map((outcome) => outcome.diff).join('');
    case 'json':
      return (await import('./json.ts')).jsonReport(outcomes, context);
    case 'ndjson':
      return (await import('./json.ts')).ndjsonReport(outcomes, context);
    case 'sarif':
      return (await import('./sarif.ts')).sarifReport(outcomes, context);
    case 'github':
      return (await import('./github.ts')).githubReport(outcomes);
    case 'gitlab':
      return (await import('./gitlab.ts')).gitlabReport(outcomes);
    case 'markdown':
      return (await import('./markdown.ts')).markdownReport(outcomes, context);
    case 'html':
      return (await import('./html.ts')).htmlReport(outcomes, context);
  }
}
