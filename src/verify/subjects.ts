// What of a repository is to be built and started to prove its fixes: images and compose services, before and after.

/** How an image is built. Repository paths are latin1, '' is the root. */
export interface BuildPlan {
  readonly dockerfile: string;
  readonly text: string;
  /** Folder of the build context. */
  readonly context: string;
  /** Content of the ignore file that counts. */
  readonly ignoreText?: string;
  readonly target?: string;
  readonly args: ReadonlyMap<string, string>;
  /** Reference of the image below the built stage, where it is known. */
  readonly base?: string;
}

export type MountPlan =
  /** What the repository has at `path` (a folder or a file), laid at `target`. */
  | { readonly kind: 'repository'; readonly path: string; readonly target: string }
  /** Filled from the image, unless `noCopy`. */
  | { readonly kind: 'volume'; readonly target: string; readonly noCopy: boolean }
  | { readonly kind: 'tmpfs'; readonly target: string };

/** How a service starts its image: all that we ever pass on of a compose file. */
export interface StartPlan {
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly mounts: readonly MountPlan[];
}

export interface SidePlan {
  readonly build: BuildPlan;
  /** What says which program starts: two that are equal start the same. */
  readonly program: string;
  /** Absent: the image as it is. */
  readonly start?: StartPlan;
  /** Of a service: what its files say beside the start, as text by key. */
  readonly settings?: ReadonlyMap<string, string>;
}

export interface Subject {
  readonly kind: 'image' | 'service';
  readonly name: string;
  /** Its name in the compose file. */
  readonly service?: string;
  readonly before?: SidePlan;
  readonly after?: SidePlan;
  /** Why nothing can be built or started for it, one sentence. */
  readonly cannot?: string;
  /** Repository paths of the changed files that decide over it. */
  readonly reachedBy: readonly string[];
  /** A source file (repository path) that a code-only change touches: taken into the image on both sides. */
  readonly codeFile?: string;
}

export interface ProofPlan {
  readonly subjects: readonly Subject[];
  /** Repository folders at which a host's environment is planted; nothing of the repository stands there. */
  readonly planted: readonly string[];
}
