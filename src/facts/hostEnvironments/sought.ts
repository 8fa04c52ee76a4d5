// An environment that is looked for in commands and files, and what is found of it.

/** What is looked for: the folder called `name` at `path` of the context. */
export interface Sought {
  readonly path: string;
  readonly name: string;
}

export interface HostUse {
  readonly path: string;
  readonly offset: number;
  /** The word that names the environment. */
  readonly word: string;
}
