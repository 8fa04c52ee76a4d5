// What Gitea says of repositories and pull requests, in our own words.

import type { PullRequest as GiteaPullRequest, Repository } from 'gitea-js';
import type { ForgeRepository, NewPullRequest, PullRequest } from '../forge.ts';
import type { ForgePlace } from '../forgePlaces.ts';
import { cloneUrlOf, requiredField } from '../shapes.ts';

export function giteaRepository(repository: Repository, place: ForgePlace): ForgeRepository {
  const path = requiredField(repository.full_name);
  const mayPush = repository.permissions?.push;
  return {
    project: { ...place, path },
    archived: repository.archived ?? false,
    empty: repository.empty ?? false,
    fork: repository.fork ?? false,
    defaultBranch: repository.default_branch ?? '',
    cloneUrl: cloneUrlOf(repository.clone_url, place, path),
    ...(mayPush !== undefined && { mayPush }),
  };
}

const DRAFT = /^(?:wip:|\[wip\])[ \t]{0,9}/i;

/** The title as Gitea takes it: a draft is one by its prefix. */
export function giteaTitle({ title, draft }: Pick<NewPullRequest, 'title' | 'draft'>): string {
  return draft ? `WIP: ${title.replace(DRAFT, '')}` : title;
}

/** The name of a pull request's branch. `ref` names it only while the branch stands, then `refs/pull/1/head`; `label` always does. */
export function giteaBranch({ head }: GiteaPullRequest): string {
  return head?.label || head?.ref || '';
}

/** `owner/name` of the repository that has the branch; '' when it is gone. */
export function fromOf({ head }: GiteaPullRequest): string {
  return head?.repo?.full_name ?? '';
}

/** Titles come without the draft prefix. */
export function giteaPullRequest(request: GiteaPullRequest): PullRequest {
  return {
    number: Number(request.number),
    url: requiredField(request.html_url),
    state: request.merged ? 'merged' : request.state === 'closed' ? 'closed' : 'open',
    title: requiredField(request.title).replace(DRAFT, ''),
    body: request.body ?? '',
    head: request.head?.sha ?? '',
    branch: giteaBranch(request),
    from: fromOf(request),
    base: requiredField(request.base?.ref ?? request.base?.label),
  };
}
