// What can be wrong with a volume entry, and what is asked to say so.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { MountFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { type BoundService, looksLikeEnvironment } from './venvUse.ts';

export type MountProblem =
  /** A bind (`mount`) lies over the folder that holds the environment. */
  | 'hidden'
  /** The host's own environment is mounted onto the image's. */
  | 'host over image'
  /** The host's own environment is mounted where the image has none. */
  | 'host without image'
  /** The mount at the environment is empty. */
  | 'empty over image'
  /** A named volume keeps what the first image put there. */
  | 'stale'
  /** An anonymous volume does so until it is renewed: the price of what is right. */
  | 'carried over'
  /** The start makes it in the mounted folder. */
  | 'made in mount'
  /** A `.venv` of the host would be taken for the one that the image has in its tool's cache. */
  | 'taken by tool'
  /** Who comes into the container cannot write to the volume, which is filled with the owners of the image. */
  | 'not owner'
  /** The same for who works in a container that only waits. */
  | 'not worker'
  /** Another image fills the same named volume. */
  | 'two images'
  /** A volume at the environment, and nothing that it would have to hide. */
  | 'needless'
  /** A volume at a place where no environment is and no mount lies: it is elsewhere. */
  | 'astray'
  /** An empty volume where the image has nothing and the program needs something. */
  | 'empty without image'
  /** An empty `.venv` makes poetry leave its own environment. */
  | 'leaves its own';

/** What is wrong with one environment of one service. */
export interface VenvMount {
  readonly service: ServiceFacts;
  readonly problem: MountProblem;
  /** Absolute path of the environment in the container. */
  readonly path: string;
  /** The entry that the finding hangs on. */
  readonly mount: MountFacts;
  /** The edit that mends it. `replace` and `remove` are of `mount`; `add` goes beside it. */
  readonly remedy?: 'add' | 'replace' | 'remove';
  /** Why the remedy is not certain. */
  readonly blocker?: Blocker;
  /** It blocks any volume there, by whomever it is put. */
  readonly unfit?: true;
  /** `astray`: where the environment is. */
  readonly meant?: string;
  /** The other service of `two images`. */
  readonly other?: BoundService;
}

/** A service with all that is asked beside it. */
export interface Judged {
  readonly bound: BoundService;
  readonly facts: Facts;
  readonly all: readonly BoundService[];
  /** Targets of the image's own VOLUMEs. */
  readonly volumes: readonly string[];
}

/** What is wrong with one entry. */
export type MountVerdict = Omit<VenvMount, 'service' | 'path'>;
/** The part of a verdict that says why its remedy is not certain. */
export const because = (blocker: Blocker | undefined): Pick<MountVerdict, 'blocker'> =>
  blocker === undefined ? {} : { blocker };

/** A folder that is called like an environment. */
export function isHostEnvironment({ source }: MountFacts): boolean {
  const place = source.kind === 'bind' && source.place;
  return (
    place &&
    ((place.kind === 'inside' && looksLikeEnvironment(place.path)) ||
      (place.kind === 'outside' && looksLikeEnvironment(place.text.replace(/\/+$/, ''))))
  );
}

/** Whoever starts it may mount something else. */
export const VARIABLE_IN_MOUNT: Blocker = { code: 'mount', words: 'a variable is part of the mount' };
