// A job as the tests of bulk runs want it: real transforms, real git, and nobody to wait for.

import type { Analysis, Campaign, JobResult, Target } from '../../src/bulk/bulkModel.ts';
import { createJob } from '../../src/bulk/job/job.ts';
import type { JobOptions } from '../../src/bulk/job/work.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { transforms } from '../../transforms/index.ts';

export const CAMPAIGN: Campaign = {
  name: 'spring',
  branch: 'pyvenv-fix',
  author: { name: 'Bot', email: 'bot@example.org' },
  ids: transforms.filter(({ offByDefault }) => !offByDefault).map(({ id }) => id),
  ...{ unsafe: false, squash: false, signOff: false, sign: false, push: true, pullRequests: true, requireProof: false },
  ...{ recreate: false, fork: false, draft: false, labels: [], reviewers: [], assignees: [], rate: 60 },
};

export const DOCKERFILE = `FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN python -m venv /opt/venv
RUN . /opt/venv/bin/activate && pip install -r requirements.txt
CMD . /opt/venv/bin/activate && exec python app.py
`;

/** A repository that has something to fix. */
export const FILES = { Dockerfile: DOCKERFILE, 'requirements.txt': 'flask\n', 'app.py': 'print()\n' };

type Options = Partial<Omit<JobOptions<Facts>, 'campaign'>> & { readonly campaign?: Partial<Campaign> };

/** Options of a job that waits for nobody. */
export function jobOptions({ campaign, ...more }: Options = {}): JobOptions<Facts> {
  return {
    campaign: { ...CAMPAIGN, ...campaign },
    transforms,
    env: { PATH: process.env.PATH },
    forgeFor: async () => undefined,
    tokenFor: () => undefined,
    pacer: { turn: async () => {}, backOff: async () => {}, ready: async () => {} },
    wave: { isOpen: async () => true, admit: async () => true },
    mode: 'apply',
    ...more,
  };
}

export const targetOf = (place: string): Target =>
  place.includes('://') ? { key: place, name: place, url: place } : { key: place, name: place, folder: place };

export interface Done extends JobResult {
  readonly analysis?: Analysis;
  readonly steps: readonly string[];
}

/** Does one job for a folder or an address. */
export async function doJob(place: string | Target, options: Options = {}): Promise<Done> {
  const seen: Analysis[] = [];
  const steps: string[] = [];
  const onAnalysis = (_: Target, analysis: Analysis): void => {
    seen.push(analysis);
  };
  const job = createJob({ onAnalysis, ...jobOptions(options) });
  const result = await job(typeof place === 'string' ? targetOf(place) : place, {
    signal: new AbortController().signal,
    onStep: (step) => steps.push(step),
  });
  return { ...result, steps, ...(seen[0] && { analysis: seen[0] }) };
}
