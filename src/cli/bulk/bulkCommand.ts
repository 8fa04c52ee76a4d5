// `pyvenv-fix bulk plan|apply|retry`: one run over many repositories, from its options to its exit code.

import { retryTargets } from '../../bulk/afterwards.ts';
import { createBudget } from '../../bulk/budget.ts';
import { type Campaign, type Job, type Target, takesUnsafe } from '../../bulk/bulkModel.ts';
import { runCampaign } from '../../bulk/campaign.ts';
import type { CampaignEvent, CampaignSummary } from '../../bulk/campaignEvents.ts';
import { keepProgress } from '../../bulk/display/progress.ts';
import { type BulkReport, reportTo } from '../../bulk/display/reports.ts';
import { type Show, show } from '../../bulk/display/show.ts';
import { createJob } from '../../bulk/job/job.ts';
import type { Prover } from '../../bulk/job/proving.ts';
import { type CampaignJournal, openJournal } from '../../bulk/journal/campaignJournal.ts';
import { earlierResults } from '../../bulk/journal/earlierResults.ts';
import { createPacer } from '../../bulk/pace.ts';
import { readAhead } from '../../bulk/readAhead.ts';
import { isNamed } from '../../bulk/sources/choose.ts';
import { createWave } from '../../bulk/wave.ts';
import type { BulkOptions } from '../bulkOptions.ts';
import { closeCommand, statusCommand } from './afterCommand.ts';
import { campaignExitCode } from './exitCode.ts';
import { type BulkOutput, openOutput } from './output.ts';
import { type BulkPlace, clock } from './surroundings.ts';
import {
  campaignOf,
  campaignWords,
  concurrencyOf,
  type Forges,
  forgesOf,
  journalFolder,
  runSettings,
  standingJournal,
  targetsFor,
} from './wiring.ts';

/** Targets that are read before their turn comes, a few megabytes. */
const READ_AHEAD = 10_000;

/**
 * Returns the exit code: 0 done; 1 some repositories failed or a wave was stopped; 2 the run could not be finished. Throws a
 * refusal for wrong use.
 */
export async function runBulk<F>(options: BulkOptions, place: BulkPlace<F>): Promise<0 | 1 | 2> {
  switch (options.action) {
    case 'status':
      return statusCommand(options, place);
    case 'close':
      return closeCommand(options, place);
    default:
      return runOver(options, place);
  }
}

async function runOver<F>(options: BulkOptions, place: BulkPlace<F>): Promise<0 | 1 | 2> {
  const { env, version, transforms, screen } = place;
  const { action, quiet, verbose, format, rate, wave } = options;
  const campaign = action === 'retry' ? storedCampaign(options) : campaignOf(options, transforms, env);
  const pacer = createPacer({ rate: campaign.rate });
  const forges = forgesOf(options, { env, version, pacer });
  const sources = action === 'retry' ? undefined : targetsFor(options, { ...place, forges });
  await checkQueue(options);
  const prover = await proverFor(campaign, options, place);
  const journal =
    action === 'plan'
      ? undefined
      : await openJournalFor(options, { campaign, version }).catch(async (error: unknown) => {
          await prover?.close();
          throw error;
        });
  const budget = createBudget(campaign);
  const stop = new AbortController();
  const signal = AbortSignal.any([place.signal, stop.signal]);
  const progress = keepProgress({ rate, ...(wave === undefined ? {} : { wave }), clock });
  const display = show({ screen, progress, color: screen.color, quiet, verbose, clock });
  try {
    const output = openOutput(options, place, { display, onProblem: () => stop.abort(new Error('no report')) });
    const report = reportFor(options, output, { campaign, version });
    if (campaign.unsafe && !takesUnsafe(campaign)) display.say(UNSAFE_LEFT_OUT);
    let over = false;
    const onEvent = (event: CampaignEvent) => {
      // A source that was broken off may come to its end late.
      if (over) return;
      // What ended before is no part of what is tried again.
      if (action === 'retry' && event.kind === 'resume') display.say(`Trying again what failed in run ${event.run}.`);
      else display.event(event);
      if (event.kind === 'resume' && journal)
        earlierResults(journal, (result) => report.event({ kind: 'end', result }));
      report.event(event);
    };
    const job = createJob({
      ...{ campaign, transforms, env, pacer },
      forgeFor: forges.forgeFor,
      tokenFor: forges.tokenFor,
      wave: createWave({
        limit: campaign.wave,
        admitted: journal?.admitted ?? [],
        record: async (key) => journal?.recordAdmission(key),
      }),
      mode: journal ? 'apply' : 'plan',
      ...(prover && { prove: prover.prove }),
      onAnalysis: (target, { diff }) => report.diff(target.key, diff),
    });
    const run = { options, version, campaign, journal, forges, signal, onEvent, display };
    const all = sources ?? failedTargets(journal, options);
    const targets = readAhead(all, { most: READ_AHEAD, onEnd: progress.expect });
    const summary = await runWith({ ...run, targets, job: watched(job, { output, budget }) });
    over = true;
    display.stop();
    report.end({ ...summary, ...(action === 'plan' ? { budget: budget.counted(rate) } : {}) });
    return campaignExitCode(summary, { output, place, format });
  } finally {
    display.stop();
    await prover?.close();
    await journal?.close();
  }
}

const UNSAFE_LEFT_OUT =
  'Fixes of the unsafe tier are left out, and stay findings: --unsafe takes effect with --require-proof only.';

/** A queue that cannot be used leaves no run behind. */
async function checkQueue({ queue }: BulkOptions): Promise<void> {
  if (queue === undefined) return;
  const { openServer } = await import('../../io/redis/server.ts');
  (await openServer(queue)).close();
}

/** Where a queue is filled, its workers prove. */
async function proverFor<F>(
  { requireProof }: Campaign,
  { action, queue, network }: BulkOptions,
  { env, signal, tell }: BulkPlace<F>,
): Promise<Prover | undefined> {
  if (!requireProof || action === 'plan' || queue !== undefined) return undefined;
  const { openProver } = await import('../../bulk/job/proving.ts');
  return openProver({ env, signal, ...(network !== undefined && { network }), say: (text) => tell(new Error(text)) });
}

interface CampaignRun {
  readonly options: BulkOptions;
  readonly version: string;
  readonly campaign: Campaign;
  readonly journal: CampaignJournal | undefined;
  readonly forges: Forges;
  readonly targets: AsyncIterable<Target>;
  readonly job: Job;
  readonly signal: AbortSignal;
  readonly onEvent: (event: CampaignEvent) => void;
  readonly display: Show;
}

async function runWith(run: CampaignRun): Promise<CampaignSummary> {
  const { options, version, journal, forges, display, job, ...common } = run;
  const { forgeFor } = forges;
  if (options.queue === undefined || !journal) {
    const concurrency = concurrencyOf(options);
    return runCampaign({ ...common, job, concurrency, forgeFor, ...(journal ? { journal } : {}) });
  }
  const { runQueueCampaign } = await import('../../bulk/queue/queueRun.ts');
  return runQueueCampaign({
    ...{ ...common, journal, forgeFor, url: options.queue },
    settings: runSettings(options, version),
    onConnection: (state) =>
      display.say(state === 'lost' ? 'The queue cannot be reached; waiting for it.' : 'The queue is back.'),
  });
}

function reportFor(
  options: BulkOptions,
  { out, beside }: BulkOutput,
  { campaign, version }: { readonly campaign: Campaign; readonly version: string },
): BulkReport {
  const mode = options.action === 'plan' ? 'plan' : 'apply';
  const { quiet, verbose, format } = options;
  const retry = `pyvenv-fix bulk retry${campaignWords(options)}`;
  return reportTo(
    format,
    { out, beside },
    { campaign: campaign.name, mode, version, quiet, verbose, color: out.color, retry },
  );
}

const stopOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** `retry` asks for what the last run asked for. */
const storedCampaign = (options: BulkOptions): Campaign => ({
  ...standingJournal(options).campaign,
  rate: options.rate,
});

function openJournalFor(
  options: BulkOptions,
  { campaign, version }: { readonly campaign: Campaign; readonly version: string },
): Promise<CampaignJournal> {
  return openJournal({
    folder: journalFolder(options),
    campaign,
    settings: runSettings(options, version),
    use: options.action === 'retry' ? 'retry' : 'apply',
    now: clock(),
  });
}

async function* failedTargets(journal: CampaignJournal | undefined, options: BulkOptions): AsyncIterable<Target> {
  if (!journal) return;
  const isMeant = isNamed(options);
  for await (const target of retryTargets(journal)) if (isMeant(target)) yield target;
}

/** Begins no repository before the reader of the report has taken what was written, and counts pull requests to come. */
function watched(
  job: Job,
  { output, budget }: { readonly output: BulkOutput; readonly budget: ReturnType<typeof createBudget> },
): Job {
  return async (target, tools) => {
    await Promise.race([output.out.ready(), stopOf(tools.signal)]);
    tools.signal.throwIfAborted();
    const result = await job(target, tools);
    budget.add(target, result);
    return result;
  };
}
