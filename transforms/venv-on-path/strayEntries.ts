// Entries of PATH, absolute ones, that name an environment which nothing makes: the image's own stands elsewhere.

import { takenAt } from '../../src/facts/copies/copy.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { lookupIn, type Stage } from '../../src/facts/image.ts';
import { filesOfImage, hasOpenStep, type ImageView, startsWithin } from '../../src/facts/imageView.ts';
import { needsOfCall } from '../../src/facts/outsideStarts.ts';
import { environmentsWithPackages } from '../../src/facts/projectPackages.ts';
import { chainOf, servicesOfStage } from '../../src/facts/runsPython.ts';
import { isRun, type RunEvent } from '../../src/facts/trace/events.ts';
import { PYTHON_PROGRAMS } from '../../src/facts/trace/names.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import type { Finding, Snapshot } from '../../src/model.ts';
import { expandWord } from '../../src/parse/dockerfile/expand.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { MEANINGLESS_PATH } from './onPathDiagnoses.ts';

/** What people call the folder of an environment. */
const NAMED_SO = /(^|\/)\.?(virtual|v|py)?envs?[\w.-]*$/i;

/** The entry as it is written, and the environment that it means in vain. */
interface StrayEntry {
  readonly env: Instruction;
  readonly path: string;
}

/** An entry for an environment that stands nowhere, beside one that has the packages and is not on PATH. */
export function strayEntries(view: ImageView, { snapshot }: Facts): Finding[] {
  const { dockerfile, target } = view;
  const [own, ...others] = environmentsWithPackages(filesOfImage(view));
  if (own === undefined || others.length > 0 || isOpen(view)) return [];
  const { final } = dockerfile.image.stages[target]!;
  const entries = (final.env.get('PATH') ?? '').split(':');
  if (!entries.every(isKnown) || entries.includes(`${own}/bin`)) return [];
  const stray = chainOf(dockerfile.image, target)
    .flatMap((stage) => entriesOf(stage, dockerfile))
    .find(
      (one) => entries.includes(`${one.path}/bin`) && !mayComeTo(one, view) && !isMadeLater(one.path, view, snapshot),
    );
  if (stray === undefined) return [];
  const { env, path } = stray;
  const missed = startsWithin(view).some((event) => asksForPackages(event, view));
  return [
    {
      diagnosis: MEANINGLESS_PATH,
      ...(missed ? { level: 'broken' as const } : {}),
      path: dockerfile.path,
      offset: env.start,
      message: `\`${path}/bin\` on PATH is the folder of an environment that nothing makes: the one that has the packages stands at ${own}.`,
      reason: `Write \`${own}/bin\` there, or make the environment at ${path}.`,
    },
  ];
}

/** The environments that a stage's ENV lines put on PATH. */
function entriesOf(stage: Stage, { syntax }: DockerfileFacts): StrayEntry[] {
  return stage.instructions.flatMap((env, n) => {
    const pair = env.keyword === 'ENV' ? env.pairs.find(({ name }) => name === 'PATH') : undefined;
    if (pair?.value === undefined) return [];
    const { value } = expandWord(pair.value, lookupIn(stage.before[n]!, stage.base), syntax.escape);
    return value.split(':').flatMap((entry) => {
      const path = /^(\/.+)\/bin\/?$/.exec(entry)?.[1];
      return path !== undefined && isKnown(path) && NAMED_SO.test(path) ? [{ env, path }] : [];
    });
  });
}

/** May a base, a copy, a mount or a step that names it bring the environment? */
function mayComeTo({ path, env }: StrayEntry, { dockerfile, target }: ImageView): boolean {
  const { files } = dockerfile.trace.stages[target]!;
  const [root] = chainOf(dockerfile.image, target);
  if (files.environments.has(path) || dockerfile.trace.allEnvironments.has(path)) return true;
  if ((root!.base.env.get('PATH') ?? '').includes(path) || root!.base.environments?.includes(path)) return true;
  const isNamed = dockerfile.syntax.instructions.some(
    ({ keyword, index, logical }) =>
      index !== env.index && /^(RUN|COPY|ADD|VOLUME|CMD|ENTRYPOINT)$/.test(keyword) && logical.text.includes(path),
  );
  const isCopied = files.copies.some((copy) =>
    copy.from === 'context'
      ? !isKnown(copy.destination) ||
        takenAt(copy, path).some((one) => one.as === 'content' && !dockerfile.context.ignored(one.path))
      : !isKnown(copy.destination) || isWithin(path, copy.destination) || isWithin(copy.destination, path),
  );
  const isMounted = servicesOfStage(dockerfile, target).some(({ mounts }) =>
    mounts.some((mount) => mount.target.kind !== 'known' || isWithin(path, mount.target.value)),
  );
  return isNamed || isCopied || isMounted;
}

/** Does a file of the repository name it, or a dev container make it in its folder? */
function isMadeLater(path: string, { dockerfile }: ImageView, snapshot: Snapshot): boolean {
  return [...snapshot.paths.keys()].some(
    (file) =>
      file !== dockerfile.path &&
      ((/(^|\/)\.?devcontainer\.json$/.test(file) && /^\/workspaces?\//.test(path)) ||
        snapshot.read(file)?.includes(path)),
  );
}

/** Of the base, or of what a step does, is not known enough. */
const isOpen = (view: ImageView): boolean =>
  chainOf(view.dockerfile.image, view.target)[0]!.base.knownBy === 'nobody' || hasOpenStep(view);

function asksForPackages(event: RunEvent, view: ImageView): boolean {
  if (!isRun(event) || event.implied || event.conditional || event.opaque !== undefined) return false;
  if (event.service !== undefined || event.pathReset !== undefined || event.file !== undefined) return false;
  const name = event.words[0] ?? '';
  if (event.what === 'program') return PYTHON_PROGRAMS.has(name);
  return event.what === 'python' && !name.includes('/') && needsOfCall(event, view) === 'packages';
}
