// A fix that finds the same to do again in what it has made does not come to rest: how that is seen, and taken back.
import type { Facts } from '../facts/facts.ts';
import type { Fix, Snapshot, TextEdit } from '../model.ts';
import type { MadeFix } from './madeFixes.ts';

/** The same change in the same files, wherever it stands in them. */
export const repeatable = (id: string, fix: Fix): string =>
  JSON.stringify([id, fix.title, fix.edits.map((edit) => [edit.path, edit.newText])]);

/** How often the same change may rightly be made in one file: once a stage. */
export const stagesOf = (facts: Facts, path: string): number => facts.dockerfileAt(path)?.image.stages.length ?? 20;

/**
 * It does not come to rest: its files go back to what they were before it was first made, and with them the fixes made to
 * them since, with all that these have edited.
 */
export function withoutEndless(
  fix: Fix,
  since: number,
  applied: readonly MadeFix[],
): { readonly kept: MadeFix[]; readonly gone: MadeFix[]; readonly paths: Set<string> } {
  const paths = new Set(fix.edits.map((edit) => edit.path));
  let kept = [...applied];
  for (let size = -1; size !== paths.size; ) {
    size = paths.size;
    const goes = (made: MadeFix): boolean =>
      made.serial >= since && made.fix.edits.some((edit) => paths.has(edit.path));
    for (const each of kept.filter(goes).flatMap((made) => made.fix.edits)) paths.add(each.path);
    kept = kept.filter((made) => !goes(made));
  }
  return { kept, gone: applied.filter((made) => !kept.includes(made)), paths };
}

/** Edits that give the files at `paths` the text that they have in `old`. */
export function restoring(paths: ReadonlySet<string>, old: Snapshot, now: Snapshot): TextEdit[] {
  return [...paths].map((path) => ({
    path,
    start: 0,
    end: (now.read(path) ?? '').length,
    newText: old.read(path) ?? '',
  }));
}
