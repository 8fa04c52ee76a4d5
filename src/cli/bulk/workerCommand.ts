// `pyvenv-fix worker`: takes repositories from a queue until it is told to stop.

import type { CampaignEvent } from '../../bulk/campaignEvents.ts';
import { countOf } from '../../bulk/display/displayWords.ts';
import { keepProgress } from '../../bulk/display/progress.ts';
import { show } from '../../bulk/display/show.ts';
import { resultLine } from '../../bulk/display/summaryText.ts';
import { createJob } from '../../bulk/job/job.ts';
import type { Prover } from '../../bulk/job/proving.ts';
import { runWorker } from '../../bulk/queue/worker.ts';
import { bytesOf } from '../../text/latin1.ts';
import { jsonText } from '../../text/printable.ts';
import type { WorkerOptions } from '../bulkOptions.ts';
import { openOutput } from './output.ts';
import { type BulkPlace, clock } from './surroundings.ts';
import { concurrencyOf, forgesOf } from './wiring.ts';

/** Returns the exit code; refuses where the queue's server is not fit. */
export async function runWorkerCommand<F>(options: WorkerOptions, place: BulkPlace<F>): Promise<0 | 1> {
  const { env, version, transforms, signal, screen } = place;
  const progress = keepProgress({ rate: Number.POSITIVE_INFINITY, clock, endless: true });
  const { quiet, verbose, format, network } = options;
  const display = show({ screen, progress, color: screen.color, quiet, verbose, clock });
  const { out } = openOutput({ quiet }, place, { display, onProblem: () => {} });
  const report = (event: CampaignEvent) => {
    if (event.kind !== 'end' && event.kind !== 'again') return;
    if (format === 'ndjson')
      return out.write(
        `${bytesOf(jsonText({ event: event.kind === 'end' ? 'result' : 'again', ...event.result }, { line: true }))}\n`,
      );
    if (verbose && event.kind === 'end') out.write(bytesOf(resultLine(event.result, out)));
  };
  let proving: Promise<Prover> | undefined;
  try {
    const { ended } = await runWorker({
      url: options.queue,
      concurrency: concurrencyOf(options),
      jobFor: async (campaign, shared) => {
        const forges = forgesOf(options, { env, version, pacer: shared.pacer });
        const own = { campaign, transforms, env, mode: 'apply', isOneOfMany: true } as const;
        const common = { ...own, ...forges, ...shared };
        if (!campaign.requireProof) return createJob(common);
        const { openProver } = await import('../../bulk/job/proving.ts');
        proving ??= openProver({
          env,
          signal,
          ...(network !== undefined && { network }),
          say: (text) => place.tell(new Error(text)),
        });
        return createJob({ ...common, prove: (await proving).prove });
      },
      signal,
      onEvent: (event) => {
        display.event(event);
        report(event);
      },
      onConnection: (state) =>
        display.say(state === 'lost' ? 'The queue cannot be reached; waiting for it.' : 'The queue is back.'),
    });
    display.stop();
    if (!quiet) screen.write(`${countOf(ended, 'repository', 'repositories')} ended here.\n`);
    return 0;
  } finally {
    display.stop();
    await proving?.then((prover) => prover.close()).catch(() => {});
  }
}
