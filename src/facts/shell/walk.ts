// Walks shell text command by command, in the order and in the copies of state that a shell would use.

import type { LogicalText } from '../../model.ts';
import {
  type CommandNode,
  type CompoundList,
  type ParsedScript,
  type Pipeline,
  type PipelineNode,
  parseShell,
  type Statement,
} from '../../parse/shell/shell.ts';
import { unknown, unknownApart } from '../values.ts';
import type { ActivationPlace } from './activationPlace.ts';
import { type Command, nowhere, type ShellInterpreter, type Source } from './interpreter.ts';
import { activationPlaceOf, andOrGroups, type ListMember } from './listPlace.ts';
import { become, childShell, cloneShell, type Shell, setVariable } from './shellState.ts';
import { redirectTargets, walkCommand } from './simpleCommand.ts';
import { fields, type WordContext } from './words.ts';

const MAX_DEPTH = 40;
/** Of one stage: functions that call one another can multiply without end. Real ones come to some thousand. */
const MOST_NODES = 10_000;

/** Walks a shell text in `shell` (in place). A text that cannot be read becomes an event of its own. */
export function walkText(text: LogicalText, shell: Shell, t: ShellInterpreter, source: Source): void {
  const syntax = parseShell(text);
  if (syntax.script === undefined || shell.depth > MAX_DEPTH) {
    t.unfollowed.push({ kind: syntax.script === undefined ? 'unreadable' : 'too much', by: source.by });
    t.unreadable(shell, syntax.problems[0]?.message ?? 'nested too deep', text.text);
    return;
  }
  const { inGroup: _, ...own } = source;
  walkScript(syntax.script, shell, t, { ...own, text });
}

export function walkScript(script: ParsedScript, shell: Shell, t: ShellInterpreter, source: Source): void {
  walkStatements(script.commands, shell, t, source, script.commands.length === 1);
}

function walkStatements(
  statements: readonly Statement[],
  shell: Shell,
  t: ShellInterpreter,
  source: Source,
  single: boolean,
): void {
  const { groups, background } = andOrGroups(statements, source.text?.text ?? '');
  for (const [g, group] of groups.entries()) {
    if (background[g]) t.unfollowed.push({ kind: 'background', by: source.by });
    const target = background[g] ? childShell(shell) : shell;
    walkAndOr(group, target, t, source, single && group.length === 1);
  }
}

const isTest = (node: PipelineNode | undefined): boolean =>
  (node?.type === 'Pipeline' && node.commands.length === 1 && isTest(node.commands[0])) ||
  node?.type === 'TestCommand' ||
  node?.type === 'ArithmeticCommand' ||
  (node?.type === 'Command' && (node.name?.value === '[' || node.name?.value === 'test'));

/** `&&` chains are taken to succeed; what stands behind `||` or a test may run or not: both ways, joined. */
function walkAndOr(
  group: readonly ListMember[],
  shell: Shell,
  t: ShellInterpreter,
  source: Source,
  alone: boolean,
): void {
  let beforeLast = cloneShell(shell);
  /** As it is where a test before has failed. */
  let skipped: Shell | undefined;
  for (const member of group) {
    const place = activationPlaceOf(member, source, alone);
    if (member.operatorBefore === '||' && member !== group[0]) {
      const other = cloneShell(beforeLast);
      if (skipped !== undefined) join(other, skipped);
      skipped = undefined;
      const start = fingerprint(other);
      const { variables } = other;
      const wasActive = shell.active;
      const { conditional } = other;
      other.conditional = true;
      walkPipeline(member.node, other, t, source, place);
      other.conditional = conditional;
      // `source X || . X` where the first had no effect: the second runs for sure
      if (other.active !== undefined && fingerprint(shell) === start) become(shell, other);
      else if (
        (fingerprint(other) !== start || other.variables !== variables) &&
        !(other.active !== undefined && other.active === wasActive)
      )
        join(shell, other);
      continue;
    }
    beforeLast = cloneShell(shell);
    if (member.operatorBefore === '&&' && isTest(member.previous) && member !== group[0]) skipped ??= cloneShell(shell);
    if (skipped !== undefined && !shell.conditional) {
      shell.conditional = true;
      walkPipeline(member.node, shell, t, source, place);
      shell.conditional = false;
    } else walkPipeline(member.node, shell, t, source, place);
  }
  if (skipped !== undefined) join(shell, skipped);
}

/** What a branch could have changed that matters to others. */
const fingerprint = (s: Shell): string =>
  [s.variables.get('PATH'), s.variables.get('VIRTUAL_ENV'), s.cwd, s.active].join('\0');

/** After two ways: what is not equal in both is unknown. */
function join(shell: Shell, other: Shell): void {
  if (shell.variables !== other.variables) joinVariables(shell, other);
  if (shell.cwd !== other.cwd) shell.cwd = eitherOf('cwd', shell.cwd, other.cwd);
  if (shell.active !== other.active) delete shell.active;
  for (const [name, path] of other.hashed) if (!shell.hashed.has(name)) shell.hashed.set(name, path);
}

function joinVariables(shell: Shell, other: Shell): void {
  for (const name of new Set([...shell.variables.keys(), ...other.variables.keys()])) {
    if (shell.variables.get(name) !== other.variables.get(name)) {
      setVariable(shell, name, eitherOf(name, shell.variables.get(name), other.variables.get(name)));
    }
  }
}

/** Unknown by its two possible values: their digest, not a place in the file, which an edit before it would move. */
function eitherOf(name: string, a: string | undefined, b: string | undefined): string {
  let digest = 0;
  for (const value of [a, b]) {
    for (const c of `${value ?? '\uE002'}\0`) digest = (Math.imul(digest, 16777619) ^ c.charCodeAt(0)) >>> 0;
  }
  return unknownApart(`${name} after a branch`, digest.toString(36));
}

/** Names looked up in a child stay unknown to the parent, but dash and ash hash every member of a pipeline. */
function keepHashes(shell: Shell, child: Shell): void {
  if (shell.kind === 'bash') return;
  for (const [name, path] of child.hashed) if (!shell.hashed.has(name)) shell.hashed.set(name, path);
}

function walkPipeline(
  node: PipelineNode,
  shell: Shell,
  t: ShellInterpreter,
  source: Source,
  place: ActivationPlace | undefined,
): void {
  if (node.type === 'Pipeline') walkPipelineMembers(node, shell, t, source);
  else walkNode(node, shell, t, source, place);
}

const isNegated = (node: Pipeline): boolean => node.prefixes.some((p) => p.type === 'Negation');

function walkPipelineMembers(node: Pipeline, shell: Shell, t: ShellInterpreter, source: Source): void {
  if (node.commands.length === 1) {
    walkNode(node.commands[0]!, shell, t, isNegated(node) ? { ...source, inPipeline: true } : source, undefined);
    return;
  }
  let input: readonly Command[] | undefined;
  for (const [n, command] of node.commands.entries()) {
    const child = childShell(shell);
    const from = t.commands.length;
    const pipe = { inPipeline: true as const, ...(n > 0 ? { piped: true as const } : {}), ...(input ? { input } : {}) };
    walkNode(command, child, t, { ...source, ...pipe }, undefined);
    input = t.commands.slice(from);
    keepHashes(shell, child);
  }
}

function walkList(list: CompoundList, shell: Shell, t: ShellInterpreter, source: Source): void {
  walkStatements(list.commands, shell, t, { ...source, inGroup: true }, false);
}

/** A body that may run or not (or several times): walked once on a copy, joined. */
function walkMaybe(
  bodies: readonly (CompoundList | undefined)[],
  shell: Shell,
  t: ShellInterpreter,
  source: Source,
): void {
  const start = cloneShell(shell);
  const ends = bodies.map((body) => {
    const copy = { ...cloneShell(start), conditional: true };
    if (body) walkList(body, copy, t, source);
    return copy;
  });
  const [first, ...rest] = ends;
  if (first === undefined) return;
  const { conditional } = shell;
  become(shell, { ...first, conditional });
  for (const other of rest) join(shell, other);
}

const within = (source: Source): Source => ({ ...source, inConstruct: true });

export function walkNode(
  node: CommandNode,
  shell: Shell,
  t: ShellInterpreter,
  source: Source,
  place: ActivationPlace | undefined,
): void {
  if (shell.depth > MAX_DEPTH) {
    t.unfollowed.push({ kind: 'too much', by: source.by });
    t.unreadable(shell, 'nested too deep', '');
    return;
  }
  if (++t.walk.nodes > MOST_NODES) {
    // Once for a step: whatever it still does is not known.
    const step = `${t.instruction} ${t.when} ${t.service ?? ''}`;
    if (t.walk.over !== step) {
      t.unfollowed.push({ kind: 'too much', by: source.by });
      t.unreadable(shell, 'too much to follow', '');
    }
    t.walk.over = step;
    return;
  }
  const context: WordContext = {
    shell,
    text: source.text,
    substitute: (script, text) => walkSubstitutions(script, text, shell, t, source),
  };
  switch (node.type) {
    case 'Command':
      walkCommand(node, shell, t, source, place, context);
      return;
    case 'Redirected':
      t.unfollowed.push({ kind: 'construct', by: source.by });
      walkNode(node.command, shell, t, within(source), undefined);
      t.redirected(redirectTargets(node.redirects, context), node.redirects, undefined, shell);
      return;
    case 'BraceGroup':
      walkList(node.body, shell, t, source);
      return;
    case 'Subshell': {
      const child = childShell(shell);
      walkStatements(node.body.commands, child, t, { ...source, inGroup: true }, false);
      return;
    }
    case 'If':
      walkList(node.clause, shell, t, source);
      for (const { clause } of node.elif) walkMaybe([clause, undefined], shell, t, source);
      walkMaybe([node.then, ...node.elif.map((e) => e.then), node.else], shell, t, source);
      return;
    case 'For':
    case 'Select': {
      t.unfollowed.push({ kind: 'construct', by: source.by });
      for (const word of node.wordlist ?? []) fields(word, context);
      setVariable(shell, node.name.value, unknown(`$${node.name.value}`));
      walkMaybe([node.body, undefined], shell, t, within(source));
      return;
    }
    case 'While':
      walkMaybe([node.clause, undefined], shell, t, source);
      walkMaybe([node.body, undefined], shell, t, source);
      return;
    case 'ArithmeticFor':
      t.unfollowed.push({ kind: 'construct', by: source.by });
      walkMaybe([node.body, undefined], shell, t, within(source));
      return;
    case 'Case':
      t.unfollowed.push({ kind: 'construct', by: source.by });
      walkMaybe([...node.items.map((i) => i.body), undefined], shell, t, within(source));
      return;
    case 'Function':
      t.unfollowed.push({ kind: 'construct', by: source.by });
      if (node.body.type !== 'CompoundList') shell.functions.set(node.name.value, node.body);
      return;
    case 'Coproc':
      t.unfollowed.push({ kind: 'construct', by: source.by });
      t.unreadable(shell, 'coproc', '');
      return;
    default:
      t.unfollowed.push({ kind: 'construct', by: source.by });
  }
}

/** Output of a command substitution where it is known; its commands are events all the same. */
function walkSubstitutions(
  script: ParsedScript,
  text: string,
  shell: Shell,
  t: ShellInterpreter,
  source: Source,
): string | undefined {
  if (script.errors?.length) {
    t.unfollowed.push({ kind: 'unreadable', by: source.by });
    return undefined;
  }
  const child = childShell(shell);
  walkStatements(
    script.commands,
    child,
    t,
    {
      ...source,
      text: script.source === undefined ? source.text : nowhere(script.source),
      inGroup: true,
      inWord: true,
    },
    false,
  );
  return /^(\$\(\s*pwd\s*\)|`\s*pwd\s*`)$/.test(text) ? shell.cwd : undefined;
}
