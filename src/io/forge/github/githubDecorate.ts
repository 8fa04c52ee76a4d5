// Labels, reviewers and assignees of a pull request on GitHub: each is given once, and what a person took away stays away.

import * as v from 'valibot';
import { ForgeProblem } from '../forge.ts';
import { ANY } from './githubAnswers.ts';
import { type AskGithub, githubPages } from './githubRequest.ts';

const NAMED = v.nullish(v.object({ login: v.string() }));
const EVENTS = v.array(
  v.object({
    event: v.nullish(v.string()),
    label: v.nullish(v.object({ name: v.nullish(v.string()) })),
    assignee: NAMED,
    requested_reviewer: NAMED,
    requested_team: v.nullish(v.object({ slug: v.string() })),
  }),
);

interface GithubIssue {
  readonly ask: AskGithub;
  readonly owner: string;
  readonly repo: string;
  readonly number: number;
}

interface GithubDecoration {
  readonly labels: readonly string[];
  /** Logins, and teams as `org/team`. */
  readonly reviewers: readonly string[];
  readonly assignees: readonly string[];
}

/**
 * Adds what was never there; the pull request's own history says what was. All is tried before what GitHub does not take is thrown as one
 * `ForgeProblem`.
 */
export async function decorateGithub(
  { wanted, ...where }: GithubIssue & { readonly wanted: GithubDecoration },
  signal: AbortSignal,
) {
  if (wanted.labels.length + wanted.reviewers.length + wanted.assignees.length === 0) return;
  const given = await givenTo(where, signal);
  const left = (kind: keyof GithubDecoration): string[] =>
    wanted[kind].filter((name) => !given[kind].has(keyOf(kind, name)));
  const problems: ForgeProblem[] = [];
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ForgeProblem) || error.kind === 'again' || error.kind === 'limited') throw error;
      problems.push(error);
    }
  };
  const labels = left('labels');
  if (labels.length > 0) await attempt(() => addLabels(where, labels, signal));
  const reviewers = left('reviewers');
  let refused = reviewers.length === 1;
  if (reviewers.length > 1) {
    await attempt(async () => {
      refused = !(await allAtOnce(where, reviewers, signal));
    });
  }
  if (refused) for (const name of reviewers) await attempt(() => askForReview(where, [name], signal));
  for (const name of left('assignees')) await attempt(() => assign(where, name, signal));
  const [first] = problems;
  if (first) throw new ForgeProblem(first.kind, problems.map(({ message }) => message).join(' '));
}

async function givenTo(
  where: GithubIssue,
  signal: AbortSignal,
): Promise<Readonly<Record<keyof GithubDecoration, Set<string>>>> {
  const given = { labels: new Set<string>(), reviewers: new Set<string>(), assignees: new Set<string>() };
  const { ask, owner, repo, number } = where;
  const parameters = { owner, repo, issue_number: number };
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/events';
  for await (const page of githubPages(ask, { route, parameters, schema: EVENTS }, signal)) {
    for (const { event, label, assignee, requested_reviewer, requested_team } of page) {
      if (event === 'labeled' && label?.name != null) given.labels.add(label.name.toLowerCase());
      if (event === 'assigned' && assignee) given.assignees.add(assignee.login.toLowerCase());
      if (event !== 'review_requested') continue;
      if (requested_reviewer) given.reviewers.add(requested_reviewer.login.toLowerCase());
      if (requested_team) given.reviewers.add(`/${requested_team.slug.toLowerCase()}`);
    }
  }
  return given;
}

/** Logins and labels in lower case; a team by `/` and its own name. */
function keyOf(kind: keyof GithubDecoration, name: string): string {
  const lower = name.toLowerCase();
  return kind === 'reviewers' && lower.includes('/') ? lower.slice(lower.indexOf('/')) : lower;
}

/** GitHub makes a label that does not exist. */
async function addLabels({ ask, owner, repo, number }: GithubIssue, labels: readonly string[], signal: AbortSignal) {
  const query = { owner, repo, issue_number: number, labels };
  await ask('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', query, ANY, signal);
}

/** False where GitHub takes none of them, because one is not to its liking. */
async function allAtOnce(where: GithubIssue, names: readonly string[], signal: AbortSignal): Promise<boolean> {
  try {
    await askForReview(where, names, signal);
    return true;
  } catch (error) {
    if (!(error instanceof ForgeProblem) || error.kind !== 'refused') throw error;
    return false;
  }
}

async function askForReview({ ask, owner, repo, number }: GithubIssue, names: readonly string[], signal: AbortSignal) {
  const whom = {
    reviewers: names.filter((name) => !name.includes('/')),
    team_reviewers: names.filter((name) => name.includes('/')).map((name) => name.slice(name.indexOf('/') + 1)),
  };
  const query = { owner, repo, pull_number: number, ...whom };
  await ask('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', query, ANY, signal);
}

/** GitHub leaves out without a word whom it cannot assign, so that is asked first. */
async function assign({ ask, owner, repo, number }: GithubIssue, name: string, signal: AbortSignal) {
  await ask('GET /repos/{owner}/{repo}/assignees/{assignee}', { owner, repo, assignee: name }, ANY, signal);
  const query = { owner, repo, issue_number: number, assignees: [name] };
  await ask('POST /repos/{owner}/{repo}/issues/{issue_number}/assignees', query, ANY, signal);
}
