// The results that a run has from before it was broken off, so that its report is whole.

import { readLines } from '../../io/campaign/campaignFiles.ts';
import type { JobResult } from '../bulkModel.ts';
import type { CampaignJournal } from './campaignJournal.ts';
import { createLook } from './journalIndex.ts';
import { lineFrom } from './journalLines.ts';

/** Gives the newest result of each repository that counts as done in the journal's run, in the order of the journal. */
export function earlierResults(
  { folder, isDone }: Pick<CampaignJournal, 'folder' | 'isDone'>,
  onResult: (result: JobResult) => void,
): void {
  const look = createLook({ folder });
  readLines(folder, look.read);
  const last = look.last();
  if (!last) return;
  readLines(folder, (line) => {
    const known = lineFrom(line);
    if (known === undefined || known === 'newer' || known.kind !== 'result') return;
    const { run, result } = known;
    if (run !== last.line.run || last.newest.get(result.key) !== line.start) return;
    if (isDone(result.key)) onResult(result);
  });
}
