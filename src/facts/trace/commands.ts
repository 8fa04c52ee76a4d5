// One simple command: builtins, wrappers and children of the shell; everything else goes to programs.ts.
import type { LogicalText, Range } from '../../model.ts';
import { sliceLogical } from '../../parse/logical.ts';
import { parseShell, type HereDoc } from '../../parse/shell.ts';
import { DEFAULT_PATH } from '../bases.ts';
import { absolute, isKnown, readable, unknown } from '../values.ts';
import { deactivate, runActivate, sourceFile, unknownCommand } from './activation.ts';
import type { ActivationPlace } from './events.ts';
import { runsNoPython } from './names.ts';
import { runProgram } from './programs.ts';
import { homeOfUser, type Shell } from './state.ts';
import { effectivePath } from './resolve.ts';
import { nowhere, pathIn, placeIn, type Source, type Tracer } from './tracer.ts';
import { childOf, walkNode, walkText } from './walk.ts';
import type { Field } from './words.ts';

/** Where a command stands. */
export interface Call {
  readonly range: Range;
  readonly source: Source;
  readonly place?: ActivationPlace;
  readonly heredoc?: HereDoc;
  /** Behind a wrapper (env, xargs, exec-form): found along PATH, not by the shell's own table. */
  readonly notByShell?: true;
}

/** Wrappers that start their operand with the same environment: name -> options that take a value, positional operands first. */
const WRAPPERS: Record<string, { readonly values?: readonly string[]; readonly operands?: number }> = {
  nohup: {}, time: {}, setsid: {}, unbuffer: {}, catchsegv: {}, ionice: { values: ['-c', '-n', '-p'] }, nice: { values: ['-n'] }, stdbuf: { values: ['-i', '-o', '-e'] },
  timeout: { values: ['-s', '--signal', '-k', '--kill-after'], operands: 1 }, gosu: { operands: 1 }, 'su-exec': { operands: 1 }, chpst: { values: ['-u'] },
  tini: { values: ['-p', '-e'] }, 'dumb-init': { values: ['-r', '--rewrite'] }, xargs: { values: ['-n', '-P', '-I', '-L', '-d', '-a', '-s', '-E'] }, 'dbus-run-session': {}, 'xvfb-run': { values: ['-s', '-n', '-e', '-f', '-w', '-p', '--server-args'] },
  eatmydata: {}, faketime: { operands: 1 }, strace: { values: ['-o', '-e', '-p'] }, ltrace: {}, flock: { values: ['-w'], operands: 1 }, builtin: {}, 'ddtrace-run': {}, 'newrelic-admin': { operands: 1 }, 'opentelemetry-instrument': {},
};
const SHELLS: Record<string, Shell['kind']> = { bash: 'bash', dash: 'dash', ash: 'ash', sh: 'unknown' };

/** Builtins that no program of that name stands for. */
const SHELL_ONLY = new Set(['.', 'source', 'export', 'eval', 'deactivate', 'set', 'unset', 'hash', 'shift', 'declare', 'local', 'readonly', 'typeset', 'popd', 'pushd']);

const known = (list: readonly Field[], n: number): string => list[n]?.value ?? '';
const nameOf = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** Runs a command given as fields in `shell`. */
export function runFields(list: readonly Field[], shell: Shell, t: Tracer, call: Call): void {
  const name = known(list, 0);
  if (list.length === 0 || name === '') return;
  const body = shell.functions.get(name);
  if (body !== undefined) {
    const { conditional } = shell;
    shell.conditional = true;
    shell.depth++;
    walkNode(body, shell, t, call.source, undefined);
    shell.depth--;
    shell.conditional = conditional;
    return;
  }
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
  if (isKnown(name) && /\/activate$/.test(name)) {
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

/** Where a name is found at this moment: environments that do not stand yet are no part of it. */
const pathNow = (shell: Shell, t: Tracer): string => effectivePath(shell.variables.get('PATH') ?? '', placeIn(t)).join(':');

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
      for (const f of list.slice(1)) if (/^[A-Za-z_]\w*$/.test(f.value)) shell.variables.set(f.value, unknown(`read ${f.value}`));
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
        t.events.push({ kind: 'hash', path: '', instruction: t.instruction, stage: t.stage, when: t.when, range: call.range, conditional: shell.conditional });
      } else for (const f of list.slice(1)) shell.hashed.set(f.value, pathNow(shell, t));
      return true;
    case 'type':
      lookUp(list.slice(1), shell, t);
      return true;
    case 'eval': {
      const only = list[1];
      if (list.length === 2 && only?.logical && !only.logical.text.includes('$')) walkText(only.logical, shell, t, { ...call.source, text: only.logical });
      else if (list.slice(1).every((f) => isKnown(f.value) && !f.raw.includes('$'))) walkText(nowhere(list.slice(1).map((f) => f.value).join(' ')), shell, t, call.source);
      else {
        unknownCommand(list, shell, t, call);
        shell.variables.set('PATH', `${unknown(`what ${readable(list[1]?.raw ?? 'eval')} puts on PATH`)}:${shell.variables.get('PATH') ?? ''}`);
      }
      return true;
    }
    case 'trap':
      return true;
    default:
      return false;
  }
}

/** dash and ash also remember names that `command -v` and `type` asked for. */
function lookUp(list: readonly Field[], shell: Shell, t: Tracer): void {
  if (shell.kind === 'bash') return;
  for (const f of list) if (/^[\w.+-]+$/.test(f.value) && !f.value.startsWith('-') && !shell.hashed.has(f.value)) shell.hashed.set(f.value, pathNow(shell, t));
}

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

function runWrapper(name: string, list: readonly Field[], shell: Shell, t: Tracer, call: Call): boolean {
  const { place: _, ...own } = call;
  const bare = nameOf(name);
  switch (bare) {
    case 'exec': {
      const rest = behind(list, ['-a'], 0);
      if (rest.length === 0) return true;
      // dash and ash look the name up afresh
      if (shell.kind === 'bash') runFields(rest, shell, t, own);
      else runFields(rest, shell, t, { ...own, notByShell: true });
      return true;
    }
    case 'command': {
      if (/^-[vV]$/.test(known(list, 1))) lookUp(list.slice(2), shell, t);
      else runFields(behind(list, [], 0), shell, t, own);
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
      if (i < list.length) runFields(list.slice(i), child, t, { ...own, notByShell: true });
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
        } else if (/^[A-Za-z_]\w*=/.test(word)) child.variables.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
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
      if (i < list.length) runFields(list.slice(i), child, t, { ...own, notByShell: true });
      return true;
    }
    case 'su':
    case 'runuser':
      runSu(bare, list, shell, t, own);
      return true;
    case 'setpriv':
      if (list.some((f) => f.value === '--reset-env')) unknownCommand(list, shell, t, call);
      else runFields(list.slice(1).filter((f) => !f.value.startsWith('--')), childOf(shell), t, { ...own, notByShell: true });
      return true;
    case 'chroot':
    case 'unshare':
    case 'nsenter':
      unknownCommand(list, shell, t, call);
      return true;
    case 'find': {
      const at = list.findIndex((f) => /^-(exec|execdir|ok)$/.test(f.value));
      if (at < 0) return false;
      const rest = list.slice(at + 1);
      const end = rest.findIndex((f) => f.value === ';' || f.value === '+');
      runFields(end < 0 ? rest : rest.slice(0, end), childOf(shell), t, { ...own, notByShell: true });
      return true;
    }
    default: {
      const wrapper = WRAPPERS[bare];
      if (wrapper === undefined) return false;
      const rest = behind(list, wrapper.values ?? [], wrapper.operands ?? 0);
      const child = bare === 'time' || bare === 'builtin' ? shell : childOf(shell);
      if ((bare === 'gosu' || bare === 'su-exec') && list[1]) {
        child.user = list[1].value;
        child.variables.delete('HOME');
      }
      if (rest.length > 0) runFields(rest, child, t, { ...own, ...(child === shell ? {} : { notByShell: true as const }) });
      return true;
    }
  }
}

/** `su [-] USER -c TEXT`, `runuser -l USER -c TEXT`. */
function runSu(name: string, list: readonly Field[], shell: Shell, t: Tracer, call: Call): void {
  const child = childOf(shell);
  let login = false;
  let user = 'root';
  let text: Field | undefined;
  let shellPath = '';
  let rest: readonly Field[] = [];
  for (let i = 1; i < list.length; i++) {
    const word = list[i]!.value;
    if (word === '-' || word === '-l' || word === '--login') login = true;
    else if (word === '-c' || word === '--command') text = list[++i];
    else if (/^-[a-z]*l[a-z]*c$/.test(word)) {
      login = true;
      text = list[++i];
    } else if (word === '-s' || word === '--shell') shellPath = known(list, ++i);
    else if (word === '-u') {
      user = known(list, ++i);
      if (name === 'runuser') {
        rest = list.slice(i + 1);
        break;
      }
    } else if (!word.startsWith('-')) user = word;
  }
  child.user = user;
  child.variables.delete('HOME');
  if (login) resetPath(child, `a login shell (${name})`, t);
  else if (t.base.distribution !== 'debian') {
    child.variables.set('PATH', unknown(`PATH that ${name} leaves`));
    child.pathReset = `${name} on a base whose rules are not known`;
  }
  child.kind = SHELLS[nameOf(shellPath)] ?? 'unknown';
  if (rest.length > 0) runFields(rest, child, t, { ...call, notByShell: true });
  else if (text !== undefined) runText(text, child, t, call);
  else unknownCommand(list, child, t, call);
}

function resetPath(shell: Shell, why: string, t: Tracer): void {
  shell.variables.set('PATH', t.base.distribution === 'debian' ? DEFAULT_PATH : unknown(`PATH of ${why}`));
  shell.pathReset = why;
  delete shell.active;
}

/** Text that a child shell runs. */
function runText(field: Field, child: Shell, t: Tracer, call: Call): void {
  child.hashed.clear();
  child.functions.clear();
  delete child.active;
  delete child.beforeActivation;
  child.outerExpanded = field.expandsPath === true;
  if (field.logical) walkText(field.logical, child, t, { ...call.source, text: field.logical, wrapper: { range: call.range, ...(call.place ? { place: call.place } : {}) } });
  else if (isKnown(field.value)) walkText(nowhere(field.value), child, t, call.source);
  else unknownCommand([field], child, t, call);
}

/** `bash [options] -c TEXT [$0 args]`, `bash SCRIPT args`, `bash <<EOF`. */
function runShell(word: string, kind: Shell['kind'], list: readonly Field[], shell: Shell, t: Tracer, call: Call): void {
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
  const script = list[i];
  if (script !== undefined) {
    child.parameters = list.slice(i + 1).map((f) => f.value);
    runScriptFile(pathIn(shell, script.value), list, child, t, call);
    return;
  }
  if (call.heredoc?.delimiter && call.source.text) {
    const { body, delimiter } = call.heredoc;
    const logical: LogicalText = sliceLogical(call.source.text, body.pos, body.end);
    runText({ value: body.text, raw: '', logical, ...(delimiter.quoted || !/\$\{?(PATH|VIRTUAL_ENV)\b/.test(body.text) ? {} : { expandsPath: true as const }) }, child, t, call);
    return;
  }
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

/** A script of the image run as a child: of the repository it is read, else it may be anything. */
export function runScriptFile(path: string, list: readonly Field[], child: Shell, t: Tracer, call: Call): void {
  const environment = /^(.*)\/bin\/activate$/.exec(path);
  if (environment && isKnown(path)) {
    runActivate(path, list, child, t, call);
    return;
  }
  const script = isKnown(path) ? t.readImage(path) : undefined;
  const shebang = script === undefined ? '' : (/^#![^\n]*/.exec(script.text)?.[0] ?? '');
  if (script === undefined || child.depth > 8 || (shebang !== '' && !/\b(ba|da|a)?sh\b/.test(shebang)) || parseShell(nowhere(script.text)).script === undefined) {
    unknownCommand(list, child, t, call);
    return;
  }
  child.parameterZero = path;
  child.hashed.clear();
  child.functions.clear();
  delete child.active;
  delete child.beforeActivation;
  child.outerExpanded = false;
  if (/\bbash\b/.test(shebang)) child.kind = 'bash';
  const depthKept = child.depth;
  walkText(nowhere(script.text), child, t, { file: script.path });
  child.depth = depthKept;
}

/** For programs.ts: does a bare name do nothing with Python? */
export const isIdle = (name: string): boolean => runsNoPython(name);
export const absoluteIn = (shell: Shell, word: string): string => absolute(word, shell.cwd);
