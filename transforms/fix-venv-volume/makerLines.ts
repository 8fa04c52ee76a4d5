// What is written above the step that makes an environment, and behind what copies it, so that its tool makes and finds it at another path.

import type { Blocker } from '../../src/facts/blocker.ts';
import type { VenvPaths } from '../../src/facts/compare/venvSpelling.ts';
import { isCopy } from '../../src/facts/copies/copy.ts';
import { createCommand } from '../../src/facts/createCommand.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { ImageState } from '../../src/facts/image.ts';
import { INSTALLERS, installerNamed } from '../../src/facts/installers/index.ts';
import type { Installer } from '../../src/facts/installers/installer.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';

/** New lines beside an instruction; `env`: the variables that they set. */
export interface MakerLines {
  readonly instruction: Instruction;
  readonly place: 'above' | 'behind';
  readonly lines: readonly string[];
  readonly env: readonly string[];
}

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
      found.push(
        linesBeside(maker, 'above', {
          variables,
          creates: installerThatMade(kind)?.adopts === undefined ? undefined : to,
        }),
      );
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

/** The installer that made an environment; undefined: a program that only makes environments. */
const installerThatMade = (kind: Environment['kind'] | undefined): Installer | undefined =>
  kind === undefined || kind === 'venv' || kind === 'virtualenv' ? undefined : INSTALLERS[kind];

/** A tool that finds the environment by itself installs into it, or runs in it. */
const isOfProject = ({ words, install, interpreter, what }: RunEvent, from: string): boolean =>
  what === 'tool' &&
  installerNamed(words[0] ?? '') !== undefined &&
  [install?.target, interpreter].some((one) => envPathOf(one) === from);

interface ToolNeeds extends VenvPaths {
  readonly kind: Environment['kind'] | undefined;
  readonly uses: readonly RunEvent[];
  readonly state: ImageState;
}

/** Variables by which its tools find it there. */
function toolVariables({ kind, uses, state, from, to }: ToolNeeds): readonly (readonly [string, string])[] {
  const isSet = (name: string): boolean => state.env.get(name) === from;
  const needed: (readonly [string, string])[] = [];
  const { adopts, variables } = installerThatMade(kind) ?? {};
  const own = variables?.environment;
  // as pip does, it takes what VIRTUAL_ENV names
  const isLikePip = ({ words }: RunEvent): boolean => words[1] === INSTALLERS.pip.name;
  if (own !== undefined && uses.some((use) => !isLikePip(use)) && !isSet(own)) needed.push([own, to]);
  if ((adopts !== undefined || uses.some(isLikePip)) && !isSet('VIRTUAL_ENV')) needed.push(['VIRTUAL_ENV', to]);
  needed.push(...(adopts ?? []));
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
