// The text of a file of the image: as a step wrote it, or as a copy or a mount brought it.

import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { type Copy, fetchedAt, placesOfFile, type Taken, takenAt } from '../copies/copy.ts';
import { runMounts } from '../copies/stepMounts.ts';
import type { ImageState, Stage } from '../image.ts';
import type { FileText } from '../installers/callState.ts';
import { isKnown, unknown } from '../values.ts';
import type { Files } from './imageFiles.ts';
import type { Tracer } from './tracer.ts';
import type { Whole } from './whole.ts';
import { write, writtenAt } from './written.ts';

interface RepositoryFile {
  readonly path: string;
  readonly text: string;
}

/** A file of the repository, the text that a step wrote, or why it is not known. */
type BroughtText = FileText | RepositoryFile;

/** What stands at `path`; undefined: nothing that is known to have been put there. */
export function imageFile(path: string, files: Files, whole: Whole): BroughtText | undefined {
  const own = writtenAt(path, files.written);
  return copiedTo(path, files, whole, { since: own?.copies ?? 0, inStage: imageFile }) ?? own;
}

/** The repository file that stands at a path of the image, by the copies that were made. */
export function readImage(path: string, files: Files, whole: Whole): RepositoryFile | undefined {
  const found = copiedTo(path, files, whole, { since: 0, inStage: readImage });
  return found !== undefined && 'path' in found ? found : undefined;
}

interface Look {
  /** How many copies are passed over. */
  readonly since: number;
  /** The same in the files of another stage. */
  readonly inStage: (path: string, files: Files, whole: Whole) => BroughtText | undefined;
}

function copiedTo(path: string, files: Files, whole: Whole, { since, inStage }: Look): BroughtText | undefined {
  for (let n = files.copies.length - 1; n >= since; n--) {
    const copy = files.copies[n]!;
    const found =
      copy.from === 'context'
        ? ofContext(copy, path, whole)
        : copy.from === 'image'
          ? ofImage(copy, path)
          : ofStage(copy, path, (at) => inStage(at, whole.stages[copy.from as number]!.files, whole));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A folder itself is no file. */
const asFiles = (copy: Copy, path: string): Taken[] =>
  takenAt(copy, path).filter((one) => one.as === 'file' || one.path !== one.source.path);

function ofStage(copy: Copy, path: string, read: (path: string) => BroughtText | undefined): BroughtText | undefined {
  for (const one of asFiles(copy, path)) {
    const found = read(`/${one.path}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const ofImage = (copy: Copy, path: string): BroughtText | undefined =>
  isNamedSource(copy, path) ? { why: `${path} comes from another image` } : undefined;

/** Does a source name the very file? */
const isNamedSource = (copy: Copy, path: string): boolean =>
  takenAt(copy, path).some(({ as, source }) => as === 'file' && source.kind === 'path');

function ofContext(copy: Copy, path: string, { input }: Whole): BroughtText | undefined {
  const url = fetchedAt(copy, path);
  if (url !== undefined) return { why: `${path} is fetched from ${url}`, url };
  for (const one of asFiles(copy, path)) {
    const found = one.path === '' || input.ignored(one.path) ? undefined : input.readContext(one.path);
    if (found !== undefined) return found;
  }
  // named, but not to be read: git may not know it, or the context is not known
  const named = takenAt(copy, path).find(
    ({ as, source }) => as === 'file' && source.kind === 'path' && input.standsAt?.(source.path) !== 'folder',
  );
  return named === undefined ? undefined : { why: `${named.path} of the build context cannot be read` };
}

/** Single files that the mounts of a RUN bring: secrets, and binds of a file. */
export function mountedFiles(
  i: Instruction,
  state: ImageState,
  stage: Stage,
  whole: Whole,
): ReadonlyMap<string, FileText> {
  const found = new Map<string, FileText>();
  for (const { type, given, target } of runMounts(i, state, stage, whole.input.syntax.escape)) {
    const id = given.get('id') ?? given.get('source') ?? 'default';
    const path = target ?? (type === 'secret' ? `/run/secrets/${id}` : undefined);
    if (path === undefined || (type !== 'secret' && type !== 'bind')) continue;
    const source = (given.get('source') ?? '').replace(/^(\.?\/)+/, '');
    const text =
      type === 'bind' && !given.has('from') && isKnown(source) && !whole.input.ignored(source)
        ? whole.input.readContext(source)?.text
        : undefined;
    if (text !== undefined) found.set(path, { text });
    else if (type === 'secret') found.set(path, { why: `${path} is a secret of the build` });
    else if (/\.(conf|ini|cfg|toml|condarc)$/.test(path)) found.set(path, { why: `${path} is mounted for that step` });
  }
  return found;
}

/** Writes down the here-documents of a COPY or ADD. */
export function writeDocuments(copy: Copy, state: ImageState, tracer: Tracer, whole: Whole): void {
  for (const heredoc of copy.instruction.heredocs) {
    const [path = ''] = placesOfFile(copy, heredoc.name);
    const body = whole.input.text.slice(heredoc.body.start, heredoc.body.end);
    const own = heredoc.chomp ? body.replace(/^\t+/gm, '') : body;
    const text = heredoc.expand
      ? own.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (all, name: string) => state.buildEnv.get(name) ?? unknown(all))
      : own;
    write(path, { text }, tracer);
  }
}
