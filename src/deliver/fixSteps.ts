// One commit for each run of fixes of one transform: what every way of committing a result makes of it. Pure.

import { overlaid } from '../edit/overlay.ts';
import type { AppliedFix, FixResult } from '../model.ts';

/** The fixes of one commit, and the texts (latin1) that their files have then, on top of the step before. */
export interface FixStep {
  /** Absent where one commit holds those of several transforms. */
  readonly transform?: string;
  readonly fixes: readonly AppliedFix[];
  readonly files: ReadonlyMap<string, string>;
}

/** The steps in order of application; `squash`: all in one. Throws where they do not give the result that was shown: a bug. */
export function fixSteps(result: FixResult, { squash }: { readonly squash: boolean }): FixStep[] {
  const groups: AppliedFix[][] = [];
  for (const applied of result.applied) {
    const last = groups.at(-1);
    if (last && (squash || last[0]!.transform === applied.transform)) last.push(applied);
    else groups.push([applied]);
  }
  let snapshot = result.before;
  const steps = groups.map((fixes): FixStep => {
    const touched = new Set<string>();
    for (const { fix } of fixes) {
      snapshot = overlaid(snapshot, fix.edits);
      for (const { path } of fix.edits) touched.add(path);
    }
    const files = new Map([...touched].map((path) => [path, snapshot.read(path)] as const));
    const gone = [...files].find(([, text]) => text === undefined);
    if (gone) throw new Error(`a fix left nothing to commit: ${gone[0]}`);
    return {
      ...(squash ? {} : { transform: fixes[0]!.transform }),
      fixes,
      files: files as ReadonlyMap<string, string>,
    };
  });
  // What was shown is what is committed.
  const wrong = result.changed.find((path) => snapshot.read(path) !== result.after.read(path));
  if (wrong !== undefined) throw new Error(`the fixes applied do not give the result shown: ${wrong}`);
  return steps;
}
