// Virtual environments that may stand in a build context on somebody's machine, and which COPY would take them into the image.

import type { Snapshot } from '../../model.ts';
import { gitignoreNames } from '../../parse/ignoreFile/gitignoreNames.ts';
import { contextCopies, contextPathOf, takesIn } from '../copies/contextCopies.ts';
import { type Copy, isPattern } from '../copies/copy.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { isFolder } from '../folders.ts';
import { folderAbove } from '../repositoryPlace.ts';
import { isPythonBase, startsPython } from '../runsPython.ts';
import { sourceListing } from '../sourcePaths.ts';
import { isRun } from '../trace/events.ts';
import { isKnown } from '../values.ts';

export interface HostEnvironment {
  /** Relative to the context. */
  readonly path: string;
  readonly name: string;
  /** The first COPY or ADD that takes it in. */
  readonly copy: Copy;
  /** The image's own environment at the place where it would land. */
  readonly over?: string;
}

const MANIFEST =
  /(^|\/)(pyproject\.toml|Pipfile|setup\.py|setup\.cfg|uv\.lock|poetry\.lock|pdm\.lock|requirements[\w.-]*\.(txt|in)|(requirements|reqs|requires)\/[\w.-]+\.(txt|in))$/;
const EXAMPLE = /(^|\/)[^/]*(example|sample)[^/]*$/i;
/** A manifest that makes its folder a project of its own, although the root is one too. */
const PROJECT = /(^|\/)(pyproject\.toml|Pipfile)$/;
const BESIDE =
  /(^|\/)(tests?|testing|docs?|examples?|samples?|fixtures?|testdata|templates?|benchmarks?|vendor|third_party|node_modules|site-packages)(\/|$)/i;

interface Repository {
  /** Paths of Python manifests. */
  readonly manifests: readonly string[];
  readonly gitignores: readonly string[];
}

const repositories = new WeakMap<Snapshot['paths'], Repository>();

function repositoryOf(snapshot: Snapshot): Repository {
  const listing = sourceListing(snapshot);
  const known = repositories.get(listing) ?? readRepository([...listing.keys()]);
  repositories.set(listing, known);
  return known;
}

const readRepository = (paths: readonly string[]): Repository => ({
  manifests: paths.filter((path) => MANIFEST.test(path) && !EXAMPLE.test(path)),
  gitignores: paths.filter((path) => /(^|\/)\.gitignore$/.test(path)),
});

/** Folders of a context (relative to it) in which a project would have its environment. */
function projectFolders(context: string, snapshot: Snapshot): string[] {
  const lead = context === '' ? '' : `${context}/`;
  const { manifests } = repositoryOf(snapshot);
  const inside = manifests
    .filter((path) => path.startsWith(lead))
    // a folder of requirement files belongs to the one above it
    .map((path) => path.slice(lead.length).replace(/(^|\/)(requirements|reqs|requires)\/([^/]+)$/, '$1$3'));
  const atRoot = inside.some((path) => !path.includes('/'));
  const deeper = inside.filter(
    (path) => path.includes('/') && !BESIDE.test(folderAbove(path)) && (!atRoot || PROJECT.test(path)),
  );
  return [...new Set([...(atRoot ? [''] : []), ...deeper.map(folderAbove)])];
}

/** Folders called `name` that a .gitignore of the repository expects in this context: the paths, relative to the context. */
function ignoredByGit(name: string, context: string, projects: readonly string[], snapshot: Snapshot): string[] {
  const lead = context === '' ? '' : `${context}/`;
  const found: string[] = [];
  for (const file of repositoryOf(snapshot).gitignores) {
    const own = folderAbove(file) === '' ? '' : `${folderAbove(file)}/`;
    const names = gitignoreNames(snapshot.read(file) ?? '', name);
    for (const at of names.at) if ((own + at).startsWith(lead)) found.push((own + at).slice(lead.length));
    if (names.anywhere)
      for (const path of projects)
        if (`${lead}${path}/`.startsWith(own)) found.push(path === '' ? name : `${path}/${name}`);
  }
  return found;
}

/** Is the copy's one source a folder that stands in the repository (or a wildcard)? A file holds no environment. */
function isSourceFolder(copy: Copy, context: string, snapshot: Snapshot): boolean {
  const [source] = copy.sources;
  const path = source?.path ?? '';
  return path === '' || isPattern(path) || isFolder(context === '' ? path : `${context}/${path}`, snapshot);
}

/** Below a copy to `/` an environment lies in a folder that the repository has: `opt/venv` of a machine is none of a project. */
const mayLieThere = (copy: Copy, path: string, context: string, snapshot: Snapshot): boolean =>
  /[^/]/.test(copy.destination) ||
  isFolder(context === '' ? folderAbove(path) : `${context}/${folderAbove(path)}`, snapshot);

/** Does any stage visibly run Python, or stand on a Python image? */
const usesPython = (dockerfile: DockerfileFacts): boolean =>
  dockerfile.image.stages.some((stage) => isPythonBase(stage.base)) ||
  dockerfile.trace.events.filter(isRun).some(startsPython);

/**
 * Environments that may lie in the context and that a COPY or ADD takes in, the ignore file aside: the image's own where one
 * lies below a copied folder, then those of the context's projects. `context`: the context's folder.
 */
export function hostEnvironments(dockerfile: DockerfileFacts, context: string, snapshot: Snapshot): HostEnvironment[] {
  if (!usesPython(dockerfile)) return [];
  const copies = contextCopies(dockerfile);
  const found = new Map<string, HostEnvironment>();
  for (const copy of copies) {
    for (const { path: over } of dockerfile.trace.stages[copy.stage]!.files.environments.values()) {
      const path = isKnown(over) ? contextPathOf(copy, over) : undefined;
      if (
        path !== undefined &&
        path !== '' &&
        !found.has(path) &&
        takesIn(copy, path) &&
        isSourceFolder(copy, context, snapshot) &&
        mayLieThere(copy, path, context, snapshot)
      ) {
        found.set(path, { path, name: path.slice(path.lastIndexOf('/') + 1), copy, over });
      }
    }
  }
  const projects = projectFolders(context, snapshot);
  const paths = [
    ...projects.map((path) => (path === '' ? '.venv' : `${path}/.venv`)),
    ...ignoredByGit('.venv', context, projects, snapshot),
    ...ignoredByGit('venv', context, projects, snapshot),
  ];
  for (const path of paths) {
    const copy = copies.find((copy) => takesIn(copy, path));
    if (copy !== undefined && !found.has(path))
      found.set(path, { path, name: path.slice(path.lastIndexOf('/') + 1), copy });
  }
  return [...found.values()];
}

/** Paths of an environment by which it is judged whether the ignore file keeps all of it out. */
export const partsOf = (path: string): string[] => [
  `${path}/pyvenv.cfg`,
  `${path}/bin/python`,
  `${path}/lib/python3/site-packages/six.py`,
];

/** The same with the folders, which an exception may leave behind empty. */
export const wholeOf = (path: string): string[] => [path, `${path}/bin`, `${path}/bin/activate`, ...partsOf(path)];
