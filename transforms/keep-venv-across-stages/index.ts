// COPY --from=builder /build/.venv /app/.venv  ->  WORKDIR /app in the builder, COPY --from=builder /app/.venv /app/.venv

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { askedOf, type Facts } from '../../src/facts/facts.ts';
import type { Finding, Transform } from '../../src/model.ts';
import { ACROSS_DIAGNOSES } from './acrossDiagnoses.ts';
import { cacheMountFindings, homeFindings } from './caches.ts';
import { closedFolderFindings } from './closedFolders.ts';
import { elsewhereFindings } from './copiedElsewhere.ts';
import type { AskedImage } from './copiedEnvironments.ts';
import { editableFindings } from './editableFindings.ts';
import { leftFindings } from './leftBehind.ts';
import { lostVariableFindings } from './lostVariableFindings.ts';
import { otherPythonFindings, refusedFindings } from './otherPython.ts';
import { USER_DIAGNOSES } from './userDiagnoses.ts';
import { homeEnvironmentFindings, syncedFindings } from './userEnvironments.ts';

export const keepVenvAcrossStages: Transform<Facts> = {
  id: 'keep-venv-across-stages',
  title: 'Keep an environment whole from one stage to the next, and for the user that runs it',
  why: `An environment holds absolute paths: of its Python, of itself in the first line of each script, of the source of what is installed
editable. A later stage that copies it needs the same Python at the same place, the same path, and that source. What is installed
for one user need not be there for another.`,
  references: [
    'https://docs.astral.sh/uv/guides/integration/docker/#non-editable-installs',
    'https://docs.python.org/3/library/venv.html#how-venvs-work',
    'https://docs.docker.com/build/building/multi-stage/',
  ],
  tier: 'S',
  diagnoses: [...ACROSS_DIAGNOSES, ...USER_DIAGNOSES],
  run: (facts) =>
    askedOf(facts).flatMap((dockerfile) => (dockerfile.leftAlone === undefined ? acrossOfFile(dockerfile, facts) : [])),
};

const acrossOfImage = (view: AskedImage): Finding[] => [
  ...elsewhereFindings(view),
  ...otherPythonFindings(view),
  ...editableFindings(view),
  ...leftFindings(view),
  ...closedFolderFindings(view),
  ...homeFindings(view),
  ...cacheMountFindings(view),
  ...syncedFindings(view),
  ...homeEnvironmentFindings(view),
];

function acrossOfFile(dockerfile: DockerfileFacts, facts: Facts): Finding[] {
  const found = [
    ...refusedFindings(dockerfile, facts),
    ...lostVariableFindings(dockerfile),
    ...dockerfile.targets.flatMap((target) => acrossOfImage({ dockerfile, target, facts })),
  ];
  // two images of one file may share what is wrong
  const keyOf = ({ diagnosis, offset }: Finding): string => `${diagnosis.id} ${offset}`;
  return found.filter((one, n) => found.findIndex((other) => keyOf(other) === keyOf(one)) === n);
}
