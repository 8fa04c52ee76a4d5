// Child shells: sh -c TEXT, bash SCRIPT, bash <<EOF, login shells.

import type { LogicalText } from '../../model.ts';
import { parseShell } from '../../parse/shell/shell.ts';
import { sliceLogical } from '../../text/logical.ts';
import { isKnownScript } from '../knownScripts.ts';
import { isKnown, readable, unknown } from '../values.ts';
import { runActivate } from './activation.ts';
import { fetchedFrom } from './brought.ts';
import { childOf, nameOf, resetPath, unknownCommand, wrapperOf } from './call.ts';
import type { Shell } from './state.ts';
import { addRun, type Call, nowhere, pathIn, type Tracer } from './tracer.ts';
import type { Field } from './words.ts';
import { isHarmlessScript } from './writers.ts';

/** Text that a child shell runs. */
export function runText(field: Field, child: Shell, t: Tracer, call: Call): void {
  child.hashed.clear();
  child.functions.clear();
  delete child.active;
  delete child.beforeActivation;
  child.outerExpanded = field.expandsPath === true;
  if (child.outerExpanded)
    child.outer = { PATH: child.variables.get('PATH') ?? '', VIRTUAL_ENV: child.variables.get('VIRTUAL_ENV') ?? '' };
  else delete child.outer;
  if (field.logical)
    t.walkText(field.logical, child, {
      ...call.source,
      text: field.logical,
      wrapper: wrapperOf(call),
    });
  else if (isKnown(field.value)) t.walkText(nowhere(field.value), child, call.source);
  else unknownCommand([field], child, t, call);
}

/** `bash [options] -c TEXT [$0 args]`, `bash SCRIPT args`, `bash <<EOF`. */
export function runShell(
  word: string,
  kind: Shell['kind'],
  list: readonly Field[],
  shell: Shell,
  t: Tracer,
  call: Call,
): void {
  const child = childOf(shell);
  child.kind = kind;
  let text: Field | undefined;
  let i = 1;
  let login = false;
  let interactive = false;
  let command = false;
  for (; i < list.length; i++) {
    const option = list[i]!.value;
    if (option === '--') {
      i++;
      break;
    }
    if (!/^[-+]./.test(option)) break;
    if (option === '--login') login = true;
    else if (/^--(rcfile|init-file)$/.test(option)) i++;
    else if (!option.startsWith('--')) {
      if (option.includes('l')) login = true;
      if (option.includes('i')) interactive = true;
      if (option.startsWith('-') && option.includes('c')) command = true;
      if (/[oO]$/.test(option) || /^-[a-zA-Z]*o[a-zA-Z]*$/.test(option)) i++;
    }
  }
  if (login) resetPath(child, 'a login shell', t);
  else if (interactive) {
    child.variables.set('PATH', `${unknown('what .bashrc puts on PATH')}:${child.variables.get('PATH') ?? ''}`);
    child.pathReset = 'an interactive shell, which reads .bashrc';
  }
  applyBashEnv(child);
  if (command) {
    text = list[i];
    if (text === undefined) return;
    if (list[i + 1] !== undefined) child.parameterZero = list[i + 1]!.value;
    child.parameters = list.slice(i + 2).map((f) => f.value);
    runText(text, child, t, call);
    return;
  }
  const stdin = list.slice(1).some((f) => /^-[a-z]*s[a-z]*$|^-$/.test(f.value));
  if (stdin && call.source.piped && isHarmlessScript(call)) return;
  const script = list[i];
  if (script !== undefined) {
    child.parameters = list.slice(i + 1).map((f) => f.value);
    runScriptFile(pathIn(shell, script.value), list, child, t, call);
    return;
  }
  if (call.heredoc?.delimiter && call.source.text) {
    const { body, delimiter } = call.heredoc;
    const logical: LogicalText = sliceLogical(call.source.text, body.pos, body.end);
    runText(
      {
        value: body.text,
        raw: '',
        logical,
        ...(delimiter.quoted || !/\$\{?(PATH|VIRTUAL_ENV)\b/.test(body.text) ? {} : { expandsPath: true as const }),
      },
      child,
      t,
      call,
    );
    return;
  }
  if (call.source.piped && isHarmlessScript(call)) return;
  if (call.source.piped) unknownCommand(list, child, t, call);
  else if (t.when === 'runtime' && nameOf(word) !== '') return;
}

/** bash -c and scripts under bash read BASH_ENV first. */
function applyBashEnv(child: Shell): void {
  const file = child.variables.get('BASH_ENV');
  if (child.kind !== 'bash' || file === undefined || file === '') return;
  const path = child.variables.get('PATH') ?? '';
  if (isKnown(file) && file.endsWith('/bin/activate')) {
    child.variables.set('PATH', `${file.slice(0, -'/activate'.length)}:${path}`);
    child.variables.set('VIRTUAL_ENV', file.slice(0, -'/bin/activate'.length));
  } else child.variables.set('PATH', `${unknown(`what ${readable(file)} puts on PATH`)}:${path}`);
  child.pathReset = 'BASH_ENV';
}

/** Was the file fetched from the address of an installer that is known? */
export function isKnownInstaller(path: string, t: Tracer): boolean {
  const url = isKnown(path) ? fetchedFrom(path, t.files) : undefined;
  return url !== undefined && isKnownScript(url);
}

/** A script of the image run as a child: of the repository it is read, else it may be anything. */
export function runScriptFile(path: string, list: readonly Field[], child: Shell, t: Tracer, call: Call): void {
  const environment = /^(.*)\/bin\/activate$/.exec(path);
  if (environment && isKnown(path)) {
    runActivate(path, list, child, t, call);
    return;
  }
  if (isKnownInstaller(path, t)) {
    addRun(t, child, {
      key: list.map((f) => f.raw).join(' '),
      words: list.map((f) => f.value),
      what: 'tool',
      interpreter: 'elsewhere:installer',
      needsNoPackages: true,
      range: call.range,
      source: call.source,
    });
    return;
  }
  const script = isKnown(path) ? t.readImage(path) : undefined;
  const shebang = script === undefined ? '' : (/^#![^\n]*/.exec(script.text)?.[0] ?? '');
  if (
    script === undefined ||
    child.depth > 8 ||
    (shebang !== '' && !/\b(ba|da|a)?sh\b/.test(shebang)) ||
    parseShell(nowhere(script.text)).script === undefined
  ) {
    unknownCommand(list, child, t, call);
    return;
  }
  t.scriptRun(script.path, child);
  child.parameterZero = path;
  child.hashed.clear();
  child.functions.clear();
  delete child.active;
  delete child.beforeActivation;
  child.outerExpanded = false;
  if (/\bbash\b/.test(shebang)) child.kind = 'bash';
  const depthKept = child.depth;
  t.walkText(nowhere(script.text), child, { file: script.path });
  child.depth = depthKept;
}
