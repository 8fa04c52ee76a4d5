// The ignore line that keeps a host's environment out of the build context, and when it may be written.
import { appendLines, createFile } from '../../edit.ts';
import type { Snapshot, TextEdit } from '../../model.ts';
import { type BuildContext, contextSources } from '../contexts.ts';
import type { DockerfileFacts } from '../facts.ts';
import { existsAt } from '../folders.ts';
import { reliesOnPath } from './hostEnvironments.ts';

/** `line` added to the ignore file that counts, in its line endings; the file is created where there is none. */
export function ignoreEdit(context: BuildContext, snapshot: Snapshot, line: string): TextEdit | undefined {
  if (context.ignorePath === undefined) return undefined;
  const text = snapshot.read(context.ignorePath);
  if (text !== undefined) return appendLines({ path: context.ignorePath, text, lines: [line] });
  return snapshot.paths.has(context.ignorePath) ? undefined : createFile(context.ignorePath, `${line}\n`);
}

/**
 * Why `path` (relative to the context) must not be ignored: the repository has files there, the ignore file cannot be
 * read, or a COPY of some Dockerfile with this ignore file names it. `dockerfiles`: all of the repository.
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
    if (d.context.ignorePath !== context.ignorePath && d.context.folder !== undefined) continue;
    const word = reliesOnPath(d, path);
    if (word !== undefined) return `${d.path} uses the host's ${path} (\`${word}\`)`;
    for (const source of contextSources(d.syntax)) {
      const clean = source.replace(/^(\.?\/+)+/, '').replace(/\/+$/, '');
      const glob = clean.search(/[*?[\\]/);
      const named =
        clean === path || clean.startsWith(`${path}/`) || (glob > 0 && path.startsWith(clean.slice(0, glob)));
      if (named) return `${d.path} copies ${source} on purpose`;
    }
  }
  return undefined;
}
