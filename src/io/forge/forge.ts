// What we need of a code host, in the field's words, and how asking for it can go wrong. Text is UTF-8 text, not latin1.

export type ForgeKind = 'github' | 'gitlab' | 'gitea';

/** A project on a code host. */
export interface Project {
  readonly kind: ForgeKind;
  /** Name of the host without a user (`github.com`, `git.example.com:8443`); requests to it are paced together. */
  readonly host: string;
  /** Address of its programming interface, without a slash at the end. */
  readonly api: string;
  /** `owner/name`; with GitLab also `group/subgroup/name`. */
  readonly path: string;
}

export interface PullRequestRef {
  readonly number: number;
  /** For people. */
  readonly url: string;
}

/** A repository as its forge knows it. */
export interface ForgeRepository {
  readonly project: Project;
  readonly archived: boolean;
  readonly empty: boolean;
  /** Is a fork of another. */
  readonly fork: boolean;
  readonly defaultBranch: string;
  /** An address of the forge's own, without credentials; undefined where it names one elsewhere. */
  readonly cloneUrl: string | undefined;
  /** Whether the token's user may push to it; undefined where the forge does not say. */
  readonly mayPush?: boolean;
}

export interface PullRequest extends PullRequestRef {
  readonly state: 'open' | 'closed' | 'merged';
  readonly title: string;
  readonly body: string;
  /** Commit at the tip of its branch, as the forge last saw it. */
  readonly head: string;
  /** Name of its branch. */
  readonly branch: string;
  /** `owner/name` of the project that has the branch. */
  readonly from: string;
  readonly base: string;
}

export interface NewPullRequest {
  /** Branch that has the commits, in `from` (`owner/name`; the project itself, or a fork of it). */
  readonly branch: string;
  readonly from: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
}

/** The few calls that we need of a code host. Every call throws `ForgeProblem` and nothing else. */
export interface Forge {
  readonly kind: ForgeKind;
  /** Undefined where there is no such repository (or it is hidden from us). Follows renames. */
  repository(path: string, signal: AbortSignal): Promise<ForgeRepository | undefined>;
  /** All of an owner's, a group's or an organisation's repositories, or what a search finds; page by page. */
  list(
    of: { readonly owner: string } | { readonly search: string },
    signal: AbortSignal,
  ): AsyncIterable<ForgeRepository>;
  /** Pull requests of this branch, in every state, newest first. */
  find(
    path: string,
    head: { readonly from: string; readonly branch: string },
    signal: AbortSignal,
  ): Promise<readonly PullRequest[]>;
  get(path: string, number: number, signal: AbortSignal): Promise<PullRequest>;
  open(path: string, wanted: NewPullRequest, signal: AbortSignal): Promise<PullRequest>;
  update(
    path: string,
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
    signal: AbortSignal,
  ): Promise<void>;
  /** Adds what is missing; a label that does not exist is made. */
  decorate(
    path: string,
    number: number,
    with_: {
      readonly labels: readonly string[];
      readonly reviewers: readonly string[];
      readonly assignees: readonly string[];
    },
    signal: AbortSignal,
  ): Promise<void>;
  /** What CI says of a commit. */
  checks(path: string, commit: string, signal: AbortSignal): Promise<'green' | 'red' | 'pending' | 'none'>;
  /** The token's user's own fork, where there is one. */
  ownFork(path: string, signal: AbortSignal): Promise<ForgeRepository | undefined>;
  /** The token's user's own fork, made when there is none and waited for. */
  fork(path: string, signal: AbortSignal): Promise<ForgeRepository>;
}

/**
 * `limited`: too many requests (403/429, secondary limits), `wait` says how long; `again`: the network or a 5xx, a second try may
 * help; `exists`: there is one already (422, 409); `denied`: no right, or archived; `missing`: not there; `refused`: the forge
 * does not take it as it is.
 */
export type ProblemKind = 'limited' | 'again' | 'exists' | 'denied' | 'missing' | 'refused';

/** Carries no credentials: `message` is made from the forge's words with everything secret left out. */
export class ForgeProblem extends Error {
  readonly kind: ProblemKind;
  /** With 'limited': milliseconds until the forge may be asked again. */
  readonly wait: number | undefined;

  constructor(kind: ProblemKind, message: string, wait?: number) {
    super(message);
    this.name = 'ForgeProblem';
    this.kind = kind;
    this.wait = wait;
  }
}
