// RUN . /opt/venv/bin/activate && pip install x  ->  ENV VIRTUAL_ENV=/opt/venv, ENV PATH="$VIRTUAL_ENV/bin:$PATH", RUN pip install x

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import type { Finding, Transform } from '../../src/model.ts';
import { ACTIVATION_DIAGNOSES } from './activationDiagnoses.ts';
import { findingsOfEnvironment } from './activationFindings.ts';
import { activationsOf } from './activations.ts';
import { composeCommandFindings, withoutShell } from './composeCommands.ts';
import { execFormFindings } from './execForms.ts';
import { hookActivations } from './hookActivations.ts';
import { hookFindings } from './hookFindings.ts';
import { projectElsewhereFindings } from './projectElsewhere.ts';
import { startupFileFindings } from './startupFiles.ts';
import { unreadTextFindings } from './unreadTexts.ts';

export const activateToEnv: Transform<Facts> = {
  id: 'activate-to-env',
  title: 'Replace activations of a virtual environment by ENV',
  why: `Each RUN is a shell of its own: an activation ends with the line it stands in, so the next RUN, the CMD and \`docker exec\` use the
system Python again. \`ENV VIRTUAL_ENV\` and \`ENV PATH\` hold for every later line and for the container, and mean the same as an activation.`,
  references: [
    'https://docs.docker.com/reference/dockerfile/#env',
    'https://docs.python.org/3/library/venv.html#how-venvs-work',
  ],
  tier: 'S',
  diagnoses: ACTIVATION_DIAGNOSES,
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) => (dockerfile.leftAlone ? [] : activationFindings(dockerfile, facts))),
};

function activationFindings(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const hooked = new Set(hookActivations(dockerfile).map(({ command }) => command.range.start));
  const groups = activationsOf(dockerfile).filter(({ all }) => !all.every(({ range }) => hooked.has(range.start)));
  return [
    ...groups.flatMap((group) => findingsOfEnvironment(dockerfile, group, facts)),
    ...execFormFindings(dockerfile),
    ...startupFileFindings(dockerfile),
    ...unreadTextFindings(dockerfile),
    ...composeCommandFindings(dockerfile, facts),
    ...withoutShell(dockerfile),
    ...projectElsewhereFindings(dockerfile),
    ...hookFindings(dockerfile),
  ];
}
