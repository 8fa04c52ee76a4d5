// RUN python -m venv /opt/venv, and nothing that installs into it, runs in it or names it: the packages go elsewhere.

import { describe, placeWords } from '../../src/facts/compare/sentences.ts';
import { literally, venvWords } from '../../src/facts/compare/venvSpelling.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { childImageOf } from '../../src/facts/onPath/childImages.ts';
import { packagesIn } from '../../src/facts/projectPackages.ts';
import { envKey, envPathOf } from '../../src/facts/pythonInterpreter.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import { isKnown } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { ENVIRONMENT_UNUSED } from './onPathDiagnoses.ts';
import { linesToWrite } from './wayOut.ts';

/** One finding for each that a step of the image makes by itself. */
export function unusedEnvironments(view: ImageView, facts: Facts): Finding[] {
  const { dockerfile, target } = view;
  const { image, trace, syntax, path } = dockerfile;
  const chain = new Set(chainOf(image, target).map(({ index }) => index));
  if (childImageOf(dockerfile, facts) !== undefined) return [];
  return trace.events.flatMap((event): Finding[] => {
    if (event.kind !== 'create' || event.when !== 'build' || event.conditional || !chain.has(event.stage)) return [];
    const environment = filesOfImage(view).environments.get(event.path);
    const isPlain = environment?.kind === 'venv' || environment?.kind === 'virtualenv';
    if (!isPlain || !isKnown(event.path) || isUsed(event.path, view) || isSpelled(event, view, facts)) return [];
    const install = installElsewhere(event, view);
    if (install === undefined) return [];
    const line = lineMark(path, syntax.instructions[install.event.instruction]!.start);
    return [
      {
        diagnosis: ENVIRONMENT_UNUSED,
        path,
        offset: syntax.instructions[event.instruction]!.start,
        message: `${event.path} is made here and never used: nothing installs into it and nothing runs in it; what ${describe(install.event)} (line ${line}) installs went into ${install.place}.`,
        reason: `Take it out. If it is meant for the packages: ${linesToWrite(event.path)}`,
      },
    ];
  });
}

/** Something is in it, runs in it, activates it, copies it or has it on PATH. */
function isUsed(path: string, { dockerfile }: ImageView): boolean {
  const { trace, image } = dockerfile;
  const isHeld = trace.stages.some(({ files }) => (files.installs.get(envKey(path))?.size ?? 0) > 0);
  const isOn = image.stages.some(({ before, final }) =>
    [...before, final].some(({ buildEnv }) =>
      [...buildEnv.values()].some((value) => !isKnown(value) || value.includes(path)),
    ),
  );
  return (
    isHeld ||
    isOn ||
    trace.events.some((event) =>
      isRun(event)
        ? [event.interpreter, event.install?.target].some((one) => envPathOf(one) === path)
        : event.kind !== 'create' && event.kind !== 'read' && event.path === path,
    )
  );
}

/** Not the pages, Makefiles and workflows, in which a relative path is of the machine that they run on. */
const RUNS_IN_IMAGE = /\.(py|sh|bash|json|toml|ini|cfg|conf|js|ts|go|rb|service)$/;

/** Another word of the Dockerfile, or of a file of the repository, is its path. */
function isSpelled(
  { path: place, instruction }: { readonly path: string; readonly instruction: number },
  { dockerfile }: ImageView,
  { snapshot }: Facts,
): boolean {
  const wordsIn = (text: string): number =>
    venvWords(text, place).filter(({ word }) => word === place || !word.startsWith('/') || word.includes('$')).length;
  const above = `${folderAbove(place)}/`;
  const isElsewhere = dockerfile.syntax.instructions.some(
    ({ index, logical }) =>
      wordsIn(logical.text) > Number(index === instruction) ||
      // of several at once: `/venvs/*`, `/venvs/$NAME`
      (above !== '/' && [`${above}*`, `${above}$`].some((part) => logical.text.includes(part))),
  );
  if (isElsewhere) return true;
  const name = literally(place.slice(place.lastIndexOf('/') + 1));
  const inParts = new RegExp(`(?<![\\w.-])${name}/bin/|["']${name}["']`);
  for (const file of snapshot.paths.keys()) {
    const text = file === dockerfile.path ? undefined : snapshot.read(file);
    if (text?.includes(place) || (RUNS_IN_IMAGE.test(file) && inParts.test(text ?? ''))) return true;
  }
  return false;
}

/** An install of the project's packages behind the creation, in its stages, and where it went. */
function installElsewhere(
  { path, instruction }: { readonly path: string; readonly instruction: number },
  view: ImageView,
) {
  const files = filesOfImage(view);
  for (const key of files.installs.keys()) {
    if (key === envKey(path)) continue;
    const ids: readonly string[] = packagesIn(files, key);
    const event = view.dockerfile.trace.events
      .filter(isRun)
      .find((one) => one.when === 'build' && one.instruction >= instruction && ids.includes(one.install?.id ?? ''));
    if (event?.install !== undefined) return { event, place: placeWords(event.install.target) };
  }
  return undefined;
}
