// Tells a build that the Dockerfile makes fail from one that the engine, a registry or the machine let down.

import type { Engine } from '../io/engine/engine.ts';

/** Lines of one build's log are given to `line` (latin1, in their order). */
export interface BuildFailure {
  line(text: string): void;
  /** Undefined where the log names what of the Dockerfile has failed; otherwise what the engine said last. */
  untold(): string | undefined;
}

const LONGEST = 2000;

/** What BuildKit's last error says where a step, or the file itself, is at fault. */
const BUILDKIT_FAILED: readonly RegExp[] = [
  /did not complete successfully: exit code: [0-9]+$/,
  /did not complete successfully: unable to find (?:user|group) /,
  /executor failed running .*: exit code: [0-9]+$/,
  /failed to calculate checksum of ref .*: not found$/,
  /failed to compute cache key: "[^"]*" not found: not found$/,
  /dockerfile parse error/i,
  /target stage "[^"]*" could not be found/,
  /circular dependency detected on stage/,
  /base name \(.*\) should not be blank/,
  /no build stage in current context/,
  /the Dockerfile \(.*\) cannot be empty/,
  /failed to parse stage name /,
  /failed to process "/,
  /(?:lstat|stat|mkdir|open) \/.*: (?:no such file or directory|not a directory)$/,
  /cannot copy to non-directory: /,
  /cannot replace to directory /,
  /no source files were specified/,
];

const PODMAN_FAILED: readonly RegExp[] = [
  /while running runtime: exit status [0-9]+$/,
  /building at STEP "(?:COPY|ADD) .*(?:no such file or directory|no items matching glob|not a directory)/i,
  /(?:determining starting point for build|resolving symlinks).*no such file or directory/,
  /(?:error parsing|parsing) .*(?:Dockerfile|Containerfile)|dockerfile parse error|unknown instruction|build step .*unknown/i,
  /FROM requires either|no stages|target "[^"]*" not found/i,
];

/** A step that was killed (memory), or that had no room, would do better elsewhere. */
const KILLED = /exit (?:code:|status) (?:137|143)$/;
const NO_ROOM = /No space left on device|Disk quota exceeded/i;
/** The runtime could not start the step, and not because the image lacks its program. */
const NOT_STARTED = /(?:runc|crun|OCI runtime).*(?:error|failed)/i;
const NO_PROGRAM = /executable file .*not found|no such file or directory|permission denied|exec format error/i;

/** Reads the log of a build that failed. Nothing that a step itself prints can pass for the engine's words: those come last. */
export function buildFailure(kind: Engine['kind']): BuildFailure {
  let last = '';
  /** BuildKit's last error; the command in it may have several lines. */
  let error: string | undefined;
  let machine = false;
  return {
    line: (raw) => {
      const text = raw.slice(0, LONGEST);
      if (/^[ \t]*$/.test(text)) return;
      last = raw.slice(-LONGEST);
      if (NO_ROOM.test(text) || (NOT_STARTED.test(text) && !NO_PROGRAM.test(text))) machine = true;
      if (kind === 'podman') return;
      if (text.startsWith('ERROR: ')) error = last;
      else if (error !== undefined) error = `${error}\n${last}`.slice(-LONGEST);
    },
    untold: () => {
      const said = kind === 'podman' ? last : (error ?? '');
      const failed = kind === 'podman' ? PODMAN_FAILED : BUILDKIT_FAILED;
      const named = !machine && !KILLED.test(said) && failed.some((one) => one.test(said));
      return named ? undefined : (said === '' ? last : said).split('\n').at(-1) || 'the engine gives no reason';
    },
  };
}
