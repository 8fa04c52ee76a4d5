// A stage whose working folder is another, with all that lies in it: its trace by the new paths, and what still names the old ones.

import { lineMark } from '../../text/lines.ts';
import type { Blocker } from '../blocker.ts';
import { isCopy } from '../copies/copy.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import type { PythonInterpreter } from '../pythonInterpreter.ts';
import type { Reread } from '../textReadings.ts';
import type { TraceEvent } from '../trace/events.ts';
import type { Trace } from '../trace/input.ts';
import { isWithin } from '../values.ts';
import { respelled } from './venvSpelling.ts';

/** A folder of one stage, where it was and where it comes to be. */
export interface MovedFolder {
  /** Index of the stage. */
  readonly stage: number;
  readonly from: string;
  readonly to: string;
}

type MovedPaths = Omit<MovedFolder, 'stage'>;

/** The path as it is behind the move. */
export const movedPath = (path: string, { from, to }: MovedPaths): string =>
  isWithin(path, from) ? `${to}${path.slice(from.length)}` : path;

/** The events by the new paths; what they run and see is the same. */
export const movedTrace = (trace: Trace, moved: MovedFolder): Trace =>
  movedWhere(trace, moved, ({ stage }) => stage === moved.stage);

/** The same for an environment, in all stages; commands that name it are those of its new place. */
export const movedEnvironment = (trace: Trace, moved: MovedPaths): Trace =>
  respelledTrace(
    movedWhere(trace, moved, () => true),
    moved,
  );

function movedWhere(trace: Trace, moved: MovedPaths, isMoved: (event: TraceEvent) => boolean): Trace {
  const place = <T extends PythonInterpreter>(one: T): T =>
    one.kind === 'environment' ? { ...one, path: movedPath(one.path, moved) } : one;
  const events = trace.events.map((event): TraceEvent => {
    if (event.kind !== 'run' || !isMoved(event)) return event;
    const { install, virtualEnv, interpreter, path } = event;
    return {
      ...event,
      interpreter: place(interpreter),
      path: path.map((entry) => movedPath(entry, moved)),
      virtualEnv: virtualEnv === undefined ? undefined : movedPath(virtualEnv, moved),
      ...(install === undefined ? {} : { install: { ...install, target: place(install.target) } }),
    };
  });
  return { ...trace, events };
}

/** What identifies commands and installs, with every spelling of the environment as its new path: for both sides of a comparison. */
export function respelledTrace(trace: Trace, moved: MovedPaths): Trace {
  const said = (text: string): string => respelled(text, moved);
  const events = trace.events.map((event): TraceEvent => {
    if (event.kind === 'read') return { ...event, key: said(event.key), sees: new Set([...event.sees].map(said)) };
    if (event.kind !== 'run') return event;
    const { install } = event;
    return {
      ...event,
      key: said(event.key),
      words: event.words.map(said),
      sees: new Set([...event.sees].map(said)),
      ...(install === undefined ? {} : { install: { ...install, id: said(install.id) } }),
    };
  });
  return { ...trace, events };
}

/** A line that names the old folder, where that is moved. */
export function oldFolderBlocker(
  { image, trace }: Pick<Reread, 'image' | 'trace'>,
  { path }: Pick<DockerfileFacts, 'path'>,
  { stage, from }: MovedFolder,
): Blocker | undefined {
  const named = image.stages[stage]!.instructions.find(({ logical }) => logical.text.includes(from));
  const copied = trace.stages
    .flatMap(({ files }) => files.copies)
    .find((copy) => copy.from === stage && copy.sources.some((source) => isWithin(`/${source.path}`, from)));
  const built = image.stages.some(({ parent }) => parent === stage);
  const left = named ?? copied?.instruction;
  if (left !== undefined) return { code: 'named elsewhere', words: `line ${lineMark(path, left.start)} names ${from}` };
  return built ? { code: 'built upon', words: 'another stage is built upon the one that is moved' } : undefined;
}

/** Copies of a stage's files by other stages. */
export const copiesOutOf = (stage: number, { image, trace }: Pick<Reread, 'image' | 'trace'>) =>
  image.stages.flatMap(({ index }) =>
    trace.stages[index]!.files.copies.filter(
      (copy) => copy.from === stage && copy.stage === index && isCopy(copy.instruction),
    ),
  );
