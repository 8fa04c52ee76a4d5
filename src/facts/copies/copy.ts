// One COPY or ADD, read once: what it names, from where, and where that lands. Nothing here knows what the repository holds.

import { expandWord } from '../../parse/dockerfile/expand.ts';
import type { DockerfileSyntax, Instruction } from '../../parse/dockerfile/syntax.ts';
import { matchesGlobName } from '../globs.ts';
import { type ImageState, lookupIn, type Stage } from '../image.ts';
import { absolute, isKnown, isWithin, unknown } from '../values.ts';

export interface CopySource {
  /** As written, JSON strings decoded. */
  readonly written: string;
  /** Expanded; symbolic. */
  readonly value: string;
  readonly kind: 'path' | 'pattern' | 'address' | 'unknown';
  /** Of a path or pattern: relative to the context (or to the root of a stage), clean; '' is the whole of it. */
  readonly path: string;
}

/** A COPY or ADD; its here-documents are those of the instruction. */
export interface Copy {
  readonly instruction: Instruction;
  /** Index of the stage. */
  readonly stage: number;
  /** A number: that stage; 'image': another image or a named context. */
  readonly from: 'context' | 'image' | number;
  readonly sources: readonly CopySource[];
  /** Absolute, without a slash at its end; symbolic. */
  readonly destination: string;
  readonly landing: Landing;
}

/** Where a file lies behind a copy: inside the destination, under the destination's own name, or that is not known. */
export type Landing = 'inside' | 'as named' | 'open';

export const isCopy = ({ keyword }: Pick<Instruction, 'keyword'>): boolean => keyword === 'COPY' || keyword === 'ADD';

/** What instructions are read against. */
export interface CopyReading {
  readonly syntax: Pick<DockerfileSyntax, 'escape'>;
  readonly stages: readonly Stage[];
}

/** Is it the address of something to be fetched, by HTTP or git? */
export const isAddress = (value: string): boolean => /^(https?|git|ssh|ftp):|^git@/.test(value);

/** Names of files that ADD may unpack: it then lays down what they hold. */
export const ARCHIVE = /\.(tar|tgz|gz|bz2|xz|tbz2?|txz|zst|tzst)(\.[a-z0-9]+)?$/i;

/** Does the word hold a wildcard? */
export const isPattern = (path: string): boolean => /[*?[\\]/.test(path);

export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const joinedPath = (...parts: readonly string[]): string => parts.filter((path) => path !== '').join('/');

const readCopy = new WeakMap<Stage, Map<number, Copy>>();

/** Reads instruction `n` of a stage, a COPY or ADD. */
export function copyOf(stage: Stage, n: number, reading: CopyReading): Copy {
  const known = readCopy.get(stage) ?? new Map<number, Copy>();
  readCopy.set(stage, known);
  const found = known.get(n) ?? readSource(stage, n, reading);
  known.set(n, found);
  return found;
}

function readSource(stage: Stage, n: number, { syntax, stages }: CopyReading): Copy {
  const instruction = stage.instructions[n]!;
  const state = stage.before[n]!;
  const lookup = lookupIn(state, stage.base);
  const expand = (word: string): string => {
    const { value, problem } = expandWord(word, lookup, syntax.escape);
    return problem === undefined ? value : unknown(word);
  };
  const words = instruction.words.filter(
    (word) => !instruction.heredocs.some((heredoc) => word.at >= heredoc.at && word.to <= heredoc.to),
  );
  const to = expand(words.at(-1)?.value ?? '');
  const destination = absolute(to, state.cwd);
  const from = instruction.flags.find((flag) => flag.name === 'from')?.value;
  return {
    instruction,
    stage: stage.index,
    from: from === undefined ? 'context' : (stageBefore(expand(from), stage, stages) ?? 'image'),
    sources: words.slice(0, -1).map(({ value }) => copySource(value, expand(value))),
    destination,
    landing: /(^|\/)\.?$/.test(to) || namesFolder(destination, state, stage) ? 'inside' : 'open',
  };
}

/** BuildKit cleans a source by its text, and what leads out of the context begins at its root again. */
export function copySource(written: string, value: string): CopySource {
  const kind = !isKnown(value) ? 'unknown' : isAddress(value) ? 'address' : isPattern(value) ? 'pattern' : 'path';
  const path = kind === 'path' || kind === 'pattern' ? absolute(value, '/').slice(1) : value;
  return { written, value, kind, path };
}

/** Index of the stage before this one that `--from` or `from=` names; undefined: it is an image or a named context. */
export function stageBefore(value: string, stage: Stage, stages: readonly Stage[]): number | undefined {
  const named = stages.findLast((one) => one.index < stage.index && one.name === value.toLowerCase());
  return named?.index ?? (/^\d+$/.test(value) && Number(value) < stage.index ? Number(value) : undefined);
}

/** Folders that images of every system have. */
const SYSTEM =
  /^\/(bin|boot|dev|etc|home|lib|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr(\/(bin|lib|local(\/(bin|etc|lib|share))?|sbin|share|src))?|var(\/(cache|lib|log|tmp))?)?$/;

/** Does a folder surely stand there: the working folder, one above it, or the system's own? */
const namesFolder = (path: string, { cwd }: ImageState, { base }: Stage): boolean =>
  isKnown(path) && (isWithin(cwd, path) || (base.ref !== 'scratch' && SYSTEM.test(path)));

/** What of `path` is below the folder, '' for the folder itself; undefined: it lies elsewhere. Both absolute. */
export function pathBelow(path: string, folder: string): string | undefined {
  if (!isWithin(path, folder)) return undefined;
  return path.slice(folder === '/' ? 1 : folder.length + 1);
}

/** Where a file called `name` may lie behind the copy. */
export function placesOfFile({ destination, landing }: Pick<Copy, 'destination' | 'landing'>, name: string): string[] {
  const inside = absolute(name, destination);
  return landing === 'inside' ? [inside] : landing === 'as named' ? [destination] : [destination, inside];
}

/** What of `path` is below what the source names, '' for that itself; undefined: the source does not take it in. */
export function restBehind({ kind, path: named }: CopySource, path: string): string | undefined {
  if (kind !== 'path' && kind !== 'pattern') return undefined;
  const names = named === '' ? [] : named.split('/');
  const parts = path.split('/');
  const fits = names.length <= parts.length && names.every((name, n) => matchesGlobName(name, parts[n]!));
  return fits ? parts.slice(names.length).join('/') : undefined;
}

/** With --parents the folders of a source are laid down too, those before `/./` not; undefined: the flag is not there. */
function parentsOf({ instruction }: Copy, { value }: CopySource): string | undefined {
  if (!instruction.flags.some((flag) => flag.name === 'parents')) return undefined;
  const pivot = value.indexOf('/./');
  return pivot < 0 ? '' : absolute(value.slice(0, pivot), '/').slice(1);
}

/** Absolute paths at which the copy lays the folder `path` of the context (or of the stage). */
export function placesOfFolder(copy: Copy, path: string): string[] {
  return copy.sources.flatMap((source) => {
    const rest = restBehind(source, path);
    if (rest === undefined) return [];
    const above = parentsOf(copy, source);
    return [absolute(above === undefined ? rest : path.slice(above === '' ? 0 : above.length + 1), copy.destination)];
  });
}

/** A path that a copy may lay down: the file that a source names, or what lies in the folder that it names. */
export interface Taken {
  readonly source: CopySource;
  /** Relative to the context, or to the root of the stage. */
  readonly path: string;
  readonly as: 'file' | 'content';
}

/** What the copy may lay at `imagePath`, the last source (which wins) first. */
export function takenAt(copy: Copy, imagePath: string): Taken[] {
  if (!isKnown(copy.destination)) return [];
  const below = pathBelow(imagePath, copy.destination);
  return [...copy.sources].reverse().flatMap((source): Taken[] => {
    const { path, kind } = source;
    if (kind !== 'path' && kind !== 'pattern') return [];
    const above = parentsOf(copy, source);
    if (above !== undefined) {
      const own = joinedPath(above, below ?? '');
      const rest = below === undefined ? undefined : restBehind(source, own);
      return rest === undefined ? [] : [{ source, path: own, as: rest === '' && path !== '' ? 'file' : 'content' }];
    }
    const name = lastPart(path);
    if (kind === 'pattern') {
      const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
      const fits = below !== undefined && below !== '' && !below.includes('/') && matchesGlobName(name, below);
      // a folder that fits is laid down by its content, and which folders do is not known here
      return fits && !isPattern(folder) ? [{ source, path: joinedPath(folder, below), as: 'file' }] : [];
    }
    const itself = path !== '' && placesOfFile(copy, name).includes(imagePath);
    return [
      ...(itself ? [{ source, path, as: 'file' as const }] : []),
      ...(below === undefined ? [] : [{ source, path: joinedPath(path, below), as: 'content' as const }]),
    ];
  });
}

/** The address that the copy fetches the file at `imagePath` from. */
export function fetchedAt(copy: Copy, imagePath: string): string | undefined {
  const found = copy.sources.findLast(
    ({ kind, value }) =>
      kind === 'address' && placesOfFile(copy, lastPart(value.replace(/[?#].*$/, ''))).includes(imagePath),
  );
  return found?.value;
}
