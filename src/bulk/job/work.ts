// What one attempt at one repository is given, what it learns, and how it says that it is over.

import type { Forge, ForgeRepository, Project } from '../../io/forge/forge.ts';
import { isOwnAddress } from '../../io/forge/forgePlaces.ts';
import type { Bare } from '../../io/objects/bare.ts';
import type { Auth, Remote } from '../../io/objects/remote.ts';
import type { Transform } from '../../model.ts';
import type { Analysis, Campaign, Ended, JobResult, JobStep, Pacer, Target, Wave } from '../bulkModel.ts';

export interface JobOptions<F> {
  readonly campaign: Campaign;
  /** All there are, in the order in which they run. */
  readonly transforms: readonly Transform<F>[];
  /** The user's environment (`process.env`). */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The client for a project's forge; undefined where there is none for it. */
  readonly forgeFor: (project: Project) => Promise<Forge | undefined>;
  /** The token for a project, or for an address without one. */
  readonly tokenFor: (of: Project | string) => string | undefined;
  readonly pacer: Pacer;
  readonly wave: Wave;
  /** Proves a result by real builds; asked only where the campaign wants proof. */
  readonly prove?: (analysis: Analysis, name: string, repository: Bare) => Promise<JobProof>;
  readonly mode: 'plan' | 'apply';
  /** Others take from the same queue: what fails here for want of a token may be done by one of them. */
  readonly isOneOfMany?: true;
  /** Told of every repository that was looked into. */
  readonly onAnalysis?: (target: Target, analysis: Analysis) => void;
}

export interface JobProof {
  readonly verdict: 'better' | 'same' | 'worse' | 'cannot tell';
  /** For the pull request. */
  readonly markdown: string;
}

/** What one attempt has come to know; all of it goes into the result, however it ends. */
export type Notes = { -readonly [K in keyof JobResult]?: JobResult[K] };

/** Ends the attempt; thrown by whatever finds that there is nothing more to do. */
export class EndOfWork extends Error {
  readonly ended: Ended;
  readonly detail: string | undefined;
  /** Real builds show that the fixes are wrong, or do not show that they are right. */
  readonly isUnproven: boolean;

  constructor(ended: Ended, reason: string, detail?: string, more: { readonly unproven?: true } = {}) {
    super(reason);
    this.name = 'EndOfWork';
    this.ended = ended;
    this.detail = detail;
    this.isUnproven = more.unproven === true;
  }
}

/** What the parts of one attempt share. */
export interface Work<F> extends JobOptions<F> {
  readonly target: Target;
  readonly signal: AbortSignal;
  readonly onStep: (step: JobStep) => void;
  readonly notes: Notes;
  /** Calls the forge; where it asks to be left alone, waits (all workers do) and calls again. */
  ask<T>(call: () => Promise<T>): Promise<T>;
}

/** A project as its forge knows it now, after any renaming. */
export interface Known {
  readonly forge: Forge;
  readonly project: Project;
  readonly repository: ForgeRepository;
}

/** Waits for the host's turn once, when it is first called: what one repository writes there is one write in the pace. */
export function turnOf<F>({ pacer, onStep, signal }: Work<F>, host: string): () => Promise<void> {
  let asked: Promise<void> | undefined;
  return () => {
    if (!asked) onStep('wait');
    asked ??= pacer.turn(host, signal);
    return asked;
  };
}

const USERS: Readonly<Record<Project['kind'], string>> = {
  github: 'x-access-token',
  gitlab: 'oauth2',
  gitea: 'oauth2',
};

/** An address with what it takes to be let in. Throws `EndOfWork` where a project has none that is its forge's own. */
export function remoteAt<F>(
  { tokenFor }: Pick<Work<F>, 'tokenFor'>,
  url: string | undefined,
  project: Project | undefined,
): Remote {
  if (url === undefined || (project !== undefined && !isBySsh(url) && !isOwnAddress(url, project)))
    throw new EndOfWork('failed', FOREIGN_ADDRESS);
  const token = tokenFor(project ?? url);
  if (token === undefined || token === '') return { url };
  const auth: Auth = { user: project ? USERS[project.kind] : 'x-access-token', token };
  return { url, auth };
}

/** Also `git@host:owner/name`: no token goes that way. */
const isBySsh = (url: string): boolean => /^ssh:/i.test(url) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(url);

/** A forge may say anything of where its repositories are: a token and a push go to the one place that was asked. */
export const FOREIGN_ADDRESS =
  'the forge names an address of it that is not its own (another scheme, host or port): nothing is read from there or sent to it';
