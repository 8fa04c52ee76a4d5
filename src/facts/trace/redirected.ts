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
  t: Tracer,
  { targets, redirects }: { readonly targets: readonly RedirectTarget[]; readonly redirects: readonly Redirection[] },
  list: readonly Field[] | undefined,
  shell: Shell,
): void {
  if (list === undefined) {
    writeByRedirects(targets, { text: undefined, by: 'a group of commands' }, shell, t);
    return;
  }
  redirectEffects(targets, list, shell, t);
  const document = documentOf(redirects, shell) ?? t.output;
  const name = list[0]?.value ?? '';
  t.output = name === 'cat' && list.length === 1 ? document : printed(list, shell);
  writeByRedirects(targets, { text: t.output, by: `\`${name}\`` }, shell, t);
  if (name === 'tee') teeFiles(list, document, shell, t);
}

/** Text written to an activate script or a shell's start-up file. */
function redirectEffects(targets: readonly RedirectTarget[], list: readonly Field[], shell: Shell, t: Tracer): void {
  for (const { redirect: r, value: target } of targets) {
    if (r.type !== 'Redirect' || !/>/.test(r.operator)) continue;
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
  return delimiter.quoted ? text : documentText(text, shell);
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
