// COPY and ADD of the build context: what they take in, and what they name.
import type { Instruction } from '../../parse/dockerfile.ts';
import type { DockerfileFacts } from '../facts.ts';
import { matchesName } from '../globs.ts';
import { joinInside } from '../place.ts';
import { isKnown } from '../values.ts';

export interface ContextCopy {
  readonly instruction: Instruction;
  /** Index of the stage. */
  readonly stage: number;
  /** Clean, relative to the context, '' for all of it; may hold wildcards. */
  readonly sources: readonly string[];
  /** Absolute, with a trailing slash where written so; symbolic. */
  readonly destination: string;
}

const copiesOf = new WeakMap<DockerfileFacts, readonly ContextCopy[]>();

/** Every COPY and ADD of local files of the context, with the sources that are known. */
export function contextCopies(d: DockerfileFacts): readonly ContextCopy[] {
  const known = copiesOf.get(d) ?? readCopies(d);
  copiesOf.set(d, known);
  return known;
}

function readCopies(d: DockerfileFacts): ContextCopy[] {
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

const sourcesOf = new WeakMap<DockerfileFacts, readonly NamingSource[]>();

/** Sources of COPY, ADD and `RUN --mount=type=bind` that name a folder called `name`, or name it by a wildcard (`.venv*`). */
export function namingSources(d: DockerfileFacts, name: string): NamingSource[] {
  const isNamed = (part: string): boolean =>
    part === name || (/[*?[]/.test(part) && /\w/.test(part) && matchesName(part, name));
  return namedSources(d).filter(({ source }) => source !== '' && source.split('/').some(isNamed));
}

/** Sources of every COPY, ADD and `RUN --mount=type=bind` of the context. */
export function namedSources(d: DockerfileFacts): readonly NamingSource[] {
  const known = sourcesOf.get(d) ?? allSources(d);
  sourcesOf.set(d, known);
  return known;
}

function allSources(d: DockerfileFacts): NamingSource[] {
  const copies = contextCopies(d).flatMap(({ instruction, sources }) =>
    sources.map((source) => ({ instruction, source })),
  );
  const mounts = d.syntax.instructions.flatMap((instruction) =>
    instruction.flags.flatMap(({ name: flag, value = '' }) => {
      if (
        instruction.keyword !== 'RUN' ||
        flag !== 'mount' ||
        /(^|,)from=/.test(value) ||
        // bind is the default type
        !/(^|,)type=bind(,|$)|^(?!.*(^|,)type=)/.test(value)
      )
        return [];
      const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(value)?.[1];
      return source === undefined ? [] : [{ instruction, source: source.replace(/^(\.?\/)+/, '') }];
    }),
  );
  return [...copies, ...mounts];
}

/** The path of the context that the copy lays at an absolute path of the image, or undefined. */
export function contextPathOf(copy: ContextCopy, imagePath: string): string | undefined {
  const folder = copy.destination.replace(/\/+$/, '');
  if (!isKnown(folder) || !imagePath.startsWith(`${folder}/`)) return undefined;
  if (copy.instruction.flags.some((f) => f.name === 'parents')) return undefined;
  const rest = imagePath.slice(folder.length + 1);
  const [source] = copy.sources;
  if (copy.sources.length !== 1 || source === undefined) return undefined;
  if (source === '') return rest;
  if (!/[*?[]/.test(source)) return `${source}/${rest}`;
  const lead = source.includes('/') ? source.slice(0, source.lastIndexOf('/') + 1) : '';
  return covers(source, lead + rest.split('/')[0]!) && !/[*?[]/.test(lead) ? lead + rest : undefined;
}
