// One simple command of a script: assignments, words, redirections; then what it runs.

import type { Assignment, Command, HereDoc, Redirection, ShellWord } from '../../parse/shell/shell.ts';
import { rangeOf } from '../../text/logical.ts';
import { isKnown, unknown } from '../values.ts';
import { runFields } from './commands.ts';
import type { ActivationPlace } from './events.ts';
import { runsNoPython } from './names.ts';
import { become, cloneShell, type Shell } from './state.ts';
import { pathIn, type Source, type Tracer } from './tracer.ts';
import { type Field, fields, type WordContext } from './words.ts';
import { noteRedirection } from './writers.ts';
import { documentText, fileAt, printed, write, writeByRedirects, writeUnknown } from './written.ts';

function assign(a: Assignment, shell: Shell, context: WordContext): void {
  if (a.value.type === 'ArrayValue' || a.index !== undefined) {
    shell.variables.set(a.name, unknown(`array ${a.name}`));
    return;
  }
  const value = fields(a.value, context)
    .map((f) => f.value)
    .join(' ');
  const own = shell.variables.get(a.name) ?? '';
  shell.variables.set(a.name, a.append ? own + value : value);
  if (a.name === 'PATH') shell.hashed.clear();
}

export function walkCommand(
  node: Command,
  shell: Shell,
  t: Tracer,
  source: Source,
  place: ActivationPlace | undefined,
  context: WordContext,
): void {
  const prefix = node.prefix.filter((p): p is Assignment => p.type === 'Assignment');
  if (node.name === undefined) {
    for (const a of prefix) assign(a, shell, context);
    return;
  }
  const list: Field[] = [...fields(node.name, context)];
  for (const arg of node.args) {
    if (arg.type !== 'Assignment') list.push(...fields(arg, context));
    else if (arg.value.type === 'ArrayValue') list.push({ value: `${arg.name}=${unknown(arg.text)}`, raw: arg.text });
    else {
      const value = fields(arg.value as ShellWord, context)
        .map((f) => f.value)
        .join(' ');
      list.push({ value: `${arg.name}=${value}`, raw: arg.text });
    }
  }
  const range = source.text && source.text.pieces.length > 0 ? rangeOf(source.text, node.pos, node.end) : shell.origin;
  redirectEffects(node.redirects, list, shell, t, context);
  const document = documentOf(node.redirects, shell) ?? t.output;
  t.output = list[0]?.value === 'cat' && list.length === 1 ? document : printed(list, shell);
  const name = list[0]?.value ?? '';
  writeByRedirects(node.redirects, t.output, `\`${name}\``, shell, t, context);
  if (name === 'tee') teeFiles(list, document, shell, t);
  const heredoc = node.redirects.find((r): r is HereDoc => r.type === 'HereDoc');
  const call = { range, source, ...(place ? { place } : {}), ...(heredoc ? { heredoc } : {}) };
  if (prefix.length === 0) {
    runFields(list, shell, t, call);
    return;
  }
  // X=v cmd: seen by this command only (a special builtin would keep it; nobody writes that)
  const own = cloneShell(shell);
  for (const a of prefix) {
    assign(a, own, context);
    own.exported.add(a.name);
    if (a.name === 'PATH') shell.hashed.clear();
  }
  const names = new Set(prefix.map((a) => a.name));
  runFields(list, own, t, call);
  const kept = new Map(own.variables);
  for (const name of names) {
    const old = shell.variables.get(name);
    if (old === undefined) kept.delete(name);
    else kept.set(name, old);
  }
  become(shell, { ...own, variables: kept, exported: shell.exported });
}

/** Text written to an activate script or a shell's start-up file. */
function redirectEffects(
  redirects: readonly Redirection[],
  list: readonly Field[],
  shell: Shell,
  t: Tracer,
  context: WordContext,
): void {
  for (const r of redirects) {
    if (r.type !== 'Redirect' || r.target === undefined || !/>/.test(r.operator)) continue;
    const target = fields(r.target, context)[0]?.value ?? '';
    if (/\/bin\/activate$/.test(target)) t.changeActivate(target, shell);
    if (target !== '') noteRedirection(target, list, shell, t);
    if (/\.(bashrc|profile|bash_profile|zshrc)$|\/etc\/profile|bash\.bashrc/.test(target)) {
      const text = list.map((f) => f.value).join(' ');
      const path = /(\S*)\/bin\/activate\b/.exec(text)?.[1];
      if (path !== undefined && runsNoPython(list[0]?.value ?? ''))
        t.activateScript(isKnown(path) ? path.replace(/^["']/, '') : path, shell);
    }
  }
}

/** Text of a command's here-document, its variables expanded. */
function documentOf(redirects: readonly Redirection[], shell: Shell): string | undefined {
  const document = redirects.find((r): r is HereDoc => r.type === 'HereDoc');
  if (document?.delimiter === undefined) return undefined;
  const { body, delimiter, operator } = document;
  const text = operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text;
  return documentText(text, !delimiter.quoted, shell);
}

/** `tee [-a] FILE...`. `text`: what it is given, where that is known. */
function teeFiles(list: readonly Field[], text: string | undefined, shell: Shell, t: Tracer): void {
  const appends = list.some((f) => /^(-[ip]*a[ip]*|--append)$/.test(f.value));
  for (const { value } of list.slice(1)) {
    if (value.startsWith('-')) continue;
    const path = pathIn(shell, value);
    const before = appends ? fileAt(path, t) : undefined;
    if (text === undefined || shell.conditional || (before !== undefined && 'why' in before))
      writeUnknown(path, '`tee`', t);
    else write(path, { text: (before?.text ?? '') + text }, t);
  }
}
