// The formats of a report, and what each of them may use beside the outcomes.

import type { Transform } from '../model.ts';

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
