// The environment trace of one Dockerfile: for every command of every stage, which interpreter with which packages.
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { isCopy } from '../copies/copy.ts';
import { runMounts } from '../copies/stepMounts.ts';
import type { ImageState, Stage } from '../image.ts';
import { runFields } from '../shell/builtins.ts';
import { isLoginLine, resetPath } from '../shell/shellCall.ts';
import type { Shell } from '../shell/shellState.ts';
import { runByShell, runExec, shellText, stepShell } from '../shell/steps.ts';
import { walkNode, walkText } from '../shell/walk.ts';
import { absolute } from '../values.ts';
import { deactivate, runActivate, sourceFile } from './activation.ts';
import { imageFile, mountedFiles, readImage } from './copiedFiles.ts';
import { copyStep } from './copies.ts';
import type { TraceEvent } from './events.ts';
import { fileEffects } from './fileEffects.ts';
import { cloneFiles, type Files } from './imageFiles.ts';
import type { StageTrace, Trace, TraceInput } from './input.ts';
import { noteMounts } from './openCopies.ts';
import { unknownCommand } from './programEvents.ts';
import { runImageProgram } from './programs.ts';
import { noteReads } from './readers.ts';
import { noteOutput } from './redirected.ts';
import { runtime } from './runtime.ts';
import { runPiped, runScriptFile } from './scripts.ts';
import { holdsForCertain } from './standing.ts';
import { addRun, pathNow, type Tracer, unreadable } from './tracer.ts';
import { namedEnvironments, type Whole } from './whole.ts';

/** Computes the trace. Never throws on any input that parses. */
export function traceOf(input: TraceInput): Trace {
  const events: TraceEvent[] = [];
  const named = namedEnvironments();
  const stages: StageTrace[] = [];
  const look = (): void => {
    const counts = new Map<string, number>();
    for (const stage of input.image.stages)
      stages.push(traceStage(stage, { input, events, allEnvironments: named.all, stages, counts }));
  };
  look();
  // environments are named before they stand: where one was missed, a second pass knows all their paths
  if (named.wasMissed()) {
    events.length = 0;
    stages.length = 0;
    look();
  }
  return { events, stages, allEnvironments: new Set(named.all) };
}

/** The same trace, of another look at the same texts: what is read of its images from now on is read there. */
export function readingFrom(trace: Trace, input: TraceInput): Trace {
  const stages: StageTrace[] = [];
  const whole: Whole = { input, events: [], allEnvironments: new Set(), stages, counts: new Map() };
  for (const { files, before, commands } of trace.stages)
    stages.push({ files, before, commands, ...readersOf(files, before, whole) });
  return { ...trace, stages };
}

const readersOf = (
  files: Files,
  before: readonly Files[],
  whole: Whole,
): Pick<StageTrace, 'readImage' | 'readBefore'> => ({
  readImage: (path) => readImage(path, files, whole),
  readBefore: (n, path) => readImage(path, before[n]!, whole),
});

function startFiles(stage: Stage, whole: Whole): Files {
  if (stage.parent !== undefined) return cloneFiles(whole.stages[stage.parent]!.files);
  const { base } = stage;
  return {
    environments: new Map(),
    installs: new Map(base.installs?.length ? [['system', new Set(base.installs)]] : []),
    copies: [],
    systemPackages: new Set(),
    covered: new Map(),
    written: new Map(),
    configured: new Map(),
    systemPython: base.family === 'python',
    ...(base.family === 'python' && base.python ? { systemPythonVersion: base.python } : {}),
  };
}

function traceStage(stage: Stage, whole: Whole): StageTrace {
  const { input } = whole;
  const files = startFiles(stage, whole);
  const note = (kind: 'activateScript' | 'script', path: string, shell: Shell): void => {
    whole.events.push({
      kind,
      path,
      instruction: tracer.instruction,
      stage: stage.index,
      when: tracer.when,
      range: shell.origin,
      conditional: shell.conditional,
    });
  };
  const mountedAt = (path: string) => (tracer.service === undefined ? undefined : input.mountedAt?.(path));
  const tracer: Tracer = {
    base: stage.base,
    files,
    events: whole.events,
    allEnvironments: whole.allEnvironments,
    stage: stage.index,
    instruction: stage.from.index,
    when: 'build',
    readImage: (path) => mountedAt(path) ?? readImage(path, files, whole),
    fileAt: (path) => mountedAt(path) ?? imageFile(path, files, whole),
    mounted: new Map(),
    mountTargets: [],
    output: undefined,
    counts: whole.counts,
    commands: [],
    walk: { nodes: 0, over: undefined, functions: new Set() },
    unfollowed: [],
    walkText: (text, shell, source) => walkText(text, shell, tracer, source),
    walkNode: (node, shell, source) => walkNode(node, { shell, tracer, source }),
    runFields: (list, shell, call) => runFields(list, shell, tracer, call),
    stands: (path, operator, shell) => holdsForCertain(path, operator, shell, tracer),
    pathNow: (shell) => pathNow(shell, tracer),
    program: (list, shell, call, lookup) => runImageProgram({ list, shell, tracer, call, lookup }),
    unknown: (list, shell, call) => unknownCommand({ list, shell, tracer, call }),
    unreadable: (shell, why, text) => unreadable(tracer, shell, why, text),
    sourced: (list, shell, call) => sourceFile(list, shell, tracer, call),
    deactivated: (shell, call) => deactivate(shell, tracer, call),
    activatedApart: (list, shell, call) => runActivate({ path: list[0]!.value, list }, shell, tracer, call),
    scriptFile: (path, list, child, call) => runScriptFile({ path, list }, child, tracer, call),
    pipedShell: (list, child, call) => runPiped(list, child, tracer, call),
    rehashed: (shell, { range }) => {
      const { conditional } = shell;
      whole.events.push({
        kind: 'hash',
        path: '',
        instruction: tracer.instruction,
        stage: stage.index,
        when: tracer.when,
        range,
        conditional,
      });
    },
    searched(list, shell, call) {
      noteReads(list, shell, tracer, call);
      fileEffects(list, shell, tracer);
    },
    redirected: (targets, redirects, list, shell) => noteOutput(tracer, { targets, redirects }, list, shell),
    changeActivate: (target, shell) => {
      const path = absolute(target, shell.cwd).replace(/\/bin\/activate$/, '');
      const environment = files.environments.get(path);
      if (environment) files.environments.set(path, { ...environment, activateChanged: true });
    },
    activateScript: (path, shell) => note('activateScript', absolute(path, shell.cwd), shell),
    scriptRun: (path, shell) => note('script', path, shell),
  };
  const before: Files[] = [];
  let last: Instruction | undefined;
  for (const [n, i] of stage.instructions.entries()) {
    // only steps change files
    before.push(last === undefined || isStep(last) ? cloneFiles(files) : before[n - 1]!);
    last = i;
    const state = stage.before[n]!;
    tracer.instruction = i.index;
    tracer.mounted = i.keyword === 'RUN' ? mountedFiles(i, state, stage, whole) : new Map();
    tracer.mountTargets =
      i.keyword === 'RUN'
        ? runMounts(i, state, stage, input.syntax.escape).map(({ target = state.cwd }) => target)
        : [];
    if (i.keyword === 'RUN') {
      const step = { instruction: i, state, stage };
      noteMounts(step, tracer, whole, 'before');
      runStep(i, state, tracer, input);
      noteMounts(step, tracer, whole, 'behind');
    }
    if (isCopy(i)) copyStep(n, stage, tracer, whole);
    else if (i.keyword === 'ONBUILD' && i.trigger?.keyword === 'RUN') {
      const shell = stepShell(state, tracer, i);
      addRun(tracer, shell, { key: i.logical.text, words: ['ONBUILD'], what: 'unknown', range: i, source: {} });
    }
  }
  tracer.when = 'runtime';
  tracer.mounted = new Map();
  tracer.mountTargets = [];
  runtime(stage, tracer, input);
  const commands = tracer.commands.filter((command) => (command.words[0] ?? '') !== '');
  return { files, before, commands, ...readersOf(files, before, whole) };
}

const isStep = (i: Instruction): boolean => i.keyword === 'RUN' || i.keyword === 'ONBUILD' || isCopy(i);

function runStep(i: Instruction, state: ImageState, tracer: Tracer, input: TraceInput): void {
  const shell = stepShell(state, tracer, i);
  if (i.json !== undefined) {
    runExec(i, shell, tracer);
    return;
  }
  const { script, interpreter } = shellText(i, input.text);
  if (interpreter !== undefined) {
    const name = interpreter.replace(/^.*\//, '');
    if (
      name !== 'bash' &&
      name !== 'sh' &&
      name !== 'dash' &&
      name !== 'ash' &&
      !/^#!\s*\/usr\/bin\/env\s+(ba)?sh/.test(script.text)
    ) {
      unreadable(tracer, shell, `a here-document for ${name}`, script.text);
      return;
    }
    const [first = ''] = script.text.split('\n', 1);
    shell.kind = /bash/.test(first) ? 'bash' : tracer.base.sh;
    if (isLoginLine(first)) resetPath(shell, 'a login shell', tracer);
  }
  runByShell(script, state.shell, shell, tracer);
}
