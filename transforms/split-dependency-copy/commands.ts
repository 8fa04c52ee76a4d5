// The commands of a RUN that are decided on: the interpreter's, with what starts others in the same place cut off.

import type { Stage } from '../../src/facts/image.ts';
import type { Command, Unfollowed } from '../../src/facts/shell/interpreter.ts';
import { commandsOfRun, type RunCommands } from '../../src/facts/shell/runCommands.ts';
import { isSystemShell, takesText } from '../../src/facts/shell/shellNames.ts';
import { shellText } from '../../src/facts/shell/steps.ts';
import type { RunSteps, Step } from './step.ts';

const MAX_STEPS = 500;
/** Their operand runs with the same files in view. */
const WRAPPERS = /^(exec|time|command|nohup|env|builtin|eatmydata)$/;

const known = new WeakMap<RunCommands, RunSteps>();

/** Reads instruction `n` of a stage, a RUN. `text`: the whole Dockerfile. */
export function runSteps(stage: Stage, n: number, text: string): RunSteps {
  if (!isPlain(stage, n, text)) return { steps: [], problem: 'it is not run by a plain shell' };
  const all = commandsOfRun(stage, n, text);
  const before = known.get(all);
  if (before !== undefined) return before;
  const read = stepsOfRun(all);
  known.set(all, read);
  return read;
}

/** Is it a list, or text for a shell of the image that looks for nothing else? */
function isPlain(stage: Stage, n: number, text: string): boolean {
  const i = stage.instructions[n]!;
  if (i.json !== undefined) return true;
  const { shell } = stage.before[n]!;
  return (
    isSystemShell(shell[0] ?? '') &&
    /^-[euxo]*c$/.test(shell.at(-1) ?? '') &&
    shellText(i, text).interpreter === undefined
  );
}

function stepsOfRun({ commands, unfollowed }: RunCommands): RunSteps {
  const own = commands.filter((c) => !c.inConstruct && isOwnCommand(c));
  const starting = new Set(own.map((c) => c.by));
  const steps = new Map<Command, Step>();
  for (const c of own) if (!starting.has(c)) steps.set(c, stepOfCommand(c, steps));
  const [first] = unfollowed.filter(({ by }) => by === undefined || isFollowedCommand(by));
  const problem = steps.size > MAX_STEPS ? wordsSaid('too much') : first && wordsSaid(first.kind, first.by);
  return { steps: [...steps.values()], ...(problem === undefined ? {} : { problem }) };
}

/** Does the command stand for what it starts? */
const isFollowedCommand = (c: Command): boolean =>
  c.isOwnShell === true ||
  (isOwnCommand(c) &&
    (WRAPPERS.test(c.words[0] ?? '') || (isSystemShell(c.words[0] ?? '') && c.words.some(takesText))));

/** Is it started by the RUN's own shell, or by what only hands on? One that is given another PATH is not. */
const isOwnCommand = ({ by, pathReset }: Command): boolean =>
  by === undefined || (isFollowedCommand(by) && (by.isOwnShell === true || by.pathReset?.words === pathReset?.words));

/** `env A=b`: nothing is started. */
const isEmptyCommand = ({ words: [name, ...rest] }: Command): boolean =>
  name === 'env' && rest.length > 0 && rest.every((w) => /^[A-Za-z_]\w*=/.test(w));

function stepOfCommand(c: Command, steps: ReadonlyMap<Command, Step>): Step {
  const { writing, range, input } = c;
  const first = input?.find((one) => steps.has(one));
  return {
    words: isEmptyCommand(c) ? [] : c.fields,
    cwd: c.cwd,
    variables: c.variables,
    redirects: writing?.redirects ?? [],
    patterns: writing?.patterns ?? [],
    range,
    end: writing?.end ?? range.end,
    text: writing?.text ?? '',
    top: c.inOwnList,
    ...(input === undefined ? {} : { input: first === undefined ? [] : steps.get(first)!.words }),
  };
}

function wordsSaid(kind: Unfollowed['kind'], by?: Command): string {
  switch (kind) {
    case 'unreadable':
      return 'its shell text cannot be read';
    case 'too much':
      return 'it has too many commands';
    case 'background':
      return 'it starts something in the background';
    case 'construct':
      // Loops over words and cases are rare around installs, and mostly about files.
      return 'it has a loop, a function or another construct that is not followed';
    case 'hidden':
      return 'it runs a command inside an expansion';
    case 'array':
      return 'it runs a command inside an array';
    case 'text':
      return `the text of ${by?.words[0] ?? 'a shell'} -c is not known`;
  }
}
