// What the builds and looks of one proof share: the engine, the settings, what is known of images.

import type { Desk, EngineSession } from '../io/engine/engineSession.ts';
import type { BuildProcessSeen, ChangeSeen } from '../report/proof.ts';
import type { BuildLog } from './buildLog.ts';
import type { Inventory } from './inventory.ts';
import type { BuildLimit, ImageConfig, StartLooked } from './looked.ts';

/** What the user set, and limits. */
export interface BuildSettings {
  readonly network?: string;
  readonly platform?: string;
  /** Images to build on instead of those that a Dockerfile names, by its reference. */
  readonly images?: ReadonlyMap<string, string>;
  /** For one build. */
  readonly buildSeconds: number;
  /** For one start of a container. */
  readonly startSeconds: number;
  /** For all images of one run together. */
  readonly bytes: number;
  /** Whether to build once more with a change of the code. */
  readonly change: boolean;
  /** `absent`: without a look at a tree that has a developer's environment. */
  readonly host?: 'absent';
}

/** What one proof remembers between its builds. */
export interface Bench {
  readonly session: EngineSession;
  readonly desk: Desk;
  readonly settings: BuildSettings;
  /** Absolute folder of the probe. */
  readonly probe: string;
  /** Text that makes RUN steps this run's own. */
  readonly nonce: string;
  /** Processes of RUN steps, for the builds that find the step in the cache. */
  readonly ran: Map<string, readonly BuildProcessSeen[]>;
  readonly images: Map<string, Promise<Built>>;
  /** What is seen of an image, by its id and how it is started: images that two sides have in common are started once. */
  readonly looks: Map<string, Promise<Start | undefined>>;
  /** Names of the images made so far. */
  readonly names: string[];
  /** Packages of base images, by reference. */
  readonly bases: Map<string, Promise<ReadonlySet<string>>>;
  /** Bytes of all images so far. */
  used: number;
  say(text: string): void;
}

export interface Built {
  readonly image: string | undefined;
  readonly id: string;
  /** As of `SideSeen`. */
  readonly untold?: string;
  readonly limit?: BuildLimit;
  readonly log: BuildLog;
  readonly seconds: number;
  readonly bytes: number;
  readonly config: ImageConfig;
  readonly inventory: Inventory;
  /** `docker exec ... python` in the image as it is. */
  readonly exec?: StartLooked;
  readonly change?: ChangeSeen;
}

export interface Start extends StartLooked {
  /** Present where it was asked for and some `python` could be started. */
  readonly inventory?: Inventory;
}
