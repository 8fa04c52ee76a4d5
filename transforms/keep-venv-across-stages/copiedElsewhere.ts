// Environments that stand at another path than they were made at: the first lines of their scripts are dead.

import { describe } from '../../src/facts/compare/sentences.ts';
import { isSystemOpen } from '../../src/facts/outsideStarts.ts';
import type { Environment } from '../../src/facts/trace/imageFiles.ts';
import { readable } from '../../src/facts/values.ts';
import type { Finding } from '../../src/model.ts';
import { lineMark } from '../../src/text/lines.ts';
import { OTHER_PATH } from './acrossDiagnoses.ts';
import { type AskedImage, isReworked, lineOfInstruction, surelyThere } from './copiedEnvironments.ts';
import { isMeantForUse, usesOf } from './environmentUses.ts';
import { moveFolder } from './moveFolder.ts';

/** Whoever makes it sees to it that it can be moved. */
const MOVABLE = /relocat|venv-pack|conda-pack/i;

/** Findings of the environments that were copied or moved to another path. */
export function elsewhereFindings(view: AskedImage): Finding[] {
  const { dockerfile } = view;
  if (MOVABLE.test(dockerfile.text)) return [];
  const all = surelyThere(view);
  return all.flatMap((environment) => {
    const { path, createdAt, activateChanged } = environment;
    const isWhole = path === createdAt || all.some((other) => other.path === createdAt);
    return isWhole || activateChanged || isReworked(view, environment) ? [] : movedFindings(view, environment);
  });
}

function movedFindings(view: AskedImage, environment: Environment): Finding[] {
  const { path, createdAt, instruction, stage } = environment;
  const { dockerfile } = view;
  const uses = usesOf(view, path);
  const script = uses.find(({ how }) => how === 'script');
  if (script === undefined && uses.length === 0 && !isMeantForUse(view, path)) return [];
  const made = dockerfile.trace.events.findLast(
    (event) => event.kind === 'create' && event.path === createdAt && event.stage === stage,
  );
  const line = made === undefined ? '' : ` (line ${lineOfInstruction(view, made.instruction)})`;
  const old = `${readable(createdAt)}/bin/python`;
  const event = script?.event;
  const place =
    event === undefined || event.service !== undefined ? '' : ` (line ${lineOfInstruction(view, event.instruction)})`;
  const isSure = event !== undefined && (event.words[0]!.startsWith('/') || !isSystemOpen(view));
  const follows =
    event === undefined
      ? 'they do not start, `python -m` alone works'
      : `${describe(event)}${place} does not start ("no such file or directory")`;
  const fix = moveFolder(view, environment);
  return [
    {
      diagnosis: OTHER_PATH,
      level: isSure ? 'broken' : 'fragile',
      path: dockerfile.path,
      offset: dockerfile.syntax.instructions[instruction]!.start,
      message: `${readable(path)} was made at ${readable(createdAt)}${line}, and the first line of its scripts names ${old}: ${follows}.`,
      reason:
        fix === undefined
          ? `Make it where it is used: in line ${made === undefined ? '' : lineMark(dockerfile.path, dockerfile.syntax.instructions[made.instruction]!.start)} at ${readable(path)}, and copy it to the same path.`
          : 'What is made at the path that it is used at needs no other first lines.',
      ...(fix === undefined ? {} : { fix }),
    },
  ];
}
