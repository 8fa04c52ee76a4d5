// What the planning of a split looks at, and what it has found out so far.

import type { AnyCopy, CopyPlace } from '../../src/facts/copies/repositoryCopies.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { ImageFacts, Stage } from '../../src/facts/image.ts';
import type { Snapshot } from '../../src/model.ts';

export interface ProjectAt {
  /** Index of the RUN in its stage. */
  readonly n: number;
  /** Absolute. */
  readonly folders: readonly string[];
}

/** An instruction, by where it stands in its stage. */
export interface InstructionAt {
  readonly stage: Stage;
  /** Its index in the stage; that behind the last one stands for the end of the stage. */
  readonly n: number;
  readonly place: SplitPlace;
}

export interface SplitPlace extends CopyPlace {
  readonly dockerfile: DockerfileFacts;
  readonly snapshot: Snapshot;
  readonly dockerfiles: readonly DockerfileFacts[];
  /** Copies read so far, by instruction. */
  readonly known: Map<number, { readonly copy: AnyCopy; readonly isCode: boolean }>;
  /** Folders of the installs read so far, by stage. */
  readonly projects: Map<number, readonly ProjectAt[]>;
  /** The image with every build argument unknown; undefined: there are none. */
  readonly open: ImageFacts | undefined;
}
