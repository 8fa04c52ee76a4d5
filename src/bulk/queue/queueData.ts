// What travels through a queue, checked when it is read: a queue is input like any other.

import * as v from 'valibot';
import { readJson } from '../../text/json.ts';
import type { Campaign, JobResult, JobStep, Target } from '../bulkModel.ts';

const TEXT = v.pipe(v.string(), v.maxLength(100_000));
const NAME = v.pipe(v.string(), v.maxLength(10_000));
const NAMES = v.pipe(v.array(NAME), v.maxLength(1000));
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const ID = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/));
/** As the command line takes them; `..`, slashes and a leading `-` are none. */
const CAMPAIGN_NAME = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), v.maxLength(200));
/** Addresses with a user or password are no addresses here: credentials never travel. */
const ADDRESS = v.pipe(
  NAME,
  v.check((text) => !/^-|\0/.test(text) && !/^[a-z+]+:\/\/[^/@]*:[^/]*@/i.test(text)),
);

const project = v.strictObject({
  kind: v.picklist(['github', 'gitlab', 'gitea']),
  host: v.pipe(NAME, v.regex(/^[A-Za-z0-9._[\]:-]+$/)),
  api: v.pipe(ADDRESS, v.regex(/^https?:\/\//)),
  path: v.pipe(NAME, v.regex(/^[^/\s][^\s]*$/)),
});

const target = v.strictObject({
  key: NAME,
  name: NAME,
  folder: v.exactOptional(v.pipe(NAME, v.regex(/^\//))),
  url: v.exactOptional(ADDRESS),
  project: v.exactOptional(project),
  skip: v.exactOptional(NAME),
  wrong: v.exactOptional(v.literal(true)),
});

const campaign = v.strictObject({
  name: CAMPAIGN_NAME,
  branch: NAME,
  author: v.strictObject({ name: NAME, email: NAME }),
  ids: NAMES,
  unsafe: v.boolean(),
  squash: v.boolean(),
  signOff: v.boolean(),
  sign: v.boolean(),
  push: v.boolean(),
  pullRequests: v.boolean(),
  requireProof: v.boolean(),
  recreate: v.boolean(),
  fork: v.boolean(),
  draft: v.boolean(),
  labels: NAMES,
  reviewers: NAMES,
  assignees: NAMES,
  template: v.exactOptional(TEXT),
  rate: v.pipe(v.number(), v.finite(), v.gtValue(0)),
  wave: v.exactOptional(COUNT),
} satisfies Record<keyof Campaign, v.GenericSchema | v.ExactOptionalSchema<v.GenericSchema, unknown>>);

const result = v.object({
  key: NAME,
  name: NAME,
  ended: v.picklist(['changed', 'unchanged', 'skipped', 'waiting', 'failed']),
  reason: TEXT,
  detail: v.exactOptional(TEXT),
  again: v.exactOptional(v.literal(true)),
  base: v.exactOptional(ID),
  commit: v.exactOptional(ID),
  tree: v.exactOptional(ID),
  pushed: v.exactOptional(v.literal(true)),
  pullRequest: v.exactOptional(
    v.object({ number: COUNT, url: NAME, action: v.picklist(['opened', 'updated', 'kept', 'closed']) }),
  ),
  fixes: v.exactOptional(v.record(NAME, COUNT)),
  findings: v.exactOptional(COUNT),
  files: v.exactOptional(COUNT),
  proof: v.exactOptional(v.picklist(['better', 'same', 'worse', 'cannot tell'])),
  milliseconds: v.pipe(v.number(), v.minValue(0)),
});

const job = v.strictObject({ campaign: CAMPAIGN_NAME, run: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), target });

/** A job's data: the campaign's settings stand once in its run's record, not in every job. */
export interface JobData {
  readonly campaign: string;
  readonly run: string;
  readonly target: Target;
}

/** Undefined where it is no such thing. */
export function jobDataFrom(data: unknown): JobData | undefined {
  const parsed = v.safeParse(job, data);
  return parsed.success ? parsed.output : undefined;
}

/** From a run's record; undefined where it is no campaign. */
export function campaignFrom(text: string): Campaign | undefined {
  const parsed = v.safeParse(campaign, readJson(text));
  return parsed.success ? parsed.output : undefined;
}

/** From a finished job; undefined where it is no result. */
export function resultFrom(data: unknown): JobResult | undefined {
  const parsed = v.safeParse(result, data);
  return parsed.success ? parsed.output : undefined;
}

/** What a worker says for the follower: a try that failed, or a repository's end. */
export type WorkerWord =
  | { readonly kind: 'again'; readonly result: JobResult; readonly attempt: number; readonly wait: number }
  | { readonly kind: 'end'; readonly result: JobResult; readonly target: Target };

const word = v.variant('kind', [
  v.object({ kind: v.literal('again'), result, attempt: COUNT, wait: v.number() }),
  v.object({ kind: v.literal('end'), result, target }),
]);

/** Undefined where it is no word of a worker. */
export function wordFrom(text: string): WorkerWord | undefined {
  const parsed = v.safeParse(word, readJson(text));
  return parsed.success ? parsed.output : undefined;
}

/** What a worker is doing, for the display of whoever follows. */
export interface Doing {
  /** The machine and its process. */
  readonly worker: string;
  readonly at: readonly {
    readonly run: string;
    readonly key: string;
    readonly name: string;
    readonly step?: JobStep;
  }[];
}

const doing = v.object({
  worker: NAME,
  at: v.pipe(
    v.array(
      v.object({
        run: NAME,
        key: NAME,
        name: NAME,
        step: v.exactOptional(v.picklist(['clone', 'fix', 'prove', 'push', 'wait', 'pull request'])),
      }),
    ),
    v.maxLength(1000),
  ),
});

/** Undefined where it is no such thing. */
export function doingFrom(text: string): Doing | undefined {
  const parsed = v.safeParse(doing, readJson(text));
  return parsed.success ? parsed.output : undefined;
}
