// What an installer is: all that the rest of the house knows of pip, uv, poetry and the others, one value for each.

import type { FlagTable } from '../flags.ts';
import type { CallState } from './callState.ts';
import type { DotenvCall, EarlyCall, Effect, InstallerCall, LaterReason, PuttingCall } from './calls.ts';
import type { Compiling, FlagSince } from './compiling.ts';
import type { InstallReading } from './reading.ts';

export type InstallerName = 'pip' | 'uv' | 'poetry' | 'pipenv' | 'pdm' | 'conda' | 'hatch' | 'rye';

/** What one installer command reads of the files in the image. */
export interface InstallReads {
  readonly tool: InstallerName;
  /** It installs what the manifest and the lock of a project say (`uv sync`), not what it is given (`pip install`). */
  readonly ofProject: boolean;
  /** Absolute image paths that must be there, by first need. */
  readonly files: readonly string[];
  /** Would be read when there, and are there. */
  readonly optional: readonly string[];
  /** Folders of archives (`--find-links`) that it looks through. */
  readonly folders: readonly string[];
  /** Why the project's own code must be there; false: it need not. */
  readonly needsProject: false | string;
  /** Normalised names that it is asked for, or that its lock has: at most these, and what they depend on, get installed. Sorted. */
  readonly packages: readonly string[];
  /** Reasons why this is not exactly known. */
  readonly unknown: readonly string[];
}

/** What an installing command takes: what a project says, what it is given, or both. */
export type TakenSettings = 'project' | 'list';

/** Files that a project has for an installer, all in one folder. */
export interface ProjectFiles {
  readonly manifest: string;
  readonly locks: readonly string[];
  /** What else it looks for there: it changes what is installed. */
  readonly settings: readonly string[];
  /** Flags with which an install ends where the lock is not there; absent: none is known. */
  readonly asksLock?: RegExp;
  /** What its installs may write there, wherever they go; absent: they write where they go. */
  readonly written?: readonly string[];
}

/** How a person keeps the environment of a project elsewhere than beside its code. */
export interface Elsewhere {
  /** For a service, as a sentence without its full stop. */
  readonly service: string;
  /** For an image, as words. */
  readonly image: string;
}

/** Where it keeps what it downloads. */
export interface InstallerCache {
  /** Below ~/.cache. */
  readonly folder: string;
  /** Names another folder. */
  readonly variable: string;
  /** Commands that end where it cannot be made; undefined: it goes on without. */
  readonly opens: RegExp | undefined;
  /** Other variables by which there is none, or another one. */
  readonly others: readonly string[];
}

/** Its `run NAME`, which starts a program in the environment of a project. */
export interface RunCommand {
  /** In front of the program. */
  readonly flags: FlagTable;
  /** Where it installs what is missing; undefined: it does not. */
  readonly withoutSync: WithoutSync | undefined;
  /** What becomes of a `x.py` in the place of a program. */
  readonly scripts: 'given to Python' | 'programs';
  /** May NAME stand for any command, by scripts in a manifest of this text? undefined: there are no such scripts. */
  readonly mayName: ((name: string | undefined, manifest: string) => boolean) | undefined;
}

/** Variables by which it finds a project and its environment. */
export interface ProjectVariables {
  /** They have it take another project than that of the working folder, or another Python for it. */
  readonly project: readonly string[];
  /** The path of the environment. */
  readonly environment: string | undefined;
  /** Yes has the environment stand in the project's folder. */
  readonly inProject: string | undefined;
  /** No has it install into the Python that it runs in. */
  readonly create: string | undefined;
  /** The Python that an environment is to be of, which it may bring; undefined: it brings none. */
  readonly python: string | undefined;
  /** Others that send it to another environment. */
  readonly others: readonly string[];
  /** Folders in which it keeps environments of projects. */
  readonly keeps: readonly string[];
}

/** Its install of a project in two halves: what the project depends on, and later the project itself. */
export interface Halves {
  /** Flags to try, in turn, that leave code out: first the project's own, then that of folders it depends on too. */
  readonly without: readonly (readonly FlagSince[])[];
  /** The words, joined, of a command that installs a project. */
  readonly installs: RegExp;
  /** Folders of the other projects that a lock of this text has; undefined: which it takes in is not known. */
  readonly members: ((lock: string) => readonly string[]) | undefined;
  /** Versions that it has at most, by signs other than its own number. */
  readonly atMost: (dockerfile: string, locks: readonly string[]) => readonly (readonly number[])[];
  /** Plugins of it that may read the code, as files name them. */
  readonly readingPlugin: RegExp | undefined;
  /** It looks for the packages of the project itself; undefined: that is left to the project's build. */
  readonly look: PackageLook | undefined;
}

/** How it looks for packages. */
export interface PackageLook {
  /** Does a Dockerfile of this text bring a version that stops where it finds none? */
  readonly stops: (dockerfile: string) => boolean;
  /** What else follows, as a clause. */
  readonly follows: string;
}

/** What makes `run` start a program without a sync. */
export interface WithoutSync {
  readonly flag: string;
  readonly variable: string;
}

export interface Installer {
  readonly name: InstallerName;
  /** Names of its programs. */
  readonly programs: RegExp;
  /** Other programs that come with it. */
  readonly companions: readonly string[];
  /** The instruction that brings it as a program which needs no Python; undefined: it is installed. */
  readonly broughtBy: string | undefined;
  /** What `python -m` calls it. */
  readonly modules: readonly string[];
  /** It is a package of the Python that it installs into, or stands in a place of its own. */
  readonly stands: 'in its target' | 'apart';
  /** Flags in front of its command word. */
  readonly globals: FlagTable;
  /** Of the projects that it installs; undefined: it installs none. */
  readonly project: ProjectFiles | undefined;
  /** undefined: it installs a project as a whole, or none. */
  readonly halves: Halves | undefined;
  /** Why an install must not come before the code, whatever that is; undefined: nothing is known against it. */
  readonly whyLater: (call: EarlyCall) => LaterReason | undefined;
  /** Places that a call whose target nobody knows writes to, beside those that its words name; undefined: they are not known. */
  readonly untold: (words: readonly string[]) => readonly string[] | undefined;
  /** Flags whose value is a place that it writes to. */
  readonly placeFlags: ReadonlySet<string>;
  /** Variables that name such places. */
  readonly placeVariables: readonly string[];
  /** undefined: by hand alone. */
  readonly elsewhere: Elsewhere | undefined;
  /** Variables, beside VIRTUAL_ENV, by which it takes an environment that stands elsewhere for its project's; undefined: it makes its own. */
  readonly adopts: readonly (readonly [string, string])[] | undefined;
  readonly variables: ProjectVariables;
  /** undefined: nothing is said of it. */
  readonly cache: InstallerCache | undefined;
  /** May a call go by the `.env` beside its manifest? `texts`: of the files that it reads. undefined: none does. */
  readonly loadsDotenv: ((call: DotenvCall) => boolean) | undefined;
  /** undefined: it has none, or none that is followed. */
  readonly run: RunCommand | undefined;
  /** May a call put something into a folder, beside the environments that it is known to make? */
  readonly mayPut: (call: PuttingCall) => boolean;
  /** May a call remove the environment of its project, or make it anew? `words`: behind its name, without what its `run` starts. */
  readonly mayRemake: (words: readonly string[], hasVariable: (name: string) => boolean) => boolean;
  readonly compiling: Compiling;
  /** As files have it, for a pattern: that nothing of what it installs is to be compiled; undefined: there is no such word. */
  readonly uncompiledText: string | undefined;
  /** What the names of its own variables begin with (`PIP` of `PIP_TARGET`). */
  readonly prefixes: readonly string[];
  /** As scripts have it, for a pattern: its commands that make the project's environment or install into it. */
  readonly makesText: string | undefined;
  /** As scripts have it, for a pattern: its commands that install into whatever Python is there. */
  readonly fillsText: string | undefined;
  /** Do the words behind its name read nothing of a project, and write only its own settings or caches? */
  readonly isIdle: (words: readonly string[]) => boolean;
  /** Files by which a command that only makes an environment chooses its Python; undefined: it is no such command. */
  readonly makes: (words: readonly string[]) => readonly string[] | undefined;
  /** What a call does, in order; undefined: nobody can follow it. 'not followed': that is so of every call. */
  readonly follow: 'not followed' | ((call: InstallerCall, state: CallState) => readonly Effect[] | undefined);
  /** Notes what the words behind its name read; undefined: they install nothing. */
  readonly read: (reading: InstallReading, words: readonly string[], cwd: string) => TakenSettings | undefined;
}
