// Project commands of uv that use another environment than the active one.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { startsWithin } from '../../src/facts/imageView.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { missedPackages } from '../../src/facts/missedPackages.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { UV_PROJECT_ELSEWHERE } from './activationDiagnoses.ts';

/** uv's project commands follow UV_PROJECT_ENVIRONMENT and .venv, not the activated environment. */
export function projectElsewhereFindings(dockerfile: DockerfileFacts): Finding[] {
  const one = dockerfile.trace.events
    .filter(isRun)
    .find(
      (e) =>
        e.what === 'tool' &&
        e.install !== undefined &&
        e.virtualEnv !== undefined &&
        e.key.startsWith('uv ') &&
        !e.key.startsWith('uv pip') &&
        !e.words.includes('--active') &&
        e.install.target.kind === 'environment' &&
        isKnown(e.install.target.path) &&
        e.install.target.path !== e.virtualEnv,
    );
  if (one === undefined || one.file !== undefined) return [];
  // a start that misses the packages is the finding, and says the same line
  const isMissed = dockerfile.targets.some((target) =>
    startsWithin({ dockerfile, target }).some(
      (event) =>
        envPathOf(event.interpreter) === one.virtualEnv && missedPackages(event, { dockerfile, target }) !== undefined,
    ),
  );
  if (isMissed) return [];
  return [
    {
      path: dockerfile.path,
      offset: dockerfile.syntax.instructions[one.instruction]!.start,
      diagnosis: UV_PROJECT_ELSEWHERE,
      message: `\`${one.words.slice(0, 2).join(' ')}\` does not use the active environment ${one.virtualEnv} but ${envPathOf(one.install!.target)}.`,
      reason: `Set ${INSTALLERS.uv.variables.environment}=${one.virtualEnv}, or let the environment be the project's .venv.`,
    },
  ];
}
