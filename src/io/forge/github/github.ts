// GitHub (github.com and Enterprise) through its REST interface.

import { type Forge, ForgeProblem, type ForgeRepository, type NewPullRequest } from '../forge.ts';
import type { ForgeAccess } from '../forgePlaces.ts';
import {
  ANY,
  BRANCHES,
  FOUND,
  type GithubRepository,
  githubPullRequest,
  githubRepository,
  PULL,
  PULLS,
  REPOSITORIES,
  REPOSITORY,
  USER,
} from './githubAnswers.ts';
import { githubChecks } from './githubChecks.ts';
import { decorateGithub } from './githubDecorate.ts';
import { githubFork, ownForkOf } from './githubFork.ts';
import { type AskGithub, githubPages, githubRequests } from './githubRequest.ts';

/** More than this GitHub's search does not give. */
const MOST_FOUND = 1000;

/**
 * A client of the GitHub at `access.api`; nothing is asked yet. `access.ready` is awaited before every request, and `access.backOff` is told
 * when GitHub wants to be left alone (403 or 429 with Retry-After, a spent limit, a secondary limit). Throws `ForgeProblem` ('denied') for
 * what cannot be a token.
 */
export async function githubForge(access: ForgeAccess): Promise<Forge> {
  const { api } = access;
  const ask = await githubRequests(access);
  const whole = async (answer: GithubRepository, signal: AbortSignal): Promise<ForgeRepository> =>
    githubRepository(answer, { api, empty: answer.size === 0 && (await isEmpty(ask, answer.full_name, signal)) });
  return {
    kind: 'github',
    async repository(path, signal) {
      try {
        return await whole(
          (await ask('GET /repos/{owner}/{repo}', ownerAndName(path), REPOSITORY, signal)).data,
          signal,
        );
      } catch (error) {
        if (error instanceof ForgeProblem && error.kind === 'missing') return undefined;
        throw error;
      }
    },
    async *list(of, signal) {
      const pages = 'owner' in of ? owned(ask, of.owner, signal) : found(ask, of.search, signal);
      for await (const page of pages) {
        for (const answer of page) yield await whole(answer, signal);
      }
    },
    async find(path, { from, branch }, signal) {
      const owner = ownerAndName(from).owner;
      const query = {
        ...ownerAndName(path),
        state: 'all',
        head: `${owner}:${branch}`,
        sort: 'created',
        direction: 'desc',
      };
      const all = [];
      for await (const page of githubPages(
        ask,
        { route: 'GET /repos/{owner}/{repo}/pulls', parameters: query, schema: PULLS },
        signal,
      )) {
        all.push(...page.map((answer) => githubPullRequest(answer, path)));
      }
      // a filter that GitHub does not understand it leaves out; and one owner may have two forks
      return all.filter((one) => one.branch === branch && sameName(one.from, from));
    },
    async get(path, number, signal) {
      const query = { ...ownerAndName(path), pull_number: number };
      const { data } = await ask('GET /repos/{owner}/{repo}/pulls/{pull_number}', query, PULL, signal);
      return githubPullRequest(data, path);
    },
    async open(path, wanted, signal) {
      const { data } = await ask('POST /repos/{owner}/{repo}/pulls', creation(path, wanted), PULL, signal);
      return githubPullRequest(data, path);
    },
    async update(path, number, change, signal) {
      const query = { ...ownerAndName(path), pull_number: number, ...change };
      await ask('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', query, ANY, signal);
    },
    decorate: (path, number, wanted, signal) => decorateGithub({ ask, ...ownerAndName(path), number, wanted }, signal),
    checks: (path, commit, signal) => githubChecks({ ask, ...ownerAndName(path), commit }, signal),
    async ownFork(path, signal) {
      const original = (await ask('GET /repos/{owner}/{repo}', ownerAndName(path), REPOSITORY, signal)).data;
      const fork = await ownForkOf(ask, original, signal);
      return fork && whole(fork, signal);
    },
    async fork(path, signal) {
      return whole(await githubFork({ ask, ...ownerAndName(path) }, signal), signal);
    },
  };
}

function ownerAndName(path: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = '', ...more] = path.split('/');
  if (owner === '' || repo === '' || more.length > 0) {
    throw new ForgeProblem('refused', 'A repository of GitHub is named as owner/name.');
  }
  return { owner, repo };
}

function creation(path: string, { branch, from, base, title, body, draft }: NewPullRequest) {
  const [into, has] = [ownerAndName(path), ownerAndName(from)];
  const head = sameName(path, from) ? branch : `${has.owner}:${branch}`;
  // two repositories of one network with one owner: the owner alone does not say which
  const which = !sameName(path, from) && sameName(into.owner, has.owner) ? { head_repo: has.repo } : {};
  return { ...into, head, ...which, base, title, body, draft };
}

/** GitHub's names do not tell upper from lower case. */
function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function* owned(ask: AskGithub, owner: string, signal: AbortSignal): AsyncGenerator<readonly GithubRepository[]> {
  const { data } = await ask('GET /users/{username}', { username: owner }, USER, signal);
  if (data.type === 'Organization') {
    const parameters = { org: owner, type: 'all', sort: 'full_name' };
    yield* githubPages(ask, { route: 'GET /orgs/{org}/repos', parameters, schema: REPOSITORIES }, signal);
  } else if (await isOwnLogin(ask, owner, signal)) {
    // the one list that has a user's own private repositories
    const parameters = { affiliation: 'owner', sort: 'full_name' };
    yield* githubPages(ask, { route: 'GET /user/repos', parameters, schema: REPOSITORIES }, signal);
  } else {
    const parameters = { username: owner, type: 'owner', sort: 'full_name' };
    yield* githubPages(ask, { route: 'GET /users/{username}/repos', parameters, schema: REPOSITORIES }, signal);
  }
}

async function isOwnLogin(ask: AskGithub, owner: string, signal: AbortSignal): Promise<boolean> {
  try {
    return sameName((await ask('GET /user', {}, USER, signal)).data.login, owner);
  } catch (error) {
    // no token, or one of an installation, which is no user
    if (error instanceof ForgeProblem && error.kind === 'denied') return false;
    throw error;
  }
}

async function* found(
  ask: AskGithub,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<readonly GithubRepository[]> {
  const parameters = { q: search, sort: 'updated', order: 'desc' };
  const pages = githubPages(ask, { route: 'GET /search/repositories', parameters, schema: FOUND }, signal);
  for await (const { total_count, incomplete_results, items } of pages) {
    if (total_count > MOST_FOUND) {
      const message = `The search finds ${total_count} repositories, and GitHub gives the first ${MOST_FOUND} only: narrow it.`;
      throw new ForgeProblem('refused', message);
    }
    if (incomplete_results) throw new ForgeProblem('again', 'The search took GitHub too long, and not all was found.');
    yield items;
  }
}

/** Asked only where the size is 0, which small ones have too. */
async function isEmpty(ask: AskGithub, path: string, signal: AbortSignal): Promise<boolean> {
  const query = { ...ownerAndName(path), per_page: 1 };
  return (await ask('GET /repos/{owner}/{repo}/branches', query, BRANCHES, signal)).data.length === 0;
}
