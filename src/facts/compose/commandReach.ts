// Which services start with another command once a compose file is edited, by compose's own reading of the files.

import { checkEdits, withEdits } from '../../edit/textEdits.ts';
import type { Snapshot, TextEdit } from '../../model.ts';
import { plainReach } from './composeReach.ts';
import type { ServiceFacts } from './serviceFacts.ts';
import { readCompose } from './services.ts';

/** A service before and after. */
export interface ReachedCommand {
  readonly service: ServiceFacts;
  readonly now: ServiceFacts;
}

/**
 * The services (of `services`, the reading of `snapshot`) whose command or entrypoint differs once the edits are made; or, one
 * clause, why something else would change too.
 */
export function commandReach(
  edits: readonly TextEdit[],
  snapshot: Snapshot,
  services: readonly ServiceFacts[],
): readonly ReachedCommand[] | string {
  const [wrong] = checkEdits(snapshot, edits);
  if (wrong !== undefined) return wrong;
  const after = readCompose(withEdits(snapshot, edits)).services;
  if (after.length !== services.length) return 'the list of services would change';
  const reached: ReachedCommand[] = [];
  for (const [n, service] of services.entries()) {
    const now = after[n]!;
    if (plainReach(service) === plainReach(now)) continue;
    if (plainReach(withoutCommand(service)) !== plainReach(withoutCommand(now)))
      return `service ${service.name} would change in more than its command`;
    reached.push({ service, now });
  }
  return reached;
}

const withoutCommand = ({ command: _, entrypoint: __, ...rest }: ServiceFacts): object => rest;
