// The processes that a finished image starts: ENTRYPOINT and CMD, HEALTHCHECK, compose services, docker exec.

import type { LogicalText } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { sliceLogical } from '../../text/logical.ts';
import type { Stage } from '../image.ts';
import { envKey } from '../pythonInterpreter.ts';
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
export function runtime(stage: Stage, tracer: Tracer, input: TraceInput): void {
  const state = stage.final;
  const at = state.entrypoint ?? state.cmd ?? stage.from;
  noteNames(stage, tracer, input.text);
  const shellFor = (i: Instruction, environment: ReadonlyMap<string, string>): Shell => {
    const shell = stepShell(state, tracer, i, environment);
    return shell;
  };
  tracer.instruction = at.index;
  // what a container changes in its files stays its own
  const built = cloneFiles(tracer.files);
  startProcess(stage, tracer, shellFor(at, state.env), undefined);
  const afterOwn = cloneFiles(tracer.files);
  for (const service of input.services) {
    if (service.stage !== stage.index) continue;
    putBack(tracer.files, built);
    const shell = shellFor(at, new Map([...state.env, ...service.environment]));
    if (service.workingDir !== undefined) shell.cwd = service.workingDir;
    if (service.user !== undefined) shell.user = service.user;
    const hidden: string[] = [];
    for (const environment of tracer.files.environments.values()) {
      const cover = service.covers.find((cover) => isWithin(environment.path, cover.target));
      const volume = service.volumes.some((value) => isWithin(environment.path, value));
      if (volume) tracer.files.covered.delete(envKey(environment.path));
      else if (cover) {
        tracer.files.covered.set(envKey(environment.path), cover.why);
        hidden.push(environment.path);
      }
    }
    tracer.mountTargets = hidden;
    tracer.service = service.name;
    noteService(service, at, tracer);
    startProcess(stage, tracer, shell, service);
    for (const [index, hook] of (service.hooks ?? []).entries()) {
      const own = shellFor(at, new Map([...state.env, ...service.environment, ...hook.environment]));
      own.cwd = hook.workingDir ?? service.workingDir ?? own.cwd;
      own.user = hook.user ?? service.user ?? own.user;
      tracer.hook = index;
      runHook(hook.command, own, tracer);
    }
    delete tracer.hook;
    delete tracer.service;
    tracer.mountTargets = [];
  }
  putBack(tracer.files, afterOwn);
  const { healthcheck } = state;
  if (healthcheck?.healthcheck === 'CMD') {
    tracer.instruction = healthcheck.index;
    const shell = shellFor(healthcheck, state.env);
    if (healthcheck.json) runExec(healthcheck, shell, tracer);
    else
      runByShell(sliceLogical(healthcheck.logical, healthcheck.argsAt, healthcheck.argsTo), state.shell, shell, tracer);
  }
  tracer.instruction = at.index;
  addRun(tracer, shellFor(at, state.env), {
    key: 'docker exec python',
    words: ['python'],
    what: 'python',
    range: { start: at.start, end: at.end },
    source: {},
    implied: true,
  });
  putBack(tracer.files, built);
}

function runHook(command: HookStart['command'], shell: Shell, tracer: Tracer): void {
  if (command !== 'unknown') {
    runFields(fieldsOf(command), shell, tracer, { range: shell.origin, source: {}, notByShell: true });
    return;
  }
  const words = ['(a hook of the service)'];
  addRun(tracer, shell, { key: words[0]!, words, what: 'unknown', opaque: 'hook', range: shell.origin, source: {} });
}

function refill<K, V>(to: Map<K, V>, from: ReadonlyMap<K, V>): void {
  to.clear();
  for (const [key, value] of from) to.set(key, value);
}

/** `files` as they were when `saved` was cloned from them (what a started process can change). */
function putBack(files: Files, saved: Files): void {
  const { environments, installs, covered, written, configured } = cloneFiles(saved);
  refill(files.environments, environments);
  refill(files.installs, installs);
  refill(files.covered, covered);
  refill(files.written, written);
  refill(files.configured, configured);
}

const fieldsOf = (words: readonly string[]): Field[] => words.map((value) => ({ value, raw: value }));

/** argv of the container's process, by Docker's rules for ENTRYPOINT and CMD in shell and exec form. */
function startProcess(stage: Stage, tracer: Tracer, shell: Shell, service: ServiceStart | undefined): void {
  const state = stage.final;
  const { entrypoint, cmd } = state;
  const ownEntrypoint = service?.entrypoint !== undefined;
  let command: Field[] | undefined;
  let at: Instruction | undefined = cmd;
  if (service?.command === 'unknown' || service?.entrypoint === 'unknown') {
    addRun(tracer, shell, {
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
    tracer.instruction = entrypoint.index;
    const own = cloneShell(shell);
    own.origin = { start: entrypoint.start, end: entrypoint.end };
    runByShell(text, state.shell, own, tracer);
    return;
  } else if (stage.base.entrypoint === 'own' || (command === undefined && stage.base.command === 'own')) {
    addRun(tracer, shell, {
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
      addRun(tracer, shell, {
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
    tracer.instruction = at.index;
    shell.origin = { start: at.start, end: at.end };
  }
  const isShellForm = first.length === 0 && service?.command === undefined && cmd !== undefined && !cmd.json;
  if (isShellForm) runByShell(cmdText(cmd), state.shell, shell, tracer);
  else runFields(list, shell, tracer, { range: shell.origin, source: {}, notByShell: true });
}

const cmdText = (i: Instruction): LogicalText => sliceLogical(i.logical, i.argsAt, i.argsTo);
