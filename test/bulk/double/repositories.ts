// What the double says of repositories, users, searches and checks, as GitHub says it.

import type { Context } from './answers.ts';
import { exampleOf, repositoryJson, userJson } from './answers.ts';
import { type Answer, failed, type Handler, type Here, page, repositoryAt } from './handlers.ts';
import { addRepository, branchesOf, type DoubleRepository, git, tipOf } from './state.ts';

/** Handlers by GitHub's name of the operation. */
export function repositoryHandlers(here: Here): Readonly<Record<string, Handler>> {
  const { state } = here;
  const list = async (context: Context, found: readonly DoubleRepository[]): Promise<Answer> => {
    const { items, headers } = page(context, here, found);
    return { status: 200, json: await Promise.all(items.map((one) => repositoryJson(context, one, here))), headers };
  };
  const owned = (owner: string | undefined) =>
    [...state.repositories.values()]
      .filter(({ path }) => path.startsWith(`${owner}/`))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  return {
    'repos/get': async (context) => {
      const repository = repositoryAt(here, context);
      return repository
        ? { status: 200, json: await repositoryJson(context, repository, here) }
        : failed(404, 'Not Found');
    },
    'repos/list-branches': async (context) => {
      const repository = repositoryAt(here, context);
      if (!repository) return failed(404, 'Not Found');
      if (repository.hidden-- > 0) return { status: 200, json: [] };
      const names = await branchesOf(repository.folder);
      return { status: 200, json: await Promise.all(names.map((name) => branchJson(repository, name))) };
    },
    'repos/get-branch': async (context, _request, response) => {
      const repository = repositoryAt(here, context);
      const { branch = '' } = context.request.params;
      const tip = repository && (await tipOf(repository.folder, branch));
      if (!repository || tip === undefined) return failed(404, 'Branch not found');
      response.status(200).json(await branchJson(repository, branch));
      return undefined;
    },
    'repos/list-for-org': (context) => list(context, owned(context.request.params.org)),
    'repos/list-for-user': (context) => list(context, owned(context.request.params.username)),
    'repos/list-for-authenticated-user': (context) => list(context, owned(state.login)),
    'users/get-by-username': async (context) => {
      const { username = '' } = context.request.params;
      if (owned(username).length === 0) return failed(404, 'Not Found');
      return { status: 200, json: { ...exampleOf(context, 'users/get-by-username'), ...userJson(username, state) } };
    },
    'users/get-authenticated': async (context) => ({
      status: 200,
      json: { ...exampleOf(context, 'users/get-authenticated'), ...userJson(state.login, state) },
    }),
    'search/repos': async (context) => {
      const { q = '' } = context.request.query;
      const found = [...state.repositories.values()].filter(({ path }) => path.includes(q));
      const { json, ...answer } = await list(context, found);
      const items = (json as object[]).map((one) => ({ ...one, score: 1 }));
      const total_count = q === 'everything' ? 4321 : found.length;
      return { ...answer, json: { total_count, incomplete_results: q === 'slow', items } };
    },
    'repos/create-fork': async (context) => {
      const parent = repositoryAt(here, context);
      if (!parent) return failed(404, 'Not Found');
      const path = `${state.login}/${parent.path.split('/')[1]}`;
      let fork = state.repositories.get(path.toLowerCase());
      if (!fork) {
        fork = await addRepository(state, path, { forkOf: parent.path });
        fork.hidden = 2;
        state.writes.push({ operation: 'repos/create-fork', path: parent.path });
      }
      return { status: 202, json: await repositoryJson(context, fork, here) };
    },
    'repos/merge-upstream': async (context) => {
      const fork = repositoryAt(here, context);
      const parent = fork?.parent === undefined ? undefined : state.repositories.get(fork.parent.toLowerCase());
      const { branch } = context.request.requestBody as { branch: string };
      if (!fork || !parent) return failed(422, 'Not a fork');
      try {
        await git(['-C', fork.folder, 'fetch', '-q', parent.folder, `${branch}:${branch}`]);
      } catch {
        return failed(409, 'There are merge conflicts');
      }
      state.writes.push({ operation: 'repos/merge-upstream', path: fork.path });
      return {
        status: 200,
        json: { message: 'Successfully fetched', merge_type: 'fast-forward', base_branch: branch },
      };
    },
    'repos/get-combined-status-for-ref': async (context, _request, response) => {
      const { ref = '' } = context.request.params;
      const statuses = state.checks.get(ref)?.statuses ?? [];
      const worst = ['failure', 'pending', 'success'].find((one) => statuses.includes(one)) ?? 'pending';
      response.status(200).json({ state: worst, sha: ref, total_count: statuses.length, statuses: [] });
      return undefined;
    },
    'checks/list-for-ref': async (context, _request, response) => {
      const runs = state.checks.get(context.request.params.ref ?? '')?.runs ?? [];
      const check_runs = runs.map(({ status, conclusion }, id) => ({ id, status, conclusion: conclusion ?? null }));
      response.status(200).json({ total_count: runs.length, check_runs });
      return undefined;
    },
  };
}

async function branchJson({ folder }: DoubleRepository, name: string) {
  const sha = (await tipOf(folder, name)) ?? '';
  return { name, commit: { sha, url: `https://example.org/${sha}` }, protected: false };
}
