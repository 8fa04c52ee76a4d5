// WORKDIR of the builder and the sources of COPY --from, so that an environment is made at the path that it is used at.

import { applyEdits } from '../../src/edit/textEdits.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import { copiesOutOf, type MovedFolder, movedTrace, oldFolderBlocker } from '../../src/facts/compare/movedFolder.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import { isRun } from '../../src/facts/trace/events.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { isWithin } from '../../src/facts/values.ts';
import type { Declaration, Fix, TextEdit } from '../../src/model.ts';
import type { Instruction } from '../../src/parse/dockerfile/syntax.ts';
import { offsetOf } from '../../src/text/logical.ts';
import type { AskedImage } from './copiedEnvironments.ts';

/** Top folders that images have already. */
const OF_SYSTEM = /^\/(bin|boot|dev|etc|home|lib\w*|media|mnt|proc|root|run|sbin|sys|tmp|usr|var)(\/|$)/;

/** The fix for an environment that is copied to another path; undefined: more than WORKDIR and COPY names the old one. */
export function moveFolder({ dockerfile }: AskedImage, { path, createdAt, stage }: Environment): Fix | undefined {
  const { image, trace, text, targets, syntax } = dockerfile;
  const name = createdAt.slice(createdAt.lastIndexOf('/'));
  if (!path.endsWith(name) || targets.includes(stage)) return undefined;
  const moved: MovedFolder = { stage, from: createdAt.slice(0, -name.length), to: path.slice(0, -name.length) };
  const { from, to } = moved;
  const builder = image.stages[stage]!;
  if (from === '' || to === '' || OF_SYSTEM.test(to) || !builder.base.complete || builder.parent !== undefined)
    return undefined;
  const places = builder.instructions.filter(({ keyword }) => keyword === 'WORKDIR');
  const [place] = places;
  if (place === undefined || places.length > 1 || place.words[0]?.value !== from) return undefined;
  const rest = builder.instructions.filter((one) => one !== place);
  const isOpen =
    rest.some(({ logical }) => logical.text.includes(to) || /\.\.(\/|\s|$)/.test(logical.text)) ||
    trace.events
      .filter(isRun)
      .some(
        ({ stage: own, when, what, install, needsNoPackages }) =>
          own === stage && when === 'build' && (what === 'unknown' || (install === undefined && !needsNoPackages)),
      );
  if (isOpen) return undefined;
  const edits: TextEdit[] = [wordEdit(place, 0, { path: dockerfile.path, text: to, length: from.length })];
  const copies = copiesOutOf(stage, dockerfile).filter(({ sources }) =>
    sources.some((source) => isWithin(`/${source.path}`, from)),
  );
  for (const { instruction, sources } of copies) {
    if (instruction.json !== undefined) return undefined;
    for (const [n, source] of sources.entries()) {
      if (!isWithin(`/${source.path}`, from)) continue;
      if (source.kind !== 'path' || !isWithin(source.written, from)) return undefined;
      edits.push(wordEdit(instruction, n, { path: dockerfile.path, text: to, length: from.length }));
    }
  }
  const declares: Declaration = {
    instructions: { changed: ['WORKDIR', ...copies.map(({ instruction }) => instruction.keyword)] },
    movesFolder: moved,
  };
  const changed = applyEdits(text, edits);
  const now = dockerfile.reread(changed);
  if (now.syntax.problems.length > 0 || syntax.instructions.length !== now.syntax.instructions.length) return undefined;
  const blocker =
    oldFolderBlocker(now, dockerfile, moved) ??
    blockersBetween(movedTrace(trace, moved), now.trace, {
      movesTo: [],
      bases: image.stages.map(({ base }) => base),
    })[0];
  if (blocker !== undefined || commandChange(dockerfile, { ...now, text: changed }, declares) !== undefined)
    return undefined;
  return {
    title: `Make ${path} where it is used: \`WORKDIR ${to}\` in the stage that builds it`,
    safety: 'safe',
    edits,
    declares,
  };
}

/** The beginning of the n-th word of an instruction, written anew. */
function wordEdit(
  instruction: Instruction,
  n: number,
  { path, text, length }: { readonly path: string; readonly text: string; readonly length: number },
): TextEdit {
  const start = offsetOf(instruction.logical, instruction.words[n]!.at);
  return { path, start, end: start + length, newText: text };
}
