// What a changed ignore file does to the builds that read it: only what was declared is left out, and no build misses it.

import { namedSources } from '../facts/copies/contextCopies.ts';
import type { DockerfileFacts } from '../facts/dockerfileFacts.ts';
import type { Facts } from '../facts/facts.ts';
import { filesBelow } from '../facts/folders.ts';
import { matchesGlobName } from '../facts/globs.ts';
import { hostEnvironments, partsOf } from '../facts/hostEnvironments/hostEnvironments.ts';
import { hostUse } from '../facts/hostEnvironments/hostUses.ts';
import type { Snapshot } from '../model.ts';
import { ignores, parseIgnore } from '../parse/ignoreFile/ignoreFile.ts';

/** Why the ignore file at `path` must not change so, or undefined. `names`: of what it may leave out more. */
export function ignoreChange(path: string, names: readonly string[], before: Facts, after: Facts): string | undefined {
  const now = parseIgnore(after.snapshot.read(path) ?? '');
  const old = parseIgnore(before.snapshot.read(path) ?? '');
  if (now.problems.length > old.problems.length) return `${path}: ${now.problems[0]!.message}`;
  const wasOut = ignores(old);
  const isOut = ignores(now);
  const folder = path.endsWith('/.dockerignore') ? path.slice(0, -'/.dockerignore'.length) : '';
  const contexts = new Set(
    after.dockerfiles
      .filter((dockerfile) => dockerfile.context.ignorePath === path)
      .map((dockerfile) => dockerfile.context.folder ?? folder),
  );
  if (contexts.size === 0) contexts.add(folder);
  for (const context of contexts) {
    const lead = context === '' ? '' : `${context}/`;
    for (const file of filesBelow(context, before.snapshot)) {
      const own = file.slice(lead.length);
      const was = wasOut(own);
      const is = isOut(own);
      if (was && !is) return `${path}: ${own} is no longer left out`;
      if (
        !was &&
        is &&
        !names.some((name) => own.split('/').includes(name) || own === name || own.startsWith(`${name}/`))
      )
        return `${path}: ${own} is left out too`;
    }
  }
  return undefined;
}

/** What the build of a Dockerfile takes from its context, and no longer finds there; undefined where it finds all. */
export function contextLoss(
  was: DockerfileFacts,
  now: DockerfileFacts,
  names: readonly string[],
  snapshot: Snapshot,
): string | undefined {
  const { folder = '', ignored: wasOut } = was.context;
  if (was.context.ignoreFile === now.context.ignoreFile) return undefined;
  const goes = (path: string): boolean => !wasOut(path) && now.context.ignored(path);
  const lead = folder === '' ? '' : `${folder}/`;
  const files = filesBelow(folder, snapshot).map((path) => path.slice(lead.length));
  for (const { instruction, source } of namedSources(now)) {
    const parts = source.split('/');
    const isTaken = (path: string): boolean => {
      const own = path.split('/');
      return parts.length <= own.length && parts.every((part, n) => matchesGlobName(part, own[n]!));
    };
    const stand = files.filter(isTaken);
    // what git does not know (an environment) is thought to stand where it is named
    const named = /[*?[]/.test(source) ? names.map((name) => name.slice(name.lastIndexOf('/') + 1)) : [source];
    const finds = stand.some((path) => !now.context.ignored(path));
    if (!finds && [...stand, ...named.filter(isTaken)].some(goes))
      return `${instruction.keyword} would no longer find ${source} in the build context`;
  }
  for (const path of new Set([
    ...names,
    ...hostEnvironments(was, folder, snapshot).map((environment) => environment.path),
  ])) {
    const sought = { path, name: path.slice(path.lastIndexOf('/') + 1) };
    const use = partsOf(path).some(goes) ? hostUse(was, sought, snapshot) : undefined;
    if (use !== undefined) return `it uses the host's ${path} (\`${use.word}\`), which would be left out`;
  }
  return undefined;
}
