// The environment trace of one Dockerfile: for every command of every stage, which interpreter with which packages.
import type { LogicalText } from '../../model.ts';
import type { DockerfileSyntax, Instruction } from '../../parse/dockerfile.ts';
import { expandWord } from '../../parse/expand.ts';
import { joinPieces, offsetOf, sliceLogical } from '../../parse/logical.ts';
import { lookupIn, type ImageFacts, type ImageState, type Stage } from '../image.ts';
import { absolute, isKnown, isWithin, unknown } from '../values.ts';
import { runFields } from './commands.ts';
import type { TraceEvent } from './events.ts';
import { envInterpreter } from './resolve.ts';
import { cloneFiles, cloneShell, type CopiedFiles, type Files, type Shell } from './state.ts';
import { addRun, type Tracer, unreadable } from './tracer.ts';
import { walkText } from './walk.ts';
import type { Field } from './words.ts';

/** How a compose service starts the image. */
export interface ServiceStart {
  readonly name: string;
  readonly stage: number;
  /** Exec list or shell text; undefined: the image's own; 'unknown': set, but not readable. */
  readonly command?: readonly string[] | 'unknown';
  readonly entrypoint?: readonly string[] | 'unknown';
  /** Known values; a symbolic value stands for what cannot be known. */
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDir?: string;
  readonly user?: string;
  /** Folders of the container that a mount of the service lies over, with what is said of it. */
  readonly covers: readonly { readonly target: string; readonly why: string }[];
  /** Volumes of their own that sit in such a folder. */
  readonly volumes: readonly string[];
}

export interface TraceInput {
  readonly syntax: DockerfileSyntax;
  readonly image: ImageFacts;
  /** Text of the repository file that a path of the build context names, or undefined. `path` is relative to the context. */
  readonly readContext: (path: string) => { readonly path: string; readonly text: string } | undefined;
  /** Is this path of the context left out by the ignore file? */
  readonly ignored: (path: string) => boolean;
  readonly services: readonly ServiceStart[];
  /** Whole text, for here-documents. */
  readonly text: string;
}

export interface StageTrace {
  readonly files: Files;
  /** Files before each instruction of the stage. */
  readonly before: readonly Files[];
}

export interface Trace {
  readonly events: readonly TraceEvent[];
  readonly stages: readonly StageTrace[];
  readonly allEnvironments: ReadonlySet<string>;
}

/** Computes the trace. Never throws on any input that parses. */
export function traceOf(input: TraceInput): Trace {
  const events: TraceEvent[] = [];
  const allEnvironments = new Set<string>();
  const stages: StageTrace[] = [];
  // environments are named before they stand: a first pass over the file learns their paths
  for (const pass of [0, 1]) {
    events.length = 0;
    stages.length = 0;
    const counts = new Map<string, number>();
    for (const stage of input.image.stages) stages.push(traceStage(stage, { input, events, allEnvironments, stages, counts }));
    if (pass === 0 && allEnvironments.size === 0) break;
  }
  return { events, stages, allEnvironments };
}

interface Whole {
  readonly input: TraceInput;
  readonly events: TraceEvent[];
  readonly allEnvironments: Set<string>;
  readonly stages: readonly StageTrace[];
  readonly counts: Map<string, number>;
}

function startFiles(stage: Stage, whole: Whole): Files {
  if (stage.parent !== undefined) return cloneFiles(whole.stages[stage.parent]!.files);
  const { base } = stage;
  return {
    environments: new Map(),
    installs: new Map(),
    copies: [],
    systemPackages: new Set(),
    covered: new Map(),
    poetryConfig: new Map(),
    systemPython: base.family === 'python',
    ...(base.family === 'python' && base.python ? { systemPythonVersion: base.python } : {}),
  };
}

function traceStage(stage: Stage, whole: Whole): StageTrace {
  const { input } = whole;
  const files = startFiles(stage, whole);
  const t: Tracer = {
    base: stage.base,
    files,
    events: whole.events,
    allEnvironments: whole.allEnvironments,
    stage: stage.index,
    instruction: stage.from.index,
    when: 'build',
    readImage: (path) => readImage(path, files, whole),
    counts: whole.counts,
    changeActivate: (target, shell) => {
      const path = absolute(target, shell.cwd).replace(/\/bin\/activate$/, '');
      const e = files.environments.get(path);
      if (e) files.environments.set(path, { ...e, activateChanged: true });
    },
    activateScript: (path, shell) => {
      whole.events.push({ kind: 'activateScript', path: absolute(path, shell.cwd), instruction: t.instruction, stage: stage.index, when: t.when, range: shell.origin, conditional: shell.conditional });
    },
  };
  const before: Files[] = [];
  for (const [n, i] of stage.instructions.entries()) {
    before.push(cloneFiles(files));
    const state = stage.before[n]!;
    t.instruction = i.index;
    if (i.keyword === 'RUN') runStep(i, state, t, input);
    else if (i.keyword === 'COPY' || i.keyword === 'ADD') copyStep(i, state, stage, t, whole);
    else if (i.keyword === 'ONBUILD' && i.trigger?.keyword === 'RUN') {
      const shell = stepShell(state, t, i);
      addRun(t, shell, { key: i.logical.text, words: ['ONBUILD'], what: 'unknown', range: i, source: {} });
    }
  }
  t.when = 'runtime';
  runtime(stage, t, input);
  return { files, before };
}

/** The shell that a step starts. */
function stepShell(state: ImageState, t: Tracer, i: Instruction, environment: ReadonlyMap<string, string> = state.buildEnv): Shell {
  return {
    variables: new Map(environment),
    exported: new Set(environment.keys()),
    cwd: state.cwd,
    user: state.user,
    kind: shellKind(state.shell, t),
    hashed: new Map(),
    functions: new Map(),
    parameters: [],
    conditional: false,
    child: false,
    outerExpanded: false,
    origin: { start: i.start, end: i.end },
    depth: 0,
    complete: t.base.complete,
  };
}

function shellKind(shell: readonly string[], t: Tracer): Shell['kind'] {
  const name = shell[0]?.replace(/^.*\//, '') ?? '';
  if (name === 'sh') return t.base.sh;
  return name === 'bash' || name === 'dash' || name === 'ash' ? name : 'unknown';
}

/** Text of a shell-form instruction with its here-documents, as BuildKit hands it to the shell. */
export function shellText(i: Instruction, text: string): { script: LogicalText; interpreter?: string } {
  const args = sliceLogical(i.logical, i.argsAt, i.argsTo);
  if (i.heredocs.length === 0) return { script: args };
  const [first] = i.heredocs;
  const onlyHeredoc = i.heredocs.length === 1 && /^\d*<<-?\s*\S+$/.test(args.text.trim()) && first !== undefined && first.to - first.at >= args.text.trim().length;
  if (onlyHeredoc && first) {
    const script = first.chomp ? joinPieces(text, chompedLines(text, first.body.start, first.body.end)) : joinPieces(text, [first.body]);
    const shebang = /^#!\s*(\S+)/.exec(script.text)?.[1];
    return { script, ...(shebang ? { interpreter: shebang } : {}) };
  }
  const pieces = [...args.pieces];
  let out = args.text;
  for (const h of i.heredocs) {
    const body = h.chomp ? joinPieces(text, chompedLines(text, h.body.start, h.body.end)) : joinPieces(text, [h.body]);
    out += '\n';
    for (const p of body.pieces) pieces.push({ ...p, at: p.at + out.length });
    out += body.text;
    pieces.push({ at: out.length, offset: h.terminator.start, length: h.terminator.end - h.terminator.start });
    out += text.slice(h.terminator.start, h.terminator.end);
  }
  return { script: { text: out, pieces } };
}

function chompedLines(text: string, start: number, end: number): { start: number; end: number }[] {
  const lines: { start: number; end: number }[] = [];
  for (let at = start; at < end; ) {
    let from = at;
    while (text[from] === '\t') from++;
    const newline = text.indexOf('\n', from);
    at = newline < 0 || newline >= end ? end : newline + 1;
    lines.push({ start: Math.min(from, at), end: at });
  }
  return lines;
}

function runStep(i: Instruction, state: ImageState, t: Tracer, input: TraceInput): void {
  const shell = stepShell(state, t, i);
  if (i.json !== undefined) {
    runExec(i, shell, t);
    return;
  }
  const { script, interpreter } = shellText(i, input.text);
  if (interpreter !== undefined) {
    const name = interpreter.replace(/^.*\//, '');
    if (name !== 'bash' && name !== 'sh' && name !== 'dash' && name !== 'ash' && !/^#!\s*\/usr\/bin\/env\s+(ba)?sh/.test(script.text)) {
      unreadable(t, shell, `a here-document for ${name}`, script.text);
      return;
    }
    shell.kind = /bash/.test(script.text.split('\n', 1)[0]!) ? 'bash' : t.base.sh;
  }
  runByShell(script, state.shell, shell, t);
}

/** Text under SHELL: sh and bash are followed, with their options; anything else is not. */
function runByShell(script: LogicalText, words: readonly string[], shell: Shell, t: Tracer): void {
  const name = words[0]?.replace(/^.*\//, '') ?? '';
  if (!/^(ba|da|a)?sh$/.test(name) || !/^-[a-zA-Z]*c$/.test(words.at(-1) ?? '')) {
    unreadable(t, shell, `SHELL ${JSON.stringify(words)}`, script.text);
    return;
  }
  const options = words.slice(1, -1);
  const plain = options.every((o) => /^-[euxo]+$|^pipefail$|^errexit$|^nounset$/.test(o)) && /^-[euxo]*c$/.test(words.at(-1)!);
  if (plain && shell.variables.get('BASH_ENV') === undefined) {
    walkText(script, shell, t, { text: script });
    return;
  }
  const fields: Field[] = words.map((value) => ({ value, raw: value }));
  runFields([...fields, { value: script.text, raw: script.text, logical: script }], shell, t, { range: shell.origin, source: {}, notByShell: true });
}

/** Exec form: no shell; found along the image's PATH. */
function runExec(i: Instruction, shell: Shell, t: Tracer): void {
  runFields(jsonFields(i), shell, t, { range: { start: i.start, end: i.end }, source: {}, notByShell: true });
}

/** Words of a JSON list with the way back to the file. */
export function jsonFields(i: Instruction): Field[] {
  return (i.json ?? []).map((w) => {
    const rawStart = w.at + 1;
    const raw = i.logical.text.slice(rawStart, w.to - 1);
    const pieces: { at: number; offset: number; length: number }[] = [];
    let at = 0;
    for (let n = 0; n < raw.length; at++) {
      const length = raw[n] === '\\' ? (raw[n + 1] === 'u' ? 6 : 2) : 1;
      const offset = offsetOf(i.logical, rawStart + n);
      const last = pieces.at(-1);
      if (last && length === 1 && last.offset + last.length === offset && last.at + last.length === at) pieces[pieces.length - 1] = { ...last, length: last.length + 1 };
      else pieces.push({ at, offset, length: 1 });
      n += length;
    }
    return { value: w.value, raw: w.value, logical: { text: w.value, pieces } };
  });
}

function copyStep(i: Instruction, state: ImageState, stage: Stage, t: Tracer, whole: Whole): void {
  const { input } = whole;
  const lookup = lookupIn(state, stage.base);
  const expand = (word: string): string => {
    const { value, problem } = expandWord(word, lookup, input.syntax.escape);
    return problem === undefined ? value : unknown(word);
  };
  const words = i.words.filter((w) => !i.heredocs.some((h) => w.at >= h.at && w.to <= h.to)).map((w) => expand(w.value));
  const to = words.pop();
  if (to === undefined) return;
  const fromFlag = i.flags.find((f) => f.name === 'from')?.value;
  const from = fromFlag === undefined ? undefined : stageOf(expand(fromFlag), stage, input.image.stages);
  const folder = absolute(to, state.cwd);
  const destination = to.endsWith('/') || to === '.' || to.endsWith('/.') ? `${folder === '/' ? '' : folder}/` : folder;
  const copy: CopiedFiles = { instruction: i.index, from, sources: words, destination };
  t.files.copies.push(copy);
  const at = { instruction: i.index, stage: stage.index, when: 'build' as const, range: { start: i.start, end: i.end }, conditional: false };
  if (typeof from === 'number') {
    const owner = i.flags.find((f) => f.name === 'chown')?.value?.split(':')[0] ?? '';
    copyEnvironments(copy, whole.stages[from]!.files, owner, t, at);
    return;
  }
  if (from === 'image') return;
  // what the context brings may lie over an environment
  for (const e of t.files.environments.values()) {
    const source = coverSource(e.path, words, folder, to, input);
    if (source === undefined) continue;
    t.files.covered.set(envInterpreter(e.path), `line ${i.line} copies the build context over ${e.path}`);
    t.events.push({ ...at, kind: 'overwrite', path: e.path, why: source });
  }
}

/** The path of the context that a copy would lay over `path`, unless the ignore file keeps it out. */
function coverSource(path: string, sources: readonly string[], folder: string, to: string, input: TraceInput): string | undefined {
  if (!isKnown(folder) || !isKnown(path)) return undefined;
  for (const source of sources) {
    const clean = source.replace(/^\/+/, '').replace(/^(\.\/)+/, '').replace(/\/+$/, '');
    if (!isWithin(path, folder)) continue;
    const rest = folder === '/' ? path.slice(1) : path.slice(folder.length + 1);
    const isFolder = clean === '' || clean === '.' || !/\.[A-Za-z0-9]+$/.test(clean) || to === source;
    if (!isFolder && !/[*?[]/.test(clean)) continue;
    const inContext = clean === '' || clean === '.' || /[*?[]/.test(clean) ? rest : rest === '' ? clean : `${clean}/${rest}`;
    if (inContext === '' || !input.ignored(inContext)) return inContext;
  }
  return undefined;
}

function stageOf(value: string, stage: Stage, stages: readonly Stage[]): number | 'image' {
  const named = stages.findLast((s) => s.index < stage.index && s.name === value.toLowerCase());
  if (named) return named.index;
  if (/^\d+$/.test(value) && Number(value) < stage.index) return Number(value);
  return 'image';
}

function copyEnvironments(
  copy: CopiedFiles,
  source: Files,
  owner: string,
  t: Tracer,
  at: { instruction: number; stage: number; when: 'build'; range: { start: number; end: number }; conditional: boolean },
): void {
  for (const word of copy.sources) {
    const path = absolute(word, '/');
    const folder = copy.destination === '/' ? '/' : copy.destination.replace(/\/$/, '');
    for (const e of source.environments.values()) {
      if (isWithin(e.path, path)) {
        const target = e.path === path ? folder : `${folder === '/' ? '' : folder}${path === '/' ? e.path : e.path.slice(path.length)}`;
        t.files.environments.set(target, { ...e, path: target, copied: true, instruction: at.instruction, owner });
        t.allEnvironments.add(target);
        t.files.covered.delete(envInterpreter(target));
        t.files.installs.set(envInterpreter(target), new Set(source.installs.get(envInterpreter(e.path))));
        t.events.push({ ...at, kind: 'copy', path: target, from: copy.from as number });
      } else if (isWithin(path, e.path)) {
        // a part of an environment (its bin, its site-packages)
        t.events.push({ ...at, kind: 'copy', path: folder, from: copy.from as number, why: `a part of ${e.path}` });
      }
    }
    // packages of the other stage's system Python
    if (isWithin('/usr/local/lib', path) || /^\/usr(\/local)?\/(lib|bin)|^\/root\/\.local|site-packages|dist-packages/.test(path)) {
      const sees = new Set(source.installs.get('system'));
      const key = `COPY --from ${copy.from} ${word}`;
      t.events.push({
        kind: 'run', key, words: [key], what: 'program', interpreter: 'system', path: [], virtualEnv: undefined, virtualEnvDangling: false, user: '', sees, needsNoPackages: false,
        ...at,
      });
      const own = t.files.installs.get('system') ?? new Set<string>();
      for (const id of sees) own.add(id);
      t.files.installs.set('system', own);
    }
  }
}

/** The repository file that stands at a path of the image, by the copies that were made. */
function readImage(path: string, files: Files, whole: Whole): { path: string; text: string } | undefined {
  for (let n = files.copies.length - 1; n >= 0; n--) {
    const copy = files.copies[n]!;
    const folder = copy.destination === '/' ? '/' : copy.destination.replace(/\/$/, '');
    if (!isKnown(folder)) continue;
    if (typeof copy.from === 'number') {
      for (const word of copy.sources) {
        const source = absolute(word, '/');
        if (!isWithin(path, folder)) continue;
        const inner = path === folder ? source : `${source === '/' ? '' : source}${path.slice(folder === '/' ? 0 : folder.length)}`;
        const hit = readImage(inner, whole.stages[copy.from]!.files, whole);
        if (hit) return hit;
      }
      continue;
    }
    if (copy.from !== undefined) continue;
    for (const word of copy.sources) {
      const source = word.replace(/^\/+/, '').replace(/^(\.\/)+/, '').replace(/\/+$/, '').replace(/^\.$/, '');
      if (!isKnown(source)) continue;
      for (const candidate of candidates(path, folder, source, copy)) {
        if (candidate === '' || whole.input.ignored(candidate)) continue;
        const hit = whole.input.readContext(candidate);
        if (hit) return hit;
      }
    }
  }
  return undefined;
}

/** Context paths that this copy could have put at `path`. */
function candidates(path: string, folder: string, source: string, copy: CopiedFiles): string[] {
  const out: string[] = [];
  const below = isWithin(path, folder) && path !== folder ? path.slice(folder === '/' ? 1 : folder.length + 1) : undefined;
  if (/[*?[]/.test(source)) {
    if (below !== undefined) out.push(`${source.includes('/') ? `${source.slice(0, source.lastIndexOf('/'))}/` : ''}${below}`);
    return out;
  }
  if (path === folder && !copy.destination.endsWith('/')) out.push(source);
  if (below === undefined) return out;
  const base = source.slice(source.lastIndexOf('/') + 1);
  if (base === below) out.push(source);
  out.push(source === '' ? below : `${source}/${below}`);
  return out;
}

/** CMD, ENTRYPOINT, HEALTHCHECK, `docker exec` and the compose services of a stage. */
function runtime(stage: Stage, t: Tracer, input: TraceInput): void {
  const state = stage.final;
  const at = state.entrypoint ?? state.cmd ?? stage.from;
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
    startProcess(stage, t, shell, service);
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
  addRun(t, shellFor(at, state.env), { key: 'docker exec python', words: ['python'], what: 'python', range: { start: at.start, end: at.end }, source: {}, implied: true });
  putBack(t.files, built);
}

function refill<K, V>(to: Map<K, V>, from: ReadonlyMap<K, V>): void {
  to.clear();
  for (const [key, value] of from) to.set(key, value);
}

/** `files` as they were when `saved` was cloned from them (what a started process can change). */
function putBack(files: Files, saved: Files): void {
  const { environments, installs, covered, poetryConfig } = cloneFiles(saved);
  refill(files.environments, environments);
  refill(files.installs, installs);
  refill(files.covered, covered);
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
    addRun(t, shell, { key: `service ${service.name}`, words: ['(command of the service)'], what: 'unknown', range: shell.origin, source: {} });
    return;
  }
  if (service?.command !== undefined) command = fieldsOf(service.command);
  else if (ownEntrypoint) command = [];
  else if (cmd?.json) command = jsonFields(cmd);
  else if (cmd) command = [...fieldsOf(state.shell), { value: cmdText(cmd).text, raw: cmdText(cmd).text, logical: cmdText(cmd) }];
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
    addRun(t, shell, { key: `entrypoint of the base ${service?.name ?? ''}`, words: ['(entrypoint of the base image)'], what: 'unknown', range: shell.origin, source: {} });
    if (command === undefined) return;
  }
  if (command === undefined && first.length === 0) {
    if (stage.base.family === 'python') {
      addRun(t, shell, { key: `python3 ${service?.name ?? ''}`, words: ['python3'], what: 'python', range: shell.origin, source: {}, needsNoPackages: true, implied: true });
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
