// Lock and settings files around an install: may they lie in a build context unseen?

import type { BuildContext } from '../../src/facts/buildContext.ts';
import { inRepository, isRepositoryFile } from '../../src/facts/copies/repositoryCopies.ts';
import { isFolder } from '../../src/facts/folders.ts';
import { isGitignored } from '../../src/facts/gitignored.ts';
import { INSTALLERS } from '../../src/facts/installers/index.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import type { Snapshot } from '../../src/model.ts';
import { nameOf } from '../../src/parse/manifests/paths.ts';
import type { DependencyInstall } from './install.ts';

/**
 * Why the install may come out differently once the code comes after it, because of a file beside its manifest that only some build
 * contexts have; undefined: it may not. `files`: the repository paths of what it reads, of the same order as `reads.files`.
 */
export function whyUnseen(
  install: DependencyInstall,
  files: readonly string[],
  context: BuildContext,
  snapshot: Snapshot,
): string | undefined {
  const { tool, ofProject } = install.reads;
  const { project, loadsDotenv } = INSTALLERS[tool];
  if (project === undefined || !ofProject) return undefined;
  const { step } = install;
  const call = {
    words: step.words.map(({ value }) => value),
    variables: step.variables,
    texts: files.map((path) => snapshot.read(path) ?? ''),
  };
  const dotenv = loadsDotenv?.(call) === true ? ['.env'] : [];
  const names = [...project.locks, ...project.settings, ...dotenv];
  const own = context.folder === '' || context.folder === undefined ? 0 : context.folder.length + 1;
  for (const manifest of files.filter((f) => nameOf(f) === project.manifest)) {
    const folder = folderAbove(manifest);
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (isRepositoryFile(snapshot, path) || !isGitignored(path, snapshot) || context.ignored(path.slice(own)))
        continue;
      return `${name} is not in the repository, and .gitignore may be why: a build context may hold one`;
    }
  }
  return undefined;
}

/** Paths of the context below a folder that an ignore file with exceptions may let in. */
const SAMPLES = [
  '',
  '/pyvenv.cfg',
  '/bin/python',
  '/bin/activate',
  '/lib/python3.12/site-packages/a/b.py',
  '/lib/python3.12/site-packages/a/b.txt',
  '/lib/python3.12/site-packages/a/b.json',
  '/lib64',
  '/.gitignore',
];

/** Does the ignore file keep all of a folder (or file) out of the context? */
export const isKeptOut = (path: string, context: BuildContext): boolean =>
  SAMPLES.every((s) => context.ignored(path + s));

/** Does the repository itself have something there? */
export const standsInRepository = (path: string, context: BuildContext, snapshot: Snapshot): boolean =>
  isRepositoryFile(snapshot, inRepository(context, path)) || isFolder(inRepository(context, path), snapshot);
