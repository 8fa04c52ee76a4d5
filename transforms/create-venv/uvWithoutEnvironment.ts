// `uv pip install` without an environment, which uv refuses where nobody says that the system's Python is meant.

import { describe } from '../../src/facts/compare/sentences.ts';
import { takenAt } from '../../src/facts/copies/copy.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { managedPythonOf } from '../../src/facts/externallyManaged.ts';
import type { Stage } from '../../src/facts/image.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { absolute, isKnown, isWithin } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { UV_WITHOUT_ENVIRONMENT } from './createDiagnoses.ts';
import { whenItFails } from './managedInstalls.ts';

/** What may say where uv finds a Python, or hold an environment of its own; a login shell reads files that may. */
const OTHER_WAYS =
  /\bUV_(SYSTEM_PYTHON|PYTHON\b|CONFIG_FILE|WORKING_DIR|PROJECT)|\buv\.toml\b|\.venv\b|\bvirtualenv\b|\bVIRTUAL_ENV\b|conda|mamba|\buv\s+venv\b|\bpyenv\b|\bBASH_ENV\b|"-[a-z]*l[a-z]*"/i;

/** The first such command of each stage. */
export function uvWithoutEnvironment(dockerfile: DockerfileFacts): Finding[] {
  const found = new Map<number, Finding>();
  for (const event of dockerfile.trace.events.filter(isRun)) {
    const { install, instruction, stage } = event;
    if (event.when !== 'build' || event.conditional || event.file !== undefined || found.has(stage)) continue;
    if (install?.lacks !== 'environment' || event.words[0] !== 'uv' || isOpenBefore(dockerfile, event)) continue;
    const end = whenItFails(dockerfile, event);
    if (end === 'answered') continue;
    const { base } = dockerfile.image.stages[stage]!;
    const system = managedPythonOf(base) === undefined ? 'Write `--system` behind `install`, or ' : 'Write ';
    found.set(stage, {
      diagnosis: UV_WITHOUT_ENVIRONMENT,
      ...(end === 'ends' && !bringsOne(dockerfile, event) ? {} : { level: 'fragile' as const }),
      path: dockerfile.path,
      offset: dockerfile.syntax.instructions[instruction]!.start,
      message: `${describe(event)} ends with "No virtual environment found": there is none, and nothing says that the system's Python is meant.`,
      reason: `${system}\`RUN uv venv /opt/venv\`, \`ENV VIRTUAL_ENV=/opt/venv\` and \`ENV PATH="$VIRTUAL_ENV/bin:$PATH"\` above this line.`,
    });
  }
  return [...found.values()];
}

/** May something before it have made an environment, or set what uv goes by? */
function isOpenBefore(dockerfile: DockerfileFacts, { stage, instruction }: RunEvent): boolean {
  const chain = chainOf(dockerfile.image, stage);
  const [root] = chain;
  const { base } = root!;
  if (base.knownBy !== 'table' || !base.complete || (base.environments?.length ?? 0) > 0) return true;
  const before = chain
    .flatMap(({ instructions }) => instructions)
    .filter(({ index }) => index <= instruction)
    .map(({ start, end }) => dockerfile.text.slice(start, end))
    .join('\n');
  if (OTHER_WAYS.test(before)) return true;
  const stages = new Set(chain.map(({ index }) => index));
  return dockerfile.trace.events.some(
    (event) =>
      stages.has(event.stage) &&
      event.instruction <= instruction &&
      event.when === 'build' &&
      ((event.kind === 'run' && event.what === 'unknown') || event.kind === 'script'),
  );
}

const stateBeforeStep = ({ instructions, before }: Stage, instruction: number) =>
  before[instructions.findIndex(({ index }) => index === instruction)]!;

const FILE_NAME = /\.[A-Za-z0-9]+$/;

/** May a copy bring a `.venv`, of another image or of the folder that is built? */
function bringsOne(dockerfile: DockerfileFacts, { stage, instruction }: RunEvent): boolean {
  const own = dockerfile.image.stages[stage]!;
  const { cwd } = stateBeforeStep(own, instruction);
  const path = absolute('.venv', cwd);
  return dockerfile.trace.stages[stage]!.files.copies.some((copy) => {
    if (copy.instruction.index > instruction && copy.from === 'context') return false;
    if (!isKnown(path) || !isKnown(copy.destination)) return true;
    if (copy.from !== 'context') return isWithin(path, copy.destination) && copy.destination !== '/';
    return takenAt(copy, path).some(
      (one) => one.as === 'content' && !FILE_NAME.test(one.source.path) && !dockerfile.context.ignored(one.path),
    );
  });
}
