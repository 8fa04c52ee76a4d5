// What a copy brings into a home folder: settings that programs read there unasked, or only the project's own files.

import { type ContextCopy, contextPathsAt, inRepository } from '../../src/facts/copies/repositoryCopies.ts';
import { filesBelow } from '../../src/facts/folders.ts';
import { isGitignored } from '../../src/facts/gitignored.ts';
import { standsInRepository } from './locks.ts';
import type { SplitPlace } from './splitPlace.ts';

/** Files and folders of projects whose names begin with a dot and that no installer looks for in a home. */
const OF_PROJECTS =
  /^\.(git|gitignore|gitattributes|gitmodules|gitkeep|github|gitlab|gitlab-ci\.ya?ml|dockerignore|editorconfig|pre-commit-config\.ya?ml|python-version|vscode|idea|devcontainer|flake8|pylintrc|coveragerc|isort\.cfg|mypy\.ini|ruff\.toml|prettierrc\S*|eslintrc\S*|travis\.ya?ml|circleci|readthedocs\.ya?ml|streamlit|flaskenv|env(\.\S*)?|bumpversion\.cfg|codecov\.ya?ml|DS_Store)$/;

/** What the installers read and write in a home. */
const OF_TOOLS = [
  '.netrc',
  '.pip',
  '.config',
  '.condarc',
  '.gitconfig',
  '.ssh',
  '.pydistutils.cfg',
  '.local',
  '.cache',
];

/** With what the paths of hidden files and folders of a folder begin. */
export const hiddenIn = (folder: string): string => `${folder}/.`.replace('//', '/');

/** Is it sure that the copies bring no settings and no packages to `home`, an absolute folder? */
export function bringsNoSettings(home: string, moved: readonly ContextCopy[], place: SplitPlace): boolean {
  return moved.every((copy) => {
    // `COPY ssh /home/web/.ssh`
    if (copy.destination.startsWith(hiddenIn(home))) return false;
    if (copy.sources.some((s) => s.kind === 'file' && /(^|\/)\./.test(s.path) && !OF_PROJECTS.test(nameInHome(s.path))))
      return false;
    return contextPathsAt(copy, home).every(({ path }) => {
      const lead = inRepository(place.context, path === '' ? '' : `${path}/`);
      const folder = lead.replace(/\/$/, '');
      const from = folder === '' ? '' : `${folder}/`;
      for (const full of filesBelow(folder, place.snapshot)) {
        const name = full.slice(from.length).split('/')[0]!;
        if (name.startsWith('.') && !OF_PROJECTS.test(name)) return false;
      }
      const own = (name: string): string => (path === '' ? name : `${path}/${name}`);
      // The folder itself is not there: nor is what it could hold.
      if (path !== '' && !standsInRepository(path, place.context, place.snapshot)) return true;
      return OF_TOOLS.every(
        (name) =>
          place.context.ignored(own(name)) || !isGitignored(inRepository(place.context, own(name)), place.snapshot),
      );
    });
  });
}

const SYSTEM = /^(bin|boot|dev|etc|home|lib\w*|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$/;

/** Does a copy to `/` bring files to folders that the system has? */
export const bringsSystem = (copy: ContextCopy, place: SplitPlace): boolean =>
  contextPathsAt(copy, '/').some(({ path }) => {
    const lead = [place.context.folder ?? '', path].filter(Boolean).join('/');
    const from = lead === '' ? '' : `${lead}/`;
    return filesBelow(lead, place.snapshot).some((full) => SYSTEM.test(full.slice(from.length).split('/')[0]!));
  });

const nameInHome = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
