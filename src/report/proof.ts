// What a proof by real builds saw and concluded: the shapes that verifying fills and every report is made from.

/** `worse`: something is lost, or is otherwise than before and no fix says so. `cannot tell`: something is otherwise, or was not seen. */
export type Verdict = 'worse' | 'better' | 'same' | 'cannot tell';

/** One Python process as it found itself inside a container. Paths are the container's. */
export interface ProcessSeen {
  /** The command line without interpreter and folders: `gunicorn app:app`, `python app.py`. */
  readonly command: string;
  /** sys.prefix. */
  readonly prefix: string;
  /** sys.executable. */
  readonly executable: string;
  /** sys.prefix is a virtual environment's. */
  readonly inEnvironment: boolean;
  readonly virtualEnv?: string;
  readonly path: readonly string[];
  /** Normalised names of the distributions that it can import. */
  readonly packages: readonly string[];
  /** sys.prefix of the `python` that a child process gets; absent where it gets none. */
  readonly child?: string;
  /** Planted environments of the host that its PATH, VIRTUAL_ENV or prefix lead to. */
  readonly hostEnvironments: readonly string[];
  readonly writesBytecode: boolean;
  readonly buffered: boolean;
  /** Of the interpreter: `3.12.4`. */
  readonly version?: string;
  readonly cwd?: string;
  /** `uid:gid`, in numbers. */
  readonly user?: string;
}

/** What came of starting a container: the Python processes, in the order in which they began. */
export interface StartSeen {
  readonly processes: readonly ProcessSeen[];
  /** `time`: it was still running when its time was over. */
  readonly ended: 'exit' | 'time' | 'not started';
  readonly code?: number;
  /** Its last words, where no process was seen. */
  readonly said: readonly string[];
}

/** A Python process of a RUN step. */
export interface BuildProcessSeen {
  readonly step: string;
  readonly command: string;
  readonly prefix: string;
  readonly inEnvironment: boolean;
}

export interface EnvironmentSeen {
  /** Absolute; '' stands for the system's interpreter. */
  readonly path: string;
  /** Normalised names, sorted. */
  readonly packages: readonly string[];
  /** By name, as far as the names of their folders tell it. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** Which steps run again after the content of one source file has changed. */
export interface ChangeSeen {
  /** Repository path, latin1. */
  readonly file: string;
  readonly run: readonly string[];
  readonly cached: number;
  /** How long that build took. */
  readonly seconds: number;
}

/** One side: the image (and, for a service, the start with its mounts). */
export interface SideSeen {
  readonly built: boolean;
  /** Why what this side shows decides nothing, whatever `built` says: the engine or a limit failed, not the repository (latin1). */
  readonly untold?: string;
  /** Of a build that failed: the step, what it said last, and the engine's error; lines as in the repository's own Dockerfile. */
  readonly log: readonly string[];
  readonly seconds: number;
  readonly bytes?: number;
  readonly change?: ChangeSeen;
  readonly environments: readonly EnvironmentSeen[];
  /** Where in the image a planted environment of the host stands. */
  readonly leaks: readonly string[];
  readonly build: readonly BuildProcessSeen[];
  /** ENTRYPOINT and CMD, or what the service starts. */
  readonly start?: StartSeen;
  /** `docker exec ... python`. */
  readonly exec?: StartSeen;
}

/** The proof of one image or one compose service. */
export interface SubjectProof {
  readonly kind: 'image' | 'service';
  /** `Dockerfile`, `Dockerfile (target dev)`, `web (compose.yaml)`; latin1. */
  readonly name: string;
  readonly verdict: Verdict;
  /** What decided, a sentence each; latin1. */
  readonly reasons: readonly string[];
  readonly before?: SideSeen;
  readonly after?: SideSeen;
  /** The same where a developer's environment stands in the tree; absent where that makes no difference. */
  readonly host?: HostProof;
}

/** What is otherwise in a work tree that has a developer's environment, one that no container can run. */
export interface HostProof {
  /** Names of the folders, latin1. */
  readonly names: readonly string[];
  readonly verdict: Verdict;
  /** A sentence each; latin1. */
  readonly reasons: readonly string[];
  readonly before: SideSeen;
  readonly after: SideSeen;
}

/** What the builds say of one fix that rests on an assumption. Text of the repository is latin1. */
export interface AssumptionProof {
  readonly transform: string;
  readonly title: string;
  readonly assumption: string;
  /** `yes`: all that it reaches starts as before, or better. `no`: something comes out worse. */
  readonly borneOut: 'yes' | 'no' | 'cannot tell';
  /** Why not; one sentence, absent with `yes`. */
  readonly reason?: string;
  /** Names of the images and services that it reaches. */
  readonly subjects: readonly string[];
}

/** The proof of all fixes of one repository. */
export interface Proof {
  /** The repository as the user named it, latin1. */
  readonly path: string;
  /** `docker 28.5.2`. */
  readonly engine: string;
  /** The commit that is `before`. */
  readonly base?: string;
  /** Titles of the fixes that make `after`. */
  readonly fixes: readonly string[];
  readonly subjects: readonly SubjectProof[];
  /** Those of the unsafe tier, in their order. */
  readonly assumptions: readonly AssumptionProof[];
  readonly verdict: Verdict;
}

/** The verdict over several: worse before cannot tell before better before same. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  for (const one of ['worse', 'cannot tell', 'better'] as const) if (verdicts.includes(one)) return one;
  return 'same';
}

export const PROOF_FORMATS = ['text', 'json', 'markdown'] as const;
export type ProofFormat = (typeof PROOF_FORMATS)[number];
