// Puts labels, reviewers and assignees on a Gitea pull request; asks only for what is missing, so that doing it twice changes nothing.

import type { Api, PullRequest } from 'gitea-js';
import { unlessMissing } from '../waiting.ts';
import { pagesOf } from './giteaPages.ts';

type Names = [owner: string, name: string];

interface GiteaDecoration {
  readonly number: number;
  readonly labels: readonly string[];
  /** A team of the owner's is `owner/team`. */
  readonly reviewers: readonly string[];
  readonly assignees: readonly string[];
}

const COLOUR = '#3572a5';

/** Decorates pull requests through `api`; owner and name are encoded already. Throws `ForgeProblem`. */
export function giteaDecorator(
  api: Api<unknown>,
): (names: Names, wanted: GiteaDecoration, signal: AbortSignal) => Promise<void> {
  return async (names, wanted, signal) => {
    if (wanted.labels.length + wanted.reviewers.length + wanted.assignees.length === 0) return;
    const { data: request } = await api.repos.repoGetPullRequest(...names, wanted.number, { signal });
    await label(names, { request, wanted }, signal);
    await assign(names, { request, wanted }, signal);
    await askForReview(names, { request, wanted }, signal);
  };

  async function label(
    names: Names,
    { request, wanted }: { readonly request: PullRequest; readonly wanted: GiteaDecoration },
    signal: AbortSignal,
  ): Promise<void> {
    const there = new Set((request.labels ?? []).map(({ name }) => name));
    const missing = wanted.labels.filter((name) => !there.has(name));
    if (missing.length === 0) return;
    const known = await labelIds(names, signal);
    const labels: number[] = [];
    for (const name of missing) labels.push(known.get(name) ?? (await makeLabel(names, name, signal)));
    await api.repos.issueAddLabel(...names, wanted.number, { labels }, { signal });
  }

  /** The repository's own labels, and those of its organisation. */
  async function labelIds(names: Names, signal: AbortSignal): Promise<Map<string, number>> {
    const known = new Map<string, number>();
    const [owner] = names;
    const ofOwner = await unlessMissing(api.orgs.orgListLabels(owner, { page: 1, limit: 1 }, { signal }));
    if (ofOwner) {
      for await (const { name, id } of pagesOf((query) => api.orgs.orgListLabels(owner, query, { signal }))) {
        if (name !== undefined && id !== undefined) known.set(name, id);
      }
    }
    for await (const { name, id } of pagesOf((query) => api.repos.issueListLabels(...names, query, { signal }))) {
      if (name !== undefined && id !== undefined) known.set(name, id);
    }
    return known;
  }

  async function makeLabel(names: Names, name: string, signal: AbortSignal): Promise<number> {
    const { data } = await api.repos.issueCreateLabel(...names, { name, color: COLOUR }, { signal });
    return Number(data.id);
  }

  async function assign(
    names: Names,
    { request, wanted }: { readonly request: PullRequest; readonly wanted: GiteaDecoration },
    signal: AbortSignal,
  ): Promise<void> {
    const there = (request.assignees ?? []).flatMap(({ login }) => (login === undefined ? [] : [login]));
    const missing = withoutNames(wanted.assignees, there);
    if (missing.length === 0) return;
    await api.repos.repoEditPullRequest(...names, wanted.number, { assignees: [...there, ...missing] }, { signal });
  }

  async function askForReview(
    names: Names,
    { request, wanted }: { readonly request: PullRequest; readonly wanted: GiteaDecoration },
    signal: AbortSignal,
  ): Promise<void> {
    const teams = wanted.reviewers
      .filter((name) => name.includes('/'))
      .map((name) => name.slice(name.indexOf('/') + 1));
    const people = wanted.reviewers.filter((name) => !name.includes('/'));
    const missingTeams = withoutNames(
      teams,
      (request.requested_reviewers_teams ?? []).map(({ name }) => name ?? ''),
    );
    let missing = withoutNames(
      people,
      (request.requested_reviewers ?? []).map(({ login }) => login ?? ''),
    );
    if (missing.length > 0) {
      // Who has answered is no longer asked; asking again would take the answer back.
      const given = pagesOf((query) => api.repos.repoListPullReviews(...names, wanted.number, query, { signal }));
      for await (const { user } of given) missing = withoutNames(missing, [user?.login ?? '']);
    }
    if (missing.length === 0 && missingTeams.length === 0) return;
    await api.repos.repoCreatePullReviewRequests(
      ...names,
      wanted.number,
      {
        ...(missing.length > 0 && { reviewers: missing }),
        ...(missingTeams.length > 0 && { team_reviewers: missingTeams }),
      },
      { signal },
    );
  }
}

function withoutNames(wanted: readonly string[], there: readonly string[]): string[] {
  const known = new Set(there.map((name) => name.toLowerCase()));
  return wanted.filter((name) => !known.has(name.toLowerCase()));
}
