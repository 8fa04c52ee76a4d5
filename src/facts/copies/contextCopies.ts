// COPY and ADD of the build context: what they take in, and what they name.

import type { Instruction } from '../../parse/dockerfile/syntax.ts';
import { ignores, parseIgnore } from '../../parse/ignoreFile/ignoreFile.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { matchesGlobName } from '../globs.ts';
import { cleanAbsolute } from '../repositoryPlace.ts';
import { type Copy, copyOf, isCopy, isPattern, restBehind, takenAt } from './copy.ts';
import { runMounts } from './stepMounts.ts';

/** The part of a Dockerfile's facts that says what it copies. */
type Copying = Pick<DockerfileFacts, 'image' | 'syntax'>;

const copiesOf = new WeakMap<Copying, readonly Copy[]>();

/** Every COPY and ADD of the build context, in order. */
export function contextCopies(dockerfile: Copying): readonly Copy[] {
  const known = copiesOf.get(dockerfile) ?? readCopies(dockerfile);
  copiesOf.set(dockerfile, known);
  return known;
}

const readCopies = ({ image: { stages }, syntax }: Copying): Copy[] =>
  stages.flatMap((stage) =>
    stage.instructions.flatMap((i, n) => {
      const copy = isCopy(i) ? copyOf(stage, n, { syntax, stages }) : undefined;
      return copy?.from === 'context' ? [copy] : [];
    }),
  );

/** Does the copy take `path` (of the context) into the image, the ignore file aside? */
export function takesIn(copy: Copy, path: string): boolean {
  const excluded = copy.instruction.flags.flatMap(({ name, value }) => (name === 'exclude' && value ? [value] : []));
  const isOut = excluded.length === 0 ? () => false : ignores(parseIgnore(excluded.join('\n')));
  return copy.sources.some((source) => {
    const rest = restBehind(source, path);
    // what the source itself names is taken whatever is excluded
    return rest !== undefined && (rest === '' || !isOut(rest));
  });
}

interface NamingSource {
  readonly instruction: Instruction;
  /** Clean, relative to the context. */
  readonly source: string;
}

const sourcesOf = new WeakMap<Copying, readonly NamingSource[]>();

/** Sources of COPY, ADD and `RUN --mount=type=bind` that name a folder called `name`, or name it by a wildcard (`.venv*`). */
export function namingSources(dockerfile: Copying, name: string): NamingSource[] {
  const isNamed = (part: string): boolean =>
    part === name || (isPattern(part) && /\w/.test(part) && matchesGlobName(part, name));
  return namedSources(dockerfile).filter(({ source }) => source !== '' && source.split('/').some(isNamed));
}

/** Sources of every COPY, ADD and `RUN --mount=type=bind` of the context. */
export function namedSources(dockerfile: Copying): readonly NamingSource[] {
  const known = sourcesOf.get(dockerfile) ?? allSources(dockerfile);
  sourcesOf.set(dockerfile, known);
  return known;
}

function allSources(dockerfile: Copying): NamingSource[] {
  const copies = contextCopies(dockerfile).flatMap(({ instruction, sources }) =>
    sources.flatMap(({ kind, path }) => (kind === 'path' || kind === 'pattern' ? [{ instruction, source: path }] : [])),
  );
  return [...copies, ...contextBinds(dockerfile).filter(({ source }) => source !== '')];
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
export function fromElsewhere(dockerfile: Copying): readonly FromElsewhere[] {
  const known = elsewhereOf.get(dockerfile) ?? allFromElsewhere(dockerfile);
  elsewhereOf.set(dockerfile, known);
  return known;
}

const elsewhereOf = new WeakMap<Copying, readonly FromElsewhere[]>();

function allFromElsewhere(dockerfile: Copying): FromElsewhere[] {
  const copies = dockerfile.image.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction) =>
      instruction.flags
        .filter(({ name }) => name === 'from')
        .map(({ value = '' }) => {
          const sources = instruction.words.slice(0, -1).map((word) => word.value);
          return { instruction, stage: stage.index, from: value, sources };
        }),
    ),
  );
  const mounts = mountsOf(dockerfile).flatMap(({ instruction, stage, from, source, target }) =>
    from === undefined ? [] : [{ instruction, stage, from, sources: [source], target }],
  );
  return [...copies, ...mounts];
}

/** Every `RUN --mount=type=bind` of the build context (bind is the default type). */
export function contextBinds(dockerfile: Copying): ContextBind[] {
  return mountsOf(dockerfile)
    .filter(({ from, type }) => from === undefined && type === 'bind')
    .map(({ instruction, stage, source, target }) => ({
      instruction,
      stage,
      source: cleanAbsolute(`/${source}`)!.slice(1),
      target,
    }));
}

interface ContextMount {
  readonly instruction: Instruction;
  readonly stage: number;
  readonly type: string;
  /** '' where it is not given; symbolic. */
  readonly source: string;
  readonly from: string | undefined;
  /** Absolute; symbolic. */
  readonly target: string;
}

/** Every `RUN --mount`. */
function mountsOf({ image, syntax }: Copying): ContextMount[] {
  return image.stages.flatMap((stage) =>
    stage.instructions.flatMap((instruction, n) =>
      runMounts(instruction, stage.before[n]!, stage, syntax.escape).map(({ type, given, target }) => ({
        instruction,
        stage: stage.index,
        type,
        source: given.get('source') ?? '',
        from: given.get('from'),
        target: target ?? stage.before[n]!.cwd,
      })),
    ),
  );
}

/** The path of the context that the copy of one folder lays at an absolute path of the image, or undefined. */
export function contextPathOf(copy: Copy, imagePath: string): string | undefined {
  if (copy.sources.length !== 1) return undefined;
  return takenAt(copy, imagePath).find(({ as, source }) => as === 'content' && source.kind === 'path')?.path;
}
