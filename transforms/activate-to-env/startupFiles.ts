// Activations in start-up files of a shell, beside the ENV that does the same.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { ACTIVATION_IN_STARTUP_FILE } from './activationDiagnoses.ts';

/** An activation in .bashrc is of no use once ENV stands; it is not always a no-op, so it stays. */
export function startupFileFindings(dockerfile: DockerfileFacts): Finding[] {
  const seen = new Set<string>();
  return dockerfile.trace.events.flatMap((e) => {
    if (e.kind !== 'activateScript' || seen.has(`${e.instruction} ${e.path}`)) return [];
    seen.add(`${e.instruction} ${e.path}`);
    if (dockerfile.image.stages[e.stage]!.final.env.get('VIRTUAL_ENV') !== e.path) return [];
    return [
      {
        path: dockerfile.path,
        offset: dockerfile.syntax.instructions[e.instruction]!.start,
        diagnosis: ACTIVATION_IN_STARTUP_FILE,
        message: `A start-up file of the shell activates ${readable(e.path)}, which ENV does already.`,
        reason: 'Left alone: only interactive or login shells read it, and there it may still be wanted.',
      },
    ];
  });
}
