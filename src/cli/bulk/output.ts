// Where a bulk run's report goes, without getting into the way of the live block; a report that cannot be written stops the run.

import type { Sink } from '../../bulk/display/reports.ts';
import type { Show } from '../../bulk/display/show.ts';
import { openReport } from '../../io/files/reportFile.ts';
import type { BulkOptions } from '../bulkOptions.ts';
import type { BulkPlace } from './surroundings.ts';

export interface BulkOutput {
  readonly out: Sink & { readonly color: boolean };
  /** For what stands beside the report, on stderr. */
  readonly beside: Sink;
  /** What kept the report from being written. */
  readonly problem: () => { readonly error: unknown } | undefined;
  close(): void;
}

/** Opens `--output`, or takes stdout. `onProblem` is told once. Refuses where the file cannot be opened. */
export function openOutput<F>(
  { output, quiet }: Pick<BulkOptions, 'output' | 'quiet'>,
  { out, screen }: Pick<BulkPlace<F>, 'out' | 'screen'>,
  { display, onProblem }: { readonly display: Show; readonly onProblem: () => void },
): BulkOutput {
  const file = output === undefined ? undefined : openReport(output);
  let problem: { readonly error: unknown } | undefined;
  const write = (bytes: string) => {
    if (problem) return;
    try {
      if (file) file.write(bytes);
      else if (out.terminal) display.around(() => out.write(bytes));
      else out.write(bytes);
    } catch (error) {
      problem = { error };
      onProblem();
    }
  };
  const own = file ? { terminal: false, color: false, ready: () => Promise.resolve() } : out;
  return {
    out: { terminal: own.terminal, color: own.color, ready: () => own.ready(), write },
    beside: {
      terminal: true,
      ready: () => Promise.resolve(),
      write: (bytes) => {
        if (!quiet) display.around(() => screen.write(Buffer.from(bytes, 'latin1').toString()));
      },
    },
    problem: () => problem,
    close: () => file?.close(),
  };
}
