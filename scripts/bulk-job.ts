// Does the job of a bulk run for every address of a list, without command line and journal: what bulk-bench.mjs measures with --job.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Campaign } from '../src/bulk/bulkModel.ts';
import { createJob } from '../src/bulk/job/job.ts';
import { transforms } from '../transforms/index.ts';

const [list = '', concurrency = String(availableParallelism())] = process.argv.slice(2);
const campaign: Campaign = {
  name: 'bench',
  branch: 'pyvenv-fix',
  author: { name: 'Bench', email: 'bench@example.org' },
  ids: transforms.filter((transform) => !transform.offByDefault).map(({ id }) => id),
  ...{
    unsafe: false,
    squash: false,
    signOff: false,
    sign: false,
    push: true,
    pullRequests: false,
    requireProof: false,
  },
  ...{ recreate: false, fork: false, draft: false, labels: [], reviewers: [], assignees: [], rate: 60 },
};
const job = createJob({
  campaign,
  transforms,
  env: process.env,
  forgeFor: async () => undefined,
  tokenFor: () => undefined,
  pacer: { turn: async () => {}, backOff: async () => {}, ready: async () => {} },
  wave: { isOpen: async () => true, admit: async () => true },
  mode: 'apply',
});
const urls = readFileSync(list, 'utf8').trim().split('\n');
const tools = { signal: new AbortController().signal, onStep: () => {} };
let next = 0;
const work = async (): Promise<void> => {
  for (let at = next++; at < urls.length; at = next++) {
    const url = urls[at]!;
    const { ended, reason, detail } = await job({ key: url, name: url, url }, tools);
    if (ended !== 'changed') throw new Error(`${url}: ${ended}: ${reason} ${detail ?? ''}`);
  }
};
await Promise.all(Array.from({ length: Number(concurrency) }, work));
