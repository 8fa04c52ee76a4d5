// Which services an edit of a compose file reaches, by compose's own reading of the files before and after it.

import { checkEdits } from '../../edit/textEdits.ts';
import type { Snapshot, TextEdit } from '../../model.ts';
import type { MountFacts, ServiceFacts } from './serviceFacts.ts';
import type { ComposeFacts } from './services.ts';

/** The compose files of a repository as they are, and as edits of them would leave them. */
export interface ComposeNow {
  readonly snapshot: Snapshot;
  /** The reading of `snapshot`. */
  readonly compose: ComposeFacts;
  /** Services that stay the same are the same objects. Throws RangeError where `checkEdits` reports something. */
  readonly composeAfter: (edits: readonly TextEdit[]) => ComposeFacts;
}

export interface Reached {
  readonly service: ServiceFacts;
  readonly added: readonly MountFacts[];
  readonly removed: readonly MountFacts[];
}

/**
 * The services whose mounts differ once the edits are made; or, one sentence, why
 * something else would change too.
 */
export function composeReach(
  edits: readonly TextEdit[],
  { snapshot, compose: { services }, composeAfter }: ComposeNow,
): readonly Reached[] | string {
  const [wrong] = checkEdits(snapshot, edits);
  if (wrong !== undefined) return wrong;
  const after = composeAfter(edits).services;
  if (after.length !== services.length) return 'the list of services would change';
  const reached: Reached[] = [];
  for (const [n, service] of services.entries()) {
    const now = after[n]!;
    if (now === service) continue;
    if (plainReach({ ...service, mounts: [] }) !== plainReach({ ...now, mounts: [] }))
      return `service ${service.name} would change in more than its mounts`;
    const added = missingFrom(service.mounts, now.mounts);
    const removed = missingFrom(now.mounts, service.mounts);
    if (added.length > 0 || removed.length > 0) reached.push({ service, added, removed });
  }
  return reached;
}

function missingFrom(some: readonly MountFacts[], all: readonly MountFacts[]): MountFacts[] {
  const known = new Set(some.map(plainReach));
  return all.filter((mount) => !known.has(plainReach(mount)));
}

/** What is said of a service or a mount, not where. */
export function plainReach(value: unknown): string {
  return JSON.stringify(value, (key, value: unknown) => {
    if (key === 'origin' || key === 'origins' || key === 'range' || key === 'contents' || key === 'index')
      return undefined;
    return value instanceof Map ? [...value] : value;
  });
}
