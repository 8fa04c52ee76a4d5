// How long a campaign's pull requests will take at a pace, in plain words; each host has its own pace.

import type { Campaign, JobResult, Target } from './bulkModel.ts';

/** Writes an hour that the pacer never exceeds: one a second. */
const FASTEST = 3600;

/** `412 pull requests, at 60/h: 7 h`. `rate` is pull requests an hour on one host. */
export function budgetOf(count: number, rate: number): string {
  if (count <= 0) return 'no pull requests';
  const pace = Math.min(rate, FASTEST);
  const noun = count === 1 ? 'pull request' : 'pull requests';
  return `${count} ${noun}, at ${pace}/h: ${durationWords((count / pace) * 3600_000)}`;
}

/** A length of time rounded to what a person plans with: `25 min`, `7 h`, `3 days`. */
export function durationWords(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

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
