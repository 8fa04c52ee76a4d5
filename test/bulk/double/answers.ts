// What the double answers, as GitHub's API description wants it: its own examples with our state laid over them.

import { type DoublePull, type DoubleRepository, isEmpty, type State, tipOf } from './state.ts';

export type Json = Record<string, unknown>;

/** What of the simulator's context is used. */
export interface Context {
  readonly request: {
    readonly params: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly requestBody: Json;
  };
  readonly api: { mockResponseForOperation(operation: string): { readonly mock: unknown } };
}

/** GitHub's example of what an operation answers. */
export function exampleOf(context: Context, operation: string): Json {
  const { mock } = context.api.mockResponseForOperation(operation);
  const one = Array.isArray(mock) ? (mock[0] as unknown) : mock;
  return structuredClone(one) as Json;
}

/** A person, or an organisation. */
export function userJson(login: string, state: State): Json {
  const url = `https://example.org/${login}`;
  return {
    ...{ login, id: 1 + login.length, node_id: 'MDQ6VXNlcjE=', avatar_url: url, gravatar_id: '', url, html_url: url },
    ...{ followers_url: url, following_url: url, gists_url: url, starred_url: url, subscriptions_url: url },
    ...{ organizations_url: url, repos_url: url, events_url: url, received_events_url: url },
    ...{ type: state.organisations.has(login) ? 'Organization' : 'User', site_admin: false },
  };
}

/** A repository, whole. `gitOrigin`: where it is cloned from. */
export async function repositoryJson(
  context: Context,
  repository: DoubleRepository,
  { state, gitOrigin }: { readonly state: State; readonly gitOrigin: string },
): Promise<Json> {
  const [owner = '', name = ''] = repository.path.split('/');
  const hasNothing = !repository.nameOnly && isEmpty(repository.folder);
  const { template_repository, organization, parent, source, temp_clone_token, ...example } = exampleOf(
    context,
    'repos/get',
  );
  const parent_ = repository.parent === undefined ? undefined : state.repositories.get(repository.parent.toLowerCase());
  const above = parent_ ? await repositoryJson(context, parent_, { state, gitOrigin }) : undefined;
  return {
    ...example,
    ...{ id: repository.id, name, full_name: repository.path, owner: userJson(owner, state) },
    ...{
      html_url: `${gitOrigin}/${repository.path}`,
      clone_url: repository.cloneUrl ?? `${gitOrigin}/${repository.path}.git`,
    },
    ...{ archived: repository.archived, disabled: false, fork: repository.parent !== undefined, private: false },
    ...{ default_branch: 'main', language: null, size: hasNothing ? 0 : 12, has_discussions: false },
    permissions: { pull: true, push: repository.mayPush, admin: false },
    ...(above ? { parent: above, source: above } : {}),
  };
}

/** A pull request, whole or as a list has it. */
export async function pullJson(
  context: Context,
  operation: 'pulls/get' | 'pulls/list',
  {
    pull,
    into,
    state,
    gitOrigin,
  }: {
    readonly pull: DoublePull;
    readonly into: DoubleRepository;
    readonly state: State;
    readonly gitOrigin: string;
  },
): Promise<Json> {
  const from = state.repositories.get(pull.from.toLowerCase());
  const [owner = ''] = pull.from.split('/');
  const [intoOwner = ''] = into.path.split('/');
  const url = `${gitOrigin}/${into.path}/pull/${pull.number}`;
  const example = exampleOf(context, operation);
  const users = (logins: readonly string[]) => logins.map((login) => userJson(login, state));
  const repo = async (one: DoubleRepository) => {
    const { parent, source, ...json } = await repositoryJson(context, one, { state, gitOrigin });
    return json;
  };
  const zero = '0'.repeat(40);
  return {
    ...example,
    ...{ number: pull.number, html_url: url, state: pull.state, title: pull.title, body: pull.body, draft: pull.draft },
    ...{ user: userJson(state.login, state), assignee: null, assignees: users(pull.assignees), milestone: null },
    requested_reviewers: users(pull.reviewers.filter((name) => !name.includes('/'))),
    ...{ requested_teams: [], labels: pull.labels.map((name) => labelJson(name)) },
    merged_at: pull.merged ? '2026-01-01T00:00:00Z' : null,
    closed_at: pull.state === 'closed' ? '2026-01-01T00:00:00Z' : null,
    ...('merged' in example ? { merged: pull.merged } : {}),
    head: {
      label: `${owner}:${pull.branch}`,
      ref: pull.branch,
      sha: await headOf(state, pull),
      user: userJson(owner, state),
      repo: from ? await repo(from) : null,
    },
    base: {
      label: `${intoOwner}:${pull.base}`,
      ref: pull.base,
      sha: (await tipOf(into.folder, pull.base)) ?? zero,
      user: userJson(intoOwner, state),
      repo: await repo(into),
    },
  };
}

async function headOf(state: State, pull: DoublePull): Promise<string> {
  const from = state.repositories.get(pull.from.toLowerCase());
  const live = pull.state === 'open' && from ? await tipOf(from.folder, pull.branch) : undefined;
  if (live !== undefined) pull.head = live;
  return pull.head;
}

export function labelJson(name: string): Json {
  const url = 'https://example.org/label';
  return { id: 1, node_id: 'MDU6TGFiZWwx', url, name, description: 'A label', color: 'ededed', default: false };
}

/** An event of an issue's history, as `issues/list-events` gives it. */
export function eventJson({ event, of }: DoublePull['events'][number], index: number, state: State): Json {
  const actor = userJson(state.login, state);
  const common = {
    ...{ id: index + 1, node_id: 'MDEyOkxhYmVsZWRFdmVudDE=', url: 'https://example.org/event', actor, event },
    ...{ commit_id: null, commit_url: null, created_at: '2026-01-01T00:00:00Z', performed_via_github_app: null },
  };
  if (event.endsWith('labeled')) return { ...common, label: { name: of, color: 'ededed' } };
  if (event.endsWith('assigned')) return { ...common, assignee: userJson(of, state), assigner: actor };
  const [, team] = of.split('/');
  const who = team === undefined ? { requested_reviewer: userJson(of, state) } : { requested_team: teamJson(team) };
  return { ...common, review_requester: actor, ...who };
}

function teamJson(slug: string): Json {
  const url = 'https://example.org/team';
  return {
    ...{ id: 1, node_id: 'MDQ6VGVhbTE=', name: slug, slug, description: null, url, html_url: url, members_url: url },
    ...{ repositories_url: url, permission: 'pull', parent: null, type: 'organization', privacy: 'closed' },
  };
}
