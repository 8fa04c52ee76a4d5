// The token's user's own fork of a repository on GitHub: found, or made and waited for.

import { ForgeProblem } from '../forge.ts';
import { waitFor } from '../waiting.ts';
import { ANY, BRANCH, BRANCHES, type GithubRepository, REPOSITORY, USER } from './githubAnswers.ts';
import type { AskGithub } from './githubRequest.ts';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
/** GitHub's own limit for a fork to be there. */
const LONGEST_WAIT = 300_000;

interface GithubProject {
  readonly ask: AskGithub;
  readonly owner: string;
  readonly repo: string;
}

/** Its default branch has what the original's has, where that is possible without losing anything. Throws `ForgeProblem`. */
export async function githubFork({ ask, owner, repo }: GithubProject, signal: AbortSignal): Promise<GithubRepository> {
  const original = (await ask('GET /repos/{owner}/{repo}', { owner, repo }, REPOSITORY, signal)).data;
  const standing = await ownForkOf(ask, original, signal);
  if (standing) {
    await followFork(ask, original, standing, signal);
    return standing;
  }
  // accepted at once, and there later; asked twice it gives the one that there is
  const query = { owner, repo, default_branch_only: true };
  const made = (await ask('POST /repos/{owner}/{repo}/forks', query, REPOSITORY, signal)).data;
  return untilThere(ask, made, signal);
}

/** The one that stands, as it is. Throws `ForgeProblem`. */
export async function ownForkOf(
  ask: AskGithub,
  original: GithubRepository,
  signal: AbortSignal,
): Promise<GithubRepository | undefined> {
  const { login } = (await ask('GET /user', {}, USER, signal)).data;
  const [, repo = ''] = original.full_name.split('/');
  const standing = await namedFork({ ask, owner: login, repo }, signal);
  return standing && isForkOf(standing, original.full_name) ? standing : undefined;
}

async function untilThere(ask: AskGithub, fork: GithubRepository, signal: AbortSignal): Promise<GithubRepository> {
  const [owner = '', repo = ''] = fork.full_name.split('/');
  let pause = FIRST_PAUSE;
  for (let waited = 0; waited < LONGEST_WAIT; waited += pause) {
    const found = await namedFork({ ask, owner, repo }, signal);
    if (found && (await branchesOf({ ask, owner, repo }, signal)) > 0) return found;
    pause = Math.min(pause * 2, LONGEST_PAUSE);
    await waitFor(pause, signal);
  }
  throw new ForgeProblem('again', `The fork ${fork.full_name} was asked for and is not there yet.`);
}

async function namedFork(
  { ask, owner, repo }: GithubProject,
  signal: AbortSignal,
): Promise<GithubRepository | undefined> {
  try {
    return (await ask('GET /repos/{owner}/{repo}', { owner, repo }, REPOSITORY, signal)).data;
  } catch (error) {
    if (error instanceof ForgeProblem && error.kind === 'missing') return undefined;
    throw error;
  }
}

async function branchesOf({ ask, owner, repo }: GithubProject, signal: AbortSignal): Promise<number> {
  return (await ask('GET /repos/{owner}/{repo}/branches', { owner, repo, per_page: 1 }, BRANCHES, signal)).data.length;
}

function isForkOf({ fork, parent, source }: GithubRepository, path: string): boolean {
  const of = [parent?.full_name, source?.full_name].map((name) => name?.toLowerCase());
  return fork && of.includes(path.toLowerCase());
}

/** A fork that has fallen behind lacks the commit that the fixes start from, and a shallow push to it would be refused. */
async function followFork(
  ask: AskGithub,
  original: GithubRepository,
  fork: GithubRepository,
  signal: AbortSignal,
): Promise<void> {
  const branch = original.default_branch;
  const [wanted, has] = await Promise.all([tip(ask, original, branch, signal), tip(ask, fork, branch, signal)]);
  if (wanted === undefined || has === undefined || wanted === has) return;
  const [owner = '', repo = ''] = fork.full_name.split('/');
  try {
    await ask('POST /repos/{owner}/{repo}/merge-upstream', { owner, repo, branch }, ANY, signal);
  } catch (error) {
    // its owner has commits of his own there: the push will show whether they matter
    if (!(error instanceof ForgeProblem) || error.kind === 'again' || error.kind === 'limited') throw error;
  }
}

async function tip(ask: AskGithub, { full_name }: GithubRepository, branch: string, signal: AbortSignal) {
  const [owner = '', repo = ''] = full_name.split('/');
  try {
    const query = { owner, repo, branch };
    return (await ask('GET /repos/{owner}/{repo}/branches/{branch}', query, BRANCH, signal)).data.commit.sha;
  } catch (error) {
    if (error instanceof ForgeProblem && error.kind === 'missing') return undefined;
    throw error;
  }
}
