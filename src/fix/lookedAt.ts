// Which files the configuration has us look at: `include` and `exclude` globs.
import picomatch from 'picomatch';
import type { Settings } from '../model.ts';

/** True for paths that `include` (none = all) matches and `exclude` does not. Globs are repository-relative; `dir` alone means all below it. */
export function lookedAt({ include, exclude }: Pick<Settings, 'include' | 'exclude'>): (path: string) => boolean {
  if (include.length === 0 && exclude.length === 0) return () => true;
  const withFolders = (globs: readonly string[]): string[] =>
    globs.flatMap((glob) => [glob, `${glob.replace(/\/+$/, '')}/**`]);
  const isIn = include.length === 0 ? () => true : picomatch(withFolders(include), { dot: true });
  const isOut = exclude.length === 0 ? () => false : picomatch(withFolders(exclude), { dot: true });
  return (path) => isIn(path) && !isOut(path);
}
