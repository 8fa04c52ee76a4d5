// Commands that start another command: exec, env, sudo, su, timeout and the like.

import { DEFAULT_PATH } from '../baseImages/base.ts';
import type { Call, ShellInterpreter } from './interpreter.ts';
import { known, lookUp, nameOfCommand } from './shellCall.ts';
import { childShell, type Shell, setVariable, unsetVariable } from './shellState.ts';
import { runSu } from './su.ts';
import type { Field } from './words.ts';

/** Wrappers that start their operand with the same environment: name -> options that take a value, positional operands first. */
const WRAPPERS = new Map<string, { readonly values?: readonly string[]; readonly operands?: number }>([
  ['nohup', {}],
  ['time', {}],
  ['setsid', {}],
  ['unbuffer', {}],
  ['catchsegv', {}],
  ['ionice', { values: ['-c', '-n', '-p'] }],
  ['nice', { values: ['-n'] }],
  ['stdbuf', { values: ['-i', '-o', '-e'] }],
  ['timeout', { values: ['-s', '--signal', '-k', '--kill-after'], operands: 1 }],
  ['gosu', { operands: 1 }],
  ['su-exec', { operands: 1 }],
  ['s6-setuidgid', { operands: 1 }],
  ['setuidgid', { operands: 1 }],
  ['chpst', { values: ['-u'] }],
  ['tini', { values: ['-p', '-e'] }],
  ['dumb-init', { values: ['-r', '--rewrite'] }],
  ['xargs', { values: ['-n', '-P', '-I', '-L', '-d', '-a', '-s', '-E'] }],
  ['dbus-run-session', {}],
  ['xvfb-run', { values: ['-s', '-n', '-e', '-f', '-w', '-p', '--server-args'] }],
  ['eatmydata', {}],
  ['faketime', { operands: 1 }],
  ['strace', { values: ['-o', '-e', '-p'] }],
  ['ltrace', {}],
  ['flock', { values: ['-w'], operands: 1 }],
  ['builtin', {}],
  ['ddtrace-run', {}],
  ['newrelic-admin', { operands: 1 }],
  ['opentelemetry-instrument', {}],
]);

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

export function runWrapper(list: readonly Field[], shell: Shell, tracer: ShellInterpreter, call: Call): boolean {
  const { place: _, isWhole: __, ...own } = call;
  const bare = nameOfCommand(known(list, 0));
  switch (bare) {
    case 'exec': {
      const rest = behind(list, ['-a'], 0);
      if (rest.length === 0) return true;
      // dash and ash look the name up afresh
      if (shell.kind === 'bash') tracer.runFields(rest, shell, own);
      else tracer.runFields(rest, shell, { ...own, notByShell: true });
      return true;
    }
    case 'command': {
      if (/^-[vV]$/.test(known(list, 1))) lookUp(list.slice(2), shell, tracer);
      else tracer.runFields(behind(list, [], 0), shell, own);
      return true;
    }
    case 'env': {
      const child = childShell(shell);
      let i = 1;
      for (; i < list.length; i++) {
        const word = list[i]!.value;
        if (word === '-i' || word === '-' || word === '--ignore-environment') {
          for (const variable of [...child.variables.keys()]) unsetVariable(child, variable);
          setVariable(child, 'PATH', '/bin:/usr/bin');
          child.pathReset = { by: 'command', words: 'env -i' };
        } else if (word === '-u' || word === '--unset') unsetVariable(child, list[++i]?.value ?? '');
        else if (word === '-S' || word.startsWith('--split-string') || word === '-C' || word === '--chdir') {
          tracer.unknown(list, shell, call);
          return true;
        } else if (/^[A-Za-z_]\w*=/.test(word)) {
          const sep = word.indexOf('=');
          setVariable(child, word.slice(0, sep), word.slice(sep + 1));
        } else if (!word.startsWith('-')) break;
      }
      if (i < list.length) tracer.runFields(list.slice(i), child, { ...own, notByShell: true });
      return true;
    }
    case 'sudo':
    case 'doas': {
      const child = childShell(shell);
      const keeps = list.some((field) => /^--preserve-env=(.*,)?PATH(,|$)/.test(field.value));
      let user = 'root';
      let i = 1;
      for (; i < list.length; i++) {
        const word = list[i]!.value;
        if (/^-[ugCprth]$/.test(word)) {
          if (word === '-u') user = known(list, i + 1);
          i++;
        } else if (/^[A-Za-z_]\w*=/.test(word))
          setVariable(child, word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
        else if (!word.startsWith('-')) break;
      }
      child.user = user;
      if (!keeps) {
        const all = list.some((field) => /^-[A-Za-z]*E|^--preserve-env$/.test(field.value));
        setVariable(child, 'PATH', DEFAULT_PATH);
        if (!all) unsetVariable(child, 'VIRTUAL_ENV');
        child.pathReset = { by: 'command', words: 'sudo' };
      }
      unsetVariable(child, 'HOME');
      if (i < list.length) tracer.runFields(list.slice(i), child, { ...own, notByShell: true });
      return true;
    }
    case 'su':
    case 'runuser':
      runSu(list, shell, tracer, own);
      return true;
    case 'setpriv':
      if (list.some((field) => field.value === '--reset-env')) tracer.unknown(list, shell, call);
      else {
        const child = childShell(shell);
        const rest = behind(list, SETPRIV_VALUES, 0);
        const options = list.slice(1, list.length - rest.length).map((field) => field.value);
        const at = options.findIndex((one) => /^--(re|r|e)?uid(=|$)/.test(one));
        if (at >= 0) child.user = options[at]!.split('=')[1] ?? options[at + 1] ?? '';
        tracer.runFields(rest, child, { ...own, notByShell: true });
      }
      return true;
    case 'chroot':
    case 'unshare':
    case 'nsenter':
      tracer.unknown(list, shell, call);
      return true;
    case 'find': {
      const at = list.findIndex((field) => /^-(exec|execdir|ok)$/.test(field.value));
      if (at < 0) return false;
      tracer.searched(list, shell, call);
      const rest = list.slice(at + 1);
      const end = rest.findIndex((field) => field.value === ';' || field.value === '+');
      tracer.runFields(end < 0 ? rest : rest.slice(0, end), childShell(shell), { ...own, notByShell: true });
      return true;
    }
    default: {
      const wrapper = WRAPPERS.get(bare);
      if (wrapper === undefined) return false;
      const rest = behind(list, wrapper.values ?? [], wrapper.operands ?? 0);
      const child = bare === 'time' || bare === 'builtin' ? shell : childShell(shell);
      if (/^(gosu|su-exec|s6-setuidgid|setuidgid)$/.test(bare) && list[1]) {
        child.user = list[1].value;
        unsetVariable(child, 'HOME');
      }
      const named = bare === 'chpst' ? list.findIndex((field) => field.value === '-u') : -1;
      if (named >= 0) child.user = list[named + 1]?.value.split(':')[0] ?? child.user;
      if (rest.length > 0)
        tracer.runFields(rest, child, { ...own, ...(child === shell ? {} : { notByShell: true as const }) });
      return true;
    }
  }
}
