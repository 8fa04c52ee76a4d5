// Child shells: sh -c TEXT, bash SCRIPT, bash <<EOF, login shells.

import type { LogicalText } from '../../model.ts';
import { sliceLogical } from '../../text/logical.ts';
import { isKnown, readable, unknown } from '../values.ts';
import { type Call, nowhere, type ShellInterpreter } from './interpreter.ts';
import { known, resetPath, wrapperOf } from './shellCall.ts';
import { shellNamed } from './shellNames.ts';
import { childShell, pathIn, type Shell, setVariable } from './shellState.ts';
import type { Field } from './words.ts';

/** A shell that begins anew: what its parent had looked up, defined and activated is not there. */
export function startAnew(child: Shell): void {
  child.hashed.clear();
  child.functions.clear();
  delete child.active;
  delete child.beforeActivation;
}

/** Text that a child shell runs. */
export function runText(field: Field, child: Shell, tracer: ShellInterpreter, call: Call): void {
  if (field.logical === undefined || field.expandsPath) tracer.unfollowed.push({ kind: 'text', by: call.source.by });
  startAnew(child);
  child.outerExpanded = field.expandsPath === true;
  if (child.outerExpanded)
    child.outer = { PATH: child.variables.get('PATH') ?? '', VIRTUAL_ENV: child.variables.get('VIRTUAL_ENV') ?? '' };
  else delete child.outer;
  if (field.logical)
    tracer.walkText(field.logical, child, {
      ...call.source,
      text: field.logical,
      wrapper: wrapperOf(call),
    });
  else if (isKnown(field.value)) tracer.walkText(nowhere(field.value), child, call.source);
  else tracer.unknown([field], child, call);
}

/** `bash [options] -c TEXT [$0 args]`, `bash SCRIPT args`, `bash <<EOF`. */
export function runShell(list: readonly Field[], shell: Shell, tracer: ShellInterpreter, call: Call): void {
  const child = childShell(shell);
  const kind = shellNamed(known(list, 0)) ?? 'unknown';
  child.kind = kind === 'unknown' ? tracer.base.sh : kind;
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
  if (login) resetPath(child, 'a login shell', tracer);
  else if (interactive) {
    setVariable(child, 'PATH', `${unknown('what .bashrc puts on PATH')}:${child.variables.get('PATH') ?? ''}`);
    child.pathReset = { by: 'bashrc', words: 'an interactive shell, which reads .bashrc' };
  }
  applyBashEnv(child);
  if (command) {
    text = list[i];
    if (text === undefined) return;
    if (list[i + 1] !== undefined) child.parameterZero = list[i + 1]!.value;
    child.parameters = list.slice(i + 2).map((field) => field.value);
    runText(text, child, tracer, call);
    return;
  }
  const stdin = list.slice(1).some((field) => /^-[a-z]*s[a-z]*$|^-$/.test(field.value));
  if (stdin && call.source.piped) {
    tracer.pipedShell(list, child, call);
    return;
  }
  const script = list[i];
  if (script !== undefined) {
    child.parameters = list.slice(i + 1).map((field) => field.value);
    tracer.scriptFile(pathIn(shell, script.value), list, child, call);
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
      tracer,
      call,
    );
    return;
  }
  if (call.source.piped) tracer.pipedShell(list, child, call);
}

/** bash -c and scripts under bash read BASH_ENV first. */
function applyBashEnv(child: Shell): void {
  const file = child.variables.get('BASH_ENV');
  if (child.kind !== 'bash' || file === undefined || file === '') return;
  const path = child.variables.get('PATH') ?? '';
  if (isKnown(file) && file.endsWith('/bin/activate')) {
    setVariable(child, 'PATH', `${file.slice(0, -'/activate'.length)}:${path}`);
    setVariable(child, 'VIRTUAL_ENV', file.slice(0, -'/bin/activate'.length));
  } else setVariable(child, 'PATH', `${unknown(`what ${readable(file)} puts on PATH`)}:${path}`);
  child.pathReset = { by: 'BASH_ENV', words: 'BASH_ENV' };
}
