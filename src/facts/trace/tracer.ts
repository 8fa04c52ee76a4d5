// The state that one stage's trace shares beyond the interpreter's: the image's files, the events, and how to look things up.

import type { Range } from '../../model.ts';
import type { FileText } from '../installers/callState.ts';
import type { Installing } from '../installers/calls.ts';
import { envPathOf, interpreterKey, type PythonInterpreter, SYSTEM_PYTHON } from '../pythonInterpreter.ts';
import type { ShellInterpreter, Source } from '../shell/interpreter.ts';
import { type Shell, sameUser } from '../shell/shellState.ts';
import { isKnown } from '../values.ts';
import type { RunEvent, TraceEvent } from './events.ts';
import type { Files } from './imageFiles.ts';
import { effectivePath, interpreterAlong, type SearchPlace, virtualEnvOf } from './searchPath.ts';
import { systemReach } from './systemPlaces.ts';

export interface Tracer extends ShellInterpreter {
  /** Of the stage at this point; replaced as a whole never, changed in place. */
  readonly files: Files;
  readonly events: TraceEvent[];
  readonly allEnvironments: Set<string>;
  readonly stage: number;
  /** A file of the image that came unchanged from the repository: its path there and its text. */
  readonly readImage: (imagePath: string) => { readonly path: string; readonly text: string } | undefined;
  /** What a file of the image holds, as far as this Dockerfile put it there; undefined: it did not. */
  readonly fileAt: (imagePath: string) => FileText | undefined;
  /** Files that mounts of the step lay over the image's. */
  mounted: ReadonlyMap<string, FileText>;
  /** Where the mounts of the step lie; absolute, symbolic. */
  mountTargets: readonly string[];
  /** Index of the hook of the service that runs now; undefined: its own process. */
  hook?: number;
  /** What the last simple command printed, where that is known. */
  output: string | undefined;
  /** How often a key was met: the n of install ids. */
  readonly counts: Map<string, number>;
  readonly changeActivate: (target: string, shell: Shell) => void;
  readonly activateScript: (path: string, shell: Shell) => void;
  /** A script of the repository is run or read; `path` there. */
  readonly scriptRun: (path: string, shell: Shell) => void;
}

export const placeIn = (tracer: Tracer): SearchPlace => ({
  files: tracer.files,
  base: tracer.base,
  allEnvironments: tracer.allEnvironments,
});

export interface RunDetails {
  readonly key: string;
  readonly words: readonly string[];
  readonly what: RunEvent['what'];
  readonly range: Range;
  readonly source: Source;
  /** Overrides what the search path gives. */
  readonly interpreter?: PythonInterpreter;
  /** PATH by which the name is found, where a hash keeps an older one. */
  readonly lookup?: string;
  readonly install?: Installing;
  readonly needsNoPackages?: boolean;
  readonly implied?: true;
  readonly opaque?: RunEvent['opaque'];
  /** It may install into its interpreter, by means that are not followed. */
  readonly mayInstall?: boolean;
}

/** Adds a run event; an install of it enters the files. */
export function addRun(tracer: Tracer, shell: Shell, details: RunDetails): RunEvent {
  const place = placeIn(tracer);
  const path = effectivePath(details.lookup ?? shell.variables.get('PATH') ?? '', place);
  const interpreter = details.interpreter ?? interpreterAlong(path, 'python', place);
  const venv = virtualEnvOf(shell, place);
  const count = (tracer.counts.get(details.key) ?? 0) + 1;
  tracer.counts.set(details.key, count);
  const id = `${details.key}#${count}`;
  const covered = tracer.files.covered.get(interpreterKey(interpreter));
  if (tracer.when === 'build') noteWriter(tracer.files, shell.user, details, interpreter);
  const event: RunEvent = {
    kind: 'run',
    key: details.key,
    words: details.words,
    what: details.what,
    interpreter,
    path,
    virtualEnv: venv.path,
    virtualEnvDangling: venv.dangling,
    user: shell.user,
    sees: seen(tracer.files, interpreter),
    needsNoPackages: details.needsNoPackages ?? false,
    instruction: tracer.instruction,
    stage: tracer.stage,
    when: tracer.when,
    range: details.range,
    conditional: shell.conditional,
    ...(details.source.file === undefined ? {} : { file: details.source.file }),
    ...(tracer.service === undefined ? {} : { service: tracer.service }),
    ...(tracer.hook === undefined ? {} : { hook: tracer.hook }),
    ...(shell.pathReset === undefined ? {} : { pathReset: shell.pathReset }),
    ...(details.install === undefined ? {} : { install: { ...details.install, id } }),
    ...(covered === undefined ? {} : { shadowed: covered }),
    ...(details.implied ? { implied: true as const } : {}),
    ...(details.opaque === undefined ? {} : { opaque: details.opaque }),
  };
  tracer.events.push(event);
  // by settings that are not known it may have gone to its own interpreter too
  if (details.install?.unread !== undefined) addInstall(tracer.files, interpreter, id);
  // what a start installs is seen by what it starts then, and by those who enter
  if (details.install) {
    const own = details.install.toolsOnly ? `tool:${id}` : id;
    addInstall(tracer.files, details.install.target, own);
    if (reachesSystem(details.install.target)) addInstall(tracer.files, SYSTEM_PYTHON, own);
  }
  // what an unknown program installs goes where a bare pip would put it
  else if ((details.what === 'unknown' || details.mayInstall) && tracer.when === 'build')
    addInstall(tracer.files, interpreter, `open:may:${id}`);
  return event;
}

/** An environment that somebody beside its owner wrote into (bytecode counts) holds files of both. */
function noteWriter(files: Files, user: string, details: RunDetails, interpreter: PythonInterpreter): void {
  const path = envPathOf(details.install?.target ?? interpreter);
  for (const environment of files.environments.values()) {
    if (environment.mixed || sameUser(environment.owner, user)) continue;
    if (details.what === 'unknown' || environment.path === path)
      files.environments.set(environment.path, { ...environment, mixed: true });
  }
}

/** An install for the user, or into a folder that the system's Python looks into; one whose place is not known may be. */
function reachesSystem(target: PythonInterpreter): boolean {
  if (target.kind === 'unknown') return true;
  if (target.kind !== 'elsewhere') return false;
  const path = target.place;
  return path === 'user' || ((path.startsWith('/') || !isKnown(path)) && systemReach(path) !== 'no');
}

/** Installs that an interpreter sees: an environment with system packages also the system's. */
function seen(files: Files, interpreter: PythonInterpreter): Set<string> {
  const own = new Set(files.installs.get(interpreterKey(interpreter)));
  const path = envPathOf(interpreter);
  if (path !== undefined && files.environments.get(path)?.systemPackages === 'yes')
    for (const id of files.installs.get('system') ?? []) own.add(id);
  return own;
}

export function addInstall(files: Files, target: PythonInterpreter, id: string): void {
  const key = interpreterKey(target);
  const set = files.installs.get(key);
  if (set) set.add(id);
  else files.installs.set(key, new Set([id]));
}

/** Text that cannot be followed: an event that may be anything. */
export function unreadable(tracer: Tracer, shell: Shell, why: string, text: string): void {
  addRun(tracer, shell, {
    key: `unreadable: ${text.slice(0, 200)}`,
    words: [`(${why})`],
    what: 'unknown',
    opaque: 'text',
    range: shell.origin,
    source: {},
  });
}

/** Where a name is found at this moment: environments that do not stand yet are no part of it. */
export const pathNow = (shell: Shell, tracer: Tracer): string =>
  effectivePath(shell.variables.get('PATH') ?? '', placeIn(tracer)).join(':');
