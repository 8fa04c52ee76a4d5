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
export function yieldedCommand(list: readonly Field[], shell: Shell, tracer: ShellInterpreter, call: Call): Command {
  const { source, range, writing } = call;
  const { by, file, input } = source;
  const isApart = source.inGroup || source.inWord || source.inPipeline || shell.conditional;
  const isOwn = by === undefined || by.isOwnShell ? !isApart && writing?.text : by.writing === writing && by.inOwnList;
  return {
    words: list.map((field) => field.value),
    fields: list,
    cwd: shell.cwd,
    user: shell.user,
    variables: variablesNow(shell),
    range,
    conditional: shell.conditional,
    inOwnList: Boolean(isOwn),
    instruction: tracer.instruction,
    when: tracer.when,
    ...(shell.pathReset === undefined ? {} : { pathReset: shell.pathReset }),
    ...(writing === undefined ? {} : { writing }),
    ...(input === undefined ? {} : { input }),
    ...(by === undefined ? {} : { by }),
    ...(source.inConstruct ? { inConstruct: true as const } : {}),
    ...(call.isOwnShell ? { isOwnShell: true as const } : {}),
    ...(file === undefined ? {} : { file }),
    ...(tracer.service === undefined ? {} : { service: tracer.service }),
  };
}

/** Runs a command given as fields in `shell`. */
export function runFields(list: readonly Field[], shell: Shell, tracer: ShellInterpreter, outer: Call): void {
  const name = known(list, 0);
  if (list.length === 0) return;
  const body = shell.functions.get(name);
  if (body !== undefined) {
    if (tracer.walk.functions.has(body)) {
      tracer.unreadable(shell, 'a function that calls itself', name);
      return;
    }
    const { conditional } = shell;
    shell.conditional = true;
    shell.depth++;
    tracer.walk.functions.add(body);
    tracer.walkNode(body, shell, { ...outer.source, inConstruct: true });
    tracer.walk.functions.delete(body);
    shell.depth--;
    shell.conditional = conditional;
    return;
  }
  const command = yieldedCommand(list, shell, tracer, outer);
  tracer.commands.push(command);
  if (name === '') return;
  const call = { ...outer, source: { ...outer.source, by: command } };
  if (call.notByShell && SHELL_ONLY.has(name)) {
    // an exec form or `env`: there is no such program
    tracer.unknown(list, shell, call);
    return;
  }
  if (runBuiltin(list, shell, tracer, call) || runWrapper(list, shell, tracer, call)) return;
  if (isKnown(name) && isShell(name)) {
    runShell(list, shell, tracer, call);
    return;
  }
  if (isKnown(name) && /^\S+\/activate$/.test(name)) {
    tracer.activatedApart(list, shell, call);
    return;
  }
  // the shell remembers where it found a bare name
  let lookup: string | undefined;
  if (!name.includes('/') && !call.notByShell) {
    lookup = shell.hashed.get(name);
    if (lookup === undefined) shell.hashed.set(name, tracer.pathNow(shell));
  }
  tracer.program(list, shell, call, lookup);
}

/** It is nothing but what a command prints. */
const isSubstitution = (raw: string): boolean => /^\$\([^()]*\)$/.test(raw);

function runBuiltin(list: readonly Field[], shell: Shell, tracer: ShellInterpreter, call: Call): boolean {
  switch (known(list, 0)) {
    case '.':
    case 'source':
      tracer.sourced(list, shell, call);
      return true;
    case 'deactivate':
      tracer.deactivated(shell, call);
      return true;
    case 'cd':
    case 'pushd': {
      const to = list.slice(1).find((field) => !/^-[LPe@]+$|^--$/.test(field.value));
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
      for (const field of list.slice(1)) {
        const sep = field.value.indexOf('=');
        if (sep > 0 && /^[A-Za-z_]\w*\+?$/.test(field.value.slice(0, sep))) {
          const variable = field.value.slice(0, sep).replace(/\+$/, '');
          const own = field.value[sep - 1] === '+' ? (shell.variables.get(variable) ?? '') : '';
          setVariable(shell, variable, own + field.value.slice(sep + 1));
          exportVariable(shell, variable);
          if (variable === 'PATH') shell.hashed.clear();
        } else if (/^[A-Za-z_]\w*$/.test(field.value)) exportVariable(shell, field.value);
      }
      return true;
    case 'unset':
      for (const field of list.slice(1)) {
        unsetVariable(shell, field.value);
        if (field.value === 'PATH') shell.hashed.clear();
      }
      return true;
    case 'read':
      for (const field of list.slice(1))
        if (/^[A-Za-z_]\w*$/.test(field.value)) setVariable(shell, field.value, unknown(`read ${field.value}`));
      return true;
    case 'set': {
      const dashes = list.findIndex((field) => field.value === '--');
      if (dashes > 0) shell.parameters = list.slice(dashes + 1).map((field) => field.value);
      return true;
    }
    case 'shift':
      if (shell.parameters) shell.parameters = shell.parameters.slice(Number(known(list, 1) || '1'));
      return true;
    case 'hash':
      if (known(list, 1) === '-r') {
        shell.hashed.clear();
        tracer.rehashed(shell, call);
      } else for (const field of list.slice(1)) shell.hashed.set(field.value, tracer.pathNow(shell));
      return true;
    case 'type':
      lookUp(list.slice(1), shell, tracer);
      return true;
    case 'eval': {
      const only = list[1];
      if (list.length === 2 && only?.logical && !only.logical.text.includes('$'))
        tracer.walkText(only.logical, shell, {
          ...call.source,
          text: only.logical,
          wrapper: { ...wrapperOf(call), sameShell: true },
        });
      else if (list.slice(1).every(({ value, raw }) => isKnown(value) && (!raw.includes('$') || isSubstitution(raw))))
        tracer.walkText(
          nowhere(
            list
              .slice(1)
              .map((field) => field.value)
              .join(' '),
          ),
          shell,
          call.source,
        );
      else {
        tracer.unknown(list, shell, call);
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
