// su and runuser: whose words they are, and what they start as another user.

import { sliceLogical } from '../../text/logical.ts';
import { unknown } from '../values.ts';
import { runText } from './childShells.ts';
import type { Call, ShellInterpreter } from './interpreter.ts';
import { known, nameOfCommand, resetPath } from './shellCall.ts';
import { shellNamed } from './shellNames.ts';
import { childShell, type Shell, setVariable, unsetVariable } from './shellState.ts';
import type { Field } from './words.ts';

interface SuCall {
  readonly login: boolean;
  readonly user: string;
  readonly shell: string;
  readonly text: Field | undefined;
  /** runuser -u USER COMMAND. */
  readonly command: readonly Field[];
}

const SU_VALUES: Readonly<Record<string, string>> = {
  '--command': 'c',
  '--session-command': 'c',
  '--shell': 's',
  '--user': 'u',
  '--group': 'g',
  '--supp-group': 'G',
  '--whitelist-environment': 'w',
};

/** A part of a word as a word of its own, with its way back to the file. */
function behindOptions(field: Field, from: number): Field {
  const value = field.value.slice(from);
  const { logical } = field;
  return {
    value,
    raw: value,
    ...(logical && logical.text === field.value ? { logical: sliceLogical(logical, from, logical.text.length) } : {}),
    ...(field.expandsPath ? { expandsPath: true as const } : {}),
  };
}

/** Words of su and runuser, short options together or with their value glued, long ones with `=`. */
function suCall(name: string, list: readonly Field[]): SuCall {
  let login = false;
  let shell = '';
  let text: Field | undefined;
  let user: string | undefined;
  let byFlag = false;
  for (let i = 1; i < list.length; i++) {
    const field = list[i]!;
    const word = field.value;
    const take = (letter: string, value: Field | undefined): void => {
      if (letter === 'c') text = value;
      else if (letter === 's') shell = value?.value ?? '';
      else if (letter === 'u') {
        user = value?.value;
        byFlag = true;
      }
    };
    if (word === '-' || word === '--login') login = true;
    else if (word === '--' || !word.startsWith('-')) {
      // behind runuser -u USER stands the command itself
      if (byFlag && name === 'runuser')
        return { login, user: user ?? 'root', shell, text, command: list.slice(word === '--' ? i + 1 : i) };
      if (word !== '--') user ??= word;
    } else if (word.startsWith('--')) {
      const equals = word.indexOf('=');
      const letter = SU_VALUES[equals < 0 ? word : word.slice(0, equals)];
      if (letter !== undefined) take(letter, equals < 0 ? list[++i] : behindOptions(field, equals + 1));
    } else {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at]!;
        if (letter === 'l') login = true;
        if (!/[csugGwT]/.test(letter) || (letter === 'T' && name === 'su')) continue;
        take(letter, at + 1 < word.length ? behindOptions(field, at + 1) : list[++i]);
        break;
      }
    }
  }
  return { login, user: user ?? 'root', shell, text, command: [] };
}

/** `su [-] USER -c TEXT`, `runuser -l USER -c TEXT`. */
export function runSu(list: readonly Field[], shell: Shell, tracer: ShellInterpreter, call: Call): void {
  const name = nameOfCommand(known(list, 0));
  const child = childShell(shell);
  const { login, user, shell: shellPath, text, command } = suCall(name, list);
  child.user = user;
  unsetVariable(child, 'HOME');
  if (login) resetPath(child, `a login shell (${name})`, tracer);
  else if (tracer.base.distribution !== 'debian') {
    setVariable(child, 'PATH', unknown(`PATH that ${name} leaves`));
    child.pathReset = { by: 'command', words: `${name} on a base whose rules are not known` };
  }
  child.kind = shellNamed(shellPath) ?? 'unknown';
  if (command.length > 0) tracer.runFields(command, child, { ...call, notByShell: true });
  else if (text !== undefined) runText(text, child, tracer, call);
  else tracer.unknown(list, child, call);
}
