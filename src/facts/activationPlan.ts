// Works out how the activations of one environment in one Dockerfile become ENV, and whether that is proven.
import { applyEdits, insertLinesAfter, insertLinesBefore, lineAt, replaceRange } from '../edit.ts';
import type { Declaration, TextEdit } from '../model.ts';
import type { Instruction } from '../parse/dockerfile.ts';
import { expandWord } from '../parse/expand.ts';
import { plainCommand } from './commandForm.ts';
import { isRun, type Obstacle, obstaclesBetween } from './compare.ts';
import { cutCommand, removeInstruction } from './cuts.ts';
import type { DockerfileFacts } from './facts.ts';
import { lookupIn } from './image.ts';
import type { ActivateEvent, OtherEvent } from './trace/events.ts';
import { effectivePath } from './trace/resolve.ts';
import { absolute, isKnown } from './values.ts';

/** Activations of one environment, each place once. */
export interface Activations {
  readonly path: string;
  readonly all: readonly ActivateEvent[];
}

export interface Plan {
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
  /** ENV lines are written. */
  readonly setsEnv: boolean;
  /** CMD forms that became lists. */
  readonly toExec: boolean;
}

/** The activations in the file itself (not in scripts of the repository), by environment, in file order. */
export function activationsOf(d: DockerfileFacts): Activations[] {
  const groups = new Map<string, ActivateEvent[]>();
  const seen = new Set<string>();
  for (const e of d.trace.events) {
    if (e.kind !== 'activate' || e.file !== undefined) continue;
    const key = `${e.range.start}:${e.range.end}:${e.path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const list = groups.get(e.path);
    if (list) list.push(e);
    else groups.set(e.path, [e]);
  }
  return [...groups].map(([path, all]) => ({ path, all }));
}

const instructionOf = (d: DockerfileFacts, index: number): Instruction => d.syntax.instructions[index]!;

/** The second of `source X || . X`: either way it is active. */
const isFallback = (e: ActivateEvent, all: readonly ActivateEvent[]): boolean =>
  e.place?.operatorBefore === '||' && all.some((o) => o !== e && o.instruction === e.instruction && o.place?.operatorAfter === '||' && o.place.next === e.place!.command.start);

/** Why the activation must stay as it is, although the environment is right. */
export function keptWhy(e: ActivateEvent): string | undefined {
  if (e.pathReset === undefined) return undefined;
  return e.pathReset === 'BASH_ENV' ? 'BASH_ENV changes PATH in every bash' : `${e.pathReset} resets PATH, so ENV does not reach it`;
}

/** Why nothing can be said of an activation, so that its environment is left alone. */
export function blockedWhy(e: ActivateEvent, all: readonly ActivateEvent[]): string | undefined {
  if (e.effect === 'unknown') return e.why;
  if (e.conditional && !isFallback(e, all)) return 'it is activated only on some branch';
  if (e.outerExpanded) return 'the outer shell expands $PATH in that text before the inner one activates, which undoes the activation';
  return undefined;
}

/** Is the environment on PATH at this activation, by ENV? */
function isOnPath(d: DockerfileFacts, e: ActivateEvent): boolean {
  const stage = d.image.stages[e.stage]!;
  const n = stage.instructions.findIndex((i) => i.index === e.instruction);
  const state = e.when === 'runtime' || n < 0 ? stage.final : stage.before[n]!;
  return hasOnPath(d, state, stage.base, e.path);
}

/** A RUN that activates before the file itself sets ENV PATH further down: it works, and nothing is missing. */
function isSetLater(d: DockerfileFacts, e: ActivateEvent): boolean {
  const stage = d.image.stages[e.stage]!;
  return e.when === 'build' && !isOnPath(d, e) && hasOnPath(d, stage.final, stage.base, e.path);
}

type State = DockerfileFacts['image']['stages'][number]['final'];
type StageBase = DockerfileFacts['image']['stages'][number]['base'];

/** P/bin stands on PATH, before the system's folders. */
function hasOnPath(d: DockerfileFacts, state: State, base: StageBase, path: string): boolean {
  const entries = effectivePath(state.env.get('PATH') ?? '', { files: d.trace.stages[0]!.files, base, allEnvironments: new Set() });
  const own = entries.indexOf(`${path}/bin`);
  // tool folders (/root/.local/bin) may stand before it, the system's may not
  return own >= 0 && !entries.slice(0, own).some((e) => !isKnown(e) || /^(\/usr(\/local)?)?\/s?bin$/.test(e));
}

interface Attempt {
  /** Write ENV at all. */
  readonly env: boolean;
  /** ENV also in target stages that only copy the environment. */
  readonly copies: boolean;
  /** ENV where the first activation stands instead of behind the creation. */
  readonly late: boolean;
  /** `hash -r` where names were looked up before. */
  readonly rehash: boolean;
  /** CMD as a list. */
  readonly exec: boolean;
}

/** The plan that is proven, or what stands in the way of the best one. */
export function planFor(d: DockerfileFacts, group: Activations): Plan | { readonly obstacles: readonly Obstacle[]; readonly why?: string } | undefined {
  const cut = group.all.filter((e) => keptWhy(e) === undefined && !isSetLater(d, e));
  if (cut.length === 0) return undefined;
  let first: { obstacles: readonly Obstacle[]; why?: string } | undefined;
  const usesLater = laterUse(d, group.path, cut);
  for (const attempt of attempts(usesLater)) {
    const plan = build(d, group, cut, attempt);
    if ('why' in plan) {
      first ??= { obstacles: [], why: plan.why };
      continue;
    }
    const now = d.reread(applyEdits(d.text, plan.edits));
    if (now.syntax.problems.length > 0) {
      first ??= { obstacles: [], why: now.syntax.problems[0]!.message };
      continue;
    }
    const obstacles = obstaclesBetween(d.trace, now.trace, { movesTo: plan.declares.movesTo ?? [], bases: d.image.stages.map((s) => s.base) });
    if (obstacles.length === 0) return plan;
    first ??= { obstacles };
  }
  return first ?? { obstacles: [] };
}

function* attempts(usesLater: boolean): Generator<Attempt> {
  if (!usesLater) yield { env: false, copies: false, late: false, rehash: false, exec: true };
  for (const copies of [true, false]) {
    for (const late of [false, true]) {
      for (const rehash of [false, true]) {
        for (const exec of [true, false]) yield { env: true, copies, late, rehash, exec };
      }
    }
  }
}

/** Does anything behind an activation (or in its shell) use Python, as far as somebody wrote it down? */
function laterUse(d: DockerfileFacts, path: string, cut: readonly ActivateEvent[]): boolean {
  const first = Math.min(...cut.map((e) => d.trace.events.indexOf(e)));
  return d.trace.events.slice(first).some((e) => isRun(e) && !e.implied && e.interpreter !== 'none' && (e.virtualEnv === path || !e.needsNoPackages || e.install !== undefined));
}

function build(d: DockerfileFacts, group: Activations, cut: readonly ActivateEvent[], attempt: Attempt): Plan | { readonly why: string } {
  const { path, text } = d;
  const edits: TextEdit[] = [];
  const removed = new Map<number, TextEdit>();
  const changed = new Set<number>();
  let toExec = false;
  for (const e of cut) {
    const instruction = instructionOf(d, e.instruction);
    const fallback = isFallback(e, cut);
    if (fallback) continue;
    const pair = cut.find((o) => isFallback(o, cut) && o.instruction === e.instruction && o.place!.command.start === e.place?.next);
    const place = pair?.place && e.place ? { ...pair.place, command: { start: e.place.command.start, end: pair.place.command.end }, operatorBefore: e.place.operatorBefore ?? '' } : e.place;
    const list = attempt.exec && instruction.keyword === 'CMD' ? execForm(d, instruction, e) : undefined;
    if (list !== undefined) {
      edits.push(list);
      changed.add(e.instruction);
      toExec = true;
      continue;
    }
    const instead = attempt.rehash && e.hashed.length > 0 && instruction.keyword === 'RUN' && place?.next !== undefined ? 'hash -r' : undefined;
    const made = cutCommand({ path, text, instruction, place, ...(instead ? { instead } : {}) });
    if ('why' in made) return { why: made.why };
    if ('whole' in made) {
      if (instruction.keyword !== 'RUN') return { why: `the ${instruction.keyword} does nothing but activate` };
      removed.set(e.instruction, removeInstruction(path, text, instruction));
    } else {
      edits.push(made.edit);
      changed.add(e.instruction);
    }
  }
  const off = deactivations(d, group, cut);
  if ('why' in off) return off;
  for (const e of off.events) {
    const made = cutCommand({ path, text, instruction: instructionOf(d, e.instruction), place: e.place });
    if (!('edit' in made)) return { why: 'its deactivate cannot be cut out alone' };
    edits.push(made.edit);
    changed.add(e.instruction);
  }
  const added: string[] = [];
  if (attempt.env) {
    const lines = envInsertions(d, group, cut, attempt, removed);
    if ('why' in lines) return lines;
    for (const one of lines.insertions) {
      edits.push(one.edit);
      for (let n = 0; n < one.lines; n++) added.push('ENV');
      if (one.replaces !== undefined) removed.delete(one.replaces);
    }
    for (const index of lines.replaced) changed.delete(index);
    const goes = [...new Set([...removed.keys(), ...lines.replaced])];
    for (const edit of removed.values()) edits.push(edit);
    return plan(d, group, merged(edits), added, goes, changed, toExec, added.length > 0);
  }
  for (const edit of removed.values()) edits.push(edit);
  return plan(d, group, merged(edits), added, [...removed.keys()], changed, toExec, false);
}

function plan(d: DockerfileFacts, group: Activations, edits: readonly TextEdit[], added: readonly string[], removed: readonly number[], changed: ReadonlySet<number>, toExec: boolean, setsEnv: boolean): Plan {
  const keywords = (list: Iterable<number>): string[] => [...list].map((n) => instructionOf(d, n).keyword);
  return {
    edits,
    setsEnv,
    toExec,
    declares: {
      instructions: { added, removed: keywords(removed), changed: keywords([...changed].filter((n) => !removed.includes(n))) },
      ...(setsEnv ? { movesTo: [group.path], env: ['VIRTUAL_ENV', 'PATH'] } : {}),
    },
  };
}

/** Two cuts of one instruction may touch each other. */
function merged(edits: readonly TextEdit[]): TextEdit[] {
  const out: TextEdit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = out.at(-1);
    if (last && last.newText === '' && edit.newText === '' && edit.start < last.end) out[out.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
    else out.push(edit);
  }
  return out;
}

/** `deactivate` meant the system Python for what follows: fine only where no Python follows in that shell. */
function deactivations(d: DockerfileFacts, group: Activations, cut: readonly ActivateEvent[]): { events: readonly OtherEvent[] } | { why: string } {
  const instructions = new Set(cut.map((e) => e.instruction));
  const events: OtherEvent[] = [];
  for (const [n, e] of d.trace.events.entries()) {
    if (e.kind !== 'deactivate' || !instructions.has(e.instruction)) continue;
    if (e.path !== group.path) return { why: '`deactivate` stands without an activation before it' };
    const after = d.trace.events.slice(n + 1).find((o) => o.instruction === e.instruction && o.when === e.when && isRun(o));
    if (after !== undefined) return { why: 'what follows `deactivate` meant the system Python' };
    events.push(e);
  }
  return { events };
}

interface EnvInsertion {
  readonly edit: TextEdit;
  readonly lines: number;
  /** The removed instruction in whose place it stands. */
  readonly replaces?: number;
}

/** Where the environment comes to be in each stage, and the ENV lines that belong there. */
function envInsertions(
  d: DockerfileFacts,
  group: Activations,
  cut: readonly ActivateEvent[],
  attempt: Attempt,
  removed: ReadonlyMap<number, TextEdit>,
): { insertions: readonly EnvInsertion[]; replaced: readonly number[] } | { why: string } {
  const insertions: EnvInsertion[] = [];
  const replaced: number[] = [];
  for (const stage of d.image.stages) {
    const arrival = d.trace.events.find((e) => e.stage === stage.index && e.when === 'build' && e.path === group.path && (e.kind === 'create' || (e.kind === 'copy' && e.why === undefined)));
    if (arrival === undefined || (arrival.kind !== 'create' && arrival.kind !== 'copy')) continue;
    // a stage below has it already and ENV comes with it
    if (stage.parent !== undefined && d.trace.stages[stage.parent]!.files.environments.has(group.path)) continue;
    const others = [...d.trace.stages[stage.index]!.files.environments.keys()].filter((p) => p !== group.path);
    if (others.length > 0) return { why: `the stage has a second environment, ${others[0]}` };
    const heirs = heirsOf(d, stage.index);
    const own = cut.filter((e) => heirs.has(e.stage));
    const onlyCopies = own.length === 0;
    if (own.length > 0 && own.every((e) => isOnPath(d, e))) continue;
    if (onlyCopies && hasOnPath(d, stage.final, stage.base, group.path)) continue;
    if (onlyCopies && !(attempt.copies && arrival.kind === 'copy' && d.targets.some((t) => heirs.has(t)))) continue;
    const made = insertionFor(d, group, own, arrival.instruction, arrival.kind === 'create' ? arrival.written : undefined, stage.index, attempt.late, removed);
    if ('why' in made) return made;
    if (made.insertion === undefined) continue;
    insertions.push(made.insertion);
    if (made.insertion.replaces !== undefined) replaced.push(made.insertion.replaces);
  }
  return { insertions, replaced };
}

/** The stage and those FROM it, however far up. */
function heirsOf(d: DockerfileFacts, index: number): Set<number> {
  const heirs = new Set([index]);
  for (const s of d.image.stages) if (s.parent !== undefined && heirs.has(s.parent)) heirs.add(s.index);
  return heirs;
}

function insertionFor(
  d: DockerfileFacts,
  group: Activations,
  own: readonly ActivateEvent[],
  arrival: number,
  written: string | undefined,
  stageIndex: number,
  late: boolean,
  removed: ReadonlyMap<number, TextEdit>,
): { insertion?: EnvInsertion } | { why: string } {
  const stage = d.image.stages[stageIndex]!;
  const here = own.filter((e) => e.stage === stageIndex && e.when === 'build').map((e) => e.instruction);
  const firstHere = here.length > 0 ? Math.min(...here) : undefined;
  const firstOther = Math.min(...own.map((e) => e.instruction));
  const alone = firstHere !== undefined && removed.has(firstHere) ? firstHere : undefined;
  // in the place of a removed instruction; before the RUN that creates and activates; else behind what brings it
  const before = here.includes(arrival) ? arrival : late && alone === undefined ? (firstHere ?? undefined) : undefined;
  if (late && before === undefined && alone === undefined && !Number.isFinite(firstOther)) return {};
  const replaces = before === undefined && alone !== undefined && (late || isDirectlyBehind(d, arrival, alone)) ? alone : undefined;
  const anchor = instructionOf(d, replaces ?? before ?? arrival);
  const at = stage.instructions.findIndex((i) => i.index === anchor.index);
  const state = replaces !== undefined || before !== undefined ? stage.before[at] : (stage.before[at + 1] ?? stage.final);
  if (state === undefined) return { why: 'the place of the creation is not known' };
  const lines = envLines(d, group, state, stage.base, written ?? copyDestination(anchor, group.path), anchor);
  if ('why' in lines) return lines;
  if (lines.lines.length === 0) return {};
  const { path, text } = d;
  const count = lines.lines.length;
  if (replaces !== undefined) {
    const ending = text.slice(anchor.start, anchor.end).includes('\r\n') || lineAt(text, anchor.start).end - 1 > 0 && text[lineAt(text, anchor.end - 1).end - 2] === '\r' ? '\r\n' : '\n';
    return { insertion: { edit: replaceRange(path, { start: anchor.start, end: anchor.end }, lines.lines.join(ending)), lines: count, replaces } };
  }
  if (before !== undefined) return { insertion: { edit: insertLinesBefore({ path, text, offset: aboveComments(text, anchor.start), lines: lines.lines }), lines: count } };
  return { insertion: { edit: insertLinesAfter({ path, text, offset: Math.max(anchor.start, anchor.end - 1), lines: lines.lines }), lines: count } };
}

/** Nothing but instructions without commands between them. */
function isDirectlyBehind(d: DockerfileFacts, first: number, second: number): boolean {
  if (second <= first) return false;
  return d.syntax.instructions.slice(first + 1, second).every((i) => /^(ENV|ARG|LABEL|WORKDIR|EXPOSE)$/.test(i.keyword));
}

/** Start of the comment block directly above the instruction. */
export function aboveComments(text: string, offset: number): number {
  let { start } = lineAt(text, offset);
  while (start > 0) {
    const above = lineAt(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(above.start, above.end)) || /^[ \t]*#[ \t]*(syntax|escape|check)[ \t]*=/i.test(text.slice(above.start, above.end))) break;
    start = above.start;
  }
  return start;
}

/** COPY's destination as written, where it is the environment itself. */
function copyDestination(i: Instruction, path: string): string | undefined {
  if (i.keyword !== 'COPY') return undefined;
  const to = i.words.at(-1)?.value;
  return to !== undefined && (to.includes('$') || to === path) ? to : undefined;
}

function envLines(
  d: DockerfileFacts,
  group: Activations,
  state: State,
  base: StageBase,
  written: string | undefined,
  like: Instruction,
): { lines: string[] } | { why: string } {
  const { path } = group;
  if (!isKnown(path) || /["'\\$`\n\r]/.test(path)) return { why: `the path ${path} cannot be written plainly` };
  if (hasOnPath(d, state, base, path)) return { lines: [] };
  const virtualEnv = state.env.get('VIRTUAL_ENV');
  if (virtualEnv !== undefined && virtualEnv !== path) return { why: `VIRTUAL_ENV is set to ${virtualEnv} already` };
  const keyword = like.keyword !== d.text.slice(like.start, like.start + like.keyword.length) && d.text[like.start] === d.text[like.start]?.toLowerCase() ? 'env' : 'ENV';
  const value = spelled(d, written, path, state, base);
  const quoted = /[ \t#=]/.test(value) ? `"${value}"` : value;
  const first = virtualEnv === path ? [] : [`${keyword} VIRTUAL_ENV=${quoted}`];
  return { lines: [...first, `${keyword} PATH="$VIRTUAL_ENV/bin:$PATH"`] };
}

/** The path as the file has it, where BuildKit expands that to the same path here; else written out. */
function spelled(d: DockerfileFacts, written: string | undefined, path: string, state: State, base: StageBase): string {
  const raw = written?.replace(/\/+$/, '');
  if (raw === undefined || !/^[/$]/.test(raw) || /["'\\\s]/.test(raw) || !raw.includes('$')) return path;
  const { value, used, problem } = expandWord(raw, lookupIn(state, base), d.syntax.escape);
  if (problem !== undefined || used.length === 0 || !isKnown(value) || absolute(value, '/') !== path || !value.startsWith('/')) return path;
  if (used.some((n) => !state.buildEnv.has(n) || state.buildEnv.get(n) === '' || n === 'VIRTUAL_ENV')) return path;
  return raw;
}

/** `CMD . P/bin/activate && exec python app.py` as `CMD ["python", "app.py"]`, where nothing else is in it. */
function execForm(d: DockerfileFacts, cmd: Instruction, e: ActivateEvent): TextEdit | undefined {
  if (e.place === undefined || e.place.previous !== undefined || e.place.operatorAfter !== '&&' || e.place.wrapper !== undefined) return undefined;
  const words = plainCommand(e.place.rest);
  if (words === undefined || SHELL_WORDS.has(words[0]!)) return undefined;
  const stages = d.image.stages.filter((s) => s.final.cmd?.index === cmd.index);
  for (const stage of stages) {
    if (stage.final.entrypoint !== undefined || !stage.base.complete) return undefined;
    if (d.services.some((s) => s.entrypoint !== undefined || s.gaps.length > 0)) return undefined;
  }
  const inside = cmd.json ? cmd.json.length === 3 && /(^|\/)(ba|da|a)?sh$/.test(cmd.json[0]!.value) && /^-[eux]*c$/.test(cmd.json[1]!.value) : true;
  if (!inside || (!cmd.json && e.child)) return undefined;
  const keyword = d.text.slice(cmd.start, cmd.start + 3);
  return replaceRange(d.path, { start: cmd.start, end: cmd.end }, `${keyword} [${words.map((w) => JSON.stringify(w)).join(', ')}]`);
}

/** Words that only a shell understands at the start of a command. */
const SHELL_WORDS = new Set(['cd', '.', 'source', 'export', 'set', 'ulimit', 'umask', 'eval', 'if', 'while', 'for', 'trap', 'unset', 'read', 'wait', 'exit', 'return', 'alias', 'test', '[', ':', 'true', 'type', 'command', 'time', '!', '{', '(']);
