// One simple command: builtins, wrappers and children of the shell; everything else goes to programs.ts.

import { isKnown, readable, unknown } from '../values.ts';
import { deactivate, runActivate, sourceFile } from './activation.ts';
import { known, lookUp, nameOf, pathNow, SHELLS, unknownCommand, wrapperOf } from './call.ts';
import { runProgram } from './programs.ts';
import { runShell } from './shells.ts';
import { homeOfUser, type Shell } from './state.ts';
import { type Call, nowhere, pathIn, type Tracer, unreadable } from './tracer.ts';
import type { Field } from './words.ts';
import { runWrapper } from './wrappers.ts';

/** Variables that say where poetry and pipenv put environments. */
const PLACES = ['POETRY_VIRTUALENVS_PATH', 'POETRY_CACHE_DIR', 'WORKON_HOME', 'PIPENV_VENV_IN_PROJECT'];

/** Builtins that no program of that name stands for. */
const SHELL_ONLY = new Set([
  '.',
  'source',
  'export',
  'eval',
  'deactivate',
  'set',
  'unset',
  'hash',
  'shift',
  'declare',
  'local',
  'readonly',
  'typeset',
  'popd',
  'pushd',
]);

/** Runs a command given as fields in `shell`. */
export function runFields(list: readonly Field[], shell: Shell, t: Tracer, call: Call): void {
  const name = known(list, 0);
  if (list.length === 0 || name === '') return;
  const body = shell.functions.get(name);
  if (body !== undefined) {
    if (t.walk.functions.has(body)) {
      unreadable(t, shell, 'a function that calls itself', name);
      return;
    }
    const { conditional } = shell;
    shell.conditional = true;
    shell.depth++;
    t.walk.functions.add(body);
    t.walkNode(body, shell, call.source);
    t.walk.functions.delete(body);
    shell.depth--;
    shell.conditional = conditional;
    return;
  }
  t.commands.push({
    words: list.map((f) => f.value),
    cwd: shell.cwd,
    user: shell.user,
    places: PLACES.flatMap((variable) => shell.variables.get(variable) ?? []),
    when: t.when,
    ...(t.service === undefined ? {} : { service: t.service }),
  });
  if (call.notByShell && SHELL_ONLY.has(name)) {
    // an exec form or `env`: there is no such program
    unknownCommand(list, shell, t, call);
    return;
  }
  if (runBuiltin(name, list, shell, t, call)) return;
  if (runWrapper(name, list, shell, t, call)) return;
  const kind = SHELLS[nameOf(name)];
  if (kind !== undefined && isKnown(name)) {
    runShell(name, kind === 'unknown' ? shOf(t) : kind, list, shell, t, call);
    return;
  }
  if (isKnown(name) && /^\S+\/activate$/.test(name)) {
    runActivate(name, list, shell, t, call);
    return;
  }
  // the shell remembers where it found a bare name
  let lookup: string | undefined;
  if (!name.includes('/') && !call.notByShell) {
    lookup = shell.hashed.get(name);
    if (lookup === undefined) shell.hashed.set(name, pathNow(shell, t));
  }
  runProgram(list, shell, t, call, lookup);
}

export const shOf = (t: Tracer): Shell['kind'] => t.base.sh;

function runBuiltin(name: string, list: readonly Field[], shell: Shell, t: Tracer, call: Call): boolean {
  switch (name) {
    case '.':
    case 'source':
      sourceFile(list, shell, t, call);
      return true;
    case 'deactivate':
      deactivate(shell, t, call);
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
          shell.variables.set(variable, f.value.slice(sep + 1));
          shell.exported.add(variable);
          if (variable === 'PATH') shell.hashed.clear();
        } else if (/^[A-Za-z_]\w*$/.test(f.value)) shell.exported.add(f.value);
      }
      return true;
    case 'unset':
      for (const f of list.slice(1)) {
        shell.variables.delete(f.value);
        if (f.value === 'PATH') shell.hashed.clear();
      }
      return true;
    case 'read':
      for (const f of list.slice(1))
        if (/^[A-Za-z_]\w*$/.test(f.value)) shell.variables.set(f.value, unknown(`read ${f.value}`));
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
        t.events.push({
          kind: 'hash',
          path: '',
          instruction: t.instruction,
          stage: t.stage,
          when: t.when,
          range: call.range,
          conditional: shell.conditional,
        });
      } else for (const f of list.slice(1)) shell.hashed.set(f.value, pathNow(shell, t));
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
        unknownCommand(list, shell, t, call);
        shell.variables.set(
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
