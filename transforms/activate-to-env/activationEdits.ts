// The edits of one way to turn activations into ENV, and what they declare.
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { execForm } from '../../src/facts/commandForm.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { isErrexit, setsErrexit } from '../../src/facts/shell/shellNames.ts';
import type { ActivateEvent } from '../../src/facts/trace/events.ts';
import type { Declaration, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { activationNotesAbove, faultsAbove, removeInstruction } from './activationComments.ts';
import { envInsertions } from './activationEnv.ts';
import { type Attempt, instructionOf, isSecondWay, type Task } from './activations.ts';
import { type CutInput, cutCommands } from './cuts.ts';
import { deactivations } from './deactivations.ts';

export interface Plan {
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
  /** ENV lines are written. */
  readonly setsEnv: boolean;
  /** Path of the context that an ignore line of this fix keeps out. */
  readonly ignores?: string;
  /** CMD forms that became lists. */
  readonly toExec: boolean;
  /** What is taken for true of base images that are not known, as a sentence. */
  readonly assumption?: string;
}

/** A plan while it is made. */
interface PlanParts {
  readonly edits: TextEdit[];
  /** Instructions that go, and the edit that takes each out. */
  readonly removed: Map<number, TextEdit>;
  readonly changed: Set<number>;
  /** Texts of the commands that go. */
  readonly gone: string[];
  /** Commands to be cut out. */
  readonly inputs: CutInput[];
  toExec: boolean;
}

/** What the attempt comes to, proven or not. */
export function planOf(task: Task, attempt: Attempt): Plan | Blocker {
  const parts: PlanParts = {
    edits: [],
    removed: new Map(),
    changed: new Set(),
    gone: [],
    inputs: [],
    toExec: false,
  };
  for (const event of task.cut) takeActivation(event, parts, task, attempt);
  const blocker = takeDeactivations(parts, task) ?? cutAll(parts, task);
  if (blocker !== undefined) return blocker;
  const { dockerfile } = task;
  const { path, text } = dockerfile;
  for (const index of parts.changed)
    parts.edits.push(...activationNotesAbove(path, text, instructionOf(dockerfile, index)));
  const written = attempt.env ? writeEnv(parts, task, attempt) : { added: [], replaced: [] };
  if (isBlocker(written)) return written;
  const removed = [...new Set([...parts.removed.keys(), ...written.replaced])];
  parts.edits.push(...parts.removed.values());
  return declared(parts, task, { added: written.added, removed });
}

/** As a list that needs no shell, or as a command to be cut. */
function takeActivation(
  event: ActivateEvent,
  parts: PlanParts,
  { dockerfile, cut, facts }: Task,
  attempt: Attempt,
): void {
  const instruction = instructionOf(dockerfile, event.instruction);
  if (isSecondWay(event, cut)) return;
  const fallback = cut.find(
    (o) => isSecondWay(o, cut) && o.instruction === event.instruction && o.place!.command.start === event.place?.next,
  )?.place;
  const list = instruction.keyword === 'CMD' ? execForm(dockerfile, instruction, event, facts) : undefined;
  if (list !== undefined) {
    parts.edits.push(list);
    parts.gone.push(event.place!.text);
    parts.changed.add(event.instruction);
    parts.toExec = true;
    return;
  }
  const isFollowed = (fallback ?? event.place)?.next !== undefined;
  const rehash = attempt.rehash && event.hashed.length > 0 && instruction.keyword === 'RUN' && isFollowed;
  parts.inputs.push({
    instruction,
    place: event.place,
    errexit: endsAtFailure(dockerfile, instruction),
    ...(fallback === undefined ? {} : { fallback }),
    ...(rehash ? { instead: 'hash -r' } : {}),
  });
}

function takeDeactivations(parts: PlanParts, task: Task): Blocker | undefined {
  const { dockerfile } = task;
  const off = deactivations(task);
  if (isBlocker(off)) return off;
  for (const { instruction: index, place } of off.events) {
    const instruction = instructionOf(dockerfile, index);
    parts.inputs.push({ instruction, place, errexit: endsAtFailure(dockerfile, instruction), isDeactivation: true });
  }
  return undefined;
}

function cutAll(parts: PlanParts, { dockerfile }: Task): Blocker | undefined {
  const { path, text } = dockerfile;
  const made = cutCommands(path, text, parts.inputs);
  if (isBlocker(made)) return made;
  for (const one of made) {
    const { instruction } = one.input;
    parts.gone.push(...one.gone);
    if ('whole' in one) {
      if (instruction.keyword !== 'RUN')
        return { code: 'cut', words: `the ${instruction.keyword} does nothing but activate` };
      parts.removed.set(instruction.index, removeInstruction(path, text, instruction));
    } else {
      parts.edits.push(one.edit);
      parts.changed.add(instruction.index);
    }
  }
  return undefined;
}

/** The ENV lines; they may stand in the place of instructions that go. */
function writeEnv(
  parts: PlanParts,
  task: Task,
  attempt: Attempt,
): { readonly added: readonly string[]; readonly replaced: readonly number[] } | Blocker {
  const { dockerfile } = task;
  const lines = envInsertions(task, attempt, parts.removed);
  if (isBlocker(lines)) return lines;
  const added: string[] = [];
  for (const one of lines.insertions) {
    parts.edits.push(one.edit);
    for (let n = 0; n < one.lines; n++) added.push('ENV');
    if (one.replaces !== undefined) parts.removed.delete(one.replaces);
  }
  for (const index of lines.replaced) {
    parts.changed.delete(index);
    parts.edits.push(...faultsAbove(dockerfile.path, dockerfile.text, instructionOf(dockerfile, index)));
  }
  return { added, replaced: lines.replaced };
}

function declared(
  { edits, gone, toExec, changed }: PlanParts,
  { dockerfile, group }: Task,
  { added, removed }: { readonly added: readonly string[]; readonly removed: readonly number[] },
): Plan {
  const setsEnv = added.length > 0;
  const keywords = (list: Iterable<number>): string[] => [...list].map((n) => instructionOf(dockerfile, n).keyword);
  return {
    edits: joinedEdits(edits),
    setsEnv,
    toExec,
    declares: {
      instructions: {
        added,
        removed: keywords(removed),
        changed: keywords([...changed].filter((n) => !removed.includes(n))),
      },
      commandsGone: gone,
      ...(toExec ? { toList: true } : {}),
      ...(setsEnv ? { movesTo: [group.path], env: ['VIRTUAL_ENV', 'PATH'] } : {}),
    },
  };
}

/** A shell of the instruction ends at the first command that fails. */
const endsAtFailure = (dockerfile: DockerfileFacts, instruction: Instruction): boolean =>
  setsErrexit(dockerfile.text.slice(instruction.start, instruction.end)) ||
  dockerfile.syntax.instructions.some((other) => other.json?.some((word) => isErrexit(word.value)));

/** Two cuts of one instruction may touch each other. */
function joinedEdits(edits: readonly TextEdit[]): TextEdit[] {
  const out: TextEdit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = out.at(-1);
    if (last && last.newText === '' && edit.newText === '' && edit.start < last.end)
      out[out.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
    else out.push(edit);
  }
  return out;
}
