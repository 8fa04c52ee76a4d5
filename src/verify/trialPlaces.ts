// What is done to a repository's copy for a proof: where a developer's environment is planted, and which source file is changed.

import { contextCopies, takesIn } from '../facts/copies/contextCopies.ts';
import type { DockerfileFacts } from '../facts/dockerfileFacts.ts';
import type { Facts } from '../facts/facts.ts';
import { existsAt } from '../facts/folders.ts';
import { hostEnvironments } from '../facts/hostEnvironments/hostEnvironments.ts';
import { isKnown, isWithin } from '../facts/values.ts';
import { ignores, parseIgnore } from '../parse/ignoreFile/ignoreFile.ts';
import type { SidePlan } from './subjects.ts';

const CODE = /\.(?:py|js|mjs|ts|tsx|jsx|go|rb|java|html|css|sh|sql|php|rs|c|cc|cpp)$/i;
const NO_CODE = /(?:^|\/)(?:setup\.py|conftest\.py|noxfile\.py|docker-entrypoint[^/]*|entrypoint[^/]*)$/i;

/** Changed as often as code, and seldom what an image is there for. */
const TEST = /(?:^|\/)(?:tests?\/|test_[^/]*$|[^/]*_test\.[^./]*$)/i;

/** A source file that both sides copy into the image; Python first, no test, then the one nearest to the root. */
export function codeFileOf(
  was: DockerfileFacts,
  now: DockerfileFacts,
  side: SidePlan,
  facts: Facts,
): string | undefined {
  const { context, ignoreText } = side.build;
  const lead = context === '' ? '' : `${context}/`;
  const ignored = ignoreText === undefined ? () => false : ignores(parseIgnore(ignoreText));
  const copies = [contextCopies(was), contextCopies(now)];
  const taken = (path: string) => copies.every((side) => side.some((copy) => takesIn(copy, path)));
  const found: string[] = [];
  for (const [path, kind] of facts.snapshot.paths) {
    if ((kind !== 'file' && kind !== 'executable') || !path.startsWith(lead) || !CODE.test(path)) continue;
    const inContext = path.slice(lead.length);
    if (!NO_CODE.test(path) && !ignored(inContext) && taken(inContext)) found.push(path);
  }
  const rank = (path: string) =>
    (path.endsWith('.py') ? 0 : 2000) + (TEST.test(path) ? 1000 : 0) + path.split('/').length;
  return found.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
}

/** Where a developer's environment would stand: at every project, and where the image's own one would be covered. */
export function usualPlaces(side: SidePlan, dockerfile: DockerfileFacts | undefined, { snapshot }: Facts): string[] {
  const { context } = side.build;
  const inContext = (path: string) => (context === '' ? path : path === '' ? context : `${context}/${path}`);
  const folders = new Set(['', context]);
  const places: string[] = [];
  if (dockerfile) for (const { path } of hostEnvironments(dockerfile, context, snapshot)) places.push(inContext(path));
  for (const mount of side.start?.mounts ?? []) {
    if (mount.kind !== 'repository') continue;
    if (!snapshot.paths.has(mount.path)) folders.add(mount.path);
    for (const environment of dockerfile?.trace.allEnvironments ?? []) {
      if (!isKnown(environment) || environment === mount.target || !isWithin(environment, mount.target)) continue;
      const rest = environment.slice(mount.target === '/' ? 1 : mount.target.length + 1);
      places.push(mount.path === '' ? rest : `${mount.path}/${rest}`);
    }
  }
  for (const folder of folders) {
    for (const name of ['.venv', 'venv']) places.push(folder === '' ? name : `${folder}/${name}`);
  }
  return [...new Set(places)].filter((path) => !existsAt(path, snapshot));
}

/** Is this file of the repository in its build context, or mounted into it? */
export function takesPath({ build, start }: SidePlan, path: string): boolean {
  const inside = (folder: string): string | undefined =>
    folder === '' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
  const inContext = inside(build.context);
  if (inContext !== undefined && !(build.ignoreText !== undefined && ignores(parseIgnore(build.ignoreText))(inContext)))
    return true;
  return (start?.mounts ?? []).some(
    (mount) => mount.kind === 'repository' && (mount.path === path || inside(mount.path) !== undefined),
  );
}
