// The ENV lines that take the place of activations: in which stages, where, and how the path is written.

import { insertLinesAfter, insertLinesBefore, replaceRange } from '../../src/edit/textEdits.ts';
import type { DockerfileFacts } from '../../src/facts/facts.ts';
import { lookupIn } from '../../src/facts/image.ts';
import type { ActivateEvent, CreateEvent, OtherEvent } from '../../src/facts/trace/events.ts';
import { effectivePath } from '../../src/facts/trace/resolve.ts';
import { absolute, isKnown } from '../../src/facts/values.ts';
import type { TextEdit } from '../../src/model.ts';
import { expandWord } from '../../src/parse/dockerfile/expand.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { lineAt, lineEndingOf } from '../../src/text/positions.ts';
import { type Activations, type Attempt, instructionOf } from './activations.ts';

/** Is the environment on PATH at this activation, by ENV? */
export function isOnPath(dockerfile: DockerfileFacts, event: ActivateEvent): boolean {
  const stage = dockerfile.image.stages[event.stage]!;
  const n = stage.instructions.findIndex((i) => i.index === event.instruction);
  const state = event.when === 'runtime' || n < 0 ? stage.final : stage.before[n]!;
  return hasOnPath(dockerfile, state, stage.base, event.path);
}

/** A RUN that activates before the file itself sets ENV PATH further down: it works, and nothing is missing. */
export function isSetLater(dockerfile: DockerfileFacts, event: ActivateEvent): boolean {
  const stage = dockerfile.image.stages[event.stage]!;
  return (
    event.when === 'build' && !isOnPath(dockerfile, event) && hasOnPath(dockerfile, stage.final, stage.base, event.path)
  );
}

type State = DockerfileFacts['image']['stages'][number]['final'];

type StageBase = DockerfileFacts['image']['stages'][number]['base'];

/** P/bin stands on PATH, before the system's folders. */
function hasOnPath(dockerfile: DockerfileFacts, state: State, base: StageBase, path: string): boolean {
  const entries = effectivePath(state.env.get('PATH') ?? '', {
    files: dockerfile.trace.stages[0]!.files,
    base,
    allEnvironments: new Set(),
  });
  const own = entries.indexOf(`${path}/bin`);
  // tool folders (/root/.local/bin) may stand before it, the system's may not
  return own >= 0 && !entries.slice(0, own).some((e) => !isKnown(e) || /^(\/usr(\/local)?)?\/s?bin$/.test(e));
}

/** What brings the environment to a stage. */
interface Arrival {
  readonly kind: string;
  readonly instruction: number;
  /** The path as it is created. */
  readonly written?: string;
}

interface EnvInsertion {
  readonly edit: TextEdit;
  readonly lines: number;
  /** The removed instruction in whose place it stands. */
  readonly replaces?: number;
}

/** Where the environment comes to be in each stage, and the ENV lines that belong there. */
export function envInsertions(
  dockerfile: DockerfileFacts,
  group: Activations,
  cut: readonly ActivateEvent[],
  attempt: Attempt,
  removed: ReadonlyMap<number, TextEdit>,
): { insertions: readonly EnvInsertion[]; replaced: readonly number[] } | { why: string } {
  const insertions: EnvInsertion[] = [];
  const replaced: number[] = [];
  for (const stage of dockerfile.image.stages) {
    const arrival: Arrival | undefined = dockerfile.trace.events.find(
      (e): e is CreateEvent | OtherEvent =>
        e.stage === stage.index &&
        e.when === 'build' &&
        e.path === group.path &&
        (e.kind === 'create' || (e.kind === 'copy' && e.why === undefined)),
    );
    if (arrival === undefined) continue;
    // a stage below has it already and ENV comes with it
    if (stage.parent !== undefined && dockerfile.trace.stages[stage.parent]!.files.environments.has(group.path))
      continue;
    const others = [...dockerfile.trace.stages[stage.index]!.files.environments.keys()].filter((p) => p !== group.path);
    if (others.length > 0) return { why: `the stage has a second environment, ${others[0]}` };
    const heirs = heirsOf(dockerfile, stage.index);
    const own = cut.filter((e) => heirs.has(e.stage));
    const onlyCopies = own.length === 0;
    // PATH is set before the first of them: at most VIRTUAL_ENV is missing
    const onPath = own.length > 0 && own.every((e) => isOnPath(dockerfile, e));
    if (onlyCopies && hasOnPath(dockerfile, stage.final, stage.base, group.path)) continue;
    if (onlyCopies && !(attempt.copies && arrival.kind === 'copy' && dockerfile.targets.some((t) => heirs.has(t))))
      continue;
    const place = placeFor(dockerfile, own, arrival.instruction, stage.index, attempt, removed);
    const made = insertionFor(dockerfile, group, arrival, stage.index, { complete: attempt.complete, onPath }, place);
    if (made === undefined) continue;
    if ('why' in made) return made;
    insertions.push(made);
    if (made.replaces !== undefined) replaced.push(made.replaces);
  }
  return { insertions, replaced };
}

/** The stage and those FROM it, however far up. */
function heirsOf(dockerfile: DockerfileFacts, index: number): Set<number> {
  const heirs = new Set([index]);
  for (const s of dockerfile.image.stages) if (s.parent !== undefined && heirs.has(s.parent)) heirs.add(s.index);
  return heirs;
}

/** Where ENV stands: by which instruction, and on which side of it. */
interface Spot {
  readonly index: number;
  readonly side: 'before' | 'behind' | 'instead';
}

/** In the place of a removed instruction; before the RUN that creates and activates; else behind what brings it. */
function placeFor(
  dockerfile: DockerfileFacts,
  own: readonly ActivateEvent[],
  arrival: number,
  stage: number,
  { late }: Attempt,
  removed: ReadonlyMap<number, TextEdit>,
): Spot {
  const here = own.filter((e) => e.stage === stage && e.when === 'build').map((e) => e.instruction);
  if (here.includes(arrival)) return { index: arrival, side: 'before' };
  const first = Math.min(...here);
  if (removed.has(first) && (late || isDirectlyBehind(dockerfile, arrival, first)))
    return { index: first, side: 'instead' };
  return late && here.length > 0 ? { index: first, side: 'before' } : { index: arrival, side: 'behind' };
}

/** The ENV lines there; undefined: none are missing. */
function insertionFor(
  dockerfile: DockerfileFacts,
  group: Activations,
  arrival: Arrival,
  stageIndex: number,
  wanted: Pick<Wanted, 'complete' | 'onPath'>,
  { index, side }: Spot,
): EnvInsertion | { why: string } | undefined {
  const stage = dockerfile.image.stages[stageIndex]!;
  const anchor = instructionOf(dockerfile, index);
  const at = stage.instructions.findIndex((i) => i.index === index);
  const state = side === 'behind' ? (stage.before[at + 1] ?? stage.final) : stage.before[at]!;
  const created = arrival.written !== undefined;
  const written = created ? arrival.written : instructionOf(dockerfile, arrival.instruction).words.at(-1)?.value;
  const made = envLines(dockerfile, group, state, stage.base, { ...wanted, written, created, like: anchor });
  if ('why' in made) return made;
  const { lines } = made;
  if (lines.length === 0) return undefined;
  const { path, text } = dockerfile;
  const count = lines.length;
  if (side === 'instead') {
    const edit = replaceRange(path, anchor, lines.join(lineEndingOf(text, anchor.start)));
    return { edit, lines: count, replaces: index };
  }
  if (side === 'before')
    return {
      edit: insertLinesBefore({ path, text, offset: aboveComments(text, anchor.start), lines }),
      lines: count,
    };
  return {
    edit: insertLinesAfter({ path, text, offset: Math.max(anchor.start, anchor.end - 1), lines }),
    lines: count,
  };
}

/** Nothing but instructions without commands between them. */
function isDirectlyBehind(dockerfile: DockerfileFacts, first: number, second: number): boolean {
  return dockerfile.syntax.instructions
    .slice(first + 1, second)
    .every((i) => /^(ENV|ARG|LABEL|WORKDIR|EXPOSE)$/.test(i.keyword));
}

/** Start of the comment block directly above the instruction. */
function aboveComments(text: string, offset: number): number {
  let { start } = lineAt(text, offset);
  while (start > 0) {
    const above = lineAt(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(above.start, above.end))) break;
    start = above.start;
  }
  return start;
}

interface Wanted {
  readonly written: string | undefined;
  /** Made in this stage, not copied into it. */
  readonly created: boolean;
  /** An instruction in whose case the keyword is written. */
  readonly like: Instruction;
  /** VIRTUAL_ENV also where PATH is set already. */
  readonly complete: boolean;
  /** PATH is set here or further down, before it is needed. */
  readonly onPath: boolean;
}

function envLines(
  dockerfile: DockerfileFacts,
  group: Activations,
  state: State,
  base: StageBase,
  { written, created, like, complete, onPath: setLater }: Wanted,
): { lines: string[] } | { why: string } {
  const { path } = group;
  const virtualEnv = state.env.get('VIRTUAL_ENV');
  const onPath = setLater || hasOnPath(dockerfile, state, base, path);
  if (onPath && (!complete || virtualEnv !== undefined)) return { lines: [] };
  if (/["'\\$`\n\r]/.test(path)) return { why: `the path ${path} cannot be written plainly` };
  if (virtualEnv !== undefined && virtualEnv !== path) return { why: `VIRTUAL_ENV is set to ${virtualEnv} already` };
  const keyword =
    like.keyword !== dockerfile.text.slice(like.start, like.start + like.keyword.length) &&
    dockerfile.text[like.start] === dockerfile.text[like.start]?.toLowerCase()
      ? 'env'
      : 'ENV';
  const value = spelled(dockerfile, written, path, state, base);
  if (value === path && virtualEnv !== path && created && !dockerfile.withOpenArgs().trace.allEnvironments.has(path))
    return { why: `its path, ${path}, depends on a build argument` };
  const quoted = /[ \t#=]/.test(value) ? `"${value}"` : value;
  const first = virtualEnv === path ? [] : [`${keyword} VIRTUAL_ENV=${quoted}`];
  return { lines: onPath ? first : [...first, `${keyword} PATH="$VIRTUAL_ENV/bin:$PATH"`] };
}

/** The path as the file has it, where BuildKit expands that to the same path here; else written out. */
function spelled(
  dockerfile: DockerfileFacts,
  written: string | undefined,
  path: string,
  state: State,
  base: StageBase,
): string {
  const raw = written?.replace(/^"([^"]*)"$/, '$1').replace(/\/+$/, '') ?? '';
  if (/["'\\\s]/.test(raw)) return path;
  const { value, used } = expandWord(raw, lookupIn(state, base), dockerfile.syntax.escape);
  if (used.length === 0 || !value.startsWith('/') || absolute(value, '/') !== path) return path;
  if (used.some((n) => !state.buildEnv.has(n) || state.buildEnv.get(n) === '' || n === 'VIRTUAL_ENV')) return path;
  return raw;
}
