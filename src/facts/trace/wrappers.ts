// Commands that start another command: exec, env, sudo, su, timeout and the like.

import { sliceLogical } from '../../text/logical.ts';
import { DEFAULT_PATH } from '../baseImages.ts';
import { unknown } from '../values.ts';
import { childOf, known, lookUp, nameOf, resetPath, SHELLS, unknownCommand } from './call.ts';
import { noteReads } from './readers.ts';
import { runText } from './shells.ts';
import type { Shell } from './state.ts';
import type { Call, Tracer } from './tracer.ts';
import type { Field } from './words.ts';

/** Wrappers that start their operand with the same environment: name -> options that take a value, positional operands first. */
const WRAPPERS: Record<string, { readonly values?: readonly string[]; readonly operands?: number }> = {
  nohup: {},
  time: {},
  setsid: {},
  unbuffer: {},
  catchsegv: {},
  ionice: { values: ['-c', '-n', '-p'] },
  nice: { values: ['-n'] },
  stdbuf: { values: ['-i', '-o', '-e'] },
  timeout: { values: ['-s', '--signal', '-k', '--kill-after'], operands: 1 },
  gosu: { operands: 1 },
  'su-exec': { operands: 1 },
  's6-setuidgid': { operands: 1 },
  setuidgid: { operands: 1 },
  chpst: { values: ['-u'] },
  tini: { values: ['-p', '-e'] },
  'dumb-init': { values: ['-r', '--rewrite'] },
  xargs: { values: ['-n', '-P', '-I', '-L', '-d', '-a', '-s', '-E'] },
  'dbus-run-session': {},
  'xvfb-run': { values: ['-s', '-n', '-e', '-f', '-w', '-p', '--server-args'] },
  eatmydata: {},
  faketime: { operands: 1 },
  strace: { values: ['-o', '-e', '-p'] },
  ltrace: {},
  flock: { values: ['-w'], operands: 1 },
  builtin: {},
  'ddtrace-run': {},
  'newrelic-admin': { operands: 1 },
  'opentelemetry-instrument': {},
};

const SETPRIV_VALUES = [
  ...['--ruid', '--euid', '--reuid', '--rgid', '--egid', '--regid', '--groups', '--securebits', '--pdeathsig'],
  ...['--ambient-caps', '--inh-caps', '--bounding-set', '--selinux-label', '--apparmor-profile'],
];

/** The words behind a wrapper's options and operands. */
function behind(list: readonly Field[], values: readonly string[], operands: number): readonly Field[] {
  let i = 1;
  while (i < list.length && list[i]!.value.startsWith('-')) {
    const word = list[i]!.value;
    i++;
    if (word === '--') break;
    if (values.includes(word)) i++;
  }
  return list.slice(i + operands);
}

export function runWrapper(name: string, list: readonly Field[], shell: Shell, t: Tracer, call: Call): boolean {
  const { place: _, isWhole: __, ...own } = call;
  const bare = nameOf(name);
  switch (bare) {
    case 'exec': {
      const rest = behind(list, ['-a'], 0);
      if (rest.length === 0) return true;
      // dash and ash look the name up afresh
      if (shell.kind === 'bash') t.runFields(rest, shell, own);
      else t.runFields(rest, shell, { ...own, notByShell: true });
      return true;
    }
    case 'command': {
      if (/^-[vV]$/.test(known(list, 1))) lookUp(list.slice(2), shell, t);
      else t.runFields(behind(list, [], 0), shell, own);
      return true;
    }
    case 'env': {
      const child = childOf(shell);
      let i = 1;
      for (; i < list.length; i++) {
        const word = list[i]!.value;
        if (word === '-i' || word === '-' || word === '--ignore-environment') {
          child.variables.clear();
          child.variables.set('PATH', '/bin:/usr/bin');
          child.pathReset = 'env -i';
        } else if (word === '-u' || word === '--unset') child.variables.delete(list[++i]?.value ?? '');
        else if (word === '-S' || word.startsWith('--split-string') || word === '-C' || word === '--chdir') {
          unknownCommand(list, shell, t, call);
          return true;
        } else if (/^[A-Za-z_]\w*=/.test(word)) {
          const sep = word.indexOf('=');
          child.variables.set(word.slice(0, sep), word.slice(sep + 1));
        } else if (!word.startsWith('-')) break;
      }
      if (i < list.length) t.runFields(list.slice(i), child, { ...own, notByShell: true });
      return true;
    }
    case 'sudo':
    case 'doas': {
      const child = childOf(shell);
      const keeps = list.some((f) => /^--preserve-env=(.*,)?PATH(,|$)/.test(f.value));
      let user = 'root';
      let i = 1;
      for (; i < list.length; i++) {
        const word = list[i]!.value;
        if (/^-[ugCprth]$/.test(word)) {
          if (word === '-u') user = known(list, i + 1);
          i++;
        } else if (/^[A-Za-z_]\w*=/.test(word))
          child.variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
        else if (!word.startsWith('-')) break;
      }
      child.user = user;
      if (!keeps) {
        const all = list.some((f) => /^-[A-Za-z]*E|^--preserve-env$/.test(f.value));
        child.variables.set('PATH', DEFAULT_PATH);
        if (!all) child.variables.delete('VIRTUAL_ENV');
        child.pathReset = 'sudo';
      }
      child.variables.delete('HOME');
      if (i < list.length) t.runFields(list.slice(i), child, { ...own, notByShell: true });
      return true;
    }
    case 'su':
    case 'runuser':
      runSu(bare, list, shell, t, own);
      return true;
    case 'setpriv':
      if (list.some((f) => f.value === '--reset-env')) unknownCommand(list, shell, t, call);
      else {
        const child = childOf(shell);
        const rest = behind(list, SETPRIV_VALUES, 0);
        const options = list.slice(1, list.length - rest.length).map((f) => f.value);
        const at = options.findIndex((o) => /^--(re|r|e)?uid(=|$)/.test(o));
        if (at >= 0) child.user = options[at]!.split('=')[1] ?? options[at + 1] ?? '';
        t.runFields(rest, child, { ...own, notByShell: true });
      }
      return true;
    case 'chroot':
    case 'unshare':
    case 'nsenter':
      unknownCommand(list, shell, t, call);
      return true;
    case 'find': {
      const at = list.findIndex((f) => /^-(exec|execdir|ok)$/.test(f.value));
      if (at < 0) return false;
      noteReads(list, shell, t, call);
      const rest = list.slice(at + 1);
      const end = rest.findIndex((f) => f.value === ';' || f.value === '+');
      t.runFields(end < 0 ? rest : rest.slice(0, end), childOf(shell), { ...own, notByShell: true });
      return true;
    }
    default: {
      const wrapper = WRAPPERS[bare];
      if (wrapper === undefined) return false;
      const rest = behind(list, wrapper.values ?? [], wrapper.operands ?? 0);
      const child = bare === 'time' || bare === 'builtin' ? shell : childOf(shell);
      if (/^(gosu|su-exec|s6-setuidgid|setuidgid)$/.test(bare) && list[1]) {
        child.user = list[1].value;
        child.variables.delete('HOME');
      }
      const named = bare === 'chpst' ? list.findIndex((f) => f.value === '-u') : -1;
      if (named >= 0) child.user = list[named + 1]?.value.split(':')[0] ?? child.user;
      if (rest.length > 0)
        t.runFields(rest, child, { ...own, ...(child === shell ? {} : { notByShell: true as const }) });
      return true;
    }
  }
}

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
function tail(field: Field, from: number): Field {
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
      if (letter !== undefined) take(letter, equals < 0 ? list[++i] : tail(field, equals + 1));
    } else {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at]!;
        if (letter === 'l') login = true;
        if (!/[csugGwT]/.test(letter) || (letter === 'T' && name === 'su')) continue;
        take(letter, at + 1 < word.length ? tail(field, at + 1) : list[++i]);
        break;
      }
    }
  }
  return { login, user: user ?? 'root', shell, text, command: [] };
}

/** `su [-] USER -c TEXT`, `runuser -l USER -c TEXT`. */
function runSu(name: string, list: readonly Field[], shell: Shell, t: Tracer, call: Call): void {
  const child = childOf(shell);
  const { login, user, shell: shellPath, text, command } = suCall(name, list);
  child.user = user;
  child.variables.delete('HOME');
  if (login) resetPath(child, `a login shell (${name})`, t);
  else if (t.base.distribution !== 'debian') {
    child.variables.set('PATH', unknown(`PATH that ${name} leaves`));
    child.pathReset = `${name} on a base whose rules are not known`;
  }
  child.kind = SHELLS[nameOf(shellPath)] ?? 'unknown';
  if (command.length > 0) t.runFields(command, child, { ...call, notByShell: true });
  else if (text !== undefined) runText(text, child, t, call);
  else unknownCommand(list, child, t, call);
}
