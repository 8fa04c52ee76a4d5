// What a trace is computed from, and what it comes to.
import type { DockerfileSyntax } from '../../parse/dockerfile/syntax.ts';
import type { ImageFacts } from '../image.ts';
import type { Command } from '../shell/interpreter.ts';
import type { TraceEvent } from './events.ts';
import type { Files } from './imageFiles.ts';

/** How a compose service starts the image. */
export interface ServiceStart {
  readonly name: string;
  readonly stage: number;
  /** Exec list or shell text; undefined: the image's own; 'unknown': set, but not readable. */
  readonly command?: readonly string[] | 'unknown';
  readonly entrypoint?: readonly string[] | 'unknown';
  /** Known values; a symbolic value stands for what cannot be known. */
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  readonly user?: string;
  /** Folders of the container that a mount of the service lies over, with what is said of it. */
  readonly covers: readonly { readonly target: string; readonly why: string }[];
  /** Volumes of their own that sit in such a folder. */
  readonly volumes: readonly string[];
  /** What runs in the started container beside its process. */
  readonly hooks?: readonly HookStart[];
}

/** One command that is started in a running container. */
export interface HookStart {
  readonly command: readonly string[] | 'unknown';
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  readonly user?: string;
}

export interface TraceInput {
  /** The Dockerfile. */
  readonly path: string;
  readonly syntax: DockerfileSyntax;
  readonly image: ImageFacts;
  /** Text of the repository file that a path of the build context names, or undefined. `path` is relative to the context. */
  readonly readContext: (path: string) => { readonly path: string; readonly text: string } | undefined;
  /** Is this path of the context left out by the ignore file? */
  readonly ignored: (path: string) => boolean;
  /** What the repository has at a path of the build context; undefined: nothing, or it is not known. */
  readonly standsAt?: (path: string) => 'file' | 'folder' | undefined;
  /** Does the context hold this folder? True where the context is not known. */
  readonly holds: (folder: string) => boolean;
  readonly services: readonly ServiceStart[];
  /** The file of the repository that the mounts of the started service put at a path of its container; absent: none is read. */
  readonly mountedAt?: (path: string) => { readonly path: string; readonly text: string } | undefined;
  /** Whole text, for here-documents. */
  readonly text: string;
}

export interface StageTrace {
  readonly files: Files;
  /** All commands of the stage's own instructions and of what it starts, also those that run no Python. */
  readonly commands: readonly Command[];
  /** Files before each instruction of the stage. */
  readonly before: readonly Files[];
  /** The file of the repository that stands at a path of the finished image; undefined: none that is known to. */
  readonly readImage: (imagePath: string) => { readonly path: string; readonly text: string } | undefined;
  /** The same before instruction `n` of the stage. */
  readonly readBefore: (n: number, imagePath: string) => { readonly path: string; readonly text: string } | undefined;
}

export interface Trace {
  readonly events: readonly TraceEvent[];
  readonly stages: readonly StageTrace[];
  readonly allEnvironments: ReadonlySet<string>;
}
