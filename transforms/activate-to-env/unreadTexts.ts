// Activations in shell text that nobody can follow.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import type { Finding } from '../../src/model.ts';
import { ACTIVATION_UNREAD } from './activationDiagnoses.ts';

/** Shell text that cannot be followed and speaks of an activation. */
export function unreadTextFindings(dockerfile: DockerfileFacts): Finding[] {
  const seen = new Set<number>();
  return dockerfile.trace.events.filter(isRun).flatMap((e) => {
    if (e.opaque !== 'text' || !e.key.includes('/activate') || seen.has(e.instruction)) return [];
    seen.add(e.instruction);
    return [
      {
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[e.instruction]!.start,
        diagnosis: ACTIVATION_UNREAD,
        message: 'An activation stands in text that cannot be followed.',
        reason: `Left alone: ${e.words.join(' ').replace(/^\(|\)$/g, '')}.`,
      },
    ];
  });
}
