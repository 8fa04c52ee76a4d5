// What a command of a text prints and where that goes: settings that steps write, activate scripts, start-up files of shells.

import type { HereDoc, Redirection } from '../../parse/shell/shell.ts';
import type { RedirectTarget } from '../shell/interpreter.ts';
import { pathIn, type Shell } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { isKnown } from '../values.ts';
import { runsNoPython } from './names.ts';
import type { Tracer } from './tracer.ts';
import { noteRedirection } from './writers.ts';
import { documentText, fileAt, printed, write, writeByRedirects, writeUnknown } from './written.ts';

/** The output of a command, or of a group of them (`list` undefined), enters the files that it goes to. */
export function noteOutput(
  tracer: Tracer,
  { targets, redirects }: { readonly targets: readonly RedirectTarget[]; readonly redirects: readonly Redirection[] },
  list: readonly Field[] | undefined,
  shell: Shell,
): void {
  if (list === undefined) {
    writeByRedirects(targets, { text: undefined, by: 'a group of commands' }, shell, tracer);
    return;
  }
  redirectEffects(targets, list, shell, tracer);
  const document = documentOf(redirects, shell) ?? tracer.output;
  const name = list[0]?.value ?? '';
  tracer.output = name === 'cat' && list.length === 1 ? document : printed(list, shell);
  writeByRedirects(targets, { text: tracer.output, by: `\`${name}\`` }, shell, tracer);
  if (name === 'tee') teeFiles(list, document, shell, tracer);
}

/** Text written to an activate script or a shell's start-up file. */
function redirectEffects(
  targets: readonly RedirectTarget[],
  list: readonly Field[],
  shell: Shell,
  tracer: Tracer,
): void {
  for (const { redirect, value: target } of targets) {
    if (redirect.type !== 'Redirect' || !/>/.test(redirect.operator)) continue;
    if (/\/bin\/activate$/.test(target)) tracer.changeActivate(target, shell);
    if (target !== '') noteRedirection(target, list, shell, tracer);
    if (/\.(bashrc|profile|bash_profile|zshrc)$|\/etc\/profile|bash\.bashrc/.test(target)) {
      const text = list.map((field) => field.value).join(' ');
      const path = /(\S*)\/bin\/activate\b/.exec(text)?.[1];
      if (path !== undefined && runsNoPython(list[0]?.value ?? ''))
        tracer.activateScript(isKnown(path) ? path.replace(/^["']/, '') : path, shell);
    }
  }
}

/** Text of a command's here-document, its variables expanded. */
function documentOf(redirects: readonly Redirection[], shell: Shell): string | undefined {
  const document = redirects.find((redirect): redirect is HereDoc => redirect.type === 'HereDoc');
  if (document?.delimiter === undefined) return undefined;
  const { body, delimiter, operator } = document;
  const text = operator === '<<-' ? body.text.replace(/^\t+/gm, '') : body.text;
  return delimiter.quoted ? text : documentText(text, shell);
}

/** `tee [-a] FILE...`. `text`: what it is given, where that is known. */
function teeFiles(list: readonly Field[], text: string | undefined, shell: Shell, tracer: Tracer): void {
  const appends = list.some((field) => /^(-[ip]*a[ip]*|--append)$/.test(field.value));
  for (const { value } of list.slice(1)) {
    if (value.startsWith('-')) continue;
    const path = pathIn(shell, value);
    const before = appends ? fileAt(path, tracer) : undefined;
    if (text === undefined || shell.conditional || (before !== undefined && 'why' in before))
      writeUnknown(path, '`tee`', tracer);
    else write(path, { text: (before?.text ?? '') + text }, tracer);
  }
}
