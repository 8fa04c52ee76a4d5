// Activations in an exec form, which no shell reads.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Finding } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { ACTIVATION_IN_EXEC_FORM } from './activationDiagnoses.ts';

/** What no shell reads in an exec form. */
function unreadBy(words: NonNullable<Instruction['json']>): string {
  const first = words[0]!.value;
  const operator = words.find((w) => w.value === '&&' || w.value === ';')?.value;
  const isProgram = first !== 'source' && first !== '.';
  if (isProgram) return `\`${operator}\` is a word like any other, which \`${first}\` is given`;
  return `there is no program \`${first}\`${operator === undefined ? '' : `, and \`${operator}\` is a word like any other`}`;
}

/** Is the CMD or ENTRYPOINT what some image starts by itself? Others override it, or a shell ENTRYPOINT drops it. */
const isStarted = (dockerfile: DockerfileFacts, instruction: Instruction): boolean =>
  dockerfile.targets.some((n) => {
    const { cmd, entrypoint } = dockerfile.image.stages[n]!.final;
    if (instruction.keyword === 'ENTRYPOINT') return entrypoint?.index === instruction.index;
    return cmd?.index === instruction.index && entrypoint === undefined;
  });

/** CMD ["source", "venv/bin/activate", "&&", ...]: there is no such program, and && is a word like any other. */
export function execFormFindings(dockerfile: DockerfileFacts): Finding[] {
  return dockerfile.syntax.instructions.flatMap((i) => {
    if (!i.json) return [];
    if (i.keyword !== 'RUN' && !isStarted(dockerfile, i)) return [];
    const first = i.json[0]?.value;
    const shellWord = i.json.find((w) => w.value === '&&' || w.value === ';');
    if (first !== 'source' && first !== '.' && !(shellWord && i.json.some((w) => w.value.endsWith('/bin/activate'))))
      return [];
    return [
      {
        path: dockerfile.path,
        offset: i.start,
        diagnosis: ACTIVATION_IN_EXEC_FORM,
        message: `This ${i.keyword} ${/^(source|\.)$/.test(first ?? '') ? `cannot ${i.keyword === 'RUN' ? 'run' : 'start'}` : 'activates nothing'}: in the exec form ${unreadBy(i.json)}.`,
        reason: 'Put the environment on PATH with ENV and name the program itself in the list.',
      },
    ];
  });
}
