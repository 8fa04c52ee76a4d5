// What is said where nothing is done: which copy makes which install run again, and what keeps it so.
import type { Instruction } from '../../parse/dockerfile.ts';
import { parsePyproject } from '../../parse/manifests/pyproject.ts';
import type { DockerfileFacts } from '../facts.ts';
import type { Stage } from '../image.ts';
import { isKnown } from '../values.ts';
import { type Barrier, checkRun, copiesBefore, type SplitPlace } from './checks.ts';
import { runSteps, type Step } from './commands.ts';
import { type AnyCopy, type ContextCopy, inRepository, providedAt } from './copies.ts';
import { ALREADY_SPLIT, isDependencies } from './install.ts';

export interface SplitRefusal {
  readonly kind: 'refusal';
  readonly copy: Instruction;
  readonly install: Step;
  readonly why: string;
}

const INSTALLS = /\b(pip[\d.]* install [^&;|]*-r|poetry install|uv sync|pipenv (install|sync)|pdm (install|sync))\b/;

/** Without a context and its ignore file nothing is known but the order itself. */
export function unplaced(d: DockerfileFacts, why: string): SplitRefusal[] {
  return d.image.stages.flatMap((stage) => {
    const copy = stage.instructions.findIndex(
      (i) =>
        /^(COPY|ADD)$/.test(i.keyword) &&
        !i.flags.some((f) => f.name === 'from') &&
        /^\.\/?$/.test(i.words[0]?.value ?? ''),
    );
    const first = stage.instructions.findIndex((i) => i.keyword === 'RUN' && INSTALLS.test(i.logical.text));
    if (copy < 0 || first < copy) return [];
    const install = runSteps(stage, first, d.text).steps.find((s) => INSTALLS.test(s.text));
    return install === undefined ? [] : [{ kind: 'refusal', copy: stage.instructions[copy]!, install, why }];
  });
}

/** The finding for what stopped the search, where a later install reads a file of the copied code. */
export function refusalOf(
  stage: Stage,
  barrier: (Barrier & { readonly n: number }) | undefined,
  moved: readonly { readonly copy: ContextCopy }[],
  place: SplitPlace,
): SplitRefusal | undefined {
  if (barrier === undefined || barrier.why.endsWith(ALREADY_SPLIT)) return undefined;
  const copies = moved.map((m) => m.copy);
  for (let n = barrier.n; n < stage.instructions.length; n++) {
    if (stage.instructions[n]!.keyword !== 'RUN') continue;
    const run = checkRun(stage, n, copies, place);
    const own = 'why' in run ? run : run.installs.find(isDependencies);
    const { step, reads } = own ?? {};
    if (step === undefined || reads === undefined) continue;
    const before = copiesBefore(stage, n, place);
    const providers = reads.files.flatMap((path) => {
      const one = providedAt(path, before, place);
      return one === undefined || one === 'elsewhere' || !copies.some((c) => c.instruction === one.copy.instruction)
        ? []
        : [one.copy.instruction];
    });
    // Only what names its requirements in a file of the code can be split by hand.
    const copy = providers[0] ?? projectBrought(step, before, copies, place);
    if (copy === undefined) return undefined;
    const why = /pip$/.test(reads.tool) && providers[0] === undefined ? PIP_INSTALLS_BOTH : barrier.why;
    return { kind: 'refusal', copy, install: step, why };
  }
  return undefined;
}

const PIP_INSTALLS_BOTH =
  'pip installs the project with its dependencies, and has no flag for the dependencies alone (`uv pip install -r pyproject.toml` reads them, or a requirements file that lists them)';

/** The moved copy that brings the project which the step installs from its working folder, where that names dependencies. */
function projectBrought(
  { words, cwd }: Step,
  before: readonly AnyCopy[],
  moved: readonly ContextCopy[],
  place: SplitPlace,
): Instruction | undefined {
  const installsItself = words.some(({ value }) => /^\.\/?(\[.*\])?$/.test(value));
  if (!isKnown(cwd) || !installsItself || words.some(({ value }) => value === '--no-deps')) return undefined;
  const one = providedAt(`${cwd === '/' ? '' : cwd}/pyproject.toml`, before, place);
  if (one === undefined || one === 'elsewhere') return undefined;
  const { instruction } = one.copy;
  const text = place.snapshot.read(inRepository(place.context, one.path));
  const names = text !== undefined && (parsePyproject(text).project?.dependencies.length ?? 0) > 0;
  return names && moved.some((copy) => copy.instruction === instruction) ? instruction : undefined;
}
