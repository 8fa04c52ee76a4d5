// GitLab: merge requests, groups with their subgroups, and pipelines, through its maintained client.

import { askerOf } from '../asking.ts';
import { type Forge, ForgeProblem, type ForgeRepository, type PullRequest } from '../forge.ts';
import { type ForgeAccess, placeOfApi } from '../forgePlaces.ts';
import { asForgeProblem, eachOf, unlessMissing, waitFor } from '../waiting.ts';
import { gitlabClient } from './gitlabClient.ts';
import {
  gitlabChecks,
  gitlabPullRequest,
  gitlabRepository,
  gitlabTitle,
  type MergeRequestShape,
  type ProjectShape,
} from './gitlabShapes.ts';

const PAGE = 100;
const FORK_TRIES = 60;
const LONGEST_FORK_PAUSE_MILLISECONDS = 5000;

/** A client of the GitLab at `access.api` (`https://host/api/v4`). Nothing is asked yet. */
export async function gitlabForge(access: ForgeAccess): Promise<Forge> {
  const place = placeOfApi('gitlab', new URL(access.api));
  const { host } = place;
  const client = await gitlabClient(access, askerOf('gitlab', access));
  const userIds = new Map<string, Promise<number>>();
  const calm = <T>(work: () => Promise<T>): Promise<T> => asForgeProblem(host, work);

  const project = (path: string | number, signal: AbortSignal): Promise<ProjectShape> =>
    client(signal).projects.show(path);

  /** The projects that take part in a merge request: its own and, where it comes from a fork, that one. */
  async function fromOf(mine: string, request: MergeRequestShape, signal: AbortSignal): Promise<string> {
    if (request.source_project_id === request.target_project_id) return mine;
    // A fork that is gone has no id, or one that leads nowhere.
    if (request.source_project_id === null) return '';
    return (await unlessMissing(project(request.source_project_id, signal)))?.path_with_namespace ?? '';
  }

  async function* pages<T>(ask: (page: number) => Promise<readonly T[]>): AsyncIterable<T> {
    for (let page = 1; ; page++) {
      const items = await ask(page);
      yield* items;
      if (items.length < PAGE) return;
    }
  }

  /** The projects of a group and its subgroups or, where there is no such group, of a user. */
  async function* owned(owner: string, signal: AbortSignal): AsyncIterable<ProjectShape> {
    const order = { orderBy: 'id', sort: 'asc', perPage: PAGE } as const;
    const ofGroup = (page: number): Promise<readonly ProjectShape[]> =>
      client(signal).groups.allProjects(owner, { ...order, page, includeSubgroups: true, withShared: false });
    const first = await unlessMissing(ofGroup(1));
    if (first === undefined) {
      if (owner.includes('/')) throw new ForgeProblem('missing', `${host} has no group ${owner}, or hides it from us`);
      return yield* pages((page) => client(signal).users.allProjects<false, 'offset'>(owner, { ...order, page }));
    }
    yield* pages((page) => (page === 1 ? Promise.resolve(first) : ofGroup(page)));
  }

  function userId(name: string, signal: AbortSignal): Promise<number> {
    const known = userIds.get(name);
    if (known) return known;
    const found = client(signal)
      .users.all({ username: name, perPage: 1 })
      .then((users) => {
        const user = users.find(({ username }) => username.toLowerCase() === name.toLowerCase());
        if (!user) throw new ForgeProblem('refused', `${host} has no user ${name}`);
        return user.id;
      });
    userIds.set(name, found);
    // Only an answer is worth keeping.
    found.catch(() => userIds.delete(name));
    return found;
  }

  /** The ids to set, or undefined when all of `wanted` are there already. */
  async function withMissing(
    there: MergeRequestShape['reviewers'],
    wanted: readonly string[],
    signal: AbortSignal,
  ): Promise<number[] | undefined> {
    const names = new Set((there ?? []).map(({ username }) => username.toLowerCase()));
    const missing = wanted.filter((name) => !names.has(name.toLowerCase()));
    if (missing.length === 0) return undefined;
    const ids = await Promise.all(missing.map((name) => userId(name, signal)));
    return [...new Set([...(there ?? []).map(({ id }) => id), ...ids])];
  }

  async function ownFork(source: ProjectShape, signal: AbortSignal): Promise<ProjectShape | undefined> {
    const { username } = await client(signal).users.showCurrentUser();
    const sameName = await unlessMissing(project(`${username}/${source.path}`, signal));
    if (sameName?.forked_from_project?.id === source.id) return sameName;
    const forks: readonly ProjectShape[] = await client(signal).projects.allForks(source.id, { owned: true });
    const mine = (fork: ProjectShape): boolean =>
      fork.path_with_namespace.toLowerCase().startsWith(`${username.toLowerCase()}/`);
    return forks.find(mine);
  }

  return {
    kind: 'gitlab',

    repository: (path, signal) =>
      calm(async () => {
        const found = await unlessMissing(project(path, signal));
        return found && gitlabRepository(found, place);
      }),

    async *list(of, signal) {
      const found =
        'owner' in of
          ? owned(of.owner, signal)
          : pages<ProjectShape>((page) =>
              client(signal).projects.all<false, 'offset'>({
                search: of.search,
                searchNamespaces: true,
                orderBy: 'id',
                sort: 'asc',
                perPage: PAGE,
                page,
              }),
            );
      yield* eachOf(host, found, (answer) => gitlabRepository(answer, place));
    },

    find: (path, { from, branch }, signal) =>
      calm(async () => {
        const fork = from.toLowerCase() === path.toLowerCase() ? undefined : await unlessMissing(project(from, signal));
        const found: PullRequest[] = [];
        const all = pages<MergeRequestShape>((page) =>
          client(signal).mergeRequests.all({
            projectId: path,
            sourceBranch: branch,
            scope: 'all',
            orderBy: 'created_at',
            sort: 'desc',
            perPage: PAGE,
            page,
          }),
        );
        for await (const request of all) {
          const isSame = request.source_project_id === (fork ? fork.id : request.target_project_id);
          if (isSame && (fork || from.toLowerCase() === path.toLowerCase()))
            found.push(gitlabPullRequest(request, from));
        }
        return found;
      }),

    get: (path, number, signal) =>
      calm(async () => {
        const request: MergeRequestShape = await client(signal).mergeRequests.show(path, number);
        return gitlabPullRequest(request, await fromOf(path, request, signal));
      }),

    open: (path, wanted, signal) =>
      calm(async () => {
        const isFork = wanted.from.toLowerCase() !== path.toLowerCase();
        // It is asked of the project that has the branch, for the project that gets it.
        const target = isFork ? { targetProjectId: (await project(path, signal)).id } : {};
        const title = gitlabTitle(wanted);
        const request: MergeRequestShape = await client(signal).mergeRequests.create(
          wanted.from,
          wanted.branch,
          wanted.base,
          title,
          {
            ...target,
            description: wanted.body,
          },
        );
        return gitlabPullRequest(request, wanted.from);
      }),

    update: (path, number, { title, body, state }, signal) =>
      calm(async () => {
        // The draft state stands in the title: a new one must not end it.
        const isDraft = title !== undefined && ((await client(signal).mergeRequests.show(path, number)).draft ?? false);
        await client(signal).mergeRequests.edit(path, number, {
          ...(title !== undefined && { title: gitlabTitle({ title, draft: isDraft }) }),
          ...(body !== undefined && { description: body }),
          ...(state === 'closed' && { stateEvent: 'close' }),
        });
      }),

    decorate: (path, number, { labels, reviewers, assignees }, signal) =>
      calm(async () => {
        if (labels.length + reviewers.length + assignees.length === 0) return;
        const request: MergeRequestShape = await client(signal).mergeRequests.show(path, number);
        const missing = labels.filter((label) => !request.labels.includes(label));
        const reviewerIds = await withMissing(request.reviewers, reviewers, signal);
        const assigneeIds = await withMissing(request.assignees, assignees, signal);
        if (missing.length === 0 && !reviewerIds && !assigneeIds) return;
        await client(signal).mergeRequests.edit(path, number, {
          // GitLab makes a label that it does not have.
          ...(missing.length > 0 && { addLabels: missing.join(',') }),
          ...(reviewerIds && { reviewerIds }),
          ...(assigneeIds && { assigneeIds }),
        });
      }),

    checks: (path, commit, signal) =>
      calm(async () =>
        gitlabChecks(
          await client(signal).pipelines.all(path, {
            sha: commit,
            orderBy: 'id',
            sort: 'desc',
            perPage: PAGE,
            page: 1,
          }),
        ),
      ),

    ownFork: (path, signal) =>
      calm(async () => {
        const fork = await ownFork(await project(path, signal), signal);
        return fork && gitlabRepository(fork, place);
      }),

    fork: (path, signal) =>
      calm(async (): Promise<ForgeRepository> => {
        const source = await project(path, signal);
        let fork = await ownFork(source, signal);
        fork ??= await client(signal).projects.fork(source.id, {});
        for (let tries = 0; tries < FORK_TRIES; tries++) {
          if (fork.import_status === 'finished' || fork.import_status === 'none') return gitlabRepository(fork, place);
          if (fork.import_status === 'failed')
            throw new ForgeProblem('refused', `${host} could not make a fork of ${path}`);
          await waitFor(Math.min(LONGEST_FORK_PAUSE_MILLISECONDS, 250 * (tries + 1)), signal);
          fork = await project(fork.id, signal);
        }
        throw new ForgeProblem('again', `${host} is still making the fork of ${path}`);
      }),
  };
}
