// `pip install .`: the project with its dependencies in one command, and the two steps that a person would write in its place.

import type { Blocker } from '../../src/facts/blocker.ts';
import { type ContextCopy, inRepository, providedAt } from '../../src/facts/copies/repositoryCopies.ts';
import { absolute } from '../../src/facts/values.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { parsePyproject } from '../../src/parse/manifests/pyproject.ts';
import { parseRequirements } from '../../src/parse/manifests/requirements.ts';
import { copiesBefore } from './checks.ts';
import { runsBefore } from './earlier.ts';
import type { InstructionAt } from './splitPlace.ts';
import type { Step } from './step.ts';

export interface ProjectInstall {
  /** The copy that brings the project. */
  readonly copy: Instruction;
  readonly blocker: Blocker;
  readonly byHand: string;
}

const ITSELF = /^\.\/?(\[(.*)\])?$/;
const INSTALLS_DEPENDENCIES =
  /\bpip[\d.]* install .*(-r|--requirement)|\buv pip (install|sync) .*(-r|\.txt|pyproject\.toml)|\buv sync\b|\bpoetry (install|export)\b/;
/** Far more than a setup.py has. */
const LONGEST = 200_000;

/** Reads a step of the RUN at `at` that installs the project of its working folder; undefined: none, or its dependencies are there. */
export function projectInstall(
  step: Step,
  at: InstructionAt,
  moved: readonly ContextCopy[],
): ProjectInstall | undefined {
  const { words, cwd } = step;
  const { stage, place } = at;
  const before = copiesBefore(at);
  const itself = words.find(({ value }) => ITSELF.test(value))?.value;
  if (itself === undefined || words.some(({ value }) => value === '--no-deps')) return undefined;
  const textAt = (name: string): { readonly text: string; readonly copy: Instruction } | undefined => {
    const one = providedAt(absolute(name, cwd), before, place);
    if (one === undefined) return undefined;
    const text = place.snapshot.read(inRepository(place.context, one.path));
    const { instruction } = one.copy;
    return text === undefined || !moved.some((copy) => copy.instruction === instruction)
      ? undefined
      : { text, copy: instruction };
  };
  const isInstalled = (copy: Instruction): boolean =>
    runsBefore({ ...at, n: stage.instructions.indexOf(copy) }).some(
      (e) => e.words.length < 100 && INSTALLS_DEPENDENCIES.test(e.words.join(' ')),
    );
  const pyproject = textAt('pyproject.toml');
  const project = pyproject === undefined ? undefined : parsePyproject(pyproject.text).project;
  if (pyproject !== undefined && (project?.dependencies.length ?? 0) > 0) {
    if (isInstalled(pyproject.copy)) return undefined;
    const extras = (ITSELF.exec(itself)?.[2] ?? '').split(',').map((e) => e.trim());
    const flags = extras.filter(Boolean).map((extra) => ` --extra ${extra}`);
    return {
      copy: pyproject.copy,
      blocker: {
        code: 'reads code',
        words: 'pip installs the project with its dependencies, and has no flag for the dependencies alone',
      },
      byHand: `copy pyproject.toml, \`uv pip install -r pyproject.toml${flags.join('')}\` (or pip with a requirements file that lists the same), then copy the rest and install the project`,
    };
  }
  const setup = pyproject === undefined || project === undefined ? textAt('setup.py') : undefined;
  const list = setup && literalListAt(setup.text);
  const listed = list && textAt(list);
  if (!listed || isInstalled(setup!.copy)) return undefined;
  const { entries } = parseRequirements(listed.text);
  if (!(entries.length > 0 && entries.every((e) => e.kind === 'package'))) return undefined;
  const last = words.findIndex(({ value }) => value === 'install');
  const pip = words.slice(0, last + 1).map(({ raw }) => raw);
  return {
    copy: setup!.copy,
    blocker: {
      code: 'reads code',
      words: `pip installs the project with its dependencies, which setup.py reads from ${list}`,
    },
    byHand: `copy ${list}, \`${pip.join(' ')} -r ${list}\`, then copy the rest and install the project`,
  };
}

/** The one requirements file that a setup.py names for its `install_requires`. */
function literalListAt(text: string): string | undefined {
  if (text.length > LONGEST || !/\binstall_requires\b/.test(text)) return undefined;
  const names = new Set(
    [...text.matchAll(/["']((?:[\w-]+\/){0,3}[\w.-]*requirements?[\w.-]*\.(?:txt|in|pip))["']/gi)].map((m) => m[1]!),
  );
  return names.size === 1 ? [...names][0] : undefined;
}
