// Which services start with another command once a compose file is edited, by compose's own reading of the files.

import { checkEdits } from '../../edit/textEdits.ts';
import type { TextEdit } from '../../model.ts';
import { type ComposeNow, plainReach } from './composeReach.ts';
import type { ServiceFacts } from './serviceFacts.ts';

/** A service before and after. */
export interface ReachedCommand {
  readonly service: ServiceFacts;
  readonly now: ServiceFacts;
}

/**
 * The services whose command or entrypoint differs once the edits are made; or, one
 * clause, why something else would change too.
 */
export function commandReach(
  edits: readonly TextEdit[],
  { snapshot, compose: { services }, composeAfter }: ComposeNow,
): readonly ReachedCommand[] | string {
  const [wrong] = checkEdits(snapshot, edits);
  if (wrong !== undefined) return wrong;
  const after = composeAfter(edits).services;
  if (after.length !== services.length) return 'the list of services would change';
  const reached: ReachedCommand[] = [];
  for (const [n, service] of services.entries()) {
    const now = after[n]!;
    if (now === service || plainReach(service) === plainReach(now)) continue;
    if (plainReach(withoutCommand(service)) !== plainReach(withoutCommand(now)))
      return `service ${service.name} would change in more than its command`;
    reached.push({ service, now });
  }
  return reached;
}

const withoutCommand = ({ command: _, entrypoint: __, ...rest }: ServiceFacts): object => rest;
