// The activations of a Dockerfile by environment, and what stands in the way of each.

import { isRun } from '../../src/facts/compare.ts';
import type { ServiceFacts } from '../../src/facts/compose/serviceFacts.ts';
import type { DockerfileFacts } from '../../src/facts/facts.ts';
import type { ActivateEvent } from '../../src/facts/trace/events.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';

/** Activations of one environment, each place once. */
export interface Activations {
  readonly path: string;
  readonly all: readonly ActivateEvent[];
}

/** The activations in the file itself (not in scripts of the repository), by environment, in file order. */
export function activationsOf(d: DockerfileFacts): Activations[] {
  const groups = new Map<string, ActivateEvent[]>();
  const seen = new Set<string>();
  for (const e of d.trace.events) {
    if (e.kind !== 'activate' || e.file !== undefined || isOfCompose(e)) continue;
    const key = `${e.range.start}:${e.range.end}:${e.path}`;
    if (seen.has(key)) continue;
    seen.add(key);
    // what an ENTRYPOINT runs may stand in the CMD
    const instruction =
      d.syntax.instructions.find((i) => i.start <= e.range.start && e.range.end <= i.end)?.index ?? e.instruction;
    const own = { ...e, instruction };
    const list = groups.get(e.path);
    if (list) list.push(own);
    else groups.set(e.path, [own]);
  }
  return [...groups].map(([path, all]) => ({ path, all }));
}

/** An activation in a compose service's own command: it stands in the compose file. */
const isOfCompose = (e: ActivateEvent): boolean => e.service !== undefined && e.place === undefined;

/** Activations that compose services write into their own command, once for each service and environment. */
export function composeActivations(d: DockerfileFacts): { readonly path: string; readonly service: ServiceFacts }[] {
  const found = new Map<string, { path: string; service: ServiceFacts }>();
  for (const e of d.trace.events) {
    if (e.kind !== 'activate' || e.file !== undefined || !isOfCompose(e)) continue;
    const service = d.services.find((s) => s.name === e.service && s.command !== undefined);
    if (service) found.set(`${e.path} ${service.name}`, { path: e.path, service });
  }
  return [...found.values()];
}

/** The second of `source X || . X`: either way it is active. */
export const isFallback = (e: ActivateEvent, all: readonly ActivateEvent[]): boolean =>
  e.place?.operatorBefore === '||' &&
  all.some(
    (o) =>
      o !== e &&
      o.instruction === e.instruction &&
      o.place?.operatorAfter === '||' &&
      o.place.next === e.place!.command.start,
  );

/** Why the activation must stay as it is, although the environment is right. */
export function keptWhy(e: ActivateEvent): string | undefined {
  if (e.pathReset === undefined) return undefined;
  if (e.pathReset.startsWith('an interactive shell'))
    return 'an interactive shell reads .bashrc, which may change PATH';
  return e.pathReset === 'BASH_ENV'
    ? 'BASH_ENV changes PATH in every bash'
    : `${e.pathReset} resets PATH, so ENV does not reach it`;
}

/** Why nothing can be said of an activation, so that its environment is left alone. */
export function blockedWhy(e: ActivateEvent, all: readonly ActivateEvent[]): string | undefined {
  if (e.effect === 'unknown') return e.why;
  if (e.conditional && !isFallback(e, all)) return 'it is activated only on some branch';
  if (e.effect === 'fails' && e.place?.operatorAfter === '&&' && e.place.rest.includes('||'))
    return `it fails there (${e.why}), so that what stands behind \`||\` is what runs`;
  if (e.outerExpanded)
    return 'the outer shell expands $PATH in that text before the inner one activates, which undoes the activation';
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

export const instructionOf = (d: DockerfileFacts, index: number): Instruction => d.syntax.instructions[index]!;

/** Does anything behind an activation (or in its shell) use Python, as far as somebody wrote it down? */
export function laterUse(d: DockerfileFacts, path: string, cut: readonly ActivateEvent[]): boolean {
  const starts = new Set(cut.map((e) => e.range.start));
  const first = d.trace.events.findIndex((e) => e.kind === 'activate' && starts.has(e.range.start));
  return d.trace.events
    .slice(first)
    .some(
      (e) =>
        isRun(e) &&
        !e.implied &&
        e.interpreter !== 'none' &&
        (e.virtualEnv === path || !e.needsNoPackages || e.install !== undefined),
    );
}
