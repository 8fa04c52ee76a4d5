// A campaign in a process of its own, to be killed: says on stdout what it begins and what is on the disk. Not a test.

import { existsSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Campaign, Job, Target } from '../../src/bulk/bulkModel.ts';
import { runCampaign } from '../../src/bulk/campaign.ts';
import { createJob } from '../../src/bulk/job/job.ts';
import { openJournal } from '../../src/bulk/journal/campaignJournal.ts';
import { refusalOf } from '../../src/text/userError.ts';
import { transforms } from '../../transforms/index.ts';

/** `pushes`: the job itself over the addresses of the list; `effects`: a file for each; `nothing`: as fast as can be. */
const [folder = '', list = '', way = 'effects', concurrency = '4'] = process.argv.slice(2);

const campaign: Campaign = {
  name: 'kill',
  branch: 'pyvenv-fix',
  author: { name: 'Ada', email: 'ada@example.org' },
  ids: transforms.filter((transform) => !transform.offByDefault).map(({ id }) => id),
  ...{ unsafe: false, squash: false, signOff: false, sign: false, push: true, pullRequests: false },
  ...{ requireProof: false, recreate: false, fork: false, draft: false, labels: [], reviewers: [], assignees: [] },
  rate: 60,
};

async function* targets(): AsyncIterable<Target> {
  if (/^[0-9]+$/.test(list)) {
    for (let at = 0; at < Number(list); at++)
      yield { key: `/there/is/no/${at}`, name: `no/${at}`, folder: `/no/${at}` };
    return;
  }
  for (const url of readFileSync(list, 'utf8').trim().split('\n')) yield { key: url, name: url, url };
}

const nothing: Job = async ({ key, name }) => ({
  ...{ key, name, milliseconds: 1 },
  ...{ ended: 'failed', reason: 'there is no such folder', detail: key },
});

/** Looks before it acts, as every job does; what it did stands in a folder. */
const effects: Job = async (target, tools) => {
  const { key, name } = target;
  const mark = join(`${folder}-effects`, encodeURIComponent(key));
  await sleep(Math.random() * 4);
  const common = { key, name, milliseconds: 1, commit: key };
  tools.onStep('push');
  if (existsSync(mark)) return { ...common, ended: 'unchanged', reason: 'it is so already' };
  // Fails where it is there already: an effect that happens twice is a failed repository.
  writeFileSync(mark, '', { flag: 'wx' });
  return { ...common, ended: 'changed', reason: 'has a new branch', pushed: true };
};

const pushes = (): Job =>
  createJob({
    ...{ campaign, transforms, env: process.env, mode: 'apply' },
    forgeFor: async () => undefined,
    tokenFor: () => undefined,
    pacer: { turn: async () => {}, backOff: async () => {}, ready: async () => {} },
    wave: { isOpen: async () => true, admit: async () => true },
  });

const quiet = way === 'nothing';
const say = (text: string): void => {
  if (!quiet) writeSync(1, `${text}\n`);
};

try {
  const journal = await openJournal({ folder, campaign, settings: '', use: 'apply', now: Date.now() });
  say(`run ${journal.run}`);
  const summary = await runCampaign({
    ...{ campaign, targets: targets(), journal, concurrency: Number(concurrency) },
    job: way === 'pushes' ? pushes() : way === 'effects' ? effects : nothing,
    signal: new AbortController().signal,
    onEvent(event) {
      if (event.kind === 'start') say(`start ${event.key}`);
      if (event.kind === 'end') say(`end ${event.result.key}`);
    },
  });
  await journal.close();
  globalThis.gc?.();
  const memory = { rss: process.resourceUsage().maxRSS, used: process.memoryUsage().heapUsed };
  writeSync(1, `done ${JSON.stringify({ summary, memory, run: journal.run })}\n`);
} catch (error) {
  writeSync(1, `refused ${JSON.stringify(refusalOf(error) ?? String(error))}\n`);
  process.exitCode = 2;
}
