// One command before and after a fix, and what the rules over it have in common.

import { type Base, isAssumable } from '../baseImages/base.ts';
import type { Blocker } from '../blocker.ts';
import { envPathOf, type PythonInterpreter } from '../pythonInterpreter.ts';
import type { RunEvent } from '../trace/events.ts';
import type { Environment } from '../trace/imageFiles.ts';
import type { Trace } from '../trace/input.ts';

export interface CompareOptions {
  /** Environments into which a use or an install may move from the system interpreter. */
  readonly movesTo: readonly string[];
  /** What was in the environment `from` may be in `to`. */
  readonly movesEnvironment?: { readonly from: string; readonly to: string } | undefined;
  /** Environments that come, each by a new `python3 -m venv PATH`. */
  readonly creates?: readonly string[];
  /** Copies from other stages may take less of what their Python holds, where nothing is found by it. */
  readonly copiesLess?: boolean;
  /** Base of each stage, by index. */
  readonly bases: readonly Base[];
  /** References of bases that are taken to start nothing of their own, and to hold no packages that are missed. */
  readonly assumed?: readonly string[];
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

/** From the system's Python into an environment that the fix declares, or from one environment into another that it declares for it. */
export function mayMove(from: PythonInterpreter, to: PythonInterpreter, { options }: Compared): boolean {
  const path = envPathOf(to) ?? '\0';
  if (from.kind === 'system') return options.movesTo.includes(path);
  const { movesEnvironment } = options;
  return movesEnvironment !== undefined && envPathOf(from) === movesEnvironment.from && path === movesEnvironment.to;
}

/** The environment of that interpreter in the command's stage, after the fix. */
export const environmentAfter = (
  interpreter: PythonInterpreter,
  { before, trace }: Compared,
): Environment | undefined => trace.stages[before.stage]?.files.environments.get(envPathOf(interpreter) ?? '');

/** Is the base of the command's stage taken to start nothing and to hold nothing that is missed? */
export function isAssumed({ before, options }: Compared): boolean {
  const base = options.bases[before.stage];
  return base !== undefined && options.assumed?.includes(base.ref) === true && isAssumable(base);
}

/** The base of the command's stage, where its Python holds, or may hold, packages, or it may start what nobody wrote down. */
export function openBase(compared: Compared): Base | undefined {
  const { before, options } = compared;
  const base = options.bases[before.stage];
  if (base === undefined || isAssumed(compared)) return undefined;
  const isOpen = before.opaque === 'entrypoint of the base' || base.brings === 'unknown' || base.brings.length > 0;
  return isOpen ? base : undefined;
}
