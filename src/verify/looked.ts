// What is seen of a side beyond what is told of it: too much to show, or secret. It is compared, and then dropped.

import type { ProcessSeen, SideSeen, StartSeen } from '../report/proof.ts';

export interface ProcessDetails {
  /** As of `ProcessSeen`, all of it. */
  readonly command: string;
  /** It is the process that the container's signals reach. */
  readonly isFirst: boolean;
  /** Words of the first process of the container. */
  readonly first: readonly string[];
  /** sys.path without the probe. */
  readonly modules: readonly string[];
  /** sys.base_prefix. */
  readonly base: string;
  readonly groups: readonly string[];
  /** Variables, less the probe's. */
  readonly environment: ReadonlyMap<string, string>;
  /** Of packages, by normalised name. */
  readonly versions: ReadonlyMap<string, string>;
  /** Packages that are there for an installer only: it, and what it needs. */
  readonly ofTools: ReadonlySet<string>;
}

/** As `lstat` tells it. `content`: a link's target, or a checksum of a small file. */
export interface FileSeen {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly content?: string;
}

/** How an image is to be started. */
export interface ImageConfig {
  readonly user: string;
  readonly workingDir: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
  /** Interval, timeout and the like. */
  readonly healthTimes: string;
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly stopSignal: string;
  readonly shell: readonly string[];
  readonly onBuild: readonly string[];
}

/** What environments lead to, by absolute path. Of an image that a Python in it has listed. */
export interface LeadsSeen {
  /** `.pth` files that name a folder which is not there, with the folder: links to a project that stayed in another stage. */
  readonly dead: ReadonlyMap<string, string>;
  /** Environments whose scripts have another path for them, with that path. */
  readonly moved: ReadonlyMap<string, string>;
}

export interface SideDetails {
  readonly config: ImageConfig;
  /** By absolute path. */
  readonly files: ReadonlyMap<string, FileSeen>;
  /** Who listed them: a Python in the image sees what its user may see. */
  readonly by: 'python' | 'engine';
  /** Lists them by the engine. */
  readonly list: () => Promise<ReadonlyMap<string, FileSeen> | undefined>;
  /** Of the operating system, with versions. */
  readonly packages: ReadonlyMap<string, string>;
  /** Libraries that are not found, each with an extension module that needs it; undefined where nobody looked. */
  readonly missing?: ReadonlyMap<string, string>;
  readonly leads?: LeadsSeen;
}

export interface ProcessLooked extends ProcessSeen {
  readonly details?: ProcessDetails;
}

export interface StartLooked extends StartSeen {
  readonly processes: readonly ProcessLooked[];
}

/** Of our own limits the one that ended a build, or kept it from being begun. */
export type BuildLimit = 'disk' | 'time';

export interface SideLooked extends SideSeen {
  readonly limit?: BuildLimit;
  readonly details?: SideDetails;
  readonly start?: StartLooked;
  readonly exec?: StartLooked;
}

/** Without the details. */
export function toldOf({ details: _, limit: _limit, ...side }: SideLooked): SideSeen {
  const plain = ({ processes, ...start }: StartLooked): StartSeen => ({
    ...start,
    processes: processes.map(({ details: _own, ...one }) => one),
  });
  return {
    ...side,
    ...(side.start ? { start: plain(side.start) } : {}),
    ...(side.exec ? { exec: plain(side.exec) } : {}),
  };
}

/** Both sides with files that the same eye has seen. */
export async function withFilesSeenAlike(
  before: SideLooked,
  after: SideLooked,
): Promise<readonly [SideLooked, SideLooked]> {
  if (!before.details || !after.details || before.details.by === after.details.by) return [before, after];
  const even = async (side: SideLooked): Promise<SideLooked> => {
    const { details } = side;
    if (!details || details.by === 'engine') return side;
    return { ...side, details: { ...details, files: (await details.list()) ?? new Map(), by: 'engine' } };
  };
  return [await even(before), await even(after)];
}
