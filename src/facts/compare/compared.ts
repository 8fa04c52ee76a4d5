// One command before and after a fix, and what the rules over it have in common.

import type { Base } from '../baseImages.ts';
import type { Blocker } from '../blocker.ts';
import { envPathOf, type PythonInterpreter } from '../pythonInterpreter.ts';
import type { RunEvent } from '../trace/events.ts';
import type { Environment } from '../trace/imageFiles.ts';
import type { Trace } from '../trace/input.ts';

export interface CompareOptions {
  /** Environments into which a use or an install may move from the system interpreter. */
  readonly movesTo: readonly string[];
  /** Base of each stage, by index. */
  readonly bases: readonly Base[];
  /** COPY and install may have changed places; an install's text -> what stands for it now (split-dependency-copy). */
  readonly reordered?: Reordered | undefined;
}

export interface Reordered {
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** Stages in which the commands stand so; absent: all. */
  readonly stages?: readonly number[];
}

/** The same command in both traces. */
export interface Compared {
  readonly before: RunEvent;
  readonly after: RunEvent;
  /** The trace after the fix. */
  readonly trace: Trace;
  readonly options: CompareOptions;
}

/** Why the command is worse than, or not comparable with, what it was before. */
export type CommandRule = (compared: Compared) => Blocker | undefined;

/** Rules that are asked only where something holds; the first that blocks answers. */
export const rulesWhere =
  (holds: (compared: Compared) => boolean, rules: readonly CommandRule[]): CommandRule =>
  (compared) =>
    holds(compared) ? firstBlocker(rules, compared) : undefined;

export function firstBlocker(rules: readonly CommandRule[], compared: Compared): Blocker | undefined {
  for (const rule of rules) {
    const blocker = rule(compared);
    if (blocker !== undefined) return blocker;
  }
  return undefined;
}

export const hasSamePath = ({ before, after }: Compared): boolean => after.path.join(':') === before.path.join(':');

export const hasSameVariable = ({ before, after }: Compared): boolean =>
  after.virtualEnv === before.virtualEnv && after.virtualEnvDangling === before.virtualEnvDangling;

/** From the system's Python into an environment that the fix declares. */
export const mayMove = (from: PythonInterpreter, to: PythonInterpreter, { options }: Compared): boolean =>
  from.kind === 'system' && options.movesTo.includes(envPathOf(to) ?? '\0');

/** The environment of that interpreter in the command's stage, after the fix. */
export const environmentAfter = (
  interpreter: PythonInterpreter,
  { before, trace }: Compared,
): Environment | undefined => trace.stages[before.stage]?.files.environments.get(envPathOf(interpreter) ?? '');

/** The base of the command's stage, where not all of it is known. */
export function openBase({ before, options }: Compared): Base | undefined {
  const base = options.bases[before.stage];
  return base?.complete === false ? base : undefined;
}
