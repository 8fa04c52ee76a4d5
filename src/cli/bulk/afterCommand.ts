// `pyvenv-fix bulk status` and `bulk close`: what comes after a campaign's runs.

import { campaignStatus, closeCampaign, type DeleteBranch } from '../../bulk/afterwards.ts';
import type { CampaignEvent } from '../../bulk/campaignEvents.ts';
import { keepProgress } from '../../bulk/display/progress.ts';
import { reportTo } from '../../bulk/display/reports.ts';
import { show } from '../../bulk/display/show.ts';
import { statusMarkdown, statusText } from '../../bulk/display/statusText.ts';
import { remoteAt } from '../../bulk/job/work.ts';
import { openJournal } from '../../bulk/journal/campaignJournal.ts';
import { createPacer } from '../../bulk/pace.ts';
import { openBare } from '../../io/objects/bare.ts';
import { bytesOf } from '../../text/latin1.ts';
import { jsonText } from '../../text/printable.ts';
import type { BulkOptions } from '../bulkOptions.ts';
import { campaignExitCode } from './exitCode.ts';
import { type BulkOutput, openOutput } from './output.ts';
import { type BulkPlace, clock } from './surroundings.ts';
import { campaignWords, type Forges, forgesOf, journalFolder, standingJournal } from './wiring.ts';

/** How the campaign stands. */
export async function statusCommand<F>(options: BulkOptions, place: BulkPlace<F>): Promise<0> {
  const { env, version, signal } = place;
  standingJournal(options);
  await shownWhile(options, place, async (output, onEvent) => {
    const forges = forgesOf(options, { env, version, pacer: createPacer({ rate: options.rate }) });
    const folder = journalFolder(options);
    const onLooked = (done: number, total: number) => onEvent({ kind: 'looked', done, total });
    const status = await campaignStatus({ folder, forgeFor: forges.forgeFor, signal, onLooked });
    const { out } = output;
    if (options.format === 'json') {
      const head = { version: 1, tool: { name: 'pyvenv-fix', version } };
      out.write(`${bytesOf(jsonText({ ...head, ...status }))}\n`);
    } else out.write(bytesOf(options.format === 'markdown' ? statusMarkdown(status) : statusText(status, out)));
    output.close();
    const problem = output.problem();
    if (problem) throw problem.error;
  });
  return 0;
}

/** Takes the campaign back; returns the exit code, 1 where some could not be closed. */
export async function closeCommand<F>(options: BulkOptions, place: BulkPlace<F>): Promise<0 | 1 | 2> {
  const { env, version, signal } = place;
  const folder = journalFolder(options);
  const { campaign } = standingJournal(options);
  const pacer = createPacer({ rate: options.rate });
  const forges = forgesOf(options, { env, version, pacer });
  return shownWhile(options, place, async (output, onEvent) => {
    const { out, beside } = output;
    const style = {
      campaign: campaign.name,
      mode: 'apply',
      retry: `pyvenv-fix bulk close${campaignWords(options)}`,
      version,
    } as const;
    const report = reportTo(options.format, { out, beside }, { ...style, ...options, color: out.color });
    const journal = await openJournal({ folder, campaign, settings: '', use: 'close', now: clock() });
    try {
      const summary = await closeCampaign({
        ...{ journal, campaign, pacer, signal },
        forgeFor: forges.forgeFor,
        deleteBranch: deleteBranchWith(forges, env),
        onEvent: (event) => {
          onEvent(event);
          report.event(event);
        },
      });
      report.end(summary);
      return campaignExitCode(summary, { output, place, format: options.format });
    } finally {
      await journal.close();
    }
  });
}

/** Shows progress while `work` is at it. */
async function shownWhile<T, F>(
  options: BulkOptions,
  place: BulkPlace<F>,
  work: (output: BulkOutput, onEvent: (event: CampaignEvent) => void) => Promise<T>,
): Promise<T> {
  const { screen } = place;
  const { quiet, verbose, rate } = options;
  const display = show({ screen, progress: keepProgress({ rate, clock }), color: screen.color, quiet, verbose, clock });
  try {
    const output = openOutput(options, place, { display, onProblem: () => {} });
    return await work(output, display.event);
  } finally {
    display.stop();
  }
}

function deleteBranchWith<F>(forges: Forges, env: BulkPlace<F>['env']): DeleteBranch {
  return async ({ folder, url, project }, branch, expectedTip, signal) => {
    const name = bytesOf(branch);
    const origin = folder === undefined ? remoteAt(forges, url ?? '', project) : { folder };
    const bare = await openBare(origin, { env, signal, branch: name, isConcerned: () => false });
    try {
      const tip = await bare.branch(name);
      if (tip === undefined) return 'absent';
      if (tip !== expectedTip) return 'moved';
      return (await bare.deleteBranch(name, expectedTip)) === 'moved' ? 'moved' : 'deleted';
    } finally {
      await bare.close();
    }
  };
}
