// The shape of `bulk --format json`, version 1; becomes schema/bulk.json, and tests hold real reports against it.

import * as v from 'valibot';
import { about } from '../../report/reportSchema.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const ended = v.picklist(['changed', 'unchanged', 'skipped', 'waiting', 'failed']);
const reference = { number: count, url: v.string() };
const byId = v.pipe(v.record(v.string(), count), v.description('Number of fixes by transform id.'));

const repository = v.looseObject({
  key: about('Identity of the repository over all runs of a campaign.'),
  name: about('As people read it: owner/name, or as the source named it.'),
  ended: v.pipe(ended, v.description('`changed` also where a plan would change it.')),
  reason: about('One sentence, the same for all repositories that ended so.'),
  detail: v.optional(v.string()),
  again: v.optional(v.pipe(v.literal(true), v.description('With `failed`: a second try may help.'))),
  base: v.optional(about('The commit that the fixes start from.')),
  commit: v.optional(about('The commit that the branch has, or would get.')),
  tree: v.optional(v.string()),
  pushed: v.optional(v.literal(true)),
  pullRequest: v.optional(v.looseObject({ ...reference, action: v.picklist(['opened', 'updated', 'kept', 'closed']) })),
  fixes: v.optional(byId),
  findings: v.optional(v.pipe(count, v.description('Findings left for a person.'))),
  files: v.optional(count),
  proof: v.optional(v.picklist(['better', 'same', 'worse', 'cannot tell'])),
  milliseconds: v.number(),
  diff: v.optional(about('With a plan: what `git apply` takes.')),
  diffBase64: v.optional(about('Its exact bytes, where they are not UTF-8.')),
});

const group = v.looseObject({
  ended,
  reason: v.string(),
  count,
  first: v.array(
    v.looseObject({
      name: v.string(),
      detail: v.optional(v.string()),
      url: v.optional(v.string()),
      again: v.optional(v.literal(true)),
    }),
  ),
});

const stopped = v.looseObject({
  why: v.picklist(['aborted', 'source', 'journal', 'wave']),
  words: v.string(),
  next: v.string(),
  against: v.optional(v.array(v.looseObject({ ...reference, name: v.string(), stand: v.picklist(['closed', 'red']) }))),
});

const summary = v.looseObject({
  campaign: v.string(),
  mode: v.picklist(['plan', 'apply']),
  run: v.optional(v.pipe(count, v.description('Number of the run in the journal.'))),
  repositories: count,
  before: v.pipe(count, v.description('How many of them had ended before a run that was broken off went on.')),
  counts: v.object({ changed: count, unchanged: count, skipped: count, waiting: count, failed: count }),
  groups: v.array(group),
  pullRequests: v.object({ opened: count, updated: count, kept: count, closed: count }),
  links: v.array(v.looseObject({ ...reference, name: v.string(), action: v.picklist(['opened', 'updated']) })),
  pushed: count,
  fixes: byId,
  files: count,
  findings: count,
  proofs: v.object({ better: count, same: count, worse: count, 'cannot tell': count }),
  twice: count,
  milliseconds: v.number(),
  left: v.optional(v.object({ count, more: v.boolean() })),
  stopped: v.optional(stopped),
  budget: v.optional(
    v.looseObject({
      pullRequests: count,
      rate: v.pipe(count, v.description('Pull requests an hour, on one host.')),
      milliseconds: count,
      words: v.string(),
    }),
  ),
});

/** `pyvenv-fix bulk plan|apply|retry --format json`. Later versions 1 may add fields. */
export const bulkReportSchema = v.looseObject({
  version: v.literal(1),
  tool: v.looseObject({ name: v.literal('pyvenv-fix'), version: v.string() }),
  campaign: v.string(),
  mode: v.picklist(['plan', 'apply']),
  repositories: v.array(repository),
  summary,
});
