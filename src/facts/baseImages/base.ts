// What is known of a base image: what stands in it before the first instruction.

export type Sh = 'dash' | 'bash' | 'ash' | 'unknown';

/** Debian-like PATH of official images without one of their own. */
export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export interface Base {
  readonly ref: string;
  /** Who says so: the table, the configuration, a Dockerfile of this repository; 'nobody': nothing is known. */
  readonly knownBy: 'table' | 'configuration' | 'repository' | 'nobody';
  /** 'python': an interpreter at /usr/local/bin; 'distribution': that of the system, if any; 'unknown': cannot be said. */
  readonly family: 'python' | 'distribution' | 'scratch' | 'unknown';
  readonly distribution: 'debian' | 'ubuntu' | 'alpine' | 'redhat' | 'unknown';
  /** Python version as MAJOR.MINOR: of the image, or what the distribution's python3 package brings. */
  readonly python?: string;
  /** Where that interpreter stands, or comes to stand. */
  readonly pythonAt?: string;
  /** Whether it stands in the image itself, not only once a step installs it. Absent: not known. */
  readonly pythonStands?: boolean;
  readonly libc?: 'glibc' | 'musl';
  /** PEP 668: pip refuses to install into the Python of the distribution. Absent: not known. */
  readonly externallyManaged?: boolean;
  readonly env: ReadonlyMap<string, string>;
  /** False: the image may set variables beside `env`. */
  readonly complete: boolean;
  /** The entrypoint: none; one that gives way to its arguments (`exec "$@"`); a program of its own, or not known. */
  readonly entrypoint: 'none' | 'execs' | 'own';
  /** What the CMD starts: a shell, Python or another program without packages; one that uses packages; not known. */
  readonly command: 'plain' | 'own';
  /** Absent: not known. '' is root without being named. */
  readonly user?: string;
  readonly cwd?: string;
  /** What its Python has beside pip, setuptools and wheel. */
  readonly brings: readonly string[] | 'unknown';
  readonly sh: Sh;
  /** Programs for environments that it has. */
  readonly tools: readonly ('uv' | 'conda')[];
  /** What steps of this repository installed into its Python, as the trace names installs. */
  readonly installs?: readonly string[];
  /** Environments that stand in it, by path. */
  readonly environments?: readonly string[];
  /** Folders of its PATH that lead to its own Python, or to none. */
  readonly ownFolders?: readonly string[];
  /** The image's own SHELL, where it has one. */
  readonly shell?: readonly string[];
}

/** A base of which nothing is known: it may set any variable, and have an entrypoint, a user and packages. */
export const unknownBase = (ref: string): Base => ({
  ref,
  knownBy: 'nobody',
  family: 'unknown',
  distribution: 'unknown',
  env: new Map(),
  complete: false,
  entrypoint: 'own',
  command: 'own',
  brings: 'unknown',
  sh: 'unknown',
  tools: [],
});

/** May it be assumed, with a person's leave, that it starts nothing and holds nothing that is missed? Not where the contrary is known. */
export const isAssumable = ({ knownBy, entrypoint, brings }: Base): boolean =>
  knownBy === 'nobody' || (brings === 'unknown' && entrypoint !== 'own');

/** An image by its name on Docker's hub, or with its registry, and what its tag says; `tag`: '' where only a digest is named. */
export interface KnownImage {
  readonly names: RegExp;
  /** Undefined: nothing is known of images with this tag. */
  readonly read: (tag: string, name: string) => Partial<Base> | undefined;
}

/** What most images have that start a shell, as root in `/`, and set nothing but PATH. */
export const PLAIN = {
  env: new Map([['PATH', DEFAULT_PATH]]),
  complete: true,
  entrypoint: 'none',
  command: 'plain',
  user: '',
  cwd: '/',
  brings: [],
} as const satisfies Partial<Base>;

/** PATH with these folders before it, and other variables. */
export const pathWith = (folders: string, more: readonly (readonly [string, string])[] = []): Map<string, string> =>
  new Map([['PATH', `${folders}:${DEFAULT_PATH}`], ...more]);
