// What is written above the step that makes an environment, and behind what copies it, so that its tool makes and finds it at another path.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { VenvPaths } from '../../src/facts/compare/venvSpelling.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import { createCommand } from '../../src/facts/createCommand.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { ImageState } from '../../src/facts/image.ts';
import { installerNamed } from '../../src/facts/installers/index.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';

/** New lines beside an instruction; `env`: the variables that they set. */
export interface MakerLines {
  readonly instruction: Instruction;
  readonly place: 'above' | 'behind';
  readonly lines: readonly string[];
  readonly env: readonly string[];
}

const UV = 'UV_PROJECT_ENVIRONMENT';

/** What pdm wrote down in the project stands before VIRTUAL_ENV. */
const PDM = 'PDM_IGNORE_SAVED_PYTHON';

export function makerLines(dockerfile: DockerfileFacts, { from, to }: VenvPaths): readonly MakerLines[] | Blocker {
  const { trace, image, syntax, path } = dockerfile;
  const creating = trace.events.filter((event) => event.kind === 'create' && event.path === from);
  if (creating.length === 0 || creating.some(({ when }) => when !== 'build'))
    return { code: 'named elsewhere', words: `no step of ${path} is known to make ${from}` };
  const found: MakerLines[] = [];
  for (const { index, instructions, before } of image.stages) {
    const own = trace.events.filter((event) => event.stage === index);
    const made = creating.find((event) => event.stage === index);
    const uses = own.filter(isRun).filter((event) => isOfProject(event, from));
    const first = Math.min(
      made?.instruction ?? Infinity,
      ...uses.filter(isBuilt).map(({ instruction }) => instruction),
    );
    const arrivals = instructions.filter(
      (i) => isCopy(i) && trace.stages[index]!.files.environments.get(from)?.instruction === i.index,
    );
    const place = (i: Instruction): ImageState => before[instructions.indexOf(i)]!;
    const kind = trace.stages[index]!.files.environments.get(from)?.kind;
    if (made !== undefined && Number.isFinite(first)) {
      const maker = syntax.instructions[first]!;
      const variables = toolVariables({ kind, uses, state: place(maker), from, to });
      found.push(linesBeside(maker, 'above', { variables, creates: isMadeByTool(kind) ? to : undefined }));
    }
    for (const arrival of arrivals)
      found.push(
        linesBeside(arrival, 'behind', {
          variables: toolVariables({ kind, uses, state: place(arrival), from, to }),
          creates: undefined,
        }),
      );
  }
  return found;
}

const isBuilt = ({ when }: RunEvent): boolean => when === 'build';

/** They take an environment that VIRTUAL_ENV names, and make one nowhere else by name. */
const isMadeByTool = (kind: string | undefined): boolean => kind === 'poetry' || kind === 'pipenv' || kind === 'pdm';

/** A tool that finds the environment by itself installs into it, or runs in it. */
const isOfProject = ({ words, install, interpreter, what }: RunEvent, from: string): boolean =>
  what === 'tool' &&
  installerNamed(words[0] ?? '') !== undefined &&
  [install?.target, interpreter].some((one) => envPathOf(one) === from);

interface ToolNeeds extends VenvPaths {
  readonly kind: string | undefined;
  readonly uses: readonly RunEvent[];
  readonly state: ImageState;
}

/** Variables by which its tools find it there. */
function toolVariables({ kind, uses, state, from, to }: ToolNeeds): readonly (readonly [string, string])[] {
  const isSet = (name: string): boolean => state.env.get(name) === from;
  const needed: (readonly [string, string])[] = [];
  const isUv = ({ words }: RunEvent): boolean => words[0] === 'uv';
  const isPip = ({ words }: RunEvent): boolean => words[1] === 'pip';
  if (kind === 'uv' && uses.some((use) => isUv(use) && !isPip(use)) && !isSet(UV)) needed.push([UV, to]);
  if ((isMadeByTool(kind) || uses.some((use) => isUv(use) && isPip(use))) && !isSet('VIRTUAL_ENV'))
    needed.push(['VIRTUAL_ENV', to]);
  if (kind === 'pdm') needed.push([PDM, '1']);
  return needed;
}

interface NewLines {
  readonly variables: readonly (readonly [string, string])[];
  /** The environment that is made for a tool to take. */
  readonly creates: string | undefined;
}

const linesBeside = (
  instruction: Instruction,
  place: MakerLines['place'],
  { variables, creates }: NewLines,
): MakerLines => ({
  instruction,
  place,
  lines: [
    ...(creates === undefined ? [] : [`RUN ${createCommand(creates)}`]),
    ...variables.map(([name, value]) => `ENV ${name}=${value}`),
  ],
  env: variables.map(([name]) => name),
});
