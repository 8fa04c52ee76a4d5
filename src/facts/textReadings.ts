// What the texts of one Dockerfile were read as: a text that is met again in the same surroundings is not read again.

import type { Snapshot } from '../model.ts';
import { parseDockerfile } from '../parse/dockerfile/dockerfile.ts';
import type { DockerfileSyntax } from '../parse/dockerfile/syntax.ts';
import type { Base } from './baseImages/base.ts';
import { isFolder } from './folders.ts';
import { type ImageFacts, imageFacts } from './image.ts';
import type { ServiceStart, Trace, TraceInput } from './trace/input.ts';
import { readingFrom, traceOf } from './trace/trace.ts';

/** A Dockerfile's text as read. */
export interface Reread {
  readonly syntax: DockerfileSyntax;
  readonly image: ImageFacts;
  readonly trace: Trace;
}

/** What the trace asks of the build context. */
type ContextReader = Required<Pick<TraceInput, 'readContext' | 'standsAt' | 'holds'>>;
type TraceContext = ContextReader & Pick<TraceInput, 'ignored'>;

/** What an image is read with beside its text. */
export interface ImageAround {
  readonly base: (ref: string) => Base;
  readonly buildArgs?: ReadonlyMap<string, string>;
}

/** Where a text is built and started. */
export interface BuiltPlace {
  /** The folder that it is built in; undefined: not known. */
  readonly folder: string | undefined;
  /** Is this path of the context left out? */
  readonly ignored: (path: string) => boolean;
  readonly starts: (image: ImageFacts) => readonly ServiceStart[];
}

/** A text with its syntax and image. */
export interface TextRead {
  readonly text: string;
  /** As it stands, also where it is too long to be followed. */
  readonly whole: DockerfileSyntax;
  /** Without instructions where it is too long. */
  readonly syntax: DockerfileSyntax;
  readonly image: ImageFacts;
}

interface KeptText extends TextRead {
  /** The bases that were asked for, and the build arguments that were given. */
  readonly bases: ReadonlyMap<string, Base>;
  readonly buildArgs: string;
  readonly traces: ReadTrace[];
}

interface ReadTrace {
  readonly trace: Trace;
  readonly starts: string;
  readonly asked: AskedContext;
}

/** No file that people write comes near; each fix of a longer one would take seconds. */
export const MOST_INSTRUCTIONS = 600;
/** The texts that a fix and its trial need: the one before, the one tried, and what a transform tried besides. */
const MOST_TEXTS = 4;
/** Two folders that it may be built in, and the one that it is, before and after an edit of its ignore file. */
const MOST_TRACES = 3;

/** The readings of one Dockerfile; kept as long as its memory is. */
export interface TextReadings {
  /** The text's syntax and image. `around`: the same as for every other call with the same build arguments. */
  read(text: string, around: ImageAround): TextRead;
  /** The trace of a text that was read. */
  trace(read: TextRead, place: BuiltPlace, snapshot: Snapshot): Trace;
  /**
   * A trace of a text that was read whose commands, copies and written files are those of a bare build in this folder, by what
   * the context holds; what it reads of the context may be another folder's.
   */
  traceForProject(read: TextRead, folder: string, snapshot: Snapshot): Pick<Trace, 'stages'>;
  /** The file has this text from now on: nothing else is kept of it. */
  settle(text: string): void;
}

/** TextReadings of the Dockerfile at `path`, of nothing yet. */
export function newTextReadings(path: string): TextReadings {
  let texts: KeptText[] = [];
  const tracesOf = ({ image }: TextRead): ReadTrace[] => texts.find((one) => one.image === image)?.traces ?? [];
  const trace: TextReadings['trace'] = (read, place, snapshot) => {
    const { text, syntax, image } = read;
    const traces = tracesOf(read);
    const services = place.starts(image);
    const written = startsWritten(services);
    const context = { ...contextReader(place.folder, snapshot), ignored: place.ignored };
    const known = traces.find((one) => one.starts === written && isAnsweredAlike(one.asked, context));
    const asked = known?.asked ?? newAskedContext();
    const input = { path, syntax, image, text, services, ...noting(context, asked) };
    if (known !== undefined) return readingFrom(known.trace, input);
    const found = traceOf(input);
    traces.push({ trace: found, starts: written, asked });
    if (traces.length > MOST_TRACES) traces.shift();
    return found;
  };
  return {
    read(text, { base, buildArgs = new Map() }) {
      const args = JSON.stringify([...buildArgs]);
      const same = texts.filter((one) => one.text === text);
      const known = same.find((one) => one.buildArgs === args && areStill(one.bases, base));
      if (known !== undefined) return known;
      const bases = new Map<string, Base>();
      const { whole, syntax } = same[0] ?? parsed(text);
      const noting = (ref: string): Base => {
        const found = base(ref);
        bases.set(ref, found);
        return found;
      };
      const image = imageFacts(syntax, { buildArgs, base: noting });
      const read: KeptText = { text, whole, syntax, image, bases, buildArgs: args, traces: [] };
      texts.push(read);
      if (texts.length > MOST_TEXTS) texts.shift();
      return read;
    },
    trace,
    settle(text) {
      texts = texts.filter((one) => one.text === text);
    },
    traceForProject(read, folder, snapshot) {
      const context = contextReader(folder, snapshot);
      const known = tracesOf(read).find(
        (one) => one.starts === '' && one.asked.isBare && isFollowedAlike(one.asked, context),
      );
      return known?.trace ?? trace(read, { folder, ignored: () => false, starts: () => [] }, snapshot);
    },
  };
}

function parsed(text: string): Pick<TextRead, 'whole' | 'syntax'> {
  const whole = parseDockerfile(text);
  return { whole, syntax: whole.instructions.length > MOST_INSTRUCTIONS ? { ...whole, instructions: [] } : whole };
}

const startsWritten = (starts: readonly ServiceStart[]): string =>
  starts.length === 0 ? '' : JSON.stringify(starts, (_, value) => (value instanceof Map ? [...value] : value));

function areStill(bases: ReadonlyMap<string, Base>, base: (ref: string) => Base): boolean {
  for (const [ref, known] of bases) if (base(ref) !== known) return false;
  return true;
}

/** What a trace asked of its context, and what it was answered. */
interface AskedContext {
  /** Was nothing left out? */
  isBare: boolean;
  readonly texts: Map<string, ReturnType<TraceContext['readContext']>>;
  readonly kinds: Map<string, 'file' | 'folder' | undefined>;
  readonly folders: Map<string, boolean>;
  readonly left: Map<string, boolean>;
}

const newAskedContext = (): AskedContext => ({
  isBare: true,
  texts: new Map(),
  kinds: new Map(),
  folders: new Map(),
  left: new Map(),
});

function noting(context: TraceContext, asked: AskedContext): TraceContext {
  const note = <T>(map: Map<string, T>, path: string, answer: T): T => {
    map.set(path, answer);
    return answer;
  };
  return {
    readContext: (path) => note(asked.texts, path, context.readContext(path)),
    standsAt: (path) => note(asked.kinds, path, context.standsAt(path)),
    holds: (path) => note(asked.folders, path, context.holds(path)),
    ignored(path) {
      const isOut = note(asked.left, path, context.ignored(path));
      if (isOut) asked.isBare = false;
      return isOut;
    },
  };
}

function isAnsweredAlike(asked: AskedContext, context: TraceContext): boolean {
  for (const [path, left] of asked.left) if (context.ignored(path) !== left) return false;
  for (const [path, answer] of asked.texts) {
    const now = context.readContext(path);
    if (now?.path !== answer?.path || now?.text !== answer?.text) return false;
  }
  for (const [path, kind] of asked.kinds) if (context.standsAt(path) !== kind) return false;
  for (const [path, holds] of asked.folders) if (context.holds(path) !== holds) return false;
  return true;
}

/** Files that installers read and nobody runs: whatever they say, the commands around them are the same. */
const ONLY_READ = /(\.(txt|toml|lock|cfg|in|ini)|(^|\/)Pipfile)$/;

function isFollowedAlike(asked: AskedContext, context: ContextReader): boolean {
  for (const [path, answer] of asked.texts)
    if (!ONLY_READ.test(path) && context.readContext(path)?.text !== answer?.text) return false;
  for (const [path, kind] of asked.kinds) if (context.standsAt(path) !== kind) return false;
  for (const [path, holds] of asked.folders) if (context.holds(path) !== holds) return false;
  return true;
}

/** What a build in this folder finds there; undefined: the folder is not known. */
export function contextReader(folder: string | undefined, snapshot: Snapshot): ContextReader {
  const fullOf = (path: string): string => [folder, path].filter(Boolean).join('/');
  return {
    readContext: (path) => {
      if (folder === undefined) return undefined;
      const full = folder === '' ? path : `${folder}/${path}`;
      const own = snapshot.read(full);
      return own === undefined ? undefined : { path: full, text: own };
    },
    standsAt: (path) => {
      if (folder === undefined) return undefined;
      const full = fullOf(path);
      return isFolder(full, snapshot) ? 'folder' : snapshot.paths.has(full) ? 'file' : undefined;
    },
    holds: (path) => folder === undefined || isFolder(fullOf(path), snapshot),
  };
}
