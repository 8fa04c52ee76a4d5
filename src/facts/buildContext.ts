// Which build context and which ignore file a Dockerfile belongs to (product.md, "Which Dockerfile belongs to what").
import type { Snapshot } from '../model.ts';
import type { DockerfileSyntax } from '../parse/dockerfile/syntax.ts';
import { type IgnoreFile, parseIgnore, walkIgnores } from '../parse/ignoreFile/ignoreFile.ts';
import { namingsOf } from './builds/namedContexts.ts';
import type { ServiceFacts } from './compose/serviceFacts.ts';
import { type CopySource, copySource, isCopy } from './copies/copy.ts';
import { existsAt } from './folders.ts';
import { folderAbove, joinInRepository } from './repositoryPlace.ts';

export interface BuildContext {
  /** Repository-relative folder, '' for the root; undefined where it is unknown. */
  readonly folder: string | undefined;
  /** Why it is what it is, or why it is unknown. */
  readonly reason: string;
  /** The ignore file that counts, whether or not it stands; undefined where the context is unknown. */
  readonly ignorePath: string | undefined;
  readonly ignoreFile: IgnoreFile | undefined;
  /** Is this path (relative to the context) left out? Nothing is where there is no file. */
  readonly ignored: (path: string) => boolean;
  /** Where the folder is unknown: all that it may be; absent where nobody can say. */
  readonly possible?: readonly string[];
}

/** A Dockerfile in its repository. */
interface BuiltDockerfile {
  readonly path: string;
  readonly syntax: DockerfileSyntax;
  /** Those whose build names it. */
  readonly services: readonly ServiceFacts[];
  readonly snapshot: Snapshot;
  /** Contexts that the configuration names, by Dockerfile. */
  readonly configured: Readonly<Record<string, string>>;
}

/** The context of one Dockerfile. */
export function buildContextOf(built: BuiltDockerfile): BuildContext {
  const { path, snapshot } = built;
  const { folder, reason, possible } = folderOfContext(built);
  if (folder === undefined) {
    const unknown = { folder, reason, ignorePath: undefined, ignoreFile: undefined, ignored: () => false };
    return possible === undefined ? unknown : { ...unknown, possible };
  }
  const own = `${path}.dockerignore`;
  const ignorePath = snapshot.paths.has(own) ? own : folder === '' ? '.dockerignore' : `${folder}/.dockerignore`;
  const kind = snapshot.paths.get(ignorePath);
  if (kind === 'symlink' || kind === 'submodule' || kind === 'other') {
    const message = kind === 'symlink' ? 'it is a symbolic link' : 'it is no file';
    const ignoreFile: IgnoreFile = { patterns: [], problems: [{ offset: 0, message }] };
    return { folder, reason, ignorePath, ignoreFile, ignored: () => false };
  }
  const text = snapshot.read(ignorePath);
  if (text === undefined) return { folder, reason, ignorePath, ignoreFile: undefined, ignored: () => false };
  const ignoreFile = parseIgnore(text);
  return {
    folder,
    reason,
    ignorePath,
    ignoreFile,
    ignored: ignoreFile.problems.length > 0 ? () => false : walkIgnores(ignoreFile),
  };
}

interface FoundFolder {
  readonly folder: string | undefined;
  readonly reason: string;
  readonly possible?: readonly string[];
}

function folderOfContext({ path, syntax, services, snapshot, configured }: BuiltDockerfile): FoundFolder {
  const set = configured[path];
  if (set !== undefined) {
    const folder = joinInRepository('', set);
    return folder === undefined
      ? { folder, reason: `the configured context ${set} leaves the repository`, possible: [] }
      : { folder, reason: 'named by the configuration' };
  }
  const own = folderAbove(path);
  if (services.length > 0) {
    const places = services.map((service) => service.build!.context);
    const inside = new Set(places.map((place) => (place.kind === 'inside' ? place.path : `\0${place.kind}`)));
    const [only] = inside;
    if (inside.size === 1 && only !== undefined && !only.startsWith('\0'))
      return { folder: only, reason: `named by ${services[0]!.files[0]}` };
    return {
      folder: undefined,
      reason: 'compose files name several build contexts for it, or one that is not in the repository',
      ...(places.some((place) => place.kind === 'unknown')
        ? {}
        : { possible: places.flatMap((place) => (place.kind === 'inside' ? [place.path] : [])) }),
    };
  }
  if (own === '') return { folder: '', reason: 'the Dockerfile is at the root' };
  const sources = contextSources(syntax);
  const here = sources.every((source) => existsIn(own, source, snapshot));
  const root = sources.every((source) => existsIn('', source, snapshot));
  const namings = namingsOf(path, snapshot);
  const unclear = namings.find(({ contexts }) => contexts === undefined);
  if (unclear !== undefined)
    return { folder: undefined, reason: `${unclear.path} may build this Dockerfile, in a context that is not known` };
  const [named, ...others] = new Set(namings.flatMap(({ contexts }) => contexts ?? []));
  if (others.length > 0)
    return {
      folder: undefined,
      reason: `${namings.map((n) => n.path).join(' and ')} build it in several contexts`,
      possible: [named!, ...others],
    };
  if (named !== undefined) return namedContext(named, namings[0]!.path, sources, snapshot);
  if (here && !root) return { folder: own, reason: 'all that it copies stands beside it' };
  if (root && !here) return { folder: '', reason: 'all that it copies stands at the root' };
  return {
    folder: undefined,
    reason: here
      ? 'what it copies exists both beside it and at the root'
      : 'what it copies is found neither beside it nor at the root',
    ...(here ? { possible: [own, ''] } : {}),
  };
}

/** A context that a workflow or script names holds if what the Dockerfile copies stands there. */
function namedContext(folder: string, by: string, sources: readonly CopySource[], snapshot: Snapshot): FoundFolder {
  const missing = sources.find((source) => !existsIn(folder, source, snapshot));
  if (missing === undefined) return { folder, reason: `named by ${by}` };
  const reason = `${by} builds it in ${folder === '' ? 'the root' : folder}, where ${missing.written} does not stand`;
  return { folder: undefined, reason };
}

/** Sources of COPY and ADD from the context; those with a variable are left out. */
function contextSources(syntax: DockerfileSyntax): CopySource[] {
  return syntax.instructions
    .filter((i) => isCopy(i) && !i.flags.some((flag) => flag.name === 'from'))
    .flatMap((i) =>
      i.words
        .slice(0, -1)
        .filter((word) => !i.heredocs.some((heredoc) => word.at >= heredoc.at && word.to <= heredoc.to)),
    )
    .filter((word) => !word.value.includes('$'))
    .map((word) => copySource(word.value, word.value))
    .filter((source) => source.kind !== 'address');
}

const existsIn = (folder: string, { kind, path }: CopySource, snapshot: Snapshot): boolean =>
  kind === 'pattern' || path === '' || existsAt([folder, path].filter(Boolean).join('/'), snapshot);
