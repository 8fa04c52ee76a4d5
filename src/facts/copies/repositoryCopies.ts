// Where the files of a COPY or ADD of the build context land in the image, and which file of the repository stands at an image path.
import type { Snapshot } from '../../model.ts';
import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import type { BuildContext } from '../buildContext.ts';
import { filesBelow, isFolder } from '../folders.ts';
import { canMatch, matchesGlobName } from '../globs.ts';
import type { Stage } from '../image.ts';
import { isKnown, isWithin } from '../values.ts';
import { ARCHIVE, type CopyReading, copyOf, lastPart, pathBelow, placesOfFile } from './copy.ts';

/** A file or folder of the repository that a copy takes. */
export interface TakenSource {
  /** As written, JSON strings decoded. */
  readonly written: string;
  /** Relative to the context, clean; '' is the whole of it. */
  readonly path: string;
  readonly kind: 'folder' | 'file';
}

/** A COPY or ADD of which everything is known. */
export interface ContextCopy {
  readonly instruction: Instruction;
  readonly sources: readonly TakenSource[];
  /** Absolute folder (or, with `asFile`, file) of the image, without a trailing slash; '/' is the root. */
  readonly destination: string;
  /** As written, JSON decoded. */
  readonly writtenDestination: string;
  readonly asFile: boolean;
  /** A source is a pattern: the context may hold more that fits than the repository has. */
  readonly isPattern: boolean;
}

/** A COPY or ADD of something else: another stage, an image, an address, or words that are not followed. */
export interface OtherCopy {
  readonly instruction: Instruction;
  /** Absolute, symbolic where it is not known. */
  readonly destination: string;
}

export type AnyCopy = ContextCopy | OtherCopy;

export const isContextCopy = (copy: AnyCopy): copy is ContextCopy => 'sources' in copy;

/** What a copy is read against. */
export interface CopyPlace extends CopyReading {
  readonly context: BuildContext;
  readonly snapshot: Snapshot;
}

/** The repository's path of a path of the context. */
export const inRepository = (context: BuildContext, path: string): string =>
  context.folder === '' || context.folder === undefined
    ? path
    : path === ''
      ? context.folder
      : `${context.folder}/${path}`;

export const isRepositoryFile = (snapshot: Snapshot, path: string): boolean =>
  ['file', 'executable'].includes(snapshot.paths.get(path) ?? '');

const KEPT_FLAGS: ReadonlySet<string> = new Set(['chown', 'chmod', 'link']);

/** Reads instruction `n` of a stage, a COPY or ADD, against what the repository has. */
export function readCopy(stage: Stage, n: number, place: CopyPlace): AnyCopy {
  const { instruction, sources: named, destination, landing } = copyOf(stage, n, place);
  const other: OtherCopy = { instruction, destination };
  if (!instruction.flags.every((flag) => KEPT_FLAGS.has(flag.name)) || instruction.heredocs.length > 0) return other;
  if (!isKnown(destination)) return other;
  const sources: TakenSource[] = [];
  let isPattern = false;
  for (const { written, kind, path } of named) {
    if (kind === 'pattern') {
      if (!path.split('/').every(canMatch) || landing === 'open') return other;
      isPattern = true;
      sources.push(...matchingFiles(path, place).map((source) => ({ ...source, written })));
      continue;
    }
    const full = inRepository(place.context, path);
    if (kind !== 'path') return other;
    if (path === '' || isFolder(full, place.snapshot)) sources.push({ written, path, kind: 'folder' });
    else if (instruction.keyword === 'ADD' && ARCHIVE.test(path)) return other;
    else if (isRepositoryFile(place.snapshot, full)) sources.push({ written, path, kind: 'file' });
    else return other;
  }
  if (sources.length === 0) return other;
  const single = sources.length === 1 && sources[0]!.kind === 'file';
  const writtenDestination = instruction.words.at(-1)!.value;
  return { instruction, sources, destination, writtenDestination, asFile: single && landing === 'open', isPattern };
}

/** What of the repository fits a pattern, as far as the ignore file leaves it in. */
function matchingFiles(pattern: string, { context, snapshot }: CopyPlace): Omit<TakenSource, 'written'>[] {
  const parts = pattern.split('/');
  const root = inRepository(context, '');
  const lead = root === '' ? '' : `${root}/`;
  const found = new Map<string, 'file' | 'folder'>();
  for (const full of filesBelow(root, snapshot)) {
    const names = full.slice(lead.length).split('/');
    if (names.length < parts.length || !parts.every((part, n) => matchesGlobName(part, names[n]!))) continue;
    const path = names.slice(0, parts.length).join('/');
    if (!context.ignored(path)) found.set(path, names.length > parts.length ? 'folder' : 'file');
  }
  return [...found].map(([path, kind]) => ({ path, kind }));
}

const copyFlags = ({ instruction }: ContextCopy): string =>
  [instruction.keyword, ...instruction.flags.map((flag) => `${flag.name}=${flag.value}`).sort()].join(' ');

/** Have both copies the same keyword and flags? */
export const areAlike = (one: ContextCopy, other: ContextCopy): boolean => copyFlags(one) === copyFlags(other);

/** Does a copy lay all that another one brings at the same places, alike? */
export function covers(by: ContextCopy, one: ContextCopy, place: CopyPlace): boolean {
  if (!areAlike(by, one) || by.isPattern) return false;
  return one.sources.every((source) => {
    if (source.kind === 'folder')
      return contextPathsAt(by, one.destination).some(
        (taken, n) => n === 0 && taken.source.kind === 'folder' && taken.path === source.path,
      );
    const [winner] = contextPathsAt(by, placeOf(one, source)).filter((taken) =>
      isRepositoryFile(place.snapshot, inRepository(place.context, taken.path)),
    );
    return winner?.path === source.path;
  });
}

const placeOf = ({ asFile, destination }: ContextCopy, { path }: TakenSource): string =>
  placesOfFile({ destination, landing: asFile ? 'as named' : 'inside' }, lastPart(path))[0]!;

/** The paths of the context that the copy would lay at `imagePath`, the last source (which wins) first. */
export function contextPathsAt(copy: ContextCopy, imagePath: string): { source: TakenSource; path: string }[] {
  const rest = pathBelow(imagePath, copy.destination);
  return [...copy.sources].reverse().flatMap((source) => {
    if (source.kind === 'file') return placeOf(copy, source) === imagePath ? [{ source, path: source.path }] : [];
    return rest === undefined ? [] : [{ source, path: [source.path, rest].filter(Boolean).join('/') }];
  });
}

export interface Provided {
  readonly copy: ContextCopy;
  readonly source: TakenSource;
  /** Relative to the context. */
  readonly path: string;
}

/**
 * What stands at `imagePath` after the copies (in order): the last one that brings a file there. Undefined: no copy brings it, or a
 * copy from somewhere else may have put it there.
 */
export function providedAt(imagePath: string, copies: readonly AnyCopy[], place: CopyPlace): Provided | undefined {
  for (const copy of [...copies].reverse()) {
    if (!isContextCopy(copy)) {
      if (!isKnown(copy.destination) || isWithin(imagePath, copy.destination)) return undefined;
      continue;
    }
    for (const { source, path } of contextPathsAt(copy, imagePath)) {
      const full = inRepository(place.context, path);
      const stands = isRepositoryFile(place.snapshot, full) || isFolder(full, place.snapshot);
      if (stands && !place.context.ignored(path)) return { copy, source, path };
    }
  }
  return undefined;
}

/** Does the copy bring a file that is not among `paths` of the context (nor below one of them)? */
export function bringsMore(
  copy: ContextCopy,
  paths: { readonly has: (path: string) => boolean },
  { context, snapshot }: CopyPlace,
): boolean {
  if (copy.sources.some((source) => source.kind === 'file' && !paths.has(source.path))) return true;
  const own = context.folder === '' || context.folder === undefined ? 0 : context.folder.length + 1;
  return copy.sources.some((source) => {
    const folder = inRepository(context, source.path);
    return filesBelow(folder, snapshot).some((full) => {
      const path = full.slice(own);
      return !paths.has(path) && !context.ignored(path);
    });
  });
}

/** Names of files that say what to install, set something or describe the project: no code. */
const NO_CODE =
  /(^|\/)(requirements[^/]*|constraints[^/]*|[^/]*\.(txt|in|toml|lock|cfg|ini|conf|whl|md|rst)|[^/]*[._-]conf\.py|(gunicorn|uvicorn|hypercorn|uwsgi)[^/]*|\.env[^/]*|Pipfile|pip\.ini|[^/]*\.(pem|crt)|environment[^/]*\.ya?ml|conda[^/]*\.ya?ml|\.python-version|LICEN[CS]E[^/]*|\.(git|docker)ignore|\.git(attributes|keep)|[^/]*dockerfile[^/]*|(docker-)?compose[^/]*\.ya?ml|setup\.py|makefile)$/i;

/** Does the copy bring folders with files that change when the code does, or such files side by side with others? */
export function takesCode(copy: ContextCopy, { context, snapshot }: CopyPlace): boolean {
  const files = copy.sources.filter((source) => source.kind === 'file');
  // A single file, or a few of the code, are copied where they are wanted.
  if (files.some((source) => NO_CODE.test(source.path)) && files.some((source) => !NO_CODE.test(source.path)))
    return true;
  for (const source of copy.sources) {
    if (/(^|\/)(requirements?|deps|dependencies|wheels|constraints)$/i.test(source.path)) continue;
    const folder = inRepository(context, source.path);
    const own = context.folder === '' || context.folder === undefined ? 0 : context.folder.length + 1;
    for (const path of filesBelow(folder, snapshot)) {
      const kind = snapshot.paths.get(path);
      if ((kind !== 'file' && kind !== 'executable') || NO_CODE.test(path)) continue;
      if (!context.ignored(path.slice(own))) return true;
    }
  }
  return false;
}

/** May what the copy brings change with the code, be it a single file of it? */
export const changesWithCode = (copy: ContextCopy, place: CopyPlace): boolean =>
  takesCode(copy, place) || copy.sources.some((source) => source.kind === 'file' && !NO_CODE.test(source.path));
