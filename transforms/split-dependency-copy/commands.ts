// The simple commands of a RUN, each with its words, folder and variables, for deciding what it reads and writes.

import type { ImageState, Stage } from '../../src/facts/image.ts';
import type { Shell } from '../../src/facts/trace/state.ts';
import { jsonFields, shellText } from '../../src/facts/trace/steps.ts';
import { type Field, fields, type WordContext } from '../../src/facts/trace/words.ts';
import { absolute, unknown } from '../../src/facts/values.ts';
import type { LogicalText, Range } from '../../src/model.ts';
import {
  type Assignment,
  type Command,
  type PipelineNode,
  parseShell,
  type Statement,
} from '../../src/parse/shell/shell.ts';
import { rangeOf } from '../../src/text/logical.ts';
import { hasHidden, isPattern, mayRunCommand, unwrapped } from './shellWords.ts';
import type { RunSteps, Step } from './step.ts';

interface Walk {
  readonly steps: Step[];
  readonly range: Range;
  text: LogicalText;
  problem: string | undefined;
}

interface Way {
  readonly top: boolean;
  readonly input?: readonly Field[];
}

const MAX_STEPS = 500;
/** A shell of the image: one by another path may lie in the code. */
const OF_SYSTEM = /^(\/(usr\/(local\/)?)?bin\/)?[a-z]+$/;

function shellOf(stage: Stage, state: ImageState, range: Range): Shell {
  return {
    variables: new Map(state.buildEnv),
    exported: new Set(state.buildEnv.keys()),
    cwd: state.cwd,
    user: state.user,
    kind: 'unknown',
    hashed: new Map(),
    functions: new Map(),
    parameters: [],
    conditional: false,
    child: false,
    outerExpanded: false,
    origin: range,
    depth: 0,
    complete: stage.base.complete,
  };
}

const cloned = (shell: Shell): Shell => ({ ...shell, variables: new Map(shell.variables), depth: shell.depth + 1 });

/** Reads instruction `n` of a stage, a RUN. `text`: the whole Dockerfile. */
export function runSteps(stage: Stage, n: number, text: string): RunSteps {
  const i = stage.instructions[n]!;
  const state = stage.before[n]!;
  const walk: Walk = { steps: [], range: { start: i.start, end: i.end }, text: i.logical, problem: undefined };
  const shell = shellOf(stage, state, walk.range);
  if (i.json !== undefined) addStep(jsonFields(i), shell, walk, { top: false }, undefined);
  else {
    const name = state.shell[0]?.replace(/^.*\//, '') ?? '';
    const { script, interpreter } = shellText(i, text);
    if (
      interpreter !== undefined ||
      !/^(ba|da|a)?sh$/.test(name) ||
      !OF_SYSTEM.test(state.shell[0] ?? '') ||
      !/^-[euxo]*c$/.test(state.shell.at(-1) ?? '')
    ) {
      walk.problem = 'it is not run by a plain shell';
    } else walkText(script, shell, walk, { top: true });
  }
  return { steps: walk.steps, ...(walk.problem === undefined ? {} : { problem: walk.problem }) };
}

function walkText(text: LogicalText, shell: Shell, walk: Walk, way: Way): void {
  const { script } = parseShell(text);
  if (script === undefined) {
    walk.problem ??= 'its shell text cannot be read';
    return;
  }
  const outer = walk.text;
  walk.text = text;
  walkStatements(script.commands, shell, walk, way);
  walk.text = outer;
}

function walkStatements(statements: readonly Statement[], shell: Shell, walk: Walk, way: Way): void {
  for (const statement of statements) {
    if (statement.background === true) walk.problem ??= 'it starts something in the background';
    if (statement.command.type !== 'AndOr') {
      walkNode(statement.command, shell, walk, way);
      continue;
    }
    const { commands, operators } = statement.command;
    let always = true;
    for (const [n, node] of commands.entries()) {
      // Behind `||`, and behind a test, a command may run or not.
      if (operators[n - 1] === '||' || (n > 0 && isTest(commands[n - 1]!))) always = false;
      if (always) walkNode(node, shell, walk, way);
      else walkMaybe((copy) => walkNode(node, copy, walk, { ...way, top: false }), shell);
    }
  }
}

const isTest = (node: PipelineNode): boolean =>
  node.type === 'TestCommand' || (node.type === 'Command' && /^(\[|test)$/.test(node.name?.value ?? ''));

/** What may run or not: folder and variables that differ behind it are unknown. */
function walkMaybe(body: (copy: Shell) => void, shell: Shell): void {
  const copy = cloned(shell);
  body(copy);
  if (copy.cwd !== shell.cwd) shell.cwd = unknown('the folder after a branch');
  for (const [name, value] of copy.variables) {
    if (shell.variables.get(name) !== value) shell.variables.set(name, unknown(`$${name} after a branch`));
  }
}

function walkNode(node: PipelineNode, shell: Shell, walk: Walk, way: Way): void {
  const inner = { ...way, top: false };
  if (walk.steps.length > MAX_STEPS || shell.depth > 60) {
    walk.problem ??= 'it has too many commands';
    return;
  }
  const lists = (...all: readonly ({ readonly commands: readonly Statement[] } | undefined)[]): void => {
    for (const list of all) {
      if (list) walkMaybe((copy) => walkStatements(list.commands, copy, walk, inner), shell);
    }
  };
  switch (node.type) {
    case 'Command':
      walkCommand(node, shell, walk, way);
      return;
    case 'Pipeline': {
      let input: readonly Field[] | undefined;
      for (const command of node.commands) {
        const from = walk.steps.length;
        const alone = node.commands.length === 1;
        walkNode(command, alone ? shell : cloned(shell), walk, alone ? way : { ...inner, ...(input ? { input } : {}) });
        input = walk.steps[from]?.words ?? [];
      }
      return;
    }
    case 'BraceGroup':
      walkStatements(node.body.commands, shell, walk, inner);
      return;
    case 'Subshell':
      walkStatements(node.body.commands, cloned(shell), walk, inner);
      return;
    case 'If':
      walkStatements(node.clause.commands, shell, walk, inner);
      for (const one of node.elif) lists(one.clause, one.then);
      lists(node.then, node.else);
      return;
    case 'While':
      lists(node.clause, node.body);
      return;
    default:
      // Loops over words and cases are rare around installs, and mostly about files.
      walk.problem ??= 'it has a loop, a function or another construct that is not followed';
  }
}

function walkCommand(node: Command, shell: Shell, walk: Walk, way: Way): void {
  const context: WordContext = {
    shell,
    text: walk.text,
    substitute: (script) => {
      const outer = walk.text;
      if (script.errors?.length) walk.problem ??= 'its shell text cannot be read';
      else {
        walk.text = { text: script.source ?? '', pieces: [] };
        walkStatements(script.commands, cloned(shell), walk, { top: false });
        walk.text = outer;
      }
      return undefined;
    },
  };
  const textOf = (a: Assignment): string =>
    a.value.type === 'ArrayValue'
      ? textOfArray(a.text, walk)
      : fields(a.value, context)
          .map((f) => f.value)
          .join(' ');
  const prefix = node.prefix.filter((p): p is Assignment => p.type === 'Assignment');
  if (hasHidden(node, prefix)) walk.problem ??= 'it runs a command inside an expansion';
  if (node.name === undefined) {
    for (const a of prefix) shell.variables.set(a.name, textOf(a));
    // `> FILE` alone empties it, `$(< FILE)` reads it.
    if (node.redirects.length > 0) addStep([], shell, walk, way, node);
    return;
  }
  const own = prefix.length === 0 ? shell : cloned(shell);
  for (const a of prefix) own.variables.set(a.name, textOf(a));
  const words: Field[] = [...fields(node.name, context)];
  const patterns: string[] = [];
  for (const arg of node.args) {
    if (arg.type === 'Assignment') words.push({ value: `${arg.name}=${textOf(arg)}`, raw: arg.text });
    else {
      const own = fields(arg, context);
      for (const { value } of own) if (isPattern(arg, value)) patterns.push(absolute(value, shell.cwd));
      words.push(...own);
    }
  }
  addStep(words, own, walk, way, node, patterns);
  if (/^(cd|pushd)$/.test(words[0]?.value ?? '')) {
    const to = words[1]?.value;
    shell.cwd = to === undefined || to.startsWith('-') ? unknown('cd') : absolute(to, shell.cwd);
  } else if (/^(export|declare|typeset|local|readonly)$/.test(words[0]?.value ?? '')) {
    for (const { value } of words.slice(1)) {
      const at = value.indexOf('=');
      if (at > 0) shell.variables.set(value.slice(0, at), value.slice(at + 1));
    }
  }
}

function textOfArray(text: string, walk: Walk): string {
  if (mayRunCommand(text)) walk.problem ??= 'it runs a command inside an array';
  return unknown(text);
}

function addStep(
  all: readonly Field[],
  shell: Shell,
  walk: Walk,
  way: Way,
  node: Command | undefined,
  patterns: readonly string[] = [],
): void {
  const variables = new Map(shell.variables);
  const words = unwrapped(all, variables);
  const name = words[0]?.value ?? '';
  if (/^(\/bin\/|\/usr\/bin\/)?(ba|da|a)?sh$/.test(name) && /^-[eux]*c$/.test(words[1]?.value ?? '') && words[2]) {
    const child = { ...cloned(shell), variables, parameters: words.slice(4).map((f) => f.value) };
    const { logical, expandsPath } = words[2];
    if (logical === undefined || expandsPath) walk.problem ??= `the text of ${name} -c is not known`;
    else walkText(logical, child, walk, { top: false });
    return;
  }
  const redirects: string[] = [];
  let end = node?.name?.end ?? 0;
  for (const arg of node?.args ?? []) end = Math.max(end, arg.end);
  for (const one of node?.redirects ?? []) {
    if (one.type !== 'Redirect') continue;
    const target = one.target!.value;
    if (/^(\d|-)$|^\/dev\/(null|stdout|stderr|fd\/\d)$/.test(target)) continue;
    const value =
      fields(one.target!, { shell, text: walk.text, substitute: () => undefined })[0]?.value ?? unknown(target);
    redirects.push(absolute(value, shell.cwd));
  }
  const placed = node !== undefined && walk.text.pieces.length > 0;
  walk.steps.push({
    words,
    cwd: shell.cwd,
    variables,
    redirects,
    patterns,
    range: placed ? rangeOf(walk.text, node.pos, node.end) : walk.range,
    end: placed ? rangeOf(walk.text, node.pos, end).end : walk.range.end,
    text: placed ? walk.text.text.slice(node.pos, node.end) : '',
    top: way.top && placed,
    ...(way.input ? { input: way.input } : {}),
  });
}
