// Gitea and Forgejo: pull requests, organisations, labels and commit states, through Gitea's maintained client.

import type { PullRequest as GiteaPullRequest, HttpResponse, Repository } from 'gitea-js';
import { askerOf } from '../asking.ts';
import { type Forge, ForgeProblem, type ForgeRepository } from '../forge.ts';
import { type ForgeAccess, placeOfApi } from '../forgePlaces.ts';
import { asForgeProblem, eachOf, unlessMissing, waitFor } from '../waiting.ts';
import { giteaClient } from './giteaClient.ts';
import { giteaDecorator } from './giteaDecorate.ts';
import { pagesOf } from './giteaPages.ts';
import { fromOf, giteaBranch, giteaPullRequest, giteaRepository, giteaTitle } from './giteaShapes.ts';

const FORK_TRIES = 60;
const LONGEST_FORK_PAUSE_MILLISECONDS = 5000;

/** A client of the Gitea or Forgejo at `access.api` (`https://host/api/v1`). Nothing is asked yet. */
export async function giteaForge(access: ForgeAccess): Promise<Forge> {
  const place = placeOfApi('gitea', new URL(access.api));
  const { host } = place;
  const api = await giteaClient(access, askerOf('gitea', access));
  const decorate = giteaDecorator(api);
  const calm = <T>(work: () => Promise<T>): Promise<T> => asForgeProblem(host, work);

  /** Owner and name, ready for a path. */
  function names(path: string): [owner: string, name: string] {
    const [owner = '', name = '', ...more] = path.split('/');
    if (owner === '' || name === '' || more.length > 0) {
      throw new ForgeProblem('missing', `${host} has no repository ${path}: it is named as owner/name`);
    }
    return [encodeURIComponent(owner), encodeURIComponent(name)];
  }

  async function repositoryAt(path: string, signal: AbortSignal): Promise<Repository | undefined> {
    return (await unlessMissing(api.repos.repoGet(...names(path), { signal })))?.data;
  }

  /** The repositories of an organisation or, where there is none of that name, of a user. */
  async function* owned(owner: string, signal: AbortSignal): AsyncIterable<Repository> {
    const name = encodeURIComponent(owner);
    const ofOrganisation = (query: { page: number; limit: number }): Promise<HttpResponse<Repository[]>> =>
      api.orgs.orgListRepos(name, query, { signal });
    const first = await unlessMissing(ofOrganisation({ page: 1, limit: 1 }));
    if (first) yield* pagesOf(ofOrganisation);
    else yield* pagesOf((query) => api.users.userListRepos(name, query, { signal }));
  }

  async function* searched(search: string, signal: AbortSignal): AsyncIterable<Repository> {
    yield* pagesOf(async (query) => {
      const { headers, data } = await api.repos.repoSearch(
        { q: search, sort: 'id', order: 'asc', ...query },
        { signal },
      );
      return { headers, data: data.data ?? [] };
    });
  }

  async function ownFork(source: Repository, signal: AbortSignal): Promise<Repository | undefined> {
    const path = source.full_name ?? '';
    const { data: user } = await api.user.userGetCurrent({ signal });
    const login = (user.login ?? '').toLowerCase();
    const sameName = await repositoryAt(`${login}/${path.slice(path.indexOf('/') + 1)}`, signal);
    if (sameName?.fork && sameName.parent?.full_name?.toLowerCase() === path.toLowerCase()) return sameName;
    for await (const fork of pagesOf((query) => api.repos.listForks(...names(path), query, { signal }))) {
      if (fork.owner?.login?.toLowerCase() === login) return fork;
    }
    return undefined;
  }

  return {
    kind: 'gitea',

    repository: (path, signal) =>
      calm(async () => {
        const found = await repositoryAt(path, signal);
        return found && giteaRepository(found, place);
      }),

    async *list(of, signal) {
      const found = 'owner' in of ? owned(of.owner, signal) : searched(of.search, signal);
      yield* eachOf(host, found, (answer) => giteaRepository(answer, place));
    },

    // Gitea cannot be asked for the pull requests of a branch: all of the repository are read.
    find: (path, { from, branch }, signal) =>
      calm(async () => {
        const found: GiteaPullRequest[] = [];
        const all = pagesOf((query) =>
          api.repos.repoListPullRequests(...names(path), { state: 'all', ...query }, { signal }),
        );
        for await (const request of all) {
          if (giteaBranch(request) !== branch) continue;
          if (fromOf(request).toLowerCase() === from.toLowerCase()) found.push(request);
        }
        return found.map(giteaPullRequest).sort((a, b) => b.number - a.number);
      }),

    get: (path, number, signal) =>
      calm(async () => giteaPullRequest((await api.repos.repoGetPullRequest(...names(path), number, { signal })).data)),

    open: (path, { branch, from, base, title, body, draft }, signal) =>
      calm(async () => {
        const isFork = from.toLowerCase() !== path.toLowerCase();
        const head = isFork ? `${from.slice(0, from.indexOf('/'))}:${branch}` : branch;
        const wanted = { head, base, title: giteaTitle({ title, draft }), body };
        return giteaPullRequest((await api.repos.repoCreatePullRequest(...names(path), wanted, { signal })).data);
      }),

    update: (path, number, { title, body, state }, signal) =>
      calm(async () => {
        // The draft state stands in the title: a new one must not end it.
        const before =
          title === undefined
            ? undefined
            : (await api.repos.repoGetPullRequest(...names(path), number, { signal })).data;
        const change = {
          ...(title !== undefined && { title: giteaTitle({ title, draft: before?.draft ?? false }) }),
          ...(body !== undefined && { body }),
          ...(state !== undefined && { state }),
        };
        await api.repos.repoEditPullRequest(...names(path), number, change, { signal });
      }),

    decorate: (path, number, wanted, signal) => calm(() => decorate(names(path), { number, ...wanted }, signal)),

    checks: (path, commit, signal) =>
      calm(async () => {
        const { data } = await api.repos.repoGetCombinedStatusByRef(
          ...names(path),
          encodeURIComponent(commit),
          {},
          { signal },
        );
        if (!data.total_count) return 'none';
        const state: string = data.state ?? '';
        if (state === 'success' || state === 'warning' || state === 'skipped') return 'green';
        return state === 'failure' || state === 'error' ? 'red' : 'pending';
      }),

    ownFork: (path, signal) =>
      calm(async () => {
        const source = await repositoryAt(path, signal);
        const fork = source && (await ownFork(source, signal));
        return fork && giteaRepository(fork, place);
      }),

    fork: (path, signal) =>
      calm(async (): Promise<ForgeRepository> => {
        const source = await repositoryAt(path, signal);
        if (!source) throw new ForgeProblem('missing', `${host} has no repository ${path}, or hides it from us`);
        let fork = await ownFork(source, signal);
        fork ??= (await api.repos.createFork(...names(path), {}, { signal })).data;
        for (let tries = 0; tries < FORK_TRIES; tries++) {
          if (fork && (!fork.empty || source.empty)) return giteaRepository(fork, place);
          await waitFor(Math.min(LONGEST_FORK_PAUSE_MILLISECONDS, 250 * (tries + 1)), signal);
          fork = await ownFork(source, signal);
        }
        throw new ForgeProblem('again', `${host} is still making the fork of ${path}`);
      }),
  };
}
