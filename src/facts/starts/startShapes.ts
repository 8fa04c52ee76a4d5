// How a container is started, or a command in one, by something else than compose's own `up`: the shapes.
import type { Unknown } from '../../model.ts';
import type { RepositoryPlace } from '../repositoryPlace.ts';

export interface StartMount {
  /** Absolute and cleaned; symbolic where it is not known. */
  readonly target: string;
  readonly source:
    | { readonly kind: 'bind'; readonly place: RepositoryPlace }
    /** `name` is symbolic. */
    | { readonly kind: 'volume'; readonly name: string }
    | { readonly kind: 'anonymous' }
    | { readonly kind: 'tmpfs' }
    | Unknown;
  readonly readOnly: boolean | 'unknown';
}

/** The Dockerfile whose image is started. */
export interface StartedImage {
  readonly dockerfile: string;
  /** Name or number of the stage, symbolic; undefined: the last one. */
  readonly target: string | undefined;
  /** Nothing names the image so, but there is no other Dockerfile, and no public image of that name is known. */
  readonly assumed: boolean;
}

/** All texts are symbolic: what cannot be known is a part of them that `isKnown` (facts/values.ts) tells. */
export interface ContainerStart {
  /** The file that says it, and the offset of its line there. */
  readonly path: string;
  readonly offset: number;
  /** Who reads that file. */
  readonly kind: 'machine' | 'docs';
  /** `create`: a devcontainer.json's container; what runs in it are starts of their own, `hook`. */
  readonly form: 'run' | 'exec' | 'compose run' | 'compose exec' | 'create' | 'hook';
  /** The line for people: `docker run ... IMAGE COMMAND`, or the name of a devcontainer's field. */
  readonly said: string;
  /** run: the image's name as written. */
  readonly image?: string;
  /** exec: the container; run: the name that it gets. */
  readonly container?: string;
  /** compose run, compose exec, a devcontainer of compose: the service. */
  readonly service?: string;
  /** compose: the `-f` files, repository-relative, where any are named. */
  readonly composeFiles?: readonly string[];
  /** Repository-relative folder that it is started in; undefined where that is not known. */
  readonly folder: string | undefined;
  /** Those of the line itself: compose's own come on top. */
  readonly mounts: readonly StartMount[];
  /** There may be other flags than these (`$ARGS`), and with them mounts, variables, another command. */
  readonly isOpen: boolean;
  readonly workingDir?: string;
  readonly user?: string;
  /** One word, a program; '' clears the image's. */
  readonly entrypoint?: string;
  readonly environment: ReadonlyMap<string, string>;
  /** What is run; empty: the image's own command; undefined: not known. */
  readonly command: readonly string[] | undefined;
  /** Undefined where it is not certain. */
  readonly starts?: StartedImage;
}
