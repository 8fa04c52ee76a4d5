// The ignore line that keeps a host's environment out of the build context, and when it may be written.
import { lineEndingOf } from '../../edit.ts';
import type { Snapshot, TextEdit } from '../../model.ts';
import { type BuildContext, contextSources } from '../contexts.ts';
import type { DockerfileFacts } from '../facts.ts';
import { existsAt } from '../folders.ts';
import { wholeOf } from './hostEnvironments.ts';
import { isEnvironmentFile, leavesOut } from './ignoreLines.ts';
import { addIgnoreLines, type IgnoreAddition } from './ignorePlace.ts';
import { mayShare, whyUsed } from './ignoreWanted.ts';

export interface IgnoredPath {
  readonly line: string;
  /** Paths of the context (environments) that the line is for. */
  readonly paths: readonly string[];
}

/** The lines added to the ignore file that counts, in its style and place; the file is created where there is none. */
export function ignoreAddition(
  { ignorePath: path, folder = '' }: Pick<BuildContext, 'ignorePath' | 'folder'>,
  snapshot: Snapshot,
  wanted: readonly (IgnoredPath | { readonly line: string; readonly parts: readonly string[] })[],
  like: string,
): IgnoreAddition | undefined {
  if (path === undefined) return undefined;
  const text = snapshot.read(path);
  if (text === undefined && snapshot.paths.has(path)) return undefined;
  const free = (line: string): boolean =>
    leavesOut(line, folder, snapshot, (p) => isEnvironmentFile(p, snapshot)).length === 0;
  const entries = wanted.map((w) => ({ line: w.line, parts: 'parts' in w ? w.parts : w.paths.flatMap(wholeOf) }));
  return addIgnoreLines({ path, text, ending: lineEndingOf(like), free }, entries);
}

/** The edits of `ignoreAddition`; empty where nothing can be written that leaves the paths out. */
export const ignoreEdits = (
  context: BuildContext,
  snapshot: Snapshot,
  wanted: readonly IgnoredPath[],
): readonly TextEdit[] => (wanted.length === 0 ? [] : (ignoreAddition(context, snapshot, wanted, '')?.edits ?? []));

/**
 * Why `path` (relative to the context) must not be ignored: the repository has files there, the ignore file cannot be
 * read, a COPY of some Dockerfile with this ignore file names it, or somebody uses what stands there. `dockerfiles`: all of the
 * repository.
 */
export function whyNotIgnore(
  path: string,
  context: BuildContext,
  snapshot: Snapshot,
  dockerfiles: readonly DockerfileFacts[],
): string | undefined {
  if (context.folder === undefined) return context.reason;
  if ((context.ignoreFile?.problems.length ?? 0) > 0)
    return `${context.ignorePath} cannot be read exactly: ${context.ignoreFile!.problems[0]!.message}`;
  const full = context.folder === '' ? path : `${context.folder}/${path}`;
  if (existsAt(full, snapshot)) return `the repository has files at ${full}`;
  for (const d of dockerfiles) {
    if (!mayShare(d, context, snapshot)) continue;
    for (const source of contextSources(d.syntax)) {
      const clean = source.replace(/^(\.?\/+)+/, '').replace(/\/+$/, '');
      const glob = clean.search(/[*?[\\]/);
      const named =
        clean === path || clean.startsWith(`${path}/`) || (glob > 0 && path.startsWith(clean.slice(0, glob)));
      if (named) return `${d.path} copies ${source} on purpose`;
    }
  }
  return whyUsed(path, context, snapshot, dockerfiles);
}
