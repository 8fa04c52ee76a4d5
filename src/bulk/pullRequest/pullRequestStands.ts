// Asks the forges how the pull requests of earlier runs stand, and whether that speaks against opening more.

import { type Forge, ForgeProblem, type Project } from '../../io/forge/forge.ts';
import type { Stopped } from '../campaignEvents.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { StandingRepository } from '../journal/campaignJournal.ts';

/** `withdrawn`: we closed it ourselves, the fix was no longer needed; `unknown`: the forge could not be asked. */
export type PullRequestState = 'open' | 'red' | 'merged' | 'closed' | 'withdrawn' | 'unknown';

export type ForgeFor = (project: Project) => Promise<Forge | undefined>;

export interface Asking {
  readonly forgeFor: ForgeFor;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Hosts that take no more questions for long; grows as they say so. */
  readonly silent?: Set<string>;
}

/** Requests to forges at a time; they count against the same limits as the work itself. */
const AT_A_TIME = 4;
const TRIES = 3;
/** A forge that wants to be left alone for longer is not waited for. */
const LONGEST_WAIT = 5 * 60_000;
const SILENT = 'the forge takes no more questions for now';

/** Calls `work` for each item, a few at a time, in order of their beginning; rejects with the first error. */
export async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, one));
}

/** How one pull request stands; `words` says why it is unknown. Rejects only when the signal aborts. */
export async function pullRequestState(
  standing: StandingRepository,
  asking: Asking,
): Promise<{ readonly stand: PullRequestState; readonly words?: string }> {
  const request = standing.pullRequest;
  if (request?.action === 'closed') return { stand: 'withdrawn' };
  const project = standing.target?.project;
  if (!request || !project) return { stand: 'unknown', words: 'there is no forge to ask' };
  if (asking.silent?.has(project.host)) return { stand: 'unknown', words: SILENT };
  try {
    const forge = await asking.forgeFor(project);
    if (!forge) return { stand: 'unknown', words: 'there is no forge to ask' };
    return { stand: await askStand(forge, project.path, request.number, asking) };
  } catch (error) {
    asking.signal.throwIfAborted();
    if (error instanceof ForgeProblem && (error.wait ?? 0) > LONGEST_WAIT) asking.silent?.add(project.host);
    return { stand: 'unknown', words: error instanceof Error ? error.message : String(error) };
  }
}

async function askStand(forge: Forge, path: string, number: number, asking: Asking): Promise<PullRequestState> {
  const request = await asked(() => forge.get(path, number, asking.signal), asking);
  if (request.state !== 'open') return request.state;
  const checks = await asked(() => forge.checks(path, request.head, asking.signal), asking);
  return checks === 'red' ? 'red' : 'open';
}

/** What the forge answers, asked again where it wants to be left alone for a while or the network failed. */
export async function asked<T>(ask: () => Promise<T>, { signal, clock = systemClock }: Asking): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const mayHelp = error instanceof ForgeProblem && (error.kind === 'limited' || error.kind === 'again');
      const wait = mayHelp ? (error.wait ?? 1000 * attempt) : Infinity;
      if (attempt >= TRIES || wait > LONGEST_WAIT) throw error;
      await clock.sleep(wait, signal);
    }
  }
}

/** More than this part of them closed or red, and no more are opened. */
const TOO_MANY = 1 / 5;
/** Of very many only the newest are looked at: a forge allows so many questions an hour. */
const NEWEST = 200;
const LISTED = 20;

/**
 * Before a wave: why no more pull requests should be opened; undefined where nothing speaks against it. Looks at the newest 200
 * that stand; those that cannot be asked about do not count, and if that is all of them, that speaks against it.
 */
export async function lookBack(
  standing: readonly StandingRepository[],
  asking: Asking & { readonly onLooked: (done: number, total: number) => void },
): Promise<Stopped | undefined> {
  const all = standing.filter(({ pullRequest }) => pullRequest && pullRequest.action !== 'closed');
  const newest = [...all].sort((a, b) => b.run - a.run).slice(0, NEWEST);
  const found: NonNullable<Stopped['against']>[number][] = [];
  let [known, done] = [0, 0];
  let words: string | undefined;
  const patient = { ...asking, silent: new Set<string>() };
  await forEachOf([...newest.entries()], async ([at, one]) => {
    const answer = await pullRequestState(one, patient);
    if (answer.stand !== 'unknown') known++;
    words ??= answer.words;
    if (answer.stand === 'closed' || answer.stand === 'red') {
      const { number, url } = one.pullRequest!;
      found[at] = { name: one.name, number, url, stand: answer.stand };
    }
    asking.onLooked(++done, newest.length);
  });
  if (newest.length > 0 && known === 0) {
    return {
      why: 'wave',
      words: `nobody can say how the pull requests of earlier waves stand: ${words ?? 'no answer'}`,
      next: 'put that right, or go on without --wave',
    };
  }
  const against = Object.values(found);
  if (against.length <= known * TOO_MANY) return undefined;
  const closed = against.filter(({ stand }) => stand === 'closed').length;
  return {
    why: 'wave',
    words: `of ${known} pull requests of earlier waves ${closed} were closed without merging and ${against.length - closed} are red`,
    next: 'look at them, then go on without --wave, or end the campaign with bulk close',
    against: against.slice(0, LISTED),
  };
}
