// Which build contexts the repository's workflows, Makefiles, scripts, bake files and pages give a Dockerfile.
import type { PathKind, Snapshot } from '../../model.ts';
import { isFolder } from '../folders.ts';
import { hostPaths } from '../hostCommands/hostTexts.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { pathsFitting } from '../sourcePaths.ts';
import { isKnown } from '../values.ts';
import { type FileBuilds, fileBuilds } from './fileBuilds.ts';
import type { ActionBuild } from './workflowBuilds.ts';

/** A file that names a Dockerfile: with the context it builds it in, or for a reason that is not understood. */
export interface Naming {
  readonly path: string;
  /** Repository-relative, '' for the root; undefined where it is not known. */
  readonly contexts: readonly string[] | undefined;
}

const NAMES_FILES =
  /(^|\/)(Makefile[^/]*|[^/]*\.mk|justfile|Taskfile\.ya?ml|Jenkinsfile[^/]*|docker-bake[^/]*|[^/]*\.bake\.hcl|\.gitlab-ci\.yml|azure-pipelines[^/]*\.ya?ml|cloudbuild[^/]*\.ya?ml|skaffold[^/]*\.ya?ml|fly\.toml|render\.ya?ml|heroku\.yml|devcontainer\.json|tox\.ini|noxfile\.py|bitbucket-pipelines\.yml|\.circleci\/config\.yml|[^/]*\.(sh|bash|hcl|ps1))$|^\.github\/(workflows|actions)\/.*\.ya?ml$/i;

/** Files that build images by name; read when the context must be guessed. */
export const mayNameDockerfiles = (path: string): boolean => NAMES_FILES.test(path);

const isNamingFile = (path: string, kind: PathKind): boolean =>
  (kind === 'file' || kind === 'executable') && mayNameDockerfiles(path);

/** Their paths, in the order of the snapshot. */
export function namingPaths(snapshot: Snapshot): readonly string[] {
  return pathsFitting(snapshot, isNamingFile);
}

/** All files for machines that name the Dockerfile at `path`, in the order of the snapshot. */
export function namingsOf(path: string, snapshot: Snapshot): Naming[] {
  const namings: Naming[] = [];
  for (const other of namingPaths(snapshot)) {
    const isNamed = names(snapshot.read(other) ?? '', path);
    const read = fileBuilds(other, snapshot);
    if (read === undefined) {
      if (isNamed) namings.push({ path: other, contexts: undefined });
      continue;
    }
    const contexts = contextsIn(read, path, { snapshot, isNamed: isNamed ? 'yes' : 'no' });
    // Only a trigger or a comment of it.
    if (contexts?.length !== 0) namings.push({ path: other, contexts });
  }
  return namings;
}

/** The contexts that pages give it. What people read says nothing by what it leaves open. */
export const namingPages = (path: string, snapshot: Snapshot): Naming[] =>
  placedIn(hostPaths(snapshot, 'docs'), path, snapshot);

/** The contexts that builds for machines give it which are wholly written out; what names it otherwise is passed over. */
export const plainNamings = (path: string, snapshot: Snapshot): Naming[] =>
  placedIn(namingPaths(snapshot), path, snapshot);

function placedIn(paths: readonly string[], dockerfile: string, snapshot: Snapshot): Naming[] {
  return paths.flatMap((path) => {
    const contexts = fileBuilds(path, snapshot)?.contexts.get(dockerfile);
    return contexts === undefined ? [] : [{ path, contexts: [...contexts] }];
  });
}

/** Does the text name the Dockerfile, or its folder where a build may stand? */
function names(text: string, path: string): boolean {
  if (text.includes(path)) return true;
  const folder = folderAbove(path);
  if (folder === '' || !text.includes(folder) || !/docker|podman/.test(text)) return false;
  const written = folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(context:|build|cd)[^\\n]*[\\s"'=/]${written}(/)?(?:["'\\s,})\\]]|$)`).test(text);
}

interface Asked {
  readonly snapshot: Snapshot;
  /** Does the text name the Dockerfile in full? */
  readonly isNamed: 'yes' | 'no';
}

/** Undefined: it is named for a reason that is not seen. */
function contextsIn(
  { builds, rest, by }: FileBuilds,
  path: string,
  { snapshot, isNamed }: Asked,
): string[] | undefined {
  const contexts = new Set<string>();
  for (const { written, places } of builds) {
    const own = places.filter(({ dockerfile }) => dockerfile === path).map(({ context }) => context);
    if (places.length === 0 && isNamed === 'yes') {
      const context = contextByName(written, path);
      if (context === undefined) continue;
      own.push(context === 'unknown' || (by === 'workflow' && written.folders.length === 0) ? undefined : context);
    }
    for (const context of own) {
      if (context === undefined) return undefined;
      if (isFolder(context, snapshot)) contexts.add(context);
    }
  }
  // What is named beside a build of any file feeds its variable.
  const isFed = builds.some(({ written }) => written.anyFile);
  if (isNamed === 'yes' && !isFed && names(rest, path)) return undefined;
  return [...contexts];
}

/**
 * The context of a build if the build is one of the Dockerfile at `path`, which its file names; undefined if it cannot be. For a
 * command of which nobody knows the folder: the path that it gives for the Dockerfile tells.
 */
function contextByName({ file = '', anyFile, context }: ActionBuild, path: string): string | 'unknown' | undefined {
  if (anyFile) return joinInRepository('', context) ?? 'unknown';
  if (!isKnown(context) || !isKnown(file)) return file.endsWith(path) ? 'unknown' : undefined;
  const isElsewhere = /^[/~]|^[a-z+]+:\/\/|^git@/.test(context);
  if (goesUp(file) || /^[/~]/.test(file)) return 'unknown';
  const clean = joinInRepository('', file) ?? '';
  if (!(path === clean || path.endsWith(`/${clean}`))) return undefined;
  const started = path.slice(0, path.length - clean.length).replace(/\/$/, '');
  return isElsewhere ? 'unknown' : (joinInRepository(started, context) ?? 'unknown');
}

const goesUp = (text: string): boolean => /(^|\/)\.\.(\/|$)/.test(text);
