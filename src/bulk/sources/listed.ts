// The targets that a forge lists: an owner's, a group's, what a search finds, or the one that was named.

import { type Forge, type ForgeKind, ForgeProblem, type ForgeRepository } from '../../io/forge/forge.ts';
import type { ForgePlace } from '../../io/forge/forgePlaces.ts';
import type { Target } from '../bulkModel.ts';
import { systemClock } from '../clock.ts';
import { FOREIGN_ADDRESS } from '../job/work.ts';
import { targetIn } from './address.ts';
import { wrongTarget } from './writtenTargets.ts';

/** A forge did not give its list (to the end). The message is for people and carries no credentials. */
export class ListingFailed extends Error {
  readonly forge: ForgeKind;
  /** Whether asking again is of no use. */
  readonly isDenied: boolean;

  constructor(message: string, forge: ForgeKind, { isDenied = true }: { readonly isDenied?: boolean } = {}) {
    super(message);
    this.name = 'ListingFailed';
    this.forge = forge;
    this.isDenied = isDenied;
  }
}

const TRIES = 5;
const FIRST_WAIT_MILLISECONDS = 1000;

/** What a forge is asked for. */
export type ForgeQuery = { readonly owner: string } | { readonly search: string } | { readonly path: string };

/**
 * All repositories that a forge lists; archived, empty and forked ones with the reason why they are left (one that was named by its
 * path may be a fork). Throws `ListingFailed`.
 */
export async function* listedRepositories(
  forge: Forge,
  { place, asked }: { readonly place: ForgePlace; readonly asked: ForgeQuery },
  signal: AbortSignal,
): AsyncIterable<Target> {
  let given = 0;
  for (let tries = 1; ; tries++) {
    try {
      let seen = 0;
      for await (const repository of answers(forge, asked, signal)) {
        // Begun again after a failure: these were given already.
        if (++seen <= given) continue;
        given = seen;
        tries = 1;
        yield targetOf(repository, place);
      }
      if (given === 0 && 'path' in asked) yield unknownKind(place, asked.path);
      return;
    } catch (error) {
      if (!(error instanceof ForgeProblem)) throw error;
      const mayHelp = error.kind === 'again' || error.kind === 'limited';
      if (!mayHelp || tries >= TRIES || signal.aborted) throw asListingFailed(error, place, asked);
      // After 'limited' the client itself waits as long as the forge asked.
      if (error.kind === 'again') await systemClock.sleep(FIRST_WAIT_MILLISECONDS * 2 ** (tries - 1), signal);
    }
  }
}

async function* answers(forge: Forge, asked: ForgeQuery, signal: AbortSignal): AsyncIterable<ForgeRepository> {
  if ('path' in asked) return yield* namedRepository(forge, asked.path, signal);
  try {
    yield* forge.list(asked, signal);
  } catch (error) {
    const isNoGroup = error instanceof ForgeProblem && error.kind === 'missing';
    if (!isNoGroup || !('owner' in asked) || !asked.owner.includes('/')) throw error;
    // `gitlab:GROUP/NAME` may be a project as well.
    let found = false;
    for await (const repository of namedRepository(forge, asked.owner, signal)) {
      found = true;
      yield repository;
    }
    if (!found) throw error;
  }
}

async function* namedRepository(forge: Forge, path: string, signal: AbortSignal): AsyncIterable<ForgeRepository> {
  const repository = await forge.repository(path, signal);
  if (repository) yield { ...repository, fork: false };
}

function unknownKind(place: ForgePlace, path: string): Target {
  return wrongTarget(`${place.host}/${path}`, 'the forge has no such repository, or hides it from us');
}

function targetOf({ project, cloneUrl, archived, empty, fork }: ForgeRepository, place: ForgePlace): Target {
  const skip = archived
    ? 'it is archived'
    : empty
      ? 'it has no commit yet'
      : fork
        ? 'it is a fork of another'
        : undefined;
  if (cloneUrl === undefined) return wrongTarget(project.path, FOREIGN_ADDRESS);
  return { ...targetIn(place, project.path), url: cloneUrl, project, ...(skip !== undefined && { skip }) };
}

function asListingFailed(problem: ForgeProblem, place: ForgePlace, asked: ForgeQuery): ListingFailed {
  const what = 'owner' in asked ? asked.owner : 'search' in asked ? 'what was searched for' : asked.path;
  const isDenied = problem.kind !== 'again' && problem.kind !== 'limited';
  return new ListingFailed(`${place.host} did not list ${what}: ${problem.message}`, place.kind, { isDenied });
}
