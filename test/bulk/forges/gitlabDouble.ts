// A double of GitLab with state over real bare repositories; requests and answers are held against GitLab's own description.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describedBy } from './described.ts';
import { OPERATIONS, requestProblems } from './gitlabDescription.ts';
import { type Asked, makeBare, type Reply, type Rest, startRest, tipOf } from './rest.ts';

export interface GitlabRequest {
  readonly iid: number;
  title: string;
  description: string;
  state: 'opened' | 'closed' | 'merged' | 'locked';
  readonly branch: string;
  /** Id of the project that has the branch; null when it is gone. */
  from: number | null;
  readonly base: string;
  readonly labels: Set<string>;
  reviewers: number[];
  assignees: number[];
}

export interface GitlabProject {
  readonly id: number;
  path: string;
  readonly folder: string;
  archived: boolean;
  readonly parent?: number;
  /** What it says of where it is cloned from, where that is a lie. */
  cloneUrl?: string;
  /** How often it still says that it is being made. */
  unfinished: number;
  readonly requests: GitlabRequest[];
  readonly pipelines: {
    readonly sha: string;
    readonly ref: string;
    readonly source: string;
    readonly status: string;
  }[];
}

export interface GitlabDouble extends Rest {
  readonly projects: GitlabProject[];
  readonly groups: Set<string>;
  readonly users: string[];
  at(path: string): GitlabProject;
  /** With `folder`: over a bare repository that stands already. */
  add(path: string, wish?: { archived?: boolean; isEmpty?: boolean; parent?: number; folder?: string }): GitlabProject;
}

export const TOKEN = 'glpat-that-nobody-may-see';
const LOGIN = 'bot';
const WHEN = '2024-01-01T00:00:00.000Z';

/** Starts it; `close` removes its repositories. */
export async function startGitlab(): Promise<GitlabDouble> {
  const root = mkdtempSync(join(tmpdir(), 'gitlab-double-'));
  const types = describedBy('@gitbeaker/core', 'index.d.mts');
  const projects: GitlabProject[] = [];
  const groups = new Set(['acme', 'acme/sub']);
  const users = [LOGIN, 'rita', 'ann', 'zoe'];

  const add: GitlabDouble['add'] = (path, { archived = false, isEmpty = false, parent, folder: given } = {}) => {
    const id = projects.length + 1;
    const folder = given ?? join(root, `${id}.git`);
    const source = projects.find((one) => one.id === parent);
    if (given === undefined && source) cpSync(source.folder, folder, { recursive: true });
    else if (given === undefined) makeBare(folder, { isEmpty });
    const made = {
      id,
      path,
      folder,
      archived,
      ...(parent !== undefined && { parent }),
      unfinished: 0,
      requests: [],
      pipelines: [],
    };
    projects.push(made);
    return made;
  };
  const find = (id: string): GitlabProject | undefined => {
    const plain = decodeURIComponent(id);
    return projects.find((one) => String(one.id) === plain || one.path.toLowerCase() === plain.toLowerCase());
  };

  const rest = await startRest(
    '/api/v4',
    (asked) => {
      const operation = OPERATIONS.find(({ method, path }) => method === asked.method && path.test(asked.path));
      if (!operation) throw new Error(`GitLab has no ${asked.method} ${asked.path}`);
      held(requestProblems(operation, asked));
      if (asked.headers.authorization !== `Bearer ${TOKEN}`)
        return { status: 401, json: { message: '401 Unauthorized' } };
      const reply = answer(asked);
      if (reply.status >= 300) return reply;
      const items = Array.isArray(reply.json) ? reply.json : [reply.json];
      for (const item of items as Record<string, unknown>[]) {
        held(Object.keys(item).filter((name) => !operation.fields.includes(name)));
        // Of what the package types too, the types must fit; `forked_from_project` it does not know.
        const typed = types
          .problems(operation.type, item)
          .filter((problem) => !/forked_from_project: not described/.test(problem));
        held(typed);
      }
      return reply;
    },
    { token: TOKEN, folderOf: (path) => find(encodeURIComponent(path))?.folder },
  );

  function answer({ method, path, query, body }: Asked): Reply {
    const [section, id, part, number] = path.split('/').slice(1);
    if (section === 'user') return { status: 200, json: user(1) };
    if (section === 'users' && id === undefined) {
      return paged(
        query,
        users.flatMap((name, at) => (name === query.get('username') ? [user(at + 1)] : [])),
      );
    }
    if (section === 'users') return users.includes(id!) ? paged(query, under(id!)) : missing('User');
    if (section === 'groups') {
      const group = decodeURIComponent(id!);
      return groups.has(group) ? paged(query, under(group)) : missing('Group');
    }
    if (id === undefined)
      return paged(query, projects.filter((one) => one.path.includes(query.get('search') ?? '')).map(project));
    const here = find(id);
    if (!here) return missing('Project');
    switch (`${method} ${part ?? ''}`) {
      case 'GET ':
        return { status: 200, json: project(here) };
      case 'GET forks':
        return paged(query, projects.filter(({ parent }) => parent === here.id).map(project));
      case 'POST fork':
        return fork(here);
      case 'GET pipelines': {
        const found = here.pipelines.map((one, at) => ({
          ...one,
          id: at + 1,
          iid: at + 1,
          project_id: here.id,
          web_url: 'x',
          created_at: WHEN,
          updated_at: WHEN,
        }));
        return paged(query, found.filter(({ sha }) => sha === query.get('sha')).reverse());
      }
      default:
        return requests({ method, query, body }, here, number);
    }
  }

  function requests(
    { method, query, body }: Pick<Asked, 'method' | 'query' | 'body'>,
    here: GitlabProject,
    number: string | undefined,
  ): Reply {
    if (number === undefined && method === 'GET') {
      const branch = query.get('source_branch');
      return paged(
        query,
        [...here.requests]
          .reverse()
          .filter((one) => one.branch === branch)
          .map((one) => json(here, one)),
      );
    }
    if (number === undefined) return open(here, body);
    const one = here.requests.find(({ iid }) => String(iid) === number);
    if (!one) return missing('Merge Request');
    if (method === 'PUT') {
      if (here.archived) return { status: 403, json: { message: '403 Forbidden' } };
      if (typeof body.title === 'string') one.title = body.title;
      if (typeof body.description === 'string') one.description = body.description;
      if (body.state_event === 'close') one.state = 'closed';
      for (const label of String(body.add_labels ?? '').split(',')) if (label !== '') one.labels.add(label);
      // It replaces them.
      if (body.reviewer_ids) one.reviewers = body.reviewer_ids as number[];
      if (body.assignee_ids) one.assignees = body.assignee_ids as number[];
    }
    return { status: 200, json: json(here, one) };
  }

  /** Asked of the project that has the branch. */
  function open(
    from: GitlabProject,
    { title, source_branch, target_branch, target_project_id, description }: Asked['body'],
  ): Reply {
    const target = find(String(target_project_id ?? from.id));
    if (!target) return missing('Project');
    if (target.archived) return { status: 403, json: { message: '403 Forbidden' } };
    if (tipOf(from.folder, String(source_branch)) === undefined) {
      return { status: 422, json: { message: ['Source branch does not exist'] } };
    }
    const standing = target.requests.find(
      (one) => one.state === 'opened' && one.branch === source_branch && one.from === from.id,
    );
    if (standing) {
      return {
        status: 409,
        json: { message: [`Another open merge request already exists for this source branch: !${standing.iid}`] },
      };
    }
    const made: GitlabRequest = {
      iid: target.requests.length + 1,
      title: String(title),
      description: String(description ?? ''),
      state: 'opened',
      branch: String(source_branch),
      from: from.id,
      base: String(target_branch),
      labels: new Set(),
      reviewers: [],
      assignees: [],
    };
    target.requests.push(made);
    return { status: 201, json: json(target, made) };
  }

  function fork(here: GitlabProject): Reply {
    const path = `${LOGIN}/${here.path.split('/').at(-1)}`;
    if (find(path)) {
      return { status: 409, json: { message: { name: ['has already been taken'], path: ['has already been taken'] } } };
    }
    const made = add(path, { parent: here.id });
    made.unfinished = 2;
    return { status: 201, json: project(made) };
  }

  const under = (group: string): unknown[] => projects.filter(({ path }) => path.startsWith(`${group}/`)).map(project);

  function project(one: GitlabProject): Record<string, unknown> {
    const source = projects.find(({ id }) => id === one.parent);
    return {
      id: one.id,
      name: one.path.split('/').at(-1),
      path: one.path.split('/').at(-1),
      path_with_namespace: one.path,
      web_url: `${rest.origin}/${one.path}`,
      http_url_to_repo: one.cloneUrl ?? `${rest.origin}/${one.path}.git`,
      default_branch: 'main',
      archived: one.archived,
      empty_repo: tipOf(one.folder, 'main') === undefined,
      import_status: one.unfinished-- > 0 ? 'started' : source ? 'finished' : 'none',
      permissions: {
        project_access: { access_level: 30, notification_level: 3 },
        group_access: { access_level: 10, notification_level: 3 },
      },
      ...(source && { forked_from_project: { id: source.id, path_with_namespace: source.path } }),
    };
  }

  function json(here: GitlabProject, one: GitlabRequest): Record<string, unknown> {
    const from = projects.find(({ id }) => id === one.from);
    return {
      id: 1000 + one.iid,
      iid: one.iid,
      project_id: here.id,
      title: one.title,
      description: one.description,
      state: one.state,
      created_at: WHEN,
      updated_at: WHEN,
      web_url: `${rest.origin}/${here.path}/-/merge_requests/${one.iid}`,
      sha: (from && tipOf(from.folder, one.branch)) ?? '0'.repeat(40),
      draft: /^(?:draft:|\[draft\])/i.test(one.title),
      source_branch: one.branch,
      target_branch: one.base,
      // The package holds a fork to stand for ever; GitLab says null when it is gone.
      ...(one.from !== null && { source_project_id: one.from }),
      target_project_id: here.id,
      labels: [...one.labels],
      reviewers: one.reviewers.map(user),
      assignees: one.assignees.map(user),
    };
  }

  function user(id: number): Record<string, unknown> {
    return { id, username: users[id - 1], name: users[id - 1], state: 'active', web_url: 'x', avatar_url: 'x' };
  }

  return {
    ...rest,
    projects,
    groups,
    users,
    at: (path) => find(encodeURIComponent(path))!,
    add,
    close: async () => {
      await rest.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function held(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '));
}

const missing = (what: string): Reply => ({ status: 404, json: { message: `404 ${what} Not Found` } });

function paged(query: URLSearchParams, items: readonly unknown[]): Reply {
  const size = Math.min(100, Number(query.get('per_page') ?? 20));
  const page = Number(query.get('page') ?? 1);
  const part = items.slice((page - 1) * size, page * size);
  return { status: 200, json: part, headers: { 'x-page': String(page), 'x-per-page': String(size) } };
}
