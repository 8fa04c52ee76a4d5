// The ignore line that keeps a host's environment out of the build context, and when it may be written.

import type { Snapshot, TextEdit } from '../../model.ts';
import { lineEndingOf } from '../../text/positions.ts';
import type { BuildContext } from '../buildContext.ts';
import type { DockerfileFacts } from '../dockerfileFacts.ts';
import { existsAt } from '../folders.ts';
import { isGitignored } from '../gitignored.ts';
import { wholeOf } from '../hostEnvironments/hostEnvironments.ts';
import { joinInRepository } from '../repositoryPlace.ts';
import { isEnvironmentFile, leavesOut } from './ignoreLines.ts';
import { addIgnoreLines, type IgnoreAddition } from './ignorePlace.ts';
import { whyUsed } from './ignoreWanted.ts';

export interface IgnoredPath {
  readonly line: string;
  /** Paths of the context (environments) that the line is for. */
  readonly paths: readonly string[];
}

/** The lines added to the ignore file that counts, in its style and place; the file is created where there is none. */
export function ignoreAddition(
  { ignorePath, folder = '' }: Pick<BuildContext, 'ignorePath' | 'folder'>,
  snapshot: Snapshot,
  wanted: readonly (IgnoredPath | { readonly line: string; readonly parts: readonly string[] })[],
  like: string,
): IgnoreAddition | undefined {
  // nobody asks for a context that is not known
  const path = ignorePath!;
  const text = snapshot.read(path);
  if (text === undefined && snapshot.paths.has(path)) return undefined;
  const free = (line: string): boolean =>
    leavesOut(line, folder, snapshot, (path) => isEnvironmentFile(path, snapshot)).length === 0;
  const entries = wanted.map((wanted) => ({
    line: wanted.line,
    parts: 'parts' in wanted ? wanted.parts : wanted.paths.flatMap(wholeOf),
  }));
  return addIgnoreLines({ path, text, ending: lineEndingOf(like), free }, entries);
}

/** The edits of `ignoreAddition`; empty where nothing can be written that leaves the paths out. */
export const ignoreEdits = (
  context: BuildContext,
  snapshot: Snapshot,
  wanted: readonly IgnoredPath[],
): readonly TextEdit[] => (wanted.length === 0 ? [] : (ignoreAddition(context, snapshot, wanted, '')?.edits ?? []));

/** Why there can be no ignore file of the repository's at `path`: git would lay it over the one that a developer has there. */
export function whyNotOurs(path: string, snapshot: Snapshot): string | undefined {
  if (snapshot.paths.has(path) || !isGitignored(path, snapshot)) return undefined;
  return `.gitignore leaves ${path} to everybody, and a new one would be laid over theirs`;
}

/**
 * Why `path` (relative to the context) must not be ignored: the repository has files there, or somebody wants what
 * stands there. `dockerfiles`: all of the repository.
 */
export function whyNotIgnore(
  path: string,
  context: BuildContext,
  snapshot: Snapshot,
  dockerfiles: readonly DockerfileFacts[],
): string | undefined {
  if (context.folder === undefined) return context.reason;
  const full = joinInRepository(context.folder, path)!;
  const own = whyNotOurs(context.ignorePath!, snapshot);
  if (own !== undefined) return own;
  if (existsAt(full, snapshot)) return `the repository has files at ${full}`;
  return whyUsed(path, context, snapshot, dockerfiles);
}
