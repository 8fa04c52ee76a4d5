// COPY --from=builder $VIRTUAL_ENV $VIRTUAL_ENV  ->  ENV VIRTUAL_ENV=/opt/venv above it, as the stage that is copied from has it

import { applyEdits, insertLinesBefore } from '../../src/edit/textEdits.ts';
import { trustOf } from '../../src/edit/trust.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import { takenAt } from '../../src/facts/copies/copy.ts';
import type { LostVariable } from '../../src/facts/copies/lostVariables.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import { startsWithin } from '../../src/facts/imageView.ts';
import { aboveComments } from '../../src/facts/onPath/envLines.ts';
import type { Reread } from '../../src/facts/textReadings.ts';
import type { Files } from '../../src/facts/trace/imageFiles.ts';
import { absolute } from '../../src/facts/values.ts';
import type { Fix } from '../../src/model.ts';

/** The line for a variable whose value is an environment of the other stage; undefined: what it would come to is not proven. */
export function lostVariableFix(dockerfile: DockerfileFacts, lost: LostVariable): Fix | undefined {
  const { name, value, copy, stage } = lost;
  const { path, text, trace, image } = dockerfile;
  const from = copy.from as number;
  const source = trace.stages[from]!.files;
  const [only, more] = copy.sources;
  const isWhole = more === undefined && (only?.written === `$${name}` || only?.written === `\${${name}}`);
  if (value === undefined || !isWhole || !source.environments.has(value) || /["'\\$`\s]/.test(value)) return undefined;
  if (startsRest(lost, dockerfile)) return undefined;
  const { instruction } = copy;
  const line = `ENV ${name}=${value}`;
  const edits = [insertLinesBefore({ path, text, offset: aboveComments(text, instruction.start), lines: [line] })];
  const now = dockerfile.reread(applyEdits(text, edits));
  const landed = now.trace.stages[stage.index]!.files.environments.get(value);
  if (now.syntax.problems.length > 0 || landed?.createdAt !== value) return undefined;
  const [blocker] = blockersBetween(trace, now.trace, {
    movesTo: [value],
    copiesLess: true,
    bases: image.stages.map(({ base }) => base),
  });
  if (blocker !== undefined) return undefined;
  const other = image.stages[from]!.name ?? String(from);
  const others = otherValues(dockerfile, now);
  // `$VIRTUAL_ENV/bin` was `/bin`, before all else on PATH
  const isOpen = needsRest(lost, dockerfile) || others.some((one) => one !== name);
  const note = `All else of stage ${other} is no longer copied: before, the line took its root.`;
  return {
    title: `Set ${name} where the COPY reads it`,
    ...trustOf(
      isOpen
        ? `It assumes that nothing else of stage ${other} is needed, nor what the empty variable led to.`
        : undefined,
      [note],
    ),
    edits,
    declares: {
      instructions: { added: ['ENV'] },
      env: [...new Set([name, ...others])],
      movesTo: [value],
      copiesLess: true,
    },
  };
}

/** Variables that are made of it. */
const otherValues = ({ image }: DockerfileFacts, now: Reread): string[] =>
  image.stages.flatMap(({ final, index }) =>
    [...now.image.stages[index]!.final.env].flatMap(([name, value]) => (final.env.get(name) === value ? [] : [name])),
  );

/** Does a start of the image name a file that its root alone brought? */
function startsRest({ copy, stage }: LostVariable, dockerfile: DockerfileFacts): boolean {
  const { trace, image } = dockerfile;
  const isLaid = (files: Files, path: string): boolean =>
    files.copies.some((one) => one.from === 'context' && takenAt(one, path).some(({ as }) => as === 'file'));
  return image.stages
    .flatMap(({ index }) => startsWithin({ dockerfile, target: index }))
    .some(({ words }) =>
      words.some((word) => {
        const path = absolute(word, stage.final.cwd);
        return (
          isLaid(trace.stages[copy.from as number]!.files, path) && !isLaid(trace.stages[stage.index]!.files, path)
        );
      }),
    );
}

/** Files that only an installer reads. */
const MANIFEST =
  /(^|\/)(requirements[^/]*|constraints[^/]*|pyproject\.toml|[^/]*\.lock|Pipfile(\.lock)?|setup\.(py|cfg)|\.python-version)$/;

/** May something else of the other stage, which its root brought, be missed: packages, files, what another base has? */
function needsRest({ copy, stage }: LostVariable, { trace, image }: DockerfileFacts): boolean {
  const from = copy.from as number;
  const [source, own] = [trace.stages[from]!.files, trace.stages[stage.index]!.files];
  const isOtherBase = image.stages[from]!.base.ref !== stage.base.ref;
  const copied = new Set(
    own.copies.flatMap((one) => (one.from === 'context' ? one.sources.map(({ path }) => path) : [])),
  );
  const isBrought = source.copies.some(
    (one) => !one.sources.every(({ path }) => one.from === 'context' && (MANIFEST.test(path) || copied.has(path))),
  );
  const isInstalled =
    [...source.systemPackages].some((name) => !own.systemPackages.has(name)) ||
    [...(source.installs.get('system') ?? [])].some((id) => !id.startsWith('tool:'));
  return isOtherBase || isBrought || isInstalled || source.written.size > 0;
}
