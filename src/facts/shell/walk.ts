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
import { unknown } from '../values.ts';
import type { ActivationPlace } from './activationPlace.ts';
import { clauseResult, type TestResult, testResult } from './fileTests.ts';
import { type Command, nowhere, type Running, type ShellInterpreter, type Source } from './interpreter.ts';
import { joinShells, shellFingerprint } from './joinShells.ts';
import { activationPlaceOf, andOrGroups, type Extent, type ListMember } from './listPlace.ts';
import { become, childShell, cloneShell, type Shell, setVariable } from './shellState.ts';
import { redirectTargets, walkCommand } from './simpleCommand.ts';
import { fields, type WordContext } from './words.ts';

const MAX_DEPTH = 40;
/** Of one stage: functions that call one another can multiply without end. Real ones come to some thousand. */
const MOST_NODES = 10_000;

/** Walks a shell text in `shell` (in place). A text that cannot be read becomes an event of its own. */
export function walkText(text: LogicalText, shell: Shell, tracer: ShellInterpreter, source: Source): void {
  const syntax = parseShell(text);
  if (syntax.script === undefined || shell.depth > MAX_DEPTH) {
    tracer.unfollowed.push({ kind: syntax.script === undefined ? 'unreadable' : 'too much', by: source.by });
    tracer.unreadable(shell, syntax.problems[0]?.message ?? 'nested too deep', text.text);
    return;
  }
  const { inGroup: _, ...own } = source;
  walkScript(syntax.script, { shell, tracer, source: { ...own, text } });
}

function walkScript(script: ParsedScript, running: Running): void {
  walkStatements(script.commands, running, script.commands.length === 1 ? 'all' : 'part');
}

function walkStatements(statements: readonly Statement[], running: Running, extent: Extent): void {
  const { shell, tracer, source } = running;
  const { groups, background } = andOrGroups(statements, source.text?.text ?? '');
  for (const [at, group] of groups.entries()) {
    if (background[at]) tracer.unfollowed.push({ kind: 'background', by: source.by });
    const target = background[at] ? childShell(shell) : shell;
    walkAndOr(group, { ...running, shell: target }, group.length === 1 ? extent : 'part');
  }
}

const isTest = (node: PipelineNode | undefined): boolean =>
  (node?.type === 'Pipeline' && node.commands.length === 1 && isTest(node.commands[0])) ||
  node?.type === 'TestCommand' ||
  node?.type === 'ArithmeticCommand' ||
  (node?.type === 'Command' && (node.name?.value === '[' || node.name?.value === 'test'));

/** `&&` chains are taken to succeed; what stands behind `||` or a test may run or not: both ways, joined. */
function walkAndOr(group: readonly ListMember[], running: Running, extent: Extent): void {
  const { shell } = running;
  let beforeLast = cloneShell(shell);
  /** As it is where a test before has failed. */
  let skipped: Shell | undefined;
  /** What the chain has come to, where a test of files decides it for certain. */
  let result: TestResult;
  for (const member of group) {
    const operator = member === group[0] ? undefined : member.operatorBefore;
    if (operator !== undefined && result === (operator === '||')) continue;
    const isSure = operator !== undefined && result !== undefined;
    // between `&&` it can go, and what follows stays behind the test
    const isBetween = operator === '&&' && member.operatorAfter === '&&';
    const own = isSure && !isBetween ? behindTest(running) : running;
    const place = activationPlaceOf(member, own.source, extent);
    const itself = testResult(member.node, running);
    if (operator === '||' && !isSure) {
      result = undefined;
      const other = cloneShell(beforeLast);
      if (skipped !== undefined) joinShells(other, skipped);
      skipped = undefined;
      const start = shellFingerprint(other);
      const { variables } = other;
      const wasActive = shell.active;
      const { conditional } = other;
      other.conditional = true;
      walkPipeline(member.node, { ...running, shell: other }, place);
      other.conditional = conditional;
      // `source X || . X` where the first had no effect: the second runs for sure
      if (other.active !== undefined && shellFingerprint(shell) === start) become(shell, other);
      else if (
        (shellFingerprint(other) !== start || other.variables !== variables) &&
        !(other.active !== undefined && other.active === wasActive)
      )
        joinShells(shell, other);
      continue;
    }
    beforeLast = cloneShell(shell);
    if (operator === '&&' && !isSure && isTest(member.previous)) skipped ??= cloneShell(shell);
    result = skipped === undefined ? itself : undefined;
    if (skipped !== undefined && !shell.conditional) {
      shell.conditional = true;
      walkPipeline(member.node, running, place);
      shell.conditional = false;
    } else walkPipeline(member.node, own, place);
  }
  if (skipped !== undefined) joinShells(shell, skipped);
}

/** Names looked up in a child stay unknown to the parent, but dash and ash hash every member of a pipeline. */
function keepHashes(shell: Shell, child: Shell): void {
  if (shell.kind === 'bash') return;
  for (const [name, path] of child.hashed) if (!shell.hashed.has(name)) shell.hashed.set(name, path);
}

function walkPipeline(node: PipelineNode, running: Running, place: ActivationPlace | undefined): void {
  if (node.type === 'Pipeline') walkPipelineMembers(node, running);
  else walkNode(node, running, place);
}

const isNegated = (node: Pipeline): boolean => node.prefixes.some((prefix) => prefix.type === 'Negation');

function walkPipelineMembers(node: Pipeline, running: Running): void {
  const { shell, tracer, source } = running;
  if (node.commands.length === 1) {
    walkNode(node.commands[0]!, isNegated(node) ? { ...running, source: { ...source, inPipeline: true } } : running);
    return;
  }
  let input: readonly Command[] | undefined;
  for (const [n, command] of node.commands.entries()) {
    const child = childShell(shell);
    const from = tracer.commands.length;
    const pipe = { inPipeline: true as const, ...(n > 0 ? { piped: true as const } : {}), ...(input ? { input } : {}) };
    walkNode(command, { shell: child, tracer, source: { ...source, ...pipe } });
    input = tracer.commands.slice(from);
    keepHashes(shell, child);
  }
}

function walkList(list: CompoundList, running: Running): void {
  walkStatements(list.commands, { ...running, source: { ...running.source, inGroup: true } }, 'part');
}

/** A body that may run or not (or several times): walked once on a copy, joined. */
function walkMaybe(bodies: readonly (CompoundList | undefined)[], running: Running): void {
  const { shell } = running;
  const start = cloneShell(shell);
  const ends = bodies.map((body) => {
    const copy = { ...cloneShell(start), conditional: true };
    if (body) walkList(body, { ...running, shell: copy });
    return copy;
  });
  const [first, ...rest] = ends;
  if (first === undefined) return;
  const { conditional } = shell;
  become(shell, { ...first, conditional });
  for (const other of rest) joinShells(shell, other);
}

/** Behind a test of files that decides for certain: it runs, and is no longer all that its list says. */
const behindTest = (running: Running): Running => ({ ...running, source: { ...running.source, isTested: true } });

function walkIf(node: Extract<CommandNode, { type: 'If' }>, running: Running): void {
  const open: CompoundList[] = [];
  let otherwise = node.else;
  for (const { clause, then } of [node, ...node.elif]) {
    const result = clauseResult(clause, running);
    if (open.length === 0) walkList(clause, running);
    else walkMaybe([clause, undefined], running);
    if (result === false) continue;
    if (result === undefined) open.push(then);
    else {
      otherwise = then;
      break;
    }
  }
  if (open.length > 0) walkMaybe([...open, otherwise], running);
  else if (otherwise !== undefined) walkList(otherwise, behindTest(running));
}

const within = (running: Running): Running => ({ ...running, source: { ...running.source, inConstruct: true } });

/** One node of a shell text. `place`: how it stands in its list. */
export function walkNode(node: CommandNode, running: Running, place?: ActivationPlace): void {
  const { shell, tracer, source } = running;
  if (shell.depth > MAX_DEPTH) {
    tracer.unfollowed.push({ kind: 'too much', by: source.by });
    tracer.unreadable(shell, 'nested too deep', '');
    return;
  }
  if (++tracer.walk.nodes > MOST_NODES) {
    // Once for a step: whatever it still does is not known.
    const step = `${tracer.instruction} ${tracer.when} ${tracer.service ?? ''}`;
    if (tracer.walk.over !== step) {
      tracer.unfollowed.push({ kind: 'too much', by: source.by });
      tracer.unreadable(shell, 'too much to follow', '');
    }
    tracer.walk.over = step;
    return;
  }
  const context: WordContext = {
    shell,
    text: source.text,
    substitute: (script, text) => walkSubstitutions(script, text, running),
  };
  switch (node.type) {
    case 'Command':
      walkCommand(node, running, place, context);
      return;
    case 'Redirected':
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
      walkNode(node.command, within(running));
      tracer.redirected(redirectTargets(node.redirects, context), node.redirects, undefined, shell);
      return;
    case 'BraceGroup':
      walkList(node.body, running);
      return;
    case 'Subshell': {
      walkList(node.body, { ...running, shell: childShell(shell) });
      return;
    }
    case 'If':
      walkIf(node, running);
      return;
    case 'For':
    case 'Select': {
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
      for (const word of node.wordlist ?? []) fields(word, context);
      setVariable(shell, node.name.value, unknown(`$${node.name.value}`));
      walkMaybe([node.body, undefined], within(running));
      return;
    }
    case 'While':
      walkMaybe([node.clause, undefined], running);
      walkMaybe([node.body, undefined], running);
      return;
    case 'ArithmeticFor':
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
      walkMaybe([node.body, undefined], within(running));
      return;
    case 'Case':
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
      walkMaybe([...node.items.map((i) => i.body), undefined], within(running));
      return;
    case 'Function':
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
      if (node.body.type !== 'CompoundList') shell.functions.set(node.name.value, node.body);
      return;
    case 'Coproc':
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
      tracer.unreadable(shell, 'coproc', '');
      return;
    default:
      tracer.unfollowed.push({ kind: 'construct', by: source.by });
  }
}

/** Output of a command substitution where it is known; its commands are events all the same. */
function walkSubstitutions(script: ParsedScript, text: string, { shell, tracer, source }: Running): string | undefined {
  if (script.errors?.length) {
    tracer.unfollowed.push({ kind: 'unreadable', by: source.by });
    return undefined;
  }
  const own = script.source === undefined ? source.text : nowhere(script.source);
  const inside: Source = { ...source, text: own, inGroup: true, inWord: true };
  delete tracer.printed;
  walkStatements(script.commands, { shell: childShell(shell), tracer, source: inside }, 'part');
  // what a program prints for another shell than bash is not known
  const printed = shell.kind === 'bash' ? tracer.printed : undefined;
  if (printed !== undefined && script.commands.length === 1 && script.commands[0]!.command.type === 'Command')
    return printed;
  return /^(\$\(\s*pwd\s*\)|`\s*pwd\s*`)$/.test(text) ? shell.cwd : undefined;
}
