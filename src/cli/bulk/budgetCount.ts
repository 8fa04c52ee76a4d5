// Counts the pull requests that a plan would open, by host: each host has its own pace.

import { budgetOf } from '../../bulk/budget.ts';
import type { Campaign, JobResult, Target } from '../../bulk/model.ts';

/** What a plan comes to: pull requests, and how long they take at the rate, hosts side by side. */
export interface Budget {
  readonly pullRequests: number;
  /** An hour, on one host. */
  readonly rate: number;
  readonly milliseconds: number;
  /** `412 pull requests, at 60/h: 7 h`. */
  readonly words: string;
}

/** Begins to count for a campaign, which may want none. */
export function createBudget({ pullRequests }: Pick<Campaign, 'pullRequests'>) {
  const hosts = new Map<string, number>();
  return {
    /** For every final result of a plan. */
    add({ project }: Pick<Target, 'project'>, { ended, pullRequest }: Pick<JobResult, 'ended' | 'pullRequest'>): void {
      if (pullRequests && project && ended === 'changed' && !pullRequest)
        hosts.set(project.host, (hosts.get(project.host) ?? 0) + 1);
    },
    counted(rate: number): Budget {
      const counts = [...hosts.values()];
      const total = counts.reduce((sum, count) => sum + count, 0);
      const most = Math.max(0, ...counts);
      const each = [...hosts].map(([host, count]) => `${host}: ${budgetOf(count, rate)}`);
      const words = hosts.size > 1 ? each.join('; ') : budgetOf(total, rate);
      return { pullRequests: total, rate, milliseconds: Math.round((most / rate) * 3_600_000), words };
    },
  };
}
