// What is known of a compose service once its files are combined: the shapes, each piece with the place it came from.

import type { Range, Unknown } from '../../model.ts';
import type { RepositoryPlace } from '../repositoryPlace.ts';

/** Where a piece stands. `service` is its name in that file (another one where it came through `extends`). */
export interface Origin {
  readonly path: string;
  readonly range: Range;
  readonly service?: string;
  /** An edit here reaches other places too: range of the anchor's value. */
  readonly shared?: Range;
}

/** `assumed`: a variable that is set nowhere was taken at its default. */
export type ComposeValue<T> =
  | { readonly kind: 'known'; readonly value: T; readonly assumed: boolean; readonly origin: Origin }
  | (Unknown & { readonly origin: Origin });

export type MountSource =
  | { readonly kind: 'bind'; readonly place: RepositoryPlace }
  /** `device` where driver options make a bind mount of it; `name` undefined where a variable is part of it. */
  | {
      readonly kind: 'volume';
      readonly name: string | undefined;
      readonly external: boolean;
      readonly device?: RepositoryPlace;
    }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'tmpfs' }
  /** npipe, image, cluster. */
  | { readonly kind: 'other'; readonly type: string }
  | Unknown;

export interface MountFacts {
  /** Absolute and cleaned. */
  readonly target: ComposeValue<string>;
  readonly source: MountSource;
  /** Inside the volume or bind; undefined for all of it. */
  readonly subpath?: string;
  readonly readOnly: boolean | 'unknown';
  readonly noCopy: boolean | 'unknown';
  readonly createHostPath: boolean | 'unknown';
  readonly form: 'short' | 'long' | 'tmpfs';
  /** Position in the list of the file it stands in (counted without the other files). */
  readonly index: number;
  readonly assumed: boolean;
  readonly origin: Origin;
}

export interface BuildFacts {
  readonly context: RepositoryPlace;
  /** The Dockerfile's own path; undefined for `dockerfile_inline`. */
  readonly dockerfile: RepositoryPlace | undefined;
  readonly inline?: ComposeValue<string>;
  readonly target?: ComposeValue<string>;
  readonly network?: ComposeValue<string>;
  readonly args: ReadonlyMap<string, ComposeValue<string>>;
  readonly additionalContexts: readonly string[];
  /** Some of context and dockerfile rests on the default of an unset variable. */
  readonly assumed: boolean;
  readonly origin: Origin;
}

export interface CommandFacts {
  readonly form: 'string' | 'list';
  /** The words that reach the engine; a word with an unknown piece is undefined; undefined as a whole where the split is unknown. */
  readonly words: readonly (string | undefined)[] | undefined;
  readonly reason?: string;
  readonly assumed: boolean;
  /** Where each word (list form) or the whole text (string form) stands, between its quotes. */
  readonly contents: readonly Range[];
  readonly origin: Origin;
}

export interface EnvFileFacts {
  readonly place: RepositoryPlace;
  readonly required: boolean | 'unknown';
  readonly read: boolean;
  readonly origin: Origin;
}

export interface WatchFacts {
  readonly action: ComposeValue<string> | undefined;
  readonly path: RepositoryPlace;
  readonly target: ComposeValue<string> | undefined;
  readonly ignore: readonly string[];
}

/** A command that runs in the started container: a hook of compose or of a devcontainer.json. */
export interface HookFacts {
  readonly command: CommandFacts | undefined;
  readonly user?: ComposeValue<string>;
  readonly workingDir?: ComposeValue<string>;
  readonly environment: ReadonlyMap<string, ComposeValue<string>>;
}

/** A devcontainer.json in whose container the service is worked in. */
export interface DevcontainerFacts {
  readonly path: string;
  /** Why it says more than is read here: it cannot be parsed, or a variable is part of it. */
  readonly open: string | undefined;
  /** remoteUser, else containerUser, where it names one. */
  readonly user?: string;
  /** Its user keeps the number that the image gives it; else, on Linux, it gets the number of whoever starts it. */
  readonly keepsNumber: boolean;
  readonly features: boolean;
  /** As compose's hooks: shell texts are `/bin/sh -c TEXT`. */
  readonly hooks: readonly HookFacts[];
  readonly environment: ReadonlyMap<string, ComposeValue<string>>;
}

export interface ServiceFacts {
  readonly name: string;
  /** The `-f` files, in order; the first one's folder is `folder`. */
  readonly files: readonly string[];
  readonly folder: string;
  readonly use: 'default' | 'variant' | 'alone';
  /** Where the service stands in each of the files that have it under this name. */
  readonly origins: readonly Origin[];
  readonly build?: BuildFacts;
  readonly image?: ComposeValue<string>;
  readonly containerName?: ComposeValue<string>;
  readonly workingDir?: ComposeValue<string>;
  readonly user?: ComposeValue<string>;
  readonly command?: CommandFacts;
  readonly entrypoint?: CommandFacts;
  /** Of env files and `environment:` together. */
  readonly environment: ReadonlyMap<string, ComposeValue<string>>;
  /** Why variables beyond these may be set; empty when the list is complete. */
  readonly environmentOpen: readonly string[];
  readonly envFiles: readonly EnvFileFacts[];
  readonly mounts: readonly MountFacts[];
  /** Services or containers whose mounts come in addition. */
  readonly volumesFrom: readonly string[];
  readonly readOnly: boolean | 'unknown';
  readonly profiles: readonly ComposeValue<string>[];
  readonly watch: readonly WatchFacts[];
  readonly hooks: readonly HookFacts[];
  readonly devcontainers: readonly DevcontainerFacts[];
  /** Why any piece may be otherwise than it looks (an unread include or base): no fix rests on such a service. */
  readonly gaps: readonly string[];
}
