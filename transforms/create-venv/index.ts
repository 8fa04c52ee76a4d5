// FROM debian:12 / RUN pip3 install flask  ->  RUN python3 -m venv /opt/venv and its ENV lines before it

import { trustOf } from '../../src/edit/trust.ts';
import { describe } from '../../src/facts/compare/sentences.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding, Transform } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import {
  CREATE_DIAGNOSES,
  ENSUREPIP_MISSING,
  SYSTEM_PACKAGES_BROKEN,
  SYSTEM_PYTHON_MANAGED,
} from './createDiagnoses.ts';
import { createPlan, isPlan, VENV_PATH } from './createPlan.ts';
import { type FailedCreation, failedCreations } from './ensurepip.ts';
import { type ManagedInstall, managedInstalls, whenItFails } from './managedInstalls.ts';
import { uvWithoutEnvironment } from './uvWithoutEnvironment.ts';

export const createVenv: Transform<Facts> = {
  id: 'create-venv',
  title: 'Give the image an environment of its own where the distribution manages Python',
  why: `Debian 12, Ubuntu 23.04, Alpine 3.19 and what is newer mark their Python as externally managed (PEP 668): pip and uv refuse to install into it,
and with \`--break-system-packages\` they may replace what the distribution's own programs import. An environment in \`/opt/venv\`, on PATH, takes
what pip installs, and every later line, the container and \`docker exec\` use it.

The same where \`python3 -m venv\` has no ensurepip, which Debian and Ubuntu ship in a package of its own: it fails, and that is said.`,
  references: [
    'https://peps.python.org/pep-0668/',
    'https://www.debian.org/releases/bookworm/amd64/release-notes/ch-information.en.html#python3-pep-668',
  ],
  tier: 'U',
  diagnoses: CREATE_DIAGNOSES,
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) =>
      dockerfile.leftAlone === undefined
        ? [
            ...managedInstalls(dockerfile).flatMap((install) => managedFinding(dockerfile, install)),
            ...failedCreations(dockerfile)
              .filter(({ event }) => whenItFails(dockerfile, event) !== 'answered')
              .map((failed) => ensurepipFinding(dockerfile, failed)),
            ...uvWithoutEnvironment(dockerfile),
          ]
        : [],
    ),
};

const instructionStart = (dockerfile: DockerfileFacts, instruction: number): number =>
  dockerfile.syntax.instructions[instruction]!.start;

function managedFinding(dockerfile: DockerfileFacts, install: ManagedInstall): Finding[] {
  const { event, stage, managed, waived } = install;
  const end = whenItFails(dockerfile, event);
  if (waived === undefined && end === 'answered') return [];
  const manager = managed.distribution === 'alpine' ? 'apk' : 'apt';
  const from = lineMark(dockerfile.path, stage.from.start);
  const python = `the Python of ${readable(stage.base.ref)} (line ${from})`;
  const message =
    waived === undefined
      ? `${describe(event)} fails with "externally-managed-environment": ${manager} manages ${python}${end === 'ends' ? '' : ', and the step goes on without what it installs'}.`
      : `${describe(event)} installs into ${python}, which ${manager} manages${waived === 'flag' ? '' : ', because the file lifts its protection'}: each may replace what the other installed.`;
  const finding = {
    diagnosis: waived === undefined ? SYSTEM_PYTHON_MANAGED : SYSTEM_PACKAGES_BROKEN,
    ...(waived === undefined && end !== 'ends' ? { level: 'fragile' as const } : {}),
    path: dockerfile.path,
    offset: instructionStart(dockerfile, event.instruction),
    message,
  };
  const plan = createPlan(dockerfile, install);
  if (!isPlan(plan))
    return [{ ...finding, reason: `Left alone: ${readable(plan.words)}. ${venvToWrite(dockerfile, install)}` }];
  return [
    {
      ...finding,
      reason: `An environment of its own in ${VENV_PATH} takes what pip installs, and ENV puts it on PATH.`,
      fix: {
        title: `Make the environment ${VENV_PATH} before the first pip, and put it on PATH`,
        ...trustOf(
          "It is assumed that nothing that is started by the path of the distribution's Python (`/usr/bin/python3`, the first line of a script) needs what pip installs.",
        ),
        edits: plan.edits,
        declares: plan.declares,
      },
    },
  ];
}

/** What a person would write. */
function venvToWrite(dockerfile: DockerfileFacts, { event, managed }: ManagedInstall): string {
  const line = lineMark(dockerfile.path, instructionStart(dockerfile, event.instruction));
  const more = managed.distribution === 'alpine' ? '' : ', with the package python3-venv installed';
  const uv = event.what === 'tool' ? ', and take `--system` away' : '';
  return `Write \`RUN python3 -m venv ${VENV_PATH}\`, \`ENV VIRTUAL_ENV=${VENV_PATH}\` and \`ENV PATH="$VIRTUAL_ENV/bin:$PATH"\` before what line ${line} installs${more}${uv}.`;
}

const ensurepipFinding = (dockerfile: DockerfileFacts, { event, python, wanted }: FailedCreation): Finding => {
  const brings = dockerfile.trace.stages[event.stage]!.commands.find(
    ({ words, when }) => when === 'build' && words.includes(python) && /^apt/.test(words[0] ?? ''),
  );
  const line =
    brings === undefined
      ? ''
      : ` (line ${lineMark(dockerfile.path, instructionStart(dockerfile, brings.instruction))})`;
  return {
    diagnosis: ENSUREPIP_MISSING,
    ...(whenItFails(dockerfile, event) === 'ends' ? {} : { level: 'fragile' as const }),
    path: dockerfile.path,
    offset: instructionStart(dockerfile, event.instruction),
    message: `${describe(event)} fails with "ensurepip is not available": the package ${python}${line} comes without it.`,
    reason: `Write \`${wanted}\` beside \`${python}\` in the \`apt-get install\` line.`,
  };
};
