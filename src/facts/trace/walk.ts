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
import { childOf } from './call.ts';
import type { ActivationPlace } from './events.ts';
import { type Member, membersOf, placeOf } from './place.ts';
import { walkCommand } from './simpleCommand.ts';
import { become, cloneShell, type Shell } from './state.ts';
import { nowhere, type Source, type Tracer, unreadable } from './tracer.ts';
import { fields, type WordContext } from './words.ts';
import { writeByRedirects } from './written.ts';

const MAX_DEPTH = 40;
/** Of one stage: functions that call one another can multiply without end. Real ones come to some thousand. */
const MOST_NODES = 10_000;

/** Walks a shell text in `shell` (in place). A text that cannot be read becomes an event of its own. */
export function walkText(text: LogicalText, shell: Shell, t: Tracer, source: Source): void {
  const syntax = parseShell(text);
  if (syntax.script === undefined || shell.depth > MAX_DEPTH) {
    unreadable(t, shell, syntax.problems[0]?.message ?? 'nested too deep', text.text);
    return;
  }
  const { inGroup: _, ...own } = source;
  walkScript(syntax.script, shell, t, { ...own, text });
}

export function walkScript(script: ParsedScript, shell: Shell, t: Tracer, source: Source): void {
  walkStatements(script.commands, shell, t, source, script.commands.length === 1);
}

function walkStatements(
  statements: readonly Statement[],
  shell: Shell,
  t: Tracer,
  source: Source,
  single: boolean,
): void {
  const { groups, background } = membersOf(statements, source.text?.text ?? '');
  for (const [g, group] of groups.entries()) {
    const target = background[g] ? childOf(shell) : shell;
    walkAndOr(group, target, t, source, single && group.length === 1);
  }
}

const isTest = (node: PipelineNode | undefined): boolean =>
  (node?.type === 'Pipeline' && node.commands.length === 1 && isTest(node.commands[0])) ||
  node?.type === 'TestCommand' ||
  node?.type === 'ArithmeticCommand' ||
  (node?.type === 'Command' && (node.name?.value === '[' || node.name?.value === 'test'));

/** `&&` chains are taken to succeed; what stands behind `||` may run or not: both ways, joined. */
function walkAndOr(group: readonly Member[], shell: Shell, t: Tracer, source: Source, alone: boolean): void {
  let beforeLast = cloneShell(shell);
  let guarded = false;
  for (const member of group) {
    const place = placeOf(member, source, alone);
    if (member.operatorBefore === '||' && member !== group[0]) {
      const other = cloneShell(beforeLast);
      const start = fingerprint(other);
      const wasActive = shell.active;
      const { conditional } = other;
      other.conditional = true;
      walkPipeline(member.node, other, t, source, place);
      other.conditional = conditional;
      // `source X || . X` where the first had no effect: the second runs for sure
      if (other.active !== undefined && fingerprint(shell) === start) become(shell, other);
      else if (fingerprint(other) !== start && !(other.active !== undefined && other.active === wasActive))
        join(shell, other);
      continue;
    }
    if (member.operatorBefore === '&&' && isTest(member.previous) && member !== group[0]) guarded = true;
    beforeLast = cloneShell(shell);
    if (guarded && !shell.conditional) {
      shell.conditional = true;
      walkPipeline(member.node, shell, t, source, place);
      shell.conditional = false;
    } else walkPipeline(member.node, shell, t, source, place);
  }
}

/** What a branch could have changed that matters to others. */
const fingerprint = (s: Shell): string =>
  [s.variables.get('PATH'), s.variables.get('VIRTUAL_ENV'), s.cwd, s.active].join('\0');

/** After two ways: what is not equal in both is unknown. */
function join(shell: Shell, other: Shell): void {
  for (const name of new Set([...shell.variables.keys(), ...other.variables.keys()])) {
    if (shell.variables.get(name) !== other.variables.get(name)) {
      shell.variables.set(name, eitherOf(name, shell.variables.get(name), other.variables.get(name)));
    }
  }
  if (shell.cwd !== other.cwd) shell.cwd = eitherOf('cwd', shell.cwd, other.cwd);
  if (shell.active !== other.active) delete shell.active;
  for (const [name, path] of other.hashed) if (!shell.hashed.has(name)) shell.hashed.set(name, path);
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
  t: Tracer,
  source: Source,
  place: ActivationPlace | undefined,
): void {
  if (node.type === 'Pipeline') walkPipelineMembers(node, shell, t, source);
  else walkNode(node, shell, t, source, place);
}

function walkPipelineMembers(node: Pipeline, shell: Shell, t: Tracer, source: Source): void {
  if (node.commands.length === 1) {
    walkNode(node.commands[0]!, shell, t, source, undefined);
    return;
  }
  for (const [n, command] of node.commands.entries()) {
    const child = childOf(shell);
    walkNode(command, child, t, { ...source, ...(n > 0 ? { piped: true as const } : {}) }, undefined);
    keepHashes(shell, child);
  }
}

function walkList(list: CompoundList, shell: Shell, t: Tracer, source: Source): void {
  walkStatements(list.commands, shell, t, { ...source, inGroup: true }, false);
}

/** A body that may run or not (or several times): walked once on a copy, joined. */
function walkMaybe(bodies: readonly (CompoundList | undefined)[], shell: Shell, t: Tracer, source: Source): void {
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

export function walkNode(
  node: CommandNode,
  shell: Shell,
  t: Tracer,
  source: Source,
  place: ActivationPlace | undefined,
): void {
  if (shell.depth > MAX_DEPTH) {
    unreadable(t, shell, 'nested too deep', '');
    return;
  }
  if (++t.walk.nodes > MOST_NODES) {
    // Once for a step: whatever it still does is not known.
    const step = `${t.instruction} ${t.when} ${t.service ?? ''}`;
    if (t.walk.over !== step) unreadable(t, shell, 'too much to follow', '');
    t.walk.over = step;
    return;
  }
  const context: WordContext = {
    shell,
    text: source.text,
    substitute: (script, text) => substitute(script, text, shell, t, source),
  };
  switch (node.type) {
    case 'Command':
      walkCommand(node, shell, t, source, place, context);
      return;
    case 'Redirected':
      walkNode(node.command, shell, t, source, undefined);
      writeByRedirects(node.redirects, undefined, 'a group of commands', shell, t, context);
      return;
    case 'BraceGroup':
      walkList(node.body, shell, t, source);
      return;
    case 'Subshell': {
      const child = childOf(shell);
      walkStatements(node.body.commands, child, t, { ...source, inGroup: true }, false);
      return;
    }
    case 'If':
      walkList(node.clause, shell, t, source);
      walkMaybe([node.then, ...node.elif.map((e) => e.then), node.else], shell, t, source);
      return;
    case 'For':
    case 'Select': {
      for (const word of node.wordlist ?? []) fields(word, context);
      shell.variables.set(node.name.value, unknown(`$${node.name.value}`));
      walkMaybe([node.body, undefined], shell, t, source);
      return;
    }
    case 'While':
      walkMaybe([node.clause, undefined], shell, t, source);
      walkMaybe([node.body, undefined], shell, t, source);
      return;
    case 'ArithmeticFor':
      walkMaybe([node.body, undefined], shell, t, source);
      return;
    case 'Case':
      walkMaybe([...node.items.map((i) => i.body), undefined], shell, t, source);
      return;
    case 'Function':
      if (node.body.type !== 'CompoundList') shell.functions.set(node.name.value, node.body);
      return;
    case 'Coproc':
      unreadable(t, shell, 'coproc', '');
      return;
    default:
      return;
  }
}

/** Output of a command substitution where it is known; its commands are events all the same. */
function substitute(script: ParsedScript, text: string, shell: Shell, t: Tracer, source: Source): string | undefined {
  if (script.errors?.length) return undefined;
  const child = childOf(shell);
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
