// Environments that a finished image has from another of its stages, and what their Python is.

import type { Facts } from '../../src/facts/facts.ts';
import { filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { pythonPlaceIn } from '../../src/facts/pythonPlace.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import type { Command } from '../../src/facts/shell/interpreter.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isKnown } from '../../src/facts/values.ts';
import { lineMark } from '../../src/text/lines.ts';
import { type BuildStep, commandAt, stepAt } from './stepFiles.ts';
import { type PythonChoice, uvChoice } from './uvChoice.ts';

/** An image with the facts of its repository. */
export interface AskedImage extends ImageView {
  readonly facts: Facts;
}

/** Line of an instruction, for a sentence. */
export const lineOfInstruction = ({ dockerfile }: ImageView, index: number): string =>
  lineMark(dockerfile.path, dockerfile.syntax.instructions[index]!.start);

/** Environments that stand in the image for sure, at paths that are known. */
export const surelyThere = (view: ImageView): Environment[] =>
  [...filesOfImage(view).environments.values()].filter(
    ({ path, createdAt, conditional }) => conditional === undefined && isKnown(path) && isKnown(createdAt),
  );

/** Those that come from a stage that the image is not built upon. */
export function fromOtherStages(view: ImageView): Environment[] {
  const chain = new Set(chainOf(view.dockerfile.image, view.target).map(({ index }) => index));
  return surelyThere(view).filter(({ copied, stage }) => copied === true && !chain.has(stage));
}

/** Does a step behind what brings the environment put a hand to it, or make links? */
export function isReworked(view: ImageView, { path, createdAt, instruction }: Environment): boolean {
  const names = [path, createdAt, path.slice(path.lastIndexOf('/') + 1)];
  const steps = chainOf(view.dockerfile.image, view.target).flatMap(({ instructions }) => instructions);
  return steps.some(
    ({ keyword, index, logical: { text } }) =>
      keyword === 'RUN' && (/\bln\s/.test(text) || (index > instruction && names.some((name) => text.includes(name)))),
  );
}

/** The step that makes the environment, and its command. */
export function makingOf(
  { dockerfile, facts }: AskedImage,
  { createdAt, stage }: Environment,
): { readonly step: BuildStep; readonly command: Command } | undefined {
  const made = dockerfile.trace.events.findLast(
    (event) => event.kind === 'create' && event.path === createdAt && event.stage === stage && event.when === 'build',
  );
  const step = made === undefined ? undefined : stepAt(dockerfile, facts, made.instruction);
  const command = dockerfile.trace.stages[stage]!.commands.find(
    ({ instruction, range, when }) =>
      instruction === made?.instruction && when === 'build' && range.start === made.range.start,
  );
  return step === undefined || command === undefined ? undefined : { step, command };
}

/** `uv sync` makes an environment anew where its Python is not the one that is asked for by then. */
function laterChoices({ dockerfile, facts }: AskedImage, { createdAt, stage }: Environment, making: BuildStep) {
  return dockerfile.trace.events.filter(isRun).flatMap((event) => {
    const { instruction, install } = event;
    if (event.stage !== stage || event.when !== 'build' || instruction <= making.instruction.index) return [];
    if (envPathOf(install?.target) !== createdAt || event.words[1] !== 'sync') return [];
    const step = stepAt(dockerfile, facts, instruction);
    const command = commandAt(event, dockerfile);
    return [step === undefined || command === undefined ? OPEN : uvChoice(command, step)];
  });
}

const OPEN: PythonChoice = { kind: 'open' };

const choiceOfAll = (choices: readonly PythonChoice[]): PythonChoice =>
  choices.find(({ kind }) => kind === 'open') ?? choices.find(({ kind }) => kind === 'managed') ?? choices[0]!;

/** The Python that the environment is of. */
export function pythonOfEnvironment(view: AskedImage, environment: Environment): PythonChoice {
  const { kind, python, stage } = environment;
  const making = makingOf(view, environment);
  if (making === undefined) return OPEN;
  const { step, command } = making;
  const variables = kind === 'venv' || kind === 'virtualenv' ? undefined : INSTALLERS[kind].variables;
  if (variables?.python !== undefined)
    return choiceOfAll([uvChoice(command, step), ...laterChoices(view, environment, step)]);
  if (variables?.keeps.length === 0) return OPEN;
  const isBySystem = view.dockerfile.trace.events
    .filter(isRun)
    .some(
      ({ instruction, interpreter, range }) =>
        instruction === step.instruction.index &&
        range.start === command.range.start &&
        (interpreter.kind === 'system' || interpreter.kind === 'elsewhere'),
    );
  const place = pythonPlaceIn(view.dockerfile, stage, step.files);
  const isNamed = command.words.some((word) => /^(-p|--python)(=|$)|^\/.*python/.test(word));
  if (!isBySystem || isNamed || place.kind === 'none' || /\benv\s+use\b/.test(view.dockerfile.text)) return OPEN;
  return python === place.version || python === undefined ? place : OPEN;
}
