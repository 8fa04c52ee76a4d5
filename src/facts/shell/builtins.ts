// One simple command: builtins, wrappers and children of the shell; everything else goes to programs.ts.

import { isKnown, readable, unknown } from '../values.ts';
import { runShell } from './childShells.ts';
import { type Call, type Command, nowhere, type ShellInterpreter } from './interpreter.ts';
import { known, lookUp, wrapperOf } from './shellCall.ts';
import { isShell, SHELL_ONLY } from './shellNames.ts';
import {
  exportVariable,
  homeOfUser,
  pathIn,
  type Shell,
  setVariable,
  unsetVariable,
  variablesNow,
} from './shellState.ts';
import type { Field } from './words.ts';
import { runWrapper } from './wrappers.ts';

/** The command as it is yielded. */
export function yieldedCommand(list: readonly Field[], shell: Shell, t: ShellInterpreter, call: Call): Command {
  const { source, range, writing } = call;
  const { by, file, input } = source;
  const isApart = source.inGroup || source.inWord || source.inPipeline || shell.conditional;
  const isOwn = by === undefined || by.isOwnShell ? !isApart && writing?.text : by.writing === writing && by.inOwnList;
  return {
    words: list.map((f) => f.value),
    fields: list,
    cwd: shell.cwd,
    user: shell.user,
    variables: variablesNow(shell),
    range,
    conditional: shell.conditional,
    inOwnList: Boolean(isOwn),
    instruction: t.instruction,
    when: t.when,
    ...(shell.pathReset === undefined ? {} : { pathReset: shell.pathReset }),
    ...(writing === undefined ? {} : { writing }),
    ...(input === undefined ? {} : { input }),
    ...(by === undefined ? {} : { by }),
    ...(source.inConstruct ? { inConstruct: true as const } : {}),
    ...(call.isOwnShell ? { isOwnShell: true as const } : {}),
    ...(file === undefined ? {} : { file }),
    ...(t.service === undefined ? {} : { service: t.service }),
  };
}

/** Runs a command given as fields in `shell`. */
export function runFields(list: readonly Field[], shell: Shell, t: ShellInterpreter, outer: Call): void {
  const name = known(list, 0);
  if (list.length === 0) return;
  const body = shell.functions.get(name);
  if (body !== undefined) {
    if (t.walk.functions.has(body)) {
      t.unreadable(shell, 'a function that calls itself', name);
      return;
    }
    const { conditional } = shell;
    shell.conditional = true;
    shell.depth++;
    t.walk.functions.add(body);
    t.walkNode(body, shell, { ...outer.source, inConstruct: true });
    t.walk.functions.delete(body);
    shell.depth--;
    shell.conditional = conditional;
    return;
  }
  const command = yieldedCommand(list, shell, t, outer);
  t.commands.push(command);
  if (name === '') return;
  const call = { ...outer, source: { ...outer.source, by: command } };
  if (call.notByShell && SHELL_ONLY.has(name)) {
    // an exec form or `env`: there is no such program
    t.unknown(list, shell, call);
    return;
  }
  if (runBuiltin(list, shell, t, call) || runWrapper(list, shell, t, call)) return;
  if (isKnown(name) && isShell(name)) {
    runShell(list, shell, t, call);
    return;
  }
  if (isKnown(name) && /^\S+\/activate$/.test(name)) {
    t.activatedApart(list, shell, call);
    return;
  }
  // the shell remembers where it found a bare name
  let lookup: string | undefined;
  if (!name.includes('/') && !call.notByShell) {
    lookup = shell.hashed.get(name);
    if (lookup === undefined) shell.hashed.set(name, t.pathNow(shell));
  }
  t.program(list, shell, call, lookup);
}

function runBuiltin(list: readonly Field[], shell: Shell, t: ShellInterpreter, call: Call): boolean {
  switch (known(list, 0)) {
    case '.':
    case 'source':
      t.sourced(list, shell, call);
      return true;
    case 'deactivate':
      t.deactivated(shell, call);
      return true;
    case 'cd':
    case 'pushd': {
      const to = list.slice(1).find((f) => !/^-[LPe@]+$|^--$/.test(f.value));
      if (to === undefined) shell.cwd = homeOfUser(shell);
      else shell.cwd = to.value === '-' ? unknown('cd -') : pathIn(shell, to.value);
      return true;
    }
    case 'popd':
      shell.cwd = unknown('popd');
      return true;
    case 'export':
    case 'declare':
    case 'typeset':
    case 'local':
    case 'readonly':
      for (const f of list.slice(1)) {
        const sep = f.value.indexOf('=');
        if (sep > 0 && /^[A-Za-z_]\w*\+?$/.test(f.value.slice(0, sep))) {
          const variable = f.value.slice(0, sep).replace(/\+$/, '');
          const own = f.value[sep - 1] === '+' ? (shell.variables.get(variable) ?? '') : '';
          setVariable(shell, variable, own + f.value.slice(sep + 1));
          exportVariable(shell, variable);
          if (variable === 'PATH') shell.hashed.clear();
        } else if (/^[A-Za-z_]\w*$/.test(f.value)) exportVariable(shell, f.value);
      }
      return true;
    case 'unset':
      for (const f of list.slice(1)) {
        unsetVariable(shell, f.value);
        if (f.value === 'PATH') shell.hashed.clear();
      }
      return true;
    case 'read':
      for (const f of list.slice(1))
        if (/^[A-Za-z_]\w*$/.test(f.value)) setVariable(shell, f.value, unknown(`read ${f.value}`));
      return true;
    case 'set': {
      const dashes = list.findIndex((f) => f.value === '--');
      if (dashes > 0) shell.parameters = list.slice(dashes + 1).map((f) => f.value);
      return true;
    }
    case 'shift':
      if (shell.parameters) shell.parameters = shell.parameters.slice(Number(known(list, 1) || '1'));
      return true;
    case 'hash':
      if (known(list, 1) === '-r') {
        shell.hashed.clear();
        t.rehashed(shell, call);
      } else for (const f of list.slice(1)) shell.hashed.set(f.value, t.pathNow(shell));
      return true;
    case 'type':
      lookUp(list.slice(1), shell, t);
      return true;
    case 'eval': {
      const only = list[1];
      if (list.length === 2 && only?.logical && !only.logical.text.includes('$'))
        t.walkText(only.logical, shell, {
          ...call.source,
          text: only.logical,
          wrapper: { ...wrapperOf(call), sameShell: true },
        });
      else if (list.slice(1).every((f) => isKnown(f.value) && !f.raw.includes('$')))
        t.walkText(
          nowhere(
            list
              .slice(1)
              .map((f) => f.value)
              .join(' '),
          ),
          shell,
          call.source,
        );
      else {
        t.unknown(list, shell, call);
        setVariable(
          shell,
          'PATH',
          `${unknown(`what ${readable(list[1]?.raw ?? 'eval')} puts on PATH`)}:${shell.variables.get('PATH') ?? ''}`,
        );
      }
      return true;
    }
    case 'trap':
      return true;
    default:
      return false;
  }
}
