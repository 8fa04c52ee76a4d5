// Counts results as they come, in memory that does not grow with the number of repositories.

import type { Ended, JobResult } from './bulkModel.ts';
import type { CampaignSummary, Group, Stopped } from './campaignEvents.ts';

/** How many names a group keeps, and how many links a summary. */
const FIRST = 20;
/** A reason should be the same sentence for all that ended so; where one holds special words, the list must still end. */
const MOST_REASONS = 200;
const OTHER_REASONS = 'other reasons';

const ORDER: readonly Ended[] = ['changed', 'unchanged', 'skipped', 'waiting', 'failed'];

/** What only the run itself knows. */
export interface Frame {
  readonly campaign: string;
  readonly mode: 'plan' | 'apply';
  readonly run?: number;
  readonly before: number;
  readonly twice: number;
  readonly milliseconds: number;
  readonly left?: { readonly count: number; readonly more: boolean };
  readonly stopped?: Stopped;
}

export interface CampaignTally {
  /** Counts one repository; each may be given once. */
  add(result: JobResult): void;
  /** Number of repositories counted. */
  readonly size: () => number;
  summary(frame: Frame): CampaignSummary;
}

type Growing<T> = { -readonly [K in keyof T]: T[K] };
type GrowingGroup = Growing<Omit<Group, 'first'>> & { readonly first: Group['first'][number][] };

/** An empty tally. */
export function createTally(): CampaignTally {
  let repositories = 0;
  const counts: Record<Ended, number> = { changed: 0, unchanged: 0, skipped: 0, waiting: 0, failed: 0 };
  const groups = new Map<string, GrowingGroup>();
  const pullRequests = { opened: 0, updated: 0, kept: 0, closed: 0 };
  const links: CampaignSummary['links'][number][] = [];
  const proofs = { better: 0, same: 0, worse: 0, 'cannot tell': 0 };
  const fixes = new Map<string, number>();
  let [pushed, files, findings] = [0, 0, 0];

  function add(result: JobResult): void {
    repositories++;
    counts[result.ended]++;
    group(result);
    if (result.pushed) pushed++;
    files += result.files ?? 0;
    findings += result.findings ?? 0;
    if (result.proof) proofs[result.proof]++;
    for (const [id, count] of Object.entries(result.fixes ?? {})) fixes.set(id, (fixes.get(id) ?? 0) + count);
    const request = result.pullRequest;
    if (!request) return;
    pullRequests[request.action]++;
    if ((request.action === 'opened' || request.action === 'updated') && links.length < FIRST) {
      links.push({ name: result.name, number: request.number, url: request.url, action: request.action });
    }
  }

  function group({ ended, reason, name, detail, again, pullRequest }: JobResult): void {
    const known = groups.get(`${ended} ${reason}`);
    const words = known || groups.size < MOST_REASONS ? reason : OTHER_REASONS;
    const key = `${ended} ${words}`;
    const found = groups.get(key) ?? { ended, reason: words, count: 0, first: [] };
    groups.set(key, found);
    found.count++;
    if (found.first.length >= FIRST) return;
    found.first.push({
      name,
      ...(detail !== undefined && { detail }),
      ...(pullRequest && { url: pullRequest.url }),
      ...(again && { again }),
    });
  }

  function summary(frame: Frame): CampaignSummary {
    return {
      ...frame,
      repositories,
      counts: { ...counts },
      groups: [...groups.values()]
        .map((one) => ({ ...one, first: [...one.first] }))
        .sort((a, b) => ORDER.indexOf(a.ended) - ORDER.indexOf(b.ended) || b.count - a.count),
      pullRequests: { ...pullRequests },
      links: [...links],
      pushed,
      fixes: Object.fromEntries([...fixes].sort(([a], [b]) => (a < b ? -1 : 1))),
      files,
      findings,
      proofs: { ...proofs },
    };
  }

  return { add, size: () => repositories, summary };
}
