// What GitLab says of projects, merge requests and pipelines, in our own words. Only the fields that are read are named.

import type { ForgeRepository, NewPullRequest, PullRequest } from '../forge.ts';
import type { ForgePlace } from '../forgePlaces.ts';
import { cloneUrlOf, requiredField } from '../shapes.ts';

export interface ProjectShape {
  readonly id: number;
  readonly path: string;
  readonly path_with_namespace: string;
  readonly archived?: boolean;
  readonly empty_repo?: boolean;
  readonly default_branch?: string | null;
  readonly http_url_to_repo?: string | null;
  readonly import_status?: string;
  readonly forked_from_project?: { readonly id: number } | null;
  readonly permissions?: {
    readonly project_access: { readonly access_level: number } | null;
    readonly group_access: { readonly access_level: number } | null;
  } | null;
}

interface UserShape {
  readonly id: number;
  readonly username: string;
}

export interface MergeRequestShape {
  readonly iid: number;
  readonly web_url: string;
  readonly state: string;
  readonly title: string;
  readonly description: string | null;
  readonly sha: string | null;
  readonly draft?: boolean;
  readonly source_branch: string;
  readonly target_branch: string;
  readonly source_project_id: number | null;
  readonly target_project_id: number;
  /** Names; whole labels only where they were asked for. */
  readonly labels: readonly (string | { readonly name: string })[];
  readonly reviewers?: readonly UserShape[] | null;
  readonly assignees?: readonly UserShape[] | null;
}

export interface PipelineShape {
  readonly id: number;
  readonly ref: string;
  readonly source: string;
  readonly status: string;
}

/** May push to branches that are not protected. */
const DEVELOPER = 30;

export function gitlabRepository(project: ProjectShape, place: ForgePlace): ForgeRepository {
  const path = requiredField(project.path_with_namespace);
  const { project_access: own, group_access: group } = project.permissions ?? {};
  // Neither: not a member, or an administrator; GitLab does not say which.
  const level = own || group ? Math.max(own?.access_level ?? 0, group?.access_level ?? 0) : undefined;
  return {
    project: { ...place, path },
    archived: project.archived ?? false,
    empty: project.empty_repo ?? false,
    fork: project.forked_from_project != null,
    defaultBranch: project.default_branch ?? '',
    cloneUrl: cloneUrlOf(project.http_url_to_repo, place, path),
    ...(level !== undefined && { mayPush: level >= DEVELOPER }),
  };
}

const DRAFT = /^(?:(?:draft|wip):|\[draft\]|\(draft\))[ \t]{0,9}/i;

/** The title as GitLab takes it: a draft is one by its prefix. */
export function gitlabTitle({ title, draft }: Pick<NewPullRequest, 'title' | 'draft'>): string {
  return draft ? `Draft: ${title.replace(DRAFT, '')}` : title;
}

/** `from` is the path of the project that has the branch, '' when it is gone. Titles come without the draft prefix. */
export function gitlabPullRequest(request: MergeRequestShape, from: string): PullRequest {
  const { state } = request;
  return {
    number: request.iid,
    url: requiredField(request.web_url),
    // 'locked' is short: while it is being merged.
    state: state === 'merged' ? 'merged' : state === 'closed' ? 'closed' : 'open',
    title: requiredField(request.title).replace(DRAFT, ''),
    body: request.description ?? '',
    head: request.sha ?? '',
    branch: requiredField(request.source_branch),
    from,
    base: requiredField(request.target_branch),
  };
}

const GREEN = ['success'];
const RED = ['failed'];
/** Ended without a word on the commit: stopped by hand or by a newer one, not needed, or waiting for a person. */
const SILENT = ['canceled', 'canceling', 'skipped', 'manual'];

/** What the newest pipeline of every kind says. `pipelines` are those of one commit, newest first. */
export function gitlabChecks(pipelines: readonly PipelineShape[]): 'green' | 'red' | 'pending' | 'none' {
  const newest = new Map<string, string>();
  for (const { ref, source, status } of pipelines) {
    const kind = `${source} ${ref}`;
    if (!newest.has(kind)) newest.set(kind, status);
  }
  const states = [...newest.values()].filter((status) => !SILENT.includes(status));
  if (states.some((status) => RED.includes(status))) return 'red';
  if (states.some((status) => !GREEN.includes(status))) return 'pending';
  return states.length === 0 ? 'none' : 'green';
}
