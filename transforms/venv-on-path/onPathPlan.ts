// The ENV lines that put an environment on PATH: behind what brings it, else behind the last step that they would change.

import { applyEdits, insertLinesAfter } from '../../src/edit/textEdits.ts';
import { type Blocker, isBlocker } from '../../src/facts/blocker.ts';
import { blockersBetween } from '../../src/facts/compare/compare.ts';
import type { DockerfileFacts } from '../../src/facts/dockerfileFacts.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { filesOfImage, type ImageView } from '../../src/facts/imageView.ts';
import { devcontainerBlocker } from '../../src/facts/onPath/devcontainerInstalls.ts';
import { type Arrival, envLines, hasOnPath } from '../../src/facts/onPath/envLines.ts';
import { type OnPath, outsideBlocker } from '../../src/facts/onPath/imageReaders.ts';
import { toolBlocker } from '../../src/facts/onPath/toolEnvironment.ts';
import { variableBlocker } from '../../src/facts/onPath/variableReaders.ts';
import { chainOf } from '../../src/facts/runsPython.ts';
import { commandChange } from '../../src/facts/shell/commandChange.ts';
import type { CreateEvent, OtherEvent } from '../../src/facts/trace/events.ts';
import type { Declaration, TextEdit } from '../../src/model.ts';
import { lineMark, throughEdits } from '../../src/text/lines.ts';

/** ENV lines that are proven. */
export interface OnPathPlan {
  readonly edits: readonly TextEdit[];
  readonly declares: Declaration;
  /** Offset of the instruction behind which they stand. */
  readonly behind: number;
}

/** The plan for the environment at `path`, or what stands in its way. */
export function onPathPlan(view: ImageView, path: string, facts: Facts): OnPathPlan | Blocker {
  const { dockerfile, target } = view;
  const chain = chainOf(dockerfile.image, target);
  const arrival = dockerfile.trace.events.find(
    (event): event is CreateEvent | OtherEvent =>
      chain.some(({ index }) => index === event.stage) &&
      event.when === 'build' &&
      event.path === path &&
      (event.kind === 'create' || (event.kind === 'copy' && event.partOf === undefined)),
  );
  if (arrival === undefined) return { code: 'unknown', words: `what makes ${path} is not known` };
  const others = [...filesOfImage(view).environments.keys()].filter((other) => other !== path);
  if (others.length > 0)
    return { code: 'second environment', words: `the image has a second environment, ${others[0]}` };
  const last = chain
    .flatMap(({ instructions }) => instructions)
    .findLast(({ keyword }) => keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD');
  const places = [...new Set([arrival.instruction, last?.index ?? arrival.instruction])];
  let blocker: Blocker | undefined;
  for (const place of places) {
    const tried = planBehind(place, { ...view, path, facts, arrival });
    if (!isBlocker(tried)) return tried;
    blocker ??= tried;
  }
  return blocker!;
}

interface Trial extends ImageView {
  readonly path: string;
  readonly facts: Facts;
  readonly arrival: Arrival;
}

function planBehind(index: number, { dockerfile, target, path, facts, arrival }: Trial): OnPathPlan | Blocker {
  const anchor = dockerfile.syntax.instructions[index]!;
  const stage = dockerfile.image.stages.find(({ instructions }) => instructions.some((one) => one.index === index))!;
  const at = stage.instructions.findIndex((one) => one.index === index);
  const state = stage.before[at + 1] ?? stage.final;
  const lines = envLines(
    { stage, arrival, complete: true, onPath: false },
    { state, like: anchor },
    { dockerfile, path },
  );
  if (isBlocker(lines)) return lines;
  if (lines.length === 0) return { code: 'target', words: 'it is on PATH there already' };
  const { text } = dockerfile;
  const offset = Math.max(anchor.start, anchor.end - 1);
  const edit = insertLinesAfter({ path: dockerfile.path, text, offset, lines });
  const declares: Declaration = {
    instructions: { added: lines.map(() => 'ENV') },
    movesTo: [path],
    env: ['VIRTUAL_ENV', 'PATH'],
  };
  return (
    onPathBlocker({ dockerfile, path, facts, target }, [edit], declares) ?? {
      edits: [edit],
      declares,
      behind: anchor.start,
    }
  );
}

/** Why these edits of the Dockerfile, which bring `path` onto PATH, are not proven; undefined where they are. */
export function onPathBlocker(
  { dockerfile, path, facts, target }: OnPath & Pick<ImageView, 'target'>,
  edits: readonly TextEdit[],
  declares: Declaration,
): Blocker | undefined {
  const text = applyEdits(dockerfile.text, edits);
  const now = dockerfile.reread(text);
  const [problem] = now.syntax.problems;
  if (problem !== undefined) return { code: 'text', words: problem.message };
  const change = commandChange(dockerfile, { ...now, text }, declares);
  if (change !== undefined) return { code: 'cut', words: change };
  const { final, base } = now.image.stages[target]!;
  if (!hasOnPath({ ...dockerfile, ...now }, final, base, path)) return { code: 'target', words: laterPath(dockerfile) };
  const bases = dockerfile.image.stages.map(({ base }) => base);
  const [compared] = blockersBetween(dockerfile.trace, now.trace, { movesTo: [path], bases });
  if (compared !== undefined)
    return { ...compared, words: throughEdits(compared.words, { edits, before: facts.snapshot }) };
  return (
    toolBlocker(dockerfile, { path, all: [] }, now.trace) ??
    variableBlocker({ dockerfile, facts }, now.image, new Set()) ??
    outsideBlocker({ dockerfile, path, facts }, now.trace) ??
    devcontainerBlocker({ dockerfile, path, facts })
  );
}

/** Says which line takes the lines' PATH away again. */
function laterPath({ path, syntax }: DockerfileFacts): string {
  const line = syntax.instructions.findLast(
    ({ keyword, logical }) => keyword === 'ENV' && /\bPATH[ \t=]/.test(logical.text),
  );
  return line === undefined
    ? 'a later PATH leaves it out'
    : `the PATH of line ${lineMark(path, line.start)} leaves it out`;
}
