// Works out how the activations of one environment in one Dockerfile become ENV, and whether that is proven.
import { applyEdits, checkEdits } from '../../src/edit/textEdits.ts';
import { execForm } from '../../src/facts/commandForm.ts';
import { isRun, type Obstacle, obstaclesBetween } from '../../src/facts/compare.ts';
import type { DockerfileFacts, Facts } from '../../src/facts/facts.ts';
import { ignoreEdits, whyNotIgnore } from '../../src/facts/ignoreFile/ignoreEdit.ts';
import { literal } from '../../src/facts/ignoreFile/ignoreLines.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import { isErrexit, setsErrexit } from '../../src/facts/shell/shellNames.ts';
import type { ActivateEvent, OtherEvent, TraceEvent } from '../../src/facts/trace/events.ts';
import type { Declaration, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { throughEdits } from '../../src/text/lines.ts';
import { envInsertions, isSetLater } from './activationEnv.ts';
import { type Activations, type Attempt, instructionOf, isFallback, keptWhy, laterUse } from './activations.ts';
import { activationNotesAbove, faultsAbove, removeInstruction } from './comments.ts';
import { type CutInput, cutCommands } from './cuts.ts';
import { deactivations } from './deactivations.ts';
import { outsideWhy } from './outside.ts';
import { asksForVirtualEnv, decidesByVirtualEnv, whyMore } from './sideEffects.ts';
import { toolWhy } from './toolEnvironment.ts';

export interface Plan {
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
  /** ENV lines are written. */
  readonly setsEnv: boolean;
  /** Path of the context that an ignore line of this fix keeps out. */
  readonly ignores?: string;
  /** CMD forms that became lists. */
  readonly toExec: boolean;
}

interface Refused {
  readonly obstacles: readonly Obstacle[];
  readonly why?: string;
}

/** The plan that is proven, or what stands in the way of the best one. `open`: the activations that may go. */
export function planFor(
  dockerfile: DockerfileFacts,
  group: Activations,
  facts: Facts,
  open: readonly ActivateEvent[],
): Plan | Refused | undefined {
  const cut = open.filter((e) => keptWhy(e) === undefined && !isSetLater(dockerfile, e));
  if (cut.length === 0) return undefined;
  let first: Refused | undefined;
  // a plan that is proven but for the tools around it says most; one without ENV says nothing of ENV
  let nearest: Refused | undefined;
  let without: Refused | undefined;
  const more = whyMore(dockerfile, cut, facts);
  if (more !== undefined) return { obstacles: [], why: more };
  const asking = asksForVirtualEnv(dockerfile, cut, facts);
  const needsEnv = laterUse(dockerfile, group.path, cut) || isOutOfReach(dockerfile, group.path);
  for (const attempt of attempts(needsEnv)) {
    const plan = build(dockerfile, group, cut, attempt, facts);
    const setsEnv = 'why' in plan ? attempt.env : plan.setsEnv;
    const stop = (refused: Refused): void => {
      if (setsEnv) first ??= refused;
      else without ??= refused;
    };
    if ('why' in plan) {
      stop({ obstacles: [], why: plan.why });
      continue;
    }
    if (checkEdits(facts.snapshot, plan.edits).length > 0) {
      stop({ obstacles: [], why: 'its activations cannot be cut out one by one' });
      continue;
    }
    const changed = applyEdits(dockerfile.text, plan.edits);
    const now = dockerfile.reread(changed);
    if (now.syntax.problems.length > 0) {
      stop({ obstacles: [], why: now.syntax.problems[0]!.message });
      continue;
    }
    const change = commandChange(dockerfile, { ...now, text: changed }, plan.declares);
    if (change !== undefined) {
      stop({ obstacles: [], why: `it cannot be cut out alone: ${change}` });
      continue;
    }
    if ([...asking].some((n) => now.image.stages[n]?.final.env.get('VIRTUAL_ENV') !== group.path)) {
      stop({ obstacles: [], why: 'a command behind it asks for `$VIRTUAL_ENV`' });
      continue;
    }
    const obstacles = obstaclesBetween(dockerfile.trace, now.trace, {
      movesTo: plan.declares.movesTo ?? [],
      bases: dockerfile.image.stages.map((s) => s.base),
    });
    const proven = obstacles.length === 0 ? plan : liftCover(dockerfile, group, plan, facts);
    if (proven !== undefined) {
      const why = plan.setsEnv
        ? (toolWhy(dockerfile, group, now.trace) ??
          decidesByVirtualEnv(dockerfile, now.image, cut, facts) ??
          outsideWhy(dockerfile, now.trace, group.path, facts))
        : undefined;
      if (why === undefined) return proven;
      nearest ??= { obstacles: [], why };
      continue;
    }
    // their lines are those of the text that is only tried
    const tried = { edits: plan.edits, before: facts.snapshot };
    stop({ obstacles: obstacles.map((o) => ({ ...o, why: throughEdits(o.why, tried) })) });
  }
  return nearest ?? first ?? without ?? { obstacles: [] };
}

/** The plan with the ignore line that keeps a COPY from laying the host's files over the environment, if that proves it. */
function liftCover(dockerfile: DockerfileFacts, group: Activations, plan: Plan, facts: Facts): Plan | undefined {
  const isCover = (event: TraceEvent): event is OtherEvent => event.kind === 'overwrite' && event.path === group.path;
  const covered = dockerfile.trace.events.find(isCover)?.why;
  if (covered === undefined) return undefined;
  if (whyNotIgnore(covered, dockerfile.context, facts.snapshot, facts.dockerfiles) !== undefined) return undefined;
  const edits = ignoreEdits(dockerfile.context, facts.snapshot, [{ line: literal(covered), paths: [covered] }]);
  if (edits.length === 0) return undefined;
  const ignored = (p: string): boolean => p === covered || p.startsWith(`${covered}/`) || dockerfile.context.ignored(p);
  const now = dockerfile.reread(applyEdits(dockerfile.text, plan.edits), ignored);
  const obstacles = obstaclesBetween(dockerfile.trace, now.trace, {
    movesTo: plan.declares.movesTo ?? [],
    bases: dockerfile.image.stages.map((s) => s.base),
  });
  if (obstacles.length > 0) return undefined;
  return {
    ...plan,
    edits: [...plan.edits, ...edits],
    ignores: covered,
    declares: { ...plan.declares, ignores: [covered] },
  };
}

function* attempts(needsEnv: boolean): Generator<Attempt> {
  if (!needsEnv) yield { env: false, copies: false, late: false, rehash: false, complete: false };
  for (const complete of [false, true]) {
    for (const copies of [true, false]) {
      for (const late of [false, true]) {
        for (const rehash of [false, true]) yield { env: true, copies, late, rehash, complete };
      }
    }
  }
}

/** It stands in an image with packages, and no start that is written down gets to them: whoever comes with `docker exec` needs ENV. */
function isOutOfReach(dockerfile: DockerfileFacts, path: string): boolean {
  const own = `env:${path}`;
  const holders = dockerfile.targets.filter((n) => {
    const { environments, installs } = dockerfile.trace.stages[n]!.files;
    return environments.has(path) && ((installs.get(own)?.size ?? 0) > 0 || environments.get(path)!.copied === true);
  });
  return holders.some(
    (n) =>
      !dockerfile.trace.events.some(
        (e) => isRun(e) && e.stage === n && e.when === 'runtime' && !e.implied && e.interpreter === own,
      ),
  );
}

function build(
  dockerfile: DockerfileFacts,
  group: Activations,
  cut: readonly ActivateEvent[],
  attempt: Attempt,
  facts: Facts,
): Plan | { readonly why: string } {
  const { path, text } = dockerfile;
  const edits: TextEdit[] = [];
  const removed = new Map<number, TextEdit>();
  const changed = new Set<number>();
  let toExec = false;
  const inputs: CutInput[] = [];
  const gone: string[] = [];
  for (const e of cut) {
    const instruction = instructionOf(dockerfile, e.instruction);
    if (isFallback(e, cut)) continue;
    const fallback = cut.find(
      (o) => isFallback(o, cut) && o.instruction === e.instruction && o.place!.command.start === e.place?.next,
    )?.place;
    const list = instruction.keyword === 'CMD' ? execForm(dockerfile, instruction, e, facts) : undefined;
    if (list !== undefined) {
      edits.push(list);
      gone.push(e.place!.text);
      changed.add(e.instruction);
      toExec = true;
      continue;
    }
    const isFollowed = (fallback ?? e.place)?.next !== undefined;
    const rehash = attempt.rehash && e.hashed.length > 0 && instruction.keyword === 'RUN' && isFollowed;
    inputs.push({
      instruction,
      place: e.place,
      errexit: endsAtFailure(dockerfile, instruction),
      ...(fallback === undefined ? {} : { fallback }),
      ...(rehash ? { instead: 'hash -r' } : {}),
    });
  }
  const off = deactivations(dockerfile, group, cut);
  if ('why' in off) return off;
  for (const { instruction: index, place } of off.events) {
    const instruction = instructionOf(dockerfile, index);
    inputs.push({ instruction, place, errexit: endsAtFailure(dockerfile, instruction), isDeactivation: true });
  }
  const made = cutCommands(path, text, inputs);
  if ('why' in made) return made;
  for (const one of made) {
    const { instruction } = one.input;
    gone.push(...one.gone);
    if ('whole' in one) {
      if (instruction.keyword !== 'RUN') return { why: `the ${instruction.keyword} does nothing but activate` };
      removed.set(instruction.index, removeInstruction(path, text, instruction));
    } else {
      edits.push(one.edit);
      changed.add(instruction.index);
    }
  }
  for (const index of changed) edits.push(...activationNotesAbove(path, text, instructionOf(dockerfile, index)));
  const added: string[] = [];
  if (attempt.env) {
    const lines = envInsertions(dockerfile, group, cut, attempt, removed);
    if ('why' in lines) return lines;
    for (const one of lines.insertions) {
      edits.push(one.edit);
      for (let n = 0; n < one.lines; n++) added.push('ENV');
      if (one.replaces !== undefined) removed.delete(one.replaces);
    }
    for (const index of lines.replaced) {
      changed.delete(index);
      edits.push(...faultsAbove(path, text, instructionOf(dockerfile, index)));
    }
    const goes = [...new Set([...removed.keys(), ...lines.replaced])];
    for (const edit of removed.values()) edits.push(edit);
    return plan(dockerfile, group, { edits: merged(edits), gone, toExec }, added, goes, changed);
  }
  for (const edit of removed.values()) edits.push(edit);
  return plan(dockerfile, group, { edits: merged(edits), gone, toExec }, added, [...removed.keys()], changed);
}

function plan(
  dockerfile: DockerfileFacts,
  group: Activations,
  {
    edits,
    gone,
    toExec,
  }: { readonly edits: readonly TextEdit[]; readonly gone: readonly string[]; readonly toExec: boolean },
  added: readonly string[],
  removed: readonly number[],
  changed: ReadonlySet<number>,
): Plan {
  const setsEnv = added.length > 0;
  const keywords = (list: Iterable<number>): string[] => [...list].map((n) => instructionOf(dockerfile, n).keyword);
  return {
    edits,
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
function merged(edits: readonly TextEdit[]): TextEdit[] {
  const out: TextEdit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = out.at(-1);
    if (last && last.newText === '' && edit.newText === '' && edit.start < last.end)
      out[out.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
    else out.push(edit);
  }
  return out;
}
