// COPY and ADD of the build context: what they take in, and what they name.
import type { Instruction } from '../parse/dockerfile/syntax.ts';
import type { DockerfileFacts } from './facts.ts';
import { matchesName } from './globs.ts';
import { cleanAbsolute, joinInside } from './place.ts';
import { absolute, isKnown } from './values.ts';

/** The part of a Dockerfile's facts that says what it copies. */
type Copying = Pick<DockerfileFacts, 'image' | 'trace'>;

export interface ContextCopy {
  readonly instruction: Instruction;
  /** Index of the stage. */
  readonly stage: number;
  /** Clean, relative to the context, '' for all of it; may hold wildcards. */
  readonly sources: readonly string[];
  /** Absolute, with a trailing slash where written so; symbolic. */
  readonly destination: string;
}

const copiesOf = new WeakMap<Copying, readonly ContextCopy[]>();

/** Every COPY and ADD of local files of the context, with the sources that are known. */
export function contextCopies(d: Copying): readonly ContextCopy[] {
  const known = copiesOf.get(d) ?? readCopies(d);
  copiesOf.set(d, known);
  return known;
}

function readCopies(d: Copying): ContextCopy[] {
  return d.image.stages.flatMap((stage) => {
    const copies = new Map(d.trace.stages[stage.index]!.files.copies.map((c) => [c.instruction, c]));
    return stage.instructions.flatMap((instruction) => {
      const copy = copies.get(instruction.index);
      if (copy === undefined || copy.from !== undefined) return [];
      const sources = copy.sources
        .filter((s) => isKnown(s) && !/^(https?|git|ssh):|^git@/.test(s))
        .flatMap((s) => joinInside('', s) ?? []);
      return [{ instruction, stage: stage.index, sources, destination: copy.destination }];
    });
  });
}

/** Does the copy take `path` (of the context) into the image, the ignore file aside? A `--exclude` that names it keeps it out. */
export function takesIn(copy: ContextCopy, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (copy.instruction.flags.some((f) => f.name === 'exclude' && f.value?.includes(name))) return false;
  return copy.sources.some((source) => covers(source, path));
}

function covers(source: string, path: string): boolean {
  if (source === '') return true;
  const pattern = source.split('/');
  const parts = path.split('/');
  return pattern.length <= parts.length && pattern.every((p, n) => matchesName(p, parts[n]!));
}

interface NamingSource {
  readonly instruction: Instruction;
  /** Clean, relative to the context. */
  readonly source: string;
}

const sourcesOf = new WeakMap<Copying, readonly NamingSource[]>();

/** Sources of COPY, ADD and `RUN --mount=type=bind` that name a folder called `name`, or name it by a wildcard (`.venv*`). */
export function namingSources(d: Copying, name: string): NamingSource[] {
  const isNamed = (part: string): boolean =>
    part === name || (/[*?[]/.test(part) && /\w/.test(part) && matchesName(part, name));
  return namedSources(d).filter(({ source }) => source !== '' && source.split('/').some(isNamed));
}

/** Sources of every COPY, ADD and `RUN --mount=type=bind` of the context. */
export function namedSources(d: Copying): readonly NamingSource[] {
  const known = sourcesOf.get(d) ?? allSources(d);
  sourcesOf.set(d, known);
  return known;
}

function allSources(d: Copying): NamingSource[] {
  const copies = contextCopies(d).flatMap(({ instruction, sources }) =>
    sources.map((source) => ({ instruction, source })),
  );
  return [...copies, ...contextBinds(d).filter(({ source }) => source !== '')];
}

export interface ContextBind extends NamingSource {
  /** Index of the stage. */
  readonly stage: number;
  /** Absolute; symbolic. */
  readonly target: string;
}

export interface FromElsewhere {
  readonly instruction: Instruction;
  /** Index of the stage. */
  readonly stage: number;
  /** The stage, image or named context, as written. */
  readonly from: string;
  /** As written. */
  readonly sources: readonly string[];
  /** Of a mount: absolute; symbolic. */
  readonly target?: string;
}

/** Every `COPY --from` and `RUN --mount=from=` (a cache too begins with what it names): from another stage, an image or a named context. */
export function fromElsewhere(d: Copying): FromElsewhere[] {
  const copies = d.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction) =>
      instruction.flags
        .filter(({ name }) => name === 'from')
        .map(({ value = '' }) => {
          const sources = instruction.words.slice(0, -1).map((w) => w.value);
          return { instruction, stage: stage.index, from: value, sources };
        }),
    ),
  );
  const mounts = mountsOf(d).flatMap(({ instruction, stage, from, source, target }) =>
    from === undefined ? [] : [{ instruction, stage, from, sources: [source], target }],
  );
  return [...copies, ...mounts];
}

/** Every `RUN --mount=type=bind` of the build context (bind is the default type). */
export function contextBinds(d: Copying): ContextBind[] {
  return mountsOf(d)
    .filter(({ from, type }) => from === undefined && /^(bind)?$/.test(type))
    .map(({ instruction, stage, source, target }) => ({
      instruction,
      stage,
      source: cleanAbsolute(`/${source}`)!.slice(1),
      target,
    }));
}

interface Mount {
  readonly instruction: Instruction;
  readonly stage: number;
  /** As written; '' where it is not. */
  readonly type: string;
  readonly source: string;
  readonly from: string | undefined;
  /** Absolute; symbolic. */
  readonly target: string;
}

/** Every `RUN --mount`. */
function mountsOf(d: Copying): Mount[] {
  return d.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction, n) =>
      instruction.flags
        .filter(({ name }) => name === 'mount')
        .map(({ value = '' }) => {
          const fields = new Map(value.split(',').map((f) => /^([^=]*)=?(.*)$/s.exec(f)!.slice(1) as [string, string]));
          const field = (...names: string[]): string => names.map((one) => fields.get(one)).find((v) => v) ?? '';
          return {
            instruction,
            stage: stage.index,
            type: field('type'),
            source: field('source', 'src'),
            from: fields.get('from'),
            target: absolute(field('target', 'dst', 'destination'), stage.before[n]!.cwd),
          };
        }),
    ),
  );
}

/** The path of the context that the copy lays at an absolute path of the image, or undefined. */
export function contextPathOf(copy: ContextCopy, imagePath: string): string | undefined {
  const folder = copy.destination.replace(/\/+$/, '');
  if (!imagePath.startsWith(`${folder}/`) || copy.sources.length !== 1) return undefined;
  const rest = imagePath.slice(folder.length + 1);
  const source = copy.sources[0]!;
  // with --parents the folders of the source are laid down too
  if (source === '' || copy.instruction.flags.some((f) => f.name === 'parents')) return rest;
  // what a wildcard matches is laid down itself if it is a file, and by its content if it is a folder
  return /[*?[]/.test(source) ? undefined : `${source}/${rest}`;
}
