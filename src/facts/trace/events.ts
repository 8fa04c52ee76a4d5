// Events of a trace: what each command of an image does with interpreters and environments.

import type { Range } from '../../model.ts';
import type { Installing } from '../installers/calls.ts';
import type { PythonInterpreter } from '../pythonInterpreter.ts';
import type { ActivationPlace } from '../shell/activationPlace.ts';
import type { PathReset } from '../shell/shellState.ts';

interface At {
  /** Index of the instruction in the file; for runtime events of the CMD/ENTRYPOINT/HEALTHCHECK, else of FROM. */
  readonly instruction: number;
  readonly stage: number;
  readonly when: 'build' | 'runtime';
  /** In the Dockerfile, also where what stands there starts a script. */
  readonly range: Range;
  /** The script of the repository that it stands in. */
  readonly file?: string;
  readonly conditional: boolean;
  /** Name of the compose service that starts it; undefined for the image's own process. */
  readonly service?: string;
}

/** A command that runs, or may run, Python or follows the active environment. */
export interface RunEvent extends At {
  readonly kind: 'run';
  /** Text that identifies it across a fix: its words, wrappers and activation cut. */
  readonly key: string;
  readonly words: readonly string[];
  readonly what: 'python' | 'pip' | 'tool' | 'program' | 'unknown';
  readonly interpreter: PythonInterpreter;
  /** Effective search path: entries of environments that do not stand (yet) are left out, doubles too. */
  readonly path: readonly string[];
  /** VIRTUAL_ENV as the command sees it, undefined where unset or where nothing stands there. */
  readonly virtualEnv: string | undefined;
  readonly virtualEnvDangling: boolean;
  readonly user: string;
  readonly install?: Installing & { readonly id: string };
  /** Installs visible to it when it runs, by id (those of its interpreter). */
  readonly sees: ReadonlySet<string>;
  /** Known not to look at anything but its interpreter: no packages needed (pip, uv, -m venv). */
  readonly needsNoPackages: boolean;
  /** The image's own PATH or what a reset gave; kept for messages. */
  readonly pathReset?: PathReset;
  /** Something lies over its environment: what and where. */
  readonly shadowed?: string;
  /** Index of the hook of its service that starts it. */
  readonly hook?: number;
  /** `docker exec python`: nobody wrote it down. */
  readonly implied?: true;
  /** No command: a COPY that takes what the system's Python of another stage holds. */
  readonly isCopy?: true;
  /** What it runs cannot be read, and its words only say what stands there. */
  readonly opaque?: 'entrypoint of the base' | 'command of a service' | 'hook' | 'text';
}

export interface ActivateEvent extends At {
  readonly kind: 'activate';
  readonly path: string;
  readonly effect: 'works' | 'fails' | 'nothing' | 'unknown';
  /** Why it does what it does. */
  readonly why: string;
  /** Environment known to stand at `path`. */
  readonly known: boolean;
  readonly pathReset?: PathReset;
  /** The word as written. */
  readonly written: string;
  /** Where cutting it is understood. */
  readonly place?: ActivationPlace;
  /** No command comes after it in the same shell. */
  readonly last: boolean;
  readonly child: boolean;
  readonly outerExpanded: boolean;
  /** Command names that the shell had looked up before. */
  readonly hashed: readonly string[];
}

export interface CreateEvent extends At {
  readonly kind: 'create';
  readonly path: string;
  /** The operand as written. */
  readonly written: string;
}

export interface OtherEvent extends At {
  readonly kind: 'deactivate' | 'copy' | 'overwrite' | 'remove' | 'hash' | 'activateScript' | 'script';
  /** Environment concerned; script: the file of the repository that is run or read. */
  readonly path: string;
  /** overwrite: path in the build context of what comes to lie over it. */
  readonly source?: string;
  /** deactivate: how it stands in its list. */
  readonly place?: ActivationPlace;
  /** copy: the stage it came from. */
  readonly from?: number;
  /** copy: the environment of which no more than a part comes. */
  readonly partOf?: string;
}

/** Something takes what the system's Python holds as files: an archive, a stage that copies it, a setting that names it. */
export interface ReadEvent extends At {
  readonly kind: 'read';
  /** The place that is read. */
  readonly path: 'system';
  /** What takes it, as written. */
  readonly key: string;
  /** Installs that it finds there, by id. */
  readonly sees: ReadonlySet<string>;
}

export type TraceEvent = RunEvent | ReadEvent | ActivateEvent | CreateEvent | OtherEvent;

export const isRun = (event: TraceEvent): event is RunEvent => event.kind === 'run';
