// Which build contexts the repository's workflows, Makefiles and scripts give a Dockerfile.
import type { Snapshot } from '../../model.ts';
import { isFolder } from '../folders.ts';
import { folderAbove, joinInRepository } from '../repositoryPlace.ts';
import { type ReadBuilds, readRecipeBuilds, readShellBuilds, type WrittenBuild } from './shellBuilds.ts';
import { readWorkflowBuilds } from './workflowBuilds.ts';

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

/** All files that name the Dockerfile at `path`, in the order of the snapshot. */
export function namingsOf(path: string, snapshot: Snapshot): Naming[] {
  const namings: Naming[] = [];
  for (const [other, kind] of snapshot.paths) {
    if ((kind !== 'file' && kind !== 'executable') || !mayNameDockerfiles(other)) continue;
    const text = snapshot.read(other);
    if (text === undefined || !names(text, path)) continue;
    const read = readBuilds(other, text);
    const contexts = read && contextsIn(read, path, snapshot);
    // Only a trigger or a comment of it.
    if (contexts?.length !== 0) namings.push({ path: other, contexts });
  }
  return namings;
}

/** Does the text name the Dockerfile, or its folder where a build may stand? */
function names(text: string, path: string): boolean {
  if (text.includes(path)) return true;
  const folder = folderAbove(path);
  if (folder === '' || !/docker|podman/.test(text)) return false;
  const written = folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(context:|build|cd)[^\\n]*[\\s"'=/]${written}(/)?(?:["'\\s,})\\]]|$)`).test(text);
}

/** Undefined for a kind of file that is not read. */
function readBuilds(path: string, text: string): ReadBuilds | undefined {
  if (/^\.github\/(workflows|actions)\//.test(path)) return readWorkflowBuilds(text);
  if (/(^|\/)Makefile[^/]*$|\.mk$/i.test(path)) return readRecipeBuilds(text);
  if (/\.(sh|bash)$/i.test(path)) return readShellBuilds(text);
  return undefined;
}

function contextsIn(
  { builds, rest, folders, unclear }: ReadBuilds,
  path: string,
  snapshot: Snapshot,
): string[] | undefined {
  // What is named beside a build of any file feeds its variable.
  if (unclear || (names(rest, path) && !builds.some(({ anyFile }) => anyFile))) return undefined;
  const contexts = new Set<string>();
  for (const build of builds) {
    const context = contextFor(build, path, folders);
    if (context === 'unknown') return undefined;
    if (context !== undefined && isFolder(context, snapshot)) contexts.add(context);
  }
  return [...contexts];
}

/**
 * The context of a build if the build is one of the Dockerfile at `path`; undefined if it cannot be. Nobody tells the folder that a
 * command runs in, but the path it gives for the Dockerfile does. `folders`: where the text goes by `cd`.
 */
function contextFor(
  { file, anyFile, context }: WrittenBuild,
  path: string,
  folders: readonly string[],
): string | 'unknown' | undefined {
  if (anyFile) return joinInRepository('', context) ?? 'unknown';
  const own = folderAbove(path);
  const elsewhere = /^[/~]|^[a-z+]+:\/\/|^git@/.test(context);
  if (file === undefined) {
    if (elsewhere || path !== (own === '' ? 'Dockerfile' : `${own}/Dockerfile`)) return undefined;
    if (goesUp(context)) return 'unknown';
    const clean = joinInRepository('', context) ?? '';
    // `.` may be any folder.
    const ends = clean === '' ? folders.map((folder) => joinInRepository('', folder) ?? '') : [clean];
    return ends.some((end) => end !== '' && endsWith(own, end)) ? own : undefined;
  }
  if (goesUp(file) || /^[/~]/.test(file)) return 'unknown';
  const clean = joinInRepository('', file) ?? '';
  if (clean === '' || !endsWith(path, clean)) return undefined;
  const started = path.slice(0, path.length - clean.length).replace(/\/$/, '');
  return elsewhere ? 'unknown' : (joinInRepository(started, context) ?? 'unknown');
}

const goesUp = (text: string): boolean => /(^|\/)\.\.(\/|$)/.test(text);

const endsWith = (path: string, end: string): boolean => path === end || path.endsWith(`/${end}`);
