// How a bulk run ends: its report closed, what went wrong said, the exit code.

import type { CampaignSummary } from '../../bulk/campaignEvents.ts';
import { refusalOf } from '../../text/userError.ts';
import type { BulkOptions } from '../bulkOptions.ts';
import type { BulkOutput } from './output.ts';
import type { BulkPlace } from './surroundings.ts';

interface End<F> {
  readonly output: BulkOutput;
  readonly place: BulkPlace<F>;
  readonly format: BulkOptions['format'];
}

/** Closes the report, says on stderr what went wrong, and gives the exit code. */
export function campaignExitCode<F>(
  { counts, stopped }: CampaignSummary,
  { output, place, format }: End<F>,
): 0 | 1 | 2 {
  output.close();
  const problem = output.problem();
  if (problem) place.tell(problem.error);
  // The report for people has the words of a refusal itself.
  const isSaid = format === 'text' && refusalOf(stopped?.error) !== undefined;
  if (stopped?.error !== undefined && !isSaid) place.tell(stopped.error);
  if (problem || stopped?.why === 'source' || stopped?.why === 'journal') return 2;
  return counts.failed > 0 || stopped?.why === 'wave' ? 1 : 0;
}
