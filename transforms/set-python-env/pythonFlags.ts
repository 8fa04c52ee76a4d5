// PYTHONDONTWRITEBYTECODE and PYTHONUNBUFFERED: where an image has its answer to them already.

import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Stage } from '../../src/facts/image.ts';
import { chainOf, servicesOfStage, startsOfStage, startsPython } from '../../src/facts/runsPython.ts';
import type { RunEvent } from '../../src/facts/trace/events.ts';
import type { Snapshot } from '../../src/model.ts';
import type { Pair } from '../../src/parse/dockerfile/syntax.ts';

/** In the order in which they are written. */
export const PYTHON_FLAGS = ['PYTHONDONTWRITEBYTECODE', 'PYTHONUNBUFFERED'] as const;
export type PythonFlag = (typeof PYTHON_FLAGS)[number];

/** Interpreter options that do the same. */
const OPTION: Readonly<Record<PythonFlag, string>> = { PYTHONDONTWRITEBYTECODE: 'B', PYTHONUNBUFFERED: 'u' };

/**
 * Does somebody say already what the flag is in the image that ends in stage `target`: an ENV (also behind ONBUILD) of its chain or base,
 * all services that start it, or every Python command that starts it? Any value is an answer, also one that means off.
 */
export function answered(
  dockerfile: DockerfileFacts,
  target: number,
  flag: PythonFlag,
  snapshot: Pick<Snapshot, 'read'>,
): boolean {
  const stages = chainOf(dockerfile.image, target);
  if (dockerfile.image.stages[target]!.final.env.has(flag)) return true;
  const says = (instruction: Stage['instructions'][number]): boolean =>
    (instruction.trigger?.keyword === 'ENV' && instruction.trigger.pairs.some((p) => p.name === flag)) ||
    // what uses its value would change with it
    new RegExp(`\\$\\{?${flag}\\b`).test(instruction.logical.text) ||
    // swallowed by the value of a legacy ENV: meant, and reported there
    (instruction.keyword === 'ENV' && instruction.pairs.some((p) => swallows(p, flag)));
  if (stages.some((s) => s.instructions.some(says))) return true;
  const services = servicesOfStage(dockerfile, target);
  const sets = (words: readonly (string | undefined)[] | undefined): boolean =>
    words?.some((w) => w?.includes(`${flag}=`)) === true;
  if (
    services.length > 0 &&
    services.every((s) => s.environment.has(flag) || sets(s.command?.words) || sets(s.entrypoint?.words))
  )
    return true;
  const starts = startsOfStage(dockerfile, target).filter(startsPython);
  return (
    starts.length > 0 && starts.every((e) => hasLetter(e, OPTION[flag]) || isSetBeside(dockerfile, e, flag, snapshot))
  );
}

/** `python -u app.py`, `python -Bu -m app`. */
function hasLetter(event: RunEvent, letter: string): boolean {
  if (event.what !== 'python') return false;
  for (let n = 1; n < event.words.length; n++) {
    const [, options = '', valued, glued] = /^-([^cmWX-]*)(?:([cmWX])(.*))?$/s.exec(event.words[n]!) ?? [];
    if (options.includes(letter)) return true;
    if (valued === undefined ? options === '' : /[cm]/.test(valued)) return false;
    // `-X dev`, `-W ignore`
    if (valued !== undefined && glued === '') n++;
  }
  return false;
}

/** The script or the instruction that starts it sets the variable itself. */
function isSetBeside(
  dockerfile: DockerfileFacts,
  event: RunEvent,
  flag: PythonFlag,
  snapshot: Pick<Snapshot, 'read'>,
): boolean {
  const at = dockerfile.syntax.instructions[event.instruction];
  const texts = [at && dockerfile.text.slice(at.start, at.end), snapshot.read(event.file ?? '')];
  return texts.some((text) => text?.includes(`${flag}=`));
}

/** Is the flag part of the value of a legacy `ENV NAME value`, which runs to the end of the instruction? */
export const swallows = (pair: Pair, flag: PythonFlag): boolean =>
  pair.separator === '' && new RegExp(`[ \\t]${flag}[ \\t=]`).test(pair.value ?? '');

/** Is the flag an ARG of a stage of the chain? It then has a value while the image is built only. */
export const isArgument = (chain: readonly Stage[], flag: PythonFlag): boolean =>
  chain.some((s) => s.instructions.some((i) => i.keyword === 'ARG' && i.pairs.some((p) => p.name === flag)));
