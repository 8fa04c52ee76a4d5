// One simple command of a script: assignments, words, redirections; then what it runs.

import type { Assignment, CommandSyntax, HereDoc, Redirection, ShellWord } from '../../parse/shell/shell.ts';
import { rangeOf } from '../../text/logical.ts';
import { absolute, unknown } from '../values.ts';
import type { ActivationPlace } from './activationPlace.ts';
import { runFields, yieldedCommand } from './builtins.ts';
import type { Call, RedirectTarget, Running, Unfollowed, Writing } from './interpreter.ts';
import { become, cloneShell, exportVariable, type Shell, setVariable, unsetVariable } from './shellState.ts';
import { hasHidden, isGlobWord, mayRunCommand } from './wordEffects.ts';
import { type Field, fields, type WordContext } from './words.ts';

const fieldText = (word: ShellWord, context: WordContext): string =>
  fields(word, context)
    .map((field) => field.value)
    .join(' ');

type Note = (kind: Unfollowed['kind']) => void;

function assignVariables(assignment: Assignment, shell: Shell, note: Note, context: WordContext): void {
  if (assignment.value.type === 'ArrayValue' || assignment.index !== undefined) {
    if (mayRunCommand(assignment.text)) note('array');
    setVariable(shell, assignment.name, unknown(`array ${assignment.name}`));
    return;
  }
  const value = fieldText(assignment.value, context);
  setVariable(shell, assignment.name, assignment.append ? (shell.variables.get(assignment.name) ?? '') + value : value);
  if (assignment.name === 'PATH') shell.hashed.clear();
}

/** An operand `NAME=VALUE`, as `export` takes it. */
function operandOf(assignment: Assignment, note: Note, context: WordContext): Field {
  const sign = assignment.append ? '+=' : '=';
  if (assignment.value.type !== 'ArrayValue')
    return {
      value: `${assignment.name}${sign}${fieldText(assignment.value as ShellWord, context)}`,
      raw: assignment.text,
    };
  if (mayRunCommand(assignment.text)) note('array');
  return { value: `${assignment.name}${sign}${unknown(assignment.text)}`, raw: assignment.text };
}

/** The files that redirections name; here-documents name none. */
export const redirectTargets = (redirects: readonly Redirection[], context: WordContext): RedirectTarget[] =>
  redirects.flatMap((redirect) =>
    redirect.type !== 'Redirect' || redirect.target === undefined
      ? []
      : [{ redirect, value: fields(redirect.target, context)[0]?.value ?? unknown(redirect.target.value) }],
  );

/** Other descriptors, and files that hold nothing. */
const isFile = ({ redirect }: RedirectTarget): boolean =>
  redirect.type === 'Redirect' && !/^(\d|-)$|^\/dev\/(null|stdout|stderr|fd\/\d)$/.test(redirect.target?.value ?? '');

function writingOf(
  node: CommandSyntax,
  targets: readonly RedirectTarget[],
  patterns: readonly string[],
  { shell, text }: Pick<WordContext, 'shell' | 'text'>,
): Writing {
  const redirects = targets.filter(isFile).map((one) => absolute(one.value, shell.cwd));
  if (text === undefined || text.pieces.length === 0) return { text: '', end: shell.origin.end, redirects, patterns };
  const end = node.args.reduce((most, arg) => Math.max(most, arg.end), node.name?.end ?? 0);
  return {
    text: text.text.slice(node.pos, node.end),
    end: rangeOf(text, node.pos, end).end,
    redirects,
    patterns,
  };
}

/** Runs one simple command. `place`: how it stands in its list. `context`: by which its words are evaluated. */
export function walkCommand(
  node: CommandSyntax,
  { shell, tracer, source }: Running,
  place: ActivationPlace | undefined,
  context: WordContext,
): void {
  const prefix = node.prefix.filter((prefix): prefix is Assignment => prefix.type === 'Assignment');
  const note = (kind: Unfollowed['kind']): void => {
    tracer.unfollowed.push({ kind, by: source.by });
  };
  if (hasHidden(node, prefix)) note('hidden');
  const range = source.text && source.text.pieces.length > 0 ? rangeOf(source.text, node.pos, node.end) : shell.origin;
  if (node.name === undefined) {
    for (const assignment of prefix) assignVariables(assignment, shell, note, context);
    if (node.redirects.length === 0) return;
    // `> FILE` alone empties it, `$(< FILE)` reads it
    const targets = redirectTargets(node.redirects, context);
    const call = { range, source, writing: writingOf(node, targets, [], context) };
    tracer.commands.push(yieldedCommand([], shell, tracer, call));
    tracer.redirected(targets, node.redirects, [], shell);
    return;
  }
  const list: Field[] = [...fields(node.name, context)];
  const patterns: string[] = [];
  for (const arg of node.args) {
    if (arg.type === 'Assignment') {
      list.push(operandOf(arg, note, context));
      continue;
    }
    const own = fields(arg, context);
    for (const { value } of own) if (isGlobWord(arg, value)) patterns.push(absolute(value, shell.cwd));
    list.push(...own);
  }
  const targets = redirectTargets(node.redirects, context);
  tracer.redirected(targets, node.redirects, list, shell);
  const heredoc = node.redirects.find((redirect): redirect is HereDoc => redirect.type === 'HereDoc');
  const call: Call = {
    range,
    source,
    writing: writingOf(node, targets, patterns, context),
    ...(place ? { place } : {}),
    ...(heredoc ? { heredoc } : {}),
  };
  if (prefix.length === 0) {
    runFields(list, shell, tracer, call);
    return;
  }
  // X=v cmd: seen by this command only (a special builtin would keep it; nobody writes that)
  const own = cloneShell(shell);
  for (const assignment of prefix) {
    assignVariables(assignment, own, note, context);
    exportVariable(own, assignment.name);
    if (assignment.name === 'PATH') shell.hashed.clear();
  }
  const { exported } = shell;
  const names = new Set(prefix.map((assignment) => assignment.name));
  runFields(list, own, tracer, call);
  const before = new Map([...names].map((name) => [name, shell.variables.get(name)] as const));
  become(shell, { ...own, exported });
  for (const [name, old] of before) {
    if (old === undefined) unsetVariable(shell, name);
    else setVariable(shell, name, old);
  }
}
