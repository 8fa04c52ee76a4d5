// The processes that a finished image starts: ENTRYPOINT and CMD, HEALTHCHECK, compose services, docker exec.
import type { LogicalText } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { sliceLogical } from '../../text/logical.ts';
import type { Stage } from '../image.ts';
import { envInterpreter } from '../pythonInterpreter.ts';
import { runFields } from '../shell/builtins.ts';
import { cloneShell, type Shell } from '../shell/shellState.ts';
import { jsonFields, runByShell, runExec, stepShell } from '../shell/steps.ts';
import type { Field } from '../shell/words.ts';
import { isWithin } from '../values.ts';
import { cloneFiles, type Files } from './imageFiles.ts';
import type { HookStart, ServiceStart, TraceInput } from './input.ts';
import { noteNames, noteService } from './namedPlaces.ts';
import { addRun, type Tracer } from './tracer.ts';

/** CMD, ENTRYPOINT, HEALTHCHECK, `docker exec` and the compose services of a stage. */
export function runtime(stage: Stage, t: Tracer, input: TraceInput): void {
  const state = stage.final;
  const at = state.entrypoint ?? state.cmd ?? stage.from;
  noteNames(stage, t, input.text);
  const shellFor = (i: Instruction, environment: ReadonlyMap<string, string>): Shell => {
    const shell = stepShell(state, t, i, environment);
    return shell;
  };
  t.instruction = at.index;
  // what a container changes in its files stays its own
  const built = cloneFiles(t.files);
  startProcess(stage, t, shellFor(at, state.env), undefined);
  const afterOwn = cloneFiles(t.files);
  for (const service of input.services) {
    if (service.stage !== stage.index) continue;
    putBack(t.files, built);
    const shell = shellFor(at, new Map([...state.env, ...service.environment]));
    if (service.workingDir !== undefined) shell.cwd = service.workingDir;
    if (service.user !== undefined) shell.user = service.user;
    for (const e of t.files.environments.values()) {
      const cover = service.covers.find((c) => isWithin(e.path, c.target));
      const volume = service.volumes.some((v) => isWithin(e.path, v));
      if (volume) t.files.covered.delete(envInterpreter(e.path));
      else if (cover) t.files.covered.set(envInterpreter(e.path), cover.why);
    }
    t.service = service.name;
    noteService(service, at, t);
    startProcess(stage, t, shell, service);
    for (const hook of service.hooks ?? []) {
      const own = shellFor(at, new Map([...state.env, ...service.environment, ...hook.environment]));
      own.cwd = hook.workingDir ?? service.workingDir ?? own.cwd;
      own.user = hook.user ?? service.user ?? own.user;
      runHook(hook.command, own, t);
    }
    delete t.service;
  }
  putBack(t.files, afterOwn);
  const { healthcheck } = state;
  if (healthcheck?.healthcheck === 'CMD') {
    t.instruction = healthcheck.index;
    const shell = shellFor(healthcheck, state.env);
    if (healthcheck.json) runExec(healthcheck, shell, t);
    else runByShell(sliceLogical(healthcheck.logical, healthcheck.argsAt, healthcheck.argsTo), state.shell, shell, t);
  }
  t.instruction = at.index;
  addRun(t, shellFor(at, state.env), {
    key: 'docker exec python',
    words: ['python'],
    what: 'python',
    range: { start: at.start, end: at.end },
    source: {},
    implied: true,
  });
  putBack(t.files, built);
}

function runHook(command: HookStart['command'], shell: Shell, t: Tracer): void {
  if (command !== 'unknown') {
    runFields(fieldsOf(command), shell, t, { range: shell.origin, source: {}, notByShell: true });
    return;
  }
  const words = ['(a hook of the service)'];
  addRun(t, shell, { key: words[0]!, words, what: 'unknown', opaque: 'hook', range: shell.origin, source: {} });
}

function refill<K, V>(to: Map<K, V>, from: ReadonlyMap<K, V>): void {
  to.clear();
  for (const [key, value] of from) to.set(key, value);
}

/** `files` as they were when `saved` was cloned from them (what a started process can change). */
function putBack(files: Files, saved: Files): void {
  const { environments, installs, covered, written, poetryConfig } = cloneFiles(saved);
  refill(files.environments, environments);
  refill(files.installs, installs);
  refill(files.covered, covered);
  refill(files.written, written);
  refill(files.poetryConfig, poetryConfig);
}

const fieldsOf = (words: readonly string[]): Field[] => words.map((value) => ({ value, raw: value }));

/** argv of the container's process, by Docker's rules for ENTRYPOINT and CMD in shell and exec form. */
function startProcess(stage: Stage, t: Tracer, shell: Shell, service: ServiceStart | undefined): void {
  const state = stage.final;
  const { entrypoint, cmd } = state;
  const ownEntrypoint = service?.entrypoint !== undefined;
  let command: Field[] | undefined;
  let at: Instruction | undefined = cmd;
  if (service?.command === 'unknown' || service?.entrypoint === 'unknown') {
    addRun(t, shell, {
      key: `service ${service.name}`,
      words: ['(command of the service)'],
      what: 'unknown',
      opaque: 'command of a service',
      range: shell.origin,
      source: {},
    });
    return;
  }
  if (service?.command !== undefined) command = fieldsOf(service.command);
  else if (ownEntrypoint) command = [];
  else if (cmd?.json) command = jsonFields(cmd);
  else if (cmd)
    command = [...fieldsOf(state.shell), { value: cmdText(cmd).text, raw: cmdText(cmd).text, logical: cmdText(cmd) }];
  let first: Field[] = [];
  if (ownEntrypoint) first = fieldsOf(service.entrypoint as readonly string[]);
  else if (entrypoint?.json) {
    first = jsonFields(entrypoint);
    at = entrypoint;
  } else if (entrypoint) {
    const text = cmdText(entrypoint);
    t.instruction = entrypoint.index;
    const own = cloneShell(shell);
    own.origin = { start: entrypoint.start, end: entrypoint.end };
    runByShell(text, state.shell, own, t);
    return;
  } else if (!stage.base.complete) {
    addRun(t, shell, {
      key: `entrypoint of the base ${service?.name ?? ''}`,
      words: ['(entrypoint of the base image)'],
      what: 'unknown',
      opaque: 'entrypoint of the base',
      range: shell.origin,
      source: {},
    });
    if (command === undefined) return;
  }
  if (command === undefined && first.length === 0) {
    if (stage.base.family === 'python') {
      addRun(t, shell, {
        key: `python3 ${service?.name ?? ''}`,
        words: ['python3'],
        what: 'python',
        range: shell.origin,
        source: {},
        needsNoPackages: true,
        implied: true,
      });
    }
    return;
  }
  const list = [...first, ...(command ?? [])];
  if (at) {
    t.instruction = at.index;
    shell.origin = { start: at.start, end: at.end };
  }
  const isShellForm = first.length === 0 && service?.command === undefined && cmd !== undefined && !cmd.json;
  if (isShellForm) runByShell(cmdText(cmd), state.shell, shell, t);
  else runFields(list, shell, t, { range: shell.origin, source: {}, notByShell: true });
}

const cmdText = (i: Instruction): LogicalText => sliceLogical(i.logical, i.argsAt, i.argsTo);
