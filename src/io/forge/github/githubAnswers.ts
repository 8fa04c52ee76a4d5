// What of GitHub's answers is read, and what it means here.

import * as v from 'valibot';
import type { ForgeRepository, PullRequest } from '../forge.ts';
import { type ForgePlace, hostOfApi } from '../forgePlaces.ts';
import { cloneUrlOf } from '../shapes.ts';

/** Where nothing of the answer is needed. */
export const ANY = v.unknown();

export const USER = v.object({ login: v.string(), type: v.optional(v.string()) });

export const REPOSITORY = v.object({
  full_name: v.string(),
  html_url: v.string(),
  clone_url: v.optional(v.string()),
  default_branch: v.string(),
  fork: v.boolean(),
  archived: v.optional(v.boolean(), false),
  disabled: v.optional(v.boolean(), false),
  size: v.optional(v.number(), 1),
  permissions: v.optional(v.object({ push: v.optional(v.boolean()) })),
  parent: v.optional(v.object({ full_name: v.string() })),
  source: v.optional(v.object({ full_name: v.string() })),
});

export type GithubRepository = v.InferOutput<typeof REPOSITORY>;

export const PULL = v.object({
  number: v.number(),
  html_url: v.string(),
  state: v.picklist(['open', 'closed']),
  title: v.string(),
  body: v.nullish(v.string(), ''),
  merged_at: v.nullish(v.string()),
  head: v.object({
    ref: v.string(),
    sha: v.string(),
    user: v.nullish(v.object({ login: v.string() })),
    repo: v.nullish(v.object({ full_name: v.string() })),
  }),
  base: v.object({ ref: v.string() }),
});

export const PULLS = v.array(PULL);
export const REPOSITORIES = v.array(REPOSITORY);
export const FOUND = v.object({
  total_count: v.number(),
  incomplete_results: v.boolean(),
  items: REPOSITORIES,
});
export const BRANCHES = v.array(v.object({ name: v.string(), commit: v.object({ sha: v.string() }) }));
export const BRANCH = v.object({ commit: v.object({ sha: v.string() }) });

/** `empty`: asked for on its own, for GitHub does not say it here. */
export function githubRepository(
  answer: GithubRepository,
  { api, empty }: { readonly api: string; readonly empty: boolean },
): ForgeRepository {
  const { full_name, permissions } = answer;
  const mayPush = permissions?.push;
  const place: ForgePlace = { kind: 'github', host: hostOfApi('github', api), api };
  return {
    project: { ...place, path: full_name },
    archived: answer.archived || answer.disabled,
    empty,
    fork: answer.fork,
    defaultBranch: answer.default_branch,
    cloneUrl: cloneUrlOf(answer.clone_url, place, full_name),
    ...(mayPush === undefined ? {} : { mayPush }),
  };
}

/** `path`: the project that was asked. */
export function githubPullRequest(answer: v.InferOutput<typeof PULL>, path: string): PullRequest {
  const { head } = answer;
  const name = path.slice(path.indexOf('/') + 1);
  return {
    number: answer.number,
    url: answer.html_url,
    state: answer.merged_at != null ? 'merged' : answer.state,
    title: answer.title,
    body: answer.body ?? '',
    head: head.sha,
    branch: head.ref,
    // the fork may be gone
    from: head.repo?.full_name ?? `${head.user?.login ?? ''}/${name}`,
    base: answer.base.ref,
  };
}
