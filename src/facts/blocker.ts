// Why a fix is not made: one type for all that hold one back. The code decides, the words are only shown.
import type { TraceEvent } from './trace/events.ts';

export interface Blocker {
  readonly code: BlockerCode;
  /** The event that it hangs on, as it was before the fix. */
  readonly at?: TraceEvent;
  /** A clause for people. Line marks in it are those of the text that it was found in. */
  readonly words: string;
}

export type BlockerCode =
  | CommandCode
  | EditCode
  | ActivationCode
  | ImageCode
  | ServiceCode
  | BytecodeCode
  | SplitCode
  | GuardCode;

/** A command, or who reads what it installs, before and after. */
type CommandCode =
  | 'commands'
  | 'words'
  | 'settings'
  | 'target'
  | 'python'
  | 'version'
  | 'base'
  | 'packages'
  | 'tool'
  | 'pip'
  | 'swept'
  | 'user'
  | 'variable'
  | 'shadowed'
  | 'unknown';

/** The text that would have to be written. */
type EditCode = 'cut' | 'text' | 'shared entry' | 'reach' | 'ignore file' | 'not wanted';

/** What an activation means to those around it. */
type ActivationCode =
  | 'path reset'
  | 'branch'
  | 'side effect'
  | 'deactivate'
  | 'tool environment'
  | 'second environment'
  | 'built upon'
  | 'named elsewhere';

/** The environment in the image. */
type ImageCode = 'in use' | 'moved environment' | 'empty environment';

/** A compose service and its mounts. */
type ServiceCode =
  | 'service'
  | 'mount'
  | 'host files'
  | 'other service'
  | 'owner'
  | 'foreign owner'
  | 'start'
  | 'remade'
  | 'watch';

type BytecodeCode = 'bytecode wanted' | 'never compiled';

/** What keeps an install behind the code that is copied before it. */
type SplitCode = 'context' | 'already split' | 'reads code' | 'same folder' | 'order' | 'lock' | 'runs twice';

/** A fix that does not do what it declares. */
type GuardCode = 'edits' | 'undeclared' | 'ignored files' | 'compose';

export const isBlocker = <T extends object>(value: T | Blocker): value is Blocker =>
  'code' in value && 'words' in value;
