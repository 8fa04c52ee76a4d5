// The activations of a Dockerfile by environment, and what stands in the way of each.

import type { CommandKey } from '../../src/edit/composeCommand.ts';
import type { Blocker } from '../../src/facts/blocker.ts';
import type { CommandFacts, ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { type ActivateEvent, isRun } from '../../src/facts/trace/events.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';

/** Activations of one environment, each place once. */
export interface Activations {
  readonly path: string;
  readonly all: readonly ActivateEvent[];
}

/** What is to be done in one Dockerfile. */
export interface Task {
  readonly dockerfile: DockerfileFacts;
  readonly group: Activations;
  /** The activations of the group that go. */
  readonly cut: readonly ActivateEvent[];
  readonly facts: Facts;
}

/** The activations in the file itself (not in scripts of the repository), by environment, in file order. */
export function activationsOf(dockerfile: DockerfileFacts): Activations[] {
  const groups = new Map<string, ActivateEvent[]>();
  const seen = new Set<string>();
  for (const e of dockerfile.trace.events) {
    if (e.kind !== 'activate' || e.file !== undefined || isOfCompose(e)) continue;
    const key = `${e.range.start}:${e.range.end}:${e.path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // what an ENTRYPOINT runs may stand in the CMD
    const instruction =
      dockerfile.syntax.instructions.find((i) => i.start <= e.range.start && e.range.end <= i.end)?.index ??
      e.instruction;
    const own = { ...e, instruction };
    const list = groups.get(e.path);
    if (list) list.push(own);
    else groups.set(e.path, [own]);
  }
  return [...groups].map(([path, all]) => ({ path, all }));
}

/** An activation in a compose service's own command: it stands in the compose file. */
const isOfCompose = (event: ActivateEvent): boolean => event.service !== undefined && event.place === undefined;

/** An activation in the command or the entrypoint that a compose file gives a service. */
export interface ComposeActivation {
  readonly dockerfile: DockerfileFacts;
  readonly path: string;
  readonly service: ServiceFacts;
  readonly key: CommandKey;
  readonly event: ActivateEvent;
}

/** Once for each service and environment. */
export function composeActivations(dockerfile: DockerfileFacts): readonly ComposeActivation[] {
  const found: ComposeActivation[] = [];
  for (const event of dockerfile.trace.events) {
    if (event.kind !== 'activate' || event.file !== undefined || !isOfCompose(event)) continue;
    const { path } = event;
    for (const service of dockerfile.services) {
      if (service.name !== event.service || found.some((o) => o.service === service && o.path === path)) continue;
      const key = (['command', 'entrypoint'] as const).find((one) => mayActivate(service[one]));
      if (key !== undefined) found.push({ dockerfile, path, service, key, event });
    }
  }
  return found;
}

const mayActivate = (command: CommandFacts | undefined): boolean =>
  command?.words?.some((word) => /\bactivate\b/.test(word ?? '')) ?? false;

/** The second of `source X || . X`: either way it is active. */
export const isSecondWay = (event: ActivateEvent, all: readonly ActivateEvent[]): boolean =>
  event.place?.operatorBefore === '||' &&
  all.some(
    (o) =>
      o !== event &&
      o.instruction === event.instruction &&
      o.place?.operatorAfter === '||' &&
      o.place.next === event.place!.command.start,
  );

/** Why the activation must stay as it is, although the environment is right. */
export function resetBlocker(event: ActivateEvent): Blocker | undefined {
  const { pathReset } = event;
  if (pathReset === undefined) return undefined;
  const words = {
    bashrc: 'an interactive shell reads .bashrc, which may change PATH',
    BASH_ENV: 'BASH_ENV changes PATH in every bash',
    command: `${pathReset.words} resets PATH, so ENV does not reach it`,
  };
  return { code: 'path reset', at: event, words: words[pathReset.by] };
}

/** Why nothing can be said of an activation, so that its environment is left alone. */
export function activationBlocker(event: ActivateEvent, all: readonly ActivateEvent[]): Blocker | undefined {
  if (event.effect === 'unknown') return { code: 'unknown', at: event, words: event.why };
  if (event.conditional && !isSecondWay(event, all))
    return { code: 'branch', at: event, words: 'it is activated only on some branch' };
  if (event.effect === 'fails' && event.place?.operatorAfter === '&&' && event.place.rest.includes('||'))
    return {
      code: 'branch',
      at: event,
      words: `it fails there (${event.why}), so that what stands behind \`||\` is what runs`,
    };
  if (event.outerExpanded)
    return {
      code: 'side effect',
      at: event,
      words: 'the outer shell expands $PATH in that text before the inner one activates, which undoes the activation',
    };
  return undefined;
}

/** One way of doing it; the first that is proven is taken. */
export interface Attempt {
  /** Write ENV at all. */
  readonly env: boolean;
  /** ENV also in target stages that only copy the environment. */
  readonly copies: boolean;
  /** ENV where the first activation stands instead of behind the creation. */
  readonly late: boolean;
  /** VIRTUAL_ENV where only PATH is set already. */
  readonly complete: boolean;
  /** `hash -r` where names were looked up before. */
  readonly rehash: boolean;
}

export const instructionOf = (dockerfile: DockerfileFacts, index: number): Instruction =>
  dockerfile.syntax.instructions[index]!;

/** Does anything behind an activation (or in its shell) use Python, as far as somebody wrote it down? */
export function laterUse(dockerfile: DockerfileFacts, path: string, cut: readonly ActivateEvent[]): boolean {
  const starts = new Set(cut.map((e) => e.range.start));
  const first = dockerfile.trace.events.findIndex((e) => e.kind === 'activate' && starts.has(e.range.start));
  return dockerfile.trace.events
    .slice(first)
    .some((e) => isRun(e) && !e.implied && (e.virtualEnv === path || !e.needsNoPackages || e.install !== undefined));
}
