// What CI says of a commit on GitHub: its statuses and its check runs together.

import * as v from 'valibot';
import { ForgeProblem } from '../forge.ts';
import { type AskGithub, githubPages } from './githubRequest.ts';

const STATUS = v.object({ state: v.string(), total_count: v.number() });
const RUNS = v.object({
  check_runs: v.array(v.object({ status: v.string(), conclusion: v.nullish(v.string()) })),
});

const RED = new Set(['failure', 'timed_out', 'cancelled', 'startup_failure']);
const GREEN = new Set(['success', 'neutral', 'skipped']);

type CheckState = 'green' | 'red' | 'pending';

/** 'none' where nothing was said at all. Throws `ForgeProblem`. */
export async function githubChecks(
  {
    ask,
    owner,
    repo,
    commit,
  }: { readonly ask: AskGithub; readonly owner: string; readonly repo: string; readonly commit: string },
  signal: AbortSignal,
): Promise<CheckState | 'none'> {
  const where = { owner, repo, ref: commit };
  const { data } = await ask('GET /repos/{owner}/{repo}/commits/{ref}/status', where, STATUS, signal);
  const all: CheckState[] = data.total_count === 0 ? [] : [statusSays(data.state)];
  try {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    for await (const { check_runs } of githubPages(ask, { route, parameters: where, schema: RUNS }, signal)) {
      all.push(...check_runs.map(({ status, conclusion }) => runSays(status, conclusion)));
    }
  } catch (error) {
    // a token may read statuses and not check runs
    if (!(error instanceof ForgeProblem) || error.kind !== 'denied') throw error;
  }
  if (all.includes('red')) return 'red';
  if (all.includes('pending')) return 'pending';
  return all.length > 0 ? 'green' : 'none';
}

function statusSays(state: string): CheckState {
  if (state === 'failure' || state === 'error') return 'red';
  return state === 'success' ? 'green' : 'pending';
}

/** A run that waits for a person's leave ('action_required') has not failed. */
function runSays(status: string, conclusion: string | null | undefined): CheckState {
  if (status !== 'completed' || conclusion == null) return 'pending';
  if (RED.has(conclusion)) return 'red';
  return GREEN.has(conclusion) ? 'green' : 'pending';
}
