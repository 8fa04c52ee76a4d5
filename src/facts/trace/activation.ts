// `. P/bin/activate`, `source`, `deactivate`: what they do in this shell.

import { installerNamed } from '../installers/index.ts';
import { byOf, type Call } from '../shell/interpreter.ts';
import { isShell } from '../shell/shellNames.ts';
import { exportVariable, pathIn, type Shell, setVariable, unsetVariable } from '../shell/shellState.ts';
import type { Field } from '../shell/words.ts';
import { absolute, isKnown, isWithin, readable, splitOutsideTokens, unknown } from '../values.ts';
import type { ActivateEvent } from './events.ts';
import { environmentOfBin } from './searchPath.ts';
import type { Tracer } from './tracer.ts';

/** Files that set variables without touching where Python is found. */
const HARMLESS =
  /\/(os-release|lsb-release|\.cargo\/env|nvm\.sh|bash_completion|\.env|\.sdkman\/bin\/sdkman-init\.sh|environment)$/;

/** Nothing comes after the command in its shell. */
function isLast({ place, source }: Call): boolean {
  if (place === undefined || place.next !== undefined || source.inGroup) return false;
  return source.wrapper?.sameShell ? source.wrapper.place?.next === undefined : true;
}

/** `.` and `source`. */
export function sourceFile(list: readonly Field[], shell: Shell, tracer: Tracer, call: Call): void {
  const word = list[1]?.value;
  if (word === undefined) return;
  const byName = !word.includes('/');
  const full = byName && word === 'activate' ? activateOnPath(shell, tracer) : pathIn(shell, word);
  const script = byName ? undefined : tracer.readImage(full);
  if (/(^|\/)activate$/.test(word) && (full.endsWith('/bin/activate') || script === undefined)) {
    activate({ list, path: full, isByName: byName }, shell, tracer, call);
    return;
  }
  if (script !== undefined) {
    tracer.scriptRun(script.path, shell);
    const text = { text: script.text, pieces: [] };
    tracer.walkText(text, shell, { file: script.path, ...byOf(call) });
    return;
  }
  if (isKnown(full) && HARMLESS.test(full)) return;
  const path = shell.variables.get('PATH') ?? '';
  setVariable(shell, 'PATH', `${unknown(`what ${readable(full)} puts on PATH`)}:${path}`);
  shell.hashed.clear();
}

/** Where `. activate` is found: along PATH, then (not by dash) in the working folder. */
function activateOnPath(shell: Shell, tracer: Tracer): string {
  const entry = splitOutsideTokens(shell.variables.get('PATH') ?? '', ':').find(
    (entry) => environmentOfBin(entry, tracer.files) !== undefined || /conda|mamba/.test(entry),
  );
  return `${entry ?? shell.cwd}/activate`;
}

/** A file of the image that a command runs or sources, and the words of the command. */
export interface FileCall {
  readonly path: string;
  readonly list: readonly Field[];
}

interface Activated extends FileCall {
  /** The word has no folder: the file is looked for. */
  readonly isByName: boolean;
}

/** How people name what is activated: conda takes a name. */
const nameOfActivated = (list: readonly Field[], full: string): string =>
  full.endsWith('/bin/activate')
    ? full.replace(/\/bin\/activate$/, '') || '/'
    : (list[2]?.value ?? (list[1]?.value === 'activate' ? 'an environment' : full));

function activate(activated: Activated, shell: Shell, tracer: Tracer, call: Call): void {
  const { list, path: full, isByName: byName } = activated;
  const path = nameOfActivated(list, full);
  const found = byName && full !== `${shell.cwd}/activate`;
  const sourceWord = list[0]!.value === 'source';
  const environment = tracer.files.environments.get(path);
  const { effect, why } = effectOf();
  function effectOf(): Pick<ActivateEvent, 'effect' | 'why'> {
    if (!full.endsWith('/bin/activate'))
      return {
        effect: 'unknown',
        why: byName
          ? '`activate` is looked for along PATH, as conda has it, which does more than PATH'
          : `what ${readable(full)} does is not known: environments have their script in \`bin\``,
      };
    if (!isKnown(path)) return { effect: 'unknown', why: `the path ${readable(path)} is not known` };
    if (/conda|mamba/.test(path)) return { effect: 'unknown', why: 'conda runs more than PATH on activation' };
    if (list.length > 2) return { effect: 'unknown', why: 'the activate script is given arguments' };
    if (byName && !found && shell.kind !== 'bash' && shell.kind !== 'ash')
      return { effect: 'fails', why: 'dash does not look in the working directory' };
    if (path === '/' && list[1]!.raw.includes('$'))
      return { effect: 'unknown', why: `\`${readable(list[1]!.raw)}\` is ${full} there: its variable is empty` };
    if (environment === undefined) return { effect: 'unknown', why: whyNotKnown(path, tracer) };
    if (environment.activateChanged)
      return { effect: 'unknown', why: 'the activate script was written to: it does more than PATH' };
    if (environment.conditional) return { effect: 'unknown', why: `${path} is created only on some branch` };
    if (environment.createdAt !== path)
      return { effect: 'unknown', why: `${path} was created at ${environment.createdAt}: its scripts name that path` };
    if (sourceWord && shell.kind === 'dash') return { effect: 'fails', why: 'dash has no `source`' };
    if (sourceWord && shell.kind === 'unknown') return { effect: 'works', why: '' };
    return { effect: 'works', why: '' };
  }
  const event: ActivateEvent = {
    kind: 'activate',
    path,
    effect,
    why,
    known: environment !== undefined,
    written: list[1]!.raw,
    last: isLast(call),
    child: shell.child,
    outerExpanded: shell.outerExpanded,
    hashed: [...shell.hashed.keys()],
    instruction: tracer.instruction,
    stage: tracer.stage,
    when: tracer.when,
    range: call.range,
    conditional: shell.conditional,
    ...(call.source.file === undefined ? {} : { file: call.source.file }),
    ...(shell.pathReset === undefined ? {} : { pathReset: shell.pathReset }),
    ...(call.place ? { place: call.place } : {}),
    ...(tracer.service === undefined ? {} : { service: tracer.service }),
  };
  tracer.events.push(event);
  if (effect === 'fails' && call.place?.operatorAfter !== '&&') return;
  // after `&&` a failing activation builds no image: what follows is judged as meant
  const before = shell.beforeActivation ?? {
    path: shell.variables.get('PATH') ?? '',
    virtualEnv: shell.variables.get('VIRTUAL_ENV'),
  };
  shell.beforeActivation = before;
  // the script names the path of its creation, wherever it lies now
  const named = full.endsWith('/bin/activate')
    ? (environment?.createdAt ?? path)
    : unknown(`what ${readable(full)} activates`);
  setVariable(shell, 'PATH', `${named}/bin:${shell.variables.get('PATH') ?? ''}`);
  setVariable(shell, 'VIRTUAL_ENV', named);
  exportVariable(shell, 'VIRTUAL_ENV');
  exportVariable(shell, 'PATH');
  unsetVariable(shell, 'PYTHONHOME');
  shell.hashed.clear();
  shell.active = path;
}

/** Why nothing is known of the environment at `path`. */
function whyNotKnown(path: string, tracer: Tracer): string {
  const copy = tracer.files.copies.findLast(
    (copy) => copy.from !== 'context' && isWithin(path, copy.destination) && copy.destination !== '/',
  );
  if (copy !== undefined) return `${path} comes by COPY --from, and what it is there is not known`;
  if (tracer.allEnvironments.has(path)) return `${path} does not stand there at that point`;
  const maker = tracer.events.find(
    (event) => event.kind === 'run' && event.what === 'unknown' && mayMakeEnvironment(event.words),
  );
  if (maker?.kind === 'run')
    return `whether \`${readable(maker.words.slice(0, 2).join(' '))}\` creates ${path} is not known`;
  return `nothing in this Dockerfile creates ${path}`;
}

/** Beside the installers that are not followed. */
const MAKERS = /^(pixi|tox|nox|make|gmake|just|task|invoke)$/;

/** With a command of its own, not alone. */
function mayMakeEnvironment([program = '', command]: readonly string[]): boolean {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const isMaker = MAKERS.test(name) || isShell(name) || installerNamed(name)?.follow === 'not followed';
  return isMaker && command !== undefined;
}

/** `deactivate`: PATH as it was before the activation of this very shell. */
export function deactivate(shell: Shell, tracer: Tracer, call: Call): void {
  const base = {
    instruction: tracer.instruction,
    stage: tracer.stage,
    when: tracer.when,
    range: call.range,
    conditional: shell.conditional,
  };
  tracer.events.push({
    ...base,
    kind: 'deactivate',
    path: shell.active ?? '',
    ...(call.place ? { place: call.place } : {}),
  });
  const before = shell.beforeActivation;
  if (shell.active === undefined || before === undefined) return;
  setVariable(shell, 'PATH', before.path);
  if (before.virtualEnv === undefined) unsetVariable(shell, 'VIRTUAL_ENV');
  else setVariable(shell, 'VIRTUAL_ENV', before.virtualEnv);
  delete shell.active;
  delete shell.beforeActivation;
  shell.hashed.clear();
}

/** `P/bin/activate` run as a program: changes nothing in the caller. */
export function runActivate({ path: full, list }: FileCall, shell: Shell, tracer: Tracer, call: Call): void {
  const path = absolute(full, shell.cwd).replace(/\/bin\/activate$/, '');
  tracer.events.push({
    kind: 'activate',
    path,
    effect: tracer.files.environments.has(path) ? 'nothing' : 'unknown',
    why: 'run as a program it changes nothing for the commands behind it',
    known: tracer.files.environments.has(path),
    written: list.map((field) => field.raw).join(' '),
    last: call.place !== undefined && call.place.next === undefined,
    child: true,
    outerExpanded: false,
    hashed: [],
    instruction: tracer.instruction,
    stage: tracer.stage,
    when: tracer.when,
    range: call.range,
    conditional: shell.conditional,
    ...(call.place ? { place: call.place } : {}),
  });
}
