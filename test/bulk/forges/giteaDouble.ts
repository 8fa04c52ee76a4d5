// A double of Gitea with state over real bare repositories; requests and answers are held against Gitea's own description.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type ts from 'typescript';
import { describedBy } from './described.ts';
import { type Asked, makeBare, type Reply, type Rest, startRest, tipOf } from './rest.ts';

export interface GiteaPull {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  merged: boolean;
  readonly branch: string;
  readonly from: string;
  readonly base: string;
  labels: number[];
  assignees: string[];
  reviewers: string[];
  teams: string[];
  reviewedBy: string[];
}

export interface GiteaRepository {
  path: string;
  readonly folder: string;
  archived: boolean;
  readonly parent?: string;
  /** What it says of where it is cloned from, where that is a lie. */
  cloneUrl?: string;
  readonly labels: { readonly id: number; readonly name: string }[];
  readonly pulls: GiteaPull[];
  readonly states: Map<string, string>;
}

export interface GiteaDouble extends Rest {
  readonly repositories: Map<string, GiteaRepository>;
  /** Labels by the organisation that has them. */
  readonly organisations: Map<string, { readonly id: number; readonly name: string }[]>;
  /** With `folder`: over a bare repository that stands already. */
  add(
    path: string,
    wish?: { archived?: boolean; isEmpty?: boolean; parent?: string; folder?: string },
  ): GiteaRepository;
}

export const TOKEN = 'gitea-t0ken-that-nobody-may-see';
const LOGIN = 'bot';

/** Starts it; `close` removes its repositories. */
export async function startGitea(): Promise<GiteaDouble> {
  const root = mkdtempSync(join(tmpdir(), 'gitea-double-'));
  const description = describedBy('gitea-js', 'index.d.mts');
  const repositories = new Map<string, GiteaRepository>();
  const organisations: GiteaDouble['organisations'] = new Map([['acme', [{ id: 900, name: 'of-the-organisation' }]]]);
  let lastId = 0;

  const add: GiteaDouble['add'] = (path, { archived = false, isEmpty = false, parent, folder: given } = {}) => {
    const folder = given ?? join(root, `${path.replace('/', '-')}.git`);
    const source = parent === undefined ? undefined : repositories.get(parent.toLowerCase());
    if (given === undefined && source) cpSync(source.folder, folder, { recursive: true });
    else if (given === undefined) makeBare(folder, { isEmpty });
    const made = {
      path,
      folder,
      archived,
      ...(parent !== undefined && { parent }),
      labels: [],
      pulls: [],
      states: new Map(),
    };
    repositories.set(path.toLowerCase(), made);
    return made;
  };

  const rest = await startRest(
    '/api/v1',
    (asked) => {
      const operation = description.operations.find(
        ({ method, path }) => method === asked.method && path.test(asked.path),
      );
      if (!operation) throw new Error(`Gitea has no ${asked.method} ${asked.path}`);
      const unknown = [...asked.query.keys()].filter((name) => !operation.query.includes(name));
      if (unknown.length > 0) throw new Error(`Gitea has no ${unknown.join(', ')} for ${asked.path}`);
      if (operation.body) held(description.problems(operation.body, asked.body));
      if (asked.headers.authorization !== `Bearer ${TOKEN}`)
        return { status: 401, json: { message: 'token is required' } };
      const reply = answer(asked);
      if (reply.status < 300 && operation.answer)
        held(description.problems(operation.answer as ts.TypeNode, reply.json));
      return reply;
    },
    { token: TOKEN, folderOf: (path) => repositories.get(path.toLowerCase())?.folder },
  );

  function answer({ method, path, query, body }: Asked): Reply {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const [section, one, two, three, four, five] = parts;
    if (section === 'user') return { status: 200, json: user(LOGIN) };
    if (section === 'orgs') {
      const labels = organisations.get(one ?? '');
      if (!labels) return missing();
      return paged(query, two === 'labels' ? labels : owned(one!));
    }
    if (section === 'users') return owned(one!).length > 0 ? paged(query, owned(one!)) : missing();
    if (section === 'repos' && one === 'search') {
      const found = [...repositories.values()].filter(({ path: name }) => name.includes(query.get('q') ?? ''));
      return {
        ...paged(query, found.map(repository)),
        json: { ok: true, data: paged(query, found.map(repository)).json },
      };
    }
    const here = repositories.get(`${one}/${two}`.toLowerCase());
    if (!here) return missing();
    if (here.path.toLowerCase() !== `${one}/${two}`.toLowerCase()) {
      const location = `/api/v1${path.replace(`/repos/${one}/${two}`, `/repos/${here.path}`)}`;
      return { status: 307, headers: { location } };
    }
    if (method !== 'GET' && here.archived) return { status: 423, json: { message: 'This repository is archived.' } };
    switch (`${method} ${three ?? ''}`) {
      case 'GET ':
        return { status: 200, json: repository(here) };
      case 'GET forks':
        return paged(query, [...repositories.values()].filter(({ parent }) => parent === here.path).map(repository));
      case 'POST forks':
        return fork(here);
      case 'GET labels':
        return paged(query, here.labels.map(label));
      case 'POST labels': {
        const made = { id: ++lastId, name: String(body.name) };
        here.labels.push(made);
        return { status: 201, json: label(made) };
      }
      case 'GET commits': {
        const state = here.states.get(four ?? '');
        const statuses = state === undefined ? [] : [{ id: 1, status: state, context: 'ci' }];
        return { status: 200, json: { sha: four, state: state ?? '', total_count: statuses.length, statuses } };
      }
      case 'POST issues':
        pull(here, four).labels.push(...(body.labels as number[]));
        return { status: 200, json: pull(here, four).labels.map((id) => label({ id, name: labelName(here, id) })) };
      default:
        return pulls({ method, query, body }, here, { number: four, part: five });
    }
  }

  function pulls(
    { method, query, body }: Pick<Asked, 'method' | 'query' | 'body'>,
    here: GiteaRepository,
    { number, part }: { readonly number: string | undefined; readonly part: string | undefined },
  ): Reply {
    if (number === undefined && method === 'GET')
      return paged(
        query,
        [...here.pulls].reverse().map((one) => pullJson(here, one)),
      );
    if (number === undefined) return open(here, body);
    const one = pull(here, number);
    if (part === 'reviews')
      return paged(
        query,
        one.reviewedBy.map((login) => ({ id: 1, state: 'APPROVED', user: user(login) })),
      );
    if (part === 'requested_reviewers') {
      one.reviewers.push(...((body.reviewers as string[] | undefined) ?? []));
      one.teams.push(...((body.team_reviewers as string[] | undefined) ?? []));
      return { status: 201, json: [] };
    }
    if (method === 'PATCH') {
      if (typeof body.title === 'string') one.title = body.title;
      if (typeof body.body === 'string') one.body = body.body;
      if (body.state === 'closed') one.state = 'closed';
      if (Array.isArray(body.assignees)) one.assignees = body.assignees as string[];
      return { status: 201, json: pullJson(here, one) };
    }
    return { status: 200, json: pullJson(here, one) };
  }

  function open(here: GiteaRepository, { head, base, title, body }: Asked['body']): Reply {
    const [owner, branch] = String(head).includes(':') ? String(head).split(':') : [undefined, String(head)];
    const from =
      owner === undefined
        ? here
        : [...repositories.values()].find((one) => one.parent === here.path && one.path.startsWith(`${owner}/`));
    if (!from || tipOf(from.folder, branch!) === undefined || tipOf(here.folder, String(base)) === undefined)
      return missing();
    const isSame = (one: GiteaPull): boolean => one.branch === branch && one.from === from.path && one.base === base;
    const standing = here.pulls.find((one) => one.state === 'open' && isSame(one));
    if (standing) {
      return {
        status: 409,
        json: { message: `pull request already exists for these targets [id: ${standing.number}]` },
      };
    }
    const made: GiteaPull = {
      number: here.pulls.length + 1,
      title: String(title),
      body: String(body),
      state: 'open',
      merged: false,
      branch: branch!,
      from: from.path,
      base: String(base),
      labels: [],
      assignees: [],
      reviewers: [],
      teams: [],
      reviewedBy: [],
    };
    here.pulls.push(made);
    return { status: 201, json: pullJson(here, made) };
  }

  function fork(here: GiteaRepository): Reply {
    const path = `${LOGIN}/${here.path.split('/')[1]}`;
    if (repositories.has(path)) return { status: 409, json: { message: 'repository is already forked by user' } };
    return { status: 202, json: repository(add(path, { parent: here.path })) };
  }

  const owned = (owner: string): unknown[] =>
    [...repositories.values()].filter(({ path }) => path.startsWith(`${owner}/`)).map(repository);

  function repository({ path, folder, archived, parent, cloneUrl }: GiteaRepository): Record<string, unknown> {
    const [owner, name] = path.split('/');
    const source = parent === undefined ? undefined : repositories.get(parent);
    return {
      id: 1,
      owner: user(owner!),
      name,
      full_name: path,
      archived,
      empty: tipOf(folder, 'main') === undefined,
      fork: parent !== undefined,
      parent: source ? repository(source) : null,
      default_branch: 'main',
      clone_url: cloneUrl ?? `${rest.origin}/${path}.git`,
      permissions: { admin: false, push: true, pull: true },
    };
  }

  function pullJson(here: GiteaRepository, one: GiteaPull): Record<string, unknown> {
    const from = repositories.get(one.from.toLowerCase());
    const tip = from && tipOf(from.folder, one.branch);
    return {
      number: one.number,
      html_url: `${rest.origin}/${here.path}/pulls/${one.number}`,
      title: one.title,
      body: one.body,
      state: one.state,
      merged: one.merged,
      draft: /^(?:WIP:|\[WIP\])/i.test(one.title),
      base: { label: one.base, ref: one.base, sha: tipOf(here.folder, one.base), repo: repository(here) },
      head: {
        label: one.branch,
        // As Gitea has it when the branch is gone.
        ref: tip === undefined ? `refs/pull/${one.number}/head` : one.branch,
        sha: tip ?? '0'.repeat(40),
        repo: from ? repository(from) : null,
      },
      labels: one.labels.map((id) => label({ id, name: labelName(here, id) })),
      assignees: one.assignees.map(user),
      requested_reviewers: one.reviewers.map(user),
      requested_reviewers_teams: one.teams.map((name) => ({ id: 1, name })),
    };
  }

  function labelName(here: GiteaRepository, id: number): string {
    return [...here.labels, ...(organisations.get(here.path.split('/')[0]!) ?? [])].find((one) => one.id === id)!.name;
  }

  return {
    ...rest,
    repositories,
    organisations,
    add,
    close: async () => {
      await rest.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function pull(here: GiteaRepository, number: string | undefined): GiteaPull {
  const found = here.pulls.find((one) => String(one.number) === number);
  if (!found) throw new Error(`no pull request ${number}`);
  return found;
}

function held(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('; '));
}

const user = (login: string): Record<string, unknown> => ({ id: 1, login });
const label = ({ id, name }: { readonly id: number; readonly name: string }): unknown => ({
  id,
  name,
  color: '3572a5',
});
const missing = (): Reply => ({ status: 404, json: { message: 'The target couldn’t be found.', url: 'x' } });

function paged(query: URLSearchParams, items: readonly unknown[]): Reply {
  const limit = Math.min(50, Number(query.get('limit') ?? 30));
  const at = (Number(query.get('page') ?? 1) - 1) * limit;
  return { status: 200, json: items.slice(at, at + limit), headers: { 'x-total-count': String(items.length) } };
}
