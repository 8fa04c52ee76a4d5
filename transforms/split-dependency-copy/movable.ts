// Which copies are the project's own: only those may come later; what goes to other folders of the image stays where it is.

import type { ContextCopy } from '../../src/facts/copies/repositoryCopies.ts';
import type { Stage } from '../../src/facts/image.ts';
import { folderAbove } from '../../src/facts/repositoryPlace.ts';
import { isKnown, isWithin } from '../../src/facts/values.ts';
import { copiesBefore, imageFiles } from './checks.ts';
import { runSteps } from './commands.ts';
import { eventOf } from './eventOf.ts';
import { isDependencies, readInstall } from './install.ts';
import type { InstructionAt, ProjectAt, SplitPlace } from './splitPlace.ts';

/** Folders that programs of the system read without being told; /usr/src/app and the like are a project's. */
const SYSTEM =
  /^\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|run|sbin|sys)(\/|$)|^\/usr(\/local)?(\/(bin|sbin|lib|lib32|lib64|libexec|include|share|etc|games|man)(\/|$)|$)|^\/var(\/(lib|cache|log|run|spool)(\/(apt|dpkg|debconf|cache)(\/|$)|$)|$)/;

/** Per RUN that installs dependencies: its working folders, and the folders that hold the manifests it reads. */
function projectsOf(stage: Stage, place: SplitPlace): readonly ProjectAt[] {
  const known = place.projects.get(stage.index);
  if (known !== undefined) return known;
  const found: ProjectAt[] = [];
  for (const [n, i] of stage.instructions.entries()) {
    if (i.keyword !== 'RUN') continue;
    const at = { stage, n, place };
    const image = imageFiles(copiesBefore(at), place);
    const folders = new Set<string>();
    for (const step of runSteps(stage, n, place.dockerfile.text).steps) {
      const one = readInstall(step, image, eventOf(step, at));
      if (one === undefined || (one.kind === 'install' && !isDependencies(one.install))) continue;
      const reads = one.kind === 'install' ? one.install.reads : one.reads;
      for (const folder of [step.cwd, ...reads.files.map((f) => folderAbove(f) || '/')])
        if (isKnown(folder) && !SYSTEM.test(folder)) folders.add(folder);
    }
    if (folders.size > 0) found.push({ n, folders: [...folders] });
  }
  place.projects.set(stage.index, found);
  return found;
}

/** Does the copy, which stands at the place, go to the project folder of a later install, or below it? */
export function isProjectCopy(copy: ContextCopy, { stage, n, place }: InstructionAt): boolean {
  const folder = copy.asFile ? folderAbove(copy.destination) || '/' : copy.destination;
  return projectsOf(stage, place).some(
    (p) => p.n > n && p.folders.some((f) => (f === '/' ? folder === '/' : isWithin(folder, f))),
  );
}
