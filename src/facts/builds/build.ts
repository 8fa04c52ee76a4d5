// One image build that something in the repository asks for, whoever says it.

export interface Build {
  /** The file that says it, and the offset of its line there. */
  readonly path: string;
  readonly offset: number;
  readonly by: 'compose' | 'workflow' | 'script' | 'bake' | 'devcontainer' | 'docs';
  /** Repository-relative; undefined where it is not known, or is not in the repository. */
  readonly dockerfile: string | undefined;
  /** Repository-relative folder, '' for the root; undefined where it is not known, or is not in the repository. */
  readonly context: string | undefined;
  /** Name or number of the stage, symbolic; undefined: the last one. */
  readonly target: string | undefined;
  /** Build arguments that are given; symbolic. One without a value is taken from whoever builds: unknown. */
  readonly args: ReadonlyMap<string, string>;
  /** Names that the image gets, symbolic: two that are equal are the same, whatever their variables are. */
  readonly tags: readonly string[];
  /** Names of further contexts (`--build-context`). */
  readonly namedContexts: readonly string[];
  /** The folder that the command runs in, or the default of a variable, is only what it probably is. */
  readonly assumed: boolean;
}

/** Do people read it, not machines? Then nobody may have tried it. */
export const isOfDocs = ({ by }: Pick<Build, 'by'>): boolean => by === 'docs';
