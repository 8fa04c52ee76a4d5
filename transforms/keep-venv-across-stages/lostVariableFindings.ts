// A COPY from another stage whose variables ended with that stage: an empty source is its root.

import { lostVariables } from '../../src/facts/copies/lostVariables.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Finding, Fix } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { VARIABLE_GONE } from './acrossDiagnoses.ts';
import { lostVariableFix } from './lostVariableFix.ts';

/** Findings of the file's copies. */
export function lostVariableFindings(dockerfile: DockerfileFacts): Finding[] {
  return lostVariables(dockerfile).map((lost) => {
    const { name, value, isGlobal, copy, stage } = lost;
    const from = dockerfile.image.stages[copy.from as number]!;
    const written = copy.sources.find((one) => one.written.includes(name))!;
    const takes = written.value === '' ? 'the root' : `\`${written.value}\``;
    const what = isGlobal ? 'an ARG above the first FROM is none of this stage' : 'what a stage sets ends with it';
    const add = isGlobal ? `\`ARG ${name}\`` : `\`ENV ${name}=${value ?? '...'}\``;
    return {
      diagnosis: VARIABLE_GONE,
      path: dockerfile.path,
      offset: copy.instruction.start,
      message: `\`$${name}\` has no value behind line ${lineMark(dockerfile.path, stage.from.start)} (${what}): the COPY takes ${takes} of stage ${from.name ?? from.index}.`,
      reason: `Write ${add} above this line.`,
      ...withFix(lostVariableFix(dockerfile, lost)),
    };
  });
}

const withFix = (fix: Fix | undefined): Pick<Finding, 'fix'> => (fix === undefined ? {} : { fix });
