// Which build context and which ignore file a Dockerfile belongs to (product.md, "Which Dockerfile belongs to what").
import type { Snapshot } from '../model.ts';
import type { DockerfileSyntax } from '../parse/dockerfile/syntax.ts';
import { type IgnoreFile, parseIgnore, walkIgnores } from '../parse/ignoreFile/ignoreFile.ts';
import { type Naming, namingPages, namingsOf, plainNamings } from './builds/namedContexts.ts';
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
  /** Do its installers find their project, if it is built in this folder? */
  readonly holdsProject: (folder: string) => boolean;
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

function folderOfContext(built: BuiltDockerfile): FoundFolder {
  const { path, services, snapshot, configured } = built;
  const set = configured[path];
  if (set !== undefined) {
    const folder = joinInRepository('', set);
    return folder === undefined
      ? { folder, reason: `the configured context ${set} leaves the repository`, possible: [] }
      : { folder, reason: 'named by the configuration' };
  }
  const readings = readingsOf(built);
  if (services.length > 0) return folderOfServices(built, readings);
  const own = folderAbove(path);
  if (own === '') {
    const [named, ...others] = readings.standsIn('') ? [] : readings.fitting(allContexts(plainNamings(path, snapshot)));
    return named !== undefined && others.length === 0
      ? { folder: named, reason: `what it copies does not stand at the root, but in ${named}, where it is built` }
      : { folder: '', reason: 'the Dockerfile is at the root' };
  }
  const namings = namingsOf(path, snapshot);
  const unclear = namings.find(({ contexts }) => contexts === undefined);
  if (unclear !== undefined)
    return { folder: undefined, reason: `${unclear.path} may build this Dockerfile, in a context that is not known` };
  const pages = namingPages(path, snapshot);
  return (
    folderOfNamings(namings, pages, readings) ?? folderOfNamings(pages, [], readings) ?? guessedFolder(own, readings)
  );
}

/** Which folders a Dockerfile may be built in, by what it takes from its context. */
interface Readings {
  /** Does all that it copies stand in this folder? */
  readonly standsIn: (folder: string) => boolean;
  /** Those of the folders of which nothing says that it is not built there. */
  readonly fitting: (folders: readonly string[]) => readonly string[];
  /** The first source that is not there. */
  readonly missing: (folder: string) => CopySource | undefined;
}

function readingsOf({ syntax, snapshot, holdsProject }: BuiltDockerfile): Readings {
  let sources: readonly CopySource[] | undefined;
  const missing = (folder: string): CopySource | undefined => {
    sources ??= contextSources(syntax);
    return sources.find((source) => !existsIn(folder, source, snapshot));
  };
  const standsIn = (folder: string): boolean => missing(folder) === undefined;
  const fitting = (folders: readonly string[]): readonly string[] => {
    const standing = [...new Set(folders)].filter(standsIn);
    const holding = standing.length > 1 ? standing.filter(holdsProject) : standing;
    return holding.length > 0 ? holding : standing;
  };
  return { standsIn, fitting, missing };
}

const allContexts = (namings: readonly Naming[]): string[] => [
  ...new Set(namings.flatMap(({ contexts }) => contexts ?? [])),
];

function folderOfServices({ path, services, snapshot }: BuiltDockerfile, { fitting }: Readings): FoundFolder {
  const places = services.map((service) => service.build!.context);
  const inside = [...new Set(places.flatMap((place) => (place.kind === 'inside' ? [place.path] : [])))];
  const isAll = places.every((place) => place.kind === 'inside');
  const [only] = inside;
  if (isAll && inside.length === 1 && only !== undefined) {
    const named = allContexts(plainNamings(path, snapshot));
    const others = named.every((folder) => folder === only) ? inside : fitting([only, ...named]);
    const by = services[0]!.files[0]!;
    if (others.length < 2 || !others.includes(only)) return { folder: only, reason: `named by ${by}` };
    return {
      folder: undefined,
      reason: `${by} builds it in ${folderSaid(only)}, ${others.slice(1).map(folderSaid).join(' and ')} is its context elsewhere`,
      possible: others,
    };
  }
  return {
    folder: undefined,
    reason: 'compose files name several build contexts for it, or one that is not in the repository',
    ...(places.some((place) => place.kind === 'unknown') ? {} : { possible: inside }),
  };
}

const folderSaid = (folder: string): string => (folder === '' ? 'the root' : folder);

/** A context that is named holds if what the Dockerfile copies stands there; undefined: none is named. `others` count for less. */
function folderOfNamings(
  namings: readonly Naming[],
  others: readonly Naming[],
  { fitting, missing }: Readings,
): FoundFolder | undefined {
  const named = allContexts(namings);
  const [first] = named;
  if (first === undefined) return undefined;
  const fits = fitting(named);
  const [only] = fits;
  if (only === undefined) {
    const source = missing(first);
    const reason = `${namings[0]!.path} builds it in ${folderSaid(first)}, where ${source?.written ?? 'what it copies'} does not stand`;
    return { folder: undefined, reason };
  }
  const all = fits.length === 1 ? fitting([only, ...allContexts(others)]) : fits;
  if (all.length === 1 && all[0] === only) {
    const by = namings.find(({ contexts }) => contexts?.includes(only))!;
    return { folder: only, reason: `named by ${by.path}` };
  }
  const paths = [...new Set([...namings, ...(fits.length === 1 ? others : [])].map((one) => one.path))];
  return {
    folder: undefined,
    reason: `${paths.join(' and ')} build${paths.length === 1 ? 's' : ''} it in several contexts`,
    possible: all,
  };
}

/** Where nobody names a context, it is the folder of the Dockerfile or the root. */
function guessedFolder(own: string, { standsIn, fitting }: Readings): FoundFolder {
  const here = standsIn(own);
  const root = standsIn('');
  if (here && !root) return { folder: own, reason: 'all that it copies stands beside it' };
  if (root && !here) return { folder: '', reason: 'all that it copies stands at the root' };
  if (!here) return { folder: undefined, reason: 'what it copies is found neither beside it nor at the root' };
  const [only, ...others] = fitting([own, '']);
  if (others.length === 0 && only !== undefined)
    return {
      folder: only,
      reason: `the project that it installs stands ${only === '' ? 'at the root' : 'beside it'} only`,
    };
  return {
    folder: undefined,
    reason: 'what it copies exists both beside it and at the root',
    possible: [own, ''],
  };
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
