// Uses of the host's environment in files that the image takes in: scripts and configuration.
import type { Snapshot } from '../../model.ts';
import { contextCopies, takesIn } from '../copies/contextCopies.ts';
import { NAMES_APART } from '../installers/index.ts';
import { namedFiles } from '../namedFiles.ts';
import type { ReadDockerfile } from './looseDockerfiles.ts';
import { pathWords } from './pathWords.ts';
import type { HostUse, Sought } from './sought.ts';

/** Files that what is started reads by itself, wherever they are named. */
const CONFIGURES =
  /(^|\/)([^/]*\.conf|supervisor[^/]*\.ini|supervisor[^/]*\/.*\.(conf|ini)|Procfile[^/]*|[^/]*crontab[^/]*|[^/]*\.(cron|service|timer)|cron\.d\/[^/]+|[^/]*uwsgi[^/]*\.(ini|ya?ml|xml|json|toml)|circus[^/]*\.ini|(ecosystem|pm2)[^/]*\.(js|cjs|json)|[^/]*\.s6\/.*|services\.d\/.*|s6-rc\.d\/.*|monitrc)$/;

/** What is read as settings, where a command names it. */
const SETTINGS = /\.(ini|cfg|ya?ml|toml|xml|json)$/i;
const MAKEFILE = /(^|\/)((GNU)?makefile[^/]*|[^/]*\.mk|justfile)$/i;
const MAKES_ONE = new RegExp(String.raw`-m\s*venv\b|\bvirtualenv\s|\b(${NAMES_APART}|tox|nox)\s`);

interface LandedSearch {
  readonly dockerfile: ReadDockerfile;
  readonly sought: Sought;
  /** Stages into which the host's environment comes, with the instruction that brings it. */
  readonly landings: ReadonlyMap<number, number>;
  readonly snapshot: Snapshot;
}

/** Scripts and configuration that the image takes in and that its commands name, or that programs look for by themselves. */
export function useInFiles(
  { dockerfile, sought: { name }, landings, snapshot }: LandedSearch,
  hosts: (stage: number, word: string) => boolean,
): HostUse | undefined {
  const stages = dockerfile.targets.filter((target) => landings.has(target));
  if (stages.length === 0) return undefined;
  const { folder } = dockerfile.context;
  const lead = folder === undefined || folder === '' ? '' : `${folder}/`;
  const copies = contextCopies(dockerfile);
  const isTaken = (path: string): boolean =>
    path.startsWith(lead) &&
    !dockerfile.context.ignored(path.slice(lead.length)) &&
    copies.some((copy) => takesIn(copy, path.slice(lead.length)));
  for (const path of namedFiles(dockerfile, snapshot, CONFIGURES)) {
    if (!isTaken(path)) continue;
    const text = snapshot.read(path) ?? '';
    const isScript = !CONFIGURES.test(path) && !SETTINGS.test(path);
    const found = pathWords(text, name).find(
      ({ word, at }) =>
        (word.includes(`${name}/`) ||
          (/(virtualenv|venv|home|pyhome|VIRTUAL_ENV)\s*[=:]\s*\S*$/i.test(text.slice(Math.max(0, at - 40), at)) &&
            (!isScript || (MAKEFILE.test(path) && !MAKES_ONE.test(text))))) &&
        stages.every((stage) => hosts(stage, word)),
    );
    if (found !== undefined) return { path, offset: found.at, word: found.word };
  }
  return undefined;
}
