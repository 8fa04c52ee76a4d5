// The commands of a RUN by themselves: the interpreter without the image's files, so that nothing becomes of what it comes to.

import type { Stage } from '../image.ts';
import { runFields } from './builtins.ts';
import type { Command, ShellInterpreter, Unfollowed } from './interpreter.ts';
import { runByShell, runExec, shellText, stepShell } from './steps.ts';
import { walkNode, walkText } from './walk.ts';

export interface RunCommands {
  readonly commands: readonly Command[];
  readonly unfollowed: readonly Unfollowed[];
}

const yieldsNothing = (): void => {};

function plainInterpreter(stage: Stage): ShellInterpreter {
  const tracer: ShellInterpreter = {
    base: stage.base,
    instruction: stage.from.index,
    when: 'build',
    commands: [],
    unfollowed: [],
    walk: { nodes: 0, over: undefined, functions: new Set() },
    walkText: (text, shell, source) => walkText(text, shell, tracer, source),
    walkNode: (node, shell, source) => walkNode(node, { shell, tracer, source }),
    runFields: (list, shell, call) => runFields(list, shell, tracer, call),
    stands: () => false,
    pathNow: (shell) => shell.variables.get('PATH') ?? '',
    program: yieldsNothing,
    unknown: yieldsNothing,
    unreadable: yieldsNothing,
    sourced: yieldsNothing,
    deactivated: yieldsNothing,
    activatedApart: yieldsNothing,
    scriptFile: yieldsNothing,
    pipedShell: yieldsNothing,
    rehashed: yieldsNothing,
    searched: yieldsNothing,
    redirected: yieldsNothing,
  };
  return tracer;
}

/** By stage, and by the RUN's place in it. */
const known = new WeakMap<Stage, Map<number, RunCommands>>();

/** The commands of instruction `n` of a stage, a RUN. `text`: the whole Dockerfile. Walked once. */
export function commandsOfRun(stage: Stage, n: number, text: string): RunCommands {
  const state = stage.before[n]!;
  const own = known.get(stage) ?? new Map<number, RunCommands>();
  const before = own.get(n);
  if (before !== undefined) return before;
  const i = stage.instructions[n]!;
  const tracer = plainInterpreter(stage);
  tracer.instruction = i.index;
  const shell = stepShell(state, tracer, i);
  if (i.json !== undefined) runExec(i, shell, tracer);
  else runByShell(shellText(i, text).script, state.shell, shell, tracer);
  known.set(stage, own.set(n, tracer));
  return tracer;
}
