// What is said of the activations of one environment: why they are left, or the fix.

import { trustOf } from '../../src/edit/trust.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { toolBlocker } from '../../src/facts/onPath/toolEnvironment.ts';
import type { ActivateEvent } from '../../src/facts/trace/events.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { ACTIVATION_ENDS } from './activationDiagnoses.ts';
import { type NoPlan, planFor } from './activationPlan.ts';
import { type Activations, activationBlocker, resetBlocker } from './activations.ts';
import { isOfOneRun } from './ownRun.ts';

/** An activation that a person has suppressed stays; the others of its environment go, or are reported, without it. */
export function findingsOfEnvironment(dockerfile: DockerfileFacts, group: Activations, facts: Facts): Finding[] {
  const offsetOf = (event: ActivateEvent): number => dockerfile.syntax.instructions[event.instruction]!.start;
  const held = group.all.filter((e) => facts.held?.(dockerfile.path, offsetOf(e)));
  const open = group.all.filter((e) => !held.includes(e));
  const found = openActivations(dockerfile, group, open.length === 0 ? held : open, facts);
  if (found.length === 0) return [];
  const suppressed = [...new Set(held.map(offsetOf))].map((offset) => ({
    diagnosis: ACTIVATION_ENDS,
    path: dockerfile.path,
    offset,
    message: effectToday(group),
    reason: 'It is suppressed.',
  }));
  return open.length === 0 ? suppressed : [...found, ...suppressed];
}

function openActivations(
  dockerfile: DockerfileFacts,
  group: Activations,
  open: readonly ActivateEvent[],
  facts: Facts,
): Finding[] {
  const { path, all } = group;
  const first = open[0]!;
  const level = levelFor(all);
  const at = (index: number) => ({
    diagnosis: ACTIVATION_ENDS,
    ...level,
    path: dockerfile.path,
    offset: dockerfile.syntax.instructions[index]!.start,
  });
  if (isOfOneRun(dockerfile, group)) return [];
  const message = effectToday(group);
  const tool = toolBlocker(dockerfile, group);
  if (tool !== undefined) return [{ ...at(first.instruction), message, reason: `Left alone, because ${tool.words}.` }];
  const blocked = blockedAmong(all);
  if (blocked !== undefined) {
    const { event, blocker } = blocked;
    const anchor = open.includes(event) ? event : first;
    const line = anchor === event ? '' : ` (line ${lineMark(dockerfile.path, at(event.instruction).offset)})`;
    const reason = `Left alone, because ${readable(blocker.words)}${line}.`;
    return [{ ...at(anchor.instruction), message, reason }];
  }
  const resets = open.flatMap((e) => resetBlocker(e) ?? []);
  if (resets.length === open.length)
    return [{ ...at(first.instruction), message, reason: `Left alone, because ${resets[0]!.words}.` }];
  const plan = planFor({ dockerfile, group, cut: open, facts });
  if (plan === undefined) return [];
  const anchor = at((open.find((e) => resetBlocker(e) === undefined) ?? first).instruction);
  if ('blocker' in plan) return [{ ...anchor, message, reason: blockedReason(dockerfile, path, plan) }];
  const { assumption } = plan;
  const notes: string[] = [];
  if (all.some((e) => e.effect === 'fails'))
    notes.push('dash has no `source`: where that was followed by && the image did not build; it was read as meant.');
  if (open.length < all.length) notes.push('An activation that a comment suppresses stays as it is.');
  if (resets[0] !== undefined) notes.push(`An activation stays, because ${resets[0].words}.`);
  if (plan.ignores !== undefined)
    notes.push(
      `\`${plan.ignores}\` goes into ${dockerfile.context.ignorePath}: a later COPY would lay the host's environment over the image's.`,
    );
  if (plan.toExec) notes.push('The CMD needs no shell any more, so the program receives signals itself.');
  const title = plan.setsEnv
    ? `Put ${path} on PATH with ENV instead of activating it`
    : `Remove the activation of ${path}, which changes nothing`;
  return [
    {
      ...anchor,
      message,
      reason:
        assumption === undefined
          ? 'ENV holds for every later line and for the container.'
          : `Left to you. The fix ${assumption.slice(3)}`,
      fix: {
        title,
        ...trustOf(assumption, notes),
        edits: plan.edits,
        declares: plan.declares,
      },
    },
  ];
}

/** What is wrong, by what the activations do today. */
function effectToday({ path, all }: Activations): string {
  const name = readable(path);
  const dead = all.filter(
    (e) => e.effect === 'nothing' || e.effect === 'fails' || (e.effect === 'works' && e.last && e.when === 'build'),
  );
  if (dead.length === all.length) return `The activation of ${name} does nothing: it ends with its own RUN.`;
  return `The activation of ${name} holds for its own line only.`;
}

/** One that fails for certain ends the build, or the start. */
const levelFor = (all: readonly ActivateEvent[]): Pick<Finding, 'level'> =>
  all.some((e) => e.effect === 'fails' && !e.conditional) ? { level: 'broken' } : {};

/** The first that nothing can be said of. */
function blockedAmong(
  all: readonly ActivateEvent[],
): { readonly event: ActivateEvent; readonly blocker: Blocker } | undefined {
  for (const event of all) {
    const blocker = activationBlocker(event, all);
    if (blocker !== undefined) return { event, blocker };
  }
  return undefined;
}

function blockedReason(dockerfile: DockerfileFacts, path: string, { blocker, isCompared }: NoPlan): string {
  const words = readable(blocker.words);
  if (!isCompared) return `Left alone, because ${words}.`;
  return `Left alone: with ENV for ${readable(path)}, ${words}${whereOf(dockerfile, blocker.at)}.`;
}

/** Where a command is written: in the Dockerfile, in a script that it runs, or in a compose file. */
function whereOf(dockerfile: DockerfileFacts, event: Blocker['at']): string {
  if (event === undefined) return '';
  if (event.service !== undefined) return ` (service ${event.service})`;
  const line = lineMark(dockerfile.path, dockerfile.syntax.instructions[event.instruction]!.start);
  return event.file === undefined ? ` (line ${line})` : ` (in ${event.file}, run at line ${line})`;
}
